//! The taxonomy as a document: what `import_taxonomy` takes and `export_taxonomy` gives.

use crate::Problem;
use crate::redaction::Rules;
use crate::rule::Rule;
use crate::schema::{self, Schema};
use crate::text::{MAX_TYPE_CHARS, shorten};
use crate::upcast::Upcast;
use rustc_hash::FxHashSet;
use serde_json::{Map, Number, Value};

/// A whole taxonomy.
#[derive(Debug)]
pub struct Document {
    /// its types; a type of several versions stands here once for each
    pub types: Vec<TypeDocument>,
    /// its rules, whose names differ
    pub rules: Vec<Rule>,
    /// its upcasts, whose types and versions differ
    pub upcasts: Vec<Upcast>,
    /// what is redacted of all its events; none where the document says nothing of that
    pub redact: Option<Rules>,
}

/// One version of one type. Absent keys are as in `register_event_type`.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct TypeDocument {
    pub event_type: String,
    pub version: Option<i32>,
    pub domain: Option<String>,
    pub description: Option<String>,
    pub required: Vec<String>,
    pub optional: Vec<String>,
    pub max_payload_bytes: Option<i32>,
    pub entity_types: Option<Vec<String>>,
    pub actor_types: Option<Vec<String>>,
    pub status: Option<String>,
    /// makes this version the one of events that name none
    pub default: bool,
    /// what a payload must be like, as stored jsonb: the container, without its varlena header
    pub schema: Option<Vec<u8>>,
    /// the same of the context
    pub context_schema: Option<Vec<u8>>,
    pub additional: Additional,
    pub compatibility: Compatibility,
    /// what is taken out of events before they are stored, as stored jsonb: the container, without its varlena header
    pub redact: Option<Vec<u8>>,
    pub enforce: Enforce,
    pub owner: Option<String>,
    pub docs_url: Option<String>,
}

/// What becomes of keys at the top of a payload that its contract does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Additional {
    /// they are stored
    #[default]
    Allow,
    /// the event is refused
    Reject,
    /// they are left out
    Strip,
}

/// What a new version of a type owes the versions before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compatibility {
    /// nothing
    #[default]
    None,
    /// those who know the new version can read old events
    Backward,
    /// those who know an old version can read new events
    Forward,
    /// both
    Full,
}

impl Compatibility {
    /// What a version is that keeps it.
    pub fn adjective(self) -> &'static str {
        match self {
            Compatibility::None => "compatible",
            Compatibility::Backward => "backward compatible",
            Compatibility::Forward => "forward compatible",
            Compatibility::Full => "fully compatible",
        }
    }
}

/// What becomes of an event that breaks its type's schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Enforce {
    /// it is refused
    #[default]
    Reject,
    /// it is stored, and says in its context what it breaks
    Report,
}

/// A word of a taxonomy that stands for one of a few choices.
pub trait Word: Copy + Eq + Sized + 'static {
    /// The key whose value it is.
    const KEY: &'static str;
    /// All choices, by name; the first one is the default.
    const ALL: &'static [(&'static str, Self)];

    /// Its name.
    fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, one)| *one == self);
        found.map_or("", |(name, _)| name)
    }

    /// The one of a name.
    fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(one, _)| *one == name);
        found.map(|(_, word)| *word).ok_or_else(|| {
            let names: Vec<String> = Self::ALL
                .iter()
                .map(|(one, _)| format!("\"{one}\""))
                .collect();
            let (last, others) = names
                .split_last()
                .map_or(("", &[][..]), |(l, o)| (l.as_str(), o));
            format!("{} must be {} or {last}", Self::KEY, others.join(", "))
        })
    }
}

impl Word for Additional {
    const KEY: &'static str = "additional";
    const ALL: &'static [(&'static str, Additional)] = &[
        ("allow", Additional::Allow),
        ("reject", Additional::Reject),
        ("strip", Additional::Strip),
    ];
}

impl Word for Compatibility {
    const KEY: &'static str = "compatibility";
    const ALL: &'static [(&'static str, Compatibility)] = &[
        ("none", Compatibility::None),
        ("backward", Compatibility::Backward),
        ("forward", Compatibility::Forward),
        ("full", Compatibility::Full),
    ];
}

impl Word for Enforce {
    const KEY: &'static str = "enforce";
    const ALL: &'static [(&'static str, Enforce)] =
        &[("reject", Enforce::Reject), ("report", Enforce::Report)];
}

/// The keys of an entry.
const KEYS: [&str; 19] = [
    "type",
    "version",
    "domain",
    "description",
    "required",
    "optional",
    "max_payload_bytes",
    "entity_types",
    "actor_types",
    "status",
    "default",
    "schema",
    "context_schema",
    "additional",
    "compatibility",
    "redact",
    "enforce",
    "owner",
    "docs_url",
];

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
            Ok(Value::Object(document)) => document,
            _ => return Err(wrong("must be a JSON object")),
        };
        let Some(Value::Array(entries)) = document.remove("types") else {
            return Err(wrong("must have an array \"types\""));
        };
        let rules = read_rules(document.remove("rules"))?;
        let upcasts = read_upcasts(document.remove("upcasts"))?;
        let redact = match document.remove("redact") {
            None | Some(Value::Null) => None,
            Some(rules) => Some(Rules::read(rules).map_err(|why| wrong_redact(&why))?),
        };
        if let Some(key) = document.keys().next() {
            return Err(wrong(&format!("has an unknown key \"{}\"", shorten(key))));
        }
        let mut types: Vec<TypeDocument> = Vec::with_capacity(entries.len());
        let mut seen = FxHashSet::default();
        let mut defaults = FxHashSet::default();
        for (index, entry) in entries.into_iter().enumerate() {
            let at = |why: String| Problem::argument(format!("types[{index}]: {why}"));
            let entry = TypeDocument::read(entry).and_then(TypeDocument::check);
            let entry = entry.map_err(at)?;
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
        Ok(Document {
            types,
            rules,
            upcasts,
            redact,
        })
    }
}

fn wrong_redact(why: &str) -> Problem {
    Problem::argument(format!("redact {why}"))
}

/// A document without rules says nothing of them.
fn read_rules(rules: Option<Value>) -> Result<Vec<Rule>, Problem> {
    let entries = match rules {
        None => return Ok(Vec::new()),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(Problem::argument("taxonomy must have an array \"rules\"")),
    };
    let mut rules: Vec<Rule> = Vec::with_capacity(entries.len());
    let mut seen = FxHashSet::default();
    for (index, entry) in entries.into_iter().enumerate() {
        let at = |why: String| Problem::argument(format!("rules[{index}]: {why}"));
        let rule = Rule::read(entry).map_err(at)?;
        if !seen.insert(rule.name.clone()) {
            let name = shorten(&rule.name);
            return Err(at(format!("rule \"{name}\" stands twice in the document")));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// A document without upcasts says nothing of them.
fn read_upcasts(upcasts: Option<Value>) -> Result<Vec<Upcast>, Problem> {
    let entries = match upcasts {
        None => return Ok(Vec::new()),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            return Err(Problem::argument("taxonomy must have an array \"upcasts\""));
        }
    };
    let mut upcasts: Vec<Upcast> = Vec::with_capacity(entries.len());
    let mut seen = FxHashSet::default();
    for (index, entry) in entries.into_iter().enumerate() {
        let at = |why: String| Problem::argument(format!("upcasts[{index}]: {why}"));
        let upcast = Upcast::read(entry).map_err(at)?;
        if !seen.insert((upcast.event_type.clone(), upcast.from, upcast.to)) {
            let name = shorten(&upcast.event_type);
            return Err(at(format!(
                "upcast of event type \"{name}\" from version {} to version {} stands twice in the document",
                upcast.from, upcast.to
            )));
        }
        upcasts.push(upcast);
    }
    Ok(upcasts)
}

/// The values of an entry, taken one by one. What is wrong with one is told with its place.
struct Entry(Map<String, Value>);

impl Entry {
    fn of(value: Value) -> Result<Entry, String> {
        let Value::Object(map) = value else {
            return Err("event type must be a JSON object".to_owned());
        };
        match map.keys().find(|key| !KEYS.contains(&key.as_str())) {
            Some(key) => Err(format!("unknown key \"{}\"", shorten(key))),
            None => Ok(Entry(map)),
        }
    }

    /// The value of a key, made of JSON by `read`; none where there is no such key, or its value is null.
    fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Value) -> Result<T, Unfit>,
    ) -> Result<Option<T>, String> {
        match self.0.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).map_err(|unfit| unfit.at(key)),
        }
    }

    /// One of a few words; the default where there is none.
    fn word<W: Word + Default>(&mut self) -> Result<W, String> {
        let name = self.optional(W::KEY, string)?;
        name.map_or(Ok(W::default()), |name| W::named(&name))
    }

    /// The same where null is no value: the default where there is no such key.
    fn or_default<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Value) -> Result<T, Unfit>,
    ) -> Result<T, String> {
        match self.0.remove(key) {
            None => Ok(T::default()),
            Some(value) => read(value).map_err(|unfit| unfit.at(key)),
        }
    }
}

/// A value that is none of what is wanted.
struct Unfit {
    /// its place in an array
    index: Option<usize>,
    wanted: &'static str,
    is: String,
}

impl Unfit {
    fn new(wanted: &'static str, value: &Value) -> Unfit {
        let is = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "a boolean".to_owned(),
            Value::Number(number) => shorten(&number.to_string()),
            Value::String(_) => "a string".to_owned(),
            Value::Array(_) => "an array".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        Unfit {
            index: None,
            wanted,
            is,
        }
    }

    fn at(self, key: &str) -> String {
        let Unfit { index, wanted, is } = self;
        let place = index.map(|index| format!("[{index}]")).unwrap_or_default();
        format!("{key}{place} must be {wanted}, not {is}")
    }
}

fn string(value: Value) -> Result<String, Unfit> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(Unfit::new("a string", &other)),
    }
}

/// A document as Postgres stores it.
fn stored(value: Value) -> Result<Vec<u8>, Unfit> {
    let mut builder = jsonb::Builder::new();
    builder.json(&value);
    let built = builder.finish();
    built
        .map(|container| container.to_vec())
        .map_err(|_| Unfit::new("a document that jsonb can hold", &value))
}

fn boolean(value: Value) -> Result<bool, Unfit> {
    value
        .as_bool()
        .ok_or_else(|| Unfit::new("a boolean", &value))
}

fn whole(value: Value) -> Result<i32, Unfit> {
    let number = value.as_number().and_then(Number::as_i64);
    number
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| Unfit::new("a whole number of at most 2147483647", &value))
}

fn names(value: Value) -> Result<Vec<String>, Unfit> {
    let Value::Array(items) = value else {
        return Err(Unfit::new("an array of strings", &value));
    };
    let name = |(index, item)| {
        string(item).map_err(|unfit| Unfit {
            index: Some(index),
            ..unfit
        })
    };
    items.into_iter().enumerate().map(name).collect()
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
            self.owner.as_ref(),
            self.docs_url.as_ref(),
        ];
        let schemas = [&self.schema, &self.context_schema, &self.redact];
        // As trees, for the record.
        let schemas = schemas.into_iter().flatten().map(|schema| 8 * schema.len());
        let texts = texts.into_iter().flatten().map(|text| 64 + text.len());
        16 * names.chain(texts).chain(schemas).sum::<usize>()
    }

    /// Reads an entry: its form, and not yet what it means.
    pub fn read(entry: Value) -> Result<TypeDocument, String> {
        let mut entry = Entry::of(entry)?;
        let Some(event_type) = entry.0.remove("type") else {
            return Err("key \"type\" is missing".to_owned());
        };
        Ok(TypeDocument {
            event_type: string(event_type).map_err(|unfit| unfit.at("type"))?,
            version: entry.optional("version", whole)?,
            domain: entry.optional("domain", string)?,
            description: entry.optional("description", string)?,
            required: entry.or_default("required", names)?,
            optional: entry.or_default("optional", names)?,
            max_payload_bytes: entry.optional("max_payload_bytes", whole)?,
            entity_types: entry.optional("entity_types", names)?,
            actor_types: entry.optional("actor_types", names)?,
            status: entry.optional("status", string)?,
            default: entry.or_default("default", boolean)?,
            schema: entry.optional("schema", stored)?,
            context_schema: entry.optional("context_schema", stored)?,
            additional: entry.word()?,
            compatibility: entry.word()?,
            redact: entry.optional("redact", stored)?,
            enforce: entry.word()?,
            owner: entry.optional("owner", string)?,
            docs_url: entry.optional("docs_url", string)?,
        })
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
        let redact = self.redact_rules()?;
        self.redact = match redact.is_empty() {
            true => None,
            false => Some(stored(redact.document()).map_err(|unfit| unfit.at("redact"))?),
        };
        Ok(self)
    }

    /// What is redacted of its events.
    pub fn redact_rules(&self) -> Result<Rules, String> {
        let Some(source) = &self.redact else {
            return Ok(Rules::default());
        };
        if source.len() > MAX_SCHEMA_BYTES {
            return Err(format!(
                "redact has {} bytes, and may have {MAX_SCHEMA_BYTES}",
                source.len()
            ));
        }
        let document = schema::tree_of(source, "redact").map_err(|why| why.to_string())?;
        Rules::read(document).map_err(|why| format!("redact {why}"))
    }

    /// Refuses schemas that are none, and what no payload could satisfy. It compiles them, which takes memory for each
    /// byte of them: see [`crate::schema::GROWTH`].
    pub fn check_schemas(&self) -> Result<(), Problem> {
        for (what, source) in [
            ("schema", &self.schema),
            ("context_schema", &self.context_schema),
        ] {
            let Some(source) = source else { continue };
            if source.len() > MAX_SCHEMA_BYTES {
                return Err(Problem::argument(format!(
                    "{what} has {} bytes, and may have {MAX_SCHEMA_BYTES}",
                    source.len()
                )));
            }
            Schema::of_stored(source, what)?;
        }
        let tree = self
            .schema
            .as_deref()
            .map(|source| schema::tree_of(source, "schema"));
        let tree = tree.transpose()?;
        if let Some(tree) = &tree {
            schema::check_required(tree, &self.required)?;
        }
        match self.additional {
            Additional::Allow => Ok(()),
            Additional::Reject | Additional::Strip => schema::check_closed(tree.as_ref()),
        }
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
        for (what, text) in [
            ("description", &self.description),
            ("domain", &self.domain),
            ("owner", &self.owner),
            ("docs_url", &self.docs_url),
        ] {
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
        Ok(())
    }
}

/// Bytes that a schema, or rules of redaction, may have.
pub const MAX_SCHEMA_BYTES: usize = 1 << 20;
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
mod tests;
