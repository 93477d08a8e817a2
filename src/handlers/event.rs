//! An event as its handlers get it, and as filters ask it.

use crate::error::OrRaise;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::datum::{Datum, Jsonb, Text};
use crate::pg::jsonb::{Builder, Value, key_cmp};
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Attribute, RelationRef};
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use crate::pg::value::ValueType;
use model::filter::{self, Cell, Column, Filters, Kind};
use model::tenant::TenantType;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

/// The columns of rows that are events.
pub struct Shape {
    /// in the order of jsonb's keys
    places: Vec<Place>,
    tenant_type: TenantType,
    id: i16,
    event_type: i16,
    tenant_id: i16,
    payload: i16,
    context: i16,
}

struct Place {
    number: i16,
    name: String,
    kind: ValueType,
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static SHAPES: ManuallyDrop<Cached<u32, Shape>> = ManuallyDrop::default();
}

impl Shape {
    /// Of the table that a trigger fires on.
    pub fn of(relation: RelationRef<'_>, target: &Target) -> Rc<Shape> {
        let oid = relation.oid().to_u32();
        if let Some(known) = SHAPES.with(|shapes| shapes.get(&oid)) {
            return known;
        }
        let columns = relation.attributes();
        let columns = columns.iter().map(|column| (column.number, column));
        let made = Rc::new(Shape::read(columns, target));
        SHAPES.with(|shapes| shapes.keep(oid, &made, Rc::clone(&target.as_of)));
        made
    }

    /// Of rows that a statement reads from a log, and the columns that it has to read, in order, after `seq`.
    pub fn of_statement(target: &Target) -> Option<(Shape, String)> {
        let columns = relation::peek(target.oid, |relation| relation.attributes())?;
        let columns: Vec<&Attribute> = columns.iter().filter(|c| !c.is_virtual).collect();
        let names: Vec<String> = columns
            .iter()
            .map(|column| format!("e.{}", relation::quote(&column.name)))
            .collect();
        let shape = Shape::read((2..).zip(columns), target);
        Some((shape, names.join(", ")))
    }

    fn read<'c>(columns: impl Iterator<Item = (i16, &'c Attribute)>, target: &Target) -> Shape {
        let columns = columns.filter(|(_, column)| !column.is_virtual);
        let mut places: Vec<Place> = columns
            .map(|(number, column)| Place {
                number,
                name: column.name.clone(),
                kind: ValueType::of_column(column),
            })
            .collect();
        places.sort_by(|a, b| key_cmp(a.name.as_bytes(), b.name.as_bytes()));
        let at = |name: &str| {
            let place = places.iter().find(|place| place.name == name);
            place.map_or(0, |place| place.number)
        };
        Shape {
            tenant_type: target.tenant_type,
            id: at("id"),
            event_type: at("type"),
            tenant_id: at("tenant_id"),
            payload: at("payload"),
            context: at("context"),
            places,
        }
    }
}

/// A row of a log.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    shape: &'a Shape,
    row: Row<'a>,
}

impl<'a> Event<'a> {
    /// A row of a log.
    pub fn new(shape: &'a Shape, row: Row<'a>) -> Self {
        Event { shape, row }
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.row.uuid(self.shape.id).unwrap_or_default()
    }

    /// Its type.
    pub fn event_type(&self) -> Text<'a> {
        self.row.text(self.shape.event_type).unwrap_or_default()
    }

    /// Its tenant as text.
    fn tenant(&self) -> Option<String> {
        let column = self.shape.tenant_id;
        match self.shape.tenant_type {
            TenantType::Text => self.row.string(column),
            TenantType::Uuid => self.row.uuid(column).map(|id| id.to_string()),
            TenantType::Bigint => self.row.long(column).map(|id| id.to_string()),
        }
    }

    /// All its columns by their names, the tenant as text.
    pub fn document<'m>(&self, memory: Memory<'m>) -> Jsonb<'m> {
        let mut pins = Pins::default();
        let mut builder = Builder::new();
        memory.within(|| {
            builder.begin_object();
            for Place { number, name, kind } in &self.shape.places {
                builder.key(name);
                match self.tenant().filter(|_| *number == self.shape.tenant_id) {
                    Some(tenant) => {
                        builder.string(tenant);
                    }
                    None => kind.encode(self.row.datum(*number), &mut builder, &mut pins),
                }
            }
            builder.end();
        });
        memory.jsonb(&builder.finish().or_raise())
    }

    /// Shows it to filters, with its documents read if they ask for them.
    pub fn with_documents<R>(&self, filters: &Filters, f: impl FnOnce(&Asked<'_>) -> R) -> R {
        let root = |column: i16| -> Option<Value<'a>> {
            let document = self.row.jsonb(column).filter(|_| filters.ask_documents())?;
            Some(document.read().ok()?.root())
        };
        let tenant = self.tenant();
        f(&Asked {
            event: *self,
            payload: root(self.shape.payload),
            context: root(self.shape.context),
            tenant: tenant.as_deref().map(str::as_bytes),
        })
    }
}

/// An event, as filters ask it.
pub struct Asked<'a> {
    event: Event<'a>,
    payload: Option<Value<'a>>,
    context: Option<Value<'a>>,
    tenant: Option<&'a [u8]>,
}

impl<'a> filter::Event<'a> for Asked<'a> {
    type Document = Value<'a>;

    fn payload(&self) -> Option<Value<'a>> {
        self.payload
    }

    fn context(&self) -> Option<Value<'a>> {
        self.context
    }

    fn column(&self, column: Column) -> Option<Cell<'a>> {
        if column.name() == "tenant_id" {
            return self.tenant.map(Cell::Text);
        }
        let mut columns = self.event.shape.places.iter();
        let at = columns.find(|place| place.name == column.name())?.number;
        let row = &self.event.row;
        match column.kind() {
            Kind::Text => row.text(at).map(Cell::Text),
            Kind::Number => row.int(at).map(i64::from).map(Cell::Number),
            Kind::Time => row.long(at).map(Cell::Time),
        }
    }
}

/// It as an argument.
pub fn argument(document: Jsonb<'_>) -> Datum<'_> {
    document.into()
}
