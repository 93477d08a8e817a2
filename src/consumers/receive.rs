//! `eventlog.receive`: the next events of a free shard, or those of a receipt whose lease ran out.

use super::asks;
use super::handed;
use super::present::{self, Present};
use super::reader::{Event, MOST_ROWS};
use super::settle::{self, Failure};
use super::shards::{self, Next};
use super::{Consumer, find};
use crate::catalogue::parked::{self, Due, Place};
use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::Shard;
use crate::pg::clock::Reading;
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::rows::RowSink;
use crate::pg::xact;
use model::delivery::{OrderedBy, rate};
use model::window::{Position, Snapshot, Verdict};
use rustc_hash::FxHashSet;
use std::cell::Cell;

/// Leases that run out in a row before a shard hands out one event at a time.
const EXPIRIES: i32 = 2;

/// What one call may hand out.
struct Limits {
    events: usize,
    bytes: usize,
    /// in microseconds
    lease: i64,
}

/// What became of a shard.
#[derive(PartialEq, Eq)]
enum Done {
    /// nothing was there, and nothing was written
    Nothing,
    /// nothing was there, and how far it came was written
    Moved,
    Delivered,
}

thread_local! {
    /// where the next call begins to look for a free shard
    static TURN: Cell<i32> = const { Cell::new(0) };
}

/// `eventlog.receive(subscription, max_events, lease, max_bytes)`.
pub fn receive(call: &Call<'_>) -> Ret {
    let limits = Limits {
        events: asks::most(call, 1, "max_events"),
        lease: settle::lease_of(required(call.interval(2), "lease")),
        bytes: asks::most(call, 3, "max_bytes"),
    };
    let name = call.string(0);
    let mut sink = call.rows();
    // Each round but the last was outrun by a change of the subscription.
    while round(find(name.clone()), &limits, &mut sink) == Round::Outrun {}
    Ret::Void
}

/// What became of a look at all shards.
#[derive(PartialEq, Eq)]
enum Round {
    Done,
    /// the subscription is another one by now
    Outrun,
}

fn round(subscription: Subscription, limits: &Limits, sink: &mut RowSink) -> Round {
    if subscription.is_paused {
        return Round::Done;
    }
    let consumer = Consumer::of(subscription);
    consumer.require_reads_all();
    let boundary = match shards::next(&consumer) {
        None => None,
        Some(Next::Read(boundary)) => Some(boundary),
        Some(Next::Changed) => return Round::Outrun,
        Some(Next::Wait) => return Round::Done,
    };
    let (id, shards) = (consumer.subscription.id, consumer.subscription.shards);
    let first = TURN
        .with(|turn| turn.replace(turn.get().wrapping_add(1)))
        .rem_euclid(shards);
    let mut has_moved = false;
    for shard in (first..shards).chain(0..first) {
        let lock = Shard::lock(id, shard);
        if !lock.try_take() {
            continue;
        }
        // What it asks for, and into how many parts it is split, changes under these locks alone.
        if subscription::revision(id) != Some(consumer.subscription.revision) {
            lock.give_back();
            return Round::Outrun;
        }
        match deliver(&consumer, shard, boundary.as_ref(), limits, sink) {
            Done::Delivered => return Round::Done,
            Done::Moved => has_moved = true,
            Done::Nothing => lock.give_back(),
        }
    }
    match boundary.is_some() && has_moved {
        // All may have arrived.
        true => Round::Outrun,
        false => Round::Done,
    }
}

/// Hands out what a shard has, which is locked.
fn deliver(
    consumer: &Consumer,
    number: i32,
    boundary: Option<&Snapshot>,
    limits: &Limits,
    sink: &mut RowSink,
) -> Done {
    let Some(mut shard) = Shard::read(consumer.subscription.id, number) else {
        return Done::Nothing;
    };
    let came = settle::arrive(&mut shard);
    let now = Reading::now().timestamp();
    if shard.is_open && shard.unsettled > 0 && shard.lease_until.is_some_and(|until| until > now) {
        return Done::Nothing;
    }
    let present = Present::take(&consumer.target);
    let was_open = shard.is_open || came;
    if shard.is_open {
        match shard.unsettled {
            // All of it failed or was acked one by one.
            0 => settle::close(consumer, &mut shard),
            _ => expire(consumer, &mut shard),
        }
    }
    let before = (shard.receipt, shard.receipt_base);
    settle::next_receipt(&mut shard);
    let mut batch = Batch {
        sink,
        receipt: shard.receipt,
        shard: number,
        events: match shard.careful {
            0 => limits.events,
            _ => 1,
        },
        bytes: limits.bytes,
        count: 0,
    };
    let extras = match shard.has_parked {
        true => extras(consumer, &mut shard, &present, &mut batch),
        false => Extras::default(),
    };
    let held: FxHashSet<i64> = match shard.has_parked {
        true => parked::held_entities(&shard).into_iter().collect(),
        false => FxHashSet::default(),
    };
    let blocked = extras.is_alone || consumer.wants.order == OrderedBy::Log && held.contains(&0);
    let position = present::read(&shard.position);
    let stream = match blocked || !batch.has_room(0) {
        true => Stream::none(position),
        false => {
            let until = boundary.unwrap_or(&present.now.snapshot);
            stream(
                consumer,
                &shard,
                (&present, until),
                &held,
                &mut batch,
                position,
            )
        }
    };
    if !stream.held.is_empty() {
        parked::hold(&shard, &stream.held);
    }
    let count = batch.count;
    if count == 0 {
        (shard.receipt, shard.receipt_base) = before;
        if !was_open && !stream.is_worth_keeping && !extras.changed {
            return Done::Nothing;
        }
        shard.position = present::stored(&stream.next);
        settle::prune(&mut shard, &stream.next);
        shard.write();
        return Done::Moved;
    }
    shard.position = present::stored(&stream.begin);
    shard.next = Some(present::stored(&stream.next));
    shard.handed_to = stream.handed_to;
    shard.extras = extras.numbers;
    shard.unsettled = count as i32;
    shard.is_open = true;
    shard.lease_until = Some(now.saturating_add(limits.lease));
    shard.holder = Some(std::process::id() as i32);
    shard.rate = rate::after(
        shard.rate,
        shard.rated_at.map_or(0, |at| now.saturating_sub(at)),
        count,
    );
    shard.rated_at = Some(now);
    shard.write();
    // A receipt that a crash takes back is given out again, and whoever guards a destination by receipts has seen it.
    xact::commit_on_disk();
    Done::Delivered
}

/// A receipt whose lease ran out: what it did not settle comes again. That is no attempt of the events, unless one was
/// handed out by itself.
fn expire(consumer: &Consumer, shard: &mut Shard) {
    // What may have killed a worker is handed out by itself too.
    if shard.unsettled == 1 && (shard.careful > 0 || !shard.extras.is_empty()) {
        let open = handed::unsettled(consumer, shard);
        if let [event] = open.as_slice()
            && (shard.careful > 0 || event.due.is_some_and(|due| due.is_alone))
        {
            let failure = Failure {
                error: "the lease ran out",
                retry_in: None,
                is_alone: true,
            };
            settle::fail(consumer, shard, event, &failure);
            settle::drop_from(consumer, shard, &[event.place.seq]);
            settle::close(consumer, shard);
            shard.has_parked = parked::let_go(shard, consumer.blocks(), None);
            return;
        }
    }
    shard.expiries = shard.expiries.saturating_add(1);
    if shard.expiries >= EXPIRIES {
        shard.careful = shard.unsettled;
    }
    settle::give_back(shard);
}

/// What is being handed out.
struct Batch<'a> {
    sink: &'a mut RowSink,
    receipt: i64,
    shard: i32,
    /// how many more there may be
    events: usize,
    bytes: usize,
    count: usize,
}

impl Batch<'_> {
    /// Whether another event of this size may be handed out: the first one always.
    fn has_room(&self, bytes: usize) -> bool {
        self.count == 0 || self.events > 0 && self.bytes >= bytes
    }

    /// Hands out an event of this size.
    fn push(&mut self, event: &Event<'_>, size: usize, attempt: i32, replayed: bool) {
        let first = [
            Some(Datum::from(self.receipt)),
            Some(Datum::from(attempt)),
            Some(Datum::from(self.shard)),
            Some(Datum::from(replayed)),
        ];
        event.push(self.sink, &first);
        self.count += 1;
        self.events = self.events.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size);
    }
}

/// Events that are handed out beside the stream.
#[derive(Default)]
struct Extras {
    numbers: Vec<i64>,
    /// one that may have killed its worker is handed out by itself
    is_alone: bool,
    /// something was cleared away
    changed: bool,
}

fn extras(
    consumer: &Consumer,
    shard: &mut Shard,
    present: &Present,
    batch: &mut Batch<'_>,
) -> Extras {
    let due = parked::due(shard, consumer.blocks(), batch.events as i64);
    let mut extras = Extras {
        is_alone: due.first().is_some_and(|first| first.is_alone),
        ..Extras::default()
    };
    let due: Vec<Due> = match extras.is_alone {
        true => due.into_iter().take(1).collect(),
        false => due
            .into_iter()
            .take_while(|event| !event.is_alone)
            .collect(),
    };
    if due.is_empty() {
        return extras;
    }
    let numbers: Vec<i64> = due.iter().map(|event| event.seq).collect();
    let mut missing: FxHashSet<i64> = numbers.iter().copied().collect();
    consumer.read_among(present, &numbers, |event| {
        let found = due
            .iter()
            .find(|d| d.seq == event.seq() && d.event_id == event.id());
        let Some(found) = found else { return };
        missing.remove(&found.seq);
        let size = event.size();
        if batch.has_room(size) {
            batch.push(
                &event,
                size,
                found.attempts.saturating_add(1),
                found.is_replayed,
            );
            extras.numbers.push(found.seq);
        }
    });
    if !missing.is_empty() {
        // Their partition was dropped.
        let gone: Vec<i64> = missing.into_iter().collect();
        parked::take(shard, &gone);
        shard.has_parked = parked::let_go(shard, consumer.blocks(), None);
        extras.changed = true;
    }
    extras
}

/// What was read of the stream.
struct Stream {
    /// where it began, its window fixed
    begin: Position,
    next: Position,
    handed_to: Option<i64>,
    held: Vec<Place>,
    is_worth_keeping: bool,
}

impl Stream {
    fn none(position: Position) -> Stream {
        Stream {
            begin: position.clone(),
            next: position,
            handed_to: None,
            held: Vec::new(),
            is_worth_keeping: false,
        }
    }
}

fn stream(
    consumer: &Consumer,
    shard: &Shard,
    (present, until): (&Present, &Snapshot),
    held: &FxHashSet<i64>,
    batch: &mut Batch<'_>,
    mut position: Position,
) -> Stream {
    let settled: FxHashSet<i64> = shard.settled.iter().copied().collect();
    let before = batch.count;
    let mut to_hold: Vec<Place> = Vec::new();
    let mut rows = 0;
    // Where several shards are to meet, each says that it is there.
    let mut is_worth_keeping = until != &present.now.snapshot && !position.stands_at(until);
    loop {
        let mut scan = position
            .scan(&present.now, Some(until))
            .unwrap_or_else(|why| present::refuse(why));
        let begin = scan.here();
        let is_last = scan.until() == until;
        let mut stopped = false;
        if !scan.is_empty() {
            consumer.read_above(present, scan.after(), |event| {
                let size = event.size();
                if rows == MOST_ROWS || !batch.has_room(size) {
                    stopped = true;
                    return false;
                }
                rows += 1;
                if let Verdict::Deliver { replayed } = scan.read(&event.row())
                    && !settled.contains(&event.seq())
                    && consumer.wants.matches(&event, shard.shard)
                {
                    let entity = match held.is_empty() {
                        true => None,
                        false => consumer.wants.entity(&event).filter(|e| held.contains(e)),
                    };
                    match entity {
                        Some(_) => to_hold.push(Place {
                            seq: event.seq(),
                            event_id: event.id(),
                            entity,
                        }),
                        None => batch.push(&event, size, 1, replayed),
                    }
                }
                true
            });
        }
        let handed_to = scan.after();
        is_worth_keeping |= !to_hold.is_empty() || scan.is_worth_keeping();
        position = match stopped {
            true => scan.pause(),
            false => scan.finish(),
        };
        // An old window that had nothing more is no reason to say that there is nothing.
        if stopped || is_last || batch.count > before {
            return Stream {
                begin,
                next: position,
                handed_to,
                held: to_hold,
                is_worth_keeping,
            };
        }
        is_worth_keeping = true;
    }
}
