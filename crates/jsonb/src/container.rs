//! The layout of a container: its table of entries, their offsets, and the search among keys.

use super::format::{
    ARRAY, CONTAINER, COUNT_MASK, FALSE, HAS_OFF, NULL, NUMERIC, OBJECT, OFFLEN_MASK, STRIDE,
    STRING, TRUE, TYPE_MASK, align4,
};
use super::numeric::Numeric;
use super::reader::{Array, Object, Value};
use std::cmp::Ordering;

/// Objects up to this size are searched from the start. Keys are sorted by length first, so such a scan
/// compares lengths only and beats binary search, which has to work out each key's offset.
const LINEAR_MAX: usize = 32;

/// jsonb's order of keys: the shorter first, then byte by byte.
#[inline]
pub fn key_cmp(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[inline]
pub(super) fn header(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|h| u32::from_ne_bytes(*h))
}

/// A container that is no bare scalar, as a value.
#[inline]
pub(super) fn container(bytes: &[u8]) -> Option<Value<'_>> {
    let header = header(bytes)?;
    let count = (header & COUNT_MASK) as usize;
    match header & !COUNT_MASK {
        OBJECT => Some(Value::Object(Object(Container::new(
            bytes,
            count,
            count * 2,
        )?))),
        ARRAY => Some(Value::Array(Array(Container::new(bytes, count, count)?))),
        _ => None,
    }
}

/// The bytes of a container whose table of `entries` entries is known to fit.
#[derive(Clone, Copy)]
pub(super) struct Container<'a> {
    pub(super) bytes: &'a [u8],
    /// Elements or pairs.
    pub(super) count: u32,
    /// Entries: elements, or keys and values.
    entries: u32,
}

impl<'a> Container<'a> {
    #[inline]
    pub(super) fn new(bytes: &'a [u8], count: usize, entries: usize) -> Option<Self> {
        if bytes.len() < 4 + 4 * entries {
            return None;
        }
        // Both are below 2^29, for the header has 28 bits for the count.
        Some(Self {
            bytes,
            count: count as u32,
            entries: entries as u32,
        })
    }

    /// The table of entries, and the data behind it. Offsets and alignment count from the data's start.
    #[inline]
    pub(super) fn parts(&self) -> (&'a [[u8; 4]], &'a [u8]) {
        let body = self.bytes.get(4..).unwrap_or_default();
        match body.split_at_checked(4 * self.entries as usize) {
            Some((table, data)) => (table.as_chunks().0, data),
            None => (&[], &[]),
        }
    }

    /// Where entry `i` begins: its predecessor's end, summed up from the last one that stores an offset.
    #[inline]
    pub(super) fn start_of(table: &[[u8; 4]], i: usize) -> usize {
        // Where Postgres puts that one today; then the lengths behind it add up without a branch.
        let likely = i.wrapping_sub(1) / STRIDE * STRIDE;
        if let Some([first, rest @ ..]) = table.get(likely..i) {
            let first = u32::from_ne_bytes(*first);
            let (mut sum, mut flags) = (u64::from(first & OFFLEN_MASK), !first & HAS_OFF);
            for entry in rest {
                let entry = u32::from_ne_bytes(*entry);
                sum += u64::from(entry & OFFLEN_MASK);
                flags |= entry;
            }
            if flags & HAS_OFF == 0 {
                return sum as usize;
            }
        }
        let mut start = 0_usize;
        for entry in table.iter().take(i).rev() {
            let entry = u32::from_ne_bytes(*entry);
            start = start.wrapping_add((entry & OFFLEN_MASK) as usize);
            if entry & HAS_OFF != 0 {
                break;
            }
        }
        start
    }

    #[inline]
    pub(super) fn value_at(&self, i: usize) -> Option<Value<'a>> {
        let (table, data) = self.parts();
        let entry = u32::from_ne_bytes(*table.get(i)?);
        let start = Self::start_of(table, i);
        decode(entry, start, end_of(entry, start), data)
    }
}

#[inline]
pub(super) fn end_of(entry: u32, start: usize) -> usize {
    let offlen = (entry & OFFLEN_MASK) as usize;
    if entry & HAS_OFF != 0 {
        offlen
    } else {
        start.wrapping_add(offlen)
    }
}

#[inline]
pub(super) fn decode(entry: u32, start: usize, end: usize, data: &[u8]) -> Option<Value<'_>> {
    // Asked of every entry, also those without content: it makes all ranges disjoint, so that no corrupt
    // document is longer to read than its bytes.
    let content = data.get(start..end)?;
    let aligned = || content.get(align4(start).wrapping_sub(start)..);
    match entry & TYPE_MASK {
        STRING => Some(Value::String(content)),
        NUMERIC => Some(Value::Number(Numeric::new(aligned()?)?)),
        FALSE => Some(Value::Bool(false)),
        TRUE => Some(Value::Bool(true)),
        NULL => Some(Value::Null),
        CONTAINER => container(aligned()?),
        _ => None,
    }
}

/// The index of a key.
#[inline]
pub(super) fn find(keys: &[[u8; 4]], data: &[u8], key: &[u8]) -> Option<usize> {
    if keys.len() <= LINEAR_MAX {
        scan(keys, data, key)
    } else {
        search(keys, data, key)
    }
}

/// Looks for a key from the start.
#[inline]
fn scan(keys: &[[u8; 4]], data: &[u8], key: &[u8]) -> Option<usize> {
    let mut end = 0_usize;
    for (i, entry) in keys.iter().enumerate() {
        let start = end;
        end = end_of(u32::from_ne_bytes(*entry), start);
        // An end before the start is corrupt; it wraps round to a huge length, which ends the search.
        match end.wrapping_sub(start).cmp(&key.len()) {
            Ordering::Less => {}
            // The last bytes first: keys of one length often begin alike, and a call costs more.
            Ordering::Equal => {
                let candidate = data.get(start..end)?;
                if candidate.last() == key.last() && candidate == key {
                    return Some(i);
                }
            }
            Ordering::Greater => return None,
        }
    }
    None
}

/// Looks for a key by halving.
fn search(keys: &[[u8; 4]], data: &[u8], key: &[u8]) -> Option<usize> {
    let (mut low, mut high) = (0, keys.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = Container::start_of(keys, middle);
        let end = end_of(u32::from_ne_bytes(*keys.get(middle)?), start);
        match key_cmp(data.get(start..end)?, key) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}

/// A run of entries, read in order; offsets are carried along, so a step takes constant time.
#[derive(Clone)]
pub(super) struct Entries<'a> {
    pub(super) table: std::slice::Iter<'a, [u8; 4]>,
    data: &'a [u8],
    start: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(table: &'a [[u8; 4]], data: &'a [u8], start: usize) -> Self {
        Self {
            table: table.iter(),
            data,
            start,
        }
    }

    #[inline]
    fn step(&mut self) -> Option<(u32, usize, usize)> {
        let entry = u32::from_ne_bytes(*self.table.next()?);
        let start = self.start;
        self.start = end_of(entry, start);
        Some((entry, start, self.start))
    }

    #[inline]
    pub(super) fn next_value(&mut self) -> Option<Value<'a>> {
        let (entry, start, end) = self.step()?;
        decode(entry, start, end, self.data)
    }

    #[inline]
    pub(super) fn next_string(&mut self) -> Option<&'a [u8]> {
        let (entry, start, end) = self.step()?;
        if entry & TYPE_MASK != STRING {
            return None;
        }
        self.data.get(start..end)
    }
}
