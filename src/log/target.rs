//! From a relation to the log that it is.
//!
//! A table is a log because it carries the gate with the log's id as its argument: that survives
//! renames, dumps and attaching, while an oid in a catalogue row does not.

use super::columns::Columns;
use super::plain::Plain;
use crate::catalogue::{self, cache};
use crate::error::Error;
use crate::pg::cached::Cached;
use crate::pg::clock;
use crate::pg::datum::Text;
use crate::pg::inval::AsOf;
use crate::pg::relation::{self, RelationRef};
use crate::pg::spi::{self, Plan};
use crate::pg::tuple::{Row, WrongColumn};
use crate::pg::xact;
use model::tenant::TenantType;
use pgrx::pg_sys::Oid;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell};
use std::mem::ManuallyDrop;
use std::rc::Rc;
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
    pub(super) argument: String,
    /// whether the gate fires
    pub(super) guarded: bool,
    /// type of its tenant column
    pub tenant_type: TenantType,
    /// whether it has partitions
    partitioned: bool,
    /// whether it has its primary key, which a restore makes after the rows are in
    pub(super) keyed: bool,
    /// the topmost table, where it is a partition
    pub root: Oid,
    /// `schema.name` of the log, also for a partition of it
    pub name: String,
    /// where its columns are
    pub columns: Columns,
    /// transaction that last wrote to it, and whether its indexes are held until that one ends
    writer: Cell<(u64, bool)>,
    /// what a plain log has, found out when first needed
    pub(super) plain: OnceCell<Option<Plain>>,
    /// end of a partition by time, found out when first needed
    bound: OnceCell<Option<i64>>,
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

thread_local! {
    // Never dropped: a backend that ends has no use for freeing its plans.
    static KNOWN: ManuallyDrop<Cached<u32, Target>> = ManuallyDrop::default();
}

impl Target {
    /// Reads what a relation is. Columns that are missing or of another type are an error: rows
    /// are taken apart by what is noted here.
    pub(super) fn read(relation: RelationRef<'_>, argument: &str, guarded: bool) -> Target {
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
            bound: OnceCell::new(),
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

    /// When a row, whose entity was held only now, is recorded: now, but not beyond its partition, and not where somebody
    /// gave another time.
    pub fn recorded_again(&self, before: i64, now: i64) -> i64 {
        if before < clock::transaction_start() || before > now {
            return before;
        }
        if self.oid == self.root {
            return now;
        }
        let bound = *self.bound.get_or_init(|| {
            let found = spi::run(
                "select eventlog._upper_bound($1::pg_catalog.oid::pg_catalog.regclass)",
                &[spi::Value::Oid(self.oid)],
                |row| row.long(1),
            );
            found.into_iter().flatten().next()
        });
        match bound {
            Some(bound) if now >= bound => before,
            Some(_) => now,
            // A default partition takes what no other one does.
            None => before,
        }
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

/// What is known of a table, where it is that still.
pub(super) fn known(oid: Oid) -> Option<Rc<Target>> {
    KNOWN.with(|known| known.get(&oid.to_u32()))
}

/// Keeps what was read of a table.
pub(super) fn keep(target: Target) -> Rc<Target> {
    let target = Rc::new(target);
    KNOWN.with(|known| known.keep(target.oid.to_u32(), &target, Rc::clone(&target.as_of)));
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

/// The error of a relation that is none.
pub(super) fn not_a_log(oid: Oid) -> ! {
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
