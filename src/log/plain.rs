//! Logs that are as `create_log` made them, into which rows can go straight.

use super::target::Target;
use crate::pg::catalog::with_latest_snapshot;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use pgrx::pg_sys::Oid;

/// What rows need that go straight into a log: one that is as `create_log` made it.
pub struct Plain {
    /// the sequence that numbers its events
    pub sequence: Oid,
    /// the functions of the defaults of what a log assigns
    pub defaults: [Oid; 5],
    /// whether its owner, whose rights can be revoked, has the right to insert
    pub owner_may_insert: bool,
}

const PLAIN: &str = "select eventlog._plain_sequence(c.oid::pg_catalog.regclass), \
        'eventlog.new_xid()'::pg_catalog.regprocedure::pg_catalog.oid, \
        'eventlog.new_seq(pg_catalog.regclass)'::pg_catalog.regprocedure::pg_catalog.oid, \
        'eventlog.new_event_id()'::pg_catalog.regprocedure::pg_catalog.oid, \
        'eventlog.new_recorded_at()'::pg_catalog.regprocedure::pg_catalog.oid, \
        'eventlog.cluster_origin()'::pg_catalog.regprocedure::pg_catalog.oid, \
        pg_catalog.has_table_privilege(c.relowner, c.oid, 'INSERT') \
     from pg_catalog.pg_class c where c.oid operator(pg_catalog.=) $1";

fn plain_of(row: Row<'_>) -> Option<Plain> {
    Some(Plain {
        sequence: row.oid(1)?,
        defaults: [
            row.oid(2)?,
            row.oid(3)?,
            row.oid(4)?,
            row.oid(5)?,
            row.oid(6)?,
        ],
        owner_may_insert: row.bool(7)?,
    })
}

impl Target {
    /// What it has where it is as `create_log` made it, and rows can go straight into it.
    pub fn plain(&self) -> Option<&Plain> {
        self.plain
            .get_or_init(|| {
                let found = user::with_pinned_path(|| {
                    // With a snapshot of its own, a transaction would go by what the table was long ago.
                    with_latest_snapshot(|| spi::query(PLAIN, &[Value::Oid(self.oid)], plain_of))
                });
                let plain = found.into_iter().next().flatten()?;
                if self.columns.occurred_at == 0 {
                    return None;
                }
                self.as_of.add(plain.sequence);
                Some(plain)
            })
            .as_ref()
    }
}
