//! Acting as somebody else, the way foreign-key triggers do.

use pgrx::pg_sys;
use std::ffi::CStr;

/// Restores role and settings at the end of a scope. When an error ends it, the abort of the
/// (sub)transaction has restored them already, so there is nothing to do while unwinding.
struct Restore {
    role: pg_sys::Oid,
    context: i32,
    /// level of settings that ends with the scope; none where it set none
    nest: Option<i32>,
}

impl Drop for Restore {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // SAFETY: values that were current when the scope began.
        unsafe {
            // As at an abort: also what a trigger inside has set for the session goes.
            if let Some(nest) = self.nest {
                super::settings::require_unread();
                pg_sys::AtEOXact_GUC(false, nest);
            }
            pg_sys::SetUserIdAndSecContext(self.role, self.context);
        }
    }
}

/// Runs `f` as the owner of a table of the catalogue.
///
/// The context is security-restricted: what a trigger on the table defers, or a role that it
/// sets, would otherwise outlive the scope and run as the caller. Names resolve in `pg_catalog`
/// alone.
pub fn as_catalogue_owner<R>(table: pg_sys::Oid, f: impl FnOnce() -> R) -> R {
    let restricted =
        (pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION) as i32;
    // SAFETY: the owner of a live table is a role; the guard restores what was current.
    unsafe {
        let _restore = enter();
        let owner = owner_of(table).unwrap_or_else(|| {
            crate::error::Error::internal("a table of the catalogue is missing").raise()
        });
        pg_sys::SetUserIdAndSecContext(owner.0, _restore.context | restricted);
        f()
    }
}

/// Runs `f` as the owner of a relation, the way foreign-key triggers act: row-level security does
/// not hold the owner back, even where it is forced, and no role can be set meanwhile. Names
/// resolve in `pg_catalog` alone, so that what the owner has put on the table, triggers for
/// instance, does not run as the owner by the caller's search path.
///
/// Statements that run here need plans of their own: a plan is made for one role.
pub fn as_owner<R>(relation: pg_sys::Oid, f: impl FnOnce() -> R) -> R {
    let flags = (pg_sys::SECURITY_LOCAL_USERID_CHANGE
        | pg_sys::SECURITY_RESTRICTED_OPERATION
        | pg_sys::SECURITY_NOFORCE_RLS) as i32;
    // SAFETY: the owner of a live table is a role; the guard restores what was current.
    unsafe {
        let _restore = enter();
        let owner = owner_of(relation).unwrap_or_else(|| {
            crate::error::Error::internal("a relation to act for is gone").raise()
        });
        pg_sys::SetUserIdAndSecContext(owner.0, _restore.context | flags);
        f()
    }
}

/// Runs `f` as this role, security-restricted, with names resolved in `pg_catalog` alone. Its callers decide first
/// whether whoever calls them may do what they do.
pub fn as_role<R>(role: RoleId, f: impl FnOnce() -> R) -> R {
    let restricted =
        (pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION) as i32;
    // SAFETY: a role is an oid that Postgres gave; the guard restores what was current.
    unsafe {
        let _restore = enter();
        pg_sys::SetUserIdAndSecContext(role.0, _restore.context | restricted);
        f()
    }
}

/// As [`as_role`], for reading a table in the order of an index: whatever is estimated, and whatever the session says,
/// nothing is sorted and no plan is compiled to machine code.
pub fn as_reader<R>(role: RoleId, f: impl FnOnce() -> R) -> R {
    as_role(role, || {
        // SAFETY: the settings are Postgres's own; the level that `as_role` began ends with it.
        unsafe {
            for name in [c"enable_sort", c"enable_seqscan", c"jit"] {
                set(name, Some(c"off"), pg_sys::GucAction::GUC_ACTION_SAVE);
            }
        }
        f()
    })
}

/// Runs `f` with names resolved as ever and quoted where they need it, whatever the session says:
/// for what follows statements of others, whose search path is theirs.
pub fn with_plain_names<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: reads backend-local state.
    if !unsafe { pg_sys::quote_all_identifiers } {
        return f();
    }
    let (mut role, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: out-parameters of the right types; the new level ends with the guard.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&mut role, &mut context);
        let _restore = Restore {
            role,
            context,
            nest: Some(pg_sys::NewGUCNestLevel()),
        };
        set(
            c"quote_all_identifiers",
            Some(c"off"),
            pg_sys::GucAction::GUC_ACTION_SAVE,
        );
        f()
    }
}

/// Runs `f` as the current role, with names resolved in `pg_catalog` alone.
pub fn with_pinned_path<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: the guard restores what was current.
    let _restore = unsafe { enter() };
    f()
}

unsafe fn enter() -> Restore {
    let mut role = pg_sys::InvalidOid;
    let mut context = 0;
    // SAFETY: out-parameters of the right types; the new level ends with the guard.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&mut role, &mut context);
        let nest = pg_sys::NewGUCNestLevel();
        let restore = Restore {
            role,
            context,
            nest: Some(nest),
        };
        set(
            c"search_path",
            Some(c"pg_catalog, pg_temp"),
            pg_sys::GucAction::GUC_ACTION_SAVE,
        );
        // Names that are kept, in comments, notes and payloads, or compared, are not to depend on it.
        if pg_sys::quote_all_identifiers {
            set(
                c"quote_all_identifiers",
                Some(c"off"),
                pg_sys::GucAction::GUC_ACTION_SAVE,
            );
        }
        restore
    }
}

/// The same with names resolved as ever: for what runs nothing of the owner's.
pub fn as_owner_unpinned<R>(relation: pg_sys::Oid, f: impl FnOnce() -> R) -> R {
    let flags = (pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_NOFORCE_RLS) as i32;
    let (mut role, mut context) = (pg_sys::InvalidOid, 0);
    let owner = owner_of(relation)
        .unwrap_or_else(|| crate::error::Error::internal("a relation to act for is gone").raise());
    // SAFETY: out-parameters of the right types; the guard restores what was current.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&mut role, &mut context);
        let _restore = Restore {
            role,
            context,
            nest: None,
        };
        pg_sys::SetUserIdAndSecContext(owner.0, context | flags);
        f()
    }
}

/// The settings on which the text of a value depends, pinned from the first time that a value
/// asks for it until this goes out of scope.
#[derive(Default)]
pub struct Pins(Option<Restore>);

impl Pins {
    /// Pins them, unless they are.
    pub fn set(&mut self) {
        if self.0.is_some() {
            return;
        }
        // SAFETY: the guard restores what was current; the settings are Postgres's own.
        unsafe {
            self.0 = Some(enter());
            for (name, value) in [
                (c"DateStyle", c"ISO, YMD"),
                (c"IntervalStyle", c"postgres"),
                (c"TimeZone", c"UTC"),
                (c"extra_float_digits", c"1"),
                (c"bytea_output", c"hex"),
                (c"lc_monetary", c"C"),
            ] {
                set(name, Some(value), pg_sys::GucAction::GUC_ACTION_SAVE);
            }
        }
    }
}

/// Sets one of the extension's own superuser-only settings until the transaction ends.
pub fn set_local(name: &CStr, value: Option<&CStr>) {
    // SAFETY: NUL-terminated strings; the settings exist since the library was loaded.
    unsafe {
        set(
            name,
            Some(value.unwrap_or(c"")),
            pg_sys::GucAction::GUC_ACTION_LOCAL,
        )
    }
}

unsafe fn set(name: &CStr, value: Option<&CStr>, action: pg_sys::GucAction::Type) {
    super::settings::require_unread();
    // SAFETY: as the callers promise.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.map_or(std::ptr::null(), CStr::as_ptr),
            pg_sys::GucContext::PGC_SUSET,
            pg_sys::GucSource::PGC_S_SESSION,
            action,
            true,
            0,
            false,
        );
    }
}

/// What policies hold for the current role, of those that a table has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rights {
    role: pg_sys::Oid,
    /// `row_security`
    filtered: bool,
    /// whether owners are held back where row-level security is forced
    forced: bool,
}

impl Rights {
    /// Those of this moment.
    #[inline]
    pub fn current() -> Self {
        // SAFETY: reads backend-local state.
        unsafe {
            let (mut role, mut context) = (pg_sys::InvalidOid, 0);
            raw::GetUserIdAndSecContext(&mut role, &mut context);
            Rights {
                role,
                filtered: pg_sys::row_security,
                forced: context & pg_sys::SECURITY_NOFORCE_RLS as i32 == 0,
            }
        }
    }
}

mod raw {
    use pgrx::pg_sys;
    unsafe extern "C-unwind" {
        // It reads two variables, and cannot fail.
        pub fn GetUserIdAndSecContext(role: *mut pg_sys::Oid, context: *mut i32);
    }
}

/// Whether the current role may call a function.
pub fn may_execute(function: pg_sys::Oid) -> bool {
    let execute = pg_sys::ACL_EXECUTE as pg_sys::AclMode;
    // SAFETY: look-ups in the catalogue; the function was there a moment ago.
    unsafe {
        let role = pg_sys::GetUserId();
        #[cfg(feature = "pg15")]
        let result = pg_sys::pg_proc_aclcheck(function, role, execute);
        #[cfg(not(feature = "pg15"))]
        let result = pg_sys::object_aclcheck(pg_sys::ProcedureRelationId, function, role, execute);
        result == pg_sys::AclResult::ACLCHECK_OK
    }
}

/// Whether the current role may use what is in a schema.
pub fn may_use_schema(schema: pg_sys::Oid) -> bool {
    let usage = pg_sys::ACL_USAGE as pg_sys::AclMode;
    // SAFETY: look-ups in the catalogue; the schema was there a moment ago.
    unsafe {
        let role = pg_sys::GetUserId();
        #[cfg(feature = "pg15")]
        let result = pg_sys::pg_namespace_aclcheck(schema, role, usage);
        #[cfg(not(feature = "pg15"))]
        let result = pg_sys::object_aclcheck(pg_sys::NamespaceRelationId, schema, role, usage);
        result == pg_sys::AclResult::ACLCHECK_OK
    }
}

/// Owner of a relation; none where there is no such relation.
pub fn owner_of(relation: pg_sys::Oid) -> Option<RoleId> {
    // SAFETY: a syscache lookup that is released again; pg_class rows have a fixed layout.
    unsafe {
        let tuple = pg_sys::SearchSysCache1(
            pg_sys::SysCacheIdentifier::RELOID as i32,
            pg_sys::Datum::from(relation.to_u32() as usize),
        );
        if tuple.is_null() {
            return None;
        }
        let form: pg_sys::Form_pg_class = pg_sys::GETSTRUCT(tuple).cast();
        let owner = (*form).relowner;
        pg_sys::ReleaseSysCache(tuple);
        Some(RoleId(owner))
    }
}

/// Whether a security definer function, or the like, lends its owner's rights.
pub fn in_definer_context() -> bool {
    // SAFETY: reads backend-local state.
    unsafe { pg_sys::InLocalUserIdChange() }
}

/// Name of the current role.
pub fn current_role() -> String {
    // SAFETY: the current role exists, and its name is NUL-terminated.
    unsafe {
        let name = pg_sys::GetUserNameFromId(pg_sys::GetUserId(), false);
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// Name of the role that the session logged in as.
pub fn session_role() -> String {
    // SAFETY: as for the current role; a session role that was dropped meanwhile gives no name.
    unsafe {
        let name = pg_sys::GetUserNameFromId(pg_sys::GetSessionUserId(), true);
        if name.is_null() {
            return String::new();
        }
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleId(pg_sys::Oid);

/// The role that the session logged in as.
pub fn session_role_id() -> RoleId {
    // SAFETY: reads backend-local state; a backend that runs functions has a session role.
    RoleId(unsafe { pg_sys::GetSessionUserId() })
}

/// The current role.
pub fn current_role_id() -> RoleId {
    // SAFETY: reads backend-local state.
    RoleId(unsafe { pg_sys::GetUserId() })
}

impl RoleId {
    /// The role with this oid, as the catalog has it.
    pub(super) fn of(oid: pg_sys::Oid) -> RoleId {
        RoleId(oid)
    }

    /// The role of a catalogue's column.
    pub fn of_column(row: &super::tuple::Row<'_>, column: i16) -> Option<RoleId> {
        row.oid(column).map(RoleId)
    }

    /// It as a parameter.
    pub fn value(self) -> super::spi::Value<'static> {
        super::spi::Value::Oid(self.0)
    }
}

/// The role of this name, if there is one.
pub fn role_named(name: &str) -> Option<RoleId> {
    let name = std::ffi::CString::new(name).ok()?;
    // SAFETY: a NUL-terminated name; a missing role is no error.
    let oid = unsafe { pg_sys::get_role_oid(name.as_ptr(), true) };
    (oid != pg_sys::InvalidOid).then_some(RoleId(oid))
}

/// Whether the current role has the rights of the extension's owner, as a superuser has.
pub fn owns_extension() -> bool {
    asks(
        "select pg_catalog.pg_has_role(e.extowner, 'USAGE') from pg_catalog.pg_extension e \
         where e.extname operator(pg_catalog.=) 'pg_eventlog'",
        &[],
    )
}

/// Name of a role.
pub fn name_of(role: RoleId) -> String {
    // SAFETY: a role that is gone gives no name; others are NUL-terminated.
    unsafe {
        let name = pg_sys::GetUserNameFromId(role.0, true);
        if name.is_null() {
            return String::new();
        }
        CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// Whether a role is a superuser; one that does not exist is none.
pub fn is_superuser(role: RoleId) -> bool {
    // SAFETY: a look-up that takes any oid.
    unsafe { pg_sys::superuser_arg(role.0) }
}

/// Whether the current role is the one of this name, or has its rights. Nobody has those of one that is gone, but for
/// superusers.
pub fn has_rights_of(name: &str) -> bool {
    match role_named(name) {
        // SAFETY: a look-up about two roles that exist.
        Some(role) => unsafe { pg_sys::has_privs_of_role(pg_sys::GetUserId(), role.0) },
        None => is_current_superuser(),
    }
}

/// Whether the current role is a superuser.
pub fn is_current_superuser() -> bool {
    // SAFETY: a look-up about the current role.
    unsafe { pg_sys::superuser() }
}

/// Whether the current role was given the right to shape the database: to create in it, or in its
/// schema `public` where not everyone may.
pub fn may_shape_database() -> bool {
    asks(
        "select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') \
         or coalesce((select pg_catalog.has_schema_privilege(n.oid, 'CREATE') \
                and not pg_catalog.has_schema_privilege('public', n.oid, 'CREATE') \
            from pg_catalog.pg_namespace n where n.nspname operator(pg_catalog.=) 'public'), false)",
        &[],
    )
}

/// Whether the current role has the rights of the database's owner.
pub fn owns_database() -> bool {
    asks(
        "select pg_catalog.pg_has_role(d.datdba, 'USAGE') from pg_catalog.pg_database d \
         where d.datname operator(pg_catalog.=) pg_catalog.current_database()",
        &[],
    )
}

fn asks(sql: &'static str, values: &[super::spi::Value<'_>]) -> bool {
    let answers = super::spi::run(sql, values, |row| row.bool(1).unwrap_or(false));
    answers.first().copied().unwrap_or(false)
}

/// Whether the running statement stands in a transaction block.
pub fn in_transaction_block() -> bool {
    // SAFETY: reads backend-local state.
    unsafe { pg_sys::IsTransactionBlock() || pg_sys::IsSubTransaction() }
}

/// Whether the current role is this role or has its rights.
pub fn is_member_of(role: &str) -> bool {
    asks(
        "select pg_catalog.pg_has_role(r.oid, 'USAGE') from pg_catalog.pg_roles r \
         where r.rolname operator(pg_catalog.=) $1",
        &[super::spi::Value::text(role)],
    )
}
