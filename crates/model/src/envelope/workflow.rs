//! Workflow events: `eventId`, `pattern`, `version`, `source`, `timestamp`, `payload`, `metadata`.
//!
//! The version is a text. Its first number is the version of the event's type: "1.4" is 1. What the metadata say of the
//! business context is the event's context; beside it, under `envelope`, stands what the columns would not give again.

use super::{
    GIVEN, Logged, Text, build, cloudevent, column, container, get, has, identifier, is_text,
    object, required, string, time, wrong,
};
use crate::Problem;
use crate::text::shorten_bytes;
use jsonb::{Builder, Jsonb, List, Object, Value};
use std::borrow::Cow;

/// Key in the context.
const OWN: &str = "envelope";

const KEYS: [&str; 7] = [
    "eventId",
    "pattern",
    "version",
    "source",
    "timestamp",
    "payload",
    "metadata",
];

/// Parts of an envelope that are columns.
const SOURCE: [(&str, &str); 2] = [("type", "source_type"), ("id", "source_id")];
const METADATA: [(&str, &str); 2] = [
    ("correlationId", "correlation_id"),
    ("causationId", "causation_id"),
];

/// An envelope as the arguments of `log_event`.
pub fn read(document: Jsonb<'_>) -> Result<Logged<'_>, Problem> {
    let event = object(document, "an envelope")?;
    only(event, "", &KEYS)?;
    let event_type = required(event, "pattern")?;
    let mut kept = Kept::default();

    let idempotency_key = kept.identifier(event, "eventId")?;
    if idempotency_key.as_ref().is_some_and(|id| id.is_empty()) {
        return Err(Problem::argument("eventId must not be empty"));
    }
    let version = match get(event, "version") {
        Some(value) => {
            let version = version(value)?;
            kept.given.push("version");
            if !is_text(value, Some(shown(version).as_bytes())) {
                kept.more.push(("version", value));
            }
            Some(version)
        }
        None => None,
    };
    let source = part(event, "source")?;
    let [mut source_type, mut source_id] = [None, None];
    if let Some(source) = source {
        only(source, "source.", &["type", "id"])?;
        kept.given.push("source");
        source_type = kept.identifier(source, "type")?;
        source_id = kept.identifier(source, "id")?;
    }
    let occurred_at = match string(event, "timestamp")? {
        Some(text) => {
            let read = instant(text).ok_or_else(|| {
                Problem::argument(
                    "timestamp is no timestamp of ISO 8601, as 2024-03-15T10:00:00Z is",
                )
            })?;
            kept.given.push("timestamp");
            if time::format(read).is_none_or(|same| same.as_bytes() != text) {
                kept.more.push(("timestamp", Value::String(text)));
            }
            Some(read)
        }
        None => None,
    };
    let payload = match get(event, "payload") {
        Some(payload) => {
            kept.given.push("payload");
            container(payload)?
        }
        None => build(|builder| {
            builder.begin_object().end();
        })?,
    };
    let [mut correlation_id, mut causation_id] = [None, None];
    if let Some(metadata) = part(event, "metadata")? {
        kept.given.push("metadata");
        correlation_id = kept.identifier(metadata, "correlationId")?;
        causation_id = kept.identifier(metadata, "causationId")?;
        kept.context = part(metadata, "context")?;
        let known =
            |name: &[u8]| [&b"correlationId"[..], b"causationId", b"context"].contains(&name);
        let more = metadata
            .iter()
            .filter(|(name, value)| !known(name) && !value.is_null());
        kept.metadata.extend(more);
    }
    Ok(Logged {
        event_type: Cow::Borrowed(event_type),
        payload,
        occurred_at,
        context: kept.finish()?,
        correlation_id,
        causation_id,
        source_type,
        source_id,
        version,
        idempotency_key,
        ..Logged::default()
    })
}

/// Refuses keys that an envelope does not have.
fn only(object: Object<'_>, place: &str, known: &[&str]) -> Result<(), Problem> {
    let is_known = |name: &[u8]| known.iter().any(|known| known.as_bytes() == name);
    match object.keys().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => Err(Problem::argument_hint(
            format!("unknown key \"{place}{}\"", shorten_bytes(name)),
            format!("Keys are {}.", known.join(", ")),
        )),
    }
}

fn part<'a>(object: Object<'a>, key: &str) -> Result<Option<Object<'a>>, Problem> {
    match get(object, key) {
        None => Ok(None),
        Some(Value::Object(part)) => Ok(Some(part)),
        Some(other) => Err(wrong(key, "an object", other.kind())),
    }
}

/// The version that a text or a number means: what stands before its first dot.
fn version(value: Value<'_>) -> Result<i32, Problem> {
    let refused = || {
        Problem::argument_hint(
            "version is no version of an event's type",
            "It is numbers with dots between them, such as \"1.4\", the first of which is 1 or more.",
        )
    };
    if !matches!(value, Value::String(_) | Value::Number(_)) {
        return Err(wrong("version", "a string", value.kind()));
    }
    let text = identifier("version", value)?;
    let numbers = std::str::from_utf8(&text).map_err(|_| refused())?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !numbers.split('.').all(is_number) {
        return Err(refused());
    }
    let first = numbers
        .split('.')
        .next()
        .and_then(|first| first.parse().ok());
    match first {
        Some(version @ 1..) => Ok(version),
        _ => Err(refused()),
    }
}

/// A version as an envelope has it.
fn shown(version: i32) -> String {
    format!("{version}.0")
}

/// An instant; without a zone it is one in UTC.
fn instant(text: &[u8]) -> Option<i64> {
    time::parse(text).or_else(|| time::parse(&[text, b"Z"].concat()))
}

/// What is kept in the context.
#[derive(Default)]
struct Kept<'a> {
    given: Vec<&'static str>,
    more: Vec<(&'static str, Value<'a>)>,
    metadata: Vec<(&'a [u8], Value<'a>)>,
    context: Option<Object<'a>>,
}

impl<'a> Kept<'a> {
    /// An identifier that is given; one that is no text is kept.
    fn identifier(
        &mut self,
        object: Object<'a>,
        key: &'static str,
    ) -> Result<Option<Text<'a>>, Problem> {
        let Some(value) = get(object, key) else {
            return Ok(None);
        };
        self.given.push(key);
        let text = identifier(key, value)?;
        if !is_text(value, Some(&text)) {
            self.more.push((key, value));
        }
        Ok(Some(text))
    }

    fn finish(self) -> Result<List<u8>, Problem> {
        build(|builder| {
            builder.begin_object();
            let clashes = self
                .context
                .is_some_and(|context| context.contains_key(OWN));
            let open = self.context.filter(|_| !clashes);
            for (name, value) in open.iter().flat_map(Object::iter) {
                builder.pair(name, value);
            }
            builder.key(OWN).begin_object();
            for (name, value) in self.more {
                builder.pair(name, value);
            }
            strings(
                builder,
                GIVEN,
                self.given.iter().map(|name| name.as_bytes()),
            );
            if let Some(context) = self.context {
                // Which keys are the envelope's own: a session adds others.
                match clashes {
                    true => {
                        builder.pair("context", Value::Object(context));
                    }
                    false => strings(builder, "context", context.keys()),
                }
            }
            if !self.metadata.is_empty() {
                builder.key("metadata").begin_object();
                for (name, value) in self.metadata {
                    builder.pair(name, value);
                }
                builder.end();
            }
            builder.end().end();
        })
    }
}

fn strings<'s>(builder: &mut Builder, key: &str, all: impl Iterator<Item = &'s [u8]>) {
    builder.key(key).begin_array();
    for text in all {
        builder.string(text);
    }
    builder.end();
}

/// A row of a log in an envelope: the one that it came in, or one made of what the log knows.
pub fn write(row: Jsonb<'_>) -> Result<List<u8>, Problem> {
    let row = object(row, "an event")?;
    let event_type = required(row, "type")?;
    let context = get(row, "context").and_then(|context| context.as_object());
    let own = context.and_then(|context| context.get(OWN)?.as_object());
    let given = own.and_then(|own| own.get(GIVEN)?.as_array());
    let own = own.filter(|_| given.is_some());
    let shows = |name: &str| own.is_none() || has(given, name);
    let kept = |name: &str| own.and_then(|own| get(own, name));

    let mut builder = Builder::new();
    builder.begin_object();
    builder.key("pattern").string(event_type);
    if shows("eventId") {
        match (kept("eventId"), column(row, "idempotency_key")?) {
            (Some(id), _) => builder.pair("eventId", id),
            (None, Some(key)) => builder.key("eventId").string(&key),
            (None, None) => builder.key("eventId").string(required(row, "id")?),
        };
    }
    let version = get(row, "version").and_then(|v| i32::try_from(v.as_i64()?).ok());
    if let Some(version) = version.filter(|_| shows("version")) {
        match kept("version") {
            Some(text) => builder.pair("version", text),
            None => builder.key("version").string(shown(version)),
        };
    }
    let columns = |builder: &mut Builder, names: [(&str, &str); 2]| -> Result<(), Problem> {
        for (name, column) in names {
            if !shows(name) {
                continue;
            }
            match (kept(name), self::column(row, column)?) {
                (Some(value), _) => builder.pair(name, value),
                (None, Some(text)) => builder.key(name).string(&text),
                (None, None) => continue,
            };
        }
        Ok(())
    };
    let source = column(row, "source_type")?.is_some() || column(row, "source_id")?.is_some();
    if shows("source") && (own.is_some() || source) {
        builder.key("source").begin_object();
        columns(&mut builder, SOURCE)?;
        builder.end();
    }
    if shows("timestamp") {
        match kept("timestamp") {
            Some(text) => {
                builder.pair("timestamp", text);
            }
            None => {
                if let Some(text) = cloudevent::instant(row)? {
                    builder.key("timestamp").string(text);
                }
            }
        }
    }
    if let Some(payload) = get(row, "payload").filter(|_| shows("payload")) {
        builder.pair("payload", payload);
    }
    if shows("metadata") {
        builder.key("metadata").begin_object();
        columns(&mut builder, METADATA)?;
        write_context(&mut builder, context, own);
        let more = own.and_then(|own| own.get("metadata")?.as_object());
        for (name, value) in more.iter().flat_map(Object::iter) {
            builder.pair(name, value);
        }
        builder.end();
    }
    builder.end();
    Ok(builder.finish()?)
}

/// The business context: as it came, or all that the event's context says.
fn write_context(builder: &mut Builder, context: Option<Object<'_>>, own: Option<Object<'_>>) {
    let Some(context) = context else {
        return;
    };
    match own.map(|own| own.get("context")) {
        None if context.is_empty() => {}
        None => {
            builder.pair("context", Value::Object(context));
        }
        Some(Some(whole @ Value::Object(_))) => {
            builder.pair("context", whole);
        }
        Some(Some(Value::Array(names))) => {
            builder.key("context").begin_object();
            let names = names.iter().filter_map(|name| name.as_bytes());
            for (name, value) in names.filter_map(|name| Some((name, context.get(name)?))) {
                builder.pair(name, value);
            }
            builder.end();
        }
        Some(_) => {}
    }
}
