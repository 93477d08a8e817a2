//! A draft as bytes, for as long as it waits.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::draft::{Draft, NAMES, Place};
use crate::pg::datum::TenantValue;
use crate::pg::jsonb::{List, OutOfMemory};
use crate::pg::memory::Memory;
use model::tenant::TenantType;
use uuid::Uuid;

/// A value, in the order of [`NAMES`], as it is kept while it waits.
enum Kept<'d> {
    Bytes(&'d [u8]),
    Number(i64),
}

impl<'m> Draft<'m> {
    /// Adds its values to `bytes`; its tenant is of the log's type.
    pub fn store(&self, bytes: &mut List<u8>) -> Result<(), OutOfMemory> {
        let mut stored = *self;
        for name in NAMES {
            let Some(place) = stored.place_of(name.as_bytes()) else {
                continue;
            };
            let value = match place {
                Place::Text(text) => self.read(*text).map(Kept::Bytes),
                Place::Document(document) => document.map(|d| Kept::Bytes(d.stored())),
                Place::Tenant(tenant) => tenant.as_ref().map(|tenant| match tenant {
                    TenantValue::Text(text) => Kept::Bytes(self.memory.read(*text)),
                    TenantValue::Uuid(uuid) => Kept::Bytes(uuid.as_bytes()),
                    TenantValue::Bigint(number) => Kept::Number(*number),
                }),
                Place::Time(time) => time.map(Kept::Number),
                Place::Version(version) => version.map(|v| Kept::Number(v.into())),
            };
            let number;
            let value = match value {
                None => {
                    bytes.extend_from_slice(&u32::MAX.to_ne_bytes())?;
                    continue;
                }
                Some(Kept::Bytes(value)) => value,
                Some(Kept::Number(n)) => {
                    number = n.to_ne_bytes();
                    &number
                }
            };
            bytes.extend_from_slice(&(value.len() as u32).to_ne_bytes())?;
            bytes.extend_from_slice(value)?;
        }
        Ok(())
    }

    /// The event that `store` has put at the beginning of `bytes`, with values in this memory. What follows it is left
    /// in `bytes`; none where it is not whole.
    pub fn restore(tenant_type: TenantType, bytes: &mut &[u8], memory: Memory<'m>) -> Option<Self> {
        let mut draft = Draft::new(memory, None);
        for name in NAMES {
            let size = u32::from_ne_bytes(*bytes.split_off(..4)?.first_chunk()?);
            if size == u32::MAX {
                continue;
            }
            let stored = bytes.split_off(..size as usize)?;
            let number = || Some(i64::from_ne_bytes(stored.try_into().ok()?));
            match draft.place_of(name.as_bytes())? {
                Place::Text(text) => *text = Some(memory.text(stored)),
                Place::Document(document) => *document = Some(memory.jsonb(stored)),
                Place::Time(time) => *time = Some(number()?),
                Place::Version(version) => *version = Some(i32::try_from(number()?).ok()?),
                Place::Tenant(tenant) => {
                    *tenant = Some(match tenant_type {
                        TenantType::Text => TenantValue::Text(memory.text(stored)),
                        TenantType::Uuid => TenantValue::Uuid(Uuid::from_slice(stored).ok()?),
                        TenantType::Bigint => TenantValue::Bigint(number()?),
                    });
                }
            }
        }
        Some(draft)
    }
}
