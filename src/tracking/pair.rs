//! Which old row of an update became which new one.
//!
//! The two transition tables of a statement have their rows in the same order, so rows pair by
//! position, as long as their keys agree. A row that was moved to another partition, and was
//! suppressed there by a trigger, is in the old table alone: all that follow would pair wrongly.
//! So where keys disagree, the rest pairs by key.

use super::shape::Shape;
use crate::pg::transition::TransitionTable;
use crate::pg::tuple::Row;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// What became of a row.
pub enum Pair<'a> {
    /// it was changed
    Both(Row<'a>, Row<'a>),
    /// its key is there no more
    Old(Row<'a>),
    /// its key was not there before
    New(Row<'a>),
}

/// Shows `each` all rows of an update: those that pair, in the order of the old ones, with the
/// keys that are gone among them; then the keys that are new.
pub fn pairs(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    mut each: impl FnMut(Pair<'_>),
) {
    let last = shape.last;
    loop {
        match (old.next(last), new.next(last)) {
            (None, None) => return,
            (Some(before), Some(after)) if same_key(shape, &before, &after) => {
                each(Pair::Both(before, after));
            }
            (before, after) => {
                let first = before.is_some();
                let after = after.is_some();
                return by_key(shape, old, new, (first, after), each);
            }
        }
    }
}

/// The rest of the rows, from the pair on that `next` gave last.
fn by_key(
    shape: &Shape,
    old: &mut TransitionTable<'_>,
    new: &mut TransitionTable<'_>,
    (mut has_old, mut has_new): (bool, bool),
    mut each: impl FnMut(Pair<'_>),
) {
    let last = shape.last;
    let mut kept = Vec::new();
    let mut places: FxHashMap<Vec<u8>, VecDeque<usize>> = FxHashMap::default();
    while has_new {
        let copy = new.keep();
        let key = key_of(shape, &new.show(&copy, last));
        places.entry(key).or_default().push_back(kept.len());
        kept.push(Some(copy));
        has_new = new.next(last).is_some();
    }
    while has_old {
        let before = old.current(last);
        // The same row may have been updated several times in one statement, by cascades: its
        // versions stand in the order in which they were made.
        let place = places
            .get_mut(&key_of(shape, &before))
            .and_then(VecDeque::pop_front);
        match place.and_then(|place| kept[place].take()) {
            Some(after) => each(Pair::Both(before, new.show(&after, last))),
            None => each(Pair::Old(before)),
        }
        has_old = old.next(last).is_some();
    }
    for after in kept.iter().flatten() {
        each(Pair::New(new.show(after, last)));
    }
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

/// Bytes that are the same for the same key and differ for another one.
fn key_of(shape: &Shape, row: &Row<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    for column in &shape.key {
        if let Some(value) = row.datum(column.number) {
            column.kind.image(value, &mut |bytes| {
                key.extend_from_slice(&bytes.len().to_ne_bytes());
                key.extend_from_slice(bytes);
            });
        }
    }
    key
}
