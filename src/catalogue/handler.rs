//! What is called for events: the rows of `eventlog.handler`.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::datum;
use crate::pg::inval::{self, AsOf};
use crate::pg::memory;
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// A handler as it stands there.
#[derive(Debug, Clone)]
pub struct Handler {
    /// by which it is called
    pub name: String,
    /// the log whose events it is called for
    pub log_id: Uuid,
    /// quoted name of the function, with its schema
    pub handler: String,
    /// the types that it wants; none for all
    pub types: Option<Vec<String>>,
    /// what a type has to match; none for all
    pub pattern: Option<String>,
    /// how that is read
    pub pattern_kind: String,
    /// a jsonb container; none for no filters
    pub filters: Option<Vec<u8>>,
    /// whether it is called behind the transaction
    pub is_async: bool,
    /// whether its errors are kept, and the event written
    pub records: bool,
    /// who made it
    pub made_by: String,
}

fn table() -> Oid {
    relation::lookup("eventlog", "handler")
        .unwrap_or_else(|| Error::other_release("schema eventlog").raise())
}

/// The handler of this name.
pub fn by_name(name: &str) -> Option<Handler> {
    let table = Table::open(table());
    let [column] = table.columns(&[("name", pg_sys::TEXTOID)]);
    let index = relation::lookup("eventlog", "handler_pkey");
    let mut found = read(&table, index, &[(column, Key::Text(name))]);
    found.pop()
}

/// The handlers of a log in the order of their names, and as of when.
pub fn of_log(log_id: Uuid, log: Oid) -> (Vec<Handler>, AsOf) {
    let oid = table();
    inval::watch_catalogue(&[oid]);
    // Opening locks the table and so takes in what was committed before. A change of a log's handlers is announced as
    // a change of its table.
    let table = Table::open(oid);
    let as_of = AsOf::now_with_catalogue(&[log]);
    let [column] = table.columns(&[("log_id", pg_sys::UUIDOID)]);
    let index = relation::lookup("eventlog", "handler_log");
    let mut found = read(&table, index, &[(column, Key::Uuid(log_id))]);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, as_of)
}

/// The async handlers of all logs, in the order of their names.
pub fn all_async() -> Vec<Handler> {
    let table = Table::open(table());
    let mut found = read(&table, None, &[]);
    found.retain(|handler| handler.is_async);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn read(table: &Table, index: Option<Oid>, keys: &[(i16, Key<'_>)]) -> Vec<Handler> {
    let [
        name,
        log,
        handler,
        types,
        pattern,
        kind,
        filters,
        mode,
        on_error,
        made_by,
    ] = table.columns(&[
        ("name", pg_sys::TEXTOID),
        ("log_id", pg_sys::UUIDOID),
        ("handler", pg_sys::TEXTOID),
        ("types", pg_sys::TEXTARRAYOID),
        ("pattern", pg_sys::TEXTOID),
        ("pattern_kind", pg_sys::TEXTOID),
        ("filters", pg_sys::JSONBOID),
        ("mode", pg_sys::TEXTOID),
        ("on_error", pg_sys::TEXTOID),
        ("made_by", pg_sys::TEXTOID),
    ]);
    let mut found = Vec::new();
    table.scan_by(&LatestSnapshot::take(), index, keys, |row: Row<'_>| {
        found.push(Handler {
            name: row.string(name).unwrap_or_default(),
            log_id: row.uuid(log).unwrap_or_default(),
            handler: row.string(handler).unwrap_or_default(),
            types: row.text_array(types),
            pattern: row.string(pattern),
            pattern_kind: row.string(kind).unwrap_or_default(),
            filters: row.jsonb(filters).map(|f| datum::copied(f.stored())),
            is_async: row.text(mode) == Some(b"async"),
            records: row.text(on_error) == Some(b"record"),
            made_by: row.string(made_by).unwrap_or_default(),
        });
    });
    found
}

/// Writes one, in place of what has its name. The log's row is locked.
pub fn store(handler: &Handler) {
    user::as_catalogue_owner(table(), || {
        memory::current(|memory| {
            let filters = handler.filters.as_ref();
            let filters = filters.map(|filters| memory.jsonb(filters).into());
            let text = |is: bool, yes: &str, no: &str| Value::text(if is { yes } else { no });
            spi::exec(
                "insert into eventlog.handler (name, log_id, handler, types, pattern, pattern_kind, filters, mode, \
                    on_error, made_by) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                 on conflict (name) do update set handler = excluded.handler, types = excluded.types, \
                    pattern = excluded.pattern, pattern_kind = excluded.pattern_kind, filters = excluded.filters, \
                    mode = excluded.mode, on_error = excluded.on_error, made_by = excluded.made_by, \
                    made_at = excluded.made_at",
                &[
                    Value::text(handler.name.clone()),
                    Value::Uuid(handler.log_id),
                    Value::text(handler.handler.clone()),
                    Value::TextArray(handler.types.clone()),
                    Value::Text(handler.pattern.clone()),
                    Value::text(handler.pattern_kind.clone()),
                    Value::Given(pg_sys::JSONBOID, filters),
                    text(handler.is_async, "async", "sync"),
                    text(handler.records, "record", "raise"),
                    Value::text(handler.made_by.clone()),
                ],
            );
        });
    });
}

/// Removes one.
pub fn delete(name: &str) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "delete from eventlog.handler where name operator(pg_catalog.=) $1",
            &[Value::text(name)],
        );
    });
}

/// Removes those of a log that is gone.
pub fn forget(log_id: Uuid) {
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "delete from eventlog.handler where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
