//! Broken rules, as callers get them: a JSON array of `{"code", "path", "message"}`.

use crate::text::shorten;
use serde::Serialize;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// which rule: `unknown_type`, `required`, ...
    pub code: &'static str,
    /// JSON Pointer into the payload; `/context` for the context; empty for the whole
    pub path: String,
    /// one sentence, without any value from the payload
    pub message: String,
    /// advice, where there is any beyond the code's own
    #[serde(skip)]
    pub hint: Option<String>,
}

impl Violation {
    /// A broken rule.
    pub fn new(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Violation {
            code,
            path: path.into(),
            message: message.into(),
            hint: None,
        }
    }

    /// The same with advice.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether it breaks what a contract asks of an event, and not what every event has to be.
    pub fn is_of_contract(&self) -> bool {
        !matches!(
            self.code,
            "unknown_type" | "retired_type" | "too_long" | "too_large" | "not_an_object"
        )
    }
}

/// At most this many violations stand in DETAIL.
const MAX_COUNT: usize = 100;
/// And at most this many bytes.
const MAX_BYTES: usize = 8_000;

/// DETAIL: the violations as a JSON array. A last element of code `more` counts what was left out.
pub fn detail(violations: &[Violation]) -> String {
    array(violations, json)
}

/// The same where it is no error's: with the advice, as `hint`, where there is any.
pub fn document(violations: &[Violation]) -> String {
    array(violations, |violation| {
        let mut value = serde_json::json!(violation);
        if let Some(hint) = &violation.hint {
            value["hint"] = hint.as_str().into();
        }
        value.to_string()
    })
}

fn array(violations: &[Violation], json: impl Fn(&Violation) -> String) -> String {
    // Room for the last element, whatever number it holds.
    const RESERVE: usize = 100;
    let mut out = String::from("[");
    let mut shown = 0;
    for violation in violations.iter().take(MAX_COUNT) {
        let json = json(violation);
        let last = shown + 1 == violations.len();
        let limit = if last { MAX_BYTES } else { MAX_BYTES - RESERVE };
        if out.len() + json.len() + 3 > limit {
            break;
        }
        if shown > 0 {
            out.push_str(", ");
        }
        out.push_str(&json);
        shown += 1;
    }
    let left = violations.len() - shown;
    if left > 0 {
        if shown > 0 {
            out.push_str(", ");
        }
        out.push_str(&json(&Violation::new(
            "more",
            "",
            format!("{left} more violations"),
        )));
    }
    out.push(']');
    out
}

fn json(violation: &Violation) -> String {
    serde_json::to_string(violation).unwrap_or_else(|_| "{}".to_owned())
}

/// The message: the only violation's own, or how many there are.
pub fn summary(event_type: &str, violations: &[Violation]) -> String {
    match violations {
        [only] => only.message.clone(),
        _ => format!(
            "event of type \"{}\" breaks {} rules of the taxonomy",
            shorten(event_type),
            violations.len()
        ),
    }
}

/// At most so many pieces of advice stand in a HINT.
const MAX_HINTS: usize = 3;

/// HINT: the advice that the violations carry, each piece once.
pub fn hint(violations: &[Violation]) -> Option<String> {
    let mut hints: Vec<&str> = Vec::new();
    for hint in violations.iter().filter_map(|v| v.hint.as_deref()) {
        if hints.len() < MAX_HINTS && !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    (!hints.is_empty()).then(|| hints.join(" "))
}

/// One step of a JSON Pointer.
pub fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_is_a_json_array_of_what_was_broken() {
        let all = [Violation::new(
            "required",
            pointer("a/b~c"),
            "payload lacks \"a/b~c\"",
        )];
        let parsed: serde_json::Value = serde_json::from_str(&detail(&all)).expect("valid JSON");
        assert_eq!(parsed[0]["code"], "required");
        assert_eq!(parsed[0]["path"], "/a~1b~0c");
    }

    #[test]
    fn detail_counts_what_it_leaves_out() {
        let all: Vec<_> = (0..150)
            .map(|i| Violation::new("required", "", format!("{i}")))
            .collect();
        let parsed: serde_json::Value = serde_json::from_str(&detail(&all)).expect("valid JSON");
        let parsed = parsed.as_array().expect("an array");
        assert_eq!(parsed.len(), 101);
        assert_eq!(parsed[100]["code"], "more");
        assert_eq!(parsed[100]["message"], "50 more violations");
    }

    #[test]
    fn detail_stays_under_eight_kilobytes() {
        let long = "x".repeat(700);
        let all: Vec<_> = (0..60)
            .map(|_| Violation::new("required", "", long.clone()))
            .collect();
        let text = detail(&all);
        assert!(text.len() <= MAX_BYTES, "{}", text.len());
        let parsed: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        let parsed = parsed.as_array().expect("an array");
        assert_eq!(
            parsed[parsed.len() - 1]["message"],
            format!("{} more violations", 60 - (parsed.len() - 1))
        );
    }

    #[test]
    fn a_document_has_the_advice() {
        let all = [
            Violation::new("x", "/a", "b").with_hint("c."),
            Violation::new("y", "", "d"),
        ];
        let parsed: serde_json::Value = serde_json::from_str(&document(&all)).expect("valid JSON");
        assert_eq!(
            parsed,
            serde_json::json!([
                {"code": "x", "path": "/a", "message": "b", "hint": "c."},
                {"code": "y", "path": "", "message": "d"}
            ])
        );
    }

    #[test]
    fn advice_is_given_once() {
        let all =
            ["a.", "b.", "a.", "c.", "d."].map(|hint| Violation::new("x", "", "").with_hint(hint));
        assert_eq!(hint(&all).as_deref(), Some("a. b. c."));
        assert_eq!(hint(&[Violation::new("x", "", "")]), None);
    }
}
