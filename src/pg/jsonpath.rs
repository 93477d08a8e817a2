//! SQL/JSON paths, evaluated by Postgres.

use super::attempt;
pub use super::attempt::Failure;
use super::datum::{Datum, Jsonb};
use super::input;
use super::memory::Memory;
use crate::error::Error;
use pgrx::pg_sys;
use std::ffi::{CStr, CString};

mod raw {
    use pgrx::pg_sys::{Datum, FunctionCallInfo};
    unsafe extern "C-unwind" {
        pub fn jsonpath_in(call: FunctionCallInfo) -> Datum;
        pub fn jsonpath_out(call: FunctionCallInfo) -> Datum;
        pub fn jsonb_path_query_first(call: FunctionCallInfo) -> Datum;
        pub fn jsonb_path_match(call: FunctionCallInfo) -> Datum;
        pub fn jsonb_path_match_opr(call: FunctionCallInfo) -> Datum;
    }
}

type Function = unsafe extern "C-unwind" fn(pg_sys::FunctionCallInfo) -> pg_sys::Datum;

/// A path as Postgres keeps it, in memory of its own.
pub struct Path(Box<[u64]>);

impl Path {
    /// Reads a path; an error is Postgres's.
    pub fn parse(text: &str, memory: Memory<'_>) -> Result<Path, Failure> {
        // A NUL ends it where Postgres would end it, too.
        let text = text.split('\0').next().unwrap_or_default();
        let text = CString::new(text).unwrap_or_default();
        let argument = pg_sys::Datum::from(text.as_ptr());
        // SAFETY: a function of one argument, a C string; it gives a path, whose size stands in its header. What is
        // copied to has room for it, and is aligned as any value.
        memory.within(|| unsafe {
            let Some(path) = call(raw::jsonpath_in, [argument])? else {
                Error::internal("a path is null").raise();
            };
            let path = path.cast_mut_ptr::<pg_sys::varlena>();
            let size = pgrx::varsize_any(path);
            let mut kept = vec![0u64; size.div_ceil(8)].into_boxed_slice();
            std::ptr::copy_nonoverlapping(path.cast::<u8>(), kept.as_mut_ptr().cast::<u8>(), size);
            Ok(Path(kept))
        })
    }

    fn raw(&self) -> pg_sys::Datum {
        pg_sys::Datum::from(self.0.as_ptr())
    }

    /// It as Postgres writes it: keys and strings are JSON strings.
    pub fn text(&self, memory: Memory<'_>) -> Result<String, Failure> {
        // SAFETY: a function of one argument, a path; it gives a C string.
        memory.within(|| unsafe {
            let text = call(raw::jsonpath_out, [self.raw()])?;
            let text = text.map(|text| CStr::from_ptr(text.cast_mut_ptr()));
            Ok(text.map_or_else(String::new, |text| text.to_string_lossy().into_owned()))
        })
    }

    /// Whether it is true of a document; none where it gives null, or what is not one boolean. What errors can be met
    /// within a predicate are unknown then; others are failures.
    #[inline]
    pub fn holds(&self, document: Jsonb<'_>) -> Result<Option<bool>, Failure> {
        let document = Datum::from(document).raw();
        // SAFETY: a function of a document and a path.
        let found = unsafe { call(raw::jsonb_path_match_opr, [document, self.raw()])? };
        Ok(found.map(|found| found.value() as u8 != 0))
    }

    /// The same, where what is not one boolean or null is a failure.
    pub fn tries(&self, document: Jsonb<'_>, memory: Memory<'_>) -> Result<Option<bool>, Failure> {
        let document = Datum::from(document).raw();
        // No variables, and not silent.
        let variables = Datum::from(memory.empty_object()).raw();
        let arguments = [document, self.raw(), variables, pg_sys::Datum::from(false)];
        // SAFETY: a function of a document, a path, variables and a boolean.
        let found = memory.within(|| unsafe { call(raw::jsonb_path_match, arguments) })?;
        Ok(found.map(|found| found.value() as u8 != 0))
    }
}

impl Path {
    /// The first item that it gives for a document; none where it gives none, or meets an error that it catches.
    pub fn first<'m>(
        &self,
        document: Jsonb<'_>,
        memory: Memory<'m>,
    ) -> Result<Option<Jsonb<'m>>, Failure> {
        let document = Datum::from(document).raw();
        let variables = Datum::from(memory.empty_object()).raw();
        let arguments = [document, self.raw(), variables, pg_sys::Datum::from(true)];
        // SAFETY: a function of a document, a path, variables and a boolean, which gives a document in that memory.
        memory.within(|| unsafe {
            let found = call(raw::jsonb_path_query_first, arguments)?;
            Ok(found.map(|found| Jsonb::from_datum(found, memory)))
        })
    }
}

/// A JSON text as a document, of the texts that this crate writes.
pub fn document<'m>(text: &str, memory: Memory<'m>) -> Jsonb<'m> {
    input::jsonb(text.as_bytes(), memory)
        .unwrap_or_else(|| Error::internal("a document cannot be read").raise())
}

/// The arguments of a call, with room for them.
#[repr(C)]
struct Arguments<const N: usize> {
    call: pg_sys::FunctionCallInfoBaseData,
    values: [pg_sys::NullableDatum; N],
}

const _: () = assert!(
    std::mem::offset_of!(Arguments<1>, values)
        == std::mem::offset_of!(pg_sys::FunctionCallInfoBaseData, args)
);

/// # Safety
/// A function that reads these arguments, of which none is null, and writes nothing.
#[inline]
unsafe fn call<const N: usize>(
    function: Function,
    values: [pg_sys::Datum; N],
) -> Result<Option<pg_sys::Datum>, Failure> {
    let mut arguments = Arguments {
        call: pg_sys::FunctionCallInfoBaseData {
            nargs: N as i16,
            ..Default::default()
        },
        values: values.map(|value| pg_sys::NullableDatum {
            value,
            isnull: false,
        }),
    };
    let call = (&raw mut arguments).cast::<pg_sys::FunctionCallInfoBaseData>();
    // SAFETY: as promised; both structs are plain and live for the call, and the arguments stand where the flexible array
    // of the first begins.
    let result = unsafe { attempt::reading(|| function(call)) }?;
    Ok((!arguments.call.isnull).then_some(result))
}
