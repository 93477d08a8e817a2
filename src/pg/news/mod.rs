//! What writers, listeners and background workers tell each other, in shared memory: there is none of it unless the
//! server preloads the library.
//!
//! A transaction that wrote events sets a flag when it has committed, and wakes the worker of its database where the flag
//! was clear. Whoever listens has a word with the number of its database, so that nobody is notified where nobody
//! listens. Whoever needs a database without sessions has another one, and no worker is there meanwhile.

pub mod launcher;
mod mandate;

pub use mandate::Mandate;

use super::sync_cell::SyncCell;
use pgrx::pg_sys::{self, Datum, Latch, Oid};
use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};
use uuid::Uuid;

mod raw {
    #[cfg(not(test))]
    use pgrx::pg_sys::Latch;
    use std::ffi::c_int;
    unsafe extern "C-unwind" {
        // It raises nothing, whatever the process is in the midst of.
        #[cfg(not(test))]
        pub fn SetLatch(latch: *mut Latch);
        // Of the C library.
        pub fn kill(pid: c_int, signal: c_int) -> c_int;
    }
}

/// What a worker is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Kind {
    /// wakes those who listen
    Waker = 1,
    /// calls handlers and closes batches
    Runner = 2,
}

/// Of a worker's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Phase {
    /// it was asked for
    Starting = 1,
    /// it is there
    Running = 2,
    /// it went because there was nothing for it
    Ended = 3,
    /// it went for another reason
    Failed = 4,
}

impl Phase {
    fn of(number: u32) -> Phase {
        match number {
            1 => Phase::Starting,
            2 => Phase::Running,
            3 => Phase::Ended,
            _ => Phase::Failed,
        }
    }
}

/// The place of a worker. The launcher gives it and takes it back; the worker says that it came and went.
#[repr(C)]
pub struct Place {
    /// the database; 0 where the place is free
    database: AtomicU32,
    kind: AtomicU32,
    phase: AtomicU32,
    pid: AtomicI32,
    latch: AtomicPtr<Latch>,
    /// a bit for the logs that have news
    news: AtomicU64,
    /// whether a worker of the other kind has something to do here
    upkeep: AtomicU32,
}

#[repr(C)]
struct Head {
    launcher: AtomicPtr<Latch>,
    /// a bit for the databases in which something was written and no worker was
    wanted: AtomicU64,
}

#[derive(Clone, Copy)]
struct Area {
    head: &'static Head,
    places: &'static [Place],
    /// databases in which somebody listens, a word for each who does
    listening: &'static [AtomicU32],
    /// databases that somebody wants without sessions
    held: &'static [AtomicU32],
}

/// Where it is; none without preloading.
static AREA: SyncCell<Option<Area>> = SyncCell::new(None);

/// The hooks of those who came before.
static REQUEST: SyncCell<pg_sys::shmem_request_hook_type> = SyncCell::new(None);
static STARTUP: SyncCell<pg_sys::shmem_startup_hook_type> = SyncCell::new(None);

/// What this process has in the area.
struct Mine {
    listening: Option<usize>,
    held: Option<usize>,
    place: Option<usize>,
    told: bool,
}

static MINE: SyncCell<Mine> = SyncCell::new(Mine {
    listening: None,
    held: None,
    place: None,
    told: false,
});

/// Logs into which the transaction has written, a bit each.
static NOTED: SyncCell<u64> = SyncCell::new(0);

#[inline]
fn area() -> Option<Area> {
    AREA.with(|area| *area)
}

/// Asks for the memory; called while the server preloads the library.
pub fn reserve() {
    // SAFETY: variables of the postmaster, which has one thread and loads one library after the other.
    unsafe {
        REQUEST.with(|hook| *hook = pg_sys::shmem_request_hook);
        pg_sys::shmem_request_hook = Some(request);
        STARTUP.with(|hook| *hook = pg_sys::shmem_startup_hook);
        pg_sys::shmem_startup_hook = Some(startup);
    }
}

fn places() -> usize {
    // SAFETY: a setting that stands before memory is asked for.
    unsafe { pg_sys::max_worker_processes }.max(1) as usize
}

fn words() -> usize {
    // SAFETY: computed before memory is asked for, from Postgres 15 on.
    unsafe { pg_sys::MaxBackends }.max(1) as usize
}

fn bytes() -> usize {
    size_of::<Head>() + places() * size_of::<Place>() + 2 * words() * size_of::<AtomicU32>()
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn request() {
    // SAFETY: the hook that was there, called as it would have been; memory is asked for where it may be.
    unsafe {
        if let Some(before) = REQUEST.with(|hook| *hook) {
            before();
        }
        pg_sys::RequestAddinShmemSpace(bytes());
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn startup() {
    // SAFETY: the hook that was there, called as it would have been. The memory is as long as was asked for, aligned for
    // anything, and for all processes at one address, as they are forked. Only the postmaster comes here, before it has
    // children, so nobody else sees the memory while it is made; all zeros are a valid value of each type in it.
    unsafe {
        if let Some(before) = STARTUP.with(|hook| *hook) {
            before();
        }
        let mut found = false;
        let start: *mut u8 =
            pg_sys::ShmemInitStruct(c"pg_eventlog".as_ptr(), bytes(), &mut found).cast();
        if !found {
            start.write_bytes(0, bytes());
        }
        let places_at = start.add(size_of::<Head>());
        let words_at = places_at.add(places() * size_of::<Place>());
        let held_at = words_at.add(words() * size_of::<AtomicU32>());
        let area = Area {
            head: &*start.cast(),
            places: std::slice::from_raw_parts(places_at.cast(), places()),
            listening: std::slice::from_raw_parts(words_at.cast(), words()),
            held: std::slice::from_raw_parts(held_at.cast(), words()),
        };
        AREA.with(|known| *known = Some(area));
    }
}

/// The database of this session; 0 in a process that has none.
#[cfg(not(test))]
fn database() -> u32 {
    // SAFETY: reads backend-local state.
    unsafe { pg_sys::MyDatabaseId }.to_u32()
}

/// Unit tests are linked without a server.
#[cfg(test)]
fn database() -> u32 {
    0
}

#[cfg(test)]
fn wake(_latch: &AtomicPtr<Latch>) {}

#[cfg(not(test))]
fn wake(latch: &AtomicPtr<Latch>) {
    let latch = latch.load(Ordering::SeqCst);
    if !latch.is_null() {
        // SAFETY: a latch of a process is in shared memory and stays there: whoever has it next is woken for nothing.
        unsafe { raw::SetLatch(latch) }
    }
}

/// The bit of a log, and of those that share it.
pub fn bit(log: Uuid) -> u64 {
    1 << (log.as_bytes()[15] & 63)
}

fn bit_of_database(database: u32) -> u64 {
    1 << (database & 63)
}

/// An event goes into this log.
#[inline]
pub fn note(log: Uuid) {
    NOTED.with(|noted| *noted |= bit(log));
}

/// The transaction did not commit, or somebody else will commit it.
#[inline]
pub(super) fn forget() {
    NOTED.with(|noted| *noted = 0);
}

/// The transaction has committed, and others see it.
#[inline]
pub(super) fn committed() {
    let logs = NOTED.with(std::mem::take);
    if logs != 0
        && let Some(area) = area()
    {
        area.tell(database(), logs);
    }
}

/// A transaction that somebody prepared has committed: which logs it wrote to, nobody knows any more.
pub(super) fn committed_prepared() {
    if let Some(area) = area() {
        area.tell(database(), u64::MAX);
    }
}

impl Area {
    fn tell(&self, database: u32, logs: u64) {
        // What is read here is not older than the commit: a worker that has taken the flag before sees no event of it.
        fence(Ordering::SeqCst);
        let Some(place) = self.of(database, Kind::Waker) else {
            return self.want(database);
        };
        if place.news.load(Ordering::SeqCst) & logs != logs
            && place.news.fetch_or(logs, Ordering::SeqCst) == 0
        {
            wake(&place.latch);
        }
    }

    fn of(&self, database: u32, kind: Kind) -> Option<&'static Place> {
        self.places.iter().find(|place| {
            place.database.load(Ordering::Acquire) == database
                && place.kind.load(Ordering::Relaxed) == kind as u32
        })
    }

    /// Has the launcher look at this database.
    fn want(&self, database: u32) {
        let bit = bit_of_database(database);
        if self.head.wanted.load(Ordering::SeqCst) & bit == 0
            && self.head.wanted.fetch_or(bit, Ordering::SeqCst) & bit == 0
        {
            wake(&self.head.launcher);
        }
    }
}

/// Takes a word that nobody has and writes the database into it.
fn take(words: &[AtomicU32], database: u32) -> Option<usize> {
    words.iter().position(|word| {
        word.compare_exchange(0, database, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    })
}

fn has(words: &[AtomicU32], database: Oid) -> bool {
    let database = database.to_u32();
    words
        .iter()
        .any(|word| word.load(Ordering::SeqCst) == database)
}

/// Has what this process has in the area given back at its end.
fn tell_of_end() {
    if !MINE.with(|mine| std::mem::replace(&mut mine.told, true)) {
        // SAFETY: the function lives as long as the library, and the memory until after it was called.
        unsafe { pg_sys::on_shmem_exit(Some(end), Datum::from(0usize)) }
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn end(_code: c_int, _arg: Datum) {
    unlisten();
    release();
    let (Some(area), Some(mine)) = (area(), MINE.with(|mine| mine.place.take())) else {
        return;
    };
    let place = &area.places[mine];
    place.latch.store(std::ptr::null_mut(), Ordering::SeqCst);
    place.pid.store(0, Ordering::SeqCst);
    let (running, failed) = (Phase::Running as u32, Phase::Failed as u32);
    // It ended otherwise than by its own will.
    let _ = place
        .phase
        .compare_exchange(running, failed, Ordering::SeqCst, Ordering::SeqCst);
    wake(&area.head.launcher);
}

/// This session listens.
pub fn listen() {
    let Some(area) = area() else {
        return;
    };
    if MINE.with(|mine| mine.listening).is_some() {
        return;
    }
    tell_of_end();
    let database = database();
    let taken = take(area.listening, database);
    MINE.with(|mine| mine.listening = taken);
    if area.of(database, Kind::Waker).is_none() {
        area.want(database);
    }
}

/// It does not any more.
pub fn unlisten() {
    let taken = MINE.with(|mine| mine.listening.take());
    if let (Some(area), Some(taken)) = (area(), taken) {
        area.listening[taken].store(0, Ordering::SeqCst);
    }
}

/// Whether somebody listens in this database.
pub fn is_heard(database: Oid) -> bool {
    area().is_some_and(|area| has(area.listening, database))
}

/// Sends the workers of a database away, until it is dropped.
pub struct Hold(());

impl Hold {
    /// Sends them away.
    pub fn on(database: Oid) -> Option<Hold> {
        let area = area()?;
        tell_of_end();
        let taken = take(area.held, database.to_u32())?;
        // None in a statement that a statement like it runs, which there is not.
        let before = MINE.with(|mine| mine.held.replace(taken));
        debug_assert!(before.is_none());
        for kind in [Kind::Waker, Kind::Runner] {
            let Some(place) = area.of(database.to_u32(), kind) else {
                continue;
            };
            wake(&place.latch);
            let pid = place.pid.load(Ordering::SeqCst);
            if kind == Kind::Runner && pid > 0 {
                // SAFETY: a signal to a process of the server, which says its own number and takes it back when it
                // goes. It may be in the midst of a handler of somebody's.
                unsafe { raw::kill(pid, pg_sys::SIGTERM as c_int) };
            }
        }
        Some(Hold(()))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        release();
    }
}

fn release() {
    let taken = MINE.with(|mine| mine.held.take());
    if let (Some(area), Some(taken)) = (area(), taken) {
        let database = area.held[taken].swap(0, Ordering::SeqCst);
        area.want(database);
        wake(&area.head.launcher);
    }
}

/// Whether somebody wants this database without sessions.
pub fn is_held(database: Oid) -> bool {
    area().is_some_and(|area| has(area.held, database))
}

/// Whether a name is that of the channel.
pub fn is_channel(name: &CStr) -> bool {
    name == c"eventlog"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<const N: usize>(values: [u32; N]) -> [AtomicU32; N] {
        values.map(AtomicU32::new)
    }

    #[test]
    fn a_word_is_taken_by_one_at_a_time() {
        let some = words([0, 7, 0]);
        assert_eq!(take(&some, 5), Some(0));
        assert_eq!(take(&some, 5), Some(2));
        assert_eq!(take(&some, 5), None);
        assert!(has(&some, Oid::from(5)) && has(&some, Oid::from(7)));
        assert!(!has(&some, Oid::from(6)));
    }

    #[test]
    fn what_was_noted_is_told_once() {
        // Without preloading it goes nowhere.
        note(Uuid::nil());
        assert_eq!(NOTED.with(|noted| *noted), 1);
        committed();
        assert_eq!(NOTED.with(|noted| *noted), 0);
        note(Uuid::max());
        assert_eq!(NOTED.with(|noted| *noted), 1 << 63);
        forget();
        assert_eq!(NOTED.with(|noted| *noted), 0);
    }
}
