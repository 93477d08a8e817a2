//! Input functions of Postgres's types, with their errors as values.

use super::datum::Interval;
use pgrx::pg_sys::{self, Datum};
use pgrx::{IntoDatum, PgTryBuilder};
use std::ffi::CString;

/// Text to timestamptz, as a cast would read it; the error is Postgres's own sentence.
pub fn timestamptz(text: &[u8]) -> Result<Datum, String> {
    input(pg_sys::timestamptz_in, text)
}

/// Text to interval, as a cast would read it.
pub fn interval(text: &[u8]) -> Result<Interval, String> {
    // SAFETY: interval_in gives an interval.
    input(pg_sys::interval_in, text).map(|d| unsafe { Interval::from_datum(d) })
}

/// Text to jsonb; none where jsonb cannot hold it.
pub fn jsonb(text: &[u8]) -> Option<Datum> {
    let text = CString::new(text).ok()?;
    PgTryBuilder::new(|| {
        // SAFETY: jsonb_in takes a C string.
        unsafe {
            pgrx::direct_function_call_as_datum(
                pg_sys::jsonb_in,
                &[Some(Datum::from(text.as_ptr()))],
            )
        }
    })
    .catch_others(|cause| match cause {
        pg_sys::panic::CaughtError::PostgresError(_)
        | pg_sys::panic::CaughtError::ErrorReport(_) => None,
        other => other.rethrow(),
    })
    .execute()
}

/// The input functions of both types take a C string, a type oid and a typmod.
fn input(
    function: unsafe fn(pg_sys::FunctionCallInfo) -> Datum,
    text: &[u8],
) -> Result<Datum, String> {
    let text = CString::new(text).map_err(|_| "holds a NUL byte".to_owned())?;
    // An input function reads its arguments and settings and writes nothing, so an error that is
    // caught here leaves nothing to undo.
    PgTryBuilder::new(|| {
        // SAFETY: the arguments are those that the functions above take.
        unsafe {
            pgrx::direct_function_call_as_datum(
                function,
                &[
                    Some(Datum::from(text.as_ptr())),
                    pg_sys::InvalidOid.into_datum(),
                    (-1i32).into_datum(),
                ],
            )
        }
        .ok_or_else(|| "is null".to_owned())
    })
    .catch_others(|cause| match cause {
        pg_sys::panic::CaughtError::PostgresError(error)
        | pg_sys::panic::CaughtError::ErrorReport(error) => Err(error.message().to_owned()),
        other => other.rethrow(),
    })
    .execute()
}
