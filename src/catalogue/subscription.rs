//! Subscriptions: `eventlog.subscription`.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::datum::{self, Interval};
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Bytes;
use crate::pg::{relation, user};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// What a subscription asks for, and how it is delivered.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Subscription {
    pub id: i32,
    pub name: String,
    pub log_id: Uuid,
    pub role: String,
    pub types: Option<Vec<String>>,
    pub pattern: Option<String>,
    pub pattern_kind: String,
    /// a jsonb container
    pub filters: Option<Vec<u8>>,
    pub max_attempts: i32,
    pub ordered_by: String,
    pub shards: i32,
    /// how many there will be when all have read up to the boundary
    pub next_shards: Option<i32>,
    /// a position at it
    pub boundary: Option<Vec<u8>>,
    pub on_dead: String,
    pub retry_base: Interval,
    pub retry_max: Interval,
    pub keep: Interval,
    /// another one after each change
    pub revision: Uuid,
    pub is_paused: bool,
}

/// The subscription of this name.
pub fn by_name(name: &str) -> Option<Subscription> {
    let table = Table::open(table());
    let c = table.columns(&[
        ("subscription_id", pg_sys::INT4OID),
        ("name", pg_sys::TEXTOID),
        ("log_id", pg_sys::UUIDOID),
        ("role", pg_sys::TEXTOID),
        ("types", pg_sys::TEXTARRAYOID),
        ("pattern", pg_sys::TEXTOID),
        ("pattern_kind", pg_sys::TEXTOID),
        ("filters", pg_sys::JSONBOID),
        ("max_attempts", pg_sys::INT4OID),
        ("ordered_by", pg_sys::TEXTOID),
        ("shards", pg_sys::INT4OID),
        ("on_dead", pg_sys::TEXTOID),
        ("retry_base", pg_sys::INTERVALOID),
        ("retry_max", pg_sys::INTERVALOID),
        ("keep", pg_sys::INTERVALOID),
        ("revision", pg_sys::UUIDOID),
        ("is_paused", pg_sys::BOOLOID),
        ("next_shards", pg_sys::INT4OID),
        ("boundary", pg_sys::BYTEAOID),
    ]);
    let index = relation::lookup("eventlog", "subscription_name");
    let mut found = None;
    let key = [(c[1], Key::Text(name))];
    table.scan_by(&LatestSnapshot::take(), index, &key, |row| {
        found = (|| {
            Some(Subscription {
                id: row.int(c[0])?,
                name: row.string(c[1])?,
                log_id: row.uuid(c[2])?,
                role: row.string(c[3])?,
                types: row.text_array(c[4]),
                pattern: row.string(c[5]),
                pattern_kind: row.string(c[6])?,
                filters: row.jsonb(c[7]).map(|filters| filters.stored().to_vec()),
                max_attempts: row.int(c[8])?,
                ordered_by: row.string(c[9])?,
                shards: row.int(c[10])?,
                on_dead: row.string(c[11])?,
                retry_base: row.interval(c[12])?,
                retry_max: row.interval(c[13])?,
                keep: row.interval(c[14])?,
                revision: row.uuid(c[15])?,
                is_paused: row.bool(c[16])?,
                next_shards: row.int(c[17]),
                boundary: row
                    .get::<Bytes<'_>>(c[18])
                    .map(|bytes| datum::copied(bytes.0)),
            })
        })();
    });
    found
}

/// The revision of one as it is now; none where it is gone.
pub fn revision(id: i32) -> Option<Uuid> {
    let table = Table::open(table());
    let c = table.columns(&[
        ("subscription_id", pg_sys::INT4OID),
        ("revision", pg_sys::UUIDOID),
    ]);
    let mut found = None;
    let key = [(c[0], Key::Int(id))];
    table.scan_by(&LatestSnapshot::take(), table.primary_key(), &key, |row| {
        found = row.uuid(c[1]);
    });
    found
}

/// The parameters of what writes one.
fn values(s: &Subscription) -> Vec<Value<'static>> {
    vec![
        Value::Int(Some(s.id)),
        Value::text(s.name.clone()),
        Value::Uuid(s.log_id),
        Value::text(s.role.clone()),
        Value::TextArray(s.types.clone()),
        Value::Text(s.pattern.clone()),
        Value::text(s.pattern_kind.clone()),
        Value::Jsonb(s.filters.clone()),
        Value::Int(Some(s.max_attempts)),
        Value::text(s.ordered_by.clone()),
        Value::Int(Some(s.shards)),
        Value::text(s.on_dead.clone()),
        Value::Interval(Some(s.retry_base)),
        Value::Interval(Some(s.retry_max)),
        Value::Interval(Some(s.keep)),
    ]
}

/// Enters a new one, whose number it gives, each of whose shards begins at this position; none where there is one of
/// that name.
pub fn insert(new: &Subscription, position: Vec<u8>, system: i64) -> Option<i32> {
    let mut values = values(new);
    user::as_catalogue_owner(table(), || {
        // Numbers are given one after the other.
        spi::exec(
            "lock table eventlog.subscription in share row exclusive mode",
            &[],
        );
        let next = spi::run(
            "select coalesce(pg_catalog.max(s.subscription_id), 0) operator(pg_catalog.+) 1 \
             from eventlog.subscription s",
            &[],
            |row| row.int(1),
        );
        let id = next.into_iter().flatten().next().unwrap_or(1);
        values[0] = Value::Int(Some(id));
        let made = spi::run(
            "insert into eventlog.subscription (subscription_id, name, log_id, role, types, pattern, pattern_kind, \
                filters, max_attempts, ordered_by, shards, on_dead, retry_base, retry_max, keep) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
             on conflict (name) do nothing returning true",
            &values,
            |_| (),
        );
        if made.is_empty() {
            return None;
        }
        spi::exec(
            "insert into eventlog.subscription_shard (subscription_id, shard, position, system_identifier) \
             select $1, n, $3, $4 from pg_catalog.generate_series(0, $2 operator(pg_catalog.-) 1) as n",
            &[
                Value::Int(Some(id)),
                Value::Int(Some(new.shards)),
                Value::Bytes(Some(position)),
                Value::Long(Some(system)),
            ],
        );
        Some(id)
    })
}

/// Brings what can be changed of one to what it is here.
pub fn update(changed: &Subscription) {
    let values = values(changed);
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.subscription set name = $2, log_id = $3, role = $4, types = $5, pattern = $6, \
                pattern_kind = $7, filters = $8, max_attempts = $9, ordered_by = $10, shards = $11, on_dead = $12, \
                retry_base = $13, retry_max = $14, keep = $15, revision = pg_catalog.gen_random_uuid() \
             where subscription_id operator(pg_catalog.=) $1",
            &values,
        );
    });
}

/// Has one read up to a boundary, and then be split anew; or not, where there is none.
pub fn plan_shards(id: i32, next: Option<(i32, Vec<u8>)>) {
    let (number, boundary) = next.unzip();
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.subscription set next_shards = $2, boundary = $3, revision = pg_catalog.gen_random_uuid() \
             where subscription_id operator(pg_catalog.=) $1",
            &[
                Value::Int(Some(id)),
                Value::Int(number),
                Value::Bytes(boundary),
            ],
        );
    });
}

/// It has so many shards from now on.
pub fn set_shards(id: i32, shards: i32) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.subscription set shards = $2, next_shards = null, boundary = null, \
                revision = pg_catalog.gen_random_uuid() \
             where subscription_id operator(pg_catalog.=) $1",
            &[Value::Int(Some(id)), Value::Int(Some(shards))],
        );
    });
}

/// Takes one out, with all that hangs on it.
pub fn delete(id: i32) {
    user::as_catalogue_owner(table(), || {
        for table in [
            "waiting_event",
            "held_event",
            "held_entity",
            "dead_event",
            "subscription_shard",
            "subscription",
        ] {
            spi::exec(
                &format!(
                    "delete from eventlog.{table} s where s.subscription_id operator(pg_catalog.=) $1"
                ),
                &[Value::Int(Some(id))],
            );
        }
    });
}

/// Takes out those of a log that is gone.
pub fn forget(log_id: Uuid) {
    let found = user::as_catalogue_owner(table(), || {
        spi::run(
            "select s.subscription_id from eventlog.subscription s where s.log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
            |row| row.int(1),
        )
    });
    found.into_iter().flatten().for_each(delete);
}

/// Stops delivering, or goes on.
pub fn pause(id: i32, is_paused: bool) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.subscription set is_paused = $2 \
             where subscription_id operator(pg_catalog.=) $1 and is_paused operator(pg_catalog.<>) $2",
            &[Value::Int(Some(id)), Value::Bool(is_paused)],
        );
    });
}

/// Subscriptions of a log, with their roles, from which policies hide events: they stop.
pub fn stopped(log_id: Uuid, log: Oid) -> Vec<(String, String)> {
    let found = user::as_catalogue_owner(table(), || {
        spi::run(
            "select s.name, s.role from eventlog.subscription s \
             join pg_catalog.pg_roles r on r.rolname operator(pg_catalog.=) s.role \
             where s.log_id operator(pg_catalog.=) $1 \
                and not eventlog._reads_all($2::pg_catalog.oid::pg_catalog.regclass, r.oid) \
             order by s.name",
            &[Value::Uuid(log_id), Value::Oid(log)],
            |row| row.string(1).zip(row.string(2)),
        )
    });
    found.into_iter().flatten().collect()
}

/// The table `eventlog.subscription`.
pub fn table() -> Oid {
    relation::lookup("eventlog", "subscription")
        .unwrap_or_else(|| Error::other_release("table \"eventlog.subscription\"").raise())
}
