//! Logs: which table a call means, and what a backend keeps about it.

pub mod admin;
pub mod batch;
pub mod draft;
pub mod identity;
pub mod key;
pub mod note;
pub mod pending;
pub mod target;
pub mod view;
pub mod write;
