//! Changing the taxonomy: register, retire, import.
//!
//! The owner of a log changes its taxonomy. Rows are written as the owner of the catalogue, with
//! the log's row locked, so that two registrations of one log never interleave.

use crate::catalogue::admin_log;
use crate::catalogue::event_type;
use crate::catalogue::redaction;
use crate::catalogue::schemas::{self, Broken};
use crate::error::{self, Error, OrRaise};
use crate::log::lookup;
use crate::log::note;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::List;
use crate::pg::{reserve, user};
use crate::rules;
use crate::upcast;
use model::schema;
use model::taxonomy::document::{Document, MAX_SCHEMA_BYTES, TypeDocument, Word};
use model::taxonomy::versions::{Action, Decision, Versions};
use model::text::shorten;
use rustc_hash::FxHashMap;

/// `eventlog.register_event_type(...)`.
pub fn register_event_type(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(17));
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
        schema: stored(call, 9, "schema"),
        context_schema: stored(call, 10, "context_schema"),
        additional: word(call, 11),
        compatibility: word(call, 12),
        redact: stored(call, 13, "redact"),
        enforce: word(call, 14),
        owner: call.string(15),
        docs_url: call.string(16),
        ..TypeDocument::default()
    };
    let entry = with_redact(entry.redact.as_deref(), || entry.clone().check())
        .map_err(Error::argument)
        .or_raise();
    schemas::check(&entry).or_raise();
    require_key(&entry, &target);
    let role = user::current_role();
    let (decision, versions) = reserve::with_reserve(entry.copies(), || {
        let applied = event_type::as_catalogue_owner(target.log_id, || {
            let mut versions = versions_of(&target, &entry.event_type);
            let decision = event_type::apply(target.log_id, &mut versions, &entry, &role);
            (decision, versions)
        });
        if applied.0.action != Action::Unchanged {
            redaction::check(target.log_id, Some(&entry.event_type)).or_raise();
            record("register_event_type", &target, &entry, applied.0);
        }
        applied
    })
    .or_raise();
    let Decision {
        number: version,
        action,
        default,
        ..
    } = decision;
    let broken = schemas::breaks([(&*entry.event_type, &versions)]).or_raise();
    refuse(broken);
    if action != Action::Unchanged {
        note::write(&target);
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
    call.value(version)
}

/// `eventlog.retire_event_type(type, log)`: no new events of it; those that there are stay.
pub fn retire_event_type(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(1));
    let name = type_argument(call);
    let changed = event_type::as_catalogue_owner(target.log_id, || {
        require_type(&target, &name, None);
        event_type::retire(target.log_id, &name)
    });
    if !changed.is_empty() {
        let detail = serde_json::json!({ "versions": changed });
        admin_log::record("retire_event_type", Some(target.log_id), &name, &detail);
        note::write(&target);
    }
    Ret::Void
}

/// `eventlog.set_default_version(type, version, log)`: the version of events that name none.
pub fn set_default_version(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(2));
    let name = type_argument(call);
    let Some(version) = call.int(1) else {
        Error::argument("version must not be null").raise();
    };
    let changed = event_type::as_catalogue_owner(target.log_id, || {
        require_type(&target, &name, Some(version));
        event_type::make_default(target.log_id, &name, version)
    });
    if changed {
        let detail = serde_json::json!({ "version": version });
        admin_log::record("set_default_version", Some(target.log_id), &name, &detail);
        note::write(&target);
    }
    Ret::Void
}

/// `eventlog.import_taxonomy(taxonomy, log)`: all or nothing; says what it did to each type.
pub fn import_taxonomy(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(1));
    let document = document(call, 0);
    let mut sink = call.rows();
    let memory = call.memory();
    let role = user::current_role();
    let mut changed = false;
    if let Some(rules) = &document.redact {
        redaction::require_key(rules, &target.name).or_raise();
        changed = super::redaction::set("import_taxonomy", &target, rules);
    }
    for entry in &document.types {
        require_key(entry, &target);
    }
    let mut all: FxHashMap<&str, Versions> = FxHashMap::default();
    for entry in &document.types {
        let name = &*entry.event_type;
        let versions = all
            .entry(name)
            .or_insert_with(|| versions_of(&target, name));
        let Decision {
            number: version,
            action,
            ..
        } = reserve::with_reserve(entry.copies(), || {
            let decision = event_type::as_catalogue_owner(target.log_id, || {
                event_type::apply(target.log_id, versions, entry, &role)
            });
            if decision.action != Action::Unchanged {
                record("import_taxonomy", &target, entry, decision);
                changed = true;
            }
            decision
        })
        .or_raise();
        sink.push(&[
            Some(memory.text(&entry.event_type).into()),
            Some(version.into()),
            Some(memory.text(action.name()).into()),
        ]);
    }
    let mut types: Vec<_> = all.iter().map(|(name, all)| (*name, all)).collect();
    types.sort_by_key(|(name, _)| *name);
    refuse(schemas::breaks(types).or_raise());
    for made in &document.upcasts {
        let imported = || upcast::import(&target, made, &role);
        changed |= reserve::with_reserve(made.copies(), imported).or_raise();
    }
    for rule in &document.rules {
        let imported = || rules::import(&target, rule, &role);
        changed |= reserve::with_reserve(rule.copies(), imported).or_raise();
    }
    if changed {
        redaction::check(target.log_id, None).or_raise();
        note::write(&target);
    }
    Ret::Void
}

/// A taxonomy as a document, whose schemas are schemas.
pub(super) fn document(call: &Call<'_>, position: usize) -> Document {
    let Some(taxonomy) = call.jsonb(position) else {
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
    for entry in &document.types {
        schemas::check(entry).or_raise();
    }
    document
}

/// The versions of a type, which nobody else changes meanwhile.
fn versions_of(target: &Target, event_type: &str) -> Versions {
    event_type::as_catalogue_owner(target.log_id, || {
        let found = event_type::versions(target.log_id, Some(event_type));
        found.into_values().next().unwrap_or_default()
    })
}

/// Refuses versions that break their promise to others, with all that they break.
fn refuse(broken: Vec<Broken>) {
    let Some(first) = broken.first() else { return };
    let message = match broken.len() {
        1 => format!(
            "version {} of event type \"{}\" is not {} with the others",
            first.version,
            shorten(&first.event_type),
            first.level.adjective()
        ),
        more => format!("{more} versions of event types are not compatible with others"),
    };
    let is_one_type = broken.iter().all(|one| one.event_type == first.event_type);
    let told = broken.into_iter().flat_map(|one| {
        one.told.into_iter().map(move |mut told| {
            if !is_one_type {
                let name = shorten(&one.event_type);
                told.message = format!("event type \"{name}\": {}", told.message);
            }
            told
        })
    });
    Error::Incompatible {
        message,
        breaks: told.collect(),
    }
    .raise()
}

/// Refuses a contract that hashes values where there is no key for that.
fn require_key(entry: &TypeDocument, target: &Target) {
    let rules = with_redact(entry.redact.as_deref(), || entry.redact_rules());
    let rules = rules.map_err(Error::argument).or_raise();
    redaction::require_key(&rules, &target.name).or_raise();
}

/// Runs what makes a tree of rules, once there is memory for that; of more than may be is made none.
fn with_redact<R>(rules: Option<&[u8]>, f: impl FnOnce() -> R) -> R {
    let bytes = rules.map_or(0, |rules| rules.len().min(MAX_SCHEMA_BYTES));
    reserve::with_reserve(bytes * schema::GROWTH, f).or_raise()
}

fn type_argument(call: &Call<'_>) -> String {
    call.string(0)
        .unwrap_or_else(|| Error::argument("event type must not be null").raise())
}

/// One of a few words; the default where it is null.
fn word<W: Word + Default>(call: &Call<'_>, position: usize) -> W {
    let named = call
        .string(position)
        .map_or(Ok(W::default()), |name| W::named(&name));
    named.map_err(Error::argument).or_raise()
}

/// A document as it is stored: the container, without its varlena header.
fn stored(call: &Call<'_>, position: usize, name: &str) -> Option<Vec<u8>> {
    let document = call.jsonb(position)?;
    let read = document
        .read()
        .map_err(|_| Error::argument(format!("{name} is damaged")))
        .or_raise();
    let bytes = read.as_bytes();
    reserve::with_reserve(bytes.len(), || bytes.to_vec())
        .map(Some)
        .or_raise()
}

fn names(call: &Call<'_>, position: usize, name: &str) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = call.text_array(position)?.into_iter().collect();
    match names {
        Some(names) => Some(names),
        None => Error::argument(format!("{name} must not hold nulls")).raise(),
    }
}

/// Of the two things that can be missing, says the right one.
fn require_type(target: &Target, name: &str, version: Option<i32>) {
    let (short, log) = (shorten(name), &target.name);
    if !event_type::exists(target.log_id, name, None) {
        Error::argument(format!(
            "event type \"{short}\" is not registered in log \"{log}\""
        ))
        .raise();
    }
    if let Some(version) = version.filter(|v| !event_type::exists(target.log_id, name, Some(*v))) {
        Error::argument(format!(
            "event type \"{short}\" has no version {version} in log \"{log}\""
        ))
        .raise();
    }
}

fn record(action: &str, target: &Target, entry: &TypeDocument, what: Decision) {
    let tree = |source: &Option<Vec<u8>>| {
        let source = source.as_deref()?;
        schema::tree_of(source, "schema").ok()
    };
    let detail = serde_json::json!({
        "version": what.number,
        "action": what.action.name(),
        "required": entry.required,
        "optional": entry.optional,
        "max_payload_bytes": entry.max_payload_bytes,
        "entity_types": entry.entity_types,
        "actor_types": entry.actor_types,
        "status": entry.status.as_deref().unwrap_or("active"),
        "schema": tree(&entry.schema),
        "context_schema": tree(&entry.context_schema),
        "additional": entry.additional.name(),
        "compatibility": entry.compatibility.name(),
        "redact": tree(&entry.redact),
        "enforce": entry.enforce.name(),
        "owner": entry.owner,
        "docs_url": entry.docs_url,
    });
    admin_log::record(action, Some(target.log_id), &entry.event_type, &detail);
}
