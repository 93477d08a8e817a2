//! Where batches of a log end: `eventlog.batch`, and who reads them: `eventlog.batch_reader`.

use crate::error::Error;
use crate::pg::catalog::LatestSnapshot;
use crate::pg::catalog::Table;
use crate::pg::datum;
use crate::pg::lock::Thing;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Bytes;
use crate::pg::{relation, user};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// The last batch of a log.
pub struct Batch {
    /// counts them
    pub number: i64,
    /// microseconds since 2000
    pub closed_at: i64,
    /// where it ends
    pub position: Vec<u8>,
}

fn table() -> Oid {
    relation::lookup("eventlog", "batch")
        .unwrap_or_else(|| Error::other_release("schema eventlog").raise())
}

/// What whoever closes a batch of a log has, until the transaction ends.
pub fn lock(log: Oid) -> Thing {
    Thing {
        class: table(),
        object: log.to_u32(),
        part: 0,
    }
}

/// The last batch of a log, as it is now.
pub fn last(log_id: Uuid) -> Option<Batch> {
    let table = Table::open(table());
    let c = table.columns(&[
        ("number", pg_sys::INT8OID),
        ("closed_at", pg_sys::TIMESTAMPTZOID),
        ("position", pg_sys::BYTEAOID),
    ]);
    let mut last: Option<Batch> = None;
    table.scan(&LatestSnapshot::take(), Some(log_id), |row| {
        let (Some(number), Some(position)) = (row.long(c[0]), row.get::<Bytes<'_>>(c[2])) else {
            return;
        };
        if last.as_ref().is_none_or(|last| last.number < number) {
            last = Some(Batch {
                number,
                closed_at: row.datum(c[1]).and_then(datum::Datum::as_time).unwrap_or(0),
                position: datum::copied(position.0),
            });
        }
    });
    last
}

/// Closes a batch, and removes those that no reader needs: each needs the one that it has read last, from whose end it
/// goes on, and whoever closes the next one needs this one.
pub fn close(log_id: Uuid, batch: Batch) {
    let key = [Value::Uuid(log_id), Value::Long(Some(batch.number))];
    let values = [
        Value::Uuid(log_id),
        Value::Long(Some(batch.number)),
        Value::Time(Some(batch.closed_at)),
        Value::Bytes(Some(batch.position)),
    ];
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.batch (log_id, number, closed_at, position) values ($1, $2, $3, $4)",
            &values,
        );
        spi::exec(
            "delete from eventlog.batch b where b.log_id operator(pg_catalog.=) $1 \
             and b.number operator(pg_catalog.<) least($2, (select min(r.number) \
                from eventlog.batch_reader r where r.log_id operator(pg_catalog.=) $1))",
            &key,
        );
    });
}

/// Takes out those of a log that is gone, and who read them.
pub fn forget(log_id: Uuid) {
    user::as_catalogue_owner(table(), || {
        for table in ["batch", "batch_reader"] {
            spi::exec(
                &format!("delete from eventlog.{table} b where b.log_id operator(pg_catalog.=) $1"),
                &[Value::Uuid(log_id)],
            );
        }
    });
}
