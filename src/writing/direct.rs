//! Events straight into a log, for what writes them as its owner and many times a second.
//!
//! Starting the executor for a row of twenty columns costs a third of what writing the row does.
//! A log that is as `create_log` made it needs nothing that only the executor has: its owner is
//! not held back by row-level security, its one trigger for INSERT is the gate, and its defaults
//! are known. Any other log, and each partitioned one, goes through the executor.

use super::draft::Draft;
use super::handover::{self, Insert};
use super::identity;
use super::number;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::catalog::with_latest_snapshot;
use crate::pg::clock::{self, Reading};
use crate::pg::insert::{Insertion, transaction_id};
use crate::pg::spi::{self, Value};
use crate::pg::{datum, inval, user};
use pgrx::pg_sys::{Datum, Oid};
use smallvec::SmallVec;

/// The sequence of a log that can be written so, or none.
fn sequence_of(target: &Target) -> Option<Oid> {
    *target.plans.sequence.get_or_init(|| {
        let found = user::with_pinned_path(|| {
            // With a snapshot of its own, a transaction would go by what the table was long ago.
            with_latest_snapshot(|| {
                spi::query(
                    "select eventlog._plain_sequence($1::pg_catalog.oid::pg_catalog.regclass)",
                    &[Value::Oid(target.oid)],
                    |row| row.oid(1),
                )
            })
        });
        let sequence = found.into_iter().next().flatten()?;
        if target.columns.occurred_at == 0 {
            return None;
        }
        inval::watch(sequence);
        Some(sequence)
    })
}

/// Writes events whose values are filled in, as the log's owner; none where this log cannot be
/// written so.
pub fn write(target: &Target, drafts: &[Draft], reading: Reading) -> Option<Result<(), Error>> {
    let sequence = sequence_of(target)?;
    let mut table = Insertion::open(target.oid);
    // From here on the table is locked, and stays what it is. What was known of it may be old.
    if target.generation != inval::relations() {
        table.close();
        return None;
    }
    let done = user::as_owner_unpinned(target.oid, || {
        insert(target, sequence, &mut table, drafts, reading)
    });
    table.close();
    Some(done)
}

fn insert(
    target: &Target,
    sequence: Oid,
    table: &mut Insertion,
    drafts: &[Draft],
    reading: Reading,
) -> Result<(), Error> {
    let (xid, origin) = (transaction_id(), clock::origin());
    let c = &target.columns;
    for draft in drafts {
        let id = identity::new_id(reading);
        let insertion = Insert {
            log_id: target.log_id,
            ids: SmallVec::from_buf([id]),
            ids_given: true,
            by_capture: true,
            reading,
            rows: None,
        };
        let values = draft.values();
        let bytes = *id.as_bytes();
        let id = datum::uuid_at(&bytes);
        let done = handover::during(insertion, || {
            table.insert(|row| {
                row.set(c.seq, Some(Datum::from(number::draw_unasked(sequence))));
                row.set(c.xid, Some(Datum::from(xid)));
                row.set(c.recorded_at, Some(Datum::from(reading.timestamp())));
                row.set(c.id, Some(id));
                row.set(c.origin, Some(Datum::from(origin)));
                for (position, column) in c.given().into_iter().enumerate() {
                    row.set(column, values[position]);
                }
            });
        });
        if !done.complete {
            return Err(Error::Suppressed {
                log: target.name.clone(),
            });
        }
    }
    Ok(())
}
