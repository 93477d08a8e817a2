//! How something is to be generated.

use crate::Problem;
use crate::text::shorten;
use serde_json::{Map, Value};

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// types, Zod schemas and a client
    TypeScript,
    /// msgspec structs and TypedDicts
    Python,
    /// one document of JSON Schema
    JsonSchema,
}

impl Language {
    /// The one of a name.
    pub fn named(name: &str) -> Option<Language> {
        Some(match name {
            "typescript" => Language::TypeScript,
            "python" => Language::Python,
            "json_schema" => Language::JsonSchema,
            _ => return None,
        })
    }

    /// The keys of its options.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Language::TypeScript => &["numbers", "retired", "zod"],
            Language::Python => &["msgspec", "numbers", "retired"],
            Language::JsonSchema => &["retired"],
        }
    }
}

/// The options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// whether numbers keep every digit
    pub exact: bool,
    /// whether retired versions are there too
    pub retired: bool,
    /// whether what checks at run time is there: Zod schemas, msgspec structs
    pub checks: bool,
}

impl Options {
    /// Reads them.
    pub fn read(options: &Value, language: Language) -> Result<Options, Problem> {
        let Value::Object(members) = options else {
            return Err(Problem::argument("options must be a JSON object"));
        };
        let keys = language.keys();
        if let Some(key) = members.keys().find(|key| !keys.contains(&key.as_str())) {
            let known: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
            return Err(Problem::argument_hint(
                format!("options have an unknown key \"{}\"", shorten(key)),
                format!("Options are {}.", known.join(", ")),
            ));
        }
        let exact = match members.get("numbers") {
            None => false,
            Some(Value::String(name)) if name == "number" => false,
            Some(Value::String(name)) if name == "exact" => true,
            Some(_) => {
                return Err(Problem::argument(
                    "option \"numbers\" must be \"number\" or \"exact\"",
                ));
            }
        };
        let checks = match language {
            Language::Python => "msgspec",
            _ => "zod",
        };
        Ok(Options {
            exact,
            retired: boolean(members, "retired", false)?,
            checks: boolean(members, checks, true)?,
        })
    }
}

fn boolean(members: &Map<String, Value>, key: &str, absent: bool) -> Result<bool, Problem> {
    match members.get(key) {
        None => Ok(absent),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(Problem::argument(format!(
            "option \"{key}\" must be true or false"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_are_checked() {
        let read = |options: Value| Options::read(&options, Language::TypeScript);
        let default = Options {
            exact: false,
            retired: false,
            checks: true,
        };
        assert_eq!(read(json!({})), Ok(default));
        let all = json!({"numbers": "exact", "retired": true, "zod": false});
        let other = Options {
            exact: true,
            retired: true,
            checks: false,
        };
        assert_eq!(read(all), Ok(other));
        for (options, message) in [
            (json!([]), "options must be a JSON object"),
            (json!(null), "options must be a JSON object"),
            (
                json!({"msgspec": true}),
                "options have an unknown key \"msgspec\"",
            ),
            (
                json!({"numbers": "float"}),
                "option \"numbers\" must be \"number\" or \"exact\"",
            ),
            (
                json!({"zod": "yes"}),
                "option \"zod\" must be true or false",
            ),
        ] {
            let Err(Problem::Argument { message: told, .. }) = read(options) else {
                panic!("{message}")
            };
            assert_eq!(told, message);
        }
    }
}
