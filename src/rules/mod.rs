//! Rules: what has to hold for events beside the taxonomy.
//!
//! A **check** is an SQL/JSON path that is true of each event of a type. It is asked by the gate, and so whichever way an
//! event comes, after the taxonomy has been: a payload that breaks its contract is not worth asking about. Paths are
//! compiled once for each backend, and evaluated by Postgres's own executor of them. One that asks for nothing but the
//! payload is asked of the payload as it lies there; for others the event document is made, of the columns that paths
//! name and no others.
//!
//! A **transition rule** says which states of an entity may follow on which. What state an entity has is a row of a table
//! beside the log, which is held while events of the entity are written (`held`, `states`).
//!
//! A **reference rule** says that a table has the value that a path gives (`reference`).
//!
//! A log without rules pays for none: its compiled taxonomy has a flag.

mod admin;
mod advance;
mod append;
mod check;
mod held;
mod known;
mod reference;
mod states;

pub use admin::{
    add_check_rule, add_reference_rule, add_transition_rule, import, remove_event_rule,
    repair_states,
};
pub use advance::{Step as Ahead, advance};
pub use append::append_to;
pub use check::{ask, ask_payload};
pub use held::Hold;
pub use states::{Step, Subject, hold, judge};
