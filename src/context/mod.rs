//! The context of a transaction: which tenant, who, why, and free metadata.
//!
//! Its settings can be set by superusers and by `set_context` alone, and all readers are native:
//! calling one loads the library, and Postgres then drops what an ordinary role had put under
//! these names before. Where nothing was set, the claims that PostgREST puts into a setting of its own
//! say who acts, in the sessions of those roles alone that log in for others (`identity`).

pub mod grant;
mod identity;
pub mod may_write;
pub mod metadata;

use crate::error::{Error, OrRaise};
use crate::pg::datum::Str;
use crate::pg::fcall::{Call, Ret};
use crate::pg::memory::Memory;
use crate::pg::user;
use crate::settings;
use model::text::MAX_IDENTIFIER_BYTES;
use std::ffi::CString;

/// `eventlog.set_context(...)`: until the transaction ends. What is not given is cleared.
pub fn set_context(call: &Call<'_>) -> Ret {
    let parameters = [
        (c"eventlog.tenant_id", "tenant_id"),
        (c"eventlog.actor_type", "actor_type"),
        (c"eventlog.actor_id", "actor_id"),
        (c"eventlog.correlation_id", "correlation_id"),
        (c"eventlog.causation_id", "causation_id"),
        (c"eventlog.reason", "reason"),
    ];
    let mut values = Vec::with_capacity(parameters.len());
    for (i, (_, name)) in parameters.iter().enumerate() {
        let value = call.text(i);
        if value.is_some_and(|v| v.len() > MAX_IDENTIFIER_BYTES) {
            Error::argument(format!(
                "{name} is longer than {MAX_IDENTIFIER_BYTES} bytes"
            ))
            .raise();
        }
        // Text of Postgres holds no NUL byte.
        values.push(value.map(|v| CString::new(v).unwrap_or_default()));
    }
    let metadata = call.jsonb(parameters.len()).map(metadata::setting);
    let metadata = metadata.transpose().or_raise().flatten();
    if !user::in_transaction_block() {
        pgrx::warning!(
            "set_context() has no effect beyond this statement outside a transaction block"
        );
    }
    for ((setting, _), value) in parameters.iter().zip(&values) {
        user::set_local(setting, value.as_deref());
    }
    user::set_local(c"eventlog.context", metadata.as_deref());
    Ret::Void
}

/// `eventlog.current_tenant()`.
pub fn current_tenant(call: &Call<'_>) -> Ret {
    call.value_or_null(tenant(call.memory()))
}

/// `eventlog.current_actor_type()`.
pub fn current_actor_type(call: &Call<'_>) -> Ret {
    call.value_or_null(actor_type(call.memory()))
}

/// `eventlog.current_actor()`.
pub fn current_actor(call: &Call<'_>) -> Ret {
    call.value_or_null(actor(call.memory()))
}

/// `eventlog.current_correlation()`.
pub fn current_correlation(call: &Call<'_>) -> Ret {
    call.value_or_null(correlation(call.memory()))
}

/// `eventlog.current_causation()`.
pub fn current_causation(call: &Call<'_>) -> Ret {
    call.value_or_null(causation(call.memory()))
}

/// `eventlog.current_reason()`.
pub fn current_reason(call: &Call<'_>) -> Ret {
    let memory = call.memory();
    call.value_or_null(settings::REASON.with(|reason| reason.map(|text| memory.text(text))))
}

/// `eventlog.current_context()`: also the default of a log's column, so never null.
pub fn current_context(call: &Call<'_>) -> Ret {
    call.value(metadata::document(call.memory()))
}

/// The transaction's tenant, as text.
pub fn tenant(memory: Memory<'_>) -> Option<Str<'_>> {
    identity::with(|who| who.tenant.map(|text| memory.text(text)))
}

/// The transaction's kind of actor.
pub fn actor_type(memory: Memory<'_>) -> Option<Str<'_>> {
    identity::with(|who| who.actor_type.map(|text| memory.text(text)))
}

/// The transaction's actor.
pub fn actor(memory: Memory<'_>) -> Option<Str<'_>> {
    identity::with(|who| who.actor.map(|text| memory.text(text)))
}

/// The transaction's conversation.
pub fn correlation(memory: Memory<'_>) -> Option<Str<'_>> {
    settings::CORRELATION_ID.with(|id| id.map(|text| memory.text(text)))
}

/// The event that caused the transaction.
pub fn causation(memory: Memory<'_>) -> Option<Str<'_>> {
    settings::CAUSATION_ID.with(|id| id.map(|text| memory.text(text)))
}
