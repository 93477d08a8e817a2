//! Changing what is redacted of a log's events.

use crate::catalogue::{admin_log, redaction};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::note;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret};
use crate::pg::reserve;
use model::redaction::Rules;
use model::schema::{self, GROWTH};

/// Bytes that rules may have.
const MAX_BYTES: usize = 1 << 20;

/// `eventlog.set_redaction(rules, log)`: what is redacted of all events of a log.
pub fn set_redaction(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(1));
    let rules = rules(call).or_raise();
    redaction::require_key(&rules, &target.name).or_raise();
    if set("set_redaction", &target, &rules) {
        redaction::check(target.log_id, None).or_raise();
        note::write(&target);
    }
    Ret::Void
}

/// Brings the rules of a log to these and records it; whether that changed anything.
pub fn set(action: &str, target: &Target, rules: &Rules) -> bool {
    let changed = redaction::store(target.log_id, rules).or_raise();
    if changed {
        let detail = serde_json::json!({ "redact": rules.document() });
        admin_log::record(action, Some(target.log_id), &target.name, &detail);
    }
    changed
}

fn rules(call: &Call<'_>) -> Result<Rules, Error> {
    let rules = call.jsonb(0).ok_or_else(|| {
        Error::argument_hint(
            "rules must not be null",
            "An empty object, \"{}\", redacts nothing.",
        )
    })?;
    if rules.size() > MAX_BYTES {
        return Err(Error::argument(format!(
            "rules have {} bytes, and may have {MAX_BYTES}",
            rules.size()
        )));
    }
    let read = rules
        .read()
        .map_err(|_| Error::argument("rules are damaged"))?;
    let bytes = read.as_bytes();
    reserve::with_reserve(bytes.len() * GROWTH, || {
        let document = schema::tree_of(bytes, "the redaction").map_err(Error::from)?;
        Rules::read(document).map_err(|why| Error::argument(format!("the redaction {why}")))
    })?
}
