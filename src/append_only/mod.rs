//! Tables that only grow.

pub mod drop;

use crate::catalogue::{act, admin_log};
use crate::error::Error;
use crate::log::target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use crate::pg::spi::{self, Value};

/// `eventlog.forbid_change()`: the guard. Whatever it fires on is refused.
pub fn forbid_change(call: &Call<'_>) -> Ret {
    let trigger = call.trigger("eventlog.forbid_change");
    Error::AppendOnly {
        relation: relation::display(trigger.relation().oid()),
        operation: trigger.event().name(),
    }
    .raise()
}

/// `eventlog.make_append_only(relation)`: puts up the guards; those that stand stay.
pub fn make_append_only(call: &Call<'_>) -> Ret {
    change_guards(
        call,
        "make_append_only",
        "select g from eventlog._add_guards($1::pg_catalog.oid::pg_catalog.regclass) g",
    )
}

/// `eventlog.release_append_only(relation)`: takes them down, and records who did.
pub fn release_append_only(call: &Call<'_>) -> Ret {
    change_guards(
        call,
        "release_append_only",
        "select g from eventlog._drop_guards($1::pg_catalog.oid::pg_catalog.regclass) g",
    )
}

fn change_guards(call: &Call<'_>, action: &'static str, sql: &'static str) -> Ret {
    let Some(oid) = call.oid(0) else {
        Error::argument("relation must not be null").raise();
    };
    relation::require_owner(oid);
    if relation::lookup("eventlog", "admin_log") == Some(oid) {
        Error::NotAllowed {
            message: "the guards of \"eventlog.admin_log\" are not to be changed".to_owned(),
            hint: "It records who changed the guards of other tables.".to_owned(),
        }
        .raise();
    }
    let done: Vec<String> = act::during(|| {
        spi::run(sql, &[Value::Oid(oid)], |row| {
            row.string(1).unwrap_or_default()
        })
    });
    // What changes nothing is no act of administration.
    if !done.is_empty() {
        let log_id = target::find(oid)
            .filter(|t| t.is_genuine())
            .map(|t| t.log_id);
        let detail = serde_json::json!({ "guards": done });
        admin_log::record(action, log_id, &relation::display(oid), &detail);
    }
    Ret::Void
}
