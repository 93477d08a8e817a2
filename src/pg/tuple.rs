//! Tuples and row types: columns by name, values by position.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum::{self, Jsonb, Text};
use super::jsonb::List;
use crate::error::OrRaise;
use pgrx::pg_sys;
use std::marker::PhantomData;
use uuid::Uuid;

/// The attribute at position `i` (from 0).
///
/// # Safety
/// `desc` is a live row type.
pub(super) unsafe fn attribute<'a>(
    desc: pg_sys::TupleDesc,
    i: usize,
) -> &'a pg_sys::FormData_pg_attribute {
    // SAFETY: the row type is live and the bound is checked. From Postgres 18 on the full
    // attributes stand behind the compact ones.
    unsafe {
        assert!(i < (*desc).natts as usize, "column position out of range");
        #[cfg(not(feature = "pg18"))]
        return &*(*desc).attrs.as_ptr().add(i);
        #[cfg(feature = "pg18")]
        return &*(*desc)
            .compact_attrs
            .as_ptr()
            .add((*desc).natts as usize)
            .cast::<pg_sys::FormData_pg_attribute>()
            .add(i);
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

/// A row whose columns have been taken apart; positions count from 1 as in `pg_attribute`.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    values: *const pg_sys::Datum,
    nulls: *const bool,
    len: usize,
    _memory: PhantomData<&'a ()>,
}

impl<'a> Row<'a> {
    /// # Safety
    /// Both arrays hold `len` elements and live, unchanged, for `'a`.
    pub(super) unsafe fn new(values: *const pg_sys::Datum, nulls: *const bool, len: usize) -> Self {
        Row {
            values,
            nulls,
            len,
            _memory: PhantomData,
        }
    }

    /// The column at this position, or none when it is null or there is no such column.
    #[inline]
    pub fn datum(&self, column: i16) -> Option<pg_sys::Datum> {
        if column < 1 || column as usize > self.len {
            return None;
        }
        let i = column as usize - 1;
        // SAFETY: the bound was checked against the arrays' length.
        unsafe { (!*self.nulls.add(i)).then(|| *self.values.add(i)) }
    }

    /// A text column.
    #[inline]
    pub fn text(&self, column: i16) -> Option<Text<'a>> {
        // SAFETY: positions come from `columns`, which has checked the type.
        self.datum(column).map(|d| unsafe { datum::text(d) })
    }

    /// A text column as a string.
    pub fn string(&self, column: i16) -> Option<String> {
        self.text(column).map(datum::owned)
    }

    /// A jsonb column, not yet read.
    #[inline]
    pub fn jsonb(&self, column: i16) -> Option<Jsonb<'a>> {
        // SAFETY: as for text.
        self.datum(column).map(|d| unsafe { Jsonb::from_datum(d) })
    }

    /// A uuid column.
    #[inline]
    pub fn uuid(&self, column: i16) -> Option<Uuid> {
        // SAFETY: as for text.
        self.datum(column).map(|d| unsafe { datum::uuid(d) })
    }

    /// A text[] column; null elements are left out.
    pub fn text_array(&self, column: i16) -> Option<Vec<String>> {
        let datum = self.datum(column)?;
        // SAFETY: as for text.
        let items = unsafe { datum::text_array(datum) };
        Some(List::of(items.into_iter().flatten()).or_raise().into())
    }

    /// An int column.
    #[inline]
    pub fn int(&self, column: i16) -> Option<i32> {
        self.datum(column).map(|d| d.value() as i32)
    }

    /// A bigint or timestamptz column.
    #[inline]
    pub fn long(&self, column: i16) -> Option<i64> {
        self.datum(column).map(|d| d.value() as i64)
    }

    /// An interval column.
    pub fn interval(&self, column: i16) -> Option<datum::Interval> {
        // SAFETY: as for text.
        self.datum(column)
            .map(|d| unsafe { datum::Interval::from_datum(d) })
    }

    /// A boolean column.
    #[inline]
    pub fn bool(&self, column: i16) -> Option<bool> {
        self.datum(column).map(|d| d.value() as u8 != 0)
    }

    /// An oid or regclass column.
    #[inline]
    pub fn oid(&self, column: i16) -> Option<pg_sys::Oid> {
        self.datum(column)
            .map(|d| pg_sys::Oid::from(d.value() as u32))
    }
}
