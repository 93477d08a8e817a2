//! What is redacted of events: the rules of logs and of types as they are stored, and the key of hashes.
//!
//! Rules of a log, rules of its types, what the types require, and the tables that are tracked into it are registered one by
//! one: [`check`] looks at what has come of it, with the log's row locked.

use super::tracked_table::{self, Tracking};
use super::{cache, event_type};
use crate::error::{Error, OrRaise};
use crate::pg::datum::Jsonb;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, reserve, user};
use crate::settings;
use hmac::{Hmac, Mac};
use model::Problem;
use model::redaction::{Demands, Redaction, Rules};
use model::schema::{self, GROWTH};
use model::taxonomy::rules::CAPTURED_ENDINGS;
use model::text::shorten;
use pgrx::pg_sys::Oid;
use sha2::Sha256;
use uuid::Uuid;

/// Bytes that a key has at least.
const LEAST: usize = 32;

/// HMAC-SHA256 of these bytes under `eventlog.redaction_key`; none where there is no key, or too short a one.
pub fn hash(bytes: &[u8]) -> Option<[u8; 32]> {
    settings::REDACTION_KEY.with(|key| {
        let key = key.filter(|key| key.len() >= LEAST)?;
        let mut hash = Hmac::<Sha256>::new_from_slice(key).ok()?;
        hash.update(bytes);
        Some(hash.finalize().into_bytes().into())
    })
}

/// Refuses rules of a log of this name that need a key where there is none.
pub fn require_key(rules: &Rules, log: &str) -> Result<(), Error> {
    match rules.needs_key() && hash(&[]).is_none() {
        true => Err(Error::no_redaction_key(log)),
        false => Ok(()),
    }
}

/// The rules that are stored.
pub fn read(document: Jsonb<'_>) -> Rules {
    let container = document.stored();
    reserve::with_reserve(container.len().saturating_mul(GROWTH), || {
        Rules::of_stored(container)
    })
    .or_raise()
}

/// Brings the rules of a log to these; whether that changed anything.
pub fn store(log_id: Uuid, rules: &Rules) -> Result<bool, Error> {
    let container = match rules.is_empty() {
        true => None,
        false => {
            let mut builder = jsonb::Builder::new();
            builder.json(&rules.document());
            Some(Vec::from(builder.finish()?))
        }
    };
    let changed = event_type::as_catalogue_owner(log_id, || {
        spi::run(
            "update eventlog.log set redact = $2 \
             where log_id operator(pg_catalog.=) $1 and redact is distinct from $2 returning true",
            &[Value::Uuid(log_id), Value::Jsonb(container)],
            |_| (),
        )
    });
    Ok(!changed.is_empty())
}

/// A version of a type, as far as rules go that may take something from its events.
struct Contract {
    event_type: String,
    required: Vec<String>,
    schema: Option<Vec<u8>>,
    context_schema: Option<Vec<u8>>,
    redact: Rules,
}

/// Refuses what redaction may not take: keys that a contract requires, and columns that captured events cannot be
/// without. Of one type where one is given, else of all. The caller acts for the log's owner.
pub fn check(log_id: Uuid, event_type: Option<&str>) -> Result<(), Error> {
    let (of_log, contracts) =
        event_type::as_catalogue_owner(log_id, || (of_log(log_id), contracts(log_id, event_type)));
    for contract in &contracts {
        let name = &contract.event_type;
        let about = |why: Problem| match why {
            Problem::Argument { message, hint } => Problem::Argument {
                message: format!("event type \"{}\": {message}", shorten(name)),
                hint,
            },
            other => other,
        };
        let bytes = [&contract.schema, &contract.context_schema];
        let bytes: usize = bytes.into_iter().flatten().map(Vec::len).sum();
        reserve::with_reserve(bytes.saturating_mul(GROWTH), || {
            let tree = |source: &Option<Vec<u8>>| {
                let source = source.as_deref()?;
                schema::tree_of(source, "schema").ok()
            };
            let (schema, context_schema) = (tree(&contract.schema), tree(&contract.context_schema));
            let demands = Demands {
                required: &contract.required,
                schema: schema.as_ref(),
                context_schema: context_schema.as_ref(),
            };
            [&of_log, &contract.redact]
                .into_iter()
                .try_for_each(|rules| rules.check(demands).map_err(about))
        })??;
    }
    for tracking in tracked_table::live_of_log(log_id) {
        check_tracking(&tracking, &of_log, &contracts)?;
    }
    Ok(())
}

/// The same where a table is tracked: of its columns.
pub fn check_tracked(tracking: &Tracking) -> Result<(), Error> {
    let log_id = tracking.log_id;
    let (of_log, contracts) =
        event_type::as_catalogue_owner(log_id, || (of_log(log_id), contracts(log_id, None)));
    check_tracking(tracking, &of_log, &contracts)
}

fn of_log(log_id: Uuid) -> Rules {
    let found = spi::run(
        "select redact from eventlog.log where log_id operator(pg_catalog.=) $1",
        &[Value::Uuid(log_id)],
        |row| row.jsonb(1).map(read),
    );
    found.into_iter().flatten().next().unwrap_or_default()
}

fn contracts(log_id: Uuid, event_type: Option<&str>) -> Vec<Contract> {
    spi::run(
        "select t.type, t.required, t.schema, t.context_schema, t.redact \
         from eventlog.event_type t \
         join eventlog.log l on l.log_id operator(pg_catalog.=) t.log_id \
         where t.log_id operator(pg_catalog.=) $1 \
            and ($2 is null or t.type operator(pg_catalog.=) $2) \
            and t.status operator(pg_catalog.<>) 'retired' \
            and (t.redact is not null or l.redact is not null) \
         order by t.type, t.version",
        &[
            Value::Uuid(log_id),
            Value::Text(event_type.map(str::to_owned)),
        ],
        |row| Contract {
            event_type: row.string(1).unwrap_or_default(),
            required: row.text_array(2).unwrap_or_default(),
            schema: row.jsonb(3).map(|schema| schema.stored().to_vec()),
            context_schema: row.jsonb(4).map(|schema| schema.stored().to_vec()),
            redact: row.jsonb(5).map(read).unwrap_or_default(),
        },
    )
}

/// Captured events tell what became of rows, so redaction takes columns of them alone, and none by which rows are found or
/// their lives are told.
fn check_tracking(
    tracking: &Tracking,
    of_log: &Rules,
    contracts: &[Contract],
) -> Result<(), Error> {
    let Some(table) = tracking.relation else {
        return Ok(());
    };
    let of_types = contracts.iter().filter(|contract| {
        let ending = contract.event_type.strip_prefix(&tracking.entity_type);
        ending.is_some_and(|ending| CAPTURED_ENDINGS.contains(&ending))
    });
    let of_types: Vec<&Contract> = of_types.filter(|c| !c.redact.is_empty()).collect();
    for contract in &of_types {
        if let Some(rule) = contract.redact.not_removing() {
            return Err(Error::argument_hint(
                format!(
                    "event type \"{}\" tells the changes of a tracked table, and takes no rule but \"remove\", such as \"{}\"",
                    shorten(&contract.event_type),
                    shorten(&rule.text)
                ),
                "Name columns to be left out: {\"remove\": [\"**.column\"]}.",
            ));
        }
    }
    let all = of_types.iter().map(|contract| &contract.redact);
    let all: Vec<&Rules> = all
        .chain([of_log])
        .filter(|rules| !rules.is_empty())
        .collect();
    if all.is_empty() {
        return Ok(());
    }
    let redaction = Redaction::new(all, hash);
    let mut kept: Vec<(String, &str)> = key_columns(table)
        .into_iter()
        .map(|name| (name, "a part of its key"))
        .collect();
    for (name, what) in [
        (&tracking.tenant_column, "its tenant"),
        (&tracking.state_column, "its state"),
        (&tracking.deleted_column, "what marks a row as deleted"),
    ] {
        kept.extend(name.clone().map(|name| (name, what)));
    }
    match kept.iter().find(|(name, _)| redaction.takes_column(name)) {
        Some((name, what)) => Err(Error::argument_hint(
            format!(
                "redaction would take column \"{name}\" of tracked table \"{}\", which is {what}",
                relation::display(table)
            ),
            "Name other columns, or end the tracking with eventlog.untrack_changes().",
        )),
        None => Ok(()),
    }
}

/// The columns of a table's primary key. The table is not opened: it may be another's.
fn key_columns(table: Oid) -> Vec<String> {
    user::as_catalogue_owner(cache::tables()[0], || {
        spi::run(
            "select name from eventlog._key_columns($1::pg_catalog.oid::pg_catalog.regclass)",
            &[Value::Oid(table)],
            |row| row.string(1).unwrap_or_default(),
        )
    })
}
