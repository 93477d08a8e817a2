//! What is called of Postgres within a guarded call: bare, since pgrx's wrappers must not stand there.

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
    pub fn ExecStoreVirtualTuple(slot: *mut pg_sys::TupleTableSlot) -> *mut pg_sys::TupleTableSlot;
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
