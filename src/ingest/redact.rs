//! What is kept of a rejected event where rules of redaction are.
//!
//! Rules name places in payload and context. So of a payload or context that is no object, and of keys that no event has,
//! which could be either of them by another name, the value is not kept: null stands in its place, so that what
//! was no event does not become one. Nothing is kept of what cannot be read.

use crate::error::Error;
use crate::pg::input;
use crate::pg::jsonb::{Builder, List, Value};
use crate::pg::memory::{Memory, Scratch};
use crate::writing::draft::NAMES;
use model::taxonomy::rules::LogRules;
use model::text::shorten_bytes;

/// What is kept of an event.
pub enum Redacted {
    /// it as it is, as no rule is about it
    Nothing,
    /// this text, of which these are missing or changed
    Event(List<u8>, Vec<String>),
    /// nothing
    All,
}

/// What is kept of the text of an event.
pub fn redacted(rules: &LogRules, text: &[u8], memory: Memory<'_>) -> Result<Redacted, Error> {
    if !rules.prepares {
        return Ok(Redacted::Nothing);
    }
    let scratch = Scratch::new(memory);
    let Ok(document) = input::element(text, scratch.memory()) else {
        return Ok(Redacted::All);
    };
    let Some(event) = document.read().ok().and_then(|d| d.root().as_object()) else {
        return Ok(Redacted::All);
    };
    let event_type = event.get("type").and_then(|kind| kind.as_bytes());
    let event_type = event_type.unwrap_or_default();
    let version = event
        .get("version")
        .and_then(|v| i32::try_from(v.as_i64()?).ok());
    // Those of all versions, where it names none that there is.
    let Some(mut before) = rules
        .before_event(event_type, version)
        .filter(|b| b.redacts())
    else {
        return Ok(Redacted::Nothing);
    };
    let refused = |why| Error::refused(why, event_type, "", None);
    let (mut builder, mut gone) = (Builder::new(), Vec::new());
    // Of what no rule can be asked.
    let is_parameter = |key: &[u8]| {
        NAMES.iter().any(|name| name.as_bytes() == key) && !matches!(key, b"payload" | b"context")
    };
    builder.begin_object();
    for (key, value) in event.iter() {
        let made = match (key, value) {
            (_, Value::Null) => None,
            (b"payload", Value::Object(_)) => before.payload(value).map_err(refused)?,
            (b"context", Value::Object(_)) => before.context_kept(value).map_err(refused)?,
            _ if is_parameter(key) => None,
            // So what was no event because of it is none still, and a context is missing.
            _ => {
                gone.extend([shorten_bytes(key)]);
                builder.pair(key, Value::Null);
                continue;
            }
        };
        let read = made.as_deref().map(crate::pg::jsonb::Jsonb::new);
        match read {
            Some(Ok(made)) => builder.pair(key, made.root()),
            Some(Err(_)) => return Ok(Redacted::All),
            None => builder.pair(key, value),
        };
    }
    builder.end();
    let container = builder.finish()?;
    let Ok(document) = crate::pg::jsonb::Jsonb::new(&container) else {
        return Ok(Redacted::All);
    };
    gone.extend_from_slice(before.told());
    let mut text = List::new();
    let written = document.root().write_text(&mut text);
    written.map_err(|why| Error::not_read(why, || Error::internal("a document is damaged")))?;
    Ok(Redacted::Event(text, gone))
}
