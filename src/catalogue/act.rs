//! Acts of administration.
//!
//! A public function checks who asks for what, does it, and enters it into `eventlog.admin_log`. What it does is SQL: the
//! helpers in `sql/`, which run as the caller and could be called by hand, past the checks and the log. So those that
//! alter a log or a table ask first whether such a function is at work, `eventlog._require_act`.
//!
//! It gives nobody a right and takes none: the owner of a table may alter it by hand, as ever. What else runs during an
//! act, such as a superuser's event trigger, is not told apart from it.

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};
use crate::pg::user;
use std::cell::Cell;

thread_local! {
    static UNDER_WAY: Cell<u32> = const { Cell::new(0) };
}

/// Runs `f`, which calls helpers, as the current role and with names resolved in `pg_catalog` alone.
pub fn during<R>(f: impl FnOnce() -> R) -> R {
    user::with_pinned_path(|| follow(f))
}

/// The same with names resolved as ever: in an event trigger, whose helpers look up nothing of the extension's by name.
pub fn follow<R>(f: impl FnOnce() -> R) -> R {
    /// Ends the act, also where an error does.
    struct Act;
    impl Drop for Act {
        fn drop(&mut self) {
            UNDER_WAY.with(|n| n.set(n.get() - 1));
        }
    }
    UNDER_WAY.with(|n| n.set(n.get() + 1));
    let _act = Act;
    f()
}

/// Whether one is under way.
pub fn is_under_way() -> bool {
    UNDER_WAY.with(Cell::get) > 0
}

/// `eventlog._require_act(helper, instead)`.
pub fn require_act(call: &Call<'_>) -> Ret {
    if is_under_way() {
        return Ret::Void;
    }
    let [helper, instead] = [0, 1].map(|position| call.string(position).unwrap_or_default());
    Error::NotAllowed {
        message: format!("function \"eventlog.{helper}\" is not to be called by hand"),
        hint: format!("Call eventlog.{instead}()."),
    }
    .raise()
}
