//! What could not be read while a table was read as it was, counted by column.
//!
//! A reading is one call of `table_as_of`, which may stand within another. It opens a tally, and
//! takes it when it has read all rows; what an error leaves is dropped with the transaction.

use crate::pg::datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::Builder;
use pgrx::pg_sys::Datum;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Under this name stand rows that were left out, since their key could not be read.
pub const ROWS: &str = "";

#[derive(Default)]
struct Tallies {
    last: i64,
    open: BTreeMap<i64, BTreeMap<String, i64>>,
}

thread_local! {
    static TALLIES: RefCell<Tallies> = RefCell::default();
}

/// Counts a value of this column.
pub fn count(reading: i64, column: &str) {
    TALLIES.with_borrow_mut(|tallies| {
        if let Some(tally) = tallies.open.get_mut(&reading) {
            match tally.get_mut(column) {
                Some(n) => *n += 1,
                None => _ = tally.insert(column.to_owned(), 1),
            }
        }
    });
}

/// Forgets all readings: the transaction is over.
pub fn clear() {
    TALLIES.with_borrow_mut(|tallies| tallies.open.clear());
}

/// `eventlog._begin_reading()`.
pub fn begin_reading(_: &Call<'_>) -> Ret {
    let reading = TALLIES.with_borrow_mut(|tallies| {
        tallies.last += 1;
        tallies.open.insert(tallies.last, BTreeMap::new());
        tallies.last
    });
    Ret::Value(Datum::from(reading))
}

/// `eventlog._end_reading(reading)`: how many values of which column could not be read.
pub fn end_reading(call: &Call<'_>) -> Ret {
    let Some(tally) = call
        .long(0)
        .and_then(|reading| TALLIES.with_borrow_mut(|tallies| tallies.open.remove(&reading)))
    else {
        return Ret::Null;
    };
    let mut counts = Builder::new();
    counts.begin_object();
    for (column, n) in &tally {
        counts.key(column).int(*n);
    }
    counts.end();
    Ret::Value(datum::new_jsonb(&counts.finish().unwrap_or_default()))
}
