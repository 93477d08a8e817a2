//! What a log is: which table a call means, where its columns stand, and what a backend keeps about it.

pub mod columns;
pub mod default_log;
pub mod document;
pub mod lookup;
pub mod note;
pub mod plain;
pub mod target;

use crate::catalogue::cache;
use crate::error::OrRaise;
use crate::pg::relation;
use model::name;
use pgrx::pg_sys::Oid;
use uuid::Uuid;

/// The relation that the catalogue names for a log, if it carries the gate with that id.
pub fn carrier(log_id: Uuid) -> Option<Oid> {
    let rules = cache::rules(log_id)?;
    let oid = Oid::from(rules.relation);
    target::find(oid)
        .filter(|t| t.log_id == log_id)
        .map(|_| oid)
}

/// A name for a new relation: with its schema, or in the first one of the search path.
pub fn new_name(text: &str) -> (Option<String>, String) {
    match name::parse(text).or_raise() {
        (None, name) => (relation::creation_schema(), name),
        qualified => qualified,
    }
}
