//! An event as its handlers get it, and as filters ask it.

use crate::consumers::asks;
use crate::log::document;
pub use crate::log::document::Shape;
use crate::pg::datum::{Datum, Jsonb, Text};
use crate::pg::memory::Memory;
use crate::pg::tuple::Row;
use uuid::Uuid;

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
        self.shape.document(&self.row, None, memory)
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
        document::tenant(&self.row, self.shape.tenant_id, self.shape.tenant_type)
    }

    fn column(&self, name: &str) -> Option<(Row<'a>, i16)> {
        Some((self.row, self.shape.place_of(name)?))
    }
}

/// It as an argument.
pub fn argument(document: Jsonb<'_>) -> Datum<'_> {
    document.into()
}
