//! What has to wait before it can be written: records of bytes, in memory as far as `work_mem`
//! goes and in a temporary file beyond.

use super::guard;
use super::memory::{self, Memory};
use super::varlena::varlena_bytes;
use super::xact;
use crate::error::Error;
use pgrx::pg_sys::{self, Datum};

mod raw {
    use pgrx::pg_sys;
    use std::ffi::c_int;
    unsafe extern "C-unwind" {
        // Errors of these (a temporary file that cannot be written) go through our own guard.
        pub fn tuplestore_putvalues(
            state: *mut pg_sys::Tuplestorestate,
            desc: pg_sys::TupleDesc,
            values: *mut pg_sys::Datum,
            nulls: *mut bool,
        );
        pub fn tuplestore_gettupleslot(
            state: *mut pg_sys::Tuplestorestate,
            forward: bool,
            copy: bool,
            slot: *mut pg_sys::TupleTableSlot,
        ) -> bool;
        pub fn tuplestore_rescan(state: *mut pg_sys::Tuplestorestate);
        pub fn tuplestore_clear(state: *mut pg_sys::Tuplestorestate);
        pub fn tuplestore_end(state: *mut pg_sys::Tuplestorestate);
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
        pub fn tuplesort_end(state: *mut pg_sys::Tuplesortstate);
        pub fn slot_getsomeattrs_int(slot: *mut pg_sys::TupleTableSlot, attnum: c_int);
        pub fn ExecStoreVirtualTuple(
            slot: *mut pg_sys::TupleTableSlot,
        ) -> *mut pg_sys::TupleTableSlot;
        pub fn pfree(pointer: *mut std::ffi::c_void);
    }
}

/// The operator `<` of bigint in pg_operator.dat, the same in all versions.
const INT8_LESS: u32 = 412;

/// The row type of a number and a record.
///
/// # Safety
/// It is allocated in the current memory context, and lives as long as that.
unsafe fn row_type() -> pg_sys::TupleDesc {
    // SAFETY: both columns are there, and of built-in types that the function knows. A record is
    // kept as text is: nothing looks at what is in it.
    unsafe {
        let desc = pg_sys::CreateTemplateTupleDesc(2);
        pg_sys::TupleDescInitBuiltinEntry(desc, 1, c"place".as_ptr(), pg_sys::INT8OID, -1, 0);
        pg_sys::TupleDescInitBuiltinEntry(desc, 2, c"record".as_ptr(), pg_sys::TEXTOID, -1, 0);
        desc
    }
}

/// The record in a slot that holds a row of [`row_type`], taken apart.
///
/// # Safety
/// The slot is live and holds such a row, for `'a`.
unsafe fn record<'a>(slot: *mut pg_sys::TupleTableSlot) -> &'a [u8] {
    // SAFETY: the second column is never null, and stands in the row as it was put there.
    unsafe { varlena_bytes(*(*slot).tts_values.add(1)) }
}

/// Records in the order in which they came. It lives until the transaction ends at the longest,
/// and survives the rollback of a part of it.
pub struct Store {
    state: *mut pg_sys::Tuplestorestate,
    slot: *mut pg_sys::TupleTableSlot,
    desc: pg_sys::TupleDesc,
    memory: pg_sys::MemoryContext,
    /// the transaction that it belongs to
    serial: u64,
    /// whether an error has interrupted a change of it
    broken: bool,
}

impl Store {
    /// An empty one.
    pub fn new() -> Store {
        // SAFETY: what is made here lies in a context of its own below the transaction's, and a
        // temporary file belongs to the transaction itself, not to the part of it that runs now.
        // The calls allocate memory and nothing else; an error there leaves what was current to
        // whoever handles it.
        unsafe {
            let memory = pg_sys::AllocSetContextCreateInternal(
                pg_sys::TopTransactionContext,
                c"pg_eventlog waiting".as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            );
            let context = pg_sys::CurrentMemoryContext;
            let owner = pg_sys::CurrentResourceOwner;
            pg_sys::CurrentMemoryContext = memory;
            pg_sys::CurrentResourceOwner = pg_sys::TopTransactionResourceOwner;
            let desc = row_type();
            let slot = pg_sys::MakeSingleTupleTableSlot(
                desc,
                std::ptr::addr_of!(pg_sys::TTSOpsMinimalTuple),
            );
            let state = pg_sys::tuplestore_begin_heap(false, false, pg_sys::work_mem);
            pg_sys::CurrentResourceOwner = owner;
            pg_sys::CurrentMemoryContext = context;
            Store {
                state,
                slot,
                desc,
                memory,
                serial: xact::serial(),
                broken: false,
            }
        }
    }

    /// Whether what it holds is still there, and whole.
    fn check(&self) {
        if self.broken || self.serial != xact::serial() {
            Error::not_set_up(
                "changes that were waiting to be written could not be kept",
                "An error interrupted it: roll the transaction back.",
            )
            .raise();
        }
    }

    /// Adds a record.
    pub fn push(&mut self, bytes: &[u8]) {
        self.check();
        let (state, desc) = (self.state, self.desc);
        let record = memory::current(|memory| memory.bytea(bytes).raw());
        self.broken = true;
        let mut values = [Datum::from(0usize), record];
        let mut nulls = [false; 2];
        let (values, nulls) = (values.as_mut_ptr(), nulls.as_mut_ptr());
        // SAFETY: the store is live, as `check` has found; it copies the row, which has the two
        // columns of its type. The closure holds nothing to drop.
        unsafe {
            guard::call(|| {
                raw::tuplestore_putvalues(state, desc, values, nulls);
                raw::pfree(record.cast_mut_ptr());
            });
        }
        self.broken = false;
    }

    /// Goes back to the first record.
    pub fn rewind(&mut self) {
        self.check();
        let (state, slot) = (self.state, self.slot);
        // SAFETY: the store is live; the slot lets go of a row that the store may free.
        unsafe {
            guard::call(|| {
                clear(slot);
                raw::tuplestore_rescan(state);
            });
        }
    }

    /// The next record.
    pub fn next(&mut self) -> Option<&[u8]> {
        self.check();
        let (state, slot) = (self.state, self.slot);
        // SAFETY: store and slot are live. The record stays where it is until the next call, which
        // takes `self` mutably again.
        unsafe {
            let found = guard::call(|| {
                let found = raw::tuplestore_gettupleslot(state, true, false, slot);
                if found {
                    raw::slot_getsomeattrs_int(slot, 2);
                }
                found
            });
            found.then(|| record(slot))
        }
    }

    /// Frees what it holds, for more to come.
    pub fn clear(&mut self) {
        self.check();
        self.broken = true;
        let (state, slot) = (self.state, self.slot);
        // SAFETY: as for `rewind`.
        unsafe {
            guard::call(|| {
                clear(slot);
                raw::tuplestore_clear(state);
            });
        }
        self.broken = false;
    }

    /// Whether it can still be used.
    pub fn is_whole(&self) -> bool {
        !self.broken && self.serial == xact::serial()
    }
}

/// Empties a slot.
///
/// # Safety
/// The slot is live.
unsafe fn clear(slot: *mut pg_sys::TupleTableSlot) {
    // SAFETY: each kind of slot has this function.
    unsafe {
        if let Some(clear) = (*(*slot).tts_ops).clear {
            clear(slot);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: the store is live and whole, and the transaction goes on. In all other cases
        // its memory and its file go with the transaction.
        unsafe {
            if self.is_whole() && !std::thread::panicking() && pg_sys::IsTransactionState() {
                let (state, slot, memory) = (self.state, self.slot, self.memory);
                guard::call(|| {
                    clear(slot);
                    raw::tuplestore_end(state);
                });
                pg_sys::MemoryContextDelete(memory);
            }
        }
    }
}

/// Records that are put into an order by numbers. What it needs lies in memory that lives for `'p`.
pub struct Sorter<'p> {
    state: *mut pg_sys::Tuplesortstate,
    put: *mut pg_sys::TupleTableSlot,
    got: *mut pg_sys::TupleTableSlot,
    _memory: Memory<'p>,
}

impl<'p> Sorter<'p> {
    /// An empty one.
    pub fn new(memory: Memory<'p>) -> Self {
        let (mut column, mut less) = (2 - 1, pg_sys::Oid::from(INT8_LESS));
        let (mut collation, mut nulls_first) = (pg_sys::InvalidOid, false);
        // SAFETY: one key, and as many of what goes with it, which the sort copies. It is not
        // shared with other processes.
        memory.within(|| unsafe {
            let desc = row_type();
            Sorter {
                state: pg_sys::tuplesort_begin_heap(
                    desc,
                    1,
                    &raw mut column,
                    &raw mut less,
                    &raw mut collation,
                    &raw mut nulls_first,
                    pg_sys::work_mem,
                    std::ptr::null_mut(),
                    pg_sys::TUPLESORT_NONE as i32,
                ),
                put: pg_sys::MakeSingleTupleTableSlot(
                    desc,
                    std::ptr::addr_of!(pg_sys::TTSOpsVirtual),
                ),
                got: pg_sys::MakeSingleTupleTableSlot(
                    desc,
                    std::ptr::addr_of!(pg_sys::TTSOpsMinimalTuple),
                ),
                _memory: memory,
            }
        })
    }

    /// Adds a record with its place.
    pub fn push(&mut self, place: u32, bytes: &[u8]) {
        let (state, slot) = (self.state, self.put);
        let record = memory::current(|memory| memory.bytea(bytes).raw());
        // SAFETY: the slot is live and has two columns; the sort copies the row.
        unsafe {
            guard::call(|| {
                clear(slot);
                *(*slot).tts_values = Datum::from(i64::from(place));
                *(*slot).tts_values.add(1) = record;
                *(*slot).tts_isnull = false;
                *(*slot).tts_isnull.add(1) = false;
                raw::ExecStoreVirtualTuple(slot);
                raw::tuplesort_puttupleslot(state, slot);
                clear(slot);
                raw::pfree(record.cast_mut_ptr());
            });
        }
    }

    /// Once all are there: sorts them.
    pub fn sort(mut self) -> Sorted<'p> {
        let state = std::mem::replace(&mut self.state, std::ptr::null_mut());
        // SAFETY: the sort is live.
        unsafe { guard::call(|| raw::tuplesort_performsort(state)) };
        Sorted(Sorter {
            state,
            put: self.put,
            got: self.got,
            _memory: self._memory,
        })
    }
}

/// Sorted records.
pub struct Sorted<'p>(Sorter<'p>);

impl Sorted<'_> {
    /// The next one.
    pub fn next(&mut self) -> Option<&[u8]> {
        let (state, slot) = (self.0.state, self.0.got);
        // SAFETY: sort and slot are live. The record stays where it is until the next call.
        unsafe {
            let found = guard::call(|| {
                let none = std::ptr::null_mut();
                let found = raw::tuplesort_gettupleslot(state, true, false, slot, none);
                if found {
                    raw::slot_getsomeattrs_int(slot, 2);
                }
                found
            });
            found.then(|| record(slot))
        }
    }
}

impl Drop for Sorter<'_> {
    fn drop(&mut self) {
        // An error frees it with its memory, and its files with what owns them.
        if !std::thread::panicking() && !self.state.is_null() {
            let (state, slot) = (self.state, self.got);
            // SAFETY: the sort is live; the slot lets go of a row of it.
            unsafe {
                guard::call(|| {
                    clear(slot);
                    raw::tuplesort_end(state);
                });
            }
        }
    }
}
