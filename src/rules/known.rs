//! The rules of a log, compiled and kept until they change.

use super::states::States;
use crate::catalogue::event_rule;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::inval::AsOf;
use crate::pg::jsonpath::{Failure, Path};
use crate::pg::memory::{self, Memory};
use model::rule::machine::Machine;
use model::rule::path::{self, Asks};
use model::rule::{Kind, Rule};
use model::text::shorten;
use pgrx::pg_sys::Oid;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
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

/// A transition rule, ready to be asked.
pub struct Transition {
    /// the name of its rule
    pub name: Box<str>,
    /// which states may follow on which
    pub machine: Machine,
    /// what gives the new state; none where that is the event's type
    pub path: Option<Path>,
    types: Option<FxHashSet<Box<[u8]>>>,
}

impl Transition {
    /// Whether it is about events of a type. Where the type is the state, those that are none leave it.
    pub fn is_about(&self, event_type: &[u8]) -> bool {
        match (&self.types, &self.path) {
            (Some(types), _) => types.contains(event_type),
            (None, Some(_)) => true,
            (None, None) => {
                std::str::from_utf8(event_type).is_ok_and(|name| self.machine.knows(name))
            }
        }
    }
}

/// The rules of a log.
pub struct Known {
    checks: FxHashMap<Box<[u8]>, Checks>,
    transitions: FxHashMap<Box<[u8]>, Vec<Rc<Transition>>>,
    states: OnceCell<States>,
    as_of: Rc<AsOf>,
}

impl Known {
    /// The checks of a type, if it has any.
    pub fn checks(&self, event_type: &[u8]) -> Option<&Checks> {
        self.checks.get(event_type)
    }

    /// Whether it has any rules about states.
    pub fn has_transitions(&self) -> bool {
        !self.transitions.is_empty()
    }

    /// The rules about states of a kind of entity, in the order of their names.
    pub fn transitions(&self, entity_type: &[u8]) -> &[Rc<Transition>] {
        self.transitions.get(entity_type).map_or(&[], Vec::as_slice)
    }

    /// The table of states, if it is there.
    pub fn states(&self, target: &Target) -> Option<&States> {
        if self.states.get().is_none() {
            // One that is missing may come, and nobody would be told.
            let found = States::of(target.root, target.tenant_type)?;
            self.as_of.add(found.table());
            return Some(self.states.get_or_init(|| found));
        }
        self.states.get()
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
    let as_of = Rc::new(as_of);
    let mut made = Known {
        checks: FxHashMap::default(),
        transitions: FxHashMap::default(),
        states: OnceCell::new(),
        as_of: Rc::clone(&as_of),
    };
    memory::current(|memory| {
        for rule in &all {
            add(&mut made, rule, memory);
        }
    });
    let made = Rc::new(made);
    KNOWN.with(|known| known.keep(log_id, &made, as_of));
    made
}

/// What was read when the rule was made may be of a release of Postgres that knows more.
fn unread(name: &str, why: NoPath) -> ! {
    let sqlstate = match why {
        NoPath::Unread(failure) => failure.sqlstate,
        NoPath::Variable(_) => "42704".to_owned(),
    };
    Error::RuleFailed {
        name: shorten(name),
        index: None,
        sqlstate,
    }
    .raise()
}

fn add(known: &mut Known, rule: &Rule, memory: Memory<'_>) {
    match &rule.kind {
        Kind::Check {
            event_type,
            predicate,
            message,
        } => {
            let check = Check::compile(&rule.name, predicate, message.as_deref(), memory)
                .unwrap_or_else(|why| unread(&rule.name, why));
            add_check(known, event_type, check);
        }
        Kind::Transition {
            entity_type,
            machine,
            path,
            types,
        } => {
            let path = path.as_deref().map(|path| {
                Path::parse(path, memory)
                    .unwrap_or_else(|why| unread(&rule.name, NoPath::Unread(why)))
            });
            let types = types.as_ref().map(|types| {
                let types = types.iter().map(|name| name.as_bytes().into());
                types.collect()
            });
            let of_type = known.transitions.entry(entity_type.as_bytes().into());
            of_type.or_default().push(Rc::new(Transition {
                name: rule.name.as_str().into(),
                machine: machine.clone(),
                path,
                types,
            }));
        }
    }
}

fn add_check(known: &mut Known, event_type: &str, check: Check) {
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
