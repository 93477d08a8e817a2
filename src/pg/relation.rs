//! Relations: names, owners, columns, triggers.

use super::tuple::{self, WrongColumn};
use crate::error::Error;
use pgrx::pg_sys;
use smallvec::SmallVec;
use std::ffi::{CStr, CString};
use std::marker::PhantomData;

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        // pgrx has no binding for it.
        pub fn get_partition_ancestors(relid: pg_sys::Oid) -> *mut pg_sys::List;
        pub fn getOwnedSequences(relid: pg_sys::Oid) -> *mut pg_sys::List;
        pub fn sequenceIsOwned(
            sequence: pg_sys::Oid,
            kind: std::ffi::c_char,
            table: *mut pg_sys::Oid,
            column: *mut i32,
        ) -> bool;
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// its position in a row, from 1
    pub number: i16,
    /// its name
    pub name: String,
    /// its type
    pub kind: pg_sys::Oid,
    /// the type's modifier, or -1
    pub modifier: i32,
    /// its collation, or none
    pub collation: pg_sys::Oid,
    /// size of its values, or -1 (varlena) and -2 (C string)
    pub len: i16,
    /// whether a datum holds the value itself
    pub by_value: bool,
    /// whether it is computed when it is read, and not stored
    pub is_virtual: bool,
    /// whether it is computed when the row is written, and stored
    pub is_computed: bool,
}

/// A primary key.
pub struct PrimaryKey {
    /// its columns, in its order
    pub columns: Vec<i16>,
    /// whether it may be checked when a statement has ended, or later
    pub deferrable: bool,
}

/// A relation that somebody holds open.
#[derive(Clone, Copy)]
pub struct RelationRef<'a> {
    relation: pg_sys::Relation,
    _open: PhantomData<&'a ()>,
}

impl RelationRef<'_> {
    /// # Safety
    /// The relation stays open for the lifetime.
    pub(super) unsafe fn new(relation: pg_sys::Relation) -> Self {
        RelationRef {
            relation,
            _open: PhantomData,
        }
    }

    pub(super) fn as_ptr(&self) -> pg_sys::Relation {
        self.relation
    }

    /// Its oid.
    #[inline]
    pub fn oid(&self) -> pg_sys::Oid {
        // SAFETY: open by construction.
        unsafe { (*self.relation).rd_id }
    }

    /// Positions of the named columns, each of the type that goes with its name.
    pub fn columns<const N: usize>(
        &self,
        wanted: &[(&'static str, pg_sys::Oid); N],
    ) -> Result<[i16; N], WrongColumn> {
        // SAFETY: open by construction, so its row type is live.
        unsafe { tuple::columns((*self.relation).rd_att, wanted) }
    }

    /// The topmost table that this one is a partition of, or itself.
    pub fn root(&self) -> pg_sys::Oid {
        // SAFETY: open by construction.
        match unsafe { (*(*self.relation).rd_rel).relispartition } {
            true => root_of(self.oid()),
            false => self.oid(),
        }
    }

    /// Whether it is a partitioned table.
    pub fn is_partitioned(&self) -> bool {
        // SAFETY: open by construction.
        unsafe { (*(*self.relation).rd_rel).relkind as u8 == pg_sys::RELKIND_PARTITIONED_TABLE }
    }

    /// Position and type of a column.
    pub fn column(&self, name: &str) -> Option<(i16, pg_sys::Oid)> {
        // SAFETY: open by construction; attribute names are NUL-terminated.
        unsafe {
            let desc = (*self.relation).rd_att;
            (0..(*desc).natts as usize)
                .map(|i| tuple::attribute(desc, i))
                .find(|a| {
                    let found = CStr::from_ptr(a.attname.data.as_ptr());
                    !a.attisdropped && found.to_bytes() == name.as_bytes()
                })
                .map(|a| (a.attnum, a.atttypid))
        }
    }

    /// Its columns, those that were dropped left out.
    pub fn attributes(&self) -> Vec<Attribute> {
        // SAFETY: open by construction; attribute names are NUL-terminated.
        unsafe {
            let desc = (*self.relation).rd_att;
            (0..(*desc).natts as usize)
                .map(|i| tuple::attribute(desc, i))
                .filter(|a| !a.attisdropped)
                .map(|a| Attribute::of(a))
                .collect()
        }
    }

    /// Its primary key, if it has one.
    pub fn primary_key(&self) -> Option<PrimaryKey> {
        let mut key = None;
        // SAFETY: open by construction; the list holds the oids of its indexes, each of which is
        // locked while it is read. (`rd_pkindex` is none where the key is deferrable.)
        unsafe {
            let mode = pg_sys::AccessShareLock as i32;
            let indexes = pg_sys::RelationGetIndexList(self.relation);
            let count = indexes.as_ref().map_or(0, |list| list.length as usize);
            for i in 0..count {
                let index = pg_sys::index_open((*(*indexes).elements.add(i)).oid_value, mode);
                let form = &*(*index).rd_index;
                if form.indisprimary {
                    let keys = form.indkey.values.as_ptr();
                    key = Some(PrimaryKey {
                        columns: (0..form.indnkeyatts as usize)
                            .map(|i| *keys.add(i))
                            .collect(),
                        deferrable: !form.indimmediate,
                    });
                }
                pg_sys::index_close(index, mode);
            }
            pg_sys::list_free(indexes);
        }
        key
    }

    /// Whether it has a foreign key.
    pub fn has_foreign_keys(&self) -> bool {
        // SAFETY: open by construction; the list is the relation cache's own.
        unsafe { !pg_sys::RelationGetFKeyList(self.relation).is_null() }
    }

    /// Whether it has a trigger whose function is `schema.function` with this first argument, be it
    /// disabled.
    pub fn has_trigger(&self, schema: &str, function: &str, argument: &str) -> bool {
        let mut functions = Vec::new();
        // SAFETY: open by construction; arguments are NUL-terminated. Nothing here looks into the
        // catalogue, which could make Postgres build the triggers anew.
        unsafe {
            let triggers = (*self.relation).trigdesc;
            if triggers.is_null() {
                return false;
            }
            for i in 0..(*triggers).numtriggers as usize {
                let trigger = &*(*triggers).triggers.add(i);
                if trigger.tgnargs > 0
                    && CStr::from_ptr(*trigger.tgargs).to_bytes() == argument.as_bytes()
                {
                    functions.push(trigger.tgfoid);
                }
            }
        }
        functions
            .into_iter()
            .any(|oid| function_name(oid).is_some_and(|(s, f)| s == schema && f == function))
    }

    /// First argument of the BEFORE INSERT row trigger of this name whose function is
    /// `schema.function`, and whether it fires.
    pub fn trigger_argument(
        &self,
        name: &CStr,
        schema: &str,
        function: &str,
    ) -> Option<(String, bool)> {
        const BEFORE_INSERT_ROW: i16 = (pg_sys::TRIGGER_TYPE_ROW
            | pg_sys::TRIGGER_TYPE_BEFORE
            | pg_sys::TRIGGER_TYPE_INSERT) as i16;
        let mut candidates = Vec::new();
        // SAFETY: open by construction; trigger names and arguments are NUL-terminated. Nothing
        // here looks into the catalogue, which could make Postgres build the triggers anew.
        unsafe {
            let triggers = (*self.relation).trigdesc;
            if triggers.is_null() {
                return None;
            }
            for i in 0..(*triggers).numtriggers as usize {
                let trigger = &*(*triggers).triggers.add(i);
                if trigger.tgnargs > 0 && CStr::from_ptr(trigger.tgname) == name {
                    let argument = CStr::from_ptr(*trigger.tgargs)
                        .to_string_lossy()
                        .into_owned();
                    let fires = trigger.tgtype == BEFORE_INSERT_ROW
                        && matches!(trigger.tgenabled as u8, b'O' | b'A');
                    candidates.push((trigger.tgfoid, (argument, fires)));
                }
            }
        }
        candidates
            .into_iter()
            .find(|(oid, _)| function_name(*oid).is_some_and(|(s, f)| s == schema && f == function))
            .map(|(_, argument)| argument)
    }
}

/// Locks the indexes of a table as an INSERT does, until the transaction ends.
///
/// The executor locks each index for each statement and lets it go again, which costs several
/// times what it costs to find that the lock is held already. Until the transaction ends, what
/// locks an index alone (such as moving it to another tablespace) waits.
pub fn hold_indexes(oid: pg_sys::Oid) {
    let mode = pg_sys::RowExclusiveLock as i32;
    with_open(oid, mode, |relation| {
        // SAFETY: open by construction; the list holds the oids of its indexes.
        unsafe {
            let indexes = pg_sys::RelationGetIndexList(relation.relation);
            if !indexes.is_null() {
                for i in 0..(*indexes).length as usize {
                    pg_sys::LockRelationOid((*(*indexes).elements.add(i)).oid_value, mode);
                }
                pg_sys::list_free(indexes);
            }
        }
    });
}

/// The sequences that this column of a table owns.
pub fn owned_sequences(table: pg_sys::Oid, column: &CStr) -> SmallVec<[pg_sys::Oid; 1]> {
    let (mut owner, mut number) = (pg_sys::InvalidOid, 0);
    // SAFETY: plain look-ups; any oid is accepted. The list holds the oids of sequences.
    unsafe {
        let wanted = i32::from(pg_sys::get_attnum(table, column.as_ptr()));
        let owned = super::guard::call(|| raw::getOwnedSequences(table));
        let count = owned.as_ref().map_or(0, |list| list.length as usize);
        (0..count)
            .map(|i| (*(*owned).elements.add(i)).oid_value)
            .filter(|sequence| {
                let auto = pg_sys::DependencyType::DEPENDENCY_AUTO as std::ffi::c_char;
                let found = super::guard::call(|| {
                    raw::sequenceIsOwned(*sequence, auto, &raw mut owner, &raw mut number)
                });
                found && (owner, number) == (table, wanted)
            })
            .collect()
    }
}

/// Whether the current role, and not merely one whose rights it has, is the relation's owner.
pub fn is_owned_by_current(oid: pg_sys::Oid) -> bool {
    // SAFETY: reads backend-local state.
    super::user::owner_of(oid) == Some(super::user::current_role_id())
}

/// Schema and name of a function.
fn function_name(oid: pg_sys::Oid) -> Option<(String, String)> {
    // SAFETY: syscache lookups; any oid is accepted.
    unsafe {
        let name = owned(pg_sys::get_func_name(oid))?;
        let schema = owned(pg_sys::get_namespace_name(pg_sys::get_func_namespace(oid)))?;
        Some((schema, name))
    }
}

/// A privilege on a table, or on any column of it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Access {
    Select,
    Insert,
    /// either of the two
    Any,
}

/// Refuses a relation on which the current role has no such privilege, not even on a column, in the
/// words of Postgres. Asks without opening it.
pub fn require_access(oid: pg_sys::Oid, access: Access) {
    let Some((_, name)) = name(oid) else { return };
    let Ok(name) = CString::new(name) else { return };
    let mode = match access {
        Access::Select => pg_sys::ACL_SELECT,
        Access::Insert => pg_sys::ACL_INSERT,
        Access::Any => pg_sys::ACL_SELECT | pg_sys::ACL_INSERT,
    } as pg_sys::AclMode;
    let passed = pg_sys::AclResult::ACLCHECK_OK;
    // SAFETY: look-ups in the catalogue; the relation was there a moment ago, and its name is
    // NUL-terminated.
    unsafe {
        let role = pg_sys::GetUserId();
        let any = pg_sys::AclMaskHow::ACLMASK_ANY;
        if pg_sys::pg_class_aclcheck(oid, role, mode) != passed
            && pg_sys::pg_attribute_aclcheck_all(oid, role, mode, any) != passed
        {
            pg_sys::aclcheck_error(
                pg_sys::AclResult::ACLCHECK_NO_PRIV,
                pg_sys::ObjectType::OBJECT_TABLE,
                name.as_ptr(),
            );
        }
    }
}

/// The topmost table that a partition belongs to, or the relation itself. Found without opening it.
pub fn root_of(oid: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: look-ups that take any oid; a partition has ancestors, the root last.
    unsafe {
        if !pg_sys::get_rel_relispartition(oid) {
            return oid;
        }
        let ancestors = super::guard::call(|| raw::get_partition_ancestors(oid));
        if ancestors.is_null() || (*ancestors).length < 1 {
            return oid;
        }
        (*(*ancestors).elements.add((*ancestors).length as usize - 1)).oid_value
    }
}

/// Shows a relation to `f`, locked no longer than that takes: for what is only looked at. None when
/// there is no such relation.
pub fn peek<R>(oid: pg_sys::Oid, f: impl FnOnce(RelationRef<'_>) -> R) -> Option<R> {
    let mode = pg_sys::AccessShareLock as i32;
    // SAFETY: as in `with_open`.
    unsafe {
        let relation = pg_sys::try_relation_open(oid, mode);
        if relation.is_null() {
            return None;
        }
        let result = f(RelationRef::new(relation));
        pg_sys::relation_close(relation, mode);
        Some(result)
    }
}

/// Opens a relation, shows it to `f` and closes it, keeping the lock until the transaction ends.
/// None when there is no such relation.
pub fn with_open<R>(
    oid: pg_sys::Oid,
    mode: i32,
    f: impl FnOnce(RelationRef<'_>) -> R,
) -> Option<R> {
    // SAFETY: try_relation_open returns null for a missing relation; it is closed afterwards, and
    // by the resource owner when `f` raises.
    unsafe {
        let relation = pg_sys::try_relation_open(oid, mode);
        if relation.is_null() {
            return None;
        }
        let result = f(RelationRef::new(relation));
        pg_sys::relation_close(relation, pg_sys::NoLock as i32);
        Some(result)
    }
}

fn owned(ptr: *mut std::ffi::c_char) -> Option<String> {
    if ptr.is_null() {
        return None;
    }
    // SAFETY: the catalogue lookups below return null or a NUL-terminated string.
    let text = unsafe { CStr::from_ptr(ptr) };
    Some(text.to_string_lossy().into_owned())
}

/// Schema and name of a relation.
pub fn name(oid: pg_sys::Oid) -> Option<(String, String)> {
    // SAFETY: syscache lookups; any oid is accepted.
    unsafe {
        let name = owned(pg_sys::get_rel_name(oid))?;
        let schema = owned(pg_sys::get_namespace_name(pg_sys::get_rel_namespace(oid)))?;
        Some((schema, name))
    }
}

/// Name for messages: `schema.name`, or the number of a relation that is gone.
pub fn display(oid: pg_sys::Oid) -> String {
    match name(oid) {
        Some((schema, name)) => format!("{schema}.{name}"),
        None => format!("{}", oid.to_u32()),
    }
}

/// The same, quoted where SQL needs it.
pub fn quoted(oid: pg_sys::Oid) -> Option<String> {
    let (schema, name) = name(oid)?;
    Some(format!("{}.{}", quote(&schema), quote(&name)))
}

/// An identifier as SQL wants it.
pub fn quote(identifier: &str) -> String {
    let Ok(text) = CString::new(identifier) else {
        return String::new();
    };
    // SAFETY: a NUL-terminated string; the result is one too.
    unsafe { CStr::from_ptr(pg_sys::quote_identifier(text.as_ptr())) }
        .to_string_lossy()
        .into_owned()
}

/// Puts a comment on a trigger, without asking for anybody's rights.
pub fn comment_on_trigger(trigger: pg_sys::Oid, text: &str) {
    let Ok(text) = CString::new(text) else {
        return;
    };
    // SAFETY: a NUL-terminated text, which is copied into a row of pg_description; any oid is accepted.
    unsafe { pg_sys::CreateComments(trigger, pg_sys::TriggerRelationId, 0, text.as_ptr()) }
}

/// Oid of `schema.name`, or none.
pub fn lookup(schema: &str, name: &str) -> Option<pg_sys::Oid> {
    let schema = CString::new(schema).ok()?;
    let name = CString::new(name).ok()?;
    // SAFETY: NUL-terminated strings; both lookups return InvalidOid for what is missing.
    unsafe {
        let namespace = pg_sys::get_namespace_oid(schema.as_ptr(), true);
        if namespace == pg_sys::InvalidOid {
            return None;
        }
        let oid = pg_sys::get_relname_relid(name.as_ptr(), namespace);
        (oid != pg_sys::InvalidOid).then_some(oid)
    }
}

/// Whether there is such a relation.
pub fn exists(oid: pg_sys::Oid) -> bool {
    name(oid).is_some()
}

/// Whether the current role has the rights of the relation's owner.
pub fn is_owned(oid: pg_sys::Oid) -> bool {
    // SAFETY: plain catalogue checks.
    unsafe {
        let role = pg_sys::GetUserId();
        #[cfg(feature = "pg15")]
        return pg_sys::pg_class_ownercheck(oid, role);
        #[cfg(not(feature = "pg15"))]
        return pg_sys::object_ownercheck(pg_sys::RelationRelationId, oid, role);
    }
}

/// The schema in which an unqualified name would be created.
pub fn creation_schema() -> Option<String> {
    // SAFETY: fetch_search_path returns a list of oids, possibly empty.
    unsafe {
        let path = pg_sys::fetch_search_path(false);
        if path.is_null() || (*path).length < 1 {
            return None;
        }
        let first = (*(*path).elements.add(0)).oid_value;
        owned(pg_sys::get_namespace_name(first))
    }
}

/// Refuses whoever has not the rights of the relation's owner.
pub fn require_owner(oid: pg_sys::Oid) {
    if !is_owned(oid) {
        Error::NotOwner {
            relation: display(oid),
        }
        .raise();
    }
}
