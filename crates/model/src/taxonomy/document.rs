//! The taxonomy as a document: what `import_taxonomy` takes and `export_taxonomy` gives.

use crate::Problem;
use crate::text::{MAX_TYPE_CHARS, shorten};
use rustc_hash::FxHashSet;
use serde::Deserialize;

/// A whole taxonomy.
#[derive(Debug)]
pub struct Document {
    /// its types; a type of several versions stands here once for each
    pub types: Vec<TypeDocument>,
}

/// One version of one type. Absent keys are as in `register_event_type`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct TypeDocument {
    #[serde(rename = "type")]
    pub event_type: String,
    pub version: Option<i32>,
    pub domain: Option<String>,
    pub description: Option<String>,
    #[serde(default)]
    pub required: Vec<String>,
    #[serde(default)]
    pub optional: Vec<String>,
    pub max_payload_bytes: Option<i32>,
    pub entity_types: Option<Vec<String>>,
    pub actor_types: Option<Vec<String>>,
    pub status: Option<String>,
    /// makes this version the one of events that name none
    #[serde(default)]
    pub default: bool,
    // Known to the format and not to this release: only their defaults pass.
    pub schema: Option<serde_json::Value>,
    pub additional: Option<String>,
    pub compatibility: Option<String>,
}

impl Document {
    /// Reads a document. An error names the place of the type that is wrong.
    pub fn parse(text: &[u8]) -> Result<Document, Problem> {
        let wrong = |why: &str| {
            Problem::argument_hint(
                format!("taxonomy {why}"),
                "It is an object {\"types\": [...]}, as eventlog.export_taxonomy() gives it.",
            )
        };
        let mut document = match serde_json::from_slice(text) {
            Ok(serde_json::Value::Object(document)) => document,
            _ => return Err(wrong("must be a JSON object")),
        };
        let Some(serde_json::Value::Array(entries)) = document.remove("types") else {
            return Err(wrong("must have an array \"types\""));
        };
        if let Some(key) = document.keys().next() {
            return Err(wrong(&format!("has an unknown key \"{}\"", shorten(key))));
        }
        let mut types: Vec<TypeDocument> = Vec::with_capacity(entries.len());
        let mut seen = FxHashSet::default();
        let mut defaults = FxHashSet::default();
        for (index, entry) in entries.into_iter().enumerate() {
            let at = |why: String| Problem::argument(format!("types[{index}]: {why}"));
            if !entry.is_object() {
                return Err(at("event type must be a JSON object".to_owned()));
            }
            let entry: TypeDocument =
                serde_json::from_value(entry).map_err(|e| at(sentence(&e)))?;
            let entry = entry.check().map_err(at)?;
            let name = shorten(&entry.event_type);
            if !seen.insert((entry.event_type.clone(), entry.version)) {
                return Err(at(format!(
                    "event type \"{name}\" stands twice in the document"
                )));
            }
            if entry.default && !defaults.insert(entry.event_type.clone()) {
                return Err(at(format!(
                    "event type \"{name}\" has two default versions"
                )));
            }
            types.push(entry);
        }
        Ok(Document { types })
    }
}

/// What serde says, in words of JSON.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string().replace('`', "\"");
    let text = text.split(" at line ").next().unwrap_or_default();
    let text = text
        .replace("a sequence", "an array")
        .replace("i32", "a whole number");
    match text.split_once(", expected one of ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}

impl TypeDocument {
    /// Bytes that copies of it take: as values of statements, and as JSON in the record, which may need six bytes
    /// for one and grows by doubling.
    pub fn copies(&self) -> usize {
        let lists = [Some(&self.required), Some(&self.optional)];
        let lists = lists
            .into_iter()
            .chain([self.entity_types.as_ref(), self.actor_types.as_ref()]);
        let names = lists.flatten().flatten().map(|name| 64 + name.len());
        let texts = [
            Some(&self.event_type),
            self.domain.as_ref(),
            self.description.as_ref(),
        ];
        let texts = texts.into_iter().flatten().map(|text| 64 + text.len());
        16 * names.chain(texts).sum::<usize>()
    }

    /// Whether it is retired.
    pub fn retired(&self) -> bool {
        self.status.as_deref() == Some("retired")
    }

    /// Puts the names of each set into one order, so that equal sets are equal.
    fn sort(&mut self) {
        self.required.sort();
        self.optional.sort();
        for names in [&mut self.entity_types, &mut self.actor_types]
            .into_iter()
            .flatten()
        {
            names.sort();
        }
    }

    /// Refuses what could never be meant; gives the rest, its sets in one order.
    pub fn check(mut self) -> Result<TypeDocument, String> {
        self.refuse()?;
        self.sort();
        Ok(self)
    }

    fn refuse(&self) -> Result<(), String> {
        let name = &self.event_type;
        if name.is_empty() {
            return Err("event type must not be empty".to_owned());
        }
        let chars = name.chars().count();
        if chars > MAX_TYPE_CHARS {
            return Err(format!(
                "event type has {chars} characters, and may have {}",
                MAX_TYPE_CHARS
            ));
        }
        if name.trim() != name || name.chars().any(char::is_control) {
            return Err(format!(
                "event type \"{}\" has white space at an end, or control characters",
                shorten(name)
            ));
        }
        if self.version.is_some_and(|v| v < 1) {
            return Err("version must be 1 or more".to_owned());
        }
        if self.max_payload_bytes.is_some_and(|v| v < 1) {
            return Err("max_payload_bytes must be 1 or more".to_owned());
        }
        for (what, text) in [("description", &self.description), ("domain", &self.domain)] {
            if text.as_ref().is_some_and(|t| t.len() > MAX_TEXT_BYTES) {
                return Err(format!("{what} is longer than {MAX_TEXT_BYTES} bytes"));
            }
        }
        let required = check_names("required", &self.required)?;
        check_names("optional", &self.optional)?;
        if let Some(both) = self
            .optional
            .iter()
            .find(|key| required.contains(key.as_str()))
        {
            return Err(format!(
                "key \"{}\" is both required and optional",
                shorten(both)
            ));
        }
        for (what, names) in [
            ("entity_types", &self.entity_types),
            ("actor_types", &self.actor_types),
        ] {
            if let Some(names) = names {
                if names.is_empty() {
                    return Err(format!(
                        "{what} must not be empty: leave it out to allow any"
                    ));
                }
                check_names(what, names)?;
            }
        }
        match self.status.as_deref() {
            None | Some("active" | "retired") => {}
            Some(_) => return Err("status must be \"active\" or \"retired\"".to_owned()),
        }
        let later = |what: &str| Err(format!("\"{what}\" is not supported by this release"));
        if self.schema.is_some() {
            return later("schema");
        }
        if self.additional.as_deref().is_some_and(|v| v != "allow") {
            return later("additional");
        }
        if self.compatibility.as_deref().is_some_and(|v| v != "none") {
            return later("compatibility");
        }
        Ok(())
    }
}

/// Bytes that a description or domain may have.
const MAX_TEXT_BYTES: usize = 10_000;
/// Names that a list may hold.
const MAX_NAMES: usize = 1_000;
/// Bytes that each of them may have.
const MAX_NAME_BYTES: usize = 512;

fn check_names<'a>(what: &str, names: &'a [String]) -> Result<FxHashSet<&'a str>, String> {
    if names.len() > MAX_NAMES {
        return Err(format!("{what} has more than {MAX_NAMES} names"));
    }
    let mut seen = FxHashSet::default();
    for name in names {
        if name.is_empty() {
            return Err(format!("{what} holds an empty name"));
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(format!(
                "{what} holds a name of more than {MAX_NAME_BYTES} bytes"
            ));
        }
        if !seen.insert(name.as_str()) {
            return Err(format!("{what} names \"{}\" twice", shorten(name)));
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<(), String> {
        let entry: TypeDocument = serde_json::from_str(json).map_err(|e| e.to_string())?;
        entry.check().map(|_| ())
    }

    #[test]
    fn absent_keys_are_the_defaults() {
        assert_eq!(check(r#"{"type": "a"}"#), Ok(()));
        assert_eq!(
            check(
                r#"{"type": "a", "schema": null, "additional": "allow", "compatibility": "none"}"#
            ),
            Ok(())
        );
    }

    #[test]
    fn a_document_is_read_whole_or_not_at_all() {
        let read = |text: &str| Document::parse(text.as_bytes()).map(|d| d.types.len());
        assert_eq!(read(r#"{"types": []}"#).ok(), Some(0));
        assert_eq!(
            read(r#"{"types": [{"type": "a"}, {"type": "a", "version": 2}]}"#).ok(),
            Some(2)
        );
        for bad in [
            "[[]]",
            "{}",
            r#"{"types": {}}"#,
            r#"{"types": [[]]}"#,
            r#"{"types": [], "more": 1}"#,
            r#"{"types": [{"type": "a"}, {"type": "a"}]}"#,
            r#"{"types": [{"type": "a", "version": 1, "default": true},
                {"type": "a", "version": 2, "default": true}]}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in [
            r#"{"type": ""}"#,
            r#"{"type": " a"}"#,
            r#"{"type": "a\nb"}"#,
            r#"{"type": "a", "version": 0}"#,
            r#"{"type": "a", "max_payload_bytes": 0}"#,
            r#"{"type": "a", "required": ["x", "x"]}"#,
            r#"{"type": "a", "required": ["x"], "optional": ["x"]}"#,
            r#"{"type": "a", "required": [""]}"#,
            r#"{"type": "a", "entity_types": []}"#,
            r#"{"type": "a", "status": "dead"}"#,
            r#"{"type": "a", "schema": {}}"#,
            r#"{"type": "a", "additional": "deny"}"#,
            r#"{"type": "a", "compatibility": "backward"}"#,
            r#"{"type": "a", "requierd": ["x"]}"#,
            r#"{"version": 1}"#,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
