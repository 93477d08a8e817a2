//! `validate_event`: what the gate would say, without writing.

use crate::error::Error;
use crate::log::lookup;
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use model::taxonomy::rules::{Facts, Refusal, Verdict};
use model::taxonomy::violation::Violation;
use model::text::shorten;

/// `eventlog.validate_event(type, payload, version, log)`: no rows means valid.
pub fn validate_event(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let memory = call.memory();
    let Some(event_type) = call.text(0) else {
        Error::argument("event type must not be null").raise();
    };
    let Some(payload) = call.jsonb(1) else {
        Error::argument("payload must not be null").raise();
    };
    let (log, rules) = lookup::rules_of_call(call.oid(3));
    let facts = Facts {
        event_type,
        version: call.int(2),
        // What an event happened to and who did it is not asked here.
        entity_type: None,
        actor_type: None,
        kinds_known: false,
        identifiers: &[],
        payload: Some(payload),
        context: None,
        context_required: false,
        by_capture: false,
        came: None,
    };
    let asked = |payload| match rules.ruled {
        true => crate::rules::ask_payload(rules.log_id, log, event_type, payload),
        false => Vec::new(),
    };
    let broken = match rules.judge(&facts, || relation::is_owned(log)) {
        Verdict::Pass => asked(payload),
        Verdict::Replace(made) => {
            let payload = match &made.payload {
                Some(container) => memory.jsonb(container),
                None => payload,
            };
            let mut broken = made.reported;
            broken.extend(asked(payload));
            broken
        }
        Verdict::Refuse(Refusal::Broken(violations)) => violations,
        // The gate says so with an SQLSTATE of its own.
        Verdict::Refuse(Refusal::Captured) => {
            let name = shorten(&String::from_utf8_lossy(event_type));
            let message = format!(
                "event type \"{name}\" tells the changes of a tracked table, and is not written by hand"
            );
            vec![Violation::new("captured_type", "", message)]
        }
        Verdict::Refuse(refusal) => {
            let log = relation::display(log);
            Error::refused(refusal, event_type, &log, None).raise()
        }
    };
    for violation in broken {
        sink.push(&[
            Some(memory.text(violation.code).into()),
            Some(memory.text(&*violation.path).into()),
            Some(memory.text(&*violation.message).into()),
        ]);
    }
    Ret::Void
}
