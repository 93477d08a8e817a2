//! Dead letters: shown, tried again, forgotten.

use super::find_whole;
use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::{self, Shard};
use crate::catalogue::{admin_log, parked};
use crate::error::Error;
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::spi;
use crate::pg::user;
use uuid::Uuid;

/// `eventlog.retry_dead_letters(subscription, event_ids)`.
pub fn retry_dead_letters(call: &Call<'_>) -> Ret {
    let ids = call.uuid_array(1);
    let subscription = find_whole(call.string(0));
    let count = exhume(&subscription, ids.as_deref(), |shard, mut place| {
        // Where others have passed it, it need not stop those that come.
        if subscription.on_dead == "skip" && subscription.ordered_by != "none" {
            place.entity = None;
        }
        parked::revive(shard, &place);
    });
    call.value(count)
}

/// `eventlog.discard_dead_letters(subscription, event_ids, reason)`.
pub fn discard_dead_letters(call: &Call<'_>) -> Ret {
    let ids = required(call.uuid_array(1), "event_ids");
    let reason = required(call.string(2), "reason");
    if reason.trim().is_empty() {
        Error::argument("reason must say something").raise();
    }
    let subscription = find_whole(call.string(0));
    let mut discarded: Vec<Uuid> = Vec::new();
    let count = exhume(&subscription, Some(&ids), |_, place| {
        discarded.push(place.event_id)
    });
    if count > 0 {
        let detail = serde_json::json!({ "event_ids": discarded, "reason": reason });
        admin_log::record(
            "discard_dead_letters",
            Some(subscription.log_id),
            &subscription.name,
            &detail,
        );
    }
    call.value(count)
}

/// Takes dead letters out, shows each to `f`, and lets go what they held up; says how many there were. The caller has the
/// shards.
fn exhume(
    subscription: &Subscription,
    ids: Option<&[Uuid]>,
    mut f: impl FnMut(&Shard, parked::Place),
) -> i64 {
    let blocks = subscription.on_dead != "skip";
    let mut count = 0;
    for number in 0..subscription.shards {
        let Some(mut shard) = Shard::read(subscription.id, number) else {
            continue;
        };
        let dead = parked::exhume(&shard, ids);
        if dead.is_empty() {
            continue;
        }
        count += dead.len() as i64;
        for place in dead {
            f(&shard, place);
        }
        shard.has_parked = parked::let_go(&shard, blocks, None);
        shard.write();
    }
    if count > 0 {
        subscription::pause(subscription.id, false);
    }
    count
}

/// `eventlog._dead_letters()`: those of subscriptions whose role's rights the caller has.
pub fn dead_letters(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let caller = user::current_role_id();
    user::as_catalogue_owner(subscription_shard::table(), || {
        spi::run(
            "select s.name, d.shard, d.event_id, d.seq, d.attempts, d.error, d.dead_at \
             from eventlog.dead_event d \
             join eventlog.subscription s on s.subscription_id operator(pg_catalog.=) d.subscription_id \
             join pg_catalog.pg_roles r on r.rolname operator(pg_catalog.=) s.role \
             where pg_catalog.pg_has_role($1, r.oid, 'USAGE') \
             order by s.name, d.seq",
            &[caller.value()],
            |row| {
                let values: [Option<Datum<'_>>; 7] =
                    std::array::from_fn(|at| row.datum(at as i16 + 1));
                sink.push(&values);
            },
        );
    });
    Ret::Void
}
