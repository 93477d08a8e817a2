//! Schemas of hostile writers, and documents of hostile bytes that are checked by them.

use crate::built;
use jsonb::{Jsonb, Value};
use model::schema::{self, House, MAX_LEVELS, Schema};

const HOUSE: House = House {
    is_deep: || false,
    reserved: |_, f| {
        f();
        Ok(())
    },
    room: 1 << 20,
};

/// Where the text of a schema ends and the bytes of a document begin.
const END: u8 = 0xFF;

/// The text of a schema, and the bytes of a stored document behind it.
pub fn schemas(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == END);
    let (text, document) = (parts.next().unwrap_or_default(), parts.next());
    let Ok(json) = serde_json::from_slice(text) else {
        return;
    };
    let mut builder = jsonb::Builder::new();
    builder.json(&json);
    let Ok(source) = builder.finish() else {
        return;
    };
    let Ok(compiled) = Schema::of_stored(&source, "schema") else {
        return;
    };
    // What is a schema can be one of a contract, or is refused for what stands beside it.
    let tree = schema::tree_of(&source, "schema").expect("what was compiled can be read");
    let _ = schema::check_closed(Some(&tree));
    let _ = schema::check_required(&tree, &["a".to_owned()]);
    ask(&compiled, Value::Null);
    if let Some(document) = document.and_then(|bytes| Jsonb::new(bytes).ok())
        && schema::is_too_deep(document.root()) == Ok(false)
    {
        ask(&compiled, document.root());
    }
}

/// What is told is that which is refused, and is short.
fn ask(schema: &Schema, value: Value<'_>) {
    let Ok(accepted) = schema.accepts(value, &HOUSE) else {
        return;
    };
    let told = schema
        .violations(value, "", "payload", &HOUSE)
        .expect("what was asked once can be told");
    assert_eq!(accepted, told.is_empty());
    for violation in told {
        assert!(violation.message.len() < 2_000, "{}", violation.message);
        assert!(
            violation.path.len() <= 65 * MAX_LEVELS,
            "{}",
            violation.path
        );
    }
}

/// A schema and a document that it is asked of.
pub fn schemas_seeds() -> Vec<Vec<u8>> {
    [
        (r##"{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 1}}}"##, r#"{"a": 0, "b": 1.50}"#),
        (r##"{"items": {"$ref": "#"}, "maxItems": 2, "uniqueItems": true}"##, "[[1, 1.0, [2]], [[]]]"),
        (r##"{"$defs": {"x": {"const": "y"}}, "additionalProperties": {"$ref": "#/$defs/x"}}"##, r#"{"a": "y", "b": null}"#),
        (r##"{"anyOf": [{"type": "null"}, {"oneOf": [{"minimum": 2}, {"multipleOf": 0.1}]}], "not": {"const": 7}}"##, "12345678901234567890.3"),
        (r##"{"patternProperties": {"^x": {"format": "date"}}, "propertyNames": {"maxLength": 3}, "unevaluatedProperties": false}"##, r#"{"x1": "2026-01-01", "long": "y"}"#),
        (r##"{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"], "c": {"minProperties": 3}}}"##, r#"{"a": 1, "c": {}}"#),
        (r##"{"$dynamicAnchor": "n", "properties": {"n": {"$dynamicRef": "#n"}}, "if": {"required": ["a"]}, "then": false}"##, r#"{"n": {"n": {"a": true}}}"#),
    ]
    .map(|(schema, document)| [schema.as_bytes(), &[END], &built(document)].concat())
    .to_vec()
}
