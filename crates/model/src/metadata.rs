//! Free metadata of a transaction: which documents it may be, and what becomes of it in an event's context.

use jsonb::{BuildError, Builder, Jsonb, List, Object};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The longest text of such a document.
pub const MAX_BYTES: usize = 1024;

/// Keys of `events.context` that mean something to the extension.
const RESERVED: [&str; 8] = [
    "field",
    "redacted",
    "violations",
    "sampledrate",
    "attempt",
    "erased",
    "cloudevent",
    "envelope",
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
pub fn text_of(document: Jsonb<'_>) -> Result<Option<String>, Bad> {
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

/// The metadata of a transaction and the context that an event brings itself, which wins.
pub fn merge(metadata: Object<'_>, own: Object<'_>) -> Result<List<u8>, BuildError> {
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
        text_of(Jsonb::new(&bytes).expect("jsonb"))
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
            let object = |bytes| Jsonb::new(bytes).ok()?.root().as_object();
            let bytes = merge(object(&metadata)?, object(&own)?).ok()?;
            Some(Jsonb::new(&bytes).ok()?.root().to_string())
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
