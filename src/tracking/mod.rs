//! Tracked tables: every change of a row becomes an event.
//!
//! `track_changes` (`admin`) enters a table in the catalogue (`config`) and hangs statement
//! triggers on it, whose function is `capture`. `history` and `undo` read back what was captured.
//! `columns` keeps account of what happened to the table's columns meanwhile, and `partitions` of
//! the tables that came and went below it.

pub mod admin;
pub mod capture;
pub mod catalogue;
pub mod columns;
pub mod config;
pub mod history;
pub mod open;
pub mod options;
mod pair;
pub mod partitions;
mod payload;
mod shape;
pub mod types;
pub mod undo;
mod write;
