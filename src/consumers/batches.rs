//! `eventlog.tick`: closes a batch of a log. Those who work on whole batches, such as seals, share its end.
//!
//! A function of SQL cannot begin a transaction, so it looks at the one that it is in: no block, nothing written yet, and
//! READ COMMITTED, as it takes its snapshot after it has waited for whoever closes another batch. What a procedure
//! writes after it in the same transaction is in a later batch, since the transaction itself counts as running.
//!
//! Whether something may have come is told without reading the log: nothing has, where the log's sequence gave no
//! number since a mark that holds for all transactions that had not ended by the last batch. So a batch may have no
//! event, where numbers were drawn and rolled back; an idle log has no further batches.

use super::present::{self, Present};
use crate::catalogue::batch::{self, Batch};
use crate::error::Error;
use crate::log::lookup;
use crate::pg::clock::{self, Reading};
use crate::pg::fcall::{Call, Ret};
use crate::pg::{snapshot, user};
use model::window::{Marks, Position};

/// Microseconds between two batches of a log at least.
const BETWEEN: i64 = 1_000_000;

/// `eventlog.tick(log)`.
pub fn tick(call: &Call<'_>) -> Ret {
    if snapshot::in_recovery() {
        Error::TickOnStandby.raise();
    }
    let target = lookup::of_owner(call.oid(0));
    if user::in_transaction_block() || clock::current_xid() != 0 || snapshot::is_kept() {
        Error::TickInTransaction.raise();
    }
    let lock = batch::lock(target.oid);
    lock.take();
    let last = batch::last(target.log_id);
    let now = Reading::now().timestamp();
    // A clock that was set back does not keep batches from being closed.
    let since = last.as_ref().map(|last| now - last.closed_at);
    if since.is_some_and(|since| (0..BETWEEN).contains(&since)) {
        lock.give_back();
        return Ret::Null;
    }
    let present = Present::take(&target).now;
    let (number, position) = match last {
        None => (1, Position::now(&present, &Marks::none())),
        Some(last) => {
            let scan = present::read(&last.position)
                .scan(&present, None)
                .unwrap_or_else(|why| present::refuse(why));
            let known = present.mark.seq > i64::MIN;
            if scan.is_empty() || (known && scan.after() == Some(present.mark.seq)) {
                lock.give_back();
                return Ret::Null;
            }
            (last.number + 1, scan.finish())
        }
    };
    let batch = Batch {
        number,
        closed_at: now,
        position: present::stored(&position),
    };
    batch::close(target.log_id, batch);
    call.value(number)
}
