//! Result sets, handed over in one tuplestore.

use super::datum::Datum;
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
        const MAX: usize = 32;
        // SAFETY: store and row type are live; both arrays hold natts elements of its types, checked here.
        unsafe {
            assert!(values.len() == (*self.desc).natts as usize && values.len() <= MAX);
            let mut datums = [pg_sys::Datum::from(0usize); MAX];
            let mut nulls = [true; MAX];
            for (i, value) in values.iter().enumerate() {
                if let Some(value) = value {
                    datums[i] = value.of_kind(super::tuple::attribute(self.desc, i).atttypid);
                    nulls[i] = false;
                }
            }
            pg_sys::tuplestore_putvalues(
                self.store,
                self.desc,
                datums.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
        }
    }
}
