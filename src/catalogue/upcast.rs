//! The upcasts of logs: the rows of `eventlog.upcast`.

use super::event_type;
use crate::pg::catalog::{LatestSnapshot, Table};
use crate::pg::convert;
use crate::pg::inval::{self, AsOf};
use crate::pg::jsonpath;
use crate::pg::memory;
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use model::upcast::{How, Steps, Upcast};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// None where the script is of a release without upcasts.
fn table() -> Option<Oid> {
    relation::lookup("eventlog", "upcast")
}

/// The upcasts of a log, and as of when.
pub fn of_log(log_id: Uuid, log: Oid) -> (Vec<Upcast>, AsOf) {
    let Some(oid) = table() else {
        return (Vec::new(), AsOf::now_with_catalogue(&[log]));
    };
    inval::watch_catalogue(&[oid]);
    let mut found = Vec::new();
    // Opening locks the table and so takes in what was committed before. A change of a log's upcasts is announced as a
    // change of its table.
    let table = Table::open(oid);
    let as_of = AsOf::now_with_catalogue(&[log]);
    scan(&table, log_id, |upcast| found.push(upcast));
    (found, as_of)
}

/// The one between two versions.
fn between(log_id: Uuid, event_type: &str, from: i32, to: i32) -> Option<Upcast> {
    let mut found = None;
    scan(&Table::open(table()?), log_id, |upcast| {
        if upcast.event_type == event_type && (upcast.from, upcast.to) == (from, to) {
            found = Some(upcast);
        }
    });
    found
}

fn scan(table: &Table, log_id: Uuid, mut f: impl FnMut(Upcast)) {
    let columns = table.columns(&[
        ("type", pg_sys::TEXTOID),
        ("from_version", pg_sys::INT4OID),
        ("to_version", pg_sys::INT4OID),
        ("steps", pg_sys::JSONBOID),
        ("handler", pg_sys::TEXTOID),
    ]);
    table.scan(&LatestSnapshot::take(), Some(log_id), |row| {
        if let Some(upcast) = read(&row, columns) {
            f(upcast);
        }
    });
}

/// None of a kind that only a later release knows.
fn read(row: &Row<'_>, [name, from, to, steps, handler]: [i16; 5]) -> Option<Upcast> {
    let how = match row.string(handler) {
        Some(handler) => How::Handler(handler),
        None => {
            let text = convert::to_text(row.jsonb(steps)?.into());
            How::Steps(Steps::read(serde_json::from_str(&text).ok()?).ok()?)
        }
    };
    Some(Upcast {
        event_type: row.string(name)?,
        from: row.int(from)?,
        to: row.int(to)?,
        how,
    })
}

/// Writes one, in place of what stands between its versions, in the name of `role`; whether that changed anything.
pub fn store(log_id: Uuid, upcast: &Upcast, role: &str) -> bool {
    event_type::as_catalogue_owner(log_id, || {
        let old = between(log_id, &upcast.event_type, upcast.from, upcast.to);
        if old.as_ref() == Some(upcast) {
            return false;
        }
        memory::current(|memory| {
            let (steps, handler) = match &upcast.how {
                How::Steps(steps) => {
                    let document = jsonpath::document(&steps.value().to_string(), memory);
                    (Some(document.into()), None)
                }
                How::Handler(handler) => (None, Some(handler.clone())),
            };
            spi::exec(
                "insert into eventlog.upcast (log_id, type, from_version, to_version, steps, handler, made_by) \
                 values ($1, $2, $3, $4, $5, $6, $7) \
                 on conflict (log_id, type, from_version, to_version) do update set steps = excluded.steps, \
                    handler = excluded.handler, made_by = excluded.made_by, made_at = excluded.made_at",
                &[
                    Value::Uuid(log_id),
                    Value::text(upcast.event_type.clone()),
                    Value::Int(Some(upcast.from)),
                    Value::Int(Some(upcast.to)),
                    Value::Given(pg_sys::JSONBOID, steps),
                    Value::Text(handler),
                    Value::text(role),
                ],
            );
        });
        true
    })
}

/// Puts back the upcasts of a log that lost them; its owner has been checked.
pub fn restore(log_id: Uuid, upcasts: &[Upcast]) {
    if table().is_none() {
        return;
    }
    let role = user::current_role();
    for upcast in upcasts {
        store(log_id, upcast, &role);
    }
}

/// Removes one; whether there was one.
pub fn delete(log_id: Uuid, event_type: &str, from: i32, to: i32) -> bool {
    event_type::as_catalogue_owner(log_id, || {
        let gone = spi::run(
            "delete from eventlog.upcast \
             where log_id operator(pg_catalog.=) $1 and type operator(pg_catalog.=) $2 \
                and from_version operator(pg_catalog.=) $3 and to_version operator(pg_catalog.=) $4 returning true",
            &[
                Value::Uuid(log_id),
                Value::text(event_type),
                Value::Int(Some(from)),
                Value::Int(Some(to)),
            ],
            |_| (),
        );
        !gone.is_empty()
    })
}

/// Removes those of a log that is gone.
pub fn forget(log_id: Uuid) {
    if table().is_none() {
        return;
    }
    event_type::as_catalogue_owner(log_id, || {
        spi::exec(
            "delete from eventlog.upcast where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
