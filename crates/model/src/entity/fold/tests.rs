//! What the fold says, against what was true.

use super::*;
use crate::entity::event::EventKind;
use crate::entity::past::{Past, Truth, build};
use jsonb::Jsonb;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// The states after each event of `[kind, payload]`.
fn states(events: &[(EventKind, Json)]) -> Vec<Option<Json>> {
    let payloads: Vec<Vec<u8>> = events.iter().map(|(_, payload)| build(payload)).collect();
    let events: Vec<Event<'_>> = events
        .iter()
        .zip(&payloads)
        .enumerate()
        .map(|(i, ((kind, _), payload))| Event {
            kind: *kind,
            at: i as i64,
            payload: Jsonb::new(payload).unwrap().root().as_object(),
            field: b"status",
        })
        .collect();
    let mut states = Vec::new();
    let life = Life::read(&events, &[], None).unwrap();
    life.each(|_, state| states.push(state.map(shown))).unwrap();
    states
}

/// Integers, strings and null, which is what these tests are made of.
fn shown(fields: &Document<'_>) -> Json {
    let value = |v: &Value<'_>| match v.as_i64() {
        Some(n) => json!(n),
        None => json!(v.as_str()),
    };
    let pairs = fields
        .iter()
        .map(|(field, v)| (String::from_utf8_lossy(field).into_owned(), value(v)));
    Json::Object(pairs.collect())
}

#[test]
fn a_life_is_told_from_its_creation_on() {
    let told = states(&[
        (
            EventKind::Created,
            json!({"initial_values": {"a": 1, "b": null}}),
        ),
        (
            EventKind::Updated,
            json!({"changes": {"a": {"old": 1, "new": 2}}}),
        ),
        (
            EventKind::StateChanged,
            json!({"state": {"old": null, "new": "live"}}),
        ),
        (
            EventKind::Other,
            json!({"changes": {"a": {"old": 2, "new": 3}}}),
        ),
        (EventKind::Deleted, json!({"final_values": {"a": 2}})),
        (
            EventKind::Updated,
            json!({"changes": {"a": {"old": 2, "new": 4}}}),
        ),
        (EventKind::Created, json!({"initial_values": {"a": 9}})),
    ]);
    let live = json!({"a": 2, "b": null, "status": "live"});
    assert_eq!(
        told,
        [
            // What was the state before it changed is known from the start.
            Some(json!({"a": 1, "b": null, "status": null})),
            Some(json!({"a": 2, "b": null, "status": null})),
            Some(live.clone()),
            Some(live),
            None,
            None,
            Some(json!({"a": 9})),
        ]
    );
}

#[test]
fn what_is_older_than_its_first_event_is_known_as_far_as_later_ones_tell() {
    let told = states(&[
        (
            EventKind::Updated,
            json!({"changes": {"a": {"old": 1, "new": 2}}}),
        ),
        (
            EventKind::Updated,
            json!({"changes": {"b": {"old": 5, "new": 6}}}),
        ),
        (
            EventKind::Deleted,
            json!({"final_values": {"a": 2, "b": 6, "c": 7}}),
        ),
    ]);
    assert_eq!(
        told,
        [
            Some(json!({"a": 2, "b": 5, "c": 7})),
            Some(json!({"a": 2, "b": 6, "c": 7})),
            None
        ]
    );
}

#[test]
fn creation_without_values_gives_what_later_old_values_tell() {
    let told = states(&[
        (EventKind::Created, json!({"reason": "import"})),
        (
            EventKind::Updated,
            json!({"changes": {"a": {"old": 1, "new": 2}}}),
        ),
        (EventKind::Deleted, json!({})),
        (EventKind::Created, json!({})),
        (
            EventKind::Updated,
            json!({"changes": {"b": {"old": 3, "new": 4}}}),
        ),
    ]);
    assert_eq!(
        told,
        [
            Some(json!({"a": 1})),
            Some(json!({"a": 2})),
            None,
            Some(json!({"b": 3})),
            Some(json!({"b": 4}))
        ]
    );
}

#[test]
fn a_field_that_was_absent_is_not_null() {
    let told = states(&[
        (EventKind::Created, json!({"initial_values": {}})),
        (EventKind::Updated, json!({"changes": {"a": {"new": 1}}})),
        (EventKind::Updated, json!({"changes": {"a": {"old": 1}}})),
    ]);
    assert_eq!(
        told,
        [Some(json!({})), Some(json!({"a": 1})), Some(json!({}))]
    );
}

#[test]
fn what_an_event_has_told_holds_until_the_next_event_about_it() {
    let told = states(&[
        (EventKind::Created, json!({"initial_values": {"a": 1}})),
        (
            EventKind::Updated,
            json!({"changes": {"a": {"old": 5, "new": 2}}}),
        ),
    ]);
    assert_eq!(told, [Some(json!({"a": 1})), Some(json!({"a": 2}))]);
}

#[test]
fn a_column_that_came_is_known_from_then_on_by_its_old_value() {
    let payloads = [
        json!({"initial_values": {"a": 1, "b": 1}}),
        json!({"changes": {"c": {"old": 7, "new": 8}, "b": {"old": "n1", "new": "n2"}}}),
    ];
    let payloads: Vec<Vec<u8>> = payloads.iter().map(build).collect();
    let events: Vec<Event<'_>> = [
        (EventKind::Created, 10, &payloads[0]),
        (EventKind::Updated, 20, &payloads[1]),
    ]
    .into_iter()
    .map(|(kind, at, payload)| Event {
        kind,
        at,
        payload: Jsonb::new(payload).unwrap().root().as_object(),
        field: b"status",
    })
    .collect();
    let column = |at, column: &str, new_name: Option<&str>, anew| ColumnChange {
        at,
        column: column.to_owned(),
        new_name: new_name.map(str::to_owned),
        anew,
    };
    let columns = [
        column(12, "c", None, true),
        column(14, "b", None, true),
        // At the very time of an event, which has the new names already.
        column(20, "a", Some("z"), false),
    ];
    let life = Life::read(&events, &columns, None).unwrap();
    let at = |time| life.at(time, None).unwrap().as_ref().map(shown);
    assert_eq!(at(11), Some(json!({"a": 1, "b": 1})));
    assert_eq!(at(12), Some(json!({"a": 1, "b": 1, "c": 7})));
    assert_eq!(at(14), Some(json!({"a": 1, "b": "n1", "c": 7})));
    assert_eq!(at(19), at(14));
    let last = Some(json!({"z": 1, "b": "n2", "c": 8}));
    assert_eq!(at(20), last);
    let mut after = Vec::new();
    life.each(|_, state| after.push(state.map(shown))).unwrap();
    assert_eq!(after[1], last);
}

#[test]
fn payloads_of_another_shape_say_nothing() {
    let strange = [
        json!(null),
        json!([]),
        json!("x"),
        json!(1),
        json!({}),
        json!({"changes": null}),
        json!({"changes": [1]}),
        json!({"changes": {"a": 1, "b": null, "c": [], "d": {}}}),
        json!({"changes": {"a": {"was": 1}}}),
        json!({"state": "live"}),
        json!({"state": {}}),
        json!({"initial_values": [], "final_values": 7}),
    ];
    let known = Some(json!({"a": 1}));
    for payload in strange {
        for kind in [
            EventKind::Updated,
            EventKind::StateChanged,
            EventKind::Other,
        ] {
            let created = (EventKind::Created, json!({"initial_values": {"a": 1}}));
            let told = states(&[created, (kind, payload.clone())]);
            assert_eq!(told, [known.clone(), known.clone()], "{payload}");
            // Nor does it say that something is there.
            assert_eq!(
                states(&[(kind, payload.clone())])[0].is_some(),
                changes(kind, &payload)
            );
        }
        let told = states(&[
            (EventKind::Created, payload.clone()),
            (EventKind::Deleted, payload),
        ]);
        assert_eq!(told, [Some(json!({})), None]);
    }
}

/// Whether this has the outer shape of a change.
fn changes(kind: EventKind, payload: &Json) -> bool {
    match kind {
        EventKind::Updated => payload["changes"].is_object(),
        EventKind::StateChanged => payload["state"].is_object(),
        _ => false,
    }
}

/// What the fold says is true, and where `all` is set it is the whole truth.
fn assert_true(told: Option<Json>, truth: &Truth, all: bool, context: &str) {
    let Some(told) = told else {
        assert!(truth.state().is_none(), "{context}: not seen");
        return;
    };
    let told = told.as_object().unwrap();
    let Some(state) = truth.state() else {
        panic!("{context}: there was nothing, not {told:?}")
    };
    for (field, value) in told {
        let known = state.get(field.as_str()).copied();
        assert_eq!(known, Some(value), "{context}: field {field}");
    }
    assert!(
        !all || told.len() == state.len(),
        "{context}: {told:?} is not all of {state:?}"
    );
}

/// Whether these events tell if something was there before them: a deletion without values may be
/// that of a row that had been softly deleted before.
fn is_decided(events: &[Event<'_>]) -> bool {
    let first = events.iter().find_map(|event| match event.effect() {
        Effect::Came { .. } => Some(true),
        Effect::Went { values, changes } => Some(values.is_some() || changes.is_some()),
        _ => None,
    });
    first.unwrap_or(false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn states_are_true(seed: u64, steps in 1_usize..70, carry: bool, columns: bool) {
        let past = Past::random(seed, steps, carry, columns);
        for start in 0..=past.written.len().min(12) {
            let events = past.events(start);
            let life = Life::read(&events, &past.columns, Some("deleted_at")).unwrap();
            if !is_decided(&events) {
                continue;
            }
            let all = start == 0 && carry && !columns;
            life.each(|i, state| {
                // An update of state and fields is one step of two events.
                let Some(truth) = past.truths.iter().find(|t| t.events == start + i + 1) else {
                    return;
                };
                assert_true(state.map(shown), truth, all, &format!("from {start}, event {i}"));
            })
            .unwrap();
            let first = events.first().map_or(0, |e| e.at);
            for truth in past.truths.iter().filter(|t| t.at >= first || start == 0) {
                let told = life.at(truth.at, Some(0)).unwrap();
                assert_true(told.as_ref().map(shown), truth, all, &format!("from {start}, at {}", truth.at));
            }
        }
    }
}

#[test]
fn before_its_first_event_an_entity_is_known_since_its_tracking_began() {
    let payload = build(&json!({"changes": {"a": {"old": 1, "new": 2}}}));
    let events = [Event {
        kind: EventKind::Updated,
        at: 100,
        payload: Jsonb::new(&payload).unwrap().root().as_object(),
        field: b"status",
    }];
    let life = Life::read(&events, &[], None).unwrap();
    let at = |time, since| life.at(time, since).unwrap().as_ref().map(shown);
    assert_eq!(at(100, None), Some(json!({"a": 2})));
    assert_eq!(at(99, Some(50)), Some(json!({"a": 1})));
    assert_eq!(at(49, Some(50)), None);
    assert_eq!(at(99, None), None);
}
