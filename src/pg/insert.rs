//! Rows straight into a table, the way logical replication applies them: row triggers, constraints
//! and indexes as ever, without the planner's and the executor's start for each statement.
//!
//! What only the executor does is left out: statement triggers, row-level security, rules,
//! privileges of columns, routing to partitions, defaults. The caller knows that there is none of
//! it, or that it does not count.

use super::{clock, guard};
use pgrx::pg_sys::{self, Datum};

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        pub fn ExecSimpleRelationInsert(
            result: *mut pg_sys::ResultRelInfo,
            estate: *mut pg_sys::EState,
            slot: *mut pg_sys::TupleTableSlot,
        );
        // pgrx has no binding for it.
        pub fn nextval_internal(sequence: pg_sys::Oid, check_permissions: bool) -> i64;
        pub fn PreventCommandDuringRecovery(name: *const std::ffi::c_char);
        pub fn PreventCommandIfParallelMode(name: *const std::ffi::c_char);
        pub fn GetTopFullTransactionId() -> pg_sys::FullTransactionId;
    }
}

/// A table that rows are being inserted into.
pub struct Insertion {
    relation: pg_sys::Relation,
    estate: *mut pg_sys::EState,
    result: *mut pg_sys::ResultRelInfo,
    slot: *mut pg_sys::TupleTableSlot,
    /// what one row needs
    memory: pg_sys::MemoryContext,
    columns: usize,
}

/// The row that is made next; columns that are not set are null.
pub struct NewRow<'a> {
    values: &'a mut [Datum],
    nulls: &'a mut [bool],
}

impl NewRow<'_> {
    /// Sets a column, by its position from 1; its value is of the column's type.
    #[inline]
    pub fn set(&mut self, column: i16, value: Option<Datum>) {
        let i = column as usize - 1;
        if let Some(value) = value {
            self.values[i] = value;
            self.nulls[i] = false;
        }
    }
}

impl Insertion {
    /// Opens a table as an INSERT does, and its indexes. It is a plain table.
    pub fn open(oid: pg_sys::Oid) -> Self {
        // SAFETY: raises when there is no such table. What is made here lives in the executor
        // state's own memory, and the resource owner gives back relations when an error comes.
        unsafe {
            let relation = pg_sys::table_open(oid, pg_sys::RowExclusiveLock as i32);
            let estate = pg_sys::CreateExecutorState();
            let before = pg_sys::CurrentMemoryContext;
            pg_sys::CurrentMemoryContext = (*estate).es_query_cxt;
            let result =
                pg_sys::palloc0(size_of::<pg_sys::ResultRelInfo>()).cast::<pg_sys::ResultRelInfo>();
            (*result).type_ = pg_sys::NodeTag::T_ResultRelInfo;
            pg_sys::InitResultRelInfo(result, relation, 0, std::ptr::null_mut(), 0);
            pg_sys::ExecOpenIndices(result, false);
            let desc = (*relation).rd_att;
            let slot = pg_sys::ExecInitExtraTupleSlot(
                estate,
                desc,
                std::ptr::addr_of!(pg_sys::TTSOpsVirtual),
            );
            let memory = (*pg_sys::MakePerTupleExprContext(estate)).ecxt_per_tuple_memory;
            pg_sys::CurrentMemoryContext = before;
            (*estate).es_output_cid = pg_sys::GetCurrentCommandId(true);
            Insertion {
                relation,
                estate,
                result,
                slot,
                memory,
                columns: (*desc).natts as usize,
            }
        }
    }

    /// Inserts the row that `fill` makes.
    #[inline]
    pub fn insert(&mut self, fill: impl FnOnce(&mut NewRow<'_>)) {
        let (estate, result, slot, memory) = (self.estate, self.result, self.slot, self.memory);
        // SAFETY: the slot is empty, and its arrays are as long as its row type. The closure calls
        // C alone; an error passes whole.
        unsafe {
            if let Some(clear) = (*(*slot).tts_ops).clear {
                clear(slot);
            }
            let mut row = NewRow {
                values: std::slice::from_raw_parts_mut((*slot).tts_values, self.columns),
                nulls: std::slice::from_raw_parts_mut((*slot).tts_isnull, self.columns),
            };
            row.nulls.fill(true);
            fill(&mut row);
            guard::call(|| {
                let before = pg_sys::CurrentMemoryContext;
                // Postgres leaves the row that it makes for the triggers where it made it.
                pg_sys::CurrentMemoryContext = memory;
                pg_sys::ExecStoreVirtualTuple(slot);
                raw::ExecSimpleRelationInsert(result, estate, slot);
                pg_sys::CurrentMemoryContext = before;
                pg_sys::MemoryContextReset(memory);
            });
        }
    }

    /// Ends it; what was inserted is visible to the next command.
    pub fn close(self) {
        // SAFETY: all of it was opened by `open`, and nothing refers to it any more.
        unsafe {
            pg_sys::ExecCloseIndices(self.result);
            pg_sys::ExecResetTupleTable((*self.estate).es_tupleTable, false);
            pg_sys::FreeExecutorState(self.estate);
            pg_sys::table_close(self.relation, pg_sys::NoLock as i32);
            pg_sys::CommandCounterIncrement();
        }
    }
}

/// The next number of a sequence, drawn by the current role.
pub fn next_number(sequence: pg_sys::Oid) -> i64 {
    // SAFETY: raises when there is no such sequence, or the role may not draw from it.
    unsafe { guard::call(|| raw::nextval_internal(sequence, true)) }
}

/// The same without asking for the right to draw it.
pub fn next_number_unasked(sequence: pg_sys::Oid) -> i64 {
    // SAFETY: raises when there is no such sequence.
    unsafe { guard::call(|| raw::nextval_internal(sequence, false)) }
}

/// The current transaction's id, which it gets if it has none.
#[inline]
pub fn transaction_id() -> u64 {
    match clock::current_xid() {
        // SAFETY: within a transaction. Where none can get an id, the first two say so with an
        // SQLSTATE of its own.
        0 => unsafe {
            guard::call(|| {
                raw::PreventCommandDuringRecovery(c"eventlog.new_xid()".as_ptr());
                raw::PreventCommandIfParallelMode(c"eventlog.new_xid()".as_ptr());
                raw::GetTopFullTransactionId().value
            })
        },
        xid => xid,
    }
}
