//! The canonical form of a document: the bytes that are hashed, for instance to tell whether a repeated
//! idempotency key comes with the same content. Equal documents (jsonb's `=`) have the same form, and
//! different ones differ, for every part says its own length.
//!
//! The form of a value, all integers little-endian:
//!
//! | value | bytes |
//! |---|---|
//! | `null`, `false`, `true` | `n`, `f`, `t` |
//! | string | `s`, length as u64, bytes |
//! | number | `d`, rank as i8 (0 zero, 1 and -1 finite, 2 and -2 infinite, 3 NaN), weight as i32, count of digits as u32, each digit as u16 |
//! | array | `a`, count as u64, the elements |
//! | object | `o`, count as u64, for each key in jsonb's order its length as u64, its bytes, its value |
//!
//! A number's digits are its base-10000 digits without zeros at either end, and its weight is the first
//! one's power of 10000, so `1.0`, `1.00` and `1` are the same. The form must never change: hashes of it
//! are stored.

use super::numeric::{Numeric, digit};
use super::reader::{Unread, Value};
use super::walk::{Token, walk};

/// Feeds the canonical form of a value to `feed`, piece by piece. After an error what was fed is of no use.
pub fn hash_into(value: Value<'_>, feed: &mut impl FnMut(&[u8])) -> Result<(), Unread> {
    walk(value, &mut |event| match event {
        Token::Value(Value::Null) => feed(b"n"),
        Token::Value(Value::Bool(false)) => feed(b"f"),
        Token::Value(Value::Bool(true)) => feed(b"t"),
        Token::Value(Value::String(s)) => {
            feed(&sized(b's', s.len()));
            feed(s);
        }
        Token::Value(Value::Number(n)) => number(n, feed),
        Token::Value(Value::Array(a)) => feed(&sized(b'a', a.len())),
        Token::Value(Value::Object(o)) => feed(&sized(b'o', o.len())),
        Token::Key(k) => {
            feed(&(k.len() as u64).to_le_bytes());
            feed(k);
        }
        Token::End(_) => {}
    })
}

fn sized(tag: u8, len: usize) -> [u8; 9] {
    let mut out = [tag; 9];
    if let Some(rest) = out.last_chunk_mut() {
        *rest = (len as u64).to_le_bytes();
    }
    out
}

fn number(n: Numeric<'_>, feed: &mut impl FnMut(&[u8])) {
    let n = n.normal();
    feed(&[b'd', n.rank.cast_unsigned()]);
    feed(&n.weight.to_le_bytes());
    feed(&(n.digits.len() as u32).to_le_bytes());
    if cfg!(target_endian = "little") {
        feed(n.digits.as_flattened());
    } else {
        for d in n.digits {
            feed(&digit(d).to_le_bytes());
        }
    }
}
