//! What is tracked, and how: the rows of `eventlog.tracked_table`.
//!
//! `shape` keeps those that it has met, until they change (see `cache`, whose ways these are).

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::inval;
use crate::pg::relation::{self, Attribute};
use crate::pg::tuple::Row;
use pgrx::pg_sys::{self, Oid};
use std::collections::BTreeSet;
use std::rc::Rc;
use uuid::Uuid;

mod write;

pub use write::{begin, end, end_strangers, may_track, update};

/// `on_truncate` where TRUNCATE is captured.
pub const CAPTURE: &str = "capture";
/// `on_truncate` where TRUNCATE is refused.
pub const REFUSE: &str = "refuse";

/// One tracking of one table.
#[derive(Debug, Clone)]
pub struct Tracking {
    /// key in the catalogue, and the argument of the capture triggers
    pub id: Uuid,
    /// the table; none once the tracking has ended
    pub relation: Option<Oid>,
    /// the log that the events go to
    pub log_id: Uuid,
    /// entity type of the events
    pub entity_type: String,
    /// the columns that are tracked; none for all
    pub fields: Option<Vec<String>>,
    /// columns that are not tracked
    pub ignore: Option<Vec<String>>,
    /// the column that holds the tenant
    pub tenant_column: Option<String>,
    /// the column whose change is a `state_changed` event
    pub state_column: Option<String>,
    /// the column that marks a row as deleted
    pub deleted_column: Option<String>,
    /// whether `created` and `deleted` events carry values
    pub carry_values: bool,
    /// whether TRUNCATE is captured, and not refused
    pub capture_truncate: bool,
    /// when the tracking began, in microseconds since 2000
    pub since: i64,
}

impl Tracking {
    /// What TRUNCATE does, by its name in SQL.
    pub fn on_truncate(&self) -> &'static str {
        match self.capture_truncate {
            true => CAPTURE,
            false => REFUSE,
        }
    }

    /// Whether values of this column are captured. One that is computed when it is read has none.
    pub fn captures(&self, column: &Attribute) -> bool {
        !column.is_virtual && self.tracks(&column.name)
    }

    /// Whether this column is tracked. State and deletion are, whatever the lists say.
    pub fn tracks(&self, column: &str) -> bool {
        let named =
            |list: &Option<Vec<String>>| list.as_ref().map(|l| l.iter().any(|c| c == column));
        let marked = |name: &Option<String>| name.as_deref() == Some(column);
        marked(&self.state_column)
            || marked(&self.deleted_column)
            || (named(&self.fields).unwrap_or(true) && !named(&self.ignore).unwrap_or(false))
    }
}

/// The table `eventlog.tracked_table`.
pub fn table() -> Oid {
    relation::lookup("eventlog", "tracked_table")
        .unwrap_or_else(|| Error::internal("table \"eventlog.tracked_table\" is missing").raise())
}

/// The tracking with this id, if the catalogue knows it. What changes of it is announced as a change
/// of its table: whoever keeps it watches that.
pub fn by_id(id: Uuid) -> Option<Rc<Tracking>> {
    let oid = table();
    inval::watch_catalogue(&[oid]);
    // Opening locks the table and so takes in what was committed before.
    let table = Table::open(oid);
    let mut found = None;
    scan(&table, Some(id), |tracking| found = Some(Rc::new(tracking)));
    found
}

/// The tracking of this table that goes on, if it is tracked.
pub fn of_relation(oid: Oid) -> Option<Tracking> {
    let table = Table::open(table());
    let index = relation::lookup("eventlog", "tracked_table_relation");
    let [relation] = table.columns(&[("relation", pg_sys::REGCLASSOID)]);
    live_by(&table, index, &[(relation, Key::Oid(oid))]).pop()
}

/// The tracking that goes on and tells of this kind of entity in this log, if there is one.
pub fn of_live_entity(log_id: Uuid, entity_type: &str) -> Option<Tracking> {
    let table = Table::open(table());
    let index = relation::lookup("eventlog", "tracked_table_entity_type");
    live_by(&table, index, &entity_key(&table, log_id, entity_type)).pop()
}

/// The trackings of these tables that go on. Those of other tables, however many, cost nothing.
pub fn of_relations(oids: impl Iterator<Item = Oid>) -> Vec<Tracking> {
    let table = Table::open(table());
    let index = relation::lookup("eventlog", "tracked_table_relation");
    let [relation] = table.columns(&[("relation", pg_sys::REGCLASSOID)]);
    let once: BTreeSet<u32> = oids.map(Oid::to_u32).collect();
    let of = |oid| live_by(&table, index, &[(relation, Key::Oid(Oid::from(oid)))]);
    once.into_iter().flat_map(of).collect()
}

/// The trackings that go on into one log.
pub fn live_of_log(log_id: Uuid) -> Vec<Tracking> {
    let table = Table::open(table());
    let index = relation::lookup("eventlog", "tracked_table_entity_type");
    let [log] = table.columns(&[("log_id", pg_sys::UUIDOID)]);
    live_by(&table, index, &[(log, Key::Uuid(log_id))])
}

/// All trackings, past ones too, whose events tell of this kind of entity in this log.
pub fn of_entity(log_id: Uuid, entity_type: &str) -> Vec<Tracking> {
    let table = Table::open(table());
    let index = relation::lookup("eventlog", "tracked_table_entity");
    let mut found = Vec::new();
    let keys = entity_key(&table, log_id, entity_type);
    read(
        &table,
        |tracking| found.push(tracking),
        |snapshot, row| table.scan_by(snapshot, index, &keys, row),
    );
    found
}

fn entity_key<'a>(table: &Table, log_id: Uuid, entity_type: &'a str) -> [(i16, Key<'a>); 2] {
    let [log, entity] = table.columns(&[
        ("log_id", pg_sys::UUIDOID),
        ("entity_type", pg_sys::TEXTOID),
    ]);
    [(log, Key::Uuid(log_id)), (entity, Key::Text(entity_type))]
}

fn live_by(table: &Table, index: Option<Oid>, keys: &[(i16, Key<'_>)]) -> Vec<Tracking> {
    let mut found = Vec::new();
    let keep = |tracking: Tracking| {
        if tracking.relation.is_some() {
            found.push(tracking);
        }
    };
    read(table, keep, |snapshot, row| {
        table.scan_by(snapshot, index, keys, row)
    });
    found
}

fn scan(table: &Table, id: Option<Uuid>, f: impl FnMut(Tracking)) {
    read(table, f, |snapshot, row| table.scan(snapshot, id, row));
}

/// Shows `f` what a scan of the table shows.
fn read(
    table: &Table,
    mut f: impl FnMut(Tracking),
    scan: impl FnOnce(&LatestSnapshot, &mut dyn FnMut(Row<'_>)),
) {
    let [
        tracking_id,
        relation,
        log_id,
        entity_type,
        fields,
        ignore,
        tenant,
        state,
        deleted,
        carry,
        truncate,
        since,
    ] = table.columns(&[
        ("tracking_id", pg_sys::UUIDOID),
        ("relation", pg_sys::REGCLASSOID),
        ("log_id", pg_sys::UUIDOID),
        ("entity_type", pg_sys::TEXTOID),
        ("fields", pg_sys::TEXTARRAYOID),
        ("ignore", pg_sys::TEXTARRAYOID),
        ("tenant_column", pg_sys::TEXTOID),
        ("state_column", pg_sys::TEXTOID),
        ("deleted_column", pg_sys::TEXTOID),
        ("carry_values", pg_sys::BOOLOID),
        ("on_truncate", pg_sys::TEXTOID),
        ("tracked_since", pg_sys::TIMESTAMPTZOID),
    ]);
    scan(&LatestSnapshot::take(), &mut |row| {
        let (Some(id), Some(log_id)) = (row.uuid(tracking_id), row.uuid(log_id)) else {
            return;
        };
        f(Tracking {
            id,
            relation: row.oid(relation),
            log_id,
            entity_type: row.string(entity_type).unwrap_or_default(),
            fields: row.text_array(fields),
            ignore: row.text_array(ignore),
            tenant_column: row.string(tenant),
            state_column: row.string(state),
            deleted_column: row.string(deleted),
            carry_values: row.bool(carry).unwrap_or(true),
            capture_truncate: row.text(truncate) == Some(CAPTURE.as_bytes()),
            since: row.long(since).unwrap_or(i64::MIN),
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracking(fields: Option<&[&str]>, ignore: Option<&[&str]>) -> Tracking {
        let owned = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
        Tracking {
            id: Uuid::nil(),
            relation: None,
            log_id: Uuid::nil(),
            entity_type: "campaigns".to_owned(),
            fields: fields.map(owned),
            ignore: ignore.map(owned),
            tenant_column: Some("team_id".to_owned()),
            state_column: Some("status".to_owned()),
            deleted_column: Some("deleted_at".to_owned()),
            carry_values: true,
            capture_truncate: false,
            since: 0,
        }
    }

    #[test]
    fn all_columns_are_tracked_unless_a_list_says_otherwise() {
        assert!(tracking(None, None).tracks("name"));
        assert!(tracking(Some(&["name"]), None).tracks("name"));
        assert!(!tracking(Some(&["name"]), None).tracks("budget"));
        assert!(!tracking(None, Some(&["name"])).tracks("name"));
        assert!(!tracking(Some(&["name"]), Some(&["name"])).tracks("name"));
    }

    #[test]
    fn state_and_deletion_are_always_tracked() {
        let t = tracking(Some(&["name"]), Some(&["status", "deleted_at"]));
        assert!(t.tracks("status") && t.tracks("deleted_at"));
        assert!(!t.tracks("team_id"));
    }
}
