//! Stub.

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};

/// Stub.
pub fn entity_history(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}

/// Stub.
pub fn entity_state(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}
