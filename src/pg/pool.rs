//! Values that are kept beside the memory they lie in, and values that are lent.
//!
//! A struct cannot borrow from itself, and a static from nobody. Both stand here, each with the one lifetime that its
//! closures see: what they are shown cannot leave them.

use super::memory::{Memory, Scratch};
use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

/// Names a type that has a lifetime, without one.
pub trait Lives {
    /// The type.
    type Of<'m>: Copy;
}

/// Values, and the memory in which they are made. They go together.
pub struct Pool<'p, T: Lives> {
    values: Vec<T::Of<'static>>,
    scratch: Scratch<'p>,
}

impl<'p, T: Lives> Pool<'p, T> {
    /// An empty one.
    pub fn new(parent: Memory<'p>) -> Self {
        Pool {
            values: Vec::new(),
            scratch: Scratch::new(parent),
        }
    }

    /// Shows `f` the memory and the values in it, to which it may add.
    #[inline]
    pub fn with<R>(
        &mut self,
        f: impl for<'m> FnOnce(&'m Scratch<'p>, &mut Vec<T::Of<'m>>) -> R,
    ) -> R {
        let values = &raw mut self.values;
        // SAFETY: both types are one but for the lifetime, which `f` knows nothing of but that the memory has it, and
        // that what lives for `'p` outlives it. The values are gone before the memory is reset.
        f(&self.scratch, unsafe {
            &mut *values.cast::<Vec<T::Of<'_>>>()
        })
    }

    /// Runs `f` with the memory as the current context.
    #[inline]
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        self.scratch.within(f)
    }

    /// How many values there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Leaves the first so many of them.
    pub fn truncate(&mut self, len: usize) {
        self.values.truncate(len);
    }

    /// Bytes that the memory holds.
    #[inline]
    pub fn size(&self) -> usize {
        self.scratch.size()
    }

    /// Drops the values and frees their memory.
    pub fn clear(&mut self) {
        self.values.clear();
        self.scratch.reset();
    }
}

/// A value that is there for whoever holds this, as long as [`lend`] runs.
pub struct Lent<T: Lives> {
    value: Rc<Cell<*const ()>>,
    _type: PhantomData<T>,
}

/// Lends a value while `f` runs.
pub fn lend<T: Lives, R>(value: &T::Of<'_>, f: impl FnOnce(Lent<T>) -> R) -> R {
    /// Takes it back, also where `f` unwinds.
    struct Back(Rc<Cell<*const ()>>);
    impl Drop for Back {
        fn drop(&mut self) {
            self.0.set(std::ptr::null());
        }
    }
    let place = Rc::new(Cell::new(std::ptr::from_ref(value).cast()));
    let _back = Back(Rc::clone(&place));
    f(Lent {
        value: place,
        _type: PhantomData,
    })
}

impl<T: Lives> Lent<T> {
    /// Shows the value to `f`; none where it was taken back.
    pub fn with<R>(&self, f: impl for<'m> FnOnce(T::Of<'m>) -> R) -> Option<R> {
        let value = self.value.get();
        if value.is_null() {
            return None;
        }
        // SAFETY: `lend`, which was given a value of this type but for the lifetime, is running still: it takes the
        // value back when it ends, and cannot end before `f` does, which it has called.
        Some(f(unsafe { *value.cast::<T::Of<'_>>() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Words;
    impl Lives for Words {
        type Of<'m> = &'m [&'m str];
    }

    #[test]
    fn what_is_lent_is_there_until_it_is_taken_back() {
        let word = "here".to_owned();
        let words = [word.as_str()];
        let kept = lend::<Words, _>(&&words[..], |lent| {
            assert_eq!(lent.with(|words| words.len()), Some(1));
            assert_eq!(
                lent.with(|words| words[0].to_owned()).as_deref(),
                Some("here")
            );
            lent
        });
        assert!(kept.with(|words| words.len()).is_none());
    }

    #[test]
    fn an_error_takes_it_back() {
        let mut kept = None;
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            lend::<Words, _>(&&["here"][..], |lent| {
                kept = Some(lent);
                panic!("an error");
            })
        }));
        assert!(failed.is_err());
        assert!(kept.is_some_and(|lent| lent.with(|_| ()).is_none()));
    }
}
