//! The clock, the cluster and the transaction: where an event's identity comes from.

use super::sync_cell::SyncCell;
use model::origin::{Cluster, Own};
use pgrx::pg_sys;
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds between the epochs of Unix and Postgres (2000-01-01).
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// One reading of the wall clock, in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading(pub u64);

impl Reading {
    /// Reads the clock.
    pub fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Reading(since.as_nanos() as u64)
    }

    /// As a timestamptz: microseconds since 2000-01-01 UTC.
    pub fn timestamp(self) -> i64 {
        (self.0 / 1_000) as i64 - EPOCH_MICROS
    }
}

/// When the transaction began, as a timestamptz.
pub fn transaction_start() -> i64 {
    // SAFETY: reads backend-local state.
    unsafe { pg_sys::GetCurrentTransactionStartTimestamp() }
}

/// The current transaction's id, or 0 while it has none.
#[inline]
pub fn current_xid() -> u64 {
    // SAFETY: reads backend-local state.
    unsafe { raw::GetTopFullTransactionIdIfAny().value }
}

/// How many commands this transaction has run, and which one it is: changes with every write.
pub fn command() -> (u32, u32) {
    // SAFETY: both read backend-local state.
    unsafe {
        let lxid = pg_sys::GetTopTransactionIdIfAny();
        (lxid.into_inner(), pg_sys::GetCurrentCommandId(false))
    }
}

/// Which of the queries that are running this is, told by the snapshot that it pushed: one query has one, and each that
/// runs inside it pushes another.
pub fn query() -> usize {
    // SAFETY: both read backend-local state, and the address is only compared.
    unsafe {
        if raw::ActiveSnapshotSet() {
            raw::GetActiveSnapshot().addr()
        } else {
            0
        }
    }
}

/// Functions that only read a variable and cannot fail, so that pgrx's wrapper is not needed.
mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        // It does not look at its argument.
        pub fn pg_trigger_depth(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum;
        pub fn GetTopFullTransactionIdIfAny() -> pg_sys::FullTransactionId;
        pub fn GetCurrentTransactionNestLevel() -> std::ffi::c_int;
        pub fn ActiveSnapshotSet() -> bool;
        pub fn GetActiveSnapshot() -> pg_sys::Snapshot;
    }
}

/// How deep triggers are nested.
#[inline]
pub fn trigger_depth() -> i32 {
    // SAFETY: as the declaration says; no error can pass, so pgrx's wrapper is not needed.
    unsafe { raw::pg_trigger_depth(std::ptr::null_mut()).value() as i32 }
}

/// How deep (sub)transactions are nested.
pub fn nest_level() -> i32 {
    // SAFETY: reads backend-local state.
    unsafe { raw::GetCurrentTransactionNestLevel() }
}

static ORIGIN: SyncCell<Option<i32>> = SyncCell::new(None);

/// Fingerprint of the cluster that assigns transaction ids: its system identifier and timeline.
/// A restore elsewhere, or to an earlier point, makes another one.
pub fn origin() -> i32 {
    if let Some(origin) = ORIGIN.with(|o| *o) {
        return origin;
    }
    // SAFETY: both read shared memory. The timeline is only fixed once recovery is over, and
    // nothing can be written before.
    let (system, timeline, known) = unsafe {
        let recovering = pg_sys::RecoveryInProgress();
        let timeline = if recovering {
            0
        } else {
            pg_sys::GetWALInsertionTimeLine()
        };
        (pg_sys::GetSystemIdentifier(), timeline, !recovering)
    };
    let origin = Cluster { system, timeline }.origin();
    if known {
        ORIGIN.with(|o| *o = Some(origin));
    }
    origin
}

/// The cluster: its system identifier and its timeline. Not on a standby, which has no timeline of its own yet.
pub fn cluster() -> Cluster {
    // SAFETY: both read shared memory; callers have seen that this is no standby.
    unsafe {
        Cluster {
            system: pg_sys::GetSystemIdentifier(),
            timeline: pg_sys::GetWALInsertionTimeLine(),
        }
    }
}

thread_local! {
    static OWN: std::cell::RefCell<Option<Own>> = const { std::cell::RefCell::new(None) };
}

/// The origins of this cluster's own transaction ids.
pub fn own_origins() -> Own {
    OWN.with_borrow_mut(|own| {
        let cluster = cluster();
        match own {
            Some(known) if known.cluster() == cluster => known.clone(),
            _ => own.insert(Own::up_to(cluster)).clone(),
        }
    })
}

/// Fills a buffer from Postgres's strong random source.
pub fn strong_random(buffer: &mut [u8]) -> bool {
    // SAFETY: the buffer is as long as announced.
    unsafe { pg_sys::pg_strong_random(buffer.as_mut_ptr().cast(), buffer.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_counts_microseconds_from_2000() {
        assert_eq!(Reading(946_684_800_000_000_000).timestamp(), 0);
        assert_eq!(Reading(946_684_801_000_001_999).timestamp(), 1_000_001);
    }
}
