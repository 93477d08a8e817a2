//! Another number of shards. An entity goes from one shard to another then, so the old ones stop at a boundary, a
//! snapshot, and the new ones begin there when all have arrived: what each has read is what all have.

use super::present::{self, Present};
use super::{Consumer, settle};
use crate::catalogue::subscription;
use crate::catalogue::subscription_shard::{self, Shard};
use crate::pg::clock;
use model::window::{Marks, Position, Refusal, Snapshot};

/// Has a subscription, whose shards the caller has, read up to the present and then be split into so many.
pub fn plan(consumer: &Consumer, shards: i32) {
    let id = consumer.subscription.id;
    if shards == consumer.subscription.shards {
        return subscription::plan_shards(id, None);
    }
    let present = Present::take(&consumer.target);
    let boundary = Position::now(&present.now, &Marks::none());
    // A transaction that keeps an older snapshot cannot say where all of them are to meet.
    for shard in Shard::all(id) {
        let position = present::read(&shard.position);
        let reached = position.unfinished().map_or(position.seen(), |open| open.0);
        let is_here = position.home().system == boundary.home().system;
        if is_here && !boundary.seen().contains(reached) {
            present::refuse(Refusal::NotLater);
        }
    }
    subscription::plan_shards(id, Some((shards, present::stored(&boundary))));
}

/// What a subscription that is going to be split does next.
pub enum Next {
    /// it reads up to the boundary
    Read(Snapshot),
    /// it was split, or has another boundary: the caller looks at it again
    Changed,
    /// others have to be waited for
    Wait,
}

/// Where a subscription stops that is going to be split, if it is; splits it where all shards have arrived.
pub fn next(consumer: &Consumer) -> Option<Next> {
    let subscription = &consumer.subscription;
    let (number, boundary) = subscription
        .next_shards
        .zip(subscription.boundary.as_deref())?;
    let boundary = present::read(boundary);
    // A snapshot of another cluster says nothing here, and of what was taken before a promotion some are there already.
    if boundary.home() != clock::cluster() {
        return Some(match take_all(consumer) {
            true => {
                plan(consumer, number);
                Next::Changed
            }
            false => Next::Wait,
        });
    }
    let has_arrived =
        |shard: &Shard| !shard.is_open && present::read(&shard.position).stands_at(boundary.seen());
    if !Shard::all(subscription.id).iter().all(has_arrived) {
        return Some(Next::Read(boundary.seen().clone()));
    }
    if !take_all(consumer) {
        return Some(Next::Wait);
    }
    let shards = Shard::all(subscription.id);
    let positions: Vec<Position> = shards.iter().map(|s| present::read(&s.position)).collect();
    let met = Position::met(&positions)
        .ok()
        .filter(|_| shards.iter().all(has_arrived));
    let Some(met) = met else {
        return Some(Next::Read(boundary.seen().clone()));
    };
    let first = settle::after(&shards, present::stored(&met));
    subscription_shard::split(subscription.id, number, &first);
    subscription::set_shards(subscription.id, number);
    Some(Next::Changed)
}

/// Takes all shards, or none; not those of a subscription that has been changed since it was read.
fn take_all(consumer: &Consumer) -> bool {
    let subscription = &consumer.subscription;
    let mut taken = Vec::new();
    for number in 0..subscription.shards {
        let lock = Shard::lock(subscription.id, number);
        if !lock.try_take() {
            break;
        }
        taken.push(lock);
    }
    let all = taken.len() == subscription.shards as usize
        && subscription::revision(subscription.id) == Some(subscription.revision);
    if !all {
        for lock in taken {
            lock.give_back();
        }
    }
    all
}
