//! What tells a backend that its caches are old.
//!
//! The callback does nothing but raise a number: caches compare numbers when they are next asked,
//! and reload then. Numbers of their own, since relations change with every `analyze`, and roles hardly
//! ever.
//!
//! What the catalogue says of one log is announced as a change of that log's table: it is told to those
//! who know that log, and registering types in one log makes nobody reload who writes to another. What
//! cannot be told so is announced as a change of the catalogue's table, to everybody.

use super::sync_cell::SyncCell;
use pgrx::pg_sys;

mod raw {
    unsafe extern "C-unwind" {
        pub fn AcceptInvalidationMessages();
    }
}

/// Watched relations: a bounded set, since a false alarm only costs a reload.
const SLOTS: usize = 64;

/// Counters of changed relations: those that share one only cost a reload.
const COUNTERS: usize = 4096;

/// Tables of the catalogue that are kept in memory.
const TABLES: usize = 3;

struct State {
    catalogue: u64,
    relations: u64,
    roles: u64,
    functions: u64,
    tables: [pg_sys::Oid; TABLES],
    watched: [pg_sys::Oid; SLOTS],
    used: usize,
    messages: u64,
    counters: [u64; COUNTERS],
}

static STATE: SyncCell<State> = SyncCell::new(State {
    catalogue: 1,
    relations: 1,
    roles: 1,
    functions: 1,
    tables: [pg_sys::InvalidOid; TABLES],
    watched: [pg_sys::InvalidOid; SLOTS],
    used: 0,
    messages: 1,
    counters: [0; COUNTERS],
});

/// Number of what the catalogue says of the log that is this relation.
#[inline]
pub fn log(relation: u32) -> u64 {
    // Both only rise, so one sum stands for one pair.
    STATE.with(|s| s.catalogue + s.counters[relation as usize % COUNTERS])
}

/// Number of all changes of relations that this backend has heard of.
pub fn messages() -> u64 {
    STATE.with(|s| s.messages)
}

/// Number of the catalogue's contents as a whole, as far as this backend has heard.
#[inline]
pub fn catalogue() -> u64 {
    STATE.with(|s| s.catalogue)
}

/// Number of the definitions of all watched relations.
#[inline]
pub fn relations() -> u64 {
    STATE.with(|s| s.relations)
}

/// Number of the definitions of all functions, and of who may call them.
#[inline]
pub fn functions() -> u64 {
    STATE.with(|s| s.functions)
}

/// Number of the names, attributes and memberships of all roles.
#[inline]
pub fn roles() -> u64 {
    STATE.with(|s| s.roles)
}

/// Takes in what other backends committed.
#[inline]
pub fn accept() {
    // SAFETY: may be called wherever a lock may be taken; triggers and functions are such places.
    unsafe { super::guard::call(|| raw::AcceptInvalidationMessages()) }
}

/// Raises the number of the catalogue when the contents of one of these tables change.
pub fn watch_catalogue(tables: &[pg_sys::Oid]) {
    STATE.with(|s| {
        for table in tables {
            if !s.tables.contains(table) {
                let free = s.tables.iter().position(|t| *t == pg_sys::InvalidOid);
                // A table that was dropped with the extension and made again takes another's
                // place; that one's owner watches it again with its next load.
                s.tables[free.unwrap_or(0)] = *table;
                if free.is_none() {
                    s.tables.rotate_left(1);
                }
            }
        }
    });
}

/// Raises the number of relations when this one changes.
pub fn watch(relation: pg_sys::Oid) {
    STATE.with(|s| {
        if s.watched[..s.used.min(SLOTS)].contains(&relation) {
            return;
        }
        if s.used < SLOTS {
            s.watched[s.used] = relation;
        }
        // Past the last slot every relation counts as watched.
        s.used = (s.used + 1).min(SLOTS + 1);
    });
}

/// Tells every backend, at commit, that the contents of this table have changed.
pub fn announce(table: pg_sys::Oid) {
    // SAFETY: a live table's oid; the message is queued with the transaction.
    unsafe { pg_sys::CacheInvalidateRelcacheByRelid(table) }
}

/// Registers the callback; called once, when the library is loaded.
pub fn register() {
    // SAFETY: the callback lives as long as the library, which Postgres never unloads.
    unsafe {
        let none = pg_sys::Datum::from(0usize);
        pg_sys::CacheRegisterRelcacheCallback(Some(relation_changed), none);
        // A schema's new name reaches no relation in it, and kept statements hold the old one.
        let schemas = pg_sys::SysCacheIdentifier::NAMESPACEOID as i32;
        pg_sys::CacheRegisterSyscacheCallback(schemas, Some(schema_changed), none);
        let roles = pg_sys::SysCacheIdentifier::AUTHOID as i32;
        pg_sys::CacheRegisterSyscacheCallback(roles, Some(role_changed), none);
        let memberships = pg_sys::SysCacheIdentifier::AUTHMEMROLEMEM as i32;
        pg_sys::CacheRegisterSyscacheCallback(memberships, Some(role_changed), none);
        let functions = pg_sys::SysCacheIdentifier::PROCOID as i32;
        pg_sys::CacheRegisterSyscacheCallback(functions, Some(function_changed), none);
    }
}

/// As [`relation_changed`].
unsafe extern "C-unwind" fn schema_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    STATE.with(|s| s.relations += 1);
}

/// As [`relation_changed`].
unsafe extern "C-unwind" fn role_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    STATE.with(|s| s.roles += 1);
}

/// As [`relation_changed`].
unsafe extern "C-unwind" fn function_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    STATE.with(|s| s.functions += 1);
}

/// Called in the midst of anything: must not allocate, fail or look anything up.
unsafe extern "C-unwind" fn relation_changed(_arg: pg_sys::Datum, relation: pg_sys::Oid) {
    STATE.with(|s| {
        let all = relation == pg_sys::InvalidOid;
        s.messages += 1;
        s.counters[relation.to_u32() as usize % COUNTERS] += 1;
        if all || s.tables.contains(&relation) {
            s.catalogue += 1;
        }
        if all || s.used > SLOTS || s.watched[..s.used.min(SLOTS)].contains(&relation) {
            s.relations += 1;
        }
    });
}
