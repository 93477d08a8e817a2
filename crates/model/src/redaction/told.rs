//! What is told of what was redacted: pointers, and no value.

use super::plan::Redaction;
use jsonb::{Array, Builder, Object};

/// The key of a context under which pointers are told.
pub const REDACTED: &str = "redacted";
/// Pointers that are told; instead of more, and of longer ones, rules are told.
const MAX_POINTERS: usize = 100;
/// Bytes that a pointer has where it is told.
const MAX_BYTES: usize = 512;

/// Pointers to what was redacted, and rules where these are too many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    all: Vec<String>,
    pointers: usize,
    /// what other rules have done before, and is not done again
    done: Vec<String>,
}

impl Told {
    /// Nothing yet.
    pub fn new() -> Told {
        Told::default()
    }

    /// What a context tells that was made by rules before, and is not done again.
    pub fn after(context: Object<'_>) -> Told {
        let told = context.get(REDACTED).and_then(|told| told.as_array());
        let texts = told
            .iter()
            .flat_map(Array::iter)
            .filter_map(|v| v.as_bytes());
        let all = texts.map(|text| String::from_utf8_lossy(text).into_owned());
        Told::again(all.collect())
    }

    /// What was told of a document that was redacted before: none of it is done again.
    pub fn again(all: Vec<String>) -> Told {
        Told {
            pointers: all.len(),
            done: all.clone(),
            all,
        }
    }

    /// All that is told.
    pub fn all(&self) -> &[String] {
        &self.all
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether this place was told before, or the rule for it.
    pub(super) fn is_done(&self, pointer: &[u8], rule: &str) -> bool {
        let is = |done: &String| done.as_bytes() == pointer || done == rule;
        self.done.iter().any(is)
    }

    /// Tells a place, which a rule was for.
    pub(super) fn tell(&mut self, redaction: &Redaction, pointer: &[u8], rule: u32) {
        if self.pointers < MAX_POINTERS && pointer.len() <= MAX_BYTES {
            self.pointers += 1;
            self.all.push(String::from_utf8_lossy(pointer).into_owned());
            return;
        }
        let rule = redaction.text(rule);
        if !self.all.iter().any(|told| told == rule) {
            self.all.push(rule.to_owned());
        }
    }

    /// Tells a place of which there are as many as a table has columns.
    pub(super) fn tell_pointer(&mut self, pointer: &[u8]) {
        self.all.push(String::from_utf8_lossy(pointer).into_owned());
    }

    /// Adds it as the value of its key.
    pub fn add_to(&self, builder: &mut Builder) {
        builder.key(REDACTED).begin_array();
        for text in &self.all {
            builder.string(text);
        }
        builder.end();
    }
}
