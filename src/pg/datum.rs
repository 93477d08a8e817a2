//! Values of Postgres's types as they travel between Postgres and Rust.
//!
//! A [`Datum`] knows its type and lives no longer than the memory it lies in; the other types here are of one type of
//! Postgres each. The bare `pg_sys::Datum`, which is any number and knows neither, stays in this module's parent: what
//! takes or gives one is unsafe, or private to it.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::jsonb;
use super::jsonb::grow::{self, List};
use super::memory::Memory;
use super::varlena::bytes_in;
use crate::error::{Error, OrRaise};
use model::tenant::Tenant;
use pgrx::pg_sys::{self, Oid};
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ptr::NonNull;
use uuid::Uuid;

/// The bytes of a text value, in the database's encoding.
pub type Text<'a> = &'a [u8];

/// A value of a type.
#[derive(Clone, Copy, Debug)]
pub struct Datum<'m> {
    raw: pg_sys::Datum,
    kind: Oid,
    _lives: PhantomData<&'m ()>,
}

impl<'m> Datum<'m> {
    /// # Safety
    /// A non-null value of this type that lives for `'m`.
    #[inline]
    pub(super) unsafe fn new(raw: pg_sys::Datum, kind: Oid) -> Self {
        Datum {
            raw,
            kind,
            _lives: PhantomData,
        }
    }

    /// A value that is passed as it is.
    #[inline]
    fn plain(value: usize, kind: Oid) -> Self {
        Datum {
            raw: pg_sys::Datum::from(value),
            kind,
            _lives: PhantomData,
        }
    }

    /// Its type.
    #[inline]
    pub fn kind(self) -> Oid {
        self.kind
    }

    #[inline]
    pub(super) fn raw(self) -> pg_sys::Datum {
        self.raw
    }

    /// It, where a value of this type is wanted. Another one is a mistake of this crate's, which is told.
    #[inline]
    pub(super) fn of_kind(self, wanted: Oid) -> pg_sys::Datum {
        if self.kind != wanted {
            mismatch(self.kind, wanted);
        }
        self.raw
    }

    /// A timestamptz.
    #[inline]
    pub fn timestamptz(value: i64) -> Self {
        Self::plain(value as usize, pg_sys::TIMESTAMPTZOID)
    }

    /// A regclass.
    pub fn regclass(value: Oid) -> Self {
        Self::plain(value.to_u32() as usize, pg_sys::REGCLASSOID)
    }

    /// A uuid, where it stands.
    #[inline]
    pub fn uuid(value: &'m Uuid) -> Self {
        Datum {
            raw: pg_sys::Datum::from(value.as_bytes().as_ptr()),
            kind: pg_sys::UUIDOID,
            _lives: PhantomData,
        }
    }

    /// It as a boolean, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        (self.kind == pg_sys::BOOLOID).then_some(self.raw.value() as u8 != 0)
    }

    /// It as a jsonb value, if it is one, which is detoasted into this memory.
    pub fn as_jsonb(self, memory: Memory<'m>) -> Option<Jsonb<'m>> {
        // SAFETY: a value of its type, which lives for `'m`.
        (self.kind == pg_sys::JSONBOID).then(|| unsafe { Jsonb::from_datum(self.raw, memory) })
    }

    /// It as a time, if it is one, with a zone or without: without one it is read as UTC.
    pub fn as_time(self) -> Option<i64> {
        let is_time = matches!(self.kind, pg_sys::TIMESTAMPTZOID | pg_sys::TIMESTAMPOID);
        is_time.then_some(self.raw.value() as i64)
    }
}

#[cold]
fn mismatch(found: Oid, wanted: Oid) -> ! {
    let (found, wanted) = (found.to_u32(), wanted.to_u32());
    Error::internal(format!(
        "a value has the type {found}, and is taken as {wanted}"
    ))
    .raise()
}

impl From<i32> for Datum<'_> {
    #[inline]
    fn from(value: i32) -> Self {
        Self::plain(value as usize, pg_sys::INT4OID)
    }
}

impl From<i64> for Datum<'_> {
    #[inline]
    fn from(value: i64) -> Self {
        Self::plain(value as usize, pg_sys::INT8OID)
    }
}

impl From<bool> for Datum<'_> {
    fn from(value: bool) -> Self {
        Self::plain(usize::from(value), pg_sys::BOOLOID)
    }
}

impl From<Oid> for Datum<'_> {
    fn from(value: Oid) -> Self {
        Self::plain(value.to_u32() as usize, pg_sys::OIDOID)
    }
}

/// A text value as it lies there, which [`Memory::read`] reads.
#[derive(Clone, Copy, Debug)]
pub struct Str<'m> {
    start: NonNull<pg_sys::varlena>,
    _lives: PhantomData<&'m ()>,
}

impl<'m> Str<'m> {
    /// # Safety
    /// A non-null text, or what is stored like one, that lives for `'m`.
    #[inline]
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        Str {
            // SAFETY: as promised, it points to a value.
            start: unsafe { NonNull::new_unchecked(datum.cast_mut_ptr()) },
            _lives: PhantomData,
        }
    }
}

impl<'m> From<Str<'m>> for Datum<'m> {
    #[inline]
    fn from(text: Str<'m>) -> Self {
        Datum {
            raw: pg_sys::Datum::from(text.start.as_ptr()),
            kind: pg_sys::TEXTOID,
            _lives: PhantomData,
        }
    }
}

/// A jsonb value that has not been read: its size is known without detoasting it.
#[derive(Clone, Copy, Debug)]
pub struct Jsonb<'m> {
    start: NonNull<pg_sys::varlena>,
    /// where it is detoasted
    memory: Memory<'m>,
}

impl<'m> Jsonb<'m> {
    /// # Safety
    /// `datum` is a non-null jsonb value that lives for `'m`.
    #[inline]
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum, memory: Memory<'m>) -> Self {
        Jsonb {
            // SAFETY: as promised, it points to a value.
            start: unsafe { NonNull::new_unchecked(datum.cast_mut_ptr()) },
            memory,
        }
    }

    fn raw(self) -> pg_sys::Datum {
        pg_sys::Datum::from(self.start.as_ptr())
    }

    /// Bytes of the value before compression, header included: what `pg_column_size` says of it.
    pub fn size(&self) -> usize {
        // SAFETY: a non-null varlena by construction; only its header (or TOAST pointer) is read.
        unsafe {
            let ptr = self.start.as_ptr();
            if pgrx::varatt_is_4b_u(ptr) {
                pgrx::varsize_4b(ptr)
            } else {
                pg_sys::toast_raw_datum_size(self.raw())
            }
        }
    }

    /// The bytes of the container, be they one or not.
    pub fn stored(&self) -> &'m [u8] {
        // SAFETY: a non-null varlena by construction, which lives for `'m`.
        unsafe { bytes_in(self.raw(), self.memory) }
    }

    /// The container, detoasted where needed.
    pub fn read(&self) -> Result<jsonb::Jsonb<'m>, jsonb::Corrupt> {
        jsonb::Jsonb::new(self.stored())
    }
}

impl<'m> From<Jsonb<'m>> for Datum<'m> {
    #[inline]
    fn from(document: Jsonb<'m>) -> Self {
        Datum {
            raw: document.raw(),
            kind: pg_sys::JSONBOID,
            _lives: PhantomData,
        }
    }
}

/// A tenant: of a log's type, or as text.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum TenantValue<'m> {
    Text(Str<'m>),
    Uuid(Uuid),
    Bigint(i64),
}

impl<'m> TenantValue<'m> {
    /// A tenant as a value in this memory.
    pub fn new(tenant: Tenant<'_>, memory: Memory<'m>) -> Self {
        match tenant {
            Tenant::Text(text) => TenantValue::Text(memory.text(text)),
            Tenant::Uuid(uuid) => TenantValue::Uuid(uuid),
            Tenant::Bigint(number) => TenantValue::Bigint(number),
        }
    }

    /// A value of a tenant column, in memory of its own; none where tenants are not of its type.
    pub fn of(value: Datum<'_>, memory: Memory<'m>) -> Option<Self> {
        match value.kind {
            pg_sys::INT8OID => Some(TenantValue::Bigint(value.raw.value() as i64)),
            // SAFETY: a value of this type by construction.
            pg_sys::UUIDOID => Some(TenantValue::Uuid(unsafe { uuid(value.raw) })),
            pg_sys::TEXTOID => {
                // SAFETY: as above; the bytes are copied before anything else happens.
                let bytes = unsafe { bytes_in(value.raw, memory) };
                Some(TenantValue::Text(memory.text(bytes)))
            }
            _ => None,
        }
    }

    /// It as a value of its type.
    #[inline]
    pub fn datum(&self) -> Datum<'_> {
        match self {
            TenantValue::Text(text) => Datum::from(*text),
            TenantValue::Uuid(uuid) => Datum::uuid(uuid),
            TenantValue::Bigint(number) => Datum::from(*number),
        }
    }

    /// Two tenants of one log in an order that is the same everywhere.
    pub fn compare(&self, other: &TenantValue<'m>, memory: Memory<'m>) -> Ordering {
        match (self, other) {
            (TenantValue::Text(a), TenantValue::Text(b)) => memory.read(*a).cmp(memory.read(*b)),
            (TenantValue::Uuid(a), TenantValue::Uuid(b)) => a.cmp(b),
            (TenantValue::Bigint(a), TenantValue::Bigint(b)) => a.cmp(b),
            // No log has tenants of two types.
            _ => Ordering::Equal,
        }
    }
}

/// # Safety
/// `datum` points to a uuid.
pub(super) unsafe fn uuid(datum: pg_sys::Datum) -> Uuid {
    // SAFETY: a uuid datum points to 16 bytes.
    Uuid::from_bytes(unsafe { *datum.cast_mut_ptr::<[u8; 16]>() })
}

/// A text as a string of its own; bytes that are not UTF-8 become U+FFFD.
pub fn owned(text: Text<'_>) -> String {
    grow::string_lossy(text).or_raise()
}

/// Bytes of one's own.
pub fn copied(bytes: &[u8]) -> Vec<u8> {
    List::copy_of(bytes).or_raise().into()
}

/// An interval, as Postgres keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Interval(pub(super) pg_sys::Interval);

impl Interval {
    /// # Safety
    /// `datum` is a non-null interval.
    pub(super) unsafe fn from_datum(datum: pg_sys::Datum) -> Self {
        // SAFETY: an interval datum points to a value of fixed size.
        Interval(unsafe { *datum.cast_mut_ptr::<pg_sys::Interval>() })
    }

    /// One of so many microseconds, in days of 24 hours.
    pub fn of_micros(micros: i64) -> Self {
        const DAY: i64 = 86_400_000_000;
        Interval(pg_sys::Interval {
            time: micros % DAY,
            day: i32::try_from(micros / DAY).unwrap_or(i32::MAX),
            month: 0,
        })
    }

    /// It in microseconds, with days of 24 hours and months of 30 days; the greatest number where it is longer.
    pub fn micros(self) -> i64 {
        const DAY: i64 = 86_400_000_000;
        let days = i64::from(self.0.month) * 30 + i64::from(self.0.day);
        days.saturating_mul(DAY).saturating_add(self.0.time)
    }

    /// It as a value, where it stands.
    pub fn datum(&self) -> Datum<'_> {
        Datum {
            raw: pg_sys::Datum::from(&raw const self.0),
            kind: pg_sys::INTERVALOID,
            _lives: PhantomData,
        }
    }
}
