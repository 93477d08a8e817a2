//! Values of any type as jsonb, much as `to_jsonb` makes it.
//!
//! What `to_jsonb` says depends on the session's settings (`TimeZone`, `IntervalStyle`,
//! `extra_float_digits`, `search_path` and others). What is stored must not: the types that most
//! columns have are encoded here without asking any setting, and for the others the settings are
//! pinned (see [`Pins`]).
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum;
use super::jsonb::{self, Builder, List, Numeric, OutOfMemory};
use super::user::Pins;
use super::varlena::varlena_bytes;
use crate::error::OrRaise;
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;

/// How values of a type become jsonb.
#[derive(Debug, Clone)]
pub(super) enum Encoding {
    Bool,
    Int2,
    Int4,
    Int8,
    Numeric,
    Float4,
    Float8,
    Text,
    Name,
    Uuid,
    Bytea,
    /// a date, timestamp or timestamptz: ISO 8601, in UTC
    Time(Oid),
    Json,
    Jsonb,
    Array(Box<Element>),
    Composite,
    /// anything else by its output function, as a string
    Output {
        function: Oid,
        pinned: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    kind: Oid,
    len: i16,
    by_value: bool,
    align: u8,
    encoding: Encoding,
}
/// Built-in types of which no setting changes the output.
const STEADY: [Oid; 17] = [
    pg_sys::CHAROID,
    pg_sys::OIDOID,
    pg_sys::XIDOID,
    pg_sys::XID8OID,
    pg_sys::CIDOID,
    pg_sys::TIDOID,
    pg_sys::INETOID,
    pg_sys::CIDROID,
    pg_sys::MACADDROID,
    pg_sys::MACADDR8OID,
    pg_sys::BITOID,
    pg_sys::VARBITOID,
    pg_sys::TIMEOID,
    pg_sys::TIMETZOID,
    pg_sys::PG_LSNOID,
    pg_sys::TSVECTOROID,
    pg_sys::TSQUERYOID,
];

impl Encoding {
    /// Of a type.
    pub(super) fn of(kind: Oid) -> Encoding {
        // SAFETY: catalogue look-ups; a domain's values are those of its base type.
        let base = unsafe { pg_sys::getBaseType(kind) };
        match base {
            pg_sys::BOOLOID => Encoding::Bool,
            pg_sys::INT2OID => Encoding::Int2,
            pg_sys::INT4OID => Encoding::Int4,
            pg_sys::INT8OID => Encoding::Int8,
            pg_sys::NUMERICOID => Encoding::Numeric,
            pg_sys::FLOAT4OID => Encoding::Float4,
            pg_sys::FLOAT8OID => Encoding::Float8,
            pg_sys::TEXTOID | pg_sys::VARCHAROID | pg_sys::BPCHAROID => Encoding::Text,
            pg_sys::NAMEOID => Encoding::Name,
            pg_sys::UUIDOID => Encoding::Uuid,
            pg_sys::BYTEAOID => Encoding::Bytea,
            pg_sys::DATEOID | pg_sys::TIMESTAMPOID | pg_sys::TIMESTAMPTZOID => Encoding::Time(base),
            pg_sys::JSONOID => Encoding::Json,
            pg_sys::JSONBOID => Encoding::Jsonb,
            _ => Encoding::of_other(base),
        }
    }

    /// Whether two values of a type that is encoded so are equal only where their texts are. Of the
    /// types that it does not know this is not to be said.
    pub(super) fn tells_apart(&self, kind: Oid) -> bool {
        match self {
            Encoding::Bool
            | Encoding::Int2
            | Encoding::Int4
            | Encoding::Int8
            | Encoding::Name
            | Encoding::Uuid
            | Encoding::Bytea
            | Encoding::Time(_) => true,
            // Blanks at the end do not count.
            // SAFETY: a catalogue look-up that takes any oid.
            Encoding::Text => (unsafe { pg_sys::getBaseType(kind) }) != pg_sys::BPCHAROID,
            Encoding::Output { pinned, .. } => !pinned,
            _ => false,
        }
    }

    fn of_other(base: Oid) -> Encoding {
        // SAFETY: catalogue look-ups with out-parameters of the right types.
        unsafe {
            let element = pg_sys::get_element_type(base);
            // A fixed-length array such as point has elements too, and no dimensions.
            if element != pg_sys::InvalidOid && pg_sys::get_typlen(base) == -1 {
                let (mut len, mut by_value, mut align) = (0, false, 0);
                pg_sys::get_typlenbyvalalign(element, &mut len, &mut by_value, &mut align);
                return Encoding::Array(Box::new(Element {
                    kind: element,
                    len,
                    by_value,
                    align: align as u8,
                    encoding: Encoding::of(element),
                }));
            }
            if pg_sys::type_is_rowtype(base) {
                return Encoding::Composite;
            }
            let (mut function, mut varlena) = (pg_sys::InvalidOid, false);
            pg_sys::getTypeOutputInfo(base, &mut function, &mut varlena);
            let pinned = !STEADY.contains(&base) && !pg_sys::type_is_enum(base);
            Encoding::Output { function, pinned }
        }
    }
}

/// # Safety
/// `value` is a non-null value of a type with this encoding.
#[inline]
pub(super) unsafe fn encode(encoding: &Encoding, value: Datum, b: &mut Builder, pins: &mut Pins) {
    // SAFETY: as promised, in each arm.
    unsafe {
        match encoding {
            Encoding::Bool => b.bool(value.value() as u8 != 0),
            Encoding::Int2 => b.int((value.value() as i16).into()),
            Encoding::Int4 => b.int((value.value() as i32).into()),
            Encoding::Int8 => b.int(value.value() as i64),
            Encoding::Numeric => numeric(varlena_bytes(value), b),
            Encoding::Float4 => {
                let n = f32::from_bits(value.value() as u32);
                float(
                    n.into(),
                    |buffer| shortest::float_to_shortest_decimal_buf(n, buffer),
                    b,
                )
            }
            Encoding::Float8 => {
                let n = f64::from_bits(value.value() as u64);
                float(
                    n,
                    |buffer| shortest::double_to_shortest_decimal_buf(n, buffer),
                    b,
                )
            }
            Encoding::Text => b.string(varlena_bytes(value)),
            Encoding::Name => b.string(CStr::from_ptr(value.cast_mut_ptr()).to_bytes()),
            Encoding::Uuid => {
                let mut buffer = uuid::Uuid::encode_buffer();
                b.string(datum::uuid(value).hyphenated().encode_lower(&mut buffer))
            }
            Encoding::Bytea => b.string(hex(varlena_bytes(value)).or_raise()),
            Encoding::Time(kind) => {
                let mut buffer = [0 as std::ffi::c_char; pg_sys::MAXDATELEN as usize + 1];
                let utc = 0;
                pg_sys::JsonEncodeDateTime(buffer.as_mut_ptr(), value, *kind, &utc);
                b.string(CStr::from_ptr(buffer.as_ptr()).to_bytes())
            }
            Encoding::Jsonb => document(varlena_bytes(value), b),
            Encoding::Json => json(varlena_bytes(value), b),
            Encoding::Array(element) => array(element, value, b, pins),
            Encoding::Composite => composite(value, b, pins),
            Encoding::Output { function, pinned } => {
                if *pinned {
                    pins.set();
                }
                let text = pg_sys::OidOutputFunctionCall(*function, value);
                b.string(CStr::from_ptr(text).to_bytes())
            }
        };
    }
}

/// A stored numeric, by its bytes without varlena header. jsonb keeps numerics with a long header,
/// and has no numbers that are none.
#[allow(clippy::disallowed_methods, reason = "the text of NaN or an infinity")]
fn numeric<'b>(body: &[u8], b: &'b mut Builder) -> &'b mut Builder {
    let size = body.len() + pg_sys::VARHDRSZ;
    let mut bytes: smallvec::SmallVec<[u8; 64]> = smallvec::smallvec![0; size];
    // SAFETY: the buffer has room for a header, which is written as a whole.
    unsafe {
        let mut header = pg_sys::varlena::default();
        pgrx::set_varsize_4b(&mut header, size as i32);
        bytes[..pg_sys::VARHDRSZ]
            .copy_from_slice(&std::mem::transmute::<[std::ffi::c_char; 4], [u8; 4]>(
                header.vl_len_,
            ));
    }
    bytes[pg_sys::VARHDRSZ..].copy_from_slice(body);
    match Numeric::new(&bytes) {
        Some(n) if n.is_special() => b.string(n.to_string()),
        Some(n) => b.numeric(n),
        None => b.null(),
    }
}

/// What Postgres's output functions use; pgrx has no bindings for it.
mod shortest {
    use std::ffi::{c_char, c_int};
    unsafe extern "C" {
        pub fn float_to_shortest_decimal_buf(n: f32, result: *mut c_char) -> c_int;
        pub fn double_to_shortest_decimal_buf(n: f64, result: *mut c_char) -> c_int;
    }
}

/// A float by its shortest digits, which read back as the same number. Where two are as short, they
/// are those that Postgres shows.
fn float(
    n: f64,
    digits: impl FnOnce(*mut std::ffi::c_char) -> std::ffi::c_int,
    b: &mut Builder,
) -> &mut Builder {
    if n.is_nan() {
        b.string("NaN")
    } else if n.is_infinite() {
        b.string(if n > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        // At most 24 characters and a NUL.
        let mut buffer = [0 as std::ffi::c_char; 32];
        digits(buffer.as_mut_ptr());
        // SAFETY: `digits` has written a NUL-terminated string.
        let text = unsafe { CStr::from_ptr(buffer.as_ptr()) };
        b.decimal(text.to_str().unwrap_or_default())
    }
}

fn hex(bytes: &[u8]) -> Result<List<u8>, OutOfMemory> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = List::with_capacity(2 + 2 * bytes.len())?;
    text.extend_from_slice(b"\\x")?;
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)])?;
        text.push(DIGITS[usize::from(byte & 15)])?;
    }
    Ok(text)
}

fn document<'b>(container: &[u8], b: &'b mut Builder) -> &'b mut Builder {
    match jsonb::Jsonb::new(container) {
        Ok(document) => b.value(document.root()),
        Err(_) => b.null(),
    }
}

/// A json column holds text. What jsonb cannot hold (the escape of a NUL, a number out of range)
/// becomes a string of that text: a change is not refused for it.
fn json<'b>(text: &[u8], b: &'b mut Builder) -> &'b mut Builder {
    match super::input::raw_jsonb(text) {
        // SAFETY: jsonb_in gives a jsonb value.
        Some(value) => document(unsafe { varlena_bytes(value) }, b),
        None => b.string(text),
    }
}

/// # Safety
/// `value` is a non-null array of this element type.
unsafe fn array<'b>(
    element: &Element,
    value: Datum,
    b: &'b mut Builder,
    pins: &mut Pins,
) -> &'b mut Builder {
    // SAFETY: as promised; the arrays that deconstruct_array makes hold `count` elements.
    unsafe {
        let array = pg_sys::pg_detoast_datum(value.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
        let (mut values, mut nulls, mut count) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
        pg_sys::deconstruct_array(
            array,
            element.kind,
            i32::from(element.len),
            element.by_value,
            element.align as _,
            &mut values,
            &mut nulls,
            &mut count,
        );
        let dimensions = (*array).ndim as usize;
        let sizes = array
            .cast::<u8>()
            .add(size_of::<pg_sys::ArrayType>())
            .cast::<i32>();
        let sizes = (0..dimensions).map(|i| (*sizes.add(i)).max(0) as usize);
        let sizes = List::of(sizes).or_raise();
        if count == 0 {
            return b.begin_array().end();
        }
        // Innermost arrays are closed where their last element was, and the others with them.
        for i in 0..count as usize {
            let mut run = 1;
            for size in sizes.iter().rev() {
                run *= size;
                if i.is_multiple_of(run) {
                    b.begin_array();
                }
            }
            if *nulls.add(i) {
                b.null();
            } else {
                encode(&element.encoding, *values.add(i), b, pins);
            }
            let mut run = 1;
            for size in sizes.iter().rev() {
                run *= size;
                if (i + 1).is_multiple_of(run) {
                    b.end();
                }
            }
        }
        b
    }
}

/// # Safety
/// `value` is a non-null value of a composite type.
#[allow(
    clippy::disallowed_macros,
    reason = "a row type has 1664 columns at most"
)]
unsafe fn composite<'b>(value: Datum, b: &'b mut Builder, pins: &mut Pins) -> &'b mut Builder {
    // SAFETY: a composite value says in its header which row type it is of; the row type is
    // released again, and the arrays are as long as it.
    unsafe {
        let header =
            pg_sys::pg_detoast_datum(value.cast_mut_ptr()).cast::<pg_sys::HeapTupleHeaderData>();
        let fields = (*header).t_choice.t_datum;
        let desc = pg_sys::lookup_rowtype_tupdesc(fields.datum_typeid, fields.datum_typmod);
        let columns = (*desc).natts as usize;
        let mut values = vec![Datum::from(0usize); columns];
        let mut nulls = vec![true; columns];
        let mut tuple = pg_sys::HeapTupleData {
            t_len: pgrx::varsize_4b(header.cast()) as u32,
            t_data: header,
            ..Default::default()
        };
        pg_sys::heap_deform_tuple(&mut tuple, desc, values.as_mut_ptr(), nulls.as_mut_ptr());
        b.begin_object();
        for i in 0..columns {
            let attribute = super::tuple::attribute(desc, i);
            if attribute.attisdropped {
                continue;
            }
            b.key(CStr::from_ptr(attribute.attname.data.as_ptr()).to_bytes());
            if nulls[i] {
                b.null();
            } else {
                encode(&Encoding::of(attribute.atttypid), values[i], b, pins);
            }
        }
        b.end();
        if (*desc).tdrefcount >= 0 {
            pg_sys::DecrTupleDescRefCount(desc);
        }
        b
    }
}
