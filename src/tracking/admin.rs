//! Stub.

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};

/// Stub.
pub fn track_changes(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}

/// Stub.
pub fn untrack_changes(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}

/// Stub.
pub fn forget_tables(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}
