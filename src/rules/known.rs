//! The rules of a log, compiled and kept until they change.

use crate::catalogue::event_rule;
use crate::error::Error;
use crate::pg::cached::Cached;
use crate::pg::jsonpath::{Failure, Path};
use crate::pg::memory::{self, Memory};
use model::rule::path::{self, Asks};
use model::rule::{Kind, Rule};
use model::text::shorten;
use pgrx::pg_sys::Oid;
use rustc_hash::FxHashMap;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

/// What a path is asked of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// the payload alone
    Payload,
    /// the event document
    Event,
}

/// A check, ready to be asked.
pub struct Check {
    /// the name of its rule
    pub name: Box<str>,
    /// what whoever breaks it is told
    pub message: Option<Box<str>>,
    /// as it was given
    pub predicate: Box<str>,
    /// what it is asked of
    pub of: Of,
    /// over that
    pub path: Path,
    /// members of the event document that it asks for; none for all
    pub names: Option<Vec<String>>,
}

/// The checks of one type.
#[derive(Default)]
pub struct Checks {
    /// in the order of their names
    pub all: Vec<Check>,
    /// members of the event document that any of them asks for; none for all
    pub names: Option<Vec<String>>,
}

/// The rules of a log.
#[derive(Default)]
pub struct Known {
    checks: FxHashMap<Box<[u8]>, Checks>,
}

impl Known {
    /// The checks of a type, if it has any.
    pub fn checks(&self, event_type: &[u8]) -> Option<&Checks> {
        self.checks.get(event_type)
    }
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static KNOWN: ManuallyDrop<Cached<Uuid, Known>> = ManuallyDrop::default();
}

/// Why a path is none that a rule can have.
pub enum NoPath {
    /// Postgres does not read it
    Unread(Failure),
    /// it asks for a variable
    Variable(String),
}

impl Check {
    /// Reads a predicate.
    pub fn compile(
        name: &str,
        predicate: &str,
        message: Option<&str>,
        memory: Memory<'_>,
    ) -> Result<Check, NoPath> {
        let whole = Path::parse(predicate, memory).map_err(NoPath::Unread)?;
        let text = whole.text(memory).map_err(NoPath::Unread)?;
        let names = match path::asks(&text) {
            Asks::Members(names) => Some(names),
            Asks::Everything => None,
            Asks::Variable(name) => return Err(NoPath::Variable(name)),
        };
        let payload_alone = names.as_ref().is_some_and(|names| names == &["payload"]);
        let within = path::within(&text, "payload").filter(|_| payload_alone);
        let (of, path) = match within {
            Some(within) => {
                let path = Path::parse(&within, memory).map_err(NoPath::Unread)?;
                (Of::Payload, path)
            }
            None => (Of::Event, whole),
        };
        Ok(Check {
            name: name.into(),
            message: message.map(Into::into),
            predicate: predicate.into(),
            of,
            path,
            names,
        })
    }
}

/// Those of a log.
pub fn of_log(log_id: Uuid, log: Oid) -> Rc<Known> {
    if let Some(known) = KNOWN.with(|known| known.get(&log_id)) {
        return known;
    }
    let (all, as_of) = event_rule::of_log(log_id, log);
    let mut made = Known::default();
    memory::current(|memory| {
        for rule in &all {
            add(&mut made, rule, memory);
        }
    });
    let made = Rc::new(made);
    KNOWN.with(|known| known.keep(log_id, &made, Rc::new(as_of)));
    made
}

fn add(known: &mut Known, rule: &Rule, memory: Memory<'_>) {
    let Kind::Check {
        event_type,
        predicate,
        message,
    } = &rule.kind;
    // What was read when the rule was made may be of a release of Postgres that knows more.
    let compiled = Check::compile(&rule.name, predicate, message.as_deref(), memory);
    let check = compiled.unwrap_or_else(|why| {
        let sqlstate = match why {
            NoPath::Unread(failure) => failure.sqlstate,
            NoPath::Variable(_) => "42704".to_owned(),
        };
        Error::RuleFailed {
            name: shorten(&rule.name),
            index: None,
            sqlstate,
        }
        .raise()
    });
    let checks = known.checks.entry(event_type.as_bytes().into());
    let checks = checks.or_insert_with(|| Checks {
        all: Vec::new(),
        names: Some(Vec::new()),
    });
    if check.of == Of::Event {
        match (&mut checks.names, &check.names) {
            (Some(names), Some(more)) => {
                for name in more {
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                }
            }
            (names, _) => *names = None,
        }
    }
    checks.all.push(check);
}
