//! The rules of logs: the rows of `eventlog.event_rule`.

use super::event_type;
use crate::pg::catalog::{LatestSnapshot, Table};
use crate::pg::convert;
use crate::pg::datum::Datum;
use crate::pg::inval::{self, AsOf};
use crate::pg::jsonpath;
use crate::pg::memory::{self, Memory};
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use model::rule::machine::Machine;
use model::rule::{Kind, Rule};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// None where the script is of a release without rules.
fn table() -> Option<Oid> {
    relation::lookup("eventlog", "event_rule")
}

/// Whether the script knows rules.
pub fn is_there() -> bool {
    table().is_some()
}

/// Whether a log has any rules.
pub fn is_any(log_id: Uuid) -> bool {
    let Some(oid) = table() else { return false };
    inval::watch_catalogue(&[oid]);
    let mut is_any = false;
    scan(&Table::open(oid), log_id, |_, _| is_any = true);
    is_any
}

/// The rules of a log in the order of their names, and as of when.
pub fn of_log(log_id: Uuid, log: Oid) -> (Vec<Rule>, AsOf) {
    let Some(oid) = table() else {
        return (Vec::new(), AsOf::now_with_catalogue(&[log]));
    };
    inval::watch_catalogue(&[oid]);
    let mut found = Vec::new();
    // Opening locks the table and so takes in what was committed before. A change of a log's rules is announced as a
    // change of its table.
    let table = Table::open(oid);
    let as_of = AsOf::now_with_catalogue(&[log]);
    scan(&table, log_id, |row, columns| {
        found.extend(read(&row, columns))
    });
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, as_of)
}

/// The rule of this name.
pub fn by_name(log_id: Uuid, name: &str) -> Option<Rule> {
    let mut found = None;
    scan(&Table::open(table()?), log_id, |row, columns| {
        if row.text(columns.name) == Some(name.as_bytes()) {
            found = read(&row, columns);
        }
    });
    found
}

struct Columns {
    name: i16,
    kind: i16,
    event_type: i16,
    predicate: i16,
    message: i16,
    entity_type: i16,
    transitions: i16,
    path: i16,
    types: i16,
    relation: i16,
    column: i16,
    tenant_column: i16,
}

fn scan(table: &Table, log_id: Uuid, mut f: impl FnMut(Row<'_>, &Columns)) {
    let [
        name,
        kind,
        event_type,
        predicate,
        message,
        entity_type,
        transitions,
        path,
        types,
        relation,
        column,
        tenant_column,
    ] = table.columns(&[
        ("name", pg_sys::TEXTOID),
        ("kind", pg_sys::TEXTOID),
        ("type", pg_sys::TEXTOID),
        ("predicate", pg_sys::TEXTOID),
        ("message", pg_sys::TEXTOID),
        ("entity_type", pg_sys::TEXTOID),
        ("transitions", pg_sys::JSONBOID),
        ("path", pg_sys::TEXTOID),
        ("types", pg_sys::TEXTARRAYOID),
        ("relation", pg_sys::REGCLASSOID),
        ("column_name", pg_sys::TEXTOID),
        ("tenant_column", pg_sys::TEXTOID),
    ]);
    let columns = Columns {
        name,
        kind,
        event_type,
        predicate,
        message,
        entity_type,
        transitions,
        path,
        types,
        relation,
        column,
        tenant_column,
    };
    table.scan(&LatestSnapshot::take(), Some(log_id), |row| {
        f(row, &columns)
    });
}

/// None of a kind that only a later release knows.
fn read(row: &Row<'_>, columns: &Columns) -> Option<Rule> {
    let kind = match row.text(columns.kind)? {
        b"check" => Kind::Check {
            event_type: row.string(columns.event_type)?,
            predicate: row.string(columns.predicate)?,
            message: row.string(columns.message),
        },
        b"reference" => {
            let relation = row.oid(columns.relation)?;
            Kind::Reference {
                event_type: row.string(columns.event_type)?,
                path: row.string(columns.path)?,
                // One that is gone has its number for a name, which is nobody's.
                relation: relation::quoted(relation).unwrap_or_else(|| relation::display(relation)),
                column: row.string(columns.column)?,
                tenant_column: row.string(columns.tenant_column),
            }
        }
        b"transition" => {
            let transitions = row.jsonb(columns.transitions)?;
            let text = convert::to_text(transitions.into());
            let transitions = serde_json::from_str(&text).ok()?;
            Kind::Transition {
                entity_type: row.string(columns.entity_type)?,
                machine: Machine::read(transitions).ok()?,
                path: row.string(columns.path),
                types: row.text_array(columns.types),
            }
        }
        _ => return None,
    };
    let name = row.string(columns.name)?;
    Some(Rule { name, kind })
}

impl Columns {
    /// Values of the columns that say what a rule demands.
    fn of<'m>(kind: &Kind, memory: Memory<'m>) -> [Value<'m>; 10] {
        let none = || Value::Text(None);
        let no_document = Value::Given(pg_sys::JSONBOID, None);
        let no_relation = Value::Given(pg_sys::REGCLASSOID, None);
        match kind {
            Kind::Check {
                event_type,
                predicate,
                message,
            } => [
                Value::text(event_type.clone()),
                Value::text(predicate.clone()),
                Value::Text(message.clone()),
                none(),
                no_document,
                none(),
                Value::TextArray(None),
                no_relation,
                none(),
                none(),
            ],
            Kind::Reference {
                event_type,
                path,
                relation,
                column,
                tenant_column,
            } => [
                Value::text(event_type.clone()),
                none(),
                none(),
                none(),
                no_document,
                Value::text(path.clone()),
                Value::TextArray(None),
                Value::Given(
                    pg_sys::REGCLASSOID,
                    relation_named(relation).map(Datum::regclass),
                ),
                Value::text(column.clone()),
                Value::Text(tenant_column.clone()),
            ],
            Kind::Transition {
                entity_type,
                machine,
                path,
                types,
            } => {
                let document = jsonpath::document(&machine.value().to_string(), memory);
                [
                    none(),
                    none(),
                    none(),
                    Value::text(entity_type.clone()),
                    Value::Given(pg_sys::JSONBOID, Some(document.into())),
                    Value::Text(path.clone()),
                    Value::TextArray(types.clone()),
                    no_relation,
                    none(),
                    none(),
                ]
            }
        }
    }
}

/// Writes one, in place of what has its name, in the name of `role`; whether that changed anything.
pub fn store(log_id: Uuid, rule: &Rule, role: &str) -> bool {
    event_type::as_catalogue_owner(log_id, || {
        if by_name(log_id, &rule.name).as_ref() == Some(rule) {
            return false;
        }
        memory::current(|memory| {
            let row = Columns::of(&rule.kind, memory);
            spi::exec(
                "insert into eventlog.event_rule (log_id, name, kind, made_by, type, predicate, message, entity_type, \
                    transitions, path, types, relation, column_name, tenant_column) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
                 on conflict (log_id, name) do update set kind = excluded.kind, made_by = excluded.made_by, \
                    made_at = excluded.made_at, type = excluded.type, predicate = excluded.predicate, \
                    message = excluded.message, entity_type = excluded.entity_type, \
                    transitions = excluded.transitions, path = excluded.path, types = excluded.types, \
                    relation = excluded.relation, column_name = excluded.column_name, \
                    tenant_column = excluded.tenant_column",
                &[
                    &[
                        Value::Uuid(log_id),
                        Value::text(rule.name.clone()),
                        Value::text(rule.kind.name()),
                        Value::text(role),
                    ][..],
                    &row,
                ]
                .concat(),
            );
        });
        true
    })
}

/// The relation of this name, quoted where SQL needs it; none where there is none.
pub fn relation_named(name: &str) -> Option<Oid> {
    let find = "select pg_catalog.to_regclass($1)::pg_catalog.oid";
    let found = user::with_pinned_path(|| {
        spi::query(find, &[Value::text(name.to_owned())], |row| row.oid(1))
    });
    found.into_iter().next().flatten()
}

/// Puts back the rules of a log that lost them, but for those about relations that are not there; its owner has been
/// checked.
pub fn restore(log_id: Uuid, rules: &[Rule]) {
    let role = user::current_role();
    let is_there = |rule: &&Rule| match &rule.kind {
        Kind::Reference { relation, .. } => relation_named(relation).is_some(),
        Kind::Check { .. } | Kind::Transition { .. } => true,
    };
    for rule in rules.iter().filter(is_there) {
        store(log_id, rule, &role);
    }
}

/// Removes one; whether there was one.
pub fn delete(log_id: Uuid, name: &str) -> bool {
    event_type::as_catalogue_owner(log_id, || {
        let gone = spi::run(
            "delete from eventlog.event_rule \
             where log_id operator(pg_catalog.=) $1 and name operator(pg_catalog.=) $2 returning true",
            &[Value::Uuid(log_id), Value::text(name)],
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
            "delete from eventlog.event_rule where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
