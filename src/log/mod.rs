//! Logs: which table a call means, and what a backend keeps about it.

/// Drops what an aborted (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(nest: i32) {
    pending::forget(nest);
    key::forget();
}

pub mod admin;
pub mod batch;
pub mod catalogue;
mod columns;
pub mod default;
mod direct;
pub mod draft;
pub mod identity;
pub mod key;
pub mod name;
pub mod note;
pub mod number;
pub mod pending;
pub mod target;
pub mod view;
pub mod write;
