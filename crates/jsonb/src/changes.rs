//! Writes differences as an object of changes, straight into place: `{"name": {"new": "New", "old": "Old"}}`.
//!
//! A [`super::Builder`] takes any document in any order. Here all keys come sorted and all sizes are known, so
//! each byte is copied once: a quarter of the builder's time for three changes.

use super::builder::BuildError;
use super::compare::Difference;
use super::format::{
    CONTAINER, COUNT_MASK, FALSE, HAS_OFF, NULL, NUMERIC, OBJECT, OFFLEN_MASK, STRIDE, STRING,
    TRUE, align4,
};
use super::grow::{List, OutOfMemory};
use super::reader::Value;

/// The container's bytes of an object of changes, from differences in the order of their keys. A side that is not
/// there has no key.
pub fn write_changes(differences: &[Difference<'_>]) -> Result<List<u8>, BuildError> {
    // Four entries, two keys, a header and the padding of five places for each change.
    let overhead = 4 + 44 * differences.len();
    let size = differences.iter().fold(overhead, |size, d| {
        let sides = [d.new, d.old].into_iter().flatten();
        size + d.key.len() + sides.map(|side| content(side).1.len()).sum::<usize>()
    });
    let mut writer = Writer {
        out: List::with_capacity(size)?,
    };
    let mut changes = writer.begin(differences.len())?;
    for difference in differences {
        writer.write(&mut changes, STRING, difference.key)?;
    }
    for Difference { new, old, .. } in differences {
        let sides = [(&b"new"[..], *new), (b"old", *old)];
        let sides = || {
            sides
                .iter()
                .filter_map(|(key, side)| side.map(|side| (*key, side)))
        };
        let mut change = writer.begin(sides().count())?;
        for (key, _) in sides() {
            writer.write(&mut change, STRING, key)?;
        }
        for (_, side) in sides() {
            let (kind, bytes) = content(side);
            writer.write(&mut change, kind, bytes)?;
        }
        writer.enter(&mut changes, CONTAINER, change.begin)?;
    }
    debug_assert!(writer.out.len() <= size, "no byte is copied twice");
    Ok(writer.out)
}

/// The type bits of a value's entry, and the bytes that the entry stands for.
fn content<'a>(value: Value<'a>) -> (u32, &'a [u8]) {
    match value {
        Value::Null => (NULL, &[]),
        Value::Bool(false) => (FALSE, &[]),
        Value::Bool(true) => (TRUE, &[]),
        Value::String(s) => (STRING, s),
        Value::Number(n) => (NUMERIC, n.as_bytes()),
        Value::Array(a) => (CONTAINER, a.as_bytes()),
        Value::Object(o) => (CONTAINER, o.as_bytes()),
    }
}

struct Writer {
    out: List<u8>,
}

/// An object that is being written.
struct Open {
    /// Where it began, padding included.
    begin: usize,
    /// Where its table of entries stands.
    table: usize,
    /// The index of the entry that is due.
    entry: usize,
    /// Bytes of content so far.
    total: usize,
}

impl Writer {
    /// Begins an object of so many pairs: their keys are due, then their values.
    fn begin(&mut self, pairs: usize) -> Result<Open, BuildError> {
        if pairs > COUNT_MASK as usize {
            return Err(BuildError::TooLarge);
        }
        let begin = self.out.len();
        self.pad()?;
        let header = OBJECT | pairs as u32;
        self.out.extend_from_slice(&header.to_ne_bytes())?;
        let table = self.out.len();
        self.out.resize(table + 8 * pairs, 0)?;
        Ok(Open {
            begin,
            table,
            entry: 0,
            total: 0,
        })
    }

    /// Writes what is due.
    fn write(&mut self, to: &mut Open, kind: u32, bytes: &[u8]) -> Result<(), BuildError> {
        let begin = self.out.len();
        if matches!(kind, NUMERIC | CONTAINER) {
            self.pad()?;
        }
        self.out.extend_from_slice(bytes)?;
        self.enter(to, kind, begin)
    }

    /// Enters what was written from `begin` on, padding included, in its object's table.
    fn enter(&mut self, to: &mut Open, kind: u32, begin: usize) -> Result<(), BuildError> {
        let len = self.out.len() - begin;
        to.total += len;
        if to.total > OFFLEN_MASK as usize {
            return Err(BuildError::TooLarge);
        }
        let bits = if to.entry.is_multiple_of(STRIDE) {
            kind | HAS_OFF | to.total as u32
        } else {
            kind | len as u32
        };
        let at = to.table + 4 * to.entry;
        to.entry += 1;
        if let Some(place) = self.out.get_mut(at..at + 4) {
            place.copy_from_slice(&bits.to_ne_bytes());
        }
        Ok(())
    }

    fn pad(&mut self) -> Result<(), OutOfMemory> {
        self.out.resize(align4(self.out.len()), 0)
    }
}
