//! The launcher: starts workers in the databases in which there is something to do, and again when they fail.

use super::pace::BackOff;
use crate::error;
use crate::pg::news::{self, Kind, Phase, launcher};
use crate::pg::process::{self, Database, Description};
use crate::settings;
use pgrx::pg_sys::Oid;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long it sleeps where nobody wakes it. Then it looks for databases that it has not seen.
const NAP: Duration = Duration::from_secs(60);

/// Between two looks at least: a database in which no worker may be asks for one with each commit.
const BETWEEN: Duration = Duration::from_secs(1);

/// What is known of a database.
#[derive(Default)]
struct Known {
    back_off: BackOff,
    /// when the last one was started
    started: Option<Instant>,
    /// a worker failed, and is started again then
    again: Option<Instant>,
}

#[derive(Default)]
struct Launcher {
    /// by database and kind of worker
    known: BTreeMap<(u32, u32), Known>,
    /// whether it was said that there is no room
    complained: bool,
}

/// The launcher's function.
pub fn run(_argument: usize) {
    process::connect(None, None);
    launcher::is_here();
    let mut this = Launcher::default();
    let mut last: Option<Instant> = None;
    loop {
        process::listen_anew();
        // An error of this is none of the launcher's: it goes on.
        let _ = process::attend_to_interrupts();
        let now = Instant::now();
        this.collect(now);
        let due = last.map_or(now, |last| last + BETWEEN);
        let sleep = match due > now {
            true => due - now,
            false => {
                last = Some(now);
                this.look(now)
            }
        };
        process::wait(sleep);
    }
}

impl Launcher {
    /// Takes back the places of workers that went.
    fn collect(&mut self, now: Instant) {
        launcher::each(|place, database, kind, phase| {
            let known = self.known.entry(key(database, kind)).or_default();
            match phase {
                Phase::Starting | Phase::Running => return,
                Phase::Ended => known.back_off.succeeded(),
                Phase::Failed => {
                    let worked = known
                        .started
                        .map(|then| now.saturating_duration_since(then));
                    let wait = known.back_off.failed_after(worked.unwrap_or_default());
                    known.again = Some(now + wait);
                }
            }
            launcher::free(place);
        });
    }

    /// Starts what is to be started; how long to sleep then.
    fn look(&mut self, now: Instant) -> Duration {
        let wanted = launcher::take_wanted();
        let mut found = Vec::new();
        let failed = process::transaction(|| found = process::databases()).is_err();
        if failed {
            return NAP;
        }
        self.known
            .retain(|(oid, _), _| found.iter().any(|d| d.oid.to_u32() == *oid));
        let mut sleep = NAP;
        for database in found {
            if settings::serves(&database.name) && !news::is_held(database.oid) {
                let waits = [
                    self.start_if(&database, Kind::Waker, wanted(database.oid), now),
                    self.start_if(
                        &database,
                        Kind::Runner,
                        launcher::has_upkeep(database.oid),
                        now,
                    ),
                ];
                sleep = waits.into_iter().flatten().fold(sleep, Duration::min);
            }
        }
        sleep
    }

    /// Starts a worker where there is none and one is wanted, or was never there; how long until it is tried again.
    fn start_if(
        &mut self,
        database: &Database,
        kind: Kind,
        wanted: bool,
        now: Instant,
    ) -> Option<Duration> {
        let key = key(database.oid, kind);
        let is_new = kind == Kind::Waker && !self.known.contains_key(&key);
        let known = self.known.entry(key).or_default();
        if launcher::is_served(database.oid, kind) {
            return None;
        }
        // One that failed is not started before its time, whoever wants it.
        match known.again {
            Some(again) if again > now => return Some(again - now),
            None if !is_new && !wanted => return None,
            _ => {}
        }
        known.again = None;
        known.started = Some(now);
        if start(database, kind) {
            return None;
        }
        let wait = known.back_off.failed();
        known.again = Some(now + wait);
        self.complain(database);
        Some(wait)
    }

    fn complain(&mut self, database: &Database) {
        if !std::mem::replace(&mut self.complained, true) {
            let name = database.name.to_string_lossy();
            let message = format!(
                "could not start the background worker of pg_eventlog for database \"{name}\""
            );
            error::complain(&message, "You might need to raise max_worker_processes.");
        }
    }
}

fn key(database: Oid, kind: Kind) -> (u32, u32) {
    (database.to_u32(), kind as u32)
}

/// Starts a worker. A worker that came and went is as good as one that is there.
fn start(database: &Database, kind: Kind) -> bool {
    let Some(place) = launcher::take_place(database.oid, kind) else {
        return false;
    };
    let (title, symbol) = match kind {
        Kind::Waker => ("pg_eventlog waker", "eventlog_waker"),
        Kind::Runner => ("pg_eventlog runner", "eventlog_runner"),
    };
    let description = Description {
        title,
        symbol,
        argument: place,
        extra: &database.name,
        restart: None,
    };
    let mut came = false;
    // In no transaction: an error is told to the log and leaves nothing behind.
    let done = process::attempt(|| came = description.start());
    (done.is_ok() && came) || !give_back(place, database.oid)
}

/// Frees a place to which no worker came; whether there was none.
fn give_back(place: usize, database: Oid) -> bool {
    let mut none_came = false;
    launcher::each(|i, of, _, phase| {
        none_came |= i == place && of == database && phase == Phase::Starting;
    });
    if none_came {
        launcher::free(place);
    }
    none_came
}
