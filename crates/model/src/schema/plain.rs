//! A schema for those who read it and do not ask it: in one edition, and with references by name.
//!
//! What makes types or documents of a schema has to know one dialect then, and nothing of addresses. Keywords that the
//! edition does not know are left out, so that none of them means something in another one.

use super::check::Walk;
use super::draft::Edition;
use crate::Problem;
use referencing::Resolver;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

/// A schema of 2020-12 without addresses, and what it refers to. The only references are `{"$ref": "NAME"}`.
#[derive(Debug)]
pub struct Plain {
    /// the schema itself
    pub root: Value,
    /// what it refers to, by name
    pub definitions: Vec<(String, Value)>,
}

/// Keywords that mean the same in both editions, and hold no schemas.
const SAME: [&str; 28] = [
    "title",
    "description",
    "default",
    "examples",
    "readOnly",
    "writeOnly",
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "format",
    "contentEncoding",
    "contentMediaType",
    "$comment",
    "deprecated",
];

impl Plain {
    /// Of a schema that may be asked. `name` gives a name to each schema that is referred to, made of a hint.
    pub fn of(document: &Value, name: &mut dyn FnMut(&str) -> String) -> Result<Plain, Problem> {
        let edition = Edition::of(document, "schema")?;
        Walk::through(document, edition, "schema", |walk, document, resolver| {
            let mut reader = Reader {
                walk,
                edition,
                name,
                names: FxHashMap::default(),
                waiting: VecDeque::new(),
            };
            let root = reader.schema(document, &resolver)?;
            let mut definitions = Vec::new();
            while let Some((name, schema, resolver)) = reader.waiting.pop_front() {
                definitions.push((name, reader.schema(schema, &resolver)?));
            }
            Ok(Plain { root, definitions })
        })
    }
}

impl Plain {
    /// All of it as one document, with addresses for names.
    pub fn document(mut self) -> Value {
        address(&mut self.root);
        let definitions = self.definitions.into_iter().map(|(name, mut schema)| {
            address(&mut schema);
            (name, schema)
        });
        let definitions: Map<String, Value> = definitions.collect();
        match self.root {
            Value::Object(mut members) if !definitions.is_empty() => {
                members.insert("$defs".to_owned(), definitions.into());
                members.into()
            }
            root => root,
        }
    }
}

/// Makes addresses of the names that a schema refers to. A member `$ref` elsewhere, as in an example, is none.
pub fn address(schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(name)) = members.get_mut("$ref") {
        *name = format!("#/$defs/{name}");
    }
    for (keyword, value) in members.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(all)) => {
                all.values_mut().for_each(address);
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(all)) => {
                all.iter_mut().for_each(address);
            }
            (
                "items"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "additionalProperties"
                | "propertyNames"
                | "unevaluatedProperties"
                | "unevaluatedItems",
                one,
            ) => address(one),
            _ => {}
        }
    }
}

struct Reader<'w, 'd, 'n, 'f> {
    walk: &'w mut Walk<'d, 'n>,
    edition: Edition,
    name: &'f mut dyn FnMut(&str) -> String,
    /// what is referred to, by its address
    names: FxHashMap<usize, String>,
    waiting: VecDeque<(String, &'d Value, Resolver<'d>)>,
}

impl<'d> Reader<'_, 'd, '_, '_> {
    /// Goes as deep as the document, which has a bound.
    fn schema(&mut self, schema: &'d Value, around: &Resolver<'d>) -> Result<Value, Problem> {
        let Value::Object(members) = schema else {
            return Ok(schema.clone());
        };
        let resolver = self.walk.inside(schema, around)?;
        let mut plain = Map::new();
        // In draft-07 a reference is all that there is.
        let alone = self.edition == Edition::Draft07 && members.contains_key("$ref");
        for (keyword, value) in members {
            let keyword = keyword.as_str();
            match keyword {
                "$ref" | "$dynamicRef" => self.reference(keyword, value, &resolver, &mut plain)?,
                _ if alone => {}
                _ if SAME.contains(&keyword) => {
                    plain.insert(keyword.to_owned(), value.clone());
                }
                _ => self.applied(keyword, value, members, &resolver, &mut plain)?,
            }
        }
        Ok(Value::Object(plain))
    }

    /// A keyword that holds schemas, or belongs to one of the editions.
    fn applied(
        &mut self,
        keyword: &str,
        value: &'d Value,
        members: &'d Map<String, Value>,
        resolver: &Resolver<'d>,
        plain: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        let newer = self.edition == Edition::Draft202012;
        let list = members.get("items").is_some_and(Value::is_array);
        let (name, made) = match (keyword, value) {
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                (keyword, self.list(all, resolver)?)
            }
            ("prefixItems", Value::Array(all)) if newer => (keyword, self.list(all, resolver)?),
            ("items", Value::Array(all)) => ("prefixItems", self.list(all, resolver)?),
            ("additionalItems", one) if !newer && list => ("items", self.schema(one, resolver)?),
            ("items" | "not" | "if" | "then" | "else" | "contains", one)
            | ("additionalProperties" | "propertyNames", one) => {
                (keyword, self.schema(one, resolver)?)
            }
            // What is left out with a vague reference may know of what would be refused here.
            ("unevaluatedProperties" | "unevaluatedItems", one)
                if newer && !self.walk.is_vague() =>
            {
                (keyword, self.schema(one, resolver)?)
            }
            ("properties" | "patternProperties", Value::Object(all)) => {
                (keyword, self.map(all, resolver)?)
            }
            ("dependentSchemas", Value::Object(all)) if newer => {
                (keyword, self.map(all, resolver)?)
            }
            ("dependentRequired" | "minContains" | "maxContains", value) if newer => {
                (keyword, value.clone())
            }
            ("dependencies", Value::Object(all)) => {
                return self.dependencies(all, resolver, plain);
            }
            _ => return Ok(()),
        };
        match (plain.get_mut(name), made) {
            // What two references came to.
            (Some(Value::Array(before)), Value::Array(made)) => before.extend(made),
            (_, made) => {
                plain.insert(name.to_owned(), made);
            }
        }
        Ok(())
    }

    /// Which the validator takes in both editions.
    fn dependencies(
        &mut self,
        all: &'d Map<String, Value>,
        resolver: &Resolver<'d>,
        plain: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        for (key, value) in all {
            let (name, made) = match value {
                Value::Array(_) => ("dependentRequired", value.clone()),
                _ => ("dependentSchemas", self.schema(value, resolver)?),
            };
            let named = plain.entry(name).or_insert_with(|| json!({}));
            if let Value::Object(named) = named {
                named.insert(key.clone(), made);
            }
        }
        Ok(())
    }

    fn list(&mut self, all: &'d [Value], resolver: &Resolver<'d>) -> Result<Value, Problem> {
        let all = all.iter().map(|schema| self.schema(schema, resolver));
        Ok(Value::Array(all.collect::<Result<_, _>>()?))
    }

    fn map(
        &mut self,
        all: &'d Map<String, Value>,
        resolver: &Resolver<'d>,
    ) -> Result<Value, Problem> {
        let all = all
            .iter()
            .map(|(key, schema)| Ok((key.clone(), self.schema(schema, resolver)?)));
        Ok(Value::Object(all.collect::<Result<_, Problem>>()?))
    }

    /// A reference by name. Where a document has several anchors of one name, which of them a dynamic reference means
    /// depends on the way, and no name says that.
    fn reference(
        &mut self,
        keyword: &str,
        value: &Value,
        resolver: &Resolver<'d>,
        plain: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        let mut found = Vec::new();
        self.walk.follow(keyword, value, resolver, &mut found)?;
        let Some((target, resolver)) = found.pop() else {
            return Ok(());
        };
        if !found.is_empty() {
            let comment = "a \"$dynamicRef\" that means different schemas by the way is left out";
            plain.insert("$comment".to_owned(), comment.into());
            return Ok(());
        }
        let address = std::ptr::from_ref(target) as usize;
        let name = match self.names.get(&address) {
            Some(name) => name.clone(),
            None => {
                let name = (self.name)(&hint(value.as_str().unwrap_or_default()));
                self.names.insert(address, name.clone());
                self.waiting.push_back((name.clone(), target, resolver));
                name
            }
        };
        match plain.get("$ref") {
            None => {
                plain.insert("$ref".to_owned(), name.into());
            }
            // Both of two references hold.
            Some(_) => {
                let all = plain.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.push(json!({"$ref": name}));
                }
            }
        }
        Ok(())
    }
}

/// What a reference calls its target: its last part that says something.
fn hint(reference: &str) -> String {
    let parts = reference.rsplit(['/', '#']);
    let mut parts = parts.filter(|part| part.chars().any(char::is_alphabetic));
    let last = parts.next().unwrap_or("schema");
    last.trim_end_matches(".json")
        .replace("~1", "/")
        .replace("~0", "~")
}
