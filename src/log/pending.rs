//! What `log_event` hands to the column defaults of the one insert that it makes.
//!
//! The id of an event is drawn before the insert, since reading it back with RETURNING would need
//! SELECT on the log. It waits here for `new_event_id()`, the default of `id`, together with the
//! reading of the clock. An entry lives for that one insert and is dropped when the insert ends
//! or its (sub)transaction is undone. Defaults of other inserts, in triggers that this insert
//! fires, run at another trigger depth and see nothing of it.

use crate::log::draft::Draft;
use crate::log::identity;
use crate::pg::clock::{self, Reading};
use std::cell::RefCell;
use uuid::Uuid;

/// What the gate saw of the last row.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Stored {
    pub seq: i64,
    pub recorded_at: i64,
}

struct Entry {
    ids: Vec<Uuid>,
    next: usize,
    reading: Reading,
    depth: i32,
    nest: i32,
    batch: bool,
    rows: Option<Vec<Draft>>,
    stored: Option<Stored>,
}

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    /// the clock reading of a plain INSERT's `occurred_at`, for its `recorded_at`
    reading: Option<(Reading, (u32, u32))>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State { entries: Vec::new(), reading: None })
    };
}

/// What became of an insert.
pub struct Outcome<R> {
    /// the result of the insert
    pub result: R,
    /// whether each id found its row
    pub complete: bool,
    /// the last row, as the gate saw it
    pub stored: Option<Stored>,
}

/// Runs an insert of as many rows as there are ids. The rows of a batch wait here as well, and
/// errors then name a row's place.
pub fn during<R>(
    ids: Vec<Uuid>,
    reading: Reading,
    rows: Option<Vec<Draft>>,
    insert: impl FnOnce() -> R,
) -> Outcome<R> {
    let depth = clock::trigger_depth();
    let nest = clock::nest_level();
    STATE.with_borrow_mut(|s| {
        let batch = rows.is_some();
        s.entries.push(Entry {
            ids,
            next: 0,
            reading,
            depth,
            nest,
            batch,
            rows,
            stored: None,
        });
    });
    let result = insert();
    let entry = STATE.with_borrow_mut(|s| s.entries.pop());
    let (complete, stored) = match entry {
        Some(e) => (e.next == e.ids.len(), e.stored),
        None => (false, None),
    };
    Outcome {
        result,
        complete,
        stored,
    }
}

/// Drops what a (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(nest: i32) {
    STATE.with_borrow_mut(|s| {
        s.entries.retain(|e| e.nest < nest);
        s.reading = None;
    });
}

/// The entry for defaults that are evaluated now.
fn current<R>(f: impl FnOnce(&mut Entry) -> R) -> Option<R> {
    STATE.with_borrow_mut(|s| {
        let entry = s.entries.last_mut()?;
        (entry.depth == clock::trigger_depth()).then(|| f(entry))
    })
}

/// The rows of the batch that is being inserted; they are given once.
pub fn rows() -> Option<Vec<Draft>> {
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

/// Reads the clock for `occurred_at`, and keeps the reading for the `recorded_at` of the row.
pub fn occurred_at() -> i64 {
    let reading = current(|e| e.reading).unwrap_or_else(|| {
        let reading = Reading::now();
        let command = clock::command();
        STATE.with_borrow_mut(|s| s.reading = Some((reading, command)));
        reading
    });
    reading.timestamp()
}

/// The reading that belongs to the row at hand, or a new one.
pub fn recorded_at() -> i64 {
    if let Some(reading) = current(|e| e.reading) {
        return reading.timestamp();
    }
    let kept = STATE.with_borrow_mut(|s| s.reading.take());
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
}

/// Whether the row with this id comes from [`during`]; notes what was stored. The gate fires one
/// trigger deeper than the defaults.
pub fn arrived(id: Option<Uuid>, stored: impl FnOnce() -> Stored) -> Option<Place> {
    STATE.with_borrow_mut(|s| {
        let entry = s.entries.last_mut()?;
        if entry.next == 0 || id != entry.ids.get(entry.next - 1).copied() {
            return None;
        }
        entry.stored = Some(stored());
        Some(Place {
            index: entry.batch.then(|| entry.next - 1),
        })
    })
}
