//! What happened to the columns of tracked tables: `eventlog.column_change`.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
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

/// What happened to a column of a tracked table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Happened {
    /// what it held before is not known
    Added {
        column: String,
    },
    /// it is there, or tracked, no more
    Dropped {
        column: String,
    },
    Renamed {
        from: String,
        to: String,
    },
    /// what events say of it is in other terms
    Rewritten {
        column: String,
    },
    /// it is in the key, and equal keys may be written in several ways since
    Respelled {
        column: String,
    },
    /// a word in which its values are told is another one now, or says something else
    Reworded {
        column: String,
        word: String,
        now: Option<String>,
    },
    /// the tenant of its rows comes from another column, or from none
    Reassigned {
        column: Option<String>,
    },
}

/// Notes what happened to columns.
pub fn note(id: Uuid, changes: &[Happened]) {
    if changes.is_empty() {
        return;
    }
    let Some(table) = relation::lookup("eventlog", "column_change") else {
        Error::internal("table \"eventlog.column_change\" is missing").raise();
    };
    user::as_catalogue_owner(table, || {
        for change in changes {
            let (action, column, new_name, word) = match change {
                Happened::Added { column } => ("added", Some(column), None, None),
                Happened::Dropped { column } => ("dropped", Some(column), None, None),
                Happened::Renamed { from, to } => ("renamed", Some(from), Some(to), None),
                Happened::Rewritten { column } => ("rewritten", Some(column), None, None),
                Happened::Respelled { column } => ("respelled", Some(column), None, None),
                Happened::Reworded { column, word, now } => {
                    ("reworded", Some(column), now.as_ref(), Some(word))
                }
                Happened::Reassigned { column } => ("reassigned", column.as_ref(), None, None),
            };
            spi::exec(
                "insert into eventlog.column_change \
                    (tracking_id, action, column_name, new_name, word) \
                 values ($1, $2, $3, $4, $5)",
                &[
                    Value::Uuid(id),
                    Value::text(action),
                    Value::Text(column.cloned()),
                    Value::Text(new_name.cloned()),
                    Value::Text(word.cloned()),
                ],
            );
        }
    });
}
