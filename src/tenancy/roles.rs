//! Roles of a log: readers, writers, services, consumers.

use crate::catalogue::isolated_table::keep;
use crate::catalogue::{act, admin_log, tracked_table};
use crate::error::{self, Error};
use crate::log::lookup;
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use pgrx::pg_sys;

/// `eventlog.grant_reader(log, role)`.
pub fn grant_reader(call: &Call<'_>) -> Ret {
    change(call, "grant_reader", "reader", true)
}

/// `eventlog.revoke_reader(log, role)`.
pub fn revoke_reader(call: &Call<'_>) -> Ret {
    change(call, "revoke_reader", "reader", false)
}

/// `eventlog.grant_writer(log, role)`.
pub fn grant_writer(call: &Call<'_>) -> Ret {
    change(call, "grant_writer", "writer", true)
}

/// `eventlog.revoke_writer(log, role)`.
pub fn revoke_writer(call: &Call<'_>) -> Ret {
    change(call, "revoke_writer", "writer", false)
}

/// `eventlog.grant_service(log, role)`.
pub fn grant_service(call: &Call<'_>) -> Ret {
    change(call, "grant_service", "service", true)
}

/// `eventlog.revoke_service(log, role)`.
pub fn revoke_service(call: &Call<'_>) -> Ret {
    change(call, "revoke_service", "service", false)
}

/// `eventlog.grant_consumer(log, role)`.
pub fn grant_consumer(call: &Call<'_>) -> Ret {
    change(call, "grant_consumer", "consumer", true)
}

/// `eventlog.revoke_consumer(log, role)`.
pub fn revoke_consumer(call: &Call<'_>) -> Ret {
    change(call, "revoke_consumer", "consumer", false)
}

/// `eventlog.grant_tracker(log, role)`.
pub fn grant_tracker(call: &Call<'_>) -> Ret {
    change(call, "grant_tracker", "tracker", true)
}

/// `eventlog.revoke_tracker(log, role)`.
pub fn revoke_tracker(call: &Call<'_>) -> Ret {
    change(call, "revoke_tracker", "tracker", false)
}

fn change(call: &Call<'_>, action: &'static str, kind: &'static str, granting: bool) -> Ret {
    let Some(oid) = call.oid(0) else {
        Error::argument("log must not be null").raise();
    };
    let (Some(role), Some(role_name)) = (call.name_value(1), call.name(1)) else {
        Error::argument("role must not be null").raise();
    };
    let log = lookup::of_owner(Some(oid));
    log.lock();
    // It may have changed hands while this waited.
    relation::require_owner(oid);
    let mut values = vec![
        Value::Oid(oid),
        Value::Given(pg_sys::NAMEOID, Some(role)),
        Value::Bool(granting),
    ];
    let sql = if kind == "tracker" {
        "select c from eventlog._change_tracker($1::pg_catalog.oid::pg_catalog.regclass, $2, $3) c"
    } else {
        values.push(Value::text(kind));
        "select c from eventlog._change_role($1::pg_catalog.oid::pg_catalog.regclass, $2, $4, $3) c"
    };
    let mut done = act::during(|| spi::run(sql, &values, |row| row.string(1).unwrap_or_default()));
    if kind != "tracker" {
        keep(oid);
    }
    if kind == "tracker" && !granting {
        for table in tracked_table::end_strangers(log.log_id, log.oid) {
            error::notice(
                format!(
                    "the tracking of \"{table}\" ends: its owner may not track into this log any more"
                ),
                "Its changes are refused until its owner calls eventlog.untrack_changes(), or has it \
                 tracked into another log.",
            );
            done.push(format!("no tracking of {table}"));
        }
    }
    // What changes nothing is no act of administration.
    if !done.is_empty() {
        let detail = serde_json::json!({ "role": role_name, "changed": done });
        admin_log::record(action, Some(log.log_id), &log.name, &detail);
    }
    Ret::Void
}
