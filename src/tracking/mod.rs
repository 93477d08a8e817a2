//! Tracked tables: every change of a row becomes an event.
//!
//! `track_changes` (`admin`) enters a table in the catalogue (`config`) and hangs statement
//! triggers on it, whose function is `capture`. `history` and `undo` read back what was captured,
//! and `columns` keeps account of what happened to the table's columns meanwhile. Both build on
//! `event`, which knows the shapes of the events, and `names`, which follows columns through time;
//! `fold` puts the states of an entity together.

pub mod admin;
pub mod capture;
pub mod columns;
pub mod config;
pub mod event;
pub mod fold;
pub mod history;
#[cfg(test)]
mod model;
pub mod names;
pub mod undo;

/// Drops what an aborted (sub)transaction of this nesting level, or a deeper one, left behind.
pub fn forget(_nest: i32) {}
