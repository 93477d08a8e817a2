//! Rows that a statement returned. A statement says by itself which types its columns have, so what is read of them
//! is compared with that: a column that is read as another type than it has is an error, and never an address.

use super::datum::{self, Interval, Text};
use super::tuple::Row;
use crate::error::{Error, OrRaise};
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// What a column of an answer can be read as.
pub trait Column<'a>: Sized {
    /// The types of Postgres that are read so.
    const TYPES: &'static [Oid];

    /// # Safety
    /// The column has one of these types.
    unsafe fn read(row: Row<'a>, column: i16) -> Option<Self>;
}

macro_rules! columns {
    ($($rust:ty: [$($kind:ident),+] => $read:ident),+ $(,)?) => {$(
        impl<'a> Column<'a> for $rust {
            const TYPES: &'static [Oid] = &[$(pg_sys::$kind),+];

            unsafe fn read(row: Row<'a>, column: i16) -> Option<Self> {
                row.$read(column)
            }
        }
    )+};
}

columns! {
    Text<'a>: [TEXTOID, VARCHAROID] => text,
    datum::Jsonb<'a>: [JSONBOID] => jsonb,
    Uuid: [UUIDOID] => uuid,
    Vec<String>: [TEXTARRAYOID] => text_array,
    i32: [INT4OID] => int,
    i64: [INT8OID, TIMESTAMPTZOID] => long,
    bool: [BOOLOID] => bool,
    Oid: [OIDOID, REGCLASSOID, REGTYPEOID] => oid,
    Interval: [INTERVALOID] => interval,
}

/// The bytes of a bytea column.
#[derive(Debug, PartialEq, Eq)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Column<'a> for Bytes<'a> {
    const TYPES: &'static [Oid] = &[pg_sys::BYTEAOID];

    unsafe fn read(row: Row<'a>, column: i16) -> Option<Self> {
        row.text(column).map(Bytes)
    }
}

/// A column that has another type than it is read as, or is not there.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    column: i16,
    found: Option<Oid>,
}

impl From<Mismatch> for Error {
    fn from(wrong: Mismatch) -> Self {
        let found = wrong.found.map_or(0, |kind| kind.to_u32());
        Error::internal(format!(
            "column {} of a statement has the type {found}, and is read as another one",
            wrong.column
        ))
    }
}

/// One row of what a statement returned; positions count from 1.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    row: Row<'a>,
    types: &'a [Oid],
}

impl<'a> Answer<'a> {
    pub(super) fn new(row: Row<'a>, types: &'a [Oid]) -> Self {
        Answer { row, types }
    }

    /// The column at this position, or none when it is null.
    #[inline]
    pub fn try_get<T: Column<'a>>(&self, column: i16) -> Result<Option<T>, Mismatch> {
        self.check::<T>(column)?;
        // SAFETY: the type was compared just now.
        Ok(unsafe { T::read(self.row, column) })
    }

    /// Whether the column at this position can be read as this.
    #[inline]
    fn check<T: Column<'a>>(&self, column: i16) -> Result<(), Mismatch> {
        let place = usize::try_from(column).ok().and_then(|c| c.checked_sub(1));
        let found = place.and_then(|at| self.types.get(at)).copied();
        match found.filter(|kind| T::TYPES.contains(kind)) {
            Some(_) => Ok(()),
            None => Err(Mismatch { column, found }),
        }
    }

    /// The same; another type is a mistake of this crate's, which is told.
    #[inline]
    pub fn get<T: Column<'a>>(&self, column: i16) -> Option<T> {
        self.try_get(column).or_raise()
    }

    /// A column as a value of the type that it is known to have.
    pub fn datum(&self, column: i16, kind: Oid) -> Option<pg_sys::Datum> {
        let place = usize::try_from(column).ok().and_then(|c| c.checked_sub(1));
        let found = place.and_then(|at| self.types.get(at)).copied();
        if found != Some(kind) {
            Error::from(Mismatch { column, found }).raise();
        }
        self.row.datum(column)
    }

    /// A jsonb column, not yet read.
    pub fn jsonb(&self, column: i16) -> Option<datum::Jsonb<'a>> {
        self.get(column)
    }

    /// A text column.
    pub fn text(&self, column: i16) -> Option<Text<'a>> {
        self.get(column)
    }

    /// A text column as a string.
    pub fn string(&self, column: i16) -> Option<String> {
        self.text(column).map(datum::owned)
    }

    /// A uuid column.
    pub fn uuid(&self, column: i16) -> Option<Uuid> {
        self.get(column)
    }

    /// An int column.
    pub fn int(&self, column: i16) -> Option<i32> {
        self.get(column)
    }

    /// A bigint or timestamptz column.
    pub fn long(&self, column: i16) -> Option<i64> {
        self.get(column)
    }

    /// A boolean column.
    pub fn bool(&self, column: i16) -> Option<bool> {
        self.get(column)
    }

    /// An oid, regclass or regtype column.
    pub fn oid(&self, column: i16) -> Option<Oid> {
        self.get(column)
    }

    /// An interval column.
    pub fn interval(&self, column: i16) -> Option<Interval> {
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
        // SAFETY: both arrays hold two elements.
        let row = unsafe { Row::new(values.as_ptr(), nulls.as_ptr(), 2) };
        let answer = Answer::new(row, &[pg_sys::INT8OID, pg_sys::OIDOID]);
        assert_eq!(answer.try_get::<i64>(1), Ok(Some(1)));
        assert_eq!(answer.try_get::<Oid>(2), Ok(Some(Oid::from(7))));
        // Read as a text, this would be the bytes at address 1.
        let found = Some(pg_sys::INT8OID);
        assert_eq!(
            answer.check::<Text<'_>>(1),
            Err(Mismatch { column: 1, found })
        );
        assert_eq!(answer.check::<Uuid>(1), Err(Mismatch { column: 1, found }));
        assert!(answer.try_get::<i32>(1).is_err() && answer.try_get::<bool>(2).is_err());
        for column in [0, 3, -1, i16::MIN, i16::MAX] {
            assert_eq!(
                answer.try_get::<i64>(column),
                Err(Mismatch {
                    column,
                    found: None
                })
            );
        }
    }
}
