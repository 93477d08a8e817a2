//! What is done to events of our own roads before their content is hashed and their keys are claimed: the gate comes after
//! that, and nothing of what it would take away may be left in the table of keys by then.
//!
//! A road begins with the payload, has the content hashed, fills the event in, and ends with the context, which the
//! transaction's metadata is a part of by then. The gate is told, and does nothing of it again.

use super::draft::Draft;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::datum::Jsonb;
use crate::pg::jsonb::{List, Value};
use model::taxonomy::redacted::{Before, Came};
use model::taxonomy::rules::{LogRules, Refusal};

/// An event between the two; nothing where nothing is done to events of its type.
#[derive(Clone)]
pub struct Preparing<'r>(Option<Before<'r>>);

impl<'r> Preparing<'r> {
    /// Puts what is stored of a payload in its place.
    #[inline]
    pub fn begin(
        draft: &mut Draft<'_>,
        target: &Target,
        rules: &'r LogRules,
    ) -> Result<Self, Error> {
        match rules.prepares {
            false => Ok(Preparing(None)),
            true => Preparing::begun(draft, target, rules, None),
        }
    }

    /// The same of an event that was redacted before, and kept: what was told of it then is not done again.
    pub fn again(
        draft: &mut Draft<'_>,
        target: &Target,
        rules: &'r LogRules,
        told: Vec<String>,
    ) -> Result<Self, Error> {
        Preparing::begun(draft, target, rules, Some(told))
    }

    #[cold]
    fn begun(
        draft: &mut Draft<'_>,
        target: &Target,
        rules: &'r LogRules,
        told: Option<Vec<String>>,
    ) -> Result<Self, Error> {
        let event_type = draft.read(draft.event_type).unwrap_or_default();
        let Some(mut before) = rules.before_event(event_type, draft.version) else {
            return Ok(Preparing(None));
        };
        if let Some(told) = told {
            before.again(told);
        }
        draft.came = Some(Came {
            payload: draft.payload.map_or(0, |payload| payload.size()),
            context: 0,
            serial: rules.serial,
        });
        draft.payload = made(draft, draft.payload, target, |root| before.payload(root))?;
        Ok(Preparing(Some(before)))
    }

    /// The hash of what the event says, as it will be stored. Before it is filled in.
    pub fn content_hash(&self, draft: &Draft<'_>, target: &Target) -> Result<[u8; 32], Error> {
        let Some(before) = &self.0 else {
            return draft.content_hash();
        };
        let mut stored = *draft;
        stored.context = made(draft, draft.context, target, |root| {
            before.context_alone(root)
        })?;
        stored.content_hash()
    }

    /// Puts what is stored of a context in its place. After the event was filled in.
    #[inline]
    pub fn end(&mut self, draft: &mut Draft<'_>, target: &Target) -> Result<(), Error> {
        match &mut self.0 {
            None => Ok(()),
            Some(before) => end(before, draft, target),
        }
    }
}

#[cold]
fn end(before: &mut Before<'_>, draft: &mut Draft<'_>, target: &Target) -> Result<(), Error> {
    if let Some(came) = &mut draft.came {
        came.context = draft.context.map_or(0, |context| context.size());
    }
    draft.context = made(draft, draft.context, target, |root| before.context(root))?;
    Ok(())
}

/// What takes a document's place. One that cannot be read stays, for the gate to refuse.
fn made<'m>(
    draft: &Draft<'m>,
    document: Option<Jsonb<'m>>,
    target: &Target,
    make: impl FnOnce(Value<'_>) -> Result<Option<List<u8>>, Refusal>,
) -> Result<Option<Jsonb<'m>>, Error> {
    let Some(read) = document.and_then(|document| document.read().ok()) else {
        return Ok(document);
    };
    match make(read.root()) {
        Ok(None) => Ok(document),
        Ok(Some(container)) => Ok(Some(draft.memory.jsonb(&container))),
        Err(why) => {
            let event_type = draft.read(draft.event_type).unwrap_or_default();
            Err(Error::refused(why, event_type, &target.name, draft.index))
        }
    }
}
