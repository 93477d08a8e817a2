//! One event on its way into a log: the arguments of `log_event`, before and after what is not
//! given has been filled in.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::context::{self, metadata};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{self, Jsonb, Text};
use crate::pg::jsonb::{List, OutOfMemory, Unread, canonical};
use crate::pg::types;
use model::taxonomy::rules::LogRules;
use model::tenant::TenantType;
use model::text::MAX_IDENTIFIER_BYTES;
use pgrx::pg_sys::{self, Datum, Oid};
use sha2::{Digest, Sha256};

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

/// Positions in [`NAMES`] that need care of their own.
#[allow(missing_docs)]
pub mod at {
    pub const TYPE: usize = 0;
    pub const PAYLOAD: usize = 1;
    pub const TENANT: usize = 2;
    pub const ENTITY_TYPE: usize = 3;
    pub const ENTITY_ID: usize = 4;
    pub const ACTOR_TYPE: usize = 5;
    pub const ACTOR: usize = 6;
    pub const OCCURRED: usize = 7;
    pub const CONTEXT: usize = 8;
    pub const CORRELATION: usize = 9;
    pub const CAUSATION: usize = 10;
    pub const VERSION: usize = 13;
    pub const KEY: usize = 14;
}

/// Type of each parameter; the tenant's is the log's once it has been filled.
pub fn column_types(rules: &LogRules) -> [Oid; 15] {
    let mut types = [pg_sys::TEXTOID; 15];
    types[at::PAYLOAD] = pg_sys::JSONBOID;
    types[at::CONTEXT] = pg_sys::JSONBOID;
    types[at::OCCURRED] = pg_sys::TIMESTAMPTZOID;
    types[at::VERSION] = pg_sys::INT4OID;
    types[at::TENANT] = types::of_tenant(rules.tenant_type);
    types
}

/// As what the value at a position is stored: those of eight bytes are kept alike.
fn stored_as(position: usize, tenant_type: TenantType) -> Oid {
    match position {
        at::OCCURRED | at::VERSION => pg_sys::INT8OID,
        at::TENANT => types::of_tenant(tenant_type),
        _ => pg_sys::TEXTOID,
    }
}

/// An event's values. Texts, documents and times are datums of the types above; the tenant is
/// text as it was given until [`Draft::fill`] makes it the log's type.
#[derive(Clone, Copy)]
pub struct Draft {
    values: [Option<Datum>; 15],
    /// its place in a batch
    pub index: Option<usize>,
}

impl Draft {
    /// An event of which nothing is known yet.
    pub fn new(index: Option<usize>) -> Draft {
        Draft {
            values: [None; 15],
            index,
        }
    }

    /// Gives a value.
    pub fn set(&mut self, position: usize, value: Option<Datum>) {
        self.values[position] = value;
    }

    /// Its values, in the order of [`NAMES`].
    pub fn values(&self) -> &[Option<Datum>; 15] {
        &self.values
    }

    /// A text as it was given.
    pub fn text(&self, position: usize) -> Option<Text<'_>> {
        debug_assert!(position != at::PAYLOAD && position != at::CONTEXT);
        datum::text_of(self.values[position].as_ref())
    }

    fn document(&self, position: usize) -> Option<Jsonb<'_>> {
        datum::jsonb_of(self.values[position].as_ref())
    }

    /// Prefixes an error's sentence with the event's place in a batch.
    pub fn place(&self, sentence: &str) -> String {
        match self.index {
            Some(i) => format!("events[{i}]: {sentence}"),
            None => sentence.to_owned(),
        }
    }

    /// Refuses what no log takes.
    pub fn check(&self) -> Result<(), Error> {
        match self.text(at::TYPE) {
            None => return Err(Error::argument(self.place("event type must not be null"))),
            Some([]) => return Err(Error::argument(self.place("event type must not be empty"))),
            Some(_) => {}
        }
        if self.values[at::PAYLOAD].is_none() {
            return Err(Error::argument_hint(
                self.place("payload must not be null"),
                "Leave it out, or pass an empty object.",
            ));
        }
        let Some(key) = self.text(at::KEY) else {
            return self.check_numbers();
        };
        if key.is_empty() {
            return Err(Error::argument(
                self.place("idempotency_key must not be empty"),
            ));
        }
        self.check_numbers()
    }

    fn check_numbers(&self) -> Result<(), Error> {
        if self.values[at::VERSION].is_some_and(|v| (v.value() as i32) < 1) {
            return Err(Error::argument(
                self.place("version must be a whole number from 1"),
            ));
        }
        // Postgres keeps infinity as the greatest and the least number.
        let infinite = |v: Datum| matches!(v.value() as i64, i64::MAX | i64::MIN);
        if self.values[at::OCCURRED].is_some_and(infinite) {
            return Err(Error::argument(self.place("occurred_at must be finite")));
        }
        Ok(())
    }

    /// Whether its idempotency key is to be claimed: the gate refuses one that is too long, and
    /// says what else is wrong with the event.
    pub fn claims(&self) -> bool {
        self.text(at::KEY)
            .is_some_and(|key| key.len() <= MAX_IDENTIFIER_BYTES)
    }

    /// Hash of the content as it was given, with numeric scale ignored: what a repeated
    /// idempotency key must come with. The tenant, be it named or the context's, is part of the key
    /// and not of the content.
    pub fn content_hash(&self) -> Result<[u8; 32], Error> {
        let mut hash = Sha256::new();
        for (position, value) in self.values.iter().enumerate() {
            if matches!(position, at::TENANT | at::KEY) {
                continue;
            }
            let Some(value) = value else {
                hash.update([0]);
                continue;
            };
            match position {
                at::PAYLOAD | at::CONTEXT => {
                    hash.update([2]);
                    let document = self.document(position).and_then(|d| d.read().ok());
                    document
                        .ok_or(Unread::Corrupt)
                        .and_then(|d| canonical::hash_into(d.root(), &mut |b| hash.update(b)))
                        .map_err(|why| {
                            let damaged = || Error::argument(self.place("a document is damaged"));
                            Error::not_read(why, damaged)
                        })?;
                }
                at::OCCURRED | at::VERSION => {
                    hash.update([3]);
                    hash.update((value.value() as i64).to_le_bytes());
                }
                _ => {
                    let text = self.text(position).unwrap_or_default();
                    hash.update([1]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
            }
        }
        Ok(hash.finalize().into())
    }

    /// Fills what was not given: from the session's context, the clock and the taxonomy.
    pub fn fill(
        &mut self,
        target: &Target,
        rules: &LogRules,
        reading: Reading,
    ) -> Result<(), Error> {
        if self.values[at::TENANT].is_none() {
            self.values[at::TENANT] = context::tenant();
        }
        self.fill_but_tenant(reading);
        let own = self.values[at::CONTEXT];
        self.values[at::CONTEXT] = Some(metadata::merged(own, rules.max_payload_bytes));
        if self.values[at::VERSION].is_none() {
            let event_type = self.text(at::TYPE).unwrap_or_default();
            self.values[at::VERSION] = Some(Datum::from(rules.default_version(event_type)));
        }
        self.type_tenant(target, rules)
    }

    /// Fills what depends on the session and the clock alone: neither tenant nor type nor context.
    pub fn fill_but_tenant(&mut self, reading: Reading) {
        let values = &mut self.values;
        for (position, current) in [
            (at::ACTOR_TYPE, context::actor_type as fn() -> Option<Datum>),
            (at::ACTOR, context::actor),
            (at::CORRELATION, context::correlation),
            (at::CAUSATION, context::causation),
        ] {
            if values[position].is_none() {
                values[position] = current();
            }
        }
        values[at::OCCURRED].get_or_insert(Datum::from(reading.timestamp()));
    }

    /// Makes the tenant, which is text until then, a value of the log's type.
    pub fn type_tenant(&mut self, target: &Target, rules: &LogRules) -> Result<(), Error> {
        self.values[at::TENANT] = match self.text(at::TENANT) {
            Some(text) => Some(self.tenant(text, target, rules.tenant_type)?),
            None => None,
        };
        Ok(())
    }

    /// Adds its values to `bytes`; its tenant is of the log's type.
    pub fn store(&self, tenant_type: TenantType, bytes: &mut List<u8>) -> Result<(), OutOfMemory> {
        for (position, value) in self.values.iter().enumerate() {
            let kind = stored_as(position, tenant_type);
            match value {
                None => bytes.extend_from_slice(&u32::MAX.to_ne_bytes())?,
                Some(value) => datum::with_bytes(*value, kind, |value| {
                    bytes.extend_from_slice(&(value.len() as u32).to_ne_bytes())?;
                    bytes.extend_from_slice(value)
                })?,
            }
        }
        Ok(())
    }

    /// The event that `store` has put at the beginning of `bytes`, with values in the current
    /// memory context. What follows it is left in `bytes`; none where it is not whole.
    pub fn restore(tenant_type: TenantType, bytes: &mut &[u8]) -> Option<Draft> {
        let mut draft = Draft::new(None);
        for (position, value) in draft.values.iter_mut().enumerate() {
            let size = u32::from_ne_bytes(*bytes.split_off(..4)?.first_chunk()?);
            if size != u32::MAX {
                let stored = bytes.split_off(..size as usize)?;
                *value = Some(datum::of_bytes(stored, stored_as(position, tenant_type))?);
            }
        }
        Some(draft)
    }

    fn tenant(&self, text: Text<'_>, target: &Target, to: TenantType) -> Result<Datum, Error> {
        if text.is_empty() {
            return Err(Error::argument_hint(
                self.place("tenant_id must not be empty"),
                "Leave it out to take it from the session's context.",
            ));
        }
        let read = to.read(text).map(datum::new_tenant);
        read.map_err(|why| target.no_tenant(self.place(&format!("{why}"))))
    }
}
