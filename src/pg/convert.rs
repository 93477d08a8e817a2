//! Values from one type to another, through text.

use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;

/// A value as its type's output function writes it.
pub fn to_text(value: Datum, kind: Oid) -> String {
    // SAFETY: callers pass a value together with its own column's type; the output function gives
    // a NUL-terminated string.
    unsafe {
        let mut function = pg_sys::InvalidOid;
        let mut varlena = false;
        pg_sys::getTypeOutputInfo(kind, &mut function, &mut varlena);
        let text = pg_sys::OidOutputFunctionCall(function, value);
        CStr::from_ptr(text).to_string_lossy().into_owned()
    }
}

/// A value of one type as a value of another: itself where they are alike, else through text.
/// Times without a zone are UTC.
pub fn assign(value: Datum, from: Oid, to: Oid) -> Datum {
    let alike = from == to
        || (from == pg_sys::TEXTOID && to == pg_sys::VARCHAROID)
        || (from == pg_sys::TIMESTAMPTZOID && to == pg_sys::TIMESTAMPOID);
    if alike {
        return value;
    }
    // SAFETY: as for to_text; the input function of `to` reads the text that was written.
    unsafe {
        let mut function = pg_sys::InvalidOid;
        let mut varlena = false;
        pg_sys::getTypeOutputInfo(from, &mut function, &mut varlena);
        let text = pg_sys::OidOutputFunctionCall(function, value);
        let mut parameter = pg_sys::InvalidOid;
        pg_sys::getTypeInputInfo(to, &mut function, &mut parameter);
        pg_sys::OidInputFunctionCall(function, text, parameter, -1)
    }
}
