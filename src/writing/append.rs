//! `append_events`: events of one entity, if it is as whoever writes them believes.

use super::draft::Draft;
use super::{frame, many};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::pg::datum::{Datum, TenantValue};
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::jsonb::List;
use crate::pg::relation::{self, Access};
use crate::rules;
use model::taxonomy::violation::Violation;
use model::text::shorten_bytes;
use uuid::Uuid;

/// What whoever appends believes of the entity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// nothing
    Anything,
    /// it has no events
    New,
    /// this is its last event
    Last(Uuid),
}

impl Expected {
    fn holds(self, last: Option<Uuid>) -> bool {
        match self {
            Expected::Anything => true,
            Expected::New => last.is_none(),
            Expected::Last(id) => last == Some(id),
        }
    }
}

/// `eventlog.append_events(entity_type, entity_id, events, expected_last, expect_new, tenant_id, log)`.
pub fn append_events(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    for id in append(call).or_raise() {
        sink.push(&[Some(Datum::uuid(&id))]);
    }
    Ret::Void
}

fn append(call: &Call<'_>) -> Result<List<Uuid>, Error> {
    let (target, rules) = lookup::of_call(call.oid(6));
    let (entity_type, entity_id) = (
        required(call.str(0), "entity_type"),
        required(call.str(1), "entity_id"),
    );
    let expected = match (call.uuid(3), required(call.bool(4), "expect_new")) {
        (Some(_), true) => {
            return Err(Error::argument_hint(
                "expected_last and expect_new exclude each other",
                "An entity that has a last event is not new.",
            ));
        }
        (Some(last), false) => Expected::Last(last),
        (None, true) => Expected::New,
        (None, false) => Expected::Anything,
    };
    let memory = call.memory();
    let document = required(call.jsonb(2), "events");
    let document = many::read(&document)?;
    let events = many::array_of(&document)?;
    if events.is_empty() {
        // Nothing is written that would ask for it, and nothing is told.
        relation::require_access(target.oid, Access::Insert);
        return Ok(List::new());
    }
    let mut batch = many::Batch::new(events.len(), true)?;
    for (index, event) in events.iter().enumerate() {
        let mut draft = many::parse(index, event, memory)?;
        refuse_own(&draft)?;
        draft.entity_type = Some(entity_type);
        draft.entity_id = Some(entity_id);
        draft.tenant = call.str(5).map(TenantValue::Text);
        batch.add(draft, &target, &rules)?;
    }
    // All are the same entity's.
    let Some(first) = batch.drafts().first().copied() else {
        return Ok(List::new());
    };
    let subject = frame::subject(&first);
    let appending = rules::append_to(&target, &rules, &subject, memory)
        .ok_or_else(|| Error::internal("an entity is none"))?;
    let held = frame::hold(&target, &rules, batch.drafts());
    let last = appending.last(&target);
    let as_expected = expected.holds(last);
    if !as_expected && let Some(held) = &held {
        // Whoever may not write is not told how the entity is: so it is written, and undone.
        held.in_vain();
    }
    let written = batch.write(&target, &rules)?;
    // Nothing but repetitions, which the entity has had in mind all along.
    let Some(stored) = written.stored else {
        return Ok(written.ids);
    };
    if !as_expected {
        let name = |bytes: &[u8]| shorten_bytes(bytes);
        let entity = format!(
            "{} \"{}\"",
            name(memory.read(entity_type)),
            name(memory.read(entity_id))
        );
        return Err(unexpected(&entity, last, expected));
    }
    if let Some(last) = written.ids.last() {
        appending.end(&target, *last, stored.seq, memory);
    }
    Ok(written.ids)
}

/// Refuses an event that says for itself what the call says for all.
fn refuse_own(draft: &Draft<'_>) -> Result<(), Error> {
    let own = [
        ("entity_type", draft.entity_type.is_some()),
        ("entity_id", draft.entity_id.is_some()),
        ("tenant_id", draft.tenant.is_some()),
    ];
    match own.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((name, _)) => Err(Error::argument(draft.place(&format!(
            "{name} is that of the call, and no key of an event"
        )))),
    }
}

fn unexpected(entity: &str, last: Option<Uuid>, expected: Expected) -> Error {
    let message = match (last, expected) {
        (None, _) => format!("{entity} has no events"),
        (Some(last), Expected::New) => format!("{entity} is not new: its last event is {last}"),
        (Some(last), _) => format!("{entity} has changed: its last event is {last}"),
    };
    let hint = "Read the entity again, decide anew, and append to what it is then.";
    Error::Violations {
        event_type: String::new(),
        index: None,
        violations: vec![Violation::new("expected", "", message).with_hint(hint)],
    }
}
