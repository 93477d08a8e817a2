//! Telling every backend what changed in the catalogue.

use super::cache;
use crate::pg::fcall::{Call, Ret};
use crate::pg::inval;
use crate::pg::relation::{self, RelationRef};
use crate::pg::trigger::{Operation, Trigger};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// `eventlog.invalidate_cache()`: on the catalogue's tables; tells every backend at commit. A change
/// that concerns one log is told as a change of that log's table, so that nobody else reloads.
pub fn invalidate_cache(call: &Call<'_>) -> Ret {
    let trigger = call.trigger("eventlog.invalidate_cache");
    let table = trigger.relation();
    let found = concerned(&trigger, table).filter(|all| all.iter().all(|o| relation::exists(*o)));
    match found {
        Some(relations) => relations.into_iter().for_each(inval::announce),
        None => inval::announce(table.oid()),
    }
    Ret::Void
}

/// The tables of the logs and the tracked tables that a row is about; none where it may be about more.
fn concerned(trigger: &Trigger<'_>, table: RelationRef<'_>) -> Option<Vec<Oid>> {
    let mut relations = Vec::new();
    if let Ok([relation, is_default]) = table.columns(&[
        ("relation", pg_sys::REGCLASSOID),
        ("is_default", pg_sys::BOOLOID),
    ]) {
        if table.oid() != cache::tables()[0] {
            return None;
        }
        // A log that is new is known to nobody. Any other change of a log is rare.
        let mut is_new = trigger.event() == Operation::Insert;
        trigger.each_row(|row| {
            is_new &= row.bool(is_default) == Some(false);
            relations.extend(row.oid(relation));
        });
        return is_new.then_some(relations);
    }
    let Ok([log_id]) = table.columns(&[("log_id", pg_sys::UUIDOID)]) else {
        return None;
    };
    let tracked = table.columns(&[("relation", pg_sys::REGCLASSOID)]).ok();
    let mut logs: Vec<Uuid> = Vec::new();
    trigger.each_row(|row| {
        logs.extend(row.uuid(log_id));
        if let Some([relation]) = tracked {
            // One that is gone has no changes that could be captured.
            relations.extend(row.oid(relation).filter(|oid| relation::exists(*oid)));
        }
    });
    if logs.is_empty() {
        return None;
    }
    logs.dedup();
    for log in logs {
        relations.push(cache::relation_of(log)?);
    }
    Some(relations)
}
