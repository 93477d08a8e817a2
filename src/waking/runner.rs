//! The runner of a database: calls async handlers and closes batches. A process of its own, since a handler may take its
//! time, and whoever listens is not to wait for it.

use super::pace::Tries;
use super::worker::{self, Then, Work};
use crate::handlers;
use crate::pg::news::Mandate;
use crate::pg::process::{self, Failed};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use crate::settings;
use pgrx::pg_sys::Oid;
use std::time::{Duration, Instant};

/// What is to be done, each in a transaction of its own: the trouble of one is not the others'.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// to call the async handler of this name
    Handler(String),
    /// to close a batch of this log
    Batch(u32),
}

struct Runner {
    tries: Tries<Task>,
}

/// The runner's function; it is started with the number of its place.
pub fn run(place: usize) {
    let tries = Tries::new();
    worker::run(place, Runner { tries });
}

/// Whether there is something for a runner in this database.
pub fn has_work() -> bool {
    !tasks().is_empty()
}

fn is_there(table: &str) -> bool {
    // A script of an older release has none.
    relation::lookup("eventlog", table).is_some()
}

/// What there is to do, and as of which version of what does it.
fn tasks() -> Vec<(Task, String)> {
    let mut tasks = async_handlers();
    tasks.extend(wanting_batches());
    tasks
}

/// Async handlers. One that was replaced is another version, as is one whose function was, or got other rights.
fn async_handlers() -> Vec<(Task, String)> {
    if !is_there("handler") {
        return Vec::new();
    }
    let found = spi::query(
        "select h.name, pg_catalog.concat_ws(' ', h.xmin, p.oid, p.xmin) from eventlog.handler h \
         left join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) \
            pg_catalog.to_regprocedure(h.handler operator(pg_catalog.||) '(pg_catalog.jsonb)')::pg_catalog.oid \
         where h.mode operator(pg_catalog.=) 'async' \
            and pg_catalog.to_regprocedure('eventlog.run_handlers(int4, regclass)') is not null \
         order by h.name",
        &[],
        |row| Some((Task::Handler(row.string(1)?), row.string(2)?)),
    );
    found.into_iter().flatten().collect()
}

/// Logs whose batches somebody reads.
fn wanting_batches() -> Vec<(Task, String)> {
    if !is_there("batch_reader") {
        return Vec::new();
    }
    let found = spi::query(
        "select l.relation::pg_catalog.oid from eventlog.log l join pg_catalog.pg_class c \
            on c.oid operator(pg_catalog.=) l.relation \
         where exists (select from eventlog.batch_reader r where r.log_id operator(pg_catalog.=) l.log_id)",
        &[],
        |row| Some((Task::Batch(row.oid(1)?.to_u32()), String::new())),
    );
    found.into_iter().flatten().collect()
}

/// Does it; how many events were handled, if it could be done.
fn work(task: &Task) -> Option<i64> {
    match task {
        Task::Handler(name) => user::with_pinned_path(|| handlers::run_handler(name)),
        Task::Batch(log) => {
            let log = [Value::Oid(Oid::from(*log))];
            spi::exec("select eventlog.tick($1::pg_catalog.regclass)", &log);
            Some(0)
        }
    }
}

impl Work for Runner {
    fn step(&mut self, mandate: Mandate, _now: Instant) -> Result<Then, Failed> {
        process::show(Some(c"looking for work"));
        mandate.take_news();
        let mut found = Vec::new();
        process::transaction(|| {
            if process::has_extension() {
                found = tasks();
            }
        })?;
        if found.is_empty() {
            return Ok(Then::Go);
        }
        self.tries.keep(|task| found.iter().any(|(t, _)| t == task));
        let mut nap = settings::NAPTIME.get();
        for (task, version) in &found {
            // A batch of a handler may have taken its time.
            let now = Instant::now();
            let wait = self.tries.wait(task, version, now);
            if !wait.is_zero() {
                nap = nap.min(wait);
                continue;
            }
            process::show(Some(match task {
                Task::Handler(_) => c"calling handlers",
                Task::Batch(_) => c"closing a batch",
            }));
            match process::transaction(|| work(task)) {
                Ok(Some(handled)) => {
                    self.tries.succeeded(task);
                    if handled > 0 {
                        nap = Duration::ZERO;
                    }
                }
                Ok(None) | Err(Failed) => {
                    let wait = self.tries.failed(task, version, Instant::now());
                    nap = nap.min(wait);
                }
            }
        }
        Ok(Then::Sleep(nap))
    }
}
