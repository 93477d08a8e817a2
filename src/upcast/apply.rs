//! `upcast`: a payload of one version as one of a later version.

use super::function;
use crate::catalogue::upcast;
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::pg::cached::Cached;
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::{memory::Memory, reserve, user};
use model::Problem;
use model::text::shorten;
use model::upcast::{How, Steps, Upcast, way};
use pgrx::pg_sys::Oid;
use rustc_hash::FxHashMap;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

/// Those of a log, by their types.
type Known = FxHashMap<Box<[u8]>, Vec<Upcast>>;

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static KNOWN: ManuallyDrop<Cached<Uuid, Known>> = ManuallyDrop::default();
}

/// Bytes that a payload takes while it is taken apart, for each of its own, and at least.
const GROWTH: usize = 16;
const LEAST: usize = 64 << 10;

/// `eventlog.upcast(type, version, payload, to_version, log)`.
pub fn upcast(call: &Call<'_>) -> Ret {
    let event_type = required(call.text(0), "event type");
    let version = required(call.int(1), "version");
    let (log, rules) = lookup::rules_of_call(call.oid(4));
    let known_type = rules.types.get::<[u8]>(event_type.as_ref());
    let to = match (call.int(3), known_type) {
        (Some(to), _) => to,
        (None, Some(rules)) => rules.default_version,
        (None, None) => Error::argument(format!(
            "event type \"{}\" is not registered",
            shorten(&String::from_utf8_lossy(event_type))
        ))
        .raise(),
    };
    let Some(payload) = call.jsonb(2) else {
        return Ret::Null;
    };
    if version == to {
        return call.unchanged(2);
    }
    let known = known(rules.log_id, log);
    let all: &[Upcast] = known
        .get::<[u8]>(event_type.as_ref())
        .map_or(&[], Vec::as_slice);
    let pairs: Vec<(i32, i32)> = all.iter().map(|one| (one.from, one.to)).collect();
    let Some(versions) = way(&pairs, version, to) else {
        let name = shorten(&String::from_utf8_lossy(event_type));
        Error::argument_hint(
            format!(
                "no upcast of event type \"{name}\" leads from version {version} to version {to}"
            ),
            "The log's owner makes one with eventlog.register_upcast().",
        )
        .raise();
    };
    let memory = call.memory();
    let mut payload = payload;
    for hop in versions.windows(2) {
        let one = all.iter().find(|one| [one.from, one.to] == *hop);
        let made = match one.map(|one| &one.how) {
            Some(How::Steps(steps)) => Some(by_steps(steps, payload, memory)),
            Some(How::Handler(handler)) => by_function(handler, log, payload, memory),
            None => None,
        };
        match made {
            Some(made) => payload = made,
            None => return Ret::Null,
        }
    }
    call.value(payload)
}

fn known(log_id: Uuid, log: Oid) -> Rc<Known> {
    if let Some(known) = KNOWN.with(|known| known.get(&log_id)) {
        return known;
    }
    let (all, as_of) = upcast::of_log(log_id, log);
    let mut made = Known::default();
    for one in all {
        let name = one.event_type.as_bytes().into();
        made.entry(name).or_default().push(one);
    }
    let made = Rc::new(made);
    KNOWN.with(|known| known.keep(log_id, &made, Rc::new(as_of)));
    made
}

fn by_steps<'m>(steps: &Steps, payload: Jsonb<'m>, memory: Memory<'m>) -> Jsonb<'m> {
    let damaged = |_| Error::argument("payload is damaged");
    let bytes = payload.size().saturating_mul(GROWTH).saturating_add(LEAST);
    let made = reserve::with_reserve(bytes, || {
        let read = payload.read().map_err(damaged)?;
        let made = steps.apply(read).map_err(|why: Problem| Error::from(why))?;
        Ok::<_, Error>(memory.jsonb(&made))
    });
    made.or_raise().or_raise()
}

/// What the function makes, run as the log's owner; none where that is null.
fn by_function<'m>(
    handler: &str,
    log: Oid,
    payload: Jsonb<'m>,
    memory: Memory<'m>,
) -> Option<Jsonb<'m>> {
    user::as_owner(log, || {
        let owner =
            user::owner_of(log).unwrap_or_else(|| Error::internal("the log is gone").raise());
        let function = function::find(handler, owner).or_raise();
        function.call_for_jsonb(payload.into(), memory)
    })
}
