//! Laws of changes over random documents, against a reference that looks up each field by itself.

use super::{Filter, apply, field_changes, revert};
use crate::Problem;
use jsonb::{Builder, Jsonb, List, Object, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

fn build(json: &Json) -> Vec<u8> {
    let mut b = Builder::new();
    b.json(json);
    b.finish().unwrap().into()
}

fn object(bytes: &[u8]) -> Object<'_> {
    Jsonb::new(bytes).unwrap().root().as_object().unwrap()
}

fn value(bytes: &[u8]) -> Value<'_> {
    Jsonb::new(bytes).unwrap().root()
}

fn equal(a: &[u8], b: &[u8]) -> bool {
    value(a).same(&value(b)).unwrap()
}

fn same(a: Option<Value<'_>>, b: Option<Value<'_>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same(&b).unwrap(),
        (a, b) => a.is_none() && b.is_none(),
    }
}

type Replay = fn(Object<'_>, Object<'_>, &mut Builder) -> Result<(), Problem>;

fn replayed(replay: Replay, doc: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut b = Builder::new();
    replay(object(doc), object(changes), &mut b).unwrap();
    b.finish().unwrap().into()
}

fn list(names: &Option<Vec<String>>) -> Option<List<String>> {
    names.clone().map(|names| List::of(names).unwrap())
}

fn changed(old: &[u8], new: &[u8], filter: &Filter) -> Vec<u8> {
    field_changes(object(old), object(new), filter)
        .unwrap()
        .into()
}

fn number(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// A value, and an equal one whose numbers have more digits behind the point.
fn twins() -> impl Strategy<Value = (Json, Json)> {
    let twice = |v: Json| (v.clone(), v);
    let leaf = prop_oneof![
        Just(twice(Json::Null)),
        any::<bool>().prop_map(move |b| twice(b.into())),
        // Of every length, so that what follows begins at every offset.
        "[a-zé]{0,40}".prop_map(move |s| twice(s.into())),
        any::<i64>().prop_map(move |n| twice(n.into())),
        ("(0|-?[1-9][0-9]{0,20})", "[0-9]{1,9}", 1_usize..9).prop_map(|(whole, part, zeros)| {
            let text = format!("{whole}.{part}");
            let more = format!("{text}{}", "0".repeat(zeros));
            (number(&text), number(&more))
        }),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|v| {
                let (a, b): (Vec<_>, Vec<_>) = v.into_iter().unzip();
                (a.into(), b.into())
            }),
            prop::collection::btree_map("[a-c]{0,3}", inner, 0..6).prop_map(|pairs| {
                let (a, b): (Vec<_>, Vec<_>) = pairs
                    .into_iter()
                    .map(|(k, (a, b))| ((k.clone(), a), (k, b)))
                    .unzip();
                let object = |pairs: Vec<(String, Json)>| Json::Object(pairs.into_iter().collect());
                (object(a), object(b))
            }),
        ]
    })
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Stays,
    Rescaled,
    Replaced,
    Goes,
    Comes,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Stays),
        2 => Just(Fate::Rescaled),
        2 => Just(Fate::Replaced),
        1 => Just(Fate::Goes),
        1 => Just(Fate::Comes),
    ]
}

/// A document before and after.
fn pair() -> impl Strategy<Value = (Json, Json)> {
    let field = (twins(), twins(), fate());
    prop::collection::btree_map("[a-d]{0,4}[a-z]{0,9}", field, 0..80).prop_map(|fields| {
        let mut both = (serde_json::Map::new(), serde_json::Map::new());
        for (key, ((one, same), (other, _), fate)) in fields {
            let (old, new) = match fate {
                Fate::Stays => (Some(one.clone()), Some(one)),
                Fate::Rescaled => (Some(one), Some(same)),
                Fate::Replaced => (Some(one), Some(other)),
                Fate::Goes => (Some(one), None),
                Fate::Comes => (None, Some(one)),
            };
            both.0.extend(old.map(|v| (key.clone(), v)));
            both.1.extend(new.map(|v| (key, v)));
        }
        (both.0.into(), both.1.into())
    })
}

/// The changes, found key by key.
fn reference(old: Object<'_>, new: Object<'_>, looked_at: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let keys: BTreeSet<&[u8]> = old.keys().chain(new.keys()).collect();
    let mut b = Builder::new();
    b.begin_object();
    for key in keys {
        let (old, new) = (old.get(key), new.get(key));
        if !same(old, new) && looked_at(key) {
            b.change(key, old, new);
        }
    }
    b.end();
    b.finish().unwrap().into()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn changes_are_what_differs_and_lead_both_ways((old, new) in pair()) {
        let (old, new) = (build(&old), build(&new));
        let changes = changed(&old, &new, &Filter::default());
        prop_assert_eq!(&changes, &reference(object(&old), object(&new), |_| true));
        prop_assert!(equal(&replayed(apply, &old, &changes), &new));
        prop_assert!(equal(&replayed(revert, &new, &changes), &old));
        // Done twice is done once.
        prop_assert!(equal(&replayed(apply, &new, &changes), &new));
        let back = changed(&new, &old, &Filter::default());
        prop_assert_eq!(replayed(apply, &new, &back), replayed(revert, &new, &changes));
    }

    #[test]
    fn nothing_changes_between_equals((a, b) in twins(), (old, _) in pair()) {
        let (one, other) = (build(&json!({"k": a})), build(&json!({"k": b})));
        prop_assert_eq!(changed(&one, &other, &Filter::default()), build(&json!({})));
        let old = build(&old);
        prop_assert_eq!(changed(&old, &old, &Filter::default()), build(&json!({})));
        prop_assert_eq!(replayed(apply, &old, &build(&json!({}))), old);
    }

    #[test]
    fn lists_of_fields_restrict(
        (old, new) in pair(),
        fields in prop::option::of(prop::collection::vec("[a-d]{0,2}", 0..20)),
        ignore in prop::option::of(prop::collection::vec("[a-d]{0,2}", 0..20)),
    ) {
        let (old, new) = (build(&old), build(&new));
        let changes = changed(&old, &new, &Filter::new(list(&fields), list(&ignore)));
        let has = |names: &[String], key: &[u8]| names.iter().any(|name| name.as_bytes() == key);
        let expected = reference(object(&old), object(&new), |key| {
            fields.as_ref().is_none_or(|f| has(f, key)) && !ignore.as_ref().is_some_and(|i| has(i, key))
        });
        prop_assert_eq!(changes, expected);
    }

    #[test]
    fn any_well_formed_changes_apply_to_any_document((doc, _) in pair(), (a, b) in pair()) {
        let (doc, a, b) = (build(&doc), build(&a), build(&b));
        let changes = changed(&a, &b, &Filter::default());
        let after = replayed(apply, &doc, &changes);
        let (after, doc) = (object(&after), object(&doc));
        for (field, change) in object(&changes).iter() {
            prop_assert!(same(after.get(field), change.as_object().unwrap().get("new")));
        }
        for key in doc.keys().chain(after.keys()) {
            if !object(&changes).contains_key(key) {
                prop_assert!(same(after.get(key), doc.get(key)));
            }
        }
    }
}

#[test]
fn null_is_not_absent() {
    let diff = |old: Json, new: Json| {
        value(&changed(&build(&old), &build(&new), &Filter::default())).to_string()
    };
    assert_eq!(
        diff(json!({"a": null}), json!({})),
        r#"{"a": {"old": null}}"#
    );
    assert_eq!(
        diff(json!({}), json!({"a": null})),
        r#"{"a": {"new": null}}"#
    );
    assert_eq!(
        diff(json!({"a": null}), json!({"a": 1})),
        r#"{"a": {"new": 1, "old": null}}"#
    );
}

#[test]
fn digits_are_kept_and_scale_alone_is_no_change() {
    let parse = |text: &str| build(&serde_json::from_str(text).unwrap());
    let diff = |old: &str, new: &str| {
        value(&changed(&parse(old), &parse(new), &Filter::default())).to_string()
    };
    assert_eq!(
        diff(
            r#"{"a": 1.0, "b": [1.10], "c": {"d": 5}}"#,
            r#"{"a": 1.00, "b": [1.1], "c": {"d": 5.0}}"#
        ),
        "{}"
    );
    assert_eq!(
        diff(
            r#"{"a": 1.10, "b": [1.10, 2]}"#,
            r#"{"a": 12345678901234567890.1230, "b": [1.1, 3]}"#
        ),
        r#"{"a": {"new": 12345678901234567890.1230, "old": 1.10}, "b": {"new": [1.1, 3], "old": [1.10, 2]}}"#
    );
}

#[test]
fn malformed_changes_are_refused() {
    for changes in [
        json!({"a": 1}),
        json!({"a": null}),
        json!({"a": []}),
        json!({"a": {}}),
        json!({"a": {"old": 1, "New": 2}}),
        json!({"a": {"new": 1}, "b": {"x": 1}}),
    ] {
        let (doc, changes) = (build(&json!({"a": 1})), build(&changes));
        for replay in [apply, revert] as [Replay; 2] {
            let refused = replay(object(&doc), object(&changes), &mut Builder::new());
            assert!(
                matches!(refused, Err(Problem::Argument { hint: Some(_), .. })),
                "{:?}",
                value(&changes)
            );
        }
    }
}
