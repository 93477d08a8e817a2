//! Rows of trackings in the catalogue, written as its owner.

use super::config::{self, Tracking};
use crate::error::Error;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use pgrx::pg_sys::Oid;
use uuid::Uuid;

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

/// Enters a new tracking, in the name of the current role.
pub fn begin(tracking: &Tracking) {
    let Some(oid) = tracking.relation else {
        return;
    };
    let mut values = options(tracking);
    values.extend([
        Value::Oid(oid),
        Value::Uuid(tracking.log_id),
        Value::text(user::current_role()),
    ]);
    user::as_catalogue_owner(config::table(), || {
        spi::exec(
            "insert into eventlog.tracked_table (tracking_id, entity_type, fields, ignore, \
                tenant_column, state_column, deleted_column, carry_values, on_truncate, relation, \
                log_id, tracked_by) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::pg_catalog.oid::pg_catalog.regclass, \
                $11, $12)",
            &values,
        );
    });
}

/// Brings a tracking's options to what they are here.
pub fn update(tracking: &Tracking) {
    change(
        tracking,
        "update eventlog.tracked_table set entity_type = $2, fields = $3, ignore = $4, \
            tenant_column = $5, state_column = $6, deleted_column = $7, carry_values = $8, \
            on_truncate = $9 \
         where tracking_id operator(pg_catalog.=) $1 returning true",
        &options(tracking),
    );
}

/// Ends a tracking. Its row stays: events tell of it.
pub fn end(tracking: &Tracking) {
    change(
        tracking,
        "update eventlog.tracked_table \
         set relation = null, tracked_until = pg_catalog.clock_timestamp() \
         where tracking_id operator(pg_catalog.=) $1 returning true",
        &[Value::Uuid(tracking.id)],
    );
}

/// Changes a row that was read with the newest snapshot, which the transaction's own may not show.
fn change(tracking: &Tracking, sql: &'static str, values: &[Value]) {
    let changed = user::as_catalogue_owner(config::table(), || spi::run(sql, values, |_| ()));
    if changed.is_empty() {
        Error::Outdated {
            relation: tracking.relation.map(relation::display).unwrap_or_default(),
        }
        .raise();
    }
}

fn options(tracking: &Tracking) -> Vec<Value> {
    let Tracking {
        fields,
        ignore,
        tenant_column,
        state_column,
        deleted_column,
        ..
    } = tracking.clone();
    vec![
        Value::Uuid(tracking.id),
        Value::text(tracking.entity_type.clone()),
        Value::TextArray(fields),
        Value::TextArray(ignore),
        Value::Text(tenant_column),
        Value::Text(state_column),
        Value::Text(deleted_column),
        Value::Bool(tracking.carry_values),
        Value::text(tracking.on_truncate()),
    ]
}

/// Whether the current role may have tables tracked into a log.
pub fn may_track(log: Oid) -> bool {
    let found = user::with_pinned_path(|| {
        spi::run(
            "select eventlog._may_track($1::pg_catalog.oid::pg_catalog.regclass, r.oid) \
             from pg_catalog.pg_roles r where r.rolname operator(pg_catalog.=) current_user",
            &[Value::Oid(log)],
            |row| row.bool(1).unwrap_or(false),
        )
    });
    found.contains(&true)
}

/// Ends the trackings into a log by tables whose owners may not have them tracked there; gives their
/// names. Such are left when the right is taken back, or were made by hand while the catalogue did not
/// know the log, as it does not after "drop extension".
pub fn end_strangers(log_id: Uuid, log: Oid) -> Vec<String> {
    let mut ended = Vec::new();
    for tracking in config::live_of_log(log_id) {
        let Some(table) = tracking.relation else {
            continue;
        };
        let allowed = user::with_pinned_path(|| {
            spi::run(
                "select eventlog._may_track($1::pg_catalog.oid::pg_catalog.regclass, c.relowner) \
                 from pg_catalog.pg_class c where c.oid operator(pg_catalog.=) $2",
                &[Value::Oid(log), Value::Oid(table)],
                |row| row.bool(1).unwrap_or(false),
            )
        });
        if !allowed.contains(&true) {
            end(&tracking);
            ended.push(relation::display(table));
        }
    }
    ended
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

/// Names of a table's columns that hold values, in their order.
pub fn columns(oid: Oid) -> Vec<String> {
    let found = spi::run(
        "select a.attname::pg_catalog.text from pg_catalog.pg_attribute a \
         where a.attrelid operator(pg_catalog.=) $1 and a.attnum operator(pg_catalog.>) 0 \
            and not a.attisdropped and a.attgenerated operator(pg_catalog.<>) 'v' \
         order by a.attnum",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    found.into_iter().flatten().collect()
}

/// Whether a table has a primary key.
pub fn has_key(oid: Oid) -> bool {
    let found = spi::run(
        "select from pg_catalog.pg_index i \
         where i.indrelid operator(pg_catalog.=) $1 and i.indisprimary",
        &[Value::Oid(oid)],
        |_| (),
    );
    !found.is_empty()
}

/// Names of the columns of a table's primary key.
pub fn key_columns(oid: Oid) -> Vec<String> {
    let found = spi::run(
        "select a.attname::pg_catalog.text from pg_catalog.pg_index i \
         join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) i.indrelid \
            and a.attnum operator(pg_catalog.=) any (i.indkey) \
         where i.indrelid operator(pg_catalog.=) $1 and i.indisprimary",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    found.into_iter().flatten().collect()
}
