//! What other libraries have hung into the executor.

use super::settings;
use pgrx::pg_sys;

/// Whether a library that is asked about privileges looks at the statement that they are asked for, so that there has to
/// be one.
///
/// pgaudit tells what the statement on top of its stack does: without one of our own, an event would be told as the
/// SELECT that called `log_event`, and where there is no statement at all, in a fast-path call or a trigger that was
/// deferred to the commit, it would fail. Where it is told to log nothing it looks at none.
#[inline]
pub fn want_a_statement() -> bool {
    // SAFETY: both are variables of the backend, which has one thread.
    unsafe {
        std::ptr::addr_of!(pg_sys::ExecutorCheckPerms_hook)
            .read()
            .is_some()
            && (pg_sys::ActivePortal.is_null() || pgaudit_logs())
    }
}

fn pgaudit_logs() -> bool {
    let log = settings::with_any(c"pgaudit.log", |value| {
        value.is_some_and(|value| !value.eq_ignore_ascii_case(b"none"))
    });
    log || settings::with_any(c"pgaudit.role", |value| value.is_some())
}
