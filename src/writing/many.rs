//! `log_events`: an array of events, one insert, all or nothing.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::draft::{self, Draft, NAMES, Place};
use super::frame::{self, By, Writing};
use super::handover::{Ids, Stored};
use super::identity;
use super::key::{self, Claim, Outcome};
use super::prepare::Preparing;
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Datum, Jsonb, Str, TenantValue};
use crate::pg::fcall::{Call, Ret};
use crate::pg::input;
use crate::pg::jsonb::{Array, Builder, List, Value};
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Access};
use model::taxonomy::rules::LogRules;
use model::taxonomy::suggest;
use model::text::shorten_bytes;
use uuid::Uuid;

/// `eventlog.log_events(events, log)`.
pub fn log_events(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    for id in write_all(call).or_raise() {
        sink.push(&[Some(Datum::uuid(&id))]);
    }
    Ret::Void
}

fn write_all(call: &Call<'_>) -> Result<List<Uuid>, Error> {
    let (target, rules) = lookup::of_call(call.oid(1));
    let document = call
        .jsonb(0)
        .ok_or_else(|| Error::argument("events must not be null"))?;
    let document = read(&document)?;
    let events = array_of(&document)?;
    if events.is_empty() {
        // Nothing is written that would ask for it.
        relation::require_access(target.oid, Access::Insert);
    }
    let mut batch = Batch::new(events.len(), rules.ruled)?;
    for (index, event) in events.iter().enumerate() {
        let draft = parse(index, event, call.memory())?;
        batch.add(draft, &target, &rules)?;
    }
    let _held = frame::hold(&target, &rules, batch.drafts());
    Ok(batch.write(&target, &rules)?.ids)
}

/// The document of an argument.
pub(super) fn read<'d>(document: &Jsonb<'d>) -> Result<crate::pg::jsonb::Jsonb<'d>, Error> {
    document
        .read()
        .map_err(|_| Error::argument("events are damaged"))
}

/// The array that events are given as.
pub(super) fn array_of<'d>(document: &'d crate::pg::jsonb::Jsonb<'_>) -> Result<Array<'d>, Error> {
    document.root().as_array().ok_or_else(|| {
        Error::argument_hint(
            format!(
                "events must be a JSON array, not {}",
                document.kind().name()
            ),
            "For one event call eventlog.log_event().",
        )
    })
}

/// Events of one call, on their way.
pub(super) struct Batch<'m, 'r> {
    drafts: List<Draft<'m>>,
    /// the places of those that have keys, and what they say
    keyed: List<(usize, [u8; 32])>,
    /// what is to be done to each once it is filled in, where something is held before
    prepared: List<Preparing<'r>>,
    reading: Reading,
    /// whether something is held before the clock is read
    waits: bool,
}

/// What became of them.
pub(super) struct Done {
    /// an id for each, or that of the event that its idempotency key belongs to
    pub ids: List<Uuid>,
    /// what the log assigned to the last one; none where it had all of them already
    pub stored: Option<Stored>,
}

impl<'m, 'r> Batch<'m, 'r> {
    pub(super) fn new(capacity: usize, waits: bool) -> Result<Batch<'m, 'r>, Error> {
        Ok(Batch {
            drafts: List::with_capacity(capacity)?,
            keyed: List::new(),
            prepared: List::new(),
            reading: Reading::now(),
            waits,
        })
    }

    /// Adds one as it was given.
    pub(super) fn add(
        &mut self,
        mut draft: Draft<'m>,
        target: &Target,
        rules: &'r LogRules,
    ) -> Result<(), Error> {
        draft.check()?;
        let mut preparing = Preparing::begin(&mut draft, target, rules)?;
        if draft.claims() {
            let hash = preparing.content_hash(&draft, target)?;
            self.keyed.push((self.drafts.len(), hash))?;
        }
        match self.waits {
            true => {
                draft.fill_tenant(target, rules)?;
                self.prepared.push(preparing)?;
            }
            false => {
                draft.fill(target, rules, self.reading)?;
                preparing.end(&mut draft, target)?;
            }
        }
        self.drafts.push(draft)?;
        Ok(())
    }

    /// The events, whose tenants are of the log's type.
    pub(super) fn drafts(&self) -> &[Draft<'m>] {
        &self.drafts
    }

    /// Writes them; what had to be held is held.
    pub(super) fn write(self, target: &Target, rules: &LogRules) -> Result<Done, Error> {
        let Batch {
            mut drafts,
            keyed,
            mut prepared,
            mut reading,
            waits,
        } = self;
        if waits {
            reading = Reading::now();
            for (draft, preparing) in drafts.iter_mut().zip(prepared.iter_mut()) {
                draft.fill(target, rules, reading)?;
                preparing.end(draft, target)?;
            }
        }
        let mut ids = List::of(drafts.iter().map(|_| identity::new_id(reading)))?;
        let repeated = claim(target, rules, &drafts, keyed, &mut ids)?;

        let mut fresh_ids = List::with_capacity(ids.len())?;
        let mut fresh = List::with_capacity(ids.len())?;
        for (index, draft) in drafts.iter().enumerate() {
            if !repeated[index] {
                fresh_ids.push(ids[index])?;
                fresh.push(*draft)?;
            }
        }
        let mut stored = None;
        if !fresh.is_empty() {
            stored = Writing {
                target,
                rules,
                drafts: &fresh,
                ids: Vec::from(fresh_ids).into(),
                id_given: false,
                reading,
                by: By::Caller,
                is_batch: true,
                leaves_out: false,
                number: None,
            }
            .run()?;
        }
        Ok(Done { ids, stored })
    }
}

/// Writes captured events whose values are filled in, as the log's owner: they are written beyond the rights of the
/// role that made the change.
pub fn write_as_owner(
    target: &Target,
    rules: &LogRules,
    drafts: &[Draft<'_>],
    reading: Reading,
) -> Result<(), Error> {
    let held = frame::hold(target, rules, drafts);
    let reading = match held {
        Some(_) => Reading::now(),
        None => reading,
    };
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
        number: None,
        leaves_out: false,
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
    drafts: &[Draft<'_>],
    mut keyed: List<(usize, [u8; 32])>,
    ids: &mut [Uuid],
) -> Result<List<bool>, Error> {
    let mut repeated = List::new();
    repeated.resize(drafts.len(), false)?;
    // Of a tenant of the log's type, and a key.
    let order = |a: usize, b: usize| drafts[a].key_order(&drafts[b]);
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

pub(super) fn parse<'m>(
    index: usize,
    event: Value<'_>,
    memory: Memory<'m>,
) -> Result<Draft<'m>, Error> {
    let mut draft = Draft::new(memory, Some(index));
    let object = event.as_object().ok_or_else(|| {
        Error::argument(draft.place(&format!(
            "event must be a JSON object, not {}",
            event.kind().name()
        )))
    })?;
    let mut payload_given = false;
    for (key, value) in object.iter() {
        take(&mut draft, key, value)?;
        payload_given |= key == b"payload";
    }
    if !payload_given {
        draft.payload = Some(memory.empty_object());
    }
    Ok(draft)
}

#[allow(
    clippy::disallowed_methods,
    reason = "the names of parameters, which are few"
)]
fn unknown_key(draft: &Draft<'_>, key: &[u8]) -> Error {
    let message = draft.place(&format!("unknown key \"{}\"", shorten_bytes(key)));
    let name = std::str::from_utf8(key).unwrap_or_default();
    let hint = match suggest::nearest(name, NAMES.iter()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("Keys of an event are {}.", NAMES.join(", ")),
    };
    Error::argument_hint(message, hint)
}

/// Takes the value of a key of an event; null is none.
pub fn take(draft: &mut Draft<'_>, key: &[u8], value: Value<'_>) -> Result<(), Error> {
    // What an error would say; a key that has a place is a name.
    let (memory, at) = (draft.memory, draft.index);
    let name = std::str::from_utf8(key).unwrap_or_default();
    let refuse = |sentence: &str| Err(Error::argument(draft::place(at, sentence)));
    let wrong = |wanted: &str| {
        refuse(&format!(
            "{name} must be {wanted}, not {}",
            value.kind().name()
        ))
    };
    let Some(place) = draft.place_of(key) else {
        return Err(unknown_key(draft, key));
    };
    let is_null = value.is_null();
    match place {
        Place::Document(document) => {
            *document = match is_null {
                true => None,
                false => Some(self::document(value, memory)?),
            }
        }
        Place::Version(version) => {
            *version = match (value, value.as_i64().and_then(|v| i32::try_from(v).ok())) {
                _ if is_null => None,
                (_, Some(version)) => Some(version),
                (Value::Number(_), None) => {
                    return refuse("version must be a whole number from 1");
                }
                _ => return wrong("a whole number"),
            }
        }
        Place::Time(time) => {
            *time = match value {
                _ if is_null => None,
                Value::String(text) => match input::timestamptz(text) {
                    Ok(read) => Some(read),
                    Err(why) => return refuse(&format!("{name}: {why}")),
                },
                _ => return wrong("a timestamp as a string"),
            }
        }
        Place::Text(text) => *text = identifier(name, value, memory, at, wrong)?,
        Place::Tenant(tenant) => {
            *tenant = identifier(name, value, memory, at, wrong)?.map(TenantValue::Text);
        }
    }
    Ok(())
}

fn identifier<'m>(
    name: &str,
    value: Value<'_>,
    memory: Memory<'m>,
    at: Option<usize>,
    wrong: impl FnOnce(&str) -> Result<(), Error>,
) -> Result<Option<Str<'m>>, Error> {
    match value {
        _ if value.is_null() => Ok(None),
        Value::String(text) => Ok(Some(memory.text(text))),
        // Identifiers may be numbers, as in a call by named arguments.
        Value::Number(_) if name.ends_with("_id") || name.ends_with("_key") => {
            let mut text = List::new();
            value.write_text(&mut text).map_err(|why| {
                Error::not_read(why, || {
                    Error::argument(draft::place(at, "a number is damaged"))
                })
            })?;
            Ok(Some(memory.text(&*text)))
        }
        _ => wrong("a string").map(|()| None),
    }
}

/// A value inside the array as a jsonb value of its own. Nested containers have the same form as
/// whole documents; scalars are wrapped.
pub fn document<'m>(value: Value<'_>, memory: Memory<'m>) -> Result<Jsonb<'m>, Error> {
    match value {
        Value::Object(object) => Ok(memory.jsonb(object.as_bytes())),
        Value::Array(array) => Ok(memory.jsonb(array.as_bytes())),
        scalar => {
            let mut builder = Builder::new();
            builder.value(scalar);
            let bytes = builder
                .finish()
                .map_err(|_| Error::internal("a scalar could not be made a document"))?;
            Ok(memory.jsonb(&bytes))
        }
    }
}
