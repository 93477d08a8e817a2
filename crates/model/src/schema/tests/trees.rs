//! The validator in place against the validator on a tree, on generated schemas and documents.

use super::{LENT, compile, stored};
use jsonschema::{PatternOptions, Validator};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Names that schemas and documents share, so that one meets the other.
pub(crate) fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "x_1", "ä", "a/b", ""]).prop_map(str::to_owned)
}

/// Numbers near each other, and numbers that a float cannot hold.
fn number() -> impl Strategy<Value = Value> {
    let written = vec![
        "0",
        "1",
        "-1",
        "2",
        "1.0",
        "1.50",
        "0.1",
        "0.3",
        "1e2",
        "1e400",
        "-1e400",
        "9007199254740993",
        "9007199254740993.5",
        "18446744073709551615",
        "12345678901234567890.123",
        "1e-30",
    ];
    prop::sample::select(written).prop_map(|text| serde_json::from_str(text).expect("a number"))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        prop::sample::select(vec!["", "a", "ab", "äöü", "2026-01-31", "10.0.0.1", "x_1"])
            .prop_map(|text| json!(text)),
    ]
}

pub(crate) fn document() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::btree_map(key(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn of_one(
    keyword: &'static str,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Value> {
    value.prop_map(move |value| json!({ keyword: value }))
}

pub(crate) fn plain() -> impl Strategy<Value = Value> {
    let kinds = vec![
        "null", "boolean", "integer", "number", "string", "array", "object",
    ];
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        of_one(
            "type",
            prop::sample::select(kinds).prop_map(|kind| json!(kind))
        ),
        of_one("const", scalar()),
        of_one(
            "enum",
            prop::collection::vec(document(), 1..4).prop_map(Value::Array)
        ),
        of_one("minimum", number()),
        of_one("maximum", number()),
        of_one("exclusiveMinimum", number()),
        of_one(
            "multipleOf",
            prop::sample::select(vec!["0.1", "0.01", "2", "3"])
                .prop_map(|text| serde_json::from_str(text).expect("a number"))
        ),
        of_one("minLength", (0..4_u32).prop_map(|n| json!(n))),
        of_one("maxItems", (0..4_u32).prop_map(|n| json!(n))),
        of_one("minProperties", (0..4_u32).prop_map(|n| json!(n))),
        of_one("uniqueItems", Just(json!(true))),
        of_one(
            "pattern",
            prop::sample::select(vec!["^a", "^x_", "ö", "^$"]).prop_map(|p| json!(p))
        ),
        of_one(
            "format",
            prop::sample::select(vec!["date", "ipv4", "email"]).prop_map(|f| json!(f))
        ),
        of_one(
            "required",
            prop::collection::btree_set(key(), 0..3).prop_map(|keys| json!(keys))
        ),
    ]
}

fn merged(parts: Vec<Value>) -> Value {
    let mut all = Map::new();
    for part in parts {
        match part {
            Value::Object(members) => all.extend(members),
            other => return other,
        }
    }
    Value::Object(all)
}

pub(crate) fn schema() -> impl Strategy<Value = Value> {
    plain().prop_recursive(4, 32, 4, |inner| {
        let named = prop::collection::btree_map(key(), inner.clone(), 0..4).prop_map(|m| json!(m));
        let list = prop::collection::vec(inner.clone(), 1..3).prop_map(Value::Array);
        let one = prop_oneof![
            of_one("properties", named),
            of_one("additionalProperties", inner.clone()),
            of_one(
                "patternProperties",
                inner.clone().prop_map(|s| json!({"^x_": s}))
            ),
            of_one("propertyNames", inner.clone()),
            of_one("items", inner.clone()),
            of_one("prefixItems", list.clone()),
            of_one("contains", inner.clone()),
            of_one("allOf", list.clone()),
            of_one("anyOf", list.clone()),
            of_one("oneOf", list),
            of_one("not", inner.clone()),
            of_one("if", inner.clone()),
            of_one("then", inner.clone()),
            of_one("unevaluatedProperties", inner.clone()),
            of_one("unevaluatedItems", inner),
            plain(),
            Just(json!({"properties": {"a": {"$ref": "#"}}})),
        ];
        prop::collection::vec(one, 1..4).prop_map(merged)
    })
}

/// The validator on trees, set up in the same way.
pub(crate) fn on_trees(schema: &Value) -> Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .build(schema)
        .expect("what is a schema in place is one on trees")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn both_say_the_same(schema in schema(), documents in prop::collection::vec(document(), 1..6)) {
        // One that comes back to itself on the same value is refused; the rest is not.
        let Ok(compiled) = compile(&schema) else {
            return Ok(());
        };
        let trees = on_trees(&schema);
        for document in documents {
            let bytes = stored(&document);
            let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
            let accepted = compiled.accepts(root, &LENT).expect("an answer");
            prop_assert_eq!(accepted, trees.is_valid(&document), "{} of {}", document, schema);
            let told = compiled.tell(root, "", "payload", &LENT).expect("an answer");
            prop_assert_eq!(accepted, told.is_empty(), "{} of {}", document, schema);
            // Places where keys are told one by one, and such as are cut, are ours.
            let mut places: Vec<String> = trees
                .iter_errors(&document)
                .map(|error| error.instance_path().as_str().to_owned())
                .collect();
            let known = |path: &str| {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                places.iter().any(|place| place == path || place == parent)
            };
            for violation in &told {
                prop_assert!(known(&violation.path), "{:?} of {}", violation, schema);
            }
            places.dedup();
        }
    }
}
