//! The rules for an event, to be found by the keys of its documents.

use super::{Action, CONTEXT, Failure, Place, Rules};
use jsonb::{Builder, List, Value};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// The HMAC of these bytes; none where there is no key.
pub type Hasher = fn(&[u8]) -> Option<[u8; 32]>;

/// What is to be done to a value, and the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub action: Action,
    pub rule: u32,
}

/// A step of pointers.
#[derive(Debug, Default)]
pub(super) struct Node {
    found: Option<Found>,
    next: FxHashMap<Box<[u8]>, Node>,
}

impl Node {
    fn add(&mut self, steps: &[String], found: Found) {
        let mut node = self;
        for step in steps {
            node = node.next.entry(step.as_bytes().into()).or_default();
        }
        node.found = node.found.max(Some(found));
    }

    pub(super) fn step(&self, key: &[u8]) -> Option<&Node> {
        self.next.get(key)
    }

    pub(super) fn found(&self) -> Option<Found> {
        self.found
    }

    /// What is found on the way down from a value, by whichever pointer. As deep as pointers are long.
    pub(super) fn reaches(&self, value: Value<'_>) -> Option<Found> {
        self.next.iter().find_map(|(key, node)| {
            let value = match value {
                Value::Object(object) => object.get(key),
                Value::Array(array) => index(key).and_then(|at| array.get(at)),
                _ => None,
            }?;
            node.found.or_else(|| node.reaches(value))
        })
    }
}

/// The place in an array that a step means.
fn index(step: &[u8]) -> Option<usize> {
    match step {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] => std::str::from_utf8(step).ok()?.parse().ok(),
        _ => None,
    }
}

/// The rules for an event.
#[derive(Debug)]
pub struct Redaction {
    pub(super) payload: Node,
    pub(super) context: Node,
    pub(super) anywhere: FxHashMap<Box<[u8]>, Found>,
    texts: Vec<Box<str>>,
    hasher: Hasher,
    is_unreadable: bool,
}

impl Redaction {
    /// Of these rules, all of which count.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r Rules>, hasher: Hasher) -> Redaction {
        let mut redaction = Redaction {
            payload: Node::default(),
            context: Node::default(),
            anywhere: FxHashMap::default(),
            texts: Vec::new(),
            hasher,
            is_unreadable: false,
        };
        let note = |rules: &'r Rules| {
            redaction.is_unreadable |= rules.is_unreadable();
            rules.all()
        };
        let all: Vec<_> = rules.into_iter().flat_map(note).collect();
        for rule in all {
            let found = Found {
                action: rule.action,
                rule: redaction.texts.len() as u32,
            };
            redaction.texts.push(rule.text.as_str().into());
            match &rule.place {
                Place::Anywhere(key) => {
                    let known = redaction.anywhere.entry(key.as_bytes().into());
                    let known = known.or_insert(found);
                    *known = (*known).max(found);
                }
                Place::At(steps) => {
                    redaction.payload.add(steps, found);
                    if let [first, rest @ ..] = &steps[..]
                        && first == CONTEXT
                    {
                        redaction.context.add(rest, found);
                    }
                }
            }
        }
        redaction
    }

    /// Refuses to say what is to be done where rules are not known.
    pub(super) fn require_readable(&self) -> Result<(), Failure> {
        match self.is_unreadable {
            true => Err(Failure::Unreadable),
            false => Ok(()),
        }
    }

    /// A rule as it was written.
    pub(super) fn text(&self, rule: u32) -> &str {
        self.texts.get(rule as usize).map_or("", |text| text)
    }

    /// What is to be done to the value of a key.
    #[inline]
    pub(super) fn find(&self, node: Option<&Node>, key: &[u8]) -> Option<Found> {
        let anywhere = match self.anywhere.is_empty() {
            true => None,
            false => self.anywhere.get(key).copied(),
        };
        anywhere.max(node.and_then(Node::found))
    }

    /// Whether anything in a value may be concerned.
    #[inline]
    pub(super) fn goes_into(&self, node: Option<&Node>) -> bool {
        !self.anywhere.is_empty() || node.is_some_and(|node| !node.next.is_empty())
    }

    /// Whether a value has anything to be redacted in it.
    pub(super) fn concerns(&self, node: Option<&Node>, value: Value<'_>) -> Result<bool, Failure> {
        if node.is_some_and(|node| node.reaches(value).is_some()) {
            return Ok(true);
        }
        if self.anywhere.is_empty() {
            return Ok(false);
        }
        let mut concerned = false;
        jsonb::walk(value, &mut |token| {
            if let jsonb::Token::Key(key) = token {
                concerned = concerned || self.anywhere.contains_key(key);
            }
        })?;
        Ok(concerned)
    }

    /// Adds what takes the place of a value that is masked or hashed.
    pub(super) fn replace(
        &self,
        action: Action,
        value: Value<'_>,
        builder: &mut Builder,
    ) -> Result<(), Failure> {
        // There is nothing in it.
        if value.is_null() {
            builder.null();
            return Ok(());
        }
        let mut text = List::new();
        let text = match value {
            Value::String(text) => text,
            other => {
                other.write_text(&mut text)?;
                &text
            }
        };
        if action == Action::Hash {
            let hash = (self.hasher)(text).ok_or(Failure::NoKey)?;
            let mut hexadecimal = String::with_capacity(2 * hash.len());
            for byte in hash {
                // Nothing keeps a string from taking text.
                let _ = write!(hexadecimal, "{byte:02x}");
            }
            builder.string(hexadecimal);
            return Ok(());
        }
        let shown = match value {
            Value::String(_) | Value::Number(_) => last_characters(text),
            _ => &[],
        };
        let mut masked = List::copy_of(MASK)?;
        masked.extend_from_slice(shown)?;
        builder.string(&masked[..]);
        Ok(())
    }
}

/// What stands for what is masked, however long that is.
const MASK: &[u8] = b"****";
/// Characters that a mask leaves.
const SHOWN: usize = 4;

/// The last four characters of a text; none of one that has no more than these.
fn last_characters(text: &[u8]) -> &[u8] {
    let begins = |byte: &u8| (*byte as i8) >= -0x40;
    let mut starts = (0..text.len()).rev().filter(|at| begins(&text[*at]));
    match (starts.nth(SHOWN - 1), starts.next()) {
        (Some(start), Some(_)) => &text[start..],
        _ => &[],
    }
}
