//! What becomes of what was handed out: `ack`, `nack`, `renew`, `release`.

use super::handed::{self, Handed};
use super::present;
use super::{Consumer, find};
use crate::catalogue::parked::{self, Place};
use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::{self, Shard};
use crate::error::Error;
use crate::pg::clock::{self, Reading};
use crate::pg::datum::Interval;
use crate::pg::fcall::{Call, Ret, required};
use model::delivery::{Fate, OnDead};
use model::receipt::{Exhausted, Receipt, Receipts};
use model::window::Position;
use rustc_hash::{FxHashMap, FxHashSet};
use std::time::Duration;
use uuid::Uuid;

/// Bytes of an error that are kept.
const ERROR_BYTES: usize = 2_000;

fn receipts(shard: &Shard) -> Receipts {
    Receipts {
        base: shard.receipt_base as u32,
        last: Receipt::from_number(shard.receipt),
    }
}

/// Counts on to the next receipt of a shard: above all that it gave, and no other shard's.
pub fn next_receipt(shard: &mut Shard) {
    let mut receipts = receipts(shard);
    let timeline = clock::cluster().timeline;
    let next = receipts
        .next(timeline, shard.shard as u16)
        .unwrap_or_else(|Exhausted| Error::NoRoom { what: "receipts" }.raise());
    shard.receipt = next.number();
    shard.receipt_base = receipts.base as i32;
}

/// Has a shard that comes from another cluster begin here: what was handed out there does not count any more, and the
/// receipts of this one are above those of that one. Says whether it came.
pub fn arrive(shard: &mut Shard) -> bool {
    let system = system();
    if shard.system == system {
        return false;
    }
    let timeline = present::read(&shard.position).home().timeline;
    let rebased = receipts(shard).rebased(timeline);
    shard.receipt_base = rebased.base as i32;
    shard.system = system;
    give_back(shard);
    shard.write();
    subscription_shard::enter(shard);
    true
}

/// The cluster, as the row of a shard has it.
pub fn system() -> i64 {
    clock::cluster().system.cast_signed()
}

/// A row for shards that come after others: their receipts are above all of those.
pub fn after(shards: &[Shard], position: Vec<u8>) -> Shard {
    let Some(mut shard) = shards.first().cloned() else {
        Error::internal("a subscription has no shards").raise()
    };
    let receipts = Receipts::after(shards.iter().map(receipts));
    shard.receipt = receipts.last.map_or(0, Receipt::number);
    shard.receipt_base = receipts.base as i32;
    shard.position = position;
    shard
}

/// Voids the receipts of a shard.
pub fn raise_receipts(shard: &mut Shard) {
    let raised = receipts(shard).raised();
    shard.receipt = raised.last.map_or(0, Receipt::number);
    shard.receipt_base = raised.base as i32;
}

/// A lease in microseconds.
pub fn lease_of(lease: Interval) -> i64 {
    let micros = lease.micros();
    if micros <= 0 {
        Error::argument("lease must be longer than nothing").raise();
    }
    micros
}

/// Takes the shard that a receipt is of, for this transaction; refuses a receipt that does not count any more.
fn open_shard(subscription: &Subscription, receipt: i64) -> Shard {
    let stale = || -> ! {
        Error::StaleReceipt {
            receipt,
            subscription: subscription.name.clone(),
        }
        .raise()
    };
    let number = Receipt::from_number(receipt).map(|receipt| i32::from(receipt.shard()));
    let Some(number) = number.filter(|number| *number < subscription.shards) else {
        stale()
    };
    Shard::lock(subscription.id, number).take();
    let Some(mut shard) = Shard::read(subscription.id, number) else {
        stale()
    };
    arrive(&mut shard);
    let now = Reading::now().timestamp();
    if !shard.is_open || shard.receipt != receipt || shard.lease_until.is_none_or(|t| t <= now) {
        stale();
    }
    shard
}

/// `eventlog.ack(subscription, receipt, event_ids)`.
pub fn ack(call: &Call<'_>) -> Ret {
    let receipt = required(call.long(1), "receipt");
    let ids = call.uuid_array(2);
    let subscription = find(call.string(0));
    let mut shard = open_shard(&subscription, receipt);
    match ids {
        None => {
            let blocks = subscription.on_dead != "skip";
            let extras = std::mem::take(&mut shard.extras);
            parked::take(&shard, &extras);
            shard.settled.extend(extras);
            finish(&mut shard);
            if shard.has_parked {
                shard.has_parked = parked::let_go(&shard, blocks, None);
            }
            shard.expiries = match shard.careful {
                0 => 0,
                _ => shard.expiries,
            };
        }
        Some(ids) => {
            let consumer = Consumer::of(subscription);
            consumer.require_reads_all();
            let chosen = choose(&consumer, &shard, &handed::out(&consumer, &shard), &ids);
            let chosen = handed::look(&shard, chosen);
            let open = chosen.iter().filter(|event| !event.is_settled);
            let open: Vec<i64> = open.map(|event| event.place.seq).collect();
            let all: Vec<i64> = chosen.iter().map(|event| event.place.seq).collect();
            parked::take(&shard, &all);
            drop_from(&consumer, &mut shard, &open);
            if shard.has_parked {
                let entities = entities(&chosen);
                shard.has_parked = parked::let_go(&shard, consumer.blocks(), Some(&entities));
            }
        }
    }
    shard.write();
    Ret::Void
}

/// `eventlog.nack(subscription, receipt, event_ids, error, retry_in)`.
pub fn nack(call: &Call<'_>) -> Ret {
    let receipt = required(call.long(1), "receipt");
    let ids = required(call.uuid_array(2), "event_ids");
    let error = required(call.string(3), "error");
    let retry_in = call.interval(4);
    if retry_in.is_some_and(|time| time.micros() < 0) {
        Error::argument("retry_in must not be negative").raise();
    }
    let subscription = find(call.string(0));
    let mut shard = open_shard(&subscription, receipt);
    let consumer = Consumer::of(subscription);
    consumer.require_reads_all();
    let places = handed::out(&consumer, &shard);
    let chosen = choose(&consumer, &shard, &places, &ids);
    let chosen = handed::look(&shard, chosen);
    let failure = Failure {
        error: cut(&error),
        retry_in,
        is_alone: false,
    };
    // The first number from which an entity's events are held.
    let mut holds: FxHashMap<i64, i64> = FxHashMap::default();
    let mut gone: FxHashSet<i64> = FxHashSet::default();
    for event in chosen.iter().filter(|event| !event.is_settled) {
        gone.insert(event.place.seq);
        let waits = fail(&consumer, &mut shard, event, &failure);
        if let Some(entity) = event.place.entity.filter(|_| waits) {
            let first = holds.entry(entity).or_insert(event.place.seq);
            *first = (*first).min(event.place.seq);
        }
    }
    // What was handed out behind it comes again behind it.
    let behind = |place: &&Place| {
        let first = place.entity.and_then(|entity| holds.get(&entity));
        first.is_some_and(|first| *first < place.seq) && !gone.contains(&place.seq)
    };
    let later = places.iter().filter(behind).copied().collect();
    let later = handed::look(&shard, later);
    let open = || later.iter().filter(|event| !event.is_settled);
    let of_stream = open().filter(|event| event.due.is_none());
    let held: Vec<Place> = of_stream.map(|event| event.place).collect();
    parked::hold(&shard, &held);
    gone.extend(open().map(|event| event.place.seq));
    let numbers: Vec<i64> = gone.into_iter().collect();
    drop_from(&consumer, &mut shard, &numbers);
    let entities = entities(&chosen);
    shard.has_parked = parked::let_go(&shard, consumer.blocks(), Some(&entities));
    shard.write();
    Ret::Void
}

fn entities(events: &[Handed]) -> Vec<i64> {
    events
        .iter()
        .filter_map(|event| event.place.entity)
        .collect()
}

/// `eventlog.renew(subscription, receipt, lease)`.
pub fn renew(call: &Call<'_>) -> Ret {
    let receipt = required(call.long(1), "receipt");
    let lease = lease_of(required(call.interval(2), "lease"));
    let subscription = find(call.string(0));
    let mut shard = open_shard(&subscription, receipt);
    shard.lease_until = Some(Reading::now().timestamp().saturating_add(lease));
    shard.write();
    Ret::Void
}

/// `eventlog.release(subscription, receipt)`.
pub fn release(call: &Call<'_>) -> Ret {
    let receipt = required(call.long(1), "receipt");
    let subscription = find(call.string(0));
    let mut shard = open_shard(&subscription, receipt);
    match shard.unsettled {
        0 => finish(&mut shard),
        _ => give_back(&mut shard),
    }
    shard.write();
    Ret::Void
}

/// What the open receipt did not settle is handed out again.
pub fn give_back(shard: &mut Shard) {
    shard.is_open = false;
    shard.lease_until = None;
    shard.holder = None;
    shard.next = None;
    shard.handed_to = None;
    shard.extras.clear();
    shard.unsettled = 0;
}

/// All of the open receipt is settled: the position moves on.
fn finish(shard: &mut Shard) {
    if let Some(next) = shard.next.take() {
        if !shard.settled.is_empty() {
            let position = present::read(&next);
            prune(shard, &position);
        }
        shard.position = next;
    }
    if shard.careful > 0 {
        shard.careful -= 1;
        if shard.careful == 0 {
            shard.expiries = 0;
        }
    }
    give_back(shard);
}

/// The same for what ended without an ack.
pub fn close(consumer: &Consumer, shard: &mut Shard) {
    finish(shard);
    if shard.has_parked {
        shard.has_parked = parked::let_go(shard, consumer.blocks(), None);
    }
}

/// Forgets settled numbers that no window gives any more.
pub fn prune(shard: &mut Shard, position: &Position) {
    match position.unfinished() {
        None => shard.settled.clear(),
        Some((_, after)) => shard.settled.retain(|seq| Some(*seq) > after),
    }
}

/// Events that may be settled beyond the position before it moves on.
const MANY: usize = 64;

/// Takes events out of the open receipt.
pub fn drop_from(consumer: &Consumer, shard: &mut Shard, numbers: &[i64]) {
    if numbers.is_empty() {
        return;
    }
    if !shard.extras.is_empty() {
        let gone: FxHashSet<i64> = numbers.iter().copied().collect();
        shard.extras.retain(|seq| !gone.contains(seq));
    }
    shard.settled.extend(numbers);
    shard.unsettled -= numbers.len() as i32;
    // Who acks one by one would write all that it acked again and again.
    let before = shard.settled.len() - numbers.len();
    if shard.settled.len() / MANY > before / MANY {
        handed::move_on(consumer, shard);
    }
}

/// How an event failed.
pub struct Failure<'a> {
    pub error: &'a str,
    pub retry_in: Option<Interval>,
    /// it may have killed its worker
    pub is_alone: bool,
}

/// Has an event wait, or buries it; says whether the later ones of its entity are held. It is still in the receipt.
pub fn fail(consumer: &Consumer, shard: &mut Shard, event: &Handed, failure: &Failure<'_>) -> bool {
    let subscription = &consumer.subscription;
    let attempts = event.due.map_or(0, |due| due.attempts).saturating_add(1);
    shard.has_parked = true;
    let mut random = [0; 4];
    clock::strong_random(&mut random);
    let asked = failure
        .retry_in
        .map(|time| Duration::from_micros(u64::try_from(time.micros()).unwrap_or(0)));
    let random = u32::from_ne_bytes(random);
    match consumer
        .wants
        .rules
        .failed(attempts.unsigned_abs(), asked, random)
    {
        Fate::Retry(time) => {
            let time = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
            parked::wait(
                shard,
                &event.place,
                attempts,
                failure.error,
                time,
                failure.is_alone,
            );
            true
        }
        Fate::Dead(on_dead) => {
            parked::bury(
                shard,
                &event.place,
                attempts,
                failure.error,
                consumer.blocks(),
            );
            if on_dead == OnDead::Pause {
                subscription::pause(subscription.id, true);
            }
            consumer.blocks()
        }
    }
}

/// Those of these ids, in order. One that was settled before is none of them, and no mistake: whoever does not know
/// whether it was says so again.
fn choose(consumer: &Consumer, shard: &Shard, events: &[Place], ids: &[Uuid]) -> Vec<Place> {
    let mut wanted: FxHashSet<Uuid> = ids.iter().copied().collect();
    let chosen: Vec<Place> = events
        .iter()
        .filter(|event| wanted.remove(&event.event_id))
        .copied()
        .collect();
    if !wanted.is_empty() {
        for id in handed::behind(consumer, shard, &wanted) {
            wanted.remove(&id);
        }
    }
    if let Some(id) = ids.iter().find(|id| wanted.contains(id)) {
        Error::argument(format!(
            "event \"{id}\" was not handed out with receipt {}",
            shard.receipt
        ))
        .raise();
    }
    chosen
}

/// As much of an error as is kept, whole characters.
fn cut(error: &str) -> &str {
    let mut end = error.len().min(ERROR_BYTES);
    while !error.is_char_boundary(end) {
        end -= 1;
    }
    &error[..end]
}
