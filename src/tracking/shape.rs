//! What capture knows of a table: which columns are tracked, and how their values are read.
//!
//! Columns are found by name, for each relation by itself: a partition may have them in another
//! order than its parent, and dropped ones leave gaps.

use crate::catalogue::tracked_table::{self, Tracking};
use crate::error::Error;
use crate::pg::cached::Cached;
use crate::pg::inval::{self, AsOf};
use crate::pg::jsonb::key_cmp;
use crate::pg::relation::{self, Attribute, RelationRef};
use crate::pg::value::ValueType;
use pgrx::pg_sys::Oid;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

/// A column of which values are read.
#[derive(Debug)]
pub struct Column {
    /// its position in a row
    pub number: i16,
    /// its name, which is its key in documents
    pub name: String,
    /// its type
    pub oid: Oid,
    /// the same, as far as values are encoded
    pub kind: ValueType,
    /// whether its value is always what Postgres shows to triggers. Of a row that is inserted into
    /// a partitioned table, it shows no computed columns where the partition has others before
    /// them.
    pub is_shown: bool,
}

/// A table that is tracked, or a partition of one.
pub struct Shape {
    /// how it is tracked
    pub tracking: Rc<Tracking>,
    /// the tracked table itself
    pub root: Oid,
    /// what is tracked, in the order of jsonb's keys
    pub columns: Vec<Column>,
    /// the primary key
    pub key: Vec<Column>,
    /// how keys may change in a statement
    pub keys: Keys,
    /// the column that holds the tenant
    pub tenant: Option<Column>,
    /// place of the state among the columns
    pub state: Option<usize>,
    /// place of the mark of deletion among the columns, and whether it is a boolean
    pub deleted: Option<(usize, bool)>,
    /// the last column that is read
    pub last: i16,
    /// types of its events
    pub types: Types,
}

/// What holds for the keys of a table while a statement changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// no two rows have the same one at any time
    Unique,
    /// no two rows have the same one when the statement has ended: the key is deferrable
    UniqueAtTheEnd,
    /// the same, and cascades of foreign keys may change the key of a row that the statement has changed
    Cascading,
}

/// Names of a table's event types.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Types {
    pub created: Box<str>,
    pub updated: Box<str>,
    pub deleted: Box<str>,
    pub state_changed: Box<str>,
}

impl Types {
    /// Of this entity type.
    pub fn of(entity_type: &str) -> Types {
        let name = |change: &str| format!("{entity_type}.{change}").into_boxed_str();
        Types {
            created: name("created"),
            updated: name("updated"),
            deleted: name("deleted"),
            state_changed: name("state_changed"),
        }
    }
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static SHAPES: ManuallyDrop<Cached<u32, Shape>> = ManuallyDrop::default();
}

/// The shape of a table whose capture trigger carries this argument.
pub fn of(relation: RelationRef<'_>, argument: &[u8]) -> Rc<Shape> {
    inval::accept();
    let oid = relation.oid();
    let id = std::str::from_utf8(argument)
        .ok()
        .and_then(|text| Uuid::try_parse(text).ok());
    if let Some(shape) = SHAPES
        .with(|shapes| shapes.get(&oid.to_u32()))
        .filter(|shape| Some(shape.tracking.id) == id)
    {
        return shape;
    }
    let root = relation.root();
    let as_of = Rc::new(AsOf::now_with_catalogue(&[oid, root]));
    // Anyone can hang the trigger on a table of their own: the catalogue says which one it is for.
    let tracking = id
        .and_then(tracked_table::by_id)
        .filter(|tracking| tracking.relation == Some(root))
        .unwrap_or_else(|| {
            Error::not_set_up(
                format!(
                    "the catalogue of pg_eventlog does not know relation \"{}\" as a tracked table",
                    relation::display(oid)
                ),
                "Its owner tracks it again with eventlog.track_changes(), or takes the triggers \
                 off with eventlog.untrack_changes().",
            )
            .raise()
        });
    let shape = Rc::new(read(relation, root, tracking));
    // Kept only if nothing has moved since; the next call keeps it otherwise.
    SHAPES.with(|shapes| shapes.keep(oid.to_u32(), &shape, as_of));
    shape
}

fn read(relation: RelationRef<'_>, root: Oid, tracking: Rc<Tracking>) -> Shape {
    let attributes = relation.attributes();
    let is_partitioned = relation.is_partitioned() || relation.oid() != root;
    let column = |a: &Attribute| Column {
        is_shown: !(is_partitioned && a.is_computed),
        number: a.number,
        name: a.name.clone(),
        oid: a.kind,
        kind: ValueType::of_column(a),
    };
    let primary = relation.primary_key();
    let key: Vec<Column> = primary
        .iter()
        .flat_map(|key| &key.columns)
        .filter_map(|n| attributes.iter().find(|a| a.number == *n).map(column))
        .collect();
    if key.is_empty() {
        Error::not_set_up(
            format!(
                "tracked table \"{}\" has no primary key any more",
                relation::display(relation.oid())
            ),
            "Add a primary key, or end the tracking with eventlog.untrack_changes().",
        )
        .raise();
    }
    let mut columns: Vec<Column> = attributes
        .iter()
        .filter(|a| tracking.captures(a))
        .map(column)
        .collect();
    columns.sort_by(|a, b| key_cmp(a.name.as_bytes(), b.name.as_bytes()));
    let missing = |name: &str| -> ! {
        Error::not_set_up(
            format!(
                "tracked table \"{}\" has no column \"{name}\" any more",
                relation::display(relation.oid())
            ),
            "Call eventlog.track_changes() again, without it.",
        )
        .raise()
    };
    let place = |name: &Option<String>| {
        let name = name.as_ref()?;
        let place = columns.iter().position(|c| c.name == *name);
        Some(place.unwrap_or_else(|| missing(name)))
    };
    let state = place(&tracking.state_column);
    let deleted = place(&tracking.deleted_column)
        .map(|place| (place, columns[place].oid == pgrx::pg_sys::BOOLOID));
    let tenant = tracking.tenant_column.as_ref().map(|name| {
        let found = attributes.iter().find(|a| a.name == *name);
        found.map(column).unwrap_or_else(|| missing(name))
    });
    let last = columns
        .iter()
        .chain(&key)
        .chain(&tenant)
        .map(|c| c.number)
        .max()
        .unwrap_or(1);
    let keys = match primary.is_some_and(|key| key.deferrable) {
        false => Keys::Unique,
        true if relation.has_foreign_keys() => Keys::Cascading,
        true => Keys::UniqueAtTheEnd,
    };
    Shape {
        types: Types::of(&tracking.entity_type),
        tracking,
        root,
        columns,
        key,
        keys,
        tenant,
        state,
        deleted,
        last,
    }
}
