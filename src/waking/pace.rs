//! How often something is done: notifications, and attempts after a failure.

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
}
