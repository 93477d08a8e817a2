//! Which old row of an update became which new one.
//!
//! The two transition tables of a statement have their rows in the same order, and as many, unless a row that was moved
//! to another partition was suppressed there by a trigger: it is in the old table alone. So equal counts say that rows
//! pair by position, and rows stream. Where the counts differ, all that follows a suppressed row would pair wrongly: then
//! both tables are sorted by key. Neither way holds the rows in memory.
//!
//! An entity is its key, so a row whose key has changed is one that goes and one that comes. No two rows have the same
//! key at any time, so the order in which the statement changed them is one in which each key goes before it comes again.
//! A deferrable key says so of the end of a statement alone: rows may change places. Then all that goes stands first.

use super::shape::{Keys, Shape};
use crate::pg::sort::SortedRows;
use crate::pg::transition::TransitionTable;
use crate::pg::tuple::Row;
use std::cmp::Ordering;

/// What became of a row.
pub enum Pair<'a> {
    /// it was changed
    Both(Row<'a>, Row<'a>),
    /// its key is there no more
    Old(Row<'a>),
    /// its key was not there before
    New(Row<'a>),
}

/// Shows `each` all rows of an update.
pub fn pairs(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    each: impl FnMut(Pair<'_>),
) {
    match shape.keys {
        _ if old.len() != new.len() => by_key(shape, old, new, each),
        Keys::Unique => by_position(shape, old, new, each),
        Keys::UniqueAtTheEnd => in_two_passes(shape, old, new, each),
        // A cascade may change a row's key once more. Which of two rows with one key came first, the rows do not tell;
        // what each key stood for before and after, they do.
        Keys::Cascading => by_key(shape, old, new, each),
    }
}

fn by_position(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    mut each: impl FnMut(Pair<'_>),
) {
    let last = shape.last;
    while let (Some(before), Some(after)) = (old.next(last), new.next(last)) {
        if same_key(shape, &before, &after) {
            each(Pair::Both(before, after));
        } else {
            each(Pair::Old(before));
            each(Pair::New(after));
        }
    }
}

fn in_two_passes(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    mut each: impl FnMut(Pair<'_>),
) {
    let last = shape.last;
    let mut moved = false;
    while let (Some(before), Some(after)) = (old.next(last), new.next(last)) {
        if same_key(shape, &before, &after) {
            each(Pair::Both(before, after));
        } else {
            moved = true;
            each(Pair::Old(before));
        }
    }
    if !moved {
        return;
    }
    old.rewind();
    new.rewind();
    while let (Some(before), Some(after)) = (old.next(last), new.next(last)) {
        if !same_key(shape, &before, &after) {
            each(Pair::New(after));
        }
    }
}

/// The same row may have been updated several times in one statement, by cascades: versions of one key pair in the
/// order in which they were made.
fn by_key(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    mut each: impl FnMut(Pair<'_>),
) {
    let last = shape.last;
    let (mut before, mut after) = (sorted(shape, old), sorted(shape, new));
    let (mut has_old, mut has_new) = (before.advance(), after.advance());
    while has_old || has_new {
        let order = match (has_old, has_new) {
            (true, true) => before.key().cmp(after.key()),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Equal => each(Pair::Both(before.show(old, last), after.show(new, last))),
            Ordering::Less => each(Pair::Old(before.show(old, last))),
            Ordering::Greater => each(Pair::New(after.show(new, last))),
        }
        if order.is_le() {
            has_old = before.advance();
        }
        if order.is_ge() {
            has_new = after.advance();
        }
    }
}

fn sorted<'a>(shape: &Shape, table: &mut TransitionTable<'a>) -> SortedRows<'a> {
    let mut rows = SortedRows::new(table.memory());
    let mut key = Vec::new();
    while let Some(row) = table.next(shape.last) {
        key_of(shape, &row, &mut key);
        rows.put(&key, table);
        pgrx::check_for_interrupts!();
    }
    rows.sort();
    rows
}

fn same_key(shape: &Shape, old: &Row<'_>, new: &Row<'_>) -> bool {
    shape
        .key
        .iter()
        .all(|c| match (old.datum(c.number), new.datum(c.number)) {
            (Some(a), Some(b)) => c.kind.same_image(a, b),
            (a, b) => a.is_none() && b.is_none(),
        })
}

/// Bytes that are the same for the same key and differ for another one, in place of those in `key`.
fn key_of(shape: &Shape, row: &Row<'_>, key: &mut Vec<u8>) {
    key.clear();
    for column in &shape.key {
        if let Some(value) = row.datum(column.number) {
            column.kind.image(value, &mut |bytes| {
                key.extend_from_slice(&bytes.len().to_ne_bytes());
                key.extend_from_slice(bytes);
            });
        }
    }
}
