//! What happens to the columns of tracked tables.
//!
//! Events keep the names and values of their own time; the catalogue notes what became of a column
//! since, and its options follow. Event triggers call this at the end of each ALTER TABLE and of
//! each drop, for whoever gave the command: it reads the catalogue natively, runs nothing that is
//! looked up by name, and writes as the catalogue's owner.

use super::admin;
use super::facts;
use super::note;
use super::recast;
use crate::catalogue::cache;
use crate::catalogue::column_change::{self, Happened};
use crate::catalogue::tracked_table::{self, Tracking};
use crate::error::Error;
use crate::pg::ddl::Statement;
use crate::pg::ddl_acts::{ColumnAct, TypeAct};
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::types;
use model::tenant::TenantType;
use pgrx::pg_sys::{self, Oid};

/// Follows each ALTER of something that has columns, or that columns are of.
pub fn follow_ddl(statement: &Statement<'_>) {
    let acts = statement.acts();
    // Under another name the catalogue is not to be found, or is somebody else's.
    let named = statement.schema.has_own_name();
    if (acts.columns.is_empty() && acts.types.is_empty()) || !named {
        return;
    }
    let reworded: Vec<_> = acts
        .types
        .iter()
        .flat_map(|act| columns_of(act.kind).into_iter().map(move |at| (at, act)))
        .collect();
    let columns = acts.columns.iter().map(|(oid, _)| *oid);
    let tables = columns.chain(reworded.iter().map(|((oid, _), _)| *oid));
    for tracking in tracked_table::of_relations(tables) {
        let own: Vec<&ColumnAct> = acts
            .columns
            .iter()
            .filter(|(oid, _)| tracking.relation == Some(*oid))
            .map(|(_, act)| act)
            .collect();
        let notes = words(&tracking, &reworded);
        let id = tracking.id;
        follow(tracking, &own);
        column_change::note(id, &notes);
    }
}

/// Columns whose values consist, in part at least, of values of this type.
fn columns_of(kind: Oid) -> Vec<(Oid, String)> {
    let found = spi::run(
        "with recursive used (class, object, part) as ( \
            select 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, $1, 0 \
            union \
            select d.classid, d.objid, d.objsubid \
            from used u \
            left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) u.object \
                and u.class operator(pg_catalog.=) \
                    'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid \
            join pg_catalog.pg_depend d \
                on d.refclassid operator(pg_catalog.=) \
                    'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid \
                and d.refobjid operator(pg_catalog.=) coalesce(c.reltype, u.object) \
            where d.classid operator(pg_catalog.=) \
                    'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid \
                or d.classid operator(pg_catalog.=) \
                    'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid \
                and d.objsubid operator(pg_catalog.>) 0 \
        ) \
        select a.attrelid, a.attname::pg_catalog.text \
        from used u \
        join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) u.object \
            and a.attnum operator(pg_catalog.=) u.part \
        where u.class operator(pg_catalog.=) \
                'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid \
            and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped",
        &[Value::Oid(kind)],
        |row| Some((row.oid(1)?, row.string(2)?)),
    );
    found.into_iter().flatten().collect()
}

/// What became of the words of a tracking's columns.
fn words(tracking: &Tracking, reworded: &[((Oid, String), &TypeAct)]) -> Vec<Happened> {
    reworded
        .iter()
        .filter(|((oid, column), _)| {
            tracking.relation == Some(*oid)
                && (tracking.tracks(column) || facts::key_columns(*oid).contains(column))
        })
        .map(|((_, column), act)| Happened::Reworded {
            column: column.clone(),
            word: act.word.clone(),
            now: act.now.clone(),
        })
        .collect()
}

/// Brings a tracking's options to what a statement did, and notes it.
fn follow(mut tracking: Tracking, acts: &[&ColumnAct]) {
    let Some(oid) = tracking.relation else {
        return;
    };
    let mut columns = None;
    let mut notes = Vec::new();
    let mut renamed = false;
    let constraint_dropped = acts.contains(&&ColumnAct::ConstraintDropped);
    for act in acts {
        match act {
            ColumnAct::Added(column) => {
                // One that is computed whenever it is read holds nothing to track.
                let columns = columns.get_or_insert_with(|| facts::columns(oid));
                if tracking.tracks(column) && columns.contains(column) {
                    notes.push(Happened::Added {
                        column: column.clone(),
                    });
                }
            }
            ColumnAct::Renamed { from, to } => {
                if tracking.tracks(from) {
                    notes.push(Happened::Renamed {
                        from: from.clone(),
                        to: to.clone(),
                    });
                }
                renamed |= rename(&mut tracking, from, to);
            }
            ColumnAct::Retyped { column, casts } => {
                let in_key = facts::key_columns(oid).contains(column);
                let known = casts
                    .as_ref()
                    .is_some_and(|c| recast::reads_alike(c) && (!in_key || recast::keeps_equal(c)));
                let column_name = column.clone();
                if !known && (in_key || tracking.tracks(column)) {
                    notes.push(Happened::Rewritten {
                        column: column_name,
                    });
                } else if in_key {
                    notes.push(Happened::Respelled {
                        column: column_name,
                    });
                }
                let rules = || cache::rules(tracking.log_id);
                if tracking.tenant_column.as_deref() == Some(column)
                    && let Some(rules) = rules()
                {
                    check_tenant(oid, column, rules.tenant_type);
                }
            }
            // A table that had lost its key may get one again.
            ColumnAct::KeyAdded if constraint_dropped => refuse_key(&tracking, "be replaced"),
            ColumnAct::ConstraintDropped if !facts::has_key(oid) => {
                refuse_key(&tracking, "be dropped");
            }
            ColumnAct::KeyAdded | ColumnAct::ConstraintDropped => {}
            ColumnAct::Typed => Error::not_set_up(
                format!(
                    "tracked table \"{}\" cannot become a table of a type",
                    relation::display(oid)
                ),
                "End its tracking first with eventlog.untrack_changes().",
            )
            .raise(),
        }
    }
    if renamed {
        tracked_table::update(&tracking);
        note::write(&tracking);
    }
    column_change::note(tracking.id, &notes);
}

/// Whether the options named the column.
fn rename(tracking: &mut Tracking, from: &str, to: &str) -> bool {
    let lists = [&mut tracking.fields, &mut tracking.ignore];
    let names = [
        &mut tracking.tenant_column,
        &mut tracking.state_column,
        &mut tracking.deleted_column,
    ];
    let mut found = false;
    for name in lists
        .into_iter()
        .flatten()
        .flatten()
        .chain(names.into_iter().flatten())
    {
        if name == from {
            to.clone_into(name);
            found = true;
        }
    }
    found
}

/// Columns of a tracked table, or the table itself, were dropped.
pub fn note_dropped(mut tracking: Tracking, dropped: &[String]) {
    let Some(oid) = tracking.relation else {
        return;
    };
    for (option, column) in [
        ("tenant_column", &tracking.tenant_column),
        ("state_column", &tracking.state_column),
        ("deleted_column", &tracking.deleted_column),
    ] {
        if let Some(column) = column
            && dropped.contains(column)
        {
            Error::Needed {
                message: format!(
                    "column \"{column}\" cannot be dropped, being the {option} of the tracked \
                     table \"{}\"",
                    relation::display(oid)
                ),
                hint: "Call eventlog.track_changes() with another one or none, or end the \
                       tracking with eventlog.untrack_changes()."
                    .to_owned(),
            }
            .raise();
        }
    }
    if !facts::has_key(oid) {
        refuse_key(&tracking, "be dropped");
    }
    let notes: Vec<Happened> = dropped
        .iter()
        .filter(|column| tracking.tracks(column))
        .map(|column| Happened::Dropped {
            column: column.clone(),
        })
        .collect();
    let before = (tracking.fields.clone(), tracking.ignore.clone());
    let lists = [&mut tracking.fields, &mut tracking.ignore];
    for list in lists.into_iter().flatten() {
        list.retain(|column| !dropped.contains(column));
    }
    // No ignored column is none; no tracked field is not all of them.
    tracking.ignore = tracking.ignore.filter(|list| !list.is_empty());
    if before != (tracking.fields.clone(), tracking.ignore.clone()) {
        tracked_table::update(&tracking);
        note::write(&tracking);
    }
    column_change::note(tracking.id, &notes);
}

/// A table that has lost all capture triggers is not held back: pg_restore --clean takes a table apart in this order,
/// triggers, key, table.
fn refuse_key(tracking: &Tracking, what: &str) {
    let Some(oid) = tracking.relation else {
        return;
    };
    if !admin::carries_capture(oid, tracking.id) {
        return;
    }
    Error::Needed {
        message: format!(
            "the primary key of the tracked table \"{}\" cannot {what}",
            relation::display(oid)
        ),
        hint: "The key says which row an event is about. End the tracking first with \
               eventlog.untrack_changes()."
            .to_owned(),
    }
    .raise();
}

/// Refuses a type of the tenant column that the log's tenants cannot be made of.
fn check_tenant(oid: Oid, column: &str, tenant_type: TenantType) {
    let kind = types::of_column(oid, column);
    if kind.is_some_and(|(kind, _)| !makes_tenants(kind, tenant_type)) {
        Error::Needed {
            message: format!(
                "the tenant_column \"{column}\" of the tracked table \"{}\" cannot have a type \
                 that the log's tenants are not of",
                relation::display(oid)
            ),
            hint: "Call eventlog.track_changes() without tenant_column first, or end the tracking \
                   with eventlog.untrack_changes()."
                .to_owned(),
        }
        .raise();
    }
}

/// Whether values of this type can name tenants of that one, by what they are and not by what they happen to say.
fn makes_tenants(kind: Oid, tenant_type: TenantType) -> bool {
    let text = [pg_sys::TEXTOID, pg_sys::VARCHAROID];
    let base = types::base(kind).0;
    match tenant_type {
        TenantType::Uuid => base == pg_sys::UUIDOID || text.contains(&base),
        TenantType::Bigint => {
            let numbers = [pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID];
            numbers.contains(&base) || text.contains(&base)
        }
        TenantType::Text => true,
    }
}

/// `eventlog._makes_tenants(type, tenant_type)`: null of a type that is not there.
pub fn makes_tenants_of(call: &Call<'_>) -> Ret {
    let (Some(kind), Some(tenants)) = (call.oid(0), call.oid(1)) else {
        return Ret::Null;
    };
    if !types::exists(kind) {
        return Ret::Null;
    }
    let tenants = types::tenants_of(tenants).unwrap_or(TenantType::Text);
    call.value(makes_tenants(kind, tenants))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::options::Options;
    use uuid::Uuid;

    #[test]
    fn options_follow_a_rename() {
        let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect());
        let mut tracking = Options {
            entity_type: "campaigns".to_owned(),
            fields: list(&["a", "b"]),
            ignore: list(&["c"]),
            tenant_column: Some("a".to_owned()),
            state_column: Some("d".to_owned()),
            deleted_column: None,
            carry_values: true,
            capture_truncate: false,
        }
        .tracking(Uuid::nil(), Oid::from(1), Uuid::nil());
        assert!(rename(&mut tracking, "a", "x"));
        assert!(rename(&mut tracking, "c", "y"));
        assert!(rename(&mut tracking, "d", "z"));
        assert!(!rename(&mut tracking, "a", "w"));
        assert_eq!(tracking.fields, list(&["x", "b"]));
        assert_eq!(tracking.ignore, list(&["y"]));
        assert_eq!(tracking.tenant_column.as_deref(), Some("x"));
        assert_eq!(tracking.state_column.as_deref(), Some("z"));
    }
}
