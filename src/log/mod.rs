//! Logs: which table a call means, and what a backend keeps about it.

pub mod admin;
pub mod catalogue;
pub mod columns;
pub mod default;
pub mod note;
pub mod target;
pub mod view;
