//! What is forgotten when a transaction, or part of one, is undone.

use super::sync_cell::SyncCell;
use pgrx::pg_sys;

/// Number of the transaction within this backend.
static SERIAL: SyncCell<u64> = SyncCell::new(1);

/// Changes when a transaction ends.
pub fn serial() -> u64 {
    SERIAL.with(|s| *s)
}

/// What is called at the end of (sub)transactions.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// with its nesting level, whenever a transaction or subtransaction is aborted; only drops
    /// plain memory
    pub abort: fn(i32),
    /// with its nesting level, when a subtransaction becomes a part of the one around it
    pub merge: fn(i32),
    /// before a transaction commits or is prepared; may raise an error
    pub commit: fn(),
}

static HOOKS: SyncCell<Option<Hooks>> = SyncCell::new(None);

/// Registers the hooks; called once, when the library is loaded.
pub fn register(hooks: Hooks) {
    HOOKS.with(|slot| *slot = Some(hooks));
    // SAFETY: both callbacks live as long as the library, which Postgres never unloads.
    unsafe {
        pg_sys::RegisterXactCallback(Some(xact_event), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subxact_event), std::ptr::null_mut());
    }
}

fn hook(f: impl FnOnce(Hooks)) {
    if let Some(hooks) = HOOKS.with(|slot| *slot) {
        f(hooks);
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn xact_event(
    event: pg_sys::XactEvent::Type,
    _arg: *mut std::ffi::c_void,
) {
    match event {
        pg_sys::XactEvent::XACT_EVENT_PRE_COMMIT | pg_sys::XactEvent::XACT_EVENT_PRE_PREPARE => {
            hook(|h| (h.commit)());
            return;
        }
        pg_sys::XactEvent::XACT_EVENT_ABORT => hook(|h| (h.abort)(0)),
        pg_sys::XactEvent::XACT_EVENT_COMMIT | pg_sys::XactEvent::XACT_EVENT_PREPARE => {}
        _ => return,
    }
    SERIAL.with(|s| *s += 1);
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn subxact_event(
    event: pg_sys::SubXactEvent::Type,
    _sub: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _arg: *mut std::ffi::c_void,
) {
    let nest = super::clock::nest_level();
    match event {
        pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB => hook(|h| (h.abort)(nest)),
        pg_sys::SubXactEvent::SUBXACT_EVENT_COMMIT_SUB => hook(|h| (h.merge)(nest)),
        _ => {}
    }
}
