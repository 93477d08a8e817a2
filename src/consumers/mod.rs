//! Consumers: who asked for which events of a log gets each of them, in order, whatever commits late.
//!
//! What has been seen is a matter of snapshots (`model::window`). What is handed out is a matter of one row a shard
//! (`catalogue::subscription_shard`), which `receive` and `ack` change once each, whatever the number of events:
//!
//! - `position` is where the open receipt begins, in a window that is fixed by then, so that reading it again gives the
//!   same events in the same order; `next` is where it ends. `ack` makes the one the other. A lease that runs out
//!   leaves `position` where it is, and the same events come again.
//! - Events that fail leave the stream (`catalogue::parked`): they wait in rows of their own, and what comes later of
//!   their entity is held. Their numbers, where they lie beyond the position, stand in `settled`, so that the window
//!   does not give them a second time. `extras` are those of them that the open receipt has.
//!
//! **Another number of shards** begins at a boundary, which all of the old ones read up to (`shards`). **In another
//! cluster**, after a restore, what was handed out does not count, and receipts go on above the old ones
//! (`settle::arrive`); the position itself knows where it comes from.
//!
//! **One at a time.** Whoever changes a shard has its lock (`pg::lock`), which needs no transaction id and writes
//! nothing, and which shows in `pg_locks`: `receive` passes a shard that somebody has, all others wait. Where nothing was
//! written it is given back at once, so that a poll in a long transaction is in nobody's way.
//!
//! **As whom.** Callers need the rights of the subscription's role; the log is read as that role, after it was found that
//! no policy hides a row from it; the catalogue is written as its owner.

mod admin;
pub mod asks;
mod batches;
mod dead;
mod handed;
mod options;
mod outside;
mod present;
mod read;
mod reader;
mod receive;
mod seek;
mod settle;
mod shards;
mod tenants;
mod wants;
mod watch;

pub use admin::{alter_subscription, subscribe, unsubscribe};
pub use batches::{is_late as batch_is_late, tick};
pub use dead::{dead_letters, discard_dead_letters, retry_dead_letters};
pub use read::read_events;
pub use receive::receive;
pub use seek::seek;
pub use settle::{ack, nack, release, renew};
pub use tenants::readable_tenants;
pub use watch::subscriptions;

use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::Shard;
use crate::error::Error;
use crate::log::target::{self, Target};
use crate::pg::user::{self, RoleId};
use crate::pg::{inval, relation, snapshot};
use std::rc::Rc;
use wants::Wants;

/// A subscription, with what it reads and as whom.
struct Consumer {
    subscription: Subscription,
    target: Rc<Target>,
    role: RoleId,
    wants: Rc<Wants>,
}

impl Consumer {
    fn of(subscription: Subscription) -> Consumer {
        let target = log_of(&subscription);
        let Some(role) = user::role_named(&subscription.role) else {
            Error::not_set_up(
                format!(
                    "role \"{}\" of subscription \"{}\" does not exist",
                    subscription.role, subscription.name
                ),
                "Make the role again, or end the subscription with eventlog.unsubscribe().",
            )
            .raise()
        };
        let wants = Wants::of(&subscription);
        Consumer {
            subscription,
            target,
            role,
            wants,
        }
    }

    /// Whether what comes behind a dead letter of its entity waits for it.
    fn blocks(&self) -> bool {
        self.wants.blocks()
    }
}

/// The subscription of this name, whose role's rights the caller has.
fn find(name: Option<String>) -> Subscription {
    let Some(name) = name else {
        Error::argument("subscription must not be null").raise();
    };
    if snapshot::in_recovery() {
        Error::Standby.raise();
    }
    inval::accept();
    let Some(found) = subscription::by_name(&name) else {
        Error::NoSubscription { name }.raise();
    };
    if !user::has_rights_of(&found.role) {
        Error::NotAllowed {
            message: format!("subscription \"{name}\" belongs to role \"{}\"", found.role),
            hint: "Whoever has the rights of that role may use it.".to_owned(),
        }
        .raise();
    }
    found
}

/// The same with all its shards, which nobody else has until the transaction ends.
fn find_whole(name: Option<String>) -> Subscription {
    loop {
        let found = find(name.clone());
        for number in 0..found.shards {
            Shard::lock(found.id, number).take();
        }
        // Whoever had them may have changed it.
        if subscription::revision(found.id) == Some(found.revision) {
            return found;
        }
    }
}

/// The table that the catalogue says is the log of a subscription.
fn table_of(subscription: &Subscription) -> Option<pgrx::pg_sys::Oid> {
    crate::catalogue::cache::rules(subscription.log_id)
        .map(|rules| pgrx::pg_sys::Oid::from(rules.relation))
        .filter(|oid| relation::exists(*oid))
}

/// The log of a subscription.
fn log_of(subscription: &Subscription) -> Rc<Target> {
    let Some(oid) = table_of(subscription) else {
        Error::not_set_up(
            format!("the log of subscription \"{}\" is gone", subscription.name),
            "End the subscription with eventlog.unsubscribe().",
        )
        .raise()
    };
    let target = target::by_oid(oid);
    if target.log_id != subscription.log_id {
        Error::not_set_up(
            format!(
                "the log of subscription \"{}\" is another one",
                subscription.name
            ),
            "Its owner puts it right with eventlog.repair_log().",
        )
        .raise();
    }
    target
}
