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
use crate::log::{carrier, lookup};
use crate::pg::clock::{self, Reading};
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::{relation, snapshot, user};
use model::window::{Marks, Position};
use uuid::Uuid;

/// Microseconds between two batches of a log at least.
const BETWEEN: i64 = 1_000_000;

/// Microseconds after which an event that is in no batch yet says that nobody closes them: whoever does so after an error
/// comes again within that time.
const LATE: i64 = 60_000_000;

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

/// `eventlog._batch_is_late(log_id)`: whether an event that was recorded after the last batch has waited for one for a
/// minute. The log is read as its owner, and nothing else of it is told.
pub fn is_late(call: &Call<'_>) -> Ret {
    let log_id = call.uuid(0).unwrap_or_default();
    // A standby closes none.
    let log = carrier(log_id).filter(|_| !snapshot::in_recovery());
    let Some((log, table)) = log.and_then(|log| Some((log, relation::quoted(log)?))) else {
        return call.value(false);
    };
    let last = batch::last(log_id).map_or(i64::MIN, |last| last.closed_at);
    let values = [
        Value::Uuid(first_id(last)),
        Value::Uuid(first_id(Reading::now().timestamp() - LATE)),
    ];
    let statement = format!(
        "select from {table} where id operator(pg_catalog.>=) $1 and id operator(pg_catalog.<) $2 limit 1"
    );
    let found = user::as_owner(log, || spi::query(&statement, &values, |_| ()));
    call.value(!found.is_empty())
}

/// No id that is drawn from this time on, in microseconds since 2000, is lower.
fn first_id(time: i64) -> Uuid {
    let millis = time.div_euclid(1_000).saturating_add(946_684_800_000);
    Uuid::from_u128((millis.max(0) as u128) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_id_of_a_time() {
        assert_eq!(
            first_id(0).to_string(),
            "00dc6acf-ac00-0000-0000-000000000000"
        );
        assert_eq!(first_id(999), first_id(0));
        assert!(first_id(1_000) > first_id(0));
        assert_eq!(first_id(i64::MIN), Uuid::nil());
    }
}
