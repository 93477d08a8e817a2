//! Functions of users' that the extension calls, by their names.

use super::attempt;
pub use super::attempt::Failure;
use super::datum::{Datum, Jsonb};
use super::guard;
use super::memory::Memory;
use super::user::RoleId;
use pgrx::pg_sys::{self, Oid};
use std::cell::Cell;
use std::ffi::{CStr, CString};

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn fmgr_info(function: pg_sys::Oid, info: *mut pg_sys::FmgrInfo);
        pub fn RunFunctionExecuteHook(function: pg_sys::Oid);
        pub fn CommandCounterIncrement();
        pub fn set_config_option(
            name: *const std::ffi::c_char,
            value: *const std::ffi::c_char,
            context: pg_sys::GucContext::Type,
            source: pg_sys::GucSource::Type,
            action: pg_sys::GucAction::Type,
            change: bool,
            level: std::ffi::c_int,
            reload: bool,
        ) -> std::ffi::c_int;
        pub fn pgstat_init_function_usage(
            call: pg_sys::FunctionCallInfo,
            usage: *mut pg_sys::PgStat_FunctionCallUsage,
        );
        pub fn pgstat_end_function_usage(
            usage: *mut pg_sys::PgStat_FunctionCallUsage,
            finalize: bool,
        );
    }
}

/// A function of one argument.
#[derive(Clone, Copy, Debug)]
pub struct Routine {
    oid: Oid,
    /// whose it is
    pub owner: RoleId,
    /// whether it is a plain function, neither a procedure nor an aggregate, that returns void
    pub returns_void: bool,
    /// the same of one that returns a jsonb
    pub returns_jsonb: bool,
    /// whether it says of itself that it makes the same of the same
    pub is_immutable: bool,
    schema: Oid,
}

/// The function with this name in this schema, whose one argument is of this type.
pub fn find(schema: &str, name: &str, argument: Oid) -> Option<Routine> {
    let (schema, name) = (CString::new(schema).ok()?, CString::new(name).ok()?);
    // SAFETY: a name has 63 bytes at most, which the cache's key is padded to, since it is copied into a value of type
    // name; the vector is freed with the memory it lies in. The tuple is released again, and rows of pg_proc have a
    // fixed layout.
    unsafe {
        let schema = pg_sys::get_namespace_oid(schema.as_ptr(), true);
        if schema == pg_sys::InvalidOid || name.as_bytes().len() >= pg_sys::NAMEDATALEN as usize {
            return None;
        }
        let mut key = pg_sys::NameData::default();
        pg_sys::namestrcpy(&mut key, name.as_ptr());
        let arguments = pg_sys::buildoidvector(&argument, 1);
        let tuple = pg_sys::SearchSysCache3(
            pg_sys::SysCacheIdentifier::PROCNAMEARGSNSP as i32,
            pg_sys::Datum::from(&raw const key),
            pg_sys::Datum::from(arguments),
            pg_sys::Datum::from(schema),
        );
        if tuple.is_null() {
            return None;
        }
        let form = &*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_proc>();
        let is_plain = form.prokind as u8 == pg_sys::PROKIND_FUNCTION && !form.proretset;
        let found = Routine {
            oid: form.oid,
            owner: RoleId::of(form.proowner),
            returns_void: is_plain && form.prorettype == pg_sys::VOIDOID,
            returns_jsonb: is_plain && form.prorettype == pg_sys::JSONBOID,
            is_immutable: form.provolatile as u8 == pg_sys::PROVOLATILE_IMMUTABLE,
            schema,
        };
        pg_sys::ReleaseSysCache(tuple);
        Some(found)
    }
}

impl Routine {
    /// Whether the current role may call it by its name.
    pub fn is_open_to_current(&self) -> bool {
        super::user::may_execute(self.oid) && super::user::may_use_schema(self.schema)
    }

    /// Calls it as the current role, whose rights whoever calls has asked for. What it returns is void.
    pub fn call(&self, argument: Datum<'_>) {
        let (oid, argument) = (self.oid, argument.raw());
        // SAFETY: a function of one argument, of the type that it was found by, as the caller gives it.
        unsafe {
            guard::call(|| invoke(oid, argument));
        }
    }

    /// Calls one that returns a jsonb; none where that is null.
    pub fn call_for_jsonb<'m>(&self, argument: Datum<'m>, memory: Memory<'m>) -> Option<Jsonb<'m>> {
        if !self.returns_jsonb {
            return None;
        }
        let (oid, argument) = (self.oid, argument.raw());
        // SAFETY: as above; what it returns is of that type, and lies in the memory in which it was called.
        memory.within(|| unsafe {
            let returned = guard::call(|| invoke(oid, argument));
            (!returned.isnull).then(|| Jsonb::from_datum(returned.value, memory))
        })
    }

    /// The same in a subtransaction: an error that says something of the values at hand is a result, after which
    /// everything is as it was before.
    pub fn try_call(&self, argument: Datum<'_>) -> Result<(), Failure> {
        let (oid, argument) = (self.oid, argument.raw());
        // SAFETY: as above; it calls C functions and nothing else.
        unsafe {
            attempt::telling(|| {
                invoke(oid, argument);
            })
        }
    }
}

/// A call to be made: what settings of the extension's are to be meanwhile, and the argument.
pub struct Prepared<'m> {
    /// their names and values
    pub settings: Vec<(&'static CStr, CString)>,
    /// of the type that the function was found by
    pub argument: Datum<'m>,
}

impl Routine {
    /// Makes calls one after the other, all in one subtransaction; where one fails, its place and why, after which
    /// everything is as it was before. Settings stay until what the caller acts as ends (`pg::user`).
    pub fn try_each<'m>(
        &self,
        calls: &[impl AsRef<Prepared<'m>>],
    ) -> Result<(), (usize, Box<Failure>)> {
        let oid = self.oid;
        let at = Cell::new(0);
        let at = &at;
        // SAFETY: as for one. Slices are walked and numbers kept, and nothing else is done between the C functions; the
        // strings are NUL-terminated and live meanwhile, and nobody reads a setting while one is set (`attempt` asks).
        let done = unsafe {
            attempt::telling(|| {
                for call in calls {
                    let call = call.as_ref();
                    for (name, value) in &call.settings {
                        raw::set_config_option(
                            name.as_ptr(),
                            value.as_ptr(),
                            pg_sys::GucContext::PGC_SUSET,
                            pg_sys::GucSource::PGC_S_SESSION,
                            pg_sys::GucAction::GUC_ACTION_SAVE,
                            true,
                            0,
                            false,
                        );
                    }
                    invoke(oid, call.argument.raw());
                    at.set(at.get() + 1);
                }
            })
        };
        done.map_err(|failure| (at.get(), Box::new(failure)))
    }
}

/// The arguments of a call, with room for one.
#[repr(C)]
struct Arguments {
    call: pg_sys::FunctionCallInfoBaseData,
    first: pg_sys::NullableDatum,
}

/// # Safety
/// A function of one argument of this type; called where an error of Postgres may jump.
unsafe fn invoke(oid: Oid, argument: pg_sys::Datum) -> pg_sys::NullableDatum {
    // SAFETY: as promised. Both structs are plain and live for the call; the flexible array of the first one begins
    // where it ends, which is where its argument stands. A function that was looked up has an address.
    unsafe {
        let hook = std::ptr::addr_of!(pg_sys::object_access_hook).read();
        if hook.is_some() {
            raw::RunFunctionExecuteHook(oid);
        }
        let mut function = pg_sys::FmgrInfo::default();
        raw::fmgr_info(oid, &mut function);
        let mut arguments = Arguments {
            call: pg_sys::FunctionCallInfoBaseData::default(),
            first: pg_sys::NullableDatum {
                value: argument,
                isnull: false,
            },
        };
        arguments.call.flinfo = &mut function;
        arguments.call.nargs = 1;
        let call = (&raw mut arguments).cast::<pg_sys::FunctionCallInfoBaseData>();
        let mut usage = pg_sys::PgStat_FunctionCallUsage::default();
        raw::pgstat_init_function_usage(call, &mut usage);
        let value = match function.fn_addr {
            Some(address) => address(call),
            None => pg_sys::Datum::null(),
        };
        let isnull = arguments.call.isnull;
        raw::pgstat_end_function_usage(&mut usage, true);
        // What it did is there for whoever comes next.
        raw::CommandCounterIncrement();
        pg_sys::NullableDatum { value, isnull }
    }
}

const _: () = assert!(
    std::mem::offset_of!(Arguments, first)
        == std::mem::offset_of!(pg_sys::FunctionCallInfoBaseData, args)
);
