//! Tables whose tenants are kept apart: `eventlog.isolated_table`.

use crate::catalogue::act;
use crate::error::Error;
use crate::pg::ddl::Dropped;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use pgrx::pg_sys::Oid;

/// Enters into the catalogue how a table is isolated now, or takes it out.
pub fn keep(oid: Oid) {
    let keep = || {
        spi::exec(
            "select eventlog._keep_isolation($1::pg_catalog.oid::pg_catalog.regclass)",
            &[Value::Oid(oid)],
        );
    };
    user::as_catalogue_owner(table(), || act::follow(keep));
}

/// In the event trigger of a drop: the catalogue forgets tables that are gone.
pub fn follow_drop(dropped: &[Dropped]) {
    let tables = dropped.iter().filter(|o| o.is_table());
    let oids: Vec<String> = tables.map(|o| o.oid.to_u32().to_string()).collect();
    if oids.is_empty() {
        return;
    }
    user::as_catalogue_owner(table(), || {
        spi::exec(
            "delete from eventlog.isolated_table i \
             where i.relation::pg_catalog.oid operator(pg_catalog.=) any ($1::pg_catalog.oid[])",
            &[Value::TextArray(Some(oids))],
        );
    });
}

/// The table `eventlog.isolated_table`.
fn table() -> Oid {
    relation::lookup("eventlog", "isolated_table")
        .unwrap_or_else(|| Error::internal("table \"eventlog.isolated_table\" is missing").raise())
}
