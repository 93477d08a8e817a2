//! Rows of a transition table in the order of their keys, on disk where they are many.

use super::datum::Datum;
use super::guard;
use super::memory::{Memory, Scratch};
use super::transition::TransitionTable;
use super::tuple::Row;
use super::varlena::varlena_bytes;
use pgrx::pg_sys;

mod raw {
    use pgrx::pg_sys;
    use std::ffi::c_int;
    unsafe extern "C-unwind" {
        // Called within `guard::call`, where pgrx's wrappers may not be.
        pub fn tuplesort_begin_heap(
            desc: pg_sys::TupleDesc,
            keys: c_int,
            columns: *mut pg_sys::AttrNumber,
            operators: *mut pg_sys::Oid,
            collations: *mut pg_sys::Oid,
            nulls_first: *mut bool,
            work_mem: c_int,
            coordinate: pg_sys::SortCoordinate,
            options: c_int,
        ) -> *mut pg_sys::Tuplesortstate;
        pub fn tuplesort_puttupleslot(
            state: *mut pg_sys::Tuplesortstate,
            slot: *mut pg_sys::TupleTableSlot,
        );
        pub fn tuplesort_performsort(state: *mut pg_sys::Tuplesortstate);
        pub fn tuplesort_gettupleslot(
            state: *mut pg_sys::Tuplesortstate,
            forward: bool,
            copy: bool,
            slot: *mut pg_sys::TupleTableSlot,
            abbreviated: *mut pg_sys::Datum,
        ) -> bool;
        pub fn slot_getsomeattrs_int(slot: *mut pg_sys::TupleTableSlot, attnum: c_int);
    }
}

/// What is sorted: a key, the place of the row in its table, the row.
const TYPES: [pg_sys::Oid; 3] = [pg_sys::BYTEAOID, pg_sys::INT8OID, pg_sys::BYTEAOID];

/// Rows that are put in, sorted, and taken out, in this order.
pub struct SortedRows<'p> {
    state: *mut pg_sys::Tuplesortstate,
    given: *mut pg_sys::TupleTableSlot,
    taken: *mut pg_sys::TupleTableSlot,
    count: i64,
    scratch: Scratch<'p>,
}

impl<'p> SortedRows<'p> {
    /// None yet. It takes as much memory as any sort may (`work_mem`), and files beyond.
    pub fn new(memory: Memory<'p>) -> Self {
        let scratch = Scratch::new(memory);
        // SAFETY: a row type of three columns, in memory that outlives this; the sort keeps copies of the arrays. Keys are
        // unlike by their bytes, and rows of one key by their places.
        memory.within(|| unsafe {
            let desc = pg_sys::CreateTemplateTupleDesc(TYPES.len() as i32);
            for (i, oid) in TYPES.into_iter().enumerate() {
                pg_sys::TupleDescInitEntry(desc, i as i16 + 1, c"".as_ptr(), oid, -1, 0);
            }
            let mut columns = [1, 2];
            let mut operators = [
                pg_sys::Oid::from(pg_sys::ByteaLessOperator),
                pg_sys::Oid::from(pg_sys::Int8LessOperator),
            ];
            let mut collations = [pg_sys::InvalidOid; 2];
            let mut nulls_first = [false; 2];
            let (columns, operators) = (columns.as_mut_ptr(), operators.as_mut_ptr());
            let (collations, nulls_first) = (collations.as_mut_ptr(), nulls_first.as_mut_ptr());
            let state = guard::call(|| {
                raw::tuplesort_begin_heap(
                    desc,
                    2,
                    columns,
                    operators,
                    collations,
                    nulls_first,
                    pg_sys::work_mem,
                    std::ptr::null_mut(),
                    pg_sys::TUPLESORT_NONE as i32,
                )
            });
            let given = std::ptr::addr_of!(pg_sys::TTSOpsVirtual);
            let taken = std::ptr::addr_of!(pg_sys::TTSOpsMinimalTuple);
            SortedRows {
                state,
                given: pg_sys::MakeSingleTupleTableSlot(desc, given),
                taken: pg_sys::MakeSingleTupleTableSlot(desc, taken),
                count: 0,
                scratch,
            }
        })
    }

    /// Takes a copy of the row that the table gave last, under this key.
    pub fn put(&mut self, key: &[u8], table: &TransitionTable<'_>) {
        let place = self.count;
        self.count += 1;
        let (state, slot) = (self.state, self.given);
        let memory = self.scratch.memory();
        memory.within(|| {
            let row = table.with_bytes(|row| memory.bytea(row));
            let values = [memory.bytea(key), place.into(), row].map(Datum::raw);
            // SAFETY: a virtual slot of three columns; the sort copies what it is given. The closure holds nothing to
            // drop.
            unsafe {
                for (i, value) in values.into_iter().enumerate() {
                    *(*slot).tts_values.add(i) = value;
                    *(*slot).tts_isnull.add(i) = false;
                }
                pg_sys::ExecClearTuple(slot);
                pg_sys::ExecStoreVirtualTuple(slot);
                guard::call(|| raw::tuplesort_puttupleslot(state, slot));
                pg_sys::ExecClearTuple(slot);
            }
        });
        self.scratch.reset();
    }

    /// Sorts them. None is put in after that.
    pub fn sort(&mut self) {
        let state = self.state;
        // SAFETY: a sort that has not been performed; the closure holds nothing to drop.
        unsafe { guard::call(|| raw::tuplesort_performsort(state)) }
    }

    /// Goes to the next row; whether there is one.
    pub fn advance(&mut self) -> bool {
        let (state, slot) = (self.state, self.taken);
        // SAFETY: a performed sort, and a slot of its row type. The row stays where it is until the next one is taken,
        // which takes `self` mutably again. The closure holds nothing to drop.
        unsafe {
            guard::call(|| {
                let abbreviated = std::ptr::null_mut();
                if !raw::tuplesort_gettupleslot(state, true, false, slot, abbreviated) {
                    return false;
                }
                raw::slot_getsomeattrs_int(slot, 3);
                true
            })
        }
    }

    /// The key of the row at hand, after `advance` has found one.
    pub fn key(&self) -> &[u8] {
        // SAFETY: the slot holds that row, taken apart.
        unsafe { varlena_bytes(*(*self.taken).tts_values) }
    }

    /// Shows the row at hand by way of its table, with its first `columns` columns taken apart.
    pub fn show<'r>(&'r mut self, table: &'r mut TransitionTable<'_>, columns: i16) -> Row<'r> {
        self.scratch.reset();
        // SAFETY: the third column holds the bytes of a row of the table's. They are copied to where a row may lie, and
        // stay there until the next one is shown, which takes `self` mutably again.
        unsafe {
            let bytes = varlena_bytes(*(*self.taken).tts_values.add(2));
            let copy = self.scratch.memory().alloc(bytes.len());
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
            table.show_tuple(copy.cast(), columns)
        }
    }
}

impl Drop for SortedRows<'_> {
    fn drop(&mut self) {
        // An error frees its memory and files.
        if !std::thread::panicking() {
            // SAFETY: made by `new`.
            unsafe {
                pg_sys::ExecDropSingleTupleTableSlot(self.taken);
                pg_sys::ExecDropSingleTupleTableSlot(self.given);
                pg_sys::tuplesort_end(self.state);
            }
        }
    }
}
