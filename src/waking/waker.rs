//! The waker of a database: tells those who listen which logs have news, and has a runner come where there is work.

use super::pace::Pace;
use super::runner;
use super::worker::{self, Then, Work};
use crate::pg::news::{self, Mandate};
use crate::pg::process::{self, Failed};
use crate::pg::spi::{self, Value};
use crate::pg::user;
use crate::settings;
use std::time::Instant;

struct Waker {
    pace: Pace,
    /// logs whose listeners are to be told, a bit each
    pending: u64,
    /// when to look again whether there is something to do here
    look: Instant,
}

/// The waker's function; it is started with the number of its place.
pub fn run(place: usize) {
    let waker = Waker {
        pace: Pace::default(),
        // It does not know what was written before it came.
        pending: u64::MAX,
        look: Instant::now(),
    };
    worker::run(place, waker);
}

/// What a look at the database says.
#[derive(Clone, Copy)]
enum Found {
    NoExtension,
    Extension { has_work: bool },
}

fn look() -> Found {
    match process::has_extension() {
        false => Found::NoExtension,
        true => Found::Extension {
            has_work: runner::has_work(),
        },
    }
}

impl Work for Waker {
    fn step(&mut self, mandate: Mandate, now: Instant) -> Result<Then, Failed> {
        if self.look <= now {
            process::show(Some(c"looking for work"));
            match process::transaction(look)? {
                Found::NoExtension => return Ok(Then::Go),
                Found::Extension { has_work } => mandate.want_runner(has_work),
            }
            self.look = now + settings::NAPTIME.get();
        }
        let nap = self.look.saturating_duration_since(now);
        let news = mandate.take_news();
        if news != 0 {
            mandate.wake_runner();
        }
        self.pending |= news;
        if self.pending == 0 {
            return Ok(Then::Sleep(nap));
        }
        let wait = self.pace.wait(now);
        if !wait.is_zero() {
            return Ok(Then::Sleep(wait.min(nap)));
        }
        if news::is_heard(mandate.database()) {
            process::show(Some(c"waking listeners"));
            let logs = self.pending;
            let sent = process::transaction(|| notify(logs))?;
            self.pace.sent(Instant::now(), sent);
        }
        self.pending = 0;
        Ok(Then::Sleep(nap))
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
