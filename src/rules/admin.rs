//! `add_check_rule`, `add_transition_rule`, `remove_event_rule`, and the rules of a document.

use super::known::{self, Check, NoPath};
use super::reference::Lookup;
use crate::catalogue::{act, admin_log, event_rule};
use crate::error::{Error, OrRaise};
use crate::log::document::Shape;
use crate::log::lookup;
use crate::log::note;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::jsonpath::{self, Path};
use crate::pg::memory::{self, Memory};
use crate::pg::spi::{self, Value};
use crate::pg::tuple::Row;
use crate::pg::{convert, relation, user, xact};
use model::rule::machine::Machine;
use model::rule::path::{self, Asks};
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
    add(
        &target,
        &rule.map_err(Error::argument).or_raise(),
        Existing::Ignore,
    );
    Ret::Void
}

/// `eventlog.add_reference_rule(name, type, path, relation, column_name, tenant_column, log)`.
pub fn add_reference_rule(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(6));
    let relation = required(call.oid(3), "relation");
    let kind = Kind::Reference {
        event_type: required(call.string(1), "event type"),
        path: required(call.string(2), "path"),
        relation: relation::quoted(relation).unwrap_or_else(|| relation::display(relation)),
        column: required(call.name(4), "column_name"),
        tenant_column: call.name(5),
    };
    let name = required(call.string(0), "name");
    let rule = Rule { name, kind }.check();
    add(
        &target,
        &rule.map_err(Error::argument).or_raise(),
        Existing::Ignore,
    );
    Ret::Void
}

/// `eventlog.add_transition_rule(name, entity_type, transitions, path, types, existing, log)`.
pub fn add_transition_rule(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(6));
    let name = required(call.string(0), "name");
    let entity_type = required(call.string(1), "entity_type");
    let transitions = required(call.jsonb(2), "transitions");
    if transitions.size() > MAX_TRANSITIONS {
        let message = format!("transitions have more than {MAX_TRANSITIONS} bytes");
        Error::argument(message).raise();
    }
    let transitions = serde_json::from_str(&convert::to_text(transitions.into()));
    let transitions = transitions.unwrap_or_default();
    let types: Option<Option<Vec<String>>> =
        call.text_array(4).map(|types| types.into_iter().collect());
    let kind = Kind::Transition {
        entity_type,
        machine: Machine::read(transitions)
            .map_err(Error::argument)
            .or_raise(),
        path: call.string(3),
        types: types.map(|types| required(types, "an element of types")),
    };
    let existing = match required(call.string(5), "existing").as_str() {
        "refuse" => Existing::Refuse,
        "ignore" => Existing::Ignore,
        _ => Error::argument("existing must be \"refuse\" or \"ignore\"").raise(),
    };
    let rule = Rule { name, kind }.check();
    add(&target, &rule.map_err(Error::argument).or_raise(), existing);
    Ret::Void
}

/// Bytes that transitions may have.
const MAX_TRANSITIONS: usize = 1_000_000;

/// What becomes of a transition rule that the events which are there break.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Refuse,
    Ignore,
}

fn add(target: &Target, rule: &Rule, existing: Existing) {
    if put(target, rule, &user::current_role(), existing) {
        let action = match rule.kind {
            Kind::Check { .. } => "add_check_rule",
            Kind::Reference { .. } => "add_reference_rule",
            Kind::Transition { .. } => "add_transition_rule",
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
        if matches!(rule.kind, Kind::Transition { .. }) {
            of_states(
                &target,
                "_leave_states($1, $2, $3)",
                &[Value::text(name)],
                |_| (),
            );
        }
        record("remove_event_rule", &target, &rule);
        note::write(&target);
    }
    Ret::Void
}

/// Puts a rule of a taxonomy's document in place; whether that changed anything. The log's owner has called.
pub fn import(target: &Target, rule: &Rule, role: &str) -> bool {
    let changed = put(target, rule, role, Existing::Refuse);
    if changed {
        record("import_taxonomy", target, rule);
    }
    changed
}

fn put(target: &Target, rule: &Rule, role: &str, existing: Existing) -> bool {
    memory::current(|memory| match &rule.kind {
        Kind::Check { .. } => try_check(target, rule, memory),
        Kind::Reference { .. } => try_reference(target, rule, memory),
        Kind::Transition { path, .. } => {
            if let Some(path) = path {
                try_path(&rule.name, path, memory);
            }
        }
    });
    let before = event_rule::by_name(target.log_id, &rule.name);
    let kind = rule.kind.name();
    if before.is_some_and(|before| before.kind.name() != kind) {
        let (name, log) = (shorten(&rule.name), target.name.clone());
        Error::RuleExists { name, log }.raise();
    }
    let has_states = matches!(rule.kind, Kind::Transition { .. });
    if has_states {
        equip(target);
    }
    if !event_rule::store(target.log_id, rule, role) {
        return false;
    }
    if has_states {
        fill(target, &rule.name, existing);
    }
    true
}

/// Makes the table of states, or puts it right; a phrase for each piece.
fn equip(target: &Target) -> Vec<String> {
    if xact::keeps_its_snapshot() {
        Error::not_set_up(
            "the states of entities are read in READ COMMITTED",
            "Events that came since the transaction's snapshot would be passed over.",
        )
        .raise();
    }
    of_states(target, "_equip_states($1, $2)", &[], |row| {
        row.string(1).unwrap_or_default()
    })
}

/// Makes the table of states of a log that has no rules which would fill it.
pub fn make_states(target: &Target) {
    of_states(target, "_equip_states($1, $2)", &[], |_| ());
}

/// Puts back the table of states of a log that needs one; a phrase for each piece.
pub fn repair_states(target: &Target) -> Vec<String> {
    let (rules, _) = event_rule::of_log(target.log_id, target.oid);
    let mut kinds = rules.iter().map(|rule| &rule.kind);
    match kinds.any(|kind| matches!(kind, Kind::Transition { .. })) {
        true => equip(target),
        false => Vec::new(),
    }
}

fn fill(target: &Target, name: &str, existing: Existing) {
    let more = [Value::text(name)];
    let wrong = of_states(target, "_fill_states($1, $2, $3)", &more, |row| row.long(1));
    let wrong = wrong.into_iter().flatten().sum::<i64>();
    if wrong > 0 && existing == Existing::Refuse {
        Error::not_set_up(
            format!(
                "{wrong} events of log \"{}\" take steps that rule \"{}\" does not let anyone take",
                target.name,
                shorten(name)
            ),
            "existing => 'ignore' holds those to come to the rule, from the states that entities have.",
        )
        .raise();
    }
}

/// Calls a helper about the table of states, as the log's owner.
fn of_states<R>(
    target: &Target,
    helper: &str,
    more: &[Value<'_>],
    read: impl FnMut(Row<'_>) -> R,
) -> Vec<R> {
    let helper = helper.replacen("$1", "$1::pg_catalog.oid::pg_catalog.regclass", 1);
    let mut values = vec![Value::Oid(target.oid), Value::Uuid(target.log_id)];
    values.extend_from_slice(more);
    user::as_owner(target.oid, || {
        act::follow(|| spi::run(&format!("select eventlog.{helper}"), &values, read))
    })
}

/// What an event has at least, beside its type; the rest is null.
const SAMPLE: &str = r#"{
    "id": "01900000-0000-7000-8000-000000000000", "seq": 1, "xid": 1, "origin": 1, "version": 1, "tenant_id": "1",
    "occurred_at": "2020-01-01T00:00:00+00:00", "recorded_at": "2020-01-01T00:00:00+00:00",
    "entity_type": "entity", "entity_id": "1", "actor_type": "user", "actor_id": "1",
    "source_type": null, "source_id": null, "correlation_id": null, "causation_id": null, "idempotency_key": null,
    "payload": {}, "context": {}}"#;

/// Refuses a path of a transition rule that could give no state.
fn try_path(name: &str, text: &str, memory: Memory<'_>) {
    let name = shorten(name);
    let refuse = |why: String| -> ! {
        Error::argument_hint(
            format!("path of rule \"{name}\" {why}"),
            "It asks for the payload or the context, as in: $.payload.status",
        )
        .raise()
    };
    let read = Path::parse(text, memory).and_then(|path| Ok((path.text(memory)?, path)));
    let (written, path) =
        read.unwrap_or_else(|f| refuse(format!("is no SQL/JSON path: {}", f.message)));
    match path::asks(&written) {
        Asks::Variable(variable) => {
            refuse(format!("asks for a variable \"{}\"", shorten(&variable)))
        }
        Asks::Everything => refuse("asks for the event as a whole".to_owned()),
        Asks::Members(names) => {
            let other = names
                .iter()
                .find(|n| !["payload", "context"].contains(&n.as_str()));
            if let Some(other) = other {
                refuse(format!("asks for \"{}\"", shorten(other)));
            }
        }
    }
    let sample = jsonpath::document(r#"{"payload": {}, "context": {}}"#, memory);
    if let Err(failure) = path.first(sample, memory) {
        refuse(format!("fails: {}", failure.message));
    }
}

/// What a path asks for that events do not have, and a hint.
fn foreign(target: &Target, names: Option<&[String]>) -> Option<(String, String)> {
    let shape = relation::peek(target.oid, |relation| Shape::of(relation, target));
    let columns: Vec<String> = match &shape {
        Some(shape) => shape.names().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let asked = names?.iter().find(|asked| !columns.contains(asked))?;
    let hint = match suggest::nearest(asked, columns.iter()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => {
            "$ is the event: the log's columns by their names, such as $.payload.amount.".to_owned()
        }
    };
    let why = format!("asks for \"{}\", which events do not have", shorten(asked));
    Some((why, hint))
}

/// Refuses a rule about a table that it may not ask, or about nothing that events have.
fn try_reference(target: &Target, rule: &Rule, memory: Memory<'_>) {
    let Kind::Reference {
        path,
        relation,
        column,
        tenant_column,
        ..
    } = &rule.kind
    else {
        return;
    };
    let name = shorten(&rule.name);
    let refuse = |why: String, hint: &str| -> ! {
        Error::argument_hint(format!("path of rule \"{name}\" {why}"), hint).raise()
    };
    let names = match known::over_event(path, memory) {
        Ok((_, _, names)) => names,
        Err(NoPath::Unread(failure)) => refuse(
            format!("is no SQL/JSON path: {}", failure.message),
            "As in: $.payload.customer_id",
        ),
        Err(NoPath::Variable(variable)) => refuse(
            format!("asks for a variable \"{}\"", shorten(&variable)),
            "Nobody gives it a value: $ is the event.",
        ),
    };
    if let Some((why, hint)) = foreign(target, names.as_deref()) {
        refuse(why, &hint);
    }
    let Some(oid) = event_rule::relation_named(relation) else {
        Error::UnfitTable {
            message: format!("relation \"{}\" does not exist", shorten(relation)),
            hint: format!("Rule \"{name}\" asks it."),
            sqlstate: "42P01".to_owned(),
        }
        .raise()
    };
    if let Err(unfit) = Lookup::of(target.root, oid, column, tenant_column.as_deref()) {
        Error::UnfitTable {
            message: format!("rule \"{name}\" cannot be made: {}", unfit.problem),
            hint: unfit.hint,
            sqlstate: unfit.sqlstate,
        }
        .raise();
    }
}

/// Refuses a predicate that could decide nothing.
fn try_check(target: &Target, rule: &Rule, memory: Memory<'_>) {
    let Kind::Check {
        event_type,
        predicate,
        message,
    } = &rule.kind
    else {
        return;
    };
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
    if let Some((why, hint)) = foreign(target, check.names.as_deref()) {
        refuse(why, &hint);
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
        Kind::Reference {
            event_type,
            path,
            relation,
            column,
            tenant_column,
        } => serde_json::json!({
            "kind": rule.kind.name(),
            "type": event_type,
            "path": path,
            "relation": relation,
            "column": column,
            "tenant_column": tenant_column,
        }),
        Kind::Transition {
            entity_type,
            machine,
            path,
            types,
        } => serde_json::json!({
            "kind": rule.kind.name(),
            "entity_type": entity_type,
            "transitions": machine.value(),
            "path": path,
            "types": types,
        }),
    };
    admin_log::record(action, Some(target.log_id), &rule.name, &detail);
}
