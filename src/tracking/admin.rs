//! Beginning and ending the tracking of a table.
//!
//! Triggers are made as the caller, who owns the table; rows of the catalogue are written as its
//! owner, and the log's note as the log's. The table is locked against writes before anything is
//! decided, so that no change falls between the catalogue's row and the triggers.

use super::columns;
use super::facts;
use super::note;
use super::options::Options;
use crate::catalogue::act;
use crate::catalogue::admin_log;
use crate::catalogue::cache;
use crate::catalogue::column_change::{self, Happened};
use crate::catalogue::redaction;
use crate::catalogue::tracked_table::{self, Tracking};
use crate::error::{self, Error, OrRaise};
use crate::log::default_log::default_log;
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::ddl::Dropped;
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::types;
use crate::pg::{relation, user};
use crate::writing::identity;
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys::Oid;
use std::rc::Rc;
use uuid::Uuid;

/// `eventlog.track_changes(...)`.
pub fn track_changes(call: &Call<'_>) -> Ret {
    let oid = relation_argument(call);
    prepare(oid);
    begin(oid, &options(call, oid), call.oid(8));
    Ret::Void
}

/// Locks a table of the current role's that can be tracked.
fn prepare(oid: Oid) {
    relation::require_owner(oid);
    let on_table = |sql: &str| act::during(|| spi::exec(sql, &[Value::Oid(oid)]));
    on_table("select eventlog._check_trackable($1::pg_catalog.oid::pg_catalog.regclass)");
    on_table("select eventlog._lock_tracked($1::pg_catalog.oid::pg_catalog.regclass)");
    // It may have changed hands, or have been attached somewhere, while this waited.
    relation::require_owner(oid);
    on_table("select eventlog._check_trackable($1::pg_catalog.oid::pg_catalog.regclass)");
}

/// Tracks it into a log, or brings its tracking to these options; a phrase for each thing that this changed.
fn begin(oid: Oid, options: &Options, log: Option<Oid>) -> Vec<String> {
    options.check().or_raise();
    let (target, rules) = target_of(log);
    check_columns(oid, options, &rules);

    let name = relation::display(oid);
    let (tracking, changed) = settle(oid, options, &target);
    let mut done: Vec<String> = Vec::new();
    if changed {
        done.push(format!(
            "tracking of {name} as \"{}\" into {}",
            tracking.entity_type, target.name
        ));
    }
    redaction::check_tracked(&tracking).or_raise();
    let made = add_capture(oid, &tracking);
    if changed || !made.is_empty() {
        note::write(&tracking);
        let mut detail = detail(&tracking);
        detail["triggers"] = serde_json::json!(made);
        admin_log::record("track_changes", Some(target.log_id), &name, &detail);
    }
    done.extend(made);
    done
}

/// Puts right a table of the current role's that carries capture triggers: those that are missing, or, where the
/// catalogue knows nothing of them, a new tracking by the note beside them. A phrase for each piece.
pub fn repair(oid: Oid) -> Vec<String> {
    prepare(oid);
    let known = tracked_table::of_relation(oid).filter(|t| carries_capture(oid, t.id));
    let (options, log_id) = match &known {
        Some(tracking) => (Options::of(tracking), tracking.log_id),
        None => note::read(oid).unwrap_or_else(|| {
            Error::not_set_up(
                format!(
                    "the capture triggers of \"{}\" do not say how it was tracked",
                    relation::display(oid)
                ),
                "Call eventlog.track_changes() with its options, or take the triggers off with \
                 eventlog.untrack_changes().",
            )
            .raise()
        }),
    };
    let Some(rules) = cache::rules(log_id) else {
        Error::not_set_up(
            format!(
                "the log that \"{}\" was tracked into is not in this database",
                relation::display(oid)
            ),
            "Call eventlog.track_changes() with another one, or take the triggers off with \
             eventlog.untrack_changes().",
        )
        .raise()
    };
    begin(oid, &options, Some(Oid::from(rules.relation)))
}

/// `eventlog.untrack_changes(relation)`. What is not tracked stays as it is.
pub fn untrack_changes(call: &Call<'_>) -> Ret {
    let oid = relation_argument(call);
    relation::require_owner(oid);
    let dropped: Vec<String> = act::during(|| {
        spi::run(
            "select d from eventlog._drop_capture($1::pg_catalog.oid::pg_catalog.regclass) d",
            &[Value::Oid(oid)],
            |row| row.string(1).unwrap_or_default(),
        )
    });
    let tracking = tracked_table::of_relation(oid);
    if let Some(tracking) = &tracking {
        tracked_table::end(tracking);
    }
    if tracking.is_some() || !dropped.is_empty() {
        let mut record = match &tracking {
            Some(tracking) => detail(tracking),
            None => serde_json::json!({}),
        };
        record["triggers"] = serde_json::json!(dropped);
        let log_id = tracking.map(|t| t.log_id);
        admin_log::record("untrack_changes", log_id, &relation::display(oid), &record);
    }
    Ret::Void
}

fn relation_argument(call: &Call<'_>) -> Oid {
    call.oid(0)
        .unwrap_or_else(|| Error::argument("relation must not be null").raise())
}

fn options(call: &Call<'_>, oid: Oid) -> Options {
    let list = |position: usize, name: &str| {
        let names = call.text_array(position)?;
        let names: Option<Vec<String>> = names.into_iter().collect();
        match names {
            Some(names) => Some(names),
            None => Error::argument(format!("{name} must not hold nulls")).raise(),
        }
    };
    Options {
        entity_type: call
            .string(1)
            .or_else(|| relation::name(oid).map(|(_, name)| name))
            .unwrap_or_default(),
        fields: list(2, "fields"),
        ignore: list(3, "ignore"),
        tenant_column: call.name(4),
        state_column: call.name(5),
        deleted_column: call.name(6),
        carry_values: call
            .bool(7)
            .unwrap_or_else(|| Error::argument("carry_values must not be null").raise()),
        capture_truncate: match call.string(9).as_deref() {
            Some(tracked_table::CAPTURE) => true,
            Some(tracked_table::REFUSE) => false,
            _ => Error::argument_hint(
                "on_truncate is neither \"refuse\" nor \"capture\"",
                "With \"capture\", TRUNCATE writes an event for each row that it removes.",
            )
            .raise(),
        },
    }
}

/// The log that the events are to go to. Capture writes there as its owner, who therefore says
/// whose tables' changes do: the owner's own, and those of the roles that `grant_tracker` named.
fn target_of(log: Option<Oid>) -> (Rc<Target>, Rc<LogRules>) {
    let oid = log.unwrap_or_else(default_log);
    if relation::exists(oid) && !tracked_table::may_track(oid, user::current_role_id()) {
        Error::NotAllowed {
            message: format!(
                "permission denied to track tables into log \"{}\"",
                relation::display(oid)
            ),
            hint: "The log's owner gives that right with eventlog.grant_tracker().".to_owned(),
        }
        .raise();
    }
    let (target, rules) = lookup::of_entitled(oid);
    target.require_genuine();
    (target, rules)
}

fn check_columns(oid: Oid, options: &Options, rules: &LogRules) {
    let tenant_type = types::of_tenant(rules.tenant_type);
    user::with_pinned_path(|| {
        spi::exec(
            "select eventlog._check_tracked_columns($1::pg_catalog.oid::pg_catalog.regclass, \
                $2, $3, $4, $5, $6, $7::pg_catalog.oid::pg_catalog.regtype)",
            &[
                Value::Oid(oid),
                Value::TextArray(options.fields.clone()),
                Value::TextArray(options.ignore.clone()),
                Value::Text(options.tenant_column.clone()),
                Value::Text(options.state_column.clone()),
                Value::Text(options.deleted_column.clone()),
                Value::Oid(tenant_type),
            ],
        );
    });
    // The context of a state_changed event names the column, and contexts have the log's limit.
    if let Some(column) = &options.state_column {
        let size = 21 + column.len();
        if size > rules.max_payload_bytes {
            Error::argument_hint(
                format!(
                    "the log's limit of {} bytes leaves no room for the context of \
                     \"state_changed\" events, which need {size}",
                    rules.max_payload_bytes
                ),
                "Leave state_column out, or name another log.",
            )
            .raise();
        }
    }
}

/// Brings the catalogue to what was asked for; gives the tracking, and whether that changed it.
fn settle(oid: Oid, options: &Options, target: &Target) -> (Tracking, bool) {
    // Whoever has another table tracked into this log waits here.
    target.lock();
    let mut present = tracked_table::of_relation(oid);
    if let Some(tracking) = present.take_if(|t| !carries_capture(oid, t.id)) {
        // Another table under a number that was used again, or changes went unseen.
        tracked_table::end(&tracking);
    }
    if let Some(rival) = tracked_table::of_live_entity(target.log_id, &options.entity_type)
        && let Some(other) = rival.relation.filter(|other| *other != oid)
    {
        if carries_capture(other, rival.id) {
            Error::argument_hint(
                format!(
                    "entity type \"{}\" of log \"{}\" is that of the tracked table \"{}\"",
                    options.entity_type,
                    target.name,
                    relation::display(other)
                ),
                "Two tables would mix entities of the same key; pass another entity_type.",
            )
            .raise();
        }
        // Dropped, or changed, while no event trigger fired.
        tracked_table::end(&rival);
    }
    match present {
        Some(old) if old.log_id == target.log_id && old.entity_type == options.entity_type => {
            if options.are_those_of(&old) {
                return (old, false);
            }
            let new = options.tracking(old.id, oid, old.log_id);
            tracked_table::update(&new);
            let mut notes = differences(&old, &new);
            if old.tenant_column != new.tenant_column {
                notes.push(Happened::Reassigned {
                    column: new.tenant_column.clone(),
                });
            }
            column_change::note(old.id, &notes);
            (new, true)
        }
        other => {
            if let Some(old) = other {
                tracked_table::end(&old);
                error::notice(
                    format!(
                        "the tracking of \"{}\" as \"{}\" ends here",
                        relation::display(oid),
                        old.entity_type
                    ),
                    "Another entity type or log begins a history of its own; the events so far \
                     stay where they are.",
                );
            }
            let id = identity::new_id(Reading::now());
            let new = options.tracking(id, oid, target.log_id);
            tracked_table::begin(&new);
            (new, true)
        }
    }
}

/// The columns that are tracked in one of two ways and not in the other.
fn differences(old: &Tracking, new: &Tracking) -> Vec<Happened> {
    let Some(oid) = new.relation else {
        return Vec::new();
    };
    facts::columns(oid)
        .into_iter()
        .filter_map(|column| match (old.tracks(&column), new.tracks(&column)) {
            (false, true) => Some(Happened::Added { column }),
            (true, false) => Some(Happened::Dropped { column }),
            _ => None,
        })
        .collect()
}

/// Whether any capture trigger of the tracking is left on the table, be it disabled. Read from the
/// table itself: the transaction's snapshot may be older.
pub fn carries_capture(oid: Oid, id: Uuid) -> bool {
    let id = id.to_string();
    relation::peek(oid, |relation| {
        relation.has_trigger("eventlog", "capture_changes", &id)
    })
    .unwrap_or(false)
}

fn add_capture(oid: Oid, tracking: &Tracking) -> Vec<String> {
    act::during(|| {
        spi::run(
            "select t from eventlog._add_capture($1::pg_catalog.oid::pg_catalog.regclass, $2, $3, true) t",
            &[
                Value::Oid(oid),
                Value::Uuid(tracking.id),
                Value::Bool(tracking.capture_truncate),
            ],
            |row| row.string(1).unwrap_or_default(),
        )
    })
}

fn detail(tracking: &Tracking) -> serde_json::Value {
    serde_json::json!({
        "tracking_id": tracking.id.to_string(),
        "entity_type": tracking.entity_type,
        "fields": tracking.fields,
        "ignore": tracking.ignore,
        "tenant_column": tracking.tenant_column,
        "state_column": tracking.state_column,
        "deleted_column": tracking.deleted_column,
        "carry_values": tracking.carry_values,
        "on_truncate": tracking.on_truncate(),
    })
}

/// Ends the trackings of tables that a statement dropped, and notes the columns that went.
pub fn follow_drop(dropped: &[Dropped]) {
    let of_table = |o: &&Dropped| o.is_table() || o.kind == "table column";
    if !dropped.iter().any(|o| of_table(&o)) {
        return;
    }
    let tables = dropped.iter().filter(of_table).map(|o| o.oid);
    for tracking in tracked_table::of_relations(tables) {
        let own = || {
            dropped
                .iter()
                .filter(of_table)
                .filter(|o| tracking.relation == Some(o.oid))
        };
        if let Some(table) = own().find(|o| o.is_table()) {
            tracked_table::end(&tracking);
            admin_log::record(
                "forget_tables",
                Some(tracking.log_id),
                &table.name,
                &detail(&tracking),
            );
        } else if own().next().is_some() {
            let columns: Vec<String> = own().filter_map(|o| o.part.clone()).collect();
            columns::note_dropped(tracking, &columns);
        }
    }
}
