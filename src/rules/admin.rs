//! `add_check_rule`, `remove_event_rule`, and the rules of a document.

use super::known::{Check, NoPath};
use crate::catalogue::{admin_log, event_rule};
use crate::error::{Error, OrRaise};
use crate::log::document::Shape;
use crate::log::lookup;
use crate::log::note;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::jsonpath;
use crate::pg::memory::{self, Memory};
use crate::pg::{relation, user};
use model::rule::{Kind, Rule};
use model::taxonomy::suggest;
use model::text::shorten;

/// `eventlog.add_check_rule(name, type, predicate, message, log)`.
pub fn add_check_rule(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(4));
    let kind = Kind::Check {
        event_type: required(call.string(1), "event type"),
        predicate: required(call.string(2), "predicate"),
        message: call.string(3),
    };
    let name = required(call.string(0), "name");
    let rule = Rule { name, kind }.check();
    add(&target, &rule.map_err(Error::argument).or_raise());
    Ret::Void
}

fn add(target: &Target, rule: &Rule) {
    if put(target, rule, &user::current_role()) {
        let action = match rule.kind {
            Kind::Check { .. } => "add_check_rule",
        };
        record(action, target, rule);
        note::write(target);
    }
}

/// `eventlog.remove_event_rule(name, log)`.
pub fn remove_event_rule(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(1));
    let name = required(call.string(0), "name");
    let Some(rule) = event_rule::by_name(target.log_id, &name) else {
        Error::NoRule {
            name: shorten(&name),
            log: target.name.clone(),
        }
        .raise();
    };
    if event_rule::delete(target.log_id, &name) {
        record("remove_event_rule", &target, &rule);
        note::write(&target);
    }
    Ret::Void
}

/// Puts a rule of a taxonomy's document in place; whether that changed anything. The log's owner has called.
pub fn import(target: &Target, rule: &Rule, role: &str) -> bool {
    let changed = put(target, rule, role);
    if changed {
        record("import_taxonomy", target, rule);
    }
    changed
}

fn put(target: &Target, rule: &Rule, role: &str) -> bool {
    memory::current(|memory| try_out(target, rule, memory));
    event_rule::store(target.log_id, rule, role)
}

/// What an event has at least, beside its type; the rest is null.
const SAMPLE: &str = r#"{
    "id": "01900000-0000-7000-8000-000000000000", "seq": 1, "xid": 1, "origin": 1, "version": 1, "tenant_id": "1",
    "occurred_at": "2020-01-01T00:00:00+00:00", "recorded_at": "2020-01-01T00:00:00+00:00",
    "entity_type": "entity", "entity_id": "1", "actor_type": "user", "actor_id": "1",
    "source_type": null, "source_id": null, "correlation_id": null, "causation_id": null, "idempotency_key": null,
    "payload": {}, "context": {}}"#;

/// Refuses a predicate that could decide nothing.
fn try_out(target: &Target, rule: &Rule, memory: Memory<'_>) {
    let Kind::Check {
        event_type,
        predicate,
        message,
    } = &rule.kind;
    let name = shorten(&rule.name);
    let refuse = |why: String, hint: &str| -> ! {
        let message = format!("predicate of rule \"{name}\" {why}");
        Error::argument_hint(message, hint).raise()
    };
    let check = match Check::compile(&rule.name, predicate, message.as_deref(), memory) {
        Ok(check) => check,
        Err(NoPath::Unread(failure)) => refuse(
            format!("is no SQL/JSON path: {}", failure.message),
            "As in: $.payload.amount > 0",
        ),
        Err(NoPath::Variable(variable)) => refuse(
            format!("asks for a variable \"{}\"", shorten(&variable)),
            "Nobody gives it a value: $ is the event.",
        ),
    };
    let shape = relation::peek(target.oid, |relation| Shape::of(relation, target));
    let columns: Vec<String> = match &shape {
        Some(shape) => shape.names().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    for asked in check.names.iter().flatten() {
        if !columns.contains(asked) {
            let hint = match suggest::nearest(asked, columns.iter()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => {
                    "$ is the event: the log's columns by their names, such as $.payload.amount."
                        .to_owned()
                }
            };
            refuse(
                format!("asks for \"{}\", which events do not have", shorten(asked)),
                &hint,
            );
        }
    }
    let mut sample: serde_json::Value = serde_json::from_str(SAMPLE).unwrap_or_default();
    sample["type"] = event_type.as_str().into();
    let path = jsonpath::Path::parse(predicate, memory);
    for document in ["{}".to_owned(), sample.to_string()] {
        let document = jsonpath::document(&document, memory);
        let tried = match &path {
            Ok(path) => path.tries(document, memory),
            Err(_) => continue,
        };
        if let Err(failure) = tried {
            refuse(
                format!("does not give one boolean: {}", failure.message),
                "Compare, or ask with exists(); optional keys: !exists($.payload.amount) || $.payload.amount > 0",
            );
        }
    }
}

fn record(action: &str, target: &Target, rule: &Rule) {
    let detail = match &rule.kind {
        Kind::Check {
            event_type,
            predicate,
            message,
        } => serde_json::json!({
            "kind": rule.kind.name(),
            "type": event_type,
            "predicate": predicate,
            "message": message,
        }),
    };
    admin_log::record(action, Some(target.log_id), &rule.name, &detail);
}
