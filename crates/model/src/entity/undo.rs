//! A row as it was, from the events that came after.
//!
//! An aggregate goes through them in their order. Of each field the first old value is the one
//! that it had; the first event that says that the row came or went ends the search. Its state is
//! a jsonb value:
//!
//! - `row`: `kept`, the row that is there now was there then; `gone`, it was there and went since;
//!   `absent`, it was not there
//! - `values`: what is known of it, by the columns' present names
//! - `lost`: of which columns it is known that they held something, and not what that is today
//! - `id` and `tenant`: the entity and the tenant of a row that went
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::event::{Effect, Event};
use jsonb::{BuildError, Builder, List, Object, Value};

/// Whose event it is.
#[derive(Clone, Copy, Default)]
pub struct Whose<'a> {
    /// the entity
    pub id: Option<&'a [u8]>,
    /// its tenant
    pub tenant: Option<&'a [u8]>,
}

/// How events of a time are read today.
#[derive(Clone, Copy, Default)]
pub struct Reading<'a> {
    /// columns that have another name now, null for what is no more
    names: Option<Object<'a>>,
    /// by the column of today, words in its values that are others today
    words: Option<Object<'a>>,
}

impl<'a> Reading<'a> {
    /// As `{"names": {then: now}, "words": {column: {word: true}}}` tells it.
    pub fn of(reading: Option<Object<'a>>) -> Self {
        let part = |key| reading.and_then(|r| r.get(key)?.as_object());
        Reading {
            names: part("names"),
            words: part("words"),
        }
    }

    /// The name of a column today; none for one that is no more.
    fn name(&self, field: &'a [u8]) -> Option<&'a [u8]> {
        match self.names.and_then(|names| names.get(field)) {
            None => Some(field),
            Some(name) => name.as_bytes(),
        }
    }

    /// Whether a value of this column is told in words that say something else today.
    fn is_lost(&self, name: &[u8], value: Value<'_>) -> bool {
        let words = self.words.and_then(|words| words.get(name)?.as_object());
        words.is_some_and(|words| has_word(value, words))
    }
}

fn has_word(value: Value<'_>, words: Object<'_>) -> bool {
    match value {
        Value::String(text) => words.contains_key(text),
        Value::Array(items) => items.iter().any(|item| has_word(item, words)),
        Value::Object(pairs) => pairs
            .iter()
            .any(|(key, item)| words.contains_key(key) || has_word(item, words)),
        _ => false,
    }
}

/// Whether a later event can still tell something.
pub fn is_open(state: Option<Object<'_>>) -> bool {
    let row = state.and_then(|s| s.get("row"));
    row.is_none_or(|row| row.as_bytes() == Some(b"kept"))
}

/// The state after an event; none where it stays as it is.
pub fn step(
    state: Option<Object<'_>>,
    event: &Event<'_>,
    whose: Whose<'_>,
    reading: Reading<'_>,
) -> Result<Option<List<u8>>, BuildError> {
    let part = |key| state.and_then(|s| s.get(key)?.as_object());
    let (known, lost) = (part("values"), part("lost"));
    let has = |of: Option<Object<'_>>, name| of.is_some_and(|o| o.contains_key(name));
    let mut told: List<(&[u8], Value<'_>)> = List::new();
    let mut lose: List<&[u8]> = List::new();
    let mut tell = |field, value| {
        if let Some(name) = reading
            .name(field)
            .filter(|name| !has(known, *name) && !has(lost, *name))
        {
            match reading.is_lost(name, value) {
                false => told.push((name, value))?,
                true => lose.push(name)?,
            }
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
            if told.is_empty() && lose.is_empty() && state.is_some() {
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
    if row == "gone" {
        if let Some(id) = whose.id {
            next.key("id").string(id);
        }
        if let Some(tenant) = whose.tenant {
            next.key("tenant").string(tenant);
        }
    }
    next.key("values").begin_object();
    for (field, value) in known.iter().flat_map(Object::iter).chain(told) {
        next.pair(field, value);
    }
    next.end();
    if lost.is_some() || !lose.is_empty() {
        next.key("lost").begin_object();
        let before = lost.iter().flat_map(Object::iter).map(|(name, _)| name);
        for name in before.chain(lose) {
            next.pair(name, Value::Bool(true));
        }
        next.end();
    }
    next.end();
    next.finish().map(Some)
}

#[cfg(test)]
mod tests;
