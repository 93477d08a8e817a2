//! What could not be read while a table was read as it was, counted by column.
//!
//! A reading is one call of `table_as_of`, which may stand within another. It opens a tally, and
//! takes it when it has read all rows; what an error leaves goes with the part of the transaction that began it.

use crate::pg::clock;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::Builder;
use crate::pg::xact::{Nested, PerTransaction};
use std::collections::BTreeMap;

/// Under this name stand rows that were left out, since their key could not be read.
pub const ROWS: &str = "";

struct Tallies {
    last: i64,
    open: BTreeMap<i64, Tally>,
}

struct Tally {
    nest: i32,
    counts: BTreeMap<String, i64>,
}

static TALLIES: PerTransaction<Tallies> = PerTransaction::new(Tallies {
    last: 0,
    open: BTreeMap::new(),
});

impl Nested for Tallies {
    fn undo(&mut self, nest: i32) {
        self.open.retain(|_, tally| tally.nest < nest);
    }

    fn merge(&mut self, nest: i32) {
        for tally in self.open.values_mut() {
            tally.nest = tally.nest.min(nest - 1);
        }
    }
}

/// Counts a value of this column.
pub fn count(reading: i64, column: &str) {
    TALLIES.with(|tallies| {
        if let Some(tally) = tallies.open.get_mut(&reading) {
            match tally.counts.get_mut(column) {
                Some(n) => *n += 1,
                None => _ = tally.counts.insert(column.to_owned(), 1),
            }
        }
    });
}

/// `eventlog._begin_reading()`.
pub fn begin_reading(call: &Call<'_>) -> Ret {
    let tally = Tally {
        nest: clock::nest_level(),
        counts: BTreeMap::new(),
    };
    let reading = TALLIES.with(|tallies| {
        tallies.last += 1;
        tallies.open.insert(tallies.last, tally);
        tallies.last
    });
    call.value(reading)
}

/// `eventlog._end_reading(reading)`: how many values of which column could not be read.
pub fn end_reading(call: &Call<'_>) -> Ret {
    let Some(tally) = call
        .long(0)
        .and_then(|reading| TALLIES.with(|tallies| tallies.open.remove(&reading)))
    else {
        return Ret::Null;
    };
    let mut counts = Builder::new();
    counts.begin_object();
    for (column, n) in &tally.counts {
        counts.key(column).int(*n);
    }
    counts.end();
    call.value(call.memory().jsonb(&counts.finish().unwrap_or_default()))
}
