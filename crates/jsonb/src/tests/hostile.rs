//! Corrupt, deep and huge input. A reader may say what it likes about garbage, but never panics, never
//! takes long and never reads outside (the crate's checks see to that in these builds).

use super::super::canonical::hash_into;
use super::super::{Builder, Jsonb, Numeric, Unread, Value};
use super::{build, fixtures, form, open};
use proptest::prelude::*;

/// Does everything that can be done to a document.
fn poke(bytes: &[u8]) {
    let Ok(doc) = Jsonb::new(bytes) else {
        return;
    };
    let root = doc.root();
    let checked = doc.check();
    assert_eq!(hash_into(root, &mut |_| {}), checked);
    // Beside numbers of another scale, so that not the bytes alone decide.
    let beside = |scale: &str| {
        let mut b = Builder::new();
        // Strings with NUL bytes pass here, for they were in a stored value.
        b.begin_array().value(root).decimal(scale).end();
        b.finish().unwrap()
    };
    let (a, b) = (beside("1.0"), beside("1.00"));
    assert_eq!(open(&a) == open(&b), checked.is_ok());
    assert_eq!(root.to_string().ends_with("<corrupt>"), checked.is_err());
    match root {
        Value::Object(o) => {
            for key in ["", "a", "key7", "channel"] {
                assert!(o.get(key).is_none() || o.contains_key(key));
            }
            let mut pairs = o.iter();
            let seen = pairs.by_ref().count();
            assert!(seen == o.len() || pairs.is_corrupt());
            assert!(o.keys().count() <= o.len());
        }
        Value::Array(a) => {
            let mut elements = a.iter();
            let seen = elements.by_ref().count();
            assert!(seen == a.len() || elements.is_corrupt());
            assert!(a.get(usize::MAX).is_none());
        }
        Value::Number(n) => _ = n.to_i64(),
        _ => {}
    }
}

#[test]
fn truncated_documents() {
    for (input, _, bytes) in fixtures() {
        for len in 0..bytes.len() {
            let cut = &bytes[..len];
            poke(cut);
            let sound = Jsonb::new(cut).is_ok_and(|doc| doc.check().is_ok());
            assert!(!sound, "{input} cut to {len}");
        }
    }
}

#[test]
fn headers_that_are_none() {
    for bytes in [&[][..], &[0], &[0, 0, 0]] {
        assert!(Jsonb::new(bytes).is_err(), "{bytes:x?}");
    }
    for header in [
        0_u32,
        1,
        0x1000_0000,
        0x1000_0001,
        0x3000_0001,
        0x5000_0000,
        0x5000_0002,
        0x6000_0001,
        0x8000_0001,
        0x4FFF_FFFF,
        0x2FFF_FFFF,
    ] {
        // Two nulls follow, so that a table is there.
        let words = [header, 0xC000_0000, 0x4000_0000];
        let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
        assert!(Jsonb::new(&bytes).is_err(), "{header:x}");
    }
}

/// Entries that step back would let two children share their bytes, and reading would double with each
/// level: 2^40 steps here.
#[test]
fn entries_that_step_back() {
    let mut inner = build("[1]");
    for _ in 0..40 {
        let size = inner.len() as u32;
        let entries = [
            0x4000_0003,
            0x5000_0000 | size,
            0xC000_0000,
            0x5000_0000 | size,
        ];
        let table = entries.iter().flat_map(|e: &u32| e.to_ne_bytes());
        inner = table.chain(inner.iter().copied()).collect();
    }
    assert_eq!(Jsonb::new(&inner).unwrap().check(), Err(Unread::Corrupt));
}

/// Postgres writes an offset into every 32nd entry, but says that readers must not rely on it.
#[test]
fn no_offsets_at_all() {
    let count = 5_000_u32;
    let mut bytes = (0x2000_0000 | count).to_ne_bytes().to_vec();
    bytes.extend((0..count).flat_map(|_| 4_u32.to_ne_bytes()));
    bytes.extend((0..count).flat_map(|_| 0x4000_0000_u32.to_ne_bytes()));
    bytes.extend((0..count).flat_map(|i| format!("{i:04}").into_bytes()));
    let object = open(&bytes).as_object().unwrap();
    for i in 0..count {
        assert!(object.get(format!("{i:04}")).unwrap().is_null());
    }
    assert_eq!(object.iter().count(), count as usize);
}

fn nested(depth: usize, object: bool, core: i64) -> Vec<u8> {
    let mut b = Builder::new();
    for _ in 0..depth {
        if object {
            b.begin_object().key("k");
        } else {
            b.begin_array();
        }
    }
    b.int(core);
    for _ in 0..depth {
        b.end();
    }
    b.finish().unwrap().into()
}

/// On a thread with too little stack for any recursion of 50,000 levels.
#[test]
fn deep_nesting() {
    let deep = || {
        let depth = 50_000;
        for object in [false, true] {
            let (a, b, c) = (
                nested(depth, object, 1),
                nested(depth, object, 1),
                nested(depth, object, 2),
            );
            poke(&a);
            assert_eq!(Jsonb::new(&a).unwrap().check(), Ok(()));
            assert!(open(&a) == open(&b));
            assert!(open(&a) != open(&c));
            assert!(form(open(&a)) == form(open(&b)));
            assert!(form(open(&a)) != form(open(&c)));
            let text = open(&a).to_string();
            assert_eq!(text.matches(['[', '{']).count(), depth);
        }
    };
    let thread = std::thread::Builder::new().stack_size(128 * 1024);
    thread.spawn(deep).unwrap().join().unwrap();
}

#[test]
fn megabytes() {
    let long = "x".repeat(3_000_001);
    let mut b = Builder::new();
    b.begin_object().key(&long).string(&long).key("n").int(7);
    b.key("list").begin_array();
    for i in 0..100_000 {
        b.int(i);
    }
    b.end().end();
    let bytes = b.finish().unwrap();
    poke(&bytes);
    let object = open(&bytes).as_object().unwrap();
    assert_eq!(object.get(&long).unwrap().as_str(), Some(long.as_str()));
    assert_eq!(object.get("n").unwrap().as_i64(), Some(7));
    let list = object.get("list").unwrap().as_array().unwrap();
    for i in [0, 31, 32, 33, 65_536, 99_999] {
        assert_eq!(list.get(i).unwrap().as_i64(), Some(i as i64));
    }
    assert!(
        list.iter()
            .enumerate()
            .all(|(i, v)| v.as_i64() == Some(i as i64))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn random_bytes(mut bytes in prop::collection::vec(any::<u8>(), 0..300), head in 0_usize..4, count in 0_u32..12) {
        let flags = [0x2000_0000, 0x4000_0000, 0x5000_0000];
        if let (Some(place), Some(flags)) = (bytes.first_chunk_mut(), flags.get(head)) {
            *place = (flags | count).to_ne_bytes();
        }
        poke(&bytes);
    }

    #[test]
    fn random_entries(entries in prop::collection::vec((0_u32..8, any::<bool>(), 0_u32..40), 1..12), data in prop::collection::vec(any::<u8>(), 0..80), object: bool) {
        let count = entries.len() as u32 / if object { 2 } else { 1 };
        let head = if object { 0x2000_0000 } else { 0x4000_0000 } | count;
        let entries = entries.iter().map(|(kind, off, len)| kind << 28 | u32::from(*off) << 31 | len);
        let words = std::iter::once(head).chain(entries);
        let bytes: Vec<u8> = words.flat_map(u32::to_ne_bytes).chain(data).collect();
        poke(&bytes);
    }

    #[test]
    fn documents_with_flipped_bytes(which in any::<prop::sample::Index>(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let fixtures = fixtures();
        let mut bytes = which.get(&fixtures).2.clone();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        poke(&bytes);
    }

    #[test]
    fn random_numerics(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Some(n) = Numeric::new(&bytes) {
            prop_assert_eq!(n.cmp(&n), std::cmp::Ordering::Equal);
            prop_assert!(n.to_string().len() <= 1 + 5 * 32_768 + 1 + 16_384);
            _ = n.to_i64();
        }
    }
}
