//! Which JSON Schema a document is written in.

use crate::Problem;
use crate::text::shorten;
use jsonschema::Draft;
use serde_json::Value;

/// An edition of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    Draft07,
    Draft202012,
}

impl Edition {
    pub(crate) fn draft(self) -> Draft {
        match self {
            Edition::Draft07 => Draft::Draft7,
            Edition::Draft202012 => Draft::Draft202012,
        }
    }

    /// What a document names it by.
    pub(crate) fn address(self) -> &'static str {
        match self {
            Edition::Draft07 => "http://json-schema.org/draft-07/schema#",
            Edition::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// That of a document, by its `$schema`.
    pub(crate) fn of(document: &Value, name: &str) -> Result<Edition, Problem> {
        let named = match document.get("$schema") {
            None => return Ok(Edition::Draft202012),
            Some(Value::String(named)) => named,
            Some(_) => {
                return Err(Problem::argument(format!(
                    "{name}'s \"$schema\" must be a string"
                )));
            }
        };
        let address = named.strip_suffix('#').unwrap_or(named);
        let address = address
            .strip_prefix("https://")
            .or(address.strip_prefix("http://"));
        match address {
            Some("json-schema.org/draft/2020-12/schema") => Ok(Edition::Draft202012),
            Some("json-schema.org/draft-07/schema") => Ok(Edition::Draft07),
            _ => Err(Problem::argument_hint(
                format!(
                    "{name} is written in \"{}\", which is not supported",
                    shorten(named)
                ),
                "Supported are \"https://json-schema.org/draft/2020-12/schema\", which a schema without \
                 \"$schema\" is taken for, and \"http://json-schema.org/draft-07/schema#\".",
            )),
        }
    }
}
