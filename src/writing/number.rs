//! The numbers of events: drawn for the default of `seq`, and taken once by the gate.
//!
//! Readers rely on two things: a transaction has its id before it draws, and no event carries a
//! number that did not come from its log's sequence in its own transaction. The default draws and
//! notes what it drew; the gate looks for the number of each row among those notes. A note cannot
//! be tied to a row more closely: between the two, triggers and functions in the same INSERT may
//! write other events.

use super::handover;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::inval::AsOf;
use crate::pg::sequence::{next_number, next_number_unasked, transaction_id};
use crate::pg::{clock, relation, snapshot};
use pgrx::pg_sys::Oid;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Numbers that may wait at once. Beyond that the oldest is forgotten: rows that somebody's
/// trigger suppresses leave theirs behind.
const WAITING: usize = 1024;

struct Drawn {
    /// the transaction that drew them
    xid: u64,
    /// sequence and number, in the order in which they were drawn
    waiting: VecDeque<(Oid, i64)>,
    /// the last sequence that was drawn from, and as of when it was one
    known: Option<(Oid, AsOf)>,
}

thread_local! {
    static DRAWN: RefCell<Drawn> = const {
        RefCell::new(Drawn { xid: 0, waiting: VecDeque::new(), known: None })
    };
}

/// `eventlog.new_xid()`: default of `xid`.
pub fn new_xid(call: &Call<'_>) -> Ret {
    call.value(transaction_id() as i64)
}

/// `eventlog.is_visible(xid, snapshot)`.
pub fn is_visible(call: &Call<'_>) -> Ret {
    call.value(snapshot::is_visible(call))
}

/// `eventlog.new_seq(sequence)`: default of `seq`.
pub fn new_seq(call: &Call<'_>) -> Ret {
    let Some(sequence) = call.oid(0) else {
        return Ret::Null;
    };
    require_relation(sequence);
    let number = handover::number().unwrap_or_else(|| draw(sequence));
    handover::begin_row();
    call.value(number)
}

/// Draws a number of a log's sequence for an event, by the current role.
pub fn draw(sequence: Oid) -> i64 {
    let xid = transaction_id();
    let number = next_number(sequence);
    note(xid, sequence, number);
    number
}

/// The same for the log's owner, whom nobody asks for the right to draw.
pub fn draw_unasked(sequence: Oid) -> i64 {
    let xid = transaction_id();
    let number = next_number_unasked(sequence);
    note(xid, sequence, number);
    number
}

/// A number that is no relation's would be an internal error to Postgres.
fn require_relation(sequence: Oid) {
    let is_known = |known: &(Oid, AsOf)| known.0 == sequence && known.1.holds();
    if DRAWN.with_borrow(|d| d.known.as_ref().is_some_and(is_known)) {
        return;
    }
    let as_of = AsOf::now(&[sequence]);
    if !relation::exists(sequence) {
        Error::argument(format!(
            "there is no relation with oid {}",
            sequence.to_u32()
        ))
        .raise();
    }
    DRAWN.with_borrow_mut(|d| d.known = Some((sequence, as_of)));
}

/// A number was drawn for an event that this transaction is about to write.
pub fn drawn(sequence: Oid, number: i64) {
    note(transaction_id(), sequence, number);
}

fn note(xid: u64, sequence: Oid, number: i64) {
    DRAWN.with_borrow_mut(|d| {
        if d.xid != xid {
            d.xid = xid;
            d.waiting.clear();
        } else if d.waiting.len() == WAITING {
            d.waiting.pop_front();
        }
        d.waiting.push_back((sequence, number));
    });
}

/// Whether the log's sequence gave this number to this transaction, and no event has it yet; now
/// one has it.
#[inline]
pub fn take(target: &Target, number: i64) -> bool {
    if DRAWN.with_borrow(|d| d.waiting.is_empty()) {
        return false;
    }
    let sequences = target.sequences();
    DRAWN.with_borrow_mut(|d| {
        // What waits longest is mostly what will never be taken.
        let place = match d.xid == clock::current_xid() {
            true => d
                .waiting
                .iter()
                .rposition(|w| w.1 == number && sequences.contains(&w.0)),
            false => None,
        };
        if let Some(place) = place {
            d.waiting.remove(place);
        }
        place.is_some()
    })
}
