//! Zero-copy reading of a `JsonbContainer`.

use super::format::{
    ARRAY, CONTAINER, COUNT_MASK, FALSE, HAS_OFF, NULL, NUMERIC, OBJECT, OFFLEN_MASK, SCALAR,
    STRING, TRUE, TYPE_MASK, align4,
};
use super::numeric::Numeric;
use std::cmp::Ordering;
use std::fmt;

/// Objects up to this size are searched from the start. Keys are sorted by length first, so such a scan
/// compares lengths only and beats binary search, which has to work out each key's offset.
const LINEAR_MAX: usize = 32;

/// The bytes are not a jsonb container: truncated, or an offset leads outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the jsonb value is corrupt")
    }
}

impl std::error::Error for Corrupt {}

/// What a value is, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A string.
    String,
    /// A number.
    Number,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The name that `jsonb_typeof` gives it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "boolean",
            Kind::String => "string",
            Kind::Number => "number",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }
}

/// A jsonb document: the bytes of its root container, and the value they hold.
#[derive(Clone, Copy)]
pub struct Jsonb<'a> {
    bytes: &'a [u8],
    root: Value<'a>,
}

impl<'a> Jsonb<'a> {
    /// Reads a root container (a jsonb datum without its varlena header).
    ///
    /// Only the root's own table of entries is checked here, which takes constant time. What lies deeper
    /// is checked when it is read; [`Jsonb::check`] does so at once.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Result<Self, Corrupt> {
        let header = header(bytes).ok_or(Corrupt)?;
        let root = if header & SCALAR == 0 {
            container(bytes)
        } else if header == (1 | SCALAR | ARRAY) {
            Container::new(bytes, 1, 1).and_then(|c| c.value_at(0))
        } else {
            None
        };
        match root {
            Some(root) => Ok(Self { bytes, root }),
            None => Err(Corrupt),
        }
    }

    /// What the root is. A bare scalar is its own kind, not an array.
    pub fn kind(&self) -> Kind {
        self.root.kind()
    }

    /// The root value.
    pub fn root(&self) -> Value<'a> {
        self.root
    }

    /// The container bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Reads the whole document once; `Ok` promises that no later step of reading it fails.
    pub fn check(&self) -> Result<(), Corrupt> {
        super::walk(self.root, &mut |_| {})
    }
}

/// A value inside a document. `==` is jsonb's own `=`: numbers by value (`1.0 = 1.00`), strings byte by
/// byte, arrays in order, objects key by key.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A string, in the encoding of the database.
    String(&'a [u8]),
    /// A number, with every digit and its scale.
    Number(Numeric<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// What the value is.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::String(_) => Kind::String,
            Value::Number(_) => Kind::Number,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The bytes of a string.
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// A string as `str`; `None` for anything else and for bytes that are not UTF-8.
    pub fn as_str(&self) -> Option<&'a str> {
        self.as_bytes().and_then(|s| std::str::from_utf8(s).ok())
    }

    /// The number.
    pub fn as_number(&self) -> Option<Numeric<'a>> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The number as `i64`, if it is integral (`2.00` is) and in range.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(|n| n.to_i64())
    }

    /// The array.
    pub fn as_array(&self) -> Option<Array<'a>> {
        match self {
            Value::Array(a) => Some(*a),
            _ => None,
        }
    }

    /// The object.
    pub fn as_object(&self) -> Option<Object<'a>> {
        match self {
            Value::Object(o) => Some(*o),
            _ => None,
        }
    }
}

/// jsonb's order of keys: the shorter first, then byte by byte.
#[inline]
pub fn key_cmp(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[inline]
fn header(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|h| u32::from_ne_bytes(*h))
}

/// A container that is no bare scalar, as a value.
#[inline]
fn container(bytes: &[u8]) -> Option<Value<'_>> {
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
struct Container<'a> {
    bytes: &'a [u8],
    /// Elements or pairs.
    count: u32,
    /// Entries: elements, or keys and values.
    entries: u32,
}

impl<'a> Container<'a> {
    #[inline]
    fn new(bytes: &'a [u8], count: usize, entries: usize) -> Option<Self> {
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
    fn parts(&self) -> (&'a [[u8; 4]], &'a [u8]) {
        let body = self.bytes.get(4..).unwrap_or_default();
        match body.split_at_checked(4 * self.entries as usize) {
            Some((table, data)) => (table.as_chunks().0, data),
            None => (&[], &[]),
        }
    }

    /// Where entry `i` begins: its predecessor's end, summed up from the last one that stores an offset.
    #[inline]
    fn start_of(table: &[[u8; 4]], i: usize) -> usize {
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
    fn value_at(&self, i: usize) -> Option<Value<'a>> {
        let (table, data) = self.parts();
        let entry = u32::from_ne_bytes(*table.get(i)?);
        let start = Self::start_of(table, i);
        decode(entry, start, end_of(entry, start), data)
    }
}

#[inline]
fn end_of(entry: u32, start: usize) -> usize {
    let offlen = (entry & OFFLEN_MASK) as usize;
    if entry & HAS_OFF != 0 {
        offlen
    } else {
        start.wrapping_add(offlen)
    }
}

#[inline]
fn decode(entry: u32, start: usize, end: usize, data: &[u8]) -> Option<Value<'_>> {
    match entry & TYPE_MASK {
        STRING => Some(Value::String(data.get(start..end)?)),
        NUMERIC => Some(Value::Number(Numeric::new(data.get(align4(start)..end)?)?)),
        FALSE => Some(Value::Bool(false)),
        TRUE => Some(Value::Bool(true)),
        NULL => Some(Value::Null),
        CONTAINER => container(data.get(align4(start)..end)?),
        _ => None,
    }
}

/// An object. Its keys are unique and sorted: the shorter first, then byte by byte.
#[derive(Clone, Copy)]
pub struct Object<'a>(Container<'a>);

impl<'a> Object<'a> {
    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.0.count as usize
    }

    /// Whether it is `{}`.
    pub fn is_empty(&self) -> bool {
        self.0.count == 0
    }

    /// The container's bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0.bytes
    }

    /// The value of a key; `None` if it is absent (or the bytes there are corrupt).
    #[inline]
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value<'a>> {
        let i = self.find(key.as_ref())?;
        self.0.value_at(self.len() + i)
    }

    /// Whether the key is there, whatever its value (`null` included). Does not look at the value.
    #[inline]
    pub fn contains_key(&self, key: impl AsRef<[u8]>) -> bool {
        self.find(key.as_ref()).is_some()
    }

    #[inline]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let (table, data) = self.0.parts();
        let keys = table.get(..self.len())?;
        if keys.len() <= LINEAR_MAX {
            scan(keys, data, key)
        } else {
            search(keys, data, key)
        }
    }

    /// The pairs in the order of their keys. Ends early where the bytes are corrupt.
    pub fn iter(&self) -> ObjectIter<'a> {
        let (table, data) = self.0.parts();
        let n = self.len();
        ObjectIter {
            keys: Entries::new(table.get(..n).unwrap_or_default(), data, 0),
            values: Entries::new(
                table.get(n..).unwrap_or_default(),
                data,
                Container::start_of(table, n),
            ),
            corrupt: false,
        }
    }

    /// The keys in their order. Ends early where the bytes are corrupt.
    pub fn keys(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (table, data) = self.0.parts();
        let mut keys = Entries::new(table.get(..self.len()).unwrap_or_default(), data, 0);
        std::iter::from_fn(move || keys.next_string()).fuse()
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
            Ordering::Equal => match data.get(start..end)?.cmp(key) {
                Ordering::Less => {}
                Ordering::Equal => return Some(i),
                Ordering::Greater => return None,
            },
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
struct Entries<'a> {
    table: std::slice::Iter<'a, [u8; 4]>,
    data: &'a [u8],
    start: usize,
}

impl<'a> Entries<'a> {
    fn new(table: &'a [[u8; 4]], data: &'a [u8], start: usize) -> Self {
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
    fn next_value(&mut self) -> Option<Value<'a>> {
        let (entry, start, end) = self.step()?;
        decode(entry, start, end, self.data)
    }

    #[inline]
    fn next_string(&mut self) -> Option<&'a [u8]> {
        let (entry, start, end) = self.step()?;
        if entry & TYPE_MASK != STRING {
            return None;
        }
        self.data.get(start..end)
    }
}

/// The pairs of an [`Object`].
#[derive(Clone)]
pub struct ObjectIter<'a> {
    keys: Entries<'a>,
    values: Entries<'a>,
    corrupt: bool,
}

impl ObjectIter<'_> {
    /// Whether the iteration ended because the bytes are corrupt.
    pub fn is_corrupt(&self) -> bool {
        self.corrupt
    }
}

impl<'a> Iterator for ObjectIter<'a> {
    type Item = (&'a [u8], Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.corrupt || self.keys.table.len() == 0 {
            return None;
        }
        let pair = self.keys.next_string().zip(self.values.next_value());
        self.corrupt = pair.is_none();
        pair
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.keys.table.len()))
    }
}

/// An array.
#[derive(Clone, Copy)]
pub struct Array<'a>(Container<'a>);

impl<'a> Array<'a> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.0.count as usize
    }

    /// Whether it is `[]`.
    pub fn is_empty(&self) -> bool {
        self.0.count == 0
    }

    /// The container's bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0.bytes
    }

    /// The element at an index from 0; `None` past the end (or where the bytes are corrupt).
    pub fn get(&self, i: usize) -> Option<Value<'a>> {
        self.0.value_at(i)
    }

    /// The elements in order. Ends early where the bytes are corrupt.
    pub fn iter(&self) -> ArrayIter<'a> {
        let (table, data) = self.0.parts();
        ArrayIter {
            values: Entries::new(table, data, 0),
            corrupt: false,
        }
    }

    /// All elements as strings, or the index of the first that is no UTF-8 string.
    pub fn strings(&self) -> Result<Vec<String>, usize> {
        let strings: Vec<String> = self
            .iter()
            .map_while(|v| v.as_str().map(str::to_owned))
            .collect();
        if strings.len() == self.len() {
            Ok(strings)
        } else {
            Err(strings.len())
        }
    }
}

/// The elements of an [`Array`].
#[derive(Clone)]
pub struct ArrayIter<'a> {
    values: Entries<'a>,
    corrupt: bool,
}

impl ArrayIter<'_> {
    /// Whether the iteration ended because the bytes are corrupt.
    pub fn is_corrupt(&self) -> bool {
        self.corrupt
    }
}

impl<'a> Iterator for ArrayIter<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.corrupt || self.values.table.len() == 0 {
            return None;
        }
        let value = self.values.next_value();
        self.corrupt = value.is_none();
        value
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.values.table.len()))
    }
}
