//! Which events a subscription wants, and which shard's they are.

use super::asks::{Asks, Event as _};
use super::reader::Event;
use crate::catalogue::subscription::Subscription;
use crate::error::{Error, OrRaise};
use crate::pg::datum;
use model::delivery::{OnDead, OrderedBy, Rules};
use model::shard::Of;
use std::cell::RefCell;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::time::Duration;
use uuid::Uuid;

/// What it asks of an event.
pub struct Wants {
    asks: Asks,
    shards: NonZeroU16,
    pub order: OrderedBy,
    pub rules: Rules,
    on_dead: OnDead,
}

/// Compiled subscriptions that a backend keeps.
const KEPT: usize = 32;

thread_local! {
    static COMPILED: RefCell<Vec<(Uuid, Rc<Wants>)>> = const { RefCell::new(Vec::new()) };
}

impl Wants {
    /// Those of a subscription as it stands in the catalogue, compiled once.
    pub fn of(subscription: &Subscription) -> Rc<Wants> {
        let revision = subscription.revision;
        let known = COMPILED.with_borrow(|compiled| {
            compiled
                .iter()
                .find(|entry| entry.0 == revision)
                .map(|entry| Rc::clone(&entry.1))
        });
        known.unwrap_or_else(|| {
            let made = Rc::new(Wants::compile(subscription).or_raise());
            COMPILED.with_borrow_mut(|compiled| {
                if compiled.len() == KEPT {
                    compiled.remove(0);
                }
                compiled.push((revision, Rc::clone(&made)));
            });
            made
        })
    }

    /// Reads what it asks for; an error where it cannot be asked for.
    fn compile(s: &Subscription) -> Result<Wants, Error> {
        let asks = Asks::compile(
            s.types.as_deref(),
            s.pattern.as_deref(),
            &s.pattern_kind,
            s.filters.as_deref(),
        )?;
        let order = OrderedBy::parse(&s.ordered_by)?;
        let shards = u16::try_from(s.shards).unwrap_or(if s.shards < 0 { 0 } else { u16::MAX });
        order.check_shards(shards)?;
        let on_dead = OnDead::parse(&s.on_dead)?;
        let time = |interval: datum::Interval| {
            Duration::from_micros(u64::try_from(interval.micros()).unwrap_or(0))
        };
        let rules = Rules::new(
            s.max_attempts,
            on_dead,
            time(s.retry_base),
            time(s.retry_max),
        )?;
        Ok(Wants {
            asks,
            shards: NonZeroU16::new(shards).unwrap_or(NonZeroU16::MIN),
            order,
            rules,
            on_dead,
        })
    }

    /// Whether an event belongs to a shard of the subscription.
    pub fn matches(&self, event: &Event<'_>, shard: i32) -> bool {
        self.asks.wants_type(event.event_type())
            && (self.shards.get() == 1 || event.of(|of| i32::from(of.shard(self.shards))) == shard)
            && self.asks.hold(*event)
    }

    /// What its later events are held by, should it fail.
    pub fn entity(&self, event: &Event<'_>) -> Option<i64> {
        match self.order {
            OrderedBy::Entity => event.of(|of| match of {
                Of::Entity { .. } => Some(of.key().cast_signed()),
                Of::Event(_) => None,
            }),
            OrderedBy::Log => Some(0),
            OrderedBy::None => None,
        }
    }

    /// Whether what comes behind a dead letter of its entity waits for it.
    pub fn blocks(&self) -> bool {
        self.on_dead != OnDead::Skip
    }
}

/// Refuses what cannot be asked for.
pub fn check(subscription: &Subscription) {
    Wants::compile(subscription).or_raise();
}
