//! The note that a tracked table keeps beside its capture triggers.
//!
//! A dump of the schema alone has the triggers and no row of the catalogue. So what the table is tracked by stands in the
//! comment of its trigger `eventlog_track` too: the owner's own, dumped like any comment, in nobody's way.

use super::config::Tracking;
use super::options::Options;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use pgrx::pg_sys::Oid;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What stands before the JSON.
const PREFIX: &str =
    "notes that a statement begins to change the table; pg_eventlog keeps here how it is tracked: ";

#[derive(Serialize, Deserialize)]
struct Note {
    log_id: Uuid,
    #[serde(flatten)]
    options: Options,
}

/// Writes it down, as the table's owner.
pub fn write(tracking: &Tracking) {
    let Some(oid) = tracking.relation else {
        return;
    };
    let note = Note {
        log_id: tracking.log_id,
        options: Options::of(tracking),
    };
    let (Ok(json), Some(table), true) = (
        serde_json::to_string(&note),
        relation::quoted(oid),
        comment(oid).is_some(),
    ) else {
        return;
    };
    let text = relation::literal(&format!("{PREFIX}{json}"));
    let sql = format!("comment on trigger eventlog_track on {table} is {text}");
    user::as_owner(oid, || spi::exec(&sql, &[]));
}

/// How the table was tracked, and into which log, if its trigger says so.
pub fn read(oid: Oid) -> Option<(Options, Uuid)> {
    let text = comment(oid)?;
    let note: Note = serde_json::from_str(text.strip_prefix(PREFIX)?).ok()?;
    Some((note.options, note.log_id))
}

/// The comment of the trigger, empty where it has none; none where there is no such trigger.
fn comment(oid: Oid) -> Option<String> {
    let found = spi::run(
        "select coalesce(pg_catalog.obj_description(t.oid, 'pg_trigger'), '') \
         from pg_catalog.pg_trigger t \
         where t.tgrelid operator(pg_catalog.=) $1 and t.tgname operator(pg_catalog.=) 'eventlog_track'",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    found.into_iter().next().flatten()
}
