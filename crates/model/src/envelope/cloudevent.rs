//! CloudEvents 1.0, in the form that is one JSON object.
//!
//! Its identity is source and id together. In the context, under `cloudevent`, stand the id, the attributes that were
//! given where a session fills in what is not, and those whose text the columns would not give again.

use super::{
    GIVEN, Logged, Text, build, column, container, get, has, identifier, is_text, object, required,
    string, time, uri, wrong,
};
use crate::Problem;
use crate::tenant::TenantType;
use crate::text::{MAX_IDENTIFIER_BYTES, shorten_bytes};
use jsonb::{Builder, Jsonb, List, Object, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;

/// Key in the context.
const OWN: &str = "cloudevent";
const VERSION: &str = "1.0";
const TRACE: &str = "traceparent";

/// Attributes that are no extensions, and the two keys that hold the data.
const ATTRIBUTES: [&str; 10] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "data",
    "data_base64",
];

/// Extensions that are columns: of what name each is.
const COLUMNS: [(&str, &str); 5] = [
    ("tenantid", "tenant_id"),
    ("actortype", "actor_type"),
    ("actorid", "actor_id"),
    ("correlationid", "correlation_id"),
    ("causationid", "causation_id"),
];

/// What a schema's name says of versions, and the other way round.
pub trait Schemas {
    /// The version of a type whose contract is described there, where it is one alone.
    fn version(&self, event_type: &[u8], described_at: &[u8]) -> Option<i32>;
    /// Where a version of a type is described, and no other one of it.
    fn described_at(&self, event_type: &[u8], version: i32) -> Option<Text<'_>>;
}

/// How the data lie in a payload.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    /// they are the payload
    Object,
    /// as its key `data`, since a payload is an object
    Value,
    /// as its key `data_base64`
    Base64,
    /// there are none
    None,
}

impl Data {
    fn name(self) -> Option<&'static str> {
        match self {
            Data::Object => None,
            Data::Value => Some("data"),
            Data::Base64 => Some("data_base64"),
            Data::None => Some("none"),
        }
    }
}

/// A CloudEvent as the arguments of `log_event`, for a log with tenants of this type.
pub fn read<'a>(
    document: Jsonb<'a>,
    tenants: TenantType,
    schemas: &impl Schemas,
) -> Result<Logged<'a>, Problem> {
    let event = object(document, "a CloudEvent")?;
    check(event)?;
    let (id, source) = (required(event, "id")?, required(event, "source")?);
    if source
        .iter()
        .any(|b| b.is_ascii_whitespace() || b.is_ascii_control())
    {
        return Err(Problem::argument(
            "source is no URI reference: it has a space",
        ));
    }
    let event_type = required(event, "type")?;
    let mut kept = Kept::new(id);

    let (source_type, source_id) = uri::read_source(source);
    // The identifier of a source has to fit into a column.
    let source_id = source_id.map(short);
    if uri::source(source_type.as_deref(), source_id.as_deref()) != source {
        kept.text("source", source);
    }
    let (entity_type, entity_id) = match string(event, "subject")? {
        Some([]) => return Err(Problem::argument("subject must not be empty")),
        Some(subject) => {
            let (kind, id) = uri::read_subject(subject);
            if uri::subject(kind.as_deref(), id.as_deref()).as_deref() != Some(subject) {
                kept.text("subject", subject);
            }
            (kind, id)
        }
        None => (None, None),
    };
    let occurred_at = match string(event, "time")? {
        Some(text) => {
            let read = time::parse(text).ok_or_else(|| {
                Problem::argument("time is no timestamp of RFC 3339, as 2018-04-05T17:31:00Z is")
            })?;
            kept.given.push("time");
            if time::format(read).is_none_or(|same| same.as_bytes() != text) {
                kept.text("time", text);
            }
            Some(read)
        }
        None => None,
    };
    let schema = string(event, "dataschema")?;
    kept.value("dataschema", schema.map_or(Value::Null, Value::String));
    let version = schema.and_then(|schema| {
        let described = schemas.version(event_type, schema);
        described.or_else(|| uri::read_schema(event_type, schema))
    });
    if let Some(kind) = string(event, "datacontenttype")? {
        kept.text("datacontenttype", kind);
    }
    let (data, payload) = read_data(event)?;
    if let Some(name) = data.name() {
        kept.text("payload", name.as_bytes());
    }

    let mut columns: [Option<Text<'a>>; COLUMNS.len()] = Default::default();
    for ((name, column), place) in COLUMNS.into_iter().zip(&mut columns) {
        let Some(value) = get(event, name) else {
            continue;
        };
        kept.given.push(name);
        let text = identifier(name, value)?;
        let same = match column {
            "tenant_id" => tenants.read(&text).map(|t| t.text().into_owned()).ok(),
            _ => Some(text.to_vec()),
        };
        // A tenant that is none is refused by whoever writes.
        if !is_text(value, same.as_deref()) {
            kept.value(name, value);
        }
        *place = Some(text);
    }
    let [tenant, actor_type, actor_id, correlation_id, causation_id] = columns;
    let trace = get(event, TRACE);
    if trace.is_some() {
        kept.given.push(TRACE);
    }
    for (name, value) in extensions(event) {
        kept.extensions.push((name, value));
    }
    Ok(Logged {
        event_type: Cow::Borrowed(event_type),
        payload,
        tenant,
        entity_type,
        entity_id,
        actor_type,
        actor_id,
        occurred_at,
        context: kept.context(trace)?,
        correlation_id,
        causation_id,
        source_type,
        source_id,
        version,
        idempotency_key: Some(key(source, id)),
    })
}

fn check(event: Object<'_>) -> Result<(), Problem> {
    let version = get(event, "specversion");
    if !version.is_some_and(|v| is_text(v, Some(VERSION.as_bytes()))) {
        return Err(Problem::argument_hint(
            format!("specversion of a CloudEvent must be \"{VERSION}\""),
            "One event at a time is given, as a JSON object; an array of them is a batch.",
        ));
    }
    for name in event.keys() {
        let is_known = ATTRIBUTES.iter().any(|known| known.as_bytes() == name);
        if !is_known
            && !name
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        {
            return Err(Problem::argument_hint(
                format!("\"{}\" is no name of an attribute", shorten_bytes(name)),
                "CloudEvents name their attributes with lower-case letters and digits; all else belongs into data.",
            ));
        }
    }
    Ok(())
}

/// Extensions that mean nothing here.
fn extensions(event: Object<'_>) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    event.iter().filter(|(name, value)| {
        let is = |known: &str| known.as_bytes() == *name;
        !value.is_null()
            && !ATTRIBUTES.into_iter().any(is)
            && !COLUMNS.iter().any(|(known, _)| is(known))
            && !is(TRACE)
    })
}

fn read_data(event: Object<'_>) -> Result<(Data, List<u8>), Problem> {
    let wrapped = |name: &str, value| {
        build(|builder| {
            builder.begin_object().pair(name, value).end();
        })
    };
    match (event.get("data"), get(event, "data_base64")) {
        (Some(data), Some(_)) if !data.is_null() => Err(Problem::argument(
            "a CloudEvent has data or data_base64, not both",
        )),
        (_, Some(text @ Value::String(_))) => Ok((Data::Base64, wrapped("data_base64", text)?)),
        (_, Some(other)) => Err(wrong("data_base64", "a string", other.kind())),
        (Some(data @ Value::Object(_)), None) => Ok((Data::Object, container(data)?)),
        (Some(data), None) => Ok((Data::Value, wrapped("data", data)?)),
        (None, None) => Ok((Data::None, wrapped_none()?)),
    }
}

fn wrapped_none() -> Result<List<u8>, Problem> {
    build(|builder| {
        builder.begin_object().end();
    })
}

/// The key of source and id together, which no source has a space in.
pub fn key<'a>(source: &[u8], id: &[u8]) -> Text<'a> {
    short(Cow::Owned([source, b" ", id].concat()))
}

/// A text as an identifier: one that is too long by its hash.
fn short(text: Text<'_>) -> Text<'_> {
    if text.len() <= MAX_IDENTIFIER_BYTES {
        return text;
    }
    let mut hash = String::with_capacity(64);
    for b in Sha256::digest(&text) {
        // A string takes all that it is given.
        let _ = write!(hash, "{b:02x}");
    }
    Cow::Owned(hash.into_bytes())
}

/// What is kept in the context.
struct Kept<'a> {
    given: Vec<&'static str>,
    more: Vec<(&'static str, Value<'a>)>,
    extensions: Vec<(&'a [u8], Value<'a>)>,
}

impl<'a> Kept<'a> {
    fn new(id: &'a [u8]) -> Self {
        Kept {
            given: Vec::new(),
            more: vec![("id", Value::String(id))],
            extensions: Vec::new(),
        }
    }

    fn text(&mut self, name: &'static str, text: &'a [u8]) {
        self.value(name, Value::String(text));
    }

    fn value(&mut self, name: &'static str, value: Value<'a>) {
        self.more.push((name, value));
    }

    fn context(self, trace: Option<Value<'_>>) -> Result<List<u8>, Problem> {
        build(|builder| {
            builder.begin_object();
            if let Some(trace) = trace {
                builder.pair(TRACE, trace);
            }
            builder.key(OWN).begin_object();
            for (name, value) in self.more {
                builder.pair(name, value);
            }
            if !self.given.is_empty() {
                builder.key(GIVEN).begin_array();
                for name in self.given {
                    builder.string(name);
                }
                builder.end();
            }
            if !self.extensions.is_empty() {
                builder.key("extensions").begin_object();
                for (name, value) in self.extensions {
                    builder.pair(name, value);
                }
                builder.end();
            }
            builder.end().end();
        })
    }
}

/// A row of a log as a CloudEvent: the one that it came as, or one made of what the log knows.
pub fn write(row: Jsonb<'_>, schemas: &impl Schemas) -> Result<List<u8>, Problem> {
    let row = object(row, "an event")?;
    let event_type = required(row, "type")?;
    let context = get(row, "context").and_then(|context| context.as_object());
    let own = context.and_then(|context| context.get(OWN)?.as_object());
    let own = own.filter(|own| own.get("id").is_some_and(|id| id.as_bytes().is_some()));
    let mut event = Event::default();
    event.builder.begin_object();
    event.text("specversion", VERSION.as_bytes());
    event.text("type", event_type);

    let kept = |name: &str| own.and_then(|own| get(own, name));
    match kept("id") {
        Some(id) => event.value("id", id),
        None => event.text("id", required(row, "id")?),
    }
    match kept("source") {
        Some(source) => event.value("source", source),
        None => {
            let (kind, id) = (column(row, "source_type")?, column(row, "source_id")?);
            event.text("source", &uri::source(kind.as_deref(), id.as_deref()));
        }
    }
    match kept("subject") {
        Some(subject) => event.value("subject", subject),
        None => {
            let (kind, id) = (column(row, "entity_type")?, column(row, "entity_id")?);
            if let Some(subject) = uri::subject(kind.as_deref(), id.as_deref()) {
                event.text("subject", &subject);
            }
        }
    }
    // What a session may have filled in was not there, unless it is known to have been given.
    let given = own.and_then(|own| own.get(GIVEN)?.as_array());
    let shows = |name: &str| own.is_none() || has(given, name);
    if shows("time") {
        match kept("time") {
            Some(time) => event.value("time", time),
            None => {
                if let Some(time) = instant(row)? {
                    event.text("time", time.as_bytes());
                }
            }
        }
    }
    for (name, column) in COLUMNS {
        if !shows(name) {
            continue;
        }
        match kept(name) {
            Some(value) => event.value(name, value),
            None => {
                if let Some(text) = self::column(row, column)? {
                    event.text(name, &text);
                }
            }
        }
    }
    if let Some(trace) = context.and_then(|c| get(c, TRACE)).filter(|_| shows(TRACE)) {
        event.value(TRACE, trace);
    }
    match own {
        Some(own) => event.as_it_came(own),
        None => event.as_logged(row, event_type, schemas)?,
    }
    event.data(row, own);
    event.builder.end();
    Ok(event.builder.finish()?)
}

/// When a row occurred, in UTC; none where it has no such column.
pub(super) fn instant(row: Object<'_>) -> Result<Option<String>, Problem> {
    let Some(text) = string(row, "occurred_at")? else {
        return Ok(None);
    };
    let written = time::parse(text).and_then(time::format);
    written
        .map(Some)
        .ok_or_else(|| Problem::argument("occurred_at of the event is no timestamp of RFC 3339"))
}

/// A CloudEvent that is being made.
#[derive(Default)]
struct Event {
    builder: Builder,
}

impl Event {
    fn text(&mut self, name: &str, text: &[u8]) {
        self.builder.key(name).string(text);
    }

    fn value(&mut self, name: &str, value: Value<'_>) {
        self.builder.pair(name, value);
    }

    /// What one that came as a CloudEvent had besides.
    fn as_it_came(&mut self, own: Object<'_>) {
        for name in ["datacontenttype", "dataschema"] {
            if let Some(value) = get(own, name) {
                self.value(name, value);
            }
        }
        let extensions = own.get("extensions").and_then(|e| e.as_object());
        for (name, value) in extensions.iter().flat_map(Object::iter) {
            self.builder.pair(name, value);
        }
    }

    /// What one that the log knows has besides.
    fn as_logged(
        &mut self,
        row: Object<'_>,
        event_type: &[u8],
        schemas: &impl Schemas,
    ) -> Result<(), Problem> {
        self.text("datacontenttype", b"application/json");
        let version = get(row, "version").and_then(|v| v.as_i64());
        if let Some(version) = version.and_then(|version| i32::try_from(version).ok()) {
            let described = schemas.described_at(event_type, version);
            let described = described.filter(|url| uri::is_absolute(url));
            let schema = described.unwrap_or_else(|| uri::schema(event_type, version).into());
            self.text("dataschema", &schema);
        }
        if let Some(seq) = column(row, "seq")? {
            self.text("sequence", &seq);
        }
        Ok(())
    }

    fn data(&mut self, row: Object<'_>, own: Option<Object<'_>>) {
        let Some(payload) = get(row, "payload") else {
            return;
        };
        let way = own.and_then(|own| own.get("payload")?.as_str());
        let part = |name: &str| payload.as_object()?.get(name);
        match way {
            Some("none") => {}
            Some(name @ ("data" | "data_base64")) => match part(name) {
                Some(value) => self.value(name, value),
                None => self.value("data", payload),
            },
            _ => self.value("data", payload),
        }
    }
}
