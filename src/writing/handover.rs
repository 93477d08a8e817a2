//! What `log_event` hands to the column defaults of the one insert that it makes.
//!
//! The id of an event is drawn before the insert, since reading it back with RETURNING would need
//! SELECT on the log. It waits here for `new_event_id()`, the default of `id`, together with the
//! reading of the clock. An entry lives for that one insert and is dropped when the insert ends
//! or its (sub)transaction is undone. Defaults of other inserts, in triggers that this insert
//! fires, run at another trigger depth and see nothing of it.

use super::draft::Draft;
use super::identity;
use crate::pg::clock::{self, Reading};
use crate::pg::pool::{Lent, Lives};
use crate::pg::xact::{Nested, PerTransaction};
use model::taxonomy::redacted::Came;
use model::taxonomy::violation::Violation;
use pgrx::pg_sys::Oid;
use smallvec::SmallVec;
use uuid::Uuid;

/// What the gate saw of the last row.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Stored {
    pub seq: i64,
    pub recorded_at: i64,
}

struct Entry {
    log_id: Uuid,
    ids: Ids,
    next: usize,
    /// drawn for the one row that there is
    number: Option<i64>,
    arrived: usize,
    reading: Reading,
    depth: i32,
    nest: i32,
    /// the rows of a batch
    rows: Option<Lent<Batches>>,
    batch: bool,
    by_capture: bool,
    came: SmallVec<[Option<Came>; 1]>,
    leaves_out: bool,
    refused: Refused,
    stored: Option<Stored>,
}

/// Places of rows that the gate left out, and the rules that they break.
pub type Refused = Vec<(usize, Vec<Violation>)>;

struct State {
    entries: Vec<Entry>,
    /// the clock reading of a plain INSERT's `occurred_at`, for its `recorded_at`
    reading: Option<(Reading, (u32, u32))>,
}

static STATE: PerTransaction<State> = PerTransaction::new(State {
    entries: Vec::new(),
    reading: None,
});

impl Nested for State {
    fn undo(&mut self, nest: i32) {
        self.entries.retain(|entry| entry.nest < nest);
        self.reading = None;
    }
}

/// The rows of a batch, and the types of their columns.
#[derive(Clone, Copy)]
pub struct Batch<'m> {
    /// one for each id
    pub drafts: &'m [Draft<'m>],
    /// as in [`super::draft::column_types`]
    pub types: [Oid; 15],
}

/// The type of batches, for the one that is lent to the statement that inserts it.
pub struct Batches;

impl Lives for Batches {
    type Of<'m> = Batch<'m>;
}

/// Ids of the rows of an insert, mostly one.
pub type Ids = SmallVec<[Uuid; 1]>;

/// What an insert is made of.
pub struct Insert {
    /// the log
    pub log_id: Uuid,
    /// an id for each row
    pub ids: Ids,
    /// whether the statement gives the ids itself, so that no default draws them
    pub ids_given: bool,
    /// whether capture makes it
    pub by_capture: bool,
    /// the number of the one row, where it was drawn before
    pub number: Option<i64>,
    /// when it is made
    pub reading: Reading,
    /// whether errors name a row's place
    pub is_batch: bool,
    /// whether a row that breaks rules is left out, instead of being an error
    pub leaves_out: bool,
    /// the rows, where the statement reads them from here
    pub rows: Option<Lent<Batches>>,
    /// how each came; empty where none was redacted
    pub came: SmallVec<[Option<Came>; 1]>,
}

/// How drafts came; empty where none was redacted.
pub fn came(drafts: &[Draft<'_>]) -> SmallVec<[Option<Came>; 1]> {
    match drafts.iter().any(|draft| draft.came.is_some()) {
        true => drafts.iter().map(|draft| draft.came).collect(),
        false => SmallVec::new(),
    }
}

/// What became of it.
pub struct Outcome<R> {
    /// the result of the statement
    pub result: R,
    /// whether each id came by at the gate with its row
    pub complete: bool,
    /// the last row, as the gate saw it
    pub stored: Option<Stored>,
    /// rows that were left out
    pub refused: Refused,
}

/// Runs the statement of an insert.
pub fn during<R>(insert: Insert, statement: impl FnOnce() -> R) -> Outcome<R> {
    let entry = Entry {
        log_id: insert.log_id,
        next: if insert.ids_given {
            insert.ids.len()
        } else {
            0
        },
        ids: insert.ids,
        number: insert.number,
        arrived: 0,
        reading: insert.reading,
        depth: clock::trigger_depth(),
        nest: clock::nest_level(),
        batch: insert.is_batch,
        by_capture: insert.by_capture,
        came: insert.came,
        leaves_out: insert.leaves_out,
        refused: Vec::new(),
        rows: insert.rows,
        stored: None,
    };
    STATE.with(|s| s.entries.push(entry));
    let result = statement();
    let entry = STATE.with(|s| s.entries.pop());
    let (complete, stored, refused) = match entry {
        Some(e) => (e.arrived == e.ids.len(), e.stored, e.refused),
        None => (false, None, Vec::new()),
    };
    Outcome {
        result,
        complete,
        stored,
        refused,
    }
}

/// The entry for defaults that are evaluated now.
fn current<R>(f: impl FnOnce(&mut Entry) -> R) -> Option<R> {
    STATE.with(|s| {
        let entry = s.entries.last_mut()?;
        (entry.depth == clock::trigger_depth()).then(|| f(entry))
    })
}

/// The rows of the batch that is being inserted; they are given once.
pub fn rows() -> Option<Lent<Batches>> {
    current(|e| e.rows.take()).flatten()
}

/// The id that waits for the row at hand, or a new one.
pub fn event_id() -> Uuid {
    let waiting = current(|e| {
        let id = e.ids.get(e.next).copied();
        e.next += usize::from(id.is_some());
        id
    });
    waiting
        .flatten()
        .unwrap_or_else(|| identity::new_id(Reading::now()))
}

/// The number that was drawn for the row at hand; it is given once.
pub fn number() -> Option<i64> {
    current(|e| e.number.take()).flatten()
}

/// Reads the clock for `occurred_at`, and keeps the reading for the `recorded_at` of the row.
pub fn occurred_at() -> i64 {
    let reading = current(|e| e.reading).unwrap_or_else(|| {
        let reading = Reading::now();
        let command = clock::command();
        STATE.with(|s| s.reading = Some((reading, command)));
        reading
    });
    reading.timestamp()
}

/// A row begins: no reading from before is for it. Whoever may insert could have had one kept by a call of the default,
/// and would record an event hours later as of then. The number of an event is drawn first and for each row, since the
/// gate asks for it.
pub fn begin_row() {
    STATE.with(|s| s.reading = None);
}

/// The reading that belongs to the row at hand, or a new one.
pub fn recorded_at() -> i64 {
    if let Some(reading) = current(|e| e.reading) {
        return reading.timestamp();
    }
    let kept = STATE.with(|s| s.reading.take());
    match kept {
        // Left behind by another command, whose recorded_at was given.
        Some((reading, command)) if command == clock::command() => reading.timestamp(),
        _ => Reading::now().timestamp(),
    }
}

/// The row at hand as the gate sees it: none unless it carries an id that waited here.
#[derive(Clone, Copy)]
pub struct Place {
    /// its place in a batch
    pub index: Option<usize>,
    /// whether capture made it
    pub by_capture: bool,
    /// how it came, where it has been redacted since
    pub came: Option<Came>,
    /// whether it is left out where it breaks rules
    pub leaves_out: bool,
}

/// The row at hand breaks these rules, and is left out.
pub fn refused(violations: Vec<Violation>) {
    STATE.with(|s| {
        if let Some(entry) = s.entries.last_mut()
            && clock::trigger_depth() == entry.depth + 1
            && let Some(place) = entry.next.checked_sub(1)
        {
            entry.refused.push((place, violations));
        }
    });
}

/// The gate has given the row at hand another number than the one that it came with.
pub fn stored(stored: Stored) {
    STATE.with(|s| {
        if let Some(entry) = s.entries.last_mut()
            && clock::trigger_depth() == entry.depth + 1
        {
            entry.stored = Some(stored);
        }
    });
}

/// Whether the row with this id, on its way into this log, comes from [`during`]; notes what was
/// stored. The gate fires one trigger deeper than the defaults are evaluated.
pub fn arrived(log_id: Uuid, id: Option<Uuid>, stored: impl FnOnce() -> Stored) -> Option<Place> {
    STATE.with(|s| {
        let entry = s.entries.last_mut()?;
        let index = entry.next.checked_sub(1)?;
        if id != entry.ids.get(index).copied()
            || log_id != entry.log_id
            || clock::trigger_depth() != entry.depth + 1
        {
            return None;
        }
        entry.arrived += 1;
        entry.stored = Some(stored());
        Some(Place {
            index: entry.batch.then_some(index),
            by_capture: entry.by_capture,
            came: entry.came.get(index).copied().flatten(),
            leaves_out: entry.leaves_out,
        })
    })
}
