//! What `doctor()` cannot ask SQL for: what stands in the expression of a policy.
//!
//! Anybody may make a policy, so each of these takes time in proportion to its argument, asks for no
//! more stack however deep an expression goes, and refuses nothing.

use crate::pg::fcall::{Call, Ret};
use model::expression::{calls, tree};
use pgrx::pg_sys::Oid;

/// Bytes of the longest text that is read: doctor() asks for none that is longer, and memory is taken
/// in proportion to it.
const LONGEST: usize = 1_000_000;

/// `eventlog._calls_per_row(tree)`. Of a longer text nothing is told.
pub fn calls_per_row(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let tree = call.text(0).filter(|tree| tree.len() <= LONGEST);
    for function in tree::calls_per_row(tree.unwrap_or_default()) {
        sink.push(&[Some(Oid::from(function).into())]);
    }
    Ret::Void
}

/// `eventlog._wrap_calls(expression)`. A longer one stays as it is.
pub fn wrap_calls(call: &Call<'_>) -> Ret {
    let expression = call.text(0).unwrap_or_default();
    if expression.len() > LONGEST {
        return call.unchanged(0);
    }
    call.value(call.memory().text(calls::wrapped(expression)))
}
