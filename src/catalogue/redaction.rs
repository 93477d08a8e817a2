//! What is redacted of events: the rules of logs and of types as they are stored, and the key of hashes.

use crate::error::Error;
use crate::settings;
use hmac::{Hmac, Mac};
use model::redaction::Rules;
use sha2::Sha256;

/// Bytes that a key has at least.
const LEAST: usize = 32;

/// HMAC-SHA256 of these bytes under `eventlog.redaction_key`; none where there is no key, or too short a one.
pub fn hash(bytes: &[u8]) -> Option<[u8; 32]> {
    settings::REDACTION_KEY.with(|key| {
        let key = key.filter(|key| key.len() >= LEAST)?;
        let mut hash = Hmac::<Sha256>::new_from_slice(key).ok()?;
        hash.update(bytes);
        Some(hash.finalize().into_bytes().into())
    })
}

/// The rules that are stored; those that cannot be read are an error, since events would be stored as if there were none.
pub fn stored(container: &[u8]) -> Rules {
    Rules::of_stored(container).unwrap_or_else(|_| {
        Error::not_set_up(
            "rules of redaction in the catalogue of pg_eventlog cannot be read",
            "Put them right with eventlog.set_redaction() or eventlog.register_event_type().",
        )
        .raise()
    })
}
