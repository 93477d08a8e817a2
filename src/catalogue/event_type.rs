//! The types of a log and their versions: `eventlog.event_type`.
//!
//! Rows are written with the log's row locked, so that two registrations of one log never interleave.

use super::{cache, log};
use crate::error::OrRaise;
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::{reserve, user};
use model::taxonomy::document::{Document, TypeDocument, Word};
use model::taxonomy::versions::{Decision, Version, Versions};
use pgrx::pg_sys::Oid;
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// Runs `f` as the owner of the catalogue, with the log's row locked: whoever comes second waits
/// here, and sees what the first one did.
pub fn as_catalogue_owner<R>(log_id: Uuid, f: impl FnOnce() -> R) -> R {
    user::as_catalogue_owner(cache::tables()[1], || {
        log::lock_row(log_id);
        f()
    })
}

/// Brings one version of one type to what the entry says, in the name of `role`; gives what was done. `versions` are those
/// of the type, and are so afterwards.
pub fn apply(log_id: Uuid, versions: &mut Versions, entry: &TypeDocument, role: &str) -> Decision {
    let decision = versions.decide(entry).or_raise();
    if decision.is_stored {
        store(log_id, entry, decision.number, decision.is_first, role);
    }
    if entry.default {
        make_default(log_id, &entry.event_type, decision.number);
    }
    versions.put(entry, decision);
    decision
}

/// All versions of all types of a log, or of one type, by whoever changes them.
pub fn versions(log_id: Uuid, event_type: Option<&str>) -> FxHashMap<String, Versions> {
    let values = [
        Value::Uuid(log_id),
        Value::Text(event_type.map(str::to_owned)),
    ];
    by_type(spi::run(VERSIONS, &values, version_of))
}

/// The same as the statement sees them, of which nothing is changed.
pub fn present(log_id: Uuid) -> FxHashMap<String, Versions> {
    user::as_catalogue_owner(cache::tables()[1], || {
        let values = [Value::Uuid(log_id), Value::Text(None)];
        by_type(spi::query(VERSIONS, &values, version_of))
    })
}

const VERSIONS: &str = "select t.type, t.version, t.is_default, t.status, t.domain, t.description, t.required, \
        t.optional, t.max_payload_bytes, t.entity_types, t.actor_types, t.schema, t.context_schema, t.additional, \
        t.compatibility, t.redact, t.enforce, t.owner, t.docs_url \
     from eventlog.event_type t \
     where t.log_id operator(pg_catalog.=) $1 and ($2 is null or t.type operator(pg_catalog.=) $2)";

fn version_of(row: Row<'_>) -> Version {
    // One that cannot be read was no schema, and is none now.
    let document = |column| {
        let stored = row.jsonb(column)?;
        let bytes = stored.read().ok()?.as_bytes();
        Some(reserve::with_reserve(bytes.len(), || bytes.to_vec()).or_raise())
    };
    let names = |column| row.text_array(column);
    let number = row.int(2).unwrap_or(1);
    let entry = TypeDocument {
        event_type: row.string(1).unwrap_or_default(),
        version: Some(number),
        status: row.string(4),
        default: false,
        domain: row.string(5),
        description: row.string(6),
        required: names(7).unwrap_or_default(),
        optional: names(8).unwrap_or_default(),
        max_payload_bytes: row.int(9),
        entity_types: names(10),
        actor_types: names(11),
        schema: document(12),
        context_schema: document(13),
        additional: word(row.string(14)),
        compatibility: word(row.string(15)),
        redact: document(16),
        enforce: word(row.string(17)),
        owner: row.string(18),
        docs_url: row.string(19),
    };
    Version {
        number,
        is_default: row.bool(3).unwrap_or(false),
        entry,
    }
}

fn by_type(rows: Vec<Version>) -> FxHashMap<String, Versions> {
    let mut all: FxHashMap<String, Vec<Version>> = FxHashMap::default();
    for version in rows {
        let of_type = all.entry(version.entry.event_type.clone()).or_default();
        of_type.push(version);
    }
    all.into_iter()
        .map(|(event_type, all)| (event_type, Versions::new(all)))
        .collect()
}

/// A word of the catalogue; the default where a later release wrote it.
fn word<W: Word + Default>(name: Option<String>) -> W {
    name.and_then(|name| W::named(&name).ok())
        .unwrap_or_default()
}

fn store(log_id: Uuid, entry: &TypeDocument, version: i32, is_default: bool, role: &str) {
    spi::exec(
        "insert into eventlog.event_type (log_id, type, version, is_default, status, domain, \
            description, required, optional, max_payload_bytes, entity_types, actor_types, \
            registered_by, schema, context_schema, additional, owner, docs_url, compatibility, \
            redact, enforce) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
            $19, $20, $21) \
         on conflict (log_id, type, version) do update set \
            status = excluded.status, domain = excluded.domain, \
            description = excluded.description, required = excluded.required, \
            optional = excluded.optional, max_payload_bytes = excluded.max_payload_bytes, \
            entity_types = excluded.entity_types, actor_types = excluded.actor_types, \
            schema = excluded.schema, context_schema = excluded.context_schema, \
            additional = excluded.additional, owner = excluded.owner, docs_url = excluded.docs_url, \
            compatibility = excluded.compatibility, redact = excluded.redact, \
            enforce = excluded.enforce, \
            registered_at = pg_catalog.clock_timestamp(), registered_by = excluded.registered_by",
        &[
            Value::Uuid(log_id),
            Value::text(entry.event_type.clone()),
            Value::Int(Some(version)),
            Value::Bool(is_default),
            Value::text(if entry.retired() { "retired" } else { "active" }),
            Value::Text(entry.domain.clone()),
            Value::Text(entry.description.clone()),
            Value::TextArray(Some(entry.required.clone())),
            Value::TextArray(Some(entry.optional.clone())),
            Value::Int(entry.max_payload_bytes),
            Value::TextArray(entry.entity_types.clone()),
            Value::TextArray(entry.actor_types.clone()),
            Value::text(role),
            Value::Jsonb(entry.schema.clone()),
            Value::Jsonb(entry.context_schema.clone()),
            Value::text(entry.additional.name()),
            Value::Text(entry.owner.clone()),
            Value::Text(entry.docs_url.clone()),
            Value::text(entry.compatibility.name()),
            Value::Jsonb(entry.redact.clone()),
            Value::text(entry.enforce.name()),
        ],
    );
}

/// Whether that changed anything.
pub fn make_default(log_id: Uuid, event_type: &str, version: i32) -> bool {
    let mut values = vec![
        Value::Uuid(log_id),
        Value::text(event_type),
        Value::Int(Some(version)),
    ];
    // First the old one goes: there may never be two.
    let before = spi::run(
        "update eventlog.event_type set is_default = false \
         where log_id operator(pg_catalog.=) $1 and type operator(pg_catalog.=) $2 \
            and is_default and version operator(pg_catalog.<>) $3 returning version",
        &values,
        |_| (),
    );
    let after = spi::run(
        "update eventlog.event_type set is_default = true \
         where log_id operator(pg_catalog.=) $1 and type operator(pg_catalog.=) $2 \
            and version operator(pg_catalog.=) $3 and not is_default returning version",
        &std::mem::take(&mut values),
        |_| (),
    );
    !before.is_empty() || !after.is_empty()
}

/// Whether a log has this type, in this version if one is given.
pub fn exists(log_id: Uuid, event_type: &str, version: Option<i32>) -> bool {
    let found = spi::run(
        "select t.version from eventlog.event_type t \
         where t.log_id operator(pg_catalog.=) $1 and t.type operator(pg_catalog.=) $2 \
            and ($3 is null or t.version operator(pg_catalog.=) $3) limit 1",
        &[
            Value::Uuid(log_id),
            Value::text(event_type),
            Value::Int(version),
        ],
        |_| (),
    );
    !found.is_empty()
}

/// Retires all versions of a type; gives those that were not retired before.
pub fn retire(log_id: Uuid, event_type: &str) -> Vec<Option<i32>> {
    spi::run(
        "update eventlog.event_type set status = 'retired', \
            registered_at = pg_catalog.clock_timestamp() \
         where log_id operator(pg_catalog.=) $1 and type operator(pg_catalog.=) $2 \
            and status operator(pg_catalog.<>) 'retired' returning version",
        &[Value::Uuid(log_id), Value::text(event_type)],
        |row| row.int(1),
    )
}

/// Registers the types of a document for a log that lost them; its owner has been checked.
pub fn restore(log_id: Uuid, document: &Document) {
    let role = user::current_role();
    as_catalogue_owner(log_id, || {
        let mut all = versions(log_id, None);
        for entry in &document.types {
            let of_type = all.entry(entry.event_type.clone()).or_default();
            apply(log_id, of_type, entry, &role);
        }
    });
}

/// The taxonomy of a log as a document. It is put together in SQL, where the rows are, and read here, where rules decide
/// on each entry ([`apply`]): the two have the document's shape in common, which `model::taxonomy::document` says.
pub fn export(log: Oid) -> String {
    user::as_catalogue_owner(cache::tables()[1], || {
        let found = spi::run(
            "select eventlog.export_taxonomy($1::pg_catalog.oid::pg_catalog.regclass)::pg_catalog.text",
            &[Value::Oid(log)],
            |row| row.string(1),
        );
        found.into_iter().next().flatten().unwrap_or_default()
    })
}

/// Forgets the types of a log.
pub fn forget(log_id: Uuid) {
    user::as_catalogue_owner(cache::tables()[1], || {
        spi::exec(
            "delete from eventlog.event_type where log_id operator(pg_catalog.=) $1",
            &[Value::Uuid(log_id)],
        );
    });
}
