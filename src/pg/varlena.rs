//! Values of any length: how they are read where they lie, and made in memory.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum::{self, Datum, Interval, Jsonb, Str, Text};
use super::jsonb::grow::{self, List, OutOfMemory};
use super::memory::Memory;
use crate::error::OrRaise;
use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

/// How elements of an array lie there: bytes, whether they are the datum itself, alignment.
type Elements = (i32, bool, u8);

/// As `pg_type` says it, the same in all versions.
const BIGINT: Elements = (8, true, b'd');
const UUID: Elements = (16, false, b'c');

impl<'m> Memory<'m> {
    /// The bytes of a text. What was compressed or moved out of its row is put here.
    #[inline]
    pub fn read<'t>(self, text: Str<'t>) -> Text<'t>
    where
        'm: 't,
    {
        // SAFETY: a non-null varlena by construction, which lives for `'t`, as this memory does.
        unsafe { bytes_in(Datum::from(text).raw(), self) }
    }

    /// A new varlena value with these data bytes.
    #[inline]
    fn varlena(self, bytes: &[u8]) -> pg_sys::Datum {
        let size = bytes.len().saturating_add(pg_sys::VARHDRSZ);
        let start = self.alloc(size);
        // SAFETY: the allocation holds header and data.
        unsafe {
            pgrx::set_varsize_4b(start.cast(), size as i32);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), start.add(pg_sys::VARHDRSZ), bytes.len());
            pg_sys::Datum::from(start)
        }
    }

    /// A new text value.
    #[inline]
    pub fn text(self, text: impl AsRef<[u8]>) -> Str<'m> {
        // SAFETY: a text is bytes behind a header.
        unsafe { Str::from_datum(self.varlena(text.as_ref())) }
    }

    /// A new bytea value.
    pub fn bytea(self, bytes: &[u8]) -> Datum<'m> {
        let start = self.varlena(bytes);
        // SAFETY: a bytea is bytes behind a header.
        unsafe { Datum::new(start, pg_sys::BYTEAOID) }
    }

    /// A new jsonb value from a container's bytes.
    #[inline]
    pub fn jsonb(self, container: &[u8]) -> Jsonb<'m> {
        // SAFETY: a jsonb value is a container behind a header; one that is none is found out when it is read.
        unsafe { Jsonb::from_datum(self.varlena(container), self) }
    }

    /// The jsonb value `{}`.
    pub fn empty_object(self) -> Jsonb<'m> {
        // A container's header: an object of no pairs (JB_FOBJECT).
        self.jsonb(&0x2000_0000_u32.to_ne_bytes())
    }

    /// A new uuid value.
    #[inline]
    pub fn uuid(self, uuid: Uuid) -> Datum<'m> {
        let start = self.alloc(16).cast::<[u8; 16]>();
        // SAFETY: 16 bytes are allocated.
        unsafe {
            start.write(*uuid.as_bytes());
            Datum::new(pg_sys::Datum::from(start), pg_sys::UUIDOID)
        }
    }

    /// A new text[] value.
    pub fn text_array<S: AsRef<str>>(self, items: &[S]) -> Datum<'m> {
        let texts = items
            .iter()
            .map(|s| Datum::from(self.text(s.as_ref())).raw());
        let datums = List::of(texts).or_raise();
        let text = (-1, false, b'i');
        // SAFETY: these are texts; text is varlena, int-aligned.
        unsafe { self.array(datums, (pg_sys::TEXTOID, pg_sys::TEXTARRAYOID), text) }
    }

    /// A new bigint[] value.
    pub fn bigint_array(self, items: &[i64]) -> Datum<'m> {
        let datums = List::of(items.iter().map(|n| Datum::from(*n).raw())).or_raise();
        // SAFETY: these are numbers of that type.
        unsafe { self.array(datums, (pg_sys::INT8OID, pg_sys::INT8ARRAYOID), BIGINT) }
    }

    /// A new uuid[] value.
    pub fn uuid_array(self, items: &[Uuid]) -> Datum<'m> {
        let datums = List::of(items.iter().map(|id| Datum::uuid(id).raw())).or_raise();
        // SAFETY: these are uuids, which stay where they are until they have been copied.
        unsafe { self.array(datums, (pg_sys::UUIDOID, pg_sys::UUIDARRAYOID), UUID) }
    }

    /// # Safety
    /// The elements are live values of the first type, which lie as is said, and of which the second type is the array.
    unsafe fn array(
        self,
        mut elements: List<pg_sys::Datum>,
        (kind, array): (Oid, Oid),
        (length, by_value, align): Elements,
    ) -> Datum<'m> {
        // SAFETY: the list holds as many values as announced; the rest is promised.
        let made = self.within(|| unsafe {
            let (start, count) = (elements.as_mut_ptr(), elements.len() as i32);
            pg_sys::construct_array(start, count, kind, length, by_value, align as _)
        });
        // SAFETY: such an array, in this memory.
        unsafe { Datum::new(pg_sys::Datum::from(made), array) }
    }

    /// A new interval value.
    pub fn interval(self, interval: Interval) -> Datum<'m> {
        let start = self.alloc(size_of::<pg_sys::Interval>());
        // SAFETY: as many bytes are allocated as are written.
        unsafe {
            start.cast::<pg_sys::Interval>().write(interval.0);
            Datum::new(pg_sys::Datum::from(start), pg_sys::INTERVALOID)
        }
    }
}

/// The data bytes of a varlena value, detoasted into the current memory context where needed.
///
/// # Safety
/// `datum` is a non-null varlena value; the result must not outlive its memory.
#[inline]
pub(super) unsafe fn varlena_bytes<'a>(datum: pg_sys::Datum) -> &'a [u8] {
    // SAFETY: as the caller promised; detoasting yields a plain (short or long) varlena.
    unsafe {
        let mut ptr = datum.cast_mut_ptr::<pg_sys::varlena>();
        if pgrx::varatt_is_4b_u(ptr) {
            let len = pgrx::varsize_4b(ptr) - pg_sys::VARHDRSZ;
            return std::slice::from_raw_parts(ptr.cast::<u8>().add(pg_sys::VARHDRSZ), len);
        }
        if pgrx::varatt_is_1b_e(ptr) || pgrx::varatt_is_4b_c(ptr) {
            ptr = pg_sys::pg_detoast_datum_packed(ptr);
        }
        std::slice::from_raw_parts(
            pgrx::vardata_any(ptr).cast::<u8>(),
            pgrx::varsize_any_exhdr(ptr),
        )
    }
}

/// The same, detoasted into this memory.
///
/// # Safety
/// `datum` is a non-null varlena value that lives for `'a`.
#[inline]
pub(super) unsafe fn bytes_in<'a>(datum: pg_sys::Datum, memory: Memory<'a>) -> &'a [u8] {
    // SAFETY: as the caller promised; the memory lives for `'a`.
    unsafe {
        let ptr = datum.cast_mut_ptr::<pg_sys::varlena>();
        if pgrx::varatt_is_4b_u(ptr) {
            return varlena_bytes(datum);
        }
        if pgrx::varatt_is_1b_e(ptr) || pgrx::varatt_is_4b_c(ptr) {
            return memory.within(|| varlena_bytes(datum));
        }
        varlena_bytes(datum)
    }
}

/// # Safety
/// `datum` is a non-null text[].
pub(super) unsafe fn text_array(datum: pg_sys::Datum) -> Vec<Option<String>> {
    // SAFETY: as the caller promised.
    let elements = unsafe { try_text_array(datum) };
    elements.or_raise().into()
}

/// # Safety
/// As for `text_array`.
unsafe fn try_text_array(datum: pg_sys::Datum) -> Result<List<Option<String>>, OutOfMemory> {
    // SAFETY: as the caller promised; text is varlena (-1), int-aligned ('i').
    let items = unsafe { items(datum, pg_sys::TEXTOID, (-1, false, b'i')) };
    let element = |item: Option<pg_sys::Datum>| {
        // SAFETY: an element of such an array.
        item.map(|text| grow::string_lossy(unsafe { varlena_bytes(text) }))
            .transpose()
    };
    List::of_results(items.map(element))
}

/// The elements of a bigint[], null ones left out.
///
/// # Safety
/// A non-null bigint[].
pub(super) unsafe fn bigint_array(datum: pg_sys::Datum) -> Vec<i64> {
    // SAFETY: as the caller promised.
    let items = unsafe { items(datum, pg_sys::INT8OID, BIGINT) };
    let numbers = items.flatten().map(|number| number.value() as i64);
    List::of(numbers).or_raise().into()
}

/// The elements of a uuid[], null ones left out.
///
/// # Safety
/// A non-null uuid[].
pub(super) unsafe fn uuid_array(datum: pg_sys::Datum) -> Vec<Uuid> {
    // SAFETY: as the caller promised.
    let items = unsafe { items(datum, pg_sys::UUIDOID, UUID) };
    // SAFETY: elements of such an array.
    let ids = items.flatten().map(|id| unsafe { datum::uuid(id) });
    List::of(ids).or_raise().into()
}

/// The elements of an array, in the current memory context.
///
/// # Safety
/// `datum` is a non-null array of this type, whose values lie as is said. The result must not outlive its memory.
unsafe fn items(
    datum: pg_sys::Datum,
    kind: Oid,
    (length, by_value, align): Elements,
) -> impl Iterator<Item = Option<pg_sys::Datum>> {
    let mut elements: *mut pg_sys::Datum = std::ptr::null_mut();
    let mut nulls: *mut bool = std::ptr::null_mut();
    let mut count = 0;
    // SAFETY: as the caller promised; the array is detoasted first.
    unsafe {
        let array = pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
        pg_sys::deconstruct_array(
            array,
            kind,
            length,
            by_value,
            align as _,
            &mut elements,
            &mut nulls,
            &mut count,
        );
    }
    // SAFETY: both arrays hold `count` elements.
    (0..count as usize).map(move |i| unsafe { (!*nulls.add(i)).then(|| *elements.add(i)) })
}
