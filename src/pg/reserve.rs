//! Memory for those who cannot be refused.
//!
//! Where there is no memory Rust's collections abort the process, and a backend that dies takes all sessions of the
//! cluster with it. An allocator must not unwind either, so an error cannot come from here. What grows with an argument
//! asks in a way that can fail (`jsonb::grow`). All else, which is small and much of it in crates, is served from a
//! reserve when malloc fails: the call goes on to its end, or to the error that somebody else raises, and
//! [`super::guard::border`] then reports that memory was short (53200).
//!
//! What a crate builds of a document has no bound of its own. [`with_reserve`] asks for as much as it can come to
//! beforehand, in a way that can fail.

use super::jsonb::grow::{self, OutOfMemory};
use crate::error::Error;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::ptr::{self, null_mut};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Bytes that are always there. They are pages of the library that cost nothing until they are used.
const BASE: usize = 1 << 20;

/// What is smaller than this need not be asked for: the base is enough for a few dozen of such calls within one
/// another.
const SMALL: usize = 16 << 10;

/// Regions that there can be at once, the base among them.
const REGIONS: usize = 32;

/// A block of memory begins at a multiple of this, unless it asks for more.
const ALIGN: usize = 16;

/// The library's allocator: malloc, and the reserve where that fails.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

static RESERVE: Reserve = Reserve::new();

/// Blocks of the reserve that are in use: while there are none, nobody who frees memory has to look.
static BLOCKS: AtomicUsize = AtomicUsize::new(0);

/// In the lower half how often the reserve was used, in the upper one how many regions are held: a call that leaves
/// it as it was needs no more attention.
static MARK: AtomicU64 = AtomicU64::new(0);
const HELD: u64 = 1 << 32;

/// Bytes of the request that malloc refused last.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// Memory that is given out from its start to its end, and begins again once all of it was given back.
#[derive(Clone, Copy)]
struct Region {
    start: *mut u8,
    len: usize,
    used: usize,
    blocks: usize,
    /// how many regions are held with this one; none for those that stay
    order: u32,
    /// whether nobody holds it any more, so that it goes with its last block
    orphan: bool,
}

const NONE: Region = Region {
    start: null_mut(),
    len: 0,
    used: 0,
    blocks: 0,
    order: 0,
    orphan: false,
};

struct Base(UnsafeCell<[u8; BASE]>);

// SAFETY: only the reserve uses it, and gives each byte to one block at a time.
unsafe impl Sync for Base {}

static BASE_MEMORY: Base = Base(UnsafeCell::new([0; BASE]));

/// All regions, behind a lock: a backend has one thread, tests have several.
struct Reserve {
    locked: AtomicBool,
    regions: UnsafeCell<[Region; REGIONS]>,
}

// SAFETY: the regions are reached through `with` alone, which lets one thread in at a time.
unsafe impl Sync for Reserve {}

impl Reserve {
    const fn new() -> Self {
        let mut regions = [NONE; REGIONS];
        regions[0] = Region {
            start: BASE_MEMORY.0.get().cast(),
            len: BASE,
            ..NONE
        };
        Reserve {
            locked: AtomicBool::new(false),
            regions: UnsafeCell::new(regions),
        }
    }

    /// Runs `f`, which neither allocates nor unwinds, with all regions.
    fn with<R>(&self, f: impl FnOnce(&mut [Region; REGIONS]) -> R) -> R {
        while self.locked.swap(true, Ordering::Acquire) {
            spin_loop();
        }
        // SAFETY: the lock was taken, and `f` does not come here again, since it allocates nothing.
        let result = f(unsafe { &mut *self.regions.get() });
        self.locked.store(false, Ordering::Release);
        result
    }

    /// A block, or null where there is no room.
    fn take(&self, layout: Layout) -> *mut u8 {
        let block = self.with(|regions| {
            // The base, which is there for everybody, comes last.
            let mut regions = regions.iter_mut().rev();
            regions
                .find_map(|region| region.take(layout))
                .unwrap_or(null_mut())
        });
        if !block.is_null() {
            BLOCKS.fetch_add(1, Ordering::Relaxed);
            set_mark(|times, held| (times.wrapping_add(1), held));
        }
        block
    }

    /// Whether a block is the reserve's.
    fn owns(&self, block: *mut u8) -> bool {
        self.with(|regions| regions.iter().any(|region| region.has(block)))
    }

    /// Takes a block back; false if it is none of the reserve's.
    fn give_back(&self, block: *mut u8) -> bool {
        let found = self.with(|regions| {
            let region = regions.iter_mut().find(|region| region.has(block))?;
            region.blocks -= 1;
            if region.blocks == 0 {
                region.used = 0;
            }
            let done = (region.blocks == 0 && region.orphan).then_some(*region);
            if done.is_some() {
                *region = NONE;
            }
            Some(done)
        });
        if let Some(Some(done)) = found {
            done.free();
        }
        if found.is_some() {
            BLOCKS.fetch_sub(1, Ordering::Relaxed);
        }
        found.is_some()
    }

    /// Adds a region. With an `order` it is held until [`Reserve::release`] is told of an earlier one.
    fn add(&self, bytes: usize, order: u32) -> Result<(), OutOfMemory> {
        let refused = OutOfMemory { bytes };
        let layout = Layout::from_size_align(bytes, ALIGN).map_err(|_| refused)?;
        // SAFETY: the layout is not empty: it is at least `SMALL`.
        let start = unsafe { malloc(layout) };
        if start.is_null() {
            return Err(refused);
        }
        let region = Region {
            start,
            len: bytes,
            order,
            ..NONE
        };
        let added = self.with(|regions| {
            let free = regions.iter_mut().find(|region| region.start.is_null())?;
            *free = region;
            Some(())
        });
        added.ok_or_else(|| {
            region.free();
            refused
        })
    }

    /// Lets go of all regions that are held beyond the first so many. Those with blocks go with their last block.
    fn release(&self, held: u32) {
        loop {
            let done = self.with(|regions| {
                let mut later = regions.iter_mut().filter(|r| r.order > held && !r.orphan);
                let region = later.next()?;
                region.orphan = true;
                let done = (region.blocks == 0).then_some(*region);
                if done.is_some() {
                    *region = NONE;
                }
                Some(done)
            });
            match done {
                None => return,
                Some(None) => {}
                Some(Some(region)) => region.free(),
            }
        }
    }

    /// Makes room again where blocks that stay have taken half of what is always there.
    fn refill(&self) {
        let is_full = self.with(|regions| {
            let mut lasting = regions
                .iter()
                .filter(|r| !r.start.is_null() && r.order == 0);
            lasting.all(|region| region.used > region.len / 2)
        });
        if is_full {
            // Without it the rest has to do, and the next call asks again.
            let _ = self.add(BASE, 0);
        }
    }
}

impl Region {
    fn has(&self, block: *mut u8) -> bool {
        (block as usize).wrapping_sub(self.start as usize) < self.len
    }

    fn take(&mut self, layout: Layout) -> Option<*mut u8> {
        if self.start.is_null() || self.orphan {
            return None;
        }
        let free = (self.start as usize).checked_add(self.used)?;
        let begin = free.checked_next_multiple_of(layout.align().max(ALIGN))? - self.start as usize;
        let end = begin.checked_add(layout.size())?;
        if end > self.len {
            return None;
        }
        (self.used, self.blocks) = (end, self.blocks + 1);
        // SAFETY: `begin` lies within the region.
        Some(unsafe { self.start.add(begin) })
    }

    /// Frees a region that `Reserve::add` made and that is no longer in the list.
    fn free(self) {
        // SAFETY: it was allocated with this very layout, which was valid then.
        unsafe {
            System.dealloc(
                self.start,
                Layout::from_size_align_unchecked(self.len, ALIGN),
            )
        }
    }
}

#[cfg(test)]
thread_local! {
    /// Whether malloc fails on this thread.
    static FAILS: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// # Safety
/// The layout is not empty.
#[inline]
unsafe fn malloc(layout: Layout) -> *mut u8 {
    #[cfg(test)]
    if FAILS.get() {
        return null_mut();
    }
    // SAFETY: as promised.
    unsafe { System.alloc(layout) }
}

/// What malloc did not give: from the reserve, unless whoever asks can be refused.
#[cold]
fn short_of(layout: Layout) -> *mut u8 {
    REFUSED.store(layout.size(), Ordering::Relaxed);
    if grow::is_asking() {
        return null_mut();
    }
    RESERVE.take(layout)
}

// SAFETY: each block comes from malloc or from a region of the reserve, which gives each byte to one block at a time
// and keeps to the layout; and it goes back to where it came from. Nothing here unwinds or allocates.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises a layout that is not empty.
        let block = unsafe { malloc(layout) };
        if block.is_null() {
            return short_of(layout);
        }
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        #[cfg(test)]
        if FAILS.get() {
            // SAFETY: as below.
            return unsafe { zeroed(short_of(layout), layout) };
        }
        // SAFETY: as for `alloc`; what the reserve gives is as long as the layout says, or null.
        unsafe {
            let block = System.alloc_zeroed(layout);
            if block.is_null() {
                return zeroed(short_of(layout), layout);
            }
            block
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if BLOCKS.load(Ordering::Relaxed) > 0 && RESERVE.give_back(block) {
            return;
        }
        // SAFETY: it is malloc's, with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the new size is none too many for this alignment. A block of the reserve
        // moves, to malloc if it has memory again; one of malloc's moves where malloc cannot make it longer.
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            if BLOCKS.load(Ordering::Relaxed) > 0 && RESERVE.owns(block) {
                let moved = self.alloc(wanted);
                return self.replace(block, layout, moved, size);
            }
            #[cfg(test)]
            if FAILS.get() {
                return self.replace(block, layout, short_of(wanted), size);
            }
            let longer = System.realloc(block, layout, size);
            if longer.is_null() {
                return self.replace(block, layout, short_of(wanted), size);
            }
            longer
        }
    }
}

impl Allocator {
    /// Moves what a block holds into another one, if that is not null, and frees it.
    ///
    /// # Safety
    /// The block has this layout; the other one is null, or as long as `size`.
    unsafe fn replace(&self, block: *mut u8, layout: Layout, by: *mut u8, size: usize) -> *mut u8 {
        if !by.is_null() {
            // SAFETY: both are as long as is copied, and two blocks do not overlap.
            unsafe {
                ptr::copy_nonoverlapping(block, by, layout.size().min(size));
                self.dealloc(block, layout);
            }
        }
        by
    }
}

/// # Safety
/// The block is null, or as long as the layout.
unsafe fn zeroed(block: *mut u8, layout: Layout) -> *mut u8 {
    if !block.is_null() {
        // SAFETY: as promised.
        unsafe { ptr::write_bytes(block, 0, layout.size()) }
    }
    block
}

/// A moment, to ask later whether memory was short since.
#[derive(Clone, Copy)]
pub struct Since(u64);

impl Since {
    /// This moment.
    #[inline]
    pub fn now() -> Since {
        Since(MARK.load(Ordering::Relaxed))
    }

    /// Fails if memory was short since: whatever takes a little of it again and again asks each time.
    #[inline]
    pub fn check(self) -> Result<(), OutOfMemory> {
        if MARK.load(Ordering::Relaxed) as u32 == self.0 as u32 {
            return Ok(());
        }
        Err(OutOfMemory {
            bytes: REFUSED.load(Ordering::Relaxed),
        })
    }

    /// At the end of what began then: lets go of what was held since, and fails if memory was short.
    #[inline]
    pub(super) fn end(self) -> Result<(), OutOfMemory> {
        if MARK.load(Ordering::Relaxed) == self.0 {
            return Ok(());
        }
        self.end_otherwise()
    }

    #[cold]
    fn end_otherwise(self) -> Result<(), OutOfMemory> {
        release((self.0 / HELD) as u32);
        let short = self.check();
        if short.is_err() {
            RESERVE.refill();
        }
        short
    }
}

fn release(held: u32) {
    RESERVE.release(held);
    set_mark(|times, _| (times, held));
}

/// How often the reserve was used, and how many regions are held.
fn set_mark(f: impl Fn(u32, u32) -> (u32, u32)) {
    let mark = |mark: u64| {
        let (times, held) = f(mark as u32, (mark / HELD) as u32);
        Some(u64::from(held) * HELD + u64::from(times))
    };
    // It never fails, as `mark` always gives one.
    let _ = MARK.fetch_update(Ordering::Relaxed, Ordering::Relaxed, mark);
}

/// How many regions are held.
fn held() -> u32 {
    (MARK.load(Ordering::Relaxed) / HELD) as u32
}

/// Asks for so many bytes beyond what is always there, until the running call of a native function ends. That is for
/// what has a bound: a text's copies, a message that names it.
pub fn hold(bytes: usize) -> Result<(), OutOfMemory> {
    if bytes < SMALL {
        return Ok(());
    }
    RESERVE.add(bytes, held() + 1)?;
    set_mark(|times, held| (times, held + 1));
    Ok(())
}

/// Runs `f`, which takes no more than so many bytes from Rust's allocator, once it is sure that they are there.
pub fn with_reserve<R>(bytes: usize, f: impl FnOnce() -> R) -> Result<R, OutOfMemory> {
    /// Lets go of it, also where `f` unwinds.
    struct Held(u32);
    impl Drop for Held {
        fn drop(&mut self) {
            release(self.0);
        }
    }
    let before = held();
    hold(bytes)?;
    let _held = Held(before);
    let since = Since::now();
    let result = f();
    since.check()?;
    Ok(result)
}

/// Bytes that a document may have as text, for those parts that read it as a tree: 64 MB.
pub const MAX_DOCUMENT: usize = 64 << 20;

/// What `serde_json` takes at most for the tree of a JSON text, and for what is then made of it.
///
/// A list or an object has room for some elements as soon as it has one, and for twice as many as it has later; a
/// block that grows leaves the shorter ones behind where the reserve serves it.
pub fn tree(text: &[u8]) -> usize {
    const OBJECT: usize = 1500;
    const ELEMENT: usize = 160;
    let count = |wanted: fn(&u8) -> bool| text.iter().filter(|byte| wanted(byte)).count();
    let objects = count(|byte| *byte == b'{');
    let elements = count(|byte| matches!(byte, b',' | b':' | b'['));
    6 * text.len() + OBJECT * objects + ELEMENT * (elements + 1)
}

/// Runs `f`, which reads a JSON text as a tree, once it is sure that there is memory for that.
pub fn with_tree<R>(text: &[u8], f: impl FnOnce() -> R) -> Result<R, Error> {
    if text.len() > MAX_DOCUMENT {
        return Err(Error::TooLarge {
            message: format!(
                "the document has {} bytes, and may have {MAX_DOCUMENT}",
                text.len()
            ),
        });
    }
    Ok(with_reserve(tree(text), f)?)
}

#[cfg(test)]
mod tests;
