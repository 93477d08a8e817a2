//! The table of rejected events beside a log. It is the owner's, and what is written there is written as the owner.

use super::redact::{self, Redacted};
use super::sender::Sender;
use crate::error::{Error, OrRaise};
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Datum, Jsonb, Str, TenantValue};
use crate::pg::memory::Memory;
use crate::pg::spi::{self, Plan};
use crate::pg::{input, relation, types, user};
use crate::writing::identity;
use model::taxonomy::rules::LogRules;
use model::taxonomy::violation::{self, Violation};
use pgrx::pg_sys::{self, Oid};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use uuid::Uuid;

/// A longer text of an event is not kept.
const MAX_BYTES: usize = 1 << 20;

/// An event that is to be kept.
pub struct Rejected<'a> {
    /// its identity
    pub id: Uuid,
    kept: Kept<'a>,
    violations: &'a [Violation],
}

/// What is kept of an event.
struct Kept<'a> {
    /// none where it is too long, or cannot be redacted
    event: Option<Cow<'a, [u8]>>,
    /// how long it was
    bytes: i64,
    /// hash of it, where it is not kept itself
    sha256: Option<[u8; 32]>,
    /// what was redacted
    redacted: Option<Vec<String>>,
}

impl<'a> Kept<'a> {
    /// What is kept of the text of an event: the one place where it is redacted.
    fn of(rules: &LogRules, text: &'a [u8], memory: Memory<'_>) -> Result<Self, Error> {
        let is_short = text.len() <= MAX_BYTES;
        let mut kept = Kept {
            event: is_short.then_some(Cow::Borrowed(text)),
            bytes: text.len() as i64,
            sha256: None,
            redacted: None,
        };
        match redact::redacted(rules, text, memory)? {
            Redacted::Nothing if is_short => {}
            Redacted::Nothing => kept.sha256 = Some(Sha256::digest(text).into()),
            // Its hash would be one of what is not to be anywhere.
            Redacted::Event(event, told) => {
                kept.event = is_short.then_some(Cow::Owned(event.into()));
                kept.redacted = Some(told);
            }
            Redacted::All => kept.event = None,
        }
        Ok(kept)
    }
}

impl<'a> Rejected<'a> {
    /// An event by its text, and why it was rejected.
    pub fn new(
        rules: &LogRules,
        text: &'a [u8],
        violations: &'a [Violation],
        memory: Memory<'_>,
    ) -> Result<Self, Error> {
        Ok(Rejected {
            id: identity::new_id(Reading::now()),
            kept: Kept::of(rules, text, memory)?,
            violations,
        })
    }
}

/// The table of rejected events of a log.
pub fn table(target: &Target) -> Result<Oid, Error> {
    let find = "select eventlog._rejected_of($1::pg_catalog.oid::pg_catalog.regclass)";
    let found = spi::run(find, &[spi::Value::Oid(target.root)], |row| row.oid(1));
    let found = found.into_iter().flatten().next();
    found.ok_or_else(|| {
        Error::not_set_up(
            "the log's table of rejected events is missing, or belongs to somebody else",
            "The log's owner puts it back with eventlog.repair_log().",
        )
    })
}

/// Its name in a statement.
pub fn table_name(target: &Target) -> Result<String, Error> {
    let name = relation::quoted(table(target)?);
    name.ok_or_else(|| Error::internal("the table of rejected events has no name"))
}

/// Puts rejected events there.
pub fn store(
    target: &Target,
    rules: &LogRules,
    sender: &Sender<'_>,
    source: Option<Str<'_>>,
    rejected: &[Rejected<'_>],
    memory: Memory<'_>,
) -> Result<(), Error> {
    let table = table_name(target)?;
    user::as_owner(target.root, || {
        let text = pg_sys::TEXTOID;
        let statement = format!(
            "insert into {table} (id, source, tenant_id, sent_by, actor_type, actor_id, event, bytes, sha256, redacted, \
                violations) \
             values ($1, $2, $3, $4::pg_catalog.name, $5, $6, $7::pg_catalog.json, $8, $9, $10, $11)"
        );
        let plan = Plan::prepare(
            &statement,
            &[
                pg_sys::UUIDOID,
                text,
                types::of_tenant(rules.tenant_type),
                text,
                text,
                text,
                text,
                pg_sys::INT8OID,
                pg_sys::BYTEAOID,
                pg_sys::TEXTARRAYOID,
                pg_sys::JSONBOID,
            ],
        );
        let role = Datum::from(memory.text(&*sender.role));
        for rejected in rejected {
            let kept = &rejected.kept;
            plan.execute_alone(&[
                Some(Datum::uuid(&rejected.id)),
                source.map(Datum::from),
                sender.tenant.as_ref().map(TenantValue::datum),
                Some(role),
                sender.actor_type.map(Datum::from),
                sender.actor_id.map(Datum::from),
                kept.event.as_ref().map(|event| memory.text(event).into()),
                Some(kept.bytes.into()),
                kept.sha256.map(|hash| memory.bytea(&hash)),
                kept.redacted.as_ref().map(|all| memory.text_array(all)),
                Some(told(rejected.violations, memory)?.into()),
            ]);
        }
        Ok(())
    })
}

/// Violations as a document, with advice where there is any.
pub fn told<'m>(violations: &[Violation], memory: Memory<'m>) -> Result<Jsonb<'m>, Error> {
    let text = violation::document(violations);
    let document = input::jsonb(text.as_bytes(), memory);
    Ok(document
        .ok_or_else(|| Error::internal("violations are no document"))
        .or_raise())
}
