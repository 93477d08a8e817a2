//! Values of any type as jsonb, much as `to_jsonb` makes it, and whether two of them are alike.
//!
//! What `to_jsonb` says depends on the session's settings (`TimeZone`, `IntervalStyle`,
//! `extra_float_digits`, `search_path` and others). What is stored must not: the types that most
//! columns have are encoded here without asking any setting, and for the others the settings are
//! pinned (see [`Pins`]).

use super::datum::{self, varlena_bytes};
use super::jsonb::{self, Builder, Numeric};
use super::user::Pins;
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;

/// How values of a type become jsonb.
#[derive(Debug, Clone)]
enum Encoding {
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
struct Element {
    kind: Oid,
    len: i16,
    by_value: bool,
    align: u8,
    encoding: Encoding,
}

/// A type, as far as its values are to be encoded and compared.
#[derive(Debug, Clone)]
pub struct Kind {
    len: i16,
    by_value: bool,
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

impl Kind {
    /// Of a column of this type.
    pub fn of_column(attribute: &super::relation::Attribute) -> Kind {
        Kind {
            len: attribute.len,
            by_value: attribute.by_value,
            encoding: Encoding::of(attribute.kind),
        }
    }

    /// Whether two values are the same for whoever reads them as jsonb. Values that are stored
    /// alike are; others are looked at more closely.
    pub fn same(&self, a: Option<Datum>, b: Option<Datum>, pins: &mut Pins) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.same_image(a, b) || self.same_value(a, b, pins),
            // jsonb's own null and SQL's are one.
            _ => {
                matches!(self.encoding, Encoding::Json | Encoding::Jsonb)
                    && self.same_json(a, b, pins)
            }
        }
    }

    /// Whether two values are stored alike. What was moved out of the row is fetched only where
    /// its size leaves a doubt.
    pub fn same_image(&self, a: Datum, b: Datum) -> bool {
        if self.by_value {
            return a == b;
        }
        // SAFETY: both are non-null values of this type, which says how long they are.
        unsafe {
            match self.len {
                -1 => same_varlena(a, b),
                -2 => {
                    CStr::from_ptr(a.cast_mut_ptr::<std::ffi::c_char>())
                        == CStr::from_ptr(b.cast_mut_ptr::<std::ffi::c_char>())
                }
                len => fixed(a, len) == fixed(b, len),
            }
        }
    }

    /// Bytes of a value; one that was moved out of the row is not fetched.
    pub fn size(&self, value: Datum) -> usize {
        match self.len {
            // SAFETY: a non-null varlena; only its header, or what points to it, is read.
            -1 => unsafe { pg_sys::toast_raw_datum_size(value) },
            len => len.max(0) as usize,
        }
    }

    /// Feeds the bytes by which values of this type are told apart.
    pub fn image(&self, value: Datum, feed: &mut impl FnMut(&[u8])) {
        if self.by_value {
            return feed(&value.value().to_ne_bytes());
        }
        // SAFETY: as for `same_image`.
        unsafe {
            match self.len {
                -1 => feed(varlena_bytes(value)),
                -2 => feed(CStr::from_ptr(value.cast_mut_ptr()).to_bytes()),
                len => feed(fixed(value, len)),
            }
        }
    }

    /// Whether values that differ as they are stored are the same as jsonb.
    fn same_value(&self, a: Datum, b: Datum, pins: &mut Pins) -> bool {
        match self.encoding {
            // SAFETY: both are non-null numerics.
            Encoding::Numeric => unsafe {
                Numeric::of_body(varlena_bytes(a)) == Numeric::of_body(varlena_bytes(b))
            },
            Encoding::Float4
            | Encoding::Float8
            | Encoding::Json
            | Encoding::Jsonb
            | Encoding::Array(_)
            | Encoding::Composite
            | Encoding::Output { .. } => self.same_json(Some(a), Some(b), pins),
            _ => false,
        }
    }

    fn same_json(&self, a: Option<Datum>, b: Option<Datum>, pins: &mut Pins) -> bool {
        let mut document = |value| {
            let mut builder = Builder::new();
            self.encode(value, &mut builder, pins);
            builder.finish()
        };
        let (Ok(a), Ok(b)) = (document(a), document(b)) else {
            return false;
        };
        match (jsonb::Jsonb::new(&a), jsonb::Jsonb::new(&b)) {
            (Ok(a), Ok(b)) => a.root() == b.root(),
            _ => false,
        }
    }

    /// Adds a value to a document.
    #[inline]
    pub fn encode(&self, value: Option<Datum>, builder: &mut Builder, pins: &mut Pins) {
        match value {
            None => {
                builder.null();
            }
            // SAFETY: a non-null value of this type.
            Some(value) => unsafe { encode(&self.encoding, value, builder, pins) },
        }
    }

    /// The value as text: what `to_jsonb(value) #>> '{}'` shows.
    pub fn text(&self, value: Datum, pins: &mut Pins) -> Vec<u8> {
        match self.encoding {
            // SAFETY: a non-null text.
            Encoding::Text => unsafe { varlena_bytes(value) }.to_vec(),
            Encoding::Int8 => (value.value() as i64).to_string().into_bytes(),
            Encoding::Int4 => (value.value() as i32).to_string().into_bytes(),
            _ => {
                let mut builder = Builder::new();
                self.encode(Some(value), &mut builder, pins);
                let document = builder.finish().unwrap_or_default();
                match jsonb::Jsonb::new(&document).map(|d| d.root()) {
                    Ok(jsonb::Value::String(text)) => text.to_vec(),
                    Ok(other) => other.to_string().into_bytes(),
                    Err(_) => Vec::new(),
                }
            }
        }
    }
}

impl Encoding {
    fn of(kind: Oid) -> Encoding {
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
unsafe fn encode(encoding: &Encoding, value: Datum, b: &mut Builder, pins: &mut Pins) {
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
            Encoding::Bytea => b.string(hex(varlena_bytes(value))),
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

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(2 + 2 * bytes.len());
    text.extend_from_slice(b"\\x");
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
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
    match super::input::jsonb(text) {
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
        let sizes: Vec<usize> = (0..dimensions)
            .map(|i| (*sizes.add(i)).max(0) as usize)
            .collect();
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

/// # Safety
/// Both are non-null varlena values.
unsafe fn same_varlena(a: Datum, b: Datum) -> bool {
    // SAFETY: as promised. A value that was moved out of the row is here as a pointer, and the
    // same pointer is the same value.
    unsafe {
        let (pa, pb) = (
            a.cast_mut_ptr::<pg_sys::varlena>(),
            b.cast_mut_ptr::<pg_sys::varlena>(),
        );
        let whole = |p: *mut pg_sys::varlena| {
            std::slice::from_raw_parts(p.cast::<u8>(), pgrx::varsize_any(p))
        };
        if whole(pa) == whole(pb) {
            return true;
        }
        let plain = |p| !pgrx::varatt_is_1b_e(p) && !pgrx::varatt_is_4b_c(p);
        if !(plain(pa) && plain(pb))
            && pg_sys::toast_raw_datum_size(a) != pg_sys::toast_raw_datum_size(b)
        {
            return false;
        }
        varlena_bytes(a) == varlena_bytes(b)
    }
}

/// # Safety
/// `value` points to a value of this length.
unsafe fn fixed<'a>(value: Datum, len: i16) -> &'a [u8] {
    // SAFETY: as promised.
    unsafe { std::slice::from_raw_parts(value.cast_mut_ptr::<u8>(), len.max(0) as usize) }
}
