//! The note that a log keeps beside itself.
//!
//! `drop extension ... cascade` takes the catalogue along: settings and taxonomy would be lost,
//! and the log's id with them. So a copy stands in the comment of the log's sequence, which is
//! the owner's own, is dumped and restored like any comment, and is in nobody's way.

use super::target::Target;
use crate::catalogue::log::{self, Settings};
use crate::catalogue::{act, cache, event_rule, event_type, redaction, upcast};
use crate::error::{self, Error, OrRaise};
use crate::pg::spi::{self, Value};
use crate::pg::{convert, input, reserve, types, user};
use model::redaction::Rules;
use model::taxonomy::document::Document;
use model::tenant::TenantType;
use pgrx::pg_sys::Oid;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// What stands before the JSON.
const PREFIX: &str = "pg_eventlog keeps what repair_log needs here: ";

/// What a log needs to stand up again.
#[derive(Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Note {
    pub log_id: Uuid,
    /// none in a note of before there were numbers
    #[serde(default)]
    pub format: i32,
    pub tenant_type: String,
    pub partition_interval: Option<String>,
    pub unregistered: String,
    pub max_payload_bytes: i32,
    pub require_tenant: bool,
    pub is_default: bool,
    /// null where it is too long for a comment
    pub taxonomy: Box<RawValue>,
    /// what is redacted of all events, also where the taxonomy is too long
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redact: Option<Box<RawValue>>,
    /// bytes of a taxonomy that is too long
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
}

/// Bytes of a taxonomy that a note keeps. All that reads the comments of a database reads it too.
const MAX_TAXONOMY: usize = 256 << 10;

impl Note {
    /// What is to be kept of a log as it stands.
    pub fn of(target: &Target) -> Note {
        let row = log::row_of(target.log_id)
            .unwrap_or_else(|| Error::internal("a log is missing from the catalogue").raise());
        let settings = row.settings;
        let tenants = types::tenants_of(settings.tenant_type).unwrap_or(TenantType::Text);
        let interval = settings.partition_interval.as_ref();
        let taxonomy = event_type::export(target.oid);
        let left_out = (taxonomy.len() > MAX_TAXONOMY).then_some(taxonomy.len());
        let taxonomy = match left_out {
            None => RawValue::from_string(taxonomy).unwrap_or_default(),
            Some(_) => Box::default(),
        };
        Note {
            log_id: target.log_id,
            format: row.format,
            tenant_type: tenants.name().to_owned(),
            partition_interval: interval.map(|interval| convert::to_text(interval.datum())),
            unregistered: settings.unregistered,
            max_payload_bytes: settings.max_payload_bytes,
            require_tenant: settings.require_tenant,
            is_default: row.is_default,
            taxonomy,
            redact: row
                .redact
                .and_then(|rules| RawValue::from_string(rules).ok()),
            left_out,
        }
    }

    /// Writes it down, as the log's owner.
    pub fn write(&self, log: Oid) {
        // The text, and it again behind its prefix; each grows by doubling.
        let write = || {
            let Ok(json) = serde_json::to_string(self) else {
                return;
            };
            act::during(|| {
                spi::exec(
                    "select eventlog._write_note($1::pg_catalog.oid::pg_catalog.regclass, $2)",
                    &[Value::Oid(log), Value::text(format!("{PREFIX}{json}"))],
                );
            });
        };
        let redact = self.redact.as_ref().map_or(0, |rules| rules.get().len());
        reserve::with_reserve(8 * (self.taxonomy.get().len() + redact), write).or_raise();
    }

    /// The note of a log, if it has one that can be read.
    pub fn read(log: Oid) -> Option<Note> {
        let text = user::with_pinned_path(|| {
            spi::run(
                "select eventlog._read_note($1::pg_catalog.oid::pg_catalog.regclass)",
                &[Value::Oid(log)],
                |row| row.string(1),
            )
        });
        let text = text.into_iter().next().flatten()?;
        let json = text.strip_prefix(PREFIX)?;
        let read = || serde_json::from_str(json).ok();
        reserve::with_tree(json.as_bytes(), read).or_raise()
    }

    /// The settings that it keeps.
    pub fn settings(&self) -> Settings {
        Settings {
            tenant_type: types::of_tenant(TenantType::named(&self.tenant_type)),
            partition_interval: self
                .partition_interval
                .as_ref()
                .and_then(|text| input::interval(text.as_bytes()).ok()),
            unregistered: self.unregistered.clone(),
            max_payload_bytes: self.max_payload_bytes,
            require_tenant: self.require_tenant,
        }
    }

    /// Redacts again what it says, where the catalogue redacts nothing of the log's events; whether that was so.
    pub fn restore_redaction(&self, target: &Target) -> bool {
        let is_known = cache::rules(target.log_id).is_some_and(|rules| !rules.redact.is_empty());
        let Some(rules) = self.redact.as_ref().filter(|_| !is_known) else {
            return false;
        };
        let document = serde_json::from_str(rules.get()).unwrap_or_default();
        let Ok(rules) = Rules::read(document) else {
            error::complain(
                &format!(
                    "the redaction in the note of log \"{}\" cannot be read",
                    target.name
                ),
                "Its owner sets it anew with eventlog.set_redaction().",
            );
            return false;
        };
        redaction::store(target.log_id, &rules).or_raise()
    }

    /// Registers its types and rules, where the catalogue has none for the log; gives their numbers.
    pub fn restore_taxonomy(&self, target: &Target) -> Option<(usize, usize)> {
        let rules = cache::rules(target.log_id)?;
        if rules.has_contracts() || rules.ruled {
            return None;
        }
        if let Some(bytes) = self.left_out {
            error::complain(
                &format!(
                    "the note of log \"{}\" has no taxonomy, as that had {bytes} bytes",
                    target.name
                ),
                "Import it anew: eventlog.import_taxonomy(taxonomy, log).",
            );
            return None;
        }
        let Ok(document) = Document::parse(self.taxonomy.get().as_bytes()) else {
            pgrx::warning!(
                "the taxonomy in the note of log \"{}\" cannot be read",
                target.name
            );
            return None;
        };
        event_type::restore(target.log_id, &document);
        event_rule::restore(target.log_id, &document.rules);
        upcast::restore(target.log_id, &document.upcasts);
        Some((document.types.len(), document.rules.len()))
    }
}

/// Keeps beside the log what `repair_log` needs after the catalogue is gone.
pub fn write(target: &Target) {
    Note::of(target).write(target.oid);
}
