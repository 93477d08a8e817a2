//! Administering logs: create, repair, forget, choose the default.
//!
//! The statements that make tables stand in `sql/log/` and run as the caller, who must have the
//! rights that they take. What is written to the catalogue is written as its owner, after the
//! caller has been found to own the log.

use crate::catalogue::act;
use crate::catalogue::admin_log;
use crate::catalogue::cache;
use crate::catalogue::log::{self as rows, Settings};
use crate::catalogue::{
    batch, event_rule, event_type, handler, handler_failure, isolated_table, subscription,
    tracked_table, upcast,
};
use crate::error::{self, Error};
use crate::log::lookup;
use crate::log::note::{self, Note};
use crate::log::target;
use crate::log::{carrier, new_name};
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// `eventlog.create_log(...)`.
pub fn create_log(call: &Call<'_>) -> Ret {
    let Some(name) = call.string(0) else {
        Error::argument("name of the log must not be null").raise();
    };
    let settings = Settings {
        tenant_type: required(call.oid(1), "tenant_type"),
        partition_interval: call.interval(2),
        unregistered: required(call.string(3), "unregistered"),
        max_payload_bytes: required(call.int(4), "max_payload_bytes"),
        require_tenant: required(call.bool(5), "require_tenant"),
    };
    if !matches!(settings.unregistered.as_str(), "reject" | "allow") {
        Error::argument("unregistered must be \"reject\" or \"allow\"").raise();
    }
    if settings.max_payload_bytes < 1 {
        Error::argument("max_payload_bytes must be 1 or more").raise();
    }
    // Asked before anything is made: a script of an older release may not know.
    let _ = rows::present_format();
    let (schema, name) = new_name(&name);
    let log_id = crate::writing::identity::new_id(crate::pg::clock::Reading::now());
    let made = act::during(|| {
        spi::run(
            "select eventlog._build_log($1, $2, $3, $4::pg_catalog.oid::pg_catalog.regtype, $5, $6)",
            &[
                Value::Uuid(log_id),
                Value::Text(schema),
                Value::text(name),
                Value::Oid(settings.tenant_type),
                Value::Interval(settings.partition_interval),
                Value::Bool(settings.require_tenant),
            ],
            |row| row.oid(1),
        )
    });
    let oid = spi::relation(made);
    let stored = rows::store(log_id, oid, &settings, user::may_shape_database());
    if !stored.default_exists {
        error::notice(
            format!(
                "log \"{}\" is not the default log of the database",
                relation::display(oid)
            ),
            "A role that may create in the database can make it the default with \
             eventlog.set_default_log().",
        );
    }
    record("create_log", log_id, oid, &settings, stored.made_default);
    note::write(&target::by_oid(oid));
    call.value(oid)
}

/// `eventlog.repair_log(relation)`: puts back whatever is missing, and says what that was.
pub fn repair_log(call: &Call<'_>) -> Ret {
    let oid = required(call.oid(0), "relation");
    if !relation::exists(oid) {
        Error::argument(format!("there is no relation with oid {}", oid.to_u32())).raise();
    }
    let done = repair(oid);
    let mut sink = call.rows();
    for piece in done {
        sink.push(&[Some(call.memory().text(piece).into())]);
    }
    Ret::Void
}

/// Puts back what a log of the current role's lacks; a phrase for each piece.
pub fn repair(oid: Oid) -> Vec<String> {
    relation::require_owner(oid);
    let present = rows::present_format();
    let note = Note::read(oid);
    let known = rows::in_catalogue(oid);
    let log_id = target::find(oid)
        .map(|t| t.log_id)
        .or(known)
        .or(note.as_ref().map(|n| n.log_id))
        .unwrap_or_else(|| crate::writing::identity::new_id(crate::pg::clock::Reading::now()));
    if let Some(other) = carrier(log_id).filter(|other| *other != oid) {
        Error::not_set_up(
            format!(
                "relation \"{}\" already is the log that \"{}\" was",
                relation::display(other),
                relation::display(oid)
            ),
            "A copy of a log is not a log; create one with eventlog.create_log().",
        )
        .raise();
    }
    // The id in a gate or a note is what somebody wrote there: who takes over a log that the
    // catalogue knows as another table must be the one whose log it was.
    let row = rows::row_of(log_id);
    if row
        .as_ref()
        .is_some_and(|r| r.relation != oid && !may_take_over(&r.created_by))
    {
        Error::NotAllowed {
            message: format!(
                "relation \"{}\" names the log of somebody else",
                relation::display(oid)
            ),
            hint: "Whoever made that log, or the owner of the database, can take it over."
                .to_owned(),
        }
        .raise();
    }
    // Of a log that the catalogue and the note forgot there is nothing to tell.
    let format = row.as_ref().map(|r| r.format);
    let format = format.or(note.as_ref().map(|n| n.format));
    if let Some(newer) = format.filter(|format| *format > present) {
        Error::not_set_up(
            format!(
                "log \"{}\" has format {newer}, and this release knows formats up to {present}",
                relation::display(oid)
            ),
            "A newer release made it. Run ALTER EXTENSION pg_eventlog UPDATE.",
        )
        .raise();
    }
    let settings = row
        .map(|r| r.settings)
        .or_else(|| note.as_ref().map(Note::settings))
        .unwrap_or_else(|| derived(oid));
    let mut done: Vec<String> = act::during(|| {
        spi::run(
            "select eventlog._equip_log($1::pg_catalog.oid::pg_catalog.regclass, $2, \
                $3::pg_catalog.oid::pg_catalog.regtype, $4, $5)",
            &[
                Value::Oid(oid),
                Value::Uuid(log_id),
                Value::Oid(settings.tenant_type),
                Value::Interval(settings.partition_interval),
                Value::Bool(settings.require_tenant),
            ],
            |row| row.string(1).unwrap_or_default(),
        )
    });
    isolated_table::keep(oid);
    let was_default = note.as_ref().is_some_and(|n| n.is_default);
    let may_be_default = was_default && user::may_shape_database();
    if rows::store(log_id, oid, &settings, may_be_default).changed {
        done.push(format!("catalogue row of {}", relation::display(oid)));
        for table in tracked_table::end_strangers(log_id, oid) {
            error::notice(
                format!("the tracking of \"{table}\" ends: its owner may not track into this log"),
                "Call eventlog.grant_tracker() for that role, and have it call \
                 eventlog.track_changes() again.",
            );
        }
    }
    if let Some(older) = format.filter(|format| *format < present) {
        rows::bring_to_present_format(log_id);
        let name = relation::display(oid);
        done.push(format!(
            "format {present} of {name}, which had format {older}"
        ));
    }
    let target = target::by_oid(oid);
    if note.as_ref().is_some_and(|n| n.restore_redaction(&target)) {
        done.push(format!("redaction of {}", relation::display(oid)));
    }
    if let Some((types, rules)) = note.and_then(|n| n.restore_taxonomy(&target)) {
        let name = relation::display(oid);
        if types > 0 {
            done.push(format!("{types} event types of {name}"));
        }
        if rules > 0 {
            done.push(format!("{rules} rules of {name}"));
        }
    }
    done.extend(crate::rules::repair_states(&target));
    if !done.is_empty() {
        let detail = serde_json::json!({ "put_back": done });
        admin_log::record("repair_log", Some(log_id), &relation::display(oid), &detail);
        note::write(&target);
    }
    done
}

/// `eventlog.forget_log(log_id)`: clears what `drop table` left behind.
pub fn forget_log(call: &Call<'_>) -> Ret {
    let log_id = required(call.uuid(0), "log_id");
    let Some(row) = rows::row_of(log_id) else {
        Error::argument(format!("no log has the id \"{log_id}\"")).raise();
    };
    if !may_take_over(&row.created_by) {
        Error::NotAllowed {
            message: format!("log \"{log_id}\" was made by somebody else"),
            hint: "Whoever made it, or the owner of the database, can call eventlog.forget_log()."
                .to_owned(),
        }
        .raise();
    }
    // A table that only lost its gate is a log to repair. The number may be another relation's by
    // now, which then has no events.
    if carrier(log_id).is_some() || target::has_columns(row.relation) {
        Error::not_set_up(
            format!("log \"{}\" still exists", relation::display(row.relation)),
            "Drop its table first, and its events with it; or put it right with \
             eventlog.repair_log().",
        )
        .raise();
    }
    act::during(|| {
        let id = [Value::Uuid(log_id)];
        spi::exec("select eventlog._drop_claims($1)", &id);
        spi::exec("select eventlog._drop_rejected($1)", &id);
        if event_rule::is_there() {
            spi::exec("select eventlog._drop_states($1)", &id);
        }
    });
    event_type::forget(log_id);
    event_rule::forget(log_id);
    upcast::forget(log_id);
    handler::forget(log_id);
    subscription::forget(log_id);
    batch::forget(log_id);
    handler_failure::forget(log_id);
    rows::forget(log_id);
    admin_log::record(
        "forget_log",
        Some(log_id),
        &log_id.to_string(),
        &serde_json::json!({}),
    );
    Ret::Void
}

/// Whether the current role may decide about a log whose table is gone.
fn may_take_over(maker: &str) -> bool {
    user::is_member_of(maker) || user::owns_database()
}

/// `eventlog.set_default_log(log)`.
pub fn set_default_log(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(Some(required(call.oid(0), "log")));
    // Everyone's calls would go there: not against the will of the present one's owner.
    let present = cache::default_log().filter(|oid| relation::exists(*oid));
    let allowed = match present {
        Some(oid) => relation::is_owned(oid) || user::owns_database(),
        None => user::may_shape_database() || user::owns_database(),
    };
    if !allowed {
        Error::NotAllowed {
            message: "permission denied to choose the default log of the database".to_owned(),
            hint: "It takes the rights of the database's owner, or of the owner of the present default log."
                .to_owned(),
        }
        .raise();
    }
    if rows::choose_default(target.log_id) {
        let detail = serde_json::json!({});
        admin_log::record(
            "set_default_log",
            Some(target.log_id),
            &target.name,
            &detail,
        );
        note::write(&target);
    }
    Ret::Void
}

/// Settings of a log that lost everything but its table.
fn derived(oid: Oid) -> Settings {
    let found = spi::run(
        "select a.atttypid, a.attnotnull from pg_catalog.pg_attribute a \
         where a.attrelid operator(pg_catalog.=) $1 and a.attname operator(pg_catalog.=) 'tenant_id'",
        &[Value::Oid(oid)],
        |row| (row.oid(1), row.bool(2)),
    );
    let (tenant_type, require_tenant) = found.into_iter().next().unwrap_or((None, None));
    Settings {
        tenant_type: tenant_type.unwrap_or(pg_sys::UUIDOID),
        partition_interval: None,
        unregistered: "reject".to_owned(),
        max_payload_bytes: 2048,
        require_tenant: require_tenant.unwrap_or(true),
    }
}

fn record(action: &str, log_id: Uuid, oid: Oid, settings: &Settings, is_default: bool) {
    let detail = serde_json::json!({
        "unregistered": settings.unregistered,
        "max_payload_bytes": settings.max_payload_bytes,
        "require_tenant": settings.require_tenant,
        "partitioned": settings.partition_interval.is_some(),
        "default": is_default,
    });
    admin_log::record(action, Some(log_id), &relation::display(oid), &detail);
}
