//! What an event log is, without PostgreSQL.
//!
//! Rules, documents, names and the lives of entities as values and functions of values: no server, no pgrx, no
//! clock, no setting, and no unsafe code. The extension hangs them on Postgres; a program that follows a log or
//! verifies one can use the very same.
//!
//! - [`taxonomy`]: what an event must satisfy, how broken rules are told, and the taxonomy as a document.
//! - [`rule`]: what has to hold for events beside that, by names.
//! - [`schema`]: JSON Schemas of payloads.
//! - [`redaction`]: what is removed, masked or hashed of events before they are stored.
//! - [`generate`]: types for programs, made of a taxonomy.
//! - [`compat`], [`upcast`]: whether versions of a contract go together, and old payloads as newer ones.
//! - [`mod@column`]: the columns of a log.
//! - [`diff`]: what differs between two documents, and the way from one to the other.
//! - [`elements`]: a JSON array, element by element.
//! - [`entity`]: the life of an entity by its events, there and back, and the order of events that had to wait.
//! - [`claims`], [`metadata`]: what the context of a transaction is read from.
//! - [`name`], [`membership`]: names as people write them.
//! - [`envelope`]: events as CloudEvents and in other envelopes, and back.
//! - [`expression`]: what stands in the expression of a policy.
//! - [`window`], [`origin`]: what a reader of a log has seen, what is news to it, and whose transaction ids these are.
//! - [`pattern`], [`filter`], [`shard`]: which events a reader wants, and which worker's they are.
//! - [`receipt`], [`delivery`]: the receipt of a batch, and what becomes of it and of events that fail.
//! - [`tenant`], [`text`]: what a tenant is, and how much of a text a message shows.
//!
//! Texts are bytes in the encoding of the database unless they are a `str`. What grows with an argument grows in a
//! way that can fail (`jsonb::grow`) in the modules that deny other ways.
#![forbid(unsafe_code)]

pub mod claims;
pub mod column;
pub mod compat;
pub mod delivery;
pub mod diff;
pub mod elements;
pub mod entity;
pub mod envelope;
pub mod expression;
pub mod filter;
pub mod generate;
pub mod membership;
pub mod metadata;
pub mod name;
pub mod origin;
pub mod pattern;
mod problem;
pub mod receipt;
pub mod redaction;
pub mod rule;
pub mod schema;
pub mod shard;
pub mod taxonomy;
pub mod tenant;
pub mod text;
pub mod upcast;
pub mod window;

pub use problem::Problem;
