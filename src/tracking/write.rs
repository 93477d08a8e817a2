//! From captured changes to events in the log.
//!
//! What all events of a statement have in common is filled in once. The events are collected and
//! written in one insert, or in a few where they are many, as the log's owner: whoever changes a
//! tracked table need not be able to write its log.

use super::open::{self, Waiting};
use super::shape::Shape;
use crate::context;
use crate::error::{Error, OrRaise};
use crate::log::batch;
use crate::log::draft::{Draft, at, tenant_oid};
use crate::log::target::{self, Target};
use crate::pg::clock::Reading;
use crate::pg::memory::{self, Scratch};
use crate::pg::user::Pins;
use crate::pg::{datum, user};
use crate::taxonomy::cache;
use crate::taxonomy::rules::LogRules;
use pgrx::pg_sys::{Datum, Oid};
use std::rc::Rc;
use uuid::Uuid;

/// Events that are written at once.
const CHUNK: usize = 1000;
/// Bytes of payloads that are held at most before they are written.
const CHUNK_BYTES: usize = 8 << 20;

/// Takes the events of one statement on a tracked table.
pub struct Writer<'a> {
    shape: &'a Shape,
    target: Rc<Target>,
    rules: Rc<LogRules>,
    /// an event with all that does not depend on the row
    template: Draft,
    reading: Reading,
    /// whether a statement around this one has to be captured first
    waits: bool,
    drafts: Vec<Draft>,
    bytes: usize,
    scratch: Scratch,
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
        .map(|oid| target::of_call(Some(oid)));
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

impl<'a> Writer<'a> {
    /// For a statement on this table.
    pub fn new(shape: &'a Shape) -> Self {
        let (target, rules) = log_of(shape.tracking.log_id);
        let reading = Reading::now();
        let mut template = Draft::new(None);
        template.set(
            at::ENTITY_TYPE,
            Some(datum::new_text(&shape.tracking.entity_type)),
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
            target,
            rules,
            template,
            reading,
            waits: open::is_under_way(shape.root),
            drafts: Vec::new(),
            bytes: 0,
            scratch: Scratch::new(),
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
        let wanted = tenant_oid(self.rules.tenant_type);
        if column.oid == wanted {
            // The row is gone when the event is written.
            return datum::copy(value, wanted);
        }
        let mut draft = Draft::new(None);
        draft.set(
            at::TENANT,
            Some(datum::new_varlena(&column.kind.text(value, pins))),
        );
        draft.type_tenant(&self.target, &self.rules).or_raise();
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
        if event.context.is_some() {
            draft.set(at::CONTEXT, event.context);
        }
        self.bytes += datum::jsonb_of(Some(&event.payload)).map_or(0, |p| p.size());
        self.drafts.push(draft);
    }

    /// Whether what has been taken is enough for one insert.
    pub fn is_full(&self) -> bool {
        !self.waits && (self.drafts.len() >= CHUNK || self.bytes >= CHUNK_BYTES)
    }

    /// Writes what is left, and then what was captured inside the statement.
    pub fn finish(mut self, inner: Vec<Waiting>) {
        if !self.waits {
            if !self.drafts.is_empty() {
                self.write();
            }
            for run in inner.chunk_by(|a, b| a.log_id == b.log_id) {
                let (target, rules) = log_of(run[0].log_id);
                for chunk in run.chunks(CHUNK) {
                    let mut drafts = chunk.iter().map(|w| w.draft).collect();
                    batch::write_as_owner(&target, &rules, &mut drafts, Reading::now()).or_raise();
                }
            }
            return;
        }
        let tenant = self.rules.tenant_type;
        let log_id = self.shape.tracking.log_id;
        let own = memory::in_transaction_memory(|| {
            let copies: Vec<Waiting> = self
                .drafts
                .iter()
                .map(|draft| Waiting {
                    log_id,
                    draft: draft.copy(tenant),
                })
                .collect();
            copies
        });
        open::wait(self.shape.root, own.into_iter().chain(inner));
    }

    /// Writes what has been taken.
    pub fn write(&mut self) {
        batch::write_as_owner(&self.target, &self.rules, &mut self.drafts, self.reading).or_raise();
        self.drafts.clear();
        self.bytes = 0;
        self.scratch.reset();
    }
}
