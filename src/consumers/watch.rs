//! What `eventlog.subscriptions` shows.

use super::present::{self, Present};
use super::wants::Wants;
use super::{Consumer, reader, settle, table_of};
use crate::catalogue::parked;
use crate::catalogue::subscription::{self, Subscription};
use crate::catalogue::subscription_shard::{self, Shard};
use crate::log::target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Datum, Interval};
use crate::pg::fcall::{Call, Ret};
use crate::pg::memory::Memory;
use crate::pg::spi::{self, Value};
use crate::pg::{inval, snapshot, user};
use model::delivery::rate;
use model::window::Verdict;
use pgrx::pg_sys;

/// What is counted of a shard, and who has it.
const COUNTS: &str = "select \
    (select pg_catalog.max(w.attempts) from eventlog.waiting_event w \
        where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2), \
    (select pg_catalog.count(*) from eventlog.waiting_event w \
        where w.subscription_id operator(pg_catalog.=) $1 and w.shard operator(pg_catalog.=) $2), \
    (select pg_catalog.count(*) from eventlog.held_event h \
        where h.subscription_id operator(pg_catalog.=) $1 and h.shard operator(pg_catalog.=) $2), \
    (select pg_catalog.count(*) from eventlog.dead_event d \
        where d.subscription_id operator(pg_catalog.=) $1 and d.shard operator(pg_catalog.=) $2), \
    (select l.pid from pg_catalog.pg_locks l \
        where l.locktype operator(pg_catalog.=) 'object' and l.granted \
            and l.classid operator(pg_catalog.=) 'eventlog.subscription_shard'::pg_catalog.regclass::pg_catalog.oid \
            and l.objid operator(pg_catalog.=) $3 and l.objsubid operator(pg_catalog.=) $2::int2 \
            and l.mode operator(pg_catalog.=) 'ExclusiveLock' \
            and l.database operator(pg_catalog.=) (select d.oid from pg_catalog.pg_database d \
                where d.datname operator(pg_catalog.=) pg_catalog.current_database()) limit 1), \
    (select s.created_at from eventlog.subscription s where s.subscription_id operator(pg_catalog.=) $1), \
    (select pg_catalog.jsonb_build_object('on_dead', s.on_dead, 'retry_base', s.retry_base::text, \
            'retry_max', s.retry_max::text, 'keep', s.keep::text) \
        from eventlog.subscription s where s.subscription_id operator(pg_catalog.=) $1)";

/// `eventlog._subscriptions()`: those whose role's rights the caller has, a row for each shard.
pub fn subscriptions(call: &Call<'_>) -> Ret {
    inval::accept();
    let mut sink = call.rows();
    for name in names() {
        let Some(subscription) = subscription::by_name(&name) else {
            continue;
        };
        if !user::has_rights_of(&subscription.role) {
            continue;
        }
        for shard in Shard::all(subscription.id) {
            let row = row(&subscription, &shard, call.memory());
            sink.push(&row);
        }
    }
    Ret::Void
}

fn names() -> Vec<String> {
    let found = user::as_catalogue_owner(subscription_shard::table(), || {
        spi::run(
            "select s.name from eventlog.subscription s order by s.name",
            &[],
            |row| row.string(1),
        )
    });
    found.into_iter().flatten().collect()
}

/// How far a shard is behind.
#[derive(Default)]
struct Lag {
    events: i64,
    oldest: Option<i64>,
    caught_up: bool,
    /// its marks are believed
    has_marks: bool,
}

/// Columns of a row.
const WIDTH: usize = 28;

fn row<'m>(s: &Subscription, shard: &Shard, memory: Memory<'m>) -> [Option<Datum<'m>>; WIDTH] {
    let now = Reading::now().timestamp();
    let log = table_of(s);
    let role = user::role_named(&s.role);
    let target = log.map(target::by_oid).filter(|t| t.log_id == s.log_id);
    let reads = role
        .zip(target)
        .filter(|(role, target)| reader::may_read(target, *role));
    let is_stopped = reads.is_none();
    let consumer = reads.map(|(role, target)| Consumer {
        subscription: s.clone(),
        role,
        target,
        wants: Wants::of(s),
    });
    let in_recovery = snapshot::in_recovery();
    let lag = consumer
        .filter(|_| !in_recovery)
        .map(|consumer| lag(&consumer, shard));
    let can_be_read = lag.is_some();
    let lag = lag.unwrap_or_default();
    // What another cluster handed out does not count.
    let is_open = shard.is_open && (in_recovery || shard.system == settle::system());
    let is_valid = shard.lease_until.is_some_and(|until| until > now);
    let state = match () {
        () if is_stopped => "stopped",
        () if s.is_paused => "paused",
        () if is_open && is_valid => "delivering",
        () if is_open => "overdue",
        () => "idle",
    };
    let object = pg_sys::Oid::from(s.id as u32);
    let key = [
        Value::Int(Some(shard.subscription)),
        Value::Int(Some(shard.shard)),
        Value::Oid(object),
    ];
    let mut counts: [Option<Datum<'m>>; 7] = [None; 7];
    let mut waiting = 0;
    user::as_catalogue_owner(subscription_shard::table(), || {
        spi::run(COUNTS, &key, |row| {
            counts[0] = row.int(1).map(Datum::from);
            waiting = row.long(2).unwrap_or(0);
            for (at, count) in (2..).zip(&mut counts[1..4]) {
                *count = row.long(at).map(Datum::from);
            }
            counts[4] = row.int(5).map(Datum::from);
            counts[5] = row.long(6).map(Datum::timestamptz);
            counts[6] = row
                .jsonb(7)
                .map(|options| memory.jsonb(options.stored()).into());
        });
    });
    let age = shard.rated_at.map_or(0, |at| now.saturating_sub(at));
    let text = |text: &str| -> Option<Datum<'m>> { Some(memory.text(text).into()) };
    let nothing_left = lag.caught_up && !is_open && waiting == 0;
    [
        text(&s.name),
        log.map(Datum::regclass),
        text(&s.role),
        text(state),
        Some(Datum::from(shard.shard)),
        can_be_read.then(|| Datum::from(lag.events)),
        lag.oldest
            .map(|oldest| memory.interval(Interval::of_micros(now.saturating_sub(oldest).max(0)))),
        lag.oldest.map(Datum::timestamptz),
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        Some(Datum::from(rate::after(shard.rate, age, 0))),
        Some(Datum::from(shard.receipt)),
        shard
            .lease_until
            .filter(|_| is_open)
            .map(Datum::timestamptz),
        counts[4].or(shard.holder.filter(|_| is_open).map(Datum::from)),
        Some(Datum::from(nothing_left)),
        s.types.as_ref().map(|types| memory.text_array(types)),
        s.pattern.as_deref().and_then(text),
        text(&s.pattern_kind),
        s.filters.as_deref().map(|f| memory.jsonb(f).into()),
        Some(Datum::from(s.max_attempts)),
        text(&s.ordered_by),
        Some(Datum::from(s.shards)),
        s.next_shards.map(Datum::from),
        counts[6],
        counts[5],
        Some(Datum::from(!can_be_read || lag.has_marks)),
    ]
}

/// Reads as the subscription's role, which may.
fn lag(consumer: &Consumer, shard: &Shard) -> Lag {
    let present = Present::take(&consumer.target);
    let mut lag = behind(consumer, shard, &present);
    let parked = shard.has_parked.then(|| parked::first(shard)).flatten();
    if let Some(first) = parked {
        consumer.read_among(&present, &[first], |event| {
            let recorded_at = event.row().recorded_at;
            lag.oldest = Some(lag.oldest.map_or(recorded_at, |o| o.min(recorded_at)));
        });
    }
    lag
}

/// How far its position is behind.
fn behind(consumer: &Consumer, shard: &Shard, present: &Present) -> Lag {
    let mut position = present::read(&shard.position);
    let mut lag = Lag {
        has_marks: true,
        ..Lag::default()
    };
    let mut rows = 0;
    // What is left of an unfinished window, and then what has come since.
    loop {
        let Ok(mut scan) = position.scan(&present.now, None) else {
            return lag;
        };
        lag.has_marks &= scan.believes_marks();
        let is_last = *scan.until() == present.now.snapshot;
        let mut found = None;
        if !scan.is_empty() {
            consumer.read_above(present, scan.after(), |event| {
                let row = event.row();
                rows += 1;
                let is_wanted = matches!(scan.read(&row), Verdict::Deliver { .. })
                    && !shard.settled.contains(&row.seq)
                    && consumer.wants.matches(&event, shard.shard);
                // What is wanted may lie further on: then no older one is.
                if is_wanted || rows > reader::MOST_ROWS {
                    found = Some(row);
                }
                found.is_none()
            });
        }
        if let Some(row) = found {
            lag.oldest = Some(row.recorded_at);
            let behind = present.now.mark.seq.saturating_sub(row.seq);
            lag.events = behind.saturating_add(1).max(1);
            return lag;
        }
        if is_last {
            lag.caught_up = true;
            return lag;
        }
        position = scan.finish();
    }
}
