//! Event triggers: what a statement of DDL did.

use crate::error::Error;
use pgrx::pg_sys;

/// The event that fired an event trigger.
///
/// # Safety
/// `fcinfo` is the call info of the running function; the result lives for the call.
pub(super) unsafe fn event<'a>(
    fcinfo: pg_sys::FunctionCallInfo,
    function: &'static str,
) -> &'a pg_sys::EventTriggerData {
    // SAFETY: a call from the event trigger manager has an EventTriggerData as its context.
    unsafe {
        let context = (*fcinfo).context;
        if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_EventTriggerData {
            Error::TriggerMisuse { function }.raise();
        }
        &*context.cast::<pg_sys::EventTriggerData>()
    }
}

/// Whether the statement whose end fired this event trigger made or attached partitions.
///
/// # Safety
/// `fcinfo` is the call info of the running function.
pub(super) unsafe fn adds_partitions(
    fcinfo: pg_sys::FunctionCallInfo,
    function: &'static str,
) -> bool {
    // SAFETY: the event's parse tree is live during the call.
    unsafe { statement_adds(event(fcinfo, function).parsetree) }
}

/// # Safety
/// `node` is null or a live parse tree.
unsafe fn statement_adds(node: *mut pg_sys::Node) -> bool {
    // SAFETY: the tag says which struct a node is; the lists hold nodes of the kinds named.
    unsafe {
        if node.is_null() {
            return false;
        }
        match (*node).type_ {
            pg_sys::NodeTag::T_CreateStmt => {
                !(*node.cast::<pg_sys::CreateStmt>()).partbound.is_null()
            }
            pg_sys::NodeTag::T_AlterTableStmt => {
                nodes((*node.cast::<pg_sys::AlterTableStmt>()).cmds).any(|n| {
                    (*n.cast::<pg_sys::AlterTableCmd>()).subtype
                        == pg_sys::AlterTableType::AT_AttachPartition
                })
            }
            pg_sys::NodeTag::T_CreateSchemaStmt => {
                nodes((*node.cast::<pg_sys::CreateSchemaStmt>()).schemaElts)
                    .any(|n| statement_adds(n))
            }
            _ => false,
        }
    }
}

/// # Safety
/// `list` is null or a live list of nodes, which outlives the iterator.
unsafe fn nodes(list: *mut pg_sys::List) -> impl Iterator<Item = *mut pg_sys::Node> {
    // SAFETY: null or a live list, as promised; a list has `length` elements.
    let length = unsafe { list.as_ref() }.map_or(0, |l| l.length as usize);
    (0..length).map(move |i| {
        // SAFETY: as above; the elements of these lists are pointers to nodes.
        unsafe { (*(*list).elements.add(i)).ptr_value.cast() }
    })
}
