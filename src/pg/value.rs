//! Values of a column: whether two of them are alike, and as jsonb.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum::Datum;
use super::encode::{Encoding, encode};
use super::jsonb::{self, BuildError, Builder, List, Numeric, OutOfMemory};
use super::user::Pins;
use super::varlena::varlena_bytes;
use crate::error::{Error, OrRaise};
use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;
use std::fmt::Write;

/// A type, as far as its values are to be encoded and compared.
#[derive(Debug, Clone)]
pub struct ValueType {
    oid: Oid,
    len: i16,
    by_value: bool,
    encoding: Encoding,
}
impl ValueType {
    /// Of a column of this type.
    pub fn of_column(attribute: &super::relation::Attribute) -> ValueType {
        ValueType {
            oid: attribute.kind,
            len: attribute.len,
            by_value: attribute.by_value,
            encoding: Encoding::of(attribute.kind),
        }
    }

    /// Whether two values are the same for whoever reads them as jsonb. Values that are stored
    /// alike are; others are looked at more closely.
    pub fn same(&self, a: Option<Datum<'_>>, b: Option<Datum<'_>>, pins: &mut Pins) -> bool {
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
    pub fn same_image(&self, a: Datum<'_>, b: Datum<'_>) -> bool {
        let (a, b) = (a.of_kind(self.oid), b.of_kind(self.oid));
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
    pub fn size(&self, value: Datum<'_>) -> usize {
        let value = value.of_kind(self.oid);
        match self.len {
            // SAFETY: a non-null varlena; only its header, or what points to it, is read.
            -1 => unsafe { pg_sys::toast_raw_datum_size(value) },
            len => len.max(0) as usize,
        }
    }

    /// Feeds the bytes by which values of this type are told apart.
    pub fn image(&self, value: Datum<'_>, feed: &mut impl FnMut(&[u8])) {
        let value = value.of_kind(self.oid);
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
    fn same_value(&self, a: Datum<'_>, b: Datum<'_>, pins: &mut Pins) -> bool {
        match self.encoding {
            Encoding::Numeric => {
                let (a, b) = (a.of_kind(self.oid), b.of_kind(self.oid));
                // SAFETY: both are non-null numerics.
                unsafe { Numeric::of_body(varlena_bytes(a)) == Numeric::of_body(varlena_bytes(b)) }
            }
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

    fn same_json(&self, a: Option<Datum<'_>>, b: Option<Datum<'_>>, pins: &mut Pins) -> bool {
        let mut document = |value| {
            let mut builder = Builder::new();
            self.encode(value, &mut builder, pins);
            match builder.finish() {
                Ok(document) => Some(document),
                Err(BuildError::OutOfMemory(short)) => Error::from(short).raise(),
                Err(_) => None,
            }
        };
        let (Some(a), Some(b)) = (document(a), document(b)) else {
            return false;
        };
        match (jsonb::Jsonb::new(&a), jsonb::Jsonb::new(&b)) {
            (Ok(a), Ok(b)) => a.root().same(&b.root()).or_raise(),
            _ => false,
        }
    }

    /// Adds a value to a document.
    #[inline]
    pub fn encode(&self, value: Option<Datum<'_>>, builder: &mut Builder, pins: &mut Pins) {
        match value {
            None => {
                builder.null();
            }
            Some(value) => {
                let value = value.of_kind(self.oid);
                // SAFETY: a non-null value of this type.
                unsafe { encode(&self.encoding, value, builder, pins) }
            }
        }
    }

    /// Whether its text is JSON: an array, a row, or a document.
    pub fn is_json(&self) -> bool {
        matches!(
            self.encoding,
            Encoding::Array(_) | Encoding::Composite | Encoding::Json | Encoding::Jsonb
        )
    }

    /// The value as text: what `to_jsonb(value) #>> '{}'` shows.
    pub fn text(&self, value: Datum<'_>, pins: &mut Pins) -> List<u8> {
        self.try_text(value, pins).or_raise()
    }

    fn try_text(&self, value: Datum<'_>, pins: &mut Pins) -> Result<List<u8>, Error> {
        let mut text = List::new();
        let raw = value.of_kind(self.oid);
        match self.encoding {
            // SAFETY: a non-null text.
            Encoding::Text => text.extend_from_slice(unsafe { varlena_bytes(raw) })?,
            Encoding::Int8 => number(raw.value() as i64, &mut text)?,
            Encoding::Int4 => number((raw.value() as i32).into(), &mut text)?,
            _ => {
                let mut builder = Builder::new();
                self.encode(Some(value), &mut builder, pins);
                let document = builder.finish()?;
                match jsonb::Jsonb::new(&document).map(|d| d.root()) {
                    Ok(jsonb::Value::String(string)) => text.extend_from_slice(string)?,
                    Ok(other) => other.write_text(&mut text).map_err(|why| {
                        Error::not_read(why, || Error::internal("a value is damaged"))
                    })?,
                    Err(jsonb::Corrupt) => {}
                }
            }
        }
        Ok(text)
    }
}

fn number(n: i64, to: &mut List<u8>) -> Result<(), OutOfMemory> {
    // A sign and 19 digits; and there is room for them.
    to.reserve(20)?;
    let _ = write!(to, "{n}");
    Ok(())
}

/// # Safety
/// Both are non-null varlena values.
unsafe fn same_varlena(a: pg_sys::Datum, b: pg_sys::Datum) -> bool {
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
unsafe fn fixed<'a>(value: pg_sys::Datum, len: i16) -> &'a [u8] {
    // SAFETY: as promised.
    unsafe { std::slice::from_raw_parts(value.cast_mut_ptr::<u8>(), len.max(0) as usize) }
}
