//! The gate: every event of a log passes this one trigger, whichever way it comes.

pub mod validate;

use crate::error::Error;
use crate::log::target::{self, Target};
use crate::pg::clock;
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb;
use crate::pg::relation;
use crate::writing::handover::{self, Stored};
use crate::writing::{key, number};
use model::taxonomy::rules::{Document, Facts, Refusal, Verdict};
use model::text::shorten;

impl Document for Jsonb<'_> {
    #[inline]
    fn size(&self) -> usize {
        Jsonb::size(self)
    }

    #[inline]
    fn read(&self) -> Option<jsonb::Jsonb<'_>> {
        Jsonb::read(self).ok()
    }
}

/// `eventlog.gate(log_id)`: BEFORE INSERT trigger for each row of a log. It checks and refuses, and
/// assigns nothing.
pub fn gate(call: &Call<'_>) -> Ret {
    let trigger = call.trigger("eventlog.gate");
    let Some(inserting) = trigger.before_insert_row() else {
        Error::TriggerMisuse {
            function: "eventlog.gate",
        }
        .raise();
    };
    let (target, rules) = target::of_gate(&trigger);
    let c = &target.columns;
    let row = inserting.row(c.last);

    let id = row.uuid(c.id);
    let place = handover::arrived(target.log_id, id, || Stored {
        seq: row.long(c.seq).unwrap_or(0),
        recorded_at: row.long(c.recorded_at).unwrap_or(0),
    });
    let index = place.and_then(|p| p.index);

    let key = row.text(c.idempotency_key);
    let facts = Facts {
        event_type: row.text(c.event_type).unwrap_or_default(),
        version: row.int(c.version),
        entity_type: row.text(c.entity_type),
        actor_type: row.text(c.actor_type),
        kinds_known: true,
        identifiers: &[
            ("tenant_id", target.text_tenant(&row)),
            ("entity_type", row.text(c.entity_type)),
            ("entity_id", row.text(c.entity_id)),
            ("actor_type", row.text(c.actor_type)),
            ("actor_id", row.text(c.actor_id)),
            ("source_type", row.text(c.source_type)),
            ("source_id", row.text(c.source_id)),
            ("correlation_id", row.text(c.correlation_id)),
            ("causation_id", row.text(c.causation_id)),
            ("idempotency_key", key),
        ],
        payload: row.jsonb(c.payload),
        context: row.jsonb(c.context),
        context_required: true,
        by_capture: place.is_some_and(|p| p.by_capture),
    };
    match rules.judge(&facts, || target.is_owned()) {
        Verdict::Pass => {}
        Verdict::Refuse(refusal) => refuse(refusal, facts.event_type, &target, index),
    }
    let tenant_missing =
        row.datum(c.tenant_id).is_none() || target.text_tenant(&row).is_some_and(<[u8]>::is_empty);
    if rules.require_tenant && tenant_missing {
        Error::MissingTenant {
            log: target.name.clone(),
            index,
        }
        .raise();
    }
    // An event with an old transaction id would be invisible to consumers.
    let genuine_xid = row
        .long(c.xid)
        .is_some_and(|x| x as u64 == clock::current_xid());
    let genuine_origin = row.int(c.origin) == Some(clock::origin());
    // One whose number was not drawn after that id could stand where readers have been already.
    let genuine_seq = row
        .long(c.seq)
        .is_some_and(|number| number::take(&target, number));
    let genuine = genuine_xid && genuine_origin && genuine_seq;
    if !genuine && !relation::is_owned(target.oid) {
        let log = target.name.clone();
        match (genuine_xid, genuine_origin) {
            (false, _) => Error::Forged { column: "xid", log },
            (true, false) => Error::Forged {
                column: "origin",
                log,
            },
            (true, true) => Error::ForgedNumber { log },
        }
        .raise();
    }
    // log_event has claimed the key of its events already.
    if let (Some(_), None) = (key, place) {
        key::claim_for_insert(&target, &rules, &row);
    }
    inserting.pass()
}

#[cold]
fn refuse(refusal: Refusal, event_type: &[u8], log: &Target, index: Option<usize>) -> ! {
    let event_type = String::from_utf8_lossy(event_type).into_owned();
    match refusal {
        Refusal::Captured => Error::Captured {
            event_type: shorten(&event_type),
            log: log.name.clone(),
            index,
        },
        Refusal::Broken(violations) => Error::Violations {
            event_type,
            index,
            violations,
        },
    }
    .raise()
}
