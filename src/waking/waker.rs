//! The waker of a database: tells those who listen which logs have news.

use super::pace::{BackOff, Pace};
use crate::pg::news::{self, Mandate};
use crate::pg::process::{self, Failed};
use crate::pg::spi::{self, Value};
use crate::pg::user;
use crate::settings;
use std::time::{Duration, Instant};

struct Waker {
    mandate: Mandate,
    pace: Pace,
    /// logs whose listeners are to be told, a bit each
    pending: u64,
    /// when to look again whether there is something to do here
    look: Instant,
}

/// Whether the worker is to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Go,
}

/// The waker's function; it is started with the number of its place.
pub fn run(place: usize) {
    let Some(mandate) = Mandate::begin(place) else {
        return;
    };
    let role = settings::WORKER_ROLE.get();
    process::connect(Some(&process::extra()), role.as_deref());
    // The database has got another name, or another database has got its.
    if !mandate.is_home() {
        return mandate.give_up();
    }
    let mut waker = Waker {
        mandate,
        pace: Pace::default(),
        // It does not know what was written before it came.
        pending: u64::MAX,
        look: Instant::now(),
    };
    let mut back_off = BackOff::default();
    let mut not_before = Instant::now();
    loop {
        process::listen_anew();
        let now = Instant::now();
        let sleep = if now < not_before {
            let _ = process::attend_to_interrupts();
            match waker.mandate.is_revoked() {
                true => return mandate.give_up(),
                false => not_before - now,
            }
        } else {
            match waker.step(now) {
                Ok((Then::Go, _)) => return mandate.give_up(),
                Ok((Then::GoOn, sleep)) => {
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

impl Waker {
    /// Does what is to be done now; how long to sleep then.
    fn step(&mut self, now: Instant) -> Result<(Then, Duration), Failed> {
        process::attend_to_interrupts()?;
        let database = self.mandate.database();
        let served = settings::serves(&process::extra());
        if self.mandate.is_revoked() || !served {
            return Ok((Then::Go, Duration::ZERO));
        }
        if self.look <= now {
            process::show(Some(c"looking for work"));
            if !process::transaction(process::has_extension)? {
                return Ok((Then::Go, Duration::ZERO));
            }
            self.look = now + settings::NAPTIME.get();
        }
        let nap = self.look.saturating_duration_since(now);
        self.pending |= self.mandate.take_news();
        if self.pending == 0 {
            return Ok((Then::GoOn, nap));
        }
        let wait = self.pace.wait(now);
        if !wait.is_zero() {
            return Ok((Then::GoOn, wait.min(nap)));
        }
        if news::is_heard(database) {
            process::show(Some(c"waking listeners"));
            let logs = self.pending;
            let sent = process::transaction(|| notify(logs))?;
            self.pace.sent(Instant::now(), sent);
        }
        self.pending = 0;
        Ok((Then::GoOn, nap))
    }
}

/// Tells those who listen of these logs; how many that were.
fn notify(logs: u64) -> u32 {
    if !process::has_extension() {
        return 0;
    }
    // It is a wake-up: nothing is lost that a crash would lose with it.
    user::set_local(c"synchronous_commit", Some(c"off"));
    let all = spi::query("select l.log_id from eventlog.log l", &[], |row| {
        row.uuid(1)
    });
    let mut sent = 0;
    for log in all.into_iter().flatten() {
        if news::bit(log) & logs != 0 {
            spi::query(
                "select pg_catalog.pg_notify('eventlog', $1)",
                &[Value::text(log.to_string())],
                |_| (),
            );
            sent += 1;
        }
    }
    sent
}
