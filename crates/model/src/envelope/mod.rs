//! Events in the envelopes of others: CloudEvents 1.0, and workflow events with a pattern and a version.
//!
//! An envelope becomes the arguments of `log_event`, and a row of a log, as `to_jsonb` gives it, becomes an envelope. What
//! an envelope says and no column has, or has in another spelling, stands in the event's context, under the envelope's
//! name: so an event that came in an envelope leaves in the very same one, whatever the session filled in beside. Of JSON
//! null, which both take for a key that is not there, nothing is kept.

pub mod cloudevent;
mod time;
mod uri;
pub mod workflow;

#[cfg(test)]
mod tests;

use crate::Problem;
use crate::text::shorten_bytes;
use jsonb::{Array, Builder, Jsonb, Kind, List, Object, Value};
use std::borrow::Cow;

/// Bytes of a text, of the document or made of it.
pub type Text<'a> = Cow<'a, [u8]>;

/// What an envelope says, as arguments of `log_event`.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Logged<'a> {
    pub event_type: Text<'a>,
    /// the container
    pub payload: List<u8>,
    pub tenant: Option<Text<'a>>,
    pub entity_type: Option<Text<'a>>,
    pub entity_id: Option<Text<'a>>,
    pub actor_type: Option<Text<'a>>,
    pub actor_id: Option<Text<'a>>,
    /// microseconds since 2000
    pub occurred_at: Option<i64>,
    /// the container
    pub context: List<u8>,
    pub correlation_id: Option<Text<'a>>,
    pub causation_id: Option<Text<'a>>,
    pub source_type: Option<Text<'a>>,
    pub source_id: Option<Text<'a>>,
    pub version: Option<i32>,
    pub idempotency_key: Option<Text<'a>>,
}

/// Key under which the attributes stand that an envelope had and a session could have filled in.
const GIVEN: &str = "given";

fn object<'a>(document: Jsonb<'a>, what: &str) -> Result<Object<'a>, Problem> {
    document.root().as_object().ok_or_else(|| {
        let kind = document.kind().name();
        Problem::argument(format!("{what} must be a JSON object, not {kind}"))
    })
}

/// The value of a key, where it is not null.
fn get<'a>(object: Object<'a>, key: &str) -> Option<Value<'a>> {
    object.get(key).filter(|value| !value.is_null())
}

/// The text of a string; none where there is nothing.
fn string<'a>(object: Object<'a>, key: &str) -> Result<Option<&'a [u8]>, Problem> {
    match get(object, key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong(key, "a string", other.kind())),
    }
}

/// The text of a string that has to be there.
fn required<'a>(object: Object<'a>, key: &str) -> Result<&'a [u8], Problem> {
    match string(object, key)? {
        Some(text) if !text.is_empty() => Ok(text),
        Some(_) => Err(Problem::argument(format!("{key} must not be empty"))),
        None => Err(Problem::argument(format!("the event has no {key}"))),
    }
}

/// An identifier, which may be a number or a boolean.
fn identifier<'a>(key: &str, value: Value<'a>) -> Result<Text<'a>, Problem> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Bool(is) => Ok(Cow::Owned(is.to_string().into_bytes())),
        Value::Number(_) => {
            let mut text = List::new();
            let written = value.write_text(&mut text);
            written.map_err(|why| Problem::not_read(why, "a number is damaged"))?;
            Ok(Cow::Owned(text.into()))
        }
        other => Err(wrong(key, "a string", other.kind())),
    }
}

fn wrong(key: &str, wanted: &str, kind: Kind) -> Problem {
    let key = shorten_bytes(key.as_bytes());
    Problem::argument(format!("{key} must be {wanted}, not {}", kind.name()))
}

/// An identifier of a row of a log: a text, or a number where tenants are numbers.
fn column<'a>(row: Object<'a>, name: &str) -> Result<Option<Text<'a>>, Problem> {
    get(row, name)
        .map(|value| identifier(name, value))
        .transpose()
}

/// Whether a list of texts has this one.
fn has(list: Option<Array<'_>>, name: &str) -> bool {
    list.is_some_and(|list| list.iter().any(|v| v.as_bytes() == Some(name.as_bytes())))
}

/// Whether a value is the string of this text.
fn is_text(value: Value<'_>, text: Option<&[u8]>) -> bool {
    text.is_some() && value.as_bytes() == text
}

/// The container of a document that is made by `f`.
fn build(f: impl FnOnce(&mut Builder)) -> Result<List<u8>, Problem> {
    let mut builder = Builder::new();
    f(&mut builder);
    Ok(builder.finish()?)
}

/// The container of a value: of a scalar, a document of its own.
fn container(value: Value<'_>) -> Result<List<u8>, Problem> {
    Ok(match value {
        Value::Object(object) => List::copy_of(object.as_bytes())?,
        Value::Array(array) => List::copy_of(array.as_bytes())?,
        scalar => build(|builder| {
            builder.value(scalar);
        })?,
    })
}
