//! Errors of handlers that let the event be written: the rows of `eventlog.handler_failure`, which the view
//! `eventlog.handler_error` shows.

use crate::error::Error;
use crate::pg::rows::RowSink;
use crate::pg::spi::{self, Value};
use crate::pg::user::{self, RoleId};
use crate::pg::{datum::Datum, relation};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// What an error said.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Told {
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub context: Option<String>,
}

fn table() -> Oid {
    relation::lookup("eventlog", "handler_failure")
        .unwrap_or_else(|| Error::other_release("schema eventlog").raise())
}

/// Keeps one, in the transaction that writes the event.
pub fn record(log_id: Uuid, handler: &str, event_id: Uuid, told: Told) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "insert into eventlog.handler_failure (log_id, handler, event_id, sqlstate, message, detail, hint, context) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                Value::Uuid(log_id),
                Value::text(handler),
                Value::Uuid(event_id),
                Value::text(told.sqlstate),
                Value::text(told.message),
                Value::Text(told.detail),
                Value::Text(told.hint),
                Value::Text(told.context),
            ],
        );
    });
}

/// Those of logs whose owner's rights a role has.
pub fn show(role: RoleId, sink: &mut RowSink) {
    user::as_catalogue_owner(table(), || {
        spi::query(
            "select l.relation, f.handler, f.event_id, f.at, f.sqlstate, f.message, f.detail, f.hint, f.context \
             from eventlog.handler_failure f \
             join eventlog.log l on l.log_id operator(pg_catalog.=) f.log_id \
             join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) l.relation::pg_catalog.oid \
             where pg_catalog.pg_has_role($1, c.relowner, 'USAGE') \
             order by f.failure_id",
            &[role.value()],
            |row| {
                let values: [Option<Datum<'_>>; 9] =
                    std::array::from_fn(|i| row.datum(i as i16 + 1));
                sink.push(&values);
            },
        );
    });
}

/// Removes those of a handler, of logs whose owner's rights a role has, from before a time; says how many those were.
pub fn discard(role: RoleId, handler: &str, before: i64) -> i64 {
    user::as_catalogue_owner(table(), || {
        let gone = spi::run(
            "delete from eventlog.handler_failure f \
             using eventlog.log l, pg_catalog.pg_class c \
             where f.handler operator(pg_catalog.=) $1 and f.at operator(pg_catalog.<) $2 \
                and l.log_id operator(pg_catalog.=) f.log_id \
                and c.oid operator(pg_catalog.=) l.relation::pg_catalog.oid \
                and pg_catalog.pg_has_role($3, c.relowner, 'USAGE') \
             returning true",
            &[
                Value::text(handler),
                Value::Given(pg_sys::TIMESTAMPTZOID, Some(Datum::timestamptz(before))),
                role.value(),
            ],
            |_| (),
        );
        i64::try_from(gone.len()).unwrap_or(i64::MAX)
    })
}

/// Removes those of a log that is gone.
pub fn forget(log_id: Uuid) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "delete from eventlog.handler_failure where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
