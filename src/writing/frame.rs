//! One frame for all that writes events: one, many, captured.
//!
//! Whoever writes fills the events in, draws their ids and claims their keys. What is the same for all stands here: the
//! events are handed over to the column defaults and to the gate, go into the table on one of two roads, and are counted
//! when they have arrived. The straight road goes into the table as COPY does (`straight`), the other one is a
//! statement for the executor (`statement`).

use super::draft::Draft;
pub use super::handover::Refused;
use super::handover::{Ids, Outcome, Stored};
use super::number;
use super::{statement, straight};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::sequence;
use crate::rules::{Ahead, Hold, Subject};
use model::taxonomy::rules::LogRules;

/// Who writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// the current role, whose rights decide
    Caller,
    /// capture, which writes as the log's owner
    Capture,
}

/// Events on their way into a log.
pub struct Writing<'a> {
    /// the log
    pub target: &'a Target,
    /// its rules
    pub rules: &'a LogRules,
    /// the events, filled in
    pub drafts: &'a [Draft<'a>],
    /// an id for each, which the road takes
    pub ids: Ids,
    /// whether whoever writes gives the id, as a column of its own, which takes a right of its own
    pub id_given: bool,
    /// the number of the only one, where it was drawn before
    pub number: Option<i64>,
    /// when they are written
    pub reading: Reading,
    /// who writes them
    pub by: By,
    /// whether errors name an event's place
    pub is_batch: bool,
    /// whether an event that breaks rules is left out, instead of being an error
    pub leaves_out: bool,
}

impl Writing<'_> {
    /// Writes them, all or none; gives what the log assigned to the last one.
    pub fn run(self) -> Result<Option<Stored>, Error> {
        self.write().map(|done| done.stored)
    }

    /// Writes those that break no rules; tells of the others, by their places.
    pub fn run_leaving_out(mut self) -> Result<Refused, Error> {
        self.leaves_out = true;
        self.write().map(|done| done.refused)
    }

    fn write(mut self) -> Result<Outcome<u64>, Error> {
        let (target, count) = (self.target, self.drafts.len());
        target.prepare_to_write();
        let done = match straight::write(&mut self) {
            Some(done) => done,
            None => statement::write(&mut self)?,
        };
        // A trigger or rule of somebody else's has swallowed one.
        if done.result + done.refused.len() as u64 != count as u64 || !done.complete {
            return Err(Error::Suppressed {
                log: target.name.clone(),
            });
        }
        Ok(done)
    }
}

/// Holds the states of the entities of these events, whose tenants are of the log's type; none where no rule is about
/// them. Whoever writes them reads the clock, and draws ids and numbers, after that.
pub fn hold(target: &Target, rules: &LogRules, drafts: &[Draft<'_>]) -> Option<Hold> {
    if !rules.ruled {
        return None;
    }
    let memory = drafts.first()?.memory;
    crate::rules::hold(target, rules, drafts.iter().map(subject), memory)
}

/// The same for one event that is written at once: its entity may be moved on already, and its number drawn.
pub fn hold_one(
    target: &Target,
    rules: &LogRules,
    draft: &Draft<'_>,
) -> (Option<Hold>, Option<i64>) {
    match ahead(target, rules, draft) {
        Some((hold, number)) => (Some(hold), Some(number)),
        None => (hold(target, rules, std::slice::from_ref(draft)), None),
    }
}

fn ahead(target: &Target, rules: &LogRules, draft: &Draft<'_>) -> Option<(Hold, i64)> {
    // A repetition is no step, and what triggers of somebody else's make of an event is not known yet.
    let plain = target.plain().filter(|_| !draft.claims())?;
    let sequence = plain.sequence;
    // Whoever may not draw is told so where numbers are drawn.
    if !sequence::may_draw(sequence) {
        return None;
    }
    let step = Ahead {
        subject: subject(draft),
        event_type: draft.event_type?,
        payload: draft.payload?,
        sequence,
    };
    let (hold, number) = crate::rules::advance(target, rules, &step, draft.memory)?;
    number::drawn(sequence, number);
    Some((hold, number))
}

/// Whose state an event may change.
pub fn subject<'d>(draft: &'d Draft<'_>) -> Subject<'d> {
    Subject {
        tenant: draft.tenant.as_ref(),
        entity_type: draft.entity_type,
        entity_id: draft.entity_id,
    }
}
