//! What differs between two objects, field by field, and the way from one to the other by it.
//!
//! Changes are an object, `{"name": {"old": "Old", "new": "New"}}`: one change for each top-level field, however
//! deep the difference lies. A field that was absent before has no `"old"`, one that is absent after has no
//! `"new"`; null is a value like any other. Values are equal as jsonb's `=` says, so `1.0` and `1.00` are no
//! change; what is written keeps every digit.
//!
//! [`apply`] and [`revert`] set each field to the one side or the other, or remove it. They do not ask what the
//! document held before, so changes fit any document that should come to agree in those fields.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::Problem;
use crate::text::shorten_bytes;
use jsonb::grow::{Few, List};
use jsonb::{Builder, Difference, Object, Unread, Value, key_cmp, write_changes};

/// Which fields to look at.
#[derive(Debug, Default)]
pub struct Filter {
    /// sorted as jsonb sorts keys; none is all of them
    fields: Option<List<String>>,
    /// sorted likewise
    ignore: List<String>,
}

impl Filter {
    /// Only `fields`, if there are any named, and none of `ignore`.
    pub fn new(fields: Option<List<String>>, ignore: Option<List<String>>) -> Self {
        let sorted = |mut names: List<String>| {
            names.sort_unstable_by(|a, b| key_cmp(a.as_bytes(), b.as_bytes()));
            names
        };
        Filter {
            fields: fields.map(sorted),
            ignore: sorted(ignore.unwrap_or_default()),
        }
    }

    /// Whether to look at this field.
    pub fn admits(&self, field: &[u8]) -> bool {
        let holds = |names: &[String]| {
            names
                .binary_search_by(|name| key_cmp(name.as_bytes(), field))
                .is_ok()
        };
        self.fields.as_deref().is_none_or(holds) && !holds(&self.ignore)
    }
}

/// The fields that differ, in the order of their keys.
pub fn diff<'a>(
    old: Object<'a>,
    new: Object<'a>,
    filter: &Filter,
) -> impl Iterator<Item = Result<Difference<'a>, Unread>> {
    old.differences(new)
        .filter(|found| !matches!(found, Ok(found) if !filter.admits(found.key)))
}

/// The container's bytes of the changes that [`diff`] finds.
pub fn field_changes(
    old: Object<'_>,
    new: Object<'_>,
    filter: &Filter,
) -> Result<List<u8>, Problem> {
    // On the stack, as far as few fields differ.
    let mut found = Few::<Difference<'_>, 6>::new();
    for difference in diff(old, new, filter) {
        found
            .push(difference.map_err(|why| {
                Problem::not_read(why, "argument \"old\" or \"new\" is damaged")
            })?)?;
    }
    Ok(write_changes(&found)?)
}

/// Adds the document as it is after the changes.
pub fn apply(doc: Object<'_>, changes: Object<'_>, to: &mut Builder) -> Result<(), Problem> {
    replay(doc, changes, |change| change.new, to)
}

/// Adds the document as it was before the changes.
pub fn revert(doc: Object<'_>, changes: Object<'_>, to: &mut Builder) -> Result<(), Problem> {
    replay(doc, changes, |change| change.old, to)
}

/// Both are sorted alike, so the result is put together in one pass over both.
fn replay<'a>(
    doc: Object<'a>,
    changes: Object<'a>,
    side: impl Fn(Difference<'a>) -> Option<Value<'a>>,
    to: &mut Builder,
) -> Result<(), Problem> {
    let (mut pairs, mut changed) = (doc.iter(), changes.iter());
    let mut pair = pairs.next();
    to.begin_object();
    for (field, change) in &mut changed {
        while let Some((key, value)) = pair.filter(|(key, _)| key_cmp(key, field).is_lt()) {
            to.pair(key, value);
            pair = pairs.next();
        }
        if pair.is_some_and(|(key, _)| key == field) {
            pair = pairs.next();
        }
        if let Some(value) = side(read_change(field, change)?) {
            to.pair(field, value);
        }
    }
    for (key, value) in pair.into_iter().chain(&mut pairs) {
        to.pair(key, value);
    }
    to.end();
    if pairs.is_corrupt() {
        return Err(Problem::argument("argument \"doc\" is damaged"));
    }
    if changed.is_corrupt() {
        return Err(Problem::argument("argument \"changes\" is damaged"));
    }
    Ok(())
}

/// One change of an object of changes.
fn read_change<'a>(field: &'a [u8], change: Value<'a>) -> Result<Difference<'a>, Problem> {
    let malformed = |what: String| {
        Problem::argument_hint(
            format!("change of field \"{}\" {what}", name(field)),
            "A change is an object with \"old\", \"new\" or both, as eventlog.field_changes() gives it.",
        )
    };
    let Some(sides) = change.as_object() else {
        let kind = change.kind().name();
        return Err(malformed(format!("must be a JSON object, not {kind}")));
    };
    let mut read = Difference {
        key: field,
        old: None,
        new: None,
    };
    let mut pairs = sides.iter();
    for (key, value) in &mut pairs {
        match key {
            b"old" => read.old = Some(value),
            b"new" => read.new = Some(value),
            other => {
                return Err(malformed(format!(
                    "must not have a key \"{}\"",
                    name(other)
                )));
            }
        }
    }
    if pairs.is_corrupt() {
        return Err(malformed("is damaged".to_owned()));
    }
    // It would say that the field was absent and is, which is no change; what it was meant to say is not known.
    if read.old.is_none() && read.new.is_none() {
        return Err(malformed("has neither \"old\" nor \"new\"".to_owned()));
    }
    Ok(read)
}

fn name(key: &[u8]) -> String {
    shorten_bytes(key)
}

#[cfg(test)]
mod tests;
