//! Event triggers: what a statement of DDL did.

use super::fcall::Schema;
use super::spi::{self, Value};
use crate::error::Error;
use pgrx::pg_sys;
use std::ffi::CStr;

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

/// What a statement does to the tree of partitions and children that a table stands in.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct TreeChange {
    /// makes or attaches partitions
    pub adds_partitions: bool,
    /// gives a table a parent that it inherits from
    pub inherits: bool,
    /// detaches a partition: this one, unless it is gone already
    pub detaches: Option<pg_sys::Oid>,
}

/// A statement of DDL, in the event trigger that its end fired.
pub struct Statement<'a> {
    event: &'a pg_sys::EventTriggerData,
    /// where the event trigger's function stands, under whatever name that schema has now
    pub schema: Schema,
}

impl<'a> Statement<'a> {
    pub(super) fn new(event: &'a pg_sys::EventTriggerData, schema: Schema) -> Self {
        Statement { event, schema }
    }

    /// Its parse tree; null or live as long as this.
    pub(super) fn tree(&self) -> *mut pg_sys::Node {
        self.event.parsetree
    }

    /// What it does to trees of tables.
    pub fn tree_change(&self) -> TreeChange {
        let mut change = TreeChange::default();
        // SAFETY: the event's parse tree is live during the call.
        unsafe { statement_changes(self.tree(), &mut change) };
        change
    }

    /// The table and name of the trigger that it has put in the place of another one, as far as its text says.
    pub fn replaced_trigger(&self) -> Option<(pg_sys::Oid, String)> {
        // SAFETY: the event's parse tree is live during the call.
        unsafe { replaced_trigger(self.tree()) }
    }

    /// What it did to columns, keys and types.
    pub fn acts(&self) -> super::ddl_acts::Acts {
        // SAFETY: the event's parse tree is live during the call.
        unsafe { super::ddl_acts::acts(self.tree()) }
    }
}

/// # Safety
/// `node` is null or a live parse tree.
unsafe fn statement_changes(node: *mut pg_sys::Node, change: &mut TreeChange) {
    // SAFETY: the tag says which struct a node is; the lists hold nodes of the kinds named.
    unsafe {
        if node.is_null() {
            return;
        }
        match (*node).type_ {
            // A foreign table begins as any other does.
            pg_sys::NodeTag::T_CreateStmt | pg_sys::NodeTag::T_CreateForeignTableStmt => {
                let statement = node.cast::<pg_sys::CreateStmt>();
                if !(*statement).partbound.is_null() {
                    change.adds_partitions = true;
                } else if !(*statement).inhRelations.is_null() {
                    change.inherits = true;
                }
            }
            pg_sys::NodeTag::T_AlterTableStmt => {
                // Partitions of an index go with those of its table.
                if (*node.cast::<pg_sys::AlterTableStmt>()).objtype
                    == pg_sys::ObjectType::OBJECT_INDEX
                {
                    return;
                }
                for command in nodes((*node.cast::<pg_sys::AlterTableStmt>()).cmds) {
                    let command = command.cast::<pg_sys::AlterTableCmd>();
                    match (*command).subtype {
                        pg_sys::AlterTableType::AT_AttachPartition => change.adds_partitions = true,
                        pg_sys::AlterTableType::AT_AddInherit => change.inherits = true,
                        pg_sys::AlterTableType::AT_DetachPartition
                        | pg_sys::AlterTableType::AT_DetachPartitionFinalize => {
                            let name = (*(*command).def.cast::<pg_sys::PartitionCmd>()).name;
                            let oid = pg_sys::RangeVarGetRelidExtended(
                                name,
                                pg_sys::NoLock as i32,
                                pg_sys::RVROption::RVR_MISSING_OK,
                                None,
                                std::ptr::null_mut(),
                            );
                            change.detaches = (oid != pg_sys::InvalidOid).then_some(oid);
                        }
                        _ => {}
                    }
                }
            }
            // What it makes is what the other server's wrapper says.
            pg_sys::NodeTag::T_ImportForeignSchemaStmt => {
                change.adds_partitions = true;
                change.inherits = true;
            }
            pg_sys::NodeTag::T_CreateSchemaStmt => {
                for element in nodes((*node.cast::<pg_sys::CreateSchemaStmt>()).schemaElts) {
                    statement_changes(element, change);
                }
            }
            _ => {}
        }
    }
}

/// # Safety
/// `node` is null or a live parse tree.
unsafe fn replaced_trigger(node: *mut pg_sys::Node) -> Option<(pg_sys::Oid, String)> {
    // SAFETY: the tag says which struct a node is, and a trigger has a name and a relation.
    unsafe {
        if node.is_null() || (*node).type_ != pg_sys::NodeTag::T_CreateTrigStmt {
            return None;
        }
        let statement = &*node.cast::<pg_sys::CreateTrigStmt>();
        if !statement.replace {
            return None;
        }
        let oid = pg_sys::RangeVarGetRelidExtended(
            statement.relation,
            pg_sys::NoLock as i32,
            pg_sys::RVROption::RVR_MISSING_OK,
            None,
            std::ptr::null_mut(),
        );
        let name = CStr::from_ptr(statement.trigname).to_string_lossy();
        (oid != pg_sys::InvalidOid).then(|| (oid, name.into_owned()))
    }
}

/// What the statement whose end fired this event trigger dropped.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// what it was, as Postgres calls it: table, table column, trigger, table constraint ...
    pub kind: String,
    /// its oid, or that of the table whose column it was
    pub oid: pg_sys::Oid,
    /// its schema and name, as far as it has them
    pub name: String,
    /// name of a column, trigger or constraint; of a default, its column
    pub part: Option<String>,
    /// whether the statement named it, and did not merely take it along
    pub original: bool,
}

impl Dropped {
    /// Whether it was a table, and not a part of one.
    pub fn is_table(&self) -> bool {
        self.kind == "table"
    }
}

/// The relations, columns, defaults, triggers and constraints among what the statement dropped.
pub fn dropped() -> Vec<Dropped> {
    // What is a part of a table is named by schema, table and its own name.
    let found = spi::run_kept(
        "select o.object_type, o.objid, coalesce(o.schema_name operator(pg_catalog.||) '.' \
                operator(pg_catalog.||) o.object_name, o.object_identity), \
            o.address_names[3], o.original \
         from pg_catalog.pg_event_trigger_dropped_objects() o \
         where o.classid operator(pg_catalog.=) any (array['pg_catalog.pg_class', \
            'pg_catalog.pg_trigger', 'pg_catalog.pg_constraint', 'pg_catalog.pg_attrdef']::pg_catalog.regclass[]::pg_catalog.oid[])",
        &[],
        |row| {
            Some(Dropped {
                kind: row.string(1)?,
                oid: row.oid(2)?,
                name: row.string(3).unwrap_or_default(),
                part: row.string(4),
                original: row.bool(5).unwrap_or(false),
            })
        },
    );
    found.into_iter().flatten().collect()
}

/// Whether the statement whose end fired this event trigger put something into a schema, altered it, or made or moved an
/// extension, which may lie there.
pub fn reaches(schema: &Schema) -> bool {
    let found = spi::run_kept(
        "select from pg_catalog.pg_event_trigger_ddl_commands() c \
         where c.schema_name operator(pg_catalog.=) $1 \
            or c.classid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid \
            or c.classid operator(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid \
                and c.objid operator(pg_catalog.=) $2 \
         limit 1",
        &[Value::text(schema.name()), Value::Oid(schema.oid)],
        |_| (),
    );
    !found.is_empty()
}

/// Whether a script of this extension runs: its installation or an upgrade.
pub fn in_own_script() -> bool {
    // SAFETY: reads backend-local state; a missing extension is no error.
    unsafe {
        pg_sys::creating_extension
            && pg_sys::CurrentExtensionObject
                == pg_sys::get_extension_oid(c"pg_eventlog".as_ptr(), true)
    }
}

/// # Safety
/// `text` is null or NUL-terminated.
pub(super) unsafe fn string(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: as promised.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// # Safety
/// `list` is null or a live list of nodes, which outlives the iterator.
pub(super) unsafe fn nodes(list: *mut pg_sys::List) -> impl Iterator<Item = *mut pg_sys::Node> {
    // SAFETY: null or a live list, as promised; a list has `length` elements.
    let length = unsafe { list.as_ref() }.map_or(0, |l| l.length as usize);
    (0..length).map(move |i| {
        // SAFETY: as above; the elements of these lists are pointers to nodes.
        unsafe { (*(*list).elements.add(i)).ptr_value.cast() }
    })
}
