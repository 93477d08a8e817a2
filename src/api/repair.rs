//! Putting a whole database right, for whoever owns it: each object as its own owner.

use crate::api::logs;
use crate::catalogue::admin_log;
use crate::catalogue::log as rows;
use crate::error::Error;
use crate::log::target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use crate::tracking;
use pgrx::pg_sys::Oid;

/// `eventlog._repair_as_owner(relation, kind)`: what `repair_all` does to one object. Nothing is done that its owner
/// could not do, and nothing of its owner's runs as anybody else.
pub fn repair_as_owner(call: &Call<'_>) -> Ret {
    let (Some(oid), Some(kind)) = (call.oid(0), call.string(1)) else {
        Error::argument("relation and kind must not be null").raise();
    };
    // A superuser has every role's rights.
    if !user::owns_database() {
        Error::NotAllowed {
            message: "permission denied to repair what belongs to others".to_owned(),
            hint: "Superusers and the database's owner may; owners call eventlog.repair_log() and \
                   eventlog.track_changes()."
                .to_owned(),
        }
        .raise();
    }
    if !relation::exists(oid) {
        Error::argument(format!("there is no relation with oid {}", oid.to_u32())).raise();
    }
    let done = match kind.as_str() {
        "log"
            if rows::in_catalogue(oid)
                .or(target::find(oid).map(|t| t.log_id))
                .is_none() =>
        {
            Error::argument(format!(
                "relation \"{}\" is not an event log",
                relation::display(oid)
            ))
            .raise()
        }
        "log" => user::as_owner(oid, || logs::repair(oid)),
        "tracked table" => user::as_owner(oid, || tracking::admin::repair(oid)),
        "catalogue" => catalogue(oid),
        _ => Error::argument("kind must be \"log\", \"tracked table\" or \"catalogue\"").raise(),
    };
    let mut sink = call.rows();
    for piece in done {
        sink.push(&[Some(call.memory().text(piece).into())]);
    }
    Ret::Void
}

/// The extension's own triggers fire whatever session_replication_role says. A restore with --disable-triggers leaves
/// them enabled for origin only.
fn catalogue(oid: Oid) -> Vec<String> {
    let name = relation::display(oid);
    let found = spi::run(
        "select t.tgname::pg_catalog.text from pg_catalog.pg_trigger t \
         join pg_catalog.pg_depend d on d.objid operator(pg_catalog.=) t.tgrelid \
            and d.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass \
            and d.deptype operator(pg_catalog.=) 'e' \
         join pg_catalog.pg_extension e on e.oid operator(pg_catalog.=) d.refobjid \
            and d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass \
            and e.extname operator(pg_catalog.=) 'pg_eventlog' \
         where t.tgrelid operator(pg_catalog.=) $1 and not t.tgisinternal \
            and t.tgenabled operator(pg_catalog.<>) 'A' \
         order by t.tgname",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    let triggers: Vec<String> = found.into_iter().flatten().collect();
    let Some(table) = relation::quoted(oid).filter(|_| !triggers.is_empty()) else {
        return Vec::new();
    };
    user::as_catalogue_owner(oid, || {
        for trigger in &triggers {
            let trigger = relation::quote(trigger);
            spi::exec(
                &format!("alter table {table} enable always trigger {trigger}"),
                &[],
            );
        }
    });
    let detail = serde_json::json!({ "put_back": triggers });
    admin_log::record("repair_all", None, &name, &detail);
    triggers
        .iter()
        .map(|trigger| format!("{trigger} on {name}"))
        .collect()
}
