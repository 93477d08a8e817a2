//! The taxonomy: what an event may be called and what it must carry.

pub mod admin;
pub mod announce;
pub mod cache;
pub mod validate;
