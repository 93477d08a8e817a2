//! Background processes: how they are started, what they connect to, how they wait, and what becomes of an error.

use super::guard;
use pgrx::pg_sys::{self, Datum};
use std::ffi::{CStr, CString, c_char, c_int, c_long};
use std::time::Duration;

mod raw {
    use std::ffi::c_int;
    unsafe extern "C-unwind" {
        // Handlers of signals.
        pub fn SignalHandlerForConfigReload(signal: c_int);
        pub fn die(signal: c_int);
        // Whoever runs here holds nothing that an error would have to free.
        pub fn EmitErrorReport();
        pub fn AbortCurrentTransaction();
        pub fn FlushErrorState();
        pub fn ProcessInterrupts();
    }
}

/// Defines the C symbol of a background process, which is a function of the number that it was started with.
macro_rules! background {
    ($($symbol:ident => $function:path),* $(,)?) => {$(
        const _: () = {
            #[allow(unsafe_code, reason = "a symbol's name, made of that of the function")]
            #[unsafe(export_name = stringify!($symbol))]
            extern "C-unwind" fn main(argument: pgrx::pg_sys::Datum) {
                $crate::pg::process::enter(argument, $function)
            }
        };
    )*};
}

pub(crate) use background;

/// Begins a background process: signals are heard, and an error ends it.
pub fn enter(argument: Datum, main: fn(usize)) {
    // SAFETY: what a background process does first; both handlers are Postgres's own. A request to end takes effect
    // wherever Postgres looks for interrupts, in the midst of a statement too.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        {
            pg_sys::pqsignal(
                pg_sys::SIGHUP as c_int,
                Some(raw::SignalHandlerForConfigReload),
            );
            pg_sys::pqsignal(pg_sys::SIGTERM as c_int, Some(raw::die));
        }
        #[cfg(feature = "pg18")]
        {
            pg_sys::pqsignal_be(
                pg_sys::SIGHUP as c_int,
                Some(raw::SignalHandlerForConfigReload),
            );
            pg_sys::pqsignal_be(pg_sys::SIGTERM as c_int, Some(raw::die));
        }
        pg_sys::BackgroundWorkerUnblockSignals();
    }
    guard::border(|| main(argument.value()));
}

/// A background process as it is registered.
pub struct Description<'a> {
    /// what `pg_stat_activity` shows as its type
    pub title: &'a str,
    /// the symbol of its function
    pub symbol: &'a str,
    /// the number that the function gets
    pub argument: usize,
    /// a short text for it
    pub extra: &'a CStr,
    /// seconds after which the server starts it again when it fails; none for never
    pub restart: Option<i32>,
}

fn put(field: &mut [c_char], text: &[u8]) {
    let room = field.len() - 1;
    for (to, from) in field[..room].iter_mut().zip(text) {
        *to = *from as c_char;
    }
}

impl Description<'_> {
    fn worker(&self) -> pg_sys::BackgroundWorker {
        let mut worker = pg_sys::BackgroundWorker {
            bgw_flags: (pg_sys::BGWORKER_SHMEM_ACCESS
                | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION) as c_int,
            // So not on a standby, and there from its promotion on.
            bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
            bgw_restart_time: self.restart.unwrap_or(pg_sys::BGW_NEVER_RESTART),
            bgw_main_arg: Datum::from(self.argument),
            ..Default::default()
        };
        put(&mut worker.bgw_name, self.title.as_bytes());
        put(&mut worker.bgw_type, self.title.as_bytes());
        put(&mut worker.bgw_library_name, b"pg_eventlog");
        put(&mut worker.bgw_function_name, self.symbol.as_bytes());
        put(&mut worker.bgw_extra, self.extra.to_bytes());
        worker
    }

    /// Has the server start it; called while it preloads the library.
    pub fn register(&self) {
        // SAFETY: a valid description, which is copied.
        unsafe { pg_sys::RegisterBackgroundWorker(&mut self.worker()) }
    }

    /// Starts it and waits until it is there. False where there is no room for it, or it ended at once.
    pub fn start(&self) -> bool {
        let mut worker = self.worker();
        // SAFETY: a valid description, which is copied. The handle is Postgres's, in memory of this process.
        unsafe {
            worker.bgw_notify_pid = pg_sys::MyProcPid;
            let mut handle = std::ptr::null_mut();
            if !pg_sys::RegisterDynamicBackgroundWorker(&mut worker, &mut handle) {
                return false;
            }
            let mut pid = 0;
            let status = pg_sys::WaitForBackgroundWorkerStartup(handle, &mut pid);
            pg_sys::pfree(handle.cast());
            status == pg_sys::BgwHandleStatus::BGWH_STARTED
        }
    }
}

/// Whether the server is preloading libraries.
pub fn is_preloading() -> bool {
    // SAFETY: reads a variable of the process.
    unsafe { pg_sys::process_shared_preload_libraries_in_progress }
}

/// The short text that the process was started with.
pub fn extra() -> CString {
    // SAFETY: a background process has its entry, whose text is NUL-terminated.
    unsafe { CStr::from_ptr((*pg_sys::MyBgworkerEntry).bgw_extra.as_ptr()).to_owned() }
}

/// Connects to a database, or to none, in which only what all databases share can be read; as this role, or as the one
/// that made the cluster.
pub fn connect(database: Option<&CStr>, role: Option<&CStr>) {
    let pointer = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: null or NUL-terminated names, which are copied. An error ends the process, as it should.
    unsafe { pg_sys::BackgroundWorkerInitializeConnection(pointer(database), pointer(role), 0) }
}

/// From here on, what happened is heard of by [`wait`].
pub fn listen_anew() {
    // SAFETY: the process's own latch.
    unsafe { pg_sys::ResetLatch(pg_sys::MyLatch) }
}

/// Waits until somebody wakes the process, or for so long. The end of the server is the end of the process.
pub fn wait(at_most: Duration) {
    let millis = c_long::try_from(at_most.as_millis()).unwrap_or(c_long::MAX);
    let events = pg_sys::WL_LATCH_SET | pg_sys::WL_TIMEOUT | pg_sys::WL_EXIT_ON_PM_DEATH;
    // SAFETY: the process's own latch.
    unsafe {
        pg_sys::WaitLatch(
            pg_sys::MyLatch,
            events as c_int,
            millis.min(i32::MAX as c_long),
            pg_sys::PG_WAIT_EXTENSION,
        );
    }
}

/// Has `pg_stat_activity` say what the process does; nothing while it waits.
pub fn show(what: Option<&CStr>) {
    // SAFETY: null or a NUL-terminated text, which is copied.
    unsafe {
        match what {
            Some(what) => {
                pg_sys::SetCurrentStatementStartTimestamp();
                pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, what.as_ptr());
            }
            None => {
                pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_IDLE, std::ptr::null());
                pg_sys::pgstat_report_stat(false);
            }
        }
    }
}

/// Something failed. It stands in the server's log, and everything is as it was before.
#[derive(Debug)]
pub struct Failed;

/// Runs `f` in a transaction. Interrupts are attended to, and the configuration is read again where it changed.
pub fn transaction<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failed> {
    caught(|| {
        attend();
        // SAFETY: what a background process does around its statements; whoever catches an error undoes the transaction.
        unsafe {
            pg_sys::StartTransactionCommand();
            // Whatever the configuration says transactions begin with.
            pg_sys::XactIsoLevel = pg_sys::XACT_READ_COMMITTED as c_int;
            pg_sys::XactReadOnly = false;
            pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
            let result = f();
            pg_sys::PopActiveSnapshot();
            pg_sys::CommitTransactionCommand();
            result
        }
    })
}

/// Attends to interrupts, which may end the process, and reads the configuration again where it changed.
pub fn attend_to_interrupts() -> Result<(), Failed> {
    caught(attend)
}

/// Attends to interrupts in the midst of long work, as Postgres's own does: a statement that was cancelled ends here.
pub fn check_interrupts() {
    // SAFETY: reads a variable that signals set; what it asks for may raise an error, which `call` catches.
    unsafe {
        if (&raw const pg_sys::InterruptPending).read_volatile() != 0 {
            guard::call(|| raw::ProcessInterrupts());
        }
    }
}

/// Runs `f` outside of a transaction.
pub fn attempt(f: impl FnOnce()) -> Result<(), Failed> {
    caught(f)
}

fn attend() {
    // SAFETY: both are variables that signals set; what they ask for is done as Postgres does it.
    unsafe {
        if (&raw const pg_sys::InterruptPending).read_volatile() != 0 {
            pg_sys::ProcessInterrupts();
        }
        if (&raw const pg_sys::ConfigReloadPending).read_volatile() != 0 {
            (&raw mut pg_sys::ConfigReloadPending).write_volatile(0);
            pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
        }
    }
}

/// Runs `f`; an error is told to the server's log, and its transaction is undone.
fn caught<R: Copy>(f: impl FnOnce() -> R) -> Result<R, Failed> {
    // SAFETY: as the main loop of a backend does. `border` lets no panic through, and what Rust holds is dropped before it
    // throws the error again.
    unsafe {
        let result = guard::caught(|| guard::border(f));
        pg_sys::CurrentMemoryContext = pg_sys::TopMemoryContext;
        if let Some(result) = result {
            return Ok(result);
        }
        // An interrupt in the midst of it would find the error state half undone.
        pg_sys::InterruptHoldoffCount += 1;
        raw::EmitErrorReport();
        raw::AbortCurrentTransaction();
        raw::FlushErrorState();
        pg_sys::InterruptHoldoffCount -= 1;
        Err(Failed)
    }
}

/// Whether this database has the extension.
pub fn has_extension() -> bool {
    // SAFETY: a NUL-terminated name; a missing extension is no error.
    unsafe { pg_sys::get_extension_oid(c"pg_eventlog".as_ptr(), true) != pg_sys::InvalidOid }
}

/// A database as the launcher sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// its number
    pub oid: pg_sys::Oid,
    /// its name
    pub name: CString,
}

/// The databases that one can connect to; templates are none of them. For a process that is connected to none.
pub fn databases() -> Vec<Database> {
    let mut found = Vec::new();
    // SAFETY: a table that all databases share, read within a transaction; its rows begin with the struct named, and are
    // looked at while the scan holds them.
    unsafe {
        let table =
            pg_sys::table_open(pg_sys::DatabaseRelationId, pg_sys::AccessShareLock as c_int);
        let snapshot = pg_sys::RegisterSnapshot(pg_sys::GetLatestSnapshot());
        let scan = pg_sys::systable_beginscan(
            table,
            pg_sys::InvalidOid,
            false,
            snapshot,
            0,
            std::ptr::null_mut(),
        );
        loop {
            let tuple = pg_sys::systable_getnext(scan);
            if tuple.is_null() {
                break;
            }
            let row: &pg_sys::FormData_pg_database = &*pg_sys::GETSTRUCT(tuple).cast();
            // Below the lowest limit: a database that was dropped by half.
            if row.datallowconn && !row.datistemplate && row.datconnlimit >= -1 {
                found.push(Database {
                    oid: row.oid,
                    name: CStr::from_ptr(row.datname.data.as_ptr()).to_owned(),
                });
            }
        }
        pg_sys::systable_endscan(scan);
        pg_sys::UnregisterSnapshot(snapshot);
        pg_sys::table_close(table, pg_sys::AccessShareLock as c_int);
    }
    found
}
