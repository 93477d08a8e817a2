//! Stored jsonb as the validator reads it: in place, with no tree made of it.

use crate::Problem;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use jsonschema::types::JsonType;
use jsonschema_value::LazyInstance;
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::panic::resume_unwind;

/// The representation.
pub(super) struct Stored;

/// What one validation may cost. Schemas can be written that visit a value again and again, at each level of a document, and
/// the validator itself knows no bound. Each look at a value is counted here, as all that it does begins with one.
pub(super) struct Meter {
    left: Cell<u64>,
    /// whether the stack has come to its end
    is_deep: fn() -> bool,
}

/// Why a validation was given up: it goes up the stack to `Meter::run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// it looked more often than any payload is worth
    Steps,
    /// the stack came to its end
    Stack,
}

impl Meter {
    pub(super) fn new(steps: u64, is_deep: fn() -> bool) -> Meter {
        Meter {
            left: Cell::new(steps),
            is_deep,
        }
    }

    /// Runs a validation, or as much of it as it may cost.
    pub(super) fn run<R>(f: impl FnOnce() -> R) -> Result<R, Exhausted> {
        // What is unwound is the validator's, which has no state but its own.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
        outcome.map_err(|panic| match panic.downcast::<Exhausted>() {
            Ok(exhausted) => *exhausted,
            Err(other) => resume_unwind(other),
        })
    }

    /// A value is looked at.
    #[inline]
    fn step(&self) {
        let left = self.left.get();
        if left == 0 {
            resume_unwind(Box::new(Exhausted::Steps));
        }
        self.left.set(left - 1);
    }

    /// A container is opened.
    #[inline]
    fn open(&self) {
        self.step();
        if (self.is_deep)() {
            resume_unwind(Box::new(Exhausted::Stack));
        }
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub(super) struct Instance<'a> {
    value: jsonb::Value<'a>,
    /// none for the name of a property
    meter: Option<&'a Meter>,
}

impl<'a> Instance<'a> {
    pub(super) fn new(value: jsonb::Value<'a>, meter: &'a Meter) -> Instance<'a> {
        Instance {
            value,
            meter: Some(meter),
        }
    }

    fn with(self, value: jsonb::Value<'a>) -> Instance<'a> {
        Instance { value, ..self }
    }

    #[inline]
    fn step(self) {
        if let Some(meter) = self.meter {
            meter.step();
        }
    }

    #[inline]
    fn open(self) {
        if let Some(meter) = self.meter {
            meter.open();
        }
    }
}

/// Strings of a database in UTF-8 are valid. Damaged ones are read as far as they can be.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

impl Json for Stored {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(
        buffer: &mut String,
        string: &str,
        f: impl FnOnce(Instance<'_>) -> T,
    ) -> T {
        string.clone_into(buffer);
        f(Instance {
            value: jsonb::Value::String(buffer.as_bytes()),
            meter: None,
        })
    }
}

impl<'a> Node<'a, Stored> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = Numeric<'a>;

    #[inline]
    fn as_object(&self) -> Option<Members<'a>> {
        let object = self.value.as_object()?;
        self.open();
        Some(Members { object, of: *self })
    }

    #[inline]
    fn as_array(&self) -> Option<Elements<'a>> {
        let array = self.value.as_array()?;
        self.open();
        Some(Elements { array, of: *self })
    }

    #[inline]
    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.step();
        self.value.as_bytes().map(text)
    }

    #[inline]
    fn as_number(&self) -> Option<Numeric<'a>> {
        self.step();
        self.value.as_number().map(Numeric)
    }

    #[inline]
    fn as_boolean(&self) -> Option<bool> {
        self.step();
        self.value.as_bool()
    }

    #[inline]
    fn is_null(&self) -> bool {
        self.step();
        self.value.is_null()
    }

    #[inline]
    fn is_number(&self) -> bool {
        self.step();
        matches!(self.value, jsonb::Value::Number(_))
    }

    #[inline]
    fn is_string(&self) -> bool {
        self.step();
        matches!(self.value, jsonb::Value::String(_))
    }

    #[inline]
    fn json_type(&self) -> JsonType {
        self.step();
        match self.value {
            jsonb::Value::Null => JsonType::Null,
            jsonb::Value::Bool(_) => JsonType::Boolean,
            jsonb::Value::String(_) => JsonType::String,
            jsonb::Value::Number(_) => JsonType::Number,
            jsonb::Value::Array(_) => JsonType::Array,
            jsonb::Value::Object(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        self.step();
        equals(self.value, expected)
    }

    fn to_value(&self) -> Cow<'a, Value> {
        self.open();
        Cow::Owned(tree(self.value))
    }

    /// No more than what kind of value it is: messages never show a value. It is asked for each violation, which takes
    /// memory.
    fn lazy_value(&self) -> LazyInstance<'a> {
        self.step();
        LazyInstance::Ready(Cow::Owned(match self.value {
            jsonb::Value::Null => Value::Null,
            jsonb::Value::Bool(_) => Value::Bool(false),
            jsonb::Value::String(_) => Value::String(String::new()),
            jsonb::Value::Number(_) => Value::Number(0.into()),
            jsonb::Value::Array(_) => Value::Array(Vec::new()),
            jsonb::Value::Object(_) => Value::Object(Map::new()),
        }))
    }

    /// Where its bytes lie. Those of a container lie nowhere else; of two scalars one may be empty and lie where the
    /// other does, but a scalar holds nothing, so that it is never looked into while another is.
    #[inline]
    fn identity(&self) -> Option<NodeIdentity> {
        let (bytes, tag) = match self.value {
            jsonb::Value::Null => return Some(NodeIdentity::tagged(0, 1)),
            jsonb::Value::Bool(_) => return Some(NodeIdentity::tagged(0, 2)),
            jsonb::Value::String(bytes) => (bytes, 3),
            jsonb::Value::Number(number) => (number.as_bytes(), 4),
            jsonb::Value::Array(array) => (array.as_bytes(), 5),
            jsonb::Value::Object(object) => (object.as_bytes(), 6),
        };
        Some(NodeIdentity::tagged(bytes.as_ptr() as usize, tag))
    }
}

/// The pairs of an object.
pub(super) struct Members<'a> {
    object: jsonb::Object<'a>,
    of: Instance<'a>,
}

impl<'a> Object<'a, Stored> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = MembersIter<'a>;

    #[inline]
    fn len(&self) -> usize {
        self.object.len()
    }

    #[inline]
    fn get(&self, key: &Box<str>) -> Option<Instance<'a>> {
        let value = self.object.get(key.as_bytes())?;
        Some(self.of.with(value))
    }

    #[inline]
    fn members(&self) -> MembersIter<'a> {
        MembersIter {
            pairs: self.object.iter(),
            of: self.of,
        }
    }
}

/// The pairs of an object, one by one.
pub(super) struct MembersIter<'a> {
    pairs: jsonb::reader::ObjectIter<'a>,
    of: Instance<'a>,
}

impl<'a> Iterator for MembersIter<'a> {
    type Item = (Cow<'a, str>, Instance<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.pairs.next()?;
        Some((text(key), self.of.with(value)))
    }
}

/// The elements of an array.
pub(super) struct Elements<'a> {
    array: jsonb::Array<'a>,
    of: Instance<'a>,
}

impl<'a> Array<'a, Stored> for Elements<'a> {
    type Node = Instance<'a>;
    type ElementsIter = ElementsIter<'a>;

    #[inline]
    fn len(&self) -> usize {
        self.array.len()
    }

    #[inline]
    fn elements(&self) -> ElementsIter<'a> {
        ElementsIter {
            values: self.array.iter(),
            of: self.of,
        }
    }
}

/// The elements of an array, one by one.
pub(super) struct ElementsIter<'a> {
    values: jsonb::reader::ArrayIter<'a>,
    of: Instance<'a>,
}

impl<'a> Iterator for ElementsIter<'a> {
    type Item = Instance<'a>;

    #[inline]
    fn next(&mut self) -> Option<Instance<'a>> {
        self.values.next().map(|value| self.of.with(value))
    }
}

/// A number, with all of its digits.
pub(super) struct Numeric<'a>(jsonb::Numeric<'a>);

impl JsonNumber for Numeric<'_> {
    #[inline]
    fn as_u64(&self) -> Option<u64> {
        match self.0.to_i64() {
            Some(number) => u64::try_from(number).ok(),
            // Above what an i64 holds there is half of what a u64 does.
            None => self.whole()?.parse().ok(),
        }
    }

    #[inline]
    fn as_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }

    fn as_f64(&self) -> Option<f64> {
        let number: f64 = self.0.to_string().parse().ok()?;
        number.is_finite().then_some(number)
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(number(self.0))
    }

    #[inline]
    fn is_integer(&self) -> bool {
        self.0.is_whole()
    }
}

impl Numeric<'_> {
    /// Its digits, where it is whole and not less than zero.
    #[cold]
    fn whole(&self) -> Option<String> {
        let digits = self.0.is_whole().then(|| self.0.to_string())?;
        let whole = digits.split('.').next().unwrap_or_default();
        Some(whole.to_owned())
    }
}

fn number(number: jsonb::Numeric<'_>) -> Number {
    // What jsonb holds is a number in JSON too; NaN and infinity do not come into one.
    serde_json::from_str(&number.to_string()).unwrap_or_else(|_| 0.into())
}

/// The tree of a stored document, which messages call `name`: the container, without its varlena header.
pub fn tree_of(source: &[u8], name: &str) -> Result<Value, Problem> {
    let damaged = || format!("{name} is damaged");
    let stored = jsonb::Jsonb::new(source).map_err(|_| Problem::argument(damaged()))?;
    let root = stored.root();
    if super::is_too_deep(root).map_err(|why| Problem::not_read(why, damaged()))? {
        let levels = super::MAX_LEVELS;
        return Err(Problem::argument(format!(
            "{name} has more than {levels} levels"
        )));
    }
    Ok(tree(root))
}

/// A tree of a value, whose depth has been looked at.
fn tree(value: jsonb::Value<'_>) -> Value {
    match value {
        jsonb::Value::Null => Value::Null,
        jsonb::Value::Bool(boolean) => Value::Bool(boolean),
        jsonb::Value::String(bytes) => Value::String(text(bytes).into_owned()),
        jsonb::Value::Number(numeric) => Value::Number(number(numeric)),
        jsonb::Value::Array(array) => Value::Array(array.iter().map(tree).collect()),
        jsonb::Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| (text(key).into_owned(), tree(value)))
                .collect(),
        ),
    }
}

/// Whether a value is the one that a schema names: numbers by value.
fn equals(value: jsonb::Value<'_>, expected: &Value) -> bool {
    match (value, expected) {
        (jsonb::Value::Null, Value::Null) => true,
        (jsonb::Value::Bool(a), Value::Bool(b)) => a == *b,
        (jsonb::Value::String(a), Value::String(b)) => a == b.as_bytes(),
        (jsonb::Value::Number(a), Value::Number(b)) => match (a.to_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a == b,
            _ => jsonschema::json::cmp::equal_numbers(&Numeric(a), b),
        },
        (jsonb::Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equals(a, b))
        }
        (jsonb::Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && b.iter()
                    .all(|(key, b)| a.get(key.as_bytes()).is_some_and(|a| equals(a, b)))
        }
        _ => false,
    }
}
