//! Each committed event once to each reader, in the order of each entity, whatever happens.
//!
//! `PROPTEST_CASES` says how many runs there are (half as many of each kind); a run that fails is printed as its steps.
//!
//! The mistakes that readers can make are made here on purpose, and each must be found: what holds only because nothing
//! ever happened would be no law. In the same way the algebra itself was broken by hand, and each of these was found:
//!
//! - marks of running transactions that are not looked at, or taken from one id too low; a pause that is off by one;
//! - rows of which the boundary, or the position, is not asked;
//! - across timelines: what was seen, or the end of an unfinished window, not cut to what the present has seen; marks
//!   believed; ids of a later timeline taken for those of an earlier one;
//! - across systems: no floor below or above; marks of the old system believed; in a window that began elsewhere, what
//!   this system or others on the way have written;
//! - a replay that forgets the window that it broke off.

use super::judge::run;
use super::readers::Mistake;
use super::steps::steps;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

fn half() -> Config {
    let config = Config::default();
    Config {
        cases: config.cases / 2,
        ..config
    }
}

proptest! {
    #![proptest_config(half())]

    #[test]
    fn each_event_once_and_in_order(steps in steps(false)) {
        run(Mistake::None, &steps)?;
    }

    #[test]
    fn each_event_once_through_crashes_promotions_and_restores(steps in steps(true)) {
        run(Mistake::None, &steps)?;
    }
}

/// Asserts that a mistake makes readers be told so many times of some event, in runs that are the same each time.
fn is_found(mistake: Mistake, disasters: bool, times: &str) {
    let config = Config {
        cases: 3_000,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let found = runner.run(&steps(disasters), |steps| match run(mistake, &steps) {
        Err(TestCaseError::Fail(why)) if !why.message().contains(times) => Ok(()),
        other => other,
    });
    match found {
        Err(TestError::Fail(why, _)) => assert!(why.message().contains(times), "{why}"),
        other => panic!("{mistake:?} is not found: {other:?}"),
    }
}

const LOST: &str = "told 0 times";
const TWICE: &str = "told 2 times";

#[test]
fn marks_read_in_the_wrong_order_lose_events() {
    is_found(Mistake::MarkBackwards, false, LOST);
}

#[test]
fn marks_at_the_xmax_of_a_snapshot_lose_events() {
    is_found(Mistake::MarkAtXmax, false, LOST);
}

#[test]
fn a_reader_whose_own_transaction_has_ended_for_it_loses_events() {
    is_found(Mistake::OwnEnded, false, LOST);
}

#[test]
fn a_boundary_of_a_later_statement_loses_events() {
    is_found(Mistake::BoundaryLater, false, LOST);
}

#[test]
fn a_boundary_behind_the_last_one_delivers_twice() {
    is_found(Mistake::NotContained, false, TWICE);
}

#[test]
fn a_position_that_left_before_its_wal_was_on_disk_loses_events() {
    is_found(Mistake::NotFlushed, true, LOST);
}

#[test]
fn a_position_from_outside_does_not_go_back_with_the_log() {
    is_found(Mistake::NotOutside, true, LOST);
}
