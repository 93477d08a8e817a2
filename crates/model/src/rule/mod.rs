//! Rules of a log beside its taxonomy: what has to hold for an event that is written.
//!
//! A rule has a name, under which its log lists it and errors tell of it. Paths are SQL/JSON paths over the *event
//! document*: the log's columns by their names. What a path says is Postgres's to evaluate; what stands here is a rule
//! as a value, as a part of the taxonomy's document, and which parts of the event its path asks for.

mod document;
pub mod machine;
pub mod path;

use crate::text::{MAX_IDENTIFIER_BYTES, MAX_TYPE_CHARS, shorten};
use machine::Machine;

/// Bytes that the name of a rule may have.
const MAX_NAME_BYTES: usize = 200;
/// Bytes that a path or a message may have.
const MAX_TEXT_BYTES: usize = 4_000;

/// Event types that a rule may name.
const MAX_TYPES: usize = 1_000;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// by which its log knows it
    pub name: String,
    /// what it demands
    pub kind: Kind,
}

/// What a rule demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// a predicate that is true of each event of a type
    Check {
        /// the events that it is asked of
        event_type: String,
        /// an SQL/JSON path that gives one boolean
        predicate: String,
        /// what an event that breaks it is told
        message: Option<String>,
    },
    /// a value that a table has
    Reference {
        /// the events that it is asked of
        event_type: String,
        /// an SQL/JSON path that gives the value
        path: String,
        /// the table: schema and name, quoted where SQL needs it
        relation: String,
        /// its column that has the value
        column: String,
        /// its column that has the event's tenant; none where tenants share it
        tenant_column: Option<String>,
    },
    /// which states may follow on which in the life of an entity
    Transition {
        /// the kind of entity
        entity_type: String,
        /// which may follow on which
        machine: Machine,
        /// an SQL/JSON path that gives the new state; none where that is the event's type
        path: Option<String>,
        /// the event types that it is about; none for all
        types: Option<Vec<String>>,
    },
}

impl Kind {
    /// As SQL calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Check { .. } => "check",
            Kind::Reference { .. } => "reference",
            Kind::Transition { .. } => "transition",
        }
    }
}

impl Rule {
    /// Refuses what could never be meant, but for what only Postgres can tell.
    pub fn check(self) -> Result<Rule, String> {
        check_name(&self.name)?;
        match &self.kind {
            Kind::Check {
                event_type,
                predicate,
                message,
            } => {
                check_type(event_type)?;
                check_text("predicate", predicate)?;
                if let Some(message) = message {
                    check_text("message", message)?;
                }
            }
            Kind::Reference {
                event_type,
                path,
                relation,
                column,
                tenant_column,
            } => {
                check_type(event_type)?;
                check_text("path", path)?;
                check_text("relation", relation)?;
                check_text("column", column)?;
                if let Some(column) = tenant_column {
                    check_text("tenant_column", column)?;
                }
            }
            Kind::Transition {
                entity_type,
                path,
                types,
                machine: _,
            } => {
                if entity_type.is_empty() || entity_type.len() > MAX_IDENTIFIER_BYTES {
                    return Err(format!(
                        "entity_type must have 1 to {MAX_IDENTIFIER_BYTES} bytes"
                    ));
                }
                if let Some(path) = path {
                    check_text("path", path)?;
                }
                if types
                    .as_ref()
                    .is_some_and(|t| t.is_empty() || t.len() > MAX_TYPES)
                {
                    return Err(format!("types must be 1 to {MAX_TYPES} event types"));
                }
                for name in types.iter().flatten() {
                    check_type(name)?;
                }
            }
        }
        Ok(self)
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(format!(
            "name of a rule must have 1 to {MAX_NAME_BYTES} bytes"
        ));
    }
    if name.chars().any(char::is_control) {
        return Err("name of a rule must not hold control characters".to_owned());
    }
    Ok(())
}

fn check_type(event_type: &str) -> Result<(), String> {
    if event_type.is_empty() {
        return Err("event type must not be empty".to_owned());
    }
    let chars = event_type.chars().count();
    if chars > MAX_TYPE_CHARS {
        return Err(format!(
            "event type has {chars} characters, and may have {MAX_TYPE_CHARS}"
        ));
    }
    Ok(())
}

fn check_text(what: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("{what} must not be empty"));
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!(
            "{what} has {} bytes, and may have {MAX_TEXT_BYTES}",
            text.len()
        ));
    }
    Ok(())
}

/// What a message says of an event that breaks a rule: its name, and the rule's own message.
pub fn sentence(name: &str, what: &str, message: Option<&str>) -> String {
    let name = shorten(name);
    match message {
        Some(message) => format!("rule \"{name}\" {what}: {message}"),
        None => format!("rule \"{name}\" {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, event_type: &str, predicate: &str) -> Result<(), String> {
        let kind = Kind::Check {
            event_type: event_type.to_owned(),
            predicate: predicate.to_owned(),
            message: None,
        };
        let name = name.to_owned();
        Rule { name, kind }.check().map(|_| ())
    }

    #[test]
    fn what_could_never_be_meant_is_refused() {
        assert_eq!(check("a", "b", "$.payload.c > 0"), Ok(()));
        let long = "x".repeat(4_001);
        for (name, event_type, predicate, why) in [
            ("", "b", "c", "name of a rule must have 1 to 200 bytes"),
            (&long, "b", "c", "name of a rule must have 1 to 200 bytes"),
            (
                "a\n",
                "b",
                "c",
                "name of a rule must not hold control characters",
            ),
            ("a", "", "c", "event type must not be empty"),
            ("a", "b", "", "predicate must not be empty"),
            (
                "a",
                "b",
                &long,
                "predicate has 4001 bytes, and may have 4000",
            ),
        ] {
            assert_eq!(check(name, event_type, predicate), Err(why.to_owned()));
        }
    }

    #[test]
    fn a_sentence_names_the_rule() {
        assert_eq!(
            sentence("paid", "is broken", Some("amounts are positive")),
            "rule \"paid\" is broken: amounts are positive"
        );
        assert_eq!(
            sentence("paid", "is broken", None),
            "rule \"paid\" is broken"
        );
    }
}
