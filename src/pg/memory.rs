//! Memory contexts: where what Postgres allocates goes, and when it is freed.

use pgrx::pg_sys;

/// A context for what is made again and again, such as the rows of one chunk.
pub struct Scratch(pg_sys::MemoryContext);

impl Scratch {
    /// An empty one below the current context.
    pub fn new() -> Self {
        // SAFETY: the name is static, and the sizes are those of ALLOCSET_DEFAULT_SIZES.
        Scratch(unsafe {
            pg_sys::AllocSetContextCreateInternal(
                pg_sys::CurrentMemoryContext,
                c"pg_eventlog scratch".as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            )
        })
    }

    /// Runs `f` with it as the current context.
    #[inline]
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        // SAFETY: the context is live; it is a child of the one that was current when it was made.
        unsafe { within(self.0, f) }
    }

    /// Bytes that it holds, those that are free for more included.
    #[inline]
    pub fn size(&self) -> usize {
        // SAFETY: the context is live; the field counts its blocks.
        unsafe { (*self.0).mem_allocated }
    }

    /// Frees all that was allocated in it; the caller holds no datum from it any more.
    pub fn reset(&mut self) {
        // SAFETY: the context is live and current nowhere, since `within` has returned.
        unsafe { pg_sys::MemoryContextReset(self.0) }
    }
}

impl Drop for Scratch {
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

/// Calls `f` with its argument when the current memory context is reset or goes, be it by an error. `f` must only drop
/// plain memory.
pub fn when_freed(f: fn(usize), argument: usize) {
    // SAFETY: the allocation is as large as the struct, and lives as long as the context, which calls back before it
    // frees anything.
    unsafe {
        let context = pg_sys::CurrentMemoryContext;
        let farewell =
            pg_sys::MemoryContextAlloc(context, size_of::<Farewell>()).cast::<Farewell>();
        farewell.write(Farewell {
            callback: pg_sys::MemoryContextCallback {
                func: Some(say_farewell),
                arg: farewell.cast(),
                next: std::ptr::null_mut(),
            },
            call: f,
            argument,
        });
        pg_sys::MemoryContextRegisterResetCallback(context, &raw mut (*farewell).callback);
    }
}

unsafe extern "C-unwind" fn say_farewell(farewell: *mut std::ffi::c_void) {
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
