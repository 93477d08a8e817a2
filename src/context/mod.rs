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
use crate::pg::fcall::{Call, Ret};
use crate::pg::{datum, user};
use crate::settings;
use model::text::MAX_IDENTIFIER_BYTES;
use pgrx::pg_sys::Datum;
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
pub fn current_tenant(_call: &Call<'_>) -> Ret {
    tenant().into()
}

/// `eventlog.current_actor_type()`.
pub fn current_actor_type(_call: &Call<'_>) -> Ret {
    actor_type().into()
}

/// `eventlog.current_actor()`.
pub fn current_actor(_call: &Call<'_>) -> Ret {
    actor().into()
}

/// `eventlog.current_correlation()`.
pub fn current_correlation(_call: &Call<'_>) -> Ret {
    correlation().into()
}

/// `eventlog.current_causation()`.
pub fn current_causation(_call: &Call<'_>) -> Ret {
    causation().into()
}

/// `eventlog.current_reason()`.
pub fn current_reason(_call: &Call<'_>) -> Ret {
    settings::REASON.with(text).into()
}

/// `eventlog.current_context()`: also the default of a log's column, so never null.
pub fn current_context(_call: &Call<'_>) -> Ret {
    Ret::Value(metadata::document())
}

fn text(value: Option<&[u8]>) -> Option<Datum> {
    value.map(datum::new_varlena)
}

/// The transaction's tenant, as text.
pub fn tenant() -> Option<Datum> {
    identity::with(|who| text(who.tenant))
}

/// The transaction's kind of actor.
pub fn actor_type() -> Option<Datum> {
    identity::with(|who| text(who.actor_type))
}

/// The transaction's actor.
pub fn actor() -> Option<Datum> {
    identity::with(|who| text(who.actor))
}

/// The transaction's conversation.
pub fn correlation() -> Option<Datum> {
    settings::CORRELATION_ID.with(text)
}

/// The event that caused the transaction.
pub fn causation() -> Option<Datum> {
    settings::CAUSATION_ID.with(text)
}
