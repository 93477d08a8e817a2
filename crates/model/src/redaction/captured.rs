//! Captured events without columns. A column of which anything is to go goes as a whole, so that what reads events back
//! knows that it does not know it: its name stands in `omitted`, as that of one that was too large.

use super::document::push_step;
use super::plan::{Node, Redaction};
use super::{Failure, Told};
use jsonb::{Array, Builder, List, Object, Unread, Value};

/// Parts of a payload that have columns as their keys.
const PARTS: [&str; 3] = [CHANGES, "initial_values", "final_values"];
/// The one of them that has what was before and what is now.
const CHANGES: &str = "changes";
/// The part that is about one column, whose name is not in it.
const STATE: &str = "state";
/// The columns that are not told.
const OMITTED: &str = "omitted";

impl Redaction {
    /// The payload of a captured event without what is to go, be it to be removed, masked or hashed; none where it
    /// stays. What went is told.
    pub fn captured(
        &self,
        payload: Object<'_>,
        told: &mut Told,
    ) -> Result<Option<List<u8>>, Failure> {
        self.require_readable()?;
        let mut pass = Pass {
            redaction: self,
            told,
            builder: Builder::new(),
            gone: List::new(),
            is_changed: false,
        };
        pass.builder.begin_object();
        let mut pairs = payload.iter();
        for (key, value) in pairs.by_ref() {
            pass.part(key, value)?;
        }
        if pairs.is_corrupt() {
            return Err(Unread::Corrupt.into());
        }
        if !pass.is_changed {
            return Ok(None);
        }
        let before = payload.get(OMITTED).and_then(|names| names.as_array());
        pass.omit(before);
        pass.builder.end();
        Ok(Some(pass.builder.finish()?))
    }

    /// The context of a captured event in the same way.
    pub fn captured_context(
        &self,
        context: Value<'_>,
        told: &mut Told,
    ) -> Result<Option<List<u8>>, Failure> {
        self.context_removing(context, told)
    }

    /// Whether a column of captured events goes in some of them.
    pub fn takes_column(&self, name: &str) -> bool {
        let name = name.as_bytes();
        let of_part = |part: &str| {
            let part = self.payload.step(part.as_bytes());
            part.and_then(|part| part.step(name)).is_some()
        };
        self.anywhere.contains_key(name) || PARTS.iter().any(|part| of_part(part))
    }
}

struct Pass<'r, 't, 'a> {
    redaction: &'r Redaction,
    told: &'t mut Told,
    builder: Builder,
    /// columns that go
    gone: List<&'a [u8]>,
    is_changed: bool,
}

impl<'a> Pass<'_, '_, 'a> {
    fn part(&mut self, key: &'a [u8], value: Value<'a>) -> Result<(), Failure> {
        let node = self.redaction.payload.step(key);
        let is_columns = PARTS.iter().any(|part| part.as_bytes() == key);
        match value {
            Value::Object(columns) if is_columns => self.columns(key, columns, node),
            // No pointer means it; all of it goes where a key is in it that is meant anywhere, or nothing.
            Value::Object(_) if key == STATE.as_bytes() => {
                let is_concerned = self.either(None, value)?;
                self.builder.key(key);
                match is_concerned {
                    true => {
                        self.tell(&[key])?;
                        self.builder.begin_object().end();
                    }
                    false => _ = self.builder.value(value),
                }
                Ok(())
            }
            // It is told anew where anything changes.
            _ if key == OMITTED.as_bytes() => {
                self.builder.pair(key, value);
                Ok(())
            }
            _ => {
                let goes = self.redaction.find(node, key).is_some()
                    || self.redaction.concerns(node, value)?;
                match goes {
                    true => self.tell(&[key]),
                    false => {
                        self.builder.pair(key, value);
                        Ok(())
                    }
                }
            }
        }
    }

    fn columns(
        &mut self,
        part: &'a [u8],
        columns: Object<'a>,
        node: Option<&Node>,
    ) -> Result<(), Failure> {
        self.builder.key(part).begin_object();
        let mut pairs = columns.iter();
        for (name, value) in pairs.by_ref() {
            let node = node.and_then(|node| node.step(name));
            let within = match part == CHANGES.as_bytes() {
                true => self.either(node, value),
                false => self.redaction.concerns(node, value),
            };
            if self.redaction.find(node, name).is_none() && !within? {
                self.builder.pair(name, value);
                continue;
            }
            self.tell(&[part, name])?;
            if !self.gone.contains(&name) {
                self.gone.push(name)?;
            }
        }
        if pairs.is_corrupt() {
            return Err(Unread::Corrupt.into());
        }
        self.builder.end();
        Ok(())
    }

    /// Whether what was before or what is now has anything to be redacted in it. That it was, and is, are no keys of its.
    fn either(&self, node: Option<&Node>, change: Value<'_>) -> Result<bool, Failure> {
        for (side, value) in change.as_object().iter().flat_map(Object::iter) {
            let node = node.and_then(|node| node.step(side));
            let is_meant = node.is_some_and(|node| node.found().is_some());
            if is_meant || self.redaction.concerns(node, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tell(&mut self, steps: &[&[u8]]) -> Result<(), Failure> {
        let mut pointer = List::new();
        for step in steps {
            push_step(&mut pointer, step)?;
        }
        self.told.tell_pointer(&pointer);
        self.is_changed = true;
        Ok(())
    }

    /// Names the columns that are not told, those of before too.
    fn omit(&mut self, before: Option<Array<'a>>) {
        if self.gone.is_empty() {
            return;
        }
        self.builder.key(OMITTED).begin_array();
        let before = before.iter().flat_map(Array::iter);
        for name in before.filter_map(|name| name.as_bytes()) {
            if !self.gone.contains(&name) {
                self.builder.string(name);
            }
        }
        for name in &self.gone[..] {
            self.builder.string(name);
        }
        self.builder.end();
    }
}
