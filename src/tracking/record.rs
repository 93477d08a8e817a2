//! The events of one change, as bytes that wait.

use crate::pg::jsonb::{List, OutOfMemory};
use crate::pg::memory::Memory;
use crate::writing::draft::Draft;
use model::tenant::TenantType;
use uuid::Uuid;

/// A change that waits.
pub struct Record<'a> {
    /// the log that its events are for
    pub log_id: Uuid,
    /// what their tenants are of: the log may be another one when they are written
    pub tenant_type: TenantType,
    /// the row's primary key, an object as jsonb stores it
    pub key: &'a [u8],
    events: &'a [u8],
}

impl<'a> Record<'a> {
    /// Puts a change into `bytes`.
    pub fn write(
        bytes: &mut List<u8>,
        log_id: Uuid,
        tenant_type: TenantType,
        key: &[u8],
        events: &[Draft<'_>],
    ) -> Result<(), OutOfMemory> {
        bytes.clear();
        bytes.extend_from_slice(log_id.as_bytes())?;
        bytes.push(match tenant_type {
            TenantType::Uuid => 0,
            TenantType::Text => 1,
            TenantType::Bigint => 2,
        })?;
        bytes.extend_from_slice(&(key.len() as u32).to_ne_bytes())?;
        bytes.extend_from_slice(key)?;
        for event in events {
            event.store(bytes)?;
        }
        Ok(())
    }

    /// Reads what `write` has put together.
    pub fn read(mut bytes: &'a [u8]) -> Option<Record<'a>> {
        let log_id = Uuid::from_slice(bytes.split_off(..16)?).ok()?;
        let tenant_type = match bytes.split_off_first()? {
            0 => TenantType::Uuid,
            1 => TenantType::Text,
            2 => TenantType::Bigint,
            _ => return None,
        };
        let size = u32::from_ne_bytes(*bytes.split_off(..4)?.first_chunk()?);
        Some(Record {
            log_id,
            tenant_type,
            key: bytes.split_off(..size as usize)?,
            events: bytes,
        })
    }

    /// Its events, with values in this memory.
    pub fn events<'m>(&self, memory: Memory<'m>) -> impl Iterator<Item = Draft<'m>> {
        let (mut rest, tenant_type) = (self.events, self.tenant_type);
        std::iter::from_fn(move || match rest.is_empty() {
            true => None,
            false => Draft::restore(tenant_type, &mut rest, memory),
        })
    }
}
