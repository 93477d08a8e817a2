//! A server as far as windows depend on it: transactions, a sequence, locks of entities, WAL, and what becomes of all
//! of it in a crash, a promotion and a restore.

use super::super::{Row, Snapshot};
use crate::origin::Cluster;
use std::collections::{BTreeMap, BTreeSet};

/// An event: a row, and what a test knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// the same wherever its row gets to
    pub id: u64,
    /// changed under its row lock; none stands alone
    pub entity: Option<u8>,
    pub row: Row,
}

/// Events that a reader was told of, and whether as replayed.
pub type Told = Vec<(u64, bool)>;

/// What a reader keeps in the database: its position, and what was delivered with it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub position: Vec<u8>,
    pub delivered: Told,
}

/// A reader's receive and ack, waiting for its transaction to commit.
#[derive(Clone, Debug)]
pub struct Work {
    pub reader: usize,
    pub kept: Kept,
}

#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// assigned by the first write or by hand
    pub xid: Option<u64>,
    /// the latest of its own and its subtransactions'
    pub latest: u64,
    /// with the depth of subtransactions at which each was written
    pub events: Vec<(Event, usize)>,
    pub depth: usize,
    pub locks: BTreeSet<u8>,
    pub prepared: bool,
    pub work: Option<Work>,
}

/// What crash recovery reads.
#[derive(Clone, Debug)]
enum Record {
    /// something that names a transaction
    Touch(u64),
    /// the sequence may have drawn up to here
    Sequence(i64),
    Prepare(Box<Transaction>),
    Commit(Box<Transaction>),
    Abort(u64),
}

/// What a server begins with.
#[derive(Clone, Debug)]
struct Base {
    next_xid: u64,
    drawn: i64,
    events: BTreeMap<i64, Event>,
    kept: Vec<Kept>,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub cluster: Cluster,
    pub next_xid: u64,
    latest_ended: u64,
    /// the sequence's value, and what WAL says of it
    pub drawn: i64,
    logged: i64,
    pub transactions: Vec<Transaction>,
    /// what committed, by seq
    pub events: BTreeMap<i64, Event>,
    /// of readers inside
    pub kept: Vec<Kept>,
    base: Base,
    wal: Vec<Record>,
    on_disk: usize,
    last_id: u64,
}

/// Numbers that a sequence draws for one record of WAL.
const AHEAD: i64 = 3;

impl Server {
    /// A server whose readers inside begin with this.
    pub fn new(kept: Vec<Kept>) -> Server {
        let base = Base {
            next_xid: 700,
            drawn: 0,
            events: BTreeMap::new(),
            kept,
        };
        let cluster = Cluster {
            system: 1,
            timeline: 1,
        };
        Server::from_base(cluster, base)
    }

    fn from_base(cluster: Cluster, base: Base) -> Server {
        Server {
            cluster,
            next_xid: base.next_xid,
            latest_ended: base.next_xid - 1,
            drawn: base.drawn,
            logged: base.drawn,
            transactions: Vec::new(),
            events: base.events.clone(),
            kept: base.kept.clone(),
            base,
            wal: Vec::new(),
            on_disk: 0,
            last_id: 0,
        }
    }

    /// What a statement sees: the snapshot, and the events that committed before it or are its transaction's own.
    pub fn statement(&self, own: Option<u64>) -> (Snapshot, Vec<Event>) {
        let xmax = self.latest_ended + 1;
        let running = self.transactions.iter().filter_map(|t| t.xid);
        // As Postgres: the own transaction is never listed.
        let mut running: Vec<u64> = running.filter(|x| *x < xmax && Some(*x) != own).collect();
        running.sort_unstable();
        let snapshot = Snapshot::new(xmax, running).unwrap();
        let of_own = self
            .transactions
            .iter()
            .filter(|t| own.is_some() && t.xid == own);
        let of_own = of_own.flat_map(|t| &t.events).map(|(event, _)| event);
        let mut events: Vec<Event> = self.events.values().chain(of_own).copied().collect();
        events.sort_by_key(|event| event.row.seq);
        (snapshot, events)
    }

    pub fn assign(&mut self, at: usize) -> u64 {
        let next = self.next_xid;
        let transaction = &mut self.transactions[at];
        let xid = *transaction.xid.get_or_insert(next);
        transaction.latest = transaction.latest.max(xid);
        self.next_xid = self.next_xid.max(xid + 1);
        xid
    }

    /// A subtransaction that writes, so that it has an id of its own, above its parent's.
    pub fn begin_sub(&mut self, at: usize) {
        self.assign(at);
        let transaction = &mut self.transactions[at];
        transaction.depth += 1;
        transaction.latest = self.next_xid;
        self.next_xid += 1;
    }

    pub fn rollback_sub(&mut self, at: usize) {
        let transaction = &mut self.transactions[at];
        if transaction.depth == 0 {
            return;
        }
        transaction.depth -= 1;
        let depth = transaction.depth;
        transaction.events.retain(|(_, written)| *written <= depth);
        // Its id has ended, which may move xmax past ids that run; each end is in WAL before anyone sees it.
        let latest = transaction.latest;
        self.wal.push(Record::Touch(latest));
        self.latest_ended = self.latest_ended.max(latest);
    }

    /// Logs an event: takes the entity's lock, then an id for the transaction, then a number.
    pub fn write(&mut self, at: usize, entity: Option<u8>) {
        if let Some(entity) = entity {
            let mut others = self.transactions.iter().enumerate();
            if others.any(|(other, t)| other != at && t.locks.contains(&entity)) {
                return;
            }
            self.transactions[at].locks.insert(entity);
        }
        let xid = self.assign(at);
        self.drawn += 1;
        if self.drawn > self.logged {
            self.logged = self.drawn + AHEAD;
            self.wal.push(Record::Sequence(self.logged));
        }
        self.wal.push(Record::Touch(self.transactions[at].latest));
        self.last_id += 1;
        let row = Row {
            origin: self.cluster.origin(),
            xid: xid as i64,
            seq: self.drawn,
            recorded_at: 0,
        };
        let transaction = &mut self.transactions[at];
        let event = Event {
            id: self.last_id,
            entity,
            row,
        };
        transaction.events.push((event, transaction.depth));
    }

    pub fn prepare(&mut self, at: usize) {
        self.assign(at);
        let transaction = &mut self.transactions[at];
        transaction.prepared = true;
        self.wal
            .push(Record::Prepare(Box::new(transaction.clone())));
        self.on_disk = self.wal.len();
    }

    pub fn commit(&mut self, at: usize, synchronous: bool) {
        let transaction = self.transactions.remove(at);
        if transaction.xid.is_none() {
            return;
        }
        self.wal.push(Record::Commit(Box::new(transaction.clone())));
        if synchronous || transaction.prepared {
            self.on_disk = self.wal.len();
        }
        self.committed(transaction);
    }

    fn committed(&mut self, transaction: Transaction) {
        self.latest_ended = self.latest_ended.max(transaction.latest);
        let events = transaction.events.into_iter();
        self.events
            .extend(events.map(|(event, _)| (event.row.seq, event)));
        if let Some(work) = transaction.work {
            self.kept[work.reader] = work.kept;
        }
    }

    pub fn roll_back(&mut self, at: usize) {
        let transaction = self.transactions.remove(at);
        if let Some(xid) = transaction.xid {
            self.wal.push(Record::Abort(xid));
            self.wal.push(Record::Touch(transaction.latest));
            self.latest_ended = self.latest_ended.max(transaction.latest);
        }
    }

    pub fn flush(&mut self) {
        self.on_disk = self.wal.len();
    }

    /// Records that are on no disk.
    pub fn unflushed(&self) -> usize {
        self.wal.len() - self.on_disk
    }

    pub fn records(&self) -> usize {
        self.wal.len()
    }

    /// What a server makes of its first so many records of WAL.
    fn recovered(&self, records: usize) -> Server {
        let mut server = Server::from_base(self.cluster, self.base.clone());
        server.last_id = self.last_id;
        server.wal = self.wal[..records].to_vec();
        server.on_disk = records;
        for record in &self.wal[..records] {
            let named = match record {
                Record::Touch(xid) | Record::Abort(xid) => *xid,
                Record::Sequence(value) => {
                    (server.drawn, server.logged) = (*value, *value);
                    continue;
                }
                Record::Prepare(transaction) | Record::Commit(transaction) => transaction.latest,
            };
            server.next_xid = server.next_xid.max(named + 1);
            match record {
                Record::Prepare(transaction) => {
                    server.transactions.push(transaction.as_ref().clone());
                }
                Record::Commit(transaction) => {
                    server.transactions.retain(|t| t.xid != transaction.xid);
                    server.committed(transaction.as_ref().clone());
                }
                Record::Abort(xid) => server.transactions.retain(|t| t.xid != Some(*xid)),
                Record::Touch(_) | Record::Sequence(_) => {}
            }
        }
        server.latest_ended = server.next_xid - 1;
        server
    }

    /// Loses what is on no disk, but for some of it that got there by chance.
    pub fn crash(&mut self, lucky: usize) {
        *self = self.recovered((self.on_disk + lucky).min(self.wal.len()));
    }

    /// A standby that had received so many records becomes the server, or a restore to that point.
    pub fn promote(&mut self, records: usize) {
        *self = self.recovered(records);
        self.cluster.timeline += 1;
    }

    /// A dump of this one in a new cluster, which has given out `spent` ids.
    pub fn restore(&mut self, spent: u64) {
        let base = Base {
            next_xid: 3 + spent,
            drawn: self.drawn,
            events: self.events.clone(),
            kept: self.kept.clone(),
        };
        let cluster = Cluster {
            system: self.cluster.system + 1,
            timeline: 1,
        };
        let last_id = self.last_id;
        *self = Server::from_base(cluster, base);
        self.last_id = last_id;
    }
}
