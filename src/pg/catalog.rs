//! The extension's catalogue, read natively: with the newest snapshot, whatever the isolation
//! level, and without asking for the caller's privileges.

use super::reserve::Since;
use super::tuple::{self, Row, WrongColumn};
use crate::error::{Error, OrRaise};
use pgrx::pg_sys;
use uuid::Uuid;

/// `uuid_eq` in pg_proc.dat, the same in all versions.
const F_UUID_EQ: u32 = 2956;

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
        // SAFETY: the table is open.
        let index = unsafe {
            pg_sys::list_free(pg_sys::RelationGetIndexList(self.0));
            (*self.0).rd_pkindex
        };
        let index = (key.is_some() && index != pg_sys::InvalidOid).then_some(index);
        self.scan_by(snapshot, index, key.map(|key| (1, key)), f);
    }

    /// Shows `f` each row that the index has, or each with this uuid in this column, with which the index
    /// starts if there is one.
    pub fn scan_by(
        &self,
        snapshot: &LatestSnapshot,
        index: Option<pg_sys::Oid>,
        key: Option<(i16, Uuid)>,
        mut f: impl FnMut(Row<'_>),
    ) {
        let mut key = key.map(|(column, key)| (column, *key.as_bytes()));
        // SAFETY: the table is open and the snapshot registered. The key is compared with a column of
        // type uuid, as its callers found it by name and type. Tuples are taken apart into arrays as
        // long as the row type, and are shown to `f` while the scan holds them.
        unsafe {
            let desc = (*self.0).rd_att;
            let mut values = vec![pg_sys::Datum::from(0usize); (*desc).natts as usize];
            let mut nulls = vec![true; (*desc).natts as usize];
            let mut scan_key = pg_sys::ScanKeyData::default();
            let mut keys = 0;
            if let Some((column, bytes)) = key.as_mut() {
                pg_sys::ScanKeyInit(
                    &mut scan_key,
                    *column,
                    pg_sys::BTEqualStrategyNumber as u16,
                    pg_sys::Oid::from(F_UUID_EQ),
                    pg_sys::Datum::from(bytes.as_mut_ptr()),
                );
                keys = 1;
            }
            let scan = pg_sys::systable_beginscan(
                self.0,
                index.unwrap_or(pg_sys::InvalidOid),
                index.is_some(),
                snapshot.0,
                keys,
                &mut scan_key,
            );
            let since = Since::now();
            loop {
                let tuple = pg_sys::systable_getnext(scan);
                if tuple.is_null() {
                    break;
                }
                pg_sys::heap_deform_tuple(tuple, desc, values.as_mut_ptr(), nulls.as_mut_ptr());
                f(Row::new(values.as_ptr(), nulls.as_ptr(), values.len()));
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
