//! The background worker, which wakes those who wait for events.
//!
//! It is there where the server preloads the library, and nothing needs it: it only spares waiting. A *launcher* starts
//! workers in each database in which there is something to do: a *waker* tells those who listen, and a *runner* calls
//! async handlers and closes batches.

mod launcher;
mod pace;
mod runner;
mod waker;
mod worker;

use crate::pg::{news, process, utility};

/// The name under which `pg_stat_activity` shows the launcher.
const LAUNCHER: &str = "pg_eventlog launcher";

/// Has the server start the launcher, if it is preloading the library.
pub fn preload() {
    if !process::is_preloading() {
        return;
    }
    news::reserve();
    utility::watch();
    process::Description {
        title: LAUNCHER,
        symbol: "eventlog_launcher",
        argument: 0,
        extra: c"",
        restart: Some(5),
    }
    .register();
}

process::background! {
    eventlog_launcher => launcher::run,
    eventlog_waker => waker::run,
    eventlog_runner => runner::run,
}
