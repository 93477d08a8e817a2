//! What happened to the columns of tracked tables: `eventlog.column_change`.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::relation;
use model::entity::names::{ColumnChange, History, WordChange};
use pgrx::pg_sys;
use uuid::Uuid;

/// What happened to the columns of these trackings. Read with the newest snapshot, as the names of
/// the columns themselves are.
pub fn history_of(trackings: &[Uuid]) -> History {
    let oid = relation::lookup("eventlog", "column_change")
        .unwrap_or_else(|| Error::internal("table \"eventlog.column_change\" is missing").raise());
    let table = Table::open(oid);
    let [id, tracking, at, action, column, new_name, word] = table.columns(&[
        ("id", pg_sys::UUIDOID),
        ("tracking_id", pg_sys::UUIDOID),
        ("at", pg_sys::TIMESTAMPTZOID),
        ("action", pg_sys::TEXTOID),
        ("column_name", pg_sys::TEXTOID),
        ("new_name", pg_sys::TEXTOID),
        ("word", pg_sys::TEXTOID),
    ]);
    let index = relation::lookup("eventlog", "column_change_tracking");
    let snapshot = LatestSnapshot::take();
    let mut found = Vec::new();
    for of in trackings {
        table.scan_by(&snapshot, index, &[(tracking, Key::Uuid(*of))], |row| {
            if let Some(at) = row.long(at) {
                found.push((
                    (at, row.uuid(id)),
                    row.string(action).unwrap_or_default(),
                    row.string(column).unwrap_or_default(),
                    row.string(new_name),
                    row.string(word),
                ));
            }
        });
    }
    found.sort_by_key(|row| row.0);
    let mut history = History::default();
    for ((at, _), action, column, new_name, word) in found {
        match (action.as_str(), word) {
            ("reassigned", _) => history.reassigned.push(at),
            ("respelled", _) => history.respelled.push(at),
            ("reworded", Some(word)) => history.words.push(WordChange {
                at,
                column,
                word,
                now: new_name,
            }),
            _ => history.columns.push(ColumnChange {
                at,
                column,
                new_name,
                anew: matches!(action.as_str(), "added" | "rewritten"),
            }),
        }
    }
    history
}
