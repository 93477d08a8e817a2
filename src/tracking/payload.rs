//! The payloads of a tracked table's events.

use super::shape::Shape;
use crate::error::Error;
use crate::pg::datum::Jsonb;
use crate::pg::jsonb::{BuildError, Builder, List};
use crate::pg::memory::Memory;
use crate::pg::relation;
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use smallvec::SmallVec;
use std::cell::Cell;
use std::ffi::CString;

impl Drop for Payloads<'_> {
    fn drop(&mut self) {
        if self.bytes.capacity() <= SPARE_BYTES {
            let builder = std::mem::take(&mut self.builder);
            SPARE.set(Some((builder, std::mem::take(&mut self.bytes))));
        }
    }
}

/// Places of columns in a shape.
pub type Places = SmallVec<[usize; 16]>;

thread_local! {
    /// Memory of the statement before, for the next one.
    static SPARE: Cell<Option<(Builder, List<u8>)>> = const { Cell::new(None) };
}

/// More than this is not worth keeping.
const SPARE_BYTES: usize = 64 << 10;

/// jsonb has room for 256 MB, and a row may be larger. Where a payload is too large, values of more
/// bytes than these are left out, and their columns named; no change is refused for its size.
const LIMITS: [usize; 3] = [usize::MAX, 1 << 20, 1 << 10];

/// Builds payloads, one after the other, in the same memory.
pub struct Payloads<'a> {
    shape: &'a Shape,
    reason: Option<CString>,
    builder: Builder,
    bytes: List<u8>,
    /// bytes that a value may have
    limit: usize,
    /// places of the columns that were left out
    omitted: Places,
}

/// A part of a payload.
#[derive(Clone, Copy)]
enum Part<'r> {
    /// values of a row, under this key
    Values(&'static str, &'r Row<'r>),
    /// what changed
    Changes(&'r Places, &'r Row<'r>, &'r Row<'r>),
    /// the state's change
    State(usize, &'r Row<'r>, &'r Row<'r>),
}

impl<'a> Payloads<'a> {
    /// For the events of one statement.
    pub fn new(shape: &'a Shape, reason: Option<CString>) -> Self {
        let (builder, bytes) = SPARE.take().unwrap_or_default();
        Payloads {
            shape,
            reason,
            builder,
            bytes,
            limit: usize::MAX,
            omitted: Places::new(),
        }
    }

    /// `{"initial_values": {...}}`, and what changed where the row was there before.
    pub fn created<'m>(
        &mut self,
        new: &Row<'_>,
        changed: Option<(&Places, &Row<'_>)>,
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        let changes = changed.map(|(places, old)| Part::Changes(places, old, new));
        self.build(
            [changes, Some(Part::Values("initial_values", new))],
            pins,
            memory,
        )
    }

    /// `{"final_values": {...}}`, and what changed where the row stays.
    pub fn deleted<'m>(
        &mut self,
        old: &Row<'_>,
        changed: Option<(&Places, &Row<'_>)>,
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        let changes = changed.map(|(places, new)| Part::Changes(places, old, new));
        self.build(
            [changes, Some(Part::Values("final_values", old))],
            pins,
            memory,
        )
    }

    /// `{"changes": {...}}`.
    pub fn updated<'m>(
        &mut self,
        places: &Places,
        old: &Row<'_>,
        new: &Row<'_>,
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        self.build([Some(Part::Changes(places, old, new)), None], pins, memory)
    }

    /// `{"state": {"old": ..., "new": ...}}`.
    pub fn state_changed<'m>(
        &mut self,
        place: usize,
        old: &Row<'_>,
        new: &Row<'_>,
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        self.build([Some(Part::State(place, old, new)), None], pins, memory)
    }

    /// What values need while they are encoded is allocated in the memory, too.
    fn build<'m>(
        &mut self,
        parts: [Option<Part<'_>>; 2],
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        memory.within(|| self.build_within(parts, pins, memory))
    }

    fn build_within<'m>(
        &mut self,
        parts: [Option<Part<'_>>; 2],
        pins: &mut Pins,
        memory: Memory<'m>,
    ) -> Jsonb<'m> {
        let mut failed = BuildError::TooLarge;
        for limit in LIMITS {
            self.limit = limit;
            self.omitted.clear();
            self.builder.clear();
            self.builder.begin_object();
            for part in parts.iter().flatten() {
                self.part(*part, pins);
            }
            match self.finish(memory) {
                Ok(payload) => return payload,
                Err(why) => failed = why,
            }
            if failed != BuildError::TooLarge {
                break;
            }
        }
        self.refuse(failed)
    }

    fn part(&mut self, part: Part<'_>, pins: &mut Pins) {
        match part {
            Part::Values(_, _) if !self.shape.tracking.carry_values => {}
            Part::Values(key, row) => {
                self.builder.key(key).begin_object();
                for place in 0..self.shape.columns.len() {
                    if self.fits(place, &[row]) {
                        let column = &self.shape.columns[place];
                        self.builder.key(&column.name);
                        let value = row.datum(column.number);
                        column.kind.encode(value, &mut self.builder, pins);
                    }
                }
                self.builder.end();
            }
            Part::Changes(places, old, new) => {
                self.builder.key("changes").begin_object();
                for place in places {
                    if self.fits(*place, &[old, new]) {
                        self.builder.key(&self.shape.columns[*place].name);
                        self.change(*place, old, new, pins);
                    }
                }
                self.builder.end();
            }
            Part::State(place, old, new) => {
                self.builder.key("state");
                self.change(place, old, new, pins);
            }
        }
    }

    /// Whether the values of a column are not too large; notes the column if they are.
    #[inline]
    fn fits(&mut self, place: usize, rows: &[&Row<'_>]) -> bool {
        if self.limit == usize::MAX {
            return true;
        }
        let column = &self.shape.columns[place];
        let size = |row: &&Row<'_>| row.datum(column.number).map_or(0, |v| column.kind.size(v));
        let fits = rows.iter().map(size).all(|size| size <= self.limit);
        if !fits && !self.omitted.contains(&place) {
            self.omitted.push(place);
        }
        fits
    }

    /// Both sides, keys in jsonb's order.
    fn change(&mut self, place: usize, old: &Row<'_>, new: &Row<'_>, pins: &mut Pins) {
        let column = &self.shape.columns[place];
        let b = &mut self.builder;
        b.begin_object().key("new");
        column.kind.encode(new.datum(column.number), b, pins);
        b.key("old");
        column.kind.encode(old.datum(column.number), b, pins);
        b.end();
    }

    fn finish<'m>(&mut self, memory: Memory<'m>) -> Result<Jsonb<'m>, BuildError> {
        if let Some(reason) = &self.reason {
            self.builder.key("reason").string(reason.as_bytes());
        }
        if !self.omitted.is_empty() {
            self.builder.key("omitted").begin_array();
            for place in &self.omitted {
                self.builder.string(&self.shape.columns[*place].name);
            }
            self.builder.end();
        }
        self.builder.end();
        self.bytes.clear();
        self.builder.finish_into(&mut self.bytes)?;
        Ok(memory.jsonb(&self.bytes))
    }

    #[cold]
    fn refuse(&self, why: BuildError) -> ! {
        if let BuildError::OutOfMemory(short) = why {
            Error::from(short).raise();
        }
        let table = relation::display(self.shape.root);
        Error::argument_hint(
            format!("a change of table \"{table}\" cannot become an event: {why}"),
            "Leave huge columns out: eventlog.track_changes(..., ignore => '{...}').",
        )
        .raise()
    }
}
