//! What breaks is told with its place, and nothing breaks that was not told.

mod pairs;

use super::*;
use crate::schema::tests::stored;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A contract of a schema alone.
pub(super) fn of_schema(name: &str, schema: Value) -> Contract {
    Contract {
        name: name.to_owned(),
        schema: Some(stored(&schema)),
        required: Vec::new(),
        optional: Vec::new(),
        is_closed: false,
    }
}

fn of_keys(name: &str, required: &[&str], optional: &[&str], is_closed: bool) -> Contract {
    let names = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    Contract {
        name: name.to_owned(),
        schema: None,
        required: names(required),
        optional: names(optional),
        is_closed,
    }
}

fn told(new: &Contract, level: Compatibility, old: &Contract) -> Vec<(String, String, String)> {
    let told = breaks(new, level, std::slice::from_ref(old), &|| {}).expect("an answer");
    told.into_iter()
        .map(|told| (told.code.to_owned(), told.path, told.message))
        .collect()
}

/// Codes and places of what breaks when `new` comes after `old`.
fn places(new: Value, level: Compatibility, old: Value) -> Vec<(String, String)> {
    let (new, old) = (of_schema("version 2", new), of_schema("version 1", old));
    let told = told(&new, level, &old);
    told.into_iter()
        .map(|(code, path, _)| (code, path))
        .collect()
}

fn one(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

#[test]
fn what_breaks_has_its_place_in_the_entry_of_the_type() {
    let old = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "amount": {"type": "number", "minimum": 0},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            "state": {"enum": ["open", "paid", "void"]}
        },
        "$defs": {"line": {
            "type": "object",
            "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}},
            "additionalProperties": false
        }},
        "additionalProperties": false
    });
    let new = json!({
        "type": "object",
        "required": ["id", "state"],
        "properties": {
            "id": {"type": "string"},
            "amount": {"type": "number", "minimum": 1},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            "state": {"enum": ["open", "paid"]}
        },
        "$defs": {"line": {
            "type": "object",
            "properties": {"sku": {"type": "string", "maxLength": 10}},
            "additionalProperties": false
        }},
        "additionalProperties": false
    });
    let (new, old) = (of_schema("version 2", new), of_schema("version 1", old));
    let told: Vec<_> = told(&new, Compatibility::Backward, &old);
    let expected = [
        (
            "minimum",
            "/schema/properties/amount/minimum",
            "version 1 allows values that \"minimum\": 1 of version 2 refuses",
        ),
        (
            "type",
            "/schema/properties/id/type",
            "version 1 allows values that \"type\": \"string\" of version 2 refuses",
        ),
        (
            "additionalProperties",
            "/schema/$defs/line/additionalProperties",
            "version 2 does not know the key \"count\" of version 1, and is closed",
        ),
        (
            "maxLength",
            "/schema/$defs/line/properties/sku/maxLength",
            "version 1 allows values that \"maxLength\": 10 of version 2 refuses",
        ),
        (
            "enum",
            "/schema/properties/state/enum",
            "version 1 allows values that \"enum\": [\"open\",\"paid\"] of version 2 refuses",
        ),
        (
            "required",
            "/schema/required",
            "version 2 requires the key \"state\", which version 1 does not",
        ),
    ];
    let expected: Vec<_> = expected
        .map(|(code, path, message)| (code.to_owned(), path.to_owned(), message.to_owned()))
        .to_vec();
    assert_eq!(told, expected);
}

#[test]
fn an_added_key_goes_with_what_is_closed_and_not_with_what_is_open() {
    let open = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut added = open.clone();
    added["properties"]["b"] = json!({"type": "string"});
    let (mut closed, mut closed_added) = (open.clone(), added.clone());
    closed["additionalProperties"] = json!(false);
    closed_added["additionalProperties"] = json!(false);

    // Events of the open one may hold that key with any value.
    let broken = one("properties", "/schema/properties/b");
    assert_eq!(
        places(added.clone(), Compatibility::Backward, open.clone()),
        broken
    );
    assert_eq!(
        places(added.clone(), Compatibility::Forward, open.clone()),
        []
    );
    assert_eq!(
        places(
            closed_added.clone(),
            Compatibility::Backward,
            closed.clone()
        ),
        []
    );
    let broken = one("additionalProperties", "/schema/additionalProperties");
    assert_eq!(
        places(closed_added.clone(), Compatibility::Forward, closed.clone()),
        broken
    );
    assert_eq!(places(closed, Compatibility::Backward, open), broken);
}

#[test]
fn keys_and_closing_count_as_a_schema_does() {
    let old = of_keys("version 1", &["id"], &["note"], true);
    let new = of_keys("version 2", &["id", "sum"], &[], true);
    let both = told(&new, Compatibility::Full, &old);
    let expected = [
        (
            "required",
            "/required",
            "version 2 requires the key \"sum\", which version 1 does not",
        ),
        (
            "additionalProperties",
            "/additional",
            "version 2 does not know the key \"note\" of version 1, and is closed",
        ),
        (
            "additionalProperties",
            "/additional",
            "version 1 does not know the key \"sum\" of version 2, and is closed",
        ),
    ];
    assert_eq!(
        both,
        expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
    );

    let wider = of_keys("version 2", &["id"], &["note", "sum"], true);
    assert_eq!(told(&wider, Compatibility::Backward, &old), []);
    assert_eq!(
        told(
            &of_keys("version 2", &[], &[], false),
            Compatibility::Backward,
            &old
        ),
        []
    );
    assert_eq!(
        told(
            &of_keys("version 2", &["id"], &[], false),
            Compatibility::Forward,
            &of_keys("version 1", &[], &[], false)
        ),
        []
    );
}

#[test]
fn schemas_that_come_back_to_themselves_are_compared() {
    let tree = |of: Value| {
        json!({"properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": {
            "type": "object", "required": ["value"], "additionalProperties": false,
            "properties": {"value": of, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}
        }}})
    };
    let (narrow, wide) = (
        tree(json!({"type": "integer"})),
        tree(json!({"type": "number"})),
    );
    assert_eq!(
        places(wide.clone(), Compatibility::Backward, narrow.clone()),
        []
    );
    let broken = one("type", "/schema/$defs/node/properties/value/type");
    assert_eq!(places(narrow, Compatibility::Backward, wide), broken);

    let list =
        |of: Value| json!({"type": "object", "properties": {"next": {"$ref": "#"}, "value": of}});
    let (narrow, wide) = (list(json!({"maxLength": 1})), list(json!({"maxLength": 2})));
    assert_eq!(
        places(wide.clone(), Compatibility::Backward, narrow.clone()),
        []
    );
    let broken = one("maxLength", "/schema/properties/value/maxLength");
    assert_eq!(places(narrow, Compatibility::Backward, wide), broken);
}

#[test]
fn alternatives_may_be_added() {
    let kinds = |kinds: &[&str]| {
        let branches: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}, "n": {"type": "integer"}}}))
            .collect();
        json!({"anyOf": branches})
    };
    let many: Vec<String> = (0..60).map(|n| format!("kind{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        places(kinds(&many), Compatibility::Backward, kinds(&many[1..])),
        []
    );
    assert_eq!(
        places(kinds(&many[1..]), Compatibility::Backward, kinds(&many)),
        one("anyOf", "/schema/anyOf")
    );
}

#[test]
fn editions_and_names_of_parts_that_cannot_be_compared_are_said_so() {
    let other = json!({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"type": "string"}}});
    let (new, old) = (
        of_schema("version 2", other),
        of_schema(
            "version 1",
            json!({"properties": {"a": {"type": "integer"}}}),
        ),
    );
    let said = told(&new, Compatibility::Full, &old);
    assert_eq!(said.len(), 2);
    assert!(said[0].2.starts_with("it cannot be proved that version 2 takes all that version 1 allows: they are written in"), "{said:?}");

    // A contract without a schema is of any edition.
    let keys = of_keys("version 1", &["a"], &[], false);
    assert_eq!(
        told(
            &of_schema(
                "version 2",
                json!({"$schema": "http://json-schema.org/draft-07/schema#", "required": ["a"]})
            ),
            Compatibility::Full,
            &keys
        ),
        []
    );
    let anchored = |of: Value| json!({"properties": {"a": {"$anchor": "a", "allOf": [of]}}});
    let said = told(
        &of_schema("version 2", anchored(json!(true))),
        Compatibility::Backward,
        &of_schema("version 1", anchored(json!({"minimum": 1}))),
    );
    assert_eq!(said[0].1, "/schema");
    // What says the same is the same, whatever it is.
    assert_eq!(
        told(
            &of_schema("version 2", anchored(json!(true))),
            Compatibility::Full,
            &of_schema("version 1", anchored(json!(true)))
        ),
        []
    );
}

#[test]
fn formats_that_are_not_asserted_are_not_compared() {
    let of = |format: &str| json!({"properties": {"a": {"type": "string", "format": format}}});
    assert_eq!(
        places(of("hostname"), Compatibility::Full, of("tax-number")),
        []
    );
    let hosts = |value: Value| json!({"properties": {"a": value}});
    // A host's name is any text, so that a text which is none is one more.
    let told = places(
        hosts(json!({"const": "x"})),
        Compatibility::Backward,
        hosts(json!({"const": "not a host!", "format": "hostname"})),
    );
    assert_eq!(told, one("const", "/schema/properties/a/const"));
    assert_eq!(
        places(of("date"), Compatibility::Backward, of("date-time")),
        one("format", "/schema/properties/a/format")
    );
}

/// Schemas at which the crate by itself would work for long, and take memory without a bound that one may call so.
#[test]
fn what_a_comparison_costs_is_bounded() {
    let unions = |count: usize, limit: usize| {
        let all: Vec<Value> = (0..count)
            .map(|n| {
                json!({"anyOf": [
                    {"properties": {format!("a{n}"): {"type": "string", "maxLength": limit}}},
                    {"properties": {format!("b{n}"): {"type": "integer"}}},
                    {"required": [format!("c{n}")]}
                ]})
            })
            .collect();
        json!({"type": "object", "allOf": all})
    };
    let wide = |branches: usize, limit: usize| {
        let all: Vec<Value> = (0..branches)
            .map(|n| {
                let properties: serde_json::Map<String, Value> = (0..50)
                    .map(|m| {
                        (
                            format!("p{m}_{}", (n * 7 + m) % 13),
                            json!({"maxLength": m + n + limit}),
                        )
                    })
                    .collect();
                json!({"type": "object", "properties": properties, "required": [format!("r{n}")]})
            })
            .collect();
        json!({"anyOf": all})
    };
    let deep = |leaf: Value| (0..60).fold(leaf, |inner, _| json!({"properties": {"a": inner}}));
    let nested = |levels: usize, leaf: Value| {
        (0..levels).fold(
            leaf,
            |inner, _| json!({"properties": {"a": {"anyOf": [inner, {"type": "null"}]}}}),
        )
    };
    let conditions = |count: usize, limit: usize| {
        let all: Vec<Value> = (0..count)
            .map(|n| json!({"if": {"required": [format!("k{n}")]}, "then": {"required": [format!("t{n}")]}, "else": {"maxProperties": limit}}))
            .collect();
        json!({"allOf": all})
    };
    let patterns = |count: usize, limit: usize| {
        let all: serde_json::Map<String, Value> = (0..count)
            .map(|n| {
                (
                    format!("^x{n}.*y"),
                    json!({"type": "string", "maxLength": limit + n}),
                )
            })
            .collect();
        json!({"type": "object", "patternProperties": all, "additionalProperties": false})
    };
    let pairs = [
        (unions(6, 1), unions(6, 2)),
        (unions(40, 1), unions(40, 2)),
        (wide(10, 1), wide(10, 2)),
        (wide(40, 1), wide(40, 2)),
        (
            nested(20, json!({"type": "integer"})),
            nested(20, json!({"type": "number"})),
        ),
        (
            deep(json!({"type": "integer"})),
            deep(json!({"type": "number"})),
        ),
        (conditions(12, 5), conditions(12, 6)),
        (patterns(100, 1), patterns(100, 2)),
    ];
    for (one, other) in pairs {
        let size = one.to_string().len();
        let (one, other) = (of_schema("version 1", one), of_schema("version 2", other));
        let begun = Instant::now();
        breaks(
            &one,
            Compatibility::Full,
            std::slice::from_ref(&other),
            &|| {},
        )
        .expect("an answer");
        let took = begun.elapsed();
        println!("{size} bytes in {took:?}");
        // Far more than it takes, on a machine that has other things to do.
        assert!(took < Duration::from_secs(60), "{took:?} for {size} bytes");
    }
}
