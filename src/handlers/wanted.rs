//! The sync handlers of a log, compiled and kept until they change.

use super::event::Event;
use super::function::Name;
use crate::catalogue::handler::{self, Handler};
use crate::error::{Error, OrRaise};
use crate::pg::cached::Cached;
use crate::pg::{convert, memory};
use model::filter::Filters;
use model::pattern::{Pattern, Selection};
use pgrx::pg_sys::Oid;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

/// A handler, ready to be asked.
pub struct Wanted {
    /// its name
    pub name: Box<str>,
    /// what it calls
    pub function: Name,
    /// whether its errors are kept, and the event written
    pub records: bool,
    selection: Selection,
    filters: Filters,
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static KNOWN: ManuallyDrop<Cached<Uuid, Vec<Wanted>>> = ManuallyDrop::default();
}

impl Wanted {
    /// Reads what a handler asks for; an error where it cannot be asked for.
    pub fn compile(handler: &Handler) -> Result<Wanted, Error> {
        let pattern = match &handler.pattern {
            Some(pattern) => Some(Pattern::parse(&handler.pattern_kind, pattern)?),
            // The kind by itself is checked too.
            None => Pattern::parse(&handler.pattern_kind, "x").map(|_| None)?,
        };
        let filters = match &handler.filters {
            Some(filters) => {
                let text = memory::current(|memory| convert::to_text(memory.jsonb(filters).into()));
                Filters::parse(text.as_bytes())?
            }
            None => Filters::default(),
        };
        Ok(Wanted {
            name: handler.name.as_str().into(),
            function: Name::parse(&handler.handler)?,
            records: handler.records,
            selection: Selection::new(handler.types.clone(), pattern)?,
            filters,
        })
    }

    /// Whether it is called for an event.
    pub fn wants(&self, event: &Event<'_>) -> bool {
        self.selection.wants(event.event_type())
            && (self.filters.is_empty()
                || event.with_documents(&self.filters, |e| self.filters.hold(e)))
    }
}

/// Those of a log, in the order of their names.
pub fn of_log(log_id: Uuid, log: Oid) -> Rc<Vec<Wanted>> {
    if let Some(known) = KNOWN.with(|known| known.get(&log_id)) {
        return known;
    }
    let (all, as_of) = handler::of_log(log_id, log);
    let sync = all.iter().filter(|handler| !handler.is_async);
    let made: Vec<Wanted> = sync
        .map(|handler| Wanted::compile(handler).or_raise())
        .collect();
    let made = Rc::new(made);
    KNOWN.with(|known| known.keep(log_id, &made, Rc::new(as_of)));
    made
}
