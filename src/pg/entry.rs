//! What makes a C symbol of a function, and sees to it that it is called with what it reads. The table of all of them is
//! the api's.

use super::fcall::{Call, Ret};
use super::guard;
use crate::error::Error;
use pgrx::pg_sys;
use std::ffi::CStr;
use std::sync::atomic::{AtomicU32, Ordering};

/// Defines the C symbol and its info record for a function of a [`Call`]. A symbol that stands behind several SQL
/// functions has several lists of types.
macro_rules! native {
    ($($symbol:ident $(($($kind:ident),*))+ => $function:path),* $(,)?) => {$(
        const _: () = {
            static SIGNATURES: $crate::pg::entry::Signatures =
                $crate::pg::entry::Signatures::new(&[$(&[$(stringify!($kind)),*]),+]);

            #[allow(unsafe_code, reason = "what is unsafe of it is written here, in the fence")]
            #[unsafe(export_name = stringify!($symbol))]
            unsafe extern "C-unwind" fn entry(
                fcinfo: pgrx::pg_sys::FunctionCallInfo,
            ) -> pgrx::pg_sys::Datum {
                // SAFETY: the function manager calls this with a live call info.
                unsafe { $crate::pg::entry::enter(fcinfo, &SIGNATURES, $function) }
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

/// The types of arguments that a symbol reads, by their names, and the SQL functions that were found to have them.
///
/// A library meets the functions that an older or a newer script declared: every upgrade of a package leaves it so
/// until `alter extension pg_eventlog update`. What such a function passes must not be read as something else.
pub struct Signatures {
    lists: &'static [&'static [&'static str]],
    /// a place for each function of a symbol, as their numbers are close to each other
    fitting: [AtomicU32; 4],
}

impl Signatures {
    /// None of the functions is known yet.
    pub const fn new(lists: &'static [&'static [&'static str]]) -> Self {
        Signatures {
            lists,
            fitting: [const { AtomicU32::new(0) }; 4],
        }
    }

    /// Refuses a call of a function with other arguments. The first call of each function asks the catalog; no function
    /// changes its arguments.
    ///
    /// # Safety
    /// `fcinfo` is the call info of the running function.
    #[inline]
    unsafe fn check(&self, fcinfo: pg_sys::FunctionCallInfo) {
        // SAFETY: a call info has a description of its function, or none where C code calls it directly.
        let Some(place) = (unsafe { (*fcinfo).flinfo.as_ref() }) else {
            return;
        };
        let function = place.fn_oid.to_u32();
        let known = &self.fitting[function as usize % self.fitting.len()];
        if known.load(Ordering::Relaxed) != function {
            self.ask(place.fn_oid);
            known.store(function, Ordering::Relaxed);
        }
    }

    #[cold]
    fn ask(&self, function: pg_sys::Oid) {
        let Some(types) = argument_types(function) else {
            return;
        };
        if !self.lists.iter().any(|list| *list == types) {
            Error::other_release(format!("function {}", display(function))).raise();
        }
    }
}

/// The names of the types of a function's arguments; none where the catalog has no such function.
fn argument_types(function: pg_sys::Oid) -> Option<Vec<String>> {
    let by_oid = |cache: pg_sys::SysCacheIdentifier::Type, oid: pg_sys::Oid| {
        // SAFETY: a look-up by the key of that cache; any oid is accepted.
        unsafe { pg_sys::SearchSysCache1(cache as i32, pg_sys::Datum::from(oid)) }
    };
    // SAFETY: entries of the two caches begin with the structs named, and are released after they were read. A vector of
    // oids has as many values as it says.
    unsafe {
        let row = by_oid(pg_sys::SysCacheIdentifier::PROCOID, function);
        if row.is_null() {
            return None;
        }
        let vector =
            &raw const (*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_proc>()).proargtypes;
        let values = (&raw const (*vector).values).cast::<pg_sys::Oid>();
        let kinds: Vec<pg_sys::Oid> = (0..(*vector).dim1 as usize)
            .map(|i| *values.add(i))
            .collect();
        pg_sys::ReleaseSysCache(row);
        let name = |kind: &pg_sys::Oid| {
            let row = by_oid(pg_sys::SysCacheIdentifier::TYPEOID, *kind);
            if row.is_null() {
                return String::new();
            }
            let form = &*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_type>();
            let name = CStr::from_ptr(form.typname.data.as_ptr())
                .to_string_lossy()
                .into_owned();
            pg_sys::ReleaseSysCache(row);
            name
        };
        Some(kinds.iter().map(name).collect())
    }
}

fn display(function: pg_sys::Oid) -> String {
    // SAFETY: gives a fresh NUL-terminated string for any oid.
    unsafe { CStr::from_ptr(pg_sys::format_procedure_qualified(function)) }
        .to_string_lossy()
        .into_owned()
}

/// Calls a function behind the border of errors.
///
/// # Safety
/// Called by the function manager, with its call info.
#[inline]
pub unsafe fn enter(
    fcinfo: pg_sys::FunctionCallInfo,
    signatures: &'static Signatures,
    function: fn(&Call<'_>) -> Ret,
) -> pg_sys::Datum {
    // SAFETY: as promised by the caller.
    let call = unsafe { Call::new(fcinfo) };
    let outcome = guard::border(|| {
        // SAFETY: as promised by the caller.
        unsafe { signatures.check(fcinfo) };
        function(&call)
    });
    match outcome {
        Ret::Value(value) => value.0,
        Ret::Void => pg_sys::Datum::from(0usize),
        Ret::Null => {
            // SAFETY: the call info is live until the function returns.
            unsafe { (*fcinfo).isnull = true };
            pg_sys::Datum::from(0usize)
        }
    }
}
