//! Stub.

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};

/// Stub.
pub fn field_changes(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}

/// Stub.
pub fn apply_changes(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}

/// Stub.
pub fn revert_changes(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}
