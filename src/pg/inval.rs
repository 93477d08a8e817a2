//! What tells a backend that what it keeps is old.
//!
//! The callbacks do nothing but raise numbers: whoever keeps something compares numbers when it is next asked for,
//! and reads anew then. They may run in the midst of anything, so they take no lock, allocate nothing and cannot
//! fail. There is no list of what is kept: each relation has a number, those of several a common one where there are
//! very many, and what is kept knows of which relations it tells ([`AsOf`]). So a change of one table, an ANALYZE
//! for instance, makes nobody read anew but those who keep something of that table, however many are kept.
//!
//! What the catalogue says of one log is announced as a change of that log's table: it is told to those
//! who know that log, and registering types in one log makes nobody reload who writes to another. What
//! cannot be told so is announced as a change of the catalogue's table, to everybody.

use pgrx::pg_sys;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

mod raw {
    unsafe extern "C-unwind" {
        pub fn AcceptInvalidationMessages();
    }
}

/// Counters of changed relations: those that share one only cost a reload.
const COUNTERS: usize = 4096;

/// Changes of the catalogue's contents that concern everybody.
static CATALOGUE: AtomicU64 = AtomicU64::new(1);
/// Names, attributes and memberships of roles.
static ROLES: AtomicU64 = AtomicU64::new(1);
/// Definitions of functions, and who may call them.
static FUNCTIONS: AtomicU64 = AtomicU64::new(1);
/// What may concern any relation: a schema's new name, or messages that were lost.
static EVERYTHING: AtomicU64 = AtomicU64::new(1);
/// All of these, and each change of a relation.
static MESSAGES: AtomicU64 = AtomicU64::new(1);
static RELATIONS: [AtomicU64; COUNTERS] = [const { AtomicU64::new(0) }; COUNTERS];

/// The catalogue's tables that somebody keeps something of: a list that grows at its end, so that a callback can
/// read it at any time. Tables that went with the extension stay in it, and are never heard of again.
static TABLES: Tables = Tables(OnceLock::new());

struct Tables(OnceLock<Box<(pg_sys::Oid, Tables)>>);

impl Tables {
    fn holds(&self, oid: pg_sys::Oid) -> bool {
        let mut at = self;
        while let Some(entry) = at.0.get() {
            if entry.0 == oid {
                return true;
            }
            at = &entry.1;
        }
        false
    }

    fn add(&self, oid: pg_sys::Oid) {
        let mut at = self;
        while let Some(entry) = at.0.get() {
            at = &entry.1;
        }
        // A backend has one thread, so nobody else can have added one meanwhile.
        let _ = at.0.set(Box::new((oid, Tables(OnceLock::new()))));
    }
}

fn raise(number: &AtomicU64) {
    // One thread: no other one raises it between the two.
    number.store(number.load(Relaxed).wrapping_add(1), Relaxed);
}

fn of_relation(relation: u32) -> &'static AtomicU64 {
    &RELATIONS[relation as usize % COUNTERS]
}

/// Number of all changes that this backend has heard of: while it stays, nothing that is kept is old.
#[inline]
pub fn messages() -> u64 {
    MESSAGES.load(Relaxed)
}

/// Number of the definitions of all functions, and of who may call them.
#[inline]
pub fn functions() -> u64 {
    FUNCTIONS.load(Relaxed)
}

/// Number of the names, attributes and memberships of all roles.
#[inline]
pub fn roles() -> u64 {
    ROLES.load(Relaxed)
}

/// When something was read of some relations, and of the catalogue, and whether it still is what it was.
pub struct AsOf {
    relations: RefCell<SmallVec<[u32; 4]>>,
    with_catalogue: bool,
    /// the sum of the numbers, each of which only rises
    sum: Cell<u64>,
    /// the messages at which it was looked at last
    seen: Cell<u64>,
}

impl AsOf {
    /// Now. What is read of these relations has to be read after this, or while they are locked.
    pub fn now(relations: &[pg_sys::Oid]) -> AsOf {
        AsOf::of(relations, false)
    }

    /// The same for what comes from the catalogue, too.
    pub fn now_with_catalogue(relations: &[pg_sys::Oid]) -> AsOf {
        AsOf::of(relations, true)
    }

    fn of(relations: &[pg_sys::Oid], with_catalogue: bool) -> AsOf {
        let as_of = AsOf {
            relations: RefCell::new(relations.iter().map(|oid| oid.to_u32()).collect()),
            with_catalogue,
            sum: Cell::new(0),
            seen: Cell::new(messages()),
        };
        as_of.sum.set(as_of.present());
        as_of
    }

    /// Another relation of which something is about to be read.
    pub fn add(&self, relation: pg_sys::Oid) {
        let oid = relation.to_u32();
        let mut relations = self.relations.borrow_mut();
        if !relations.contains(&oid) {
            relations.push(oid);
            // What is old already stays so: both sides of the comparison grow alike.
            let sum = self.sum.get() + of_relation(oid).load(Relaxed);
            self.sum.set(sum);
        }
    }

    /// Whether nothing of it has changed since.
    #[inline]
    pub fn holds(&self) -> bool {
        let messages = messages();
        self.seen.get() == messages || self.look(messages)
    }

    fn look(&self, messages: u64) -> bool {
        let holds = self.sum.get() == self.present();
        if holds {
            self.seen.set(messages);
        }
        holds
    }

    fn present(&self) -> u64 {
        let relations = self.relations.borrow();
        let numbers = relations.iter().map(|oid| of_relation(*oid).load(Relaxed));
        let catalogue = match self.with_catalogue {
            true => CATALOGUE.load(Relaxed),
            false => 0,
        };
        // Each only rises, so one sum stands for one state of all.
        EVERYTHING.load(Relaxed) + catalogue + numbers.sum::<u64>()
    }
}

/// Takes in what other backends committed.
#[inline]
pub fn accept() {
    // SAFETY: may be called wherever a lock may be taken; triggers and functions are such places.
    unsafe { super::guard::call(|| raw::AcceptInvalidationMessages()) }
}

/// Raises the number of the catalogue when the contents of one of these tables change.
pub fn watch_catalogue(tables: &[pg_sys::Oid]) {
    for table in tables {
        if !TABLES.holds(*table) {
            TABLES.add(*table);
        }
    }
}

/// Tells every backend, at commit, that the contents of this table have changed.
pub fn announce(table: pg_sys::Oid) {
    // SAFETY: a live table's oid; the message is queued with the transaction.
    unsafe { pg_sys::CacheInvalidateRelcacheByRelid(table) }
}

/// Registers the callbacks; called once, when the library is loaded.
pub fn register() {
    // SAFETY: the callbacks live as long as the library, which Postgres never unloads.
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
    raise(&EVERYTHING);
    raise(&MESSAGES);
}

/// As [`relation_changed`].
unsafe extern "C-unwind" fn role_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    raise(&ROLES);
}

/// As [`relation_changed`].
unsafe extern "C-unwind" fn function_changed(_arg: pg_sys::Datum, _cache: i32, _hash: u32) {
    raise(&FUNCTIONS);
}

/// Called in the midst of anything: must not allocate, fail or look anything up.
unsafe extern "C-unwind" fn relation_changed(_arg: pg_sys::Datum, relation: pg_sys::Oid) {
    let all = relation == pg_sys::InvalidOid;
    raise(&MESSAGES);
    if all {
        raise(&EVERYTHING);
    } else {
        raise(of_relation(relation.to_u32()));
    }
    if all || TABLES.holds(relation) {
        raise(&CATALOGUE);
    }
}

#[cfg(test)]
/// The numbers are the process's: tests of them take turns.
pub static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[cfg(test)]
mod tests {
    use super::*;

    /// As Postgres calls it.
    fn changed(relation: u32) {
        // SAFETY: it is called with any number.
        unsafe { relation_changed(pg_sys::Datum::from(0usize), pg_sys::Oid::from(relation)) }
    }

    fn oids(numbers: &[u32]) -> Vec<pg_sys::Oid> {
        numbers.iter().map(|n| pg_sys::Oid::from(*n)).collect()
    }

    #[test]
    fn what_is_kept_is_old_once_its_own_relations_change() {
        let _alone = ALONE.lock();
        let (one, two) = (AsOf::now(&oids(&[1])), AsOf::now(&oids(&[2, 3])));
        // However many others are kept, and however often they change.
        let others: Vec<AsOf> = (10..1_500).map(|n| AsOf::now(&oids(&[n]))).collect();
        (10..1_500).for_each(changed);
        assert!(others.iter().all(|as_of| !as_of.holds()));
        assert!(one.holds() && two.holds());
        changed(3);
        assert!(one.holds() && !two.holds());

        // What is added counts from then on, and mends nothing.
        changed(5);
        one.add(pg_sys::Oid::from(5));
        two.add(pg_sys::Oid::from(5));
        assert!(one.holds() && !two.holds());
        changed(5);
        assert!(!one.holds());

        // Any number of the catalogue's tables.
        let tables: Vec<u32> = (2_000..2_040).collect();
        watch_catalogue(&oids(&tables));
        for table in tables {
            let (kept, apart) = (AsOf::now_with_catalogue(&[]), AsOf::now(&[]));
            changed(table);
            assert!(!kept.holds() && apart.holds());
        }
        let (kept, apart) = (AsOf::now_with_catalogue(&[]), AsOf::now(&[]));
        changed(2_041);
        assert!(kept.holds() && apart.holds());
        // Lost messages may have been about anything.
        changed(0);
        assert!(!kept.holds() && !apart.holds());
    }
}
