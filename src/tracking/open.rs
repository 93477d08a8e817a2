//! Statements that have begun and are not captured yet.
//!
//! A trigger for each row may change the very row that fired it. That inner statement ends, and is
//! captured, before the outer one, though its change came after: written at once, its event would
//! stand first, and the history would end with the wrong value. So each statement on a tracked
//! table is noted when it begins; whatever is captured inside it waits, and is written right
//! after its own events.

use crate::error::Error;
use crate::log::draft::Draft;
use crate::pg::clock;
use crate::pg::trigger::Event;
use pgrx::pg_sys::Oid;
use std::cell::RefCell;
use uuid::Uuid;

/// An event that waits; its values live as long as the transaction.
pub struct Waiting {
    /// the log that it is for
    pub log_id: Uuid,
    /// the event
    pub draft: Draft,
}

struct Open {
    /// the tracked table
    root: Oid,
    /// the table that the statement named: itself or a partition
    relation: Oid,
    event: Event,
    nest: i32,
    waiting: Vec<(i32, Waiting)>,
}

thread_local! {
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// A statement begins.
pub fn begin(root: Oid, relation: Oid, event: Event) {
    let open = Open {
        root,
        relation,
        event,
        nest: clock::nest_level(),
        waiting: Vec::new(),
    };
    OPEN.with_borrow_mut(|all| all.push(open));
}

/// A statement has ended: gives what was captured inside it.
pub fn end(relation: Oid, event: Event) -> Vec<Waiting> {
    OPEN.with_borrow_mut(|all| {
        let found = all
            .iter()
            .rposition(|o| o.relation == relation && o.event == event);
        let waiting = found.map(|at| all.remove(at).waiting).unwrap_or_default();
        waiting.into_iter().map(|(_, waiting)| waiting).collect()
    })
}

/// Whether a statement on this tracked table is under way.
pub fn is_under_way(root: Oid) -> bool {
    OPEN.with_borrow(|all| all.iter().any(|o| o.root == root))
}

/// Lets events wait for the innermost statement on their table that is under way.
pub fn wait(root: Oid, events: impl Iterator<Item = Waiting>) {
    let nest = clock::nest_level();
    OPEN.with_borrow_mut(|all| {
        if let Some(open) = all.iter_mut().rev().find(|o| o.root == root) {
            open.waiting.extend(events.map(|event| (nest, event)));
        }
    });
}

/// Drops what a (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(nest: i32) {
    OPEN.with_borrow_mut(|all| {
        all.retain(|o| o.nest < nest);
        for open in all {
            open.waiting.retain(|(at, _)| *at < nest);
        }
    });
}

/// A subtransaction of this nesting level has become a part of the one around it.
pub fn merge(nest: i32) {
    OPEN.with_borrow_mut(|all| {
        for open in all {
            open.nest = open.nest.min(nest - 1);
            for (at, _) in &mut open.waiting {
                *at = (*at).min(nest - 1);
            }
        }
    });
}

/// Before a commit: no event may be left waiting.
pub fn check() {
    let left = OPEN.with_borrow_mut(|all| {
        let left = all.iter().any(|o| !o.waiting.is_empty());
        all.clear();
        left
    });
    if left {
        Error::internal("events of a tracked table were captured and not written").raise();
    }
}
