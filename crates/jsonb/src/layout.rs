//! Lays the nodes of a builder out as container bytes, top down, with a stack of its own.

use super::builder::BuildError;
use super::container::key_cmp;
use super::format::{
    ARRAY, CONTAINER, COUNT_MASK, HAS_OFF, NUMERIC, OBJECT, SCALAR, STRIDE, STRING, align4,
};
use super::grow::{List, OutOfMemory};
use std::ops::Range;

/// "No node", for links.
pub(super) const NONE: u32 = u32::MAX;

/// A value or container, in the order of the calls; bytes lie in the builder's arena.
pub(super) struct Node {
    pub(super) key: Range<usize>,
    pub(super) content: Content,
    /// The next child of the same parent.
    pub(super) next: u32,
}

pub(super) enum Content {
    /// A string, number, boolean, null or finished container, with its entry's type bits.
    Leaf(u32, Range<usize>),
    Array(Children),
    Object(Children),
}

#[derive(Clone, Copy)]
pub(super) struct Children {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) count: usize,
}

/// Appends the document to `out`. No container's content may exceed `max` bytes.
pub(super) fn write(
    nodes: &[Node],
    arena: &[u8],
    root: &Node,
    out: &mut List<u8>,
    max: usize,
) -> Result<(), BuildError> {
    let base = out.len();
    Writer {
        nodes,
        arena,
        base,
        out,
        order: List::new(),
        open: List::new(),
        max,
    }
    .document(root)
}

struct Writer<'b> {
    nodes: &'b [Node],
    arena: &'b [u8],
    out: &'b mut List<u8>,
    /// Where the document begins in `out`: alignment counts from here.
    base: usize,
    /// The children of the open containers, each container's in their final order behind its parent's.
    order: List<u32>,
    open: List<Open>,
    max: usize,
}

/// A container that is being written.
struct Open {
    /// Where it began in `out`, padding included.
    begin: usize,
    /// Where its table of entries stands in `out`.
    table: usize,
    /// The index of the entry that is due.
    entry: usize,
    /// Bytes of content so far.
    total: usize,
    /// Where its part of `order` begins, and the child that is due.
    order: usize,
    next: usize,
}

impl<'b> Writer<'b> {
    fn document(mut self, root: &'b Node) -> Result<(), BuildError> {
        match &root.content {
            // A finished container is a document already.
            Content::Leaf(CONTAINER, bytes) => self.copy(bytes)?,
            Content::Leaf(kind, bytes) => {
                self.begin(ARRAY | SCALAR, 1, 1, 0)?;
                self.leaf(*kind, bytes)?;
            }
            _ => self.node(root)?,
        }
        while let Some(top) = self.open.last_mut() {
            let child = self.order.get(top.next);
            top.next += 1;
            match child.and_then(|id| self.nodes.get(*id as usize)) {
                Some(child) => self.node(child)?,
                None => self.end()?,
            }
        }
        Ok(())
    }

    fn node(&mut self, node: &'b Node) -> Result<(), BuildError> {
        let order = self.order.len();
        match &node.content {
            Content::Leaf(kind, bytes) => self.leaf(*kind, bytes),
            Content::Array(children) => {
                self.list(children)?;
                let count = self.order.len() - order;
                self.begin(ARRAY, count, count, order)
            }
            Content::Object(children) => {
                self.list(children)?;
                self.sort(order)?;
                let count = self.order.len() - order;
                self.begin(OBJECT, count, count * 2, order)?;
                for i in order..order + count {
                    let id = self.order.get(i).copied().unwrap_or(NONE);
                    if let Some(child) = self.nodes.get(id as usize) {
                        self.leaf(STRING, &child.key)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn list(&mut self, children: &Children) -> Result<(), OutOfMemory> {
        self.order.reserve(children.count)?;
        let mut id = children.first;
        while let Some(node) = self.nodes.get(id as usize) {
            self.order.push(id)?;
            id = node.next;
        }
        Ok(())
    }

    /// Sorts the last part of `order` by key. Of equal keys the last given stays.
    fn sort(&mut self, start: usize) -> Result<(), OutOfMemory> {
        let key = |id: &u32| {
            let node = self.nodes.get(*id as usize);
            node.map_or(&[][..], |node| bytes_at(self.arena, &node.key))
        };
        let part = self.order.get(start..).unwrap_or_default();
        if part.is_sorted_by(|a, b| key_cmp(key(a), key(b)).is_lt()) {
            return Ok(());
        }
        let mut part = List::copy_of(part)?;
        part.sort_unstable_by(|a, b| key_cmp(key(a), key(b)).then(b.cmp(a)));
        part.dedup_by(|a, b| key(a) == key(b));
        self.order.truncate(start);
        self.order.extend_from_slice(&part)
    }

    fn begin(
        &mut self,
        flags: u32,
        count: usize,
        entries: usize,
        order: usize,
    ) -> Result<(), BuildError> {
        if count > COUNT_MASK as usize {
            return Err(BuildError::TooLarge);
        }
        let begin = self.out.len();
        self.pad()?;
        let header = flags | count as u32;
        self.out.extend_from_slice(&header.to_ne_bytes())?;
        let table = self.out.len();
        self.out.resize(table + 4 * entries, 0)?;
        self.open.push(Open {
            begin,
            table,
            entry: 0,
            total: 0,
            order,
            next: order,
        })?;
        Ok(())
    }

    fn end(&mut self) -> Result<(), BuildError> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        self.order.truncate(closed.order);
        self.entry(CONTAINER, closed.begin)
    }

    fn leaf(&mut self, kind: u32, bytes: &Range<usize>) -> Result<(), BuildError> {
        let begin = self.out.len();
        if matches!(kind, NUMERIC | CONTAINER) {
            self.pad()?;
        }
        self.copy(bytes)?;
        self.entry(kind, begin)
    }

    /// Enters a child that was written from `begin` on, padding included, in its container's table.
    fn entry(&mut self, kind: u32, begin: usize) -> Result<(), BuildError> {
        let Some(top) = self.open.last_mut() else {
            return Ok(());
        };
        let len = self.out.len() - begin;
        top.total += len;
        if top.total > self.max {
            return Err(BuildError::TooLarge);
        }
        let entry = if top.entry.is_multiple_of(STRIDE) {
            kind | HAS_OFF | top.total as u32
        } else {
            kind | len as u32
        };
        let at = top.table + 4 * top.entry;
        top.entry += 1;
        if let Some(place) = self.out.get_mut(at..at + 4) {
            place.copy_from_slice(&entry.to_ne_bytes());
        }
        Ok(())
    }

    fn pad(&mut self) -> Result<(), OutOfMemory> {
        let len = self.out.len() - self.base;
        self.out.resize(self.base + align4(len), 0)
    }

    fn copy(&mut self, bytes: &Range<usize>) -> Result<(), OutOfMemory> {
        self.out.extend_from_slice(bytes_at(self.arena, bytes))
    }
}

fn bytes_at<'b>(arena: &'b [u8], range: &Range<usize>) -> &'b [u8] {
    arena.get(range.clone()).unwrap_or_default()
}
