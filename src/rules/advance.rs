//! An entity moved on before its event is written, in one statement, where one event is all that is written.
//!
//! To hold an entity's row, to read its state and to move it on are two statements. What state an event leads to is
//! known before, and so is the state that it may follow on: a statement that moves on the entities of those states alone
//! holds, judges and moves at once, and draws the event's number when it has the row. Where it finds none, the entity is
//! new, or in another state, or the rule cannot be asked so early; then it is held, and the gate says what is wrong.

use super::held::{self, Hold, Standing, key};
use super::known::{self, Gives};
use super::states::{self, Entity, Subject};
use crate::log::target::Target;
use crate::pg::datum::{Datum, Jsonb, Str};
use crate::pg::memory::Memory;
use crate::pg::sequence;
use model::rule::machine::NONE;
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys::Oid;

/// An event to come, as far as it says which state it leads to.
pub struct Step<'a> {
    /// whose state
    pub subject: Subject<'a>,
    /// its type
    pub event_type: Str<'a>,
    /// its payload, as it will be stored
    pub payload: Jsonb<'a>,
    /// where its number comes from
    pub sequence: Oid,
}

/// Moves the entity of an event on, if one statement can; gives the number that the event is to have. The event has to
/// be written now as it is, or everything undone.
pub fn advance(
    target: &Target,
    rules: &LogRules,
    step: &Step<'_>,
    memory: Memory<'_>,
) -> Option<(Hold, i64)> {
    let known = known::of_log(target.log_id, target.root);
    let kind = memory.read(step.subject.entity_type?);
    let id = memory.read(step.subject.entity_id?);
    let [rule] = known.transitions(kind) else {
        return None;
    };
    let event_type = memory.read(step.event_type);
    if matches!(rule.gives, Gives::OfBoth(_)) || !rule.is_about(event_type) {
        return None;
    }
    let state = states::state_of(rule, event_type, Some(step.payload), None, memory, None)?;
    let before: Vec<String> = rule.machine.before(&state).map(str::to_owned).collect();
    if before.is_empty() {
        return None;
    }
    let entity = Entity::of_subject(&step.subject)?;
    let states = states::of(&known, target, rules);
    // A transaction has its id before it draws a number.
    sequence::transaction_id();
    let values = [
        Some(entity.entity_id),
        Some(entity.entity_type),
        Some(Datum::from(memory.text(&*rule.name))),
        entity.tenant,
        Some(Datum::from(memory.text(&state))),
        Some(Datum::regclass(step.sequence)),
        Some(memory.text_array(&before)),
    ];
    let may_begin = before.iter().any(|state| state == NONE);
    let number = states.advance(target, &values, may_begin)?;
    let tenant = states::tenant_bytes(step.subject.tenant, memory);
    let key = key(target, &rule.name, &tenant, kind, id);
    let held = [(key, Standing::Ahead(state))];
    Some((Hold::of(held.into_iter().collect()), number))
}

/// Whether the entity of the row at hand was moved on for it, to this state.
pub fn was_moved(key: &held::Key, standing: &Standing, state: Option<&str>) -> bool {
    let Standing::Ahead(ahead) = standing else {
        return false;
    };
    let same = state == Some(ahead.as_str());
    if same {
        held::came_by(key);
    }
    same
}
