//! Readers on the simulated server, as they should be, and with a mistake on purpose.

use super::super::position::Kind;
use super::super::{Mark, Marks, Now, Position, Refusal, Snapshot, Verdict};
use super::server::{Event, Kept, Server, Told, Transaction, Work};
use super::steps::{Call, Step};
use crate::origin::Own;
use std::collections::{BTreeMap, BTreeSet};

/// What a reader may do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    None,
    /// the next transaction id is read first, the sequence second
    MarkBackwards,
    /// a mark at the xmax of the snapshot
    MarkAtXmax,
    /// its own transaction counts as ended
    OwnEnded,
    /// the boundary is taken by a later statement than the one that reads
    BoundaryLater,
    /// its position leaves before WAL is on disk
    NotFlushed,
    /// its position, kept outside, is taken for one that went back with the log
    NotOutside,
    /// it takes whatever snapshot it is given
    NotContained,
}

/// Readers inside; the others keep their positions as texts.
pub const INSIDE: usize = 2;
pub const READERS: usize = 4;
const LOG: [u8; 16] = *b"a log's own id..";

#[derive(Default)]
struct Looked {
    seq: i64,
    xid: u64,
    statement: Option<(Snapshot, Vec<Event>)>,
}

pub struct World {
    pub server: Server,
    mistake: Mistake,
    pub outside: Vec<Option<(String, Told)>>,
    looked: BTreeMap<usize, Looked>,
    /// Of transactions that ended on a part of a timeline that was lost, and are prepared again on the next one. Who
    /// saw that end outside is told twice of those that had committed; of those that had been rolled back, not at all
    /// where they commit now before the reader comes again.
    pub doubtful: BTreeSet<u64>,
    /// readers that have been sent back
    pub sought: BTreeSet<usize>,
}

impl World {
    pub fn new(mistake: Mistake) -> World {
        let server = Server::new(Vec::new());
        let now = Now {
            own: Own::up_to(server.cluster),
            snapshot: server.statement(None).0,
            mark: Mark {
                xid: server.next_xid,
                seq: 0,
            },
        };
        let begins = Position::now(&now, &Marks::none());
        let kept = Kept {
            position: begins.to_bytes().unwrap(),
            delivered: Vec::new(),
        };
        let server = Server::new(vec![kept; INSIDE]);
        let text = begins.leaves().to_text(LOG).unwrap();
        World {
            server,
            mistake,
            outside: vec![Some((text, Vec::new())); READERS - INSIDE],
            looked: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            sought: BTreeSet::new(),
        }
    }

    /// Some transaction for which a test holds.
    pub fn choose(&self, by: u8, test: impl Fn(&Transaction) -> bool) -> Option<usize> {
        let all = self.server.transactions.iter().enumerate();
        let all: Vec<usize> = all.filter(|(_, t)| test(t)).map(|(at, _)| at).collect();
        (!all.is_empty()).then(|| all[usize::from(by) % all.len()])
    }

    pub fn take(&mut self, step: Step) {
        let open = |t: &Transaction| !t.prepared;
        match step {
            Step::Begin => self.server.transactions.push(Transaction::default()),
            Step::Assign(by) => {
                if let Some(at) = self.choose(by, open) {
                    self.server.assign(at);
                }
            }
            Step::Write(by, entity) => {
                if let Some(at) = self.choose(by, open) {
                    let entity = (entity % 5 < 4).then_some(entity % 5);
                    self.server.write(at, entity);
                }
            }
            Step::BeginSub(by) => {
                if let Some(at) = self.choose(by, open) {
                    self.server.begin_sub(at);
                }
            }
            Step::RollBackSub(by) => {
                if let Some(at) = self.choose(by, open) {
                    self.server.rollback_sub(at);
                }
            }
            Step::Prepare(by) => {
                if let Some(at) = self.choose(by, open) {
                    self.server.prepare(at);
                }
            }
            Step::Commit(by, synchronous) => {
                if let Some(at) = self.choose(by, |_| true) {
                    self.server.commit(at, synchronous);
                }
            }
            Step::RollBack(by) => {
                if let Some(at) = self.choose(by, |_| true) {
                    self.server.roll_back(at);
                }
            }
            Step::Look(by) => {
                let looked = Looked {
                    seq: self.server.drawn,
                    xid: self.server.next_xid,
                    statement: Some(self.server.statement(None)),
                };
                self.looked.insert(usize::from(by) % READERS, looked);
            }
            Step::Read(call) => {
                self.read(call);
            }
            Step::Seek(by) => self.seek(usize::from(by) % INSIDE),
            Step::Crash(lucky) => {
                let lucky = usize::from(lucky) % (self.server.unflushed() + 1);
                self.server.crash(lucky);
                self.looked.clear();
            }
            Step::Promote(lost) => {
                let lost = usize::from(lost % 12).min(self.server.records());
                let before = self.prepared();
                self.server.promote(self.server.records() - lost);
                self.looked.clear();
                self.doubtful.extend(self.prepared().difference(&before));
            }
            Step::Restore(spent) => {
                self.server.restore(spent.into());
                self.looked.clear();
                // A position of another system is refused, and its reader begins anew.
                for text in self.outside.iter().flatten() {
                    let position = Position::from_text(&text.0, LOG).unwrap();
                    let now = self.now(self.server.statement(None).0, 0);
                    assert_eq!(position.scan(&now, None).err(), Some(Refusal::OtherSystem));
                }
                self.outside.fill(None);
            }
        }
    }

    /// The events of prepared transactions.
    fn prepared(&self) -> BTreeSet<u64> {
        let prepared = self.server.transactions.iter().filter(|t| t.prepared);
        prepared
            .flat_map(|t| &t.events)
            .map(|(event, _)| event.id)
            .collect()
    }

    fn now(&self, snapshot: Snapshot, reader: usize) -> Now {
        let looked = self.looked.get(&reader);
        let (seq, xid) = (self.server.drawn, self.server.next_xid);
        let mark = match self.mistake {
            Mistake::MarkBackwards => Mark {
                xid: looked.map_or(xid, |l| l.xid),
                seq,
            },
            Mistake::MarkAtXmax => Mark {
                xid: snapshot.xmax(),
                seq,
            },
            _ => Mark {
                xid,
                seq: looked.map_or(seq, |l| l.seq),
            },
        };
        Now {
            own: Own::up_to(self.server.cluster),
            snapshot,
            mark,
        }
    }

    fn is_busy(&self, reader: usize) -> bool {
        let mut work = self
            .server
            .transactions
            .iter()
            .filter_map(|t| t.work.as_ref());
        work.any(|work| work.reader == reader)
    }

    /// Whether anything may be left to be read.
    pub fn read(&mut self, call: Call) -> bool {
        let reader = usize::from(call.reader) % READERS;
        match reader.checked_sub(INSIDE) {
            None if !self.is_busy(reader) => self.read_inside(reader, call),
            None => true,
            Some(at) => self.read_outside(reader, at, call),
        }
    }

    /// What a statement of a reader sees, its own transaction counted as running.
    fn statement(&mut self, reader: usize, own: Option<u64>, call: Call) -> (Snapshot, Vec<Event>) {
        let looked = self.looked.get(&reader).and_then(|l| l.statement.clone());
        let (snapshot, events) = match looked {
            // Its transaction began when it looked, so it had no id.
            Some(statement) if call.repeatable && own.is_none() => return statement,
            Some((_, events)) if self.mistake == Mistake::BoundaryLater => {
                (self.server.statement(own).0, events)
            }
            _ => self.server.statement(own),
        };
        match self.mistake {
            Mistake::OwnEnded => (snapshot, events),
            _ => (snapshot.without(own), events),
        }
    }

    /// Reads some rows of the next window: the position after it, what is delivered, and whether more may come.
    fn window(
        &self,
        mut position: Position,
        (snapshot, events): (Snapshot, Vec<Event>),
        reader: usize,
        rows: u8,
    ) -> Option<(Position, Told, bool)> {
        let now = self.now(snapshot, reader);
        if self.mistake == Mistake::NotContained && position.open.is_none() {
            position.seen = position.seen.common(&now.snapshot);
        }
        let rest = position.open.is_some();
        let mut scan = match position.scan(&now, None) {
            Ok(scan) => scan,
            Err(Refusal::NotLater) => return None,
            Err(other) => panic!("refused: {other:?}"),
        };
        let empty = scan.is_empty();
        let after = scan.after();
        let wanted = events.iter().filter(|e| Some(e.row.seq) > after);
        let mut delivered = Vec::new();
        for (read, event) in wanted.enumerate() {
            if read == usize::from(rows) {
                return Some((scan.pause(), delivered, true));
            }
            if let Verdict::Deliver { replayed } = scan.read(&event.row) {
                delivered.push((event.id, replayed));
            }
        }
        Some((scan.finish(), delivered, rest || !empty))
    }

    /// What it looked at may serve another call.
    fn forget(&mut self, reader: usize, call: Call) {
        if call.repeatable || call.rows > 3 {
            self.looked.remove(&reader);
        }
    }

    fn read_inside(&mut self, reader: usize, call: Call) -> bool {
        let usable = |t: &Transaction| !t.prepared && t.work.is_none();
        let begun = call.within.and_then(|by| self.choose(by, usable));
        let at = begun.unwrap_or(self.server.transactions.len());
        if begun.is_none() {
            self.server.transactions.push(Transaction::default());
        }
        if call.logs.0 {
            self.server.write(at, None);
        }
        let own = self.server.transactions[at].xid;
        let statement = self.statement(reader, own, call);
        let Kept {
            position,
            mut delivered,
        } = self.server.kept[reader].clone();
        let position = Position::from_bytes(&position).unwrap();
        let window = self.window(position, statement, reader, call.rows);
        let Some((position, more, left)) = window else {
            self.server.roll_back(at);
            self.looked.remove(&reader);
            return true;
        };
        delivered.extend(more);
        self.server.assign(at);
        self.server.transactions[at].work = Some(Work {
            reader,
            kept: Kept {
                position: position.to_bytes().unwrap(),
                delivered,
            },
        });
        if call.logs.1 {
            self.server.write(at, None);
        }
        if call.ends {
            self.server.commit(at, call.rows > 2);
        }
        self.forget(reader, call);
        left
    }

    fn read_outside(&mut self, reader: usize, at: usize, call: Call) -> bool {
        let statement = self.statement(reader, None, call);
        let Some((text, mut delivered)) = self.outside[at].clone() else {
            return false;
        };
        let mut position = Position::from_text(&text, LOG).unwrap();
        if self.mistake == Mistake::NotOutside {
            position = Position::from_bytes(&position.to_bytes().unwrap()).unwrap();
        }
        let window = self.window(position, statement, reader, call.rows);
        self.forget(reader, call);
        let Some((position, more, left)) = window else {
            self.looked.remove(&reader);
            return true;
        };
        delivered.extend(more);
        if self.mistake != Mistake::NotFlushed {
            self.server.flush();
        }
        self.outside[at] = Some((position.leaves().to_text(LOG).unwrap(), delivered));
        left
    }

    /// Sends a reader back to the start, in a transaction of its own.
    fn seek(&mut self, reader: usize) {
        let kept = self.server.kept[reader].clone();
        let position = Position::from_bytes(&kept.position).unwrap();
        let in_replay = position.open.as_ref();
        if self.is_busy(reader) || in_replay.is_some_and(|o| matches!(o.kind, Kind::Replay { .. }))
        {
            return;
        }
        let now = self.now(self.server.statement(None).0, reader);
        let Ok(position) = position.seek(&now, i64::MIN, None) else {
            return;
        };
        self.server.transactions.push(Transaction::default());
        let at = self.server.transactions.len() - 1;
        self.server.assign(at);
        self.server.transactions[at].work = Some(Work {
            reader,
            kept: Kept {
                position: position.to_bytes().unwrap(),
                ..kept
            },
        });
        self.server.commit(at, true);
        self.sought.insert(reader);
    }
}
