//! What is removed, masked or hashed of events before they are stored.
//!
//! Rules name places in payload and context ([`Rules`]); those of a log and those of a type are made one plan
//! ([`Redaction`]), which goes through a document once and builds it anew where something is found. Of captured events
//! columns are left out as a whole (`captured`). Nothing recurses by the depth of a document, and what is told of it is
//! bounded ([`Told`]).

mod captured;
mod document;
mod plan;
mod required;
mod told;

#[cfg(test)]
mod tests;

pub use plan::{Hasher, Redaction};
pub use required::Demands;
pub use told::{REDACTED, Told};

use crate::Problem;
use crate::text::shorten;
use jsonb::{BuildError, OutOfMemory, Unread};
use serde_json::{Map, Value, json};

/// What is done to a value. Of several that are asked for the last one is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// all but the last four characters of its text go
    Mask,
    /// its HMAC takes its place
    Hash,
    /// it goes, and its key
    Remove,
}

impl Action {
    /// All of them, by name.
    pub const ALL: [(&'static str, Action); 3] = [
        ("remove", Action::Remove),
        ("mask", Action::Mask),
        ("hash", Action::Hash),
    ];
}

/// Where a rule's values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// at the end of these steps, from the top of a payload; those of a context begin with `context`
    At(Vec<String>),
    /// wherever they have this key
    Anywhere(String),
}

/// What stands before a key that is meant at any depth.
const ANYWHERE: &str = "**.";
/// The first step of a pointer into the context.
const CONTEXT: &str = "context";
/// Rules that one document may have.
const MAX_RULES: usize = 1_000;
/// Bytes that each may have.
const MAX_BYTES: usize = 512;

impl Place {
    /// Reads a JSON Pointer, or `**.key`.
    fn read(text: &str) -> Result<Place, String> {
        let short = shorten(text);
        if text.len() > MAX_BYTES {
            return Err(format!("\"{short}\" has more than {MAX_BYTES} bytes"));
        }
        if text.contains('\0') {
            return Err(format!("\"{short}\" holds a character that no key has"));
        }
        if let Some(key) = text.strip_prefix(ANYWHERE) {
            return match key {
                "" => Err("\"**.\" lacks a key".to_owned()),
                key => Ok(Place::Anywhere(key.to_owned())),
            };
        }
        let Some(steps) = text.strip_prefix('/') else {
            return Err(format!(
                "\"{short}\" must be a JSON Pointer such as \"/card\", or \"**.card\" for a key at any depth"
            ));
        };
        let steps: Option<Vec<String>> = steps.split('/').map(unescaped).collect();
        match steps {
            None => Err(format!(
                "\"{short}\" has a \"~\" that stands for nothing: write it as \"~0\""
            )),
            Some(steps) if steps == [CONTEXT] => Err(format!(
                "\"{short}\" would be the whole context: name what is in it"
            )),
            Some(steps) => Ok(Place::At(steps)),
        }
    }
}

/// A step of a JSON Pointer as it is meant.
fn unescaped(step: &str) -> Option<String> {
    let mut parts = step.split('~');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.as_bytes().first() {
            Some(b'0') => plain.push('~'),
            Some(b'1') => plain.push('/'),
            _ => return None,
        }
        plain.push_str(&part[1..]);
    }
    Some(plain)
}

/// A rule: what is done, where, and how that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rule {
    pub action: Action,
    pub place: Place,
    pub text: String,
}

/// The rules of a log or of a type: `{"remove": [...], "mask": [...], "hash": [...]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    all: Vec<Rule>,
    /// what they say is not known
    is_unreadable: bool,
}

impl Rules {
    /// Reads a document. An error says what is wrong with it, without its name.
    pub fn read(document: Value) -> Result<Rules, String> {
        let Value::Object(mut lists) = document else {
            return Err("must be a JSON object such as {\"remove\": [\"/card\"]}".to_owned());
        };
        let mut rules = Vec::new();
        for (name, action) in Action::ALL {
            let Some(list) = lists.remove(name) else {
                continue;
            };
            let strings = || format!("must have arrays of strings, and \"{name}\" is none");
            let Value::Array(items) = list else {
                return Err(strings());
            };
            if rules.len() + items.len() > MAX_RULES {
                return Err(format!("has more than {MAX_RULES} rules"));
            }
            for item in items {
                let Value::String(text) = item else {
                    return Err(strings());
                };
                let place = Place::read(&text).map_err(|why| format!("is wrong: {why}"))?;
                rules.push(Rule {
                    action,
                    place,
                    text,
                });
            }
        }
        if let Some(key) = lists.keys().next() {
            return Err(format!(
                "has an unknown key \"{}\": there are \"remove\", \"mask\" and \"hash\"",
                shorten(key)
            ));
        }
        // In one order, so that equal rules are equal.
        rules.sort_by(|a, b| (a.action, &a.text).cmp(&(b.action, &b.text)));
        rules.dedup();
        Ok(Rules {
            all: rules,
            is_unreadable: false,
        })
    }

    /// Reads what is stored: the container of a document that was read before. Of rules that this release does not know
    /// nothing is known but that there are some: no event is stored as if there were none.
    pub fn of_stored(container: &[u8]) -> Rules {
        let document = crate::schema::tree_of(container, "redact").ok();
        let rules = document.and_then(|document| Rules::read(document).ok());
        rules.unwrap_or(Rules {
            all: Vec::new(),
            is_unreadable: true,
        })
    }

    /// As a document, without what is empty.
    pub fn document(&self) -> Value {
        let mut document = Map::new();
        for (name, action) in Action::ALL {
            let of = |rule: &&Rule| rule.action == action;
            let texts: Vec<&str> = self
                .all
                .iter()
                .filter(of)
                .map(|r| r.text.as_str())
                .collect();
            if !texts.is_empty() {
                document.insert(name.to_owned(), json!(texts));
            }
        }
        Value::Object(document)
    }

    /// All of them.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// Whether what they say is not known.
    pub fn is_unreadable(&self) -> bool {
        self.is_unreadable
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && !self.is_unreadable
    }

    /// Whether one of them needs the key of hashes.
    pub fn needs_key(&self) -> bool {
        self.all.iter().any(|rule| rule.action == Action::Hash)
    }

    /// The first rule that does anything else than remove, which captured events take alone.
    pub fn not_removing(&self) -> Option<&Rule> {
        self.all.iter().find(|rule| rule.action != Action::Remove)
    }
}

/// Why an event cannot be redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// there is no key for hashes, or it is too short
    NoKey,
    /// there are rules that are not known
    Unreadable,
    /// a document cannot be read or built
    Problem(Problem),
}

impl From<Unread> for Failure {
    fn from(why: Unread) -> Failure {
        Failure::Problem(Problem::not_read(why, "a document is damaged"))
    }
}

impl From<BuildError> for Failure {
    fn from(why: BuildError) -> Failure {
        Failure::Problem(why.into())
    }
}

impl From<OutOfMemory> for Failure {
    fn from(why: OutOfMemory) -> Failure {
        Failure::Problem(why.into())
    }
}
