//! Statements that have begun and are not captured yet.
//!
//! A trigger for each row may change the very row that fired it. That inner statement ends, and is
//! captured, before the outer one, though its change came after: written at once, its event would
//! stand first, and the history would end with the wrong value. So each statement on a tracked
//! table is noted when it begins; whatever is captured inside it waits, and is written with
//! its own events. `order` says which of them come first.

use super::order::Change;
use crate::error::Error;
use crate::log::draft::Draft;
use crate::pg::trigger::Event;
use crate::pg::{clock, relation};
use crate::taxonomy::rules::TenantType;
use pgrx::pg_sys::Oid;
use std::cell::RefCell;
use uuid::Uuid;

/// An event that waits; its values live as long as the transaction.
pub struct Waiting {
    /// the log that it is for
    pub log_id: Uuid,
    /// what its tenant is of: the log may be another one when it is written
    pub tenant_type: TenantType,
    /// the event
    pub draft: Draft,
    /// what happened to its row
    pub change: Change,
}

struct Open {
    /// the tracked table
    root: Oid,
    /// the table that the statement named: itself or a partition
    relation: Oid,
    event: Event,
    /// the command in which it began
    command: (u32, u32),
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
        command: clock::command(),
        nest: clock::nest_level(),
        waiting: Vec::new(),
    };
    OPEN.with_borrow_mut(|all| all.push(open));
}

/// What a statement leaves when it ends.
pub struct Ended {
    /// what was captured inside it
    pub inner: Vec<Waiting>,
    /// whether its events wait for another statement
    pub waits: bool,
}

/// A statement has ended.
pub fn end(root: Oid, relation: Oid, event: Event) -> Ended {
    OPEN.with_borrow_mut(|all| {
        let found = all
            .iter()
            .rposition(|o| o.relation == relation && o.event == event);
        let ended = found.map(|at| all.remove(at));
        // The parts of one INSERT ... ON CONFLICT, MERGE or WITH begin in the same command. None
        // of them sees the rows of another one, so they have no row in common, but for those that
        // INSERT puts in the place of removed ones; and INSERT ends last. So what ends before it
        // can be written at once, however much it is.
        let beside = |o: &Open| {
            event != Event::Insert
                && ended
                    .as_ref()
                    .is_some_and(|e| e.waiting.is_empty() && e.command == o.command)
        };
        let waits = all.iter().any(|o| o.root == root && !beside(o));
        let inner = ended.map(|e| e.waiting).unwrap_or_default();
        Ended {
            inner: inner.into_iter().map(|(_, waiting)| waiting).collect(),
            waits,
        }
    })
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

/// Before a commit: each statement that began has been captured. One that is stopped before its
/// end, as by a procedural language's limit of rows, has changed rows and fires no trigger after it.
pub fn check() {
    let left = OPEN.with_borrow_mut(|all| std::mem::take(all).pop().map(|o| (o.root, o.event)));
    if let Some((root, event)) = left {
        Error::not_set_up(
            format!(
                "{} of tracked table \"{}\" was not captured",
                event.name(),
                relation::display(root)
            ),
            "A statement that is stopped before its end fires no trigger after it: let it run to \
             its end.",
        )
        .raise();
    }
}
