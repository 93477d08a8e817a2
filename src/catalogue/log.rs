//! The logs: `eventlog.log`. Rows are written and read as the catalogue's owner.

use super::cache;
use crate::error::Error;
use crate::pg::catalog::{LatestSnapshot, Table};
use crate::pg::datum::Interval;
use crate::pg::ddl::Dropped;
use crate::pg::spi::{self, Value};
use crate::pg::user;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// Settings of a log, as they stand in the catalogue.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Settings {
    pub tenant_type: Oid,
    pub partition_interval: Option<Interval>,
    pub unregistered: String,
    pub max_payload_bytes: i32,
    pub require_tenant: bool,
}

/// What writing a catalogue row did.
#[allow(missing_docs)]
pub struct Entered {
    pub changed: bool,
    pub made_default: bool,
    pub default_exists: bool,
}

/// Writes a log's catalogue row. A log that may be the default becomes it if there is none.
/// A new row has the present format.
pub fn store(log_id: Uuid, oid: Oid, settings: &Settings, may_be_default: bool) -> Entered {
    let role = user::current_role();
    let may_shape = user::may_shape_database();
    user::as_catalogue_owner(cache::tables()[0], || {
        // Only where there is a default to be decided on: others need not wait for this one.
        let may_be_default = may_be_default && !default_exists();
        if may_be_default {
            lock_catalogue();
        }
        let written = spi::run(
            "insert into eventlog.log as l (log_id, relation, tenant_type, partition_interval, \
                unregistered, max_payload_bytes, require_tenant, created_by, format) \
             values ($1, $2::pg_catalog.oid::pg_catalog.regclass, \
                $3::pg_catalog.oid::pg_catalog.regtype, $4, $5, $6, $7, $8, \
                eventlog._present_format()) \
             on conflict (log_id) do update set relation = excluded.relation, \
                is_default = l.is_default and $9 \
                where l.relation operator(pg_catalog.<>) excluded.relation \
             returning true",
            &[
                Value::Uuid(log_id),
                Value::Oid(oid),
                Value::Oid(settings.tenant_type),
                Value::Interval(settings.partition_interval),
                Value::text(settings.unregistered.clone()),
                Value::Int(Some(settings.max_payload_bytes)),
                Value::Bool(settings.require_tenant),
                Value::text(role),
                Value::Bool(may_shape),
            ],
            |_| (),
        );
        let had_default = default_exists();
        let made_default = may_be_default && !had_default && make_default(log_id);
        Entered {
            changed: !written.is_empty() || made_default,
            made_default,
            default_exists: had_default || made_default,
        }
    })
}

/// Holds a log's row until the transaction ends: others who would change what belongs to the log wait, and see what was
/// done.
pub fn lock(log_id: Uuid) {
    user::as_catalogue_owner(cache::tables()[0], || lock_row(log_id));
}

/// The same by who acts as the catalogue's owner already.
pub(super) fn lock_row(log_id: Uuid) {
    spi::exec(
        "select from eventlog.log where log_id operator(pg_catalog.=) $1 for update",
        &[Value::Uuid(log_id)],
    );
}

/// Two first logs that are made at once: the second waits here, and is not the first.
fn lock_catalogue() {
    spi::exec("lock table eventlog.log in share row exclusive mode", &[]);
}

/// Whether there is a default log. One whose table was dropped while no event trigger fired is none.
fn default_exists() -> bool {
    let found = spi::run(
        "select from eventlog.log l join pg_catalog.pg_class c \
            on c.oid operator(pg_catalog.=) l.relation::pg_catalog.oid \
         where l.is_default and c.relkind operator(pg_catalog.=) any (array['r', 'p']::pg_catalog.\"char\"[])",
        &[],
        |_| (),
    );
    !found.is_empty()
}

/// A log as the catalogue knows it.
#[allow(missing_docs)]
pub struct Known {
    pub log_id: Uuid,
    pub relation: Oid,
    pub is_default: bool,
}

/// All logs. Read natively, as any role's DDL asks.
pub fn all() -> Vec<Known> {
    let table = Table::open(cache::tables()[0]);
    let [log_id, relation, is_default] = table.columns(&[
        ("log_id", pg_sys::UUIDOID),
        ("relation", pg_sys::REGCLASSOID),
        ("is_default", pg_sys::BOOLOID),
    ]);
    let mut found = Vec::new();
    table.scan(&LatestSnapshot::take(), None, |row| {
        if let (Some(log_id), Some(relation)) = (row.uuid(log_id), row.oid(relation)) {
            found.push(Known {
                log_id,
                relation,
                is_default: row.bool(is_default) == Some(true),
            });
        }
    });
    found
}

/// After a drop: where the default log's table is gone, the first log that is made afterwards is to be the default.
pub fn forget_default(dropped: &[Dropped], logs: &[Known]) {
    for log in logs.iter().filter(|log| log.is_default) {
        if dropped
            .iter()
            .any(|o| o.is_table() && o.oid == log.relation)
        {
            end_default(log.relation);
        }
    }
}

fn end_default(oid: Oid) {
    user::as_catalogue_owner(cache::tables()[0], || {
        spi::exec(
            "update eventlog.log set is_default = false \
             where is_default and relation::pg_catalog.oid operator(pg_catalog.=) $1",
            &[Value::Oid(oid)],
        );
    });
}

/// Makes this log the default, whichever was it before; whether that changed anything.
pub fn choose_default(log_id: Uuid) -> bool {
    user::as_catalogue_owner(cache::tables()[0], || {
        lock_catalogue();
        make_default(log_id)
    })
}

fn make_default(log_id: Uuid) -> bool {
    let values = [Value::Uuid(log_id)];
    spi::exec(
        "update eventlog.log set is_default = false \
         where is_default and log_id operator(pg_catalog.<>) $1",
        &values,
    );
    let changed = spi::run(
        "update eventlog.log set is_default = true \
         where log_id operator(pg_catalog.=) $1 and not is_default returning true",
        &values,
        |_| (),
    );
    !changed.is_empty()
}

/// The log that the catalogue says this relation is.
pub fn in_catalogue(oid: Oid) -> Option<Uuid> {
    user::as_catalogue_owner(cache::tables()[0], || {
        let found = spi::run(
            "select log_id from eventlog.log \
             where relation operator(pg_catalog.=) $1::pg_catalog.oid::pg_catalog.regclass",
            &[Value::Oid(oid)],
            |row| row.uuid(1),
        );
        found.into_iter().next().flatten()
    })
}

/// The format of the logs that this release's script makes; refused where the script is of a release without formats.
pub fn present_format() -> i32 {
    let there = spi::run(
        "select from pg_catalog.pg_proc p \
         where p.pronamespace operator(pg_catalog.=) 'eventlog'::pg_catalog.regnamespace \
            and p.proname operator(pg_catalog.=) '_present_format'",
        &[],
        |_| (),
    );
    if there.is_empty() {
        Error::other_release("schema eventlog").raise();
    }
    let found = spi::run("select eventlog._present_format()", &[], |row| row.int(1));
    found.into_iter().flatten().next().unwrap_or_default()
}

/// Notes that a log has the present format now.
pub fn bring_to_present_format(log_id: Uuid) {
    user::as_catalogue_owner(cache::tables()[0], || {
        spi::exec(
            "update eventlog.log set format = eventlog._present_format() \
             where log_id operator(pg_catalog.=) $1 \
                and format operator(pg_catalog.<) eventlog._present_format()",
            &[Value::Uuid(log_id)],
        );
    });
}

/// A log's row in the catalogue.
#[allow(missing_docs)]
pub struct LogRow {
    pub redact: Option<String>,
    pub relation: Oid,
    pub is_default: bool,
    pub format: i32,
    pub created_by: String,
    pub settings: Settings,
}

/// A log's row, if the catalogue knows it.
pub fn row_of(log_id: Uuid) -> Option<LogRow> {
    user::as_catalogue_owner(cache::tables()[0], || {
        let found = spi::run(
            "select tenant_type, partition_interval, unregistered, max_payload_bytes, \
                require_tenant, relation, created_by, format, is_default, redact::pg_catalog.text \
             from eventlog.log where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
            |row| LogRow {
                settings: Settings {
                    tenant_type: row.oid(1).unwrap_or(pg_sys::UUIDOID),
                    partition_interval: row.interval(2),
                    unregistered: row.string(3).unwrap_or_default(),
                    max_payload_bytes: row.int(4).unwrap_or(0),
                    require_tenant: row.bool(5).unwrap_or(true),
                },
                relation: row.oid(6).unwrap_or(pg_sys::InvalidOid),
                created_by: row.string(7).unwrap_or_default(),
                format: row.int(8).unwrap_or_default(),
                is_default: row.bool(9).unwrap_or(false),
                redact: row.string(10),
            },
        );
        found.into_iter().next()
    })
}

/// Forgets a log, whose types have been forgotten before.
pub fn forget(log_id: Uuid) {
    user::as_catalogue_owner(cache::tables()[0], || {
        spi::exec(
            "delete from eventlog.log where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
