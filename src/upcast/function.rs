//! The function of an upcast, by its name.

use crate::error::Error;
use crate::pg::relation;
use crate::pg::routine::{self, Routine};
use crate::pg::user::{self, RoleId};
use model::name;
use pgrx::pg_sys;

/// The function, as it is now: one that the current role, who is the log's owner, may call, that makes the same of the
/// same, and that nobody could have put there to act as that role.
pub fn find(handler: &str, owner: RoleId) -> Result<Routine, Error> {
    let (Some(schema), own) = name::parse(handler)? else {
        return Err(Error::argument("name of the function must have its schema"));
    };
    let shown = format!("{}.{}", relation::quote(&schema), relation::quote(&own));
    let Some(found) = routine::find(&schema, &own, pg_sys::JSONBOID) else {
        return Err(Error::NoUpcastFunction { function: shown });
    };
    if !(found.returns_jsonb && found.is_immutable) {
        return Err(Error::not_set_up(
            format!("{shown}(jsonb) is no immutable function that returns jsonb"),
            "An upcast makes the same of the same payload, whoever asks and when: create function ... (payload jsonb) \
             returns jsonb immutable.",
        ));
    }
    if found.owner != owner && !user::is_superuser(found.owner) {
        let (theirs, own) = (user::name_of(found.owner), user::name_of(owner));
        return Err(Error::NotAllowed {
            message: format!("function {shown}(jsonb) belongs to \"{theirs}\""),
            hint: format!(
                "It acts as \"{own}\", the owner of the log, and so has to belong to that role or to a superuser."
            ),
        });
    }
    if !found.is_open_to_current() {
        let own = user::name_of(owner);
        return Err(Error::NotAllowed {
            message: format!("permission denied for function {shown}(jsonb)"),
            hint: format!("\"{own}\", the owner of the log, has to have the right to call it."),
        });
    }
    Ok(found)
}
