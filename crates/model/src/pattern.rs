//! Which events a reader wants by their type.

use crate::Problem;
use crate::text::{MAX_TYPE_CHARS, shorten};
use regex::bytes::{Regex, RegexBuilder};

/// Bytes that a pattern may have.
pub const MAX_BYTES: usize = 1_000;
/// Types that a list may have.
pub const MAX_TYPES: usize = 1_000;
/// Bytes that a compiled regular expression may take, and so may what it remembers while it searches.
const MAX_COMPILED: usize = 1 << 20;
/// Groups within one another.
const MAX_NESTED: u32 = 50;

/// A pattern for event types.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// this type and no other
    Exact(Box<str>),
    /// types that begin so
    Prefix(Box<str>),
    /// types that match, all of them and not a part
    Regex(Regex),
}

/// The kinds, as they are named.
const KINDS: &str = "exact, prefix, regex";

impl Pattern {
    /// Reads a pattern of a kind.
    ///
    /// `regex` has the syntax of Rust's crate of that name: linear in the length of a type whatever the pattern, and so
    /// without back references and look-around. Types are what it is matched against as bytes in the encoding of the
    /// database; what is not UTF-8 is matched by no character class.
    pub fn parse(kind: &str, text: &str) -> Result<Pattern, Problem> {
        if !KINDS.split(", ").any(|known| known == kind) {
            return Err(Problem::argument_hint(
                format!("pattern_kind \"{}\" is unknown", shorten(kind)),
                format!("There are: {KINDS}."),
            ));
        }
        if text.is_empty() {
            return Err(Problem::argument_hint(
                "pattern must not be empty",
                "Leave it out to get events of all types.",
            ));
        }
        if text.len() > MAX_BYTES {
            return Err(Problem::argument(format!(
                "pattern has {} bytes, and may have {MAX_BYTES}",
                text.len()
            )));
        }
        match kind {
            "exact" => Ok(Pattern::Exact(text.into())),
            "prefix" => Ok(Pattern::Prefix(text.into())),
            _ => compile(text).map(Pattern::Regex),
        }
    }

    /// Whether a type is wanted.
    pub fn matches(&self, event_type: &[u8]) -> bool {
        match self {
            Pattern::Exact(text) => event_type == text.as_bytes(),
            Pattern::Prefix(text) => event_type.starts_with(text.as_bytes()),
            Pattern::Regex(regex) => regex.is_match(event_type),
        }
    }
}

fn compile(text: &str) -> Result<Regex, Problem> {
    // By itself first: `a)|(b` is none, whatever it became between brackets.
    build(text)?;
    // A comment at its end (flag x) would swallow the bracket; with that flag a line break is nothing.
    build(&format!(r"\A(?:{text})\z")).or_else(|_| build(&format!("\\A(?:{text}\n)\\z")))
}

fn build(text: &str) -> Result<Regex, Problem> {
    let built = RegexBuilder::new(text)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(MAX_NESTED)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => Problem::argument_hint(
            "pattern is too large for a regular expression",
            "Repeat less: \\w{100} takes a hundred times what \\w takes, and [a-z_] less than \\w.",
        ),
        other => {
            // The last line says what is wrong; those before it draw where.
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            let why = last.strip_prefix("error: ").unwrap_or(last);
            Problem::argument_hint(
                format!("pattern is no regular expression: {}", shorten(why)),
                "It has the syntax of Rust's regex crate, without back references and look-around.",
            )
        }
    })
}

/// What is asked of a type: to be in a list and to match a pattern, where there are such.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// in order, each once
    types: Option<Box<[Box<str>]>>,
    pattern: Option<Pattern>,
}

impl Selection {
    /// Reads a list of types, and a pattern of this kind.
    pub fn parse(
        types: Option<&[String]>,
        pattern: Option<&str>,
        kind: &str,
    ) -> Result<Selection, Problem> {
        // The kind by itself is checked too.
        let parsed = Pattern::parse(kind, pattern.unwrap_or("x"))?;
        Selection::new(types, pattern.map(|_| parsed))
    }

    /// Types of a list that match a pattern.
    fn new(types: Option<&[String]>, pattern: Option<Pattern>) -> Result<Selection, Problem> {
        let types = types.map(|types| {
            if types.is_empty() || types.len() > MAX_TYPES {
                return Err(Problem::argument_hint(
                    format!("types are {}, and may be 1 to {MAX_TYPES}", types.len()),
                    "Leave them out to get events of all types.",
                ));
            }
            let mut list: Vec<Box<str>> = Vec::with_capacity(types.len());
            for (at, name) in types.iter().enumerate() {
                if name.is_empty() || name.chars().count() > MAX_TYPE_CHARS {
                    let name = shorten(name);
                    let message = format!(
                        "types[{at}] \"{name}\" must have 1 to {MAX_TYPE_CHARS} characters"
                    );
                    return Err(Problem::argument(message));
                }
                list.push(name.as_str().into());
            }
            list.sort_unstable();
            list.dedup();
            Ok(list.into())
        });
        let types = types.transpose()?;
        Ok(Selection { types, pattern })
    }

    /// Whether a type is wanted.
    pub fn wants(&self, event_type: &[u8]) -> bool {
        let listed = self.types.as_deref().is_none_or(|types| {
            let found = types.binary_search_by(|name| name.as_bytes().cmp(event_type));
            found.is_ok()
        });
        let matches = |pattern: &Pattern| pattern.matches(event_type);
        listed && self.pattern.as_ref().is_none_or(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn regex(text: &str) -> Pattern {
        Pattern::parse("regex", text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
    }

    fn refused(kind: &str, text: &str) -> String {
        match Pattern::parse(kind, text) {
            Err(Problem::Argument { message, .. }) => message,
            other => panic!("{text:.100}: {other:?}"),
        }
    }

    #[test]
    fn each_kind_matches_the_whole_type() {
        let exact = Pattern::parse("exact", "invoice.paid").unwrap();
        assert!(exact.matches(b"invoice.paid"));
        assert!(!exact.matches(b"invoice.paid2") && !exact.matches(b"invoiceXpaid"));
        let prefix = Pattern::parse("prefix", "invoice.").unwrap();
        assert!(prefix.matches(b"invoice.") && prefix.matches(b"invoice.paid"));
        assert!(!prefix.matches(b"invoice") && !prefix.matches(b"an invoice.paid"));
        for (text, yes, no) in [
            ("a|ab", vec!["a", "ab"], vec!["abc", "b", "a\n"]),
            (
                "invoice\\.(paid|sent)",
                vec!["invoice.paid"],
                vec!["invoice.paid.x", "xinvoice.sent"],
            ),
            ("(?i)straße", vec!["STRAßE"], vec!["strasse"]),
            (".*", vec!["", "anything"], vec!["two\nlines"]),
            ("(?s).*", vec!["two\nlines"], vec![]),
            ("^a$", vec!["a"], vec!["aa"]),
            ("(?m)^a$", vec!["a"], vec!["a\nb"]),
            ("(?x) a b # both", vec!["ab"], vec!["a b"]),
            ("(?x) a | b # (", vec!["a", "b"], vec!["ab"]),
            ("", vec![], vec![]),
        ] {
            if text.is_empty() {
                continue;
            }
            let pattern = regex(text);
            assert!(yes.iter().all(|t| pattern.matches(t.as_bytes())), "{text}");
            assert!(!no.iter().any(|t| pattern.matches(t.as_bytes())), "{text}");
        }
        assert!(!regex("\\w+").matches(b"gr\xf6\xdfe"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        assert_eq!(refused("glob", "a*"), "pattern_kind \"glob\" is unknown");
        assert_eq!(refused("prefix", ""), "pattern must not be empty");
        assert_eq!(
            refused("exact", &"a".repeat(1001)),
            "pattern has 1001 bytes, and may have 1000"
        );
        assert_eq!(
            refused("regex", "a)|(b"),
            "pattern is no regular expression: unopened group"
        );
        assert_eq!(
            refused("regex", "(a"),
            "pattern is no regular expression: unclosed group"
        );
        assert!(refused("regex", "(a)\\1").contains("backreferences are not supported"));
        assert!(refused("regex", "(?=a)").contains("look-around"));
        assert_eq!(
            refused("regex", "((\\w{50}){50}){50}"),
            "pattern is too large for a regular expression"
        );
        let deep = format!("{}a{}", "(".repeat(400), ")".repeat(400));
        assert!(refused("regex", &deep).contains("no regular expression"));
    }

    #[test]
    fn a_list_and_a_pattern_are_both_asked() {
        let list =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        let all = Selection::default();
        assert!(all.wants(b"anything"));
        let listed = Selection::new(Some(&list(&["b", "a", "b"])), None).unwrap();
        assert!(
            listed.wants(b"a") && listed.wants(b"b") && !listed.wants(b"c") && !listed.wants(b"")
        );
        let both = Selection::new(Some(&list(&["a1", "b1"])), Some(regex("a."))).unwrap();
        assert!(both.wants(b"a1") && !both.wants(b"b1") && !both.wants(b"a2"));
        assert!(Selection::new(Some(&list(&[])), None).is_err());
        assert!(Selection::new(Some(&list(&["a", ""])), None).is_err());
        assert!(Selection::new(Some(&list(&[&"é".repeat(255)])), None).is_ok());
        assert!(Selection::new(Some(&list(&[&"é".repeat(256)])), None).is_err());
        assert!(Selection::new(Some(&vec!["a".to_owned(); 1001]), None).is_err());
    }

    proptest! {
        #[test]
        fn a_text_matches_itself(text in "\\PC{1,40}", more in "\\PC{1,5}") {
            let longer = format!("{text}{more}");
            for kind in ["exact", "prefix"] {
                prop_assert!(Pattern::parse(kind, &text).unwrap().matches(text.as_bytes()));
            }
            prop_assert!(Pattern::parse("prefix", &text).unwrap().matches(longer.as_bytes()));
            let escaped = regex(&regex::escape(&text));
            prop_assert!(escaped.matches(text.as_bytes()) && !escaped.matches(longer.as_bytes()));
        }

        /// Whatever compiles matches what it matches from end to end, and nothing else.
        #[test]
        fn an_expression_is_asked_of_the_whole(text in "[ab(|)*?\\[\\]x# ^$]{1,12}", of in "[ab]{0,6}") {
            if let (Ok(plain), Ok(Pattern::Regex(whole))) =
                (regex::bytes::Regex::new(&text), Pattern::parse("regex", &text))
            {
                let found = plain.find_iter(of.as_bytes()).any(|m| m.as_bytes() == of.as_bytes());
                prop_assert!(!found || whole.is_match(of.as_bytes()));
                prop_assert!(!whole.is_match(of.as_bytes()) || plain.is_match(of.as_bytes()));
            }
        }
    }
}
