//! How far the shards of a subscription are: `eventlog.subscription_shard`.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::datum;
use crate::pg::lock::Thing;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::{Bytes, Row};
use crate::pg::{relation, user};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// One shard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Shard {
    pub subscription: i32,
    pub shard: i32,
    /// where the open receipt begins, or the next one will
    pub position: Vec<u8>,
    /// where the next one begins when the open one is settled
    pub next: Option<Vec<u8>>,
    /// the cluster that gave the receipt
    pub system: i64,
    pub receipt: i64,
    /// what its upper bits are above the timeline
    pub receipt_base: i32,
    pub is_open: bool,
    /// microseconds since 2000
    pub lease_until: Option<i64>,
    pub holder: Option<i32>,
    pub handed_to: Option<i64>,
    pub extras: Vec<i64>,
    pub unsettled: i32,
    pub settled: Vec<i64>,
    pub expiries: i32,
    pub careful: i32,
    pub has_parked: bool,
    /// events in a thousand seconds, as of `rated_at`
    pub rate: i64,
    pub rated_at: Option<i64>,
}

impl Shard {
    /// What whoever changes it has, until the transaction ends.
    pub fn lock(subscription: i32, shard: i32) -> Thing {
        Thing {
            class: table(),
            object: subscription as u32,
            part: shard as u16,
        }
    }

    /// It as it is now.
    pub fn read(subscription: i32, shard: i32) -> Option<Shard> {
        let mut found = None;
        scan(subscription, Some(shard), |row| found = Some(row));
        found
    }

    /// All of a subscription.
    pub fn all(subscription: i32) -> Vec<Shard> {
        let mut found = Vec::new();
        scan(subscription, None, |row| found.push(row));
        found.sort_unstable_by_key(|shard| shard.shard);
        found
    }

    /// Brings its row to what it is here. Its lock is held; a transaction that keeps an older snapshot than the last
    /// change is told so by Postgres.
    pub fn write(&self) {
        let values = [
            Value::Int(Some(self.subscription)),
            Value::Int(Some(self.shard)),
            Value::Bytes(Some(self.position.clone())),
            Value::Bytes(self.next.clone()),
            Value::Long(Some(self.receipt)),
            Value::Bool(self.is_open),
            Value::Time(self.lease_until),
            Value::Int(self.holder),
            Value::Long(self.handed_to),
            Value::LongArray(self.extras.clone()),
            Value::Int(Some(self.unsettled)),
            Value::LongArray(self.settled.clone()),
            Value::Int(Some(self.expiries)),
            Value::Int(Some(self.careful)),
            Value::Bool(self.has_parked),
            Value::Int(Some(self.receipt_base)),
            Value::Long(Some(self.rate)),
            Value::Time(self.rated_at),
        ];
        let written = user::as_catalogue_owner(table(), || {
            spi::run_kept(
                "update eventlog.subscription_shard set position = $3, next = $4, receipt = $5, is_open = $6, \
                    lease_until = $7, holder = $8, handed_to = $9, extras = $10, unsettled = $11, settled = $12, \
                    expiries = $13, careful = $14, has_parked = $15, receipt_base = $16, rate = $17, rated_at = $18 \
                 where subscription_id operator(pg_catalog.=) $1 and shard operator(pg_catalog.=) $2 \
                 returning true",
                &values,
                |_| (),
            )
        });
        if written.is_empty() {
            Error::internal("a shard of a subscription is gone").raise();
        }
    }
}

/// Has receipts of a shard, which has been written, count in this cluster.
pub fn enter(shard: &Shard) {
    let values = [
        Value::Int(Some(shard.subscription)),
        Value::Int(Some(shard.shard)),
        Value::Long(Some(shard.system)),
    ];
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "update eventlog.subscription_shard set system_identifier = $3 \
             where subscription_id operator(pg_catalog.=) $1 and shard operator(pg_catalog.=) $2",
            &values,
        );
    });
}

/// Splits a subscription into so many shards, each of which is as this one but for its number. What waits, is held or is
/// dead goes to the shard of its entity; what keeps no order, to any.
pub fn split(subscription: i32, shards: i32, first: &Shard) {
    const MOVE: &str = "(case \
        when e.entity is null then e.shard operator(pg_catalog.%) $2 \
        when e.entity operator(pg_catalog.>=) 0 then e.entity operator(pg_catalog.%) $2 \
        else (e.entity operator(pg_catalog.+) 18446744073709551616) operator(pg_catalog.%) $2 end)::int4";
    let key = [Value::Int(Some(subscription)), Value::Int(Some(shards))];
    let all = [
        Value::Int(Some(subscription)),
        Value::Int(Some(shards)),
        Value::Bytes(Some(first.position.clone())),
        Value::Long(Some(first.receipt)),
        Value::Int(Some(first.receipt_base)),
        Value::Long(Some(first.system)),
    ];
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.subscription_shard as h \
                (subscription_id, shard, position, receipt, receipt_base, system_identifier) \
             select $1, n, $3, $4, $5, $6 from pg_catalog.generate_series(0, $2 operator(pg_catalog.-) 1) as n \
             on conflict (subscription_id, shard) do update set position = excluded.position, next = null, \
                receipt = excluded.receipt, receipt_base = excluded.receipt_base, is_open = false, lease_until = null, \
                holder = null, handed_to = null, extras = '{}', unsettled = 0, settled = '{}', expiries = 0, careful = 0, \
                system_identifier = excluded.system_identifier",
            &all,
        );
        for table in ["waiting_event", "held_event", "held_entity", "dead_event"] {
            spi::exec(
                &format!(
                    "update eventlog.{table} e set shard = {MOVE} where e.subscription_id operator(pg_catalog.=) $1"
                ),
                &key,
            );
        }
        spi::exec(
            "delete from eventlog.subscription_shard h \
             where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.>=) $2",
            &key,
        );
        spi::exec(
            "update eventlog.subscription_shard h set has_parked = \
                exists (select from eventlog.waiting_event w where w.subscription_id operator(pg_catalog.=) $1 \
                    and w.shard operator(pg_catalog.=) h.shard) \
                or exists (select from eventlog.held_entity e where e.subscription_id operator(pg_catalog.=) $1 \
                    and e.shard operator(pg_catalog.=) h.shard) \
             where h.subscription_id operator(pg_catalog.=) $1",
            &key[..1],
        );
    });
}

/// The positions of all subscriptions of a log.
pub fn positions(log_id: Uuid) -> Vec<Vec<u8>> {
    let found = user::as_catalogue_owner(table(), || {
        spi::run(
            "select h.position from eventlog.subscription_shard h \
             join eventlog.subscription s on s.subscription_id operator(pg_catalog.=) h.subscription_id \
             where s.log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
            |row| bytes(&row, 1),
        )
    });
    found.into_iter().flatten().collect()
}

fn bytes(row: &Row<'_>, column: i16) -> Option<Vec<u8>> {
    row.get::<Bytes<'_>>(column)
        .map(|bytes| datum::copied(bytes.0))
}

fn scan(subscription: i32, shard: Option<i32>, mut f: impl FnMut(Shard)) {
    let table = Table::open(table());
    let c = table.columns(&[
        ("subscription_id", pg_sys::INT4OID),
        ("shard", pg_sys::INT4OID),
        ("position", pg_sys::BYTEAOID),
        ("next", pg_sys::BYTEAOID),
        ("receipt", pg_sys::INT8OID),
        ("is_open", pg_sys::BOOLOID),
        ("lease_until", pg_sys::TIMESTAMPTZOID),
        ("holder", pg_sys::INT4OID),
        ("handed_to", pg_sys::INT8OID),
        ("extras", pg_sys::INT8ARRAYOID),
        ("unsettled", pg_sys::INT4OID),
        ("settled", pg_sys::INT8ARRAYOID),
        ("expiries", pg_sys::INT4OID),
        ("careful", pg_sys::INT4OID),
        ("has_parked", pg_sys::BOOLOID),
        ("receipt_base", pg_sys::INT4OID),
        ("system_identifier", pg_sys::INT8OID),
        ("rate", pg_sys::INT8OID),
        ("rated_at", pg_sys::TIMESTAMPTZOID),
    ]);
    let mut keys = vec![(c[0], Key::Int(subscription))];
    keys.extend(shard.map(|shard| (c[1], Key::Int(shard))));
    table.scan_by(&LatestSnapshot::take(), table.primary_key(), &keys, |row| {
        let read = || {
            Some(Shard {
                subscription: row.int(c[0])?,
                shard: row.int(c[1])?,
                position: bytes(&row, c[2])?,
                next: bytes(&row, c[3]),
                receipt: row.long(c[4])?,
                is_open: row.bool(c[5])?,
                lease_until: row.long(c[6]),
                holder: row.int(c[7]),
                handed_to: row.long(c[8]),
                extras: row.bigint_array(c[9])?,
                unsettled: row.int(c[10])?,
                settled: row.bigint_array(c[11])?,
                expiries: row.int(c[12])?,
                careful: row.int(c[13])?,
                has_parked: row.bool(c[14])?,
                receipt_base: row.int(c[15])?,
                system: row.long(c[16])?,
                rate: row.long(c[17])?,
                rated_at: row.long(c[18]),
            })
        };
        if let Some(shard) = read() {
            f(shard);
        }
    });
}

/// The table `eventlog.subscription_shard`.
pub fn table() -> Oid {
    relation::lookup("eventlog", "subscription_shard")
        .unwrap_or_else(|| Error::other_release("table \"eventlog.subscription_shard\"").raise())
}
