//! The payloads of a tracked table's events.

use super::shape::Shape;
use crate::error::Error;
use crate::pg::datum;
use crate::pg::jsonb::{BuildError, Builder};
use crate::pg::relation;
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use pgrx::pg_sys::Datum;
use smallvec::SmallVec;
use std::cell::Cell;

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
    static SPARE: Cell<Option<(Builder, Vec<u8>)>> = const { Cell::new(None) };
}

/// More than this is not worth keeping.
const SPARE_BYTES: usize = 64 << 10;

/// Builds payloads, one after the other, in the same memory.
pub struct Payloads<'a> {
    shape: &'a Shape,
    reason: Option<&'a [u8]>,
    builder: Builder,
    bytes: Vec<u8>,
}

impl<'a> Payloads<'a> {
    /// For the events of one statement.
    pub fn new(shape: &'a Shape, reason: Option<&'a [u8]>) -> Self {
        let (builder, bytes) = SPARE.take().unwrap_or_default();
        Payloads {
            shape,
            reason,
            builder,
            bytes,
        }
    }

    /// `{"initial_values": {...}}`, and what changed where the row was there before.
    pub fn created(
        &mut self,
        new: &Row<'_>,
        changed: Option<(&Places, &Row<'_>)>,
        pins: &mut Pins,
    ) -> Datum {
        self.values(
            "initial_values",
            new,
            changed.map(|(p, old)| (p, old, new)),
            pins,
        )
    }

    /// `{"final_values": {...}}`, and what changed where the row stays.
    pub fn deleted(
        &mut self,
        old: &Row<'_>,
        changed: Option<(&Places, &Row<'_>)>,
        pins: &mut Pins,
    ) -> Datum {
        self.values(
            "final_values",
            old,
            changed.map(|(p, new)| (p, old, new)),
            pins,
        )
    }

    /// `{"changes": {...}}`.
    pub fn updated(
        &mut self,
        places: &Places,
        old: &Row<'_>,
        new: &Row<'_>,
        pins: &mut Pins,
    ) -> Datum {
        self.begin();
        self.changes(places, old, new, pins);
        self.finish()
    }

    /// `{"state": {"old": ..., "new": ...}}`.
    pub fn state_changed(
        &mut self,
        place: usize,
        old: &Row<'_>,
        new: &Row<'_>,
        pins: &mut Pins,
    ) -> Datum {
        self.begin();
        self.builder.key("state");
        self.change(place, old, new, pins);
        self.finish()
    }

    fn values(
        &mut self,
        key: &str,
        row: &Row<'_>,
        changed: Option<(&Places, &Row<'_>, &Row<'_>)>,
        pins: &mut Pins,
    ) -> Datum {
        self.begin();
        if let Some((places, old, new)) = changed {
            self.changes(places, old, new, pins);
        }
        if self.shape.tracking.carry_values {
            self.builder.key(key).begin_object();
            for column in &self.shape.columns {
                self.builder.key(&column.name);
                column
                    .kind
                    .encode(row.datum(column.number), &mut self.builder, pins);
            }
            self.builder.end();
        }
        self.finish()
    }

    fn begin(&mut self) {
        self.builder.clear();
        self.builder.begin_object();
    }

    fn changes(&mut self, places: &Places, old: &Row<'_>, new: &Row<'_>, pins: &mut Pins) {
        self.builder.key("changes").begin_object();
        for place in places {
            self.builder.key(&self.shape.columns[*place].name);
            self.change(*place, old, new, pins);
        }
        self.builder.end();
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

    fn finish(&mut self) -> Datum {
        if let Some(reason) = self.reason {
            self.builder.key("reason").string(reason);
        }
        self.builder.end();
        self.bytes.clear();
        match self.builder.finish_into(&mut self.bytes) {
            Ok(()) => datum::new_jsonb(&self.bytes),
            Err(why) => self.refuse(why),
        }
    }

    #[cold]
    fn refuse(&self, why: BuildError) -> ! {
        let table = relation::display(self.shape.root);
        Error::argument_hint(
            format!("a change of table \"{table}\" cannot become an event: {why}"),
            "Leave huge columns out: eventlog.track_changes(..., ignore => '{...}').",
        )
        .raise()
    }
}
