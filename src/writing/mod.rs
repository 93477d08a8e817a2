//! Writing: one event or many, into a log. One frame, two roads into the table.

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
