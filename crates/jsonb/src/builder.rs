//! Builds the bytes of a `JsonbContainer`: the same that Postgres writes for the same document.

use super::format::{CONTAINER, FALSE, NULL, NUMERIC, OFFLEN_MASK, STRING, TRUE};
use super::grow::{List, OutOfMemory};
use super::layout::{self, Children, Content, NONE, Node};
use super::numeric::{Numeric, NumericBuf};
use super::reader::{Unread, Value};
use std::fmt;
use std::ops::Range;

/// Why a document cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildError {
    /// A container's content would exceed the 256 MB, or its count the 2^28, that jsonb has room for.
    TooLarge,
    /// A string or key holds a NUL byte, which Postgres's text cannot.
    NulByte,
    /// Not a decimal number, or out of numeric's range.
    BadNumber,
    /// There is no memory.
    OutOfMemory(OutOfMemory),
    /// The calls do not form a document: a value without a key in an object, a container left open or
    /// closed twice, none or several values at the root.
    Misuse,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BuildError::TooLarge => "the jsonb value is too large",
            BuildError::NulByte => "a string in the jsonb value holds a NUL byte",
            BuildError::BadNumber => "a number in the jsonb value is malformed or out of range",
            BuildError::OutOfMemory(_) => "out of memory",
            BuildError::Misuse => "the calls do not form a jsonb value",
        })
    }
}

impl std::error::Error for BuildError {}

impl From<OutOfMemory> for BuildError {
    fn from(error: OutOfMemory) -> Self {
        BuildError::OutOfMemory(error)
    }
}

/// Builds a document by calls in its order:
///
/// ```ignore
/// let mut b = Builder::new();
/// b.begin_object().key("n").int(5).key("old").value(old).end();
/// let container = b.finish()?;
/// ```
///
/// Objects may be given their keys in any order; of equal keys the last one wins. Existing [`Value`]s are
/// copied as they are, numbers and whole containers without being decoded. Mistakes do not interrupt the
/// chain of calls: the first is kept and returned by `finish`. Strings must be in the database's encoding.
pub struct Builder {
    arena: List<u8>,
    nodes: List<Node>,
    open: List<u32>,
    key: Option<Range<usize>>,
    error: Option<BuildError>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Self {
        Self {
            arena: List::new(),
            nodes: List::new(),
            open: List::new(),
            key: None,
            error: None,
        }
    }

    /// Makes it empty again, keeping its memory for the next document.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.nodes.clear();
        self.open.clear();
        self.key = None;
        self.error = None;
    }

    /// Opens an object; [`Builder::end`] closes it.
    pub fn begin_object(&mut self) -> &mut Self {
        self.begin(Content::Object)
    }

    /// Opens an array; [`Builder::end`] closes it.
    pub fn begin_array(&mut self) -> &mut Self {
        self.begin(Content::Array)
    }

    /// Closes the object or array that was opened last.
    pub fn end(&mut self) -> &mut Self {
        if self.open.pop().is_none() || self.key.is_some() {
            self.fail(BuildError::Misuse);
        }
        self
    }

    /// The key of the value that follows, inside an object.
    pub fn key(&mut self, key: impl AsRef<[u8]>) -> &mut Self {
        let key = self.text(key.as_ref());
        if self.key.replace(key).is_some() {
            self.fail(BuildError::Misuse);
        }
        self
    }

    /// Adds `null`.
    pub fn null(&mut self) -> &mut Self {
        self.leaf(NULL, 0..0)
    }

    /// Adds a boolean.
    pub fn bool(&mut self, b: bool) -> &mut Self {
        self.leaf(if b { TRUE } else { FALSE }, 0..0)
    }

    /// Adds a string.
    pub fn string(&mut self, s: impl AsRef<[u8]>) -> &mut Self {
        let range = self.text(s.as_ref());
        self.leaf(STRING, range)
    }

    /// Adds an integer.
    pub fn int(&mut self, n: i64) -> &mut Self {
        self.numeric(NumericBuf::from(n).as_numeric())
    }

    /// Adds a number as it is stored, with its scale.
    pub fn numeric(&mut self, n: Numeric<'_>) -> &mut Self {
        let range = self.copy(n.as_bytes());
        self.leaf(NUMERIC, range)
    }

    /// Adds a number from its decimal text, every digit and the scale kept: see [`NumericBuf::parse`].
    pub fn decimal(&mut self, text: &str) -> &mut Self {
        match NumericBuf::parse(text) {
            Ok(n) => self.numeric(n.as_numeric()),
            Err(Unread::OutOfMemory(error)) => self.fail(error.into()),
            Err(Unread::Corrupt) => self.fail(BuildError::BadNumber),
        }
    }

    /// Adds a copy of a value read from another document.
    pub fn value(&mut self, value: Value<'_>) -> &mut Self {
        let (kind, bytes) = match value {
            Value::Null => return self.null(),
            Value::Bool(b) => return self.bool(b),
            Value::Number(n) => return self.numeric(n),
            Value::String(s) => (STRING, s),
            Value::Array(a) => (CONTAINER, a.as_bytes()),
            Value::Object(o) => (CONTAINER, o.as_bytes()),
        };
        let range = self.copy(bytes);
        self.leaf(kind, range)
    }

    /// Adds a `serde_json` value, numbers digit by digit. Recurses, as deep as `serde_json` itself does.
    pub fn json(&mut self, value: &serde_json::Value) -> &mut Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => self.null(),
            Json::Bool(b) => self.bool(*b),
            Json::Number(n) => self.decimal(n.as_str()),
            Json::String(s) => self.string(s),
            Json::Array(elements) => {
                self.begin_array();
                for element in elements {
                    self.json(element);
                }
                self.end()
            }
            Json::Object(pairs) => {
                self.begin_object();
                for (key, value) in pairs {
                    self.key(key).json(value);
                }
                self.end()
            }
        }
    }

    /// Adds a pair whose value is a copy.
    pub fn pair(&mut self, key: impl AsRef<[u8]>, value: Value<'_>) -> &mut Self {
        self.key(key).value(value)
    }

    /// Adds a change, `key: {"old": ..., "new": ...}`, each side only if it is there.
    pub fn change(
        &mut self,
        key: impl AsRef<[u8]>,
        old: Option<Value<'_>>,
        new: Option<Value<'_>>,
    ) -> &mut Self {
        self.key(key).begin_object();
        if let Some(new) = new {
            self.pair("new", new);
        }
        if let Some(old) = old {
            self.pair("old", old);
        }
        self.end()
    }

    /// The container's bytes, to which the caller adds the varlena header.
    pub fn finish(self) -> Result<List<u8>, BuildError> {
        let mut out = List::with_capacity(self.arena.len() + 12 * self.nodes.len() + 8)?;
        self.finish_into(&mut out)?;
        Ok(out)
    }

    /// Appends the container's bytes to `out`, which may begin with room for a header: alignment counts
    /// from where `out` ended. After an error `out` holds an incomplete document.
    pub fn finish_into(&self, out: &mut List<u8>) -> Result<(), BuildError> {
        self.finish_within(out, OFFLEN_MASK as usize)
    }

    /// With another limit, so that a test need not fill 256 MB.
    pub(super) fn finish_within(&self, out: &mut List<u8>, max: usize) -> Result<(), BuildError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        match self.nodes.first() {
            Some(root) if self.open.is_empty() && self.key.is_none() => {
                layout::write(&self.nodes, &self.arena, root, out, max)
            }
            _ => Err(BuildError::Misuse),
        }
    }

    fn fail(&mut self, error: BuildError) -> &mut Self {
        self.error.get_or_insert(error);
        self
    }

    fn copy(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.arena.len();
        if let Err(error) = self.arena.extend_from_slice(bytes) {
            self.fail(error.into());
        }
        start..self.arena.len()
    }

    fn text(&mut self, bytes: &[u8]) -> Range<usize> {
        if bytes.contains(&0) {
            self.fail(BuildError::NulByte);
        }
        self.copy(bytes)
    }

    fn leaf(&mut self, kind: u32, bytes: Range<usize>) -> &mut Self {
        self.push(Content::Leaf(kind, bytes));
        self
    }

    fn begin(&mut self, container: fn(Children) -> Content) -> &mut Self {
        let id = self.push(container(Children {
            first: NONE,
            last: NONE,
            count: 0,
        }));
        if let Err(error) = self.open.push(id) {
            self.fail(error.into());
        }
        self
    }

    /// Adds a node to the container that is open.
    fn push(&mut self, content: Content) -> u32 {
        let id = match u32::try_from(self.nodes.len()) {
            Ok(id) if id < NONE => id,
            _ => {
                self.fail(BuildError::TooLarge);
                return 0;
            }
        };
        let key = self.key.take();
        let parent = self.open.last().copied();
        let previous = match parent.and_then(|p| self.nodes.get_mut(p as usize)) {
            Some(parent) => match (&mut parent.content, &key) {
                (Content::Object(children), Some(_)) | (Content::Array(children), None) => {
                    let previous = children.last;
                    if previous == NONE {
                        children.first = id;
                    }
                    children.last = id;
                    children.count += 1;
                    previous
                }
                _ => {
                    self.fail(BuildError::Misuse);
                    NONE
                }
            },
            None => {
                if id != 0 || key.is_some() {
                    self.fail(BuildError::Misuse);
                }
                NONE
            }
        };
        if let Some(previous) = self.nodes.get_mut(previous as usize) {
            previous.next = id;
        }
        let node = Node {
            key: key.unwrap_or(0..0),
            content,
            next: NONE,
        };
        if let Err(error) = self.nodes.push(node) {
            self.fail(error.into());
        }
        id
    }
}
