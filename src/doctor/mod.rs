//! What `doctor()` cannot ask SQL for: what stands in the expression of a policy.
//!
//! Anybody may make a policy, so each of these takes time in proportion to its argument, asks for no
//! more stack however deep an expression goes, and refuses nothing.

use crate::pg::datum;
use crate::pg::fcall::{Call, Ret};
use pgrx::pg_sys::Datum;

mod calls;
mod tree;

/// `eventlog._calls_per_row(tree)`.
pub fn calls_per_row(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    for function in tree::calls_per_row(call.text(0).unwrap_or_default()) {
        sink.push(&[Some(Datum::from(function))]);
    }
    Ret::Void
}

/// `eventlog._wrap_calls(expression)`.
pub fn wrap_calls(call: &Call<'_>) -> Ret {
    let expression = call.text(0).unwrap_or_default();
    Ret::Value(datum::new_varlena(&calls::wrapped(expression)))
}
