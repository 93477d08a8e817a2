//! Asking the checks of an event.

use super::known::{self, Check, Checks, Of};
use super::reference;
use crate::error::Error;
use crate::log::document::Shape;
use crate::log::target::Target;
use crate::pg::datum::Jsonb;
use crate::pg::trigger::{Inserting, Trigger};
use model::rule::sentence;
use model::taxonomy::violation::Violation;
use model::text::shorten;
use uuid::Uuid;

/// Asks the checks of a row that is on its way into a log that has rules; gives those that it breaks.
#[inline]
pub fn ask(
    target: &Target,
    trigger: &Trigger<'_>,
    inserting: &Inserting<'_>,
    event_type: &[u8],
    index: Option<usize>,
) -> Vec<Violation> {
    let known = known::of_log(target.log_id, target.root);
    let Some(checks) = known.checks(event_type) else {
        return Vec::new();
    };
    let memory = trigger.memory();
    let mut payload = None;
    let mut event = None;
    let mut document = |of| match of {
        Of::Payload => *payload.get_or_insert_with(|| {
            let column = target.columns.payload;
            inserting.row(column).jsonb(column)
        }),
        Of::Event => Some(*event.get_or_insert_with(|| {
            let shape = Shape::of(trigger.relation(), target);
            shape.document(&inserting.row(i16::MAX), checks.names.as_deref(), memory)
        })),
    };
    let mut broken = Vec::new();
    for check in &checks.all {
        // The gate has refused an event without a payload.
        if let Some(document) = document(check.of) {
            broken.extend(one(check, document, index));
        }
    }
    // Tables are not asked about events that are refused anyway.
    if !broken.is_empty() {
        return broken;
    }
    for rule in &checks.references {
        if let Some(document) = document(rule.of) {
            let row = inserting.row(target.columns.last);
            broken.extend(reference::broken(rule, document, target, &row, index));
        }
    }
    broken
}

/// Asks those checks of a type that ask for nothing but the payload.
pub fn ask_payload(
    log_id: Uuid,
    log: pgrx::pg_sys::Oid,
    event_type: &[u8],
    payload: Jsonb<'_>,
) -> Vec<Violation> {
    let known = known::of_log(log_id, log);
    let all = known
        .checks(event_type)
        .map_or(&[][..], |Checks { all, .. }| all);
    let of_payload = all.iter().filter(|check| check.of == Of::Payload);
    of_payload
        .filter_map(|check| one(check, payload, None))
        .collect()
}

#[inline]
fn one(check: &Check, document: Jsonb<'_>, index: Option<usize>) -> Option<Violation> {
    match check.path.holds(document) {
        Ok(Some(true)) => None,
        Ok(held) => Some(broken(check, held)),
        Err(failure) => Error::RuleFailed {
            name: shorten(&check.name),
            index,
            sqlstate: failure.sqlstate,
        }
        .raise(),
    }
}

#[cold]
fn broken(check: &Check, held: Option<bool>) -> Violation {
    let what = match held {
        Some(_) => "is broken",
        None => "cannot be decided",
    };
    let path = match check.names.as_deref() {
        Some([name]) if name == "context" => "/context",
        _ => "",
    };
    let message = sentence(&check.name, what, check.message.as_deref());
    let hint = format!(
        "Rule \"{}\" asks for: {}",
        shorten(&check.name),
        check.predicate
    );
    Violation::new("rule", path, message).with_hint(hint)
}
