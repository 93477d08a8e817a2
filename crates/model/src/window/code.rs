//! Numbers as bytes: seven bits each, the lowest first, the eighth says that more follow (LEB128).

use super::snapshot::MAX_RUNNING;
use super::{Mark, Marks, Snapshot};

/// The bytes are no position: they end early, go on too long, or say what cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Appends a number.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number that may be below 0: small ones are short on either side.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Appends a number or its absence.
pub(super) fn put_optional(out: &mut Vec<u8>, number: Option<i64>) {
    out.push(number.is_some().into());
    if let Some(number) = number {
        put_signed(out, number);
    }
}

/// Appends a snapshot: xmax as a distance from another one, and what runs as distances downwards.
pub(super) fn put_snapshot(out: &mut Vec<u8>, snapshot: &Snapshot, near: u64) {
    put_signed(out, snapshot.xmax().wrapping_sub(near).cast_signed());
    put(out, snapshot.running().len() as u64);
    let mut above = snapshot.xmax();
    for xid in snapshot.running().iter().rev() {
        put(out, above - xid - 1);
        above = *xid;
    }
}

/// Appends marks, each as a distance from the one before.
pub(super) fn put_marks(out: &mut Vec<u8>, marks: &Marks) {
    put(out, marks.as_slice().len() as u64);
    let mut before = Mark { xid: 0, seq: 0 };
    for mark in marks.as_slice() {
        put(out, mark.xid - before.xid);
        put_signed(out, mark.seq.wrapping_sub(before.seq));
        before = *mark;
    }
}

/// Reads from the front of bytes. Nothing is allocated for what a number claims to follow.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A number, in no more bytes than it needs.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if (bits << shift) >> shift != bits || (byte == 0 && shift > 0) {
                return Err(Malformed);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    pub fn signed(&mut self) -> Result<i64, Malformed> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub fn optional(&mut self) -> Result<Option<i64>, Malformed> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.signed().map(Some),
            _ => Err(Malformed),
        }
    }

    /// How many of something follow, each of which takes a byte at least.
    fn count(&mut self, most: usize) -> Result<usize, Malformed> {
        let count = usize::try_from(self.number()?).map_err(|_| Malformed)?;
        (count <= most && count <= self.0.len())
            .then_some(count)
            .ok_or(Malformed)
    }

    pub fn snapshot(&mut self, near: u64) -> Result<Snapshot, Malformed> {
        let xmax = near.wrapping_add(self.signed()?.cast_unsigned());
        let count = self.count(MAX_RUNNING)?;
        let mut running = Vec::with_capacity(count);
        let mut above = xmax;
        for _ in 0..count {
            let gap = self.number()?.checked_add(1).ok_or(Malformed)?;
            above = above.checked_sub(gap).ok_or(Malformed)?;
            running.push(above);
        }
        running.reverse();
        let snapshot = Snapshot::new(xmax, running).map_err(|_| Malformed)?;
        // One form for one snapshot.
        (snapshot.xmax() == xmax)
            .then_some(snapshot)
            .ok_or(Malformed)
    }

    pub fn marks(&mut self) -> Result<Marks, Malformed> {
        let count = self.count(super::mark::MAX_MARKS)?;
        let mut marks = Vec::with_capacity(count);
        let mut before = Mark { xid: 0, seq: 0 };
        for _ in 0..count {
            let xid = before.xid.checked_add(self.number()?).ok_or(Malformed)?;
            let seq = before.seq.wrapping_add(self.signed()?);
            before = Mark { xid, seq };
            marks.push(before);
        }
        let marks = Marks::of(marks);
        (marks.as_slice().len() == count)
            .then_some(marks)
            .ok_or(Malformed)
    }
}
