use super::*;

fn check(json: &str) -> Result<(), String> {
    let entry = serde_json::from_str(json).map_err(|e| e.to_string())?;
    TypeDocument::read(entry)?.check().map(|_| ())
}

#[test]
fn absent_keys_are_the_defaults() {
    assert_eq!(check(r#"{"type": "a"}"#), Ok(()));
    assert_eq!(
        check(
            r#"{"type": "a", "schema": null, "context_schema": null, "owner": null, "additional": "allow", "compatibility": "none"}"#
        ),
        Ok(())
    );
}

#[test]
fn a_document_is_read_whole_or_not_at_all() {
    let read = |text: &str| Document::parse(text.as_bytes()).map(|d| d.types.len());
    assert_eq!(read(r#"{"types": []}"#).ok(), Some(0));
    assert_eq!(
        read(r#"{"types": [{"type": "a"}, {"type": "a", "version": 2}]}"#).ok(),
        Some(2)
    );
    for bad in [
        "[[]]",
        "{}",
        r#"{"types": {}}"#,
        r#"{"types": [[]]}"#,
        r#"{"types": [], "more": 1}"#,
        r#"{"types": [], "rules": {}}"#,
        r#"{"types": [], "rules": [{"name": "a", "kind": "check", "type": "b", "predicate": "c"},
            {"name": "a", "kind": "check", "type": "b", "predicate": "c"}]}"#,
        r#"{"types": [{"type": "a"}, {"type": "a"}]}"#,
        r#"{"types": [{"type": "a", "version": 1, "default": true},
            {"type": "a", "version": 2, "default": true}]}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_is_of_another_form_is_told_with_its_place() {
    for (json, why) in [
        ("[]", "event type must be a JSON object"),
        ("{}", "key \"type\" is missing"),
        (r#"{"typ": "a"}"#, "unknown key \"typ\""),
        (r#"{"type": null}"#, "type must be a string, not null"),
        (r#"{"type": 7}"#, "type must be a string, not 7"),
        (
            r#"{"type": "a", "required": "b"}"#,
            "required must be an array of strings, not a string",
        ),
        (
            r#"{"type": "a", "required": null}"#,
            "required must be an array of strings, not null",
        ),
        (
            r#"{"type": "a", "optional": ["b", {}]}"#,
            "optional[1] must be a string, not an object",
        ),
        (
            r#"{"type": "a", "entity_types": [null]}"#,
            "entity_types[0] must be a string, not null",
        ),
        (
            r#"{"type": "a", "version": 1.5}"#,
            "version must be a whole number of at most 2147483647, not 1.5",
        ),
        (
            r#"{"type": "a", "version": 99999999999}"#,
            "version must be a whole number of at most 2147483647, not 99999999999",
        ),
        (
            r#"{"type": "a", "default": "yes"}"#,
            "default must be a boolean, not a string",
        ),
        (
            r#"{"type": "a", "status": false}"#,
            "status must be a string, not a boolean",
        ),
    ] {
        assert_eq!(check(json), Err(why.to_owned()), "{json}");
    }
    let long = format!(r#"{{"type": "a", "version": 1{}}}"#, "0".repeat(100_000));
    assert!(check(&long).unwrap_err().len() < 400);
}

#[test]
fn each_key_is_read() {
    let entry = serde_json::json!({
        "type": "a", "version": 2, "domain": "d", "description": "e", "required": ["r"], "optional": ["o"],
        "max_payload_bytes": 9, "entity_types": ["t"], "actor_types": ["u"], "status": "retired", "default": true,
        "schema": {}, "context_schema": {"a": 1}, "additional": "reject", "owner": "w", "docs_url": "z",
        "compatibility": "full", "redact": {"b": 2}, "enforce": "report",
    });
    let keys: Vec<&str> = entry
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert!(keys.len() == KEYS.len() && keys.iter().all(|key| KEYS.contains(key)));
    let read = TypeDocument::read(entry).unwrap();
    assert_eq!((read.event_type.as_str(), read.version), ("a", Some(2)));
    assert_eq!(
        (read.domain.as_deref(), read.description.as_deref()),
        (Some("d"), Some("e"))
    );
    assert_eq!(
        (read.required, read.optional),
        (vec!["r".to_owned()], vec!["o".to_owned()])
    );
    assert_eq!((read.max_payload_bytes, read.default), (Some(9), true));
    assert_eq!(read.entity_types, Some(vec!["t".to_owned()]));
    assert_eq!(read.actor_types, Some(vec!["u".to_owned()]));
    assert_eq!(read.status.as_deref(), Some("retired"));
    let tree = |source: Option<Vec<u8>>| schema::tree_of(&source.unwrap(), "schema").unwrap();
    assert_eq!(tree(read.schema), serde_json::json!({}));
    assert_eq!(tree(read.context_schema), serde_json::json!({"a": 1}));
    assert_eq!(tree(read.redact), serde_json::json!({"b": 2}));
    assert_eq!(
        (read.additional, read.compatibility, read.enforce),
        (Additional::Reject, Compatibility::Full, Enforce::Report)
    );
    assert_eq!(
        (read.owner.as_deref(), read.docs_url.as_deref()),
        (Some("w"), Some("z"))
    );
}

#[test]
fn schemas_are_checked_with_what_stands_beside_them() {
    let check = |json: serde_json::Value| {
        let problem = TypeDocument::read(json).unwrap().check_schemas().err()?;
        match problem {
            Problem::Argument { message, .. } => Some(message),
            other => panic!("{other:?}"),
        }
    };
    let json = serde_json::json!({"type": "a", "schema": {"type": "object"}, "context_schema": {}});
    assert_eq!(check(json), None);
    let json = serde_json::json!({"type": "a", "schema": 7});
    assert_eq!(
        check(json).unwrap(),
        "schema must be a JSON object or a boolean"
    );
    let json = serde_json::json!({"type": "a", "context_schema": {"type": "strin"}});
    assert!(
        check(json)
            .unwrap()
            .starts_with("context_schema at \"/type\" fits none")
    );
    let json = serde_json::json!({"type": "a", "required": ["b"], "schema": {"additionalProperties": false}});
    assert_eq!(
        check(json).unwrap(),
        "key \"b\" is required, and the schema takes no such key"
    );
    let json = serde_json::json!({"type": "a", "additional": "reject", "schema": {"$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a"}}}});
    assert!(
        check(json)
            .unwrap()
            .starts_with("what keys a payload may have is not known")
    );
    let json = serde_json::json!({"type": "a", "schema": {"const": "x".repeat(MAX_SCHEMA_BYTES)}});
    assert!(
        check(json)
            .unwrap()
            .contains(" bytes, and may have 1048576")
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for bad in [
        r#"{"type": ""}"#,
        r#"{"type": " a"}"#,
        r#"{"type": "a\nb"}"#,
        r#"{"type": "a", "version": 0}"#,
        r#"{"type": "a", "max_payload_bytes": 0}"#,
        r#"{"type": "a", "required": ["x", "x"]}"#,
        r#"{"type": "a", "required": ["x"], "optional": ["x"]}"#,
        r#"{"type": "a", "required": [""]}"#,
        r#"{"type": "a", "entity_types": []}"#,
        r#"{"type": "a", "status": "dead"}"#,
        r#"{"type": "a", "schema": {"a": "\u0000"}}"#,
        r#"{"type": "a", "additional": "deny"}"#,
        r#"{"type": "a", "compatibility": "backwards"}"#,
        r#"{"type": "a", "requierd": ["x"]}"#,
        r#"{"version": 1}"#,
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
}
