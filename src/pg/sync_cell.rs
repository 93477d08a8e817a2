//! State of a backend, which has one thread.

use std::cell::{Cell, UnsafeCell};

/// A static that only the backend's one thread touches. Entering it twice is refused, so that a
/// reference never has a twin.
pub struct SyncCell<T> {
    value: UnsafeCell<T>,
    busy: Cell<bool>,
}

// SAFETY: Postgres backends are single-threaded, and pgrx refuses calls into Postgres from any
// other thread; no other thread of a backend runs code of this crate.
unsafe impl<T> Sync for SyncCell<T> {}

impl<T> SyncCell<T> {
    /// A cell with its first value.
    pub const fn new(value: T) -> Self {
        SyncCell {
            value: UnsafeCell::new(value),
            busy: Cell::new(false),
        }
    }

    /// Runs `f` on the value. Whatever `f` does, it does not come here again: that is refused, with a panic.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        assert!(
            !self.busy.replace(true),
            "state of the backend entered twice"
        );
        let reset = Reset(&self.busy);
        // SAFETY: one thread, and `busy` shows that no other reference exists.
        let result = f(unsafe { &mut *self.value.get() });
        drop(reset);
        result
    }
}

struct Reset<'a>(&'a Cell<bool>);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
