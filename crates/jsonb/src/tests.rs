//! What the module does, by example. Laws over random documents and hostile input have their own files.

mod compare;
mod hostile;
mod laws;
mod numbers;

use super::canonical::hash_into;
use super::*;

/// Documents as Postgres stores them: input, jsonb's text, container bytes.
#[cfg(target_endian = "little")]
fn fixtures() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let unhex = |hex: &str| {
        let pairs = hex.as_bytes().chunks(2);
        let digit = |d: &u8| (*d as char).to_digit(16).unwrap() as u8;
        pairs.map(|p| digit(&p[0]) << 4 | digit(&p[1])).collect()
    };
    let lines = include_str!("fixtures.tsv").lines().skip(1);
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    fields.map(|f| (f[0], f[1], unhex(f[2]))).collect()
}

/// On other machines the builder's own bytes stand in.
#[cfg(target_endian = "big")]
fn fixtures() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let lines = include_str!("fixtures.tsv").lines().skip(1);
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    fields.map(|f| (f[0], f[1], build(f[0]))).collect()
}

/// Container bytes of a JSON text.
fn build(json: &str) -> Vec<u8> {
    let mut b = Builder::new();
    b.json(&serde_json::from_str(json).unwrap());
    b.finish().unwrap().into()
}

fn open(bytes: &[u8]) -> Value<'_> {
    Jsonb::new(bytes).unwrap().root()
}

/// The canonical form.
fn form(value: Value<'_>) -> Vec<u8> {
    let mut form = Vec::new();
    hash_into(value, &mut |piece| form.extend_from_slice(piece)).unwrap();
    form
}

#[test]
fn reads_what_postgres_stored() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 20);
    for (input, text, bytes) in fixtures {
        let doc = Jsonb::new(&bytes).unwrap();
        assert_eq!(doc.check(), Ok(()), "{input}");
        assert_eq!(doc.root().to_string(), text);
    }
}

#[test]
fn builds_the_bytes_that_postgres_builds() {
    for (input, _, bytes) in fixtures() {
        assert_eq!(build(input), bytes, "{input}");
    }
}

#[test]
fn finds_keys_in_objects_of_every_size() {
    for size in [0, 1, 2, 31, 32, 33, 63, 64, 65, 200, 1000] {
        for width in [0, 5] {
            let mut b = Builder::new();
            b.begin_object();
            for i in (0..size).rev() {
                b.key(format!("{i:0width$}")).int(i);
            }
            b.end();
            let bytes = b.finish().unwrap();
            let object = open(&bytes).as_object().unwrap();
            assert_eq!(object.len(), size as usize);
            assert_eq!(object.is_empty(), size == 0);
            for i in 0..size {
                let key = format!("{i:0width$}");
                assert!(object.contains_key(&key), "{key} of {size}");
                assert_eq!(object.get(&key).unwrap().as_i64(), Some(i));
            }
            for absent in ["", "x", "-1", "0000x", "00000000", "99999999"] {
                assert!(!object.contains_key(absent));
                assert!(object.get(absent).is_none());
            }
            let keys: Vec<_> = object.keys().collect();
            assert!(keys.is_sorted_by(|a, b| key_cmp(a, b).is_lt()));
            assert!(object.iter().map(|(k, _)| k).eq(keys));
        }
    }
}

#[test]
fn tells_null_from_absent() {
    let bytes = build(r#"{"a": null}"#);
    let object = open(&bytes).as_object().unwrap();
    assert!(object.contains_key("a") && !object.contains_key("b"));
    assert!(object.get("a").unwrap().is_null());
    assert!(object.get("b").is_none());
}

#[test]
fn keys_are_bytes() {
    let bytes = build("{\"\": 0, \"caf\u{e9}\": 1, \"cafe\u{301}\": 2, \"Caf\u{e9}\": 3}");
    let object = open(&bytes).as_object().unwrap();
    let get = |key: &str| object.get(key).and_then(|v| v.as_i64());
    assert_eq!(get(""), Some(0));
    assert_eq!(get("caf\u{e9}"), Some(1), "composed");
    assert_eq!(get("cafe\u{301}"), Some(2), "decomposed");
    assert_eq!(get("Caf\u{e9}"), Some(3));
    assert_eq!(get("cafe"), None);
}

#[test]
fn arrays_by_index_and_in_order() {
    for size in [0, 1, 32, 33, 64, 65, 300] {
        let elements: Vec<String> = (0..size).map(|i| format!("n{i}")).collect();
        let bytes = build(&serde_json::to_string(&elements).unwrap());
        let array = open(&bytes).as_array().unwrap();
        assert_eq!((array.len(), array.is_empty()), (size, size == 0));
        for (i, element) in elements.iter().enumerate() {
            assert_eq!(array.get(i).unwrap().as_str(), Some(element.as_str()));
        }
        assert!(array.get(size).is_none());
        assert!(array.iter().map(|v| v.as_str().unwrap()).eq(elements));
    }
}

#[test]
fn bare_scalars_are_their_own_kind() {
    for (json, kind) in [
        ("null", "null"),
        ("true", "boolean"),
        ("\"\"", "string"),
        ("7", "number"),
        ("[7]", "array"),
        ("{}", "object"),
    ] {
        let bytes = build(json);
        assert_eq!(Jsonb::new(&bytes).unwrap().kind().name(), kind);
    }
    assert_ne!(open(&build("7")), open(&build("[7]")));
}

#[test]
fn equality_is_that_of_jsonb() {
    let same = |a: &str, b: &str| {
        let (a, b) = (build(a), build(b));
        let equal = open(&a) == open(&b);
        assert_eq!(equal, form(open(&a)) == form(open(&b)), "form and equality");
        assert_eq!(equal, open(&b) == open(&a));
        equal
    };
    assert!(same("1.0", "1.00"));
    assert!(same(r#"{"a": [1, 2.50]}"#, r#"{"a": [1.000, 2.5]}"#));
    assert!(same(r#"{"a": 1, "b": 2}"#, r#"{"b": 2, "a": 1}"#));
    assert!(same("[{}, []]", "[{}, []]"));
    assert!(same("1e3", "1000"));
    for (a, b) in [
        ("1", "\"1\""),
        ("null", "false"),
        ("[]", "{}"),
        ("[1, 2]", "[2, 1]"),
        ("[1]", "[1, 1]"),
        ("[[1], 2]", "[[1, 2]]"),
        (r#"{"a": 1}"#, r#"{"b": 1}"#),
        (r#"{"a": null}"#, "{}"),
        (r#"{"a": {"b": 1.0}}"#, r#"{"a": {"b": 1.01}}"#),
        (r#"["a", "b"]"#, r#"["ab", ""]"#),
        (r#"{"a": "b"}"#, r#"["a", "b"]"#),
    ] {
        assert!(!same(a, b), "{a} {b}");
    }
}

/// Hashes of the form are stored, so it must never change.
#[test]
fn canonical_form_is_fixed() {
    let bytes = build(r#"{"b": [null, true, false, -12345.60], "a": "x", "cc": {"": 0}}"#);
    let number = [
        &b"d\xff"[..],
        &1_i32.to_le_bytes(),
        &3_u32.to_le_bytes(),
        &[1, 0, 0x29, 0x09, 0x70, 0x17],
    ]
    .concat();
    let len = |n: u64| n.to_le_bytes();
    let expected = [
        &b"o"[..],
        &len(3),
        &len(1),
        b"a",
        b"s",
        &len(1),
        b"x",
        &len(1),
        b"b",
        b"a",
        &len(4),
        b"ntf",
        &number,
        &len(2),
        b"cc",
        b"o",
        &len(1),
        &len(0),
        b"d\0\0\0\0\0\0\0\0\0",
    ]
    .concat();
    assert_eq!(form(open(&bytes)), expected);
}

#[test]
fn last_of_equal_keys_wins() {
    let mut b = Builder::new();
    b.begin_object();
    for i in 0..50 {
        b.key("k").int(i).key(format!("k{}", i % 3)).int(i);
    }
    b.key("k").begin_array().end().end();
    let bytes = b.finish().unwrap();
    assert_eq!(
        open(&bytes).to_string(),
        r#"{"k": [], "k0": 48, "k1": 49, "k2": 47}"#
    );
    assert_eq!(open(&bytes), open(&build(&open(&bytes).to_string())));
}

#[test]
fn passes_values_through_unchanged() {
    for (input, _, bytes) in fixtures() {
        let value = open(&bytes);
        let mut b = Builder::new();
        b.value(value);
        assert_eq!(b.finish().unwrap(), bytes, "{input}");

        // Behind strings of every length modulo four, so that padding differs.
        for pad in ["", "x", "xx", "xxx"] {
            let mut b = Builder::new();
            b.begin_array().string(pad).value(value).end();
            let outer = b.finish().unwrap();
            assert_eq!(outer, build(&format!("[{pad:?}, {input}]")), "{input}");
        }
    }
}

#[test]
fn builds_changes() {
    let (old, new) = (build("1.0"), build(r#"{"x": [2]}"#));
    let mut b = Builder::new();
    b.begin_object()
        .change("both", Some(open(&old)), Some(open(&new)))
        .change("gone", Some(open(&old)), None)
        .change("come", None, Some(open(&new)))
        .end();
    assert_eq!(
        open(&b.finish().unwrap()).to_string(),
        r#"{"both": {"new": {"x": [2]}, "old": 1.0}, "come": {"new": {"x": [2]}}, "gone": {"old": 1.0}}"#
    );
}

#[test]
fn appends_behind_a_header_and_is_reusable() {
    let mut b = Builder::new();
    let mut out = List::copy_of(&[0xAA; 3]).unwrap();
    b.begin_object().key("a").null().key("b").int(5).end();
    b.finish_into(&mut out).unwrap();
    assert_eq!(out[..3], [0xAA; 3]);
    assert_eq!(out[3..], build(r#"{"a": null, "b": 5}"#));
    b.clear();
    b.begin_array().bool(true).end();
    assert_eq!(b.finish().unwrap(), build("[true]"));
}

#[test]
fn refuses_calls_that_form_no_document() {
    type Calls = fn(&mut Builder);
    let misuses: [Calls; 10] = [
        |_| {},
        |b| {
            b.null().null();
        },
        |b| {
            b.end();
        },
        |b| {
            b.begin_array();
        },
        |b| {
            b.begin_object().int(1).end();
        },
        |b| {
            b.begin_object().key("a").end();
        },
        |b| {
            b.begin_object().key("a").key("b").int(1).end();
        },
        |b| {
            b.begin_array().key("a").int(1).end();
        },
        |b| {
            b.key("a").int(1);
        },
        |b| {
            b.begin_array().end().end();
        },
    ];
    for (i, misuse) in misuses.iter().enumerate() {
        let mut b = Builder::new();
        misuse(&mut b);
        assert_eq!(b.finish(), Err(BuildError::Misuse), "number {i}");
    }
    let refuse = |calls: Calls, error| {
        let mut b = Builder::new();
        b.begin_object().key("k");
        calls(&mut b);
        b.end();
        assert_eq!(b.finish(), Err(error));
    };
    refuse(
        |b| {
            b.string("a\0b");
        },
        BuildError::NulByte,
    );
    refuse(
        |b| {
            b.int(1).key("\0").int(1);
        },
        BuildError::NulByte,
    );
    refuse(
        |b| {
            b.decimal("x").null();
        },
        BuildError::BadNumber,
    );
}

#[test]
fn refuses_what_is_too_large() {
    let mut b = Builder::new();
    b.begin_array();
    for _ in 0..10 {
        b.begin_object()
            .key("key")
            .string("seventeen letters")
            .end();
    }
    b.end();
    // An object is 4 + 2 * 4 + 3 + 17 bytes, and its first neighbour pads none.
    let built = |max| b.finish_within(&mut List::new(), max);
    assert_eq!(built(320), Ok(()));
    assert_eq!(built(319), Err(BuildError::TooLarge));
    assert_eq!(built(19), Err(BuildError::TooLarge));
}
