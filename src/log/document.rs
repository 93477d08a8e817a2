//! The event document: a row of a log as JSON, its columns by their names.

use super::target::Target;
use crate::error::OrRaise;
use crate::pg::cached::Cached;
use crate::pg::datum::Jsonb;
use crate::pg::jsonb::{Builder, key_cmp};
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Attribute, RelationRef};
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use crate::pg::value::ValueType;
use model::tenant::TenantType;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// The columns of rows that are events.
pub struct Shape {
    /// in the order of jsonb's keys
    places: Vec<Place>,
    /// type of its tenants
    pub tenant_type: TenantType,
    /// where these columns are
    pub id: i16,
    #[allow(missing_docs)]
    pub event_type: i16,
    #[allow(missing_docs)]
    pub tenant_id: i16,
    #[allow(missing_docs)]
    pub payload: i16,
    #[allow(missing_docs)]
    pub context: i16,
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

    /// Where the column of this name is.
    pub fn place_of(&self, name: &str) -> Option<i16> {
        let place = self.places.iter().find(|place| place.name == name)?;
        Some(place.number)
    }

    /// Its columns, in the order of jsonb's keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| &*place.name)
    }

    /// The columns of a row by their names, the tenant as text: all of them, or those of these names.
    pub fn document<'m>(
        &self,
        row: &Row<'_>,
        names: Option<&[String]>,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        let mut pins = Pins::default();
        let mut builder = Builder::new();
        memory.within(|| {
            builder.begin_object();
            for Place { number, name, kind } in &self.places {
                if names.is_some_and(|names| !names.contains(name)) {
                    continue;
                }
                builder.key(name);
                let is_tenant = *number == self.tenant_id;
                match is_tenant
                    .then(|| tenant(row, *number, self.tenant_type))
                    .flatten()
                {
                    Some(tenant) => {
                        builder.string(tenant);
                    }
                    None => kind.encode(row.datum(*number), &mut builder, &mut pins),
                }
            }
            builder.end();
        });
        memory.jsonb(&builder.finish().or_raise())
    }
}

/// A column of tenants of this type, as text.
pub fn tenant(row: &Row<'_>, column: i16, tenant_type: TenantType) -> Option<String> {
    match tenant_type {
        TenantType::Uuid => row.uuid(column).map(|id| id.to_string()),
        TenantType::Bigint => row.long(column).map(|id| id.to_string()),
        TenantType::Text => row.string(column),
    }
}
