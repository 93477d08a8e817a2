//! The fence: the only module in which unsafe code is allowed.
//!
//! Everything that touches Postgres's memory or calls its C functions stands here, in small
//! wrappers that are safe for every input their types allow. `jsonb` is a crate of its own, without unsafe
//! code, which reads the bytes that Postgres stores.
#![allow(unsafe_code)]

pub mod attempt;
pub mod cached;
pub mod catalog;
pub mod clock;
pub mod convert;
pub mod datum;
pub mod ddl;
pub mod ddl_acts;
mod encode;
pub mod entry;
pub mod fcall;
mod guard;
pub mod heap;
pub mod hidden;
pub mod hooks;
pub mod input;
pub mod insert;
pub mod inval;
pub mod jsonpath;
pub mod lock;
pub mod memory;
pub mod news;
mod policy;
pub mod pool;
pub mod process;
pub mod record;
pub mod relation;
pub mod reserve;
pub mod routine;
pub mod rows;
pub mod sequence;
pub mod settings;
pub mod snapshot;
pub mod sort;
pub mod spi;
pub mod spill;
mod splice;
mod stream;
pub mod sync_cell;
pub mod transition;
pub mod trigger;
pub mod tuple;
pub mod types;
pub mod user;
pub mod utility;
pub mod value;
mod varlena;
pub mod wal;
pub mod xact;

pub use ::jsonb;
