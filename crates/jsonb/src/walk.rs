//! A whole document as a sequence of events, equality, and text. All of it iterative: the depth of a
//! document costs heap, not stack.

use super::reader::{Array, ArrayIter, Corrupt, Object, ObjectIter, Value};
use std::fmt::{self, Write};

/// One step through a document, in depth-first order.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
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

/// Visits a value and all below it. Fails at the first corrupt place; the events so far have been seen.
pub fn walk<'a>(value: Value<'a>, visit: &mut impl FnMut(Event<'a>)) -> Result<(), Corrupt> {
    visit(Event::Value(value));
    let mut open: Vec<Frame<'a>> = Frame::open(value).into_iter().collect();
    while let Some(frame) = open.last_mut() {
        match frame.next() {
            Some((key, value)) => {
                if let Some(key) = key {
                    visit(Event::Key(key));
                }
                visit(Event::Value(value));
                open.extend(Frame::open(value));
            }
            None if frame.is_corrupt() => return Err(Corrupt),
            None => {
                visit(Event::End(frame.value()));
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

impl PartialEq for Value<'_> {
    /// Corrupt values are equal to nothing but the same bytes.
    fn eq(&self, other: &Self) -> bool {
        // Same bytes, same value; not so the other way round, for numbers may differ in scale. Tried at
        // the top only: at every level it would be quadratic in the depth.
        if same_bytes(*self, *other) {
            return true;
        }
        if !same_outside(*self, *other) {
            return false;
        }
        let both = |a, b| Frame::open(a).zip(Frame::open(b));
        let mut open: Vec<_> = both(*self, *other).into_iter().collect();
        while let Some((a, b)) = open.last_mut() {
            match (a.next(), b.next()) {
                (Some((key_a, a)), Some((key_b, b))) => {
                    if key_a != key_b || !same_outside(a, b) {
                        return false;
                    }
                    open.extend(both(a, b));
                }
                (None, None) if !a.is_corrupt() && !b.is_corrupt() => {
                    open.pop();
                }
                _ => return false,
            }
        }
        true
    }
}

impl Eq for Value<'_> {}

/// JSON text as jsonb's own output has it (`{"a": [1, 2]}`), for messages and tests. Bytes that are not
/// UTF-8 are replaced, and corrupt places end it with `<corrupt>`.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        // Whether a comma is due before the next key or element.
        let mut comma = false;
        let walked = walk(*self, &mut |event| {
            if result.is_ok() {
                result = write_event(f, event, &mut comma);
            }
        });
        result?;
        match walked {
            Ok(()) => Ok(()),
            Err(Corrupt) => f.write_str("<corrupt>"),
        }
    }
}

fn write_event(f: &mut fmt::Formatter<'_>, event: Event<'_>, comma: &mut bool) -> fmt::Result {
    if *comma && !matches!(event, Event::End(_)) {
        f.write_str(", ")?;
    }
    *comma = true;
    match event {
        Event::Value(Value::Null) => f.write_str("null"),
        Event::Value(Value::Bool(b)) => write!(f, "{b}"),
        Event::Value(Value::Number(n)) => write!(f, "{n}"),
        Event::Value(Value::String(s)) => write_string(f, s),
        Event::Value(Value::Array(_)) => {
            *comma = false;
            f.write_char('[')
        }
        Event::Value(Value::Object(_)) => {
            *comma = false;
            f.write_char('{')
        }
        Event::Key(k) => {
            *comma = false;
            write_string(f, k)?;
            f.write_str(": ")
        }
        Event::End(Value::Object(_)) => f.write_char('}'),
        Event::End(_) => f.write_char(']'),
    }
}

fn write_string(f: &mut fmt::Formatter<'_>, s: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for c in String::from_utf8_lossy(s).chars() {
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
    f.write_char('"')
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
