//! A row put together of the bytes in which another one is stored.
//!
//! A stored row and a row of a result have the same layout: which columns are null, then the values of the others one
//! behind the other, each aligned. So what is made of a stored row by putting values before it, and another one in the
//! place of one of its columns, is pieces of it. To take it apart into columns and to form a row of them costs ten times
//! as much, and where a row is not of the usual kind, that is what is done.

use super::datum::Datum;
use super::tuple::{self, Row};
use pgrx::pg_sys::{self, HeapTupleData, HeapTupleHeaderData};
use std::mem::{MaybeUninit, offset_of};
use std::ptr;

/// A row that is stored: it lies on a page, so it is no larger than one.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    head: *const HeapTupleHeaderData,
    len: usize,
}

impl Stored {
    /// The row that a slot shows, if it shows one as a table has it.
    ///
    /// # Safety
    /// The slot is live and not empty; it stays as it is as long as this is looked at.
    #[inline]
    pub(super) unsafe fn of(slot: *mut pg_sys::TupleTableSlot) -> Option<Stored> {
        // SAFETY: a slot with these operations is a `BufferHeapTupleTableSlot`, which begins with a
        // `HeapTupleTableSlot`; its tuple is null, or a whole one.
        unsafe {
            if (*slot).tts_ops != ptr::addr_of!(pg_sys::TTSOpsBufferHeapTuple) {
                return None;
            }
            let tuple = (*slot.cast::<pg_sys::HeapTupleTableSlot>()).tuple;
            (!tuple.is_null()).then(|| Stored {
                head: (*tuple).t_data,
                len: (*tuple).t_len as usize,
            })
        }
    }
}

/// Bytes of a row with what comes before it: more than a page has.
const ROOM: usize = pg_sys::BLCKSZ as usize + 1024;

/// Where a row is put together; none of it is set before that.
#[repr(C, align(8))]
pub(super) struct Buffer(MaybeUninit<[u8; ROOM]>);

impl Buffer {
    #[inline]
    pub(super) fn new() -> Buffer {
        Buffer(MaybeUninit::uninit())
    }
}

/// Where columns stand begins with this many bytes of a row.
const HEAD: usize = offset_of!(HeapTupleHeaderData, t_bits);

/// The largest text whose length fits into one byte, that byte included.
const SHORT: usize = 0x7f;

#[inline]
fn aligned(at: usize, alignment: u8) -> usize {
    let to = match alignment {
        pg_sys::TYPALIGN_CHAR => 1,
        pg_sys::TYPALIGN_SHORT => 2,
        pg_sys::TYPALIGN_INT => 4,
        _ => 8,
    };
    at.next_multiple_of(to)
}

/// A row of the type `desc`: `first`, and the columns of `row` behind them; the column at `but` of these (from 0) is
/// `instead`, unless that is none. None where it cannot be put together of pieces.
///
/// # Safety
/// `desc` is a live row type with as many columns, and those of `row` but for the one at `but` have its types.
pub(super) unsafe fn splice(
    buffer: &mut Buffer,
    first: &[Option<Datum<'_>>],
    row: &Row<'_>,
    (but, instead): (usize, Option<&[u8]>),
    desc: pg_sys::TupleDesc,
) -> Option<HeapTupleData> {
    let Stored { head, len } = row.stored()?;
    let columns = first.len() + row.len();
    // SAFETY: the stored row is whole: `len` bytes from `head` on, of which `t_hoff` are its head. All that is written
    // lies in the buffer: the most that there can be is compared with its room before that. Attributes are looked at
    // within the bounds of their row types, which `attribute` checks.
    unsafe {
        let (mask, start_of_stored) = ((*head).t_infomask, usize::from((*head).t_hoff));
        let stored_columns = u32::from((*head).t_infomask2) & pg_sys::HEAP_NATTS_MASK;
        // One that was stored before a column was added has fewer.
        if stored_columns as usize != row.len() || columns > 32 {
            return None;
        }
        let data = head.cast::<u8>().add(start_of_stored);
        let data_len = len.checked_sub(start_of_stored)?;
        let has_nulls = mask & pg_sys::HEAP_HASNULL as u16 != 0;
        let bits = match has_nulls {
            true => columns.div_ceil(8),
            false => 0,
        };
        let start = (HEAD + bits).next_multiple_of(8);
        // What is put before it is passed by value.
        let most = start + 8 * (first.len() + 1) + data_len + SHORT + 8;
        if most > ROOM {
            return None;
        }

        let to = buffer.0.as_mut_ptr().cast::<u8>();
        ptr::write_bytes(to, 0, start);
        if has_nulls {
            let mut there = 0_u64;
            for i in 0..row.len().div_ceil(8) {
                there |= u64::from(*head.cast::<u8>().add(HEAD + i)) << (8 * i);
            }
            let there = there << first.len() | ((1 << first.len()) - 1);
            let there = there & ((1 << columns) - 1);
            ptr::copy_nonoverlapping(there.to_le_bytes().as_ptr(), to.add(HEAD), bits);
        }

        let values = to.add(start);
        let mut at = 0;
        for (i, value) in first.iter().enumerate() {
            let attribute = tuple::attribute(desc, i);
            let value = (*value)?.of_kind(attribute.atttypid).value();
            let place = aligned(at, attribute.attalign as u8);
            ptr::write_bytes(values.add(at), 0, place - at);
            at = place;
            if !attribute.attbyval {
                return None;
            }
            match attribute.attlen {
                1 => values.add(at).write(value as u8),
                4 => values.add(at).cast::<u32>().write(value as u32),
                8 => values.add(at).cast::<u64>().write(value as u64),
                _ => return None,
            }
            at += attribute.attlen as usize;
        }
        // From here on the row begins anew, as it did where it is stored.
        if row.len() == 0 || row.attribute(0).attalign as u8 != pg_sys::TYPALIGN_DOUBLE {
            return None;
        }
        let place = at.next_multiple_of(8);
        ptr::write_bytes(values.add(at), 0, place - at);
        at = place;

        let end = match instead {
            None => {
                ptr::copy_nonoverlapping(data, values.add(at), data_len);
                at + data_len
            }
            Some(text) => {
                let (before, behind) = around(row, but)?;
                let size = text.len() + 1;
                if size > SHORT || behind > data_len {
                    return None;
                }
                ptr::copy_nonoverlapping(data, values.add(at), before);
                at += before;
                values.add(at).write(match cfg!(target_endian = "big") {
                    true => size as u8 | 0x80,
                    false => (size as u8) << 1 | 1,
                });
                ptr::copy_nonoverlapping(text.as_ptr(), values.add(at + 1), text.len());
                at += size;
                let place = at.next_multiple_of(4);
                ptr::write_bytes(values.add(at), 0, place - at);
                ptr::copy_nonoverlapping(data.add(behind), values.add(place), data_len - behind);
                place + data_len - behind
            }
        };

        let new = to.cast::<HeapTupleHeaderData>();
        let kept = pg_sys::HEAP_HASNULL | pg_sys::HEAP_HASVARWIDTH | pg_sys::HEAP_HASEXTERNAL;
        (*new).t_infomask = mask & kept as u16 | pg_sys::HEAP_HASVARWIDTH as u16;
        (*new).t_infomask2 = columns as u16;
        (*new).t_hoff = start as u8;
        Some(HeapTupleData {
            t_len: (start + end) as u32,
            t_data: new,
            ..HeapTupleData::default()
        })
    }
}

/// Where a column's value begins among the stored values of a row, and where that of the next one does. None where that
/// is not the same in all rows: where one of them, or one before them, may be null or has a length of its own; or where
/// a later one is aligned to more than what is put in the column's place.
#[inline]
fn around(row: &Row<'_>, but: usize) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut before = 0;
    for i in 0..=but {
        let attribute = row.attribute(i);
        if row.is_null(i) || attribute.attlen <= 0 {
            return None;
        }
        at = aligned(at, attribute.attalign as u8);
        if i == but {
            before = at;
        }
        at += attribute.attlen as usize;
    }
    let next = but + 1;
    let is_int = next < row.len()
        && !row.is_null(next)
        && row.attribute(next).attalign as u8 == pg_sys::TYPALIGN_INT
        && row.attribute(next).attlen > 0;
    let is_close =
        || (next..row.len()).all(|i| row.attribute(i).attalign as u8 != pg_sys::TYPALIGN_DOUBLE);
    (is_int && is_close()).then(|| (before, at.next_multiple_of(4)))
}
