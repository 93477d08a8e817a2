//! Shapes, read from schemas.

use super::shape::{
    ArrayRules, Conditional, Field, Kinds, NumberRules, ObjectRules, Shape, StringRules,
};
use serde_json::{Map, Number, Value};

impl Shape {
    /// What a schema without addresses says (`schema::Plain`). It goes as deep as the schema, which has a bound.
    pub fn of(schema: &Value) -> Shape {
        match schema {
            Value::Bool(false) => Shape::any(Kinds::NONE),
            Value::Object(members) => Shape::of_members(members),
            _ => Shape::any(Kinds::ALL),
        }
    }

    fn of_members(members: &Map<String, Value>) -> Shape {
        let mut shape = Shape::any(Kinds::ALL);
        let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
        let one = |key: &str| members.get(key).map(Shape::of);
        let list = |key: &str| {
            let all = members.get(key).and_then(Value::as_array)?;
            Some(all.iter().map(Shape::of).collect::<Vec<_>>())
        };
        let titled = [text("title"), text("description")];
        let words: Vec<String> = titled.into_iter().flatten().collect();
        shape.description = (!words.is_empty()).then(|| words.join("\n"));
        (shape.kinds, shape.number.whole) = types(members.get("type"));
        if let Some(Value::Array(values)) = members.get("enum") {
            shape.limit(values);
        }
        if let Some(value) = members.get("const") {
            shape.limit(std::slice::from_ref(value));
        }
        shape.number = NumberRules {
            whole: shape.number.whole,
            minimum: number(members, "minimum"),
            maximum: number(members, "maximum"),
            above: number(members, "exclusiveMinimum"),
            below: number(members, "exclusiveMaximum"),
            multiple_of: number(members, "multipleOf"),
        };
        shape.string = StringRules {
            shortest: count(members, "minLength"),
            longest: count(members, "maxLength"),
            pattern: text("pattern"),
            format: text("format").filter(|format| ASSERTED.contains(&format.as_str())),
        };
        shape.array = array(members).map(Box::new);
        shape.object = object(members).map(Box::new);
        shape.reference = text("$ref");
        shape.all = list("allOf").unwrap_or_default();
        shape.any = list("anyOf");
        shape.one = list("oneOf");
        shape.not = one("not").map(Box::new);
        shape.conditional = one("if").map(|condition| {
            Box::new(Conditional {
                condition,
                yes: one("then"),
                no: one("else"),
            })
        });
        shape.unsaid = UNSAID
            .into_iter()
            .filter(|keyword| members.contains_key(*keyword))
            .collect();
        if text("$comment").is_some_and(|comment| comment.contains("\"$dynamicRef\"")) {
            shape.unsaid.push("$dynamicRef");
        }
        shape
    }

    /// The kinds that a schema names.
    pub fn of_kinds(members: &Map<String, Value>) -> Kinds {
        types(members.get("type")).0
    }

    /// Leaves only these values, of the kinds that there may be.
    fn limit(&mut self, values: &[Value]) {
        let known = self.values.take();
        let fits = |value: &&Value| {
            self.kinds.has(Kinds::of(value))
                && !(self.number.whole && value.is_number() && !is_whole(value))
                && known.as_ref().is_none_or(|known| known.contains(value))
        };
        let values: Vec<Value> = values.iter().filter(fits).cloned().collect();
        let kinds = values.iter().map(Kinds::of);
        self.kinds = kinds.fold(Kinds::NONE, Kinds::or);
        self.values = Some(values);
    }
}

/// Formats that the gate asserts; any other is for readers.
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

/// Keywords that no language says.
const UNSAID: [&str; 4] = [
    "unevaluatedProperties",
    "unevaluatedItems",
    "contentEncoding",
    "contentMediaType",
];

/// The kinds that `type` names, and whether numbers must be whole.
fn types(value: Option<&Value>) -> (Kinds, bool) {
    let names: Vec<&str> = match value {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return (Kinds::ALL, false),
    };
    let kind = |name: &&str| match *name {
        "null" => Kinds::NULL,
        "boolean" => Kinds::BOOLEAN,
        "number" | "integer" => Kinds::NUMBER,
        "string" => Kinds::STRING,
        "array" => Kinds::ARRAY,
        "object" => Kinds::OBJECT,
        _ => Kinds::NONE,
    };
    let kinds = names.iter().map(kind).fold(Kinds::NONE, Kinds::or);
    (
        kinds,
        names.contains(&"integer") && !names.contains(&"number"),
    )
}

fn array(members: &Map<String, Value>) -> Option<ArrayRules> {
    let first = match members.get("prefixItems") {
        Some(Value::Array(first)) => first.iter().map(Shape::of).collect(),
        _ => Vec::new(),
    };
    let contains = members.get("contains").map(|schema| {
        let fewest = count(members, "minContains").unwrap_or(1);
        (Shape::of(schema), fewest, count(members, "maxContains"))
    });
    let rules = ArrayRules {
        first,
        items: members.get("items").map(Shape::of),
        fewest: count(members, "minItems").filter(|fewest| *fewest > 0),
        most: count(members, "maxItems"),
        unique: members.get("uniqueItems") == Some(&Value::Bool(true)),
        contains,
    };
    let says = !rules.first.is_empty()
        || rules.items.is_some()
        || rules.fewest.is_some()
        || rules.most.is_some()
        || rules.unique
        || rules.contains.is_some();
    says.then_some(rules)
}

fn object(members: &Map<String, Value>) -> Option<ObjectRules> {
    let map = |key: &str| members.get(key).and_then(Value::as_object);
    let required = members.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let named = map("properties").into_iter().flatten();
    let mut fields: Vec<Field> = named
        .map(|(key, schema)| Field {
            key: key.clone(),
            required: required.contains(&key.as_str()),
            shape: Shape::of(schema),
        })
        .collect();
    let shapes = |key: &str| {
        let all = map(key).into_iter().flatten();
        all.map(|(key, schema)| (key.clone(), Shape::of(schema)))
            .collect::<Vec<_>>()
    };
    let others = members.get("additionalProperties").map(Shape::of);
    let patterns = shapes("patternProperties");
    for key in required {
        if !fields.iter().any(|field| field.key == key) {
            // What is said of other keys holds for it; which of the patterns match it is not asked here.
            let shape = match (&others, patterns.is_empty()) {
                (Some(others), true) => others.clone(),
                _ => Shape::any(Kinds::ALL),
            };
            fields.push(Field {
                key: key.to_owned(),
                required: true,
                shape,
            });
        }
    }
    fields.sort_by(|a, b| a.key.cmp(&b.key));
    let names = |value: &Value| {
        let names = value.as_array().into_iter().flatten();
        names
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let rules = ObjectRules {
        others: others.filter(|others| !others.is_anything()),
        patterns,
        names: members.get("propertyNames").map(Shape::of),
        fewest: count(members, "minProperties").filter(|fewest| *fewest > 0),
        most: count(members, "maxProperties"),
        dependent_required: map("dependentRequired")
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), names(value)))
            .collect(),
        dependent: shapes("dependentSchemas"),
        fields,
    };
    let says = !rules.fields.is_empty()
        || rules.others.is_some()
        || !rules.patterns.is_empty()
        || rules.names.is_some()
        || rules.fewest.is_some()
        || rules.most.is_some()
        || !rules.dependent_required.is_empty()
        || !rules.dependent.is_empty();
    says.then_some(rules)
}

fn number(members: &Map<String, Value>, key: &str) -> Option<Number> {
    members.get(key).and_then(Value::as_number).cloned()
}

fn count(members: &Map<String, Value>, key: &str) -> Option<u64> {
    let number = members.get(key)?.as_number()?;
    // It may be written as 2.0; one that is larger than any count bounds nothing that there is.
    let whole = number.as_u64().or_else(|| {
        let number = number.as_f64()?;
        Some(number as u64)
    });
    whole.map(|whole| whole.min(u64::from(u32::MAX)))
}

/// Whether a number has no fraction, however it is written.
fn is_whole(value: &Value) -> bool {
    jsonschema::is_valid(&serde_json::json!({"type": "integer"}), value)
}
