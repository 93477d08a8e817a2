//! Event triggers that watch what a statement made, moved or replaced.

use crate::error::Error;
use crate::pg::ddl::TreeChange;
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use crate::tenancy;
use crate::tracking::partitions;

/// `eventlog.guard_partitions()`: event trigger that guards, closes and tracks partitions which
/// are made below, or attached to, an append-only, an isolated or a tracked table.
pub fn guard_partitions(call: &Call<'_>) -> Ret {
    let change = call.tree_change("eventlog.guard_partitions");
    if change == TreeChange::default() {
        return Ret::Void;
    }
    // A superuser may be the one who attaches, and whoever renamed this schema must not lead it
    // into a function of another's making: so it is called where this one is now.
    let Some(schema) = call.own_schema() else {
        return Ret::Void;
    };
    user::with_plain_names(|| {
        if change.adds_partitions || change.inherits {
            let sql = ["select ", &schema.quoted(), "._guard_new_partitions()"].concat();
            spi::exec(&sql, &[]);
        }
        if change.adds_partitions {
            tenancy::follow(&schema);
        }
        partitions::follow(&schema, change);
    });
    Ret::Void
}

/// `eventlog.guard_triggers()`: event trigger that leaves the extension's triggers to the owners of their
/// tables. Who has the TRIGGER privilege alone can drop none and disable none, and yet put another one in the
/// place of any: without this, a gate, a guard or a capture that does nothing.
pub fn guard_triggers(call: &Call<'_>) -> Ret {
    if let Some((oid, name)) = call.replaced_trigger("eventlog.guard_triggers")
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
    Ret::Void
}

/// `eventlog.guard_schema()`: event trigger that keeps the extension's schema its own.
///
/// Superusers are held to it as well, since `create extension ... schema eventlog` is a mistake
/// whoever makes it; they alone may rename the schema.
pub fn guard_schema(call: &Call<'_>) -> Ret {
    call.check_event_trigger("eventlog.guard_schema");
    let Some(schema) = call
        .own_schema()
        .filter(|schema| schema.is_open_to_current())
    else {
        return Ret::Void;
    };
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
    Ret::Void
}
