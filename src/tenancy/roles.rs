//! Roles of a log: readers, writers, services, consumers.

use super::{end_strangers, require_owner};
use crate::admin_log;
use crate::error::Error;
use crate::log::target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::user;
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

fn change(call: &Call<'_>, action: &'static str, kind: &'static str, granting: bool) -> Ret {
    let Some(oid) = call.oid(0) else {
        Error::argument("log must not be null").raise();
    };
    let (Some(role), Some(role_name)) = (call.datum(1), call.name(1)) else {
        Error::argument("role must not be null").raise();
    };
    let log = target::of_owner(Some(oid));
    log.lock();
    // It may have changed hands while this waited.
    require_owner(oid);
    let done = user::with_pinned_path(|| {
        spi::run(
            "select c from eventlog._change_role($1::pg_catalog.oid::pg_catalog.regclass, $2, $3, $4) c",
            &[
                Value::Oid(oid),
                Value::Raw(pg_sys::NAMEOID, Some(role)),
                Value::text(kind),
                Value::Bool(granting),
            ],
            |row| row.string(1).unwrap_or_default(),
        )
    });
    if granting {
        // A log that was not isolated yet is now.
        end_strangers(&log);
    }
    // What changes nothing is no act of administration.
    if !done.is_empty() {
        let detail = serde_json::json!({ "role": role_name, "changed": done });
        admin_log::record(action, Some(log.log_id), &log.name, &detail);
    }
    Ret::Void
}
