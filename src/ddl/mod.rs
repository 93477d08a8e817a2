//! What follows from statements of DDL, in the two event triggers at their end.
//!
//! Each asks those who follow, in order. Whoever follows looks at the statement first: nearly always it is none of
//! theirs. A script of the extension's own, at its installation or an upgrade, is nobody's.

mod guards;

use crate::append_only::drop;
use crate::catalogue::{isolated_table, log};
use crate::pg::ddl::{self, Dropped, Statement};
use crate::pg::fcall::{Call, Ret};
use crate::tracking;

/// Who follows a statement of DDL.
const AFTER_DDL: [fn(&Statement<'_>); 4] = [
    guards::partitions,
    guards::schema,
    guards::triggers,
    tracking::columns::follow_ddl,
];

/// What was dropped, and the logs that the catalogue knows.
type AfterDrop = fn(&[Dropped], &[log::Known]);

/// Who follows a drop that was not refused, where the catalogue can be found.
const AFTER_DROP: [AfterDrop; 3] = [
    log::forget_default,
    |dropped, _| tracking::admin::follow_drop(dropped),
    |dropped, _| isolated_table::follow_drop(dropped),
];

/// `eventlog.follow_ddl()`: event trigger at the end of each command of DDL.
pub fn follow_ddl(call: &Call<'_>) -> Ret {
    let statement = call.statement("eventlog.follow_ddl");
    if let Some(statement) = statement.filter(|_| !ddl::in_own_script()) {
        for follow in AFTER_DDL {
            follow(&statement);
        }
    }
    Ret::Void
}

/// `eventlog.follow_drop()`: event trigger after each drop.
pub fn follow_drop(call: &Call<'_>) -> Ret {
    let Some(statement) = call.statement("eventlog.follow_drop") else {
        return Ret::Void;
    };
    if ddl::in_own_script() {
        return Ret::Void;
    }
    let dropped = ddl::dropped();
    if dropped.is_empty() {
        return Ret::Void;
    }
    // Under another name the catalogue is not to be found, or is somebody else's. Guards are known by themselves.
    if !statement.schema.has_own_name() {
        drop::check(&dropped, &[], false);
        return Ret::Void;
    }
    let logs = log::all();
    drop::check(&dropped, &logs, true);
    for follow in AFTER_DROP {
        follow(&dropped, &logs);
    }
    Ret::Void
}
