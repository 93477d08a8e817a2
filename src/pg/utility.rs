//! What statements tell the background worker: who listens, who needs a database without sessions, and which prepared
//! transaction has committed. Only where the server preloads the library.

use super::guard;
use super::news::{self, Hold};
use super::sync_cell::SyncCell;
use pgrx::pg_sys::{self, NodeTag, Oid};
use std::ffi::{CStr, c_char};

mod raw {
    use pgrx::pg_sys;
    use std::ffi::c_char;
    unsafe extern "C-unwind" {
        pub fn get_database_oid(name: *const c_char, missing_ok: bool) -> pg_sys::Oid;
        pub fn standard_ProcessUtility(
            statement: *mut pg_sys::PlannedStmt,
            text: *const c_char,
            read_only: bool,
            context: pg_sys::ProcessUtilityContext::Type,
            params: pg_sys::ParamListInfo,
            environment: *mut pg_sys::QueryEnvironment,
            receiver: *mut pg_sys::DestReceiver,
            completion: *mut pg_sys::QueryCompletion,
        );
    }
}

static BEFORE: SyncCell<pg_sys::ProcessUtility_hook_type> = SyncCell::new(None);

/// Begins to look at statements; called while the server preloads the library.
pub fn watch() {
    // SAFETY: a variable of the postmaster, which has one thread and loads one library after the other.
    unsafe {
        BEFORE.with(|hook| *hook = pg_sys::ProcessUtility_hook);
        pg_sys::ProcessUtility_hook = Some(utility);
    }
}

/// What a statement is to the worker.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    None,
    Unlisten,
    CommitsPrepared,
    /// it needs this database without sessions
    Holds(Oid),
}

unsafe extern "C-unwind" fn utility(
    statement: *mut pg_sys::PlannedStmt,
    text: *const c_char,
    read_only: bool,
    context: pg_sys::ProcessUtilityContext::Type,
    params: pg_sys::ParamListInfo,
    environment: *mut pg_sys::QueryEnvironment,
    receiver: *mut pg_sys::DestReceiver,
    completion: *mut pg_sys::QueryCompletion,
) {
    // SAFETY: Postgres passes a statement, and what follows gets what this function got. An error passes this frame, in
    // which nothing is to be freed, but where a database is held.
    unsafe {
        let meaning = guard::border(|| meaning((*statement).utilityStmt));
        let next = BEFORE
            .with(|hook| *hook)
            .unwrap_or(raw::standard_ProcessUtility);
        let run = || {
            next(
                statement,
                text,
                read_only,
                context,
                params,
                environment,
                receiver,
                completion,
            )
        };
        match meaning {
            Meaning::Holds(database) => guard::border(|| {
                let _hold = Hold::on(database);
                guard::call(run)
            }),
            Meaning::None => run(),
            Meaning::Unlisten => {
                run();
                // In a block it may be taken back.
                if !pg_sys::IsTransactionBlock() {
                    news::unlisten();
                }
            }
            Meaning::CommitsPrepared => {
                run();
                news::committed_prepared();
            }
        }
    }
}

/// # Safety
/// `node` is a statement's parse tree.
unsafe fn meaning(node: *mut pg_sys::Node) -> Meaning {
    // SAFETY: a node is of the struct that its tag names; names in it are NUL-terminated.
    unsafe {
        match (*node).type_ {
            NodeTag::T_ListenStmt
                if is_channel((*node.cast::<pg_sys::ListenStmt>()).conditionname) =>
            {
                news::listen();
            }
            NodeTag::T_UnlistenStmt => {
                let name = (*node.cast::<pg_sys::UnlistenStmt>()).conditionname;
                if name.is_null() || is_channel(name) {
                    return Meaning::Unlisten;
                }
            }
            NodeTag::T_DiscardStmt
                if (*node.cast::<pg_sys::DiscardStmt>()).target
                    == pg_sys::DiscardMode::DISCARD_ALL =>
            {
                return Meaning::Unlisten;
            }
            NodeTag::T_TransactionStmt
                if (*node.cast::<pg_sys::TransactionStmt>()).kind
                    == pg_sys::TransactionStmtKind::TRANS_STMT_COMMIT_PREPARED =>
            {
                return Meaning::CommitsPrepared;
            }
            NodeTag::T_DropdbStmt => {
                return held((*node.cast::<pg_sys::DropdbStmt>()).dbname);
            }
            NodeTag::T_AlterDatabaseStmt => {
                let statement = &*node.cast::<pg_sys::AlterDatabaseStmt>();
                if option(statement.options, c"tablespace").is_some() {
                    return held(statement.dbname);
                }
            }
            NodeTag::T_RenameStmt => {
                let statement = &*node.cast::<pg_sys::RenameStmt>();
                if statement.renameType == pg_sys::ObjectType::OBJECT_DATABASE {
                    return held(statement.subname);
                }
            }
            NodeTag::T_CreatedbStmt => {
                let options = (*node.cast::<pg_sys::CreatedbStmt>()).options;
                if let Some(template) = option(options, c"template") {
                    return held(template);
                }
            }
            _ => {}
        }
    }
    Meaning::None
}

/// # Safety
/// Null or a NUL-terminated name.
unsafe fn is_channel(name: *const c_char) -> bool {
    // SAFETY: as the caller promises.
    !name.is_null() && news::is_channel(unsafe { CStr::from_ptr(name) })
}

/// The text of an option of this name, if it has one.
///
/// # Safety
/// A list of `DefElem`.
unsafe fn option(list: *mut pg_sys::List, name: &CStr) -> Option<*const c_char> {
    if list.is_null() {
        return None;
    }
    // SAFETY: a list has as many cells as it says; an option's value is a node or null, and a text is NUL-terminated.
    unsafe {
        for i in 0..(*list).length as usize {
            let element = &*(*(*list).elements.add(i))
                .ptr_value
                .cast::<pg_sys::DefElem>();
            if CStr::from_ptr(element.defname) == name
                && !element.arg.is_null()
                && (*element.arg).type_ == NodeTag::T_String
            {
                return Some((*element.arg.cast::<pg_sys::String>()).sval);
            }
        }
    }
    None
}

/// A statement that needs this database without sessions, where the role may ask for that.
///
/// # Safety
/// Null or a NUL-terminated name; within a transaction.
unsafe fn held(name: *const c_char) -> Meaning {
    if name.is_null() {
        return Meaning::None;
    }
    // SAFETY: a look-up in what all databases share; a missing database is no error here.
    let database = unsafe { guard::call(|| raw::get_database_oid(name, true)) };
    match database != pg_sys::InvalidOid && owns(database) {
        true => Meaning::Holds(database),
        false => Meaning::None,
    }
}

fn owns(database: Oid) -> bool {
    // SAFETY: a look-up in what all databases share.
    unsafe {
        let role = pg_sys::GetUserId();
        #[cfg(feature = "pg15")]
        return pg_sys::pg_database_ownercheck(database, role);
        #[cfg(not(feature = "pg15"))]
        pg_sys::object_ownercheck(pg_sys::DatabaseRelationId, database, role)
    }
}
