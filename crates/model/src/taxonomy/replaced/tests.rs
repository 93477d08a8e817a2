use super::super::rules::{Contract, Facts, LogRules, Measured, Refusal, Unregistered, Verdict};
use super::*;
use crate::schema::{Closed, House, Schemas, Slot};
use crate::tenant::TenantType;
use serde_json::{Value as Json, json};
use std::rc::Rc;

struct Stored(Vec<u8>);

impl Measured for Stored {
    fn size(&self) -> usize {
        self.0.len() + 4
    }

    fn read(&self) -> Option<Jsonb<'_>> {
        Jsonb::new(&self.0).ok()
    }
}

fn stored(document: &Json) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.json(document);
    builder.finish().unwrap().into()
}

fn shown(container: &[u8]) -> Json {
    let text = Jsonb::new(container).unwrap().root().to_string();
    serde_json::from_str(&text).unwrap()
}

fn log(contract: impl FnOnce(&Rc<Schemas>) -> Contract) -> LogRules {
    let schemas = Rc::new(Schemas::new(House {
        is_deep: || false,
        reserved: |_, f| {
            f();
            Ok(())
        },
        room: 1 << 20,
    }));
    let mut log = LogRules {
        log_id: uuid::Uuid::nil(),
        unregistered: Unregistered::Reject,
        max_payload_bytes: 300,
        require_tenant: false,
        relation: 0,
        tenant_type: TenantType::Text,
        ruled: false,
        redact: Default::default(),
        redaction: None,
        hasher: |_| None,
        prepares: false,
        serial: 1,
        types: Default::default(),
    };
    let contract = Contract {
        version: 1,
        ..contract(&schemas)
    };
    log.types.entry(b"a"[..].into()).or_default().versions = vec![contract];
    log
}

fn judged(log: &LogRules, payload: &Json, context: Option<&Json>) -> Verdict {
    let facts = Facts {
        event_type: b"a",
        version: None,
        entity_type: None,
        actor_type: None,
        kinds_known: false,
        identifiers: &[],
        payload: Some(Stored(stored(payload))),
        context: context.map(|context| Stored(stored(context))),
        context_required: false,
        by_capture: false,
        came: None,
    };
    log.judge(&facts, || false)
}

fn codes(verdict: Verdict) -> Vec<&'static str> {
    match verdict {
        Verdict::Refuse(Refusal::Broken(broken)) => broken.iter().map(|v| v.code).collect(),
        other => panic!("{other:?}"),
    }
}

fn stripping(schemas: &Rc<Schemas>) -> Contract {
    let schema = stored(
        &json!({"properties": {"b": {"type": "integer"}}, "patternProperties": {"^x-": true}}),
    );
    Contract {
        required: vec!["a".into()],
        schema: Some(Slot::new(schema.clone().into(), Rc::clone(schemas))),
        closed: Some(Closed::new(
            vec!["a".into()],
            Some(schema.into()),
            Rc::clone(schemas),
        )),
        strips: true,
        ..Contract::default()
    }
}

#[test]
fn keys_that_are_not_known_are_left_out() {
    let log = log(stripping);
    match judged(
        &log,
        &json!({"a": {"z": 1}, "b": 2, "x-y": [1], "c": 3, "": 4}),
        None,
    ) {
        Verdict::Replace(made) => {
            let payload = shown(&made.payload.unwrap());
            assert_eq!(payload, json!({"a": {"z": 1}, "b": 2, "x-y": [1]}));
            assert!(made.context.is_none());
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        judged(&log, &json!({"a": 1}), None),
        Verdict::Pass
    ));
    // What is left is what is asked.
    let refused = judged(&log, &json!({"b": "2", "c": 1}), None);
    assert_eq!(codes(refused), ["required", "type"]);
    for document in [json!([]), json!("a"), json!(null)] {
        assert_eq!(codes(judged(&log, &document, None)), ["not_an_object"]);
    }
}

#[test]
fn what_came_is_measured_before_anything_is_left_out() {
    let log = log(stripping);
    let refused = judged(&log, &json!({"a": 1, "c": "x".repeat(300)}), None);
    assert_eq!(codes(refused), ["too_large"]);
}

#[test]
fn what_is_reported_refuses_nothing_and_what_every_event_has_to_be_does() {
    let log = log(|schemas| {
        let schema = stored(&json!({"properties": {"b": {"type": "integer"}}}));
        Contract {
            required: vec!["a".into()],
            schema: Some(Slot::new(schema.into(), Rc::clone(schemas))),
            reports: true,
            ..Contract::default()
        }
    });
    let forged = json!({"ip": "::1", "violations": "none"});
    match judged(&log, &json!({"b": "2"}), Some(&forged)) {
        Verdict::Replace(made) => {
            let told = json!([{"code": "required", "path": "/a"}, {"code": "type", "path": "/b"}]);
            let context = shown(&made.context.unwrap());
            assert_eq!(context, json!({"ip": "::1", "violations": told}));
            assert_eq!(made.reported.len(), 2);
            assert!(made.payload.is_none());
        }
        other => panic!("{other:?}"),
    }
    match judged(&log, &json!({"a": 1}), Some(&forged)) {
        Verdict::Replace(made) => assert_eq!(shown(&made.context.unwrap()), json!({"ip": "::1"})),
        other => panic!("{other:?}"),
    }
    let plain = json!({"ip": "::1"});
    assert!(matches!(
        judged(&log, &json!({"a": 1}), Some(&plain)),
        Verdict::Pass
    ));
    assert_eq!(
        codes(judged(&log, &json!([]), Some(&plain))),
        ["not_an_object"]
    );
    let large = json!({"b": "x".repeat(300)});
    assert_eq!(codes(judged(&log, &large, Some(&plain))), ["too_large"]);
    assert_eq!(
        codes(judged(&log, &json!({"b": "2"}), Some(&json!(1)))),
        ["required", "not_an_object", "type"]
    );
}

#[test]
fn a_report_is_bounded() {
    let log = log(|_| Contract {
        required: (0..50)
            .map(|n| format!("{n}/{}", "k".repeat(600)).into())
            .collect(),
        reports: true,
        ..Contract::default()
    });
    match judged(&log, &json!({}), Some(&json!({}))) {
        Verdict::Replace(made) => {
            let context = shown(&made.context.unwrap());
            let told = context["violations"].as_array().unwrap();
            assert_eq!(told.len(), MAX_REPORTED);
            // A pointer of one step that is too long is none.
            assert_eq!(told[0], json!({"code": "required", "path": ""}));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shortened(&format!("/a/{}", "b".repeat(600))), "/a");
    assert_eq!(shortened("/a/b"), "/a/b");
}
