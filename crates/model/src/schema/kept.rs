//! Compiled schemas, kept for as long as there is room.

use super::Schema;
use crate::Problem;
use rustc_hash::{FxHashMap, FxHasher};
use std::cell::{Cell, RefCell};
use std::hash::Hasher;
use std::rc::{Rc, Weak};

/// What the process lends to those who compile and ask schemas.
#[derive(Clone, Copy, Debug)]
pub struct House {
    /// whether the stack has come to its end
    pub is_deep: fn() -> bool,
    /// runs something once so many bytes of memory are sure to be had; says so where they are not
    pub reserved: fn(usize, &mut dyn FnMut()) -> Result<(), Problem>,
    /// bytes that all compiled schemas may hold, by estimate
    pub room: usize,
}

/// Bytes that a compiled schema takes for each of its source, with what compiling it takes on the way.
pub const GROWTH: usize = 64;

/// A compiled schema and the stored jsonb that it was made of.
#[derive(Debug)]
pub struct Kept {
    source: Box<[u8]>,
    schema: Schema,
    /// whether it was asked since room was last looked for
    is_used: Cell<bool>,
}

impl Kept {
    fn cost(&self) -> usize {
        self.source.len().saturating_mul(GROWTH)
    }
}

impl std::ops::Deref for Kept {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        &self.schema
    }
}

/// All schemas that a process has compiled, by what they were made of.
#[derive(Debug)]
pub struct Schemas {
    house: House,
    kept: RefCell<FxHashMap<u64, Rc<Kept>>>,
    cost: Cell<usize>,
}

impl Schemas {
    /// None yet.
    pub fn new(house: House) -> Schemas {
        Schemas {
            house,
            kept: RefCell::default(),
            cost: Cell::new(0),
        }
    }

    /// What the process lends.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.kept.borrow().len()
    }

    /// The schema that a stored jsonb says: the container, without its varlena header.
    pub fn get(&self, source: &[u8]) -> Result<Rc<Kept>, Problem> {
        let hash = {
            let mut hasher = FxHasher::default();
            hasher.write(source);
            hasher.finish()
        };
        if let Some(kept) = self.kept.borrow().get(&hash)
            && *kept.source == *source
        {
            kept.is_used.set(true);
            return Ok(Rc::clone(kept));
        }
        let mut compiled = None;
        (self.house.reserved)(source.len().saturating_mul(GROWTH), &mut || {
            compiled = Some(Schema::of_stored(source, "schema").map(|schema| {
                Rc::new(Kept {
                    source: source.into(),
                    schema,
                    is_used: Cell::new(true),
                })
            }));
        })?;
        let kept = compiled.unwrap_or_else(|| Err(Problem::argument("schema was not compiled")))?;
        self.make_room(kept.cost());
        if let Some(other) = self.kept.borrow_mut().insert(hash, Rc::clone(&kept)) {
            self.cost.set(self.cost.get() - other.cost());
        }
        self.cost.set(self.cost.get() + kept.cost());
        Ok(kept)
    }

    /// Gives up those that nobody asked since the last time, and all where that is not enough.
    fn make_room(&self, wanted: usize) {
        if self.cost.get().saturating_add(wanted) <= self.house.room {
            return;
        }
        let mut kept = self.kept.borrow_mut();
        kept.retain(|_, one| one.is_used.replace(false));
        let cost = kept.values().map(|one| one.cost()).sum::<usize>();
        if cost.saturating_add(wanted) <= self.house.room {
            self.cost.set(cost);
            return;
        }
        kept.clear();
        self.cost.set(0);
    }
}

/// The schema of a contract: compiled when an event first asks for it.
#[derive(Debug)]
pub struct Slot {
    source: Box<[u8]>,
    schemas: Rc<Schemas>,
    kept: RefCell<Weak<Kept>>,
}

impl Slot {
    /// A place for the schema that a stored jsonb says.
    pub fn new(source: Box<[u8]>, schemas: Rc<Schemas>) -> Slot {
        Slot {
            source,
            schemas,
            kept: RefCell::default(),
        }
    }

    /// What the process lends.
    pub fn house(&self) -> &House {
        self.schemas.house()
    }

    /// The compiled schema.
    pub fn schema(&self) -> Result<Rc<Kept>, Problem> {
        if let Some(kept) = self.kept.borrow().upgrade() {
            kept.is_used.set(true);
            return Ok(kept);
        }
        let kept = self.schemas.get(&self.source)?;
        *self.kept.borrow_mut() = Rc::downgrade(&kept);
        Ok(kept)
    }
}
