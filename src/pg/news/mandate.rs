//! A worker's view of its place.

use super::{Area, Kind, MINE, Phase, Place, area, database, is_held, tell_of_end, wake};
use pgrx::pg_sys::{self, Oid};
use std::sync::atomic::Ordering;

/// The place that this worker has taken.
#[derive(Clone, Copy)]
pub struct Mandate {
    area: Area,
    place: &'static Place,
}

impl Mandate {
    /// The worker has come: takes the place that it was started for; none where it is not awaited any more.
    pub fn begin(number: usize) -> Option<Mandate> {
        let area = area()?;
        let place = area.places.get(number)?;
        let (starting, running) = (Phase::Starting as u32, Phase::Running as u32);
        place
            .phase
            .compare_exchange(starting, running, Ordering::SeqCst, Ordering::SeqCst)
            .ok()?;
        tell_of_end();
        MINE.with(|mine| mine.place = Some(number));
        // SAFETY: both are of this process; the latch is in shared memory.
        let (pid, latch) = unsafe { (pg_sys::MyProcPid, pg_sys::MyLatch) };
        place.pid.store(pid, Ordering::SeqCst);
        place.latch.store(latch, Ordering::SeqCst);
        Some(Mandate { area, place })
    }

    /// The database that it is for.
    pub fn database(&self) -> Oid {
        Oid::from(self.place.database.load(Ordering::SeqCst))
    }

    /// Whether the session is in the database that it is for.
    pub fn is_home(&self) -> bool {
        self.database().to_u32() == database()
    }

    /// Whether somebody wants the database without sessions.
    pub fn is_revoked(&self) -> bool {
        is_held(self.database())
    }

    /// Takes the logs that have news, a bit each.
    pub fn take_news(&self) -> u64 {
        self.place.news.swap(0, Ordering::SeqCst)
    }

    /// There is nothing to do here: the worker goes.
    pub fn give_up(self) {
        let ended = Phase::Ended as u32;
        self.place.phase.store(ended, Ordering::SeqCst);
    }

    /// Whether a runner has something to do here: has the launcher start one, and wakes it.
    pub fn want_runner(&self, wanted: bool) {
        let before = self.place.upkeep.swap(u32::from(wanted), Ordering::SeqCst);
        if wanted && before == 0 {
            wake(&self.area.head.launcher);
        }
    }

    /// Tells the runner of this database that something was written.
    pub fn wake_runner(&self) {
        let runner = self.area.of(self.database().to_u32(), Kind::Runner);
        if let Some(place) = runner {
            place.news.store(u64::MAX, Ordering::SeqCst);
            wake(&place.latch);
        }
    }
}
