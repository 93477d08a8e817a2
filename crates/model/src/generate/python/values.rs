//! Types of numbers, strings and arrays, and of the only values that there are.

use super::classes::Style;
use super::types::{Writer, unsaid};
use crate::generate::pattern::{self, Engine};
use crate::generate::shape::{ArrayRules, Kinds, Shape};
use crate::generate::words::quote_python as quote;
use serde_json::{Number, Value};

impl Writer<'_, '_> {
    /// A number, string or array.
    pub(super) fn plain(
        &mut self,
        all: &[Shape],
        kind: Kinds,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        match kind {
            Kinds::NUMBER => self.number(all, style, notes),
            Kinds::STRING => string(all, style, notes),
            _ => {
                let mut rules = all.iter().filter_map(|one| one.array.as_deref());
                let first = rules.next().cloned();
                if rules.next().is_some() {
                    notes.push(unsaid("further rules of \"allOf\" or \"$ref\""));
                }
                self.array(first.as_ref(), name, style, notes)
            }
        }
    }

    fn number(&mut self, all: &[Shape], style: Style, notes: &mut Vec<String>) -> String {
        let whole = all.iter().any(|one| one.number.whole);
        let bound = |of: fn(&Shape) -> &Option<Number>| all.iter().find_map(|one| of(one).clone());
        let decimal = self.options.exact && !whole;
        let mut meta = Vec::new();
        for (keyword, word, bound) in [
            ("minimum", "ge", bound(|one| &one.number.minimum)),
            ("maximum", "le", bound(|one| &one.number.maximum)),
            ("exclusiveMinimum", "gt", bound(|one| &one.number.above)),
            ("exclusiveMaximum", "lt", bound(|one| &one.number.below)),
            (
                "multipleOf",
                "multiple_of",
                bound(|one| &one.number.multiple_of),
            ),
        ] {
            let Some(bound) = bound else { continue };
            if style == Style::Dict {
                continue;
            }
            // Bounds of integers have 64 bits, and what floats are multiples of is not exact.
            let said = match bound.as_i64() {
                Some(bound) if whole || bound.abs() < 1 << 53 => Some(bound.to_string()),
                Some(_) => None,
                None => bound
                    .as_f64()
                    .filter(|_| !whole)
                    .map(|bound| format!("{bound:?}")),
            };
            match said {
                Some(said) if !decimal && (whole || keyword != "multipleOf") => {
                    meta.push(format!("{word}={said}"));
                }
                _ => notes.push(unsaid(&format!("{keyword} {bound}"))),
            }
        }
        let meta = |ty: &str| match meta.is_empty() {
            true => ty.to_owned(),
            false => format!("Annotated[{ty}, Meta({})]", meta.join(", ")),
        };
        match (whole, decimal) {
            (true, _) => meta("int"),
            (_, true) => "Decimal".to_owned(),
            // An integer keeps its digits.
            _ => format!("{} | {}", meta("int"), meta("float")),
        }
    }

    fn array(
        &mut self,
        rules: Option<&ArrayRules>,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        let Some(rules) = rules else {
            return "list[Any]".to_owned();
        };
        for (keyword, is_there) in [
            ("uniqueItems", rules.unique),
            ("contains", rules.contains.is_some()),
        ] {
            if is_there {
                notes.push(unsaid(keyword));
            }
        }
        let item = format!("{name}Item");
        let places = rules.first.len() as u64;
        let is_fixed = places > 0
            && rules.items.as_ref().is_some_and(Shape::is_nothing)
            && rules.fewest.unwrap_or(0) >= places
            && style == Style::Struct;
        if is_fixed {
            let mut all = Vec::new();
            for shape in &rules.first {
                all.push(self.ty(shape, Kinds::ALL, &item, style, notes));
            }
            return format!("tuple[{}]", all.join(", "));
        }
        let ty = match &rules.items {
            _ if places > 0 => {
                notes.push(unsaid("prefixItems"));
                "Any".to_owned()
            }
            Some(items) => self.ty(items, Kinds::ALL, &item, style, notes),
            None => "Any".to_owned(),
        };
        let mut meta = Vec::new();
        meta.extend(rules.fewest.map(|fewest| format!("min_length={fewest}")));
        meta.extend(rules.most.map(|most| format!("max_length={most}")));
        match meta.is_empty() || style == Style::Dict {
            true => format!("list[{ty}]"),
            false => format!("Annotated[list[{ty}], Meta({})]", meta.join(", ")),
        }
    }

    pub(super) fn values(
        &mut self,
        values: &[Value],
        kinds: Kinds,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        let (mut literals, mut parts) = (Vec::new(), Vec::new());
        for value in values.iter().filter(|value| kinds.has(Kinds::of(value))) {
            match value {
                Value::String(text) => literals.push(quote(text)),
                Value::Number(number) if number.as_i64().is_some() => {
                    literals.push(number.to_string())
                }
                Value::Bool(value) if style == Style::Dict => {
                    literals.push(if *value { "True" } else { "False" }.to_owned());
                }
                Value::Null => parts.push("None"),
                other => parts.push(match other {
                    Value::Bool(_) => "bool",
                    Value::Number(_) if self.options.exact => "Decimal",
                    Value::Number(_) => "float",
                    Value::Array(_) => "list[Any]",
                    _ => "dict[str, Any]",
                }),
            }
        }
        parts.sort_unstable();
        parts.dedup();
        literals.dedup();
        if parts.iter().any(|part| *part != "None") {
            notes.push(unsaid("which values there are, but for those of a Literal"));
        }
        if parts.contains(&"Decimal") && literals.iter().any(|literal| literal.starts_with('"')) {
            return "Any".to_owned();
        }
        let mut all: Vec<String> = Vec::new();
        if !literals.is_empty() {
            all.push(format!("Literal[{}]", literals.join(", ")));
        }
        all.extend(
            parts
                .iter()
                .filter(|part| **part != "None")
                .map(|part| (*part).to_owned()),
        );
        all.extend(
            parts
                .iter()
                .filter(|part| **part == "None")
                .map(|part| (*part).to_owned()),
        );
        all.join(" | ")
    }
}

/// The type of a string.
pub(super) fn string(all: &[Shape], style: Style, notes: &mut Vec<String>) -> String {
    if style == Style::Dict {
        return "str".to_owned();
    }
    let rules = || all.iter().map(|one| &one.string);
    let shortest = rules()
        .find_map(|rules| rules.shortest)
        .filter(|shortest| *shortest > 0);
    let longest = rules().find_map(|rules| rules.longest);
    let patterns: Vec<&String> = rules().filter_map(|rules| rules.pattern.as_ref()).collect();
    let format = rules().find_map(|rules| rules.format.as_deref());
    let mut meta = Vec::new();
    meta.extend(shortest.map(|shortest| format!("min_length={shortest}")));
    meta.extend(longest.map(|longest| format!("max_length={longest}")));
    for (at, pattern) in patterns.iter().enumerate() {
        match pattern::say(pattern, Engine::Python).filter(|_| at == 0) {
            Some(said) => meta.push(format!("pattern={}", quote(&said))),
            None => notes.push(unsaid(&format!("pattern {}", quote(pattern)))),
        }
    }
    let typed = match format {
        Some("date-time") => Some("Annotated[datetime, Meta(tz=True)]"),
        Some("date") => Some("date"),
        Some("time") => Some("Annotated[time, Meta(tz=True)]"),
        Some("uuid") => Some("UUID"),
        _ => None,
    };
    match (typed, format) {
        (Some(typed), _) if meta.is_empty() => return typed.to_owned(),
        (_, Some(format)) => notes.push(unsaid(&format!("format \"{format}\""))),
        _ => {}
    }
    match meta.is_empty() {
        true => "str".to_owned(),
        false => format!("Annotated[str, Meta({})]", meta.join(", ")),
    }
}
