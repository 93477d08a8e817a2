//! `on_event`, `off_event`, and what handlers left.

use super::function::Name;
use super::run;
use super::wanted::Wanted;
use crate::catalogue::handler::{self, Handler};
use crate::catalogue::{act, admin_log, handler_failure, parked, subscription};
use crate::consumers::asks;
use crate::error::{Error, OrRaise};
use crate::log::target::Target;
use crate::log::{carrier, lookup};
use crate::pg::datum;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::spi::{self, Value};
use crate::pg::user::{self, RoleId};
use model::text::shorten;
use pgrx::pg_sys::Oid;

/// `eventlog.on_event(...)`.
pub fn on_event(call: &Call<'_>) -> Ret {
    let name = required(call.string(0), "name");
    if name.is_empty() || name.len() > 200 {
        Error::argument("name of a handler must have 1 to 200 bytes").raise();
    }
    let function = Name::parse(&required(call.string(1), "handler")).or_raise();
    let types = asks::types_of(call, 2);
    let new = Handler {
        name,
        log_id: uuid::Uuid::nil(),
        handler: function.quoted(),
        types,
        pattern: call.string(3),
        pattern_kind: required(call.string(4), "pattern_kind"),
        filters: call.jsonb(5).map(|filters| datum::copied(filters.stored())),
        is_async: one_of("mode", call.string(6), "sync", "async"),
        records: one_of("on_error", call.string(7), "raise", "record"),
        made_by: user::current_role(),
    };
    let tries = Tries {
        max_attempts: required(call.int(8), "max_attempts"),
        options: required(call.jsonb(9), "options"),
    };
    Wanted::compile(&new).or_raise();
    if !new.is_async {
        no_options(tries.options);
    } else if new.records {
        Error::argument_hint(
            "on_error \"record\" is for handlers of mode sync",
            "An event whose async handler fails is tried again, and is a dead letter in the end.",
        )
        .raise();
    }
    let target = lookup::of_owner(call.oid(10));
    let new = Handler {
        log_id: target.log_id,
        ..new
    };
    let owner = user::owner_of(target.oid)
        .unwrap_or_else(|| Error::internal("a log is gone while a handler is made").raise());
    user::as_owner(target.oid, || function.find(&new.name, owner)).or_raise();
    // Whoever else makes or ends handlers of the log waits.
    target.lock();
    let before = before(&new);
    match (new.is_async, before.as_ref().is_some_and(|b| b.is_async)) {
        (true, false) => subscribe(&new, owner, &tries, target.oid),
        (true, true) => alter_subscription(&new, owner, &tries),
        (false, _) => {}
    }
    handler::store(&new);
    if !new.is_async {
        if before.is_some_and(|before| before.is_async) {
            unsubscribe(&new, owner);
        }
        act::during(|| {
            spi::exec(
                "select eventlog._add_handlers($1::pg_catalog.oid::pg_catalog.regclass, $2)",
                &[Value::Oid(target.oid), Value::Uuid(target.log_id)],
            );
        });
    } else {
        drop_unneeded_trigger(&target);
    }
    record("on_event", &new);
    Ret::Void
}

/// What the subscription of an async handler is asked for beside the events.
struct Tries<'a> {
    max_attempts: i32,
    options: datum::Jsonb<'a>,
}

/// The handler whose place this one takes.
fn before(new: &Handler) -> Option<Handler> {
    let before = handler::by_name(&new.name);
    if before
        .as_ref()
        .is_some_and(|before| before.log_id != new.log_id)
    {
        Error::HandlerExists {
            name: new.name.clone(),
        }
        .raise();
    }
    before
}

/// Makes the subscription of an async handler: the log's owner's.
fn subscribe(new: &Handler, owner: RoleId, tries: &Tries<'_>, log: Oid) {
    user::as_role(owner, || {
        spi::exec(
            "select eventlog.subscribe($1, $2, $3, $4, $5, null, $6, 'entity', 1, $7, \
                $8::pg_catalog.oid::pg_catalog.regclass)",
            &[
                Value::text(new.name.clone()),
                Value::TextArray(new.types.clone()),
                Value::Text(new.pattern.clone()),
                Value::text(new.pattern_kind.clone()),
                Value::Jsonb(new.filters.clone()),
                Value::Int(Some(tries.max_attempts)),
                Value::Jsonb(Some(datum::copied(tries.options.stored()))),
                Value::Oid(log),
            ],
        );
    });
}

/// Brings it to what the handler asks for now. What failed may have failed for a reason that is gone with what the
/// handler was, so it is tried again at once.
fn alter_subscription(new: &Handler, owner: RoleId, tries: &Tries<'_>) {
    run::adopt(&new.name, new.log_id, owner);
    user::with_pinned_path(|| {
        spi::exec(
            "select eventlog.alter_subscription($1, pg_catalog.jsonb_build_object('types', $2, 'pattern', $3, \
                'pattern_kind', $4, 'filters', $5, 'max_attempts', $6, 'options', $7))",
            &[
                Value::text(new.name.clone()),
                Value::TextArray(new.types.clone()),
                Value::Text(new.pattern.clone()),
                Value::text(new.pattern_kind.clone()),
                Value::Jsonb(new.filters.clone()),
                Value::Int(Some(tries.max_attempts)),
                Value::Jsonb(Some(datum::copied(tries.options.stored()))),
            ],
        );
    });
    if let Some(subscription) = subscription::by_name(&new.name) {
        parked::make_due(subscription.id);
    }
}

/// Ends the subscription that a handler had, if it had one; it is none of an async handler's by now.
fn unsubscribe(handler: &Handler, owner: RoleId) {
    if run::adopt(&handler.name, handler.log_id, owner) {
        user::with_pinned_path(|| {
            spi::exec(
                "select eventlog.unsubscribe($1)",
                &[Value::text(handler.name.clone())],
            );
        });
    }
}

/// Whether an argument is the second of the two words that it can be.
fn one_of(parameter: &str, given: Option<String>, first: &str, second: &str) -> bool {
    let given = required(given, parameter);
    if given != first && given != second {
        Error::argument(format!(
            "{parameter} must be \"{first}\" or \"{second}\", and not \"{}\"",
            shorten(&given)
        ))
        .raise();
    }
    given == second
}

/// A sync handler has no options.
fn no_options(options: datum::Jsonb<'_>) {
    let read = options.read().ok();
    let Some(object) = read.and_then(|read| read.root().as_object()) else {
        Error::argument("options must be a JSON object").raise();
    };
    if let Some((key, _)) = object.iter().next() {
        Error::argument_hint(
            format!(
                "there is no option \"{}\" of handlers of mode sync",
                shorten(&String::from_utf8_lossy(key))
            ),
            "Options are for handlers of mode async.",
        )
        .raise();
    }
}

/// `eventlog.off_event(name)`.
pub fn off_event(call: &Call<'_>) -> Ret {
    let name = required(call.string(0), "name");
    let Some(found) = handler::by_name(&name) else {
        Error::NoHandler { name }.raise();
    };
    let Some(oid) = carrier(found.log_id) else {
        // Nobody owns a log that is gone.
        if !user::is_member_of(&found.made_by) && !user::owns_database() {
            Error::NotAllowed {
                message: format!("handler \"{name}\" was made by somebody else"),
                hint: "Whoever made it, or the owner of the database, can end it.".to_owned(),
            }
            .raise();
        }
        handler::delete(&name);
        record("off_event", &found);
        return Ret::Void;
    };
    let target = lookup::of_owner(Some(oid));
    target.lock();
    handler::delete(&name);
    if found.is_async
        && let Some(owner) = user::owner_of(target.oid)
    {
        unsubscribe(&found, owner);
    }
    drop_unneeded_trigger(&target);
    record("off_event", &found);
    Ret::Void
}

/// Takes off the trigger where no sync handler is left: without it the log is plain again.
fn drop_unneeded_trigger(target: &Target) {
    let (left, _) = handler::of_log(target.log_id, target.oid);
    if left.iter().any(|handler| !handler.is_async) {
        return;
    }
    act::during(|| {
        spi::exec(
            "select eventlog._drop_handlers($1::pg_catalog.oid::pg_catalog.regclass)",
            &[Value::Oid(target.oid)],
        );
    });
}

fn record(action: &str, handler: &Handler) {
    let detail = serde_json::json!({
        "handler": handler.handler,
        "types": handler.types,
        "pattern": handler.pattern,
        "pattern_kind": handler.pattern_kind,
        "mode": if handler.is_async { "async" } else { "sync" },
        "on_error": if handler.records { "record" } else { "raise" },
    });
    admin_log::record(action, Some(handler.log_id), &handler.name, &detail);
}

/// `eventlog._handler_errors()`.
pub fn handler_errors(call: &Call<'_>) -> Ret {
    let role = user::current_role_id();
    handler_failure::show(role, &mut call.rows());
    Ret::Void
}

/// `eventlog.discard_handler_errors(handler, before)`.
pub fn discard_handler_errors(call: &Call<'_>) -> Ret {
    let handler = required(call.string(0), "handler");
    let before = required(call.long(1), "before");
    let role = user::current_role_id();
    call.value(handler_failure::discard(role, &handler, before))
}
