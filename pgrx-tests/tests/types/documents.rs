//! Payloads by chance: each is a good one of its type but for one key, whose value is much as the schema says, or not at
//! all.

use serde_json::{Map, Value, json};

/// Random numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one_of(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Values that some schema takes and most do not, as JSON.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "1.0",
    "1.5",
    "0.5",
    "0.30",
    "0.07",
    "5",
    "100",
    "101",
    "1e2",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567890123",
    "0.12345678901234567890",
    "\"\"",
    "\"x\"",
    "\"no\"",
    "\"dhl\"",
    "\"shipped\"",
    "\"xyz\"",
    "\"😀😀😀\"",
    "\"12345\"",
    "\"12345\\n\"",
    "\"١٢٣٤٥\"",
    "\"o-1\"",
    "\"o-1\\n\"",
    "\"word\"",
    "\"a word\"",
    "\"2026-02-28\"",
    "\"2026-02-30\"",
    "\"2024-02-29\"",
    "\"26-02-28\"",
    "\"2026-01-01T00:00:00Z\"",
    "\"2026-01-01t00:00:00.123456789z\"",
    "\"2026-01-01T00:00:00\"",
    "\"2026-01-01T00:00Z\"",
    "\"2026-01-01T24:00:00Z\"",
    "\"2026-01-01T23:59:59+14:00\"",
    "\"2026-01-01 00:00:00Z\"",
    "\"1998-12-31T23:59:60Z\"",
    "\"12:00:00Z\"",
    "\"12:00:00.5+01:00\"",
    "\"12:00:00\"",
    "\"25:00:00Z\"",
    "\"23:59:60Z\"",
    "\"P1D\"",
    "\"PT1H30M\"",
    "\"P1W\"",
    "\"P\"",
    "\"P1Y2M3DT4H5M6S\"",
    "\"P1.5D\"",
    "\"1D\"",
    "\"019c0000-0000-7000-8000-000000000000\"",
    "\"019C0000-0000-F000-0000-00000000000A\"",
    "\"019c0000000070008000000000000000\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"a@example.com\"",
    "\"a b@example.com\"",
    "\"\\\"a b\\\"@example.com\"",
    "\"a@localhost\"",
    "\"a@[127.0.0.1]\"",
    "\"é@example.com\"",
    "\"@\"",
    "\"http://example.com/a?b#c\"",
    "\"urn:isbn:1\"",
    "\"/relative\"",
    "\"http://a b\"",
    "\"http://exämple.com\"",
    "\"x:\"",
    "\"127.0.0.1\"",
    "\"127.0.0.01\"",
    "\"256.0.0.1\"",
    "\"1.2.3\"",
    "\"::1\"",
    "\"fe80::1%eth0\"",
    "\"1:2:3:4:5:6:7:8\"",
    "\"::ffff:1.2.3.4\"",
    "\":::\"",
    "\"/a/~0~1\"",
    "\"a\"",
    "\"/~2\"",
    "\"^a\"",
    "\"(\"",
    "[]",
    "[1]",
    "[\"x\", 1]",
    "[\"x\"]",
    "[\"x\", 1, true]",
    "[\"x\", 1, 2]",
    "[\"x\", \"x\"]",
    "[1, 1.0]",
    "[{\"a\": 1}, {\"a\": 1.0}]",
    "[\"long string\"]",
    "[[[\"x\"]]]",
    "[\"a\", \"b\", \"c\", \"d\"]",
    "{}",
    "{\"a\": 1}",
    "{\"a\": [1, null]}",
    "{\"a\": \"x\"}",
    "{\"b\": \"x\"}",
    "{\"a\": 1, \"b\": \"x\"}",
    "{\"c\": 1, \"d\": \"x\"}",
    "{\"x\": \"y\", \"n_1\": 1}",
    "{\"n_1\": \"x\"}",
    "{\"x\": 1}",
    "{\"y\": 1}",
    "{\"city\": \"Bonn\"}",
    "{\"city\": \"Bonn\", \"other\": 1}",
    "{\"kind\": \"a\"}",
    "{\"kind\": \"a\", \"n\": 1}",
    "{\"kind\": \"b\"}",
    "{\"kind\": \"b\", \"n\": 1}",
    "{\"long key\": 1}",
    "{\"a\": 1, \"b\": 2, \"c\": 3}",
    "{\"__proto__\": 1}",
    "{\"constructor\": 1}",
];

/// A value, whatever it is.
pub fn anything(random: &mut Random) -> Value {
    let text = VALUES[random.below(VALUES.len())];
    serde_json::from_str(text).expect("it is JSON")
}

/// How often a value is just anything.
const ASTRAY: usize = 5;

/// A value much as a schema says.
pub fn like(schema: &Value, root: &Value, random: &mut Random, depth: usize) -> Value {
    if depth > 5 || random.one_of(ASTRAY) {
        return anything(random);
    }
    let Value::Object(rules) = schema else {
        return anything(random);
    };
    let mut inside = |schema: &Value, random: &mut Random| like(schema, root, random, depth + 1);
    if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(reference.trim_start_matches('#'));
        return inside(target.expect("a local reference"), random);
    }
    for keyword in ["enum", "anyOf", "oneOf"] {
        if let Some(Value::Array(all)) = rules.get(keyword) {
            let one = &all[random.below(all.len())];
            return match keyword {
                "enum" => one.clone(),
                _ => merge(inside(one, random), rules, &mut inside, random),
            };
        }
    }
    if let Some(value) = rules.get("const") {
        return value.clone();
    }
    if let Some(Value::Array(all)) = rules.get("allOf") {
        let mut merged = Map::new();
        for one in all {
            if let Value::Object(members) = inside(one, random) {
                merged.extend(members);
            }
        }
        return merged.into();
    }
    let names: Vec<&str> = match rules.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if rules.contains_key("properties") => vec!["object"],
        _ => return anything(random),
    };
    match names[random.below(names.len())] {
        "object" => merge(json!({}), rules, &mut inside, random),
        "array" => {
            let length = random.below(4);
            let first = rules.get("prefixItems").and_then(Value::as_array);
            let item = |at: usize, random: &mut Random| match first.and_then(|first| first.get(at))
            {
                Some(schema) => inside(schema, random),
                None => match rules.get("items") {
                    Some(items) if items.is_object() => inside(items, random),
                    _ => anything(random),
                },
            };
            (0..length).map(|at| item(at, random)).collect()
        }
        kind => of_kind(kind, random),
    }
}

/// An object's keys, most of those that are named.
fn merge(
    value: Value,
    rules: &Map<String, Value>,
    inside: &mut impl FnMut(&Value, &mut Random) -> Value,
    random: &mut Random,
) -> Value {
    let Value::Object(mut members) = value else {
        return value;
    };
    if let Some(Value::Object(named)) = rules.get("properties") {
        for (key, schema) in named {
            if !random.one_of(3) {
                members
                    .entry(key.clone())
                    .or_insert_with(|| inside(schema, random));
            }
        }
    }
    if let Some(others) = rules
        .get("additionalProperties")
        .filter(|others| others.is_object())
    {
        members.insert("ab".to_owned(), inside(others, random));
    }
    if random.one_of(4) {
        members.insert("odd".to_owned(), anything(random));
    }
    members.into()
}

/// One of the values that are of a kind.
fn of_kind(kind: &str, random: &mut Random) -> Value {
    for _ in 0..200 {
        let value = anything(random);
        let fits = match kind {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" | "number" => value.is_number(),
            _ => value.is_string(),
        };
        if fits {
            return value;
        }
    }
    Value::Null
}
