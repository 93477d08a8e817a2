//! Tests of pg_eventlog against real servers, through real connections.
//!
//! A test takes a fresh database of the process's shared cluster ([`Database::fresh`]), or a [`Cluster`]
//! of its own when it stops, kills, dumps or upgrades one. Two sessions that must meet at a lock are
//! [`Session`]s. Every wait has a limit, and no process outlives the tests.

mod chance;
mod cluster;
mod command;
mod database;
mod install;
mod refusal;
mod session;
mod tools;

pub use chance::Rounds;
pub use cluster::{Cluster, SUPERUSER};
pub use command::{Ran, run};
pub use database::Database;
pub use install::Install;
pub use refusal::{Refusal, refused};
pub use session::{Pending, Session};
pub use tools::drivers;

use std::time::{Duration, Instant};

/// How long anything may take before a test calls it stuck.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Asks `done` again and again until it says yes; panics with `what` after [`LIMIT`].
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < LIMIT,
            "waited {LIMIT:?} in vain until {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
