//! Postgres's binary jsonb, read and built without Postgres.
//!
//! A payload is never turned into text to be checked, compared, hashed or diffed. This module works on
//! the bytes of a `JsonbContainer` (what follows the varlena header of a jsonb datum), the format of
//! `src/include/utils/jsonb.h`, which is the same in Postgres 15 to 18. It calls no Postgres function,
//! holds no unsafe code and reads through bounds-checked slices only: truncated or corrupt bytes give an
//! error or `None`, never a panic. What it allocates in proportion to a document is taken in a way that can
//! fail ([`grow`]).
//!
//! - [`Jsonb`], [`Value`], [`Object`], [`Array`]: zero-copy reading.
//! - [`Numeric`], [`NumericBuf`]: numbers, with every digit.
//! - [`Builder`]: makes container bytes, the very ones that Postgres makes for the same document.
//! - [`Object::differences`], [`write_changes`]: what differs between two objects, and that as a document.
//! - [`walk()`], [`canonical::hash_into`]: a whole document as events, and as the bytes that are hashed.
//!
//! Strings and keys are bytes in the encoding of the database. Nothing recurses, so that no depth of
//! nesting exhausts the stack.
#![forbid(unsafe_code)]
#![deny(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros
)]

pub mod builder;
pub mod canonical;
pub mod changes;
pub mod compare;
mod container;
pub mod grow;
mod layout;
pub mod numeric;
pub mod reader;
pub mod walk;

#[cfg(test)]
#[allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test may run out of memory"
)]
mod tests;

pub use builder::{BuildError, Builder};
pub use changes::write_changes;
pub use compare::{Difference, Differences};
pub use container::key_cmp;
pub use grow::{List, OutOfMemory};
pub use numeric::{Numeric, NumericBuf};
pub use reader::{Array, Corrupt, Jsonb, Kind, Object, Unread, Value};
pub use walk::{Token, walk};

/// Flags and masks of `jsonb.h`.
mod format {
    /// Number of elements or pairs in a container's header.
    pub const COUNT_MASK: u32 = 0x0FFF_FFFF;
    /// The container is a one-element array that stands for a bare scalar.
    pub const SCALAR: u32 = 0x1000_0000;
    /// The container is an object.
    pub const OBJECT: u32 = 0x2000_0000;
    /// The container is an array.
    pub const ARRAY: u32 = 0x4000_0000;

    /// Length, or end offset, of an entry.
    pub const OFFLEN_MASK: u32 = 0x0FFF_FFFF;
    /// Type of an entry.
    pub const TYPE_MASK: u32 = 0x7000_0000;
    /// The entry holds its end offset instead of its length.
    pub const HAS_OFF: u32 = 0x8000_0000;

    pub const STRING: u32 = 0x0000_0000;
    pub const NUMERIC: u32 = 0x1000_0000;
    pub const FALSE: u32 = 0x2000_0000;
    pub const TRUE: u32 = 0x3000_0000;
    pub const NULL: u32 = 0x4000_0000;
    pub const CONTAINER: u32 = 0x5000_0000;

    /// Every so many entries Postgres stores an offset. Only for building: a reader goes by `HAS_OFF`.
    pub const STRIDE: usize = 32;

    /// Rounds up to the next multiple of four, as `INTALIGN` does.
    pub const fn align4(n: usize) -> usize {
        n.wrapping_add(3) & !3
    }
}
