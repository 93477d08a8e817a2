//! Filters as they are written.

use super::field::{self, Field, Kind};
use super::{Filter, Filters, Scalar, Test, time};
use crate::Problem;
use crate::text::shorten;
use jsonb::NumericBuf;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Bytes that the text of filters may have.
pub const MAX_BYTES: usize = 65_536;
/// Filters that there may be.
pub const MAX_FILTERS: usize = 100;
/// Values that `in` may have.
pub const MAX_VALUES: usize = 1_000;

const OPERATORS: &str = "equals, not_equals, contains, gt, gte, lt, lte, in, exists";

impl Filters {
    /// Reads a JSON array of filters. An error names the one that is wrong, what is wrong, and what is allowed.
    pub fn parse(text: &[u8]) -> Result<Filters, Problem> {
        let shape = |why: &str| {
            Problem::argument_hint(
                format!("filters {why}"),
                "They are a JSON array: [{\"field\": \"$.payload.amount\", \"operator\": \"gt\", \"value\": 100}].",
            )
        };
        if text.len() > MAX_BYTES {
            return Err(shape(&format!(
                "have {} bytes, and may have {MAX_BYTES}",
                text.len()
            )));
        }
        let Ok(Value::Array(all)) = serde_json::from_slice(text) else {
            return Err(shape("must be a JSON array"));
        };
        if all.len() > MAX_FILTERS {
            return Err(shape(&format!(
                "are {}, and may be {MAX_FILTERS}",
                all.len()
            )));
        }
        let read = all.iter().enumerate().map(|(at, filter)| match filter {
            Value::Object(filter) => Filter::read(&format!("filters[{at}]"), filter),
            _ => Err(shape(&format!(
                "must be JSON objects: filters[{at}] is {}",
                name(filter)
            ))),
        });
        Ok(Filters(read.collect::<Result<_, _>>()?))
    }
}

impl Filter {
    fn read(place: &str, filter: &Map<String, Value>) -> Result<Filter, Problem> {
        let keys = ["field", "operator", "value"];
        if let Some(key) = filter.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(Problem::argument_hint(
                format!("{place} has an unknown key \"{}\"", shorten(key)),
                "A filter has the keys field, operator and value.",
            ));
        }
        let text = |key: &str| match filter.get(key) {
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(other) => Err(Problem::argument(format!(
                "{place}.{key} must be a string, not {}",
                name(other)
            ))),
            None => Err(Problem::argument_hint(
                format!("{place} has no {key}"),
                "A filter has the keys field, operator and value.",
            )),
        };
        let path = text("field")?;
        let field = Field::parse(path).map_err(|why| {
            Problem::argument_hint(
                format!("{place}.field \"{}\" {why}", shorten(path)),
                format!(
                    "Write $.payload.key, $.context.key, or one of the columns: {}.",
                    field::roots()
                ),
            )
        })?;
        let reading = Reading {
            place,
            field: &field,
            operator: text("operator")?,
        };
        let test = reading.test(filter.get("value"))?;
        Ok(Filter { field, test })
    }
}

/// A filter whose value is being read.
struct Reading<'a> {
    place: &'a str,
    field: &'a Field,
    operator: &'a str,
}

impl Reading<'_> {
    fn test(&self, value: Option<&Value>) -> Result<Test, Problem> {
        let compares = |holds: fn(Ordering) -> bool| match self.scalar(value)? {
            scalar @ (Scalar::Text(_) | Scalar::Number(_) | Scalar::Time(_)) => {
                Ok(Test::Compares(holds, scalar))
            }
            Scalar::Null | Scalar::Bool(_) => Err(self.wrong(value, "a string or a number")),
        };
        match self.operator {
            "equals" => Ok(Test::Equals(self.scalar(value)?)),
            "not_equals" => Ok(Test::NotEquals(self.scalar(value)?)),
            "gt" => compares(Ordering::is_gt),
            "gte" => compares(Ordering::is_ge),
            "lt" => compares(Ordering::is_lt),
            "lte" => compares(Ordering::is_le),
            "contains" => match self.kind() {
                None | Some(Kind::Text) => Ok(Test::Contains(self.scalar(value)?)),
                Some(Kind::Number | Kind::Time) => Err(Problem::argument_hint(
                    format!(
                        "{}.operator \"contains\" does not fit a column that is no text",
                        self.place
                    ),
                    "Compare it by equals, not_equals, gt, gte, lt, lte or in.",
                )),
            },
            "in" => match value {
                Some(Value::Array(all)) if (1..=MAX_VALUES).contains(&all.len()) => {
                    let scalars = all.iter().map(|value| self.scalar(Some(value)));
                    Ok(Test::In(scalars.collect::<Result<_, _>>()?))
                }
                _ => Err(self.wrong(value, &format!("an array of 1 to {MAX_VALUES} values"))),
            },
            "exists" => match value {
                None => Ok(Test::Exists(true)),
                Some(Value::Bool(wanted)) => Ok(Test::Exists(*wanted)),
                _ => Err(self.wrong(value, "true or false")),
            },
            other => Err(Problem::argument_hint(
                format!("{}.operator \"{}\" is unknown", self.place, shorten(other)),
                format!("There are: {OPERATORS}."),
            )),
        }
    }

    /// What the column holds; a document may hold anything.
    fn kind(&self) -> Option<Kind> {
        match self.field {
            Field::Column(column) => Some(column.kind()),
            Field::Payload(_) | Field::Context(_) => None,
        }
    }

    fn scalar(&self, value: Option<&Value>) -> Result<Scalar, Problem> {
        match (self.kind(), value) {
            (None, Some(Value::Null)) => Ok(Scalar::Null),
            (None, Some(Value::Bool(value))) => Ok(Scalar::Bool(*value)),
            (None | Some(Kind::Text), Some(Value::String(text))) => {
                Ok(Scalar::Text(text.as_str().into()))
            }
            (None | Some(Kind::Number), Some(Value::Number(number))) => {
                let number = NumericBuf::parse(number.as_str());
                let number =
                    number.map_err(|_| self.wrong(value, "a number that numeric can hold"))?;
                Ok(Scalar::Number(number))
            }
            (Some(Kind::Time), Some(Value::String(text))) => {
                let time = time::parse(text).ok_or_else(|| self.wrong_time(text))?;
                Ok(Scalar::Time(time))
            }
            (None, _) => Err(self.wrong(value, "a string, a number, a boolean or null")),
            (Some(Kind::Text), _) => Err(self.wrong(value, "a string, as the column is")),
            (Some(Kind::Number), _) => Err(self.wrong(value, "a number, as the column is")),
            (Some(Kind::Time), _) => Err(self.wrong(value, "a time, written as a string")),
        }
    }

    fn wrong(&self, value: Option<&Value>, wanted: &str) -> Problem {
        let found = value.map_or("missing", name);
        let Reading {
            place, operator, ..
        } = self;
        Problem::argument(format!(
            "{place}.value is {found}, and \"{operator}\" wants {wanted}"
        ))
    }

    fn wrong_time(&self, text: &str) -> Problem {
        Problem::argument_hint(
            format!("{}.value \"{}\" is no time", self.place, shorten(text)),
            "Write it as RFC 3339 does, with its zone and at most six digits of a second: 2026-01-31T12:00:00Z.",
        )
    }
}

fn name(value: &Value) -> &'static str {
    super::Json::kind(value).name()
}
