//! The tables of the extension, read and written: one file each, as in `sql/catalogue/`.
//!
//! They are read natively, with the newest snapshot and whatever the caller may see, and written as their owner.
//! [`cache`] keeps the rules that are compiled of them, and [`announce`] tells every backend what changed.

pub mod act;
pub mod admin_log;
pub mod announce;
pub mod batch;
pub mod cache;
pub mod column_change;
pub mod event_rule;
pub mod event_type;
pub mod handler;
pub mod handler_failure;
pub mod isolated_table;
pub mod log;
pub mod parked;
pub mod redaction;
pub mod schemas;
pub mod subscription;
pub mod subscription_shard;
pub mod tracked_table;
pub mod upcast;
