//! Memory contexts: where what Postgres allocates goes, and when it is freed.
//!
//! What lies in such memory carries its lifetime: a value that is made in a [`Memory`] cannot outlive it, and
//! [`Scratch::reset`] needs that nothing made there is still held.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::jsonb::OutOfMemory;
use crate::error::Error;
use pgrx::pg_sys;
use std::ffi::{c_int, c_void};
use std::marker::PhantomData;

mod raw {
    use super::*;
    unsafe extern "C-unwind" {
        // Raises for a size that no value has, and for nothing else where it may give null.
        pub fn MemoryContextAllocExtended(
            context: pg_sys::MemoryContext,
            size: usize,
            flags: c_int,
        ) -> *mut c_void;
    }
}

/// Bytes that a value of Postgres may have, header included.
const MAX_SIZE: usize = 0x3FFF_FFFF;

/// A memory context that lives for `'m`: what is made in it can be held that long.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'m> {
    context: pg_sys::MemoryContext,
    _lives: PhantomData<&'m ()>,
}

impl<'m> Memory<'m> {
    /// # Safety
    /// The context lives for `'m`, and is not reset meanwhile.
    #[inline]
    pub(super) unsafe fn new(context: pg_sys::MemoryContext) -> Self {
        Memory {
            context,
            _lives: PhantomData,
        }
    }

    /// The current context.
    ///
    /// # Safety
    /// As for [`Memory::new`].
    #[inline]
    pub(super) unsafe fn current() -> Self {
        // SAFETY: reads a variable of the backend; the rest is promised.
        unsafe { Memory::new(pg_sys::CurrentMemoryContext) }
    }

    /// Runs `f` with it as the current context: for what Postgres allocates by itself.
    #[inline]
    pub fn within<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: it lives for `'m`, and so during the call.
        unsafe { within(self.context, f) }
    }

    /// So many bytes, of which nothing is set, aligned as any value needs it.
    #[inline]
    pub(super) fn alloc(self, size: usize) -> *mut u8 {
        const NO_OOM: c_int = pg_sys::MCXT_ALLOC_NO_OOM as c_int;
        if size > MAX_SIZE {
            too_large(size);
        }
        // SAFETY: the context is live. No error comes from this: the size is one that values have, and where there is
        // no memory the result is null.
        let start = unsafe { raw::MemoryContextAllocExtended(self.context, size, NO_OOM) };
        if start.is_null() {
            Error::from(OutOfMemory { bytes: size }).raise();
        }
        start.cast()
    }

    /// None at all, where nothing is made.
    #[cfg(test)]
    pub fn none() -> Memory<'static> {
        Memory {
            context: std::ptr::null_mut(),
            _lives: PhantomData,
        }
    }
}

#[cold]
fn too_large(size: usize) -> ! {
    Error::TooLarge {
        message: format!("a value of {size} bytes is larger than Postgres can hold"),
    }
    .raise()
}

/// Runs `f` with the current context, which lives as long as that takes.
pub fn current<R>(f: impl for<'m> FnOnce(Memory<'m>) -> R) -> R {
    // SAFETY: whoever ends a context has it, or what holds it, and is further out than this; nothing of `'m` leaves `f`.
    f(unsafe { Memory::current() })
}

/// A context for what is made again and again, such as the rows of one chunk. It lies in one that lives for `'p`.
pub struct Scratch<'p>(pg_sys::MemoryContext, PhantomData<&'p ()>);

impl<'p> Scratch<'p> {
    /// An empty one.
    pub fn new(parent: Memory<'p>) -> Self {
        // SAFETY: the parent is live, the name is static, and the sizes are those of ALLOCSET_DEFAULT_SIZES.
        let context = unsafe {
            pg_sys::AllocSetContextCreateInternal(
                parent.context,
                c"pg_eventlog scratch".as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            )
        };
        Scratch(context, PhantomData)
    }

    /// Where to make what it holds, until it is reset.
    #[inline]
    pub fn memory(&self) -> Memory<'_> {
        // SAFETY: the context lives as long as this, and is reset by `&mut self` alone.
        unsafe { Memory::new(self.0) }
    }

    /// Runs `f` with it as the current context.
    #[inline]
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        self.memory().within(f)
    }

    /// Bytes that it holds, those that are free for more included.
    #[inline]
    pub fn size(&self) -> usize {
        // SAFETY: the context is live; the field counts its blocks.
        unsafe { (*self.0).mem_allocated }
    }

    /// Frees all that was allocated in it.
    pub fn reset(&mut self) {
        // SAFETY: the context is live and current nowhere, since `within` borrows it; nor is anything held that lies
        // in it.
        unsafe { pg_sys::MemoryContextReset(self.0) }
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        // An error frees it with its parent.
        if !std::thread::panicking() {
            // SAFETY: live, and not current.
            unsafe { pg_sys::MemoryContextDelete(self.0) }
        }
    }
}

/// What is called when memory is freed; it lies in that memory.
struct Farewell {
    callback: pg_sys::MemoryContextCallback,
    call: fn(usize),
    argument: usize,
}

impl Memory<'_> {
    /// Calls `f` with its argument when it is reset or goes, be it by an error. `f` must only drop plain memory.
    pub fn when_freed(self, f: fn(usize), argument: usize) {
        let farewell = self.alloc(size_of::<Farewell>()).cast::<Farewell>();
        // SAFETY: the allocation is as large as the struct, and lives as long as the context, which calls back before
        // it frees anything.
        unsafe {
            farewell.write(Farewell {
                callback: pg_sys::MemoryContextCallback {
                    func: Some(say_farewell),
                    arg: farewell.cast(),
                    next: std::ptr::null_mut(),
                },
                call: f,
                argument,
            });
            let callback = &raw mut (*farewell).callback;
            pg_sys::MemoryContextRegisterResetCallback(self.context, callback);
        }
    }
}

unsafe extern "C-unwind" fn say_farewell(farewell: *mut c_void) {
    // SAFETY: the argument that was registered above, which is still there.
    let (call, argument) = unsafe {
        let farewell = farewell.cast::<Farewell>();
        ((*farewell).call, (*farewell).argument)
    };
    // No panic may pass through the C code that frees the memory.
    let _ = std::panic::catch_unwind(|| call(argument));
}

/// # Safety
/// The context is live and stays so during the call.
#[inline]
pub(super) unsafe fn within<R>(context: pg_sys::MemoryContext, f: impl FnOnce() -> R) -> R {
    struct Back(pg_sys::MemoryContext);
    impl Drop for Back {
        fn drop(&mut self) {
            // SAFETY: it was current before, and whoever handles an error sets another one anyway.
            unsafe { pg_sys::CurrentMemoryContext = self.0 }
        }
    }
    // SAFETY: as promised.
    unsafe {
        let _back = Back(pg_sys::CurrentMemoryContext);
        pg_sys::CurrentMemoryContext = context;
        f()
    }
}

/// Whether the stack has come to its end, by the limit that Postgres sets.
pub fn is_stack_deep() -> bool {
    // SAFETY: compares an address with what is fixed for the backend.
    unsafe { pg_sys::stack_is_too_deep() }
}
