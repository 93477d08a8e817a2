//! Rows straight into a table, the way COPY and logical replication write them: row triggers, policies, constraints and
//! indexes as ever, without a plan and without the executor's start and end for each statement.
//!
//! What the executor makes anew for each statement is made once, and kept as long as the table stays what it is. What
//! others rely on being asked for each statement is asked for each: privileges, the locks on table and indexes, whether
//! the transaction may write.
//!
//! Left out are statement triggers, triggers after the row, rules, routing to partitions, defaults, generated columns. The
//! caller knows that there is none of it.

mod build;
mod raw;

use super::datum::Datum;
use super::guard;
use super::inval::AsOf;
use build::{build, check_privileges};
use pgrx::pg_sys;
use std::ffi::CStr;
use std::marker::PhantomData;

const LOCK: i32 = pg_sys::RowExclusiveLock as i32;
const NO_LOCK: i32 = pg_sys::NoLock as i32;

/// What goes into which table, and as whom.
pub struct Spec<'a> {
    /// a plain table, of the access method heap
    pub table: pg_sys::Oid,
    /// its one trigger that fires for an INSERT: before each row
    pub trigger: &'a CStr,
    /// the columns that a statement would name, for the privileges of the current role; none where nobody is asked,
    /// and no policy holds
    pub named: Option<&'a [i16]>,
    /// what the executor would call for each row: functions in defaults
    pub functions: &'a [pg_sys::Oid],
}

/// What rows go through into a table, as one role, as long as table, role and functions stay what they are.
pub struct Entrance {
    table: pg_sys::Oid,
    /// all that follows lies in it
    memory: pg_sys::MemoryContext,
    estate: *mut pg_sys::EState,
    result: *mut pg_sys::ResultRelInfo,
    slot: *mut pg_sys::TupleTableSlot,
    /// what one row needs
    row: pg_sys::MemoryContext,
    columns: usize,
    /// the columns' types
    types: *mut pg_sys::Oid,
    /// the indexes, and how many
    indexes: *mut pg_sys::Oid,
    index_count: usize,
    /// whether the current role's privileges are asked for
    asks: bool,
    /// functions of defaults and policies, by an array and how many
    functions: *mut pg_sys::Oid,
    function_count: usize,
    /// whether it serves more than one statement
    lasting: bool,
}

/// The row that is made next; columns that are not set are null.
pub struct NewRow<'a, 'v> {
    values: &'a mut [pg_sys::Datum],
    nulls: &'a mut [bool],
    types: &'a [pg_sys::Oid],
    _values: PhantomData<Datum<'v>>,
}

impl<'v> NewRow<'_, 'v> {
    /// Sets a column, by its position from 1; its value is of the column's type.
    #[inline]
    pub fn set(&mut self, column: i16, value: Option<Datum<'v>>) {
        let i = column as usize - 1;
        if let Some(value) = value {
            self.values[i] = value.of_kind(self.types[i]);
            self.nulls[i] = false;
        }
    }
}

impl Entrance {
    /// Makes it, for the current role. None where its policies ask what only the executor can, or where the table's
    /// trigger is another one.
    pub fn make(spec: &Spec<'_>) -> Option<Entrance> {
        let mut new = Entrance {
            table: spec.table,
            memory: std::ptr::null_mut(),
            estate: std::ptr::null_mut(),
            result: std::ptr::null_mut(),
            slot: std::ptr::null_mut(),
            row: std::ptr::null_mut(),
            columns: 0,
            types: std::ptr::null_mut(),
            indexes: std::ptr::null_mut(),
            index_count: 0,
            asks: spec.named.is_some(),
            functions: std::ptr::null_mut(),
            function_count: 0,
            lasting: true,
        };
        let made = &raw mut new;
        // SAFETY: the closure calls C, and functions of this module that hold nothing to drop. What it makes lies in a
        // context of its own, which `new` deletes however this ends; relations are given back by the resource owner
        // where an error comes.
        let done = unsafe {
            (*made).memory = pg_sys::AllocSetContextCreateInternal(
                pg_sys::TopMemoryContext,
                c"pg_eventlog entrance".as_ptr(),
                pg_sys::ALLOCSET_SMALL_MINSIZE as usize,
                pg_sys::ALLOCSET_SMALL_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            );
            guard::call(|| {
                let before = pg_sys::CurrentMemoryContext;
                pg_sys::CurrentMemoryContext = (*made).memory;
                let relation = raw::table_open((*made).table, LOCK);
                let done = build(made, relation, spec);
                raw::table_close(relation, NO_LOCK);
                pg_sys::CurrentMemoryContext = before;
                done
            })
        };
        done.then_some(new)
    }

    /// Whether it may be kept for the next statement.
    pub fn is_lasting(&self) -> bool {
        self.lasting
    }

    /// Begins a statement: locks the table and its indexes, and asks what an INSERT of the current role would be asked.
    /// False where the table has changed since then: it is not what this was made for.
    pub fn open(&mut self, as_of: &AsOf) -> bool {
        let this = &*self;
        // SAFETY: the pointers lie in the kept memory, and are of the table as it was then, which is
        // asked under the lock that keeps it so. The closure calls C, and compares numbers.
        unsafe {
            guard::call(|| {
                let relation = raw::table_open(this.table, LOCK);
                if !as_of.holds() {
                    raw::table_close(relation, NO_LOCK);
                    return false;
                }
                if this.asks {
                    raw::PreventCommandIfReadOnly(c"INSERT".as_ptr());
                    raw::PreventCommandIfParallelMode(c"INSERT".as_ptr());
                    check_privileges(this.estate);
                    if std::ptr::addr_of!(pg_sys::object_access_hook)
                        .read()
                        .is_some()
                    {
                        for i in 0..this.function_count {
                            raw::RunFunctionExecuteHook(*this.functions.add(i));
                        }
                    }
                }
                let result = this.result;
                (*result).ri_RelationDesc = relation;
                for i in 0..this.index_count {
                    let index = raw::index_open(*this.indexes.add(i), LOCK);
                    *(*result).ri_IndexRelationDescs.add(i) = index;
                    // A flag of the index alone, which CREATE INDEX CONCURRENTLY sets.
                    (**(*result).ri_IndexRelationInfo.add(i)).ii_ReadyForInserts =
                        (*(*index).rd_index).indisready;
                }
                (*this.estate).es_output_cid = raw::GetCurrentCommandId(true);
                true
            })
        }
    }

    /// Inserts the row that `fill` makes; false where the trigger suppressed it. Between [`Entrance::open`] and
    /// [`Entrance::close`].
    #[inline]
    pub fn insert<'v>(&mut self, fill: impl FnOnce(&mut NewRow<'_, 'v>)) -> bool {
        let this = &*self;
        // SAFETY: the slot is empty, and its arrays are as long as its row type, a copy of the open table's. The closure
        // calls C alone; an error passes whole, and ends what is kept with it.
        unsafe {
            let (slot, result, estate) = (this.slot, this.result, this.estate);
            let mut row = NewRow {
                values: std::slice::from_raw_parts_mut((*slot).tts_values, this.columns),
                nulls: std::slice::from_raw_parts_mut((*slot).tts_isnull, this.columns),
                types: std::slice::from_raw_parts(this.types, this.columns),
                _values: PhantomData,
            };
            row.nulls.fill(true);
            fill(&mut row);
            guard::call(|| {
                let before = pg_sys::CurrentMemoryContext;
                pg_sys::CurrentMemoryContext = this.row;
                raw::ExecStoreVirtualTuple(slot);
                (*slot).tts_tableOid = this.table;
                let passed = raw::ExecBRInsertTriggers(estate, result, slot);
                if passed {
                    store(result, estate, slot, this.table);
                }
                if let Some(clear) = (*(*slot).tts_ops).clear {
                    clear(slot);
                }
                pg_sys::CurrentMemoryContext = before;
                raw::MemoryContextReset(this.row);
                passed
            })
        }
    }

    /// Ends the statement; what was inserted is visible to the next one.
    pub fn close(&mut self) {
        // SAFETY: `open` has opened all of it, and nothing refers to it any more.
        unsafe {
            let result = self.result;
            guard::call(|| {
                raw::ExecCloseIndices(result);
                raw::table_close((*result).ri_RelationDesc, NO_LOCK);
                (*result).ri_RelationDesc = std::ptr::null_mut();
                raw::CommandCounterIncrement();
            });
        }
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        if !self.memory.is_null() {
            // SAFETY: the context is this one's own, and current nowhere: where an error ends it, what was current before
            // is current again. Deleting one raises nothing, so an error that waits stays what it is.
            unsafe { raw::MemoryContextDelete(self.memory) }
        }
    }
}

/// What comes after the triggers before a row: policies, constraints, the row itself, and its place in the indexes.
///
/// # Safety
/// Within a guarded call, on an open table; the slot holds the row.
unsafe fn store(
    result: *mut pg_sys::ResultRelInfo,
    estate: *mut pg_sys::EState,
    slot: *mut pg_sys::TupleTableSlot,
    table: pg_sys::Oid,
) {
    // SAFETY: as promised; a table has an access method that inserts.
    unsafe {
        let relation = (*result).ri_RelationDesc;
        (*slot).tts_tableOid = table;
        if !(*result).ri_WithCheckOptions.is_null() {
            let kind = pg_sys::WCOKind::WCO_RLS_INSERT_CHECK;
            raw::ExecWithCheckOptions(kind, result, slot, estate);
        }
        if !(*(*relation).rd_att).constr.is_null() {
            raw::ExecConstraints(result, slot, estate);
        }
        if let Some(insert) = (*(*relation).rd_tableam).tuple_insert {
            let command = (*estate).es_output_cid;
            insert(relation, slot, command, 0, std::ptr::null_mut());
        }
        raw::ExecInsertIndexTuples(
            result,
            slot,
            estate,
            false,
            false,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            #[cfg(not(feature = "pg15"))]
            false,
        );
    }
}
