//! Types of values.

use crate::generate::names;
use crate::generate::numbers;
use crate::generate::shape::{ArrayRules, Kinds, ObjectRules, Shape};
use crate::generate::words::{block, quote};
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::fmt::Write;

/// How tight a type holds together, in an expression of types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Union,
    Intersection,
    Atom,
}

/// A type, and what it binds like.
struct Type(String, Binds);

impl Type {
    fn atom(text: impl Into<String>) -> Type {
        Type(text.into(), Binds::Atom)
    }

    /// The text where something that binds so is wanted.
    fn within(self, binds: Binds) -> String {
        match self.1 < binds {
            true => format!("({})", self.0),
            false => self.0,
        }
    }

    fn join(parts: Vec<Type>, binds: Binds, sign: &str, none: &str) -> Type {
        let mut all: Vec<Type> = Vec::new();
        for part in parts {
            if !all.iter().any(|known| known.0 == part.0) {
                all.push(part);
            }
        }
        match all.len() {
            0 => Type::atom(none),
            1 => all.remove(0),
            _ => {
                let all = all.into_iter().map(|part| part.within(binds));
                Type(all.collect::<Vec<_>>().join(sign), binds)
            }
        }
    }

    fn union(parts: Vec<Type>) -> Type {
        Type::join(parts, Binds::Union, " | ", "never")
    }

    fn both(parts: Vec<Type>) -> Type {
        Type::join(parts, Binds::Intersection, " & ", "Json")
    }
}

/// What the types of one contract need to know.
pub struct Types<'c> {
    pub exact: bool,
    /// the kinds of what is referred to
    pub kinds: FxHashMap<&'c str, Kinds>,
}

impl Types<'_> {
    /// Whether what a shape says itself has to be said beside its clauses.
    pub fn says_itself(&self, shape: &Shape, mask: Kinds) -> bool {
        let by_reference = shape.reference.as_deref();
        let referred = by_reference.and_then(|name| self.kinds.get(name));
        let referred = referred.copied().unwrap_or(Kinds::ALL);
        let by_clauses = !shape.all.is_empty() || shape.any.is_some() || shape.one.is_some();
        let says_structure = shape.values.is_some() || mask.each().any(|kind| shape.rules(kind));
        says_structure || !(by_clauses || (by_reference.is_some() && mask.has(referred)))
    }

    /// The type of a shape's values that are of some of these kinds, and what it does not say.
    pub fn text(&self, shape: &Shape, mask: Kinds, notes: &mut Vec<String>) -> String {
        self.of(shape, mask, "", notes).0
    }

    fn of(&self, shape: &Shape, mask: Kinds, indent: &str, notes: &mut Vec<String>) -> Type {
        let mask = mask.and(shape.kinds);
        let mut parts = Vec::new();
        if self.says_itself(shape, mask) {
            parts.push(self.own(shape, mask, indent, notes));
        }
        parts.extend(shape.reference.iter().map(Type::atom));
        for one in &shape.all {
            parts.push(self.of(one, mask, indent, notes));
        }
        for alternatives in [&shape.any, &shape.one].into_iter().flatten() {
            let all = alternatives.iter();
            let all = all.map(|one| self.of(one, mask, indent, notes));
            parts.push(Type::union(all.collect()));
        }
        let only = [
            ("not", shape.not.is_some()),
            ("if", shape.conditional.is_some()),
        ];
        let only = only.into_iter().filter(|(_, is_there)| *is_there);
        let unsaid = only
            .map(|(keyword, _)| keyword)
            .chain(shape.unsaid.iter().copied());
        notes.extend(unsaid.map(|keyword| format!("The type does not say: {keyword}.")));
        if mask != Kinds::ALL {
            // Anything, beside what says more.
            let says_more = parts.iter().any(|part| part.0 != "Json");
            parts.retain(|part| !says_more || part.0 != "Json");
        }
        Type::both(parts)
    }

    fn own(&self, shape: &Shape, mask: Kinds, indent: &str, notes: &mut Vec<String>) -> Type {
        if let Some(values) = &shape.values {
            let values = values.iter().filter(|value| mask.has(Kinds::of(value)));
            return Type::union(values.map(|value| self.value(value)).collect());
        }
        if mask == Kinds::ALL && !mask.each().any(|kind| shape.rules(kind)) {
            return Type::atom("Json");
        }
        let kinds = mask.each().map(|kind| match kind {
            Kinds::NULL => Type::atom("null"),
            Kinds::BOOLEAN => Type::atom("boolean"),
            Kinds::NUMBER => Type::atom(self.number(shape)),
            Kinds::STRING => Type::atom("string"),
            Kinds::ARRAY => self.array(shape.array.as_deref(), indent, notes),
            _ => self.object(shape.object.as_deref(), indent, notes),
        });
        Type::union(kinds.collect())
    }

    fn number(&self, shape: &Shape) -> &'static str {
        match (self.exact, shape.number.whole) {
            (false, _) => "number",
            (true, true) if numbers::are_safe(&shape.number) => "number",
            (true, true) => "Whole",
            (true, false) => "Numeric",
        }
    }

    /// A value as a type; what has no literal is any of its kind.
    fn value(&self, value: &Value) -> Type {
        Type::atom(match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => match numbers::literal(number) {
                Some(literal) => literal,
                None if self.exact => "Numeric".to_owned(),
                None => "number".to_owned(),
            },
            Value::String(text) => quote(text),
            Value::Array(_) => "Json[]".to_owned(),
            Value::Object(_) => "{ [key: string]: Json }".to_owned(),
        })
    }

    fn array(&self, rules: Option<&ArrayRules>, indent: &str, notes: &mut Vec<String>) -> Type {
        let Some(rules) = rules else {
            return Type::atom("Json[]");
        };
        if rules.contains.is_some() {
            notes.push("The type does not say: contains.".to_owned());
        }
        let mut item = |shape: &Shape| self.of(shape, Kinds::ALL, indent, notes);
        let rest = match &rules.items {
            Some(items) if items.is_nothing() => None,
            Some(items) => Some(item(items)),
            None => Some(Type::atom("Json")),
        };
        if rules.first.is_empty() {
            let items = rest.unwrap_or(Type::atom("never"));
            return Type::atom(format!("{}[]", items.within(Binds::Atom)));
        }
        let fewest = rules.fewest.unwrap_or(0);
        let mut places: Vec<String> = Vec::new();
        for (at, shape) in rules.first.iter().enumerate() {
            let one = item(shape);
            places.push(match (at as u64) < fewest {
                true => one.0,
                false => format!("({} | undefined)?", one.within(Binds::Union)),
            });
        }
        if let Some(rest) = rest {
            places.push(format!("...{}[]", rest.within(Binds::Atom)));
        }
        Type::atom(format!("[{}]", places.join(", ")))
    }

    fn object(&self, rules: Option<&ObjectRules>, indent: &str, notes: &mut Vec<String>) -> Type {
        const ANY: &str = "{ [key: string]: Json }";
        let Some(rules) = rules else {
            return Type::atom(ANY);
        };
        for (keyword, is_there) in [
            ("patternProperties", !rules.patterns.is_empty()),
            ("propertyNames", rules.names.is_some()),
            ("dependentRequired", !rules.dependent_required.is_empty()),
            ("dependentSchemas", !rules.dependent.is_empty()),
        ] {
            if is_there {
                notes.push(format!("The type does not say: {keyword}."));
            }
        }
        let others = match &rules.others {
            Some(others) if rules.patterns.is_empty() => {
                Some(self.of(others, Kinds::ALL, indent, notes).0)
            }
            _ => None,
        };
        if rules.fields.is_empty() {
            return Type::atom(match others {
                Some(others) => format!("{{ [key: string]: {others} }}"),
                None => ANY.to_owned(),
            });
        }
        let inner = format!("{indent}  ");
        let mut text = "{\n".to_owned();
        for field in &rules.fields {
            let mut said: Vec<String> = field.shape.description.iter().cloned().collect();
            let Type(ty, _) = self.of(&field.shape, Kinds::ALL, &inner, &mut said);
            said.dedup();
            text += &block(&said, &inner);
            let key = key(&field.key);
            // Writing to a string never fails.
            let _ = match field.required {
                true => writeln!(text, "{inner}{key}: {ty};"),
                false if ty == "never" => writeln!(text, "{inner}{key}?: undefined;"),
                false => writeln!(text, "{inner}{key}?: {ty} | undefined;"),
            };
        }
        if let Some(others) = others.filter(|others| others != "never") {
            notes.push(format!("Other keys: {}", others.replace('\n', " ")));
            text += &format!("{inner}[key: string]: Json | undefined;\n");
        }
        Type::atom(format!("{text}{indent}}}"))
    }
}

/// A key as it stands in an object or its type.
pub fn key(key: &str) -> String {
    match names::is_plain(key) && key != "__proto__" {
        true => key.to_owned(),
        // In brackets, as one of them is no key but a prototype otherwise.
        false if key == "__proto__" => "[\"__proto__\"]".to_owned(),
        false => quote(key),
    }
}
