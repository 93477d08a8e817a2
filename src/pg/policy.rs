//! The policies that a role's INSERT is checked against: found by Postgres as it finds them for a statement, and compiled.

use pgrx::pg_sys;
use std::ffi::c_void;

mod raw {
    use pgrx::pg_sys;
    use std::ffi::{c_char, c_int, c_void};
    pub type Walker = unsafe extern "C-unwind" fn(*mut pg_sys::Node, *mut c_void) -> bool;
    unsafe extern "C-unwind" {
        pub fn get_row_security_policies(
            root: *mut pg_sys::Query,
            entry: *mut pg_sys::RangeTblEntry,
            index: c_int,
            quals: *mut *mut pg_sys::List,
            options: *mut *mut pg_sys::List,
            has_policies: *mut bool,
            has_sublinks: *mut bool,
        );
        pub fn expression_planner(expression: *mut pg_sys::Expr) -> *mut pg_sys::Expr;
        pub fn canonicalize_qual(qual: *mut pg_sys::Expr, is_check: bool) -> *mut pg_sys::Expr;
        pub fn make_ands_implicit(clause: *mut pg_sys::Expr) -> *mut pg_sys::List;
        pub fn ExecInitQual(
            qual: *mut pg_sys::List,
            parent: *mut pg_sys::PlanState,
        ) -> *mut pg_sys::ExprState;
        pub fn check_functions_in_node(
            node: *mut pg_sys::Node,
            checker: unsafe extern "C-unwind" fn(pg_sys::Oid, *mut c_void) -> bool,
            context: *mut c_void,
        ) -> bool;
        #[cfg(feature = "pg15")]
        pub fn expression_tree_walker(
            node: *mut pg_sys::Node,
            walker: Walker,
            context: *mut c_void,
        ) -> bool;
        // A macro of the old name calls it.
        #[cfg(not(feature = "pg15"))]
        #[link_name = "expression_tree_walker_impl"]
        pub fn expression_tree_walker(
            node: *mut pg_sys::Node,
            walker: Walker,
            context: *mut c_void,
        ) -> bool;
        pub fn getExtensionOfObject(class: pg_sys::Oid, object: pg_sys::Oid) -> pg_sys::Oid;
        pub fn get_extension_oid(name: *const c_char, missing_ok: bool) -> pg_sys::Oid;
        pub fn SearchSysCache1(cache: c_int, key: pg_sys::Datum) -> pg_sys::HeapTuple;
        pub fn ReleaseSysCache(tuple: pg_sys::HeapTuple);
        pub fn lappend(list: *mut pg_sys::List, item: *mut c_void) -> *mut pg_sys::List;
        pub fn lappend_oid(list: *mut pg_sys::List, item: pg_sys::Oid) -> *mut pg_sys::List;
        pub fn palloc0(size: usize) -> *mut c_void;
    }
}

/// Checks that a row has to pass, as the executor has them, and the functions that they call.
pub(super) struct Policies {
    options: *mut pg_sys::List,
    functions: *mut pg_sys::List,
}

impl Policies {
    /// Nothing to check.
    pub(super) fn none() -> Self {
        Policies {
            options: std::ptr::null_mut(),
            functions: std::ptr::null_mut(),
        }
    }

    /// The functions that are called.
    pub(super) fn functions(&self) -> *mut pg_sys::List {
        self.functions
    }

    /// Has them checked for each row of this result; asks whether the current role may call their functions.
    ///
    /// # Safety
    /// Within a guarded call, in the memory context in which they were found.
    pub(super) unsafe fn compile(&self, result: *mut pg_sys::ResultRelInfo) {
        // SAFETY: the list holds checks whose conditions are planned.
        unsafe {
            let mut compiled = std::ptr::null_mut();
            for i in 0..self.options.as_ref().map_or(0, |list| list.length as usize) {
                let option = item(self.options, i).cast::<pg_sys::WithCheckOption>();
                let state = raw::ExecInitQual((*option).qual.cast(), std::ptr::null_mut());
                compiled = raw::lappend(compiled, state.cast());
            }
            (*result).ri_WithCheckOptions = self.options;
            (*result).ri_WithCheckOptionExprs = compiled;
        }
    }
}

/// Finds the policies for an INSERT by the current role into a table, whose range table this is; false where they ask
/// what only a plan answers, or call what is not known to be harmless: it would run with the rights of whoever writes,
/// and might look at what a statement of its own would see.
///
/// # Safety
/// Within a guarded call; the table is open and locked.
pub(super) unsafe fn find(estate: *mut pg_sys::EState, found: &mut Policies) -> bool {
    // SAFETY: the range table has one entry, of this table. Everything is allocated in the current context.
    unsafe {
        let entry = item((*estate).es_range_table, 0).cast::<pg_sys::RangeTblEntry>();
        let query = raw::palloc0(size_of::<pg_sys::Query>()).cast::<pg_sys::Query>();
        (*query).type_ = pg_sys::NodeTag::T_Query;
        (*query).commandType = pg_sys::CmdType::CMD_INSERT;
        (*query).resultRelation = 1;
        (*query).rtable = (*estate).es_range_table;
        #[cfg(not(feature = "pg15"))]
        {
            (*query).rteperminfos = (*estate).es_rteperminfos;
        }
        let (mut quals, mut options) = (std::ptr::null_mut(), std::ptr::null_mut());
        let (mut has_policies, mut has_sublinks) = (false, false);
        raw::get_row_security_policies(
            query,
            entry,
            1,
            &raw mut quals,
            &raw mut options,
            &raw mut has_policies,
            &raw mut has_sublinks,
        );
        if has_sublinks {
            return false;
        }
        for i in 0..options.as_ref().map_or(0, |list| list.length as usize) {
            let option = item(options, i).cast::<pg_sys::WithCheckOption>();
            let functions = &raw mut found.functions;
            if is_foreign((*option).qual, functions.cast()) {
                return false;
            }
            // As the planner does with the checks of a statement.
            let planned = raw::expression_planner((*option).qual.cast());
            let parts = raw::make_ands_implicit(raw::canonicalize_qual(planned, false));
            (*option).qual = parts.cast();
            if !parts.is_null() {
                found.options = raw::lappend(found.options, option.cast());
            }
        }
        true
    }
}

/// # Safety
/// The list holds pointers, and so many.
unsafe fn item(list: *mut pg_sys::List, i: usize) -> *mut c_void {
    // SAFETY: as promised.
    unsafe { (*(*list).elements.add(i)).ptr_value }
}

/// Types and functions from here on are not Postgres's own.
const FIRST_NORMAL: u32 = pg_sys::FirstNormalObjectId;

/// The languages of functions in C: Postgres's own, and others (pg_language.dat).
const INTERNAL: u32 = 12;
const C: u32 = 13;

/// Whether an expression has a part that is not known to be harmless; notes the functions that it calls.
///
/// # Safety
/// Within a guarded call, on a node of an expression; `context` points to the list of functions.
unsafe extern "C-unwind" fn is_foreign(node: *mut pg_sys::Node, context: *mut c_void) -> bool {
    use pg_sys::NodeTag::*;
    // SAFETY: a node is what its tag says.
    unsafe {
        if node.is_null() {
            return false;
        }
        match (*node).type_ {
            T_Var => {
                let var = &*node.cast::<pg_sys::Var>();
                return var.varattno <= 0
                    || var.varlevelsup != 0
                    || var.vartype.to_u32() >= FIRST_NORMAL;
            }
            T_Const => {
                return (*node.cast::<pg_sys::Const>()).consttype.to_u32() >= FIRST_NORMAL;
            }
            T_CaseTestExpr | T_SQLValueFunction => return false,
            T_FuncExpr if (*node.cast::<pg_sys::FuncExpr>()).funcretset => return true,
            T_FuncExpr | T_OpExpr | T_DistinctExpr | T_NullIfExpr | T_ScalarArrayOpExpr
            | T_CoerceViaIO => {
                if raw::check_functions_in_node(node, is_unknown, context) {
                    return true;
                }
            }
            T_BoolExpr | T_CaseExpr | T_CaseWhen | T_CoalesceExpr | T_NullTest | T_BooleanTest
            | T_RelabelType | T_ArrayExpr | T_List => {}
            _ => return true,
        }
        raw::expression_tree_walker(node, is_foreign, context)
    }
}

/// Whether a function is neither one of Postgres's own that looks at nothing but its arguments, nor a native one of the
/// extension that changes nothing.
///
/// # Safety
/// As for [`is_foreign`].
unsafe extern "C-unwind" fn is_unknown(function: pg_sys::Oid, context: *mut c_void) -> bool {
    // SAFETY: a look-up that is released again; rows of pg_proc have a fixed layout.
    unsafe {
        let key = pg_sys::Datum::from(function.to_u32() as usize);
        let cache = pg_sys::SysCacheIdentifier::PROCOID as i32;
        let tuple = raw::SearchSysCache1(cache, key);
        if tuple.is_null() {
            return true;
        }
        let form = &*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_proc>();
        let (schema, language) = (form.pronamespace, form.prolang);
        let volatility = form.provolatile as u8;
        raw::ReleaseSysCache(tuple);
        let known = if function.to_u32() < FIRST_NORMAL {
            schema == pg_sys::Oid::from(pg_sys::PG_CATALOG_NAMESPACE)
                && language == pg_sys::Oid::from(INTERNAL)
                && volatility == pg_sys::PROVOLATILE_IMMUTABLE
        } else {
            let own = raw::get_extension_oid(c"pg_eventlog".as_ptr(), true);
            language == pg_sys::Oid::from(C)
                && volatility != pg_sys::PROVOLATILE_VOLATILE
                && own != pg_sys::InvalidOid
                && raw::getExtensionOfObject(pg_sys::ProcedureRelationId, function) == own
        };
        if known {
            let functions = context.cast::<*mut pg_sys::List>();
            *functions = raw::lappend_oid(*functions, function);
        }
        !known
    }
}
