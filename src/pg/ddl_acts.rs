//! Event triggers: what a statement of DDL did to columns, keys and types.

use super::ddl::{nodes, string};
use super::{spi, types};
use pgrx::pg_sys;

/// What a statement did to a column or key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnAct {
    /// there is a new column
    Added(String),
    /// a column has another name
    Renamed {
        /// its name before
        from: String,
        /// its name now
        to: String,
    },
    /// a column has another type, or is computed otherwise
    Retyped {
        /// the column
        column: String,
        /// the types through which casts took its values, the former one first and the present
        /// one last; none where an expression made them
        casts: Option<Vec<pg_sys::Oid>>,
    },
    /// there is a new primary key
    KeyAdded,
    /// a constraint went, perhaps the primary key
    ConstraintDropped,
    /// the columns are those of a type from now on
    Typed,
}

/// What a statement did to the words in which values of a type are told: an attribute of a row
/// type, or a label of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeAct {
    /// the type
    pub kind: pg_sys::Oid,
    /// what the word was
    pub word: String,
    /// what it is now; none for a word that is new, and so says something else than before
    pub now: Option<String>,
}

/// What the statement whose end fired this event trigger did.
#[derive(Default)]
pub struct Acts {
    /// to columns and keys, table by table
    pub columns: Vec<(pg_sys::Oid, ColumnAct)>,
    /// to types
    pub types: Vec<TypeAct>,
}

/// What the statement whose end fired this event trigger did to columns, keys and types. Nothing
/// for a statement that, by its text, cannot have done anything of the kind.
///
/// A column of a table can be renamed by ALTER VIEW as well, or as the attribute of a type:
/// Postgres asks no more than that it is a column.
///
/// # Safety
/// `node` is null or the live parse tree of the statement.
pub(super) unsafe fn acts(node: *mut pg_sys::Node) -> Acts {
    let mut acts = Acts::default();
    // SAFETY: the parse tree is live, as promised; the tag says which struct it is.
    unsafe {
        if node.is_null() {
            return acts;
        }
        match (*node).type_ {
            pg_sys::NodeTag::T_RenameStmt => {
                let statement = &*node.cast::<pg_sys::RenameStmt>();
                if !matches!(
                    statement.renameType,
                    pg_sys::ObjectType::OBJECT_COLUMN | pg_sys::ObjectType::OBJECT_ATTRIBUTE
                ) {
                    return acts;
                }
                let (from, to) = (string(statement.subname), string(statement.newname));
                for (oid, _) in commands() {
                    acts.types.extend(types::row_type(oid).map(|kind| TypeAct {
                        kind,
                        word: from.clone(),
                        now: Some(to.clone()),
                    }));
                    let (from, to) = (from.clone(), to.clone());
                    acts.columns.push((oid, ColumnAct::Renamed { from, to }));
                }
            }
            pg_sys::NodeTag::T_AlterTableStmt => {
                let list = (*node.cast::<pg_sys::AlterTableStmt>()).cmds;
                if !nodes(list).any(|command| concerns(command)) {
                    return acts;
                }
                for (oid, command) in commands() {
                    acts.columns.extend(subcommands(oid, command));
                }
                for (oid, act) in &acts.columns {
                    if let ColumnAct::Added(word) = act {
                        acts.types.extend(types::row_type(*oid).map(|kind| TypeAct {
                            kind,
                            word: word.clone(),
                            now: None,
                        }));
                    }
                }
            }
            pg_sys::NodeTag::T_AlterEnumStmt => {
                let statement = &*node.cast::<pg_sys::AlterEnumStmt>();
                if statement.oldVal.is_null() || statement.newVal.is_null() {
                    return acts;
                }
                let (word, now) = (string(statement.oldVal), string(statement.newVal));
                acts.types.extend(altered_types().map(|kind| TypeAct {
                    kind,
                    word: word.clone(),
                    now: Some(now.clone()),
                }));
            }
            _ => {}
        }
    }
    acts
}

/// The commands on relations of which the statement consisted.
fn commands() -> Vec<(pg_sys::Oid, *mut pg_sys::CollectedCommand)> {
    let found = spi::run(
        "select c.objid, c.command from pg_catalog.pg_event_trigger_ddl_commands() c \
         where c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass",
        &[],
        |row| {
            Some((
                row.oid(1)?,
                row.datum(2)?
                    .of_kind(pg_sys::PG_DDL_COMMANDOID)
                    .cast_mut_ptr(),
            ))
        },
    );
    found.into_iter().flatten().collect()
}

/// The types that the statement altered.
fn altered_types() -> impl Iterator<Item = pg_sys::Oid> {
    let found = spi::run(
        "select c.objid from pg_catalog.pg_event_trigger_ddl_commands() c \
         where c.classid operator(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass",
        &[],
        |row| row.oid(1),
    );
    found.into_iter().flatten()
}

/// # Safety
/// `command` is a command that Postgres has collected for the running event trigger.
unsafe fn subcommands(
    table: pg_sys::Oid,
    command: *mut pg_sys::CollectedCommand,
) -> Vec<(pg_sys::Oid, ColumnAct)> {
    // SAFETY: the collected commands live until the statement ends; their kind says which part of
    // the union they use. An element's address is that of what it made, none where it did nothing.
    unsafe {
        if (*command).type_ != pg_sys::CollectedCommandType::SCT_AlterTable {
            return Vec::new();
        }
        nodes((*command).d.alterTable.subcmds)
            .filter_map(|n| {
                let part = &*n.cast::<pg_sys::CollectedATSubcmd>();
                let act = act_of(table, part.parsetree)?;
                // A partition's share of it stands here as well, and where "if not exists" added
                // nothing there is no address.
                let of_column = matches!(act, ColumnAct::Added(_) | ColumnAct::Retyped { .. });
                (!of_column || part.address.objectId == table).then_some((table, act))
            })
            .collect()
    }
}

/// Whether a subcommand is about columns or keys.
///
/// # Safety
/// `command` is a live subcommand of ALTER TABLE.
unsafe fn concerns(command: *mut pg_sys::Node) -> bool {
    // SAFETY: as promised; with no table, nothing is looked up in the catalogue.
    unsafe { act_of(pg_sys::InvalidOid, command).is_some() }
}

/// # Safety
/// `command` is a live subcommand of ALTER TABLE.
unsafe fn act_of(table: pg_sys::Oid, command: *mut pg_sys::Node) -> Option<ColumnAct> {
    use pg_sys::AlterTableType as T;
    // SAFETY: the subtype says what the definition is.
    unsafe {
        let command = &*command.cast::<pg_sys::AlterTableCmd>();
        let column = || command.def.cast::<pg_sys::ColumnDef>();
        #[cfg(any(feature = "pg17", feature = "pg18"))]
        if command.subtype == T::AT_SetExpression {
            return Some(ColumnAct::Retyped {
                column: string(command.name),
                casts: None,
            });
        }
        // The same subcommand on its way to the partitions.
        #[cfg(feature = "pg15")]
        if command.subtype == T::AT_AddColumnRecurse {
            return Some(ColumnAct::Added(string((*column()).colname)));
        }
        #[cfg(feature = "pg15")]
        if matches!(
            command.subtype,
            T::AT_DropConstraintRecurse | T::AT_DropColumnRecurse
        ) {
            return Some(ColumnAct::ConstraintDropped);
        }
        match command.subtype {
            T::AT_AddColumn => Some(ColumnAct::Added(string((*column()).colname))),
            T::AT_AlterColumnType => {
                let column = string(command.name);
                let using = (*command.def.cast::<pg_sys::ColumnDef>()).raw_default;
                let casts = casts_of(table, &column, using);
                Some(ColumnAct::Retyped { column, casts })
            }
            T::AT_AddIndex | T::AT_AddIndexConstraint => {
                let index = command.def.cast::<pg_sys::IndexStmt>();
                (*index).primary.then_some(ColumnAct::KeyAdded)
            }
            // Before it is taken apart, a primary key is a constraint.
            T::AT_AddConstraint => {
                let constraint = command.def.cast::<pg_sys::Constraint>();
                let primary = (*constraint).type_ == pg_sys::NodeTag::T_Constraint
                    && (*constraint).contype == pg_sys::ConstrType::CONSTR_PRIMARY;
                primary.then_some(ColumnAct::KeyAdded)
            }
            // A column takes the constraints along that it is part of.
            T::AT_DropConstraint | T::AT_DropColumn => Some(ColumnAct::ConstraintDropped),
            T::AT_AddOf => Some(ColumnAct::Typed),
            _ => None,
        }
    }
}

/// The types through which a change of type took a column's values; none where its USING is more
/// than a cast of the column itself, or several.
///
/// # Safety
/// `using` is null or a live expression as it was parsed.
unsafe fn casts_of(
    table: pg_sys::Oid,
    column: &str,
    mut using: *mut pg_sys::Node,
) -> Option<Vec<pg_sys::Oid>> {
    let (present, modifier) = types::of_column(table, column)?;
    let mut casts = vec![present];
    // SAFETY: the tag says which struct a node is. The types are there, since the statement that
    // named them has succeeded; one that is not raises an error.
    unsafe {
        while !using.is_null() {
            match (*using).type_ {
                pg_sys::NodeTag::T_TypeCast => {
                    let cast = &*using.cast::<pg_sys::TypeCast>();
                    let (mut kind, mut given) = (pg_sys::InvalidOid, -1);
                    pg_sys::typenameTypeIdAndMod(
                        std::ptr::null_mut(),
                        cast.typeName,
                        &mut kind,
                        &mut given,
                    );
                    let is_present = casts.len() == 1 && (kind, given) == (present, modifier);
                    // A length or precision on the way there cuts values off.
                    if !is_present && (given != -1 || types::base(kind).1 != -1) {
                        return None;
                    }
                    if !is_present {
                        casts.push(kind);
                    }
                    using = cast.arg;
                }
                pg_sys::NodeTag::T_CollateClause => {
                    using = (*using.cast::<pg_sys::CollateClause>()).arg;
                }
                pg_sys::NodeTag::T_ColumnRef => {
                    let last = nodes((*using.cast::<pg_sys::ColumnRef>()).fields).last()?;
                    if (*last).type_ != pg_sys::NodeTag::T_String
                        || string((*last.cast::<pg_sys::String>()).sval) != column
                    {
                        return None;
                    }
                    break;
                }
                _ => return None,
            }
        }
    }
    casts.push(types::former_of_column(table, column)?);
    casts.reverse();
    Some(casts)
}
