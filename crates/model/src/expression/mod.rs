//! What stands in the expression of a policy.
//!
//! Anybody may make a policy, so each of these takes time in proportion to its argument, asks for no
//! more stack however deep an expression goes, and refuses nothing.

pub mod calls;
pub mod tree;
