//! What makes a C symbol of a function. The table of all of them is the api's.

use super::fcall::{Call, Ret};
use super::guard;
use pgrx::pg_sys;

/// Defines the C symbol and its info record for a function of a [`Call`].
macro_rules! native {
    ($($symbol:ident => $function:path),* $(,)?) => {$(
        const _: () = {
            #[allow(unsafe_code, reason = "what is unsafe of it is written here, in the fence")]
            #[unsafe(export_name = stringify!($symbol))]
            unsafe extern "C-unwind" fn entry(
                fcinfo: pgrx::pg_sys::FunctionCallInfo,
            ) -> pgrx::pg_sys::Datum {
                // SAFETY: the function manager calls this with a live call info.
                unsafe { $crate::pg::entry::enter(fcinfo, $function) }
            }

            #[allow(unsafe_code, reason = "a symbol's name, made of that of the function")]
            #[unsafe(export_name = concat!("pg_finfo_", stringify!($symbol)))]
            extern "C" fn info() -> &'static pgrx::pg_sys::Pg_finfo_record {
                &$crate::pg::entry::API_VERSION_1
            }
        };
    )*};
}

pub(crate) use native;

/// How the function manager calls these functions.
pub const API_VERSION_1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };

/// Calls a function behind the border of errors.
///
/// # Safety
/// Called by the function manager, with its call info.
#[inline]
pub unsafe fn enter(
    fcinfo: pg_sys::FunctionCallInfo,
    function: fn(&Call<'_>) -> Ret,
) -> pg_sys::Datum {
    // SAFETY: as promised by the caller.
    let call = unsafe { Call::new(fcinfo) };
    match guard::border(|| function(&call)) {
        Ret::Value(datum) => datum,
        Ret::Void => pg_sys::Datum::from(0usize),
        Ret::Null => {
            // SAFETY: the call info is live until the function returns.
            unsafe { (*fcinfo).isnull = true };
            pg_sys::Datum::from(0usize)
        }
    }
}
