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

/// Whether the current role may draw from it.
pub fn may_draw(sequence: pg_sys::Oid) -> bool {
    let rights = (pg_sys::ACL_USAGE | pg_sys::ACL_UPDATE) as pg_sys::AclMode;
    // SAFETY: a look-up in the catalogue, which says no of a relation that is gone, or raises.
    let result = unsafe { pg_sys::pg_class_aclcheck(sequence, pg_sys::GetUserId(), rights) };
    result == pg_sys::AclResult::ACLCHECK_OK
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

/// Whether a sequence draws each number when it is wanted, and sessions keep none for later.
pub fn is_uncached(sequence: pg_sys::Oid) -> bool {
    /// `seqcache` in pg_sequence.h, the same in all versions.
    const CACHE: i16 = 7;
    // SAFETY: the entry is released after it was read; the column is a bigint that is not null.
    unsafe {
        let kind = pg_sys::SysCacheIdentifier::SEQRELID as i32;
        let entry = pg_sys::SearchSysCache1(kind, pg_sys::Datum::from(sequence));
        if entry.is_null() {
            return false;
        }
        let mut is_null = false;
        let cache = pg_sys::SysCacheGetAttr(kind, entry, CACHE, &mut is_null);
        pg_sys::ReleaseSysCache(entry);
        cache.value() == 1
    }
}

/// The number that a sequence gave last; none where it gave none. The current role has the right to see it.
pub fn last_number(sequence: pg_sys::Oid) -> Option<i64> {
    // SAFETY: the function reads its one argument; it raises when there is no such sequence.
    let number = unsafe {
        pgrx::direct_function_call_as_datum(
            pg_sys::pg_sequence_last_value,
            &[Some(pg_sys::Datum::from(sequence))],
        )
    };
    number.map(|number| number.value() as i64)
}
