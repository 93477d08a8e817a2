//! Locks of the extension's own, on things that are neither tables nor rows: they need no transaction id and write
//! nothing, and `pg_locks` shows them.

use pgrx::pg_sys;

/// Something that one transaction at a time has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thing {
    /// the table of the catalogue that it is a row of
    pub class: pg_sys::Oid,
    /// which one
    pub object: u32,
    /// which part of it
    pub part: u16,
}

const MODE: i32 = pg_sys::ExclusiveLock as i32;

impl Thing {
    fn tag(self) -> pg_sys::LOCKTAG {
        // SAFETY: reads a variable that is fixed for the backend.
        let database = unsafe { pg_sys::MyDatabaseId };
        pg_sys::LOCKTAG {
            locktag_field1: database.to_u32(),
            locktag_field2: self.class.to_u32(),
            locktag_field3: self.object,
            locktag_field4: self.part,
            locktag_type: pg_sys::LockTagType::LOCKTAG_OBJECT as u8,
            locktag_lockmethodid: pg_sys::DEFAULT_LOCKMETHOD as u8,
        }
    }

    /// Takes it until the transaction ends, unless another one has it.
    pub fn try_take(self) -> bool {
        // SAFETY: a well-formed tag, which is copied.
        let result = unsafe { pg_sys::LockAcquire(&self.tag(), MODE, false, true) };
        result != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
    }

    /// Takes it until the transaction ends, and waits for whoever has it.
    pub fn take(self) {
        // SAFETY: as above.
        unsafe { pg_sys::LockAcquire(&self.tag(), MODE, false, false) };
    }

    /// Gives back what was taken last, before the transaction ends: where nothing was written under it.
    pub fn give_back(self) {
        // SAFETY: as above; a lock that is not held is a warning.
        unsafe { pg_sys::LockRelease(&self.tag(), MODE, false) };
    }
}
