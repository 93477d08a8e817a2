//! Tenants: who sees and writes whose rows.
//!
//! What a table and its policies have to be like is SQL, in `sql/tenancy/`, and runs as the
//! caller, who has been found to own the table. Here stands what comes before and after it.

use crate::catalogue::isolated_table::keep;
use crate::catalogue::{act, admin_log, log as rows, subscription};
use crate::error::{self, Error, OrRaise};
use crate::log::target::{self, Target};
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret, Schema};
use crate::pg::spi::{self, Value};
use crate::pg::{inval, relation};
use model::membership::Membership;
use pgrx::pg_sys::{self, Oid};
use std::rc::Rc;

pub mod roles;

/// `eventlog.isolate_tenants(relation, tenant_column, readers, writers, membership, force)`.
pub fn isolate_tenants(call: &Call<'_>) -> Ret {
    let oid = owned_table(call.oid(0));
    let Some(tenant_column) = call.name_value(1) else {
        Error::argument("tenant_column must not be null").raise();
    };
    let Some(force) = call.bool(5) else {
        Error::argument("force must not be null").raise();
    };
    let membership = call
        .string(4)
        .map(|text| Membership::parse(&text).or_raise());
    // Before the path is pinned: the name means what it means to the caller.
    let members = membership.as_ref().map(find);
    let log = locked_log(oid);
    let name = |text: Option<&String>| Value::Text(text.cloned());
    let done = act::during(|| {
        spi::run(
            "select i from eventlog._isolate_tenants($1::pg_catalog.oid::pg_catalog.regclass, $2, $3, $4, $5, \
                $6::pg_catalog.oid::pg_catalog.regclass, $7::pg_catalog.name, $8::pg_catalog.name, $9) i",
            &[
                Value::Oid(oid),
                Value::Bool(log.is_some()),
                Value::Given(pg_sys::NAMEOID, Some(tenant_column)),
                Value::Given(pg_sys::NAMEARRAYOID, call.names_value(2)),
                Value::Given(pg_sys::NAMEARRAYOID, call.names_value(3)),
                Value::Given(pg_sys::OIDOID, members.map(Datum::from)),
                name(membership.as_ref().map(|m| &m.member)),
                name(membership.as_ref().map(|m| &m.tenant)),
                Value::Bool(force),
            ],
            |row| row.string(1).unwrap_or_default(),
        )
    });
    keep(oid);
    record("isolate_tenants", oid, log.as_deref(), &done);
    let stopped = log.map(|log| subscription::stopped(log.log_id, log.oid));
    for (name, role) in stopped.unwrap_or_default() {
        error::notice(
            format!("subscription \"{name}\" stops: policies now hide events from role \"{role}\""),
            "Name the role with eventlog.grant_consumer(); nothing is lost meanwhile.",
        );
    }
    Ret::Void
}

/// The table of a membership, as the current search path finds it; an error of Postgres's where there is none.
fn find(membership: &Membership) -> Oid {
    let mut name = relation::quote(&membership.table);
    if let Some(schema) = &membership.schema {
        name = [relation::quote(schema), name].join(".");
    }
    let found = spi::run(
        "select $1::pg_catalog.regclass::pg_catalog.oid",
        &[Value::Text(Some(name))],
        |row| row.oid(1),
    );
    found
        .into_iter()
        .next()
        .flatten()
        .unwrap_or_else(|| Error::internal("a name gave no relation").raise())
}

/// `eventlog.release_tenants(relation)`.
pub fn release_tenants(call: &Call<'_>) -> Ret {
    let oid = owned_table(call.oid(0));
    let log = locked_log(oid);
    let done = act::during(|| {
        spi::run(
            "select r from eventlog._release_tenants($1::pg_catalog.oid::pg_catalog.regclass, $2) r",
            &[Value::Oid(oid), Value::Bool(log.is_some())],
            |row| row.string(1).unwrap_or_default(),
        )
    });
    keep(oid);
    record("release_tenants", oid, log.as_deref(), &done);
    Ret::Void
}

/// In the event trigger of a statement that added partitions: closes those of isolated tables. The
/// helper is called in the schema where the extension is now, whatever its name.
pub fn follow(schema: &Schema) {
    let sql = ["select ", &schema.quoted(), "._isolate_new_partitions()"].concat();
    act::follow(|| spi::exec(&sql, &[]));
}

/// A relation that the current role owns.
fn owned_table(argument: Option<Oid>) -> Oid {
    let Some(oid) = argument else {
        Error::argument("relation must not be null").raise();
    };
    if !relation::exists(oid) {
        Error::argument(format!("there is no relation with oid {}", oid.to_u32())).raise();
    }
    relation::require_owner(oid);
    oid
}

/// The log that a table is, if it is one. Two sessions that change its roles take turns: each
/// would write down what it found, and not what the other one added.
fn locked_log(oid: Oid) -> Option<Rc<Target>> {
    inval::accept();
    let Some(log) = target::find(oid).filter(|log| log.is_genuine()) else {
        // The number in the catalogue may be another relation's by now.
        if rows::in_catalogue(oid).is_some() && target::has_columns(oid) {
            Error::not_set_up(
                format!("the gate of log \"{}\" is missing", relation::display(oid)),
                "Its owner puts it back with eventlog.repair_log().",
            )
            .raise();
        }
        return None;
    };
    log.lock();
    // It may have changed hands while this waited.
    relation::require_owner(oid);
    Some(log)
}

/// What changes nothing is no act of administration.
fn record(action: &str, oid: Oid, log: Option<&Target>, done: &[String]) {
    if !done.is_empty() {
        let detail = serde_json::json!({ "changed": done });
        admin_log::record(
            action,
            log.map(|l| l.log_id),
            &relation::display(oid),
            &detail,
        );
    }
}
