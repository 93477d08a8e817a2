//! From a relation to the log that it is.
//!
//! A table is a log because it carries the gate with the log's id as its argument: that survives
//! renames, dumps and attaching, while an oid in a catalogue row does not.

use super::columns::Columns;
use super::default_log::default_log;
use super::plain::Plain;
use crate::catalogue::{self, cache};
use crate::error::Error;
use crate::pg::cached::Cached;
use crate::pg::catalog::with_latest_snapshot;
use crate::pg::datum::Text;
use crate::pg::inval::{self, AsOf};
use crate::pg::relation::{self, Access, RelationRef};
use crate::pg::spi::{self, Plan, Value};
use crate::pg::tuple::{Row, WrongColumn};
use crate::pg::{trigger::Trigger, xact};
use model::taxonomy::rules::LogRules;
use model::tenant::TenantType;
use pgrx::pg_sys::Oid;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::thread::LocalKey;
use uuid::Uuid;

/// Name of the gate's trigger and of its function.
pub const GATE_TRIGGER: &std::ffi::CStr = c"eventlog_gate";

/// A table that carries the gate, or a partition of one.
pub struct Target {
    /// the table
    pub oid: Oid,
    /// as of when all this holds
    pub as_of: Rc<AsOf>,
    /// the log that its gate says it is: to be believed where it is only read, and checked with
    /// [`Target::is_genuine`] where something is done in the log's name, since anyone can hang
    /// the gate on a table of their own
    pub log_id: Uuid,
    /// the same as the trigger's argument spells it
    argument: String,
    /// whether the gate fires
    guarded: bool,
    /// type of its tenant column
    pub tenant_type: TenantType,
    /// whether it has partitions
    partitioned: bool,
    /// whether it has its primary key, which a restore makes after the rows are in
    keyed: bool,
    /// the topmost table, where it is a partition
    root: Oid,
    /// `schema.name` of the log, also for a partition of it
    pub name: String,
    /// where its columns are
    pub columns: Columns,
    /// transaction that last wrote to it, and whether its indexes are held until that one ends
    writer: Cell<(u64, bool)>,
    /// what a plain log has, found out when first needed
    pub(super) plain: OnceCell<Option<Plain>>,
    /// plans of `log_event`, `log_events` and idempotency keys, made when first needed
    pub plans: Plans,
}

/// Kept plans on one table, and the table of its idempotency keys. They go when its definition changes.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Plans {
    pub insert: OnceCell<Plan>,
    pub insert_with_id: OnceCell<Plan>,
    pub insert_batch: OnceCell<Plan>,
    /// the sequence, however rows go into the table
    pub numbers: OnceCell<SmallVec<[Oid; 1]>>,
    pub owner_insert: OnceCell<Plan>,
    pub owner_insert_batch: OnceCell<Plan>,
    pub claims: OnceCell<Oid>,
    pub claim: OnceCell<Plan>,
    pub find_claim: OnceCell<Plan>,
    pub find_claim_without_tenant: OnceCell<Plan>,
}

/// What the last row was for: most rows are for the same log as the row before.
struct Last {
    oid: Oid,
    /// the messages at which it was looked at last
    seen: Cell<u64>,
    target: Rc<Target>,
    rules: Rc<LogRules>,
    /// as of when these hold
    rules_as_of: Rc<AsOf>,
}

thread_local! {
    // Never dropped: a backend that ends has no use for freeing its plans.
    static KNOWN: ManuallyDrop<Cached<u32, Target>> = ManuallyDrop::default();
    // Two, since on a partitioned log a call means the log and the gate fires on a partition.
    static LAST_CALL: Slot = const { ManuallyDrop::new(RefCell::new(None)) };
    static LAST_GATE: Slot = const { ManuallyDrop::new(RefCell::new(None)) };
}

type Slot = ManuallyDrop<RefCell<Option<Last>>>;
type Slots = &'static LocalKey<Slot>;

impl Target {
    /// Reads what a relation is. Columns that are missing or of another type are an error: rows
    /// are taken apart by what is noted here.
    fn read(relation: RelationRef<'_>, argument: &str, guarded: bool) -> Target {
        let name = relation::display(relation.root());
        let damaged = |what: String| -> ! {
            Error::not_set_up(
                format!("relation \"{name}\" is not an event log: {what}"),
                "The gate belongs on tables that eventlog.create_log() made, with their columns \
                 as they were.",
            )
            .raise()
        };
        // It is open and locked here.
        let as_of = Rc::new(AsOf::now(&[relation.oid(), relation.root()]));
        let Ok(log_id) = Uuid::try_parse(argument) else {
            damaged("its gate does not say which log it is".to_owned())
        };
        let (columns, tenant_type) =
            Columns::read(relation).unwrap_or_else(|WrongColumn(column)| {
                damaged(format!("column \"{column}\" is missing or of another type"))
            });
        Target {
            oid: relation.oid(),
            as_of,
            log_id,
            argument: argument.to_owned(),
            guarded,
            tenant_type,
            partitioned: relation.is_partitioned(),
            keyed: relation.primary_key().is_some(),
            root: relation.root(),
            name,
            columns,
            writer: Cell::new((0, false)),
            plain: OnceCell::new(),
            plans: Plans::default(),
        }
    }

    /// The tenant of a row, where tenants are texts.
    #[inline]
    pub fn text_tenant<'a>(&self, row: &Row<'a>) -> Option<Text<'a>> {
        match self.tenant_type {
            TenantType::Text => row.text(self.columns.tenant_id),
            TenantType::Uuid | TenantType::Bigint => None,
        }
    }

    /// Refuses what names none of its tenants.
    pub fn no_tenant(&self, sentence: String) -> Error {
        Error::argument_hint(
            sentence,
            format!(
                "Tenants of log \"{}\" are of type {}.",
                self.name,
                self.tenant_type.name()
            ),
        )
    }

    /// The sequence that numbers its events: one, unless its owner made it lose or share it.
    #[inline]
    pub fn sequences(&self) -> &[Oid] {
        self.plans.numbers.get_or_init(|| {
            let sequences = relation::owned_sequences(self.root, c"seq");
            for sequence in &sequences {
                self.as_of.add(*sequence);
            }
            sequences
        })
    }

    /// Whether the catalogue agrees that this table is the log that its gate says.
    pub fn is_genuine(&self) -> bool {
        cache::rules(self.log_id).is_some_and(|rules| rules.relation == self.oid.to_u32())
    }

    /// Whether the current role has the rights of the log's owner, also where this is a partition.
    pub fn is_owned(&self) -> bool {
        relation::is_owned(self.root)
    }

    /// Refuses a table that carries the gate and is not the log that it names.
    pub fn require_genuine(&self) {
        if !self.is_genuine() {
            Error::not_set_up(
                format!(
                    "relation \"{}\" is not the log that its gate names",
                    self.name
                ),
                "Name the log itself; eventlog.logs lists them.",
            )
            .raise();
        }
    }

    /// Holds the log's row in the catalogue until the transaction ends: others who would change
    /// what belongs to the log wait.
    pub fn lock(&self) {
        catalogue::log::lock(self.log_id);
    }

    /// Called for each statement that writes to the log. A transaction that writes a second time
    /// will write a third time.
    pub fn prepare_to_write(&self) {
        let serial = xact::serial();
        match self.writer.get() {
            (s, true) if s == serial => {}
            // An INSERT does not open the indexes of a partitioned table itself.
            (s, false) if s == serial && !self.partitioned => {
                relation::hold_indexes(self.oid);
                self.writer.set((serial, true));
            }
            _ => self.writer.set((serial, false)),
        }
    }
}

fn known(oid: Oid) -> Option<Rc<Target>> {
    KNOWN.with(|known| known.get(&oid.to_u32()))
}

fn keep(target: Target) -> Rc<Target> {
    let target = Rc::new(target);
    KNOWN.with(|known| known.keep(target.oid.to_u32(), &target, Rc::clone(&target.as_of)));
    target
}

/// The rules of a table that carries the gate, and as of when they hold.
fn rules_of(target: &Target) -> (Rc<LogRules>, Rc<AsOf>) {
    match cache::rules_as_of(target.log_id) {
        None => not_in_catalogue(&target.name),
        // Plans and rows follow the rules' type, so the two must be one.
        Some((rules, _)) if rules.tenant_type != target.tenant_type => {
            disagrees(&target.name, "has tenants of another type than")
        }
        Some(found) => found,
    }
}

fn not_in_catalogue(name: &str) -> ! {
    disagrees(name, "is missing from")
}

fn disagrees(name: &str, how: &str) -> ! {
    Error::not_set_up(
        format!("log \"{name}\" {how} the catalogue of pg_eventlog"),
        "Its owner puts it right with eventlog.repair_log().",
    )
    .raise()
}

impl Last {
    /// Whether it is what there is.
    #[inline]
    fn holds(&self) -> bool {
        let messages = inval::messages();
        self.seen.get() == messages || self.look(messages)
    }

    fn look(&self, messages: u64) -> bool {
        let holds = self.target.as_of.holds() && self.rules_as_of.holds();
        if holds {
            self.seen.set(messages);
        }
        holds
    }
}

#[inline]
fn last(slot: Slots, oid: Oid) -> Option<(Rc<Target>, Rc<LogRules>)> {
    slot.with(|last| match &*last.borrow() {
        Some(l) if l.oid == oid && l.holds() => Some((Rc::clone(&l.target), Rc::clone(&l.rules))),
        _ => None,
    })
}

fn remember(slot: Slots, new: Last) {
    // The old entry is dropped outside the borrow: it may free plans.
    let old = slot.with(|last| last.borrow_mut().replace(new));
    drop(old);
}

fn settled(slot: Slots, oid: Oid, find: impl FnOnce() -> Rc<Target>) -> (Rc<Target>, Rc<LogRules>) {
    // Noted before anything is read: what moves meanwhile has the entry looked at again.
    let seen = inval::messages();
    settle(slot, oid, seen, find())
}

fn settle(slot: Slots, oid: Oid, seen: u64, target: Rc<Target>) -> (Rc<Target>, Rc<LogRules>) {
    let (rules, rules_as_of) = rules_of(&target);
    let entry = Last {
        oid,
        seen: Cell::new(seen),
        rules_as_of,
        target: Rc::clone(&target),
        rules: Rc::clone(&rules),
    };
    remember(slot, entry);
    (target, rules)
}

/// The table that a gate fires on, and its rules; none where `is_restored` says of a table without its primary key that
/// the row comes from a dump: what the catalogue knows of the log may come after it.
#[inline]
pub fn of_gate(
    trigger: &Trigger<'_>,
    is_restored: impl FnOnce(&Target) -> bool,
) -> Option<(Rc<Target>, Rc<LogRules>)> {
    inval::accept();
    let relation = trigger.relation();
    let argument = trigger.argument(0).unwrap_or_default();
    // A table may carry a second gate, with the id of another log.
    let same = |target: &Target| target.argument.as_bytes() == argument.to_bytes();
    if let Some(found) = last(&LAST_GATE, relation.oid()).filter(|(target, _)| same(target)) {
        return Some(found);
    }
    let seen = inval::messages();
    let target = known(relation.oid())
        .filter(|target| same(target))
        .unwrap_or_else(|| keep(Target::read(relation, &argument.to_string_lossy(), true)));
    if target.keyed {
        return Some(settle(&LAST_GATE, relation.oid(), seen, target));
    }
    // It is asked for each row, so it is not kept as what the last row was for.
    if is_restored(&target) {
        return None;
    }
    let (rules, _) = rules_of(&target);
    Some((target, rules))
}

/// The log that a call writes to: the one it names, or the default. Whether the current role may
/// write anything there is asked before the log is opened, where it is not known already.
pub fn of_call(log: Option<Oid>) -> (Rc<Target>, Rc<LogRules>) {
    inval::accept();
    let oid = log.unwrap_or_else(default_log);
    if let Some(found) = last(&LAST_CALL, oid) {
        return found;
    }
    if known(oid).is_none() {
        relation::require_access(relation::root_of(oid), Access::Insert);
    }
    of_entitled(oid)
}

/// The log that this relation is, for what needs no right of the current role to write there, or has
/// asked for another one.
pub fn of_entitled(oid: Oid) -> (Rc<Target>, Rc<LogRules>) {
    inval::accept();
    if let Some(found) = last(&LAST_CALL, oid) {
        return found;
    }
    let (target, rules) = settled(&LAST_CALL, oid, || {
        let target = by_oid(oid);
        // A partition of a log means the log.
        if target.root == oid {
            target
        } else {
            by_oid(target.root)
        }
    });
    if !target.guarded {
        LAST_CALL.with(|last| last.borrow_mut().take());
        gate_is_disabled(&target.name);
    }
    (target, rules)
}

fn gate_is_disabled(name: &str) -> ! {
    Error::not_set_up(
        format!("the gate of log \"{name}\" is disabled"),
        "Its owner puts it right with eventlog.repair_log().",
    )
    .raise()
}

/// The table and the rules of the log that a call asks about: the one it names, or the default. It
/// asks for no right, and so opens and locks nothing that is not the catalogue's.
pub fn rules_of_call(log: Option<Oid>) -> (Oid, Rc<LogRules>) {
    inval::accept();
    let oid = relation::root_of(log.unwrap_or_else(default_log));
    if let Some((target, rules)) = last(&LAST_CALL, oid) {
        return (target.oid, rules);
    }
    let gates = with_latest_snapshot(|| {
        spi::query(
            "select pg_catalog.encode(t.tgargs, 'hex'), \
                t.tgtype operator(pg_catalog.=) 7 and t.tgenabled in ('O', 'A') \
             from pg_catalog.pg_trigger t \
             join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid \
             join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace \
             where t.tgrelid operator(pg_catalog.=) $1 \
                and t.tgname operator(pg_catalog.=) 'eventlog_gate' \
                and p.proname operator(pg_catalog.=) 'gate' \
                and n.nspname operator(pg_catalog.=) 'eventlog'",
            &[Value::Oid(oid)],
            |row| {
                (
                    row.string(1).unwrap_or_default(),
                    row.bool(2).unwrap_or(false),
                )
            },
        )
    });
    let Some((argument, fires)) = gates.into_iter().next() else {
        not_a_log(oid)
    };
    if !fires {
        gate_is_disabled(&relation::display(oid));
    }
    // Hexadecimal digits of the argument as it is stored, with a NUL at its end.
    let id: String = (0..argument.len() / 2)
        .filter_map(|i| u8::from_str_radix(argument.get(2 * i..2 * i + 2)?, 16).ok())
        .take_while(|byte| *byte != 0)
        .map(char::from)
        .collect();
    let rules = Uuid::try_parse(&id).ok().and_then(cache::rules);
    (
        oid,
        rules.unwrap_or_else(|| not_in_catalogue(&relation::display(oid))),
    )
}

/// The log that a call reads: the one it names, or the default. A gate that does not fire is no
/// reason not to read what it let pass.
pub fn of_reader(log: Option<Oid>) -> Rc<Target> {
    inval::accept();
    let oid = log.unwrap_or_else(default_log);
    relation::require_access(relation::root_of(oid), Access::Select);
    let target = by_oid(oid);
    if target.root == target.oid {
        return target;
    }
    by_oid(target.root)
}

/// The log that a call administers: the one it names, or the default. Its owner is the caller, and
/// the catalogue agrees that it is the log that its gate says.
pub fn of_owner(log: Option<Oid>) -> Rc<Target> {
    inval::accept();
    let oid = log.unwrap_or_else(default_log);
    if relation::exists(oid) {
        relation::require_owner(oid);
    }
    let target = by_oid(oid);
    rules_of(&target);
    target.require_genuine();
    target
}

/// The log that this relation is; an error where it is none.
pub fn by_oid(oid: Oid) -> Rc<Target> {
    known(oid).or_else(|| find(oid)).unwrap_or_else(|| {
        if !relation::exists(oid) && cache::default_log() == Some(oid) {
            Error::not_set_up(
                "the table of the default log does not exist any more",
                "Choose another one with eventlog.set_default_log(); eventlog.forget_log() clears \
                 what the dropped one left.",
            )
            .raise();
        }
        not_a_log(oid)
    })
}

fn not_a_log(oid: Oid) -> ! {
    Error::not_set_up(
        format!(
            "relation \"{}\" is not an event log",
            relation::display(oid)
        ),
        "Create one with eventlog.create_log(), or put back a damaged one with \
         eventlog.repair_log().",
    )
    .raise()
}

/// The log that this relation is, if it carries a gate.
pub fn find(oid: Oid) -> Option<Rc<Target>> {
    let read = relation::peek(oid, |relation| {
        let (id, fires) = relation.trigger_argument(GATE_TRIGGER, "eventlog", "gate")?;
        Some(Target::read(relation, &id, fires))
    });
    read.flatten().map(keep)
}

/// Whether this relation has a log's columns, with or without a gate.
pub fn has_columns(oid: Oid) -> bool {
    let read = relation::peek(oid, |relation| Columns::read(relation).is_ok());
    read.unwrap_or(false)
}
