//! Calls into Postgres that may fail, with the failure as a value.
//!
//! What fails has perhaps begun something: locks, pins, another role. So it runs in a
//! subtransaction, which takes all of that back.

use super::guard;
use super::jsonb::OutOfMemory;
use crate::error::{Error, sqlstate};
use pgrx::pg_sys;
use std::ffi::CStr;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn CopyErrorData() -> *mut pg_sys::ErrorData;
    }
}

/// A call that failed, after which everything is as it was before it.
#[derive(Debug)]
pub struct Failed;

/// The same, and what the error said, shortened.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Failure {
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub context: Option<String>,
}

/// Bytes of a part of an error that are kept.
const MAX_BYTES: usize = 2_000;

impl Failure {
    /// # Safety
    /// The strings of the error are null or NUL-terminated.
    unsafe fn of(error: &pg_sys::ErrorData) -> Failure {
        let text = |text: *const std::ffi::c_char| {
            // SAFETY: as promised.
            (!text.is_null()).then(|| shortened(unsafe { CStr::from_ptr(text) }.to_bytes()))
        };
        Failure {
            sqlstate: sqlstate(error.sqlerrcode),
            message: text(error.message).unwrap_or_default(),
            detail: text(error.detail),
            hint: text(error.hint),
            context: text(error.context),
        }
    }
}

fn shortened(text: &[u8]) -> String {
    let mut end = text.len().min(MAX_BYTES);
    // Not within a character.
    while end < text.len() && end > 0 && text[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    String::from_utf8_lossy(&text[..end]).into_owned()
}

/// Runs `f`. An error that says something of the values at hand is a result; others, such as that
/// the statement was cancelled or memory ran out, go on as errors.
///
/// # Safety
/// `f` calls C functions and nothing else, and those that may fail not through pgrx's wrappers: it
/// holds nothing that needs dropping and does not panic. What it allocates in the current memory context stays there.
pub(super) unsafe fn attempt<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failed> {
    // SAFETY: as promised.
    unsafe { within_subtransaction(f, |_| true, is_of_values, |_| Failed) }
}

/// The same, and says what the error was.
///
/// # Safety
/// As for [`attempt`].
pub(super) unsafe fn telling<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failure> {
    // SAFETY: as promised; an error's strings are Postgres's.
    unsafe { within_subtransaction(f, |_| true, is_of_values, |error| Failure::of(error)) }
}

/// The same without a subtransaction, for what begins nothing that has to be taken back.
///
/// # Safety
/// As for [`attempt`]; and `f` reads memory and writes nothing: it takes no lock, opens nothing and acts as nobody else,
/// or whoever is told of a failure raises an error.
#[inline]
pub(super) unsafe fn reading<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failure> {
    super::settings::require_unread();
    // SAFETY: as promised; the error's copy lies in the memory context that was current before.
    unsafe {
        guard::caught(f).ok_or_else(|| Taken::take(is_of_values).tell(|error| Failure::of(error)))
    }
}

/// Runs `body`, which may be anything, in a subtransaction that is undone where it gives false. An error whose SQLSTATE
/// `is_meant` is a result, after which everything is as it was before; others go on as errors.
pub fn tentatively(
    is_meant: impl Fn(&str) -> bool,
    body: impl FnOnce() -> bool,
) -> Result<bool, Failure> {
    // SAFETY: what the body holds is dropped within the border, from which an error comes as from any function in C; an
    // error's strings are Postgres's.
    unsafe {
        within_subtransaction(
            || guard::border(body),
            |keeps| keeps,
            |state| is_meant(&sqlstate(state)),
            |error| Failure::of(error),
        )
    }
}

/// An error that was caught.
enum Taken {
    /// its copy; it is on Postgres's stack no more
    Copy(*mut pg_sys::ErrorData),
    /// it is not meant, and on the stack still: memory may be what is short, so nothing is copied
    Waiting,
    /// it is meant, and there was no memory for a copy
    Lost(OutOfMemory),
}

impl Taken {
    /// Takes the error from Postgres's stack, if it is meant.
    ///
    /// # Safety
    /// One has just been caught.
    #[cold]
    unsafe fn take(is_meant: impl FnOnce(i32) -> bool) -> Taken {
        // SAFETY: as promised; the copy is made in the current memory context. What fails while it is made is on the stack
        // as well, of which nothing is left then.
        unsafe {
            if !is_meant(pg_sys::geterrcode()) {
                return Taken::Waiting;
            }
            let copy = guard::caught(|| raw::CopyErrorData());
            pg_sys::FlushErrorState();
            let bytes = size_of::<pg_sys::ErrorData>();
            copy.map_or(Taken::Lost(OutOfMemory { bytes }), Taken::Copy)
        }
    }

    /// Tells what the error was; one that is not meant goes on as it was.
    ///
    /// # Safety
    /// The error is one that [`Taken::take`] took.
    #[cold]
    unsafe fn tell<E>(self, tell: impl FnOnce(&pg_sys::ErrorData) -> E) -> E {
        match self {
            // SAFETY: the copy is live, and freed here.
            Taken::Copy(error) => unsafe {
                let told = tell(&*error);
                pg_sys::FreeErrorData(error);
                told
            },
            Taken::Waiting => guard::go_on(),
            Taken::Lost(short) => Error::from(short).raise(),
        }
    }
}

/// # Safety
/// As for [`attempt`].
unsafe fn within_subtransaction<R: Copy, E>(
    f: impl FnOnce() -> R,
    keeps: impl FnOnce(R) -> bool,
    is_meant: impl FnOnce(i32) -> bool,
    tell: impl FnOnce(&pg_sys::ErrorData) -> E,
) -> Result<R, E> {
    super::settings::require_unread();
    // SAFETY: as PL/pgSQL does for a block with an exception clause. Both ways out restore memory context and resource
    // owner. The error's copy lives in the memory context that was current before.
    unsafe {
        let memory = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::CurrentMemoryContext = memory;
        if let Some(result) = guard::caught(f) {
            pg_sys::CurrentMemoryContext = memory;
            match keeps(result) {
                true => pg_sys::ReleaseCurrentSubTransaction(),
                false => pg_sys::RollbackAndReleaseCurrentSubTransaction(),
            }
            pg_sys::CurrentMemoryContext = memory;
            pg_sys::CurrentResourceOwner = owner;
            return Ok(result);
        }
        let error = Taken::take(is_meant);
        pg_sys::RollbackAndReleaseCurrentSubTransaction();
        pg_sys::CurrentMemoryContext = memory;
        pg_sys::CurrentResourceOwner = owner;
        Err(error.tell(tell))
    }
}

/// Whether an error is about the values that a function was given, by the class of its SQLSTATE:
/// not a serialization failure, nor one of resources, of an operator's, of the system.
fn is_of_values(code: i32) -> bool {
    !matches!(&sqlstate(code)[..2], "40" | "53" | "57" | "58" | "XX")
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
