//! `eventlog.capture_changes`: the trigger function of tracked tables.
//!
//! Three statement triggers with transition tables write the events of an INSERT, UPDATE or DELETE,
//! for one row as for a hundred thousand. A fourth one, before the statement, notes that it has
//! begun (see `open`) and refuses TRUNCATE, which removes rows without showing them; where the tracking wants it, a
//! fifth one captures it (see `truncate`).

use super::genuine;
use super::image;
use super::open::{self, Turn};
use super::pair::{self, Pair};
use super::payload::{Payloads, Places};
use super::settle;
use super::shape::{self, Column, Shape};
use super::truncate;
use super::write::{Told, Writer};
use crate::error::{Error, OrRaise};
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{self, Builder, List};
use crate::pg::memory::Memory;
use crate::pg::transition::TransitionTable;
use crate::pg::trigger;
use crate::pg::tuple::Row;
use crate::pg::user::Pins;
use crate::settings;
use model::entity::order::Edge;
use model::entity::trail::{ABSENT, Step};

const FUNCTION: &str = "eventlog.capture_changes";

/// `eventlog.capture_changes(tracking_id)`.
pub fn capture_changes(call: &Call<'_>) -> Ret {
    let trigger = call.trigger(FUNCTION);
    let misuse = || -> ! { Error::TriggerMisuse { function: FUNCTION }.raise() };
    let Some(argument) = trigger.argument(0) else {
        misuse()
    };
    let relation = trigger.relation();
    genuine::require(&trigger, relation);
    let shape = shape::of(relation, argument.to_bytes());
    let event = trigger.event();
    if trigger.is_before_statement() {
        if event == trigger::Operation::Truncate {
            truncate::before(&trigger, &shape);
            return Ret::Void;
        }
        truncate::refuse_writes(shape.root);
        // What is not captured afterwards keeps nothing waiting.
        if trigger.has_after() {
            open::begin(shape.root, relation.oid(), event);
        }
        return Ret::Void;
    }
    if !trigger.is_after_statement() {
        misuse();
    }
    let turn = open::capture(shape.root, relation.oid(), event);
    let (old, new) = match event {
        trigger::Operation::Insert => (None, trigger.new_rows()),
        trigger::Operation::Update => (trigger.old_rows(), trigger.new_rows()),
        trigger::Operation::Delete => (trigger.old_rows(), None),
        trigger::Operation::Truncate => misuse(),
    };
    let rows = |table: &Option<TransitionTable<'_>>| table.as_ref().map_or(0, |t| t.len());
    if rows(&old) == 0 && rows(&new) == 0 {
        settle::settle(&shape, turn, call.memory());
        return Ret::Void;
    }
    let mut capture = Capture::new(&shape, turn, call.memory());
    match (old, new) {
        (Some(mut old), Some(mut new)) => pair::pairs(&shape, &mut old, &mut new, |pair| {
            let (old, new) = match &pair {
                Pair::Both(before, after) => (Some(before), Some(after)),
                Pair::Old(before) => (Some(before), None),
                Pair::New(after) => (None, Some(after)),
            };
            capture.row(old, new);
        }),
        (None, Some(mut new)) => {
            while let Some(row) = new.next(shape.last) {
                capture.row(None, Some(&row));
            }
        }
        (Some(mut old), None) => {
            while let Some(row) = old.next(shape.last) {
                capture.row(Some(&row), None);
            }
        }
        (None, None) => misuse(),
    }
    capture.finish();
    Ret::Void
}

/// Makes events of what a statement on a tracked table did to its rows.
pub struct Capture<'a> {
    shape: &'a Shape,
    writer: Writer<'a>,
    payloads: Payloads<'a>,
    pins: Pins,
}

impl<'a> Capture<'a> {
    /// For a statement that is captured now.
    pub fn new(shape: &'a Shape, turn: Turn, memory: Memory<'a>) -> Self {
        Capture {
            shape,
            writer: Writer::new(shape, turn, memory),
            payloads: Payloads::new(shape, settings::REASON.get()),
            pins: Pins::default(),
        }
    }

    /// Writes what is left.
    pub fn finish(self) {
        let Capture { writer, pins, .. } = self;
        drop(pins);
        writer.finish();
    }

    /// What became of a row.
    pub fn row(&mut self, old: Option<&Row<'_>>, new: Option<&Row<'_>>) {
        pgrx::check_for_interrupts!();
        match (old, new) {
            (Some(old), Some(new)) => self.changed(old, new),
            (Some(old), None) => self.deleted(old),
            (None, Some(new)) => self.created(new),
            (None, None) => {}
        }
        if self.writer.sifts()
            && let Some(row) = new.or(old)
        {
            self.sift(row, old, new);
        }
        let pins = &mut self.pins;
        // The log's own triggers have settings of their own.
        self.writer.next_row(|| *pins = Pins::default());
    }

    /// Other statements are under way, or changes of theirs wait: this one's may have to, too.
    #[cold]
    fn sift(&mut self, row: &Row<'_>, old: Option<&Row<'_>>, new: Option<&Row<'_>>) {
        let (shape, pins) = (self.shape, &mut self.pins);
        let writer = &mut self.writer;
        let mut image = |row: Option<&Row<'_>>| match row {
            None => ABSENT,
            Some(row) => {
                writer.within(|| image::of(shape, |_, column| row.datum(column.number), pins))
            }
        };
        let step = Step {
            from: image(old),
            to: image(new),
        };
        let edge = Edge {
            row: image::row(&writer.within(|| entity_id(shape, row, pins))),
            step,
            statement: writer.statement(),
        };
        if writer.has_to_wait(&edge) {
            let key = writer.within(|| key_document(shape, row, pins));
            writer.wait(edge, &key);
        }
    }

    fn created(&mut self, new: &Row<'_>) {
        let event_type = &self.shape.types.created;
        self.take(event_type, new, None, |payloads, memory, pins| {
            payloads.created(new, None, pins, memory)
        });
    }

    fn deleted(&mut self, old: &Row<'_>) {
        let event_type = &self.shape.types.deleted;
        self.take(event_type, old, None, |payloads, memory, pins| {
            payloads.deleted(old, None, pins, memory)
        });
    }

    /// Whether a column has the same value in both rows. Values may have to be fetched from where
    /// they were moved out of the row.
    fn same(&mut self, column: &Column, old: &Row<'_>, new: &Row<'_>) -> bool {
        let pins = &mut self.pins;
        let (old, new) = (old.datum(column.number), new.datum(column.number));
        self.writer.within(|| column.kind.same(old, new, pins))
    }

    fn changed(&mut self, old: &Row<'_>, new: &Row<'_>) {
        let shape = self.shape;
        if let Some(tenant) = &shape.tenant
            && !self.same(tenant, old, new)
        {
            // An entity belongs to its tenant: this one's has gone, and the other one's has come.
            self.deleted(old);
            self.created(new);
            return;
        }
        let mut places: Places = (0..shape.columns.len())
            .filter(|place| !self.same(&shape.columns[*place], old, new))
            .collect();
        if places.is_empty() {
            return;
        }
        let types = &shape.types;
        if let Some((deleted, is_flag)) = shape.deleted.filter(|(at, _)| places.contains(at)) {
            let column = shape.columns[deleted].number;
            let marked = |row: &Row<'_>| match row.datum(column) {
                Some(value) => !is_flag || value.as_bool() == Some(true),
                None => false,
            };
            match (marked(old), marked(new)) {
                (false, true) => {
                    let changed = Some((&places, new));
                    return self.take(&types.deleted, new, None, |payloads, memory, pins| {
                        payloads.deleted(old, changed, pins, memory)
                    });
                }
                (true, false) => {
                    let changed = Some((&places, old));
                    return self.take(&types.created, new, None, |payloads, memory, pins| {
                        payloads.created(new, changed, pins, memory)
                    });
                }
                _ => {}
            }
        }
        let state = shape.state.filter(|state| places.contains(state));
        if let Some(state) = state {
            places.retain(|place| *place != state);
        }
        if !places.is_empty() {
            self.take(&types.updated, new, None, |payloads, memory, pins| {
                payloads.updated(&places, old, new, pins, memory)
            });
        }
        if let Some(state) = state {
            let field = Some(&*shape.columns[state].name);
            self.take(
                &types.state_changed,
                new,
                field,
                |payloads, memory, pins| payloads.state_changed(state, old, new, pins, memory),
            );
        }
    }

    /// Takes an event of this row; `field` is the one that it is about, if it is about one.
    fn take(
        &mut self,
        event_type: &str,
        row: &Row<'_>,
        field: Option<&str>,
        payload: impl for<'m> FnOnce(&mut Payloads<'a>, Memory<'m>, &mut Pins) -> Jsonb<'m>,
    ) {
        let (shape, pins) = (self.shape, &mut self.pins);
        let entity_id = self.writer.within(|| entity_id(shape, row, pins));
        let told = Told {
            event_type,
            entity_id: &entity_id,
            tenant: shape.tenant.as_ref().and_then(|c| row.datum(c.number)),
            field,
        };
        let payloads = &mut self.payloads;
        self.writer
            .take(&told, pins, |memory, pins| payload(payloads, memory, pins));
    }
}

/// The primary key as an object, as jsonb stores it.
fn key_document(shape: &Shape, row: &Row<'_>, pins: &mut Pins) -> List<u8> {
    let mut builder = Builder::new();
    builder.begin_object();
    for column in &shape.key {
        builder.key(&column.name);
        let value = row.datum(column.number);
        column.kind.encode(value, &mut builder, pins);
    }
    builder.end();
    builder.finish().or_raise()
}

/// The primary key as text: a value, or a JSON array of several.
fn entity_id(shape: &Shape, row: &Row<'_>, pins: &mut Pins) -> List<u8> {
    if let [column] = &shape.key[..] {
        let value = row.datum(column.number);
        return value.map(|v| column.kind.text(v, pins)).unwrap_or_default();
    }
    let mut builder = Builder::new();
    builder.begin_array();
    for column in &shape.key {
        column
            .kind
            .encode(row.datum(column.number), &mut builder, pins);
    }
    builder.end();
    let document = builder.finish().or_raise();
    let mut text = List::new();
    if let Ok(document) = jsonb::Jsonb::new(&document) {
        let damaged = || Error::internal("a key is damaged");
        let written = document.root().write_text(&mut text);
        written
            .map_err(|why| Error::not_read(why, damaged))
            .or_raise();
    }
    text
}
