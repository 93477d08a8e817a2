//! Two objects side by side: the keys whose values differ.

use super::container::{Container, decode, end_of, key_cmp};
use super::format::{CONTAINER, NUMERIC, STRING, TYPE_MASK, align4};
use super::reader::{Corrupt, Object, Unread, Value};
use std::cmp::Ordering;
use std::iter::FusedIterator;

/// A key whose value is another in the second object, or that only one of the two has.
#[derive(Debug, Clone, Copy)]
pub struct Difference<'a> {
    /// The key.
    pub key: &'a [u8],
    /// Its value in the first object; none if it is absent there.
    pub old: Option<Value<'a>>,
    /// Its value in the second object; none if it is absent there.
    pub new: Option<Value<'a>>,
}

/// The differences of two objects, in the order of the keys: see [`Object::differences`].
///
/// Both lists of keys are sorted, so one pass over both finds what differs. Values are equal as jsonb's `=` says, and
/// those of the same bytes are never decoded. Where the bytes cannot be read it gives the error once and ends.
pub struct Differences<'a> {
    old: Side<'a>,
    new: Side<'a>,
    /// How many pairs to look at one by one before the next group is tried.
    singly: usize,
    /// Whether the keys of these pairs are known to be the same.
    same_keys: bool,
}

/// So many pairs are compared at once. Most pairs are the same in both objects, and then a group costs little more
/// than a pair; where one differs, the others of its group are compared again.
const GROUP: usize = 4;

impl<'a> Differences<'a> {
    pub(super) fn new(old: Object<'a>, new: Object<'a>) -> Self {
        Differences {
            old: Side::new(old),
            new: Side::new(new),
            singly: 0,
            same_keys: false,
        }
    }

    #[inline]
    fn step(&mut self) -> Result<Option<Difference<'a>>, Unread> {
        loop {
            if self.singly == 0 && self.pass_group() {
                continue;
            }
            self.singly -= 1;
            let (order, old_key, new_key) = match (self.old.keys.first(), self.new.keys.first()) {
                (None, None) => return Ok(None),
                (Some(old), None) => (Ordering::Less, old, Entry::default()),
                (None, Some(new)) => (Ordering::Greater, Entry::default(), new),
                (Some(old), Some(new)) if self.same_keys => (Ordering::Equal, old, new),
                (Some(old), Some(new)) => {
                    let (a, b) = (self.old.string(old)?, self.new.string(new)?);
                    (key_cmp(a, b), old, new)
                }
            };
            match order {
                Ordering::Equal => {
                    let (old, new) = (self.old.pass(old_key)?, self.new.pass(new_key)?);
                    if !self.same_values(old, new)? {
                        return Ok(Some(Difference {
                            key: self.old.string(old_key)?,
                            old: Some(self.old.value(old)?),
                            new: Some(self.new.value(new)?),
                        }));
                    }
                }
                Ordering::Less => {
                    let old = self.old.pass(old_key)?;
                    return Ok(Some(Difference {
                        key: self.old.string(old_key)?,
                        old: Some(self.old.value(old)?),
                        new: None,
                    }));
                }
                Ordering::Greater => {
                    let new = self.new.pass(new_key)?;
                    return Ok(Some(Difference {
                        key: self.new.string(new_key)?,
                        old: None,
                        new: Some(self.new.value(new)?),
                    }));
                }
            }
        }
    }

    /// Passes the next pairs of both objects if they are the same bytes; otherwise they are due one by one.
    #[inline]
    fn pass_group(&mut self) -> bool {
        let (old, new) = (&mut self.old, &mut self.new);
        let keys = same_group(old.data, &old.keys, new.data, &new.keys);
        if let Some((old_keys, new_keys)) = keys
            && let Some((old_values, new_values)) =
                same_group(old.data, &old.values, new.data, &new.values)
        {
            (old.keys, old.values) = (old_keys, old_values);
            (new.keys, new.values) = (new_keys, new_values);
            return true;
        }
        self.singly = GROUP;
        self.same_keys = keys.is_some();
        false
    }

    /// Whether two values are equal; of corrupt ones it may say so only if they are the same bytes.
    #[inline]
    fn same_values(&self, old: Entry, new: Entry) -> Result<bool, Unread> {
        if (old.bits ^ new.bits) & TYPE_MASK != 0 {
            return Ok(false);
        }
        let padded = is_padded(old.bits);
        let content = |side: &Side<'a>, entry: Entry| {
            let start = if padded {
                align4(entry.start)
            } else {
                entry.start
            };
            side.data.get(start..entry.end).ok_or(Corrupt)
        };
        if content(&self.old, old)? == content(&self.new, new)? {
            return Ok(true);
        }
        // Numbers of other bytes may be equal, for they have a scale.
        Ok(padded && self.old.value(old)?.same(&self.new.value(new)?)?)
    }
}

impl<'a> Iterator for Differences<'a> {
    type Item = Result<Difference<'a>, Unread>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            (self.old.keys.table, self.new.keys.table) = (&[], &[]);
        }
        step.transpose()
    }
}

impl FusedIterator for Differences<'_> {}

/// One of the two objects, as far as it has not been passed.
struct Side<'a> {
    data: &'a [u8],
    keys: Run<'a>,
    values: Run<'a>,
}

impl<'a> Side<'a> {
    fn new(object: Object<'a>) -> Self {
        let (table, data) = object.0.parts();
        let (keys, values) = table.split_at_checked(object.len()).unwrap_or_default();
        Side {
            data,
            keys: Run {
                table: keys,
                start: 0,
            },
            values: Run {
                table: values,
                start: Container::start_of(table, keys.len()),
            },
        }
    }

    #[inline]
    fn string(&self, entry: Entry) -> Result<&'a [u8], Corrupt> {
        match self.data.get(entry.start..entry.end) {
            Some(string) if entry.bits & TYPE_MASK == STRING => Ok(string),
            _ => Err(Corrupt),
        }
    }

    #[inline]
    fn value(&self, entry: Entry) -> Result<Value<'a>, Corrupt> {
        decode(entry.bits, entry.start, entry.end, self.data).ok_or(Corrupt)
    }

    /// Passes the first key, whose entry is given, and gives its value's entry.
    #[inline]
    fn pass(&mut self, key: Entry) -> Result<Entry, Corrupt> {
        self.keys.pass(key);
        let value = self.values.first().ok_or(Corrupt)?;
        self.values.pass(value);
        Ok(value)
    }
}

/// An entry, and where its content starts (padding included) and ends. Of a corrupt one these may be anywhere.
#[derive(Clone, Copy, Default)]
struct Entry {
    bits: u32,
    start: usize,
    end: usize,
}

/// Entries in a row, and where the content of the first one starts.
#[derive(Clone, Copy)]
struct Run<'a> {
    table: &'a [[u8; 4]],
    start: usize,
}

impl Run<'_> {
    #[inline]
    fn first(&self) -> Option<Entry> {
        let bits = u32::from_ne_bytes(*self.table.first()?);
        Some(Entry {
            bits,
            start: self.start,
            end: end_of(bits, self.start),
        })
    }

    /// Passes the first entry.
    #[inline]
    fn pass(&mut self, first: Entry) {
        self.table = self.table.get(1..).unwrap_or_default();
        self.start = first.end;
    }
}

/// What is left of two runs behind their first entries, if these are the same and so are their contents.
#[inline]
fn same_group<'a>(
    old_data: &[u8],
    old: &Run<'a>,
    new_data: &[u8],
    new: &Run<'a>,
) -> Option<(Run<'a>, Run<'a>)> {
    let (entries, old_table) = old.table.split_first_chunk::<GROUP>()?;
    let (others, new_table) = new.table.split_first_chunk::<GROUP>()?;
    if entries != others {
        return None;
    }
    let bits = entries.map(u32::from_ne_bytes);
    // The padding of a number or container depends on where it stands.
    if !(old.start ^ new.start).is_multiple_of(4) && bits.iter().any(|bits| is_padded(*bits)) {
        return None;
    }
    let end = |start| bits.iter().fold(start, |start, bits| end_of(*bits, start));
    let (old_end, new_end) = (end(old.start), end(new.start));
    // Where an entry holds its end instead of its length, the lengths differ although the entries do not, and one of
    // the slices is longer than the other.
    let same = old_data.get(old.start..old_end)? == new_data.get(new.start..new_end)?;
    same.then_some((
        Run {
            table: old_table,
            start: old_end,
        },
        Run {
            table: new_table,
            start: new_end,
        },
    ))
}

/// Whether the content begins at a multiple of four, behind padding.
#[inline]
fn is_padded(bits: u32) -> bool {
    matches!(bits & TYPE_MASK, NUMERIC | CONTAINER)
}
