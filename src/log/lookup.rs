//! Which log a call means, or a gate that fires, and by which rules.
//!
//! Most rows are for the same log as the row before, so what the last one was for is looked at first.

use super::default_log::default_log;
use super::target::{self, Target};
use crate::catalogue::cache;
use crate::error::Error;
use crate::pg::catalog::with_latest_snapshot;
use crate::pg::inval::{self, AsOf};
use crate::pg::relation::{self, Access};
use crate::pg::spi::{self, Value};
use crate::pg::trigger::Trigger;
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys::Oid;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::thread::LocalKey;
use uuid::Uuid;

/// What the last row was for.
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
    // Never dropped, as a backend ends without freeing its memory. Two, since on a partitioned log a call means the log and
    // the gate fires on a partition.
    static LAST_CALL: Slot = const { ManuallyDrop::new(RefCell::new(None)) };
    static LAST_GATE: Slot = const { ManuallyDrop::new(RefCell::new(None)) };
}

type Slot = ManuallyDrop<RefCell<Option<Last>>>;
type Slots = &'static LocalKey<Slot>;

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
    let target = target::known(relation.oid())
        .filter(|target| same(target))
        .unwrap_or_else(|| target::keep(Target::read(relation, &argument.to_string_lossy(), true)));
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
    if target::known(oid).is_none() {
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
        let target = target::by_oid(oid);
        // A partition of a log means the log.
        if target.root == oid {
            target
        } else {
            target::by_oid(target.root)
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
        target::not_a_log(oid)
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
    let target = target::by_oid(oid);
    if target.root == target.oid {
        return target;
    }
    target::by_oid(target.root)
}

/// The log that a call administers: the one it names, or the default. Its owner is the caller, and
/// the catalogue agrees that it is the log that its gate says.
pub fn of_owner(log: Option<Oid>) -> Rc<Target> {
    inval::accept();
    let oid = log.unwrap_or_else(default_log);
    if relation::exists(oid) {
        relation::require_owner(oid);
    }
    let target = target::by_oid(oid);
    rules_of(&target);
    target.require_genuine();
    target
}
