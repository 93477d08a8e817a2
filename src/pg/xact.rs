//! What is forgotten when a transaction, or part of one, is undone.

use super::sync_cell::SyncCell;
use pgrx::pg_sys;

/// Number of the transaction within this backend.
static SERIAL: SyncCell<u64> = SyncCell::new(1);

/// Changes when a transaction ends.
pub fn serial() -> u64 {
    SERIAL.with(|s| *s)
}

static ON_ABORT: SyncCell<Option<fn(i32)>> = SyncCell::new(None);

/// Calls `f` with its nesting level whenever a transaction or subtransaction is aborted; `f` only
/// drops plain memory.
pub fn on_abort(f: fn(i32)) {
    ON_ABORT.with(|slot| *slot = Some(f));
    // SAFETY: both callbacks live as long as the library, which Postgres never unloads.
    unsafe {
        pg_sys::RegisterXactCallback(Some(xact_event), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subxact_event), std::ptr::null_mut());
    }
}

fn aborted(nest: i32) {
    if let Some(f) = ON_ABORT.with(|slot| *slot) {
        f(nest);
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn xact_event(
    event: pg_sys::XactEvent::Type,
    _arg: *mut std::ffi::c_void,
) {
    match event {
        pg_sys::XactEvent::XACT_EVENT_ABORT => aborted(0),
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
    if event == pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB {
        aborted(super::clock::nest_level());
    }
}
