//! Who sent an event: as whom it may be written, now and when it is tried again.
//!
//! Whoever tries a rejected event again is held to no tenant and no actor. So the sender is kept with it, and what the
//! sender was not allowed to write is not written in somebody else's name.

use crate::context::{self, may_write};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::datum::{Str, TenantValue};
use crate::pg::memory::Memory;
use crate::pg::spi::{self, Value};
use crate::pg::user;
use crate::writing::draft::Draft;
use model::taxonomy::rules::LogRules;
use std::cmp::Ordering;

/// Who sent an event.
pub struct Sender<'m> {
    memory: Memory<'m>,
    /// of the log's type
    pub tenant: Option<TenantValue<'m>>,
    /// kind of actor
    pub actor_type: Option<Str<'m>>,
    /// the actor
    pub actor_id: Option<Str<'m>>,
    /// the role, by its name
    pub role: String,
    /// when it was sent, where that is past
    pub received_at: Option<i64>,
    /// what was redacted of the event since, where that was kept
    pub redacted: Option<Vec<String>>,
    /// what events have to be of the sender's
    held: Held,
}

/// To what events of a sender are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// to nothing that is known here
    Free,
    /// to the sender's actor, and to the tenant, if there is one; the policies know of which tenants the sender is
    Member,
    /// to the sender's tenant and actor
    Both,
}

const HOW: &str = "\
    select eventlog._is_held($1::pg_catalog.oid::pg_catalog.regclass, current_user) \
        and exists ( \
            select from pg_catalog.pg_policy p \
            where p.polrelid operator(pg_catalog.=) $1 and p.polname operator(pg_catalog.=) 'eventlog_write'), \
        ( \
            select i.members is not null from eventlog.isolated_table i \
            where i.relation::pg_catalog.oid operator(pg_catalog.=) $1)";

impl<'m> Sender<'m> {
    /// Whoever calls.
    pub fn of_call(target: &Target, rules: &LogRules, memory: Memory<'m>) -> Self {
        let read = |text: Str<'m>| {
            let read = rules.tenant_type.read(memory.read(text)).ok()?;
            Some(TenantValue::new(read, memory))
        };
        let held = match target.is_owned() {
            true => Held::Free,
            false => {
                let found = spi::query_kept(HOW, &[Value::Oid(target.root)], |row| {
                    (row.bool(1) == Some(true), row.bool(2) == Some(true))
                });
                match found.first() {
                    Some((true, true)) => Held::Member,
                    Some((true, false)) => Held::Both,
                    _ => Held::Free,
                }
            }
        };
        Sender {
            memory,
            tenant: context::tenant(memory).and_then(read),
            actor_type: context::actor_type(memory),
            actor_id: context::actor(memory),
            role: user::current_role(),
            received_at: None,
            redacted: None,
            held,
        }
    }

    /// Whoever sent an event that is tried again.
    pub fn kept(
        memory: Memory<'m>,
        tenant: Option<TenantValue<'m>>,
        [actor_type, actor_id]: [Option<Str<'m>>; 2],
        received_at: Option<i64>,
        redacted: Option<Vec<String>>,
        is_held: bool,
    ) -> Self {
        Sender {
            memory,
            tenant,
            actor_type,
            actor_id,
            role: String::new(),
            received_at,
            redacted,
            held: if is_held { Held::Both } else { Held::Free },
        }
    }

    /// Gives an event that is tried again what it does not say itself. What is sent now the session fills in.
    pub fn lend(&self, draft: &mut Draft<'m>) {
        if self.received_at.is_none() {
            return;
        }
        if draft.tenant.is_none() {
            draft.tenant = self.tenant;
        }
        if draft.actor_type.is_none() && draft.actor_id.is_none() {
            (draft.actor_type, draft.actor_id) = (self.actor_type, self.actor_id);
        }
        if draft.occurred_at.is_none() {
            draft.occurred_at = self.received_at;
        }
    }

    /// Refuses an event that its sender may not write, in the words of the policies. Its tenant is of the log's type.
    pub fn check(&self, draft: &Draft<'m>) -> Result<(), Error> {
        let of_tenant = match (&self.tenant, &draft.tenant) {
            (None, _) if self.held == Held::Member => true,
            (None, _) => return self.refuse(may_write::no_tenant()),
            (Some(own), Some(tenant)) => own.compare(tenant, self.memory) == Ordering::Equal,
            (Some(_), None) => false,
        };
        // What is not given is the sender's.
        let same = |given: Option<Str<'m>>, own: Option<Str<'m>>| {
            given.is_none_or(|given| {
                own.is_some_and(|own| self.memory.read(own) == self.memory.read(given))
            })
        };
        let of_type = same(draft.actor_type, self.actor_type);
        let of_actor = same(draft.actor_id, self.actor_id);
        match may_write::of_event(of_tenant, of_type, of_actor) {
            Ok(()) => Ok(()),
            Err(why) => self.refuse(why),
        }
    }

    fn refuse(&self, why: Error) -> Result<(), Error> {
        match self.held {
            Held::Free => Ok(()),
            Held::Member | Held::Both => Err(why),
        }
    }
}
