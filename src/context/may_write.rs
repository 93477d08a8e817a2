//! What a writer may write: rows of the current tenant, in the current actor's name.
//!
//! Called by policies for each row that is written. It compares bytes where they lie and makes
//! nothing: it must cost next to nothing beside the insert that it stands in.

use super::identity::{self, Identity};
use crate::error::Error;
use crate::pg::fcall::{Call, Ret};
use model::tenant::{read_bigint, read_uuid};

/// Why a row may not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    NoTenant,
    /// of an event, or of a row of a table that has no actor
    Tenant {
        event: bool,
    },
    ActorType,
    Actor,
}

/// `eventlog.may_write(uuid [, actor_type, actor_id])`.
pub fn uuid(call: &Call<'_>) -> Ret {
    let row = call.uuid(0);
    check(call, |tenant| row.is_some() && row == read_uuid(tenant))
}

/// `eventlog.may_write(bigint [, actor_type, actor_id])`.
pub fn bigint(call: &Call<'_>) -> Ret {
    let row = call.long(0);
    check(call, |tenant| row.is_some() && row == read_bigint(tenant))
}

/// `eventlog.may_write(text [, actor_type, actor_id])`.
pub fn text(call: &Call<'_>) -> Ret {
    let row = call.text(0);
    check(call, |tenant| row == Some(tenant))
}

#[inline]
fn check(call: &Call<'_>, is_of: impl FnOnce(&[u8]) -> bool) -> Ret {
    let actor = (call.count() == 3).then(|| [call.text(1), call.text(2)]);
    match identity::with(|who| decide(who, is_of, actor)) {
        Ok(()) => call.value(true),
        Err(refusal) => refuse(refusal),
    }
}

/// `actor` is the row's kind of actor and its actor, where the table has them.
#[inline]
fn decide(
    who: Identity<'_>,
    is_of: impl FnOnce(&[u8]) -> bool,
    actor: Option<[Option<&[u8]>; 2]>,
) -> Result<(), Refusal> {
    let tenant = who.tenant.ok_or(Refusal::NoTenant)?;
    if !is_of(tenant) {
        let event = actor.is_some();
        return Err(Refusal::Tenant { event });
    }
    match actor {
        // Whoever names no kind of actor, or no actor, writes none either.
        Some([actor_type, _]) if actor_type != who.actor_type => Err(Refusal::ActorType),
        Some([_, actor]) if actor != who.actor => Err(Refusal::Actor),
        _ => Ok(()),
    }
}

/// What a writer's policy says of an event, by whether it is of the current tenant, in the name of an actor of the current
/// kind, and of the current one.
pub fn of_event(of_tenant: bool, of_type: bool, of_actor: bool) -> Result<(), Error> {
    let refusal = match (of_tenant, of_type, of_actor) {
        (false, ..) => Refusal::Tenant { event: true },
        (_, false, _) => Refusal::ActorType,
        (_, _, false) => Refusal::Actor,
        _ => return Ok(()),
    };
    Err(error(refusal))
}

/// What it says where there is no current tenant.
pub fn no_tenant() -> Error {
    error(Refusal::NoTenant)
}

#[cold]
fn refuse(refusal: Refusal) -> ! {
    error(refusal).raise()
}

/// The values stay out of it: they may be another tenant's.
fn error(refusal: Refusal) -> Error {
    let (message, hint) = match refusal {
        Refusal::NoTenant => (
            "no tenant is set for this transaction",
            "Begin the transaction with eventlog.set_context(), or log in through PostgREST with claims that \
             name a tenant.",
        ),
        Refusal::Tenant { event: true } => (
            "tenant_id of the event is not the current tenant",
            "Leave tenant_id out: it is taken from the context.",
        ),
        Refusal::Tenant { event: false } => (
            "tenant of the row is not the current tenant",
            "eventlog.current_tenant() says which is.",
        ),
        Refusal::ActorType => (
            "actor_type of the event is not that of the current actor",
            "Leave actor_type and actor_id out: they are taken from the context.",
        ),
        Refusal::Actor => (
            "actor_id of the event is not the current actor",
            "Leave actor_type and actor_id out: they are taken from the context.",
        ),
    };
    Error::NotAllowed {
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who<'a>(fields: [&'a str; 3]) -> Identity<'a> {
        let field = |s: &'a str| (!s.is_empty()).then_some(s.as_bytes());
        Identity {
            tenant: field(fields[0]),
            actor_type: field(fields[1]),
            actor: field(fields[2]),
        }
    }

    fn event(who: Identity<'_>, row: [&'static str; 3]) -> Result<(), Refusal> {
        let field = |s: &'static str| (!s.is_empty()).then_some(s.as_bytes());
        decide(
            who,
            |tenant| field(row[0]) == Some(tenant),
            Some([field(row[1]), field(row[2])]),
        )
    }

    #[test]
    fn an_event_is_of_the_current_tenant_and_actor() {
        let me = who(["t", "user", "7"]);
        assert_eq!(event(me, ["t", "user", "7"]), Ok(()));
        for tenant in ["", "u", "T", "t ", "tt"] {
            assert_eq!(
                event(me, [tenant, "user", "7"]),
                Err(Refusal::Tenant { event: true })
            );
        }
        for kind in ["", "job", "user "] {
            assert_eq!(event(me, ["t", kind, "7"]), Err(Refusal::ActorType));
        }
        for actor in ["", "8", "07"] {
            assert_eq!(event(me, ["t", "user", actor]), Err(Refusal::Actor));
        }
    }

    #[test]
    fn without_an_actor_none_is_named() {
        let nobody = who(["t", "", ""]);
        assert_eq!(event(nobody, ["t", "", ""]), Ok(()));
        assert_eq!(event(nobody, ["t", "user", ""]), Err(Refusal::ActorType));
        assert_eq!(event(nobody, ["t", "", "7"]), Err(Refusal::Actor));
    }

    #[test]
    fn without_a_tenant_nothing_is_written() {
        assert_eq!(
            event(who(["", "user", "7"]), ["", "user", "7"]),
            Err(Refusal::NoTenant)
        );
    }

    #[test]
    fn a_row_without_an_actor_has_a_tenant_alone() {
        let me = who(["t", "user", "7"]);
        assert_eq!(decide(me, |t| t == b"t", None), Ok(()));
        assert_eq!(
            decide(me, |_| false, None),
            Err(Refusal::Tenant { event: false })
        );
    }
}
