//! What is wrong, in words: which place, what was wanted, and never a value of a document.

use crate::Problem;
use crate::taxonomy::violation::{Violation, pointer};
use crate::text::shorten;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// Bytes of a key of a document that a path shows.
const MAX_KEY: usize = 64;
/// Characters of what a schema lists that a message shows.
const MAX_LISTED: usize = 200;

/// Why a document is no schema.
pub(super) fn of_schema(error: &ValidationError<'_>, name: &str) -> Problem {
    let message = match error.kind() {
        Kind::Referencing(why) => return of_reference(why, name),
        Kind::Format { format } if format == "regex" => {
            let pattern = error.instance().as_str().unwrap_or_default();
            let place = place(name, error.instance_path().as_str());
            return Problem::argument_hint(
                format!(
                    "{place} is no pattern that can be matched: \"{}\"",
                    shorten(pattern)
                ),
                "Patterns are matched in linear time, so there are no references back and no looks ahead or behind.",
            );
        }
        _ => {
            let mut told = Vec::new();
            tell(error, "", name, &mut told);
            let first = told.into_iter().next();
            first.map_or_else(
                || format!("{name} is no JSON Schema"),
                |v| format!("{} (it is no JSON Schema)", v.message),
            )
        }
    };
    Problem::argument(message)
}

/// Why a reference leads nowhere.
pub(super) fn of_reference(why: &jsonschema::ReferencingError, name: &str) -> Problem {
    use jsonschema::ReferencingError as Why;
    match why {
        Why::Unretrievable { uri, .. } => outside(uri, name),
        _ => Problem::argument_hint(
            format!("{name} refers to something that cannot be found: {why}"),
            "References lead to a place in the same document, as {\"$ref\": \"#/$defs/name\"} does.",
        ),
    }
}

/// A reference that leads out of the document.
pub(super) fn outside(reference: &str, name: &str) -> Problem {
    Problem::argument_hint(
        format!(
            "{name} refers to \"{}\", which is not in the document",
            shorten(reference)
        ),
        "A database fetches nothing: put what is referred to below \"$defs\".",
    )
}

/// Tells what is wrong, below the pointer `base`, of `what`.
pub(super) fn tell(error: &ValidationError<'_>, base: &str, what: &str, told: &mut Vec<Violation>) {
    let path = cut(error.instance_path().as_str());
    let place = place(what, &path);
    let mut add = |key: Option<&str>, message: String| {
        let key = key.map(|key| pointer(shorten_key(key))).unwrap_or_default();
        told.push(Violation::new(
            code(error.kind()),
            format!("{base}{path}{key}"),
            message,
        ));
    };
    match error.kind() {
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            add(
                Some(key),
                format!("{place} lacks the required key \"{}\"", shorten_key(key)),
            );
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for key in unexpected {
                let key = key.as_str();
                add(
                    Some(key),
                    format!(
                        "{place} has the key \"{}\", which is not known",
                        shorten_key(key)
                    ),
                );
            }
        }
        Kind::FalseSchema => match error.schema_path().as_str().rsplit_once('/') {
            // No key is known, or none is allowed: the crate tells this of the object alone.
            Some((_, keyword @ ("additionalProperties" | "propertyNames"))) => {
                let code = match keyword {
                    "propertyNames" => "propertyNames",
                    _ => "additionalProperties",
                };
                let message = format!("{place} must have no keys");
                told.push(Violation::new(code, format!("{base}{path}"), message));
            }
            _ => add(None, format!("{place} must not be there")),
        },
        Kind::PropertyNames { error } => {
            add(None, format!("{place} has a key that {}", wanted(error)))
        }
        _ => add(None, format!("{place} {}", wanted(error))),
    }
}

/// "payload", or a place in it.
fn place(what: &str, path: &str) -> String {
    match path {
        "" => what.to_owned(),
        path => format!("{what} at \"{path}\""),
    }
}

/// A pointer whose keys are not longer than one can read.
fn cut(path: &str) -> String {
    path.split('/')
        .map(shorten_key)
        .collect::<Vec<_>>()
        .join("/")
}

/// A key of a document, as much of it as is shown.
fn shorten_key(key: &str) -> &str {
    let ends = (0..=MAX_KEY.min(key.len())).rev();
    // A character has four bytes at most, so the first few are enough.
    ends.into_iter()
        .find_map(|end| key.get(..end))
        .unwrap_or_default()
}

fn code(kind: &Kind) -> &'static str {
    match kind {
        Kind::AdditionalItems { .. } => "additionalItems",
        Kind::AdditionalProperties { .. } => "additionalProperties",
        Kind::AnyOf { .. } => "anyOf",
        Kind::BacktrackLimitExceeded { .. }
        | Kind::RegexEngineFailure { .. }
        | Kind::Pattern { .. } => "pattern",
        Kind::Constant { .. } => "const",
        Kind::Contains => "contains",
        Kind::ContentEncoding { .. } | Kind::FromUtf8 { .. } => "contentEncoding",
        Kind::ContentMediaType { .. } => "contentMediaType",
        Kind::Custom { .. } => "custom",
        Kind::Enum { .. } => "enum",
        Kind::ExclusiveMaximum { .. } => "exclusiveMaximum",
        Kind::ExclusiveMinimum { .. } => "exclusiveMinimum",
        Kind::FalseSchema => "false",
        Kind::Format { .. } => "format",
        Kind::MaxItems { .. } => "maxItems",
        Kind::Maximum { .. } => "maximum",
        Kind::MaxLength { .. } => "maxLength",
        Kind::MaxProperties { .. } => "maxProperties",
        Kind::MinItems { .. } => "minItems",
        Kind::Minimum { .. } => "minimum",
        Kind::MinLength { .. } => "minLength",
        Kind::MinProperties { .. } => "minProperties",
        Kind::MultipleOf { .. } => "multipleOf",
        Kind::Not { .. } => "not",
        Kind::OneOfMultipleValid { .. } | Kind::OneOfNotValid { .. } => "oneOf",
        Kind::PropertyNames { .. } => "propertyNames",
        Kind::Required { .. } => "required",
        Kind::Type { .. } => "type",
        Kind::UnevaluatedItems { .. } => "unevaluatedItems",
        Kind::UnevaluatedProperties { .. } => "unevaluatedProperties",
        Kind::UniqueItems => "uniqueItems",
        Kind::Referencing(_) => "$ref",
    }
}

/// What a place must be, as the rest of a sentence.
fn wanted(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Type { kind } => {
            let found = name(error.instance());
            match kind {
                TypeKind::Single(one) => format!("must be of type {one}, not {found}"),
                TypeKind::Multiple(all) => {
                    let all: Vec<String> = all.iter().map(|one| one.to_string()).collect();
                    format!(
                        "must be of one of the types {}, not {found}",
                        all.join(", ")
                    )
                }
            }
        }
        Kind::Enum { options } => format!("must be one of {}", list(options)),
        Kind::Constant { expected_value } => format!("must be {}", text(expected_value)),
        Kind::Format { format } => format!("must be written as format \"{}\"", shorten(format)),
        Kind::Pattern { pattern } => format!("must match the pattern \"{}\"", shorten(pattern)),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "cannot be matched with its pattern".to_owned()
        }
        Kind::Minimum { limit } => format!("must be at least {}", text(limit)),
        Kind::Maximum { limit } => format!("must be at most {}", text(limit)),
        Kind::ExclusiveMinimum { limit } => format!("must be greater than {}", text(limit)),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {}", text(limit)),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {}", text(multiple_of)),
        Kind::MinLength { limit } => format!("must have at least {}", count(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", count(*limit, "character")),
        Kind::MinItems { limit } => format!("must have at least {}", count(*limit, "element")),
        Kind::MaxItems { limit } => format!("must have at most {}", count(*limit, "element")),
        Kind::AdditionalItems { limit } => {
            format!("must have at most {}", count(*limit as u64, "element"))
        }
        Kind::MinProperties { limit } => format!("must have at least {}", count(*limit, "key")),
        Kind::MaxProperties { limit } => format!("must have at most {}", count(*limit, "key")),
        Kind::UniqueItems => "must have no element twice".to_owned(),
        Kind::Contains => {
            "has not as many elements as must be of the kind that \"contains\" says".to_owned()
        }
        Kind::UnevaluatedItems { unexpected } => format!(
            "has {} that the schema does not know",
            count(unexpected.len() as u64, "element")
        ),
        Kind::ContentEncoding { content_encoding } => {
            format!("must be encoded as \"{}\"", shorten(content_encoding))
        }
        Kind::ContentMediaType { content_media_type } => {
            format!(
                "must be of the media type \"{}\"",
                shorten(content_media_type)
            )
        }
        Kind::FromUtf8 { .. } => "must be encoded text".to_owned(),
        Kind::Not { .. } => "must not be as the schema of \"not\" says".to_owned(),
        Kind::FalseSchema => "must not be there".to_owned(),
        Kind::AnyOf { context } => alternatives("anyOf", context),
        Kind::OneOfNotValid { context } => alternatives("oneOf", context),
        Kind::OneOfMultipleValid { .. } => {
            "fits more than one of the alternatives of \"oneOf\", and must fit one".to_owned()
        }
        Kind::Required { .. }
        | Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::PropertyNames { .. }
        | Kind::Custom { .. }
        | Kind::Referencing(_) => format!("is not as \"{}\" says", code(error.kind())),
    }
}

/// So many of something.
fn count(number: u64, of: &str) -> String {
    match number {
        1 => format!("1 {of}"),
        _ => format!("{number} {of}s"),
    }
}

/// None of some alternatives, and what the one that came nearest lacks: that which fails deepest.
fn alternatives(keyword: &str, context: &[Vec<ValidationError<'static>>]) -> String {
    let none = format!(
        "fits none of the {} alternatives of \"{keyword}\"",
        context.len()
    );
    let depth = |errors: &[ValidationError<'_>]| {
        let deepest = errors
            .iter()
            .map(|error| error.instance_path().segments().count());
        // Where all fail at once, one for another kind of value was not meant.
        let is_of_another_kind = errors
            .iter()
            .any(|error| matches!(error.kind(), Kind::Type { .. }));
        (
            deepest.max().unwrap_or(0),
            !is_of_another_kind,
            std::cmp::Reverse(errors.len()),
        )
    };
    let nearest = context
        .iter()
        .filter(|errors| !errors.is_empty())
        .max_by_key(|errors| depth(errors));
    let first = nearest.and_then(|errors| {
        let mut told = Vec::new();
        errors
            .iter()
            .for_each(|error| tell(error, "", "it", &mut told));
        told.into_iter().next()
    });
    match first {
        // The nearest of a deep tree of alternatives would make a sentence without an end.
        Some(first) if first.message.len() < MAX_LISTED => {
            format!("{none}; of the nearest, {}", first.message)
        }
        _ => none,
    }
}

/// What kind of value a document has.
fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Something of a schema.
fn text(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_LISTED) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// What a schema lists.
fn list(options: &Value) -> String {
    let Value::Array(options) = options else {
        return text(options);
    };
    let mut listed = String::new();
    for (at, option) in options.iter().enumerate() {
        let option = text(option);
        if listed.len() + option.len() > MAX_LISTED {
            let left = options.len() - at;
            return format!("{listed}{}{left} more", if at > 0 { " or " } else { "" });
        }
        if at > 0 {
            listed.push_str(", ");
        }
        listed.push_str(&option);
    }
    listed
}
