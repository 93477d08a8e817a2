//! Relations: names, owners, columns, triggers.

use super::tuple;
use pgrx::pg_sys;
use std::ffi::{CStr, CString};
use std::marker::PhantomData;

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

    /// Its oid.
    #[inline]
    pub fn oid(&self) -> pg_sys::Oid {
        // SAFETY: open by construction.
        unsafe { (*self.relation).rd_id }
    }

    /// Positions of the named columns; 0 where there is none.
    pub fn columns<const N: usize>(&self, names: &[&str; N]) -> [i16; N] {
        // SAFETY: open by construction, so its row type is live.
        unsafe { tuple::columns((*self.relation).rd_att, names) }
    }

    /// Position and type of a column.
    pub fn column(&self, name: &str) -> Option<(i16, pg_sys::Oid)> {
        let [position] = self.columns(&[name]);
        if position < 1 {
            return None;
        }
        // SAFETY: open by construction; the position is one of the row type's.
        let attribute = unsafe { tuple::attribute((*self.relation).rd_att, position as usize - 1) };
        Some((position, attribute.atttypid))
    }

    /// First argument of the trigger of this name whose function is `schema.function`.
    pub fn trigger_argument(&self, name: &CStr, schema: &str, function: &str) -> Option<String> {
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
                    let argument = CStr::from_ptr(*trigger.tgargs);
                    candidates.push((trigger.tgfoid, argument.to_string_lossy().into_owned()));
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
/// times what it costs to find that the lock is held already. The lock on the table, which every
/// INSERT keeps until the transaction ends, keeps out all that this one does.
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

/// Schema and name of a function.
fn function_name(oid: pg_sys::Oid) -> Option<(String, String)> {
    // SAFETY: syscache lookups; any oid is accepted.
    unsafe {
        let name = owned(pg_sys::get_func_name(oid))?;
        let schema = owned(pg_sys::get_namespace_name(pg_sys::get_func_namespace(oid)))?;
        Some((schema, name))
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

/// Splits `schema.name` or `name` as SQL would, folding and unquoting.
pub fn parse_name(text: &str) -> Option<(Option<String>, String)> {
    let text = CString::new(text).ok()?;
    // SAFETY: the parser returns a list of one or more String nodes or raises 42602/42601;
    // makeRangeVarFromNameList raises for more than three parts.
    unsafe {
        #[cfg(feature = "pg15")]
        let list = pg_sys::stringToQualifiedNameList(text.as_ptr());
        #[cfg(not(feature = "pg15"))]
        let list = pg_sys::stringToQualifiedNameList(text.as_ptr(), std::ptr::null_mut());
        let var = &*pg_sys::makeRangeVarFromNameList(list);
        let name = owned(var.relname)?;
        Some((owned(var.schemaname), name))
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
