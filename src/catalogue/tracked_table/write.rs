//! Rows of trackings in the catalogue, written as its owner.

use super::{Tracking, live_of_log, table};
use crate::error::Error;
use crate::pg::spi::{self, Value};
use crate::pg::user::RoleId;
use crate::pg::{relation, user};
use pgrx::pg_sys::Oid;
use uuid::Uuid;

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
    user::as_catalogue_owner(table(), || {
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
fn change(tracking: &Tracking, sql: &'static str, values: &[Value<'_>]) {
    let changed = user::as_catalogue_owner(table(), || spi::run(sql, values, |_| ()));
    if changed.is_empty() {
        Error::Outdated {
            relation: tracking.relation.map(relation::display).unwrap_or_default(),
        }
        .raise();
    }
}

fn options(tracking: &Tracking) -> Vec<Value<'static>> {
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

/// Whether a role may have tables tracked into a log.
pub fn may_track(log: Oid, role: RoleId) -> bool {
    let found = user::with_pinned_path(|| {
        spi::run(
            "select eventlog._may_track($1::pg_catalog.oid::pg_catalog.regclass, $2)",
            &[Value::Oid(log), role.value()],
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
    for tracking in live_of_log(log_id) {
        let Some(table) = tracking.relation else {
            continue;
        };
        let owner = user::owner_of(table);
        if !owner.is_some_and(|owner| may_track(log, owner)) {
            end(&tracking);
            ended.push(relation::display(table));
        }
    }
    ended
}
