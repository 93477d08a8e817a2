//! The schemas that this backend has compiled: those of contracts, and those that calls bring along.

use crate::error::Error;
use crate::pg::{memory, process, reserve};
use model::Problem;
use model::schema::{GROWTH, House, Kept, Schemas};
use model::taxonomy::document::{Compatibility, TypeDocument};
use model::taxonomy::versions::Versions;
use model::taxonomy::violation::Violation;
use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Bytes that they may hold, by estimate.
const ROOM: usize = 64 << 20;

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static SCHEMAS: ManuallyDrop<OnceCell<Rc<Schemas>>> = const { ManuallyDrop::new(OnceCell::new()) };
}

/// All of them.
pub fn schemas() -> Rc<Schemas> {
    let house = House {
        is_deep: memory::is_stack_deep,
        reserved: |bytes, f| Ok(reserve::with_reserve(bytes, f)?),
        room: ROOM,
    };
    SCHEMAS.with(|schemas| Rc::clone(schemas.get_or_init(|| Rc::new(Schemas::new(house)))))
}

/// The one that a stored document says.
pub fn get(source: &[u8]) -> Result<Rc<Kept>, Error> {
    Ok(schemas().get(source)?)
}

/// Refuses a contract whose schemas are none.
pub fn check(entry: &TypeDocument) -> Result<(), Error> {
    let sources = [&entry.schema, &entry.context_schema];
    let bytes: usize = sources.into_iter().flatten().map(Vec::len).sum();
    let check = || {
        entry
            .check_schemas()
            .map_err(|why| about(why, &entry.event_type))
    };
    reserve::with_reserve(bytes.saturating_mul(GROWTH), check)??;
    Ok(())
}

/// A version that breaks its promise to others.
#[derive(Debug)]
pub struct Broken {
    /// whose version it is
    pub event_type: String,
    /// which one
    pub version: i32,
    /// what it promises
    pub level: Compatibility,
    /// what breaks
    pub told: Vec<Violation>,
}

/// What breaks by what was put into the versions of these types.
pub fn breaks<'v>(
    types: impl IntoIterator<Item = (&'v str, &'v Versions)>,
) -> Result<Vec<Broken>, Error> {
    let mut all = Vec::new();
    for (event_type, versions) in types {
        let weight = versions.weight();
        if weight == 0 {
            continue;
        }
        let told = reserve::with_reserve(weight, || versions.breaks(&process::check_interrupts))?;
        for (version, told) in told? {
            let found = versions.all.iter().find(|one| one.number == version);
            all.push(Broken {
                event_type: event_type.to_owned(),
                version,
                level: found.map(|one| one.entry.compatibility).unwrap_or_default(),
                told,
            });
        }
    }
    Ok(all)
}

/// Of several types, says which one.
fn about(why: Problem, event_type: &str) -> Problem {
    match why {
        Problem::Argument { message, hint } => Problem::Argument {
            message: format!(
                "event type \"{}\": {message}",
                model::text::shorten(event_type)
            ),
            hint,
        },
        other => other,
    }
}
