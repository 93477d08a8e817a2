//! The extension's catalogue, read natively: with the newest snapshot, whatever the isolation
//! level, and without asking for the caller's privileges.

use super::memory::Memory;
use super::reserve::Since;
use super::tuple::{self, Row, WrongColumn};
use crate::error::{Error, OrRaise};
use pgrx::pg_sys;
use uuid::Uuid;

/// `uuid_eq`, `oideq`, `texteq` and `int4eq` in pg_proc.dat, the same in all versions.
const F_UUID_EQ: u32 = 2956;
const F_OIDEQ: u32 = 184;
const F_TEXTEQ: u32 = 67;
const F_INT4EQ: u32 = 65;

/// At most this many columns are compared in one scan.
const MAX_KEYS: usize = 2;

/// What a column of a catalogue's table is compared with. The column is of the type that goes with it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Key<'a> {
    Uuid(Uuid),
    Oid(pg_sys::Oid),
    Text(&'a str),
    Int(i32),
}

/// A registered snapshot of what is committed at this moment, and of this transaction's own work.
pub struct LatestSnapshot(pg_sys::Snapshot);

impl LatestSnapshot {
    /// Takes it.
    pub fn take() -> Self {
        // SAFETY: a snapshot is registered with the current resource owner, which gives it back
        // if an error intervenes.
        LatestSnapshot(unsafe { pg_sys::RegisterSnapshot(pg_sys::GetLatestSnapshot()) })
    }
}

impl LatestSnapshot {
    pub(super) fn as_ptr(&self) -> pg_sys::Snapshot {
        self.0
    }
}

/// Runs `f` with the newest snapshot as the one that read-only statements use, whatever the isolation
/// level.
pub fn with_latest_snapshot<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: what is pushed is popped, by the abort of the (sub)transaction if an error intervenes.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        let result = f();
        pg_sys::PopActiveSnapshot();
        result
    }
}

/// Runs `f` with a snapshot of what is committed at this moment, and of this transaction's own work up to the
/// statement that runs, as the one that read-only statements use: what the statement drops is still there.
pub fn with_snapshot_before_statement<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: a statement of DDL runs under an active snapshot, taken when it began, whose command id says how much
    // of the transaction's own work stood then. The copy that is pushed is ours to change, and is popped, by the abort
    // of the (sub)transaction if an error intervenes.
    unsafe {
        if !pg_sys::ActiveSnapshotSet() {
            return with_latest_snapshot(f);
        }
        let command = (*pg_sys::GetActiveSnapshot()).curcid;
        pg_sys::PushCopiedSnapshot(pg_sys::GetLatestSnapshot());
        (*pg_sys::GetActiveSnapshot()).curcid = command;
        let result = f();
        pg_sys::PopActiveSnapshot();
        result
    }
}

impl Drop for LatestSnapshot {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: registered by `take`.
            unsafe { pg_sys::UnregisterSnapshot(self.0) }
        }
    }
}

/// A table of the catalogue, opened for reading. Opening it takes in what others committed.
pub struct Table(pg_sys::Relation);

impl Table {
    /// Opens and locks it.
    pub fn open(oid: pg_sys::Oid) -> Self {
        // SAFETY: raises when there is no such table.
        Table(unsafe { pg_sys::table_open(oid, pg_sys::AccessShareLock as i32) })
    }

    /// Positions of the named columns, each of the type that goes with its name.
    pub fn columns<const N: usize>(&self, wanted: &[(&'static str, pg_sys::Oid); N]) -> [i16; N] {
        // SAFETY: the table is open.
        unsafe { tuple::columns((*self.0).rd_att, wanted) }.unwrap_or_else(|WrongColumn(column)| {
            Error::internal(format!(
                "the catalogue's column \"{column}\" is not what it was"
            ))
            .raise()
        })
    }

    /// Shows `f` each row, or each whose primary key starts with this uuid.
    pub fn scan(&self, snapshot: &LatestSnapshot, key: Option<Uuid>, f: impl FnMut(Row<'_>)) {
        let index = self.primary_key().filter(|_| key.is_some());
        let key = key.map(|key| (1, Key::Uuid(key)));
        self.scan_by(snapshot, index, key.as_slice(), f);
    }

    /// The index of its primary key.
    pub fn primary_key(&self) -> Option<pg_sys::Oid> {
        // SAFETY: the table is open.
        let index = unsafe {
            pg_sys::list_free(pg_sys::RelationGetIndexList(self.0));
            (*self.0).rd_pkindex
        };
        (index != pg_sys::InvalidOid).then_some(index)
    }

    /// Shows `f` each row that the index has and whose columns equal these keys. The index starts with them,
    /// in any order.
    pub fn scan_by(
        &self,
        snapshot: &LatestSnapshot,
        index: Option<pg_sys::Oid>,
        keys: &[(i16, Key<'_>)],
        mut f: impl FnMut(Row<'_>),
    ) {
        debug_assert!(keys.len() <= MAX_KEYS);
        // SAFETY: the table is open and the snapshot registered. A key is compared with a column of its own
        // type, as its callers found it by name and type, and what it points to lives until the scan ends: an
        // uuid as the caller's, a text in the current memory context. Tuples are taken apart into arrays as
        // long as the row type, and are shown to `f` while the scan holds them.
        unsafe {
            let desc = (*self.0).rd_att;
            let mut values = vec![pg_sys::Datum::from(0usize); (*desc).natts as usize];
            let mut nulls = vec![true; (*desc).natts as usize];
            let mut scan_keys = [pg_sys::ScanKeyData::default(); MAX_KEYS];
            for (entry, (column, key)) in scan_keys.iter_mut().zip(keys) {
                let (function, value) = match key {
                    Key::Uuid(id) => (F_UUID_EQ, pg_sys::Datum::from(id.as_bytes().as_ptr())),
                    Key::Oid(oid) => (F_OIDEQ, pg_sys::Datum::from(*oid)),
                    Key::Int(number) => (F_INT4EQ, pg_sys::Datum::from(*number)),
                    Key::Text(text) => {
                        let length = text.len() as i32;
                        let copy = pg_sys::cstring_to_text_with_len(text.as_ptr().cast(), length);
                        (F_TEXTEQ, pg_sys::Datum::from(copy))
                    }
                };
                // As the index sorts, whose columns have the collations of the table's.
                let collation = tuple::attribute(desc, *column as usize - 1).attcollation;
                pg_sys::ScanKeyEntryInitialize(
                    entry,
                    0,
                    *column,
                    pg_sys::BTEqualStrategyNumber as u16,
                    pg_sys::InvalidOid,
                    collation,
                    pg_sys::Oid::from(function),
                    value,
                );
            }
            let scan = pg_sys::systable_beginscan(
                self.0,
                index.unwrap_or(pg_sys::InvalidOid),
                index.is_some(),
                snapshot.0,
                keys.len().min(MAX_KEYS) as i32,
                scan_keys.as_mut_ptr(),
            );
            // It is current while `f` runs.
            let memory = Memory::current();
            let since = Since::now();
            loop {
                let tuple = pg_sys::systable_getnext(scan);
                if tuple.is_null() {
                    break;
                }
                pg_sys::heap_deform_tuple(tuple, desc, values.as_mut_ptr(), nulls.as_mut_ptr());
                let (values, nulls, len) = (values.as_ptr(), nulls.as_ptr(), values.len());
                f(Row::new(values, nulls, desc, len, memory));
                since.check().or_raise();
            }
            pg_sys::systable_endscan(scan);
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: opened by `open`; the lock stays until the transaction ends.
            unsafe { pg_sys::table_close(self.0, pg_sys::NoLock as i32) }
        }
    }
}
