//! Appending to an entity, by one writer at a time.
//!
//! The lock is a row of the table of states, as for transition rules, under a name that no rule can have. It is moved on
//! by each append, so that whoever does not see that is told to try again (REPEATABLE READ), and does not append after a
//! past. Writers that do not append do not take it; those of entities that have transition rules take theirs, which
//! appending takes as well.

use super::admin;
use super::known::{self, Known};
use super::states::{self, Entity, Subject};
use crate::catalogue::event_type;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::memory::Memory;
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::types;
use model::taxonomy::rules::LogRules;
use std::rc::Rc;
use uuid::Uuid;

/// Stands in the place of a rule's name, which is never empty.
const NO_RULE: &str = "";

/// An entity that nobody else appends to before the transaction ends.
pub struct Appending<'a> {
    known: Rc<Known>,
    entity: Entity<'a>,
}

/// Waits until nobody else appends to an entity, and keeps others from it.
pub fn append_to<'a>(
    target: &Target,
    rules: &LogRules,
    subject: &Subject<'a>,
    memory: Memory<'_>,
) -> Option<Appending<'a>> {
    let entity = Entity::of_subject(subject)?;
    let mut known = known::of_log(target.log_id, target.root);
    if !known.has_transitions() && known.states(target).is_none() {
        make_table(target);
        known = known::of_log(target.log_id, target.root);
    }
    let states = states::of(&known, target, rules);
    states.as_owner(target.root, || {
        states.hold(&entity, memory.text(NO_RULE));
    });
    Some(Appending { known, entity })
}

/// A log without transition rules has no table of states until somebody appends. Of two that make it, one waits.
fn make_table(target: &Target) {
    event_type::as_catalogue_owner(target.log_id, || ());
    admin::make_states(target);
}

impl Appending<'_> {
    /// The id of the entity's last event, if it has any; as the log's owner, since what one may read is not what one may
    /// write.
    pub fn last(&self, target: &Target) -> Option<Uuid> {
        let Some(log) = relation::quoted(target.root) else {
            Error::internal("a log has no name").raise()
        };
        let tenant = match self.entity.tenant {
            Some(_) => "operator(pg_catalog.=) $3",
            None => "is null",
        };
        let sql = format!(
            "select e.id from {log} e where e.entity_type operator(pg_catalog.=) $1 \
             and e.entity_id operator(pg_catalog.=) $2 and e.tenant_id {tenant} \
             order by e.seq desc limit 1"
        );
        let text = |value| Value::Given(pgrx::pg_sys::TEXTOID, Some(value));
        let mut values = vec![text(self.entity.entity_type), text(self.entity.entity_id)];
        if self.entity.tenant.is_some() {
            let kind = types::of_tenant(target.tenant_type);
            values.push(Value::Given(kind, self.entity.tenant));
        }
        let found =
            crate::pg::user::as_owner(target.root, || spi::run(&sql, &values, |row| row.uuid(1)));
        found.into_iter().next().flatten()
    }

    /// The entity has a last event now.
    pub fn end(&self, target: &Target, last: Uuid, seq: i64, memory: Memory<'_>) {
        let Some(states) = self.known.states(target) else {
            return;
        };
        states.as_owner(target.root, || {
            let last = last.to_string();
            states.move_on(&self.entity, memory.text(NO_RULE), memory.text(&last), seq);
        });
    }
}
