//! The elements of a JSON array, as the texts that they are.
//!
//! Whoever reads an array as a whole loses all of it for one element that cannot be read. The text is JSON already, as
//! Postgres's type `json` has checked, so that brackets and strings alone tell where an element ends; of any other text
//! some texts come out, and nothing worse.

/// What an array has been taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoArray(
    /// its kind, as `jsonb_typeof` names it
    pub &'static str,
);

/// The elements of an array, in their order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

/// The elements of an array.
pub fn elements(text: &[u8]) -> Result<Elements<'_>, NoArray> {
    let text = trim(text);
    let kind = match text.first() {
        Some(b'[') => {
            return Ok(Elements { rest: &text[1..] });
        }
        Some(b'{') => "object",
        Some(b'"') => "string",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    };
    Err(NoArray(kind))
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

/// How many bytes a string has that begins here, its quotes included.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        // What is escaped is no quote that ends it.
        at += 2;
    }
    text.len()
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest;
        let (mut at, mut depth) = (0, 0_usize);
        while let Some(b) = text.get(at) {
            match b {
                b'"' => {
                    at += string(&text[at..]);
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b',' if depth == 0 => {
                    self.rest = &text[at + 1..];
                    return Some(trim(&text[..at]));
                }
                b']' => {
                    self.rest = &[];
                    let last = trim(&text[..at]);
                    return (!last.is_empty()).then_some(last);
                }
                _ => {}
            }
            at += 1;
        }
        self.rest = &[];
        let last = trim(text);
        (!last.is_empty()).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn split(text: &str) -> Result<Vec<&str>, NoArray> {
        let texts = elements(text.as_bytes())?;
        Ok(texts
            .map(|e| std::str::from_utf8(e).expect("UTF-8"))
            .collect())
    }

    #[test]
    fn elements_are_the_texts_between_commas() {
        for (text, parts) in [
            ("[]", vec![]),
            (" [ \n] ", vec![]),
            ("[1]", vec!["1"]),
            (
                "[ 1 ,\t\"a,b\\\"]\" , [1, [2]], {\"x]\": \"}\"}, null ]",
                vec!["1", "\"a,b\\\"]\"", "[1, [2]]", "{\"x]\": \"}\"}", "null"],
            ),
            (
                "[\"\\\\\", \"\\u0000\", 1e999999]",
                vec!["\"\\\\\"", "\"\\u0000\"", "1e999999"],
            ),
            ("[\"ä€\", {}]", vec!["\"ä€\"", "{}"]),
        ] {
            assert_eq!(split(text), Ok(parts), "{text}");
        }
    }

    #[test]
    fn what_is_no_array_says_what_it_is() {
        for (text, kind) in [
            ("{}", "object"),
            (" \"[]\"", "string"),
            ("true", "boolean"),
            ("false", "boolean"),
            ("null", "null"),
            ("-1", "number"),
        ] {
            assert_eq!(split(text), Err(NoArray(kind)), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|n| json!(n)),
            "[\\[\\]{},:\"\\\\ a\n]{0,6}".prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("[\\[\\]{},\"\\\\]{0,3}", inner, 0..4)
                    .prop_map(|m| json!(m)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn each_is_read_as_it_was_written(all in prop::collection::vec(json(), 0..6), pretty in any::<bool>()) {
            let text = match pretty {
                true => serde_json::to_string_pretty(&all).expect("JSON"),
                false => serde_json::to_string(&all).expect("JSON"),
            };
            let read: Vec<Value> = split(&text).expect("an array").into_iter()
                .map(|part| serde_json::from_str(part).expect("JSON"))
                .collect();
            prop_assert_eq!(read, all);
        }

        /// It comes to an end, whatever it is given.
        #[test]
        fn no_text_does_harm(text in "[\\[\\]{},\"\\\\ a]{0,20}") {
            if let Ok(parts) = elements(text.as_bytes()) {
                prop_assert!(parts.count() <= text.len());
            }
        }
    }
}
