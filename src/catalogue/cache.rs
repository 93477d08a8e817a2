//! Each backend's compiled taxonomy.
//!
//! Reading the catalogue for each event would cost more than writing the event, so the rules of a
//! log are compiled once and kept until what the catalogue says of it changes. The catalogue's tables
//! send a relcache invalidation at commit (`announce`): of the log's table, or of their own. What was read
//! is as of before it was read, so that nothing that moves meanwhile is missed: it is good for
//! this once then, and is read anew the next time.
//!
//! A load reads with the newest snapshot even where the transaction's own is older: a REPEATABLE
//! READ transaction would otherwise reload old rows and never learn of the new ones.

use super::event_rule;
use super::redaction;
use super::schemas;
use crate::error::Error;
use crate::pg::cached::{Cached, One};
use crate::pg::catalog::{Key, LatestSnapshot, Table};
use crate::pg::inval::{self, AsOf};
use crate::pg::{relation, types};
use model::redaction::Redaction;
use model::schema::{Closed, Slot};
use model::taxonomy::rules::{Contract, LogRules, TypeRules, Unregistered};
use model::tenant::TenantType;
use pgrx::pg_sys::{self, Oid};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use uuid::Uuid;

thread_local! {
    // Never dropped, as a backend that ends has no use for it.
    static RULES: ManuallyDrop<Cached<Uuid, LogRules>> = ManuallyDrop::default();
    static DEFAULT: One<Option<Oid>> = const { One::empty() };
}

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

/// The same, and as of when they hold.
pub fn rules_as_of(log_id: Uuid) -> Option<(Rc<LogRules>, Rc<AsOf>)> {
    if let Some(known) = RULES.with(|rules| rules.get_as_of(&log_id)) {
        return Some(known);
    }
    let (rules, as_of) = load(log_id)?;
    let (rules, as_of) = (Rc::new(rules), Rc::new(as_of));
    RULES.with(|kept| kept.keep(log_id, &rules, Rc::clone(&as_of)));
    Some((rules, as_of))
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
    if let Some(known) = DEFAULT.with(One::get) {
        return known;
    }
    let (log, as_of) = open([tables()[0]]);
    let [is_default, relation] = log[0].columns(&[
        ("is_default", pg_sys::BOOLOID),
        ("relation", pg_sys::REGCLASSOID),
    ]);
    let mut found = None;
    log[0].scan(&LatestSnapshot::take(), None, |row| {
        if row.bool(is_default) == Some(true) {
            found = row.oid(relation);
        }
    });
    DEFAULT.with(|default| default.keep(found, as_of));
    found
}

/// Opens tables of the catalogue, which locks them and so takes in what was committed before: what is read of them from
/// now on is as of this.
fn open<const N: usize>(tables: [Oid; N]) -> ([Table; N], AsOf) {
    inval::watch_catalogue(&tables);
    let open = tables.map(Table::open);
    (open, AsOf::now_with_catalogue(&[]))
}

fn load(log_id: Uuid) -> Option<(LogRules, AsOf)> {
    // The index holds the trackings that go on, and no others.
    let index = relation::lookup("eventlog", "tracked_table_entity_type");
    let ([log, types, tracked], as_of) = open(tables());
    let mut rules = settings(log_id, &log)?;
    // What is announced of a log as a change of its table is in the other two.
    as_of.add(Oid::from(rules.relation));
    let snapshot = LatestSnapshot::take();
    rules.ruled = event_rule::is_any(log_id);
    read_types(&mut rules, &types, &snapshot);
    let [owner, relation, entity_type] = tracked.columns(&[
        ("log_id", pg_sys::UUIDOID),
        ("relation", pg_sys::REGCLASSOID),
        ("entity_type", pg_sys::TEXTOID),
    ]);
    tracked.scan_by(&snapshot, index, &[(owner, Key::Uuid(log_id))], |row| {
        if row.oid(relation).is_some()
            && let Some(entity_type) = row.text(entity_type)
        {
            rules.capture(entity_type);
        }
    });
    rules.settle();
    Some((rules, as_of))
}

/// A number for rules that no others in this backend have.
fn next_serial() -> u64 {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    let next = LAST.get() + 1;
    LAST.set(next);
    next
}

/// The rules of a log that has no types.
fn settings(log_id: Uuid, log: &Table) -> Option<LogRules> {
    let mut rules = None;
    let [unregistered, limit, require, tenant, relation, redact] = log.columns(&[
        ("unregistered", pg_sys::TEXTOID),
        ("max_payload_bytes", pg_sys::INT4OID),
        ("require_tenant", pg_sys::BOOLOID),
        ("tenant_type", pg_sys::REGTYPEOID),
        ("relation", pg_sys::REGCLASSOID),
        ("redact", pg_sys::JSONBOID),
    ]);
    log.scan(&LatestSnapshot::take(), Some(log_id), |row| {
        let redact = row.jsonb(redact).map(redaction::read);
        let redact = redact.unwrap_or_default();
        let redaction =
            (!redact.is_empty()).then(|| Rc::new(Redaction::new([&redact], redaction::hash)));
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
            ruled: false,
            redact,
            redaction,
            hasher: redaction::hash,
            prepares: false,
            serial: next_serial(),
            types: FxHashMap::default(),
        });
    });
    rules
}

fn read_types(rules: &mut LogRules, types: &Table, snapshot: &LatestSnapshot) {
    let [
        name,
        version,
        is_default,
        status,
        required,
        limit,
        entities,
        actors,
        optional,
        schema,
        context_schema,
        additional,
        owner,
        docs_url,
        enforce,
        redact,
    ] = types.columns(&[
        ("type", pg_sys::TEXTOID),
        ("version", pg_sys::INT4OID),
        ("is_default", pg_sys::BOOLOID),
        ("status", pg_sys::TEXTOID),
        ("required", pg_sys::TEXTARRAYOID),
        ("max_payload_bytes", pg_sys::INT4OID),
        ("entity_types", pg_sys::TEXTARRAYOID),
        ("actor_types", pg_sys::TEXTARRAYOID),
        ("optional", pg_sys::TEXTARRAYOID),
        ("schema", pg_sys::JSONBOID),
        ("context_schema", pg_sys::JSONBOID),
        ("additional", pg_sys::TEXTOID),
        ("owner", pg_sys::TEXTOID),
        ("docs_url", pg_sys::TEXTOID),
        ("enforce", pg_sys::TEXTOID),
        ("redact", pg_sys::JSONBOID),
    ]);
    let schemas = schemas::schemas();
    let of_log = rules.redact.clone();
    types.scan(snapshot, Some(rules.log_id), |row| {
        let Some(name) = row.text(name) else { return };
        let entry: &mut TypeRules = rules.types.entry(name.into()).or_default();
        let number = row.int(version).unwrap_or(1);
        if row.bool(is_default) == Some(true) || entry.versions.is_empty() {
            entry.default_version = number;
        }
        let boxed = |names: Vec<String>| -> Vec<Box<str>> {
            names.into_iter().map(String::into_boxed_str).collect()
        };
        let source = |column| -> Option<Box<[u8]>> {
            let stored = row.jsonb(column)?;
            Some(stored.read().ok()?.as_bytes().into())
        };
        let slot = |source| Slot::new(source, Rc::clone(&schemas));
        let text = |column| {
            row.text(column)
                .map(|text| String::from_utf8_lossy(text).into())
        };
        let required = row.text_array(required).map(boxed).unwrap_or_default();
        let additional = row.text(additional);
        let closes = matches!(additional, Some(b"reject" | b"strip"));
        let closed = closes.then(|| {
            let optional = row.text_array(optional).map(boxed).unwrap_or_default();
            let known = required.iter().cloned().chain(optional).collect();
            Closed::new(known, source(schema), Rc::clone(&schemas))
        });
        let redact = row.jsonb(redact).map(redaction::read);
        let redact = redact.filter(|rules| !rules.is_empty());
        entry.versions.push(Contract {
            version: number,
            retired: row.text(status) == Some(b"retired"),
            required,
            max_payload_bytes: row.int(limit).map(|n| n.max(0) as usize),
            entity_types: row.text_array(entities).map(boxed),
            actor_types: row.text_array(actors).map(boxed),
            schema: source(schema).map(slot),
            context_schema: source(context_schema).map(slot),
            closed,
            strips: additional == Some(b"strip"),
            reports: row.text(enforce) == Some(b"report"),
            redaction: redact.as_ref().map(|own| {
                let both = [&of_log, own];
                Rc::new(Redaction::new(both, redaction::hash))
            }),
            redact: redact.unwrap_or_default(),
            docs_url: text(docs_url),
            owner: text(owner),
        });
    });
    for rules in rules.types.values_mut() {
        rules.versions.sort_by_key(|c| c.version);
    }
}
