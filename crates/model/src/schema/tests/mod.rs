pub(crate) mod trees;

use super::*;
use serde_json::json;
use std::rc::Rc;

fn never() -> bool {
    false
}

/// What is lent to most.
const LENT: House = House {
    is_deep: never,
    reserved: |_, f| {
        f();
        Ok(())
    },
    room: 1 << 20,
};

pub(crate) fn stored(value: &Value) -> Vec<u8> {
    let mut builder = jsonb::Builder::new();
    builder.json(value);
    builder.finish().expect("a document").to_vec()
}

pub(crate) fn compile(schema: &Value) -> Result<Schema, Problem> {
    Schema::of_stored(&stored(schema), "schema")
}

fn refused(schema: Value) -> String {
    match compile(&schema) {
        Ok(_) => panic!("{schema} is taken for a schema"),
        Err(Problem::Argument { message, .. }) => message,
        Err(other) => panic!("{other:?}"),
    }
}

fn told(schema: &Value, document: &Value) -> Vec<(String, String, String)> {
    let schema = compile(schema).expect("a schema");
    let bytes = stored(document);
    let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
    let told = schema
        .tell(root, "", "payload", &LENT)
        .expect("a short way");
    let accepted = schema.accepts(root, &LENT).expect("a short way");
    assert_eq!(accepted, told.is_empty());
    told.into_iter()
        .map(|v| (v.code.to_owned(), v.path, v.message))
        .collect()
}

#[test]
fn every_violation_is_told_with_its_place() {
    let schema = json!({
        "type": "object",
        "required": ["id", "a/b"],
        "additionalProperties": false,
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "a/b": {},
            "status": {"enum": ["draft", "sent"]},
            "lines": {"type": "array", "minItems": 1, "items": {"required": ["sku"]}}
        }
    });
    let document = json!({"id": 1.5, "status": "lost", "lines": [{"sku": 1}, {}], "more": true});
    let mut told = told(&schema, &document);
    told.sort();
    let expected = [
        (
            "additionalProperties",
            "/more",
            "payload has the key \"more\", which is not known",
        ),
        (
            "enum",
            "/status",
            "payload at \"/status\" must be one of \"draft\", \"sent\"",
        ),
        (
            "required",
            "/a~1b",
            "payload lacks the required key \"a/b\"",
        ),
        (
            "required",
            "/lines/1/sku",
            "payload at \"/lines/1\" lacks the required key \"sku\"",
        ),
        (
            "type",
            "/id",
            "payload at \"/id\" must be of type integer, not number",
        ),
    ];
    let expected = expected
        .map(|(code, path, message)| (code.to_owned(), path.to_owned(), message.to_owned()));
    assert_eq!(told, expected);
}

#[test]
fn no_value_of_a_document_is_told() {
    const SECRET: &str = "tok_very_secret";
    for schema in [
        json!({"type": "integer"}),
        json!({"enum": [1, 2]}),
        json!({"const": "other"}),
        json!({"pattern": "^x"}),
        json!({"format": "uuid"}),
        json!({"maxLength": 2}),
        json!({"not": {"type": "string"}}),
        json!({"anyOf": [{"type": "null"}, {"const": 1}]}),
        json!({"oneOf": [{"type": "string"}, {"minLength": 1}]}),
        json!(false),
        json!({"if": true, "then": {"maxLength": 1}}),
    ] {
        let told = told(&schema, &json!(SECRET));
        assert!(!told.is_empty(), "{schema}");
        assert!(!format!("{told:?}").contains(SECRET), "{told:?}");
    }
}

#[test]
fn long_keys_are_cut() {
    let key = "k".repeat(1_000);
    let document = json!({&key: {&key: 1}});
    let one = json!({"additionalProperties": {"additionalProperties": {"type": "string"}}});
    let (_, path, message) = told(&one, &document).remove(0);
    assert_eq!(path, format!("/{0}/{0}", &key[..64]));
    assert!(message.len() < 300, "{message}");
    let closed = json!({"properties": {"a": {}}, "additionalProperties": false});
    let (code, path, _) = told(&closed, &document).remove(0);
    assert_eq!(
        (&*code, path),
        ("additionalProperties", format!("/{}", &key[..64]))
    );
    let (code, path, message) = told(&json!({"additionalProperties": false}), &document).remove(0);
    assert_eq!((&*code, &*path), ("additionalProperties", ""));
    assert_eq!(message, "payload must have no keys");
}

#[test]
fn numbers_keep_their_digits() {
    let number = |text: &str| serde_json::from_str::<Value>(text).expect("a number");
    let holds = |schema: &Value, text: &str| told(schema, &number(text)).is_empty();
    assert!(holds(&json!({"type": "integer"}), "1.00"));
    assert!(holds(&json!({"type": "integer"}), "1e400"));
    assert!(!holds(
        &json!({"type": "integer"}),
        "12345678901234567890.5"
    ));
    assert!(holds(&json!({"multipleOf": 0.1}), "0.3"));
    assert!(holds(&json!({"multipleOf": 0.01}), "19.99"));
    assert!(!holds(&json!({"multipleOf": 0.01}), "19.999"));
    let limit = number(r#"{"maximum": 9007199254740993}"#);
    assert!(holds(&limit, "9007199254740993"));
    assert!(!holds(&limit, "9007199254740994"));
    assert!(!holds(&limit, "9007199254740993.5"));
    let limit = number(r#"{"minimum": 12345678901234567890.123}"#);
    assert!(holds(&limit, "12345678901234567890.123"));
    assert!(!holds(&limit, "12345678901234567890.122"));
    assert!(holds(
        &json!({"const": 18446744073709551615_u64}),
        "18446744073709551615"
    ));
    assert!(holds(&json!({"const": 1.5}), "1.50"));
    assert!(!holds(&json!({"maximum": 5}), "1e400"));
    assert!(!holds(&json!({"minimum": 5}), "-1e400"));
    assert!(holds(
        &json!({"exclusiveMinimum": 0}),
        "0.00000000000000000000001"
    ));
}

#[test]
fn what_is_no_schema_is_refused_with_its_place() {
    for (schema, why) in [
        (json!([]), "schema must be a JSON object or a boolean"),
        (
            json!({"properties": {"a": {"type": "strin"}}}),
            "schema at \"/properties/a/type\" fits none of the 2 alternatives of \"anyOf\"",
        ),
        (
            json!({"properties": {"a": {"pattern": "(?=x)"}}}),
            "schema at \"/properties/a/pattern\" is no pattern that can be matched: \"(?=x)\"",
        ),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            "schema is written in \"http://json-schema.org/draft-04/schema#\", which is not supported",
        ),
        (
            json!({"$schema": 1}),
            "schema's \"$schema\" must be a string",
        ),
        (json!({"$ref": "https://example.com/x"}), "schema refers to"),
        (
            json!({"$ref": "https://json-schema.org/draft/2020-12/schema"}),
            "schema refers to",
        ),
        (json!({"$ref": "#/$defs/nowhere"}), "schema refers to"),
        (
            json!({"$ref": "#"}),
            "schema refers to itself without going into the value",
        ),
        (
            json!({"allOf": [{"anyOf": [{"$ref": "#"}]}]}),
            "schema refers to itself without going into the value",
        ),
        (
            json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
            "schema refers to itself without going into the value",
        ),
    ] {
        let message = refused(schema.clone());
        assert!(message.starts_with(why), "{schema}: {message}");
    }
}

#[test]
fn a_schema_may_go_into_the_value_that_it_describes() {
    let tree = json!({
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}, "name": {"type": "string"}},
        "required": ["name"]
    });
    let document =
        json!({"name": "a", "children": [{"name": "b", "children": [{"children": []}]}]});
    assert_eq!(told(&tree, &document)[0].1, "/children/0/children/0/name");
    let dynamic = json!({
        "$dynamicAnchor": "node",
        "properties": {"next": {"$dynamicRef": "#node"}, "value": {"type": "integer"}}
    });
    assert_eq!(
        told(&dynamic, &json!({"next": {"next": {"value": "x"}}}))[0].1,
        "/next/next/value"
    );
}

/// A chain of `allOf`s as long as this.
fn nested(levels: u32) -> Value {
    (0..levels).fold(
        json!({"type": "string"}),
        |inner, _| json!({"allOf": [inner]}),
    )
}

#[test]
fn applicators_nest_so_far_and_no_further() {
    // JSON itself ends before that many stand in a document: references go on.
    let chain = |links: u32| {
        let mut defs = serde_json::Map::new();
        for link in 0..links {
            defs.insert(
                format!("d{link}"),
                json!({"$ref": format!("#/$defs/d{}", link + 1)}),
            );
        }
        defs.insert(format!("d{links}"), json!({"type": "string"}));
        json!({"$ref": "#/$defs/d0", "$defs": defs})
    };
    assert!(compile(&nested(50)).is_ok());
    assert!(compile(&chain(MAX_NESTED - 1)).is_ok());
    let message = refused(chain(MAX_NESTED));
    assert_eq!(
        message,
        "schema has more than 64 applicators, one in another, for one value"
    );
    assert!(refused(chain(5_000)).contains("64 applicators"));
    // Each of twenty asks the next one twice.
    let mut defs = serde_json::Map::new();
    for link in 0..20 {
        let next = json!({"$ref": format!("#/$defs/d{}", link + 1)});
        defs.insert(format!("d{link}"), json!({"allOf": [next.clone(), next]}));
    }
    defs.insert("d20".to_owned(), json!({"type": "string"}));
    let message = refused(json!({"$ref": "#/$defs/d0", "$defs": defs}));
    assert_eq!(
        message,
        "schema asks one value by more than 10000 schemas, as references multiply"
    );
}

#[test]
fn a_check_that_multiplies_at_each_level_comes_to_an_end() {
    // Two ways down at each level: 2 to the power of 128 without a bound.
    let schema = json!({
        "anyOf": [{"items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, "type": "array"}, {"type": "array", "items": {"$ref": "#/$defs/no"}}],
        "$defs": {"no": {"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/no"}]}}}
    });
    let schema = compile(&schema).expect("a schema");
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let bytes = stored(&deep);
    let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
    assert_eq!(schema.accepts(root, &LENT), Ok(false));
    let told = schema.violations(root, "", "payload", &LENT);
    assert_eq!(told.expect("some are told").len(), 1);
}

#[test]
fn the_end_of_the_stack_is_an_error() {
    let schema = compile(&json!({"items": {"$ref": "#"}})).expect("a schema");
    let bytes = stored(&json!([[1]]));
    let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
    let deep = House {
        is_deep: || true,
        ..LENT
    };
    assert_eq!(schema.accepts(root, &deep), Err(Exhausted::Stack.into()));
    assert_eq!(
        schema.violations(root, "", "payload", &deep),
        Err(Exhausted::Stack.into())
    );
    assert_eq!(schema.accepts(root, &LENT), Ok(true));
}

#[test]
fn depth_is_counted_by_levels() {
    let deep = |levels: usize| {
        let mut builder = jsonb::Builder::new();
        (0..levels).for_each(|_| {
            builder.begin_array();
        });
        (0..levels).for_each(|_| {
            builder.end();
        });
        builder.finish().expect("a document").to_vec()
    };
    for (levels, expected) in [(1, false), (128, false), (129, true), (10_000, true)] {
        let bytes = deep(levels);
        let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
        assert_eq!(is_too_deep(root), Ok(expected), "{levels}");
    }
}

/// What the manual says of formats.
const FORMATS: [&str; 11] = [
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

#[test]
fn only_the_documented_formats_are_asserted() {
    let holds = |format: &str| told(&json!({"format": format}), &json!("\u{1}no")).is_empty();
    for format in FORMATS.into_iter().filter(|format| *format != "regex") {
        assert!(!holds(format), "{format}");
    }
    assert!(!told(&json!({"format": "regex"}), &json!("(")).is_empty());
    for format in ANNOTATIONS.into_iter().chain(["color", ""]) {
        assert!(holds(format), "{format}");
    }
}

fn house(room: usize) -> House {
    House { room, ..LENT }
}

#[test]
fn what_is_compiled_is_kept_while_there_is_room() {
    let schemas = Rc::new(Schemas::new(house(20_000)));
    let source = |n: u32| stored(&json!({"minimum": n}));
    let first = schemas.get(&source(0)).expect("a schema");
    assert!(Rc::ptr_eq(
        &first,
        &schemas.get(&source(0)).expect("a schema")
    ));
    for n in 0..100 {
        schemas.get(&source(n)).expect("a schema");
        assert!(schemas.count() <= 12, "{}", schemas.count());
    }
    // One in use stays as it is, whatever is kept.
    assert_eq!(first.accepts(jsonb::Value::Null, &LENT), Ok(true));
    let slot = Slot::new(source(3).into(), Rc::clone(&schemas));
    let kept = slot.schema().expect("a schema");
    assert!(Rc::ptr_eq(&kept, &slot.schema().expect("a schema")));
}

#[test]
fn a_schema_that_has_no_room_says_so() {
    let refuse = House {
        reserved: |_, _| Err(Problem::argument("no room")),
        ..house(1)
    };
    let schemas = Schemas::new(refuse);
    assert_eq!(
        schemas.get(&stored(&json!({}))).map(|_| ()),
        Err(Problem::argument("no room"))
    );
}

#[test]
fn a_closed_contract_takes_what_it_knows() {
    let schema = json!({
        "properties": {"a": {}},
        "allOf": [{"patternProperties": {"^x_": {}}}, {"$ref": "#/$defs/more"}],
        "if": {"properties": {"kind": {"const": 1}}},
        "then": {"properties": {"b": {}}},
        "not": {"properties": {"never": {}}},
        "$defs": {"more": {"oneOf": [{"properties": {"c": {}}}, true]}}
    });
    let schemas = Rc::new(Schemas::new(LENT));
    let closed = Closed::new(
        vec!["required".into()],
        Some(stored(&schema).into()),
        Rc::clone(&schemas),
    );
    let known = closed.schema().expect("a schema");
    let unknown = |document: Value| {
        let bytes = stored(&document);
        let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
        let told = known
            .violations(root, "", "payload", &LENT)
            .expect("an answer");
        told.into_iter().map(|v| v.path).collect::<Vec<_>>()
    };
    let all = json!({"a": 1, "x_1": 1, "kind": 1, "b": 1, "c": 1, "required": 1});
    assert!(unknown(all).is_empty());
    assert_eq!(
        unknown(json!({"a": {"deeper": 1}, "never": 1, "xx": 1})),
        ["/xx", "/never"]
    );
}

#[test]
fn a_contract_is_closed_only_where_its_keys_are_known() {
    assert!(check_closed(None).is_ok());
    assert!(
        check_closed(Some(
            &json!({"properties": {"a": {"$dynamicRef": "#x", "$dynamicAnchor": "x"}}})
        ))
        .is_ok()
    );
    let open = json!({"$dynamicAnchor": "x", "allOf": [{"$dynamicRef": "#x"}]});
    assert!(check_closed(Some(&open)).is_err());
}

#[test]
fn what_is_required_must_be_taken() {
    let closed = json!({"properties": {"a": {}}, "patternProperties": {"^x_": {}}, "additionalProperties": false});
    let required = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert!(check_required(&closed, &required(&["a", "x_1"])).is_ok());
    assert!(check_required(&closed, &required(&["a", "b"])).is_err());
    assert!(check_required(&json!({}), &required(&["b"])).is_ok());
}

#[test]
fn what_is_told_of_many_scalars_has_an_end() {
    let schema =
        compile(&json!({"items": {"anyOf": [false, {"type": "array"}]}})).expect("a schema");
    let bytes = stored(&json!(vec![1; 300_000]));
    let root = jsonb::Jsonb::new(&bytes).expect("a document").root();
    assert_eq!(schema.accepts(root, &LENT), Ok(false));
    let told = schema
        .tell(root, "", "payload", &LENT)
        .expect("something is told");
    assert_eq!((told.len(), told[0].code), (1, "schema"));
}
