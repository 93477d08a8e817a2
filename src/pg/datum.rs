//! Datums: varlena, text, uuid and jsonb values as they travel between Postgres and Rust.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::jsonb;
use super::jsonb::grow::{self, List, OutOfMemory};
use crate::error::{Error, OrRaise};
use model::tenant::{Tenant, TenantType};
use pgrx::pg_sys;
use std::cmp::Ordering;
use std::marker::PhantomData;
use uuid::Uuid;

/// The bytes of a text value, in the database's encoding.
pub type Text<'a> = &'a [u8];

/// A jsonb value that has not been read: its size is known without detoasting it.
#[derive(Clone, Copy)]
pub struct Jsonb<'a> {
    datum: pg_sys::Datum,
    _memory: PhantomData<&'a ()>,
}

impl<'a> Jsonb<'a> {
    /// # Safety
    /// `datum` is a non-null jsonb value that lives for `'a`.
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        Jsonb {
            datum,
            _memory: PhantomData,
        }
    }

    /// Bytes of the value before compression, header included: what `pg_column_size` says of it.
    pub fn size(&self) -> usize {
        // SAFETY: a non-null varlena by construction; only its header (or TOAST pointer) is read.
        unsafe {
            let ptr = self.datum.cast_mut_ptr::<pg_sys::varlena>();
            if pgrx::varatt_is_4b_u(ptr) {
                pgrx::varsize_4b(ptr)
            } else {
                pg_sys::toast_raw_datum_size(self.datum)
            }
        }
    }

    /// The container, detoasted where needed.
    pub fn read(&self) -> Result<jsonb::Jsonb<'a>, jsonb::Corrupt> {
        // SAFETY: a non-null varlena by construction; the bytes live in the caller's memory
        // context, or were detoasted into the current one, which outlives the call.
        jsonb::Jsonb::new(unsafe { varlena_bytes(self.datum) })
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

/// # Safety
/// As [`varlena_bytes`].
#[inline]
pub(super) unsafe fn text<'a>(datum: pg_sys::Datum) -> Text<'a> {
    // SAFETY: as the caller promised.
    unsafe { varlena_bytes(datum) }
}

/// # Safety
/// `datum` points to a uuid.
pub(super) unsafe fn uuid(datum: pg_sys::Datum) -> Uuid {
    // SAFETY: a uuid datum points to 16 bytes.
    Uuid::from_bytes(unsafe { *datum.cast_mut_ptr::<[u8; 16]>() })
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
    let mut elements: *mut pg_sys::Datum = std::ptr::null_mut();
    let mut nulls: *mut bool = std::ptr::null_mut();
    let mut count = 0;
    // SAFETY: a detoasted text[] as the caller promised; text is varlena (-1), int-aligned ('i').
    unsafe {
        let array = pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast::<pg_sys::ArrayType>();
        pg_sys::deconstruct_array(
            array,
            pg_sys::TEXTOID,
            -1,
            false,
            b'i' as _,
            &mut elements,
            &mut nulls,
            &mut count,
        );
        let element = |i| {
            let present = !*nulls.add(i);
            present
                .then(|| grow::string_lossy(text(*elements.add(i))))
                .transpose()
        };
        List::of_results((0..count as usize).map(element))
    }
}

/// A text as a string of its own; bytes that are not UTF-8 become U+FFFD.
pub fn owned(text: Text<'_>) -> String {
    grow::string_lossy(text).or_raise()
}

/// Bytes of one's own.
pub fn copied(bytes: &[u8]) -> Vec<u8> {
    List::copy_of(bytes).or_raise().into()
}

/// Bytes that a value of Postgres may have, header included.
const MAX_SIZE: usize = 0x3FFF_FFFF;

/// A new varlena value with these data bytes.
pub fn new_varlena(bytes: &[u8]) -> pg_sys::Datum {
    let size = bytes.len() + pg_sys::VARHDRSZ;
    if size > MAX_SIZE {
        Error::TooLarge {
            message: format!("a value of {size} bytes is larger than Postgres can hold"),
        }
        .raise();
    }
    // SAFETY: the allocation holds header and data.
    unsafe {
        let ptr = pg_sys::palloc(size).cast::<u8>();
        pgrx::set_varsize_4b(ptr.cast(), size as i32);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), ptr.add(pg_sys::VARHDRSZ), bytes.len());
        pg_sys::Datum::from(ptr)
    }
}

/// A new text value.
pub fn new_text(text: &str) -> pg_sys::Datum {
    new_varlena(text.as_bytes())
}

/// A new uuid value.
pub fn new_uuid(uuid: Uuid) -> pg_sys::Datum {
    // SAFETY: 16 bytes are allocated and written.
    unsafe {
        let ptr = pg_sys::palloc(16).cast::<[u8; 16]>();
        *ptr = *uuid.as_bytes();
        pg_sys::Datum::from(ptr)
    }
}

/// A uuid value that lies in these bytes, for as long as they do.
pub fn uuid_at(bytes: &[u8; 16]) -> pg_sys::Datum {
    pg_sys::Datum::from(bytes.as_ptr())
}

/// A new text[] value.
pub fn new_text_array<S: AsRef<str>>(items: &[S]) -> pg_sys::Datum {
    let mut datums = List::of(items.iter().map(|s| new_text(s.as_ref()))).or_raise();
    // SAFETY: `datums` holds as many text values as announced; text is varlena, int-aligned.
    unsafe {
        pg_sys::Datum::from(pg_sys::construct_array(
            datums.as_mut_ptr(),
            datums.len() as i32,
            pg_sys::TEXTOID,
            -1,
            false,
            b'i' as _,
        ))
    }
}

/// A copy of a uuid, of a bigint, or of a varlena value, which any other type stands for.
pub fn copy(value: pg_sys::Datum, kind: pg_sys::Oid) -> pg_sys::Datum {
    match kind {
        pg_sys::INT8OID => value,
        // SAFETY: its holder knows its type.
        pg_sys::UUIDOID => new_uuid(unsafe { uuid(value) }),
        // SAFETY: as above.
        _ => new_varlena(unsafe { varlena_bytes(value) }),
    }
}

/// Shows `f` the bytes of a value of this type: bigint, uuid, or a varlena one, whose bytes are what
/// it holds.
pub fn with_bytes<R>(value: pg_sys::Datum, kind: pg_sys::Oid, f: impl FnOnce(&[u8]) -> R) -> R {
    match kind {
        pg_sys::INT8OID => f(&(value.value() as u64).to_ne_bytes()),
        // SAFETY: its holder knows its type.
        pg_sys::UUIDOID => f(unsafe { uuid(value) }.as_bytes()),
        // SAFETY: as above.
        _ => f(unsafe { varlena_bytes(value) }),
    }
}

/// A new value of this type from such bytes.
pub fn of_bytes(bytes: &[u8], kind: pg_sys::Oid) -> Option<pg_sys::Datum> {
    match kind {
        pg_sys::INT8OID => {
            let bytes = <[u8; 8]>::try_from(bytes).ok()?;
            Some(pg_sys::Datum::from(u64::from_ne_bytes(bytes) as usize))
        }
        pg_sys::UUIDOID => Uuid::from_slice(bytes).ok().map(new_uuid),
        _ => Some(new_varlena(bytes)),
    }
}

/// The bytes of a text datum that its holder made or was given as text.
pub fn text_of(datum: Option<&pg_sys::Datum>) -> Option<Text<'_>> {
    // SAFETY: drafts hold text at the positions that this is asked for; it lives for the call.
    datum.map(|d| unsafe { text(*d) })
}

/// A jsonb datum that its holder made or was given as jsonb.
pub fn jsonb_of(datum: Option<&pg_sys::Datum>) -> Option<Jsonb<'_>> {
    // SAFETY: as for text_of: drafts hold jsonb at the positions that this is asked for.
    datum.map(|d| unsafe { Jsonb::from_datum(*d) })
}

/// A new jsonb value from a container's bytes.
pub fn new_jsonb(container: &[u8]) -> pg_sys::Datum {
    new_varlena(container)
}

/// The jsonb value `{}`.
pub fn empty_object() -> pg_sys::Datum {
    // A container's header: an object of no pairs (JB_FOBJECT).
    new_jsonb(&0x2000_0000_u32.to_ne_bytes())
}

/// A new value of the type that a log's tenants are of.
pub fn new_tenant(tenant: Tenant<'_>) -> pg_sys::Datum {
    match tenant {
        Tenant::Uuid(id) => new_uuid(id),
        Tenant::Text(text) => new_varlena(text),
        Tenant::Bigint(number) => pg_sys::Datum::from(number),
    }
}

/// Two tenants in an order that is the same everywhere; none comes first.
pub fn compare(tenants: [Option<pg_sys::Datum>; 2], tenant_type: TenantType) -> Ordering {
    let [Some(a), Some(b)] = tenants else {
        return tenants[0].is_some().cmp(&tenants[1].is_some());
    };
    match tenant_type {
        // SAFETY: a filled draft's tenant is of the log's tenant type.
        TenantType::Uuid => unsafe { uuid(a).cmp(&uuid(b)) },
        // SAFETY: as above.
        TenantType::Text => unsafe { text(a).cmp(text(b)) },
        TenantType::Bigint => (a.value() as i64).cmp(&(b.value() as i64)),
    }
}

/// An interval, as Postgres keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Interval(pg_sys::Interval);

impl Interval {
    /// # Safety
    /// `datum` is a non-null interval.
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        // SAFETY: an interval datum points to a value of fixed size.
        Interval(unsafe { *datum.cast_mut_ptr::<pg_sys::Interval>() })
    }

    /// A new interval value.
    pub fn to_datum(self) -> pg_sys::Datum {
        // SAFETY: as many bytes are allocated as are written.
        unsafe {
            let copy = pg_sys::palloc(size_of::<pg_sys::Interval>()).cast::<pg_sys::Interval>();
            *copy = self.0;
            pg_sys::Datum::from(copy)
        }
    }
}
