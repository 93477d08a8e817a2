//! Calls from SQL: arguments in, results out.
//!
//! Functions are declared by hand in `sql/`, with every property written out; `entry.rs` lists
//! their symbols. A [`Call`] reads arguments by position, and each accessor must match the type
//! that the declaration gives that position. A regress file calls every function with every
//! argument, so a mismatch cannot stay unseen.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::datum::{self, Datum, Jsonb, Str, Text};
use super::memory::Memory;
use super::reserve;
use super::varlena;
use crate::error::{Error, OrRaise};
use pgrx::pg_sys;
use std::any::TypeId;

/// How often a text argument may be copied beside itself, in messages or as JSON, which may need six bytes for one:
/// so much of it is made sure of when it is read.
const COPIES: usize = 8;

/// Bytes of a string beside its content.
const NAME: usize = 64;

/// One call of a native function.
pub struct Call<'a> {
    fcinfo: pg_sys::FunctionCallInfo,
    memory: Memory<'a>,
}

/// What a native function gives back.
#[derive(Clone, Copy)]
pub enum Ret {
    /// SQL null
    Null,
    /// the nothing of a function that returns void, of a set that was sent as rows, and of a
    /// trigger whose result does not count
    Void,
    /// a value of the declared type, as [`Call::value`] makes it of one that lives long enough
    Value(Returned),
}

/// A value on its way back to the function manager, which knows its type.
#[derive(Clone, Copy)]
pub struct Returned(pub(super) pg_sys::Datum);

/// A schema.
pub struct Schema {
    /// its oid
    pub oid: pg_sys::Oid,
    name: String,
}

impl Schema {
    /// Its name as SQL wants it.
    pub fn quoted(&self) -> String {
        super::relation::quote(&self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has the name by which the extension finds its catalogue.
    pub fn has_own_name(&self) -> bool {
        self.name == "eventlog"
    }

    /// Whether the current role may create in it or rename it.
    pub fn is_open_to_current(&self) -> bool {
        // SAFETY: plain catalogue checks.
        unsafe {
            let (role, create) = (pg_sys::GetUserId(), pg_sys::ACL_CREATE as pg_sys::AclMode);
            #[cfg(feature = "pg15")]
            let (owned, creates) = (
                pg_sys::pg_namespace_ownercheck(self.oid, role),
                pg_sys::pg_namespace_aclcheck(self.oid, role, create),
            );
            #[cfg(not(feature = "pg15"))]
            let (owned, creates) = (
                pg_sys::object_ownercheck(pg_sys::NamespaceRelationId, self.oid, role),
                pg_sys::object_aclcheck(pg_sys::NamespaceRelationId, self.oid, role, create),
            );
            owned || creates == pg_sys::AclResult::ACLCHECK_OK
        }
    }
}

impl<'a> Call<'a> {
    /// # Safety
    /// `fcinfo` is the call info that the function manager passed to the running function.
    pub(super) unsafe fn new(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        Call {
            fcinfo,
            // SAFETY: the context that is current when a function is called outlives the call, and holds its result.
            memory: unsafe { Memory::current() },
        }
    }

    /// Where the function's result lies, and what else it needs until it returns.
    #[inline]
    pub fn memory(&self) -> Memory<'a> {
        self.memory
    }

    /// The function's result.
    #[inline]
    pub fn value(&self, value: impl Into<Datum<'a>>) -> Ret {
        Ret::Value(Returned(value.into().raw()))
    }

    /// The function's result, which may be null.
    #[inline]
    pub fn value_or_null(&self, value: Option<impl Into<Datum<'a>>>) -> Ret {
        value.map_or(Ret::Null, |value| self.value(value))
    }

    /// An argument as it came, which costs an aggregate no copy: the result of a function whose type is that
    /// argument's.
    pub fn unchanged(&self, i: usize) -> Ret {
        self.datum(i)
            .map_or(Ret::Null, |value| Ret::Value(Returned(value)))
    }

    /// The call as Postgres hands it to a function.
    pub(super) fn info(&self) -> pg_sys::FunctionCallInfo {
        self.fcinfo
    }

    /// Argument `i` as Postgres passed it, or none when it is null or was not passed.
    #[inline]
    pub(super) fn datum(&self, i: usize) -> Option<pg_sys::Datum> {
        // SAFETY: fcinfo is live for the call; `nargs` bounds the flexible array that is read.
        unsafe {
            let info = &*self.fcinfo;
            if i >= info.nargs as usize {
                return None;
            }
            let arg = &*info.args.as_ptr().add(i);
            (!arg.isnull).then_some(arg.value)
        }
    }

    /// How many arguments the function has that was called.
    pub fn count(&self) -> usize {
        // SAFETY: fcinfo is live for the call.
        unsafe { (*self.fcinfo).nargs as usize }
    }

    /// A text, varchar or `eventlog.ident` argument, in the database's encoding.
    pub fn text(&self, i: usize) -> Option<Text<'a>> {
        self.str(i).map(|text| self.memory.read(text))
    }

    /// The same as it lies there.
    #[inline]
    pub fn str(&self, i: usize) -> Option<Str<'a>> {
        // SAFETY: the declaration says that the argument is of a text-like varlena type.
        self.datum(i).map(|d| unsafe { Str::from_datum(d) })
    }

    /// An argument that was declared polymorphic, of the type that whoever calls says it has.
    pub fn argument(&self, i: usize) -> Option<Datum<'a>> {
        let value = self.datum(i)?;
        let kind = self.argument_type(i).unwrap_or_else(|| {
            Error::argument_hint(
                "the type of an argument is not known, since no expression calls the function",
                "Call it in a statement.",
            )
            .raise()
        });
        // SAFETY: the expression that calls the function says the type of its argument.
        Some(unsafe { Datum::new(value, kind) })
    }

    /// A text argument as a string; bytes that are not UTF-8 become U+FFFD.
    pub fn string(&self, i: usize) -> Option<String> {
        let text = self.text(i)?;
        reserve::hold(COPIES * text.len()).or_raise();
        Some(datum::owned(text))
    }

    /// An argument of type name.
    pub fn name(&self, i: usize) -> Option<String> {
        // SAFETY: the declaration says name, which is passed as a pointer to NUL-terminated bytes.
        self.datum(i).map(|d| unsafe {
            std::ffi::CStr::from_ptr(d.cast_mut_ptr())
                .to_string_lossy()
                .into_owned()
        })
    }

    /// The same as a value.
    pub fn name_value(&self, i: usize) -> Option<Datum<'a>> {
        let value = self.datum(i)?;
        // SAFETY: the declaration says name.
        Some(unsafe { Datum::new(value, pg_sys::NAMEOID) })
    }

    /// An argument of type name[] as a value.
    pub fn names_value(&self, i: usize) -> Option<Datum<'a>> {
        let value = self.datum(i)?;
        // SAFETY: the declaration says name[].
        Some(unsafe { Datum::new(value, pg_sys::NAMEARRAYOID) })
    }

    /// A jsonb argument, not yet read.
    pub fn jsonb(&self, i: usize) -> Option<Jsonb<'a>> {
        // SAFETY: the declaration says that the argument is jsonb.
        self.datum(i)
            .map(|d| unsafe { Jsonb::from_datum(d, self.memory) })
    }

    /// An int argument.
    pub fn int(&self, i: usize) -> Option<i32> {
        self.datum(i).map(|d| d.value() as i32)
    }

    /// A bigint or timestamptz argument.
    pub fn long(&self, i: usize) -> Option<i64> {
        self.datum(i).map(|d| d.value() as i64)
    }

    /// A boolean argument.
    pub fn bool(&self, i: usize) -> Option<bool> {
        self.datum(i).map(|d| d.value() as u8 != 0)
    }

    /// A regclass, regtype or oid argument.
    pub fn oid(&self, i: usize) -> Option<pg_sys::Oid> {
        self.datum(i).map(|d| pg_sys::Oid::from(d.value() as u32))
    }

    /// An interval argument.
    pub fn interval(&self, i: usize) -> Option<datum::Interval> {
        // SAFETY: the declaration says that the argument is an interval.
        self.datum(i)
            .map(|d| unsafe { datum::Interval::from_datum(d) })
    }

    /// A uuid argument.
    pub fn uuid(&self, i: usize) -> Option<uuid::Uuid> {
        // SAFETY: the declaration says uuid, which is passed as a pointer to 16 bytes.
        self.datum(i).map(|d| unsafe { datum::uuid(d) })
    }

    /// A text[] argument; a null element is an error of the caller's to report.
    pub fn text_array(&self, i: usize) -> Option<Vec<Option<String>>> {
        let datum = self.datum(i)?;
        // SAFETY: the declaration says text[].
        let names = unsafe { varlena::text_array(datum) };
        let sizes = names.iter().flatten().map(|name| NAME + name.len());
        reserve::hold(COPIES * sizes.sum::<usize>()).or_raise();
        Some(names)
    }

    /// A uuid[] argument; null elements are left out.
    pub fn uuid_array(&self, i: usize) -> Option<Vec<uuid::Uuid>> {
        // SAFETY: the declaration says uuid[].
        self.datum(i).map(|d| unsafe { varlena::uuid_array(d) })
    }

    /// The type of an argument that was declared polymorphic.
    pub fn argument_type(&self, i: usize) -> Option<pg_sys::Oid> {
        // SAFETY: flinfo describes the running function; none where it was called without an
        // expression that says its types.
        let kind = unsafe { pg_sys::get_fn_expr_argtype((*self.fcinfo).flinfo, i as i32) };
        (kind != pg_sys::InvalidOid).then_some(kind)
    }

    /// Runs `f` with the memory as the current context that lives as long as this call's place in
    /// its statement, which calls it again and again.
    pub fn within_place<R>(&self, f: impl FnOnce() -> R) -> R {
        // SAFETY: flinfo describes the running function; its memory context outlives the call.
        unsafe { super::memory::within((*(*self.fcinfo).flinfo).fn_mcxt, f) }
    }

    /// Shows `f` what the function keeps from call to call at this place of its statement, made by
    /// the first one.
    pub fn with_kept<T: 'static, R>(
        &self,
        make: impl FnOnce() -> T,
        f: impl FnOnce(&mut T) -> R,
    ) -> R {
        #[repr(C)]
        struct Kept<T> {
            kind: TypeId,
            state: T,
        }
        unsafe extern "C-unwind" fn free<T>(kept: *mut std::ffi::c_void) {
            // SAFETY: made by Box::into_raw below, and freed once, with the memory of the place.
            drop(unsafe { Box::from_raw(kept.cast::<Kept<T>>()) });
        }
        // SAFETY: flinfo describes the running function. Its fn_extra is null or what was put there
        // here, which begins with the type of what follows. The callback lies in the memory whose
        // end calls it. A place is not called again while one of its calls is running.
        unsafe {
            let place = (*self.fcinfo).flinfo;
            if (*place).fn_extra.is_null() {
                let state = make();
                let callback: *mut pg_sys::MemoryContextCallback = self.within_place(|| {
                    pg_sys::palloc0(size_of::<pg_sys::MemoryContextCallback>()).cast()
                });
                let kind = TypeId::of::<T>();
                let kept = Box::into_raw(Box::new(Kept { kind, state })).cast();
                (*callback).func = Some(free::<T>);
                (*callback).arg = kept;
                pg_sys::MemoryContextRegisterResetCallback((*place).fn_mcxt, callback);
                (*place).fn_extra = kept;
            }
            let kept = (*place).fn_extra;
            if *kept.cast::<TypeId>() != TypeId::of::<T>() {
                crate::error::Error::internal("a function keeps two kinds of state").raise();
            }
            f(&mut (*kept.cast::<Kept<T>>()).state)
        }
    }

    /// The firing that this call is; `function` names it for the error when it is none.
    #[inline]
    pub fn trigger(&self, function: &'static str) -> super::trigger::Trigger<'a> {
        // SAFETY: fcinfo is live for the call.
        unsafe { super::trigger::Trigger::from_fcinfo(self.fcinfo, self.memory, function) }
    }

    /// The statement whose end fired the event trigger that this call is; `function` names it for the error when it is
    /// none. None where the schema of the running function is gone.
    pub fn statement(&self, function: &'static str) -> Option<super::ddl::Statement<'a>> {
        // SAFETY: fcinfo is live for the call.
        let event = unsafe { super::ddl::event(self.fcinfo, function) };
        let schema = self.own_schema()?;
        Some(super::ddl::Statement::new(event, schema))
    }

    /// The schema in which the running function stands, under whatever name it has now.
    fn own_schema(&self) -> Option<Schema> {
        // SAFETY: flinfo describes the running function; the look-ups give null or a fresh string.
        unsafe {
            let oid = pg_sys::get_func_namespace((*(*self.fcinfo).flinfo).fn_oid);
            let name = pg_sys::get_namespace_name(oid);
            (!name.is_null()).then(|| Schema {
                oid,
                name: std::ffi::CStr::from_ptr(name)
                    .to_string_lossy()
                    .into_owned(),
            })
        }
    }

    /// Sends rows of the declared table type, all at once (materialize mode).
    pub fn rows(&self) -> super::rows::RowSink {
        // SAFETY: fcinfo is live; the constructor checks that the caller accepts a set.
        unsafe { super::rows::RowSink::new(self.fcinfo) }
    }
}

/// An argument that must not be null.
pub fn required<T>(argument: Option<T>, name: &str) -> T {
    argument.unwrap_or_else(|| Error::argument(format!("{name} must not be null")).raise())
}
