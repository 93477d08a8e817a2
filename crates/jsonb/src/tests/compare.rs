//! Two objects side by side: what is written of their differences, and bytes that are corrupt.

use super::super::{Builder, Difference, Jsonb, Object, write_changes};
use super::{build, open};
use proptest::prelude::*;

fn object(bytes: &[u8]) -> Option<Object<'_>> {
    Jsonb::new(bytes).ok()?.root().as_object()
}

fn differences<'a>(old: &'a [u8], new: &'a [u8]) -> Vec<Difference<'a>> {
    let (old, new) = (object(old).unwrap(), object(new).unwrap());
    old.differences(new).collect::<Result<_, _>>().unwrap()
}

/// The keys that differ.
fn keys(old: &str, new: &str) -> String {
    let (old, new) = (build(old), build(new));
    let found = differences(&old, &new);
    let keys: Vec<_> = found
        .iter()
        .map(|d| String::from_utf8_lossy(d.key))
        .collect();
    keys.join(" ")
}

/// An object of `count` pairs; `value` gives the text of each value.
fn wide(count: usize, value: impl Fn(usize) -> String) -> String {
    let pairs: Vec<_> = (0..count)
        .map(|i| format!("\"{i:03}\": {}", value(i)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

#[test]
fn each_pair_is_found_wherever_it_stands() {
    for count in [1, 2, 3, 4, 5, 8, 31, 32, 33, 63, 64, 65, 100] {
        let old = wide(count, |i| i.to_string());
        assert_eq!(keys(&old, &old), "");
        for at in 0..count {
            let longer = wide(count, |i| {
                if i == at {
                    "\"long\"".into()
                } else {
                    i.to_string()
                }
            });
            assert_eq!(keys(&old, &longer), format!("{at:03}"), "{count}");
            let without: Vec<_> = (0..count)
                .filter(|i| *i != at)
                .map(|i| format!("\"{i:03}\": {i}"))
                .collect();
            let without = format!("{{{}}}", without.join(", "));
            assert_eq!(keys(&old, &without), format!("{at:03}"), "{count}");
            assert_eq!(keys(&without, &old), format!("{at:03}"), "{count}");
        }
    }
}

/// One value grows by one to four bytes, so that all behind it moves, and padding with it.
#[test]
fn values_that_moved_are_the_same() {
    let values = ["\"s\"", "1", "[1, \"x\"]", "{\"k\": null}", "true", "2.50"];
    for grown in 0..40 {
        for by in 1..=4 {
            let document = |extra: usize| {
                wide(40, |i| match i {
                    i if i == grown => format!("\"{}\"", "x".repeat(3 + extra)),
                    i => values[i % values.len()].to_owned(),
                })
            };
            assert_eq!(keys(&document(0), &document(by)), format!("{grown:03}"));
        }
    }
}

/// The same bytes at another offset are another value where padding is read.
#[test]
fn padding_is_no_content() {
    let pad = |n: usize| "x".repeat(n);
    for (a, b) in [(0, 1), (1, 2), (3, 4), (2, 6)] {
        let document = |n: usize, last: &str| {
            format!(
                r#"{{"a": "{}", "b": 7, "c": [7], "d": 8, "e": {last}}}"#,
                pad(n)
            )
        };
        assert_eq!(keys(&document(a, "9"), &document(b, "9")), "a");
        assert_eq!(keys(&document(a, "9"), &document(b, "9.0")), "a");
        assert_eq!(keys(&document(a, "9"), &document(b, "\"9\"")), "a e");
    }
}

/// Values that differ in their kind alone have no bytes to compare.
#[test]
fn kinds_without_content_differ() {
    let kinds = ["null", "true", "false", "\"\"", "[]", "{}", "0"];
    for a in kinds {
        for b in kinds {
            let differs = keys(&wide(9, |_| a.into()), &wide(9, |_| b.into()));
            assert_eq!(differs.is_empty(), a == b, "{a} {b}");
        }
    }
}

#[test]
fn changes_are_written_as_the_builder_builds_them() {
    for count in [0, 1, 3, 15, 16, 17, 40, 100] {
        let old = build(&wide(count, |i| {
            ["1.10", "[2]", "\"x\"", "null"][i % 4].into()
        }));
        let new = build(&wide(count, |i| {
            ["{}", "true", "2", "\"yyy\""][i % 4].into()
        }));
        let empty = build("{}");
        for (old, new) in [(&old, &new), (&old, &empty), (&empty, &new)] {
            let found = differences(old, new);
            assert_eq!(found.len(), count);
            let mut b = Builder::new();
            b.begin_object();
            for d in &found {
                b.change(d.key, d.old, d.new);
            }
            b.end();
            assert_eq!(write_changes(&found).unwrap(), b.finish().unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    /// It may say what it likes about garbage, but neither panics nor goes on without an end.
    #[test]
    fn corrupt_objects(
        count in 0_usize..40,
        old in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        new in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let values = ["1.10", "[2, {\"a\": 1}]", "\"some text\"", "null", "true"];
        let sound = build(&wide(count, |i| values[i % values.len()].into()));
        let spoil = |with: &[(prop::sample::Index, u8)]| {
            let mut bytes = sound.clone();
            for (at, byte) in with {
                bytes[at.index(sound.len())] ^= byte;
            }
            bytes
        };
        let (old, mut new) = (spoil(&old), spoil(&new));
        for _ in 0..2 {
            if let (Some(a), Some(b)) = (object(&old), object(&new)) {
                let found: Vec<_> = a.differences(b).collect();
                prop_assert!(found.len() <= a.len() + b.len() + 1);
                let failed = found.iter().position(|found| found.is_err());
                prop_assert!(failed.is_none_or(|at| at + 1 == found.len()));
                let found: Vec<_> = found.into_iter().flatten().collect();
                let written = write_changes(&found).unwrap();
                prop_assert!(open(&written).as_object().is_some());
            }
            new.truncate(cut.index(sound.len() + 1));
        }
    }
}
