//! Memory in proportion to what somebody hands in.
//!
//! Rust's own collections abort the process when there is no memory, and with a backend the whole cluster goes down.
//! What grows with a document grows through [`List`] and its kin instead, each step of which can fail: an
//! [`OutOfMemory`] is an error like any other. `clippy.toml` beside this crate keeps the others out.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the one place that asks before it grows"
)]

use smallvec::SmallVec;
use std::borrow::Borrow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};

/// There is no memory for this many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory {
    /// what was asked for; the greatest number where it is more than any machine has
    pub bytes: usize,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

thread_local! {
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread asks for memory in a way that can fail. An allocator that keeps a reserve for those who cannot
/// be refused keeps it back then.
pub fn is_asking() -> bool {
    ASKING.get()
}

/// Asks for memory in a way that can fail: within `f`, [`is_asking`] is true.
pub fn asking<R>(f: impl FnOnce() -> R) -> R {
    /// Sets it back, also where `f` unwinds.
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            ASKING.set(self.0);
        }
    }
    let _back = Back(ASKING.replace(true));
    f()
}

/// What a list of `len` more than `have` elements would take.
fn refused<T>(have: usize, more: usize) -> OutOfMemory {
    let bytes = have.saturating_add(more).saturating_mul(size_of::<T>());
    OutOfMemory { bytes }
}

/// A list that grows only where there is memory.
#[derive(Debug, PartialEq, Eq)]
pub struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> List<T> {
    /// An empty list, which takes no memory.
    pub const fn new() -> Self {
        List(Vec::new())
    }

    /// An empty list with room for so many.
    pub fn with_capacity(capacity: usize) -> Result<Self, OutOfMemory> {
        let mut list = Self::new();
        asking(|| list.0.try_reserve_exact(capacity)).map_err(|_| refused::<T>(0, capacity))?;
        Ok(list)
    }

    /// All that an iterator gives.
    pub fn of(items: impl IntoIterator<Item = T>) -> Result<Self, OutOfMemory> {
        let items = items.into_iter();
        let mut list = Self::with_capacity(items.size_hint().0)?;
        for item in items {
            list.push(item)?;
        }
        Ok(list)
    }

    /// All that an iterator gives, up to its first error.
    pub fn of_results<E: From<OutOfMemory>>(
        items: impl IntoIterator<Item = Result<T, E>>,
    ) -> Result<Self, E> {
        let mut list = Self::new();
        for item in items {
            list.push(item?)?;
        }
        Ok(list)
    }

    /// Room for so many elements.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Makes room for so many more.
    #[inline]
    pub fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.0.capacity() - self.0.len() >= more {
            return Ok(());
        }
        self.grow(more)
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), OutOfMemory> {
        let have = self.0.len();
        asking(|| self.0.try_reserve(more)).map_err(|_| refused::<T>(have, more))
    }

    /// Adds an element.
    #[inline]
    pub fn push(&mut self, item: T) -> Result<(), OutOfMemory> {
        self.reserve(1)?;
        self.0.push(item);
        Ok(())
    }

    /// Takes the last element.
    pub fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    /// Drops all but the first so many.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Drops all elements and keeps the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes all elements out and keeps the memory.
    pub fn drain(&mut self) -> impl Iterator<Item = T> {
        self.0.drain(..)
    }

    /// Drops each element that is, for `key`, the same as the one before it.
    pub fn dedup_by(&mut self, same: impl FnMut(&mut T, &mut T) -> bool) {
        self.0.dedup_by(same);
    }
}

impl<T: Copy> List<T> {
    /// A copy.
    pub fn copy_of(items: &[T]) -> Result<Self, OutOfMemory> {
        let mut list = Self::with_capacity(items.len())?;
        list.0.extend_from_slice(items);
        Ok(list)
    }

    /// Adds a copy of all these.
    #[inline]
    pub fn extend_from_slice(&mut self, items: &[T]) -> Result<(), OutOfMemory> {
        self.reserve(items.len())?;
        self.0.extend_from_slice(items);
        Ok(())
    }

    /// Makes it so long, with `item` in each new place.
    #[inline]
    pub fn resize(&mut self, len: usize, item: T) -> Result<(), OutOfMemory> {
        self.reserve(len.saturating_sub(self.0.len()))?;
        self.0.resize(len, item);
        Ok(())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for List<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T> AsRef<[T]> for List<T> {
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

impl<T: PartialEq> PartialEq<Vec<T>> for List<T> {
    fn eq(&self, other: &Vec<T>) -> bool {
        self.0 == *other
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.0
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Text that is written into it fails where there is no memory.
impl fmt::Write for List<u8> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.extend_from_slice(text.as_bytes())
            .map_err(|OutOfMemory { .. }| fmt::Error)
    }
}

/// A list whose first `N` elements need no memory of their own.
#[derive(Debug)]
pub struct Few<T, const N: usize>(SmallVec<[T; N]>);

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> Few<T, N> {
    /// An empty list.
    pub fn new() -> Self {
        Few(SmallVec::new())
    }

    /// Adds an element.
    #[inline]
    pub fn push(&mut self, item: T) -> Result<(), OutOfMemory> {
        if self.0.len() == self.0.capacity() {
            self.grow(1)?;
        }
        self.0.push(item);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), OutOfMemory> {
        let have = self.0.len();
        asking(|| self.0.try_reserve(more)).map_err(|_| refused::<T>(have, more))
    }
}

impl<T: Copy, const N: usize> Few<T, N> {
    /// Adds a copy of all these.
    #[inline]
    pub fn extend_from_slice(&mut self, items: &[T]) -> Result<(), OutOfMemory> {
        if self.0.capacity() - self.0.len() < items.len() {
            self.grow(items.len())?;
        }
        self.0.extend_from_slice(items);
        Ok(())
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> DerefMut for Few<T, N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

/// A map that grows only where there is memory. Its order is none; strangers choose its keys, so it hashes them in a
/// way that they cannot foresee.
#[derive(Debug)]
pub struct Map<K, V>(HashMap<K, V>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Map<K, V> {
    /// An empty map, which takes no memory.
    pub fn new() -> Self {
        Map(HashMap::new())
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops all pairs and keeps the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The pairs, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter()
    }

    /// The values, in no order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.values_mut()
    }
}

impl<K: Eq + Hash, V> Map<K, V> {
    /// Gives a key a value.
    pub fn insert(&mut self, key: K, value: V) -> Result<(), OutOfMemory> {
        self.reserve()?;
        self.0.insert(key, value);
        Ok(())
    }

    /// The value of a key, which is `value()` where it has none yet.
    pub fn get_or_insert_with(
        &mut self,
        key: K,
        value: impl FnOnce() -> V,
    ) -> Result<&mut V, OutOfMemory> {
        self.reserve()?;
        Ok(self.0.entry(key).or_insert_with(value))
    }

    fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if self.0.len() < self.0.capacity() {
            return Ok(());
        }
        let have = self.0.len();
        asking(|| self.0.try_reserve(1)).map_err(|_| refused::<(K, V)>(have, 1))
    }

    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// The value of a key.
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(key)
    }

    /// Whether it has the key.
    pub fn contains_key<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Takes a key with its value out.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }
}

impl<K: Copy + Eq + Hash, V: Copy> Map<K, V> {
    /// A copy.
    pub fn copy_of(map: &Self) -> Result<Self, OutOfMemory> {
        let mut copy = Self::new();
        asking(|| copy.0.try_reserve(map.len())).map_err(|_| refused::<(K, V)>(map.len(), 0))?;
        copy.0
            .extend(map.0.iter().map(|(key, value)| (*key, *value)));
        Ok(copy)
    }
}

/// A text of one's own.
pub fn string(text: &str) -> Result<String, OutOfMemory> {
    let mut copy = String::new();
    asking(|| copy.try_reserve_exact(text.len())).map_err(|_| refused::<u8>(0, text.len()))?;
    copy.push_str(text);
    Ok(copy)
}

/// A text of one's own of bytes in the encoding of the database; what is not UTF-8 becomes U+FFFD.
pub fn string_lossy(bytes: &[u8]) -> Result<String, OutOfMemory> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return string(text);
    }
    let mut copy = String::new();
    for chunk in bytes.utf8_chunks() {
        let broken = !chunk.invalid().is_empty();
        // U+FFFD has three bytes.
        let more = chunk.valid().len() + if broken { 3 } else { 0 };
        asking(|| copy.try_reserve(more)).map_err(|_| refused::<u8>(copy.len(), more))?;
        copy.push_str(chunk.valid());
        if broken {
            copy.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn what_no_machine_has_is_an_error() {
        assert_eq!(
            List::<u64>::with_capacity(usize::MAX).err(),
            Some(OutOfMemory { bytes: usize::MAX })
        );
        let mut list = List::copy_of(b"kept").unwrap();
        let more = usize::MAX / 2 - 1;
        assert_eq!(list.reserve(more), Err(OutOfMemory { bytes: more + 4 }));
        assert_eq!(list.resize(more, 0), Err(OutOfMemory { bytes: more }));
        assert_eq!(&list[..], b"kept");
    }

    #[test]
    fn whoever_can_be_refused_says_so() {
        assert!(!is_asking());
        asking(|| assert!(is_asking()));
        assert!(!is_asking());
        let unwound = std::panic::catch_unwind(|| asking(|| panic!("on purpose")));
        assert!(unwound.is_err() && !is_asking());
    }

    #[test]
    fn they_hold_what_they_are_given() {
        let mut list = List::of(0..1000).unwrap();
        list.push(1000).unwrap();
        assert!(list.iter().copied().eq(0..=1000));
        assert_eq!(list.pop(), Some(1000));

        let results =
            ["1", "2", "x", "3"].map(|t| t.parse::<u8>().map_err(|_| refused::<u8>(7, 0)));
        assert_eq!(List::of_results(results), Err(OutOfMemory { bytes: 7 }));

        let mut few = Few::<_, 2>::new();
        for i in 0..5 {
            few.push(i).unwrap();
        }
        assert_eq!(few[..], [0, 1, 2, 3, 4]);

        let mut map = Map::new();
        for i in 0..100 {
            map.insert(i % 10, i).unwrap();
        }
        *map.get_or_insert_with(3, || 0).unwrap() += 1;
        assert_eq!(
            (map.len(), map.get(&3), map.get(&10)),
            (10, Some(&94), None)
        );
        assert_eq!(Map::copy_of(&map).unwrap().remove(&4), Some(94));
    }

    #[test]
    fn texts_are_repaired() {
        assert_eq!(string_lossy("déjà".as_bytes()).unwrap(), "déjà");
        for bytes in [&b"a\xffb\xc3"[..], b"\xf0\x9f", b"\xff\xff"] {
            assert_eq!(string_lossy(bytes).unwrap(), String::from_utf8_lossy(bytes));
        }
        let mut text = List::new();
        write!(text, "{}", 17).unwrap();
        assert_eq!(&text[..], b"17");
    }
}
