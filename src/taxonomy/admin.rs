//! Changing the taxonomy: register, retire, import.
//!
//! The owner of a log changes its taxonomy. Rows are written as the owner of the catalogue, with
//! the log's row locked, so that two registrations of one log never interleave.

use super::cache;
use crate::admin_log;
use crate::error::{self, Error, OrRaise};
use crate::log::admin::write_note;
use crate::log::target::{self, Target};
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::List;
use crate::pg::spi::{self, Value};
use crate::pg::{datum, reserve, user};
use model::taxonomy::document::{Document, TypeDocument};
use model::text::shorten;
use pgrx::pg_sys::Datum;

/// What a registration did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Created,
    Updated,
    Retired,
    Unchanged,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Updated => "updated",
            Action::Retired => "retired",
            Action::Unchanged => "unchanged",
        }
    }
}

/// `eventlog.register_event_type(...)`.
pub fn register_event_type(call: &Call<'_>) -> Ret {
    let target = target::of_owner(call.oid(9));
    let entry = TypeDocument {
        event_type: call
            .string(0)
            .unwrap_or_else(|| Error::argument("event type must not be null").raise()),
        required: names(call, 1, "required").unwrap_or_default(),
        optional: names(call, 2, "optional").unwrap_or_default(),
        description: call.string(3),
        domain: call.string(4),
        version: call.int(5),
        max_payload_bytes: call.int(6),
        entity_types: names(call, 7, "entity_types"),
        actor_types: names(call, 8, "actor_types"),
        ..TypeDocument::default()
    };
    let entry = entry.check().map_err(Error::argument).or_raise();
    let role = user::current_role();
    let (version, action, default) = as_catalogue_owner(&target, || apply(&target, &entry, &role));
    if action != Action::Unchanged {
        record("register_event_type", &target, &entry, version, action);
        write_note(&target);
    }
    if action == Action::Created && version != default {
        let name = shorten(&entry.event_type);
        error::notice(
            format!(
                "version {version} of event type \"{name}\" is registered; events that name no \
                 version still follow version {default}"
            ),
            "eventlog.set_default_version() makes it the version of events that name none.",
        );
    }
    Ret::Value(Datum::from(version))
}

/// `eventlog.retire_event_type(type, log)`: no new events of it; those that there are stay.
pub fn retire_event_type(call: &Call<'_>) -> Ret {
    let target = target::of_owner(call.oid(1));
    let event_type = type_argument(call);
    let changed = as_catalogue_owner(&target, || {
        require_type(&target, &event_type, None);
        spi::run(
            "update eventlog.event_type set status = 'retired', \
                registered_at = pg_catalog.clock_timestamp() \
             where log_id operator(pg_catalog.=) $1 and type operator(pg_catalog.=) $2 \
                and status operator(pg_catalog.<>) 'retired' returning version",
            &[Value::Uuid(target.log_id), Value::text(event_type.clone())],
            |row| row.int(1),
        )
    });
    if !changed.is_empty() {
        let detail = serde_json::json!({ "versions": changed });
        admin_log::record(
            "retire_event_type",
            Some(target.log_id),
            &event_type,
            &detail,
        );
        write_note(&target);
    }
    Ret::Void
}

/// `eventlog.set_default_version(type, version, log)`: the version of events that name none.
pub fn set_default_version(call: &Call<'_>) -> Ret {
    let target = target::of_owner(call.oid(2));
    let event_type = type_argument(call);
    let Some(version) = call.int(1) else {
        Error::argument("version must not be null").raise();
    };
    let changed = as_catalogue_owner(&target, || {
        require_type(&target, &event_type, Some(version));
        make_default(&target, &event_type, version)
    });
    if changed {
        let detail = serde_json::json!({ "version": version });
        admin_log::record(
            "set_default_version",
            Some(target.log_id),
            &event_type,
            &detail,
        );
        write_note(&target);
    }
    Ret::Void
}

/// `eventlog.import_taxonomy(taxonomy, log)`: all or nothing; says what it did to each type.
pub fn import_taxonomy(call: &Call<'_>) -> Ret {
    let target = target::of_owner(call.oid(1));
    let Some(taxonomy) = call.jsonb(0) else {
        Error::argument("taxonomy must not be null").raise();
    };
    let read = taxonomy
        .read()
        .map_err(|_| Error::argument("taxonomy is damaged"))
        .or_raise();
    if read.as_bytes().len() > reserve::MAX_DOCUMENT {
        Error::TooLarge {
            message: format!(
                "the taxonomy has {} bytes, and may have {}",
                read.as_bytes().len(),
                reserve::MAX_DOCUMENT
            ),
        }
        .raise();
    }
    let mut text = List::new();
    let damaged = || Error::argument("taxonomy is damaged");
    let written = read.root().write_text(&mut text);
    written
        .map_err(|why| Error::not_read(why, damaged))
        .or_raise();
    let document = reserve::with_tree(&text, || Document::parse(&text))
        .or_raise()
        .or_raise();
    let mut sink = call.rows();
    let role = user::current_role();
    let mut changed = false;
    for entry in &document.types {
        let (version, action) = reserve::with_reserve(entry.copies(), || {
            let (version, action, _) = as_catalogue_owner(&target, || apply(&target, entry, &role));
            if action != Action::Unchanged {
                record("import_taxonomy", &target, entry, version, action);
                changed = true;
            }
            (version, action)
        })
        .or_raise();
        sink.push(&[
            Some(datum::new_text(&entry.event_type)),
            Some(Datum::from(version)),
            Some(datum::new_text(action.name())),
        ]);
    }
    if changed {
        write_note(&target);
    }
    Ret::Void
}

fn type_argument(call: &Call<'_>) -> String {
    call.string(0)
        .unwrap_or_else(|| Error::argument("event type must not be null").raise())
}

fn names(call: &Call<'_>, position: usize, name: &str) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = call.text_array(position)?.into_iter().collect();
    match names {
        Some(names) => Some(names),
        None => Error::argument(format!("{name} must not hold nulls")).raise(),
    }
}

/// Runs `f` as the owner of the catalogue, with the log's row locked: whoever comes second waits
/// here, and sees what the first one did.
fn as_catalogue_owner<R>(target: &Target, f: impl FnOnce() -> R) -> R {
    user::as_catalogue_owner(cache::tables()[1], || {
        spi::exec(
            "select from eventlog.log where log_id operator(pg_catalog.=) $1 for update",
            &[Value::Uuid(target.log_id)],
        );
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
fn apply(target: &Target, entry: &TypeDocument, role: &str) -> (i32, Action, i32) {
    let existing = existing(target, entry);
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
        store(target, entry, version, default.is_none(), role);
    }
    if entry.default
        && make_default(target, &entry.event_type, version)
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

fn existing(target: &Target, entry: &TypeDocument) -> Vec<Existing> {
    let optional = |names: &Option<Vec<String>>| Value::TextArray(names.clone());
    spi::run(
        "select t.version, t.is_default, \
            t.required operator(pg_catalog.=) $3 and t.optional operator(pg_catalog.=) $4 \
            and t.max_payload_bytes is not distinct from $5 \
            and t.entity_types is not distinct from $6 \
            and t.actor_types is not distinct from $7, \
            t.description is not distinct from $8 and t.domain is not distinct from $9, \
            t.status operator(pg_catalog.=) 'retired' \
         from eventlog.event_type t \
         where t.log_id operator(pg_catalog.=) $1 and t.type operator(pg_catalog.=) $2 \
         order by t.version",
        &[
            Value::Uuid(target.log_id),
            Value::text(entry.event_type.clone()),
            Value::TextArray(Some(entry.required.clone())),
            Value::TextArray(Some(entry.optional.clone())),
            Value::Int(entry.max_payload_bytes),
            optional(&entry.entity_types),
            optional(&entry.actor_types),
            Value::Text(entry.description.clone()),
            Value::Text(entry.domain.clone()),
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

fn store(target: &Target, entry: &TypeDocument, version: i32, is_default: bool, role: &str) {
    spi::exec(
        "insert into eventlog.event_type (log_id, type, version, is_default, status, domain, \
            description, required, optional, max_payload_bytes, entity_types, actor_types, \
            registered_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         on conflict (log_id, type, version) do update set \
            status = excluded.status, domain = excluded.domain, \
            description = excluded.description, required = excluded.required, \
            optional = excluded.optional, max_payload_bytes = excluded.max_payload_bytes, \
            entity_types = excluded.entity_types, actor_types = excluded.actor_types, \
            registered_at = pg_catalog.clock_timestamp(), registered_by = excluded.registered_by",
        &[
            Value::Uuid(target.log_id),
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
        ],
    );
}

/// Whether that changed anything.
fn make_default(target: &Target, event_type: &str, version: i32) -> bool {
    let mut values = vec![
        Value::Uuid(target.log_id),
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

fn require_type(target: &Target, event_type: &str, version: Option<i32>) {
    let found = spi::run(
        "select t.version from eventlog.event_type t \
         where t.log_id operator(pg_catalog.=) $1 and t.type operator(pg_catalog.=) $2 \
            and ($3 is null or t.version operator(pg_catalog.=) $3) limit 1",
        &[
            Value::Uuid(target.log_id),
            Value::text(event_type),
            Value::Int(version),
        ],
        |_| (),
    );
    if found.is_empty() {
        if version.is_some() {
            // Of the two things that can be missing, say the right one.
            require_type(target, event_type, None);
        }
        let (name, log) = (shorten(event_type), &target.name);
        Error::argument(match version {
            Some(v) => format!("event type \"{name}\" has no version {v} in log \"{log}\""),
            None => format!("event type \"{name}\" is not registered in log \"{log}\""),
        })
        .raise();
    }
}

fn record(action: &str, target: &Target, entry: &TypeDocument, version: i32, what: Action) {
    let detail = serde_json::json!({
        "version": version,
        "action": what.name(),
        "required": entry.required,
        "optional": entry.optional,
        "max_payload_bytes": entry.max_payload_bytes,
        "entity_types": entry.entity_types,
        "actor_types": entry.actor_types,
        "status": entry.status.as_deref().unwrap_or("active"),
    });
    admin_log::record(action, Some(target.log_id), &entry.event_type, &detail);
}

/// Registers the types of a document for a log that lost them; its owner has been checked.
pub fn restore(target: &Target, document: &Document) {
    let role = user::current_role();
    as_catalogue_owner(target, || {
        for entry in &document.types {
            apply(target, entry, &role);
        }
    });
}
