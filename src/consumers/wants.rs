//! Which events a subscription wants, and which shard's they are.

use super::reader::Event;
use crate::catalogue::subscription::Subscription;
use crate::error::OrRaise;
use crate::pg::convert;
use crate::pg::datum;
use crate::pg::jsonb::Value;
use crate::pg::memory;
use model::Problem;
use model::delivery::{OnDead, OrderedBy, Rules};
use model::filter::{self, Cell, Column, Filters, Kind};
use model::pattern::{Pattern, Selection};
use model::shard::Of;
use std::cell::RefCell;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::time::Duration;
use uuid::Uuid;

/// What it asks of an event.
pub struct Wants {
    selection: Selection,
    filters: Filters,
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
            if !revision.is_nil() {
                COMPILED.with_borrow_mut(|compiled| {
                    if compiled.len() == KEPT {
                        compiled.remove(0);
                    }
                    compiled.push((revision, Rc::clone(&made)));
                });
            }
            made
        })
    }

    /// Reads what it asks for; an error where it cannot be asked for.
    fn compile(s: &Subscription) -> Result<Wants, Problem> {
        let pattern = match &s.pattern {
            Some(pattern) => Some(Pattern::parse(&s.pattern_kind, pattern)?),
            // The kind by itself is checked too.
            None => Pattern::parse(&s.pattern_kind, "x").map(|_| None)?,
        };
        let filters = match &s.filters {
            Some(filters) => {
                let text = memory::current(|memory| convert::to_text(memory.jsonb(filters).into()));
                Filters::parse(text.as_bytes())?
            }
            None => Filters::default(),
        };
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
            selection: Selection::new(s.types.clone(), pattern)?,
            filters,
            shards: NonZeroU16::new(shards).unwrap_or(NonZeroU16::MIN),
            order,
            rules,
            on_dead,
        })
    }

    /// Whether an event belongs to a shard of the subscription.
    pub fn matches(&self, event: &Event<'_>, shard: i32) -> bool {
        self.selection.wants(event.event_type())
            && (self.shards.get() == 1 || event.of(|of| i32::from(of.shard(self.shards))) == shard)
            && (self.filters.is_empty() || self.holds(event))
    }

    fn holds<'a>(&self, event: &Event<'a>) -> bool {
        let tenant = event.tenant();
        let root = |document: Option<datum::Jsonb<'a>>| -> Option<Value<'a>> {
            let wanted = document.filter(|_| self.filters.ask_documents())?;
            Some(wanted.read().ok()?.root())
        };
        self.filters.hold(&Asked {
            event: *event,
            payload: root(event.payload()),
            context: root(event.context()),
            tenant: tenant.as_deref().map(str::as_bytes),
        })
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

/// An event, as filters ask it.
struct Asked<'a> {
    event: Event<'a>,
    payload: Option<Value<'a>>,
    context: Option<Value<'a>>,
    tenant: Option<&'a [u8]>,
}

impl<'a> filter::Event<'a> for Asked<'a> {
    type Document = Value<'a>;

    fn payload(&self) -> Option<Value<'a>> {
        self.payload
    }

    fn context(&self) -> Option<Value<'a>> {
        self.context
    }

    fn column(&self, column: Column) -> Option<Cell<'a>> {
        if column.name() == "tenant_id" {
            return self.tenant.map(Cell::Text);
        }
        let at = super::reader::place(column.name())?;
        match column.kind() {
            Kind::Text => self.event.text(at).map(Cell::Text),
            Kind::Number => self.event.int(at).map(i64::from).map(Cell::Number),
            Kind::Time => self.event.time(at).map(Cell::Time),
        }
    }
}

/// Refuses what cannot be asked for.
pub fn check(subscription: &Subscription) {
    let mut new = subscription.clone();
    new.revision = Uuid::nil();
    Wants::of(&new);
}
