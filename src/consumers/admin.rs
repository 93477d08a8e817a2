//! `subscribe`, `alter_subscription`, `unsubscribe`.

use super::asks;
use super::present::{self, Present};
use super::{Consumer, find_whole, handed, options, settle, shards};
use crate::catalogue::parked;
use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::{self, Shard};
use crate::catalogue::{act, admin_log, handler};
use crate::error::Error;
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::spi::{self, Value};
use crate::pg::{clock, datum, snapshot, user};
use model::window::{Marks, Position, first_seq};
use uuid::Uuid;

/// `eventlog.subscribe(...)`.
pub fn subscribe(call: &Call<'_>) -> Ret {
    let name = required(call.string(0), "name");
    if name.is_empty() || name.len() > 200 {
        Error::argument("name of a subscription must have 1 to 200 bytes").raise();
    }
    if snapshot::in_recovery() {
        Error::Standby.raise();
    }
    let start_at = call.long(5);
    if start_at == Some(i64::MAX) {
        Error::argument("start_at must not be infinity").raise();
    }
    let types = asks::types_of(call, 1);
    let mut new = Subscription {
        id: 0,
        name,
        log_id: Uuid::nil(),
        role: user::current_role(),
        types,
        pattern: call.string(2),
        pattern_kind: required(call.string(3), "pattern_kind"),
        filters: call.jsonb(4).map(|filters| datum::copied(filters.stored())),
        max_attempts: required(call.int(6), "max_attempts"),
        ordered_by: required(call.string(7), "ordered_by"),
        shards: required(call.int(8), "shards"),
        on_dead: "skip".to_owned(),
        retry_base: options::default_interval("5 seconds"),
        retry_max: options::default_interval("1 hour"),
        keep: options::default_interval("30 days"),
        revision: Uuid::nil(),
        is_paused: false,
        next_shards: None,
        boundary: None,
    };
    options::apply(&mut new, required(call.jsonb(9), "options"));
    check(&new);
    let target = lookup::of_reader(call.oid(10));
    target.require_genuine();
    new.log_id = target.log_id;
    let consumer = Consumer::of(new);
    consumer.require_reads_all();
    if subscription::by_name(&consumer.subscription.name).is_some() {
        exists(&consumer.subscription);
    }
    // Before anything gives this transaction an id, which would count as running.
    let present = Present::take(&target);
    // It asks for the right to read all columns, and reads nothing.
    consumer.read_above(&present, Some(i64::MAX), |_| false);
    require_index(&target);
    let marks = known_marks(target.log_id, present.now.mark.seq);
    let position = match start_at {
        None => Position::now(&present.now, &marks),
        Some(since) => {
            let after = start(&present, since, |from| consumer.probe(&present, from));
            Position::since(&present.now, &marks, since, after)
        }
    };
    let stored = present::stored(&position);
    if subscription::insert(&consumer.subscription, stored, settle::system()).is_none() {
        exists(&consumer.subscription);
    }
    record("subscribe", &consumer.subscription);
    Ret::Void
}

/// What other readers of the log know of it: without that, what runs now is read from the start when it has ended.
/// Nothing, where the sequence was set back.
pub fn known_marks(log_id: Uuid, seq: i64) -> Marks {
    let positions = subscription_shard::positions(log_id);
    let positions = positions.iter().map(|bytes| present::read(bytes));
    // What was known in the cluster that it comes from is about other transactions.
    let system = clock::cluster().system;
    let here = positions.filter(|position| position.home().system == system);
    let known = Marks::of(here.flat_map(|position| position.marks().as_slice().to_vec()));
    match known.top().is_none_or(|top| top <= seq) {
        true => known,
        false => Marks::none(),
    }
}

fn exists(subscription: &Subscription) -> ! {
    Error::SubscriptionExists {
        name: subscription.name.clone(),
    }
    .raise()
}

fn record(action: &str, s: &Subscription) {
    let detail = serde_json::json!({
        "types": s.types, "pattern": s.pattern, "pattern_kind": s.pattern_kind,
        "max_attempts": s.max_attempts, "ordered_by": s.ordered_by, "shards": s.next_shards.unwrap_or(s.shards),
        "on_dead": s.on_dead,
    });
    admin_log::record(action, Some(s.log_id), &s.name, &detail);
}

/// Refuses what can never be meant.
fn check(new: &Subscription) {
    super::wants::check(new);
}

/// The number after which what was recorded at or after an instant stands, given seq and time of the first event from a
/// number on.
pub fn start(
    present: &Present,
    since: i64,
    mut probe: impl FnMut(i64) -> Option<(i64, i64)>,
) -> Option<i64> {
    if since == i64::MIN {
        return None;
    }
    let (first, _) = probe(i64::MIN)?;
    let last = present.now.mark.seq.max(first);
    first_seq(first..=last, since, |from| {
        Ok::<_, std::convert::Infallible>(probe(from))
    })
    .unwrap_or_else(|never| match never {})
}

/// Makes the index that all subscriptions of a log read by, as its owner, unless it has one.
fn require_index(target: &Target) {
    let log = [Value::Oid(target.oid)];
    let has = user::with_pinned_path(|| {
        spi::run(
            "select eventlog._find_seq_index($1::pg_catalog.oid::pg_catalog.regclass)",
            &log,
            |row| row.bool(1),
        )
    });
    if !has.contains(&Some(true)) {
        user::as_owner(target.oid, || {
            act::during(|| {
                spi::exec(
                    "select eventlog._make_seq_index($1::pg_catalog.oid::pg_catalog.regclass)",
                    &log,
                );
            });
        });
    }
}

/// `eventlog.alter_subscription(name, changes)`: for what has not been handed out.
pub fn alter_subscription(call: &Call<'_>) -> Ret {
    let changes = required(call.jsonb(1), "changes");
    let before = Consumer::of(find_whole(call.string(0)));
    let id = before.subscription.id;
    let mut after = before.subscription.clone();
    let asked = options::change(&mut after, changes);
    check(&after);
    if let Some(number) = asked {
        let mut split = after.clone();
        split.shards = number;
        check(&split);
    }
    for mut shard in Shard::all(id) {
        settle::arrive(&mut shard);
        if shard.is_open {
            keep_open(&before, &mut shard);
            shard.write();
        }
    }
    subscription::update(&after);
    if let Some(number) = asked {
        shards::plan(&before, number);
        after.next_shards = Some(number).filter(|number| *number != after.shards);
    }
    record("alter_subscription", &after);
    Ret::Void
}

/// What has been handed out by the old rules does not go by the new ones: it leaves the stream, and comes again as
/// what it was should its lease run out.
fn keep_open(consumer: &Consumer, shard: &mut Shard) {
    let Some(next) = shard.next.take() else {
        return;
    };
    consumer.require_reads_all();
    shard.next = Some(next.clone());
    for event in handed::unsettled(consumer, shard) {
        if event.due.is_none() {
            parked::wait(shard, &event.place, 0, "", 0, false);
            shard.extras.push(event.place.seq);
            shard.has_parked = true;
        }
    }
    shard.handed_to = None;
    let position = present::read(&next);
    settle::prune(shard, &position);
    shard.position = next.clone();
    shard.next = Some(next);
}

/// `eventlog.unsubscribe(name)`.
pub fn unsubscribe(call: &Call<'_>) -> Ret {
    let subscription = find_whole(call.string(0));
    let handler = handler::by_name(&subscription.name);
    if handler.is_some_and(|h| h.is_async && h.log_id == subscription.log_id) {
        Error::Needed {
            message: format!(
                "subscription \"{}\" is that of a handler",
                subscription.name
            ),
            hint: "eventlog.off_event() ends both.".to_owned(),
        }
        .raise();
    }
    subscription::delete(subscription.id);
    record("unsubscribe", &subscription);
    Ret::Void
}
