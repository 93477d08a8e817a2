//! Upcasts: old payloads as those of a later version, by steps on stored jsonb or by a function of the owner's.

mod admin;
mod apply;
mod function;

pub use admin::{import, register_upcast};
pub use apply::upcast;
