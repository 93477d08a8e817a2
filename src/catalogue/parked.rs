//! Events that are out of the stream of their shard: `eventlog.waiting_event`, `eventlog.held_event`,
//! `eventlog.held_entity`, `eventlog.dead_event`. Whoever writes here has the shard's lock.

use super::subscription_shard::{Shard, table};
use crate::pg::datum;
use crate::pg::spi::{self, Value};
use crate::pg::user;
use uuid::Uuid;

/// An event that is delivered out of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Due {
    pub seq: i64,
    pub event_id: Uuid,
    pub entity: Option<i64>,
    /// how often it failed
    pub attempts: i32,
    pub is_alone: bool,
    pub is_replayed: bool,
    /// it waits, and is not only held
    pub waits: bool,
}

/// An event by its place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Place {
    pub seq: i64,
    pub event_id: Uuid,
    pub entity: Option<i64>,
}

fn key(shard: &Shard) -> [Value<'static>; 2] {
    [
        Value::Int(Some(shard.subscription)),
        Value::Int(Some(shard.shard)),
    ]
}

fn with<const N: usize>(shard: &Shard, more: [Value<'static>; N]) -> Vec<Value<'static>> {
    key(shard).into_iter().chain(more).collect()
}

/// Entities whose events do not pass.
pub fn held_entities(shard: &Shard) -> Vec<i64> {
    let found = user::as_catalogue_owner(table(), || {
        spi::run_kept(
            "select e.entity from eventlog.held_entity e \
             where e.subscription_id operator(pg_catalog.=) $1 and e.shard operator(pg_catalog.=) $2",
            &key(shard),
            |row| row.long(1),
        )
    });
    found.into_iter().flatten().collect()
}

/// What can be delivered, in order: events that failed and are due, and those that are held behind none any more.
pub fn due(shard: &Shard, blocks: bool, most: i64) -> Vec<Due> {
    select(
        shard,
        "select q.seq, q.event_id, q.entity, q.attempts, q.is_alone, q.is_replayed, q.waits from ( \
            select w.seq, w.event_id, w.entity, w.attempts, w.is_alone, w.is_replayed, true as waits \
            from eventlog.waiting_event w \
            where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2 \
                and w.due_at operator(pg_catalog.<=) pg_catalog.clock_timestamp() \
                and not exists (select from eventlog.waiting_event o \
                    where o.subscription_id operator(pg_catalog.=) $1 and o.shard operator(pg_catalog.=) $2 \
                        and o.entity operator(pg_catalog.=) w.entity and o.seq operator(pg_catalog.<) w.seq) \
            union all \
            select h.seq, h.event_id, h.entity, 0, false, false, false \
            from eventlog.held_event h \
            where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.=) $2 \
                and not exists (select from eventlog.waiting_event o \
                    where o.subscription_id operator(pg_catalog.=) $1 and o.shard operator(pg_catalog.=) $2 \
                        and o.entity operator(pg_catalog.=) h.entity) \
                and not ($3 and exists (select from eventlog.dead_event d \
                    where d.subscription_id operator(pg_catalog.=) $1 and d.shard operator(pg_catalog.=) $2 \
                        and d.entity operator(pg_catalog.=) h.entity)) \
         ) q order by q.seq limit $4",
        [Value::Bool(blocks), Value::Long(Some(most))],
    )
}

/// Those of these numbers that wait or are held.
pub fn parked(shard: &Shard, numbers: &[i64]) -> Vec<Due> {
    select(
        shard,
        "select w.seq, w.event_id, w.entity, w.attempts, w.is_alone, w.is_replayed, true \
         from eventlog.waiting_event w \
         where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2 \
            and w.seq operator(pg_catalog.=) any ($3) \
         union all \
         select h.seq, h.event_id, h.entity, 0, false, false, false from eventlog.held_event h \
         where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.=) $2 \
            and h.seq operator(pg_catalog.=) any ($3) \
            and not exists (select from eventlog.waiting_event o \
                where o.subscription_id operator(pg_catalog.=) $1 and o.shard operator(pg_catalog.=) $2 \
                    and o.seq operator(pg_catalog.=) h.seq) \
         order by 1",
        [Value::LongArray(numbers.to_vec())],
    )
}

/// The lowest number of those that wait or are held.
pub fn first(shard: &Shard) -> Option<i64> {
    let found = user::as_catalogue_owner(table(), || {
        spi::run_kept(
            "select least( \
                (select pg_catalog.min(w.seq) from eventlog.waiting_event w \
                    where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2), \
                (select pg_catalog.min(h.seq) from eventlog.held_event h \
                    where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.=) $2))",
            &key(shard),
            |row| row.long(1),
        )
    });
    found.into_iter().flatten().next()
}

fn select<const N: usize>(shard: &Shard, sql: &'static str, more: [Value<'static>; N]) -> Vec<Due> {
    let values = with(shard, more);
    let found = user::as_catalogue_owner(table(), || {
        spi::run_kept(sql, &values, |row| {
            Some(Due {
                seq: row.long(1)?,
                event_id: row.uuid(2)?,
                entity: row.long(3),
                attempts: row.int(4)?,
                is_alone: row.bool(5)?,
                is_replayed: row.bool(6)?,
                waits: row.bool(7)?,
            })
        })
    });
    found.into_iter().flatten().collect()
}

/// Holds events behind what failed of their entities.
pub fn hold(shard: &Shard, events: &[Place]) {
    if events.is_empty() {
        return;
    }
    let values = with(
        shard,
        [
            Value::LongArray(events.iter().filter_map(|e| e.entity).collect()),
            Value::LongArray(events.iter().map(|e| e.seq).collect()),
            Value::UuidArray(events.iter().map(|e| e.event_id).collect()),
        ],
    );
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.held_event (subscription_id, shard, entity, seq, event_id) \
             select $1, $2, u.entity, u.seq, u.event_id \
             from rows from (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5)) \
                as u (entity, seq, event_id) \
             on conflict (subscription_id, shard, seq) do nothing",
            &values,
        );
        spi::exec(
            "update eventlog.held_entity e set first_seq = h.seq \
             from (select h.entity, pg_catalog.min(h.seq) as seq from eventlog.held_event h \
                where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.=) $2 \
                    and h.entity operator(pg_catalog.=) any ($3) \
                group by h.entity) h \
             where e.subscription_id operator(pg_catalog.=) $1 and e.shard operator(pg_catalog.=) $2 \
                and e.entity operator(pg_catalog.=) h.entity and e.first_seq is distinct from h.seq",
            &values[..3],
        );
    });
}

/// Has an event that failed so often wait for so many microseconds. What comes later of its entity does not pass.
pub fn wait(shard: &Shard, event: &Place, attempts: i32, error: &str, time: i64, is_alone: bool) {
    let values = with(
        shard,
        [
            Value::Long(Some(event.seq)),
            Value::Uuid(event.event_id),
            Value::Long(event.entity),
            Value::Int(Some(attempts)),
            Value::text(error),
            Value::Interval(Some(datum::Interval::of_micros(time))),
            Value::Bool(is_alone),
        ],
    );
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.waiting_event as w \
                (subscription_id, shard, seq, event_id, entity, attempts, due_at, error, is_alone) \
             values ($1, $2, $3, $4, $5, $6, \
                pg_catalog.clock_timestamp() operator(pg_catalog.+) $8, $7, $9) \
             on conflict (subscription_id, shard, seq) do update set attempts = excluded.attempts, \
                due_at = excluded.due_at, error = excluded.error, is_alone = w.is_alone or excluded.is_alone",
            &values,
        );
        spi::exec(
            "delete from eventlog.held_event h where h.subscription_id operator(pg_catalog.=) $1 \
                and h.shard operator(pg_catalog.=) $2 and h.seq operator(pg_catalog.=) $3",
            &with(shard, [Value::Long(Some(event.seq))]),
        );
    });
    block(shard, event.entity);
}

/// Has all that wait for their next attempt be due. Whoever calls it has the shards of the subscription.
pub fn make_due(subscription: i32) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.waiting_event w set due_at = pg_catalog.clock_timestamp() \
             where w.subscription_id operator(pg_catalog.=) $1 \
                and w.due_at operator(pg_catalog.>) pg_catalog.clock_timestamp()",
            &[Value::Int(Some(subscription))],
        );
    });
}

fn block(shard: &Shard, entity: Option<i64>) {
    let Some(entity) = entity else { return };
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.held_entity (subscription_id, shard, entity) values ($1, $2, $3) \
             on conflict (subscription_id, shard, entity) do nothing",
            &with(shard, [Value::Long(Some(entity))]),
        );
    });
}

/// Buries an event that failed so often.
pub fn bury(shard: &Shard, event: &Place, attempts: i32, error: &str, blocks: bool) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.dead_event (subscription_id, shard, seq, event_id, entity, attempts, error) \
             values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (subscription_id, seq) do update set shard = excluded.shard, entity = excluded.entity, \
                attempts = excluded.attempts, error = excluded.error, dead_at = pg_catalog.clock_timestamp()",
            &with(
                shard,
                [
                    Value::Long(Some(event.seq)),
                    Value::Uuid(event.event_id),
                    Value::Long(event.entity),
                    Value::Int(Some(attempts)),
                    Value::text(error),
                ],
            ),
        );
    });
    take(shard, &[event.seq]);
    if blocks {
        block(shard, event.entity);
    }
}

/// Takes events out of those that wait and are held: they are settled.
pub fn take(shard: &Shard, numbers: &[i64]) {
    if numbers.is_empty() {
        return;
    }
    let values = with(shard, [Value::LongArray(numbers.to_vec())]);
    user::as_catalogue_owner(table(), || {
        for sql in [
            "delete from eventlog.waiting_event w where w.subscription_id operator(pg_catalog.=) $1 \
                and w.shard operator(pg_catalog.=) $2 and w.seq operator(pg_catalog.=) any ($3)",
            "delete from eventlog.held_event h where h.subscription_id operator(pg_catalog.=) $1 \
                and h.shard operator(pg_catalog.=) $2 and h.seq operator(pg_catalog.=) any ($3)",
        ] {
            spi::exec(sql, &values);
        }
    });
}

/// Lets entities pass of which nothing waits or is held any more, these or all; says whether anything is left of any.
pub fn let_go(shard: &Shard, blocks: bool, entities: Option<&[i64]>) -> bool {
    let values = with(
        shard,
        [
            Value::Bool(blocks),
            Value::Bool(entities.is_none()),
            Value::LongArray(entities.unwrap_or_default().to_vec()),
        ],
    );
    let left = user::as_catalogue_owner(table(), || {
        spi::exec(
            "delete from eventlog.held_entity e \
             where e.subscription_id operator(pg_catalog.=) $1 and e.shard operator(pg_catalog.=) $2 \
                and ($4 or e.entity operator(pg_catalog.=) any ($5)) \
                and not exists (select from eventlog.waiting_event o \
                    where o.subscription_id operator(pg_catalog.=) $1 and o.shard operator(pg_catalog.=) $2 \
                        and o.entity operator(pg_catalog.=) e.entity) \
                and not exists (select from eventlog.held_event o \
                    where o.subscription_id operator(pg_catalog.=) $1 and o.shard operator(pg_catalog.=) $2 \
                        and o.entity operator(pg_catalog.=) e.entity) \
                and not ($3 and exists (select from eventlog.dead_event d \
                    where d.subscription_id operator(pg_catalog.=) $1 and d.shard operator(pg_catalog.=) $2 \
                        and d.entity operator(pg_catalog.=) e.entity))",
            &values,
        );
        spi::run(
            "select exists (select from eventlog.waiting_event w \
                    where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2) \
                or exists (select from eventlog.held_entity e \
                    where e.subscription_id operator(pg_catalog.=) $1 and e.shard operator(pg_catalog.=) $2)",
            &key(shard),
            |row| row.bool(1),
        )
    });
    left.contains(&Some(true))
}

/// Forgets all that waits or is held.
pub fn clear(shard: &Shard) {
    user::as_catalogue_owner(table(), || {
        for sql in [
            "delete from eventlog.waiting_event w where w.subscription_id operator(pg_catalog.=) $1 \
                and w.shard operator(pg_catalog.=) $2",
            "delete from eventlog.held_event h where h.subscription_id operator(pg_catalog.=) $1 \
                and h.shard operator(pg_catalog.=) $2",
            "delete from eventlog.held_entity e where e.subscription_id operator(pg_catalog.=) $1 \
                and e.shard operator(pg_catalog.=) $2",
        ] {
            spi::exec(sql, &key(shard));
        }
    });
}

/// Takes dead letters of a shard out, these or all; says which they were.
pub fn exhume(shard: &Shard, ids: Option<&[Uuid]>) -> Vec<Place> {
    let values = with(
        shard,
        [
            Value::Bool(ids.is_none()),
            Value::UuidArray(ids.unwrap_or_default().to_vec()),
        ],
    );
    let found = user::as_catalogue_owner(table(), || {
        spi::run(
            "delete from eventlog.dead_event d where d.subscription_id operator(pg_catalog.=) $1 \
                and d.shard operator(pg_catalog.=) $2 and ($3 or d.event_id operator(pg_catalog.=) any ($4)) \
             returning d.seq, d.event_id, d.entity",
            &values,
            |row| {
                Some(Place {
                    seq: row.long(1)?,
                    event_id: row.uuid(2)?,
                    entity: row.long(3),
                })
            },
        )
    });
    found.into_iter().flatten().collect()
}

/// Has what was dead wait, to be delivered at once.
pub fn revive(shard: &Shard, event: &Place) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.waiting_event \
                (subscription_id, shard, seq, event_id, entity, attempts, due_at, is_replayed) \
             values ($1, $2, $3, $4, $5, 0, pg_catalog.clock_timestamp(), true) \
             on conflict (subscription_id, shard, seq) do nothing",
            &with(
                shard,
                [
                    Value::Long(Some(event.seq)),
                    Value::Uuid(event.event_id),
                    Value::Long(event.entity),
                ],
            ),
        );
    });
    block(shard, event.entity);
}
