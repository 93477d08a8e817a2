//! Undoing everything after a time gives what was true at that time.

use super::*;
use crate::entity::event::{EventKind, STATE_FIELD};
use crate::entity::names::{History, Span};
use crate::entity::past::{Past, Truth, build};
use jsonb::Jsonb;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Runs the aggregate.
fn undone(events: &[Event<'_>], spans: &[Span]) -> Option<Vec<u8>> {
    let mut state: Option<Vec<u8>> = None;
    for event in events {
        let reading = spans
            .iter()
            .find(|s| event.at < s.until)
            .map(|span| build(&json!({"names": span.names})));
        let before = state.as_deref().map(object);
        if !is_open(before) {
            break;
        }
        let reading = Reading::of(reading.as_deref().map(object));
        let whose = Whose {
            id: Some(b"7"),
            tenant: Some(b"acme"),
        };
        if let Some(after) = step(before, event, whose, reading).unwrap() {
            state = Some(after.into());
        }
    }
    state
}

fn object(bytes: &[u8]) -> Object<'_> {
    Jsonb::new(bytes).unwrap().root().as_object().unwrap()
}

fn text(state: &[u8], key: &str) -> Option<String> {
    Some(object(state).get(key)?.as_str()?.to_owned())
}

fn values(state: &[u8]) -> BTreeMap<String, Json> {
    let values = object(state).get("values").and_then(|v| v.as_object());
    let value = |v: Value<'_>| match v.as_i64() {
        Some(n) => json!(n),
        None => json!(v.as_str()),
    };
    let pair = |(field, v): (&[u8], _)| (String::from_utf8_lossy(field).into_owned(), value(v));
    values.iter().flat_map(Object::iter).map(pair).collect()
}

fn check(past: &Past, truth: &Truth, carry: bool) {
    let history = History {
        columns: past.columns.clone(),
        ..History::default()
    };
    let spans = history.spans(truth.at);
    let events = past.events(truth.events);
    let state = undone(&events, &spans);
    let last = past.truths.last().unwrap();
    let row = state.as_deref().and_then(|s| text(s, "row"));
    let known = state.as_deref().map(values).unwrap_or_default();
    let now = match row.as_deref() {
        Some("absent") => return assert!(truth.row.is_none(), "it was there"),
        Some("gone") => {
            let by_deletion = state.as_deref().and_then(|s| text(s, "tenant"));
            assert_eq!(by_deletion.as_deref(), Some("acme"));
            None
        }
        _ if truth.row.is_none() => return assert!(last.row.is_none(), "it was not there"),
        _ => Some(
            last.row
                .as_ref()
                .expect("a row does not go without an event"),
        ),
    };
    let then = truth.row.as_ref().expect("it was not there");
    let unknown = spans.first().map(|s| &s.unknown);
    for (column, name) in &last.names {
        if unknown.is_some_and(|u| u.contains(name)) {
            continue;
        }
        let told = known.get(name).or_else(|| now?.get(column));
        match told {
            Some(told) => assert_eq!(then.get(column), Some(told), "column {name}"),
            None => assert!(!carry, "column {name} is not known"),
        }
    }
    for name in known.keys() {
        assert!(
            last.names.values().any(|n| n == name),
            "there is no column {name}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_undone_was_true(seed: u64, steps in 1_usize..70, carry: bool, columns: bool) {
        let past = Past::random(seed, steps, carry, columns);
        for truth in &past.truths {
            check(&past, truth, carry);
        }
    }
}

#[test]
fn an_event_that_tells_nothing_new_changes_nothing() {
    let payload = build(&json!({"changes": {"a": {"old": 1, "new": 2}}}));
    let event = Event {
        kind: EventKind::Updated,
        at: 0,
        payload: Some(object(&payload)),
        field: STATE_FIELD,
    };
    let first = step(None, &event, Whose::default(), Reading::default())
        .unwrap()
        .unwrap();
    assert_eq!(values(&first), BTreeMap::from([("a".to_owned(), json!(1))]));
    assert!(
        step(
            Some(object(&first)),
            &event,
            Whose::default(),
            Reading::default()
        )
        .unwrap()
        .is_none()
    );
    let other = Event {
        kind: EventKind::Other,
        ..event
    };
    assert!(
        step(None, &other, Whose::default(), Reading::default())
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_life_whose_end_was_not_seen_ends_where_the_next_begins() {
    let changed = build(&json!({"changes": {"a": {"old": 1, "new": 2}}}));
    let created = build(&json!({"initial_values": {"a": 7}}));
    let event = |kind, payload| Event {
        kind,
        at: 0,
        payload: Some(object(payload)),
        field: STATE_FIELD,
    };
    let events = [
        event(EventKind::Updated, &changed),
        event(EventKind::Created, &created),
    ];
    let state = undone(&events, &[]).unwrap();
    assert_eq!(text(&state, "row").as_deref(), Some("gone"));
    assert_eq!(values(&state)["a"], json!(1));
    assert_eq!(text(&state, "tenant").as_deref(), Some("acme"));
    assert_eq!(text(&state, "id").as_deref(), Some("7"));
}

#[test]
fn a_value_in_words_that_say_something_else_today_is_lost() {
    let event_of = |payload: Json| build(&payload);
    let reading = build(&json!({"words": {"a": {"ok": true}, "b": {"street": true}}}));
    let reading = Reading::of(Some(object(&reading)));
    let lost = |payload: &Json| {
        let payload = event_of(payload.clone());
        let event = Event {
            kind: EventKind::Updated,
            at: 0,
            payload: Some(object(&payload)),
            field: STATE_FIELD,
        };
        let state = step(None, &event, Whose::default(), reading)
            .unwrap()
            .unwrap();
        let names = |key: &str| -> Vec<String> {
            let part = object(&state).get(key).and_then(|v| v.as_object());
            let pairs = part.iter().flat_map(Object::iter);
            pairs
                .map(|(k, _)| String::from_utf8_lossy(k).into_owned())
                .collect()
        };
        (names("values"), names("lost"))
    };
    let both = |known: &[&str], lost: &[&str]| {
        let owned = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        (owned(known), owned(lost))
    };
    let change = |field: &str, old: Json| json!({"changes": {field: {"old": old, "new": null}}});
    assert_eq!(lost(&change("a", json!("ok"))), both(&[], &["a"]));
    assert_eq!(lost(&change("a", json!("bad"))), both(&["a"], &[]));
    assert_eq!(lost(&change("a", json!(null))), both(&["a"], &[]));
    assert_eq!(lost(&change("a", json!([["ok"]]))), both(&[], &["a"]));
    assert_eq!(
        lost(&change("b", json!([{"street": "x"}]))),
        both(&[], &["b"])
    );
    assert_eq!(lost(&change("b", json!({"road": "ok"}))), both(&["b"], &[]));
    assert_eq!(lost(&change("c", json!("ok"))), both(&["c"], &[]));
}
