//! Result sets, handed over in one tuplestore.

use super::datum::Datum;
use super::tuple::{self, Row};
use crate::error::Error;
use pgrx::pg_sys;

/// Takes the rows of a set-returning call.
pub struct RowSink {
    store: *mut pg_sys::Tuplestorestate,
    desc: pg_sys::TupleDesc,
}

/// The caller's row type comes from its column definition list.
const MAT_SRF_USE_EXPECTED_DESC: u32 = 0x01;
/// A set of scalars is a set of rows of one column.
const MAT_SRF_BLESS: u32 = 0x02;

impl RowSink {
    /// # Safety
    /// `fcinfo` is the call info of a running set-returning function.
    pub(super) unsafe fn new(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        // SAFETY: as the caller promised. InitMaterializedSRF checks that the caller takes sets,
        // and leaves the store and the row type in resultinfo. A function that returns a set of
        // a scalar or of an undescribed record has a row type only in the caller's expectation.
        unsafe {
            let info = (*fcinfo).resultinfo.cast::<pg_sys::ReturnSetInfo>();
            let mut flags = MAT_SRF_BLESS;
            if !info.is_null() && (*info).type_ == pg_sys::NodeTag::T_ReturnSetInfo {
                if (*info).expectedDesc.is_null() {
                    Error::NoColumns.raise();
                }
                flags |= MAT_SRF_USE_EXPECTED_DESC;
            }
            pg_sys::InitMaterializedSRF(fcinfo, flags);
            RowSink {
                store: (*info).setResult,
                desc: (*info).setDesc,
            }
        }
    }

    /// Whether the caller expects just these column types.
    pub fn takes(&self, types: &[pg_sys::Oid]) -> bool {
        // SAFETY: the row type lives as long as the call.
        unsafe {
            (*self.desc).natts as usize == types.len()
                && (0..types.len())
                    .all(|i| super::tuple::attribute(self.desc, i).atttypid == types[i])
        }
    }

    /// Adds a row; `None` is null. There are as many values as columns, of their types.
    pub fn push(&mut self, values: &[Option<Datum<'_>>]) {
        let mut new = NewRow::default();
        for (i, value) in values.iter().enumerate() {
            self.put(&mut new, i, *value);
        }
        self.add(&mut new, values.len());
    }

    /// Adds a row of these values and, behind them, the columns of another row, one of which has another value here.
    pub fn push_before(
        &mut self,
        first: &[Option<Datum<'_>>],
        row: &Row<'_>,
        (column, instead): (i16, Option<Datum<'_>>),
    ) {
        let mut new = NewRow::default();
        for (i, value) in first.iter().enumerate() {
            self.put(&mut new, i, *value);
        }
        let (before, but) = (first.len(), column as usize - 1);
        for (i, (value, kind)) in row.raw_values().enumerate() {
            if i == but {
                self.put(&mut new, before + i, instead);
                continue;
            }
            assert!(kind == self.kind(before + i), "a column has another type");
            if let Some(value) = value {
                (new.values[before + i], new.nulls[before + i]) = (value, false);
            }
        }
        self.add(&mut new, before + row.len());
    }

    #[inline]
    fn kind(&self, i: usize) -> pg_sys::Oid {
        // SAFETY: the row type is live.
        unsafe { tuple::attribute(self.desc, i).atttypid }
    }

    #[inline]
    fn put(&self, new: &mut NewRow, i: usize, value: Option<Datum<'_>>) {
        if let Some(value) = value {
            (new.values[i], new.nulls[i]) = (value.of_kind(self.kind(i)), false);
        }
    }

    fn add(&mut self, new: &mut NewRow, columns: usize) {
        // SAFETY: store and row type are live; both arrays hold natts elements, whose types were compared when they were
        // put there.
        unsafe {
            assert!(columns == (*self.desc).natts as usize && columns <= MAX);
            pg_sys::tuplestore_putvalues(
                self.store,
                self.desc,
                new.values.as_mut_ptr(),
                new.nulls.as_mut_ptr(),
            );
        }
    }
}

/// Columns of a result at most.
const MAX: usize = 32;

/// A row that is being made.
struct NewRow {
    values: [pg_sys::Datum; MAX],
    nulls: [bool; MAX],
}

impl Default for NewRow {
    fn default() -> Self {
        NewRow {
            values: [pg_sys::Datum::from(0usize); MAX],
            nulls: [true; MAX],
        }
    }
}
