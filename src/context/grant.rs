//! Who may set the context.

use crate::catalogue::admin_log;
use crate::error::{self, Error};
use crate::pg::fcall::{Call, Ret};
use crate::pg::relation;
use crate::pg::spi::{self, Value};
use crate::pg::user::{self, RoleId};

/// `set_context`, as SQL names it.
const FUNCTION: &str = "eventlog.set_context(eventlog.ident, pg_catalog.text, eventlog.ident, eventlog.ident, \
                        eventlog.ident, pg_catalog.text, pg_catalog.jsonb)";

/// `eventlog.grant_context(role)`.
pub fn grant_context(call: &Call<'_>) -> Ret {
    let (name, role) = administered(call);
    if !grantors(role).is_empty() {
        // What changes nothing is no act of administration.
        return Ret::Void;
    }
    // In the name of the function's owner, whoever of those that may calls this: so there is one grant for each
    // role, and it does not go with the role that asked for it.
    user::as_role(function_owner(), || {
        spi::exec(
            &[
                "grant execute on function ",
                FUNCTION,
                " to ",
                &relation::quote(&name),
            ]
            .concat(),
            &[],
        );
    });
    admin_log::record("grant_context", None, &name, &serde_json::json!({}));
    Ret::Void
}

/// `eventlog.revoke_context(role)`.
pub fn revoke_context(call: &Call<'_>) -> Ret {
    let (name, role) = administered(call);
    if owner_of_extension() == Some(role) {
        Error::argument_hint(
            format!("role \"{name}\" owns the extension and keeps the right to set the context"),
            "What it granted to others would be revoked as well.",
        )
        .raise();
    }
    let grantors = grantors(role);
    for grantor in &grantors {
        // REVOKE takes back what its caller has granted and nothing else, and says nothing where that is nothing.
        // What the role passed on goes as well.
        user::as_role(*grantor, || {
            spi::exec(
                &[
                    "revoke execute on function ",
                    FUNCTION,
                    " from ",
                    &relation::quote(&name),
                    " cascade",
                ]
                .concat(),
                &[],
            );
        });
    }
    if !grantors.is_empty() {
        admin_log::record("revoke_context", None, &name, &serde_json::json!({}));
    }
    if may_still(role) {
        error::notice(
            format!("role \"{name}\" still may set the context"),
            "It is a superuser, or a member of a role that may.",
        );
    }
    Ret::Void
}

/// The role that a call is about, after the caller's own right was checked.
fn administered(call: &Call<'_>) -> (String, RoleId) {
    let Some(name) = call.name(0) else {
        Error::argument("role must not be null").raise();
    };
    if !user::owns_extension() {
        Error::NotAllowed {
            message: "only the owner of extension \"pg_eventlog\" says who may set the context"
                .to_owned(),
            hint: "Ask that role, or a superuser.".to_owned(),
        }
        .raise();
    }
    match user::role_named(&name) {
        Some(role) => (name, role),
        None => Error::NoRole { role: name }.raise(),
    }
}

/// Who has granted the role the right.
fn grantors(role: RoleId) -> Vec<RoleId> {
    let found = spi::run(
        "select distinct a.grantor \
         from pg_catalog.pg_proc p, pg_catalog.aclexplode(p.proacl) a \
         where p.oid operator(pg_catalog.=) $1::pg_catalog.regprocedure \
             and a.grantee operator(pg_catalog.=) $2 \
             and a.privilege_type operator(pg_catalog.=) 'EXECUTE'",
        &[Value::text(FUNCTION), role.value()],
        |row| RoleId::of_column(&row, 1),
    );
    found.into_iter().flatten().collect()
}

fn function_owner() -> RoleId {
    let found = spi::run(
        "select p.proowner from pg_catalog.pg_proc p \
         where p.oid operator(pg_catalog.=) $1::pg_catalog.regprocedure",
        &[Value::text(FUNCTION)],
        |row| RoleId::of_column(&row, 1),
    );
    match found.first() {
        Some(Some(owner)) => *owner,
        _ => Error::internal("function \"eventlog.set_context\" is missing").raise(),
    }
}

fn owner_of_extension() -> Option<RoleId> {
    let found = spi::run(
        "select e.extowner from pg_catalog.pg_extension e \
         where e.extname operator(pg_catalog.=) 'pg_eventlog'",
        &[],
        |row| RoleId::of_column(&row, 1),
    );
    found.first().copied().flatten()
}

fn may_still(role: RoleId) -> bool {
    let found = spi::run(
        "select pg_catalog.has_function_privilege($2, $1::pg_catalog.regprocedure, 'EXECUTE')",
        &[Value::text(FUNCTION), role.value()],
        |row| row.bool(1).unwrap_or(false),
    );
    found.first().copied().unwrap_or(false)
}
