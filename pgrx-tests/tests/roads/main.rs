//! The straight road and the executor's: on logs, roles, grants, policies, triggers and events made by chance, both give
//! the same rows in the same order, the same numbers drawn, and the same errors.
//!
//! Each event is written twice, in a subtransaction that is rolled back: once with `eventlog.straight` on, once off.
//! Which road was really taken is told by the calls of `new_xid()`, the default that only the executor calls.
//!
//! `EVENTLOG_FUZZ_SEED` repeats a run, and `EVENTLOG_FUZZ_SECONDS` makes it last.

mod chance;
mod world;

use pg_eventlog_tests::{Database, Rounds};
use world::{Done, World};

/// Rounds of a run that is not told how long to last.
const ROUNDS: u64 = 10;

#[test]
fn both_roads_are_the_same_to_everyone() {
    let mut rounds = Rounds::of(ROUNDS);
    let database = Database::fresh();
    let mut done = Done::default();
    for seed in rounds.by_ref() {
        World::new(&database, seed).run(&mut done);
    }
    let round = rounds.begun();
    println!("{round} rounds, {done:?}");
    assert!(
        done.straight > round
            && done.executed > round
            && done.refused > round
            && done.straight_refused > 0,
        "the world hardly moves: {done:?}"
    );
}
