//! The note that a tracked table keeps beside its capture triggers.
//!
//! A dump of the schema alone has the triggers and no row of the catalogue. So what the table is tracked by stands in the
//! comment of its trigger `eventlog_track` too: the owner's own, dumped like any comment, in nobody's way.

use super::options::Options;
use crate::catalogue::tracked_table::Tracking;
use crate::pg::relation;
use crate::pg::spi::{self, Value};
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

/// Writes it down. Whoever begins a tracking, or changes a column of the table, may be another role than its owner, and
/// see nothing of its schema: so nothing is looked up by name, and nobody is asked again.
pub fn write(tracking: &Tracking) {
    let Some((trigger, _)) = tracking.relation.and_then(trigger) else {
        return;
    };
    let note = Note {
        log_id: tracking.log_id,
        options: Options::of(tracking),
    };
    if let Ok(json) = serde_json::to_string(&note) {
        relation::comment_on_trigger(trigger, &format!("{PREFIX}{json}"));
    }
}

/// How the table was tracked, and into which log, if its trigger says so.
pub fn read(oid: Oid) -> Option<(Options, Uuid)> {
    let (_, text) = trigger(oid)?;
    let note: Note = serde_json::from_str(text.strip_prefix(PREFIX)?).ok()?;
    Some((note.options, note.log_id))
}

/// The trigger that carries the note, and its comment.
fn trigger(oid: Oid) -> Option<(Oid, String)> {
    let found = spi::run(
        "select t.oid, pg_catalog.obj_description(t.oid, 'pg_trigger') \
         from pg_catalog.pg_trigger t \
         where t.tgrelid operator(pg_catalog.=) $1 and t.tgname operator(pg_catalog.=) 'eventlog_track'",
        &[Value::Oid(oid)],
        |row| Some((row.oid(1)?, row.string(2).unwrap_or_default())),
    );
    found.into_iter().next().flatten()
}
