//! What one version of an event type says, as generators take it.

use super::names::{Taken, pascal};
use super::shape::{Kinds, Shape};
use crate::Problem;
use crate::schema::{Plain, known_keys, tree_of};
use crate::taxonomy::document::{Additional, TypeDocument};
use serde_json::{Map, Value, json};

/// One version of a type. Names are unique in what is generated.
pub(super) struct Contract<'e> {
    pub entry: &'e TypeDocument,
    pub version: i32,
    pub is_default: bool,
    /// `OrderShipped`
    pub base: String,
    /// `OrderShippedV1`
    pub name: String,
    pub payload: Value,
    /// the context, where anything is said of it, and its name
    pub context: Option<(String, Value)>,
    /// what both refer to
    pub definitions: Vec<(String, Value)>,
}

impl<'e> Contract<'e> {
    /// Reads the schemas of an entry.
    pub fn of(
        entry: &'e TypeDocument,
        base: &str,
        name: &str,
        is_default: bool,
        taken: &mut Taken,
    ) -> Result<Contract<'e>, Problem> {
        let mut definitions = Vec::new();
        let mut plain = |source: &[u8], what: &str, prefix: &str, taken: &mut Taken| {
            let tree = tree_of(source, what)?;
            let mut named = |hint: &str| taken.take(format!("{prefix}{}", pascal(hint)));
            let plain = Plain::of(&tree, &mut named)?;
            definitions.extend(plain.definitions);
            Ok::<_, Problem>((tree, plain.root))
        };
        let payload = entry.schema.as_deref();
        let payload = payload
            .map(|source| plain(source, "schema", name, taken))
            .transpose()?;
        let context = match entry.context_schema.as_deref() {
            None => None,
            Some(source) => {
                let name = taken.take(format!("{name}Context"));
                let (_, root) = plain(source, "context_schema", &name, taken)?;
                Some((name, an_object(root)))
            }
        };
        let (tree, root) = match payload {
            Some((tree, root)) => (Some(tree), root),
            None => (None, json!({})),
        };
        Ok(Contract {
            entry,
            version: entry.version.unwrap_or(1),
            is_default,
            base: base.to_owned(),
            name: name.to_owned(),
            payload: with_keys(an_object(root), entry, tree.as_ref())?,
            context,
            definitions,
        })
    }

    /// What is said of it for people.
    pub fn words(&self) -> Vec<String> {
        let entry = self.entry;
        let owner = entry.owner.as_ref().map(|owner| format!("Owner: {owner}"));
        let url = entry.docs_url.as_ref().map(|url| format!("See {url}"));
        let texts = [entry.description.clone(), owner, url];
        texts.into_iter().flatten().collect()
    }
}

/// A payload or context is an object, whatever its schema takes.
fn an_object(schema: Value) -> Value {
    match schema {
        Value::Bool(true) => json!({"type": "object"}),
        Value::Object(mut members) if Shape::of_kinds(&members).has(Kinds::OBJECT) => {
            members.insert("type".to_owned(), "object".into());
            members.into()
        }
        other => json!({"type": "object", "allOf": [other]}),
    }
}

/// Puts the keys that a contract names beside those of its schema.
fn with_keys(schema: Value, entry: &TypeDocument, tree: Option<&Value>) -> Result<Value, Problem> {
    let Value::Object(mut members) = schema else {
        return Ok(schema);
    };
    let mut required: Vec<String> = entry.required.clone();
    if let Some(Value::Array(more)) = members.get("required") {
        required.extend(more.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    required.sort();
    required.dedup();
    // Where a schema says what other keys are like, a key that it does not name is one of these.
    let is_open = !["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|keyword| members.contains_key(*keyword));
    let named = entry.required.iter().chain(&entry.optional);
    if is_open && (!entry.required.is_empty() || !entry.optional.is_empty()) {
        let properties = members.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(properties) = properties {
            for key in named.clone() {
                properties.entry(key.clone()).or_insert(Value::Bool(true));
            }
        }
    }
    if !required.is_empty() {
        members.insert("required".to_owned(), required.into());
    }
    if entry.additional == Additional::Reject {
        let named: Vec<&str> = named.map(String::as_str).collect();
        close(&mut members, known_keys(tree, &named)?, is_open);
    }
    Ok(members.into())
}

/// Lets a schema take no other keys than the known ones: by a word at its top, where it knows them itself.
fn close(members: &mut Map<String, Value>, known: Value, is_open: bool) {
    let all_of = |keyword: &str, members: &Map<String, Value>| {
        let named = members.get(keyword).and_then(Value::as_object);
        let keys = named.into_iter().flat_map(Map::keys);
        keys.cloned().collect::<Vec<String>>()
    };
    let is_here = |keyword: &str| {
        let here = all_of(keyword, members);
        let known = known.get(keyword).and_then(Value::as_object);
        known.is_none_or(|known| known.keys().all(|key| here.contains(key)))
    };
    if is_open && is_here("properties") && is_here("patternProperties") {
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
        return;
    }
    let all = members.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        all.push(known);
    }
}
