//! `entity_history` and `entity_state`: an entity's events, and what it was after them.
//!
//! Both read the log as their caller, whose right to see it decides. An event that the caller may
//! not see is none.

use crate::catalogue::column_change;
use crate::catalogue::tracked_table::{self, Tracking};
use crate::context;
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::datum::{self, Datum, TenantValue, Text};
use crate::pg::fcall::{Call, Ret};
use crate::pg::input;
use crate::pg::jsonb::{Builder, Jsonb, List};
use crate::pg::memory::{self, Memory};
use crate::pg::relation::Attribute;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::writing::statement::table_name;
use model::entity::event::{Event, EventKind, STATE_FIELD};
use model::entity::fold::{Document, Life};
use model::entity::names::{ColumnChange, History};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// `eventlog.entity_history(entity_type, entity_id, tenant_id, log)`.
pub fn entity_history(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let memory = call.memory();
    let story = Story::read(call, 2, 3).or_raise();
    let events = story.events();
    let told = story.life(&events).each(|i, state| {
        let r = &story.recorded[i];
        let text = |t: &Option<Vec<u8>>| t.as_deref().map(|t| memory.text(t).into());
        sink.push(&[
            Some(r.seq.into()),
            Some(Datum::uuid(&r.id)),
            Some(Datum::timestamptz(r.recorded_at)),
            Some(Datum::timestamptz(r.occurred_at)),
            Some(memory.text(&r.event_type).into()),
            text(&r.tenant_id),
            text(&r.actor_type),
            text(&r.actor_id),
            text(&r.correlation_id),
            text(&r.causation_id),
            Some(memory.jsonb(&r.payload).into()),
            state.map(|state| document(state, memory)),
        ]);
    });
    told.or_raise();
    Ret::Void
}

/// `eventlog.entity_state(entity_type, entity_id, as_of, tenant_id, log)`.
pub fn entity_state(call: &Call<'_>) -> Ret {
    // Without a time it is the present, which is after all that was recorded.
    let as_of = call.long(2).unwrap_or(i64::MAX);
    let story = Story::read(call, 3, 4).or_raise();
    let events = story.events();
    let state = story
        .life(&events)
        .at(as_of, story.tracked_since)
        .or_raise();
    let memory = call.memory();
    call.value_or_null(state.as_ref().map(|state| document(state, memory)))
}

/// What the log and the catalogue hold about an entity.
struct Story {
    entity_type: Vec<u8>,
    recorded: Vec<Recorded>,
    columns: Vec<ColumnChange>,
    tracked_since: Option<i64>,
    deleted_column: Option<String>,
}

impl Story {
    /// Reads it for a call whose first two arguments name the entity, and those at these positions
    /// the tenant and the log.
    fn read(call: &Call<'_>, tenant: usize, log: usize) -> Result<Story, Error> {
        let entity_type = call
            .text(0)
            .ok_or_else(|| Error::argument("entity_type must not be null"))?;
        let entity_id = call
            .text(1)
            .ok_or_else(|| Error::argument("entity_id must not be null"))?;
        let target = lookup::of_reader(call.oid(log));
        let memory = call.memory();
        let tenant = call.str(tenant).or_else(|| context::tenant(memory));
        let tenant = tenant.map(|t| tenant_value(&target, memory.read(t), memory));
        let tenant = tenant.transpose()?;
        let trackings =
            tracked_table::of_entity(target.log_id, &String::from_utf8_lossy(entity_type));
        let ids: Vec<Uuid> = trackings.iter().map(|t| t.id).collect();
        // Most kinds of entity are not tables; and there is nothing to ask for where they are none.
        let changes = match ids.is_empty() {
            true => History::default(),
            false => column_change::history_of(&ids),
        };
        let respelled = !changes.respelled.is_empty();
        let mut values = vec![
            Value::Given(pg_sys::TEXTOID, call.str(0).map(Datum::from)),
            Value::TextArray(Some(ids_of(
                &target,
                &trackings,
                respelled,
                entity_type,
                entity_id,
            ))),
        ];
        if let Some(tenant) = &tenant {
            let value = tenant.datum();
            values.push(Value::Given(value.kind(), Some(value)));
        }
        let recorded = spi::query(
            &statement(&table_name(&target), tenant.is_some()),
            &values,
            Recorded::of_row,
        );
        Ok(Story {
            entity_type: datum::copied(entity_type),
            recorded,
            columns: changes.columns,
            tracked_since: trackings.iter().map(|t| t.since).min(),
            deleted_column: trackings
                .iter()
                .max_by_key(|t| t.since)
                .and_then(|t| t.deleted_column.clone()),
        })
    }

    fn life<'a>(&'a self, events: &'a [Event<'a>]) -> Life<'a> {
        Life::read(events, &self.columns, self.deleted_column.as_deref()).or_raise()
    }

    fn events(&self) -> List<Event<'_>> {
        let events = self.recorded.iter().map(|r| Event {
            kind: EventKind::of(&r.event_type, &self.entity_type),
            at: r.recorded_at,
            payload: Jsonb::new(&r.payload)
                .ok()
                .and_then(|payload| payload.root().as_object()),
            field: r.field.as_deref().unwrap_or(STATE_FIELD),
        });
        List::of(events).or_raise()
    }
}

/// An event as the log has it.
struct Recorded {
    seq: i64,
    id: Uuid,
    recorded_at: i64,
    occurred_at: i64,
    event_type: Vec<u8>,
    tenant_id: Option<Vec<u8>>,
    actor_type: Option<Vec<u8>>,
    actor_id: Option<Vec<u8>>,
    correlation_id: Option<Vec<u8>>,
    causation_id: Option<Vec<u8>>,
    payload: Vec<u8>,
    field: Option<Vec<u8>>,
}

/// What [`Recorded::of_row`] reads, in its order.
const COLUMNS: &str = "l.seq, l.id, l.recorded_at, l.occurred_at, l.type, \
    l.tenant_id::pg_catalog.text, l.actor_type, l.actor_id, l.correlation_id, l.causation_id, \
    l.payload, l.context operator(pg_catalog.->>) 'field'";

impl Recorded {
    fn of_row(row: Row<'_>) -> Recorded {
        let text = |column| row.text(column).map(datum::copied);
        let payload = row.jsonb(11).and_then(|p| p.read().ok());
        Recorded {
            seq: row.long(1).unwrap_or_default(),
            id: row.uuid(2).unwrap_or_default(),
            recorded_at: row.long(3).unwrap_or_default(),
            occurred_at: row.long(4).unwrap_or_default(),
            event_type: text(5).unwrap_or_default(),
            tenant_id: text(6),
            actor_type: text(7),
            actor_id: text(8),
            correlation_id: text(9),
            causation_id: text(10),
            payload: payload.map_or_else(Vec::new, |p| datum::copied(p.as_bytes())),
            field: text(12),
        }
    }
}

/// An entity's events, by the index that starts with the entity.
fn statement(log: &str, with_tenant: bool) -> String {
    let of_tenant = match with_tenant {
        true => "and l.tenant_id operator(pg_catalog.=) $3 ",
        false => "",
    };
    format!(
        "select {COLUMNS} from {log} l \
         where l.entity_type operator(pg_catalog.=) $1 \
            and l.entity_id operator(pg_catalog.=) any ($2) {of_tenant}\
         order by l.seq"
    )
}

/// The ids under which an entity's events may stand.
fn ids_of(
    target: &Target,
    trackings: &[Tracking],
    respelled: bool,
    entity_type: &[u8],
    entity_id: &[u8],
) -> Vec<String> {
    let mut ids = spellings(entity_id);
    let table = trackings.iter().find_map(|t| t.relation);
    // Numerics, for instance: one key may be written in several ways, each of them an id.
    if let Some(table) = table.filter(|table| respelled || !tells_apart(*table)) {
        let same = spi::query(
            "select i from pg_catalog.unnest(eventlog._same_ids(\
                $1::pg_catalog.oid::pg_catalog.regclass, $2::pg_catalog.oid::pg_catalog.regclass, \
                $3, $4)) i",
            &[
                Value::Oid(table),
                Value::Oid(target.oid),
                Value::text(String::from_utf8_lossy(entity_type)),
                Value::text(String::from_utf8_lossy(entity_id)),
            ],
            |row| row.string(1),
        );
        ids.extend(same.into_iter().flatten());
    }
    ids
}

/// Whether keys of a table are equal only where their ids are. The catalogue says it: who may read
/// the log need not have any right on the table, and so must not lock it.
fn tells_apart(table: Oid) -> bool {
    let apart = spi::query(
        "select a.atttypid, a.attcollation from pg_catalog.pg_index i \
         join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) i.indrelid \
            and a.attnum operator(pg_catalog.=) any (i.indkey) \
         where i.indrelid operator(pg_catalog.=) $1 and i.indisprimary",
        &[Value::Oid(table)],
        |row| match (row.oid(1), row.oid(2)) {
            (Some(kind), Some(collation)) => {
                Attribute::of_type(kind).collated(collation).tells_apart()
            }
            _ => true,
        },
    );
    apart.into_iter().all(|apart| apart)
}

/// The ways to write an entity's id under which its events may stand: as it was given, and, where
/// that is a JSON array, as capture writes a key of several columns and as JavaScript would.
fn spellings(entity_id: &[u8]) -> Vec<String> {
    let mut all = vec![String::from_utf8_lossy(entity_id).into_owned()];
    if entity_id.trim_ascii_start().first() == Some(&b'[')
        && let Some(written) = memory::current(|memory| {
            let document = input::jsonb(entity_id, memory)?.read().ok()?;
            Some(document.root().to_string())
        })
    {
        all.push(compact(&written));
        all.push(written);
    }
    all
}

/// A document's text without the blanks between its parts.
fn compact(document: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let kept = |c: &char| {
        let keep = in_string || *c != ' ';
        in_string ^= *c == '"' && !escaped;
        escaped = in_string && *c == '\\' && !escaped;
        keep
    };
    document.chars().filter(kept).collect()
}

fn tenant_value<'m>(
    target: &Target,
    text: Text<'_>,
    memory: Memory<'m>,
) -> Result<TenantValue<'m>, Error> {
    let read = target.tenant_type.read(text);
    let value = read.map(|tenant| TenantValue::new(tenant, memory));
    value.map_err(|why| target.no_tenant(why.to_string()))
}

fn document<'m>(fields: &Document<'_>, memory: Memory<'m>) -> Datum<'m> {
    let mut document = Builder::new();
    document.begin_object();
    for (field, value) in fields.iter() {
        document.pair(field, *value);
    }
    document.end();
    memory.jsonb(&document.finish().or_raise()).into()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn blanks_in_strings_stay() {
        assert_eq!(
            compact(r#"["a, b", 3, {"c": null}]"#),
            r#"["a, b",3,{"c":null}]"#
        );
        assert_eq!(compact(r#"["\" ", "\\", " "]"#), r#"["\" ","\\"," "]"#);
    }
}
