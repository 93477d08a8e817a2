//! The rules of a log, compiled and kept until they change.

use super::reference::Lookup;
use super::states::States;
use crate::catalogue::event_rule;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::inval::AsOf;
use crate::pg::jsonpath::{Failure, Path};
use crate::pg::memory::{self, Memory};
use crate::pg::relation as relations;
use model::rule::machine::Machine;
use model::rule::path::{self, Asks};
use model::rule::{Kind, Rule};
use model::text::shorten;
use pgrx::pg_sys::Oid;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};
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

/// A reference rule, ready to be asked.
pub struct Reference {
    /// the name of its rule
    pub name: Box<str>,
    /// what it is asked of
    pub of: Of,
    /// over that
    pub path: Path,
    /// as it was given
    pub source: Box<str>,
    /// members of the event document that it asks for; none for all
    pub names: Option<Vec<String>>,
    /// the table that has the value
    pub relation: Oid,
    /// for messages
    pub shown: Box<str>,
    /// the column that has it
    pub column: Box<str>,
    /// the column that has the tenant
    pub tenant_column: Option<Box<str>>,
    /// how it is asked, once it was
    pub lookup: RefCell<Option<Rc<Lookup>>>,
}

/// What is asked of the events of one type.
#[derive(Default)]
pub struct Checks {
    /// in the order of their names
    pub all: Vec<Check>,
    /// in the order of their names
    pub references: Vec<Reference>,
    /// members of the event document that any of them asks for; none for all
    pub names: Option<Vec<String>>,
}

/// What gives the state that an event leads to.
pub enum Gives {
    /// its type
    Type,
    /// a path over its payload
    OfPayload(Path),
    /// a path over its payload and its context
    OfBoth(Path),
}

/// A transition rule, ready to be asked.
pub struct Transition {
    /// the name of its rule
    pub name: Box<str>,
    /// which states may follow on which
    pub machine: Machine,
    /// what gives the new state
    pub gives: Gives,
    types: Option<FxHashSet<Box<[u8]>>>,
}

impl Transition {
    /// Whether it is about events of a type. Where the type is the state, those that are none leave it.
    pub fn is_about(&self, event_type: &[u8]) -> bool {
        match (&self.types, &self.gives) {
            (Some(types), _) => types.contains(event_type),
            (None, Gives::Type) => {
                std::str::from_utf8(event_type).is_ok_and(|name| self.machine.knows(name))
            }
            (None, _) => true,
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
        let (of, path, names) = over_event(predicate, memory)?;
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

/// A path over the event: what it is asked of, it over that, and the members of the event document that it asks for.
pub fn over_event(
    text: &str,
    memory: Memory<'_>,
) -> Result<(Of, Path, Option<Vec<String>>), NoPath> {
    let whole = Path::parse(text, memory).map_err(NoPath::Unread)?;
    let text = whole.text(memory).map_err(NoPath::Unread)?;
    let names = match path::asks(&text) {
        Asks::Members(names) => Some(names),
        Asks::Everything => None,
        Asks::Variable(name) => return Err(NoPath::Variable(name)),
    };
    Ok(match within_payload(&text, names.as_deref(), memory)? {
        Some(within) => (Of::Payload, within, names),
        None => (Of::Event, whole, names),
    })
}

/// A path over the event that asks for nothing but the payload, as one over the payload: it is asked of the payload as
/// it lies there.
fn within_payload(
    text: &str,
    names: Option<&[String]>,
    memory: Memory<'_>,
) -> Result<Option<Path>, NoPath> {
    let alone = names.is_some_and(|names| names == ["payload"]);
    let within = path::within(text, "payload").filter(|_| alone);
    within
        .map(|within| Path::parse(&within, memory).map_err(NoPath::Unread))
        .transpose()
}

impl Gives {
    fn compile(path: &str, memory: Memory<'_>) -> Result<Gives, NoPath> {
        let whole = Path::parse(path, memory).map_err(NoPath::Unread)?;
        let text = whole.text(memory).map_err(NoPath::Unread)?;
        let names = match path::asks(&text) {
            Asks::Members(names) => Some(names),
            Asks::Everything | Asks::Variable(_) => None,
        };
        Ok(match within_payload(&text, names.as_deref(), memory)? {
            Some(within) => Gives::OfPayload(within),
            None => Gives::OfBoth(whole),
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
        Kind::Reference {
            event_type,
            path,
            relation,
            column,
            tenant_column,
        } => {
            let (of, compiled, names) =
                over_event(path, memory).unwrap_or_else(|why| unread(&rule.name, why));
            let oid = event_rule::relation_named(relation);
            let reference = Reference {
                name: rule.name.as_str().into(),
                of,
                path: compiled,
                source: path.as_str().into(),
                names,
                // That of no relation is told of when it is asked.
                relation: oid.unwrap_or(Oid::INVALID),
                shown: oid
                    .map_or_else(|| relation.clone(), relations::display)
                    .into(),
                column: column.as_str().into(),
                tenant_column: tenant_column.as_deref().map(Into::into),
                lookup: RefCell::new(None),
            };
            add_reference(known, event_type, reference);
        }
        Kind::Transition {
            entity_type,
            machine,
            path,
            types,
        } => {
            let gives = match path {
                Some(path) => {
                    Gives::compile(path, memory).unwrap_or_else(|why| unread(&rule.name, why))
                }
                None => Gives::Type,
            };
            let types = types.as_ref().map(|types| {
                let types = types.iter().map(|name| name.as_bytes().into());
                types.collect()
            });
            let of_type = known.transitions.entry(entity_type.as_bytes().into());
            of_type.or_default().push(Rc::new(Transition {
                name: rule.name.as_str().into(),
                machine: machine.clone(),
                gives,
                types,
            }));
        }
    }
}

fn add_check(known: &mut Known, event_type: &str, check: Check) {
    let checks = asked(known, event_type, check.of, check.names.as_deref());
    checks.all.push(check);
}

fn add_reference(known: &mut Known, event_type: &str, reference: Reference) {
    let checks = asked(known, event_type, reference.of, reference.names.as_deref());
    checks.references.push(reference);
}

/// What is asked of the events of a type, of which one more path asks for these members.
fn asked<'k>(
    known: &'k mut Known,
    event_type: &str,
    of: Of,
    names: Option<&[String]>,
) -> &'k mut Checks {
    let checks = known.checks.entry(event_type.as_bytes().into());
    let checks = checks.or_insert_with(|| Checks {
        all: Vec::new(),
        references: Vec::new(),
        names: Some(Vec::new()),
    });
    if of == Of::Event {
        match (&mut checks.names, names) {
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
    checks
}
