//! An event as its handlers get it, and as filters ask it.

use crate::consumers::asks::{self, Event as _};
use crate::error::OrRaise;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::datum::{Datum, Jsonb, Text};
use crate::pg::jsonb::{Builder, key_cmp};
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Attribute, RelationRef};
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use crate::pg::value::ValueType;
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
}

impl<'a> asks::Event<'a> for Event<'a> {
    fn event_type(&self) -> Text<'a> {
        self.row.text(self.shape.event_type).unwrap_or_default()
    }

    fn payload(&self) -> Option<Jsonb<'a>> {
        self.row.jsonb(self.shape.payload)
    }

    fn context(&self) -> Option<Jsonb<'a>> {
        self.row.jsonb(self.shape.context)
    }

    fn tenant(&self) -> Option<String> {
        asks::tenant(&self.row, self.shape.tenant_id, self.shape.tenant_type)
    }

    fn column(&self, name: &str) -> Option<(Row<'a>, i16)> {
        let mut places = self.shape.places.iter();
        let place = places.find(|place| place.name == name)?;
        Some((self.row, place.number))
    }
}

/// It as an argument.
pub fn argument(document: Jsonb<'_>) -> Datum<'_> {
    document.into()
}
