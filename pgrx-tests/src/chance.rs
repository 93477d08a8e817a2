//! How long a run by chance lasts, and with what it begins.

use std::env;
use std::time::{Duration, Instant};

/// The seeds of a run's rounds, one after the other.
///
/// `EVENTLOG_FUZZ_SEED` chooses the first, and `EVENTLOG_FUZZ_SECONDS` makes the run last. Without a word from
/// whoever runs it, it is the same each time: a suite is asked about the change at hand, not about luck.
pub struct Rounds {
    seed: u64,
    round: u64,
    rounds: u64,
    limit: Option<Duration>,
    start: Instant,
}

impl Rounds {
    /// So many, unless the environment says otherwise; prints the seed.
    pub fn of(rounds: u64) -> Rounds {
        let number = |name: &str| {
            let given = env::var(name).ok()?;
            Some(
                given
                    .parse::<u64>()
                    .unwrap_or_else(|_| panic!("{name} is a number, not \"{given}\"")),
            )
        };
        let seed = number("EVENTLOG_FUZZ_SEED").unwrap_or(8);
        println!("EVENTLOG_FUZZ_SEED={seed}");
        Rounds {
            seed,
            round: 0,
            rounds,
            limit: number("EVENTLOG_FUZZ_SECONDS").map(Duration::from_secs),
            start: Instant::now(),
        }
    }

    /// The seed of the first round.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many have begun.
    pub fn begun(&self) -> u64 {
        self.round
    }

    /// Whether the time is over, in the midst of a round.
    pub fn is_late(&self) -> bool {
        self.limit
            .is_some_and(|limit| self.start.elapsed() >= limit)
    }
}

impl Iterator for Rounds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let goes_on = match self.limit {
            Some(_) => !self.is_late(),
            None => self.round < self.rounds,
        };
        goes_on.then(|| {
            self.round += 1;
            self.seed + self.round - 1
        })
    }
}
