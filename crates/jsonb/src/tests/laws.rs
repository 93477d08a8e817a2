//! Laws over random documents.

use super::super::{Builder, Token, Value, key_cmp, walk};
use super::{form, open};
use proptest::prelude::*;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// A decimal number, and a text of the same number with more zeros behind the point.
fn decimal() -> impl Strategy<Value = (String, String)> {
    let digits = "(0|[1-9][0-9]{0,30})";
    (any::<bool>(), digits, "[0-9]{0,25}", 0_usize..6).prop_map(
        |(minus, whole, fraction, zeros)| {
            // Zero has no sign in jsonb, so that texts can be compared.
            let zero = whole.bytes().chain(fraction.bytes()).all(|b| b == b'0');
            let sign = if minus && !zero { "-" } else { "" };
            let more = format!("{sign}{whole}.{fraction}{}", "0".repeat(zeros + 1));
            let point = if fraction.is_empty() { "" } else { "." };
            (format!("{sign}{whole}{point}{fraction}"), more)
        },
    )
}

fn raw_number(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// A document, and the same with its numbers written otherwise.
fn document() -> impl Strategy<Value = (Json, Json)> {
    let twice = |v: Json| (v.clone(), v);
    let leaf = prop_oneof![
        Just(twice(Json::Null)),
        any::<bool>().prop_map(move |b| twice(b.into())),
        decimal().prop_map(|(a, b)| (raw_number(&a), raw_number(&b))),
        any::<i64>().prop_map(move |n| twice(n.into())),
        "[^\0]{0,9}".prop_map(move |s| twice(s.into())),
    ];
    leaf.prop_recursive(5, 200, 80, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..70).prop_map(|v| {
                let (a, b): (Vec<_>, Vec<_>) = v.into_iter().unzip();
                (a.into(), b.into())
            }),
            prop::collection::vec(("[^\0]{0,4}", inner), 0..70).prop_map(|pairs| {
                let mut both = (serde_json::Map::new(), serde_json::Map::new());
                for (key, (a, b)) in pairs {
                    both.0.insert(key.clone(), a);
                    both.1.insert(key, b);
                }
                (both.0.into(), both.1.into())
            }),
        ]
    })
}

fn build(json: &Json) -> Vec<u8> {
    let mut b = Builder::new();
    b.json(json);
    b.finish().unwrap().into()
}

/// Builds a document again, value by value.
fn rebuild(value: Value<'_>) -> Vec<u8> {
    let mut b = Builder::new();
    walk(value, &mut |event| match event {
        Token::Key(key) => _ = b.key(key),
        Token::Value(Value::Object(_)) => _ = b.begin_object(),
        Token::Value(Value::Array(_)) => _ = b.begin_array(),
        Token::Value(scalar) => _ = b.value(scalar),
        Token::End(_) => _ = b.end(),
    })
    .unwrap();
    b.finish().unwrap().into()
}

/// Every way to reach a value leads to the same one.
fn assert_consistent(value: Value<'_>) {
    match value {
        Value::Object(o) => {
            assert!(
                o.iter()
                    .map(|(k, _)| k)
                    .is_sorted_by(|a, b| key_cmp(a, b).is_lt())
            );
            assert_eq!(o.iter().count(), o.len());
            for (key, value) in o.iter() {
                assert!(o.contains_key(key));
                assert_eq!(o.get(key), Some(value));
                assert_consistent(value);
            }
        }
        Value::Array(a) => {
            assert_eq!(a.iter().count(), a.len());
            for (i, value) in a.iter().enumerate() {
                assert_eq!(a.get(i), Some(value));
                assert_consistent(value);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn what_was_built_is_read_back((json, _) in document()) {
        let bytes = build(&json);
        let read: Json = serde_json::from_str(&open(&bytes).to_string()).unwrap();
        prop_assert_eq!(read, json);
        prop_assert_eq!(rebuild(open(&bytes)), bytes);
    }

    #[test]
    fn every_path_leads_to_the_same_value((json, _) in document()) {
        assert_consistent(open(&build(&json)));
    }

    #[test]
    fn scale_changes_neither_equality_nor_hash((a, b) in document()) {
        let (a, b) = (build(&a), build(&b));
        prop_assert_eq!(open(&a), open(&b));
        prop_assert_eq!(Sha256::digest(form(open(&a))), Sha256::digest(form(open(&b))));
    }

    #[test]
    fn equality_and_form_agree((a, _) in document(), (b, _) in document()) {
        let (a, b) = (build(&a), build(&b));
        prop_assert_eq!(open(&a) == open(&b), form(open(&a)) == form(open(&b)));
        prop_assert_eq!(open(&a) == open(&b), open(&b) == open(&a));
    }

    #[test]
    fn numbers_compare_as_their_digits(a in decimal(), b in decimal()) {
        let numbers = [&a.0, &b.0].map(|t| super::super::NumericBuf::parse(t).unwrap());
        let [x, y] = [0, 1].map(|i: usize| numbers[i].as_numeric());
        prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        prop_assert_eq!(x == y, by_text(&a.0) == by_text(&b.0));
        prop_assert_eq!(&x.to_string(), &a.0);
        prop_assert_eq!(x.to_i64(), by_text(&a.0).parse::<i64>().ok());
    }
}

/// A decimal text without the zeros at the end of its fraction.
fn by_text(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}
