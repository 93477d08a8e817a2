//! Rows straight into a table, the way COPY and logical replication write them: row triggers, policies, constraints and
//! indexes as ever, without a plan and without the executor's start and end for each statement.
//!
//! What the executor makes anew for each statement is made once, and kept as long as the table stays what it is. What
//! others rely on being asked for each statement is asked for each: privileges, the locks on table and indexes, whether
//! the transaction may write.
//!
//! Left out are statement triggers, triggers after the row, rules, routing to partitions, defaults, generated columns. The
//! caller knows that there is none of it.

use super::guard;
use super::inval::AsOf;
use super::policy::{self, Policies};
use pgrx::pg_sys::{self, Datum};
use std::ffi::CStr;

mod raw {
    use pgrx::pg_sys;
    use std::ffi::{c_char, c_int, c_void};
    unsafe extern "C-unwind" {
        pub fn table_open(oid: pg_sys::Oid, mode: c_int) -> pg_sys::Relation;
        pub fn table_close(relation: pg_sys::Relation, mode: c_int);
        pub fn index_open(oid: pg_sys::Oid, mode: c_int) -> pg_sys::Relation;
        pub fn index_close(relation: pg_sys::Relation, mode: c_int);
        pub fn RelationGetIndexList(relation: pg_sys::Relation) -> *mut pg_sys::List;
        pub fn BuildIndexInfo(index: pg_sys::Relation) -> *mut pg_sys::IndexInfo;
        pub fn CreateExecutorState() -> *mut pg_sys::EState;
        pub fn MakePerTupleExprContext(estate: *mut pg_sys::EState) -> *mut pg_sys::ExprContext;
        pub fn MakeTupleTableSlot(
            desc: pg_sys::TupleDesc,
            ops: *const pg_sys::TupleTableSlotOps,
        ) -> *mut pg_sys::TupleTableSlot;
        pub fn CreateTupleDescCopyConstr(desc: pg_sys::TupleDesc) -> pg_sys::TupleDesc;
        pub fn CopyTriggerDesc(triggers: *mut pg_sys::TriggerDesc) -> *mut pg_sys::TriggerDesc;
        pub fn fmgr_info_cxt(
            function: pg_sys::Oid,
            info: *mut pg_sys::FmgrInfo,
            memory: pg_sys::MemoryContext,
        );
        pub fn palloc0(size: usize) -> *mut c_void;
        pub fn lappend(list: *mut pg_sys::List, item: *mut c_void) -> *mut pg_sys::List;
        pub fn makeAlias(name: *const c_char, columns: *mut pg_sys::List) -> *mut pg_sys::Alias;
        pub fn bms_add_member(set: *mut pg_sys::Bitmapset, x: c_int) -> *mut pg_sys::Bitmapset;
        pub fn PreventCommandIfReadOnly(name: *const c_char);
        pub fn PreventCommandIfParallelMode(name: *const c_char);
        #[cfg(feature = "pg15")]
        pub fn ExecCheckRTPerms(tables: *mut pg_sys::List, raise: bool) -> bool;
        #[cfg(not(feature = "pg15"))]
        pub fn ExecCheckPermissions(
            tables: *mut pg_sys::List,
            wanted: *mut pg_sys::List,
            raise: bool,
        ) -> bool;
        pub fn GetCurrentCommandId(used: bool) -> pg_sys::CommandId;
        pub fn CommandCounterIncrement();
        pub fn ExecStoreVirtualTuple(
            slot: *mut pg_sys::TupleTableSlot,
        ) -> *mut pg_sys::TupleTableSlot;
        pub fn ExecBRInsertTriggers(
            estate: *mut pg_sys::EState,
            result: *mut pg_sys::ResultRelInfo,
            slot: *mut pg_sys::TupleTableSlot,
        ) -> bool;
        pub fn ExecWithCheckOptions(
            kind: pg_sys::WCOKind::Type,
            result: *mut pg_sys::ResultRelInfo,
            slot: *mut pg_sys::TupleTableSlot,
            estate: *mut pg_sys::EState,
        );
        pub fn ExecConstraints(
            result: *mut pg_sys::ResultRelInfo,
            slot: *mut pg_sys::TupleTableSlot,
            estate: *mut pg_sys::EState,
        );
        pub fn ExecInsertIndexTuples(
            result: *mut pg_sys::ResultRelInfo,
            slot: *mut pg_sys::TupleTableSlot,
            estate: *mut pg_sys::EState,
            update: bool,
            no_error: bool,
            conflict: *mut bool,
            arbiters: *mut pg_sys::List,
            #[cfg(not(feature = "pg15"))] only_summarizing: bool,
        ) -> *mut pg_sys::List;
        pub fn ExecCloseIndices(result: *mut pg_sys::ResultRelInfo);
        pub fn InitResultRelInfo(
            result: *mut pg_sys::ResultRelInfo,
            relation: pg_sys::Relation,
            index: pg_sys::Index,
            root: *mut pg_sys::ResultRelInfo,
            instrument: c_int,
        );
        pub fn MemoryContextReset(memory: pg_sys::MemoryContext);
        pub fn MemoryContextDelete(memory: pg_sys::MemoryContext);
        pub fn RunFunctionExecuteHook(function: pg_sys::Oid);
    }
}

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
    pub fn insert(&mut self, fill: impl FnOnce(&mut NewRow<'_>)) -> bool {
        let this = &*self;
        // SAFETY: the slot is empty, and its arrays are as long as its row type, a copy of the open table's. The closure
        // calls C alone; an error passes whole, and ends what is kept with it.
        unsafe {
            let (slot, result, estate) = (this.slot, this.result, this.estate);
            let mut row = NewRow {
                values: std::slice::from_raw_parts_mut((*slot).tts_values, this.columns),
                nulls: std::slice::from_raw_parts_mut((*slot).tts_isnull, this.columns),
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

/// Makes what rows go through; false where it cannot be.
///
/// # Safety
/// Within a guarded call. The table is open and locked, and the memory of `made` is the current context.
unsafe fn build(made: *mut Entrance, relation: pg_sys::Relation, spec: &Spec<'_>) -> bool {
    // SAFETY: the relation is open; what is allocated lives as long as `made`. Nothing here is dropped.
    unsafe {
        let memory = (*made).memory;
        let new = &mut *made;
        let estate = raw::CreateExecutorState();
        new.estate = estate;
        let result =
            raw::palloc0(size_of::<pg_sys::ResultRelInfo>()).cast::<pg_sys::ResultRelInfo>();
        (*result).type_ = pg_sys::NodeTag::T_ResultRelInfo;
        new.result = result;

        let mut policies = Policies::none();
        if let Some(named) = spec.named {
            range_table(estate, relation, named);
            // In the order in which a statement is rewritten, planned and started.
            if !policy::find(estate, &mut policies) {
                return false;
            }
            raw::PreventCommandIfReadOnly(c"INSERT".as_ptr());
            raw::PreventCommandIfParallelMode(c"INSERT".as_ptr());
            check_privileges(estate);
        }

        raw::InitResultRelInfo(
            result,
            relation,
            pg_sys::Index::from(spec.named.is_some()),
            std::ptr::null_mut(),
            0,
        );
        if !one_trigger(result, relation, spec.trigger, memory) {
            return false;
        }
        policies.compile(result);

        let (count, found) = (spec.functions.len(), policies.functions());
        let extra = found.as_ref().map_or(0, |list| list.length as usize);
        new.functions =
            raw::palloc0((count + extra + 1) * size_of::<pg_sys::Oid>()).cast::<pg_sys::Oid>();
        for (i, function) in spec.functions.iter().enumerate() {
            *new.functions.add(i) = *function;
        }
        for i in 0..extra {
            *new.functions.add(count + i) = (*(*found).elements.add(i)).oid_value;
        }
        new.function_count = count + extra;

        let list = raw::RelationGetIndexList(relation);
        let count = list.as_ref().map_or(0, |list| list.length as usize);
        new.indexes = raw::palloc0((count + 1) * size_of::<pg_sys::Oid>()).cast::<pg_sys::Oid>();
        new.index_count = count;
        (*result).ri_NumIndices = count as i32;
        (*result).ri_IndexRelationDescs =
            raw::palloc0((count + 1) * size_of::<pg_sys::Relation>()).cast::<pg_sys::Relation>();
        (*result).ri_IndexRelationInfo =
            raw::palloc0((count + 1) * size_of::<*mut pg_sys::IndexInfo>())
                .cast::<*mut pg_sys::IndexInfo>();
        for i in 0..count {
            let oid = (*(*list).elements.add(i)).oid_value;
            let index = raw::index_open(oid, LOCK);
            *new.indexes.add(i) = oid;
            *(*result).ri_IndexRelationInfo.add(i) = raw::BuildIndexInfo(index);
            // Others keep in it what is of the statement.
            new.lasting &= (*(*index).rd_rel).relam == pg_sys::BTREE_AM_OID;
            raw::index_close(index, NO_LOCK);
        }

        let desc = raw::CreateTupleDescCopyConstr((*relation).rd_att);
        new.columns = (*desc).natts as usize;
        new.slot = raw::MakeTupleTableSlot(desc, std::ptr::addr_of!(pg_sys::TTSOpsVirtual));
        new.row = (*raw::MakePerTupleExprContext(estate)).ecxt_per_tuple_memory;
        (*result).ri_RelationDesc = std::ptr::null_mut();
        true
    }
}

/// The range table of an INSERT into this table that names these columns, as relation 1, for whoever asks the executor
/// what was given: privileges, and the DETAIL of a row that fails.
///
/// # Safety
/// As for [`build`].
unsafe fn range_table(estate: *mut pg_sys::EState, relation: pg_sys::Relation, named: &[i16]) {
    // SAFETY: as promised.
    unsafe {
        let form = (*relation).rd_rel;
        let mut columns = std::ptr::null_mut();
        for column in named {
            let member = i32::from(*column) - pg_sys::FirstLowInvalidHeapAttributeNumber;
            columns = raw::bms_add_member(columns, member);
        }
        let entry =
            raw::palloc0(size_of::<pg_sys::RangeTblEntry>()).cast::<pg_sys::RangeTblEntry>();
        (*entry).type_ = pg_sys::NodeTag::T_RangeTblEntry;
        (*entry).rtekind = pg_sys::RTEKind::RTE_RELATION;
        (*entry).relid = (*relation).rd_id;
        (*entry).relkind = (*form).relkind;
        (*entry).rellockmode = LOCK;
        let name = std::ptr::addr_of!((*form).relname.data).cast();
        (*entry).eref = raw::makeAlias(name, std::ptr::null_mut());
        #[cfg(feature = "pg15")]
        {
            (*entry).requiredPerms = pg_sys::ACL_INSERT as pg_sys::AclMode;
            (*entry).insertedCols = columns;
        }
        #[cfg(not(feature = "pg15"))]
        {
            let wanted = raw::palloc0(size_of::<pg_sys::RTEPermissionInfo>())
                .cast::<pg_sys::RTEPermissionInfo>();
            (*wanted).type_ = pg_sys::NodeTag::T_RTEPermissionInfo;
            (*wanted).relid = (*relation).rd_id;
            (*wanted).requiredPerms = pg_sys::ACL_INSERT as pg_sys::AclMode;
            (*wanted).insertedCols = columns;
            (*entry).perminfoindex = 1;
            (*estate).es_rteperminfos = raw::lappend(std::ptr::null_mut(), wanted.cast());
        }
        (*estate).es_range_table = raw::lappend(std::ptr::null_mut(), entry.cast());
        (*estate).es_range_table_size = 1;
    }
}

/// # Safety
/// Within a guarded call; the executor state has its range table.
unsafe fn check_privileges(estate: *mut pg_sys::EState) {
    // SAFETY: as promised.
    unsafe {
        #[cfg(feature = "pg15")]
        raw::ExecCheckRTPerms((*estate).es_range_table, true);
        #[cfg(not(feature = "pg15"))]
        raw::ExecCheckPermissions((*estate).es_range_table, (*estate).es_rteperminfos, true);
    }
}

/// Leaves this one of the table's triggers: others fire for nothing that happens here. False where there is no such
/// trigger before the row.
///
/// # Safety
/// As for [`build`]; the result is initialised.
unsafe fn one_trigger(
    result: *mut pg_sys::ResultRelInfo,
    relation: pg_sys::Relation,
    name: &CStr,
    memory: pg_sys::MemoryContext,
) -> bool {
    const BEFORE_INSERT_ROW: i16 = (pg_sys::TRIGGER_TYPE_ROW
        | pg_sys::TRIGGER_TYPE_BEFORE
        | pg_sys::TRIGGER_TYPE_INSERT) as i16;
    // SAFETY: the relation is open; trigger names are NUL-terminated.
    unsafe {
        let all = raw::CopyTriggerDesc((*relation).trigdesc);
        if all.is_null() {
            return false;
        }
        for i in 0..(*all).numtriggers as usize {
            let trigger = (*all).triggers.add(i);
            if (*trigger).tgtype == BEFORE_INSERT_ROW
                && CStr::from_ptr((*trigger).tgname) == name
                && (*trigger).tgqual.is_null()
            {
                let one =
                    raw::palloc0(size_of::<pg_sys::TriggerDesc>()).cast::<pg_sys::TriggerDesc>();
                (*one).triggers = trigger;
                (*one).numtriggers = 1;
                (*one).trig_insert_before_row = true;
                (*result).ri_TrigDesc = one;
                raw::fmgr_info_cxt((*trigger).tgfoid, (*result).ri_TrigFunctions, memory);
                return true;
            }
        }
        false
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
