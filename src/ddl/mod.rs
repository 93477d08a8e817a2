//! What follows from statements of DDL, in the event triggers at their end.

pub mod guards;

use crate::append_only::drop;
use crate::catalogue::{isolated_table, log};
use crate::pg::ddl;
use crate::pg::fcall::{Call, Ret};
use crate::tracking;

/// `eventlog.forget_tables()`: event trigger after each drop.
pub fn dropped(call: &Call<'_>) -> Ret {
    call.check_event_trigger("eventlog.forget_tables");
    let dropped = ddl::dropped();
    if dropped.is_empty() {
        return Ret::Void;
    }
    // Under another name the catalogue is not to be found, or is somebody else's. Guards are known by themselves.
    if !call
        .own_schema()
        .is_some_and(|schema| schema.has_own_name())
    {
        drop::check(&dropped, &[], false);
        return Ret::Void;
    }
    let logs = log::known();
    drop::check(&dropped, &logs, true);
    for log in logs.iter().filter(|log| log.is_default) {
        if dropped
            .iter()
            .any(|o| o.is_table() && o.oid == log.relation)
        {
            log::end_default(log.relation);
        }
    }
    tracking::admin::forget(&dropped);
    isolated_table::forget(&dropped);
    Ret::Void
}
