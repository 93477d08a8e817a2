//! Writing: one event or many, into a log.

/// Drops what an aborted (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(nest: i32) {
    handover::forget(nest);
    key::forget();
}

mod direct;
pub mod draft;
pub mod handover;
pub mod identity;
pub mod key;
pub mod many;
pub mod number;
pub mod one;
