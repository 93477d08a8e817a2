//! Writing: one event or many, into a log. One frame, two roads into the table.

pub mod append;
mod content;
pub mod draft;
pub mod frame;
pub mod handover;
pub mod identity;
mod keep;
pub mod key;
pub mod many;
pub mod number;
pub mod one;
pub mod prepare;
pub mod statement;
mod straight;
