//! Which events an open receipt has.
//!
//! They are read again: the window is fixed, and gives the same ones. A session that settles them one by one reads them
//! once, as it keeps what it read last: what a part of a window has does not change, whatever becomes of it.

use super::Consumer;
use super::present::{self, Present};
use crate::catalogue::parked::{self, Due, Place};
use crate::catalogue::subscription_shard::Shard;
use model::window::Verdict;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;

/// An event of the open receipt.
#[derive(Clone, Copy, Debug)]
pub struct Handed {
    pub place: Place,
    /// it was handed out beside the stream
    pub due: Option<Due>,
    /// acked, nacked or held since
    pub is_settled: bool,
}

/// A part of a window: of which subscription, as what it asked for; from where, and up to where.
#[derive(Clone, PartialEq, Eq)]
struct Part {
    revision: Uuid,
    shard: i32,
    position: Vec<u8>,
    last: i64,
}

/// What was read last.
struct Kept {
    part: Part,
    places: Rc<Vec<Place>>,
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// All that the open receipt had, in order.
pub fn out(consumer: &Consumer, shard: &Shard) -> Vec<Place> {
    let beside = match shard.extras.is_empty() {
        true => Vec::new(),
        false => parked::parked(shard, &shard.extras),
    };
    let mut places: Vec<Place> = beside.iter().map(place).collect();
    let of_stream = stream(consumer, shard);
    // What failed or was held since it was read is in both.
    let known: FxHashSet<i64> = places.iter().map(|place| place.seq).collect();
    places.extend(of_stream.iter().filter(|place| !known.contains(&place.seq)));
    places.sort_unstable();
    places
}

fn place(due: &Due) -> Place {
    Place {
        seq: due.seq,
        event_id: due.event_id,
        entity: due.entity,
    }
}

/// What became of events of the open receipt.
pub fn look(shard: &Shard, places: Vec<Place>) -> Vec<Handed> {
    let settled: FxHashSet<i64> = shard.settled.iter().copied().collect();
    let extras: FxHashSet<i64> = shard.extras.iter().copied().collect();
    let numbers: Vec<i64> = places.iter().map(|place| place.seq).collect();
    let parked: FxHashMap<i64, Due> = match shard.has_parked {
        true => parked::parked(shard, &numbers)
            .into_iter()
            .map(|due| (due.seq, due))
            .collect(),
        false => FxHashMap::default(),
    };
    let look = |place: Place| {
        let due = parked.get(&place.seq).copied();
        let is_beside = extras.contains(&place.seq);
        Handed {
            place: due.as_ref().map_or(place, self::place),
            due: due.filter(|_| is_beside),
            // What was held when it was read is not in the receipt.
            is_settled: match is_beside {
                true => false,
                false => due.is_some() || settled.contains(&place.seq),
            },
        }
    };
    places.into_iter().map(look).collect()
}

/// The events that the open receipt has not settled.
pub fn unsettled(consumer: &Consumer, shard: &Shard) -> Vec<Handed> {
    let mut events = look(shard, out(consumer, shard));
    events.retain(|event| !event.is_settled);
    events
}

/// Those of these events that the shard has come past.
pub fn behind(consumer: &Consumer, shard: &Shard, ids: &FxHashSet<Uuid>) -> Vec<Uuid> {
    let present = Present::take(&consumer.target);
    let position = present::read(&shard.position);
    let after = position.unfinished().and_then(|(_, after)| after);
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let mut found = Vec::new();
    consumer.read_these(&present, &ids, |event| {
        if Some(event.seq()) <= after && consumer.wants.matches(&event, shard.shard) {
            found.push(event.id());
        }
    });
    found
}

/// Moves the position up to the first event that is not settled.
pub fn move_on(consumer: &Consumer, shard: &mut Shard) {
    if shard.handed_to.is_none() {
        return;
    }
    let places = stream(consumer, shard);
    let looked = look(shard, places.to_vec());
    let first = looked.iter().position(|event| !event.is_settled);
    let behind = match first {
        Some(at) => at.checked_sub(1).and_then(|before| looked.get(before)),
        None => looked.last(),
    };
    let Some(behind) = behind.map(|event| event.place.seq) else {
        return;
    };
    let moved = present::read(&shard.position).read_up_to(behind);
    shard.position = present::stored(&moved);
    shard.settled.retain(|seq| *seq > behind);
    let rest = places.iter().filter(|place| place.seq > behind).copied();
    if let Some(part) = part(consumer, shard) {
        keep(part, Rc::new(rest.collect()));
    }
}

fn part(consumer: &Consumer, shard: &Shard) -> Option<Part> {
    Some(Part {
        revision: consumer.subscription.revision,
        shard: shard.shard,
        position: shard.position.clone(),
        last: shard.handed_to?,
    })
}

fn keep(part: Part, places: Rc<Vec<Place>>) {
    KEPT.set(Some(Kept { part, places }));
}

/// What the window has from the position up to the last number of the open receipt.
fn stream(consumer: &Consumer, shard: &Shard) -> Rc<Vec<Place>> {
    let Some(part) = part(consumer, shard) else {
        return Rc::default();
    };
    let known = KEPT.with_borrow(|kept| {
        let kept = kept.as_ref().filter(|kept| kept.part == part);
        kept.map(|kept| Rc::clone(&kept.places))
    });
    known.unwrap_or_else(|| {
        let places = Rc::new(read(consumer, shard, part.last));
        keep(part, Rc::clone(&places));
        places
    })
}

fn read(consumer: &Consumer, shard: &Shard, last: i64) -> Vec<Place> {
    let present = Present::take(&consumer.target);
    let mut scan = present::read(&shard.position)
        .scan(&present.now, None)
        .unwrap_or_else(|why| present::refuse(why));
    let mut found = Vec::new();
    consumer.read_above(&present, scan.after(), |event| {
        if event.seq() > last {
            return false;
        }
        if let Verdict::Deliver { .. } = scan.read(&event.row())
            && consumer.wants.matches(&event, shard.shard)
        {
            found.push(Place {
                seq: event.seq(),
                event_id: event.id(),
                entity: consumer.wants.entity(&event),
            });
        }
        true
    });
    found
}
