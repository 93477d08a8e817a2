//! Each backend's compiled taxonomy.
//!
//! Reading the catalogue for each event would cost more than writing the event, so the rules of a
//! log are compiled once and kept until what the catalogue says of it changes. The catalogue's tables
//! send a relcache invalidation at commit (`announce`), the callback raises a generation, and the next
//! event that finds another generation reloads.
//!
//! A load reads with the newest snapshot even where the transaction's own is older: a REPEATABLE
//! READ transaction would otherwise reload old rows and never learn of the new ones. What was
//! loaded is kept only if the generation has not moved meanwhile.

use crate::error::Error;
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::{inval, relation, types};
use model::taxonomy::rules::{Contract, LogRules, TypeRules, Unregistered};
use model::tenant::TenantType;
use pgrx::pg_sys::{self, Oid};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

#[derive(Default)]
struct Cache {
    /// each with the generation of its log
    logs: FxHashMap<Uuid, (Rc<LogRules>, u64)>,
    /// with the generation of the whole catalogue
    default: Option<(Option<Oid>, u64)>,
}

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static CACHE: ManuallyDrop<RefCell<Cache>> = ManuallyDrop::new(RefCell::default());
}

/// A generation that moves this often during loads would never settle; the last load is used then.
const ATTEMPTS: usize = 4;

/// The tables of the catalogue: `eventlog.log`, `eventlog.event_type` and `eventlog.tracked_table`.
pub fn tables() -> [Oid; 3] {
    let find = |name| {
        relation::lookup("eventlog", name)
            .unwrap_or_else(|| Error::internal("the catalogue of pg_eventlog is missing").raise())
    };
    [find("log"), find("event_type"), find("tracked_table")]
}

/// The rules of a log; none when the catalogue does not know it.
pub fn rules(log_id: Uuid) -> Option<Rc<LogRules>> {
    rules_as_of(log_id).map(|(rules, _)| rules)
}

/// The same, with the generation of the log as of which they hold.
pub fn rules_as_of(log_id: Uuid) -> Option<(Rc<LogRules>, u64)> {
    let known = CACHE.with(|cache| cache.borrow().logs.get(&log_id).cloned());
    if let Some((rules, generation)) = known
        && inval::log(rules.relation) == generation
    {
        return Some((rules, generation));
    }
    let tables = tables();
    inval::watch_catalogue(&tables);
    // The table whose changes tell of the log, once that is known.
    let mut relation = None;
    let mut attempt = 0;
    let (rules, generation) = loop {
        // Opening locks the tables and so takes in what was committed before.
        let open = tables.map(Table::open);
        let messages = inval::messages();
        let noted = relation.map(inval::log);
        let loaded = load(log_id, &LatestSnapshot::take(), &open);
        let Some(rules) = loaded else {
            CACHE.with(|cache| cache.borrow_mut().logs.remove(&log_id));
            return None;
        };
        let generation = inval::log(rules.relation);
        attempt += 1;
        let settled = inval::messages() == messages
            || relation == Some(rules.relation) && noted == Some(generation);
        if settled {
            break (Rc::new(rules), generation);
        }
        if attempt == ATTEMPTS {
            // Good for this once.
            return Some((Rc::new(rules), generation.wrapping_sub(1)));
        }
        relation = Some(rules.relation);
    };
    CACHE.with(|cache| {
        let kept = (Rc::clone(&rules), generation);
        cache.borrow_mut().logs.insert(log_id, kept)
    });
    Some((rules, generation))
}

/// The relation that the catalogue names for a log, read anew.
pub fn relation_of(log_id: Uuid) -> Option<Oid> {
    let log = Table::open(tables()[0]);
    let [relation] = log.columns(&[("relation", pg_sys::REGCLASSOID)]);
    let mut found = None;
    log.scan(&LatestSnapshot::take(), Some(log_id), |row| {
        found = row.oid(relation);
    });
    found
}

/// The relation that the catalogue names as the database's default log.
pub fn default_log() -> Option<Oid> {
    let known = CACHE.with(|cache| cache.borrow().default);
    if let Some((default, generation)) = known
        && generation == inval::catalogue()
    {
        return default;
    }
    let (default, generation) = settled(|snapshot, log| {
        let [is_default, relation] = log.columns(&[
            ("is_default", pg_sys::BOOLOID),
            ("relation", pg_sys::REGCLASSOID),
        ]);
        let mut found = None;
        log.scan(snapshot, None, |row| {
            if row.bool(is_default) == Some(true) {
                found = row.oid(relation);
            }
        });
        found
    });
    CACHE.with(|cache| cache.borrow_mut().default = Some((default, generation)));
    default
}

/// Loads until the generation stands still; gives the generation that the load belongs to.
fn settled<R>(load: impl Fn(&LatestSnapshot, &Table) -> R) -> (R, u64) {
    let tables = tables();
    inval::watch_catalogue(&tables);
    let mut attempt = 0;
    loop {
        // Opening locks the tables and so takes in what was committed before.
        let open = Table::open(tables[0]);
        let generation = inval::catalogue();
        let loaded = load(&LatestSnapshot::take(), &open);
        attempt += 1;
        if inval::catalogue() == generation || attempt == ATTEMPTS {
            return (loaded, generation);
        }
    }
}

fn load(
    log_id: Uuid,
    snapshot: &LatestSnapshot,
    [log, types, tracked]: &[Table; 3],
) -> Option<LogRules> {
    let mut rules = None;
    let [unregistered, limit, require, tenant, relation] = log.columns(&[
        ("unregistered", pg_sys::TEXTOID),
        ("max_payload_bytes", pg_sys::INT4OID),
        ("require_tenant", pg_sys::BOOLOID),
        ("tenant_type", pg_sys::REGTYPEOID),
        ("relation", pg_sys::REGCLASSOID),
    ]);
    log.scan(snapshot, Some(log_id), |row| {
        rules = Some(LogRules {
            log_id,
            unregistered: match row.text(unregistered) {
                Some(b"allow") => Unregistered::Allow,
                _ => Unregistered::Reject,
            },
            max_payload_bytes: row.int(limit).unwrap_or(0).max(0) as usize,
            require_tenant: row.bool(require).unwrap_or(true),
            relation: row.oid(relation).map_or(0, |oid| oid.to_u32()),
            tenant_type: row
                .oid(tenant)
                .and_then(types::tenants_of)
                .unwrap_or(TenantType::Text),
            types: FxHashMap::default(),
        });
    });
    let mut rules = rules?;
    let [
        name,
        version,
        is_default,
        status,
        required,
        limit,
        entities,
        actors,
    ] = types.columns(&[
        ("type", pg_sys::TEXTOID),
        ("version", pg_sys::INT4OID),
        ("is_default", pg_sys::BOOLOID),
        ("status", pg_sys::TEXTOID),
        ("required", pg_sys::TEXTARRAYOID),
        ("max_payload_bytes", pg_sys::INT4OID),
        ("entity_types", pg_sys::TEXTARRAYOID),
        ("actor_types", pg_sys::TEXTARRAYOID),
    ]);
    types.scan(snapshot, Some(log_id), |row| {
        let Some(name) = row.text(name) else { return };
        let entry: &mut TypeRules = rules.types.entry(name.into()).or_default();
        let number = row.int(version).unwrap_or(1);
        if row.bool(is_default) == Some(true) || entry.versions.is_empty() {
            entry.default_version = number;
        }
        let boxed = |names: Vec<String>| names.into_iter().map(String::into_boxed_str).collect();
        entry.versions.push(Contract {
            version: number,
            retired: row.text(status) == Some(b"retired"),
            required: row.text_array(required).map(boxed).unwrap_or_default(),
            max_payload_bytes: row.int(limit).map(|n| n.max(0) as usize),
            entity_types: row.text_array(entities).map(boxed),
            actor_types: row.text_array(actors).map(boxed),
        });
    });
    for rules in rules.types.values_mut() {
        rules.versions.sort_by_key(|c| c.version);
    }
    // The index holds the trackings that go on, and no others.
    let index = relation::lookup("eventlog", "tracked_table_entity_type");
    let [owner, relation, entity_type] = tracked.columns(&[
        ("log_id", pg_sys::UUIDOID),
        ("relation", pg_sys::REGCLASSOID),
        ("entity_type", pg_sys::TEXTOID),
    ]);
    tracked.scan_by(snapshot, index, &[(owner, Key::Uuid(log_id))], |row| {
        if row.oid(relation).is_some()
            && let Some(entity_type) = row.text(entity_type)
        {
            rules.capture(entity_type);
        }
    });
    Some(rules)
}
