//! `log_event`: one event.

use super::draft::{Draft, NAMES};
use super::frame::{self, By, Writing};
use super::handover::Stored;
use super::identity;
use super::key::{self, Claim, Outcome};
use super::prepare::Preparing;
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::fcall::{Call, Ret};
use model::taxonomy::rules::LogRules;
use smallvec::SmallVec;
use uuid::Uuid;

/// `eventlog.log_event(...)`.
pub fn log_event(call: &Call<'_>) -> Ret {
    let (target, rules) = lookup::of_call(call.oid(NAMES.len()));
    let mut draft = Draft::of_call(call);
    let written = write(&target, &rules, &mut draft, None).or_raise();
    call.value(call.memory().uuid(written.id))
}

/// An event that is in the log.
pub struct Written {
    /// its id, or that of the event that its idempotency key belongs to
    pub id: Uuid,
    /// what the log assigned; none when the key had its event already
    pub stored: Option<Stored>,
}

/// Writes one event as the current role. `id` is drawn unless it is given, which takes INSERT on
/// that column.
pub fn write(
    target: &Target,
    rules: &LogRules,
    draft: &mut Draft<'_>,
    id: Option<Uuid>,
) -> Result<Written, Error> {
    draft.check()?;
    let mut preparing = Preparing::begin(draft, target, rules)?;
    let hash = match draft.claims() {
        true => Some(preparing.content_hash(draft, target)?),
        false => None,
    };
    let (_held, number) = match rules.ruled {
        true => {
            draft.fill_tenant(target, rules)?;
            frame::hold_one(target, rules, draft)
        }
        false => (None, None),
    };
    let reading = Reading::now();
    draft.fill(target, rules, reading)?;
    preparing.end(draft, target)?;
    let event_id = id.unwrap_or_else(|| identity::new_id(reading));
    if let Some(hash) = hash
        && let Some(claim) = Claim::of_draft(draft, hash, event_id)
        && let Outcome::Taken {
            event_id: first,
            hash: known,
        } = claim.make(target, rules)
    {
        let id = key::same_event(target, draft, &hash, (first, known.as_deref()))?;
        return Ok(Written { id, stored: None });
    }
    let stored = Writing {
        target,
        rules,
        drafts: std::slice::from_ref(draft),
        ids: SmallVec::from_buf([event_id]),
        id_given: id.is_some(),
        number,
        reading,
        by: By::Caller,
        is_batch: false,
        leaves_out: false,
    }
    .run()?;
    Ok(Written {
        id: event_id,
        stored,
    })
}
