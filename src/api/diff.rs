//! `eventlog.field_changes`, `apply_changes` and `revert_changes`: what SQL sees of [`changes`].

use crate::error::{Error, OrRaise};
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{Builder, List, Object, Value};
use model::Problem;
use model::diff::{self as changes, Filter};

/// `eventlog.field_changes(old, new, fields, ignore)`: null where either document is.
pub fn field_changes(call: &Call<'_>) -> Ret {
    let (Some(old), Some(new)) = (call.jsonb(0), call.jsonb(1)) else {
        return Ret::Null;
    };
    let (old, new) = (object(old, "old"), object(new, "new"));
    let filter = Filter::new(names(call, 2, "fields"), names(call, 3, "ignore"));
    let container = changes::field_changes(old, new, &filter).or_raise();
    call.value(call.memory().jsonb(&container))
}

/// `eventlog.apply_changes(doc, changes)`.
pub fn apply_changes(call: &Call<'_>) -> Ret {
    replayed(call, changes::apply)
}

/// `eventlog.revert_changes(doc, changes)`.
pub fn revert_changes(call: &Call<'_>) -> Ret {
    replayed(call, changes::revert)
}

type Replay = fn(Object<'_>, Object<'_>, &mut Builder) -> Result<(), Problem>;

fn replayed(call: &Call<'_>, replay: Replay) -> Ret {
    // Both functions are strict, so neither argument is null.
    let (Some(doc), Some(changes)) = (call.jsonb(0), call.jsonb(1)) else {
        return Ret::Null;
    };
    let mut built = Builder::new();
    replay(object(doc, "doc"), object(changes, "changes"), &mut built).or_raise();
    let container = built.finish().or_raise();
    call.value(call.memory().jsonb(&container))
}

/// A document that must be an object.
fn object<'a>(document: Jsonb<'a>, name: &str) -> Object<'a> {
    let document = document
        .read()
        .map_err(|_| Error::argument(format!("argument \"{name}\" is damaged")))
        .or_raise();
    match document.root() {
        Value::Object(object) => object,
        other => Error::argument_hint(
            format!("{name} must be a JSON object, not {}", other.kind().name()),
            "Fields are the keys of a JSON object.",
        )
        .raise(),
    }
}

fn names(call: &Call<'_>, position: usize, name: &str) -> Option<List<String>> {
    let refuse = || {
        Error::argument_hint(
            format!("{name} must not hold nulls"),
            "Null instead of a list is no restriction.",
        )
    };
    let names = call.text_array(position)?.into_iter();
    Some(List::of_results(names.map(|name| name.ok_or_else(refuse))).or_raise())
}
