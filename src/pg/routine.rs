//! Functions of users' that the extension calls, by their names.

use super::attempt::{self, Failure};
use super::datum::Datum;
use super::guard;
use super::user::RoleId;
use pgrx::pg_sys::{self, Oid};
use std::ffi::CString;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn fmgr_info(function: pg_sys::Oid, info: *mut pg_sys::FmgrInfo);
        pub fn RunFunctionExecuteHook(function: pg_sys::Oid);
        pub fn CommandCounterIncrement();
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
        let found = Routine {
            oid: form.oid,
            owner: RoleId::of(form.proowner),
            returns_void: form.prokind as u8 == pg_sys::PROKIND_FUNCTION
                && !form.proretset
                && form.prorettype == pg_sys::VOIDOID,
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
        unsafe { guard::call(|| invoke(oid, argument)) }
    }

    /// The same in a subtransaction: an error that says something of the values at hand is a result, after which
    /// everything is as it was before.
    pub fn try_call(&self, argument: Datum<'_>) -> Result<(), Failure> {
        let (oid, argument) = (self.oid, argument.raw());
        // SAFETY: as above; it calls C functions and nothing else.
        unsafe { attempt::telling(|| invoke(oid, argument)) }
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
unsafe fn invoke(oid: Oid, argument: pg_sys::Datum) {
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
        if let Some(address) = function.fn_addr {
            address(call);
        }
        raw::pgstat_end_function_usage(&mut usage, true);
        // What it did is there for whoever comes next.
        raw::CommandCounterIncrement();
    }
}

const _: () = assert!(
    std::mem::offset_of!(Arguments, first)
        == std::mem::offset_of!(pg_sys::FunctionCallInfoBaseData, args)
);
