//! Errors of Postgres that pass through Rust unchanged.
//!
//! pgrx turns an error that it catches into a Rust panic and makes a new error of it later, without
//! the constraint, table, column and context of the old one. An application that asks which
//! constraint failed would get no answer from an event that `log_event` inserted. So what runs
//! a user's statements runs here: the error stays on Postgres's own stack while Rust unwinds, and
//! is thrown again, whole, at the border.

use super::jsonb::OutOfMemory;
use super::reserve::Since;
use crate::error::Error;
use cee_scape::{SigJmpBufFields, call_with_sigsetjmp};
use pgrx::PgLogLevel;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::{CaughtError, ErrorReport};
use pgrx::pg_sys::submodules::panic::pgrx_extern_c_guard;
use std::any::Any;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Travels up the Rust stack while the error waits on Postgres's.
struct PendingError;

unsafe extern "C-unwind" {
    fn pg_re_throw() -> !;
}

/// Runs `f`; none where Postgres raised an error, which is on its error stack then: to be taken from there, or to go on.
///
/// # Safety
/// `f` calls C functions and nothing else: it holds nothing that needs dropping and does not panic.
#[inline]
pub(super) unsafe fn caught<R: Copy>(f: impl FnOnce() -> R) -> Option<R> {
    // SAFETY: the statics belong to the one thread of the process. Both ways out restore them.
    unsafe {
        let memory = pg_sys::CurrentMemoryContext;
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
        if jumped != 0 {
            pg_sys::CurrentMemoryContext = memory;
            return None;
        }
        Some(result.assume_init())
    }
}

/// Calls into Postgres; an error unwinds Rust and goes on as it was.
///
/// # Safety
/// As for [`caught`].
pub(super) unsafe fn call<R: Copy>(f: impl FnOnce() -> R) -> R {
    super::settings::require_unread();
    // SAFETY: as promised.
    unsafe { caught(f) }.unwrap_or_else(|| go_on())
}

/// An error that was [`caught`], and is on Postgres's stack still, goes on as it was.
#[cold]
pub(super) fn go_on() -> ! {
    resume_unwind(Box::new(PendingError))
}

thread_local! {
    /// Where the chain of error contexts stood when a statement of the extension's own began: null while none runs.
    static OWN_STATEMENT: Cell<Option<*mut pg_sys::ErrorContextCallback>> = const { Cell::new(None) };
}

/// While it lives, a statement of the extension's own runs, such as the insert of an event. An error of the
/// extension's that comes directly from it, and from nothing of somebody else's in between, does not tell of it: the
/// statement is nobody's who reads the error.
pub(super) struct OwnStatement(Option<*mut pg_sys::ErrorContextCallback>);

impl OwnStatement {
    /// It begins.
    pub(super) fn begin() -> Self {
        // SAFETY: reads a variable of the backend.
        let contexts = unsafe { pg_sys::error_context_stack };
        OwnStatement(OWN_STATEMENT.replace(Some(contexts)))
    }
}

impl Drop for OwnStatement {
    fn drop(&mut self) {
        OWN_STATEMENT.set(self.0);
    }
}

/// Before an error of the extension's: leaves out the statement of its own that the error comes from.
fn leave_out_own_statement() {
    // SAFETY: the chain links live frames of the stack, and is not followed further than its first link. What it is
    // cut to was its end when a frame further out began, which is still running. Whoever catches the error sets the
    // chain anew.
    unsafe {
        let contexts = pg_sys::error_context_stack;
        if let (Some(outer), Some(innermost)) = (OWN_STATEMENT.get(), contexts.as_ref())
            && innermost.previous == outer
        {
            pg_sys::error_context_stack = outer;
        }
    }
}

/// The border: runs a native function's body. An error that waits is thrown again, whole; a
/// panic, which is how this crate and pgrx raise errors, becomes an error of Postgres. So does
/// a body that got to its end on memory of the reserve.
#[inline]
pub(super) fn border<R: Copy>(body: impl FnOnce() -> R) -> R {
    let since = Since::now();
    let outcome = catch_unwind(AssertUnwindSafe(body));
    match (outcome, since.end()) {
        (Ok(result), Ok(())) => result,
        (Ok(_), Err(short)) => raise(Box::new(short)),
        (Err(payload), _) => raise(payload),
    }
}

#[cold]
fn raise<R: Copy>(payload: Box<dyn Any + Send>) -> R {
    if payload.is::<PendingError>() {
        drop(payload);
        // SAFETY: the error that `call` caught is still on top of Postgres's error stack:
        // unwinding runs no code that reports another one.
        unsafe { pg_re_throw() }
    }
    leave_out_own_statement();
    if let Some(short) = payload.downcast_ref::<OutOfMemory>().copied() {
        // SAFETY: nothing but the payload is left on the stack, and that is moved in.
        return unsafe {
            pgrx_extern_c_guard(move || {
                drop(payload);
                Error::from(short).raise()
            })
        };
    }
    // An error of Postgres that passed through one of pgrx's wrappers would show a Rust backtrace
    // in its DETAIL, which is for facts.
    let report = payload.downcast_ref::<CaughtError>().and_then(plain);
    // SAFETY: nothing but the payload is left on the stack, and that is moved in.
    unsafe {
        pgrx_extern_c_guard(move || match report {
            Some(report) => {
                report.report(PgLogLevel::ERROR);
                unreachable!("an ERROR does not return")
            }
            None => resume_unwind(payload),
        })
    }
}

/// The error as Postgres reported it, without what pgrx adds.
fn plain(caught: &CaughtError) -> Option<ErrorReport> {
    let (CaughtError::PostgresError(error) | CaughtError::ErrorReport(error)) = caught else {
        return None;
    };
    let message = error.message().to_owned();
    let mut report = ErrorReport::new(error.sql_error_code(), message, "pg_eventlog");
    if let Some(detail) = error.detail() {
        report = report.set_detail(detail);
    }
    if let Some(hint) = error.hint() {
        report = report.set_hint(hint);
    }
    Some(report)
}
