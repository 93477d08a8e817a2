//! What the schemas of a contract say of an event.

use super::rules::Contract;
use super::violation::Violation;
use crate::schema::{self, Failure, House, Schema};
use jsonb::Value;

/// A document of an event: where its violations are told, and what messages call it.
#[derive(Clone, Copy)]
struct Document<'a> {
    value: Value<'a>,
    base: &'static str,
    name: &'static str,
}

impl Contract {
    /// Whether there is anything to ask.
    #[inline]
    pub(super) fn has_schemas(&self) -> bool {
        self.schema.is_some() || self.closed.is_some() || self.context_schema.is_some()
    }

    /// Asks all of them, about documents that are objects and not too large.
    pub(super) fn ask(
        &self,
        payload: Option<Value<'_>>,
        context: Option<Value<'_>>,
        broken: &mut Vec<Violation>,
    ) -> Result<(), Failure> {
        if let Some(value) = payload.filter(|_| self.schema.is_some() || self.closed.is_some()) {
            let payload = Document {
                value,
                base: "",
                name: "payload",
            };
            if payload.is_too_deep(broken)? {
                return Ok(());
            }
            if let Some(closed) = self.closed.as_ref().filter(|_| !self.strips) {
                payload.ask(&*closed.schema()?, closed.house(), broken)?;
            }
            if let Some(slot) = &self.schema {
                payload.ask(&*slot.schema()?, slot.house(), broken)?;
            }
        }
        if let (Some(value), Some(slot)) = (context, &self.context_schema) {
            let context = Document {
                value,
                base: "/context",
                name: "context",
            };
            if !context.is_too_deep(broken)? {
                context.ask(&*slot.schema()?, slot.house(), broken)?;
            }
        }
        Ok(())
    }
}

impl Document<'_> {
    fn is_too_deep(self, broken: &mut Vec<Violation>) -> Result<bool, Failure> {
        let is_too_deep = schema::is_too_deep(self.value)?;
        if is_too_deep {
            broken.push(schema::too_deep(self.base, self.name));
        }
        Ok(is_too_deep)
    }

    fn ask(
        self,
        schema: &Schema,
        house: &House,
        broken: &mut Vec<Violation>,
    ) -> Result<(), Failure> {
        for told in schema.violations(self.value, self.base, self.name, house)? {
            // A key may be required twice, and unknown twice.
            let is_told = |other: &Violation| (other.code, &other.path) == (told.code, &told.path);
            if !broken.iter().any(is_told) {
                broken.push(told);
            }
        }
        Ok(())
    }
}
