//! Input functions of Postgres's types, with their errors as values.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::attempt;
use super::datum::{Interval, Jsonb};
use super::jsonb::List;
use super::memory::Memory;
use crate::error::OrRaise;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::pg_sys::{self, Datum};
use pgrx::{IntoDatum, PgSqlErrorCode, PgTryBuilder};

/// Text to timestamptz, as a cast would read it; the error is Postgres's own sentence.
pub fn timestamptz(text: &[u8]) -> Result<i64, String> {
    input(pg_sys::timestamptz_in, text).map(|d| d.value() as i64)
}

/// Text to interval, as a cast would read it.
pub fn interval(text: &[u8]) -> Result<Interval, String> {
    // SAFETY: interval_in gives an interval.
    input(pg_sys::interval_in, text).map(|d| unsafe { Interval::from_datum(d) })
}

/// Text to jsonb; none where jsonb cannot hold it.
pub fn jsonb<'m>(text: &[u8], memory: Memory<'m>) -> Option<Jsonb<'m>> {
    let read = memory.within(|| raw_jsonb(text));
    // SAFETY: jsonb_in gives a jsonb value, in that memory.
    read.map(|datum| unsafe { Jsonb::from_datum(datum, memory) })
}

/// A text of JSON as jsonb; where jsonb cannot hold it, why, in Postgres's own words, which have no value of it.
#[allow(clippy::disallowed_methods, reason = "a sentence of Postgres's")]
pub fn element<'m>(text: &[u8], memory: Memory<'m>) -> Result<Jsonb<'m>, String> {
    let text = c_string(text).ok_or_else(|| "the event holds a NUL byte".to_owned())?;
    let read = memory.within(|| jsonb_in(&text));
    match read {
        // SAFETY: it gives a jsonb value in that memory.
        Ok(datum) => Ok(unsafe { Jsonb::from_datum(datum, memory) }),
        Err(failure) => Err(match failure.detail {
            // Of its syntax the type json has approved, so a detail is about surrogates and the like.
            Some(detail) => format_args!("{}: {detail}", failure.message).to_string(),
            None => failure.message,
        }),
    }
}

/// A call of one argument.
#[repr(C)]
struct Argument {
    call: pg_sys::FunctionCallInfoBaseData,
    first: pg_sys::NullableDatum,
}

const _: () = assert!(
    std::mem::offset_of!(Argument, first)
        == std::mem::offset_of!(pg_sys::FunctionCallInfoBaseData, args)
);

mod raw {
    use pgrx::pg_sys::{Datum, FunctionCallInfo};
    unsafe extern "C-unwind" {
        pub fn jsonb_in(call: FunctionCallInfo) -> Datum;
    }
}

/// The same in the current memory context.
pub(super) fn raw_jsonb(text: &[u8]) -> Option<Datum> {
    jsonb_in(&c_string(text)?).ok()
}

/// A text that ends with a NUL byte as jsonb. Not through pgrx's wrapper, which copies an error where memory has run out, and ends the server where that fails.
fn jsonb_in(text: &[u8]) -> Result<Datum, attempt::Failure> {
    let mut call = Argument {
        call: pg_sys::FunctionCallInfoBaseData {
            nargs: 1,
            ..Default::default()
        },
        first: pg_sys::NullableDatum {
            value: Datum::from(text.as_ptr()),
            isnull: false,
        },
    };
    let call = (&raw mut call).cast::<pg_sys::FunctionCallInfoBaseData>();
    // SAFETY: jsonb_in reads one C string, which ends with a NUL byte and lives meanwhile, and writes nothing; the argument stands where the
    // flexible array of the call begins.
    unsafe { attempt::reading(|| raw::jsonb_in(call)) }
}

/// The input functions of both types take a C string, a type oid and a typmod.
fn input(
    function: unsafe fn(pg_sys::FunctionCallInfo) -> Datum,
    text: &[u8],
) -> Result<Datum, String> {
    let text = c_string(text).ok_or_else(|| "holds a NUL byte".to_owned())?;
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
    .catch_others(|cause| match refused(&cause) {
        Some(message) => Err(message),
        None => cause.rethrow(),
    })
    .execute()
}

/// Why a text is no value of the type: a data exception (class 22), or a limit of the type's own (54). Anything else,
/// such as a cancelled statement or want of memory, is no answer.
fn refused(cause: &CaughtError) -> Option<String> {
    let (CaughtError::PostgresError(error) | CaughtError::ErrorReport(error)) = cause else {
        return None;
    };
    // The first two characters of a SQLSTATE stand in its lower twelve bits.
    let class = |state: PgSqlErrorCode| state as i32 & 0xFFF;
    let is = |state| class(error.sql_error_code()) == class(state);
    let refused = is(PgSqlErrorCode::ERRCODE_DATA_EXCEPTION)
        || is(PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED);
    refused.then(|| error.message().to_owned())
}

/// A copy with a NUL behind it; none where there is one within.
fn c_string(text: &[u8]) -> Option<List<u8>> {
    if text.contains(&0) {
        return None;
    }
    let mut copy = List::with_capacity(text.len() + 1).or_raise();
    copy.extend_from_slice(text).or_raise();
    copy.push(0).or_raise();
    Some(copy)
}
