//! From a relation to the log that it is.
//!
//! A table is a log because it carries the gate with the log's id as its argument: that survives
//! renames, dumps and attaching, while an oid in a catalogue row does not.

use crate::error::Error;
use crate::pg::relation::{self, RelationRef};
use crate::pg::spi::Plan;
use crate::pg::{inval, trigger::Trigger, xact};
use crate::settings;
use crate::taxonomy::cache;
use crate::taxonomy::rules::LogRules;
use pgrx::pg_sys::{self, Oid};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use uuid::Uuid;

/// Name of the gate's trigger and of its function.
const GATE_TRIGGER: &std::ffi::CStr = c"eventlog_gate";

/// Columns that the gate looks at, in the order of [`Columns`].
const COLUMN_NAMES: [&str; 19] = [
    "id",
    "seq",
    "xid",
    "origin",
    "recorded_at",
    "tenant_id",
    "version",
    "type",
    "entity_type",
    "entity_id",
    "actor_type",
    "actor_id",
    "source_type",
    "source_id",
    "correlation_id",
    "causation_id",
    "idempotency_key",
    "context",
    "payload",
];

/// Positions of a log's columns in one table: a partition may have another order than its parent.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Columns {
    pub id: i16,
    pub seq: i16,
    pub xid: i16,
    pub origin: i16,
    pub recorded_at: i16,
    pub tenant_id: i16,
    pub version: i16,
    pub event_type: i16,
    pub entity_type: i16,
    pub entity_id: i16,
    pub actor_type: i16,
    pub actor_id: i16,
    pub source_type: i16,
    pub source_id: i16,
    pub correlation_id: i16,
    pub causation_id: i16,
    pub idempotency_key: i16,
    pub context: i16,
    pub payload: i16,
    /// the last of them
    pub last: i16,
}

/// A table that carries the gate, or a partition of one.
pub struct Target {
    /// the table
    pub oid: Oid,
    /// the log that it belongs to
    pub log_id: Uuid,
    /// `schema.name`, for messages
    pub name: String,
    /// where its columns are
    pub columns: Columns,
    /// transaction that last wrote to it, and whether its indexes are held until that one ends
    pub writer: Cell<(u64, bool)>,
    /// plans of `log_event`, `log_events` and idempotency keys, made when first needed
    pub plans: Plans,
}

/// Kept plans on one table. They go when its definition changes.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Plans {
    pub insert: OnceCell<Plan>,
    pub insert_with_id: OnceCell<Plan>,
    pub insert_batch: OnceCell<Plan>,
    pub claim: OnceCell<Plan>,
    pub find_claim: OnceCell<Plan>,
    pub find_claim_without_tenant: OnceCell<Plan>,
}

#[derive(Default)]
struct Known {
    generation: u64,
    targets: FxHashMap<u32, Rc<Target>>,
}

/// What the last row was for: most rows are for the same log as the row before.
struct Last {
    oid: Oid,
    relations: u64,
    catalogue: u64,
    target: Rc<Target>,
    rules: Rc<LogRules>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::new(Known::default());
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

impl Target {
    fn read(relation: RelationRef<'_>, log_id: &str) -> Option<Target> {
        let c = relation.columns(&COLUMN_NAMES);
        let columns = Columns {
            id: c[0],
            seq: c[1],
            xid: c[2],
            origin: c[3],
            recorded_at: c[4],
            tenant_id: c[5],
            version: c[6],
            event_type: c[7],
            entity_type: c[8],
            entity_id: c[9],
            actor_type: c[10],
            actor_id: c[11],
            source_type: c[12],
            source_id: c[13],
            correlation_id: c[14],
            causation_id: c[15],
            idempotency_key: c[16],
            context: c[17],
            payload: c[18],
            last: c.into_iter().max().unwrap_or(0),
        };
        Some(Target {
            oid: relation.oid(),
            log_id: Uuid::try_parse(log_id).ok()?,
            name: relation::display(relation.oid()),
            columns,
            writer: Cell::new((0, false)),
            plans: Plans::default(),
        })
    }
}

impl Target {
    /// Called for each statement that writes to the log. A transaction that writes a second time
    /// will write a third time.
    pub fn prepare_to_write(&self) {
        let serial = xact::serial();
        match self.writer.get() {
            (s, true) if s == serial => {}
            (s, false) if s == serial => {
                relation::hold_indexes(self.oid);
                self.writer.set((serial, true));
            }
            _ => self.writer.set((serial, false)),
        }
    }
}

fn known(oid: Oid) -> Option<Rc<Target>> {
    KNOWN.with_borrow_mut(|known| {
        let generation = inval::relations();
        if known.generation != generation {
            *known = Known {
                generation,
                targets: FxHashMap::default(),
            };
        }
        known.targets.get(&oid.to_u32()).cloned()
    })
}

fn keep(target: Target, generation: u64) -> Rc<Target> {
    let target = Rc::new(target);
    KNOWN.with_borrow_mut(|known| {
        if known.generation == generation {
            known
                .targets
                .insert(target.oid.to_u32(), Rc::clone(&target));
        }
    });
    target
}

/// The rules of a table that carries the gate.
pub fn rules_of(target: &Target) -> Rc<LogRules> {
    cache::rules(target.log_id).unwrap_or_else(|| {
        Error::not_set_up(
            format!(
                "log \"{}\" is missing from the catalogue of pg_eventlog",
                target.name
            ),
            "Its owner puts it back with eventlog.repair_log().",
        )
        .raise()
    })
}

fn last(oid: Oid) -> Option<(Rc<Target>, Rc<LogRules>)> {
    LAST.with_borrow(|last| match last {
        Some(l)
            if l.oid == oid
                && l.relations == inval::relations()
                && l.catalogue == inval::catalogue() =>
        {
            Some((Rc::clone(&l.target), Rc::clone(&l.rules)))
        }
        _ => None,
    })
}

fn remember(target: &Rc<Target>, rules: &Rc<LogRules>, relations: u64, catalogue: u64) {
    let new = Last {
        oid: target.oid,
        relations,
        catalogue,
        target: Rc::clone(target),
        rules: Rc::clone(rules),
    };
    // The old entry is dropped outside the borrow: it may free plans.
    let old = LAST.with_borrow_mut(|last| last.replace(new));
    drop(old);
}

/// The table that a gate fires on, and its rules.
#[inline]
pub fn of_gate(trigger: &Trigger<'_>) -> (Rc<Target>, Rc<LogRules>) {
    inval::accept();
    let relation = trigger.relation();
    if let Some(found) = last(relation.oid()) {
        return found;
    }
    inval::watch(relation.oid());
    let (relations, catalogue) = (inval::relations(), inval::catalogue());
    let target = known(relation.oid()).unwrap_or_else(|| {
        let id = trigger
            .argument(0)
            .map(|a| a.to_string_lossy())
            .unwrap_or_default();
        match Target::read(relation, &id) {
            Some(target) => keep(target, relations),
            None => Error::TriggerMisuse {
                function: "eventlog.gate",
            }
            .raise(),
        }
    });
    let rules = rules_of(&target);
    remember(&target, &rules, relations, catalogue);
    (target, rules)
}

/// The log that a call means: the one it names, or the default.
pub fn of_call(log: Option<Oid>) -> (Rc<Target>, Rc<LogRules>) {
    inval::accept();
    let oid = log.unwrap_or_else(default_log);
    if let Some(found) = last(oid) {
        return found;
    }
    let relations = inval::relations();
    let catalogue = inval::catalogue();
    let target = by_oid(oid);
    let rules = rules_of(&target);
    remember(&target, &rules, relations, catalogue);
    (target, rules)
}

/// The log that this relation is; an error where it is none.
pub fn by_oid(oid: Oid) -> Rc<Target> {
    inval::watch(oid);
    if let Some(target) = known(oid) {
        return target;
    }
    find(oid).unwrap_or_else(|| {
        Error::not_set_up(
            format!(
                "relation \"{}\" is not an event log",
                relation::display(oid)
            ),
            "Create one with eventlog.create_log(), or put back a damaged one with \
             eventlog.repair_log().",
        )
        .raise()
    })
}

/// The log that this relation is, if it is one.
pub fn find(oid: Oid) -> Option<Rc<Target>> {
    inval::watch(oid);
    let read = relation::with_open(oid, pg_sys::AccessShareLock as i32, |relation| {
        let id = relation.trigger_argument(GATE_TRIGGER, "eventlog", "gate")?;
        Target::read(relation, &id)
    });
    let target = read.flatten()?;
    // Opening took in invalidations; what was read is as new as the generation is now.
    known(oid);
    Some(keep(target, inval::relations()))
}

fn default_log() -> Oid {
    if let Some(setting) = settings::DEFAULT_LOG.get() {
        let text = setting.to_string_lossy();
        return match relation::parse_name(&text) {
            Some((Some(schema), name)) => relation::lookup(&schema, &name).unwrap_or_else(|| {
                Error::not_set_up(
                    format!(
                        "setting \"eventlog.default_log\" names \"{text}\", which does not exist"
                    ),
                    "Set it to an existing log, or reset it.",
                )
                .raise()
            }),
            _ => Error::argument_hint(
                format!(
                    "setting \"eventlog.default_log\" must be schema-qualified, not \"{text}\""
                ),
                "Write it as schema.name.",
            )
            .raise(),
        };
    }
    cache::default_log().unwrap_or_else(|| {
        Error::not_set_up(
            "this database has no default log",
            "Create a log with eventlog.create_log(), choose one with \
             eventlog.set_default_log(), or pass log.",
        )
        .raise()
    })
}
