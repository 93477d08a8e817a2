//! The fuzz targets, for a bounded number of inputs: seeds and what chance makes of them. The seed is printed;
//! `EVENTLOG_FUZZ_SEED` takes it back, `EVENTLOG_FUZZ_ROUNDS` says how many inputs each target gets.

use pg_eventlog_fuzz::TARGETS;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{SystemTime, UNIX_EPOCH};

const ROUNDS: u64 = 40_000;

/// An input is made smaller than this.
const LONGEST: usize = 4_096;

struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) as usize) % limit.max(1)
    }

    /// One input, of one or two others.
    fn changed(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let until = (at + self.below(9)).min(bytes.len());
            match self.below(8) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][self.below(5)],
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..until)),
                4 => bytes.insert(
                    at,
                    [b'"', b'{', b'}', b'[', b'\\', 0, 0xC3, b' '][self.below(8)],
                ),
                5 => {
                    let copy = bytes[at..until].to_vec();
                    let place = self.below(bytes.len() + 1);
                    bytes.splice(place..place, copy);
                }
                6 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[from..]);
                }
                // A word of four bytes, as headers and entries are.
                _ if at + 4 <= bytes.len() => {
                    let word =
                        [0_u32, 1, 0x2000_0001, 0x4000_0002, 0x8000_0000, u32::MAX][self.below(6)];
                    bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
                }
                _ => {}
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn hostile_input_breaks_no_promise() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |t| t.as_nanos() as u64);
    let seed = number("EVENTLOG_FUZZ_SEED").unwrap_or(now) | 1;
    let rounds = number("EVENTLOG_FUZZ_ROUNDS").unwrap_or(ROUNDS);
    println!("EVENTLOG_FUZZ_SEED={seed} EVENTLOG_FUZZ_ROUNDS={rounds}");
    for (name, target, seeds) in TARGETS {
        let mut chance = Chance(seed);
        let mut pool = seeds();
        pool.iter().for_each(|seed| target(seed));
        for round in 0..rounds {
            let input = chance.changed(&pool);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&input))) {
                println!(
                    "{name}, round {round}: {:?}",
                    String::from_utf8_lossy(&input)
                );
                println!("as bytes: {input:?}");
                std::panic::resume_unwind(panic);
            }
            // Some of what was made is changed further.
            if chance.below(200) == 0 && pool.len() < 500 {
                pool.push(input);
            }
        }
    }
}
