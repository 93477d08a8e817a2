//! Who acts, and for which tenant: as the transaction's context says, else as believed claims do.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::error::OrRaise;
use crate::pg::inval;
use crate::pg::jsonb::{List, OutOfMemory};
use crate::pg::reserve;
use crate::pg::sync_cell::SyncCell;
use crate::pg::user::{self, RoleId};
use crate::settings;
use model::claims::{Claims, Path, role_names};
use std::cell::RefCell;
use std::rc::Rc;

/// Who acts, and for which tenant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    /// as text
    pub tenant: Option<&'a [u8]>,
    /// kind of actor
    pub actor_type: Option<&'a [u8]>,
    /// the actor
    pub actor: Option<&'a [u8]>,
}

/// The kind of actor that the `sub` of claims is.
const CLAIMED_ACTOR_TYPE: &[u8] = b"user";

/// Runs `f` with the transaction's identity, without a copy. No setting changes meanwhile.
///
/// A context, once there is any, counts alone. Mixed with claims, a service that says for which tenant it works would
/// act in the name of whoever sent the request, and one that says who acts would do so for the sender's tenant.
#[inline]
pub fn with<R>(f: impl FnOnce(Identity<'_>) -> R) -> R {
    if !settings::context_is_set() {
        return with_claims(f);
    }
    settings::TENANT_ID.with(|tenant| {
        settings::ACTOR_TYPE.with(|actor_type| {
            settings::ACTOR_ID.with(|actor| {
                f(Identity {
                    tenant,
                    actor_type,
                    actor,
                })
            })
        })
    })
}

/// The claims that were read last. Their text is the same for all rows of a request, mostly.
#[derive(Default)]
struct Read {
    text: List<u8>,
    path: List<u8>,
    claims: Claims,
}

thread_local! {
    static READ: RefCell<Rc<Read>> = RefCell::default();
}

fn with_claims<R>(f: impl FnOnce(Identity<'_>) -> R) -> R {
    if !claims_count() {
        return f(Identity::default());
    }
    let read = settings::with_claims(|text| {
        let text = text?;
        Some(settings::TENANT_CLAIM.with(|path| read(text, path.unwrap_or_default())))
    });
    // Nothing is borrowed any more when `f` runs.
    let Some(read) = read else {
        return f(Identity::default());
    };
    let Claims { tenant, actor } = &read.claims;
    f(Identity {
        tenant: tenant.as_deref().map(str::as_bytes),
        actor_type: actor.as_ref().map(|_| CLAIMED_ACTOR_TYPE),
        actor: actor.as_deref().map(str::as_bytes),
    })
}

/// The claims in this text, with the tenant that this path leads to.
fn read(text: &[u8], path: &[u8]) -> Rc<Read> {
    let known = READ.with_borrow(Rc::clone);
    if *known.text == *text && *known.path == *path {
        return known;
    }
    let read = Rc::new(Read {
        claims: read_safely(text, &tenant_path(path)).or_raise(),
        path: List::copy_of(path).or_raise(),
        text: List::copy_of(text).or_raise(),
    });
    READ.set(Rc::clone(&read));
    read
}

/// The setting takes nothing that is no path; if it did, no tenant would be found.
fn tenant_path(setting: &[u8]) -> Path {
    let text = std::str::from_utf8(setting).unwrap_or_default();
    Path::parse(text).unwrap_or_default()
}

/// What was found last about the session's role.
struct Trust {
    role: RoleId,
    /// number of the state of all roles
    roles: u64,
    logins: List<u8>,
    granted: bool,
}

static TRUST: SyncCell<Option<Trust>> = SyncCell::new(None);

/// Reads claims once it is sure that there is memory for it. Those that are too large to be read say nothing.
fn read_safely(text: &[u8], path: &Path) -> Result<Claims, OutOfMemory> {
    if text.len() > reserve::MAX_DOCUMENT {
        return Ok(Claims::default());
    }
    let trees = path.trees() * reserve::tree(text);
    reserve::with_reserve(trees, || Claims::read(text, path))
}

/// Whether this is a session whose claims count: any role may set them, so the role that has logged in decides.
fn claims_count() -> bool {
    let (role, roles) = (user::session_role_id(), inval::roles());
    settings::JWT_LOGINS.with(|logins| {
        let logins = logins.unwrap_or_default();
        let known = TRUST.with(|trust| {
            trust
                .as_ref()
                .filter(|t| t.role == role && t.roles == roles && *t.logins == *logins)
                .map(|t| t.granted)
        });
        known.unwrap_or_else(|| {
            let granted = user::is_superuser(role) || is_listed(logins);
            TRUST.with(|trust| {
                *trust = Some(Trust {
                    role,
                    roles,
                    logins: List::copy_of(logins).or_raise(),
                    granted,
                });
            });
            granted
        })
    })
}

fn is_listed(logins: &[u8]) -> bool {
    let names = std::str::from_utf8(logins).ok().and_then(role_names);
    // A role that was dropped meanwhile has no name.
    let name = user::session_role();
    !name.is_empty() && names.is_some_and(|names| names.contains(&name))
}
