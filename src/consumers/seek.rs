//! `eventlog.seek`: a subscription goes back, or forward, to an instant.

use super::present::{self, Present};
use super::{Consumer, admin, find, settle, shards};
use crate::catalogue::admin_log;
use crate::catalogue::parked;
use crate::catalogue::subscription;
use crate::catalogue::subscription_shard::Shard;
use crate::error::Error;
use crate::pg::fcall::{Call, Ret, required};

/// `eventlog.seek(subscription, to_time)`. Dead letters stay.
pub fn seek(call: &Call<'_>) -> Ret {
    let since = required(call.long(1), "to_time");
    if since == i64::MAX {
        Error::argument("to_time must not be infinity").raise();
    }
    let consumer = Consumer::of(find(call.string(0)));
    consumer.require_reads_all();
    let subscription = &consumer.subscription;
    let taken = (0..subscription.shards).all(|n| Shard::lock(subscription.id, n).try_take());
    let is_present = subscription::revision(subscription.id) == Some(subscription.revision);
    if !taken || !is_present {
        Error::ShardTaken {
            subscription: subscription.name.clone(),
        }
        .raise();
    }
    let present = Present::take(&consumer.target);
    let after = admin::start(&present, since, |from| consumer.probe(&present, from));
    for mut shard in Shard::all(subscription.id) {
        settle::arrive(&mut shard);
        let position = present::read(&shard.position)
            .seek(&present.now, since, after)
            .unwrap_or_else(|why| present::refuse(why));
        parked::clear(&shard);
        // Whoever still has a receipt finds that it does not count any more.
        settle::raise_receipts(&mut shard);
        settle::give_back(&mut shard);
        shard.position = present::stored(&position);
        shard.settled.clear();
        shard.expiries = 0;
        shard.careful = 0;
        shard.has_parked = false;
        shard.write();
    }
    if let Some(number) = subscription.next_shards {
        // The replay ends there too.
        shards::plan(&consumer, number);
    }
    let detail = serde_json::json!({ "microseconds_since_2000": since });
    admin_log::record(
        "seek",
        Some(subscription.log_id),
        &subscription.name,
        &detail,
    );
    Ret::Void
}
