//! What the workers of a database have in common: how they come, go, wait, and take an error.

use super::pace::BackOff;
use crate::pg::news::Mandate;
use crate::pg::process::{self, Failed};
use crate::settings;
use std::time::{Duration, Instant};

/// Whether a worker is to go on, and how long it may sleep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Sleep(Duration),
    Go,
}

/// What a worker does.
pub trait Work {
    /// Does what is to be done now. The worker has its database, and has attended to interrupts.
    fn step(&mut self, mandate: Mandate, now: Instant) -> Result<Then, Failed>;
}

/// A worker's function; it was started with the number of its place.
pub fn run(place: usize, mut work: impl Work) {
    let Some(mandate) = Mandate::begin(place) else {
        return;
    };
    let role = settings::WORKER_ROLE.get();
    process::connect(Some(&process::extra()), role.as_deref());
    // The database has got another name, or another database has got its.
    if !mandate.is_home() {
        return mandate.give_up();
    }
    let mut back_off = BackOff::default();
    let mut not_before = Instant::now();
    loop {
        process::listen_anew();
        // An error of this is none of the worker's: it goes on.
        let _ = process::attend_to_interrupts();
        if mandate.is_revoked() || !settings::serves(&process::extra()) {
            return mandate.give_up();
        }
        let now = Instant::now();
        let sleep = if now < not_before {
            not_before - now
        } else {
            match work.step(mandate, now) {
                Ok(Then::Go) => return mandate.give_up(),
                Ok(Then::Sleep(sleep)) => {
                    back_off.succeeded();
                    sleep
                }
                Err(Failed) => {
                    let wait = back_off.failed();
                    not_before = now + wait;
                    wait
                }
            }
        };
        process::show(None);
        process::wait(sleep);
    }
}
