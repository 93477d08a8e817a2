//! The tables of the extension: one file each.

pub mod column_change;
