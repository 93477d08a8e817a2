//! A whole document as a sequence of tokens, equality, and text. All of it iterative: the depth of a
//! document costs heap, not stack.

use super::grow::{List, OutOfMemory};
use super::reader::{Array, ArrayIter, Object, ObjectIter, Unread, Value};
use std::fmt::{self, Write};

/// One step through a document, in depth-first order.
#[derive(Debug, Clone, Copy)]
pub enum Token<'a> {
    /// A value: a scalar, or a container whose content follows up to its `End`.
    Value(Value<'a>),
    /// The key of the value that follows.
    Key(&'a [u8]),
    /// The end of an object or array.
    End(Value<'a>),
}

enum Frame<'a> {
    Object(Object<'a>, ObjectIter<'a>),
    Array(Array<'a>, ArrayIter<'a>),
}

impl<'a> Frame<'a> {
    fn open(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Object(o) => Some(Frame::Object(o, o.iter())),
            Value::Array(a) => Some(Frame::Array(a, a.iter())),
            _ => None,
        }
    }

    fn next(&mut self) -> Option<(Option<&'a [u8]>, Value<'a>)> {
        match self {
            Frame::Object(_, pairs) => pairs.next().map(|(k, v)| (Some(k), v)),
            Frame::Array(_, elements) => elements.next().map(|v| (None, v)),
        }
    }

    fn is_corrupt(&self) -> bool {
        match self {
            Frame::Object(_, pairs) => pairs.is_corrupt(),
            Frame::Array(_, elements) => elements.is_corrupt(),
        }
    }

    fn value(&self) -> Value<'a> {
        match self {
            Frame::Object(o, _) => Value::Object(*o),
            Frame::Array(a, _) => Value::Array(*a),
        }
    }
}

/// Visits a value and all below it. Fails at the first place that cannot be read; the tokens so far have been seen.
pub fn walk<'a>(value: Value<'a>, visit: &mut impl FnMut(Token<'a>)) -> Result<(), Unread> {
    visit(Token::Value(value));
    let mut open = List::of(Frame::open(value))?;
    while let Some(frame) = open.last_mut() {
        match frame.next() {
            Some((key, value)) => {
                if let Some(key) = key {
                    visit(Token::Key(key));
                }
                visit(Token::Value(value));
                if let Some(frame) = Frame::open(value) {
                    open.push(frame)?;
                }
            }
            None if frame.is_corrupt() => return Err(Unread::Corrupt),
            None => {
                visit(Token::End(frame.value()));
                open.pop();
            }
        }
    }
    Ok(())
}

/// Whether two values agree but for what lies inside them.
fn same_outside(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len(),
        (Value::Object(a), Value::Object(b)) => a.len() == b.len(),
        _ => false,
    }
}

fn same_bytes(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.as_bytes() == b.as_bytes(),
        (Value::Object(a), Value::Object(b)) => a.as_bytes() == b.as_bytes(),
        _ => false,
    }
}

impl Value<'_> {
    /// Whether they are equal, as jsonb's own `=` says: numbers by value (`1.0 = 1.00`), strings byte by byte,
    /// arrays in order, objects key by key. Corrupt values are equal to nothing but the same bytes.
    pub fn same(&self, other: &Value<'_>) -> Result<bool, OutOfMemory> {
        // Same bytes, same value; not so the other way round, for numbers may differ in scale. Tried at
        // the top only: at every level it would be quadratic in the depth.
        if same_bytes(*self, *other) {
            return Ok(true);
        }
        if !same_outside(*self, *other) {
            return Ok(false);
        }
        let both = |a, b| Frame::open(a).zip(Frame::open(b));
        let mut open = List::of(both(*self, *other))?;
        while let Some((a, b)) = open.last_mut() {
            match (a.next(), b.next()) {
                (Some((key_a, a)), Some((key_b, b))) => {
                    if key_a != key_b || !same_outside(a, b) {
                        return Ok(false);
                    }
                    if let Some(frames) = both(a, b) {
                        open.push(frames)?;
                    }
                }
                (None, None) if !a.is_corrupt() && !b.is_corrupt() => {
                    open.pop();
                }
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Appends JSON text as jsonb's own output has it (`{"a": [1, 2]}`). Bytes that are not UTF-8 are replaced.
    pub fn write_text(&self, to: &mut List<u8>) -> Result<(), Unread> {
        let mut written = Ok(());
        let mut comma = false;
        walk(*self, &mut |token| {
            if written.is_ok() {
                written = write_token(to, token, &mut comma);
            }
        })?;
        // Nothing but memory keeps a list from taking text.
        let bytes = to.len();
        written.map_err(|fmt::Error| Unread::OutOfMemory(OutOfMemory { bytes }))
    }
}

/// For tests: whoever compares outside of them has to say what is to be done where there is no memory.
#[cfg(test)]
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.same(other).unwrap()
    }
}

/// The same text as [`Value::write_text`] writes, for messages and tests. Corrupt places end it with `<corrupt>`.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        // Whether a comma is due before the next key or element.
        let mut comma = false;
        let walked = walk(*self, &mut |token| {
            if result.is_ok() {
                result = write_token(f, token, &mut comma);
            }
        });
        result?;
        match walked {
            Ok(()) => Ok(()),
            Err(Unread::Corrupt) => f.write_str("<corrupt>"),
            Err(Unread::OutOfMemory(_)) => Err(fmt::Error),
        }
    }
}

fn write_token(f: &mut impl Write, token: Token<'_>, comma: &mut bool) -> fmt::Result {
    if *comma && !matches!(token, Token::End(_)) {
        f.write_str(", ")?;
    }
    *comma = true;
    match token {
        Token::Value(Value::Null) => f.write_str("null"),
        Token::Value(Value::Bool(b)) => write!(f, "{b}"),
        Token::Value(Value::Number(n)) => write!(f, "{n}"),
        Token::Value(Value::String(s)) => write_string(f, s),
        Token::Value(Value::Array(_)) => {
            *comma = false;
            f.write_char('[')
        }
        Token::Value(Value::Object(_)) => {
            *comma = false;
            f.write_char('{')
        }
        Token::Key(k) => {
            *comma = false;
            write_string(f, k)?;
            f.write_str(": ")
        }
        Token::End(Value::Object(_)) => f.write_char('}'),
        Token::End(_) => f.write_char(']'),
    }
}

fn write_string(f: &mut impl Write, s: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for chunk in s.utf8_chunks() {
        write_escaped(f, chunk.valid())?;
        if !chunk.invalid().is_empty() {
            f.write_char(char::REPLACEMENT_CHARACTER)?;
        }
    }
    f.write_char('"')
}

fn write_escaped(f: &mut impl Write, text: &str) -> fmt::Result {
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
