//! The launcher's view of the places.

use super::{Kind, Phase, area, bit_of_database};
use pgrx::pg_sys::{self, Oid};
use std::sync::atomic::Ordering;

/// This process is the launcher.
pub fn is_here() {
    if let Some(area) = area() {
        // SAFETY: the latch of a process, in shared memory.
        let latch = unsafe { pg_sys::MyLatch };
        area.head.launcher.store(latch, Ordering::SeqCst);
    }
}

/// Databases in which something was written and no worker was, as a test of their numbers.
pub fn take_wanted() -> impl Fn(Oid) -> bool {
    let bits = area().map_or(0, |area| area.head.wanted.swap(0, Ordering::SeqCst));
    move |database| bits & bit_of_database(database.to_u32()) != 0
}

/// Whether a worker of this kind is there or on its way.
pub fn is_served(database: Oid, kind: Kind) -> bool {
    area().is_some_and(|area| area.of(database.to_u32(), kind).is_some())
}

/// Whether the waker of a database has found something for a runner.
pub fn has_upkeep(database: Oid) -> bool {
    let place = area().and_then(|area| area.of(database.to_u32(), Kind::Waker));
    place.is_some_and(|place| place.upkeep.load(Ordering::SeqCst) != 0)
}

/// Takes a place for a worker; none where all are taken.
pub fn take_place(database: Oid, kind: Kind) -> Option<usize> {
    let places = area()?.places;
    let free = places
        .iter()
        .position(|place| place.database.load(Ordering::SeqCst) == 0)?;
    let place = &places[free];
    place.kind.store(kind as u32, Ordering::SeqCst);
    place.phase.store(Phase::Starting as u32, Ordering::SeqCst);
    place.news.store(0, Ordering::SeqCst);
    place.upkeep.store(0, Ordering::SeqCst);
    place.pid.store(0, Ordering::SeqCst);
    place.latch.store(std::ptr::null_mut(), Ordering::SeqCst);
    // Last: from now on writers find it.
    place.database.store(database.to_u32(), Ordering::SeqCst);
    Some(free)
}

/// Gives a place back.
pub fn free(place: usize) {
    let Some(area) = area() else {
        return;
    };
    if let Some(place) = area.places.get(place) {
        let database = place.database.swap(0, Ordering::SeqCst);
        // Somebody wrote something after the worker had looked.
        if place.news.swap(0, Ordering::SeqCst) != 0 {
            area.want(database);
        }
    }
}

/// Each place that is taken: its number, the database and what became of the worker.
pub fn each(mut f: impl FnMut(usize, Oid, Kind, Phase)) {
    for (i, place) in area().iter().flat_map(|area| area.places).enumerate() {
        let database = place.database.load(Ordering::SeqCst);
        if database != 0 {
            let kind = match place.kind.load(Ordering::SeqCst) {
                1 => Kind::Waker,
                _ => Kind::Runner,
            };
            let phase = Phase::of(place.phase.load(Ordering::SeqCst));
            f(i, Oid::from(database), kind, phase);
        }
    }
}
