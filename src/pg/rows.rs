//! Result sets, handed over in one tuplestore.

use super::datum::Datum;
use super::splice::{self, Buffer};
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

    /// Adds a row of these values and, behind them, the columns of another row, one of which is this text here, if there
    /// is one.
    pub fn push_before(
        &mut self,
        first: &[Option<Datum<'_>>],
        row: &Row<'_>,
        (column, instead): (i16, Option<&[u8]>),
    ) {
        let (before, but) = (first.len(), column as usize - 1);
        // SAFETY: the row type is live.
        let columns = unsafe { (*self.desc).natts as usize };
        assert!(columns == before + row.len() && but < row.len());
        for i in 0..row.len() {
            let same = row.attribute(i).atttypid == self.kind(before + i);
            // A value of another type is not shown as it is.
            assert!(
                same || i == but && (instead.is_some() || row.is_null(i)),
                "a column has another type"
            );
        }
        if instead.is_some() {
            assert!(self.kind(before + but) == pg_sys::TEXTOID);
        }
        let mut buffer = Buffer::new();
        // SAFETY: the row type is live; columns and types were compared just now.
        let spliced = unsafe { splice::splice(&mut buffer, first, row, (but, instead), self.desc) };
        match spliced {
            // SAFETY: the store is live, and copies the row.
            Some(mut tuple) => unsafe { pg_sys::tuplestore_puttuple(self.store, &raw mut tuple) },
            None => self.form_before(first, row, (but, instead)),
        }
    }

    /// The same with a row that is formed of its columns, whose types were compared.
    fn form_before(
        &mut self,
        first: &[Option<Datum<'_>>],
        row: &Row<'_>,
        (but, instead): (usize, Option<&[u8]>),
    ) {
        let mut new = NewRow::default();
        for (i, value) in first.iter().enumerate() {
            self.put(&mut new, i, *value);
        }
        let before = first.len();
        for (i, (value, _)) in row.raw_values().enumerate() {
            match (instead, value) {
                (Some(text), _) if i == but => {
                    let text = row.memory().text(text);
                    self.put(&mut new, before + i, Some(text.into()));
                }
                (_, Some(value)) => {
                    (new.values[before + i], new.nulls[before + i]) = (value, false);
                }
                (_, None) => {}
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
