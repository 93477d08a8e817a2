//! From captured changes to events in the log.
//!
//! What all events of a statement have in common is filled in once. The events are collected and
//! written in one insert, or in a few where they are many, as the log's owner: whoever changes a
//! tracked table need not be able to write its log.

use super::open::Turn;
use super::record::Record;
use super::settle;
use super::shape::Shape;
use crate::catalogue::cache;
use crate::context::{self, metadata};
use crate::error::{Error, OrRaise};
use crate::log::target::{self, Target};
use crate::pg::clock::Reading;
use crate::pg::jsonb::List;
use crate::pg::memory::Scratch;
use crate::pg::types;
use crate::pg::user::Pins;
use crate::pg::{datum, user};
use crate::writing::draft::{Draft, at};
use crate::writing::many;
use model::entity::order::Edge;
use model::taxonomy::rules::LogRules;
use model::tenant::TenantType;
use pgrx::pg_sys::{Datum, Oid};
use std::rc::Rc;
use uuid::Uuid;

/// Events that are written at once.
pub const CHUNK: usize = 1000;
/// Bytes of memory that are held at most, but for those of one row, before events are written.
pub const CHUNK_BYTES: usize = 8 << 20;

/// Takes the events of one statement on a tracked table.
pub struct Writer<'a> {
    shape: &'a Shape,
    rules: Rc<LogRules>,
    /// an event with all that does not depend on the row
    template: Draft,
    /// what the transaction says besides, for events that have a context of their own
    metadata: Option<Datum>,
    reading: Reading,
    turn: Turn,
    drafts: Vec<Draft>,
    /// how many of them are of rows before this one
    settled: usize,
    scratch: Scratch,
    /// the last change that had to wait
    record: List<u8>,
}

/// What tells one event from the next.
pub struct Event<'e> {
    /// its type
    pub event_type: &'e str,
    /// the entity, as text
    pub entity_id: &'e [u8],
    /// the tenant, of the log's type
    pub tenant: Option<Datum>,
    /// its payload
    pub payload: Datum,
    /// its context, if it has one
    pub context: Option<Datum>,
}

/// The log of a tracking, and its rules.
pub fn log_of(log_id: Uuid) -> (Rc<Target>, Rc<LogRules>) {
    let oid = cache::rules(log_id).map(|rules| Oid::from(rules.relation));
    let found = oid
        .filter(|oid| user::owner_of(*oid).is_some())
        .map(target::of_entitled);
    match found {
        Some((target, rules)) if target.log_id == log_id => (target, rules),
        _ => Error::not_set_up(
            "the log of a tracked table does not exist any more, or is damaged",
            "Its owner puts it back with eventlog.repair_log(); eventlog.untrack_changes() ends \
             the tracking.",
        )
        .raise(),
    }
}

/// The same for events whose tenants are of this type: they are datums of it.
pub fn log_with(log_id: Uuid, tenant_type: TenantType) -> (Rc<Target>, Rc<LogRules>) {
    let (target, rules) = log_of(log_id);
    if rules.tenant_type != tenant_type {
        Error::Outdated {
            relation: target.name.clone(),
        }
        .raise();
    }
    (target, rules)
}

impl<'a> Writer<'a> {
    /// For a statement on this table that has ended.
    pub fn new(shape: &'a Shape, turn: Turn) -> Self {
        let (target, rules) = log_of(shape.tracking.log_id);
        let reading = Reading::now();
        let mut template = Draft::new(None);
        template.set(
            at::ENTITY_TYPE,
            Some(datum::new_text(&shape.tracking.entity_type)),
        );
        let metadata = metadata::for_captured(rules.max_payload_bytes);
        template.set(
            at::CONTEXT,
            Some(metadata.unwrap_or_else(datum::empty_object)),
        );
        if shape.tenant.is_some() {
            template.fill_but_tenant(reading);
        } else {
            template.set(at::TENANT, context::tenant());
            template.fill_but_tenant(reading);
            template.type_tenant(&target, &rules).or_raise();
        }
        Writer {
            shape,
            rules,
            template,
            metadata,
            reading,
            turn,
            drafts: Vec::new(),
            settled: 0,
            scratch: Scratch::new(),
            record: List::new(),
        }
    }

    /// The tenant of events whose row does not say it.
    pub fn tenant(&self) -> Option<Datum> {
        self.template.values()[at::TENANT]
    }

    /// Runs `f` where datums for events are made; they live until the events are written.
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        self.scratch.within(f)
    }

    /// A tenant as the log wants it, from a column's value; within [`Writer::within`].
    pub fn tenant_of(&self, value: Datum, pins: &mut Pins) -> Datum {
        let Some(column) = &self.shape.tenant else {
            return value;
        };
        let wanted = types::of_tenant(self.rules.tenant_type);
        if column.oid == wanted {
            // The row is gone when the event is written.
            return datum::copy(value, wanted);
        }
        let (target, rules) = log_with(self.shape.tracking.log_id, self.rules.tenant_type);
        let mut draft = Draft::new(None);
        draft.set(
            at::TENANT,
            Some(datum::new_varlena(&column.kind.text(value, pins))),
        );
        draft.type_tenant(&target, &rules).or_raise();
        draft.values()[at::TENANT].unwrap_or(value)
    }

    /// Takes an event; its datums were made within [`Writer::within`].
    pub fn take(&mut self, event: Event<'_>) {
        let mut draft = self.template;
        let version = self.rules.default_version(event.event_type.as_bytes());
        let (event_type, entity_id) = self.scratch.within(|| {
            (
                datum::new_text(event.event_type),
                datum::new_varlena(event.entity_id),
            )
        });
        draft.set(at::TYPE, Some(event_type));
        draft.set(at::VERSION, Some(Datum::from(version)));
        draft.set(at::PAYLOAD, Some(event.payload));
        draft.set(at::ENTITY_ID, Some(entity_id));
        draft.set(at::TENANT, event.tenant);
        if let Some(own) = event.context {
            let limit = self.rules.max_payload_bytes;
            let context = self.metadata.map_or(own, |metadata| {
                self.scratch
                    .within(|| metadata::with_own(metadata, own, limit))
            });
            draft.set(at::CONTEXT, Some(context));
        }
        self.drafts.push(draft);
    }

    /// Whether the events of this row may have to wait, so that it must be known what happened to
    /// it.
    pub fn sifts(&self) -> bool {
        self.turn.sifts() && self.drafts.len() > self.settled
    }

    /// Which statement it is, among those that overlap.
    pub fn statement(&self) -> u32 {
        self.turn.statement
    }

    /// Whether a change, the one that the events of this row tell, has to wait.
    pub fn has_to_wait(&self, edge: &Edge) -> bool {
        !self.turn.writes(edge)
    }

    /// Lets the events of this row wait, which are of this change and have this key.
    pub fn wait(&mut self, edge: Edge, key: &[u8]) {
        Record::write(
            &mut self.record,
            self.shape.tracking.log_id,
            self.rules.tenant_type,
            key,
            &self.drafts[self.settled..],
        )
        .or_raise();
        self.turn.wait(edge, &self.record);
        self.drafts.truncate(self.settled);
    }

    /// After each row: writes what has been taken once it is enough for one insert, and frees
    /// what the row needed. `ready` is called before anything is written.
    pub fn next_row(&mut self, ready: impl FnOnce()) {
        let held = self.scratch.size();
        if self.drafts.is_empty() {
            if held >= CHUNK_BYTES {
                self.scratch.reset();
            }
        } else if self.drafts.len() >= CHUNK || held >= CHUNK_BYTES {
            ready();
            self.write();
        }
        self.settled = self.drafts.len();
    }

    /// Writes what is left, and what waited for this statement.
    pub fn finish(mut self) {
        if !self.drafts.is_empty() {
            self.write();
        }
        settle::settle(self.shape, self.turn);
    }

    /// Writes what has been taken.
    fn write(&mut self) {
        // The log may have changed since the first row was taken: nothing holds it until it is
        // written to.
        let (target, rules) = log_with(self.shape.tracking.log_id, self.rules.tenant_type);
        many::write_as_owner(&target, &rules, &self.drafts, self.reading).or_raise();
        self.drafts.clear();
        self.scratch.reset();
    }
}
