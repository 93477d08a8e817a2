//! The present, as one call finds it.

use crate::catalogue::subscription_shard;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::snapshot::{self, Boundary};
use crate::pg::{clock, sequence, user};
use model::window::{BadSnapshot, Mark, Now, Position, Refusal, Snapshot};

/// A snapshot to read with, and what it says.
pub struct Present {
    pub boundary: Boundary,
    pub now: Now,
}

impl Present {
    /// Takes it. The order matters: the sequence first, then the next transaction id, then the snapshot.
    pub fn take(target: &Target) -> Present {
        let sequence = target.sequences().first().copied();
        // Where sessions keep numbers for later, what begins now may draw a low one: no mark says anything.
        let sequence = sequence.filter(|sequence| sequence::is_uncached(*sequence));
        // Anyone may know a number, and no reader of a log needs rights on its sequence.
        let seq = sequence.and_then(|sequence| {
            user::as_catalogue_owner(subscription_shard::table(), || {
                sequence::last_number(sequence)
            })
        });
        let mark = Mark {
            xid: snapshot::next_transaction(),
            seq: seq.unwrap_or(i64::MIN),
        };
        let boundary = Boundary::take();
        let snapshot = Snapshot::new(boundary.xmax, boundary.running.clone());
        let now = Now {
            own: clock::own_origins(),
            snapshot: snapshot.unwrap_or_else(|why| not_kept(why)),
            mark,
        };
        Present { boundary, now }
    }
}

/// A position as a row keeps it.
pub fn stored(position: &Position) -> Vec<u8> {
    position.to_bytes().unwrap_or_else(|why| not_kept(why))
}

/// Reads it.
pub fn read(bytes: &[u8]) -> Position {
    Position::from_bytes(bytes).unwrap_or_else(|_| {
        Error::internal("the position of a subscription cannot be read").raise()
    })
}

/// Tells why a position cannot be kept.
pub fn not_kept(why: BadSnapshot) -> ! {
    match why {
        BadSnapshot::TooMany => Error::NoRoom {
            what: "transactions that run at once",
        }
        .raise(),
        BadSnapshot::Form | BadSnapshot::Order => {
            Error::internal("a snapshot has transactions that cannot be").raise()
        }
    }
}

/// Tells why a position cannot go on.
pub fn refuse(why: Refusal) -> ! {
    match why {
        Refusal::NotLater => Error::NotLater.raise(),
        _ => Error::internal(format!("a position cannot go on: {why:?}")).raise(),
    }
}
