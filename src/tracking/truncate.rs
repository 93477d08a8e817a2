//! TRUNCATE of tracked tables, which removes rows without showing them.
//!
//! A tracking refuses it, or captures it: a trigger that sorts last among those before the statement reads the table and
//! writes the events of its rows. What triggers after it put into the table would go unseen, so it is refused while the
//! statement has not emptied the table yet.

use super::capture::Capture;
use super::open;
use super::shape::Shape;
use crate::error::Error;
use crate::pg::heap::{HeapRows, Storage};
use crate::pg::memory::Memory;
use crate::pg::relation::{self, RelationRef};
use crate::pg::trigger::{self, Trigger};
use pgrx::pg_sys::{self, Oid};
use std::cell::RefCell;

/// `pg_trigger.tgtype` of the trigger that captures: before TRUNCATE, for each statement.
const CAPTURING: i16 = (pg_sys::TRIGGER_TYPE_BEFORE | pg_sys::TRIGGER_TYPE_TRUNCATE) as i16;

/// A table whose rows were captured, in a statement that has not ended.
struct UnderWay {
    /// the tracked table
    root: Oid,
    /// itself, or a partition
    leaf: Oid,
    before: Storage,
    number: usize,
}

#[derive(Default)]
struct State {
    under_way: Vec<UnderWay>,
    begun: usize,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State { under_way: Vec::new(), begun: 0 })
    };
}

/// Before a TRUNCATE of this table: refuses it, or captures it.
pub fn before(trigger: &Trigger<'_>, shape: &Shape) {
    let relation = trigger.relation();
    if !shape.tracking.capture_truncate {
        Error::Truncated {
            relation: relation::display(relation.oid()),
        }
        .raise();
    }
    if trigger.kind() == CAPTURING {
        capture(relation, shape, trigger.memory());
    } else if !trigger.has_sibling(CAPTURING) {
        Error::not_set_up(
            format!(
                "the trigger that captures TRUNCATE of \"{}\" is missing or disabled",
                relation::display(relation.oid())
            ),
            "Its owner puts it back with eventlog.track_changes().",
        )
        .raise();
    }
}

fn capture<'a>(relation: RelationRef<'a>, shape: &'a Shape, memory: Memory<'a>) {
    // Each partition is emptied by itself, and fires triggers of its own.
    if relation.is_partitioned() {
        return;
    }
    begin(shape.root, relation, memory);
    let event = trigger::Operation::Truncate;
    let turn = open::capture(shape.root, relation.oid(), event);
    let mut capture = Capture::new(shape, turn, memory);
    if let Some(mut rows) = HeapRows::of(relation, memory) {
        while let Some(row) = rows.next(shape.last) {
            capture.row(Some(&row), None);
        }
    }
    capture.finish();
}

/// Notes that the table is about to be emptied, until the statement ends: its memory goes with it, however it ends.
fn begin(root: Oid, relation: RelationRef<'_>, memory: Memory<'_>) {
    let number = STATE.with_borrow_mut(|state| {
        state.begun += 1;
        state.under_way.push(UnderWay {
            root,
            leaf: relation.oid(),
            before: Storage::of(relation),
            number: state.begun,
        });
        state.begun
    });
    memory.when_freed(forget, number);
}

fn forget(number: usize) {
    STATE.with_borrow_mut(|state| state.under_way.retain(|u| u.number != number));
}

/// Before a statement that writes to a tracked table: refused while a TRUNCATE has captured rows of the table and not
/// removed them.
#[inline]
pub fn refuse_writes(root: Oid) {
    let any = STATE.with_borrow(|state| state.under_way.iter().any(|u| u.root == root));
    if any {
        refuse_writes_while_under_way(root);
    }
}

#[cold]
fn refuse_writes_while_under_way(root: Oid) {
    let under_way: Vec<_> = STATE.with_borrow(|state| {
        let of_root = state.under_way.iter().filter(|u| u.root == root);
        of_root.map(|u| (u.leaf, u.before)).collect()
    });
    for (leaf, before) in under_way {
        // The statement holds its lock.
        let now = relation::with_open(leaf, pg_sys::NoLock as i32, Storage::of);
        if now.is_some_and(|now| !before.was_emptied(now)) {
            Error::not_set_up(
                format!(
                    "table \"{}\" is being truncated, and its rows have been captured",
                    relation::display(leaf)
                ),
                "A trigger that writes there before TRUNCATE needs a name that sorts before eventlog's; or let it fire after TRUNCATE.",
            )
            .raise();
        }
    }
}
