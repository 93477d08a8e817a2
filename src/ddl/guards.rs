//! Who watches what a statement made, moved or replaced.

use crate::catalogue::act;
use crate::error::Error;
use crate::pg::ddl::{self, Statement, TreeChange};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use crate::tenancy;
use crate::tracking::partitions;

/// Guards, closes and tracks partitions which are made below, or attached to, an append-only, an isolated or a tracked
/// table.
pub fn partitions(statement: &Statement<'_>) {
    let change = statement.tree_change();
    if change == TreeChange::default() {
        return;
    }
    // A superuser may be the one who attaches, and whoever renamed this schema must not lead it
    // into a function of another's making: so it is called where the running one is now.
    let schema = &statement.schema;
    user::with_plain_names(|| {
        if change.adds_partitions || change.inherits {
            let sql = ["select ", &schema.quoted(), "._guard_new_partitions()"].concat();
            act::follow(|| spi::exec(&sql, &[]));
        }
        if change.adds_partitions {
            tenancy::follow(schema);
        }
        partitions::follow(schema, change);
    });
}

/// Leaves the extension's triggers to the owners of their tables. Who has the TRIGGER privilege alone can drop none and
/// disable none, and yet put another one in the place of any: without this, a gate, a guard or a capture that does
/// nothing.
pub fn triggers(statement: &Statement<'_>) {
    if let Some((oid, name)) = statement.replaced_trigger()
        && name.trim_start_matches('~').starts_with("eventlog_")
        && !relation::is_owned(oid)
    {
        Error::NotAllowed {
            message: format!(
                "must be owner of relation \"{}\" to replace its trigger \"{name}\"",
                relation::display(oid)
            ),
            hint: "Triggers of this name are pg_eventlog's: give yours another name.".to_owned(),
        }
        .raise();
    }
}

/// Keeps the extension's schema its own.
///
/// Superusers are held to it as well, since `create extension ... schema eventlog` is a mistake
/// whoever makes it; they alone may rename the schema.
pub fn schema(statement: &Statement<'_>) {
    let schema = &statement.schema;
    // Whether each of what the command did is the extension's is asked only where some of it touches the schema.
    if !schema.is_open_to_current() || !ddl::reaches(schema) {
        return;
    }
    let sql = ["select ", &schema.quoted(), "._foreign_objects($1, $2)"].concat();
    let shapes = !user::is_current_superuser();
    let found = spi::run(
        &sql,
        &[Value::Oid(schema.oid), Value::Bool(shapes)],
        |row| row.long(1).unwrap_or(0),
    );
    if found.iter().any(|n| *n > 0) {
        Error::NotAllowed {
            message: "schema \"eventlog\" is the extension's own".to_owned(),
            hint: "Put objects of your own into another schema.".to_owned(),
        }
        .raise();
    }
}
