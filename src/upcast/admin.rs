//! `register_upcast`, and the upcasts of a document.

use super::function;
use crate::catalogue::{admin_log, event_type, upcast};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::note;
use crate::log::target::Target;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::{convert, reserve, user};
use model::text::shorten;
use model::upcast::{How, Upcast};

/// Bytes that steps may have.
const MAX_STEPS: usize = 64 << 10;

/// `eventlog.register_upcast(type, from_version, to_version, steps, handler, log)`.
pub fn register_upcast(call: &Call<'_>) -> Ret {
    let target = lookup::of_owner(call.oid(5));
    let event_type = required(call.string(0), "event type");
    let (from, to) = (
        required(call.int(1), "from_version"),
        required(call.int(2), "to_version"),
    );
    let steps = call.jsonb(3).map(|steps| {
        if steps.size() > MAX_STEPS {
            Error::argument(format!("steps have more than {MAX_STEPS} bytes")).raise();
        }
        let text = convert::to_text(steps.into());
        serde_json::from_str(&text).unwrap_or_default()
    });
    let handler = call.string(4);
    if steps.is_none() && handler.is_none() {
        remove(&target, &event_type, from, to);
        return Ret::Void;
    }
    let made = Upcast::new(event_type, (from, to), steps, handler);
    let made = made.map_err(Error::argument).or_raise();
    let changed = reserve::with_reserve(made.copies(), || {
        let changed = put(&target, &made, &user::current_role());
        if changed {
            record("register_upcast", &target, &made);
        }
        changed
    });
    if changed.or_raise() {
        note::write(&target);
    }
    Ret::Void
}

/// Puts an upcast of a taxonomy's document in place; whether that changed anything. The log's owner has called.
pub fn import(target: &Target, made: &Upcast, role: &str) -> bool {
    let changed = put(target, made, role);
    if changed {
        record("import_taxonomy", target, made);
    }
    changed
}

fn remove(target: &Target, event_type: &str, from: i32, to: i32) {
    let name = shorten(event_type);
    if !upcast::delete(target.log_id, event_type, from, to) {
        Error::argument_hint(
            format!("event type \"{name}\" has no upcast from version {from} to version {to}"),
            "One is made with steps, or with a handler.",
        )
        .raise();
    }
    let detail = serde_json::json!({"from_version": from, "to_version": to, "removed": true});
    admin_log::record("register_upcast", Some(target.log_id), event_type, &detail);
    note::write(target);
}

fn put(target: &Target, made: &Upcast, role: &str) -> bool {
    for version in [made.from, made.to] {
        let is_there = event_type::as_catalogue_owner(target.log_id, || {
            event_type::exists(target.log_id, &made.event_type, Some(version))
        });
        if !is_there {
            let name = shorten(&made.event_type);
            Error::argument(format!(
                "event type \"{name}\" has no version {version} in log \"{}\"",
                target.name
            ))
            .raise();
        }
    }
    if let How::Handler(handler) = &made.how {
        user::as_owner(target.oid, || {
            let owner = user::owner_of(target.oid)
                .unwrap_or_else(|| Error::internal("the log is gone").raise());
            function::find(handler, owner).or_raise()
        });
    }
    upcast::store(target.log_id, made, role)
}

fn record(action: &str, target: &Target, made: &Upcast) {
    admin_log::record(
        action,
        Some(target.log_id),
        &made.event_type,
        &made.detail(),
    );
}
