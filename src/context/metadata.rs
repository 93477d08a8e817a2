//! Free metadata of a transaction (request, address, release), which its events take into their context.
//!
//! It is kept as text in a setting of its own, like all that the context says. What is read of it is kept by that
//! text, so a transaction of many events reads it once, and one that has none pays for a look at an empty setting.

use crate::error::{Error, OrRaise};
use crate::pg::datum::{self, Jsonb};
use crate::pg::input;
use crate::pg::jsonb::{self, BuildError, Builder, List, Object};
use crate::pg::sync_cell::SyncCell;
use crate::settings;
use pgrx::pg_sys::Datum;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::fmt::{self, Write};

/// The longest text of such a document.
pub const MAX_BYTES: usize = 1024;

/// Keys of `events.context` that mean something to the extension.
const RESERVED: [&str; 7] = [
    "field",
    "redacted",
    "violations",
    "sampledrate",
    "attempt",
    "erased",
    "cloudevent",
];

/// Why a document is no metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// it is something else than an object
    NotAnObject,
    /// its text is longer than [`MAX_BYTES`]
    TooLong,
    /// it has a key that is reserved
    Reserved(&'static str),
}

/// The reserved key that is among these.
fn reserved<'k>(mut keys: impl Iterator<Item = &'k [u8]>) -> Option<&'static str> {
    keys.find_map(|key| RESERVED.into_iter().find(|name| name.as_bytes() == key))
}

/// Whether the setting may have this value, which a superuser can write by hand.
pub fn check(setting: &str) -> Result<(), Bad> {
    if setting.len() > MAX_BYTES {
        return Err(Bad::TooLong);
    }
    if setting.is_empty() {
        return Ok(());
    }
    // Values are skipped without recursion, so no depth of nesting does harm.
    let object: BTreeMap<String, &RawValue> =
        serde_json::from_str(setting).map_err(|_| Bad::NotAnObject)?;
    match reserved(object.keys().map(String::as_bytes)) {
        Some(key) => Err(Bad::Reserved(key)),
        None => Ok(()),
    }
}

/// The setting's value for a document; an empty one is none.
fn text_of(document: jsonb::Jsonb<'_>) -> Result<Option<String>, Bad> {
    let object = document.root().as_object().ok_or(Bad::NotAnObject)?;
    if object.is_empty() {
        return Ok(None);
    }
    if let Some(key) = reserved(object.keys()) {
        return Err(Bad::Reserved(key));
    }
    let mut text = Bounded(String::new());
    write!(text, "{}", document.root()).map_err(|_| Bad::TooLong)?;
    Ok(Some(text.0))
}

/// Takes no more than [`MAX_BYTES`]: a few bytes of a number can have a very long text.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.0.len() + more.len() > MAX_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(more);
        Ok(())
    }
}

/// The setting's value for the argument of `set_context`.
pub fn setting(document: Jsonb<'_>) -> Result<Option<CString>, Error> {
    let document = document
        .read()
        .map_err(|_| Error::argument("context is damaged"))?;
    match text_of(document) {
        Ok(text) => Ok(text.map(|text| CString::new(text).unwrap_or_default())),
        Err(Bad::NotAnObject) => Err(Error::argument(format!(
            "context must be a JSON object, not {}",
            document.kind().name()
        ))),
        Err(Bad::TooLong) => Err(Error::argument_hint(
            format!("context is longer than {MAX_BYTES} bytes"),
            "Each event of the transaction carries it: what is large belongs elsewhere.",
        )),
        Err(Bad::Reserved(key)) => Err(Error::argument_hint(
            format!("context must not have the key \"{key}\""),
            "In an event's context that key has a meaning of its own; choose another one.",
        )),
    }
}

/// The metadata that was read last.
struct Read {
    text: Vec<u8>,
    /// the document's container; none where the text is none
    document: Option<Vec<u8>>,
}

static READ: SyncCell<Read> = SyncCell::new(Read {
    text: Vec::new(),
    document: None,
});

/// Runs `f` with the transaction's metadata, if it has any.
#[inline]
pub fn with<R>(f: impl FnOnce(Option<&[u8]>) -> R) -> R {
    if !settings::CONTEXT.is_set() {
        return f(None);
    }
    read();
    READ.with(|read| f(read.document.as_deref()))
}

/// Reads the setting, unless its text was the last one that was read.
fn read() {
    let known =
        settings::CONTEXT.with(|text| READ.with(|read| text.is_some_and(|text| text == read.text)));
    if known {
        return;
    }
    let text = settings::CONTEXT.with(|text| text.unwrap_or_default().to_vec());
    // What set_context has written is jsonb; what a superuser has written may be JSON that jsonb cannot hold.
    let document = input::jsonb(&text).and_then(|datum| {
        datum::jsonb_of(Some(&datum))?
            .read()
            .ok()
            .map(|d| d.as_bytes().to_vec())
    });
    READ.with(|read| *read = Read { text, document });
}

/// The metadata as a document, without keys where there is none.
pub fn document() -> Datum {
    with(|metadata| match metadata {
        Some(bytes) => datum::new_jsonb(bytes),
        None => datum::empty_object(),
    })
}

/// An event's context: the metadata, and what the event itself says, which wins. What the log will refuse for its size
/// (`limit`, in bytes of the value) is not read.
#[inline]
pub fn merged(own: Option<Datum>, limit: usize) -> Datum {
    let Some(own) = own else {
        return document();
    };
    with(|metadata| merge(metadata?, own, limit)).unwrap_or(own)
}

/// The metadata for captured events of a log with this limit; none where they would exceed it, since no change is
/// refused for what is said besides.
pub fn for_captured(limit: usize) -> Option<Datum> {
    let document = with(|metadata| metadata.map(datum::new_jsonb))?;
    fits(document, limit).then_some(document)
}

/// The same with a captured event's own context.
pub fn with_own(metadata: Datum, own: Datum, limit: usize) -> Datum {
    let document = datum::jsonb_of(Some(&metadata)).and_then(|document| document.read().ok());
    document
        .and_then(|metadata| merge(metadata.as_bytes(), own, limit))
        .filter(|merged| fits(*merged, limit))
        .unwrap_or(own)
}

fn fits(document: Datum, limit: usize) -> bool {
    datum::jsonb_of(Some(&document)).is_some_and(|document| document.size() <= limit)
}

/// None where the event's own context is too large or no object: the gate says so.
fn merge(metadata: &[u8], own: Datum, limit: usize) -> Option<Datum> {
    if !fits(own, limit) {
        return None;
    }
    let own = datum::jsonb_of(Some(&own))?.read().ok()?;
    let own = own.root().as_object()?;
    let metadata = jsonb::Jsonb::new(metadata).ok()?.root().as_object()?;
    Some(datum::new_jsonb(&merge_objects(metadata, own).or_raise()))
}

fn merge_objects(metadata: Object<'_>, own: Object<'_>) -> Result<List<u8>, BuildError> {
    let mut builder = Builder::new();
    builder.begin_object();
    // Of equal keys the last one wins.
    for (key, value) in metadata.iter().chain(own.iter()) {
        builder.pair(key, value);
    }
    builder.end();
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(text: &str) -> Vec<u8> {
        let value: serde_json::Value = serde_json::from_str(text).expect("json");
        let mut builder = Builder::new();
        builder.json(&value);
        builder.finish().expect("jsonb").into()
    }

    fn text(document: &str) -> Result<Option<String>, Bad> {
        let bytes = container(document);
        text_of(jsonb::Jsonb::new(&bytes).expect("jsonb"))
    }

    #[test]
    fn a_document_becomes_the_text_of_its_setting() {
        assert_eq!(text("{}"), Ok(None));
        let made = text(r#"{"b": [1.10, "ä\n"], "a": null}"#);
        assert_eq!(
            made,
            Ok(Some(r#"{"a": null, "b": [1.10, "ä\n"]}"#.to_owned()))
        );
        for bad in ["[]", "1", "\"x\"", "null"] {
            assert_eq!(text(bad), Err(Bad::NotAnObject), "{bad}");
        }
    }

    #[test]
    fn a_text_has_room_for_a_kilobyte() {
        let of = |length: usize| format!("{{\"k\": \"{}\"}}", "x".repeat(length - 9));
        assert!(text(&of(MAX_BYTES)).is_ok() && check(&of(MAX_BYTES)).is_ok());
        assert_eq!(text(&of(MAX_BYTES + 1)), Err(Bad::TooLong));
        assert_eq!(check(&of(MAX_BYTES + 1)), Err(Bad::TooLong));
        assert_eq!(text(r#"{"k": 1e2000}"#), Err(Bad::TooLong));
    }

    #[test]
    fn keys_with_a_meaning_are_refused_at_the_top_alone() {
        for key in RESERVED {
            let document = format!("{{\"a\": 1, \"{key}\": 1}}");
            assert_eq!(text(&document), Err(Bad::Reserved(key)));
            assert_eq!(check(&document), Err(Bad::Reserved(key)));
            let below = format!("{{\"a\": {{\"{key}\": 1}}}}");
            assert!(text(&below).is_ok() && check(&below).is_ok());
        }
        assert_eq!(check(r#"{"fi\u0065ld": 1}"#), Err(Bad::Reserved("field")));
        assert!(check(r#"{"Field": 1}"#).is_ok());
    }

    #[test]
    fn a_setting_by_hand_is_an_object_or_nothing() {
        assert!(check("").is_ok() && check("{}").is_ok());
        for bad in ["x", "[]", "{", "{\"a\"}", "{} {}", "null"] {
            assert_eq!(check(bad), Err(Bad::NotAnObject), "{bad}");
        }
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(500), "]".repeat(500));
        assert!(check(&deep).is_ok());
    }

    #[test]
    fn an_events_own_keys_win_at_the_top() {
        let merged = |metadata: &str, own: &str| {
            let (metadata, own) = (container(metadata), container(own));
            let object = |bytes| jsonb::Jsonb::new(bytes).ok()?.root().as_object();
            let bytes = merge_objects(object(&metadata)?, object(&own)?).ok()?;
            Some(jsonb::Jsonb::new(&bytes).ok()?.root().to_string())
        };
        assert_eq!(
            merged(r#"{"a": {"x": 1}, "bb": 2}"#, r#"{"a": {"y": 3}, "c": 4}"#).as_deref(),
            Some(r#"{"a": {"y": 3}, "c": 4, "bb": 2}"#)
        );
        assert_eq!(merged(r#"{"a": 1}"#, "{}").as_deref(), Some(r#"{"a": 1}"#));
        assert_eq!(
            merged(r#"{"a": 1}"#, r#"{"a": null}"#).as_deref(),
            Some(r#"{"a": null}"#)
        );
    }
}
