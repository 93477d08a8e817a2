//! The types of a log and their versions: `eventlog.event_type`.
//!
//! Rows are written with the log's row locked, so that two registrations of one log never interleave.

use super::{cache, log};
use crate::error::Error;
use crate::pg::spi::{self, Value};
use crate::pg::user;
use model::taxonomy::document::{Document, TypeDocument, Word};
use pgrx::pg_sys::Oid;
use uuid::Uuid;

/// What a registration did.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Created,
    Updated,
    Retired,
    Unchanged,
}

impl Action {
    /// Its name in what SQL shows.
    pub fn name(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Updated => "updated",
            Action::Retired => "retired",
            Action::Unchanged => "unchanged",
        }
    }
}

/// Runs `f` as the owner of the catalogue, with the log's row locked: whoever comes second waits
/// here, and sees what the first one did.
pub fn as_catalogue_owner<R>(log_id: Uuid, f: impl FnOnce() -> R) -> R {
    user::as_catalogue_owner(cache::tables()[1], || {
        log::lock_row(log_id);
        f()
    })
}

struct Existing {
    version: i32,
    is_default: bool,
    same_contract: bool,
    same_words: bool,
    retired: bool,
}

/// Brings one version of one type to what the entry says, in the name of `role`; gives its
/// number, what was done, and the type's default version.
pub fn apply(log_id: Uuid, entry: &TypeDocument, role: &str) -> (i32, Action, i32) {
    let existing = existing(log_id, entry);
    let version = entry.version.unwrap_or_else(|| {
        let same = existing
            .iter()
            .rev()
            .find(|e| e.same_contract)
            .map(|e| e.version);
        let next = existing
            .last()
            .map_or(Some(1), |e| e.version.checked_add(1));
        let next = next.unwrap_or_else(|| {
            Error::argument("the event type has no version left: name one").raise()
        });
        same.unwrap_or(next)
    });
    let old = existing.iter().find(|e| e.version == version);
    let default = existing.iter().find(|e| e.is_default).map(|e| e.version);
    let mut action = match old {
        None => Action::Created,
        Some(e) if e.retired != entry.retired() => {
            if entry.retired() {
                Action::Retired
            } else {
                Action::Updated
            }
        }
        Some(e) if e.same_contract && e.same_words => Action::Unchanged,
        Some(_) => Action::Updated,
    };
    if action != Action::Unchanged {
        store(log_id, entry, version, default.is_none(), role);
    }
    if entry.default
        && make_default(log_id, &entry.event_type, version)
        && action == Action::Unchanged
    {
        action = Action::Updated;
    }
    let default = if entry.default {
        version
    } else {
        default.unwrap_or(version)
    };
    (version, action, default)
}

fn existing(log_id: Uuid, entry: &TypeDocument) -> Vec<Existing> {
    let optional = |names: &Option<Vec<String>>| Value::TextArray(names.clone());
    spi::run(
        "select t.version, t.is_default, \
            t.required operator(pg_catalog.=) $3 and t.optional operator(pg_catalog.=) $4 \
            and t.max_payload_bytes is not distinct from $5 \
            and t.entity_types is not distinct from $6 \
            and t.actor_types is not distinct from $7 \
            and t.schema is not distinct from $10 \
            and t.context_schema is not distinct from $11 \
            and t.additional operator(pg_catalog.=) $12, \
            t.description is not distinct from $8 and t.domain is not distinct from $9 \
            and t.owner is not distinct from $13 and t.docs_url is not distinct from $14 \
            and t.compatibility operator(pg_catalog.=) $15 \
            and t.redact is not distinct from $16 \
            and t.enforce operator(pg_catalog.=) $17, \
            t.status operator(pg_catalog.=) 'retired' \
         from eventlog.event_type t \
         where t.log_id operator(pg_catalog.=) $1 and t.type operator(pg_catalog.=) $2 \
         order by t.version",
        &[
            Value::Uuid(log_id),
            Value::text(entry.event_type.clone()),
            Value::TextArray(Some(entry.required.clone())),
            Value::TextArray(Some(entry.optional.clone())),
            Value::Int(entry.max_payload_bytes),
            optional(&entry.entity_types),
            optional(&entry.actor_types),
            Value::Text(entry.description.clone()),
            Value::Text(entry.domain.clone()),
            Value::Jsonb(entry.schema.clone()),
            Value::Jsonb(entry.context_schema.clone()),
            Value::text(entry.additional.name()),
            Value::Text(entry.owner.clone()),
            Value::Text(entry.docs_url.clone()),
            Value::text(entry.compatibility.name()),
            Value::Jsonb(entry.redact.clone()),
            Value::text(entry.enforce.name()),
        ],
        |row| Existing {
            version: row.int(1).unwrap_or(0),
            is_default: row.bool(2).unwrap_or(false),
            same_contract: row.bool(3).unwrap_or(false),
            same_words: row.bool(4).unwrap_or(false),
            retired: row.bool(5).unwrap_or(false),
        },
    )
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
        for entry in &document.types {
            apply(log_id, entry, &role);
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
