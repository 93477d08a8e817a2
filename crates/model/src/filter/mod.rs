//! Which events a reader wants by what they say: `{"field": "$.payload.amount", "operator": "gt", "value": 100}`.
//!
//! Filters are a JSON array of such objects, and an event must satisfy each of them. They are checked when they are
//! read ([`Filters::parse`]); asking them of an event cannot fail.
//!
//! # Fields
//!
//! `$.payload` and `$.context` are documents: `$.payload.items[0].sku`, `$.context["a.b"]`. A key in quotes is written
//! as JSON writes it, elements count from 0. Of the envelope these columns can be asked: `type`, `version`, `tenant_id`
//! (its text), `entity_type`, `entity_id`, `actor_type`, `actor_id`, `source_type`, `source_id`, `correlation_id`,
//! `causation_id`, `idempotency_key`, `occurred_at`, `recorded_at`.
//!
//! # Operators
//!
//! | operator | value | holds where the field |
//! |---|---|---|
//! | `equals` | string, number, boolean or null | is of the same type and equal |
//! | `not_equals` | the same | does not `equals` it, a missing field included |
//! | `in` | array of those | `equals` one of them |
//! | `gt`, `gte`, `lt`, `lte` | string or number | is of the same type and greater, ... |
//! | `contains` | string | is a string that has it as a part, or an array that has it as an element |
//! | `contains` | number, boolean or null | is an array that has it as an element |
//! | `exists` | true, or left out | is there, null included |
//! | `exists` | false | is missing |
//!
//! - **Types are not mixed.** `"5"` is not 5, and neither is greater than the other: a comparison of different types
//!   does not hold, and is no error, for a payload may be anything.
//! - **Missing and null differ.** A key that is not there, an element behind the end of an array, and a step into what
//!   is neither object nor array are missing: only `not_equals` and `exists` with false hold. JSON's null is there, and
//!   `equals` null. A column that is null is missing.
//! - **Numbers** compare with every digit, as numeric does: 1.10 equals 1.1, and 12345678901234567890.123 is greater than
//!   12345678901234567890.122.
//! - **Strings** compare byte by byte, as in collation "C". Times in a payload are strings: those of one form and zone
//!   have the right order.
//! - **Arrays and objects** equal nothing here, whichever way they are compared.
//! - **`occurred_at` and `recorded_at`** compare with a time as in RFC 3339, `"2026-01-31T12:00:00.5+01:00"`, as
//!   instants.
//!
//! A column is compared with values of its own type, and anything else is refused when the filter is read, where it
//! could never hold.

mod field;
mod read;
pub(crate) mod time;

#[cfg(test)]
mod tests;

pub use field::{Column, Kind};
pub use read::{MAX_BYTES, MAX_FILTERS, MAX_VALUES};

use field::{Field, Step};
use jsonb::{Kind as JsonKind, Numeric, NumericBuf, Value};
use std::cmp::Ordering;

/// A value within a JSON document, wherever that is stored.
pub trait Json<'a>: Copy {
    /// What it is.
    fn kind(self) -> JsonKind;
    /// What an object has under a key.
    fn key(self, key: &str) -> Option<Self>;
    /// An element of an array, from 0.
    fn element(self, at: usize) -> Option<Self>;
    /// The elements of an array.
    fn elements(self) -> impl Iterator<Item = Self>;
    /// A boolean.
    fn boolean(self) -> Option<bool>;
    /// A string's bytes.
    fn text(self) -> Option<&'a [u8]>;
    /// How a number compares with another one.
    fn compare(self, number: Numeric<'_>) -> Option<Ordering>;
}

impl<'a> Json<'a> for Value<'a> {
    fn kind(self) -> JsonKind {
        Value::kind(&self)
    }

    fn key(self, key: &str) -> Option<Self> {
        self.as_object()?.get(key)
    }

    fn element(self, at: usize) -> Option<Self> {
        self.as_array()?.get(at)
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        self.as_array().into_iter().flat_map(|array| array.iter())
    }

    fn boolean(self) -> Option<bool> {
        self.as_bool()
    }

    fn text(self) -> Option<&'a [u8]> {
        self.as_bytes()
    }

    fn compare(self, number: Numeric<'_>) -> Option<Ordering> {
        Some(self.as_number()?.cmp(&number))
    }
}

impl<'a> Json<'a> for &'a serde_json::Value {
    fn kind(self) -> JsonKind {
        match self {
            serde_json::Value::Null => JsonKind::Null,
            serde_json::Value::Bool(_) => JsonKind::Bool,
            serde_json::Value::Number(_) => JsonKind::Number,
            serde_json::Value::String(_) => JsonKind::String,
            serde_json::Value::Array(_) => JsonKind::Array,
            serde_json::Value::Object(_) => JsonKind::Object,
        }
    }

    fn key(self, key: &str) -> Option<Self> {
        self.as_object()?.get(key)
    }

    fn element(self, at: usize) -> Option<Self> {
        self.as_array()?.get(at)
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        self.as_array().into_iter().flatten()
    }

    fn boolean(self) -> Option<bool> {
        self.as_bool()
    }

    fn text(self) -> Option<&'a [u8]> {
        Some(self.as_str()?.as_bytes())
    }

    fn compare(self, number: Numeric<'_>) -> Option<Ordering> {
        // One beyond numeric's range cannot be in a log.
        let own = NumericBuf::parse(self.as_number()?.as_str()).ok()?;
        Some(own.as_numeric().cmp(&number))
    }
}

/// What a column of an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// a text, in the encoding of the database
    Text(&'a [u8]),
    /// a number
    Number(i64),
    /// microseconds since 2000-01-01 UTC, as timestamptz counts
    Time(i64),
}

/// An event, as far as filters ask.
pub trait Event<'a> {
    /// How its documents are stored.
    type Document: Json<'a>;
    /// `payload`; none where it is null or cannot be read.
    fn payload(&self) -> Option<Self::Document>;
    /// `context`, likewise.
    fn context(&self) -> Option<Self::Document>;
    /// A column of the envelope, of the column's kind; none where it is null.
    fn column(&self, column: Column) -> Option<Cell<'a>>;
}

/// Filters, each of which an event must satisfy.
#[derive(Debug, Default)]
pub struct Filters(Vec<Filter>);

#[derive(Debug)]
struct Filter {
    field: Field,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Equals(Scalar),
    NotEquals(Scalar),
    Contains(Scalar),
    Compares(fn(Ordering) -> bool, Scalar),
    In(Vec<Scalar>),
    Exists(bool),
}

/// A value of a filter.
enum Scalar {
    Null,
    Bool(bool),
    Text(Box<str>),
    Number(NumericBuf),
    Time(i64),
}

impl std::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Null => f.write_str("null"),
            Scalar::Bool(value) => write!(f, "{value}"),
            Scalar::Text(text) => write!(f, "{text:?}"),
            Scalar::Number(number) => write!(f, "{}", number.as_numeric()),
            Scalar::Time(time) => write!(f, "time {time}"),
        }
    }
}

/// What an event has where a filter looks.
#[derive(Clone, Copy)]
enum Found<'a, J> {
    Json(J),
    Cell(Cell<'a>),
}

impl Filters {
    /// Whether there are none, which every event satisfies.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of them looks into the documents of an event, which then have to be read.
    pub fn ask_documents(&self) -> bool {
        let mut fields = self.0.iter().map(|filter| &filter.field);
        fields.any(|field| !matches!(field, Field::Column(_)))
    }

    /// Whether an event satisfies all of them.
    pub fn hold<'a>(&self, event: &impl Event<'a>) -> bool {
        self.0.iter().all(|filter| filter.holds(event))
    }
}

impl Filter {
    fn holds<'a, E: Event<'a>>(&self, event: &E) -> bool {
        let found = match &self.field {
            Field::Column(column) => event.column(*column).map(Found::Cell),
            Field::Payload(steps) => follow(event.payload(), steps).map(Found::Json),
            Field::Context(steps) => follow(event.context(), steps).map(Found::Json),
        };
        let equals = |scalar: &Scalar| found.is_some_and(|found| found.equals(scalar));
        match &self.test {
            Test::Equals(scalar) => equals(scalar),
            Test::NotEquals(scalar) => !equals(scalar),
            Test::In(scalars) => scalars.iter().any(equals),
            Test::Contains(scalar) => found.is_some_and(|found| found.contains(scalar)),
            Test::Compares(holds, scalar) => {
                let order = found.and_then(|found| found.compare(scalar));
                order.is_some_and(holds)
            }
            Test::Exists(wanted) => found.is_some() == *wanted,
        }
    }
}

fn follow<'a, J: Json<'a>>(document: Option<J>, steps: &[Step]) -> Option<J> {
    steps.iter().try_fold(document?, |at, step| match step {
        Step::Key(key) => at.key(key),
        Step::Element(element) => at.element(*element),
    })
}

impl<'a, J: Json<'a>> Found<'a, J> {
    fn equals(self, scalar: &Scalar) -> bool {
        match (self, scalar) {
            (Found::Json(json), Scalar::Null) => json.kind() == JsonKind::Null,
            (Found::Json(json), Scalar::Bool(value)) => json.boolean() == Some(*value),
            _ => self.compare(scalar) == Some(Ordering::Equal),
        }
    }

    /// Their order, where they are of one type that has one.
    fn compare(self, scalar: &Scalar) -> Option<Ordering> {
        match (self, scalar) {
            (Found::Json(json), Scalar::Text(text)) => Some(json.text()?.cmp(text.as_bytes())),
            (Found::Json(json), Scalar::Number(number)) => json.compare(number.as_numeric()),
            (Found::Cell(Cell::Text(own)), Scalar::Text(text)) => Some(own.cmp(text.as_bytes())),
            (Found::Cell(Cell::Time(own)), Scalar::Time(time)) => Some(own.cmp(time)),
            (Found::Cell(Cell::Number(own)), Scalar::Number(number)) => {
                Some(NumericBuf::from(own).as_numeric().cmp(&number.as_numeric()))
            }
            _ => None,
        }
    }

    fn contains(self, scalar: &Scalar) -> bool {
        let text = match self {
            Found::Cell(Cell::Text(text)) => Some(text),
            Found::Cell(_) => None,
            Found::Json(json) if json.kind() == JsonKind::Array => {
                return json
                    .elements()
                    .any(|element| Found::Json(element).equals(scalar));
            }
            Found::Json(json) => json.text(),
        };
        match (text, scalar) {
            (Some(text), Scalar::Text(part)) => has(text, part.as_bytes()),
            _ => false,
        }
    }
}

/// Whether one has the other as a part; the search is linear, whatever the two are.
fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
