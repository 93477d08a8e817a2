//! Transition tables: the old and new rows of one statement, as its statement triggers see them.

use super::memory::Memory;
use super::tuple::Row;
use pgrx::pg_sys;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        // Through pgrx's wrapper each row would pay for a guard; errors of these two (a temporary
        // file that cannot be read) go through our own.
        pub fn tuplestore_gettupleslot(
            state: *mut pg_sys::Tuplestorestate,
            forward: bool,
            copy: bool,
            slot: *mut pg_sys::TupleTableSlot,
        ) -> bool;
        pub fn tuplestore_select_read_pointer(
            state: *mut pg_sys::Tuplestorestate,
            pointer: std::ffi::c_int,
        );
        pub fn tuplestore_rescan(state: *mut pg_sys::Tuplestorestate);
        pub fn slot_getsomeattrs_int(slot: *mut pg_sys::TupleTableSlot, attnum: std::ffi::c_int);
    }
}

/// A transition table, read from its start. Other triggers of the statement read it too, each by
/// a pointer of its own.
pub struct TransitionTable<'a> {
    store: *mut pg_sys::Tuplestorestate,
    slot: *mut pg_sys::TupleTableSlot,
    pointer: i32,
    desc: pg_sys::TupleDesc,
    columns: i32,
    /// of the trigger's call
    memory: Memory<'a>,
}

impl<'a> TransitionTable<'a> {
    /// # Safety
    /// `store` is a transition table of the running trigger, or null, and `desc` its row type;
    /// both live for `'a`.
    pub(super) unsafe fn new(
        store: *mut pg_sys::Tuplestorestate,
        desc: pg_sys::TupleDesc,
        memory: Memory<'a>,
    ) -> Option<Self> {
        if store.is_null() {
            return None;
        }
        // SAFETY: as promised. A new pointer starts where the first one stands, so it is set back.
        unsafe {
            let pointer =
                pg_sys::tuplestore_alloc_read_pointer(store, pg_sys::EXEC_FLAG_REWIND as i32);
            pg_sys::tuplestore_select_read_pointer(store, pointer);
            pg_sys::tuplestore_rescan(store);
            Some(TransitionTable {
                store,
                slot: memory.within(|| {
                    pg_sys::MakeSingleTupleTableSlot(
                        desc,
                        std::ptr::addr_of!(pg_sys::TTSOpsMinimalTuple),
                    )
                }),
                pointer,
                desc,
                columns: (*desc).natts,
                memory,
            })
        }
    }

    /// Where it lies, and what belongs to it.
    pub fn memory(&self) -> Memory<'a> {
        self.memory
    }

    /// How many rows it has.
    pub fn len(&self) -> u64 {
        // SAFETY: the store is live.
        unsafe { pg_sys::tuplestore_tuple_count(self.store) as u64 }
    }

    /// The next row, with its first `columns` columns taken apart.
    #[inline]
    pub fn next(&mut self, columns: i16) -> Option<Row<'_>> {
        let wanted = i32::from(columns).min(self.columns);
        let (store, slot, pointer) = (self.store, self.slot, self.pointer);
        // SAFETY: store and slot are live, and the closure holds nothing to drop. The tuple stays
        // where it is until the next one is fetched, which takes `self` mutably again.
        unsafe {
            let found = super::guard::call(|| {
                raw::tuplestore_select_read_pointer(store, pointer);
                if !raw::tuplestore_gettupleslot(store, true, false, slot) {
                    return false;
                }
                raw::slot_getsomeattrs_int(slot, wanted);
                true
            });
            let (values, nulls) = ((*slot).tts_values, (*slot).tts_isnull);
            found.then(|| Row::new(values, nulls, self.desc, wanted as usize, self.memory))
        }
    }

    /// Goes back to before the first row.
    pub fn rewind(&mut self) {
        let (store, pointer) = (self.store, self.pointer);
        // SAFETY: the store is live and the pointer this table's own; the closure holds nothing to drop.
        unsafe {
            super::guard::call(|| {
                raw::tuplestore_select_read_pointer(store, pointer);
                raw::tuplestore_rescan(store);
            });
        }
    }

    /// Runs `f` with the bytes of the row that `next` gave last.
    pub(super) fn with_bytes<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        // SAFETY: the slot holds that row as a minimal tuple, whose length it says itself.
        unsafe {
            let tuple = pg_sys::ExecFetchSlotMinimalTuple(self.slot, std::ptr::null_mut());
            let length = (*tuple).t_len as usize;
            f(std::slice::from_raw_parts(tuple.cast::<u8>(), length))
        }
    }

    /// Shows a row.
    ///
    /// # Safety
    /// The tuple is a row of this table's, and lives until the next one is fetched or shown.
    pub(super) unsafe fn show_tuple(
        &mut self,
        tuple: pg_sys::MinimalTuple,
        columns: i16,
    ) -> Row<'_> {
        let wanted = i32::from(columns).min(self.columns);
        // SAFETY: as promised; the slot does not free it.
        unsafe {
            pg_sys::ExecStoreMinimalTuple(tuple, self.slot, false);
            pg_sys::slot_getsomeattrs_int(self.slot, wanted);
            Row::new(
                (*self.slot).tts_values,
                (*self.slot).tts_isnull,
                self.desc,
                wanted as usize,
                self.memory,
            )
        }
    }
}

impl Drop for TransitionTable<'_> {
    fn drop(&mut self) {
        // An error frees the slot with its memory.
        if !std::thread::panicking() {
            // SAFETY: made by `new`.
            unsafe { pg_sys::ExecDropSingleTupleTableSlot(self.slot) }
        }
    }
}
