//! The function of a handler, by its name.

use crate::error::Error;
use crate::pg::relation;
use crate::pg::routine::{self, Routine};
use crate::pg::user::{self, RoleId};
use model::name;
use pgrx::pg_sys;

/// Which function a handler calls.
#[derive(Clone, Debug)]
pub struct Name {
    schema: String,
    name: String,
}

impl Name {
    /// Reads a name with its schema, quoted where it has to be.
    pub fn parse(text: &str) -> Result<Name, Error> {
        match name::parse(text)? {
            (Some(schema), name) => Ok(Name { schema, name }),
            (None, _) => Err(Error::argument_hint(
                "name of the function must have its schema",
                "As in \"app.on_paid\": it is looked up without a search path.",
            )),
        }
    }

    /// As it is written in SQL.
    pub fn quoted(&self) -> String {
        format!(
            "{}.{}",
            relation::quote(&self.schema),
            relation::quote(&self.name)
        )
    }

    /// The function, as it is now: one that the current role, who is the log's owner, may call, and that nobody could
    /// have put there to act as that role.
    pub fn find(&self, handler: &str, owner: RoleId) -> Result<Routine, Error> {
        let (function, handler) = (self.quoted(), handler.to_owned());
        let Some(found) = routine::find(&self.schema, &self.name, pg_sys::JSONBOID) else {
            return Err(Error::NoFunction { function, handler });
        };
        if !found.returns_void {
            return Err(Error::WrongFunction { function, handler });
        }
        if found.owner != owner && !user::is_superuser(found.owner) {
            let (theirs, own) = (user::name_of(found.owner), user::name_of(owner));
            return Err(Error::NotAllowed {
                message: format!(
                    "function {function}(jsonb) of handler \"{handler}\" belongs to \"{theirs}\""
                ),
                hint: format!(
                    "It acts as \"{own}\", the owner of the log, and so has to belong to that role or to a superuser."
                ),
            });
        }
        if !found.is_open_to_current() {
            let own = user::name_of(owner);
            return Err(Error::NotAllowed {
                message: format!(
                    "permission denied for function {function}(jsonb) of handler \"{handler}\""
                ),
                hint: format!("\"{own}\", the owner of the log, has to have the right to call it."),
            });
        }
        Ok(found)
    }
}
