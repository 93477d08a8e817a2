//! The sync handlers of a log, compiled and kept until they change.

use super::event::Event;
use super::function::Name;
use crate::catalogue::handler::{self, Handler};
use crate::consumers::asks::{Asks, Event as _};
use crate::error::{Error, OrRaise};
use crate::pg::cached::Cached;
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
    asks: Asks,
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static KNOWN: ManuallyDrop<Cached<Uuid, Vec<Wanted>>> = ManuallyDrop::default();
}

impl Wanted {
    /// Reads what a handler asks for; an error where it cannot be asked for.
    pub fn compile(handler: &Handler) -> Result<Wanted, Error> {
        let asks = Asks::compile(
            handler.types.as_deref(),
            handler.pattern.as_deref(),
            &handler.pattern_kind,
            handler.filters.as_deref(),
        )?;
        Ok(Wanted {
            name: handler.name.as_str().into(),
            function: Name::parse(&handler.handler)?,
            records: handler.records,
            asks,
        })
    }

    /// Whether it is called for an event.
    pub fn wants(&self, event: &Event<'_>) -> bool {
        self.asks.wants_type(event.event_type()) && self.asks.hold(*event)
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
