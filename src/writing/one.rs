//! `log_event`: one event, one insert.

use super::draft::{self, Draft, NAMES};
use super::handover::{self, Insert, Stored};
use super::identity;
use super::key::{self, Claim, Outcome};
use crate::error::{Error, OrRaise};
use crate::log::target::{self, Target};
use crate::pg::clock::Reading;
use crate::pg::datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use crate::pg::spi::Plan;
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys;
use smallvec::SmallVec;
use uuid::Uuid;

/// `eventlog.log_event(...)`.
pub fn log_event(call: &Call<'_>) -> Ret {
    let (target, rules) = target::of_call(call.oid(NAMES.len()));
    let mut draft = Draft::new(None);
    for position in 0..NAMES.len() {
        draft.set(position, call.datum(position));
    }
    let written = write(&target, &rules, &mut draft, None).or_raise();
    Ret::Value(datum::new_uuid(written.id))
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
    draft: &mut Draft,
    id: Option<Uuid>,
) -> Result<Written, Error> {
    draft.check()?;
    let hash = match draft.claims() {
        true => Some(draft.content_hash()?),
        false => None,
    };
    let reading = Reading::now();
    draft.fill(target, rules, reading)?;
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
    target.prepare_to_write();
    let insertion = Insert {
        log_id: target.log_id,
        ids: SmallVec::from_buf([event_id]),
        ids_given: id.is_some(),
        by_capture: false,
        reading,
        rows: None,
    };
    let done = handover::during(insertion, || insert(target, rules, draft, id));
    if done.result != 1 || !done.complete {
        return Err(Error::Suppressed {
            log: target.name.clone(),
        });
    }
    Ok(Written {
        id: event_id,
        stored: done.stored,
    })
}

/// Writes one captured event whose values are filled in, by a plan of the owner's, who is the current
/// role.
pub fn insert_as_owner(
    target: &Target,
    rules: &LogRules,
    draft: &Draft,
    reading: Reading,
) -> Result<(), Error> {
    let insertion = Insert {
        log_id: target.log_id,
        ids: SmallVec::from_buf([identity::new_id(reading)]),
        ids_given: false,
        by_capture: true,
        reading,
        rows: None,
    };
    let plan = target
        .plans
        .owner_insert
        .get_or_init(|| prepare(target, rules, false));
    let done = handover::during(insertion, || plan.execute_alone(draft.values()));
    if done.result != 1 || !done.complete {
        return Err(Error::Suppressed {
            log: target.name.clone(),
        });
    }
    Ok(())
}

fn insert(target: &Target, rules: &LogRules, draft: &Draft, id: Option<Uuid>) -> u64 {
    match id {
        None => {
            let plan = target
                .plans
                .insert
                .get_or_init(|| prepare(target, rules, false));
            plan.execute_alone(draft.values())
        }
        Some(id) => {
            let plan = target
                .plans
                .insert_with_id
                .get_or_init(|| prepare(target, rules, true));
            let mut values = draft.values().to_vec();
            values.push(Some(datum::new_uuid(id)));
            plan.execute_alone(&values)
        }
    }
}

fn prepare(target: &Target, rules: &LogRules, with_id: bool) -> Plan {
    let mut types = draft::column_types(rules).to_vec();
    let mut columns = NAMES.join(", ");
    if with_id {
        columns.push_str(", id");
        types.push(pg_sys::UUIDOID);
    }
    let places: Vec<String> = (1..=types.len()).map(|i| format!("${i}")).collect();
    let name = table_name(target);
    Plan::prepare(
        &format!(
            "insert into {name} ({columns}) values ({})",
            places.join(", ")
        ),
        &types,
    )
}

/// Quoted name of the log's table.
pub fn table_name(target: &Target) -> String {
    relation::quoted(target.oid)
        .unwrap_or_else(|| Error::internal("a log's table has no name").raise())
}
