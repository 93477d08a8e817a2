//! Idempotency keys: the same key of the same tenant is the same event.
//!
//! Keys live in a table beside the log, since a unique key on a partitioned log would have to
//! contain the partition column. Claiming a key is an INSERT ... ON CONFLICT DO NOTHING: of two
//! concurrent callers one waits until the other has committed or failed.

use super::draft::Draft;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::datum::{Datum, TenantValue};
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Plan};
use crate::pg::tuple::{Bytes, Row};
use crate::pg::xact::{Nested, PerTransaction};
use crate::pg::{clock, memory, relation, types};
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// A claim on a key.
pub struct Claim<'d> {
    /// tenant, of the log's type
    pub tenant: Option<Datum<'d>>,
    /// the key, as text
    pub key: Datum<'d>,
    /// hash of the content; none for a plain INSERT, which has no arguments to compare
    pub hash: Option<[u8; 32]>,
    /// the event that claims it
    pub event_id: Uuid,
}

/// What became of a claim.
pub enum Outcome {
    /// the key is the event's now
    Claimed,
    /// the key has an event already
    Taken {
        event_id: Uuid,
        hash: Option<Vec<u8>>,
    },
}

/// Rows that vanish between the claim and the look-up are looked for again, this often.
const ATTEMPTS: usize = 5;

impl<'d> Claim<'d> {
    /// Of a filled draft, whose content was hashed before it was filled.
    pub fn of_draft(draft: &'d Draft<'_>, hash: [u8; 32], event_id: Uuid) -> Option<Self> {
        Some(Claim {
            tenant: draft.tenant.as_ref().map(TenantValue::datum),
            key: draft.idempotency_key?.into(),
            hash: Some(hash),
            event_id,
        })
    }

    /// Claims the key, as the current role: needs INSERT, and SELECT to learn whose it is when it
    /// is taken.
    pub fn make(&self, target: &Target, rules: &LogRules) -> Outcome {
        for _ in 0..ATTEMPTS {
            if self.insert(target, rules) {
                return Outcome::Claimed;
            }
            if let Some((event_id, hash)) = self.holder(target, rules) {
                return Outcome::Taken { event_id, hash };
            }
        }
        Error::not_set_up(
            format!(
                "idempotency key of log \"{}\" is taken, and its event is not visible",
                target.name
            ),
            "Look at the policies and grants of the log's key table.",
        )
        .raise()
    }

    /// Whether the key was free.
    fn insert(&self, target: &Target, rules: &LogRules) -> bool {
        let plan = target.plans.claim.get_or_init(|| {
            prepare(
                target,
                "insert into {} (tenant_id, key, hash, event_id) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                &[
                    types::of_tenant(rules.tenant_type),
                    pg_sys::TEXTOID,
                    pg_sys::BYTEAOID,
                    pg_sys::UUIDOID,
                ],
            )
        });
        if let Some(table) = target.plans.claims.get() {
            begin_claim(*table, self.event_id);
        }
        let id = Some(Datum::uuid(&self.event_id));
        let inserted = memory::current(|memory| {
            let hash = self.hash.map(|hash| memory.bytea(&hash));
            plan.execute_alone(&[self.tenant, Some(self.key), hash, id])
        });
        end_claim();
        inserted == 1
    }

    fn holder(&self, target: &Target, rules: &LogRules) -> Option<(Uuid, Option<Vec<u8>>)> {
        const FIND: &str =
            "select event_id, hash from {} where key operator(pg_catalog.=) $1 and tenant_id";
        let mut found = None;
        let mut read = |row: Row<'_>| {
            let hash = row.get::<Bytes<'_>>(2).map(|bytes| bytes.0.to_vec());
            found = row.uuid(1).map(|id| (id, hash));
        };
        match self.tenant {
            Some(tenant) => {
                let plan = target.plans.find_claim.get_or_init(|| {
                    let sql = format!("{FIND} operator(pg_catalog.=) $2");
                    prepare(
                        target,
                        &sql,
                        &[pg_sys::TEXTOID, types::of_tenant(rules.tenant_type)],
                    )
                });
                spi::connected(|| {
                    plan.execute(&[Some(self.key), Some(tenant)]);
                    spi::each_row(&mut read);
                });
            }
            None => {
                let plan = target.plans.find_claim_without_tenant.get_or_init(|| {
                    prepare(target, &format!("{FIND} is null"), &[pg_sys::TEXTOID])
                });
                spi::connected(|| {
                    plan.execute(&[Some(self.key)]);
                    spi::each_row(&mut read);
                });
            }
        }
        found
    }
}

/// Prepares a statement on the log's key table, whose quoted name replaces `{}`.
fn prepare(target: &Target, sql: &str, types: &[pg_sys::Oid]) -> Plan {
    let find = "select eventlog._claims_of($1::pg_catalog.oid::pg_catalog.regclass)";
    let oid = spi::run(find, &[spi::Value::Oid(target.oid)], |row| row.oid(1));
    let name = oid.first().copied().flatten().and_then(|oid| {
        // A rename makes the plan void, so its going must be heard.
        target.as_of.add(oid);
        target.plans.claims.get_or_init(|| oid);
        relation::quoted(oid)
    });
    let name = name.unwrap_or_else(|| {
        Error::not_set_up(
            "the log's table of idempotency keys is missing",
            "The log's owner puts it back with eventlog.repair_log().",
        )
        .raise()
    });
    Plan::prepare(&sql.replace("{}", &name), types)
}

/// The event that already has the key of this draft; an error when its content was another one, or
/// is not known: a plain INSERT leaves nothing to compare with.
pub fn same_event(
    target: &Target,
    draft: &Draft<'_>,
    hash: &[u8; 32],
    holder: (Uuid, Option<&[u8]>),
) -> Result<Uuid, Error> {
    match holder {
        (id, Some(first)) if first == hash => Ok(id),
        (_, None) => Err(Error::KeyOfInsert {
            log: target.name.clone(),
            index: draft.index,
        }),
        _ => Err(Error::KeyReused {
            log: target.name.clone(),
            index: draft.index,
        }),
    }
}

/// Claims the key of a row that a plain INSERT brings: a repeated key is a unique violation.
pub fn claim_for_insert(target: &Target, rules: &LogRules, row: &Row<'_>) {
    let c = &target.columns;
    let (Some(key), Some(event_id)) = (row.datum(c.idempotency_key), row.uuid(c.id)) else {
        return;
    };
    let claim = Claim {
        tenant: row.datum(c.tenant_id),
        key,
        hash: None,
        event_id,
    };
    if !claim.insert(target, rules) {
        Error::KeyTaken {
            log: target.name.clone(),
        }
        .raise();
    }
}

/// The key that is being claimed.
#[derive(Default)]
struct Claiming(Option<Begun>);

struct Begun {
    /// the table that it is claimed in
    table: Oid,
    /// the event that it is claimed for
    event_id: Uuid,
    nest: i32,
}

static CLAIMING: PerTransaction<Claiming> = PerTransaction::new(Claiming(None));

impl Nested for Claiming {
    fn undo(&mut self, nest: i32) {
        if self.0.as_ref().is_some_and(|begun| begun.nest >= nest) {
            self.0 = None;
        }
    }
}

fn begin_claim(table: Oid, event_id: Uuid) {
    let nest = clock::nest_level();
    CLAIMING.with(|claiming| {
        claiming.0 = Some(Begun {
            table,
            event_id,
            nest,
        });
    });
}

fn end_claim() {
    CLAIMING.with(|claiming| claiming.0 = None);
}

/// `eventlog.guard_claim()`: BEFORE INSERT trigger of the key table. Writers may insert there, but
/// nothing by hand: a key that somebody took in advance would refuse another one's event. Its
/// owner may, who restores it.
pub fn guard_claim(call: &Call<'_>) -> Ret {
    const FUNCTION: &str = "eventlog.guard_claim";
    let trigger = call.trigger(FUNCTION);
    let Some(inserting) = trigger.before_insert_row() else {
        Error::TriggerMisuse { function: FUNCTION }.raise();
    };
    let table = trigger.relation();
    let event_id = match table.column("event_id") {
        Some((column, pg_sys::UUIDOID)) => inserting.row(column).uuid(column),
        _ => None,
    };
    // Another log's claim, whose table may have triggers of its owner's, opens nothing here.
    let is_this = |begun: &Begun| begun.table == table.oid() && event_id == Some(begun.event_id);
    let claimed = CLAIMING.look(|claiming| claiming.0.as_ref().is_some_and(is_this));
    if !claimed && !relation::is_owned(table.oid()) {
        Error::ClaimByHand {
            relation: relation::display(table.oid()),
        }
        .raise();
    }
    end_claim();
    inserting.pass()
}
