//! A contract as one document that stands for itself: its references lead to its own definitions, and of formats only
//! those are left that are asserted.

use super::Contract;
use crate::Problem;
use crate::schema::{self, draft::Edition, positions};
use serde_json::{Map, Value, json};

/// Formats that the gate asserts; other names say what a string is for.
const ASSERTED: [&str; 11] = [
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "email",
    "uri",
    "ipv4",
    "ipv6",
    "json-pointer",
    "regex",
];

/// Characters that a number may have to be compared.
const MAX_DIGITS: usize = 400;

/// A contract, ready to be compared.
pub(super) struct Plain {
    pub(super) name: String,
    pub(super) edition: Edition,
    /// the name of the definition that is the document itself, where references lead to that
    pub(super) own: Option<String>,
    /// `$defs` and `definitions`
    defs: Map<String, Value>,
    /// what holds for a payload, all of it, and where each part stands in the entry of the type
    pub(super) parts: Vec<(&'static str, Value)>,
}

/// Why something cannot be compared.
pub(super) type Why = &'static str;

impl Plain {
    /// The edition that a contract is written in; none without a schema.
    pub(super) fn edition(contract: &Contract) -> Result<Option<Edition>, Problem> {
        let tree = tree(contract)?;
        tree.map(|tree| Edition::of(&tree, "schema")).transpose()
    }

    /// A contract; one without a schema is taken to be written in the given edition.
    pub(super) fn of(
        contract: &Contract,
        edition: Option<Edition>,
    ) -> Result<Result<Plain, Why>, Problem> {
        let tree = tree(contract)?;
        let edition = match &tree {
            Some(tree) => Edition::of(tree, "schema")?,
            None => edition.unwrap_or(Edition::Draft202012),
        };
        let mut plain = Plain {
            name: contract.name.clone(),
            edition,
            own: None,
            defs: Map::new(),
            parts: Vec::new(),
        };
        if let Some(tree) = &tree {
            match plain.take(tree) {
                Ok(body) => plain.parts.push(("/schema", body)),
                Err(why) => return Ok(Err(why)),
            }
        }
        let required = json!({"type": "object", "required": contract.required});
        plain.parts.push(("", required));
        if contract.is_closed {
            let known = super::known(contract, tree.as_ref())?;
            plain.parts.push(("/additional", known));
        }
        Ok(Ok(plain))
    }

    /// The whole of it as one schema.
    pub(super) fn whole(&self) -> Value {
        let parts: Vec<&Value> = self.parts.iter().map(|(_, part)| part).collect();
        self.document(json!({ "allOf": parts }))
    }

    /// Some schema of it as a document.
    pub(super) fn document(&self, schema: Value) -> Value {
        let Value::Object(mut members) = schema else {
            return schema;
        };
        members.insert("$schema".to_owned(), self.edition.address().into());
        if has_reference(&members) {
            members.extend(self.defs.clone());
        }
        Value::Object(members)
    }

    /// What a reference leads to.
    pub(super) fn target(&self, reference: &str) -> Option<&Value> {
        let (container, rest) = reference.strip_prefix("#/")?.split_once('/')?;
        let container = self.defs.get(container)?;
        container.pointer(&format!("/{rest}"))
    }

    /// Whether the definitions are the same.
    pub(super) fn same_defs(&self, other: &Plain) -> bool {
        self.defs == other.defs
    }

    /// Takes a document apart into its definitions and its body, which is given.
    fn take(&mut self, tree: &Value) -> Result<Value, Why> {
        let Value::Object(root) = tree else {
            return Ok(tree.clone());
        };
        let id = root.get("$id").and_then(Value::as_str).unwrap_or_default();
        // A name for the document itself, where references lead back to it.
        let mut own = "payload".to_owned();
        let is_taken = |own: &str| {
            let defs = root.get("$defs").and_then(Value::as_object);
            defs.is_some_and(|defs| defs.contains_key(own))
        };
        while is_taken(&own) {
            own.push('_');
        }
        let mut reads_root = false;
        let mut rewriting = Rewriting {
            edition: self.edition,
            id: id.strip_suffix('#').unwrap_or(id),
            own: &own,
            reads_root: &mut reads_root,
        };
        let mut body = root.clone();
        body.remove("$id");
        let Value::Object(mut body) = rewriting.schema(&Value::Object(body))? else {
            return Err("it is no object");
        };
        body.remove("$schema");
        for container in ["$defs", "definitions"] {
            if let Some(defs) = body.remove(container) {
                self.defs.insert(container.to_owned(), defs);
            }
        }
        if reads_root {
            let defs = self.defs.entry("$defs").or_insert_with(|| json!({}));
            if let Value::Object(defs) = defs {
                defs.insert(own.clone(), Value::Object(body.clone()));
            }
            self.own = Some(own);
        }
        Ok(Value::Object(body))
    }
}

fn tree(contract: &Contract) -> Result<Option<Value>, Problem> {
    let tree = contract.schema.as_deref();
    tree.map(|source| schema::tree_of(source, "schema"))
        .transpose()
}

/// Whether a reference may stand anywhere in it.
fn has_reference(members: &Map<String, Value>) -> bool {
    members.contains_key("$ref") || members.values().any(refers)
}

/// The same of any value.
pub(super) fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => has_reference(members),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

struct Rewriting<'a> {
    edition: Edition,
    id: &'a str,
    own: &'a str,
    reads_root: &'a mut bool,
}

impl Rewriting<'_> {
    fn schema(&mut self, schema: &Value) -> Result<Value, Why> {
        let Value::Object(members) = schema else {
            return Ok(schema.clone());
        };
        let mut made = Map::new();
        for (keyword, value) in members {
            let value = match keyword.as_str() {
                "$ref" => self.reference(value)?,
                "$id" | "$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" => {
                    return Err("it has names for its parts, such as \"$id\" or \"$anchor\"");
                }
                "format" => match value.as_str() {
                    Some(name) if ASSERTED.contains(&name) => value.clone(),
                    _ => continue,
                },
                "title" | "description" | "default" | "examples" | "$comment" | "deprecated"
                | "readOnly" | "writeOnly" | "$schema" => continue,
                // The older edition asserts them.
                "contentEncoding" | "contentMediaType" | "contentSchema"
                    if self.edition == Edition::Draft202012 =>
                {
                    continue;
                }
                _ => {
                    let mut wrong = None;
                    let made = positions::rebuild(self.edition, keyword, value, &mut |schema| {
                        self.schema(schema).unwrap_or_else(|why| {
                            wrong = Some(why);
                            Value::Bool(true)
                        })
                    });
                    if let Some(why) = wrong {
                        return Err(why);
                    }
                    if positions::is_plain(self.edition, keyword) && has_long_number(&made) {
                        return Err("it has numbers of very many digits");
                    }
                    made
                }
            };
            made.insert(keyword.clone(), value);
        }
        Ok(Value::Object(made))
    }

    /// A reference to a definition, or to the document itself, which becomes one.
    fn reference(&mut self, value: &Value) -> Result<Value, Why> {
        let outside = "it has references by other names than \"#/...\"";
        let Some(reference) = value.as_str() else {
            return Err(outside);
        };
        let reference = match self.id {
            "" => reference,
            id => reference.strip_prefix(id).unwrap_or(reference),
        };
        let is_local = reference == "#" || reference.starts_with("#/");
        if !is_local || reference.contains('%') {
            return Err(outside);
        }
        if reference.starts_with("#/$defs/") || reference.starts_with("#/definitions/") {
            return Ok(reference.into());
        }
        *self.reads_root = true;
        let rest = reference.strip_prefix('#').unwrap_or_default();
        Ok(format!("#/$defs/{}{rest}", self.own).into())
    }
}

fn has_long_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_str().len() > MAX_DIGITS,
        Value::Array(items) => items.iter().any(has_long_number),
        Value::Object(members) => members.values().any(has_long_number),
        _ => false,
    }
}
