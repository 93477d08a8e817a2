//! Stub.

use crate::error::Error;
use crate::pg::fcall::{Call, Ret};

/// Stub.
pub fn note_columns(_call: &Call<'_>) -> Ret {
    Error::internal("not yet").raise()
}
