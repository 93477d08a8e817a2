//! Tuples and row types: columns by name, values by position.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum::{self, Datum, Interval, Jsonb, Str, Text};
use super::jsonb::List;
use super::memory::Memory;
use super::splice::Stored;
use super::varlena::{bigint_array, bytes_in, text_array};
use crate::error::{Error, OrRaise};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// The attributes of a row type, as many as it has columns.
///
/// # Safety
/// `desc` is a live row type.
#[inline]
unsafe fn attributes(desc: pg_sys::TupleDesc) -> *const pg_sys::FormData_pg_attribute {
    // SAFETY: the row type is live. From Postgres 18 on the full attributes stand behind the compact ones.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        return (*desc).attrs.as_ptr();
        #[cfg(feature = "pg18")]
        return (*desc)
            .compact_attrs
            .as_ptr()
            .add((*desc).natts as usize)
            .cast();
    }
}

/// The attribute at position `i` (from 0).
///
/// # Safety
/// `desc` is a live row type.
#[inline]
pub(super) unsafe fn attribute<'a>(
    desc: pg_sys::TupleDesc,
    i: usize,
) -> &'a pg_sys::FormData_pg_attribute {
    // SAFETY: the row type is live and the bound is checked.
    unsafe {
        assert!(i < (*desc).natts as usize, "column position out of range");
        &*attributes(desc).add(i)
    }
}

/// A column that is not there, or is of another type than it has to be.
#[derive(Debug)]
pub struct WrongColumn(pub &'static str);

/// Position (from 1) of each named column of a row type. Rows are read by position and by the type
/// that is asked for here, so a column of another type is as good as none.
///
/// # Safety
/// `desc` is a live row type.
pub(super) unsafe fn columns<const N: usize>(
    desc: pg_sys::TupleDesc,
    wanted: &[(&'static str, pg_sys::Oid); N],
) -> Result<[i16; N], WrongColumn> {
    let mut found = [0; N];
    // SAFETY: `desc` is live; attribute names are NUL-terminated.
    unsafe {
        for i in 0..(*desc).natts as usize {
            let attribute = attribute(desc, i);
            if attribute.attisdropped {
                continue;
            }
            let name = std::ffi::CStr::from_ptr(attribute.attname.data.as_ptr());
            let at = wanted
                .iter()
                .position(|(n, _)| n.as_bytes() == name.to_bytes());
            if let Some(at) = at.filter(|at| wanted[*at].1 == attribute.atttypid) {
                found[at] = attribute.attnum;
            }
        }
    }
    match found.iter().position(|p| *p == 0) {
        None => Ok(found),
        Some(missing) => Err(WrongColumn(wanted[missing].0)),
    }
}

/// What a column can be read as.
pub trait Column<'a>: Sized {
    /// The types of Postgres that are read so.
    const TYPES: &'static [Oid];

    /// # Safety
    /// A non-null value of one of these types, which lives for `'a`, as the memory does.
    unsafe fn read(value: pg_sys::Datum, memory: Memory<'a>) -> Self;
}

macro_rules! columns {
    ($($rust:ty: [$($kind:ident),+] => |$value:ident, $memory:ident| $read:expr),+ $(,)?) => {$(
        impl<'a> Column<'a> for $rust {
            const TYPES: &'static [Oid] = &[$(pg_sys::$kind),+];

            #[inline]
            unsafe fn read($value: pg_sys::Datum, $memory: Memory<'a>) -> Self {
                $read
            }
        }
    )+};
}

columns! {
    // SAFETY: as promised.
    Text<'a>: [TEXTOID, VARCHAROID] => |value, memory| unsafe { bytes_in(value, memory) },
    // SAFETY: as promised.
    Str<'a>: [TEXTOID, VARCHAROID] => |value, _memory| unsafe { Str::from_datum(value) },
    // SAFETY: as promised.
    Jsonb<'a>: [JSONBOID] => |value, memory| unsafe { Jsonb::from_datum(value, memory) },
    // SAFETY: as promised.
    Uuid: [UUIDOID] => |value, _memory| unsafe { datum::uuid(value) },
    // SAFETY: as promised.
    Interval: [INTERVALOID] => |value, _memory| unsafe { Interval::from_datum(value) },
    // SAFETY: as promised.
    Vec<String>: [TEXTARRAYOID] => |value, _memory| unsafe { texts(value) },
    // SAFETY: as promised.
    Vec<i64>: [INT8ARRAYOID] => |value, _memory| unsafe { bigint_array(value) },
    i32: [INT4OID] => |value, _memory| value.value() as i32,
    i64: [INT8OID, TIMESTAMPTZOID] => |value, _memory| value.value() as i64,
    bool: [BOOLOID] => |value, _memory| value.value() as u8 != 0,
    Oid: [OIDOID, REGCLASSOID, REGTYPEOID] => |value, _memory| Oid::from(value.value() as u32),
}

/// The elements of a text[], null ones left out.
///
/// # Safety
/// A non-null text[].
unsafe fn texts(value: pg_sys::Datum) -> Vec<String> {
    // SAFETY: as promised.
    let items = unsafe { text_array(value) };
    List::of(items.into_iter().flatten()).or_raise().into()
}

/// The bytes of a bytea column.
#[derive(Debug, PartialEq, Eq)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Column<'a> for Bytes<'a> {
    const TYPES: &'static [Oid] = &[pg_sys::BYTEAOID];

    unsafe fn read(value: pg_sys::Datum, memory: Memory<'a>) -> Self {
        // SAFETY: as promised.
        Bytes(unsafe { bytes_in(value, memory) })
    }
}

/// A column that has another type than it is read as, or is not there.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    column: i16,
    found: Option<Oid>,
}

impl From<Mismatch> for Error {
    #[cold]
    fn from(wrong: Mismatch) -> Self {
        let found = wrong.found.map_or(0, |kind| kind.to_u32());
        Error::internal(format!(
            "column {} of a row has the type {found}, and is read as another one",
            wrong.column
        ))
    }
}

/// A row whose columns have been taken apart; positions count from 1 as in `pg_attribute`.
///
/// It knows the types of its columns, and what is read of it is compared with them: a column that is read as another
/// type than it has is an error, and never an address.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    values: *const pg_sys::Datum,
    nulls: *const bool,
    attributes: *const pg_sys::FormData_pg_attribute,
    len: usize,
    /// where values are detoasted
    memory: Memory<'a>,
    stored: Option<Stored>,
}

impl<'a> Row<'a> {
    /// # Safety
    /// Both arrays hold `len` elements, of the first columns of this row type; they, the row type and what the values
    /// point to live, unchanged, for `'a`.
    #[inline]
    pub(super) unsafe fn new(
        values: *const pg_sys::Datum,
        nulls: *const bool,
        desc: pg_sys::TupleDesc,
        len: usize,
        memory: Memory<'a>,
    ) -> Self {
        Row {
            values,
            nulls,
            // SAFETY: as promised.
            attributes: unsafe { attributes(desc) },
            len,
            memory,
            stored: None,
        }
    }

    /// It with the row of which its columns were taken, as that is stored.
    ///
    /// # Safety
    /// It is that row, and lives, unchanged, for `'a`.
    #[inline]
    pub(super) unsafe fn with_stored(mut self, stored: Option<Stored>) -> Self {
        self.stored = stored;
        self
    }

    /// The row as it is stored, if this is one.
    #[inline]
    pub(super) fn stored(&self) -> Option<Stored> {
        self.stored
    }

    /// The attribute at a place, counted from 0.
    #[inline]
    pub(super) fn attribute(&self, i: usize) -> &'a pg_sys::FormData_pg_attribute {
        assert!(i < self.len, "column position out of range");
        // SAFETY: the row type has as many attributes as the arrays are long, and lives for `'a`.
        unsafe { &*self.attributes.add(i) }
    }

    /// Whether the column at a place, counted from 0, is null.
    #[inline]
    pub(super) fn is_null(&self, i: usize) -> bool {
        assert!(i < self.len, "column position out of range");
        // SAFETY: `i` is a place in the arrays.
        unsafe { *self.nulls.add(i) }
    }

    /// The place of a column in the arrays, and its type.
    #[inline]
    fn place(&self, column: i16) -> Option<(usize, Oid)> {
        let i = usize::try_from(column).ok()?.checked_sub(1)?;
        // SAFETY: the row type has as many attributes as the arrays are long.
        (i < self.len).then(|| (i, unsafe { (*self.attributes.add(i)).atttypid }))
    }

    #[inline]
    fn raw(&self, i: usize) -> Option<pg_sys::Datum> {
        // SAFETY: `i` is a place in the arrays.
        unsafe { (!*self.nulls.add(i)).then(|| *self.values.add(i)) }
    }

    /// How many columns it has.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All columns in order, with their types.
    #[inline]
    pub(super) fn raw_values(&self) -> impl Iterator<Item = (Option<pg_sys::Datum>, Oid)> {
        // SAFETY: the row type has as many attributes as the arrays are long.
        (0..self.len).map(|i| (self.raw(i), unsafe { (*self.attributes.add(i)).atttypid }))
    }

    /// The column at this position, or none when it is null or there is no such column.
    #[inline]
    pub fn datum(&self, column: i16) -> Option<Datum<'a>> {
        let (i, kind) = self.place(column)?;
        // SAFETY: a value of this type, as the row type says.
        self.raw(i).map(|value| unsafe { Datum::new(value, kind) })
    }

    /// The column at this position, or none when it is null.
    #[inline]
    pub fn try_get<T: Column<'a>>(&self, column: i16) -> Result<Option<T>, Mismatch> {
        match self.place(column) {
            Some((i, kind)) if T::TYPES.contains(&kind) => {
                // SAFETY: the type was compared just now.
                Ok(self
                    .raw(i)
                    .map(|value| unsafe { T::read(value, self.memory) }))
            }
            found => Err(Mismatch {
                column,
                found: found.map(|(_, kind)| kind),
            }),
        }
    }

    /// The same; another type is a mistake of this crate's, which is told.
    #[inline]
    pub fn get<T: Column<'a>>(&self, column: i16) -> Option<T> {
        self.try_get(column).or_raise()
    }

    /// Where what it is read into lies as long as it does.
    #[inline]
    pub fn memory(&self) -> Memory<'a> {
        self.memory
    }

    /// A text column.
    #[inline]
    pub fn text(&self, column: i16) -> Option<Text<'a>> {
        self.get(column)
    }

    /// A text column as a string.
    pub fn string(&self, column: i16) -> Option<String> {
        self.text(column).map(datum::owned)
    }

    /// A jsonb column, not yet read.
    #[inline]
    pub fn jsonb(&self, column: i16) -> Option<Jsonb<'a>> {
        self.get(column)
    }

    /// A uuid column.
    #[inline]
    pub fn uuid(&self, column: i16) -> Option<Uuid> {
        self.get(column)
    }

    /// A text[] column; null elements are left out.
    pub fn text_array(&self, column: i16) -> Option<Vec<String>> {
        self.get(column)
    }

    /// A bigint[] column; null elements are left out.
    pub fn bigint_array(&self, column: i16) -> Option<Vec<i64>> {
        self.get(column)
    }

    /// An int column.
    #[inline]
    pub fn int(&self, column: i16) -> Option<i32> {
        self.get(column)
    }

    /// A bigint or timestamptz column.
    #[inline]
    pub fn long(&self, column: i16) -> Option<i64> {
        self.get(column)
    }

    /// An interval column.
    pub fn interval(&self, column: i16) -> Option<Interval> {
        self.get(column)
    }

    /// A boolean column.
    #[inline]
    pub fn bool(&self, column: i16) -> Option<bool> {
        self.get(column)
    }

    /// An oid, regclass or regtype column.
    #[inline]
    pub fn oid(&self, column: i16) -> Option<Oid> {
        self.get(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_as_what_it_is_or_not_at_all() {
        let values = [pg_sys::Datum::from(1usize), pg_sys::Datum::from(7usize)];
        let nulls = [false, false];
        let attributes =
            [pg_sys::INT8OID, pg_sys::OIDOID].map(|kind| pg_sys::FormData_pg_attribute {
                atttypid: kind,
                ..Default::default()
            });
        let row = Row {
            values: values.as_ptr(),
            nulls: nulls.as_ptr(),
            attributes: attributes.as_ptr(),
            len: 2,
            memory: Memory::none(),
            stored: None,
        };
        assert_eq!(row.try_get::<i64>(1), Ok(Some(1)));
        assert_eq!(row.try_get::<Oid>(2), Ok(Some(Oid::from(7))));
        assert_eq!(row.datum(1).map(Datum::kind), Some(pg_sys::INT8OID));
        // Read as a text, this would be the bytes at address 1.
        let wrong = |column, found| Err(Mismatch { column, found });
        let found = Some(pg_sys::INT8OID);
        assert_eq!(row.try_get::<Uuid>(1), wrong(1, found).map(|()| None));
        assert!(row.try_get::<i32>(1).is_err() && row.try_get::<bool>(2).is_err());
        for column in [0, 3, -1, i16::MIN, i16::MAX] {
            assert_eq!(
                row.try_get::<i64>(column),
                wrong(column, None).map(|()| None)
            );
            assert!(row.datum(column).is_none());
        }
    }
}
