//! A row as it was, from the events that came after.
//!
//! An aggregate goes through them in their order. Of each field the first old value is the one
//! that it had; the first event that says that the row came or went ends the search. Its state is
//! a jsonb value:
//!
//! - `row`: `kept`, the row that is there now was there then; `gone`, it was there and went since;
//!   `absent`, it was not there
//! - `values`: what is known of it, by the columns' present names
//! - `tenant`: the tenant of a row that went
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::event::{Effect, Event, Kind, STATE_FIELD};
use crate::error::Error;
use crate::pg::datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{BuildError, Builder, List, Object, Value};

/// Sfunc of `eventlog._undo(kind, field, payload, tenant_id, names)`; the state comes before these.
pub fn undo(call: &Call<'_>) -> Ret {
    // The very datum that came in, which costs the aggregate no copy.
    let unchanged = Ret::from(call.datum(0));
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
        kind: Kind::of(call.text(1).unwrap_or_default(), b""),
        at: 0,
        payload: read(3),
        field: call.text(2).unwrap_or(STATE_FIELD),
    };
    match step(state, &event, call.text(4), read(5)) {
        Ok(None) => unchanged,
        Ok(Some(state)) => Ret::Value(datum::new_jsonb(&state)),
        Err(error) => Error::from(error).raise(),
    }
}

/// Whether a later event can still tell something.
fn is_open(state: Option<Object<'_>>) -> bool {
    let row = state.and_then(|s| s.get("row"));
    row.is_none_or(|row| row.as_bytes() == Some(b"kept"))
}

/// The state after an event; none where it stays as it is. `names` are those columns that have
/// another name now than at the time of the event, null for what is no more.
fn step(
    state: Option<Object<'_>>,
    event: &Event<'_>,
    tenant: Option<&[u8]>,
    names: Option<Object<'_>>,
) -> Result<Option<List<u8>>, BuildError> {
    let known = state.and_then(|s| s.get("values")?.as_object());
    let mut told: List<(&[u8], Value<'_>)> = List::new();
    let mut tell = |field, value| {
        let name = match names.and_then(|names| names.get(field)) {
            None => Some(field),
            Some(name) => name.as_bytes(),
        };
        if let Some(name) = name.filter(|name| !known.is_some_and(|k| k.contains_key(name))) {
            told.push((name, value))?;
        }
        Ok(())
    };
    let row = match event.effect() {
        Effect::Nothing => return Ok(None),
        Effect::Changed(changes)
        | Effect::Came {
            changes: Some(changes),
            ..
        }
        | Effect::Went {
            changes: Some(changes),
            ..
        } => {
            changes.each(|field, old, _| tell(field, old.unwrap_or(Value::Null)))?;
            if told.is_empty() && state.is_some() {
                return Ok(None);
            }
            "kept"
        }
        Effect::Came { changes: None, .. } => match state {
            None => "absent",
            // It had been there before, and nothing says when it went.
            Some(_) => "gone",
        },
        Effect::Went {
            values,
            changes: None,
        } => {
            for (field, value) in values.iter().flat_map(Object::iter) {
                tell(field, value)?;
            }
            "gone"
        }
    };
    let mut next = Builder::new();
    next.begin_object().key("row").string(row);
    if let (Effect::Went { .. }, Some(tenant), "gone") = (event.effect(), tenant, row) {
        next.key("tenant").string(tenant);
    }
    next.key("values").begin_object();
    for (field, value) in known.iter().flat_map(Object::iter).chain(told) {
        next.pair(field, value);
    }
    next.end().end();
    next.finish().map(Some)
}

#[cfg(test)]
mod tests;
