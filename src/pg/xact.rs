//! What is kept for a transaction, and forgotten with it, or with the part of it that it belongs to.

use super::news;
use super::sync_cell::SyncCell;
use crate::error::Error;
use pgrx::pg_sys;
use std::cell::{Cell, RefCell};

/// Number of the transaction within this backend.
static SERIAL: SyncCell<u64> = SyncCell::new(1);

/// Changes when a transaction ends.
pub fn serial() -> u64 {
    SERIAL.with(|s| *s)
}

/// Has the transaction wait for the disk when it commits, whatever `synchronous_commit` says: for what somebody outside
/// goes by, who does not go back with the database after a crash.
pub fn commit_on_disk() {
    // SAFETY: sets a flag of the transaction.
    unsafe { pg_sys::ForceSyncCommit() }
}

/// Whether all statements of the transaction read with one snapshot.
pub fn keeps_its_snapshot() -> bool {
    // SAFETY: reads a variable of the backend.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// State that belongs to a transaction, each piece of it to one of its parts: the transaction itself or a subtransaction,
/// told by nesting levels ([`super::clock::nest_level`]).
pub trait Nested {
    /// Drops what belongs to parts of this nesting level and deeper ones, as they are undone. At level 0 that is all of it:
    /// the transaction has ended, one way or another. Only drops plain memory.
    fn undo(&mut self, nest: i32);

    /// The subtransaction of this nesting level has become a part of the one around it.
    fn merge(&mut self, _nest: i32) {}

    /// Before the transaction commits or is prepared: whether it may. A part that is open still is a reason why not.
    fn check(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Such state of this backend. It is told of the end of transactions and their parts by itself, where it is used in them.
pub struct PerTransaction<T> {
    state: RefCell<T>,
    /// whether this transaction uses it
    used: Cell<bool>,
}

// SAFETY: as for `SyncCell`: a backend has one thread, and pgrx refuses calls into Postgres from any other one. A state that
// is entered twice is refused by the `RefCell`.
unsafe impl<T> Sync for PerTransaction<T> {}

impl<T: Nested> PerTransaction<T> {
    /// With its state as it is where a transaction begins: nothing.
    pub const fn new(nothing: T) -> Self {
        PerTransaction {
            state: RefCell::new(nothing),
            used: Cell::new(false),
        }
    }

    /// Runs `f` on the state, to which it may add something.
    #[inline]
    pub fn with<R>(&'static self, f: impl FnOnce(&mut T) -> R) -> R {
        if !self.used.get() {
            self.enlist();
        }
        f(&mut self.state.borrow_mut())
    }

    /// Shows `f` the state.
    #[inline]
    pub fn look<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(&self.state.borrow())
    }

    #[cold]
    fn enlist(&'static self) {
        USED.with(|used| used.push(self));
        self.used.set(true);
    }
}

/// What this transaction uses.
static USED: SyncCell<Vec<&'static dyn Told>> = SyncCell::new(Vec::new());

/// Who is told, whatever it is that it keeps.
trait Told {
    fn undo(&self, nest: i32);
    fn merge(&self, nest: i32);
    fn check(&self) -> Result<(), Error>;
    fn end(&self);
}

impl<T: Nested> Told for PerTransaction<T> {
    fn undo(&self, nest: i32) {
        self.state.borrow_mut().undo(nest);
    }

    fn merge(&self, nest: i32) {
        self.state.borrow_mut().merge(nest);
    }

    fn check(&self) -> Result<(), Error> {
        self.state.borrow_mut().check()
    }

    fn end(&self) {
        self.used.set(false);
        self.undo(0);
    }
}

/// Calls `f` for each, outside the list: it may come to use another one.
fn each(mut f: impl FnMut(&'static dyn Told) -> Result<(), Error>) -> Result<(), Error> {
    let mut next = 0;
    while let Some(told) = USED.with(|used| used.get(next).copied()) {
        f(told)?;
        next += 1;
    }
    Ok(())
}

fn tell(f: impl Fn(&'static dyn Told)) {
    // It refuses nothing.
    let _ = each(|told| {
        f(told);
        Ok(())
    });
}

fn end() {
    tell(Told::end);
    USED.with(Vec::clear);
    SERIAL.with(|s| *s += 1);
}

/// Registers the callbacks; called once, when the library is loaded.
pub fn register() {
    // SAFETY: both callbacks live as long as the library, which Postgres never unloads.
    unsafe {
        pg_sys::RegisterXactCallback(Some(xact_event), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subxact_event), std::ptr::null_mut());
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn xact_event(
    event: pg_sys::XactEvent::Type,
    _arg: *mut std::ffi::c_void,
) {
    match event {
        pg_sys::XactEvent::XACT_EVENT_PRE_COMMIT | pg_sys::XactEvent::XACT_EVENT_PRE_PREPARE => {
            if let Err(error) = each(Told::check) {
                error.raise();
            }
        }
        pg_sys::XactEvent::XACT_EVENT_COMMIT => {
            end();
            news::committed();
        }
        pg_sys::XactEvent::XACT_EVENT_ABORT | pg_sys::XactEvent::XACT_EVENT_PREPARE => {
            end();
            news::forget();
        }
        _ => {}
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn subxact_event(
    event: pg_sys::SubXactEvent::Type,
    _sub: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _arg: *mut std::ffi::c_void,
) {
    match event {
        pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB => {
            let nest = super::clock::nest_level();
            tell(|told| told.undo(nest));
        }
        pg_sys::SubXactEvent::SUBXACT_EVENT_COMMIT_SUB => {
            let nest = super::clock::nest_level();
            tell(|told| told.merge(nest));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels at which something was kept.
    struct Levels(Vec<i32>);

    impl Nested for Levels {
        fn undo(&mut self, nest: i32) {
            self.0.retain(|level| *level < nest);
        }
        fn merge(&mut self, nest: i32) {
            for level in &mut self.0 {
                *level = nest.min(*level + 1) - 1;
            }
        }
        fn check(&mut self) -> Result<(), Error> {
            match self.0.iter().any(|level| *level > 1) {
                true => Err(Error::internal("something is open")),
                false => Ok(()),
            }
        }
    }

    fn levels(of: &PerTransaction<Levels>) -> Vec<i32> {
        of.look(|levels| levels.0.clone())
    }

    #[test]
    fn what_is_kept_goes_with_the_part_that_it_belongs_to() {
        static ONE: PerTransaction<Levels> = PerTransaction::new(Levels(Vec::new()));
        static TWO: PerTransaction<Levels> = PerTransaction::new(Levels(Vec::new()));
        let count = || USED.with(|used| used.len());
        let serial_before = serial();

        ONE.with(|kept| kept.0.extend([1, 2, 3]));
        ONE.with(|kept| kept.0.push(3));
        assert_eq!(count(), 1);
        assert!(each(Told::check).is_err());

        tell(|told| told.undo(3));
        assert_eq!(levels(&ONE), [1, 2]);
        tell(|told| told.merge(2));
        assert_eq!(levels(&ONE), [1, 1]);
        assert!(each(Told::check).is_ok());

        // One that is not used is not told, and looking is not using.
        TWO.look(|kept| assert!(kept.0.is_empty()));
        assert_eq!(count(), 1);
        TWO.with(|kept| kept.0.push(1));
        assert_eq!(count(), 2);

        end();
        assert!(levels(&ONE).is_empty() && levels(&TWO).is_empty());
        assert_eq!((count(), serial()), (0, serial_before + 1));

        // The next transaction tells it anew.
        TWO.with(|kept| kept.0.push(2));
        assert_eq!(count(), 1);
        tell(|told| told.undo(2));
        assert!(levels(&TWO).is_empty());
        end();
    }
}
