//! How often something is done: notifications, and attempts after a failure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Between two notifications of a worker's at least: 100 a second.
const BETWEEN: Duration = Duration::from_millis(10);

/// The first wait after a failure, and the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// When the next notification may be sent.
#[derive(Default)]
pub struct Pace {
    next: Option<Instant>,
}

impl Pace {
    /// How long that is from now.
    pub fn wait(&self, now: Instant) -> Duration {
        self.next
            .map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// So many were sent.
    pub fn sent(&mut self, now: Instant, count: u32) {
        self.next = Some(now + BETWEEN * count);
    }
}

/// How long to wait after failures in a row.
#[derive(Default, Clone, Debug)]
pub struct BackOff {
    failures: u32,
}

impl BackOff {
    /// It failed once more: how long to wait.
    pub fn failed(&mut self) -> Duration {
        let wait = FIRST * (1 << self.failures.min(6));
        self.failures += 1;
        wait.min(LONGEST)
    }

    /// It did not fail.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// What had worked for so long failed: how long to wait. One that worked for longer than anybody waits has succeeded
    /// first, though nobody was told.
    pub fn failed_after(&mut self, worked: Duration) -> Duration {
        if worked > LONGEST {
            self.succeeded();
        }
        self.failed()
    }
}

/// Which of several tasks are tried now: the failures of one make no other one wait.
pub struct Tries<K> {
    failing: BTreeMap<K, Failing>,
}

/// A task that failed when it was tried last.
struct Failing {
    /// as what it failed
    version: String,
    back_off: BackOff,
    /// when it is tried again
    again: Instant,
}

impl<K: Ord + Clone> Tries<K> {
    pub fn new() -> Self {
        Tries {
            failing: BTreeMap::new(),
        }
    }

    /// How long until it is tried. One that is another by now than when it failed is tried at once.
    pub fn wait(&self, task: &K, version: &str, now: Instant) -> Duration {
        let failing = self.failing.get(task).filter(|f| f.version == version);
        failing.map_or(Duration::ZERO, |f| f.again.saturating_duration_since(now))
    }

    /// It failed; how long until it is tried again.
    pub fn failed(&mut self, task: &K, version: &str, now: Instant) -> Duration {
        let before = self.failing.remove(task).filter(|f| f.version == version);
        let mut back_off = before.map_or_else(BackOff::default, |f| f.back_off);
        let wait = back_off.failed();
        let failing = Failing {
            version: version.to_owned(),
            back_off,
            again: now + wait,
        };
        self.failing.insert(task.clone(), failing);
        wait
    }

    /// It did not fail.
    pub fn succeeded(&mut self, task: &K) {
        self.failing.remove(task);
    }

    /// Forgets all others.
    pub fn keep(&mut self, is_there: impl Fn(&K) -> bool) {
        self.failing.retain(|task, _| is_there(task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_a_second_and_no_more() {
        let mut pace = Pace::default();
        let start = Instant::now();
        let (mut now, mut sent) = (start, 0);
        // Whatever the steps, of logs that have news at once.
        for count in [1, 3, 1, 1, 2].into_iter().cycle() {
            now += pace.wait(now);
            if now >= start + Duration::from_secs(1) {
                break;
            }
            pace.sent(now, count);
            sent += count;
        }
        assert!((98..=102).contains(&sent), "{sent}");
        // After a pause it does not wait.
        assert_eq!(pace.wait(now + Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn failures_are_waited_for_longer_and_longer() {
        let mut back_off = BackOff::default();
        let waits: Vec<u64> = (0..9).map(|_| back_off.failed().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        back_off.succeeded();
        assert_eq!(back_off.failed().as_secs(), 1);
    }
    #[test]
    fn what_worked_for_long_is_not_waited_for_as_if_it_had_failed_all_the_time() {
        let mut back_off = BackOff::default();
        let waits = [0, 30, 60].map(|worked| back_off.failed_after(Duration::from_secs(worked)));
        assert_eq!(waits.map(|wait| wait.as_secs()), [1, 2, 4]);
        // A worker that somebody ends once a day.
        for _ in 0..9 {
            let wait = back_off.failed_after(Duration::from_secs(24 * 60 * 60));
            assert_eq!(wait.as_secs(), 1);
        }
    }

    #[test]
    fn each_task_waits_for_its_own_failures() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut tries = Tries::new();
        assert_eq!(tries.failed(&"bad", "1", at(0)).as_secs(), 1);
        assert_eq!(tries.failed(&"bad", "1", at(1)).as_secs(), 2);
        assert_eq!(tries.wait(&"bad", "1", at(1)).as_secs(), 2);
        assert_eq!(tries.wait(&"bad", "1", at(9)), Duration::ZERO);
        assert_eq!(tries.wait(&"good", "1", at(1)), Duration::ZERO);
        // It was repaired, and fails for another reason.
        assert_eq!(tries.wait(&"bad", "2", at(1)), Duration::ZERO);
        assert_eq!(tries.failed(&"bad", "2", at(1)).as_secs(), 1);
        assert_eq!(tries.failed(&"bad", "2", at(2)).as_secs(), 2);
        tries.succeeded(&"bad");
        assert_eq!(tries.wait(&"bad", "2", at(2)), Duration::ZERO);
        assert_eq!(tries.failed(&"bad", "2", at(3)).as_secs(), 1);
        // It went, and another one of its name came.
        tries.keep(|task| *task != "bad");
        assert_eq!(tries.wait(&"bad", "2", at(3)), Duration::ZERO);
    }
}
