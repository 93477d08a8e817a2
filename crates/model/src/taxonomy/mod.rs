//! The taxonomy of a log: which types of event there are, and what each demands.

mod asked;
pub mod document;
pub mod redacted;
pub mod replaced;
pub mod rules;
pub mod suggest;
pub mod versions;
pub mod violation;
