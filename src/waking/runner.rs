//! The runner of a database: calls async handlers and closes batches. A process of its own, since a handler may take its
//! time, and whoever listens is not to wait for it.

use super::worker::{self, Then, Work};
use crate::pg::news::Mandate;
use crate::pg::process::{self, Failed};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use crate::settings;
use pgrx::pg_sys::Oid;
use std::time::{Duration, Instant};

/// Events of handlers in one transaction.
const EVENTS: i32 = 1_000;

struct Runner;

/// The runner's function; it is started with the number of its place.
pub fn run(place: usize) {
    worker::run(place, Runner);
}

/// Whether there is something for a runner in this database.
pub fn has_work() -> bool {
    has_handlers() || !wanting_batches().is_empty()
}

fn is_there(table: &str) -> bool {
    // A script of an older release has none.
    relation::lookup("eventlog", table).is_some()
}

fn has_handlers() -> bool {
    is_there("handler")
        && spi::query(
            "select exists (select from eventlog.handler h where h.mode operator(pg_catalog.=) 'async') \
             and pg_catalog.to_regprocedure('eventlog.run_handlers(int4, regclass)') is not null",
            &[],
            |row| row.bool(1) == Some(true),
        )
        .contains(&true)
}

/// Logs whose batches somebody reads.
fn wanting_batches() -> Vec<Oid> {
    if !is_there("batch_reader") {
        return Vec::new();
    }
    let found = spi::query(
        "select l.relation::pg_catalog.oid from eventlog.log l join pg_catalog.pg_class c \
            on c.oid operator(pg_catalog.=) l.relation \
         where exists (select from eventlog.batch_reader r where r.log_id operator(pg_catalog.=) l.log_id)",
        &[],
        |row| row.oid(1),
    );
    found.into_iter().flatten().collect()
}

fn handle() -> i64 {
    let handled = user::with_pinned_path(|| {
        spi::run(
            "select eventlog.run_handlers($1)",
            &[Value::Int(Some(EVENTS))],
            |row| row.long(1).unwrap_or(0),
        )
    });
    handled.into_iter().sum()
}

fn tick(log: Oid) {
    spi::exec(
        "select eventlog.tick($1::pg_catalog.regclass)",
        &[Value::Oid(log)],
    );
}

impl Work for Runner {
    fn step(&mut self, mandate: Mandate, _now: Instant) -> Result<Then, Failed> {
        process::show(Some(c"looking for work"));
        mandate.take_news();
        if !process::transaction(|| process::has_extension() && has_work())? {
            return Ok(Then::Go);
        }
        let mut nap = settings::NAPTIME.get();
        if process::transaction(has_handlers)? {
            process::show(Some(c"calling handlers"));
            if process::transaction(handle)? > 0 {
                nap = Duration::ZERO;
            }
        }
        let mut logs = Vec::new();
        process::transaction(|| logs = wanting_batches())?;
        let mut failed = None;
        for log in logs {
            process::show(Some(c"closing a batch"));
            // One log's trouble is not the others'.
            failed = process::transaction(|| tick(log)).err().or(failed);
        }
        match failed {
            None => Ok(Then::Sleep(nap)),
            Some(failed) => Err(failed),
        }
    }
}
