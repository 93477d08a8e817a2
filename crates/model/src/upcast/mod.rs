//! Old payloads as those of a newer version: steps that change them, and the way from one version to another.

mod steps;
mod way;

#[cfg(test)]
mod tests;

pub use steps::Steps;
pub use way::way;

use crate::name;
use crate::text::shorten;
use serde_json::{Map, Value, json};

/// How a payload of one version becomes one of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Upcast {
    /// the type
    pub event_type: String,
    /// whose payloads it takes
    pub from: i32,
    /// whose payloads it makes
    pub to: i32,
    /// how
    pub how: How,
}

/// What makes the newer payload.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// steps, one after the other
    Steps(Steps),
    /// a function of one document that returns one, by its qualified name
    Handler(String),
}

impl Upcast {
    /// Puts one together of what was given, or says what is wrong with it.
    pub fn new(
        event_type: String,
        (from, to): (i32, i32),
        steps: Option<Value>,
        handler: Option<String>,
    ) -> Result<Upcast, String> {
        if event_type.is_empty() {
            return Err("event type must not be empty".to_owned());
        }
        if from < 1 || to <= from {
            return Err(
                "to_version must be higher than from_version, which is 1 or more".to_owned(),
            );
        }
        let how = match (steps, handler) {
            (Some(steps), None) => How::Steps(Steps::read(steps)?),
            (None, Some(handler)) => match name::parse(&handler) {
                Ok((Some(_), _)) => How::Handler(handler),
                _ => {
                    return Err(format!(
                        "handler \"{}\" must be a function's name with its schema, as in \"app.paid_1_to_2\"",
                        shorten(&handler)
                    ));
                }
            },
            _ => return Err("an upcast has either steps or a handler".to_owned()),
        };
        Ok(Upcast {
            event_type,
            from,
            to,
            how,
        })
    }

    /// Reads an entry of a taxonomy's document.
    pub fn read(entry: Value) -> Result<Upcast, String> {
        let Value::Object(mut entry) = entry else {
            return Err("upcast must be a JSON object".to_owned());
        };
        let event_type = text(&mut entry, "type")?.ok_or("key \"type\" is missing")?;
        let mut version = |key: &str| {
            let number = entry.remove(key).and_then(|value| value.as_i64());
            let number = number.and_then(|number| i32::try_from(number).ok());
            number.ok_or_else(|| format!("{key} must be the number of a version"))
        };
        let versions = (version("from_version")?, version("to_version")?);
        let steps = entry.remove("steps").filter(|steps| !steps.is_null());
        let handler = text(&mut entry, "handler")?;
        match entry.keys().next() {
            Some(key) => Err(format!("unknown key \"{}\"", shorten(key))),
            None => Upcast::new(event_type, versions, steps, handler),
        }
    }

    /// What of it says how, as a document.
    pub fn detail(&self) -> Value {
        let (steps, handler) = match &self.how {
            How::Steps(steps) => (steps.value().clone(), Value::Null),
            How::Handler(handler) => (Value::Null, json!(handler)),
        };
        json!({"from_version": self.from, "to_version": self.to, "steps": steps, "handler": handler})
    }

    /// Bytes that copies of it take, as values of statements and in the record.
    pub fn copies(&self) -> usize {
        let how = match &self.how {
            How::Steps(steps) => steps.value().to_string().len(),
            How::Handler(handler) => handler.len(),
        };
        16 * (256 + self.event_type.len() + how)
    }
}

fn text(entry: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match entry.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{key} must be a string")),
    }
}
