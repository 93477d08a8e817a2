//! Event views: a log under an application's own column names.
//!
//! `create_event_view` makes the view in SQL and hangs `insert_event_view` on it, with the
//! mapping as its argument: it survives renames and dumps there. An insert becomes one event, as
//! if `log_event` had been called.

mod typed;

pub use typed::create_type_view;

use crate::catalogue::{act, cache};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::new_name;
use crate::log::target::{self, Target};
use crate::pg::datum::{Datum, TenantValue};
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::jsonb::Value;
use crate::pg::spi::{self, Value as Bound};
use crate::pg::tuple::Row;
use crate::pg::{convert, input, relation};
use crate::writing::draft::{Draft, Place};
use crate::writing::one::{self, Written};
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys::{self, Oid};
use std::rc::Rc;
use uuid::Uuid;

/// What a column of the view, or a key of an envelope in it, means.
enum Meaning {
    /// a column of the log
    Column(String),
    /// a JSON object of such
    Envelope(Vec<(String, Meaning)>),
}

impl Meaning {
    fn parse(json: &serde_json::Value) -> Option<Meaning> {
        match json {
            serde_json::Value::String(text) => {
                // What follows "::" is the view's business.
                let column = text.split("::").next().unwrap_or_default();
                Some(Meaning::Column(column.to_owned()))
            }
            serde_json::Value::Object(map) => map
                .iter()
                .map(|(key, value)| Some((key.clone(), Meaning::parse(value)?)))
                .collect::<Option<_>>()
                .map(Meaning::Envelope),
            _ => None,
        }
    }
}

/// Columns that the log fills by itself.
const ASSIGNED: [&str; 4] = ["recorded_at", "seq", "xid", "origin"];

/// `eventlog.create_event_view(name, log, mapping)`.
pub fn create_event_view(call: &Call<'_>) -> Ret {
    let Some(name) = call.string(0) else {
        Error::argument("name of the view must not be null").raise();
    };
    let log = required(call.oid(1), "log");
    relation::require_access(log, relation::Access::Any);
    let target = target::by_oid(log);
    let mapping = required(call.jsonb(2), "mapping");
    let (schema, name) = new_name(&name);
    let made = act::during(|| {
        spi::run(
            "select eventlog._build_event_view($1, $2, $3::pg_catalog.oid::pg_catalog.regclass, $4)",
            &[
                Bound::Text(schema),
                Bound::text(name),
                Bound::Oid(target.oid),
                Bound::Given(pg_sys::JSONBOID, Some(mapping.into())),
            ],
            |row| row.oid(1),
        )
    });
    call.value(spi::relation(made))
}

/// `eventlog.insert_event_view(log_id, mapping)`: INSTEAD OF INSERT trigger of an event view.
pub fn insert_event_view(call: &Call<'_>) -> Ret {
    const FUNCTION: &str = "eventlog.insert_event_view";
    let trigger = call.trigger(FUNCTION);
    let arguments = (trigger.argument(0), trigger.argument(1));
    let (Some(inserting), (Some(log_id), Some(mapping))) = (trigger.instead_of_insert(), arguments)
    else {
        Error::TriggerMisuse { function: FUNCTION }.raise();
    };
    let (target, rules) = log_of(&log_id.to_string_lossy());
    let mapping: serde_json::Value = serde_json::from_slice(mapping.to_bytes())
        .unwrap_or_else(|_| Error::TriggerMisuse { function: FUNCTION }.raise());
    let Some(Meaning::Envelope(columns)) = Meaning::parse(&mapping) else {
        Error::TriggerMisuse { function: FUNCTION }.raise();
    };

    let memory = call.memory();
    let view = trigger.relation();
    let row = inserting.row(i16::MAX);
    let mut insert = Insert {
        draft: Draft::new(memory, None),
        id: None,
    };
    for (name, meaning) in &columns {
        let Some((position, _)) = view.column(name) else {
            Error::not_set_up(
                format!("event view has no column \"{name}\" any more"),
                "Make the view again with eventlog.create_event_view().",
            )
            .raise();
        };
        insert.take(name, meaning, &row, position).or_raise();
    }
    if insert.draft.payload.is_none() {
        insert.draft.payload = Some(memory.empty_object());
    }
    let written = one::write(&target, &rules, &mut insert.draft, insert.id).or_raise();

    // What RETURNING shows: what the log filled in, under the view's names and in its types.
    let mut changes = Vec::new();
    for (name, meaning) in &columns {
        let Meaning::Column(column) = meaning else {
            continue;
        };
        let Some((position, kind)) = view.column(name) else {
            continue;
        };
        // A given id may be answered with that of a repeated key; a given context has taken in the transaction's.
        if column != "id" && column != "context" && row.datum(position).is_some() {
            continue;
        }
        // A repeated key wrote nothing: of the event that is there, the id alone is known here.
        if column != "id" && written.stored.is_none() {
            continue;
        }
        if let Some(value) = filled(column, &written, &insert.draft) {
            changes.push((position, convert::assign(value, kind, memory)));
        }
    }
    inserting.pass_with(&changes)
}

fn log_of(log_id: &str) -> (Rc<Target>, Rc<LogRules>) {
    let rules = Uuid::try_parse(log_id).ok().and_then(cache::rules);
    let found = rules.and_then(|rules| {
        let oid = Oid::from(rules.relation);
        relation::exists(oid).then(|| (rules.log_id, lookup::of_call(Some(oid))))
    });
    match found {
        Some((log_id, found)) if found.0.log_id == log_id => found,
        _ => Error::not_set_up(
            "the log of this event view does not exist any more, or is damaged",
            "Its owner puts it back with eventlog.repair_log().",
        )
        .raise(),
    }
}

struct Insert<'m> {
    draft: Draft<'m>,
    id: Option<Uuid>,
}

impl<'m> Insert<'m> {
    fn take(
        &mut self,
        name: &str,
        meaning: &Meaning,
        row: &Row<'m>,
        position: i16,
    ) -> Result<(), Error> {
        let Some(value) = row.datum(position) else {
            return Ok(());
        };
        match meaning {
            Meaning::Column(column) => self.column(name, column, value),
            Meaning::Envelope(_) if value.kind() != pg_sys::JSONBOID => Err(not_jsonb(name)),
            Meaning::Envelope(keys) => {
                let Some(document) = row.jsonb(position) else {
                    return Ok(());
                };
                let read = document
                    .read()
                    .map_err(|_| Error::argument(format!("column \"{name}\" is damaged")))?;
                self.envelope(name, keys, read.root())
            }
        }
    }

    fn envelope(
        &mut self,
        name: &str,
        keys: &[(String, Meaning)],
        value: Value<'_>,
    ) -> Result<(), Error> {
        if value.is_null() {
            return Ok(());
        }
        let object = value.as_object().ok_or_else(|| {
            Error::argument(format!(
                "column \"{name}\" must hold a JSON object, not {}",
                value.kind().name()
            ))
        })?;
        for (key, inner) in object.iter() {
            let Some((_, meaning)) = keys.iter().find(|(k, _)| k.as_bytes() == key) else {
                let key = String::from_utf8_lossy(key);
                return Err(Error::argument_hint(
                    format!("column \"{name}\" has no place for the key \"{key}\""),
                    "The view's mapping names the keys that it takes.",
                ));
            };
            match meaning {
                Meaning::Envelope(keys) => self.envelope(name, keys, inner)?,
                Meaning::Column(_) if inner.is_null() => {}
                Meaning::Column(column) => {
                    let memory = self.draft.memory;
                    let value = match column.as_str() {
                        "payload" | "context" => {
                            crate::writing::many::document(inner, memory)?.into()
                        }
                        _ => match inner {
                            Value::String(s) => memory.text(s).into(),
                            other => memory.text(other.to_string()).into(),
                        },
                    };
                    self.column(name, column, value)?;
                }
            }
        }
        Ok(())
    }

    fn column(&mut self, name: &str, column: &str, value: Datum<'m>) -> Result<(), Error> {
        if ASSIGNED.contains(&column) {
            return Err(Error::argument_hint(
                format!("column \"{name}\" cannot be given: the log fills it"),
                "Leave it out; for the time of the event map a column to occurred_at.",
            ));
        }
        if column == "id" {
            let text = convert::to_text(value);
            self.id = Some(
                Uuid::try_parse(&text)
                    .map_err(|_| Error::argument(format!("column \"{name}\" must hold a uuid")))?,
            );
            return Ok(());
        }
        let memory = self.draft.memory;
        let Some(place) = self.draft.place_of(column.as_bytes()) else {
            return Err(Error::not_set_up(
                format!("column \"{name}\" is mapped to a column that no log has"),
                "Make the view again with eventlog.create_event_view().",
            ));
        };
        let text = |value| memory.text(convert::to_text(value));
        match place {
            Place::Document(document) => {
                let given = value.as_jsonb(memory);
                *document = Some(given.ok_or_else(|| not_jsonb(name))?);
            }
            Place::Time(time) => {
                *time = Some(match value.as_time() {
                    Some(given) => given,
                    None => input::timestamptz(convert::to_text(value).as_bytes())
                        .map_err(|why| Error::argument(format!("column \"{name}\": {why}")))?,
                });
            }
            Place::Version(given) => *given = Some(version(name, &convert::to_text(value))?),
            Place::Text(given) => *given = Some(text(value)),
            Place::Tenant(given) => *given = Some(TenantValue::Text(text(value))),
        }
        Ok(())
    }
}

fn not_jsonb(name: &str) -> Error {
    Error::argument(format!("column \"{name}\" must be of type jsonb"))
}

/// `1`, or `1.0` as some envelopes write it.
fn version(name: &str, text: &str) -> Result<i32, Error> {
    let whole = text.split_once('.').map_or(Some(text), |(whole, rest)| {
        rest.bytes().all(|b| b == b'0').then_some(whole)
    });
    whole.and_then(|w| w.parse().ok()).ok_or_else(|| {
        Error::argument_hint(
            format!("column \"{name}\" must hold a whole number as version"),
            "Versions of event types are 1, 2, 3; \"1.0\" is taken as 1.",
        )
    })
}

/// What the log holds now in a column that was not given.
fn filled<'d>(column: &str, written: &'d Written, draft: &'d Draft<'_>) -> Option<Datum<'d>> {
    match column {
        "id" => Some(Datum::uuid(&written.id)),
        "seq" => Some(written.stored?.seq.into()),
        "recorded_at" => Some(Datum::timestamptz(written.stored?.recorded_at)),
        _ => draft.column(column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_whole_numbers() {
        assert_eq!(version("v", "1").ok(), Some(1));
        assert_eq!(version("v", "2.0").ok(), Some(2));
        assert!(version("v", "1.5").is_err());
        assert!(version("v", "one").is_err());
        assert!(version("v", "").is_err());
    }
}
