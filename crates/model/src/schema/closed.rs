//! Contracts that take no other keys than those that they know, at the top of a payload.

use super::draft::Edition;
use super::kept::{House, Kept, Schemas, Slot};
use super::{Failure, check, instance};
use crate::Problem;
use crate::text::shorten;
use jsonb::{Builder, Jsonb, List, Unread};
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use std::rc::Rc;

/// What a contract knows: the keys that it names, and those of its schema and of what that applies to the same value.
#[derive(Debug)]
pub struct Closed {
    keys: Vec<Box<str>>,
    /// the schema of the contract, as stored jsonb
    schema: Option<Box<[u8]>>,
    schemas: Rc<Schemas>,
    /// a schema of all that is known, made when an event first asks for it
    made: OnceCell<Slot>,
}

impl Closed {
    /// Of a contract that names keys, and may have a schema.
    pub fn new(keys: Vec<Box<str>>, schema: Option<Box<[u8]>>, schemas: Rc<Schemas>) -> Closed {
        Closed {
            keys,
            schema,
            schemas,
            made: OnceCell::new(),
        }
    }

    /// What the process lends.
    pub fn house(&self) -> &House {
        self.schemas.house()
    }

    /// A payload without its other keys; none where it has none, or is no object.
    pub fn without_others(&self, payload: jsonb::Value<'_>) -> Result<Option<List<u8>>, Failure> {
        let schema = self.schema()?;
        let jsonb::Value::Object(object) = payload else {
            return Ok(None);
        };
        if schema.accepts(payload, self.house())? {
            return Ok(None);
        }
        let (mut all, mut one) = (Builder::new(), Builder::new());
        all.begin_object();
        let mut pairs = object.iter();
        for (key, value) in pairs.by_ref() {
            one.clear();
            one.begin_object().key(key).null().end();
            let mut alone = List::new();
            one.finish_into(&mut alone).map_err(Problem::from)?;
            let alone = Jsonb::new(&alone).map_err(Unread::from)?;
            if schema.accepts(alone.root(), self.house())? {
                all.pair(key, value);
            }
        }
        if pairs.is_corrupt() {
            return Err(Unread::Corrupt.into());
        }
        all.end();
        Ok(Some(all.finish().map_err(Problem::from)?))
    }

    /// A schema that accepts payloads which have no other keys.
    pub fn schema(&self) -> Result<Rc<Kept>, Problem> {
        let slot = match self.made.get() {
            Some(slot) => slot,
            None => {
                let document = self
                    .schema
                    .as_deref()
                    .map(|source| instance::tree_of(source, "schema"));
                let document = document.transpose()?;
                let made = known(document.as_ref(), self.keys.iter().map(|key| &**key))?;
                let mut builder = jsonb::Builder::new();
                builder.json(&made);
                let source = builder.finish()?[..].into();
                let slot = Slot::new(source, Rc::clone(&self.schemas));
                self.made.get_or_init(|| slot)
            }
        };
        slot.schema()
    }
}

/// A schema of what is known.
pub(crate) fn known<'k>(
    document: Option<&Value>,
    keys: impl Iterator<Item = &'k str>,
) -> Result<Value, Problem> {
    let mut properties: Map<String, Value> =
        keys.map(|key| (key.to_owned(), true.into())).collect();
    let mut patterns = Map::new();
    if let Some(document) = document {
        check::of_same_value(document, Edition::of(document, "schema")?, &mut |schema| {
            for (keyword, known) in [
                ("properties", &mut properties),
                ("patternProperties", &mut patterns),
            ] {
                if let Some(Value::Object(named)) = schema.get(keyword) {
                    known.extend(named.keys().map(|key| (key.clone(), true.into())));
                }
            }
        })?;
    }
    Ok(json!({
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": false,
    }))
}

/// A schema that accepts objects with no other keys than those which a contract knows: keys that it names, and what its
/// schema knows.
pub fn known_keys(document: Option<&Value>, keys: &[&str]) -> Result<Value, Problem> {
    known(document, keys.iter().copied())
}

/// Refuses a contract whose keys cannot be known before an event is there.
pub fn check_closed(document: Option<&Value>) -> Result<(), Problem> {
    known(document, std::iter::empty()).map(|_| ())
}

/// Refuses keys that a payload must have and that its schema, closed at the top, takes from none.
pub fn check_required(document: &Value, required: &[String]) -> Result<(), Problem> {
    if document.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Ok(());
    }
    let named = |keyword| document.get(keyword).and_then(Value::as_object);
    let (properties, patterns) = (named("properties"), named("patternProperties"));
    let is_known = |key: &str| {
        properties.is_some_and(|all| all.contains_key(key))
            || patterns.is_some_and(|all| {
                all.keys()
                    .any(|pattern| jsonschema::is_valid(&json!({"pattern": pattern}), &json!(key)))
            })
    };
    match required.iter().find(|key| !is_known(key)) {
        Some(key) => Err(Problem::argument_hint(
            format!(
                "key \"{}\" is required, and the schema takes no such key",
                shorten(key)
            ),
            "The schema has \"additionalProperties\": false: name the key in its properties.",
        )),
        None => Ok(()),
    }
}
