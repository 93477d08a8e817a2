//! One event on its way into a log: the arguments of `log_event`, before and after what is not
//! given has been filled in.
//!
//! It is a draft, and no event yet: an event is what a log has (`model::entity::event`), with all that the log assigns.
//! Its values are typed, and lie where the call or a captured statement keeps them, which it cannot outlive. As columns
//! of the log they are known to [`Draft::each`] alone.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::context::{self, metadata};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Datum, Jsonb, Str, TenantValue, Text};
use crate::pg::fcall::Call;
use crate::pg::memory::Memory;
use crate::pg::pool::Lives;
use crate::pg::types;
use model::taxonomy::redacted::Came;
use model::taxonomy::rules::LogRules;
use model::tenant::TenantType;
use model::text::MAX_IDENTIFIER_BYTES;
use pgrx::pg_sys::{self, Oid};
use std::cmp::Ordering;

/// Parameters of `log_event` that become columns, in its order. `log` is the one after them.
pub const NAMES: [&str; 15] = [
    "type",
    "payload",
    "tenant_id",
    "entity_type",
    "entity_id",
    "actor_type",
    "actor_id",
    "occurred_at",
    "context",
    "correlation_id",
    "causation_id",
    "source_type",
    "source_id",
    "version",
    "idempotency_key",
];

/// Type of each parameter; the tenant's is the log's once it has been filled.
pub fn column_types(tenant_type: TenantType) -> [Oid; 15] {
    NAMES.map(|name| match name {
        "payload" | "context" => pg_sys::JSONBOID,
        "occurred_at" => pg_sys::TIMESTAMPTZOID,
        "version" => pg_sys::INT4OID,
        "tenant_id" => types::of_tenant(tenant_type),
        _ => pg_sys::TEXTOID,
    })
}

/// An event's values, which lie in memory that lives for `'m`. The tenant is text as it was given until
/// [`Draft::fill`] makes it the log's type.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Draft<'m> {
    /// where what is filled in is put
    pub memory: Memory<'m>,
    /// its place in a batch
    pub index: Option<usize>,
    pub event_type: Option<Str<'m>>,
    pub payload: Option<Jsonb<'m>>,
    pub tenant: Option<TenantValue<'m>>,
    pub entity_type: Option<Str<'m>>,
    pub entity_id: Option<Str<'m>>,
    pub actor_type: Option<Str<'m>>,
    pub actor_id: Option<Str<'m>>,
    pub occurred_at: Option<i64>,
    pub context: Option<Jsonb<'m>>,
    pub correlation_id: Option<Str<'m>>,
    pub causation_id: Option<Str<'m>>,
    pub source_type: Option<Str<'m>>,
    pub source_id: Option<Str<'m>>,
    pub version: Option<i32>,
    pub idempotency_key: Option<Str<'m>>,
    /// how it came, where it has been redacted since
    pub came: Option<Came>,
}

/// One of an event's values, to be given.
#[allow(missing_docs)]
pub enum Place<'d, 'm> {
    Text(&'d mut Option<Str<'m>>),
    Document(&'d mut Option<Jsonb<'m>>),
    Tenant(&'d mut Option<TenantValue<'m>>),
    Time(&'d mut Option<i64>),
    Version(&'d mut Option<i32>),
}

/// The type of drafts, for what holds them beside their memory.
pub struct Drafts;

impl Lives for Drafts {
    type Of<'m> = Draft<'m>;
}

impl<'m> Draft<'m> {
    /// An event of which nothing is known yet.
    pub fn new(memory: Memory<'m>, index: Option<usize>) -> Self {
        Draft {
            memory,
            index,
            event_type: None,
            payload: None,
            tenant: None,
            entity_type: None,
            entity_id: None,
            actor_type: None,
            actor_id: None,
            occurred_at: None,
            context: None,
            correlation_id: None,
            causation_id: None,
            source_type: None,
            source_id: None,
            version: None,
            idempotency_key: None,
            came: None,
        }
    }

    /// The arguments of a call of `log_event`.
    pub fn of_call(call: &Call<'m>) -> Self {
        Draft {
            memory: call.memory(),
            index: None,
            event_type: call.str(0),
            payload: call.jsonb(1),
            tenant: call.str(2).map(TenantValue::Text),
            entity_type: call.str(3),
            entity_id: call.str(4),
            actor_type: call.str(5),
            actor_id: call.str(6),
            occurred_at: call.long(7),
            context: call.jsonb(8),
            correlation_id: call.str(9),
            causation_id: call.str(10),
            source_type: call.str(11),
            source_id: call.str(12),
            version: call.int(13),
            idempotency_key: call.str(14),
            came: None,
        }
    }

    /// The place of the value of this name; none where no event has one.
    pub fn place_of(&mut self, name: &[u8]) -> Option<Place<'_, 'm>> {
        Some(match name {
            b"type" => Place::Text(&mut self.event_type),
            b"payload" => Place::Document(&mut self.payload),
            b"tenant_id" => Place::Tenant(&mut self.tenant),
            b"entity_type" => Place::Text(&mut self.entity_type),
            b"entity_id" => Place::Text(&mut self.entity_id),
            b"actor_type" => Place::Text(&mut self.actor_type),
            b"actor_id" => Place::Text(&mut self.actor_id),
            b"occurred_at" => Place::Time(&mut self.occurred_at),
            b"context" => Place::Document(&mut self.context),
            b"correlation_id" => Place::Text(&mut self.correlation_id),
            b"causation_id" => Place::Text(&mut self.causation_id),
            b"source_type" => Place::Text(&mut self.source_type),
            b"source_id" => Place::Text(&mut self.source_id),
            b"version" => Place::Version(&mut self.version),
            b"idempotency_key" => Place::Text(&mut self.idempotency_key),
            _ => return None,
        })
    }

    /// Hands each value to `f`, as that of a column of the log, with its position in [`NAMES`].
    #[inline]
    pub fn each<'d>(&'d self, mut f: impl FnMut(usize, Option<Datum<'d>>)) {
        let text = |value: Option<Str<'d>>| value.map(Datum::from);
        f(0, text(self.event_type));
        f(1, self.payload.map(Datum::from));
        f(2, self.tenant.as_ref().map(TenantValue::datum));
        f(3, text(self.entity_type));
        f(4, text(self.entity_id));
        f(5, text(self.actor_type));
        f(6, text(self.actor_id));
        f(7, self.occurred_at.map(Datum::timestamptz));
        f(8, self.context.map(Datum::from));
        f(9, text(self.correlation_id));
        f(10, text(self.causation_id));
        f(11, text(self.source_type));
        f(12, text(self.source_id));
        f(13, self.version.map(Datum::from));
        f(14, text(self.idempotency_key));
    }

    /// Its values as columns of the log, in the order of [`NAMES`].
    pub fn columns(&self) -> [Option<Datum<'_>>; 15] {
        let mut columns = [None; 15];
        self.each(|position, value| columns[position] = value);
        columns
    }

    /// The value of a column of the log.
    pub fn column(&self, name: &str) -> Option<Datum<'_>> {
        let position = NAMES.iter().position(|n| *n == name)?;
        self.columns()[position]
    }

    /// The bytes of one of its texts.
    #[inline]
    pub fn read(&self, text: Option<Str<'m>>) -> Option<Text<'m>> {
        text.map(|text| self.memory.read(text))
    }

    /// Prefixes an error's sentence with the event's place in a batch.
    pub fn place(&self, sentence: &str) -> String {
        place(self.index, sentence)
    }

    /// The order of two events of one log by tenant and key, the same everywhere. No tenant comes first.
    pub fn key_order(&self, other: &Draft<'m>) -> Ordering {
        let tenants = match (&self.tenant, &other.tenant) {
            (Some(a), Some(b)) => a.compare(b, self.memory),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        let key = |draft: &Draft<'m>| draft.read(draft.idempotency_key);
        tenants.then_with(|| key(self).cmp(&key(other)))
    }

    /// Refuses what no log takes.
    pub fn check(&self) -> Result<(), Error> {
        match self.read(self.event_type) {
            None => return Err(Error::argument(self.place("event type must not be null"))),
            Some([]) => return Err(Error::argument(self.place("event type must not be empty"))),
            Some(_) => {}
        }
        if self.payload.is_none() {
            return Err(Error::argument_hint(
                self.place("payload must not be null"),
                "Leave it out, or pass an empty object.",
            ));
        }
        if self
            .read(self.idempotency_key)
            .is_some_and(<[u8]>::is_empty)
        {
            return Err(Error::argument(
                self.place("idempotency_key must not be empty"),
            ));
        }
        if self.version.is_some_and(|version| version < 1) {
            return Err(Error::argument(
                self.place("version must be a whole number from 1"),
            ));
        }
        // Postgres keeps infinity as the greatest and the least number.
        if matches!(self.occurred_at, Some(i64::MAX | i64::MIN)) {
            return Err(Error::argument(self.place("occurred_at must be finite")));
        }
        Ok(())
    }

    /// Whether its idempotency key is to be claimed: the gate refuses one that is too long, and
    /// says what else is wrong with the event.
    pub fn claims(&self) -> bool {
        self.read(self.idempotency_key)
            .is_some_and(|key| key.len() <= MAX_IDENTIFIER_BYTES)
    }

    /// Fills what was not given: from the session's context, the clock and the taxonomy.
    pub fn fill(
        &mut self,
        target: &Target,
        rules: &LogRules,
        reading: Reading,
    ) -> Result<(), Error> {
        if self.tenant.is_none() {
            self.tenant = context::tenant(self.memory).map(TenantValue::Text);
        }
        self.fill_but_tenant(reading);
        let (own, limit) = (self.context, rules.max_payload_bytes);
        self.context = Some(metadata::merged(own, limit, self.memory));
        if self.version.is_none() {
            let event_type = self.read(self.event_type).unwrap_or_default();
            self.version = Some(rules.default_version(event_type));
        }
        self.type_tenant(target, rules)
    }

    /// Fills what depends on the session and the clock alone: neither tenant nor type nor context.
    pub fn fill_but_tenant(&mut self, reading: Reading) {
        let memory = self.memory;
        if self.actor_type.is_none() {
            self.actor_type = context::actor_type(memory);
        }
        if self.actor_id.is_none() {
            self.actor_id = context::actor(memory);
        }
        if self.correlation_id.is_none() {
            self.correlation_id = context::correlation(memory);
        }
        if self.causation_id.is_none() {
            self.causation_id = context::causation(memory);
        }
        self.occurred_at.get_or_insert(reading.timestamp());
    }

    /// Fills the tenant alone, as a value of the log's type.
    pub fn fill_tenant(&mut self, target: &Target, rules: &LogRules) -> Result<(), Error> {
        if self.tenant.is_none() {
            self.tenant = context::tenant(self.memory).map(TenantValue::Text);
        }
        self.type_tenant(target, rules)
    }

    /// Makes the tenant, which is text until then, a value of the log's type.
    pub fn type_tenant(&mut self, target: &Target, rules: &LogRules) -> Result<(), Error> {
        let Some(TenantValue::Text(text)) = self.tenant else {
            return Ok(());
        };
        let text = self.memory.read(text);
        if text.is_empty() {
            return Err(Error::argument_hint(
                self.place("tenant_id must not be empty"),
                "Leave it out to take it from the session's context.",
            ));
        }
        let to = rules.tenant_type;
        if to == TenantType::Text {
            return Ok(());
        }
        let read = to.read(text);
        let read = read.map_err(|why| target.no_tenant(self.place(&format!("{why}"))))?;
        self.tenant = Some(TenantValue::new(read, self.memory));
        Ok(())
    }
}

/// Prefixes an error's sentence with an event's place in a batch.
pub fn place(index: Option<usize>, sentence: &str) -> String {
    match index {
        Some(i) => format!("events[{i}]: {sentence}"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_a_place_and_no_other_has() {
        let mut draft = Draft::new(Memory::none(), None);
        for name in NAMES {
            assert!(draft.place_of(name.as_bytes()).is_some(), "{name}");
        }
        for name in ["", "log", "id", "seq", "Type", "tenant"] {
            assert!(draft.place_of(name.as_bytes()).is_none(), "{name}");
        }
        assert!(draft.columns().iter().all(Option::is_none));
    }

    #[test]
    fn a_value_stands_in_the_column_of_its_name() {
        let mut draft = Draft::new(Memory::none(), None);
        draft.version = Some(7);
        draft.occurred_at = Some(8);
        draft.tenant = Some(TenantValue::Bigint(9));
        let types = column_types(TenantType::Bigint);
        let given: Vec<_> = draft
            .columns()
            .iter()
            .zip(NAMES)
            .zip(types)
            .filter_map(|((value, name), kind)| value.map(|value| (name, value.kind() == kind)))
            .collect();
        assert_eq!(
            given,
            [
                ("tenant_id", true),
                ("occurred_at", true),
                ("version", true)
            ]
        );
    }
}
