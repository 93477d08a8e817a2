//! The versions that a type has, and what an entry of a document makes of them.

use super::document::{Compatibility, TypeDocument};
use super::violation::Violation;
use crate::Problem;
use crate::compat::{self, Contract};

/// A version that a type has.
#[derive(Debug, Clone)]
pub struct Version {
    /// its number
    pub number: i32,
    /// whether events that name none get it
    pub is_default: bool,
    /// what it says
    pub entry: TypeDocument,
}

/// What is done with an entry.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Created,
    Updated,
    Retired,
    Unchanged,
}

impl Action {
    /// Its name in what SQL shows.
    pub fn name(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Updated => "updated",
            Action::Retired => "retired",
            Action::Unchanged => "unchanged",
        }
    }
}

/// What becomes of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision {
    /// the version that it is
    pub number: i32,
    /// what is done, the default included
    pub action: Action,
    /// whether the version is written
    pub is_stored: bool,
    /// whether it is the default as the first of its type
    pub is_first: bool,
    /// the default afterwards
    pub default: i32,
}

/// The versions of a type, in their order.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// as they are now
    pub all: Vec<Version>,
    /// as they were, where a contract was put in place of one
    before: Vec<Version>,
    /// numbers of those whose contract, level or status changed
    changed: Vec<i32>,
}

impl Versions {
    /// Those that there are.
    pub fn new(mut all: Vec<Version>) -> Versions {
        all.sort_by_key(|version| version.number);
        Versions {
            all,
            before: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// What an entry makes of them.
    pub fn decide(&self, entry: &TypeDocument) -> Result<Decision, Problem> {
        let number = match entry.version {
            Some(number) => number,
            None => {
                let mut newest = self.all.iter().rev();
                let same = newest.find(|version| is_same_contract(&version.entry, entry));
                match (same, self.all.last()) {
                    (Some(same), _) => same.number,
                    (None, None) => 1,
                    (None, Some(last)) => last.number.checked_add(1).ok_or_else(|| {
                        Problem::argument("the event type has no version left: name one")
                    })?,
                }
            }
        };
        let default = self.all.iter().find(|version| version.is_default);
        let default = default.map(|version| version.number);
        let mut action = match self.of_number(number) {
            None => Action::Created,
            Some(old) if old.entry.retired() != entry.retired() => {
                if entry.retired() {
                    Action::Retired
                } else {
                    Action::Updated
                }
            }
            Some(old) if is_same_contract(&old.entry, entry) && is_same_rest(&old.entry, entry) => {
                Action::Unchanged
            }
            Some(_) => Action::Updated,
        };
        let is_stored = action != Action::Unchanged;
        let is_first = is_stored && default.is_none();
        let before = if is_first { Some(number) } else { default };
        if entry.default && before != Some(number) && action == Action::Unchanged {
            action = Action::Updated;
        }
        let default = match entry.default {
            true => number,
            false => default.unwrap_or(number),
        };
        Ok(Decision {
            number,
            action,
            is_stored,
            is_first,
            default,
        })
    }

    /// Follows a decision.
    pub fn put(&mut self, entry: &TypeDocument, decision: Decision) {
        let number = decision.number;
        if decision.is_stored {
            let old = self.of_number(number).cloned();
            let is_other = old.as_ref().is_none_or(|old| {
                old.entry.retired() != entry.retired()
                    || old.entry.compatibility != entry.compatibility
                    || !is_same_contract(&old.entry, entry)
            });
            if is_other {
                self.changed.push(number);
            }
            self.all.retain(|version| version.number != number);
            self.all.push(Version {
                number,
                is_default: decision.is_first,
                entry: entry.clone(),
            });
            self.all.sort_by_key(|version| version.number);
            self.before.extend(old);
        }
        if decision.is_first || entry.default {
            for version in &mut self.all {
                version.is_default = version.number == decision.default;
            }
        }
    }

    fn of_number(&self, number: i32) -> Option<&Version> {
        self.all.iter().find(|version| version.number == number)
    }

    /// What breaks by what was put in: versions and what each breaks. A version is held to its own level, against all that
    /// are lower and not retired, and against what it was itself.
    pub fn breaks(&self, pause: &dyn Fn()) -> Result<Vec<(i32, Vec<Violation>)>, Problem> {
        let mut broken = Vec::new();
        for version in self.all.iter().filter(|version| is_held(version)) {
            let is_changed = self.changed.contains(&version.number);
            let lower = self.all.iter().filter(|lower| {
                lower.number < version.number
                    && !lower.entry.retired()
                    && (is_changed || self.changed.contains(&lower.number))
            });
            let mut others: Vec<Contract> = lower
                .map(|lower| Contract::of(&lower.entry, format!("version {}", lower.number)))
                .collect();
            let before = self
                .before
                .iter()
                .filter(|old| is_changed && old.number == version.number && !old.entry.retired());
            others.extend(
                before.map(|old| {
                    Contract::of(&old.entry, format!("version {} as it was", old.number))
                }),
            );
            if others.is_empty() {
                continue;
            }
            let new = Contract::of(&version.entry, format!("version {}", version.number));
            let told = compat::breaks(&new, version.entry.compatibility, &others, pause)?;
            if !told.is_empty() {
                broken.push((version.number, told));
            }
        }
        Ok(broken)
    }

    /// Bytes that comparing them takes.
    pub fn weight(&self) -> usize {
        if self.changed.is_empty() || !self.all.iter().any(is_held) {
            return 0;
        }
        let all = self.all.iter().chain(&self.before);
        let bytes = all.map(|version| version.entry.schema.as_ref().map_or(0, Vec::len));
        compat::LEAST + compat::GROWTH.saturating_mul(bytes.sum())
    }
}

/// Whether a version promises something.
fn is_held(version: &Version) -> bool {
    version.entry.compatibility != Compatibility::None && !version.entry.retired()
}

/// Whether both say the same of events.
fn is_same_contract(a: &TypeDocument, b: &TypeDocument) -> bool {
    a.required == b.required
        && a.optional == b.optional
        && a.max_payload_bytes == b.max_payload_bytes
        && a.entity_types == b.entity_types
        && a.actor_types == b.actor_types
        && a.additional == b.additional
        && is_same_document(&a.schema, &b.schema)
        && is_same_document(&a.context_schema, &b.context_schema)
}

/// Whether the rest is the same too.
fn is_same_rest(a: &TypeDocument, b: &TypeDocument) -> bool {
    a.description == b.description
        && a.domain == b.domain
        && a.owner == b.owner
        && a.docs_url == b.docs_url
        && a.compatibility == b.compatibility
        && a.enforce == b.enforce
        && is_same_document(&a.redact, &b.redact)
}

/// As jsonb's `=` says.
fn is_same_document(a: &Option<Vec<u8>>, b: &Option<Vec<u8>>) -> bool {
    let (Some(one), Some(other)) = (a, b) else {
        return a == b;
    };
    if one == other {
        return true;
    }
    let read = (jsonb::Jsonb::new(one), jsonb::Jsonb::new(other));
    let (Ok(one), Ok(other)) = read else {
        return false;
    };
    match (one.root().as_object(), other.root().as_object()) {
        (Some(one), Some(other)) => one.differences(other).next().is_none(),
        _ => false,
    }
}
