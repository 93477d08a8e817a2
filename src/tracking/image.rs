//! What a row looks like: hashes of it, to tell what statements that overlap did to it.
//!
//! The hash is keyed by a number that each backend draws, so that nobody can make rows that look
//! alike and are not.

use super::shape::{Column, Shape};
use crate::error::{Error, OrRaise};
use crate::pg::datum::Datum;
use crate::pg::jsonb::{BuildError, Builder, Jsonb, List, canonical};
use crate::pg::user::Pins;
use model::entity::trail::{ABSENT, Image};
use std::hash::{BuildHasher, Hasher, RandomState};

thread_local! {
    static HASH: RandomState = RandomState::new();
}

fn hasher() -> impl Hasher {
    HASH.with(RandomState::build_hasher)
}

/// The row of this entity.
pub fn row(entity_id: &[u8]) -> u64 {
    let mut hash = hasher();
    hash.write(entity_id);
    hash.finish()
}

/// The image of a row that is there, of all that its events tell: the tracked columns and the
/// tenant. Values that are the same as jsonb have the same image. `value` gives the value of a
/// column, with its place among them.
pub fn of<'v>(
    shape: &Shape,
    value: impl Fn(usize, &Column) -> Option<Datum<'v>>,
    pins: &mut Pins,
) -> Image {
    let mut hash = hasher();
    let (mut builder, mut bytes) = (Builder::new(), List::new());
    for (place, column) in columns(shape).enumerate() {
        let value = value(place, column);
        builder.clear();
        bytes.clear();
        column.kind.encode(value, &mut builder, pins);
        let known = match builder.finish_into(&mut bytes) {
            Ok(()) => Jsonb::new(&bytes).is_ok_and(|document| {
                let hashed = canonical::hash_into(document.root(), &mut |b| hash.write(b));
                let damaged = || Error::internal("a value is damaged");
                hashed
                    .map_err(|why| Error::not_read(why, damaged))
                    .or_raise();
                true
            }),
            Err(BuildError::OutOfMemory(short)) => Error::from(short).raise(),
            Err(_) => false,
        };
        // A value that jsonb has no room for is told by how it is stored.
        if let (false, Some(value)) = (known, value) {
            column.kind.image(value, &mut |b| hash.write(b));
        }
    }
    match hash.finish() {
        ABSENT => ABSENT + 1,
        image => image,
    }
}

/// The columns that an image is made of.
pub fn columns(shape: &Shape) -> impl Iterator<Item = &Column> {
    let all = shape.columns.iter().chain(&shape.tenant);
    all.filter(|column| column.is_shown)
}
