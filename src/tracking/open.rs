//! Statements on tracked tables that are under way.
//!
//! A trigger for each row may change the very row that fired it, or one that a statement around it
//! has changed or is about to change. The inner statement ends, and is captured, before the outer
//! one, and one query may run several statements side by side. So each statement on a tracked
//! table is noted when it begins. While others on the same table are under way, what a statement
//! did waits here, unless it is certain that none of them came to the row before; when the last
//! one has been captured, `settle` writes what waits, in the order that `order` finds.

use crate::error::Error;
use crate::pg::spill::Store;
use crate::pg::trigger::Operation;
use crate::pg::xact::{Nested, PerTransaction};
use crate::pg::{clock, relation};
use model::entity::order::Edge;
use model::entity::trail::ABSENT;
use pgrx::pg_sys::Oid;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// A statement that has begun.
struct Open {
    /// counted within its cluster
    statement: u32,
    /// the table that it named: the tracked one or a partition
    relation: Oid,
    event: Operation,
    /// the query that it is a part of
    query: usize,
    nest: i32,
    /// whether it is being captured
    captured: bool,
}

/// The statements on one tracked table that overlap.
struct Cluster {
    /// the tracked table
    root: Oid,
    open: SmallVec<[Open; 2]>,
    /// how many have begun
    begun: u32,
    /// what waits, as it was captured
    edges: Vec<Waiting>,
    /// how many of those are alive
    alive: usize,
    /// the rows of those edges
    rows: FxHashSet<u64>,
    /// the records of the edges, one each
    store: Option<Store>,
    /// records that are being written
    settling: Option<Store>,
}

/// A change that waits. Those of a part of the transaction stand behind those of the parts around
/// it, so that the end of a part looks at its own alone.
struct Waiting {
    edge: Edge,
    nest: i32,
    /// whether it was not rolled back
    alive: bool,
}

struct State {
    clusters: Vec<Cluster>,
    /// an empty store for the next cluster of the transaction
    spare: Option<Store>,
    /// stores of what was rolled back, to be freed when that can be done
    undone: Vec<Store>,
}

static STATE: PerTransaction<State> = PerTransaction::new(State::NONE);

/// The capture of one statement.
#[derive(Clone, Copy)]
pub struct Turn {
    root: Oid,
    /// the statement, counted within those that overlap
    pub statement: u32,
    /// whether no other one is under way
    is_last: bool,
    /// whether all others are parts of the same query
    is_beside: bool,
    /// whether anything waits
    waiting: bool,
}

impl Cluster {
    fn new(root: Oid) -> Cluster {
        Cluster {
            root,
            open: SmallVec::new(),
            begun: 0,
            edges: Vec::new(),
            alive: 0,
            rows: FxHashSet::default(),
            store: None,
            settling: None,
        }
    }

    fn begin(&mut self, relation: Oid, event: Operation) -> u32 {
        let statement = self.begun;
        self.begun += 1;
        self.open.push(Open {
            statement,
            relation,
            event,
            query: clock::query(),
            nest: clock::nest_level(),
            captured: false,
        });
        statement
    }

    /// What began to wait in a part of the transaction of this nesting level, or a deeper one.
    fn edges_of(&mut self, nest: i32) -> impl Iterator<Item = &mut Waiting> {
        self.edges
            .iter_mut()
            .rev()
            .take_while(move |waiting| waiting.nest >= nest)
    }
}

impl State {
    const NONE: State = State {
        clusters: Vec::new(),
        spare: None,
        undone: Vec::new(),
    };

    fn cluster(&mut self, root: Oid) -> &mut Cluster {
        let found = self.clusters.iter().rposition(|c| c.root == root);
        let at = found.unwrap_or_else(|| {
            self.clusters.push(Cluster::new(root));
            self.clusters.len() - 1
        });
        &mut self.clusters[at]
    }

    /// Keeps an emptied store for the next cluster; more than one is not needed.
    fn keep(&mut self, mut store: Store) {
        if self.spare.is_none() {
            store.clear();
            self.spare = Some(store);
        }
    }
}

impl Nested for State {
    fn undo(&mut self, nest: i32) {
        if nest == 0 {
            // Memory and files go with the transaction.
            *self = State::NONE;
            return;
        }
        let undone = &mut self.undone;
        self.clusters.retain_mut(|cluster| {
            cluster.open.retain(|o| o.nest < nest);
            let mut count = 0;
            for waiting in cluster.edges_of(nest) {
                count += usize::from(waiting.alive);
                (waiting.alive, waiting.nest) = (false, nest - 1);
            }
            cluster.alive -= count;
            let goes = cluster.open.is_empty() && cluster.alive == 0;
            if goes {
                undone.extend(cluster.store.take());
                undone.extend(cluster.settling.take());
            }
            !goes
        });
    }

    fn merge(&mut self, nest: i32) {
        for cluster in &mut self.clusters {
            for open in &mut cluster.open {
                open.nest = open.nest.min(nest - 1);
            }
            for waiting in cluster.edges_of(nest) {
                waiting.nest = nest - 1;
            }
        }
    }

    /// Each statement that began has been captured. One that is stopped before its end, as by a procedural language's limit
    /// of rows, has changed rows and fires no trigger after it.
    fn check(&mut self) -> Result<(), Error> {
        let last = self.clusters.last();
        let Some((root, event)) = last.and_then(|c| c.open.last().map(|o| (c.root, o.event)))
        else {
            // While files can still be closed.
            *self = State::NONE;
            return Ok(());
        };
        Err(Error::not_set_up(
            format!(
                "{} of tracked table \"{}\" was not captured",
                event.name(),
                relation::display(root)
            ),
            "A statement that is stopped before its end fires no trigger after it: let it run to \
             its end.",
        ))
    }
}

/// A statement begins.
pub fn begin(root: Oid, relation: Oid, event: Operation) {
    STATE.with(|state| {
        state.undone.clear();
        state.cluster(root).begin(relation, event);
    });
}

/// A statement has ended, and is captured now.
pub fn capture(root: Oid, relation: Oid, event: Operation) -> Turn {
    STATE.with(|state| {
        let cluster = state.cluster(root);
        let is_this = |o: &Open| o.relation == relation && o.event == event && !o.captured;
        let statement = match cluster.open.iter().rfind(|o| is_this(o)) {
            Some(open) => open.statement,
            None => cluster.begin(relation, event),
        };
        let mut query = 0;
        for open in &mut cluster.open {
            if open.statement == statement {
                open.captured = true;
                query = open.query;
            }
        }
        let mut others = cluster.open.iter().filter(|o| o.statement != statement);
        Turn {
            root,
            statement,
            is_last: others.clone().next().is_none(),
            is_beside: others.all(|o| o.query == query && !o.captured),
            waiting: cluster.alive > 0,
        }
    })
}

impl Turn {
    /// Whether each change has to be looked at: others are under way, or something waits.
    pub fn sifts(&self) -> bool {
        !self.is_last || self.waiting
    }

    /// Whether a change can be written at once: no other statement has touched the row before.
    ///
    /// The parts of one INSERT ... ON CONFLICT, MERGE or WITH see none of each other's rows. So
    /// where one of them finds a row, no other one has come to it; what puts a row in the place of
    /// a removed one waits.
    pub fn writes(&self, edge: &Edge) -> bool {
        (self.is_last || self.is_beside && edge.step.from != ABSENT)
            && STATE.with(|state| !state.cluster(self.root).rows.contains(&edge.row))
    }

    /// Lets a change wait, with the record of its events.
    pub fn wait(&self, edge: Edge, record: &[u8]) {
        let nest = clock::nest_level();
        STATE.with(|state| {
            let State {
                clusters, spare, ..
            } = state;
            let Some(cluster) = clusters.iter_mut().rfind(|c| c.root == self.root) else {
                return;
            };
            let full =
                cluster.edges.try_reserve(1).is_err() || cluster.rows.try_reserve(1).is_err();
            if full || cluster.edges.len() >= u32::MAX as usize {
                Error::NoRoom {
                    what: "changes that wait for other statements on their table",
                }
                .raise();
            }
            cluster
                .store
                .get_or_insert_with(|| {
                    let spare = spare.take().filter(Store::is_whole);
                    spare.unwrap_or_else(Store::new)
                })
                .push(record);
            cluster.rows.insert(edge.row);
            cluster.alive += 1;
            cluster.edges.push(Waiting {
                edge,
                nest,
                alive: true,
            });
        });
    }

    /// The statement has been captured. Whether it was the last one, and something waits: then it
    /// stays open until that is written.
    pub fn end(&self) -> bool {
        STATE.with(|state| {
            let Some(at) = state.clusters.iter().rposition(|c| c.root == self.root) else {
                return false;
            };
            let cluster = &mut state.clusters[at];
            if cluster.open.len() == 1 && cluster.alive > 0 {
                return true;
            }
            cluster.open.retain(|o| o.statement != self.statement);
            if cluster.open.is_empty() {
                let cluster = state.clusters.swap_remove(at);
                if let Some(store) = cluster.store {
                    state.keep(store);
                }
            }
            false
        })
    }

    /// Takes what waits, to be written: the edges, and which of them were not undone. Their
    /// records are read with [`Turn::read`]. What begins to wait from now on is for another round.
    pub fn take(&self) -> Vec<(Edge, bool)> {
        STATE.with(|state| {
            let cluster = state.cluster(self.root);
            cluster.settling = cluster.store.take();
            cluster.rows = FxHashSet::default();
            cluster.alive = 0;
            let edges = std::mem::take(&mut cluster.edges);
            edges.into_iter().map(|w| (w.edge, w.alive)).collect()
        })
    }

    /// Reads the records of what was taken.
    pub fn read<R>(&self, f: impl FnOnce(&mut Store) -> R) -> R {
        STATE.with(|state| match &mut state.cluster(self.root).settling {
            Some(store) => f(store),
            None => Error::internal("what waits to be written is gone").raise(),
        })
    }

    /// What was taken has been written.
    pub fn written(&self) {
        STATE.with(|state| {
            if let Some(store) = state.cluster(self.root).settling.take() {
                state.keep(store);
            }
        });
    }
}
