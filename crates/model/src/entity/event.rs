//! What an event says about its entity: that it came, changed or went.
//!
//! The shapes are those that capture writes. People write such events by hand, too, and whatever
//! does not have the shape says nothing.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use jsonb::{Array, Object, OutOfMemory, Value};

/// The kinds of event that tell an entity's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// it came into being, or back from a soft delete
    Created,
    /// some of its fields changed
    Updated,
    /// its state changed
    StateChanged,
    /// it went, for good or by a soft delete
    Deleted,
    /// something that leaves its fields as they are
    Other,
}

impl EventKind {
    /// The kind of an event: `<entity_type>.created`, or plainly `created`, and so on.
    pub fn of(event_type: &[u8], entity_type: &[u8]) -> EventKind {
        let word = event_type
            .strip_prefix(entity_type)
            .and_then(|rest| rest.strip_prefix(b"."));
        match word.unwrap_or(event_type) {
            b"created" => EventKind::Created,
            b"updated" => EventKind::Updated,
            b"state_changed" => EventKind::StateChanged,
            b"deleted" => EventKind::Deleted,
            _ => EventKind::Other,
        }
    }
}

/// The field of a `state_changed` whose context names none.
pub const STATE_FIELD: &[u8] = b"state";

/// An event, as far as its entity's fields go.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    /// what it tells
    pub kind: EventKind,
    /// when it was recorded, in microseconds since 2000
    pub at: i64,
    /// its payload, if that is an object
    pub payload: Option<Object<'a>>,
    /// the field whose change a `state_changed` tells
    pub field: &'a [u8],
}

/// What an event did to its entity.
#[derive(Clone, Copy)]
pub enum Effect<'a> {
    /// It came, with these values. With `changes` it had been there all along, softly deleted.
    Came {
        /// what it held
        values: Option<Object<'a>>,
        /// what else changed
        changes: Option<Changes<'a>>,
    },
    /// These fields changed.
    Changed(Changes<'a>),
    /// It went, with these values. With `changes` it is still there, softly deleted.
    Went {
        /// what it held
        values: Option<Object<'a>>,
        /// what else changed
        changes: Option<Changes<'a>>,
    },
    /// Nothing that can be told.
    Nothing,
}

/// Changes of fields.
#[derive(Clone, Copy)]
pub enum Changes<'a> {
    /// `{"field": {"old": ..., "new": ...}}`, and the names of those that were too large to tell
    Fields(Object<'a>, Option<Array<'a>>),
    /// the same for one field, without its name
    One(&'a [u8], Object<'a>),
}

impl<'a> Event<'a> {
    /// What it did.
    pub fn effect(&self) -> Effect<'a> {
        let part = |key: &str| self.payload?.get(key)?.as_object();
        let omitted = self.payload.and_then(|p| p.get("omitted")?.as_array());
        let changes = part("changes").map(|fields| Changes::Fields(fields, omitted));
        match self.kind {
            EventKind::Created => Effect::Came {
                values: part("initial_values"),
                changes,
            },
            EventKind::Deleted => Effect::Went {
                values: part("final_values"),
                changes,
            },
            EventKind::Updated => changes.map_or(Effect::Nothing, Effect::Changed),
            EventKind::StateChanged => part("state").map_or(Effect::Nothing, |state| {
                Effect::Changed(Changes::One(self.field, state))
            }),
            EventKind::Other => Effect::Nothing,
        }
    }
}

impl<'a> Changes<'a> {
    /// Shows `f` each field with its old and its new value; a side that is absent is none. What
    /// has neither is no change, unless it was too large to tell. Ends where `f` fails.
    pub fn each(
        &self,
        mut f: impl FnMut(&'a [u8], Option<Value<'a>>, Option<Value<'a>>) -> Result<(), OutOfMemory>,
    ) -> Result<(), OutOfMemory> {
        let mut one = |field, change: Object<'a>| {
            let (old, new) = (change.get("old"), change.get("new"));
            match old.is_some() || new.is_some() {
                true => f(field, old, new),
                false => Ok(()),
            }
        };
        match self {
            Changes::One(field, change) => one(field, *change)?,
            Changes::Fields(fields, omitted) => {
                for (field, change) in fields.iter() {
                    if let Some(change) = change.as_object() {
                        one(field, change)?;
                    }
                }
                for field in omitted.iter().flat_map(Array::iter) {
                    if let Some(field) = field.as_bytes() {
                        f(field, None, None)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_with_its_entity_type_or_without() {
        let kind = |t: &str, e: &str| EventKind::of(t.as_bytes(), e.as_bytes());
        assert_eq!(kind("campaign.created", "campaign"), EventKind::Created);
        assert_eq!(kind("a.b.updated", "a.b"), EventKind::Updated);
        assert_eq!(kind("state_changed", "campaign"), EventKind::StateChanged);
        assert_eq!(kind("deleted", "campaign"), EventKind::Deleted);
        for other in [
            "campaign.sent",
            "campaigncreated",
            "other.created",
            "campaign.",
            "",
        ] {
            assert_eq!(kind(other, "campaign"), EventKind::Other, "{other}");
        }
    }
}
