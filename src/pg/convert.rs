//! Values from one type to another, through text.

use super::attempt;
use super::datum::{self, Datum};
use super::memory::Memory;
use pgrx::pg_sys::{self, Oid};
use std::ffi::{CStr, CString, c_char};

mod raw {
    use pgrx::pg_sys;
    use std::ffi::c_char;
    unsafe extern "C-unwind" {
        pub fn OidInputFunctionCall(
            function: pg_sys::Oid,
            text: *mut c_char,
            parameter: pg_sys::Oid,
            typmod: i32,
        ) -> pg_sys::Datum;
    }
}

/// What its type's output function writes for a value, in the current memory context.
fn output(value: Datum<'_>) -> *mut c_char {
    // SAFETY: a value together with its own type.
    unsafe {
        let mut function = pg_sys::InvalidOid;
        let mut varlena = false;
        pg_sys::getTypeOutputInfo(value.kind(), &mut function, &mut varlena);
        pg_sys::OidOutputFunctionCall(function, value.raw())
    }
}

/// A value as its type's output function writes it, which may be as long as one likes.
pub fn to_text(value: Datum<'_>) -> String {
    // SAFETY: the output function gives a NUL-terminated string.
    datum::owned(unsafe { CStr::from_ptr(output(value)) }.to_bytes())
}

/// A value of one type as a value of another: itself where they are alike, else through text.
/// Times without a zone are UTC.
pub fn assign<'m>(value: Datum<'m>, to: Oid, memory: Memory<'m>) -> Datum<'m> {
    let from = value.kind();
    let alike = from == to
        || (from == pg_sys::TEXTOID && to == pg_sys::VARCHAROID)
        || (from == pg_sys::TIMESTAMPTZOID && to == pg_sys::TIMESTAMPOID);
    if alike {
        // SAFETY: what is stored of both types is the same.
        return unsafe { Datum::new(value.raw(), to) };
    }
    memory.within(|| {
        let text = output(value);
        let mut function = pg_sys::InvalidOid;
        let mut parameter = pg_sys::InvalidOid;
        // SAFETY: the input function of `to` reads the text that was written, and gives a value of that type.
        unsafe {
            pg_sys::getTypeInputInfo(to, &mut function, &mut parameter);
            let read = pg_sys::OidInputFunctionCall(function, text, parameter, -1);
            Datum::new(read, to)
        }
    })
}

/// Types whose input functions read their text and nothing else.
const PLAIN: [Oid; 8] = [
    pg_sys::TEXTOID,
    pg_sys::VARCHAROID,
    pg_sys::BPCHAROID,
    pg_sys::INT2OID,
    pg_sys::INT4OID,
    pg_sys::INT8OID,
    pg_sys::NUMERICOID,
    pg_sys::UUIDOID,
];

/// A text as a value of a type, by its input function; none where that refuses it.
pub fn read<'m>(text: &str, to: Oid, memory: Memory<'m>) -> Option<Datum<'m>> {
    let text = CString::new(text).ok()?;
    let (mut function, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    // SAFETY: the input function of `to` takes a NUL-terminated text, which it does not change, and gives a value of that
    // type in that memory. Those of the plain ones begin nothing; any other one runs in a subtransaction.
    memory.within(|| unsafe {
        pg_sys::getTypeInputInfo(to, &mut function, &mut parameter);
        let text = text.as_ptr().cast_mut();
        let input = || raw::OidInputFunctionCall(function, text, parameter, -1);
        let read = match PLAIN.contains(&to) {
            true => attempt::reading(input).ok(),
            false => attempt::attempt(input).ok(),
        };
        read.map(|value| Datum::new(value, to))
    })
}
