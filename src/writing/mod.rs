//! Writing: one event or many, into a log. One frame, two roads into the table.

/// Drops what an aborted (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(nest: i32) {
    handover::forget(nest);
    key::forget();
}

pub mod draft;
pub mod frame;
pub mod handover;
pub mod identity;
pub mod key;
pub mod many;
pub mod number;
pub mod one;
pub mod statement;
mod straight;
