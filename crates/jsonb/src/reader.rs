//! Zero-copy reading of a `JsonbContainer`.

use super::compare::Differences;
use super::container::{Container, Entries, container, find, header};
use super::format::{ARRAY, SCALAR};
use super::grow::OutOfMemory;
use super::numeric::Numeric;
use std::fmt;

/// The bytes are not a jsonb container: truncated, or an offset leads outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the jsonb value is corrupt")
    }
}

impl std::error::Error for Corrupt {}

/// Why a document cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// The bytes are corrupt.
    Corrupt,
    /// There is no memory for as many levels as it has.
    OutOfMemory(OutOfMemory),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Corrupt => Corrupt.fmt(f),
            Unread::OutOfMemory(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unread {}

impl From<Corrupt> for Unread {
    fn from(_: Corrupt) -> Self {
        Unread::Corrupt
    }
}

impl From<OutOfMemory> for Unread {
    fn from(error: OutOfMemory) -> Self {
        Unread::OutOfMemory(error)
    }
}

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
    pub fn check(&self) -> Result<(), Unread> {
        super::walk(self.root, &mut |_| {})
    }
}

/// A value inside a document.
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

/// An object. Its keys are unique and sorted: the shorter first, then byte by byte.
#[derive(Clone, Copy)]
pub struct Object<'a>(pub(super) Container<'a>);

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
        find(keys, data, key)
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

    /// The keys whose values differ between this object and a later one, in their order.
    pub fn differences(&self, new: Object<'a>) -> Differences<'a> {
        Differences::new(*self, new)
    }

    /// The keys in their order. Ends early where the bytes are corrupt.
    pub fn keys(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (table, data) = self.0.parts();
        let mut keys = Entries::new(table.get(..self.len()).unwrap_or_default(), data, 0);
        std::iter::from_fn(move || keys.next_string()).fuse()
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
pub struct Array<'a>(pub(super) Container<'a>);

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
