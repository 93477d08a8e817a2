//! Making an entrance: what the executor makes for each statement.

use super::{Entrance, LOCK, NO_LOCK, Spec, raw};
use crate::pg::policy::{self, Policies};
use crate::pg::tuple;
use pgrx::pg_sys;
use std::ffi::CStr;

/// Makes what rows go through; false where it cannot be.
///
/// # Safety
/// Within a guarded call. The table is open and locked, and the memory of `made` is the current context.
pub(super) unsafe fn build(
    made: *mut Entrance,
    relation: pg_sys::Relation,
    spec: &Spec<'_>,
) -> bool {
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
        new.types =
            raw::palloc0((new.columns + 1) * size_of::<pg_sys::Oid>()).cast::<pg_sys::Oid>();
        for i in 0..new.columns {
            *new.types.add(i) = tuple::attribute(desc, i).atttypid;
        }
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
pub(super) unsafe fn check_privileges(estate: *mut pg_sys::EState) {
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
