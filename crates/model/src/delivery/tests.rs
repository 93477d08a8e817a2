//! A shard, its queue and its workers, some of which die.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What an event does to whoever works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    Good,
    /// fails so many times
    Fails(u32),
    /// kills the worker
    Poison,
    /// kills the worker the first time, by chance
    Unlucky,
}

#[derive(Clone, Debug)]
struct Event {
    entity: u8,
    nature: Nature,
    attempt: u32,
    /// of a failed one: it waits for its next attempt
    waits: bool,
}

struct Shard {
    care: Care,
    order: OrderedBy,
    rules: Rules,
    /// by seq
    left: BTreeMap<i64, Event>,
    done: Vec<(i64, u8)>,
    dead: Vec<i64>,
    blocked: Vec<u8>,
}

impl Shard {
    fn next_batch(&mut self, wanted: u32) -> Vec<i64> {
        let mut batch: Vec<i64> = Vec::new();
        let mut waiting: Vec<u8> = self.blocked.clone();
        for (seq, event) in &self.left {
            if batch.len() as u32 == self.care.limit(wanted) {
                break;
            }
            let held = waiting.contains(&event.entity);
            if event.waits && !held {
                // Its time has not come.
                waiting.push(event.entity);
                continue;
            }
            match self.order.place(held, !waiting.is_empty()) {
                Place::Hand => batch.push(*seq),
                Place::Hold => {}
                Place::Stop => break,
            }
        }
        if batch.is_empty() {
            // Time passes.
            for event in self.left.values_mut() {
                event.waits = false;
            }
        }
        batch
    }

    fn fails(&mut self, seq: i64) {
        let event = self.left.get_mut(&seq).unwrap();
        match self.rules.failed(event.attempt, None, 7) {
            Fate::Retry(_) => {
                event.attempt += 1;
                event.waits = true;
            }
            Fate::Dead(then) => {
                if then == OnDead::Block {
                    self.blocked.push(event.entity);
                }
                self.left.remove(&seq);
                self.dead.push(seq);
            }
        }
    }

    /// A worker takes a batch, and maybe dies of it.
    fn work(&mut self, wanted: u32) {
        let batch = self.next_batch(wanted);
        let mut failed: Vec<u8> = Vec::new();
        for (at, seq) in batch.iter().enumerate() {
            let event = self.left.get_mut(seq).unwrap();
            // What was handed out behind one that fails goes back, as it must not pass it.
            match self
                .order
                .place(failed.contains(&event.entity), !failed.is_empty())
            {
                Place::Hand => {}
                Place::Hold => continue,
                Place::Stop => break,
            }
            match event.nature {
                Nature::Poison | Nature::Unlucky => {
                    if event.nature == Nature::Unlucky {
                        event.nature = Nature::Good;
                    }
                    // What it acked is settled, the rest is not.
                    let (care, charge) = self.care.expired((batch.len() - at) as u32);
                    self.care = care;
                    if charge == Charge::Attempt {
                        assert_eq!(batch.len(), 1);
                        let dead = self.dead.len();
                        self.fails(*seq);
                        if self.dead.len() > dead {
                            self.care = self.care.settled(1);
                        }
                    }
                    return;
                }
                Nature::Fails(times) if event.attempt <= times => {
                    let entity = event.entity;
                    self.fails(*seq);
                    if self.left.contains_key(seq) || self.blocked.contains(&entity) {
                        failed.push(entity);
                    }
                }
                Nature::Good | Nature::Fails(_) => {
                    self.done.push((*seq, event.entity));
                    self.left.remove(seq);
                }
            }
            // One after the other, as acks of parts.
            if let Care::OneByOne { .. } = self.care {
                self.care = self.care.settled(1);
            }
        }
        if !batch.is_empty() && matches!(self.care, Care::Batches { .. }) {
            self.care = self.care.settled(batch.len() as u32);
        }
    }
}

fn nature() -> impl Strategy<Value = Nature> {
    prop_oneof![
        10 => Just(Nature::Good),
        2 => (1_u32..6).prop_map(Nature::Fails),
        1 => Just(Nature::Poison),
        1 => Just(Nature::Unlucky),
    ]
}

proptest! {
    /// Seen failing with a lease that charges the whole batch, with batches all the way (then nothing ever ends), and
    /// with events that pass those that they should wait for.
    #[test]
    fn what_fails_ends_alone_and_the_rest_gets_through(
        events in prop::collection::vec((0_u8..4, nature()), 0..40),
        wanted in 1_u32..12,
        order in prop::sample::select(vec![OrderedBy::Entity, OrderedBy::Log, OrderedBy::None]),
        on_dead in prop::sample::select(vec![OnDead::Skip, OnDead::Block]),
    ) {
        let rules = Rules::new(3, on_dead, Duration::from_secs(5), Duration::from_secs(60)).unwrap();
        let all: BTreeMap<i64, Event> = events.into_iter().enumerate().map(|(at, (entity, nature))| {
            (at as i64, Event { entity, nature, attempt: 1, waits: false })
        }).collect();
        let mut shard = Shard {
            care: Care::default(), order, rules, left: all.clone(), done: vec![], dead: vec![], blocked: vec![],
        };
        for _ in 0..2_000 {
            shard.work(wanted);
        }
        let ends = |nature| matches!(nature, Nature::Poison) || matches!(nature, Nature::Fails(3..));
        // With block, what comes after a dead letter of its entity waits: with log that is all.
        let blocks = on_dead == OnDead::Block && order != OrderedBy::None;
        for (seq, event) in &all {
            let after = |dead: &&i64| **dead < *seq && (order == OrderedBy::Log || all[*dead].entity == event.entity);
            let waits = blocks && shard.dead.iter().any(|dead| after(&dead));
            prop_assert_eq!(shard.left.contains_key(seq), waits, "{}", seq);
            prop_assert_eq!(shard.dead.contains(seq), !waits && ends(event.nature), "{}", seq);
            let times = shard.done.iter().filter(|(done, _)| done == seq).count();
            prop_assert_eq!(times, usize::from(!waits && !ends(event.nature)));
        }
        let in_order = |of: &dyn Fn(u8) -> bool| {
            let done: Vec<i64> = shard.done.iter().filter(|(_, e)| of(*e)).map(|(seq, _)| *seq).collect();
            done.is_sorted()
        };
        prop_assert!(order == OrderedBy::None || (0..4).all(|entity| in_order(&|e| e == entity)));
        prop_assert!(order != OrderedBy::Log || in_order(&|_| true));
    }

    #[test]
    fn waits_grow_to_their_maximum_and_are_scattered(attempt in 1_u32..=u32::MAX, random: u32) {
        let rules = Rules::new(1000, OnDead::Skip, Duration::from_secs(5), Duration::from_secs(3600)).unwrap();
        let Fate::Retry(wait) = rules.failed(attempt.min(999), None, random) else {
            return Err(TestCaseError::fail("dead"));
        };
        let full = 5.0 * 2_f64.powi(attempt.min(999) as i32 - 1);
        let full = full.min(3600.0);
        prop_assert!(wait.as_secs_f64() >= full / 2.0 - 0.001 && wait.as_secs_f64() <= full + 0.001);
    }
}

#[test]
fn attempts_end() {
    let rules = Rules::new(2, OnDead::Pause, Duration::ZERO, Duration::from_secs(1)).unwrap();
    assert_eq!(rules.failed(1, None, u32::MAX), Fate::Retry(Duration::ZERO));
    let asked = Some(Duration::from_secs(90));
    assert_eq!(
        rules.failed(1, asked, 0),
        Fate::Retry(Duration::from_secs(90))
    );
    assert_eq!(
        rules.failed(1, Some(Duration::MAX), 0),
        Fate::Retry(MAX_RETRY)
    );
    assert_eq!(rules.failed(2, asked, 0), Fate::Dead(OnDead::Pause));
    assert_eq!(rules.failed(3, None, 0), Fate::Dead(OnDead::Pause));
}

#[test]
fn a_batch_that_was_partly_acked_is_careful_for_the_rest_alone() {
    let (care, charge) = Care::default().expired(100);
    assert_eq!(
        (care, charge),
        (Care::Batches { expiries: 1 }, Charge::Nothing)
    );
    assert_eq!(care.settled(1), Care::default());
    let (care, charge) = care.expired(3);
    assert_eq!(
        (care, charge),
        (Care::OneByOne { left: 3 }, Charge::Nothing)
    );
    assert_eq!(care.limit(100), 1);
    assert_eq!(care.limit(0), 0);
    let (care, charge) = care.expired(1);
    assert_eq!(
        (care, charge),
        (Care::OneByOne { left: 3 }, Charge::Attempt)
    );
    assert_eq!(care.settled(1).settled(1), Care::OneByOne { left: 1 });
    assert_eq!(care.settled(3), Care::default());
}

#[test]
fn what_cannot_be_is_refused() {
    let rules = |attempts, base, max| {
        Rules::new(
            attempts,
            OnDead::Skip,
            Duration::from_secs(base),
            Duration::from_secs(max),
        )
        .is_ok()
    };
    assert!(rules(1, 5, 5) && rules(1000, 0, 366 * 86_400));
    assert!(!rules(0, 5, 5) && !rules(-1, 5, 5) && !rules(1001, 5, 5));
    assert!(!rules(5, 6, 5) && !rules(5, 5, 366 * 86_400 + 1));
    assert!(OnDead::parse("Skip").is_err() && OrderedBy::parse("").is_err());
    for (name, on_dead) in [
        ("skip", OnDead::Skip),
        ("block", OnDead::Block),
        ("pause", OnDead::Pause),
    ] {
        assert_eq!(OnDead::parse(name), Ok(on_dead));
    }
    for (name, order) in [
        ("entity", OrderedBy::Entity),
        ("log", OrderedBy::Log),
        ("none", OrderedBy::None),
    ] {
        assert_eq!(OrderedBy::parse(name), Ok(order));
        assert_eq!(order.check_shards(2).is_ok(), order != OrderedBy::Log);
        assert!(order.check_shards(1).is_ok() && order.check_shards(0).is_err());
    }
    assert!(OrderedBy::Entity.check_shards(1025).is_err());
}
