//! Who acts, and for which tenant.

use crate::settings;

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

/// Runs `f` with the transaction's identity, without a copy. `f` must be short and must not change settings.
#[inline]
pub fn with<R>(f: impl FnOnce(Identity<'_>) -> R) -> R {
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
