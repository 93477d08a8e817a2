//! What an event is numbered by: sequences, and the transaction's id.

use super::{clock, guard};
use pgrx::pg_sys;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        // pgrx has no binding for it.
        pub fn nextval_internal(sequence: pg_sys::Oid, check_permissions: bool) -> i64;
        pub fn PreventCommandDuringRecovery(name: *const std::ffi::c_char);
        pub fn PreventCommandIfParallelMode(name: *const std::ffi::c_char);
        pub fn GetTopFullTransactionId() -> pg_sys::FullTransactionId;
    }
}

/// The next number of a sequence, drawn by the current role.
pub fn next_number(sequence: pg_sys::Oid) -> i64 {
    // SAFETY: raises when there is no such sequence, or the role may not draw from it.
    unsafe { guard::call(|| raw::nextval_internal(sequence, true)) }
}

/// The same without asking for the right to draw it.
pub fn next_number_unasked(sequence: pg_sys::Oid) -> i64 {
    // SAFETY: raises when there is no such sequence.
    unsafe { guard::call(|| raw::nextval_internal(sequence, false)) }
}

/// The current transaction's id, which it gets if it has none.
#[inline]
pub fn transaction_id() -> u64 {
    match clock::current_xid() {
        // SAFETY: within a transaction. Where none can get an id, the first two say so with an
        // SQLSTATE of its own.
        0 => unsafe {
            guard::call(|| {
                raw::PreventCommandDuringRecovery(c"eventlog.new_xid()".as_ptr());
                raw::PreventCommandIfParallelMode(c"eventlog.new_xid()".as_ptr());
                raw::GetTopFullTransactionId().value
            })
        },
        xid => xid,
    }
}
