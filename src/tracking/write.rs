//! From captured changes to events in the log.
//!
//! What all events of a statement have in common is filled in once. The events are collected and
//! written in one insert, or in a few where they are many, as the log's owner: whoever changes a
//! tracked table need not be able to write its log.

use super::open::{self, Ended, Waiting};
use super::order::{self, Change};
use super::shape::Shape;
use crate::context::{self, metadata};
use crate::error::{Error, OrRaise};
use crate::log::batch;
use crate::log::draft::{Draft, at, tenant_oid};
use crate::log::target::{self, Target};
use crate::pg::clock::Reading;
use crate::pg::memory::{self, Scratch};
use crate::pg::spi::{self, Value};
use crate::pg::user::Pins;
use crate::pg::{datum, user};
use crate::taxonomy::cache;
use crate::taxonomy::rules::{LogRules, TenantType};
use pgrx::pg_sys::{Datum, JSONBOID, Oid};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;
use uuid::Uuid;

/// Events that are written at once.
const CHUNK: usize = 1000;
/// Bytes of memory that are held at most, but for those of one row, before events are written.
const CHUNK_BYTES: usize = 8 << 20;

/// Takes the events of one statement on a tracked table.
pub struct Writer<'a> {
    shape: &'a Shape,
    rules: Rc<LogRules>,
    /// an event with all that does not depend on the row
    template: Draft,
    /// what the transaction says besides, for events that have a context of their own
    metadata: Option<Datum>,
    reading: Reading,
    /// whether a statement around this one has to be captured first
    waits: bool,
    drafts: Vec<Draft>,
    scratch: Scratch,
    /// what was captured inside the statement
    inner: Vec<Waiting>,
    /// the rows that it touched
    contested: FxHashMap<Vec<u8>, Contested>,
    /// what happened to the rows of the drafts, where there is anything inside
    changes: Vec<Change>,
}

/// What statements that ran within one another did to a row.
#[derive(Default)]
struct Contested {
    inner: SmallVec<[Change; 4]>,
    own: SmallVec<[Change; 4]>,
    /// its primary key, as an object
    key: Option<Datum>,
    /// how many of the inner changes come before the own ones
    before: usize,
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
    /// what happened to its row
    pub change: Change,
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

/// The same for events whose tenants are of this type: they are datums of it.
fn log_with(log_id: Uuid, tenant_type: TenantType) -> (Rc<Target>, Rc<LogRules>) {
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
    pub fn new(shape: &'a Shape, Ended { inner, waits }: Ended) -> Self {
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
        let mut contested = FxHashMap::<_, Contested>::default();
        for waiting in &inner {
            let entity = waiting.draft.text(at::ENTITY_ID).unwrap_or_default();
            let row = contested.entry(entity.to_vec()).or_default();
            row.inner.push(waiting.change);
        }
        Writer {
            shape,
            rules,
            template,
            metadata,
            reading,
            waits,
            drafts: Vec::new(),
            scratch: Scratch::new(),
            inner,
            contested,
            changes: Vec::new(),
        }
    }

    /// Whether a statement inside has touched this entity, and its key is not known yet.
    pub fn wants_key(&self, entity_id: &[u8]) -> bool {
        !self.inner.is_empty()
            && self
                .contested
                .get(entity_id)
                .is_some_and(|row| row.key.is_none())
    }

    /// Notes the key of such an entity, an object made within [`Writer::within`].
    pub fn note_key(&mut self, entity_id: &[u8], key: Datum) {
        if let Some(row) = self.contested.get_mut(entity_id) {
            row.key = Some(key);
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
        if !self.inner.is_empty() {
            self.changes.push(event.change);
            if let Some(row) = self.contested.get_mut(event.entity_id) {
                row.own.push(event.change);
            }
        } else if self.waits {
            self.changes.push(event.change);
        }
        self.drafts.push(draft);
    }

    /// After each row: writes what has been taken once it is enough for one insert, and frees
    /// what the row needed. `ready` is called before anything is written.
    pub fn next_row(&mut self, ready: impl FnOnce()) {
        if self.waits || !self.inner.is_empty() {
            return;
        }
        let held = self.scratch.size();
        if self.drafts.is_empty() {
            if held >= CHUNK_BYTES {
                self.scratch.reset();
            }
        } else if self.drafts.len() >= CHUNK || held >= CHUNK_BYTES {
            ready();
            self.write();
        }
    }

    /// Writes what is left, with what was captured inside the statement.
    pub fn finish(mut self) {
        if !self.waits && self.inner.is_empty() {
            if !self.drafts.is_empty() {
                self.write();
            }
            return;
        }
        let events = self.in_order();
        if self.waits {
            let copies: Vec<Waiting> = memory::in_transaction_memory(|| {
                let copy = |w: &Waiting| Waiting {
                    draft: w.draft.copy(w.tenant_type),
                    ..*w
                };
                events.iter().map(copy).collect()
            });
            open::wait(self.shape.root, copies.into_iter());
            return;
        }
        let same =
            |a: &Waiting, b: &Waiting| (a.log_id, a.tenant_type) == (b.log_id, b.tenant_type);
        for run in events.chunk_by(same) {
            let (target, rules) = log_with(run[0].log_id, run[0].tenant_type);
            for chunk in run.chunks(CHUNK) {
                let mut drafts = chunk.iter().map(|w| w.draft).collect();
                batch::write_as_owner(&target, &rules, &mut drafts, self.reading).or_raise();
            }
        }
    }

    /// The statement's own events and those from inside, each row's in the order in which they
    /// happened.
    fn in_order(&mut self) -> Vec<Waiting> {
        let root = self.shape.root;
        for row in self.contested.values_mut() {
            let key = row.key;
            row.before = order::before(&row.own, &row.inner, || has_row(root, key));
        }
        let (log_id, tenant_type) = (self.shape.tracking.log_id, self.rules.tenant_type);
        let own = self.drafts.drain(..).zip(self.changes.drain(..));
        let own = own.map(|(draft, change)| Waiting {
            log_id,
            tenant_type,
            draft,
            change,
        });
        let contested = &mut self.contested;
        let (mut events, later): (Vec<Waiting>, Vec<Waiting>) =
            self.inner.drain(..).partition(|waiting| {
                let entity = waiting.draft.text(at::ENTITY_ID).unwrap_or_default();
                let row = contested.get_mut(entity).filter(|row| row.before > 0);
                row.map(|row| row.before -= 1).is_some()
            });
        events.extend(own);
        events.extend(later);
        events
    }

    /// Writes what has been taken.
    pub fn write(&mut self) {
        // The log may have changed since the first row was taken: nothing holds it until it is
        // written to.
        let (target, rules) = log_with(self.shape.tracking.log_id, self.rules.tenant_type);
        batch::write_as_owner(&target, &rules, &mut self.drafts, self.reading).or_raise();
        self.drafts.clear();
        self.scratch.reset();
    }
}

/// Whether the table has the row with this key now.
fn has_row(root: Oid, key: Option<Datum>) -> bool {
    let found = user::as_owner(root, || {
        spi::run(
            "select eventlog._has_row($1::pg_catalog.oid::pg_catalog.regclass, $2)",
            &[Value::Oid(root), Value::Raw(JSONBOID, key)],
            |row| row.bool(1).unwrap_or(false),
        )
    });
    found.contains(&true)
}
