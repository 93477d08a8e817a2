//! Snapshots as values: Postgres's type `pg_snapshot`.

use super::clock;
use super::fcall::Call;
use super::guard;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};

mod raw {
    use super::{Datum, FunctionCallInfo};

    unsafe extern "C-unwind" {
        pub fn pg_visible_in_snapshot(fcinfo: FunctionCallInfo) -> Datum;
    }
}

/// Whether a transaction had ended when a snapshot was taken: what `pg_visible_in_snapshot` says of the arguments of a
/// strict function of `(bigint, pg_snapshot)`.
pub fn is_visible(call: &Call<'_>) -> bool {
    let fcinfo = call.info();
    // SAFETY: the function reads its two arguments and nothing else of the call. xid8 and bigint are both eight bytes
    // that are passed alike, the second is a pg_snapshot by the function's declaration, and neither is null.
    unsafe { guard::call(|| raw::pg_visible_in_snapshot(fcinfo)).value() != 0 }
}

/// Whether this is a standby, on which no boundary can be taken: its snapshots do not list what runs.
pub fn in_recovery() -> bool {
    // SAFETY: reads shared memory.
    unsafe { pg_sys::RecoveryInProgress() }
}

/// Whether the transaction keeps one snapshot for all its statements.
pub fn is_kept() -> bool {
    // SAFETY: reads backend-local state.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// The id that the next transaction gets.
pub fn next_transaction() -> u64 {
    // SAFETY: reads shared memory.
    unsafe { pg_sys::ReadNextFullTransactionId().value }
}

/// A snapshot of this moment, or of the transaction where that keeps one, as what readers of a log go by: which
/// transactions had ended. The transaction's own counts as running, as it may write further events.
pub struct Boundary {
    snapshot: pg_sys::Snapshot,
    /// none from it on had ended
    pub xmax: u64,
    /// those below it that ran, rising
    pub running: Vec<u64>,
}

impl Boundary {
    /// Takes it.
    pub fn take() -> Boundary {
        // SAFETY: the snapshot is registered with the current resource owner, which gives it back if an error
        // intervenes. Its array has as many ids as it says.
        let (snapshot, xmax, running) = unsafe {
            let snapshot = pg_sys::RegisterSnapshot(pg_sys::GetTransactionSnapshot());
            let data = &*snapshot;
            let running = match data.xcnt {
                0 => &[],
                n => std::slice::from_raw_parts(data.xip.cast_const(), n as usize),
            };
            (snapshot, data.xmax, running)
        };
        // After the snapshot, so that no id in it is above.
        let next = next_transaction();
        let mut running: Vec<u64> = running.iter().map(|xid| widen(*xid, next)).collect();
        let xmax = widen(xmax, next);
        let own = clock::current_xid();
        if own != 0 && own < xmax {
            running.push(own);
        }
        running.sort_unstable();
        running.dedup();
        Boundary {
            snapshot,
            xmax,
            running,
        }
    }

    /// Runs `f` with this snapshot as the one that read-only statements use.
    pub fn reading<R>(&self, f: impl FnOnce() -> R) -> R {
        // SAFETY: registered by `take`. What is pushed is popped, by the abort of the (sub)transaction if an error
        // intervenes.
        unsafe {
            pg_sys::PushActiveSnapshot(self.snapshot);
            let result = f();
            pg_sys::PopActiveSnapshot();
            result
        }
    }
}

impl Drop for Boundary {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: registered by `take`.
            unsafe { pg_sys::UnregisterSnapshot(self.snapshot) }
        }
    }
}

/// A transaction's id of 32 bits with its epoch: it is not above the next one.
fn widen(xid: pg_sys::TransactionId, next: u64) -> u64 {
    let xid = u64::from(xid.into_inner());
    let epoch = next >> 32;
    match xid > next & 0xffff_ffff {
        true => epoch.saturating_sub(1) << 32 | xid,
        false => epoch << 32 | xid,
    }
}
