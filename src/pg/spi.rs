//! Statements: kept plans for the hot path, fixed statements with bound values for the rest.

use super::datum::{self, Datum};
use super::guard;
use super::jsonb::List;
use super::memory::Memory;
use super::reserve::Since;
use super::tuple::Row;
use crate::error::{Error, OrRaise};
use pgrx::pg_sys;
use std::cell::RefCell;
use std::ffi::{CString, c_char, c_int, c_long};
use uuid::Uuid;

/// The statements of users' tables keep their errors whole, so they do not go through pgrx's
/// wrappers, which would take them apart (see `guard`).
mod raw {
    use super::*;
    unsafe extern "C-unwind" {
        pub fn SPI_execute_plan(
            plan: pg_sys::SPIPlanPtr,
            values: *mut pg_sys::Datum,
            nulls: *const c_char,
            read_only: bool,
            count: c_long,
        ) -> c_int;
        pub fn SPI_connect() -> c_int;
        pub fn SPI_finish() -> c_int;
        pub fn SPI_prepare_cursor(
            src: *const c_char,
            nargs: c_int,
            argtypes: *mut pg_sys::Oid,
            options: c_int,
        ) -> pg_sys::SPIPlanPtr;
        pub fn SPI_execute_with_args(
            src: *const c_char,
            nargs: c_int,
            argtypes: *mut pg_sys::Oid,
            values: *mut pg_sys::Datum,
            nulls: *const c_char,
            read_only: bool,
            count: c_long,
        ) -> c_int;
    }
}

/// Connects to the server programming interface for the time of `f`. An error closes the
/// connection with the (sub)transaction.
///
/// What `f` allocates from Postgres is gone afterwards.
pub fn connected<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: a connection is closed in the order in which it was opened.
    unsafe {
        if pg_sys::SPI_connect() != pg_sys::SPI_OK_CONNECT as i32 {
            Error::internal("could not connect to the server programming interface").raise();
        }
        let result = f();
        pg_sys::SPI_finish();
        result
    }
}

/// A plan that is kept for the life of the backend, or until it is dropped.
pub struct Plan {
    ptr: pg_sys::SPIPlanPtr,
    /// the types of its parameters
    types: Box<[pg_sys::Oid]>,
}

impl Plan {
    /// Prepares one statement. A generic plan: an INSERT has nothing to learn from its values.
    pub fn prepare(sql: &str, types: &[pg_sys::Oid]) -> Plan {
        let text = c_string(sql);
        let mut types = types.to_vec();
        // SAFETY: NUL-terminated text, and as many types as announced. The plan is moved out of
        // the connection's memory before the connection closes.
        connected(|| unsafe {
            let (src, n, t) = (text.as_ptr(), types.len() as c_int, types.as_mut_ptr());
            let options = pg_sys::CURSOR_OPT_GENERIC_PLAN as c_int;
            let ptr = guard::call(|| raw::SPI_prepare_cursor(src, n, t, options));
            if ptr.is_null() || pg_sys::SPI_keepplan(ptr) != 0 {
                Error::internal("could not prepare a statement").raise();
            }
            Plan {
                ptr,
                types: types.into_boxed_slice(),
            }
        })
    }

    pub(super) fn as_ptr(&self) -> pg_sys::SPIPlanPtr {
        self.ptr
    }

    /// The types of its parameters.
    pub(super) fn types(&self) -> &[pg_sys::Oid] {
        &self.types
    }

    /// Runs it within [`connected`]; gives the number of rows that it wrote or read.
    pub fn execute(&self, values: &[Option<Datum<'_>>]) -> u64 {
        self.run(values, false)
    }

    fn run(&self, values: &[Option<Datum<'_>>], read_only: bool) -> u64 {
        let (datums, nulls) = self.bind(values);
        let (plan, values, nulls) = (self.ptr, datums.as_ptr().cast_mut(), nulls.as_ptr());
        // SAFETY: the plan is kept; both arrays hold its parameters, of the types it was prepared
        // with.
        unsafe {
            let code = guard::call(|| raw::SPI_execute_plan(plan, values, nulls, read_only, 0));
            check(code);
            pg_sys::SPI_processed
        }
    }

    /// The same in a connection of its own, for a statement of the extension's that returns nothing: the
    /// hot path, on which each guarded call into Postgres counts. The extension's errors do not tell of it.
    pub fn execute_alone(&self, values: &[Option<Datum<'_>>]) -> u64 {
        let (datums, nulls) = self.bind(values);
        let (plan, values, nulls) = (self.ptr, datums.as_ptr().cast_mut(), nulls.as_ptr());
        let _own = guard::OwnStatement::begin();
        // SAFETY: as above. The three calls stand together in the closure with nothing between
        // them that needs dropping, so an error of any of them leaves nothing behind.
        let (code, rows) = unsafe {
            guard::call(|| {
                raw::SPI_connect();
                let code = raw::SPI_execute_plan(plan, values, nulls, false, 0);
                let rows = pg_sys::SPI_processed;
                raw::SPI_finish();
                (code, rows)
            })
        };
        check(code);
        rows
    }

    fn bind(&self, values: &[Option<Datum<'_>>]) -> ([pg_sys::Datum; MAX], [c_char; MAX]) {
        assert!(values.len() == self.types.len() && values.len() <= MAX);
        let mut datums = [pg_sys::Datum::from(0usize); MAX];
        let mut nulls = [b'n' as c_char; MAX];
        for (i, value) in values.iter().enumerate() {
            if let Some(value) = value {
                datums[i] = value.of_kind(self.types[i]);
                nulls[i] = b' ' as c_char;
            }
        }
        (datums, nulls)
    }
}

/// Parameters that a plan may have.
const MAX: usize = 18;

impl Drop for Plan {
    fn drop(&mut self) {
        // While an error is on its way Postgres is not called: the plan stays for the life of the backend then.
        if !std::thread::panicking() {
            // SAFETY: the plan was kept and is not running: whoever runs it holds a reference to its
            // owner.
            unsafe { pg_sys::SPI_freeplan(self.ptr) };
        }
    }
}

/// Reads the rows that the last statement returned; within [`connected`].
pub fn each_row(mut f: impl FnMut(Row<'_>)) {
    // SAFETY: SPI_tuptable is null or holds numvals tuples of the row type beside them; the arrays
    // for the values are as long as the row type.
    unsafe {
        let table = pg_sys::SPI_tuptable;
        if table.is_null() {
            return;
        }
        let desc = (*table).tupdesc;
        let columns = (*desc).natts as usize;
        let mut values = vec![pg_sys::Datum::from(0usize); columns];
        let mut nulls = vec![true; columns];
        // That of the connection, which is open while `f` runs.
        let memory = Memory::current();
        let since = Since::now();
        for i in 0..(*table).numvals as usize {
            let tuple = *(*table).vals.add(i);
            pg_sys::heap_deform_tuple(tuple, desc, values.as_mut_ptr(), nulls.as_mut_ptr());
            f(Row::new(
                values.as_ptr(),
                nulls.as_ptr(),
                desc,
                columns,
                memory,
            ));
            since.check().or_raise();
        }
    }
}

/// A value bound to a statement's parameter.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Value<'a> {
    Text(Option<String>),
    TextArray(Option<Vec<String>>),
    Int(Option<i32>),
    Bool(bool),
    Uuid(Uuid),
    Oid(pg_sys::Oid),
    Long(Option<i64>),
    LongArray(Vec<i64>),
    UuidArray(Vec<Uuid>),
    Bytes(Option<Vec<u8>>),
    /// a container
    Jsonb(Option<Vec<u8>>),
    /// as Postgres counts: microseconds since 2000
    Time(Option<i64>),
    Interval(Option<datum::Interval>),
    /// a value of this type, as it came
    Given(pg_sys::Oid, Option<Datum<'a>>),
}

impl Value<'_> {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(Some(text.into()))
    }

    fn kind(&self) -> pg_sys::Oid {
        match self {
            Value::Text(_) => pg_sys::TEXTOID,
            Value::TextArray(_) => pg_sys::TEXTARRAYOID,
            Value::Int(_) => pg_sys::INT4OID,
            Value::Bool(_) => pg_sys::BOOLOID,
            Value::Uuid(_) => pg_sys::UUIDOID,
            Value::Oid(_) => pg_sys::OIDOID,
            Value::Long(_) => pg_sys::INT8OID,
            Value::LongArray(_) => pg_sys::INT8ARRAYOID,
            Value::UuidArray(_) => pg_sys::UUIDARRAYOID,
            Value::Bytes(_) => pg_sys::BYTEAOID,
            Value::Jsonb(_) => pg_sys::JSONBOID,
            Value::Time(_) => pg_sys::TIMESTAMPTZOID,
            Value::Interval(_) => pg_sys::INTERVALOID,
            Value::Given(kind, _) => *kind,
        }
    }

    fn bind<'m>(&'m self, memory: Memory<'m>) -> Option<Datum<'m>> {
        match self {
            Value::Text(v) => v.as_deref().map(|v| memory.text(v).into()),
            Value::TextArray(v) => v.as_deref().map(|v| memory.text_array(v)),
            Value::Int(v) => v.map(Datum::from),
            Value::Bool(v) => Some(Datum::from(*v)),
            Value::Uuid(v) => Some(Datum::uuid(v)),
            Value::Oid(v) => Some(Datum::from(*v)),
            Value::Long(v) => v.map(Datum::from),
            Value::LongArray(v) => Some(memory.bigint_array(v)),
            Value::UuidArray(v) => Some(memory.uuid_array(v)),
            Value::Bytes(v) => v.as_deref().map(|v| memory.bytea(v)),
            Value::Jsonb(v) => v.as_deref().map(|v| memory.jsonb(v).into()),
            Value::Time(v) => v.map(Datum::timestamptz),
            Value::Interval(v) => v.map(|v| memory.interval(v)),
            Value::Given(_, v) => *v,
        }
    }
}

/// Runs a fixed statement with bound values, and gives what `read` makes of each row.
///
/// The statement is a constant of this crate or was built from quoted identifiers alone.
pub fn run<R>(sql: &str, values: &[Value<'_>], read: impl FnMut(Row<'_>) -> R) -> Vec<R> {
    execute(sql, values, false, read)
}

/// The same for a stable function: it reads with the snapshot of the statement that calls it.
pub fn query<R>(sql: &str, values: &[Value<'_>], read: impl FnMut(Row<'_>) -> R) -> Vec<R> {
    execute(sql, values, true, read)
}

/// As [`run`], with a plan that the backend keeps: for what follows every statement of DDL.
pub fn run_kept<R>(
    sql: &'static str,
    values: &[Value<'_>],
    read: impl FnMut(Row<'_>) -> R,
) -> Vec<R> {
    execute_kept(sql, values, false, read)
}

/// As [`query`], with a plan that the backend keeps.
pub fn query_kept<R>(
    sql: &'static str,
    values: &[Value<'_>],
    read: impl FnMut(Row<'_>) -> R,
) -> Vec<R> {
    execute_kept(sql, values, true, read)
}

fn execute_kept<R>(
    sql: &'static str,
    values: &[Value<'_>],
    read_only: bool,
    mut read: impl FnMut(Row<'_>) -> R,
) -> Vec<R> {
    thread_local! {
        static PLANS: RefCell<Vec<(&'static str, &'static Plan)>> = const { RefCell::new(Vec::new()) };
    }
    let kept = PLANS.with_borrow(|plans| {
        let found = plans.iter().find(|(text, _)| std::ptr::eq(*text, sql));
        found.map(|(_, plan)| *plan)
    });
    let plan = kept.unwrap_or_else(|| {
        let types: Vec<pg_sys::Oid> = values.iter().map(Value::kind).collect();
        let plan: &'static Plan = Box::leak(Box::new(Plan::prepare(sql, &types)));
        PLANS.with_borrow_mut(|plans| plans.push((sql, plan)));
        plan
    });
    connected(|| {
        // SAFETY: that of the connection, which ends after the statement.
        let memory = unsafe { Memory::current() };
        let bound: Vec<_> = values.iter().map(|value| value.bind(memory)).collect();
        plan.run(&bound, read_only);
        let mut rows = List::new();
        each_row(|row| rows.push(read(row)).or_raise());
        rows.into()
    })
}

fn execute<R>(
    sql: &str,
    values: &[Value<'_>],
    read_only: bool,
    mut read: impl FnMut(Row<'_>) -> R,
) -> Vec<R> {
    let text = c_string(sql);
    connected(|| {
        // SAFETY: that of the connection, which ends after the statement.
        let memory = unsafe { Memory::current() };
        let bound: Vec<_> = values.iter().map(|value| value.bind(memory)).collect();
        let mut types: Vec<pg_sys::Oid> = values.iter().map(Value::kind).collect();
        let mut datums: Vec<pg_sys::Datum> = bound
            .iter()
            .zip(&types)
            .map(|(b, kind)| b.map_or(pg_sys::Datum::from(0usize), |b| b.of_kind(*kind)))
            .collect();
        let nulls: Vec<c_char> = bound
            .iter()
            .map(|b| if b.is_some() { b' ' } else { b'n' } as c_char)
            .collect();
        let n = bound.len() as c_int;
        let (src, types, datums) = (text.as_ptr(), types.as_mut_ptr(), datums.as_mut_ptr());
        let nulls = nulls.as_ptr();
        // SAFETY: NUL-terminated text and three arrays of `n` elements that outlive the call.
        let code = unsafe {
            guard::call(|| raw::SPI_execute_with_args(src, n, types, datums, nulls, read_only, 0))
        };
        check(code);
        let mut rows = List::new();
        each_row(|row| rows.push(read(row)).or_raise());
        rows.into()
    })
}

/// Runs a fixed statement with bound values for its effect.
pub fn exec(sql: &str, values: &[Value<'_>]) {
    run(sql, values, |_| ());
}

fn check(code: c_int) {
    if code < 0 {
        Error::internal(format!(
            "a statement could not be executed (SPI code {code})"
        ))
        .raise();
    }
}

fn c_string(sql: &str) -> CString {
    CString::new(sql).unwrap_or_else(|_| Error::internal("a statement holds a NUL byte").raise())
}

/// The relation that a helper of the extension's gave.
pub fn relation(rows: Vec<Option<pg_sys::Oid>>) -> pg_sys::Oid {
    let found = rows.into_iter().next().flatten();
    found.unwrap_or_else(|| Error::internal("a helper gave no relation").raise())
}
