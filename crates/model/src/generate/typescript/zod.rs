//! Zod schemas: what an event is checked by before it is sent, and after it was read.
//!
//! What Zod has no word for is a refinement, by a helper whose name begins with a dollar sign, as no name of a taxonomy
//! does. Only those helpers stand in the text that something in it calls.

use super::types::{Types, key};
use crate::generate::numbers;
use crate::generate::pattern::{self, Engine};
use crate::generate::shape::{ArrayRules, Kinds, ObjectRules, Shape};
use crate::generate::words::quote;
use serde_json::{Number, Value};

/// Writes the schema of a shape.
pub(super) struct Zod<'t, 'c> {
    types: &'t Types<'c>,
    /// what is not said
    notes: &'t mut Vec<String>,
}

impl<'t, 'c> Zod<'t, 'c> {
    pub fn new(types: &'t Types<'c>, notes: &'t mut Vec<String>) -> Self {
        Zod { types, notes }
    }

    fn note(&mut self, keyword: &str) {
        let note = format!("Not checked here: {keyword}.");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A schema of the shape's values that are of some of these kinds.
    pub fn of(&mut self, shape: &Shape, mask: Kinds, indent: &str) -> String {
        let mask = mask.and(shape.kinds);
        for keyword in &shape.unsaid {
            self.note(keyword);
        }
        let mut parts = Vec::new();
        if self.types.says_itself(shape, mask) {
            parts.push(self.own(shape, mask, indent));
        }
        parts.extend(shape.reference.iter().map(|name| format!("{name}Schema")));
        for one in &shape.all {
            parts.push(self.of(one, mask, indent));
        }
        if let Some(any) = &shape.any {
            let any = any.iter().map(|one| self.of(one, mask, indent)).collect();
            parts.push(union(any));
        }
        if let Some(one) = &shape.one {
            let all: Vec<String> = one.iter().map(|one| self.of(one, mask, indent)).collect();
            let list = all.join(", ");
            parts.push(format!("{}.refine($one([{list}]))", union(all)));
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_else(|| "$json".to_owned());
        let mut schema = parts.fold(first, |all, one| format!("z.intersection({all}, {one})"));
        if let Some(not) = &shape.not {
            let not = self.of(not, mask, indent);
            schema += &format!(".refine($not({not}))");
        }
        if let Some(conditional) = &shape.conditional {
            let condition = self.of(&conditional.condition, mask, indent);
            let mut branch = |shape: &Option<Shape>| match shape {
                Some(shape) => self.of(shape, mask, indent),
                None => "$json".to_owned(),
            };
            let (yes, no) = (branch(&conditional.yes), branch(&conditional.no));
            schema += &format!(".refine($if({condition}, {yes}, {no}))");
        }
        schema
    }

    fn own(&mut self, shape: &Shape, mask: Kinds, indent: &str) -> String {
        if let Some(values) = &shape.values {
            return self.values(values, mask);
        }
        if mask == Kinds::ALL && !mask.each().any(|kind| shape.rules(kind)) {
            return "$json".to_owned();
        }
        let mut kinds = Vec::new();
        for kind in mask.each() {
            kinds.push(match kind {
                Kinds::NULL => "z.null()".to_owned(),
                Kinds::BOOLEAN => "z.boolean()".to_owned(),
                Kinds::NUMBER => self.number(shape),
                Kinds::STRING => self.string(shape),
                Kinds::ARRAY => self.array(shape.array.as_deref(), indent),
                _ => self.object(shape.object.as_deref(), indent),
            });
        }
        union(kinds)
    }

    fn values(&mut self, values: &[Value], mask: Kinds) -> String {
        let mut literals = Vec::new();
        let mut others = Vec::new();
        for value in values.iter().filter(|value| mask.has(Kinds::of(value))) {
            match value {
                Value::Null => literals.push("null".to_owned()),
                Value::Bool(value) => literals.push(value.to_string()),
                Value::String(text) => literals.push(quote(text)),
                Value::Number(number) => match numbers::literal(number) {
                    Some(literal) => literals.push(literal),
                    None if self.types.exact => {
                        others.push(format!(
                            "$numeric.refine($bound({}, [0]))",
                            quote(&number.to_string())
                        ));
                    }
                    None => {
                        self.note("a number of \"enum\" or \"const\" that no double holds");
                        others.push("z.number()".to_owned());
                    }
                },
                Value::Array(_) | Value::Object(_) => {
                    let kind = match value {
                        Value::Array(_) => "Json[]",
                        _ => "{ [key: string]: Json }",
                    };
                    match written(value) {
                        Some(written) => others.push(format!(
                            "z.custom<{kind}>((value) => $same(value, {written}))"
                        )),
                        None => {
                            self.note("a number of \"enum\" or \"const\" that no double holds");
                            others
                                .push(format!("z.custom<{kind}>((value) => value !== undefined)"));
                        }
                    }
                }
            }
        }
        literals.dedup();
        match &literals[..] {
            [] => {}
            [one] => others.insert(0, format!("z.literal({one})")),
            all => others.insert(0, format!("z.literal([{}])", all.join(", "))),
        }
        union(others)
    }

    fn number(&mut self, shape: &Shape) -> String {
        let rules = &shape.number;
        let by_text = self.types.exact && !numbers::are_safe(rules);
        let mut schema = match (by_text, rules.whole) {
            (true, true) => "$whole",
            (true, false) => "$numeric",
            (false, true) => "z.int()",
            (false, false) => "z.number()",
        }
        .to_owned();
        let bounds: [(&Option<Number>, &str, &str, &str); 4] = [
            (&rules.minimum, "minimum", "min", "0, 1"),
            (&rules.maximum, "maximum", "max", "-1, 0"),
            (&rules.above, "exclusiveMinimum", "gt", "1"),
            (&rules.below, "exclusiveMaximum", "lt", "-1"),
        ];
        for (bound, keyword, method, orders) in bounds {
            let Some(bound) = bound else { continue };
            match numbers::literal(bound) {
                _ if by_text => {
                    schema += &format!(".refine($bound({}, [{orders}]))", quote(&bound.to_string()))
                }
                Some(bound) => schema += &format!(".{method}({bound})"),
                None => self.note(keyword),
            }
        }
        if let Some(of) = &rules.multiple_of {
            match numbers::literal(of) {
                _ if by_text => {
                    schema += &format!(".refine($multiple({}))", quote(&of.to_string()))
                }
                Some(of) => schema += &format!(".multipleOf({of})"),
                None => self.note("multipleOf"),
            }
        }
        schema
    }

    fn string(&mut self, shape: &Shape) -> String {
        let rules = &shape.string;
        let mut schema = match rules.format.as_deref() {
            Some("date-time") => "z.iso.datetime({ offset: true })",
            Some("date") => "z.iso.date()",
            Some("time") => {
                "z.string().regex(/^([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(z|[-+]([01]\\d|2[0-3]):[0-5]\\d)$/i)"
            }
            Some("duration") => "z.iso.duration()",
            Some("uuid") => "z.guid()",
            Some("email") => "z.email()",
            Some("uri") => "z.string().regex(/^[a-z][-+.a-z0-9]*:[!#-;=?-Z_a-z~%[\\]]*$/i)",
            Some("ipv4") => "z.ipv4()",
            Some("ipv6") => "z.ipv6()",
            Some("json-pointer") => "z.string().regex(/^(\\/([^~/]|~[01])*)*$/)",
            Some("regex") => "z.string().refine($isRegex)",
            _ => "z.string()",
        }
        .to_owned();
        match (rules.shortest.unwrap_or(0), rules.longest) {
            (0, None) => {}
            (shortest, None) => schema += &format!(".refine($length({shortest}))"),
            (shortest, Some(longest)) => {
                schema += &format!(".refine($length({shortest}, {longest}))")
            }
        }
        if let Some(pattern) = &rules.pattern {
            match pattern::say(pattern, Engine::JavaScript) {
                Some(said) => schema += &format!(".regex(new RegExp({}, \"u\"))", quote(&said)),
                None => self.note(&format!("pattern {}", quote(pattern))),
            }
        }
        schema
    }

    fn array(&mut self, rules: Option<&ArrayRules>, indent: &str) -> String {
        let Some(rules) = rules else {
            return "z.array($json)".to_owned();
        };
        let rest = match &rules.items {
            Some(items) if items.is_nothing() => None,
            Some(items) => Some(self.of(items, Kinds::ALL, indent)),
            None => Some("$json".to_owned()),
        };
        let mut schema = if rules.first.is_empty() {
            format!("z.array({})", rest.as_deref().unwrap_or("z.never()"))
        } else {
            let fewest = rules.fewest.unwrap_or(0);
            let mut places = Vec::new();
            for (at, shape) in rules.first.iter().enumerate() {
                let one = self.of(shape, Kinds::ALL, indent);
                places.push(match (at as u64) < fewest {
                    true => one,
                    false => format!("{one}.optional()"),
                });
            }
            let rest = rest.map(|rest| format!(", {rest}")).unwrap_or_default();
            format!("z.tuple([{}]{rest})", places.join(", "))
        };
        // A tuple has no such methods.
        let is_tuple = !rules.first.is_empty();
        for (bound, method, sign) in [(rules.fewest, "min", ">="), (rules.most, "max", "<=")] {
            match bound {
                None => {}
                Some(bound) if is_tuple => {
                    schema += &format!(".refine((items) => items.length {sign} {bound})")
                }
                Some(bound) => schema += &format!(".{method}({bound})"),
            }
        }
        if rules.unique {
            schema += ".refine($unique)";
        }
        if let Some((contained, fewest, most)) = &rules.contains {
            let contained = self.of(contained, Kinds::ALL, indent);
            let most = most.map(|most| format!(", {most}")).unwrap_or_default();
            schema += &format!(".refine($contains({contained}, {fewest}{most}))");
        }
        schema
    }

    fn object(&mut self, rules: Option<&ObjectRules>, indent: &str) -> String {
        const ANY: &str = "z.record(z.string(), $json)";
        let Some(rules) = rules else {
            return ANY.to_owned();
        };
        let inner = format!("{indent}  ");
        // With patterns, what other keys are is said by them too.
        let by_keys = !rules.patterns.is_empty();
        let others = match &rules.others {
            Some(others) if !by_keys && others.is_nothing() => Others::None,
            Some(others) if !by_keys => Others::Like(self.of(others, Kinds::ALL, &inner)),
            _ => Others::Any,
        };
        let mut schema = if rules.fields.is_empty() {
            match others {
                Others::None => "z.strictObject({})".to_owned(),
                Others::Like(others) => format!("z.record(z.string(), {others})"),
                Others::Any => ANY.to_owned(),
            }
        } else {
            let mut fields = String::new();
            for field in &rules.fields {
                let one = self.of(&field.shape, Kinds::ALL, &inner);
                let optional = if field.required { "" } else { ".optional()" };
                fields += &format!("{inner}{}: {one}{optional},\n", key(&field.key));
            }
            let fields = format!("{{\n{fields}{indent}}}");
            match others {
                Others::None => format!("z.strictObject({fields})"),
                Others::Like(others) => format!("z.object({fields}).catchall({others})"),
                Others::Any => format!("z.looseObject({fields})"),
            }
        };
        let said = self.keys(rules, &inner);
        if !said.is_empty() {
            schema += &format!(".refine($keys({{ {} }}))", said.join(", "));
        }
        schema
    }

    /// What is said of keys beside the fields.
    fn keys(&mut self, rules: &ObjectRules, indent: &str) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(fewest) = rules.fewest {
            said.push(format!("fewest: {fewest}"));
        }
        if let Some(most) = rules.most {
            said.push(format!("most: {most}"));
        }
        if let Some(names) = &rules.names {
            said.push(format!("names: {}", self.of(names, Kinds::STRING, indent)));
        }
        if !rules.patterns.is_empty() {
            let mut patterns = Vec::new();
            let mut all_said = true;
            for (pattern, shape) in &rules.patterns {
                match pattern::say(pattern, Engine::JavaScript) {
                    Some(said) => {
                        let shape = self.of(shape, Kinds::ALL, indent);
                        patterns.push(format!("[new RegExp({}, \"u\"), {shape}]", quote(&said)));
                    }
                    None => {
                        all_said = false;
                        self.note(&format!("the key pattern {}", quote(pattern)));
                    }
                }
            }
            let fields = rules.fields.iter().map(|field| quote(&field.key));
            said.push(format!(
                "fields: [{}]",
                fields.collect::<Vec<_>>().join(", ")
            ));
            said.push(format!("patterns: [{}]", patterns.join(", ")));
            // What matches a pattern that cannot be said would be taken for another key.
            if let Some(others) = rules.others.as_ref().filter(|_| all_said) {
                said.push(format!("others: {}", self.of(others, Kinds::ALL, indent)));
            }
        }
        if !rules.dependent_required.is_empty() {
            let all = rules.dependent_required.iter().map(|(key, needed)| {
                let needed = needed.iter().map(|key| quote(key));
                format!(
                    "[{}, [{}]]",
                    quote(key),
                    needed.collect::<Vec<_>>().join(", ")
                )
            });
            said.push(format!("needs: [{}]", all.collect::<Vec<_>>().join(", ")));
        }
        if !rules.dependent.is_empty() {
            let mut all = Vec::new();
            for (key, shape) in &rules.dependent {
                all.push(format!(
                    "[{}, {}]",
                    quote(key),
                    self.of(shape, Kinds::OBJECT, indent)
                ));
            }
            said.push(format!("obey: [{}]", all.join(", ")));
        }
        said
    }
}

/// What other keys than the fields an object may have.
enum Others {
    Any,
    None,
    Like(String),
}

fn union(mut schemas: Vec<String>) -> String {
    match schemas.len() {
        0 => "z.never()".to_owned(),
        1 => schemas.remove(0),
        _ => format!("z.union([{}])", schemas.join(", ")),
    }
}

/// A value as an expression; none where it holds a number that no double does.
fn written(value: &Value) -> Option<String> {
    Some(match value {
        Value::Number(number) => numbers::literal(number)?,
        Value::String(text) => quote(text),
        Value::Array(items) => {
            let items = items.iter().map(written).collect::<Option<Vec<_>>>()?;
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| Some(format!("{}: {}", key(name), written(value)?)));
            format!("{{ {} }}", members.collect::<Option<Vec<_>>>()?.join(", "))
        }
        other => other.to_string(),
    })
}
