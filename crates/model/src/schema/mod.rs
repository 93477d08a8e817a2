//! JSON Schemas of payloads: checked when they are registered, compiled once, and asked of stored jsonb in place.
//!
//! The validator is the crate `jsonschema`, which reads a document through a trait (`instance` gives it binary jsonb). What
//! it has no bounds for is bounded here: `check` says what a schema may ask for one value, `Meter` what a document may
//! make of it. Words are ours, and never show a value of a document (`words`).

mod check;
mod closed;
pub(crate) mod draft;
mod instance;
mod kept;
mod plain;
pub(crate) mod positions;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub use check::{MAX_ASKED, MAX_NESTED};
pub(crate) use closed::known;
pub use closed::{Closed, check_closed, check_required, known_keys};
pub use instance::{Exhausted, tree_of};
pub use kept::{GROWTH, House, Kept, Schemas, Slot};
pub use plain::{Plain, address};

use crate::Problem;
use crate::taxonomy::violation::Violation;
use draft::Edition;
use instance::{Instance, Meter, Stored};
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// Levels that a document may have to be checked by a schema.
pub const MAX_LEVELS: usize = 128;
/// Looks that one check may take at values of a document: so many, and some for each byte of it.
const MAX_STEPS: u64 = 20_000_000;
const STEPS_A_BYTE: u64 = 16;
/// The same for telling what is wrong, which takes memory for each.
const STEPS_TOLD: u64 = 4_000;
const MAX_STEPS_TOLD: u64 = 100_000;
/// Bytes that what is told of one value may take until it is written down.
const BYTES_A_STEP: usize = 512;
/// Violations that one check tells.
const MAX_VIOLATIONS: usize = 100;

/// Formats that say what a string is for, and that the crate would assert. What is asserted stands in the manual, and in the tests.
const ANNOTATIONS: [&str; 8] = [
    "hostname",
    "idn-hostname",
    "idn-email",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "relative-json-pointer",
];

/// A compiled schema.
pub struct Schema {
    validator: Validator<Stored>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schema")
    }
}

impl Schema {
    /// Compiles a stored document: the container, without its varlena header.
    /// Messages call it `name`.
    pub fn of_stored(source: &[u8], name: &str) -> Result<Schema, Problem> {
        Schema::compile(&instance::tree_of(source, name)?, name)
    }

    /// Compiles a document, or says why it is no schema, or none that may be asked.
    fn compile(document: &Value, name: &str) -> Result<Schema, Problem> {
        if !document.is_object() && !document.is_boolean() {
            return Err(Problem::argument(format!(
                "{name} must be a JSON object or a boolean"
            )));
        }
        let edition = Edition::of(document, name)?;
        // First, as the validator itself would follow references without an end.
        check::check(document, edition, name)?;
        let mut options = jsonschema::options_for::<Stored>()
            .with_draft(edition.draft())
            .offline()
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true);
        for format in ANNOTATIONS {
            options = options.with_format(format, |_: &str| true);
        }
        let validator = options
            .build(document)
            .map_err(|error| words::of_schema(&error, name))?;
        Ok(Schema { validator })
    }

    /// Whether a value is as the schema says.
    pub fn accepts(&self, value: jsonb::Value<'_>, house: &House) -> Result<bool, Failure> {
        let mut accepted = Ok(false);
        let mut ask = || {
            let steps = MAX_STEPS + STEPS_A_BYTE * size(value) as u64;
            let meter = Meter::new(steps, house.is_deep);
            accepted = Meter::run(|| self.validator.is_valid(Instance::new(value, &meter)));
        };
        match size(value) {
            // What was found of containers is kept until the end.
            size if size > LARGE => (house.reserved)(size.saturating_mul(LARGEST_TREE), &mut ask)?,
            _ => ask(),
        }
        Ok(accepted?)
    }

    /// What is wrong with a value, told below the pointer `base` and of `what`, such as "payload".
    pub fn violations(
        &self,
        value: jsonb::Value<'_>,
        base: &str,
        what: &str,
        house: &House,
    ) -> Result<Vec<Violation>, Failure> {
        // Whether anything is costs little beside what.
        match self.accepts(value, house)? {
            true => Ok(Vec::new()),
            false => self.tell(value, base, what, house),
        }
    }

    /// The same of one that is not accepted.
    #[cold]
    fn tell(
        &self,
        value: jsonb::Value<'_>,
        base: &str,
        what: &str,
        house: &House,
    ) -> Result<Vec<Violation>, Failure> {
        let steps = (STEPS_TOLD + size(value) as u64).min(MAX_STEPS_TOLD);
        let mut outcome = Ok(Vec::new());
        (house.reserved)(steps as usize * BYTES_A_STEP, &mut || {
            let meter = Meter::new(steps, house.is_deep);
            outcome = Meter::run(|| {
                let mut told = Vec::new();
                for error in self.validator.iter_errors(Instance::new(value, &meter)) {
                    words::tell(&error, base, what, &mut told);
                    if told.len() >= MAX_VIOLATIONS {
                        break;
                    }
                }
                told
            });
        })?;
        match outcome {
            Err(Exhausted::Steps) => Ok(vec![Violation::new(
                "schema",
                base,
                format!("{what} does not fit its schema, in more ways than can be told"),
            )]),
            Err(exhausted) => Err(exhausted.into()),
            Ok(told) => Ok(told),
        }
    }
}

/// Bytes of a document that makes memory worth a question.
const LARGE: usize = 65_536;
/// Bytes for each of a document that its values take where all of them are compared, and what is found of containers.
const LARGEST_TREE: usize = 8;

/// Bytes that a value takes.
fn size(value: jsonb::Value<'_>) -> usize {
    match value {
        jsonb::Value::Array(array) => array.as_bytes().len(),
        jsonb::Value::Object(object) => object.as_bytes().len(),
        _ => 0,
    }
}

/// Why a schema could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// it was given up
    Exhausted(Exhausted),
    /// it cannot be compiled, or there is no memory
    Problem(Problem),
}

impl From<Exhausted> for Failure {
    fn from(why: Exhausted) -> Failure {
        Failure::Exhausted(why)
    }
}

impl From<Problem> for Failure {
    fn from(why: Problem) -> Failure {
        Failure::Problem(why)
    }
}

/// Whether a value has more levels than a schema may be asked of.
pub fn is_too_deep(value: jsonb::Value<'_>) -> Result<bool, jsonb::Unread> {
    // A container has a header and an entry for what is in it, of four bytes each.
    const LEVEL: usize = 8;
    if size(value) < MAX_LEVELS * LEVEL {
        return Ok(false);
    }
    let (mut levels, mut most) = (0_usize, 0);
    jsonb::walk(value, &mut |token| match token {
        jsonb::Token::Value(jsonb::Value::Array(_) | jsonb::Value::Object(_)) => {
            levels += 1;
            most = most.max(levels);
        }
        jsonb::Token::End(_) => levels -= 1,
        _ => {}
    })?;
    Ok(most > MAX_LEVELS)
}

/// The violation of a value that is.
pub fn too_deep(base: &str, what: &str) -> Violation {
    Violation::new(
        "too_deep",
        base,
        format!("{what} has more than {MAX_LEVELS} levels, and a schema is asked of no more"),
    )
}

impl From<jsonb::Unread> for Failure {
    fn from(why: jsonb::Unread) -> Failure {
        Failure::Problem(Problem::not_read(why, "the document is damaged"))
    }
}
