//! `log_events`: an array of events, one insert, all or nothing.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::draft::{Draft, NAMES, at};
use super::frame::{By, Writing};
use super::handover::Ids;
use super::identity;
use super::key::{self, Claim, Outcome};
use crate::error::{Error, OrRaise};
use crate::log::target::{self, Target};
use crate::pg::clock::Reading;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{Builder, List, Value};
use crate::pg::relation::{self, Access};
use crate::pg::{datum, input};
use model::taxonomy::rules::LogRules;
use model::taxonomy::suggest;
use model::text::shorten_bytes;
use pgrx::pg_sys::Datum;
use uuid::Uuid;

/// `eventlog.log_events(events, log)`.
pub fn log_events(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    for id in write_all(call).or_raise() {
        sink.push(&[Some(datum::new_uuid(id))]);
    }
    Ret::Void
}

fn write_all(call: &Call<'_>) -> Result<List<Uuid>, Error> {
    let (target, rules) = target::of_call(call.oid(1));
    let document = call
        .jsonb(0)
        .ok_or_else(|| Error::argument("events must not be null"))?;
    let document = document
        .read()
        .map_err(|_| Error::argument("events are damaged"))?;
    let events = document.root().as_array().ok_or_else(|| {
        Error::argument_hint(
            format!(
                "events must be a JSON array, not {}",
                document.kind().name()
            ),
            "For one event call eventlog.log_event().",
        )
    })?;

    if events.is_empty() {
        // Nothing is written that would ask for it.
        relation::require_access(target.oid, Access::Insert);
    }
    let reading = Reading::now();
    let mut drafts = List::with_capacity(events.len())?;
    let mut keyed = List::new();
    for (index, event) in events.iter().enumerate() {
        let mut draft = parse(index, event)?;
        draft.check()?;
        if draft.claims() {
            keyed.push((index, draft.content_hash()?))?;
        }
        draft.fill(&target, &rules, reading)?;
        drafts.push(draft)?;
    }
    let mut ids = List::of(drafts.iter().map(|_| identity::new_id(reading)))?;
    let repeated = claim(&target, &rules, &drafts, keyed, &mut ids)?;

    let mut fresh_ids = List::with_capacity(ids.len())?;
    let mut fresh = List::with_capacity(ids.len())?;
    for (index, draft) in drafts.iter().enumerate() {
        if !repeated[index] {
            fresh_ids.push(ids[index])?;
            fresh.push(*draft)?;
        }
    }
    if !fresh.is_empty() {
        Writing {
            target: &target,
            rules: &rules,
            drafts: &fresh,
            ids: Vec::from(fresh_ids).into(),
            id_given: false,
            reading,
            by: By::Caller,
            is_batch: true,
        }
        .run()?;
    }
    Ok(ids)
}

/// Writes captured events whose values are filled in, as the log's owner: they are written beyond the rights of the
/// role that made the change.
pub fn write_as_owner(
    target: &Target,
    rules: &LogRules,
    drafts: &[Draft],
    reading: Reading,
) -> Result<(), Error> {
    let ids = match drafts {
        [_] => Ids::from_buf([identity::new_id(reading)]),
        _ => {
            let ids: Vec<Uuid> = List::of(drafts.iter().map(|_| identity::new_id(reading)))?.into();
            ids.into()
        }
    };
    Writing {
        target,
        rules,
        drafts,
        ids,
        id_given: false,
        reading,
        by: By::Capture,
        // Nobody sees the batch that an error would name a place in.
        is_batch: false,
    }
    .run()
    .map(|_| ())
}

/// Claims the keys of a batch, in an order that all batches share: two of them that hold the same
/// keys wait for each other in turn and not for ever. Gives the places whose key had its event
/// already; their ids are the first event's.
fn claim(
    target: &Target,
    rules: &LogRules,
    drafts: &[Draft],
    mut keyed: List<(usize, [u8; 32])>,
    ids: &mut [Uuid],
) -> Result<List<bool>, Error> {
    let mut repeated = List::new();
    repeated.resize(drafts.len(), false)?;
    // Of a tenant of the log's type, and a key.
    let order = |a: usize, b: usize| {
        let tenants = [a, b].map(|index| drafts[index].values()[at::TENANT]);
        let keys = [a, b].map(|index| drafts[index].text(at::KEY));
        datum::compare(tenants, rules.tenant_type).then_with(|| keys[0].cmp(&keys[1]))
    };
    keyed.sort_unstable_by(|(a, _), (b, _)| order(*a, *b).then(a.cmp(b)));
    // The first event with the key at hand, whose repetitions come right after it.
    let mut first: Option<(usize, [u8; 32])> = None;
    for (index, hash) in keyed {
        if let Some((of, known)) = first.filter(|(of, _)| order(*of, index).is_eq()) {
            let holder = (ids[of], Some(&known[..]));
            ids[index] = key::same_event(target, &drafts[index], &hash, holder)?;
            repeated[index] = true;
            continue;
        }
        if let Some(claim) = Claim::of_draft(&drafts[index], hash, ids[index])
            && let Outcome::Taken {
                event_id,
                hash: known,
            } = claim.make(target, rules)
        {
            let holder = (event_id, known.as_deref());
            ids[index] = key::same_event(target, &drafts[index], &hash, holder)?;
            repeated[index] = true;
        }
        first = Some((index, hash));
    }
    Ok(repeated)
}

fn parse(index: usize, event: Value<'_>) -> Result<Draft, Error> {
    let mut draft = Draft::new(Some(index));
    let object = event.as_object().ok_or_else(|| {
        Error::argument(draft.place(&format!(
            "event must be a JSON object, not {}",
            event.kind().name()
        )))
    })?;
    let mut payload_given = false;
    for (key, value) in object.iter() {
        let position = NAMES
            .iter()
            .position(|name| name.as_bytes() == key)
            .ok_or_else(|| unknown_key(&draft, key))?;
        payload_given |= position == at::PAYLOAD;
        let datum = convert(&draft, position, value)?;
        draft.set(position, datum);
    }
    if !payload_given {
        draft.set(at::PAYLOAD, Some(datum::empty_object()));
    }
    Ok(draft)
}

#[allow(
    clippy::disallowed_methods,
    reason = "the names of parameters, which are few"
)]
fn unknown_key(draft: &Draft, key: &[u8]) -> Error {
    let message = draft.place(&format!("unknown key \"{}\"", shorten_bytes(key)));
    let name = std::str::from_utf8(key).unwrap_or_default();
    let hint = match suggest::nearest(name, NAMES.iter()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("Keys of an event are {}.", NAMES.join(", ")),
    };
    Error::argument_hint(message, hint)
}

fn convert(draft: &Draft, position: usize, value: Value<'_>) -> Result<Option<Datum>, Error> {
    let name = NAMES[position];
    let wrong = |wanted: &str| {
        let found = value.kind().name();
        Err(Error::argument(
            draft.place(&format!("{name} must be {wanted}, not {found}")),
        ))
    };
    if value.is_null() {
        return Ok(None);
    }
    match position {
        at::PAYLOAD | at::CONTEXT => Ok(Some(document(value)?)),
        at::VERSION => match (value, value.as_i64().and_then(|v| i32::try_from(v).ok())) {
            (_, Some(version)) => Ok(Some(Datum::from(version))),
            (Value::Number(_), None) => Err(Error::argument(
                draft.place("version must be a whole number from 1"),
            )),
            _ => wrong("a whole number"),
        },
        at::OCCURRED => match value {
            Value::String(text) => match input::timestamptz(text) {
                Ok(datum) => Ok(Some(datum)),
                Err(why) => Err(Error::argument(draft.place(&format!("{name}: {why}")))),
            },
            _ => wrong("a timestamp as a string"),
        },
        _ => match value {
            Value::String(text) => Ok(Some(datum::new_varlena(text))),
            // Identifiers may be numbers, as in a call by named arguments.
            Value::Number(_) if name.ends_with("_id") || name.ends_with("_key") => {
                let mut text = List::new();
                value.write_text(&mut text).map_err(|why| {
                    Error::not_read(why, || Error::argument(draft.place("a number is damaged")))
                })?;
                Ok(Some(datum::new_varlena(&text)))
            }
            _ => wrong("a string"),
        },
    }
}

/// A value inside the array as a jsonb value of its own. Nested containers have the same form as
/// whole documents; scalars are wrapped.
pub fn document(value: Value<'_>) -> Result<Datum, Error> {
    match value {
        Value::Object(object) => Ok(datum::new_jsonb(object.as_bytes())),
        Value::Array(array) => Ok(datum::new_jsonb(array.as_bytes())),
        scalar => {
            let mut builder = Builder::new();
            builder.value(scalar);
            let bytes = builder
                .finish()
                .map_err(|_| Error::internal("a scalar could not be made a document"))?;
            Ok(datum::new_jsonb(&bytes))
        }
    }
}
