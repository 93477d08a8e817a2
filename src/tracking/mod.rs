//! Tracked tables: every change of a row becomes an event.
//!
//! `track_changes` (`admin`) enters a table in the catalogue (`config`) and hangs statement
//! triggers on it, whose function is `capture`. `columns` keeps account of what happens to the
//! table's columns, and `partitions` of the tables that come and go below it. `history` and `undo`
//! read back what was captured: both build on `event`, which knows the shapes of the events, and
//! `names`, which follows columns through time; `fold` puts the states of an entity together.

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
