//! What subscriptions, handlers and readers ask of an event: its type, and what its fields have to be.

use crate::error::Error;
use crate::pg::datum::{Jsonb, Text};
use crate::pg::fcall::{Call, required};
use crate::pg::jsonb::Value;
use crate::pg::tuple::Row;
use crate::pg::{convert, memory};
use model::filter::{self, Cell, Column, Filters, Kind};
use model::pattern::Selection;

/// An event that can be asked.
pub trait Event<'a>: Copy {
    /// Its type.
    fn event_type(&self) -> Text<'a>;
    /// A document.
    fn payload(&self) -> Option<Jsonb<'a>>;
    /// The other one.
    fn context(&self) -> Option<Jsonb<'a>>;
    /// Its tenant as text.
    fn tenant(&self) -> Option<String>;
    /// Its row, and where the column of this name stands in it.
    fn column(&self, name: &str) -> Option<(Row<'a>, i16)>;
}

/// What is asked, compiled.
pub struct Asks {
    selection: Selection,
    filters: Filters,
}

impl Asks {
    /// Reads what is asked; an error where it cannot be. The filters are a jsonb container.
    pub fn compile(
        types: Option<&[String]>,
        pattern: Option<&str>,
        pattern_kind: &str,
        filters: Option<&[u8]>,
    ) -> Result<Asks, Error> {
        let filters = filters.map(|filters| {
            let text = memory::current(|memory| convert::to_text(memory.jsonb(filters).into()));
            Filters::parse(text.as_bytes())
        });
        Ok(Asks {
            selection: Selection::parse(types, pattern, pattern_kind)?,
            filters: filters.transpose()?.unwrap_or_default(),
        })
    }

    /// Whether its type is wanted.
    #[inline]
    pub fn wants_type(&self, event_type: Text<'_>) -> bool {
        self.selection.wants(event_type)
    }

    /// Whether its fields are as they have to be.
    #[inline]
    pub fn hold<'a>(&self, event: impl Event<'a>) -> bool {
        self.filters.is_empty() || self.ask(event)
    }

    fn ask<'a>(&self, event: impl Event<'a>) -> bool {
        let root = |document: Option<Jsonb<'a>>| -> Option<Value<'a>> {
            let wanted = document.filter(|_| self.filters.ask_documents())?;
            Some(wanted.read().ok()?.root())
        };
        let tenant = event.tenant();
        self.filters.hold(&Open {
            event,
            payload: root(event.payload()),
            context: root(event.context()),
            tenant: tenant.as_deref().map(str::as_bytes),
        })
    }
}

/// An event whose documents are read, if anybody asks for them.
struct Open<'a, 't, E> {
    event: E,
    payload: Option<Value<'a>>,
    context: Option<Value<'a>>,
    tenant: Option<&'t [u8]>,
}

impl<'a: 't, 't, E: Event<'a>> filter::Event<'t> for Open<'a, 't, E> {
    type Document = Value<'t>;

    fn payload(&self) -> Option<Value<'t>> {
        self.payload
    }

    fn context(&self) -> Option<Value<'t>> {
        self.context
    }

    fn column(&self, column: Column) -> Option<Cell<'t>> {
        if column.name() == "tenant_id" {
            return self.tenant.map(Cell::Text);
        }
        let (row, at) = self.event.column(column.name())?;
        match column.kind() {
            Kind::Text => row.text(at).map(Cell::Text),
            Kind::Number => row.int(at).map(i64::from).map(Cell::Number),
            Kind::Time => row.long(at).map(Cell::Time),
        }
    }
}

/// An argument that lists types: none of them is null.
pub fn types_of(call: &Call<'_>, argument: usize) -> Option<Vec<String>> {
    let types = call.text_array(argument)?;
    let all: Option<Vec<String>> = types.into_iter().collect();
    Some(required(all, "an element of types"))
}

/// An argument that says how many at most.
pub fn most(call: &Call<'_>, argument: usize, name: &'static str) -> usize {
    match required(call.int(argument), name) {
        most @ 1.. => most as usize,
        _ => Error::argument(format!("{name} must be 1 or more")).raise(),
    }
}
