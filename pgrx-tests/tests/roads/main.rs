//! The straight road and the executor's: on logs, roles, grants, policies, triggers and events made by chance, both give
//! the same rows in the same order, the same numbers drawn, and the same errors.
//!
//! Each event is written twice, in a subtransaction that is rolled back: once with `eventlog.straight` on, once off.
//! Which road was really taken is told by the calls of `new_xid()`, the default that only the executor calls.
//!
//! `EVENTLOG_FUZZ_SEED` repeats a run, and `EVENTLOG_FUZZ_SECONDS` makes it last.

mod chance;
mod world;

use std::env;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pg_eventlog_tests::Database;
use world::{Done, World};

/// Rounds of a run that is not told how long to last.
const ROUNDS: u64 = 10;

#[test]
fn both_roads_are_the_same_to_everyone() {
    let seed: u64 = env::var("EVENTLOG_FUZZ_SEED").map_or_else(
        |_| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            now.as_nanos() as u64 % 1_000_000
        },
        |seed| seed.parse().expect("EVENTLOG_FUZZ_SEED is a number"),
    );
    let limit = env::var("EVENTLOG_FUZZ_SECONDS")
        .ok()
        .map(|s| s.parse().expect("EVENTLOG_FUZZ_SECONDS is a number"))
        .map(Duration::from_secs);
    println!("EVENTLOG_FUZZ_SEED={seed}");
    let database = Database::fresh();
    let start = Instant::now();
    let (mut round, mut done) = (0, Done::default());
    while limit.map_or(round < ROUNDS, |limit| start.elapsed() < limit) {
        World::new(&database, seed + round).run(&mut done);
        round += 1;
    }
    println!("{round} rounds, {done:?}");
    assert!(
        done.straight > round
            && done.executed > round
            && done.refused > round
            && done.straight_refused > 0,
        "the world hardly moves: {done:?}"
    );
}
