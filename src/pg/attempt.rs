//! Calls into Postgres that may fail, with the failure as a value.
//!
//! What fails has perhaps begun something: locks, pins, another role. So it runs in a
//! subtransaction, which takes all of that back.

use super::guard;
use cee_scape::{SigJmpBufFields, call_with_sigsetjmp};
use pgrx::pg_sys;
use std::mem::MaybeUninit;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn ReThrowError(edata: *mut pg_sys::ErrorData);
    }
}

/// A call that failed, after which everything is as it was before it.
#[derive(Debug)]
pub struct Failed;

/// Runs `f`. An error that says something of the values at hand is a result; others, such as that
/// the statement was cancelled or memory ran out, go on as errors.
///
/// # Safety
/// `f` calls C functions and nothing else, and those that may fail not through pgrx's wrappers: it
/// holds nothing that needs dropping and does not panic. What it allocates in the current memory context stays there.
pub(super) unsafe fn attempt<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failed> {
    super::settings::require_unread();
    // SAFETY: as PL/pgSQL does for a block with an exception clause. The statics belong to the one
    // thread of the backend; both ways out restore memory context, resource owner and error stack.
    // The error's copy lives in the memory context that was current before.
    unsafe {
        let memory = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::CurrentMemoryContext = memory;
        let exceptions = pg_sys::PG_exception_stack;
        let contexts = pg_sys::error_context_stack;
        let mut result = MaybeUninit::<R>::uninit();
        let jumped = call_with_sigsetjmp(false, |buffer| {
            pg_sys::PG_exception_stack =
                std::mem::transmute::<*const SigJmpBufFields, *mut pg_sys::sigjmp_buf>(buffer);
            result.write(f());
            0
        });
        pg_sys::PG_exception_stack = exceptions;
        pg_sys::error_context_stack = contexts;
        pg_sys::CurrentMemoryContext = memory;
        if jumped == 0 {
            pg_sys::ReleaseCurrentSubTransaction();
            pg_sys::CurrentMemoryContext = memory;
            pg_sys::CurrentResourceOwner = owner;
            return Ok(result.assume_init());
        }
        let error = pg_sys::CopyErrorData();
        pg_sys::FlushErrorState();
        pg_sys::RollbackAndReleaseCurrentSubTransaction();
        pg_sys::CurrentMemoryContext = memory;
        pg_sys::CurrentResourceOwner = owner;
        if is_of_values((*error).sqlerrcode) {
            pg_sys::FreeErrorData(error);
            return Err(Failed);
        }
        // Whole, so not through pgrx, which would take it apart.
        guard::call::<()>(|| raw::ReThrowError(error));
        unreachable!("an error that is thrown again does not return")
    }
}

/// Whether an error is about the values that a function was given, by the class of its SQLSTATE:
/// not a serialization failure, nor one of resources, of an operator's, of the system.
fn is_of_values(code: i32) -> bool {
    // Five characters of six bits each, the first in the lowest.
    let character = |i: i32| (((code >> (6 * i)) & 0x3f) as u8) + b'0';
    !matches!(
        &[character(0), character(1)],
        b"40" | b"53" | b"57" | b"58" | b"XX"
    )
}

#[cfg(test)]
mod tests {
    use super::is_of_values;

    fn code(text: &str) -> i32 {
        let bits = |(i, c): (usize, u8)| i32::from((c - b'0') & 0x3f) << (6 * i);
        text.bytes().enumerate().map(bits).sum()
    }

    #[test]
    fn the_class_of_an_error_decides() {
        for of_values in ["22P02", "22001", "23514", "P0001", "42883", "54000"] {
            assert!(is_of_values(code(of_values)), "{of_values}");
        }
        for other in [
            "40001", "40P01", "53200", "57014", "57P01", "58030", "XX000",
        ] {
            assert!(!is_of_values(code(other)), "{other}");
        }
    }
}
