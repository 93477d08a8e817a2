//! One document of JSON Schema 2020-12, whose references lead nowhere but to its own definitions.

use super::contract::Contract;
use crate::Problem;
use crate::schema::address;
use serde_json::{Map, Value, json};

/// What the definitions of a taxonomy come to.
#[derive(Default)]
pub(super) struct Printer {
    /// what an event of each contract is like
    events: Vec<Value>,
}

impl super::Printer for Printer {
    fn contract(&mut self, contract: &Contract<'_>) -> Result<String, Problem> {
        let mut text = String::new();
        let mut define = |name: &str, schema: &Value| {
            let comma = if text.is_empty() && self.events.is_empty() {
                ""
            } else {
                ","
            };
            let mut schema = schema.clone();
            address(&mut schema);
            let schema = pretty(&schema).replace('\n', "\n    ");
            text += &format!("{comma}\n    \"{name}\": {schema}");
        };
        for (name, schema) in &contract.definitions {
            define(name, schema);
        }
        if let Some((name, schema)) = &contract.context {
            define(name, schema);
        }
        let mut payload = contract.payload.clone();
        let words = contract.words().join("\n");
        if let (Value::Object(members), false) = (&mut payload, words.is_empty()) {
            members.insert("description".to_owned(), words.into());
        }
        define(&contract.name, &payload);
        self.events.push(event(contract));
        Ok(text)
    }

    fn head(&self) -> String {
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \
         \"$comment\": \"Made by eventlog.generate_json_schema from the taxonomy of an event log: do not edit it, generate it anew.\",\n  \
         \"$defs\": {"
            .to_owned()
    }

    fn foot(&self) -> String {
        let close = if self.events.is_empty() { "" } else { "\n  " };
        let all = match self.events.is_empty() {
            // No event is like any of none.
            true => "\"not\": {}".to_owned(),
            false => {
                let all = pretty(&Value::Array(self.events.clone()));
                format!("\"anyOf\": {}", all.replace('\n', "\n  "))
            }
        };
        format!("{close}}},\n  {all}\n}}\n")
    }
}

/// An event around its payload. One that names no version is of the default one.
fn event(contract: &Contract<'_>) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
    let mut properties = Map::new();
    properties.insert(
        "type".to_owned(),
        json!({"const": contract.entry.event_type}),
    );
    properties.insert("version".to_owned(), json!({"const": contract.version}));
    properties.insert("payload".to_owned(), reference(&contract.name));
    if let Some((name, _)) = &contract.context {
        properties.insert("context".to_owned(), reference(name));
    }
    let mut required = vec!["type", "payload"];
    if !contract.is_default {
        required.push("version");
    }
    for (key, kinds) in [
        ("entity_type", &contract.entry.entity_types),
        ("actor_type", &contract.entry.actor_types),
    ] {
        if let Some(kinds) = kinds {
            properties.insert(key.to_owned(), json!({"enum": kinds}));
            required.push(key);
        }
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn pretty(value: &Value) -> String {
    // A tree of JSON is always written.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
