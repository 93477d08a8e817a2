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
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Datum, Jsonb, TenantValue};
use crate::pg::jsonb::{self, Builder, List};
use crate::pg::memory::Memory;
use crate::pg::pool::Pool;
use crate::pg::user::{self, Pins};
use crate::pg::{relation, types};
use crate::writing::draft::{Draft, Drafts};
use crate::writing::many;
use model::entity::order::Edge;
use model::redaction::{self, Failure};
use model::taxonomy::redacted;
use model::taxonomy::rules::LogRules;
use model::tenant::TenantType;
use pgrx::pg_sys::Oid;
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
    template: Draft<'a>,
    /// what the transaction says besides, for events that have a context of their own
    metadata: Option<Jsonb<'a>>,
    reading: Reading,
    turn: Turn,
    /// events, and the memory in which they are made
    drafts: Pool<'a, Drafts>,
    /// how many of them are of rows before this one
    settled: usize,
    /// what lives as long as the capture
    memory: Memory<'a>,
    /// the last change that had to wait
    record: List<u8>,
}

/// What tells one event from the next, but for its payload.
pub struct Told<'e> {
    /// its type
    pub event_type: &'e str,
    /// the entity, as text
    pub entity_id: &'e [u8],
    /// the tenant, as the row has it, where its table has a column for it
    pub tenant: Option<Datum<'e>>,
    /// the field that its context names
    pub field: Option<&'e str>,
}

/// The log of a tracking, and its rules.
pub fn log_of(log_id: Uuid) -> (Rc<Target>, Rc<LogRules>) {
    let oid = cache::rules(log_id).map(|rules| Oid::from(rules.relation));
    let found = oid
        .filter(|oid| user::owner_of(*oid).is_some())
        .map(lookup::of_entitled);
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

/// The same for events whose tenants are of this type.
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
    pub fn new(shape: &'a Shape, turn: Turn, memory: Memory<'a>) -> Self {
        let (target, rules) = log_of(shape.tracking.log_id);
        let reading = Reading::now();
        let metadata = metadata::for_captured(rules.max_payload_bytes, memory);
        let mut template = Draft::new(memory, None);
        template.entity_type = Some(memory.text(&shape.tracking.entity_type));
        template.context = Some(metadata.unwrap_or_else(|| memory.empty_object()));
        if shape.tenant.is_some() {
            template.fill_but_tenant(reading);
        } else {
            template.tenant = context::tenant(memory).map(TenantValue::Text);
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
            drafts: Pool::new(memory),
            settled: 0,
            memory,
            record: List::new(),
        }
    }

    /// Runs `f` where what is made of a row goes; it is freed when the events are written.
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        self.drafts.within(f)
    }

    /// Takes an event, whose payload is made where it is kept.
    pub fn take(
        &mut self,
        told: &Told<'_>,
        pins: &mut Pins,
        payload: impl for<'m> FnOnce(Memory<'m>, &mut Pins) -> Jsonb<'m>,
    ) {
        let (shape, rules) = (self.shape, &self.rules);
        let (template, metadata) = (&self.template, self.metadata);
        self.drafts.with(|scratch, drafts| {
            let memory = scratch.memory();
            let mut draft: Draft<'_> = *template;
            draft.memory = memory;
            draft.payload = Some(payload(memory, pins));
            draft.event_type = Some(memory.text(told.event_type));
            draft.version = Some(rules.default_version(told.event_type.as_bytes()));
            draft.entity_id = Some(memory.text(told.entity_id));
            if shape.tenant.is_some() {
                let tenant = told.tenant;
                draft.tenant = tenant.and_then(|t| tenant_of(shape, rules, t, pins, memory));
            }
            if let Some(field) = told.field {
                let own = field_context(field, memory);
                let limit = rules.max_payload_bytes;
                draft.context = Some(match metadata {
                    Some(metadata) => metadata::with_own(metadata, own, limit, memory),
                    None => own,
                });
            }
            if rules.prepares {
                let log = relation::display(Oid::from(rules.relation));
                redact(&mut draft, rules, &log, told.event_type.as_bytes());
            }
            drafts.push(draft);
        });
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
        let (log_id, tenant_type) = (self.shape.tracking.log_id, self.rules.tenant_type);
        let (record, settled) = (&mut self.record, self.settled);
        self.drafts
            .with(|_, drafts| Record::write(record, log_id, tenant_type, key, &drafts[settled..]))
            .or_raise();
        self.turn.wait(edge, &self.record);
        self.drafts.truncate(self.settled);
    }

    /// After each row: writes what has been taken once it is enough for one insert, and frees
    /// what the row needed. `ready` is called before anything is written.
    pub fn next_row(&mut self, ready: impl FnOnce()) {
        let held = self.drafts.size();
        if self.drafts.len() == 0 {
            if held >= CHUNK_BYTES {
                self.drafts.clear();
            }
        } else if self.drafts.len() >= CHUNK || held >= CHUNK_BYTES {
            ready();
            self.write();
        }
        self.settled = self.drafts.len();
    }

    /// Writes what is left, and what waited for this statement.
    pub fn finish(mut self) {
        if self.drafts.len() > 0 {
            self.write();
        }
        settle::settle(self.shape, self.turn, self.memory);
    }

    /// Writes what has been taken.
    fn write(&mut self) {
        // The log may have changed since the first row was taken: nothing holds it until it is
        // written to.
        let (target, rules) = log_with(self.shape.tracking.log_id, self.rules.tenant_type);
        let reading = self.reading;
        self.drafts
            .with(|_, drafts| many::write_as_owner(&target, &rules, drafts, reading))
            .or_raise();
        self.drafts.clear();
    }
}

/// A tenant as the log wants it, from a column's value, in memory of its own: the row is gone when the event is written.
fn tenant_of<'m>(
    shape: &Shape,
    rules: &LogRules,
    value: Datum<'_>,
    pins: &mut Pins,
    memory: Memory<'m>,
) -> Option<TenantValue<'m>> {
    let column = shape.tenant.as_ref()?;
    if column.oid == types::of_tenant(rules.tenant_type) {
        return TenantValue::of(value, memory);
    }
    let (target, rules) = log_with(shape.tracking.log_id, rules.tenant_type);
    let text = memory.within(|| column.kind.text(value, pins));
    let mut draft = Draft::new(memory, None);
    draft.tenant = Some(TenantValue::Text(memory.text(&*text)));
    draft.type_tenant(&target, &rules).or_raise();
    draft.tenant
}

/// Leaves out what rules take away, before anything is kept of it.
#[cold]
fn redact(draft: &mut Draft<'_>, rules: &LogRules, log: &str, event_type: &[u8]) {
    let Some(plan) = rules.redaction_of_captured(event_type) else {
        return;
    };
    let memory = draft.memory;
    let refused = |why: Failure| Error::refused(why.into(), event_type, log, None);
    let mut told = redaction::Told::new();
    fn read<'m>(document: Option<Jsonb<'m>>) -> Option<jsonb::Jsonb<'m>> {
        document?.read().ok()
    }
    if let Some(payload) = read(draft.payload).and_then(|payload| payload.root().as_object()) {
        let made = plan.captured(payload, &mut told).map_err(refused);
        if let Some(container) = made.or_raise() {
            draft.payload = Some(memory.jsonb(&container));
        }
    }
    let Some(context) = read(draft.context) else {
        return;
    };
    let made = plan.captured_context(context.root(), &mut told);
    if let Some(container) = made.map_err(refused).or_raise() {
        draft.context = Some(memory.jsonb(&container));
    }
    let context = read(draft.context).and_then(|context| context.root().as_object());
    if let Some(context) = context
        && let Some(container) = redacted::told(context, &told).or_raise()
    {
        draft.context = Some(memory.jsonb(&container));
    }
}

/// `{"field": "status"}`: which field the state is.
fn field_context<'m>(name: &str, memory: Memory<'m>) -> Jsonb<'m> {
    let mut builder = Builder::new();
    builder.begin_object().key("field").string(name).end();
    memory.jsonb(&builder.finish().or_raise())
}
