//! Rows of a plan, shown one by one as the executor gives them: none is copied, and none is computed that nobody looks at.

use super::datum::Datum;
use super::guard;
use super::memory::{Memory, Scratch};
use super::reserve::Since;
use super::spi::{self, Plan};
use super::splice::Stored;
use super::tuple::Row;
use crate::error::{Error, OrRaise};
use pgrx::pg_sys;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn SPI_execute_plan_extended(
            plan: pg_sys::SPIPlanPtr,
            options: *const pg_sys::SPIExecuteOptions,
        ) -> std::ffi::c_int;
        pub fn slot_getsomeattrs_int(slot: *mut pg_sys::TupleTableSlot, attnum: std::ffi::c_int);
    }
}

/// What the executor hands rows to; it begins with what the executor knows of it.
#[repr(C)]
struct Receiver<'f> {
    head: pg_sys::DestReceiver,
    show: &'f mut dyn FnMut(Row<'_>) -> bool,
    /// where a row is taken apart while it is shown
    scratch: Scratch<'f>,
    since: Since,
    /// what went wrong in `show`, to go on when the executor has ended
    panic: Option<Box<dyn Any + Send>>,
}

unsafe extern "C-unwind" fn startup(
    _this: *mut pg_sys::DestReceiver,
    _operation: std::ffi::c_int,
    _row_type: pg_sys::TupleDesc,
) {
}

unsafe extern "C-unwind" fn receive(
    slot: *mut pg_sys::TupleTableSlot,
    this: *mut pg_sys::DestReceiver,
) -> bool {
    // SAFETY: the executor passes the receiver that it was given; the slot holds a row of its type, and is not changed
    // while it is shown. What Postgres raises while it is taken apart goes its own way, as no frame of Rust's that has to
    // be unwound lies between. No panic leaves: it waits until the executor has ended.
    unsafe {
        let this = &mut *this.cast::<Receiver<'_>>();
        let row_type = (*slot).tts_tupleDescriptor;
        let columns = (*row_type).natts as usize;
        if usize::try_from((*slot).tts_nvalid).is_ok_and(|valid| valid < columns) {
            raw::slot_getsomeattrs_int(slot, columns as std::ffi::c_int);
        }
        let shown = catch_unwind(AssertUnwindSafe(|| {
            this.since.check().or_raise();
            let (values, nulls) = ((*slot).tts_values, (*slot).tts_isnull);
            let row = Row::new(values, nulls, row_type, columns, this.scratch.memory())
                .with_stored(Stored::of(slot));
            let wants_more = this.scratch.within(|| (this.show)(row));
            this.scratch.reset();
            wants_more
        }));
        shown.unwrap_or_else(|panic| {
            this.panic = Some(panic);
            false
        })
    }
}

unsafe extern "C-unwind" fn nothing(_this: *mut pg_sys::DestReceiver) {}

impl Plan {
    /// Reads with the active snapshot for as long as `f` wants more. What `f` is shown, and what it allocates from
    /// Postgres, is gone when it returns.
    pub fn stream(&self, values: &[Option<Datum<'_>>], mut f: impl FnMut(Row<'_>) -> bool) {
        spi::connected(|| {
            // SAFETY: that of the connection, which ends after the statement.
            let memory = unsafe { Memory::current() };
            let mut receiver = Receiver {
                head: pg_sys::DestReceiver {
                    receiveSlot: Some(receive),
                    rStartup: Some(startup),
                    rShutdown: Some(nothing),
                    rDestroy: Some(nothing),
                    mydest: pg_sys::CommandDest::DestNone,
                },
                show: &mut f,
                scratch: Scratch::new(memory),
                since: Since::now(),
                panic: None,
            };
            let types = self.types();
            assert!(values.len() == types.len());
            // SAFETY: the list has room for as many parameters as are written, each of the type that the plan has for it,
            // and lives in the connection's memory.
            let parameters = unsafe {
                let list = pg_sys::makeParamList(types.len() as std::ffi::c_int);
                let first = (*list).params.as_mut_ptr();
                for (at, (value, kind)) in values.iter().zip(types).enumerate() {
                    *first.add(at) = pg_sys::ParamExternData {
                        value: value.map_or(pg_sys::Datum::from(0usize), |v| v.of_kind(*kind)),
                        isnull: value.is_none(),
                        pflags: pg_sys::PARAM_FLAG_CONST as u16,
                        ptype: *kind,
                    };
                }
                list
            };
            let options = pg_sys::SPIExecuteOptions {
                params: parameters,
                read_only: true,
                allow_nonatomic: false,
                must_return_tuples: true,
                tcount: 0,
                dest: (&raw mut receiver).cast(),
                owner: std::ptr::null_mut(),
            };
            let (plan, options) = (self.as_ptr(), &raw const options);
            // SAFETY: the plan is kept, and is one that returns rows. The receiver and the options outlive the call.
            let code = unsafe { guard::call(|| raw::SPI_execute_plan_extended(plan, options)) };
            if let Some(panic) = receiver.panic.take() {
                resume_unwind(panic);
            }
            if code < 0 {
                Error::internal(format!("a statement could not be read (SPI code {code})")).raise();
            }
        });
    }
}
