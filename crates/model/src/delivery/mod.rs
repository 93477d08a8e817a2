//! What becomes of events that were handed out: attempts, leases that run out, events that others wait for.
//!
//! - **An attempt is a failure that somebody told of** (`nack`), or a lease that ran out on one event alone. A lease
//!   that runs out on a batch is no attempt of its events: the worker may have been killed for reasons of its own.
//! - **A poison event kills its worker each time** and drags along the batch it is in. So after two leases in a row
//!   that ran out, what is left of the batch is handed out one event at a time ([`Care`]); a lease that then runs out
//!   is an attempt of that event, and no other. It ends as a dead letter, alone.
//! - **Behind an event that waits** for its next attempt, those that must keep their order after it wait too
//!   ([`OrderedBy::place`]); others go on. That includes those that were handed out together with it: when one of a
//!   batch is nacked, those of its entity behind it go back without an attempt, or an ack of the rest would let them
//!   pass.

pub mod rate;

#[cfg(test)]
mod tests;

use crate::Problem;
use crate::text::shorten;
use std::time::Duration;

/// Leases that run out in a row before events are handed out one at a time.
pub const EXPIRIES: u8 = 2;

/// How carefully a shard hands out events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// as many as are wanted
    Batches {
        /// leases that ran out since one was settled
        expiries: u8,
    },
    /// one at a time
    OneByOne {
        /// events of the batch that still have to be settled
        left: u32,
    },
}

/// What a lease that ran out is to the events that it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// nothing: they are handed out again with the attempt that they had
    Nothing,
    /// an attempt of the only one: see [`Rules::failed`]
    Attempt,
}

impl Default for Care {
    fn default() -> Self {
        Care::Batches { expiries: 0 }
    }
}

impl Care {
    /// Events that are handed out where so many are wanted.
    pub fn limit(self, wanted: u32) -> u32 {
        match self {
            Care::Batches { .. } => wanted,
            Care::OneByOne { .. } => wanted.min(1),
        }
    }

    /// After so many events were acked, nacked or made dead letters.
    pub fn settled(self, events: u32) -> Care {
        match self {
            Care::OneByOne { left } if left > events => Care::OneByOne {
                left: left - events,
            },
            _ => Care::default(),
        }
    }

    /// After a lease ran out that so many events were not settled of.
    pub fn expired(self, events: u32) -> (Care, Charge) {
        match self {
            Care::OneByOne { left } => (Care::OneByOne { left: left.max(1) }, Charge::Attempt),
            // A batch of one is the event itself, but its first time may be anybody's fault as well.
            Care::Batches { expiries } if expiries + 1 >= EXPIRIES => (
                Care::OneByOne {
                    left: events.max(1),
                },
                Charge::Nothing,
            ),
            Care::Batches { expiries } => (
                Care::Batches {
                    expiries: expiries + 1,
                },
                Charge::Nothing,
            ),
        }
    }
}

/// What a dead letter is to those that come after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDead {
    /// its entity goes on, with a hole
    Skip,
    /// its entity waits until the dead letter is retried or discarded
    Block,
    /// the subscription stands still
    Pause,
}

impl OnDead {
    /// Reads its name.
    pub fn parse(name: &str) -> Result<OnDead, Problem> {
        match name {
            "skip" => Ok(OnDead::Skip),
            "block" => Ok(OnDead::Block),
            "pause" => Ok(OnDead::Pause),
            other => Err(Problem::argument_hint(
                format!("on_dead \"{}\" is unknown", shorten(other)),
                "There are: skip, block, pause.",
            )),
        }
    }
}

/// What becomes of an event whose attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// it comes again after this time, with the next attempt
    Retry(Duration),
    /// it is a dead letter
    Dead(OnDead),
}

/// How often and when an event comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    max_attempts: u32,
    on_dead: OnDead,
    retry_base: Duration,
    retry_max: Duration,
}

/// Attempts that a subscription may allow.
pub const MAX_ATTEMPTS: u32 = 1_000;
/// The longest wait between two attempts.
pub const MAX_RETRY: Duration = Duration::from_secs(366 * 86_400);

impl Rules {
    /// Of a subscription's options.
    pub fn new(
        max_attempts: i32,
        on_dead: OnDead,
        retry_base: Duration,
        retry_max: Duration,
    ) -> Result<Rules, Problem> {
        let attempts = u32::try_from(max_attempts).ok();
        let Some(max_attempts) = attempts.filter(|n| (1..=MAX_ATTEMPTS).contains(n)) else {
            return Err(Problem::argument(format!(
                "max_attempts is {max_attempts}, and may be 1 to {MAX_ATTEMPTS}"
            )));
        };
        if retry_base > retry_max || retry_max > MAX_RETRY {
            return Err(Problem::argument_hint(
                "retry_base must not be longer than retry_max, and retry_max not longer than 366 days",
                "The wait doubles with each attempt, from retry_base up to retry_max.",
            ));
        }
        Ok(Rules {
            max_attempts,
            on_dead,
            retry_base,
            retry_max,
        })
    }

    /// After an attempt, of which the first is 1, failed. `retry_in` is the wait that the consumer asked for; `random`
    /// any number, by which waits are scattered.
    pub fn failed(&self, attempt: u32, retry_in: Option<Duration>, random: u32) -> Fate {
        if attempt >= self.max_attempts {
            return Fate::Dead(self.on_dead);
        }
        let asked = retry_in.map(|wait| wait.min(MAX_RETRY));
        Fate::Retry(asked.unwrap_or_else(|| self.wait(attempt, random)))
    }

    /// The base, doubled with each attempt after the first, up to the maximum; of that the half and a random part of
    /// the other half, so that what failed together does not come again together.
    fn wait(&self, attempt: u32, random: u32) -> Duration {
        let doubled = 2_u32.checked_pow(attempt.saturating_sub(1));
        let full = doubled.and_then(|times| self.retry_base.checked_mul(times));
        let full = full.map_or(self.retry_max, |full| full.min(self.retry_max));
        let half = full / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

/// Which events must not pass each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderedBy {
    /// those of one entity
    Entity,
    /// all
    Log,
    /// none
    None,
}

/// What becomes of an event that is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// it is handed out
    Hand,
    /// it is held until the one that it waits for is acked or dead, and the position moves on
    Hold,
    /// nothing moves on
    Stop,
}

impl OrderedBy {
    /// Reads its name.
    pub fn parse(name: &str) -> Result<OrderedBy, Problem> {
        match name {
            "entity" => Ok(OrderedBy::Entity),
            "log" => Ok(OrderedBy::Log),
            "none" => Ok(OrderedBy::None),
            other => Err(Problem::argument_hint(
                format!("ordered_by \"{}\" is unknown", shorten(other)),
                "There are: entity, log, none.",
            )),
        }
    }

    /// Whether it can be kept by so many shards.
    pub fn check_shards(self, shards: u16) -> Result<(), Problem> {
        if shards == 0 || shards > crate::shard::MAX_SHARDS {
            let most = crate::shard::MAX_SHARDS;
            return Err(Problem::argument(format!(
                "shards is {shards}, and may be 1 to {most}"
            )));
        }
        if self == OrderedBy::Log && shards > 1 {
            return Err(Problem::argument_hint(
                "a subscription that is ordered by log has one shard",
                "Shards are read side by side. Leave ordered_by at entity.",
            ));
        }
        Ok(())
    }

    /// What becomes of an event while others wait for an attempt, for an earlier one, or as dead letters that block:
    /// whether one of its own entity does, and whether any does.
    pub fn place(self, entity_waits: bool, any_waits: bool) -> Place {
        match self {
            OrderedBy::Entity if entity_waits => Place::Hold,
            OrderedBy::Log if any_waits => Place::Stop,
            _ => Place::Hand,
        }
    }
}
