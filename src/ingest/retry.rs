//! `retry_rejected`, `discard_rejected`: what becomes of rejected events afterwards.

use super::item::{Fate, Item, Reader};
use super::sender::Sender;
use super::{Answer, keep, part};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::datum::{Datum, Str, TenantValue};
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::jsonb::List;
use crate::pg::memory::Memory;
use crate::pg::rows::RowSink;
use crate::pg::spi::{self, Plan, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use model::taxonomy::violation::Violation;
use pgrx::pg_sys;
use uuid::Uuid;

/// Where none are named, so many are tried at most, and so many bytes of them.
const MANY: i32 = 10_000;
const MANY_BYTES: i64 = 64 << 20;

/// Bytes of a reason.
const MAX_REASON: usize = 2_000;

/// A rejected event that is tried again.
struct Tried<'m> {
    id: Uuid,
    event: Option<Str<'m>>,
    sender: Sender<'m>,
}

/// `eventlog.retry_rejected(ids, log)`.
pub fn retry_rejected(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    retry(call, &mut sink).or_raise();
    Ret::Void
}

fn retry(call: &Call<'_>, sink: &mut RowSink) -> Result<(), Error> {
    let (target, rules) = lookup::of_call(call.oid(1));
    let memory = call.memory();
    require_right(&target)?;
    let table = keep::table_name(&target)?;
    let tried = find(&target, &table, call.uuid_array(0), memory)?;
    let mut reader = Reader::new(&target, &rules, memory);
    let mut items = List::with_capacity(tried.len())?;
    for tried in &tried {
        let item = match tried.event {
            Some(event) => reader.read(memory.read(event), &tried.sender)?,
            None => not_kept(memory),
        };
        items.push(item)?;
    }
    part::write(&target, &rules, &mut items)?;
    note(&target, &table, &tried, &items, memory)?;
    let mut answer = Answer::new(memory, sink);
    for (item, tried) in items.iter().zip(&tried) {
        answer.push(item, Some(tried.id))?;
    }
    Ok(())
}

/// An event whose text was not kept.
fn not_kept<'r, 'm>(memory: Memory<'m>) -> Item<'r, 'm> {
    let message = "the event was too long to be kept, and cannot be tried again";
    let mut told = Vec::new();
    told.extend([Violation::new("not_kept", "", message)]);
    Item::new(memory, Fate::Rejected(told))
}

/// Refuses whoever is neither the log's owner nor a service.
fn require_right(target: &Target) -> Result<(), Error> {
    let ask = "select eventlog._may_settle($1::pg_catalog.oid::pg_catalog.regclass)";
    let may = spi::run(ask, &[Value::Oid(target.root)], |row| {
        row.bool(1) == Some(true)
    });
    match may.first() {
        Some(true) => Ok(()),
        _ => Err(Error::NotAllowed {
            message: format!("permission denied for the rejected events of log \"{}\"", target.name),
            hint: "The log's owner and its services say what becomes of them; eventlog.grant_service() makes a service."
                .to_owned(),
        }),
    }
}

/// Finds those that are open, and holds them until the transaction ends; without names those that were tried least and
/// longest ago, but for those that their senders were not allowed to write, and those that were not kept.
fn find<'m>(
    target: &Target,
    table: &str,
    ids: Option<Vec<Uuid>>,
    memory: Memory<'m>,
) -> Result<List<Tried<'m>>, Error> {
    const COLUMNS: &str = "r.id, r.event::pg_catalog.text, r.tenant_id, r.actor_type, r.actor_id, r.received_at, \
        eventlog._is_held($1::pg_catalog.oid::pg_catalog.regclass, r.sent_by), pg_catalog.to_jsonb(r.redacted)";
    let mut values = Vec::from([Value::Oid(target.root)]);
    let statement = match ids {
        Some(ids) => {
            values.push(Value::UuidArray(ids));
            format!(
                "select {COLUMNS} from {table} r \
                 where r.id operator(pg_catalog.=) any ($2) and r.resolved_at is null \
                 order by r.received_at, r.id for update"
            )
        }
        None => {
            values.extend([Value::Int(Some(MANY)), Value::Long(Some(MANY_BYTES))]);
            format!(
                "select {COLUMNS} from {table} r \
                 join ( \
                    select o.id, pg_catalog.sum(o.bytes) over (order by o.attempts, o.received_at, o.id) as bytes \
                    from ( \
                        select * from {table} o \
                        where o.resolved_at is null and o.event is not null \
                            and not o.violations operator(pg_catalog.@>) '[{{\"code\": \"not_allowed\"}}]' \
                        order by o.attempts, o.received_at, o.id limit $2 \
                    ) o \
                 ) few on few.id operator(pg_catalog.=) r.id and few.bytes operator(pg_catalog.<=) $3 \
                 where r.resolved_at is null \
                 order by r.received_at, r.id for update of r skip locked"
            )
        }
    };
    let text = |text: Option<&[u8]>| text.map(|text| memory.text(text));
    let found = user::as_owner(target.root, || {
        spi::run(&statement, &values, |row| {
            let tenant = row.datum(3).and_then(|t| TenantValue::of(t, memory));
            let actor = [text(row.text(4)), text(row.text(5))];
            let received_at = Some(row.long(6).unwrap_or_default());
            let is_held = row.bool(7) != Some(false);
            Tried {
                id: row.uuid(1).unwrap_or_default(),
                event: text(row.text(2)),
                sender: Sender::kept(memory, tenant, actor, received_at, redacted(&row), is_held),
            }
        })
    });
    Ok(List::of(found)?)
}

/// What was redacted of an event that was kept.
fn redacted(row: &Row<'_>) -> Option<Vec<String>> {
    let told = row.jsonb(8)?;
    let told = told.read().ok()?.root().as_array()?;
    let texts = told.iter().filter_map(|text| text.as_str());
    Some(texts.map(str::to_owned).collect())
}

/// Notes what became of each.
fn note(
    target: &Target,
    table: &str,
    tried: &[Tried<'_>],
    items: &[Item<'_, '_>],
    memory: Memory<'_>,
) -> Result<(), Error> {
    if tried.is_empty() {
        return Ok(());
    }
    user::as_owner(target.root, || {
        let (uuid, jsonb) = (pg_sys::UUIDOID, pg_sys::JSONBOID);
        const OF: &str = "where id operator(pg_catalog.=) $1";
        let resolve = Plan::prepare(
            &format!(
                "update {table} set attempts = attempts operator(pg_catalog.+) 1, \
                    resolved_at = pg_catalog.clock_timestamp(), resolved_event_id = $2 {OF}"
            ),
            &[uuid, uuid],
        );
        let refuse = Plan::prepare(
            &format!(
                "update {table} set attempts = attempts operator(pg_catalog.+) 1, violations = $2 {OF}"
            ),
            &[uuid, jsonb],
        );
        for (tried, item) in tried.iter().zip(items) {
            let id = Some(Datum::uuid(&tried.id));
            match &item.fate {
                Fate::Logged(event) | Fate::Duplicate(event) => {
                    resolve.execute_alone(&[id, Some(Datum::uuid(event))])
                }
                Fate::Rejected(_) if tried.event.is_none() => 0,
                Fate::Rejected(violations) => {
                    refuse.execute_alone(&[id, Some(keep::told(violations, memory)?.into())])
                }
                Fate::Open => 0,
            };
        }
        Ok(())
    })
}

/// `eventlog.discard_rejected(ids, reason, log)`.
pub fn discard_rejected(call: &Call<'_>) -> Ret {
    let (target, _) = lookup::of_call(call.oid(2));
    let ids = required(call.uuid_array(0), "ids");
    let reason = required(call.string(1), "reason");
    if reason.is_empty() || reason.len() > MAX_REASON {
        Error::argument(format!("reason must have 1 to {MAX_REASON} bytes")).raise();
    }
    require_right(&target).or_raise();
    let table = keep::table_name(&target).or_raise();
    let statement = format!(
        "with discarded as ( \
            update {table} set resolved_at = pg_catalog.clock_timestamp(), discarded_reason = $2 \
            where id operator(pg_catalog.=) any ($1) and resolved_at is null \
            returning 1 \
         ) \
         select pg_catalog.count(*) from discarded"
    );
    let values = [Value::UuidArray(ids), Value::text(reason)];
    let count = user::as_owner(target.root, || {
        spi::run(&statement, &values, |row| row.long(1).unwrap_or_default())
    });
    call.value(count.into_iter().sum::<i64>())
}
