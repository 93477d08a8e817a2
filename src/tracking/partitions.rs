//! Partitions of tracked tables: those that come are tracked, those that go are tracked no more.

use crate::catalogue::act;
use crate::error::Error;
use crate::pg::ddl::TreeChange;
use crate::pg::fcall::Schema;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};

/// Does what a change of a tree of tables asks for, in the event trigger of the statement. The
/// helpers are called in the schema where the extension is now, whatever its name.
pub fn follow(schema: &Schema, change: TreeChange) {
    if change.adds_partitions || change.inherits {
        let sql = [
            "select ",
            &schema.quoted(),
            "._tracked_misfit()::pg_catalog.oid",
        ]
        .concat();
        let found = spi::run(&sql, &[], |row| row.oid(1));
        if let Some(oid) = found.into_iter().flatten().next() {
            Error::not_set_up(
                format!(
                    "tracked table \"{}\" cannot be a partition, inherit or be inherited from",
                    relation::display(oid)
                ),
                "Changes would go unseen. End its tracking first with \
                 eventlog.untrack_changes(), and track a partitioned table as a whole.",
            )
            .raise();
        }
    }
    if change.adds_partitions {
        let sql = ["select ", &schema.quoted(), "._capture_new_partitions()"].concat();
        act::follow(|| spi::exec(&sql, &[]));
    }
    if let Some(oid) = change.detaches.filter(|oid| relation::exists(*oid)) {
        let sql = [
            "select ",
            &schema.quoted(),
            "._drop_capture($1::pg_catalog.oid::pg_catalog.regclass, true)",
        ]
        .concat();
        // The owner of the parent may detach what belongs to another role; the triggers would refuse all writes.
        user::as_owner(oid, || act::follow(|| spi::exec(&sql, &[Value::Oid(oid)])));
    }
}
