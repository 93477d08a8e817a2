//! Snapshots as values: Postgres's type `pg_snapshot`.

use super::fcall::Call;
use super::guard;
use pgrx::pg_sys::{Datum, FunctionCallInfo};

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
