//! The taxonomy as a document: what `import_taxonomy` takes and `export_taxonomy` gives.

use crate::error::Error;
use crate::taxonomy::violation::shorten;
use serde::Deserialize;

/// A whole taxonomy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Reads a document.
    pub fn parse(text: &str) -> Result<Document, Error> {
        let document: Document = serde_json::from_str(text).map_err(|e| {
            Error::argument_hint(
                format!("taxonomy is not a valid document: {}", sentence(&e)),
                "It is an object {\"types\": [...]}, as eventlog.export_taxonomy() gives it.",
            )
        })?;
        for (index, entry) in document.types.iter().enumerate() {
            entry
                .check()
                .map_err(|why| Error::argument(format!("types[{index}]: {why}")))?;
        }
        Ok(document)
    }
}

/// serde's message without its place: the text that it counts lines in is not the caller's.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

impl TypeDocument {
    /// Whether it is retired.
    pub fn retired(&self) -> bool {
        self.status.as_deref() == Some("retired")
    }

    /// Refuses what could never be meant.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.event_type;
        if name.is_empty() {
            return Err("event type must not be empty".to_owned());
        }
        let chars = name.chars().count();
        if chars > super::rules::MAX_TYPE_CHARS {
            return Err(format!(
                "event type has {chars} characters, and may have {}",
                super::rules::MAX_TYPE_CHARS
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
        check_names("required", &self.required)?;
        check_names("optional", &self.optional)?;
        if let Some(both) = self.required.iter().find(|key| self.optional.contains(key)) {
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

fn check_names(what: &str, names: &[String]) -> Result<(), String> {
    for (i, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("{what} holds an empty name"));
        }
        if names[..i].contains(name) {
            return Err(format!("{what} names \"{}\" twice", shorten(name)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<(), String> {
        let entry: TypeDocument = serde_json::from_str(json).map_err(|e| e.to_string())?;
        entry.check()
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
