//! The aggregate that goes back from a row as it is to what it was.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};
use model::entity::event::{Event, EventKind, STATE_FIELD};
use model::entity::undo::{Reading, Whose, is_open, step};

/// Sfunc of `eventlog._undo(kind, field, payload, entity_id, tenant_id, reading)`; the state comes
/// before these.
pub fn undo(call: &Call<'_>) -> Ret {
    // The very value that came in, which costs the aggregate no copy.
    let unchanged = call.unchanged(0);
    let read = |i| {
        let document = call.jsonb(i)?.read();
        document
            .unwrap_or_else(|_| Error::internal("a document is damaged").raise())
            .root()
            .as_object()
    };
    let state = read(0);
    if !is_open(state) {
        return unchanged;
    }
    let event = Event {
        kind: EventKind::of(call.text(1).unwrap_or_default(), b""),
        at: 0,
        payload: read(3),
        field: call.text(2).unwrap_or(STATE_FIELD),
    };
    let row = Whose {
        id: call.text(4),
        tenant: call.text(5),
    };
    match step(state, &event, row, Reading::of(read(6))) {
        Ok(None) => unchanged,
        Ok(Some(state)) => call.value(call.memory().jsonb(&state)),
        Err(error) => Error::from(error).raise(),
    }
}
