//! A walk through what the reader asks, with what the writer allows at hand: which of it may be missed.
//!
//! What a reader asks of a value holds if each keyword of it does. So each is asked for by itself, of a writer of which only
//! that is known which counts for it, and below properties and items the walk goes on with both. A pair of schemas that it
//! has begun is taken for proved: references come back to one below a keyword that goes into the value, and payloads end.

use super::ask::{self, Answer, Fuel};
use super::keywords::{Types, known};
use super::plain::{Plain, refers};
use super::weight;
use crate::schema::draft::Edition;
use crate::taxonomy::violation::{Violation, pointer};
use crate::text::shorten;
use jsonschema::{PatternOptions, Validator};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What to do with what breaks, where there is nothing better.
pub(super) const WAY_PAST: &str =
    "compatibility => 'none' registers the version all the same, which is recorded.";
/// The same of what breaks because a contract takes keys that it does not know.
const CLOSE_FIRST: &str = "Close it first (additional => 'reject'), so that no event holds keys which a later version gives a meaning.";

/// Things that are told.
const MAX_TOLD: usize = 100;
/// Levels that the walk goes down.
const MAX_DEPTH: u32 = 64;
/// Schemas that may hold for one value of the writer's.
const MAX_TOGETHER: usize = 200;
/// Pairs of schemas that are looked at.
const MAX_PAIRS: u32 = 20_000;
/// Characters of a schema that a message shows.
const MAX_SHOWN: usize = 60;

static ANYTHING: Value = Value::Bool(true);

/// What the reader refuses of what the writer allows; nothing where it is proved that there is no such thing.
pub(super) fn breaks(
    reader: &Plain,
    writer: &Plain,
    fuel: &Fuel,
    pause: &dyn Fn(),
) -> Vec<Violation> {
    let mut walk = Walk {
        reader,
        writer,
        same_defs: reader.same_defs(writer),
        fuel,
        pause,
        begun: FxHashSet::default(),
        patterns: FxHashMap::default(),
        depth: 0,
        pairs: 0,
        told: Vec::new(),
        limit: MAX_TOLD,
    };
    let parts: Vec<&Value> = writer.parts.iter().map(|(_, part)| part).collect();
    for (path, part) in &reader.parts {
        let from = walk.told.len();
        walk.schema(part, &parts, path);
        // What closes a contract is no schema of its owner's.
        if *path == "/additional" {
            for told in &mut walk.told[from..] {
                (*path).clone_into(&mut told.path);
            }
        }
    }
    walk.told
}

struct Walk<'d> {
    reader: &'d Plain,
    writer: &'d Plain,
    same_defs: bool,
    fuel: &'d Fuel,
    pause: &'d dyn Fn(),
    /// pairs that are proved, or will be told of
    begun: FxHashSet<(usize, Vec<usize>)>,
    patterns: FxHashMap<&'d str, Option<Validator>>,
    depth: u32,
    pairs: u32,
    told: Vec<Violation>,
    /// how many may be told
    limit: usize,
}

/// Schemas that hold for one value, all of them.
type Together<'d> = Vec<&'d Value>;

/// What the writer's objects hold below a key.
enum Held<'d> {
    /// nothing, as there is no such key
    Nothing,
    Something(Together<'d>),
}

impl<'d> Walk<'d> {
    fn schema(&mut self, reader: &'d Value, writer: &[&'d Value], path: &str) {
        if self.told.len() >= self.limit {
            return;
        }
        let members = match reader {
            Value::Object(members) => members,
            Value::Bool(false) => return self.nothing(writer, path),
            _ => return,
        };
        let address = |value: &Value| std::ptr::from_ref(value) as usize;
        let mut addresses: Vec<usize> = writer.iter().map(|one| address(one)).collect();
        addresses.sort_unstable();
        if !self.begun.insert((address(reader), addresses)) {
            return;
        }
        if writer.iter().any(|one| self.is_same(reader, one)) {
            return;
        }
        self.pairs += 1;
        if self.depth >= MAX_DEPTH || self.pairs > MAX_PAIRS || self.fuel.is_out() {
            return self.unproved("schema", path, "the schemas are too large to be compared");
        }
        (self.pause)();
        self.depth += 1;
        let mut flat = Vec::new();
        self.flatten(writer, &mut flat, 0);
        let types = flat
            .iter()
            .fold(Types::ALL, |all, one| all.and(Types::of(one)));
        if types != Types::NONE {
            self.keywords(members, writer, &flat, types, path);
        }
        self.depth -= 1;
    }

    fn keywords(
        &mut self,
        members: &'d Map<String, Value>,
        writer: &[&'d Value],
        flat: &[&'d Value],
        types: Types,
        path: &str,
    ) {
        // In the older edition nothing counts beside a reference.
        if self.reader.edition == Edition::Draft07
            && let Some(reference) = members.get("$ref")
        {
            return self.reference(reference, writer, path);
        }
        for (keyword, value) in members {
            let Some(keyword) = known(keyword) else {
                continue;
            };
            if self.told.len() >= self.limit {
                return;
            }
            if types.and(keyword.types) == Types::NONE {
                continue;
            }
            let name = keyword.name;
            match (name, value) {
                ("$ref", reference) => self.reference(reference, writer, path),
                ("allOf", Value::Array(all)) => {
                    for (index, one) in all.iter().enumerate() {
                        self.schema(one, writer, &format!("{path}/allOf/{index}"));
                    }
                }
                ("type", _) if types.is_within(Types::of_type(value)) => {}
                ("enum", Value::Array(all)) if are_listed(flat, all) => {}
                ("required", Value::Array(keys)) => self.required(keys, writer, flat, path),
                ("properties", Value::Object(all)) => {
                    for (key, schema) in all {
                        self.property(key, schema, writer, flat, path);
                    }
                }
                ("patternProperties", Value::Object(all)) => {
                    for (pattern, schema) in all {
                        self.pattern(pattern, schema, writer, flat, path);
                    }
                }
                ("additionalProperties", _) => self.additional(members, writer, flat, path),
                ("items", schema) if !members.contains_key("prefixItems") => {
                    self.items(schema, members, writer, flat, path);
                }
                ("anyOf", Value::Array(all)) if self.is_one_of(all, writer, flat) => {}
                ("then" | "else" | "minContains" | "maxContains" | "additionalItems", _) => {}
                _ => {
                    if keyword.stands_alone && flat.iter().any(|one| self.has(one, name, value)) {
                        continue;
                    }
                    let group = group(members, name);
                    let answer = match self.ask(&group, writer, flat) {
                        // Of a type with nothing more said there are values, though the crate may not find one.
                        Answer::Unknown if name == "type" && are_types_alone(flat) => Answer::No,
                        answer => answer,
                    };
                    self.tell(answer, name, value, path);
                }
            }
        }
    }

    /// No value is left for the reader.
    fn nothing(&mut self, writer: &[&'d Value], path: &str) {
        if self.ask(&Value::Bool(false), writer, &[]) != Answer::Yes {
            let message = format!(
                "{} allows something here, and {} nothing",
                self.writer.name, self.reader.name
            );
            self.told
                .push(Violation::new("false", path, message).with_hint(WAY_PAST));
        }
    }

    fn reference(&mut self, reference: &'d Value, writer: &[&'d Value], path: &str) {
        let plain = self.reader;
        let name = reference.as_str().unwrap_or_default();
        let Some(target) = plain.target(name) else {
            return self.unproved("$ref", path, "a reference leads nowhere");
        };
        // Where it stands, as the owner wrote it.
        let own = plain.own.as_deref();
        let in_body = own.and_then(|own| name.strip_prefix("#/$defs/")?.strip_prefix(own));
        let place = match in_body.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            Some(rest) => format!("/schema{rest}"),
            None => format!("/schema{}", name.strip_prefix('#').unwrap_or_default()),
        };
        self.schema(target, writer, &place);
    }

    fn required(
        &mut self,
        keys: &'d [Value],
        writer: &[&'d Value],
        flat: &[&'d Value],
        path: &str,
    ) {
        for key in keys {
            let has = |one: &&Value| {
                let required = one.get("required").and_then(Value::as_array);
                required.is_some_and(|all| all.contains(key))
            };
            if flat.iter().any(has) {
                continue;
            }
            let answer = self.ask(&json!({ "required": [key] }), writer, flat);
            if answer != Answer::Yes {
                let key = shorten(key.as_str().unwrap_or_default());
                let (reader, writer) = (&self.reader.name, &self.writer.name);
                let message =
                    format!("{reader} requires the key \"{key}\", which {writer} does not");
                let told = Violation::new("required", format!("{path}/required"), message);
                self.push(told.with_hint(WAY_PAST));
            }
        }
    }

    fn property(
        &mut self,
        key: &'d str,
        schema: &'d Value,
        writer: &[&'d Value],
        flat: &[&'d Value],
        path: &str,
    ) {
        if *schema == Value::Bool(true) {
            return;
        }
        let path = format!("{path}/properties{}", pointer(key));
        match self.held(key, flat) {
            Held::Nothing => {}
            Held::Something(held) if !held.is_empty() => self.schema(schema, &held, &path),
            Held::Something(_) => {
                let group = json!({ "properties": { key: schema } });
                if self.ask(&group, writer, flat) == Answer::Yes {
                    return;
                }
                let (reader, writer) = (&self.reader.name, &self.writer.name);
                let key = shorten(key);
                let message = match schema {
                    Value::Bool(false) => format!(
                        "{reader} takes no key \"{key}\", and {writer} is open, so its events may have it"
                    ),
                    _ => format!(
                        "{reader} asks something of the key \"{key}\", which {writer} does not name: it is open, so its \
                         events may have it with any value"
                    ),
                };
                let told = Violation::new("properties", path, message);
                self.push(told.with_hint(CLOSE_FIRST));
            }
        }
    }

    /// What the writer's objects hold below a key that may be there.
    fn held(&mut self, key: &str, flat: &[&'d Value]) -> Held<'d> {
        let mut held = Vec::new();
        for one in flat {
            let before = held.len();
            held.extend(one.get("properties").and_then(|all| all.get(key)));
            if let Some(Value::Object(all)) = one.get("patternProperties") {
                for (pattern, schema) in all {
                    match self.matches(pattern, key) {
                        Some(true) => held.push(schema),
                        Some(false) => {}
                        // Nobody knows, and anything is more than it can be.
                        None => held.push(&ANYTHING),
                    }
                }
            }
            if held.len() == before {
                held.extend(one.get("additionalProperties"));
            }
        }
        if held.contains(&&Value::Bool(false)) {
            return Held::Nothing;
        }
        held.retain(|schema| **schema != Value::Bool(true));
        Held::Something(held)
    }

    fn pattern(
        &mut self,
        pattern: &'d str,
        schema: &'d Value,
        writer: &[&'d Value],
        flat: &[&'d Value],
        path: &str,
    ) {
        let of_pattern = |one: &&'d Value| one.get("patternProperties")?.get(pattern);
        let held: Vec<&'d Value> = flat.iter().filter_map(of_pattern).collect();
        let place = format!("{path}/patternProperties{}", pointer(pattern));
        if !held.is_empty() {
            return self.schema(schema, &held, &place);
        }
        let group = json!({ "patternProperties": { pattern: schema } });
        let answer = self.ask(&group, writer, flat);
        self.tell(answer, "patternProperties", schema, path);
    }

    /// Keys that the reader does not know.
    fn additional(
        &mut self,
        members: &'d Map<String, Value>,
        writer: &[&'d Value],
        flat: &[&'d Value],
        path: &str,
    ) {
        let Some(rest) = members.get("additionalProperties") else {
            return;
        };
        if *rest == Value::Bool(true)
            || self.ask(&group(members, "additionalProperties"), writer, flat) == Answer::Yes
        {
            return;
        }
        let named = |one: &'d Value, keyword| one.get(keyword).and_then(Value::as_object);
        let known = members.get("properties").and_then(Value::as_object);
        let patterns = members.get("patternProperties").and_then(Value::as_object);
        let place = format!("{path}/additionalProperties");
        let before = self.told.len();
        // Keys that the writer names.
        let names = flat.iter().filter_map(|one| named(one, "properties"));
        let names: BTreeSet<&'d str> = names.flat_map(Map::keys).map(String::as_str).collect();
        for key in names {
            let is_named = known.is_some_and(|known| known.contains_key(key));
            let mut may_match = patterns.into_iter().flat_map(Map::keys);
            if is_named || may_match.any(|pattern| self.matches(pattern, key) == Some(true)) {
                continue;
            }
            if let Held::Something(held) = self.held(key, flat) {
                self.unknown(rest, &held, Some(key), &place);
            }
        }
        // Keys by patterns.
        for one in flat {
            let closed_otherwise = flat.iter().any(|other| {
                !std::ptr::eq(*other, *one)
                    && other.get("additionalProperties") == Some(&Value::Bool(false))
                    && other.get("patternProperties").is_none()
            });
            if closed_otherwise {
                continue;
            }
            for (pattern, schema) in named(one, "patternProperties").into_iter().flatten() {
                if !patterns.is_some_and(|all| all.contains_key(pattern)) {
                    self.unknown(rest, &[schema], None, &place);
                }
            }
        }
        // All others.
        let others = flat
            .iter()
            .filter_map(|one| one.get("additionalProperties"));
        let others: Vec<&'d Value> = others.collect();
        let is_closed = others.contains(&&Value::Bool(false));
        if !is_closed && self.told.len() == before {
            self.unknown(rest, &others, None, &place);
        }
    }

    /// A key that the reader does not know, with what the writer holds below it.
    fn unknown(&mut self, rest: &'d Value, held: &[&'d Value], key: Option<&str>, place: &str) {
        if *rest != Value::Bool(false) {
            let anything = [&ANYTHING];
            let held = if held.is_empty() { &anything } else { held };
            return self.schema(rest, held, place);
        }
        if !held.is_empty() && self.ask(rest, held, &[]) == Answer::Yes {
            return;
        }
        let (reader, writer) = (&self.reader.name, &self.writer.name);
        let (message, hint) = match key {
            Some(key) => {
                let key = shorten(key);
                let message =
                    format!("{reader} does not know the key \"{key}\" of {writer}, and is closed");
                (message, WAY_PAST)
            }
            None => {
                let message =
                    format!("{reader} is closed, and {writer} allows keys that it does not know");
                (message, WAY_PAST)
            }
        };
        self.push(Violation::new("additionalProperties", place, message).with_hint(hint));
    }

    fn items(
        &mut self,
        schema: &'d Value,
        members: &'d Map<String, Value>,
        writer: &[&'d Value],
        flat: &[&'d Value],
        path: &str,
    ) {
        let place = format!("{path}/items");
        let is_one = |value: &Value| value.is_object() || value.is_boolean();
        let same_for_all = |one: &&'d Value| {
            let items = one.get("items").filter(|items| is_one(items))?;
            one.get("prefixItems").is_none().then_some(items)
        };
        let held: Vec<&'d Value> = flat.iter().filter_map(same_for_all).collect();
        if is_one(schema) && !held.is_empty() {
            return self.schema(schema, &held, &place);
        }
        let answer = self.ask(&group(members, "items"), writer, flat);
        self.tell(answer, "items", schema, path);
    }

    /// Whether each of the writer's alternatives is one of the reader's.
    fn is_one_of(&mut self, all: &'d [Value], writer: &[&'d Value], flat: &[&'d Value]) -> bool {
        let branches = ["anyOf", "oneOf"].into_iter().find_map(|keyword| {
            let branches = flat.iter().find_map(|one| one.get(keyword)?.as_array());
            branches.filter(|branches| branches.len() <= MAX_TOGETHER)
        });
        let Some(branches) = branches else {
            return all.iter().any(|one| self.is_proved(one, writer));
        };
        // What holds beside one of them, without all the others.
        let is_simple = |one: &&&'d Value| {
            let several = ["anyOf", "oneOf", "allOf", "$ref"];
            several
                .into_iter()
                .all(|keyword| one.get(keyword).is_none())
        };
        let mut writer: Vec<&'d Value> = flat.iter().filter(is_simple).copied().collect();
        branches.iter().all(|branch| {
            writer.push(branch);
            let is_one = all.iter().any(|one| self.is_proved(one, &writer));
            writer.pop();
            is_one
        })
    }

    /// Whether a schema takes all that the writer allows, without a word of it.
    fn is_proved(&mut self, schema: &'d Value, writer: &[&'d Value]) -> bool {
        let (told, begun) = (std::mem::take(&mut self.told), self.begun.clone());
        let limit = std::mem::replace(&mut self.limit, 1);
        self.schema(schema, writer, "");
        let is_proved = self.told.is_empty();
        (self.told, self.limit) = (told, limit);
        if !is_proved {
            // What was taken for proved was so only for that one.
            self.begun = begun;
        }
        is_proved
    }

    /// All schemas that hold for the same value as those given, references followed.
    fn flatten(&self, all: &[&'d Value], flat: &mut Together<'d>, depth: u32) {
        for one in all {
            let Value::Object(members) = one else {
                continue;
            };
            if depth > MAX_DEPTH || flat.len() >= MAX_TOGETHER {
                return;
            }
            let reference = members.get("$ref");
            let target = reference.and_then(Value::as_str);
            let target = target.and_then(|name| self.writer.target(name));
            // In the older edition nothing counts beside a reference.
            if reference.is_none() || self.writer.edition != Edition::Draft07 {
                flat.push(one);
                if let Some(Value::Array(inner)) = members.get("allOf") {
                    let inner: Vec<&'d Value> = inner.iter().collect();
                    self.flatten(&inner, flat, depth + 1);
                }
            }
            self.flatten(target.as_slice(), flat, depth + 1);
        }
    }

    /// Whether both say the same, by their words.
    fn is_same(&self, reader: &Value, writer: &Value) -> bool {
        reader == writer && (self.same_defs || !refers(reader))
    }

    fn has(&self, one: &Value, keyword: &str, value: &Value) -> bool {
        one.get(keyword).is_some_and(|own| self.is_same(value, own))
    }

    /// Whether the schema takes all that the writer allows: first by what is plain in that, then by all of it.
    fn ask(&self, schema: &Value, writer: &[&'d Value], flat: &[&'d Value]) -> Answer {
        (self.pause)();
        let (outer, _) = weight::of_part(self.reader, schema.clone());
        let plain: Vec<Value> = flat.iter().filter_map(|one| plain_of(one)).collect();
        if !plain.is_empty() {
            let inner = self.writer.document(json!({ "allOf": plain }));
            if ask::covers(&outer, &inner, self.fuel) == Answer::Yes {
                return Answer::Yes;
            }
        }
        let inner = match writer {
            [] => Value::Bool(true),
            writer => json!({ "allOf": writer }),
        };
        let inner = self.writer.document(inner);
        ask::covers(&outer, &inner, self.fuel)
    }

    fn tell(&mut self, answer: Answer, keyword: &'static str, value: &Value, path: &str) {
        let (reader, writer) = (&self.reader.name, &self.writer.name);
        let place = format!("{path}/{keyword}");
        let message = match answer {
            Answer::Yes => return,
            Answer::No => {
                let shown = shown(value);
                format!("{writer} allows values that \"{keyword}\"{shown} of {reader} refuses")
            }
            Answer::Unknown => format!(
                "it cannot be proved that \"{keyword}\" of {reader} takes all that {writer} allows"
            ),
        };
        self.push(Violation::new(keyword, place, message).with_hint(WAY_PAST));
    }

    fn unproved(&mut self, keyword: &'static str, path: &str, why: &str) {
        let (reader, writer) = (&self.reader.name, &self.writer.name);
        let message =
            format!("it cannot be proved that {reader} takes all that {writer} allows: {why}");
        self.push(Violation::new(keyword, path, message).with_hint(WAY_PAST));
    }

    fn push(&mut self, told: Violation) {
        if self.told.len() < self.limit {
            self.told.push(told);
        }
    }

    /// Whether a key matches; none of what is no pattern.
    fn matches(&mut self, pattern: &'d str, key: &str) -> Option<bool> {
        let made = self.patterns.entry(pattern).or_insert_with(|| {
            jsonschema::options()
                .with_pattern_options(PatternOptions::regex())
                .build(&json!({ "pattern": pattern }))
                .ok()
        });
        made.as_ref().map(|made| made.is_valid(&json!(key)))
    }
}

/// A short schema, as it is written.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.chars().count() {
        0..=MAX_SHOWN => format!(": {text}"),
        _ => String::new(),
    }
}

/// A keyword with those that say together with it what it asks.
fn group(members: &Map<String, Value>, keyword: &str) -> Value {
    let with: &[&str] = match keyword {
        "additionalProperties" => &["properties", "patternProperties"],
        "if" => &["then", "else"],
        "contains" => &["minContains", "maxContains"],
        "items" => &["prefixItems", "additionalItems"],
        // What it leaves depends on all that stands beside it.
        "unevaluatedProperties" | "unevaluatedItems" => return Value::Object(members.clone()),
        _ => &[],
    };
    let mut made = Map::new();
    for name in with.iter().chain([&keyword]) {
        let Some(value) = members.get(*name) else {
            continue;
        };
        let value = match (keyword, *name, value) {
            // What they ask is asked for by itself.
            ("additionalProperties", "properties" | "patternProperties", Value::Object(all)) => {
                all.keys().map(|key| (key.clone(), json!(true))).collect()
            }
            _ => value.clone(),
        };
        made.insert((*name).to_owned(), value);
    }
    Value::Object(made)
}

/// Whether all that the writer allows is listed, and the reader lists it too.
fn are_listed(flat: &[&Value], all: &[Value]) -> bool {
    let all: FxHashSet<String> = all.iter().map(Value::to_string).collect();
    let is_listed = |value: &Value| all.contains(&value.to_string());
    flat.iter().any(|one| {
        let listed = one.get("enum").and_then(Value::as_array);
        listed.is_some_and(|listed| listed.iter().all(is_listed))
            || one.get("const").is_some_and(is_listed)
    })
}

/// Whether nothing but types is asked.
fn are_types_alone(flat: &[&Value]) -> bool {
    let names = flat.iter().filter_map(|one| one.as_object());
    names.flat_map(Map::keys).all(|name| name == "type")
}

/// Of a schema what is asked of a value itself.
fn plain_of(schema: &Value) -> Option<Value> {
    let members = schema.as_object()?;
    let made: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| known(name).is_some_and(|keyword| keyword.is_plain))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!made.is_empty()).then_some(Value::Object(made))
}
