//! Reading back what was captured: an entity's life, and a table as it was.
//!
//! `life` is `entity_history` and `entity_state`. `undo`, `names`, `past` and `tally` are what the SQL of
//! `table_as_of` is made of.

pub mod life;
pub mod names;
pub mod past;
pub mod tally;
pub mod undo;
