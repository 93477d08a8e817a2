//! Which of several workers gets an event.
//!
//! An event's shard depends on its entity, so that all events of one entity go to one worker and keep their order. The
//! rule is open, so that a consumer in any language can follow it:
//!
//! 1. Take `tenant_id` (as text), `entity_type` and `entity_id`, in UTF-8, each with its length in bytes before it, as
//!    four bytes, most significant first; of a null only these four bytes, each 255. Where `entity_id` is null, the
//!    event has no entity: take the 16 bytes of its id, with their length before them, and nothing else.
//! 2. SHA-256 of all that; its first eight bytes, most significant first, are a number: the event's *key*.
//! 3. The shard is the key modulo the number of shards.
//!
//! | tenant_id | entity_type | entity_id | id | key | of 4 | of 7 |
//! |---|---|---|---|---|---|---|
//! | `acme` | `order` | `7` | | `cff569f8fd1f63be` | 2 | 5 |
//! | null | `order` | `7` | | `1e684374a6a16d92` | 2 | 2 |
//! | `acme` | null | `7` | | `8319d9e473e853c7` | 3 | 2 |
//! | `größe` | `ord` | `er7` | | `1004356adec23c4d` | 1 | 6 |
//! | | | | `018f3a5e-0000-7000-8000-000000000001` | `6de6c97417b427be` | 2 | 0 |

use sha2::{Digest, Sha256};
use std::num::NonZeroU16;
use uuid::Uuid;

/// Shards that a subscription may have: a receipt has room for so many.
pub const MAX_SHARDS: u16 = 1_024;

/// What decides on the shard of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of<'a> {
    /// its entity
    Entity {
        /// `tenant_id` as text
        tenant: Option<&'a [u8]>,
        /// `entity_type`
        kind: Option<&'a [u8]>,
        /// `entity_id`
        id: &'a [u8],
    },
    /// itself, where it has none
    Event(Uuid),
}

impl<'a> Of<'a> {
    /// Of an event's columns, texts in UTF-8.
    pub fn new(
        tenant: Option<&'a [u8]>,
        kind: Option<&'a [u8]>,
        entity: Option<&'a [u8]>,
        event: Uuid,
    ) -> Of<'a> {
        match entity {
            Some(id) => Of::Entity { tenant, kind, id },
            None => Of::Event(event),
        }
    }

    /// The number that stands for it, by which events of an entity are also held together.
    pub fn key(&self) -> u64 {
        let mut hash = Sha256::new();
        let mut part = |bytes: Option<&[u8]>| {
            // No column is as long as the four bytes of null would say.
            let length = bytes.map_or(u32::MAX, |b| u32::try_from(b.len()).unwrap_or(u32::MAX - 1));
            hash.update(length.to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        match self {
            Of::Entity { tenant, kind, id } => {
                part(*tenant);
                part(*kind);
                part(Some(id));
            }
            Of::Event(id) => part(Some(id.as_bytes())),
        }
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.finalize().into();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// Its shard among so many, from 0.
    pub fn shard(&self, shards: NonZeroU16) -> u16 {
        // The remainder of a division by a u16.
        (self.key() % u64::from(shards.get())) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of the module's table, which consumers in other languages are tested with.
    #[test]
    fn the_rule_gives_what_is_written_down() {
        let event = Uuid::from_u128(0x018f_3a5e_0000_7000_8000_0000_0000_0001);
        let of =
            |tenant: Option<&'static str>, kind: Option<&'static str>, id: Option<&'static str>| {
                let bytes = |text: Option<&'static str>| text.map(str::as_bytes);
                Of::new(bytes(tenant), bytes(kind), bytes(id), event)
            };
        for (of, key, of_4, of_7) in [
            (
                of(Some("acme"), Some("order"), Some("7")),
                0xcff5_69f8_fd1f_63be,
                2,
                5,
            ),
            (
                of(None, Some("order"), Some("7")),
                0x1e68_4374_a6a1_6d92,
                2,
                2,
            ),
            (
                of(Some("acme"), None, Some("7")),
                0x8319_d9e4_73e8_53c7,
                3,
                2,
            ),
            (
                of(Some("größe"), Some("ord"), Some("er7")),
                0x1004_356a_dec2_3c4d,
                1,
                6,
            ),
            (
                of(Some("acme"), Some("order"), None),
                0x6de6_c974_17b4_27be,
                2,
                0,
            ),
        ] {
            assert_eq!(of.key(), key, "{of:?}");
            let shard = |shards| of.shard(NonZeroU16::new(shards).unwrap());
            assert_eq!((shard(1), shard(4), shard(7)), (0, of_4, of_7), "{of:?}");
        }
    }

    #[test]
    fn what_is_cut_otherwise_is_another() {
        let of = |tenant: &'static str, kind: &'static str, id: &'static str| Of::Entity {
            tenant: Some(tenant.as_bytes()),
            kind: Some(kind.as_bytes()),
            id: id.as_bytes(),
        };
        let keys = [
            of("a", "b", "c"),
            of("ab", "", "c"),
            of("", "ab", "c"),
            of("a", "bc", ""),
            of("abc", "", ""),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert!(keys[at + 1..].iter().all(|other| other.key() != one.key()));
        }
    }
}
