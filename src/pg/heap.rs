//! The rows of a table, read as they lie there: without a query, and without row-level security.

use super::catalog::LatestSnapshot;
use super::guard;
use super::memory::Memory;
use super::relation::RelationRef;
use super::tuple::Row;
use pgrx::pg_sys;
use std::marker::PhantomData;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn slot_getsomeattrs_int(slot: *mut pg_sys::TupleTableSlot, attnum: std::ffi::c_int);
        pub fn RelationGetNumberOfBlocksInFork(
            relation: pg_sys::Relation,
            fork: pg_sys::ForkNumber::Type,
        ) -> pg_sys::BlockNumber;
    }
}

/// All rows that a table has, as of now: what others have committed, and what this transaction has done, whatever its
/// isolation level.
pub struct HeapRows<'a> {
    relation: pg_sys::Relation,
    scan: pg_sys::TableScanDesc,
    slot: *mut pg_sys::TupleTableSlot,
    columns: i32,
    _snapshot: LatestSnapshot,
    _relation: PhantomData<&'a ()>,
    memory: Memory<'a>,
}

impl<'a> HeapRows<'a> {
    /// Those of a table that holds rows itself; none where it is only the sum of its partitions.
    /// What they need lies in this memory.
    pub fn of(relation: RelationRef<'a>, memory: Memory<'a>) -> Option<Self> {
        let snapshot = LatestSnapshot::take();
        let (table, taken) = (relation.as_ptr(), snapshot.as_ptr());
        // SAFETY: the relation is open and locked for `'a`, and its access method lives with it. The snapshot is
        // registered, and kept as long as the scan. The closure holds nothing to drop.
        unsafe {
            let begin = (*table).rd_tableam.as_ref()?.scan_begin?;
            let flags = pg_sys::ScanOptions::SO_TYPE_SEQSCAN
                | pg_sys::ScanOptions::SO_ALLOW_STRAT
                | pg_sys::ScanOptions::SO_ALLOW_SYNC
                | pg_sys::ScanOptions::SO_ALLOW_PAGEMODE;
            let slot = memory.within(|| pg_sys::table_slot_create(table, std::ptr::null_mut()));
            let none = std::ptr::null_mut();
            let scan = memory.within(|| {
                guard::call(|| begin(table, taken, 0, none, std::ptr::null_mut(), flags))
            });
            Some(HeapRows {
                relation: table,
                scan,
                slot,
                columns: (*(*table).rd_att).natts,
                _snapshot: snapshot,
                _relation: PhantomData,
                memory,
            })
        }
    }

    /// The next row, with its first `columns` columns taken apart.
    pub fn next(&mut self, columns: i16) -> Option<Row<'_>> {
        let wanted = i32::from(columns).min(self.columns);
        let (scan, slot) = (self.scan, self.slot);
        // SAFETY: scan and slot are live, and the closure holds nothing to drop. The row stays where it is until the
        // next one is fetched, which takes `self` mutably again.
        unsafe {
            let next = (*(*self.relation).rd_tableam).scan_getnextslot?;
            let found = guard::call(|| {
                if !next(scan, pg_sys::ScanDirection::ForwardScanDirection, slot) {
                    return false;
                }
                raw::slot_getsomeattrs_int(slot, wanted);
                true
            });
            let (values, nulls) = ((*slot).tts_values, (*slot).tts_isnull);
            let desc = (*self.relation).rd_att;
            found.then(|| Row::new(values, nulls, desc, wanted as usize, self.memory))
        }
    }
}

impl Drop for HeapRows<'_> {
    fn drop(&mut self) {
        // An error gives back what the resource owner knows of.
        if !std::thread::panicking() {
            // SAFETY: both were made by `of`; nothing refers to a row any more.
            unsafe {
                pg_sys::ExecDropSingleTupleTableSlot(self.slot);
                if let Some(end) = (*(*self.relation).rd_tableam).scan_end {
                    let scan = self.scan;
                    guard::call(|| end(scan));
                }
            }
        }
    }
}

/// Where a table keeps its rows: which file, and whether there is anything in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Storage {
    file: pg_sys::Oid,
    is_empty: bool,
}

impl Storage {
    /// That of a table that holds rows itself.
    pub fn of(relation: RelationRef<'_>) -> Storage {
        let table = relation.as_ptr();
        // SAFETY: open and locked by construction; the closure holds nothing to drop.
        unsafe {
            let blocks = guard::call(|| {
                raw::RelationGetNumberOfBlocksInFork(table, pg_sys::ForkNumber::MAIN_FORKNUM)
            });
            Storage {
                file: (*(*table).rd_rel).relfilenode,
                is_empty: blocks == 0,
            }
        }
    }

    /// Whether the table was emptied since: it has a new file, or, where its file is the transaction's own, nothing in
    /// it any more.
    pub fn was_emptied(&self, now: Storage) -> bool {
        self.file != now.file || now.is_empty && !self.is_empty
    }
}
