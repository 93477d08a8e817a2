//! What `subscribe` and `alter_subscription` are asked for beside the events, and changes of it.

use crate::catalogue::subscription::Subscription;
use crate::error::Error;
use crate::pg::datum::{Interval, Jsonb};
use crate::pg::input;
use crate::pg::jsonb::{Object, Value};
use crate::pg::memory;
use model::text::shorten;

const OPTIONS: &str = "The options are on_dead, retry_base, retry_max and keep.";
const CHANGES: &str = "What can be changed is types, pattern, pattern_kind, filters, max_attempts, shards and options.";

/// What holds where nothing is said.
pub fn default_interval(text: &str) -> Interval {
    input::interval(text.as_bytes())
        .unwrap_or_else(|_| Error::internal("an interval cannot be read").raise())
}

/// Shows `f` each key of a document with its value.
fn each(document: Jsonb<'_>, what: &str, mut f: impl FnMut(&str, Value<'_>)) {
    let read = document.read().ok();
    let object: Option<Object<'_>> = read.and_then(|read| read.root().as_object());
    let Some(object) = object else {
        Error::argument(format!("{what} must be a JSON object")).raise();
    };
    for (key, value) in object.iter() {
        f(&String::from_utf8_lossy(key), value);
    }
}

/// Puts options into a subscription.
pub fn apply(subscription: &mut Subscription, options: Jsonb<'_>) {
    each(options, "options", |key, value| match key {
        "on_dead" => {
            let chosen = text(key, value);
            if !matches!(chosen.as_str(), "skip" | "block" | "pause") {
                Error::argument(format!(
                    "on_dead must be \"skip\", \"block\" or \"pause\", and not \"{}\"",
                    shorten(&chosen)
                ))
                .raise();
            }
            subscription.on_dead = chosen;
        }
        "retry_base" => subscription.retry_base = interval(key, value),
        "retry_max" => subscription.retry_max = interval(key, value),
        "keep" => subscription.keep = interval(key, value),
        _ => unknown(format!("there is no option \"{}\"", shorten(key)), OPTIONS),
    });
}

/// Puts changes into a subscription; says how many shards are asked for, if that is.
pub fn change(subscription: &mut Subscription, changes: Jsonb<'_>) -> Option<i32> {
    let mut shards = None;
    each(changes, "changes", |key, value| match key {
        "types" => subscription.types = types(key, value),
        "pattern" => subscription.pattern = (!value.is_null()).then(|| text(key, value)),
        "pattern_kind" => subscription.pattern_kind = text(key, value),
        "filters" => {
            subscription.filters = (!value.is_null()).then(|| container(value));
        }
        "max_attempts" => subscription.max_attempts = whole(key, value),
        "shards" => shards = Some(whole(key, value)),
        "options" => match value {
            Value::Object(object) => {
                let bytes = object.as_bytes();
                memory::current(|memory| apply(subscription, memory.jsonb(bytes)));
            }
            _ => Error::argument("options must be a JSON object").raise(),
        },
        _ => unknown(
            format!("\"{}\" of a subscription cannot be changed", shorten(key)),
            CHANGES,
        ),
    });
    shards
}

fn whole(key: &str, value: Value<'_>) -> i32 {
    let number = value.as_i64().and_then(|n| i32::try_from(n).ok());
    number.unwrap_or_else(|| Error::argument(format!("{key} must be a whole number")).raise())
}

fn unknown(message: String, hint: &str) -> ! {
    Error::argument_hint(message, hint).raise()
}

fn container(value: Value<'_>) -> Vec<u8> {
    match value {
        Value::Object(object) => object.as_bytes().to_vec(),
        Value::Array(array) => array.as_bytes().to_vec(),
        _ => Error::argument("filters must be a JSON object or an array of such").raise(),
    }
}

fn text(key: &str, value: Value<'_>) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => Error::argument(format!("{key} must be a string")).raise(),
    }
}

fn types(key: &str, value: Value<'_>) -> Option<Vec<String>> {
    if value.is_null() {
        return None;
    }
    let Some(array) = value.as_array() else {
        Error::argument("types must be an array of strings").raise();
    };
    Some(array.iter().map(|name| text(key, name)).collect())
}

fn interval(key: &str, value: Value<'_>) -> Interval {
    let chosen = text(key, value);
    match input::interval(chosen.as_bytes()) {
        Ok(interval) if interval.micros() > 0 => interval,
        Ok(_) => Error::argument(format!("{key} must be longer than nothing")).raise(),
        Err(_) => Error::argument(format!(
            "{key} must be an interval, and not \"{}\"",
            shorten(&chosen)
        ))
        .raise(),
    }
}
