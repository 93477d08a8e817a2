//! Numerics: text, order, conversion.

use super::super::{Numeric, NumericBuf};
use std::cmp::Ordering;

fn number(text: &str) -> NumericBuf {
    NumericBuf::parse(text).unwrap_or_else(|_| panic!("{text} is a number"))
}

/// A stored special value.
fn special(head: u16) -> Vec<u8> {
    let mut bytes = number("0").as_numeric().as_bytes().to_vec();
    bytes[4..].copy_from_slice(&head.to_ne_bytes());
    bytes
}

#[test]
fn text_keeps_every_digit_and_the_scale() {
    for (input, output) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("1.10", "1.10"),
        ("100", "100"),
        ("-9999", "-9999"),
        ("10000", "10000"),
        ("12345678901234567890.123", "12345678901234567890.123"),
        ("0.00010", "0.00010"),
        ("-0.000000000001", "-0.000000000001"),
        ("1e3", "1000"),
        ("1.5e+1", "15"),
        ("1.50e1", "15.0"),
        ("12.5e-3", "0.0125"),
        ("120e-1", "12.0"),
        ("5E2", "500"),
        ("10000.0001", "10000.0001"),
        ("0e10", "0"),
    ] {
        assert_eq!(number(input).as_numeric().to_string(), output, "{input}");
    }
}

#[test]
fn the_limits_are_those_of_numeric() {
    let largest = number("1e131071").as_numeric().to_string();
    assert_eq!(largest.len(), 131_072);
    assert!(
        largest
            .strip_prefix('1')
            .unwrap()
            .bytes()
            .all(|b| b == b'0')
    );
    let smallest = number("1e-16383").as_numeric().to_string();
    assert_eq!(smallest.len(), 2 + 16_383);
    assert!(smallest.ends_with("01"));
    let full = format!("{}.{}", "9".repeat(131_072), "9".repeat(16_383));
    assert_eq!(number(&full).as_numeric().to_string(), full);
    for bad in [
        "1e131072",
        "1e-16384",
        "1e99999999999",
        "1e-2147483648",
        "1e2147483647",
        "",
        "-",
        "+1",
        ".",
        "1.",
        ".5",
        "1e",
        "e1",
        "1.2.3",
        "--1",
        " 1",
        "0x1",
        "NaN",
        "Infinity",
        "1_000",
        "١",
    ] {
        assert!(NumericBuf::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn order_is_by_value_and_total() {
    let (negative, positive, nan) = (special(0xF000), special(0xD000), special(0xC000));
    let finite = [
        "-1e400",
        "-10000",
        "-1.0001",
        "-1",
        "-1e-400",
        "0",
        "1e-400",
        "0.0001",
        "0.1",
        "1",
        "1.00000000000000000001",
        "1.5",
        "2",
        "9999",
        "10000",
        "10000.5",
        "20000",
        "1e400",
    ]
    .map(number);
    let mut ascending = vec![Numeric::new(&negative).unwrap()];
    ascending.extend(finite.iter().map(NumericBuf::as_numeric));
    ascending.extend([&positive, &nan].map(|n| Numeric::new(n).unwrap()));
    for (i, a) in ascending.iter().enumerate() {
        for (j, b) in ascending.iter().enumerate() {
            assert_eq!(a.cmp(b), i.cmp(&j), "{a} {b}");
        }
    }
    let special = ascending.iter().filter(|n| n.is_special());
    let special: Vec<String> = special.map(Numeric::to_string).collect();
    assert_eq!(special, ["-Infinity", "Infinity", "NaN"]);
}

#[test]
fn scale_does_not_count() {
    for (a, b) in [
        ("1.0", "1.00"),
        ("1e3", "1000.000"),
        ("0", "-0.000"),
        ("10000", "1e4"),
        ("0.5", "0.50000000"),
    ] {
        let (a, b) = (number(a), number(b));
        assert_eq!(a.as_numeric().cmp(&b.as_numeric()), Ordering::Equal);
    }
}

#[test]
fn integers() {
    for (text, integer) in [
        ("0", Some(0)),
        ("0.00", Some(0)),
        ("-1", Some(-1)),
        ("2.00", Some(2)),
        ("10000", Some(10_000)),
        ("1.2e1", Some(12)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("1.5", None),
        ("0.0001", None),
        ("10000.0001", None),
        ("1e19", None),
        ("1e400", None),
    ] {
        assert_eq!(number(text).as_numeric().to_i64(), integer, "{text}");
    }
    for head in [0xC000, 0xD000, 0xF000] {
        assert_eq!(Numeric::new(&special(head)).unwrap().to_i64(), None);
    }
    for n in [
        0,
        1,
        -1,
        9_999,
        10_000,
        -10_001,
        100_000_000,
        i64::MAX,
        i64::MIN,
    ] {
        let (made, read) = (NumericBuf::from(n), number(&n.to_string()));
        assert_eq!(made.as_numeric().as_bytes(), read.as_numeric().as_bytes());
        assert_eq!(made.as_numeric().to_i64(), Some(n));
    }
}

/// A short header's weight has seven bits, the sign among them.
#[test]
fn short_weights() {
    for (bits, weight) in [(0, 0), (63, 63), (64, -64), (127, -1)] {
        let mut bytes = number("7").as_numeric().as_bytes().to_vec();
        bytes[4..6].copy_from_slice(&(0x8000_u16 | bits).to_ne_bytes());
        let expected = number(&format!("7e{}", weight * 4));
        assert_eq!(Numeric::new(&bytes).unwrap(), expected.as_numeric());
    }
}

/// Postgres strips zeros, but a reader must not depend on it.
#[test]
fn digits_need_not_be_stripped() {
    let stored = |weight: i16, digits: &[u16]| {
        let size = (8 + 2 * digits.len()) as u32;
        let word = if cfg!(target_endian = "little") {
            size << 2
        } else {
            size
        };
        let mut bytes = word.to_ne_bytes().to_vec();
        bytes.extend(0_u16.to_ne_bytes());
        bytes.extend(weight.to_ne_bytes());
        bytes.extend(digits.iter().flat_map(|d| d.to_ne_bytes()));
        bytes
    };
    let plain = number("30000");
    for bytes in [
        stored(2, &[0, 3, 0, 0]),
        stored(1, &[3]),
        stored(1, &[3, 0, 0]),
    ] {
        let n = Numeric::new(&bytes).unwrap();
        assert_eq!(n, plain.as_numeric());
        assert_eq!(n.to_i64(), Some(30_000));
    }
    let zero = stored(5, &[0, 0]);
    assert_eq!(Numeric::new(&zero).unwrap(), number("0.0").as_numeric());
}

#[test]
fn a_short_varlena_header_is_as_good() {
    let long = number("-123456.7890");
    let body = &long.as_numeric().as_bytes()[4..];
    let size = (body.len() + 1) as u8;
    let head = if cfg!(target_endian = "little") {
        size << 1 | 1
    } else {
        size | 0x80
    };
    let short: Vec<u8> = [&[head], body, b"rest"].concat();
    let read = Numeric::new(&short).unwrap();
    assert_eq!(read, long.as_numeric());
    assert_eq!(read.to_string(), "-123456.7890");
    assert_eq!(read.as_bytes().len(), size as usize);
}

#[test]
fn truncated_and_external_are_refused() {
    let n = number("123456789.123");
    let bytes = n.as_numeric().as_bytes();
    for len in 0..bytes.len() {
        assert!(Numeric::new(&bytes[..len]).is_none(), "{len}");
    }
    let (external, compressed) = if cfg!(target_endian = "little") {
        ([0x01, 18, 0, 0, 0, 0], [0x1A, 0, 0, 0, 0, 0])
    } else {
        ([0x80, 18, 0, 0, 0, 0], [0x40, 0, 0, 6, 0, 0])
    };
    assert!(Numeric::new(&external).is_none());
    assert!(Numeric::new(&compressed).is_none());
}
