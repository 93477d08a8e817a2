//! Tracked tables: every change of a row becomes an event.
//!
//! `admin` begins and ends it (`track_changes`, `untrack_changes`): a row of `catalogue::tracked_table`, and statement
//! triggers on the table, whose function is `capture`. `pair` finds which old row became which new one, `payload` says
//! what differs, `write` has it written. Where statements on one table overlap, `open` says which changes have to wait,
//! and `settle` writes them in the end. `columns` keeps account of what happens to the table's columns, and
//! `partitions` of the tables that come and go below it. What was captured is read back in the room `history`.

pub mod admin;
pub mod capture;
pub mod columns;
mod facts;
mod genuine;
mod image;
mod note;
pub mod open;
pub mod options;
mod pair;
pub mod partitions;
mod payload;
mod recast;
mod record;
mod settle;
mod shape;
mod truncate;
mod write;
