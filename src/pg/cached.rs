//! What a backend keeps of relations, until they change.

use super::inval::AsOf;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::rc::Rc;

/// How many entries there are before old ones are looked for.
const FEW: usize = 64;

/// What is kept, and as of when it was read.
type Entry<V> = (Rc<V>, Rc<AsOf>);

/// Things by their keys, each as of when it was read. One that is old is not found.
///
/// Made for a `thread_local!` that is never dropped (`ManuallyDrop`): a backend that ends has no use for freeing them.
pub struct Cached<K, V> {
    entries: RefCell<FxHashMap<K, Entry<V>>>,
    /// at how many entries old ones are looked for
    limit: Cell<usize>,
}

impl<K, V> Default for Cached<K, V> {
    fn default() -> Self {
        Cached {
            entries: RefCell::default(),
            limit: Cell::new(FEW),
        }
    }
}

impl<K: Hash + Eq, V> Cached<K, V> {
    /// What is kept for this key, unless it is old.
    #[inline]
    pub fn get(&self, key: &K) -> Option<Rc<V>> {
        let entries = self.entries.borrow();
        let (value, as_of) = entries.get(key)?;
        as_of.holds().then(|| Rc::clone(value))
    }

    /// The same, and as of when it was read.
    pub fn get_as_of(&self, key: &K) -> Option<(Rc<V>, Rc<AsOf>)> {
        let entries = self.entries.borrow();
        let entry = entries.get(key)?;
        entry.1.holds().then(|| entry.clone())
    }

    /// Keeps something that was read as of then; not if it is old already.
    pub fn keep(&self, key: K, value: &Rc<V>, as_of: Rc<AsOf>) {
        if !as_of.holds() {
            return;
        }
        // What goes is dropped outside the borrow: it may be plans, which Postgres frees.
        let mut gone = Vec::new();
        {
            let mut entries = self.entries.borrow_mut();
            if entries.len() >= self.limit.get() {
                entries.retain(|_, entry| {
                    let holds = entry.1.holds();
                    if !holds {
                        gone.push(Rc::clone(&entry.0));
                    }
                    holds
                });
                self.limit.set(FEW.max(2 * entries.len()));
            }
            let old = entries.insert(key, (Rc::clone(value), as_of));
            gone.extend(old.map(|entry| entry.0));
        }
        drop(gone);
    }
}

/// One thing, as of when it was read.
pub struct One<V> {
    entry: RefCell<Option<(V, AsOf)>>,
}

impl<V: Clone> One<V> {
    /// Nothing yet.
    pub const fn empty() -> Self {
        One {
            entry: RefCell::new(None),
        }
    }

    /// What is kept, unless it is old.
    #[inline]
    pub fn get(&self) -> Option<V> {
        match &*self.entry.borrow() {
            Some((value, as_of)) if as_of.holds() => Some(value.clone()),
            _ => None,
        }
    }

    /// Keeps what was read as of then.
    pub fn keep(&self, value: V, as_of: AsOf) {
        self.entry.replace(Some((value, as_of)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_and_room_is_made_for_more() {
        let _alone = super::super::inval::ALONE.lock();
        let cached: Cached<u32, String> = Cached::default();
        for n in 0..200 {
            let as_of = Rc::new(AsOf::now(&[]));
            cached.keep(n, &Rc::new(n.to_string()), as_of);
        }
        let found = cached.get(&7).map(|text| text.to_string());
        assert_eq!(found.as_deref(), Some("7"));
        assert!(cached.get(&200).is_none());
        let (text, as_of) = cached.get_as_of(&7).unwrap();
        assert!(*text == "7" && as_of.holds());
    }
}
