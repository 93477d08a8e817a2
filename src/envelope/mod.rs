//! Events in the envelopes of others, in and out: CloudEvents, and workflow events.
//!
//! What becomes what is said in `model::envelope`; here envelopes become drafts, and names of schemas versions.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::pg::datum::{Jsonb, TenantValue};
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{self, List};
use crate::pg::memory::Memory;
use crate::pg::reserve;
use crate::writing::draft::Draft;
use crate::writing::one;
use model::Problem;
use model::envelope::cloudevent::{self, Schemas};
use model::envelope::{Logged, Text, workflow};
use model::taxonomy::rules::{Contract, LogRules};

/// How often the texts of an envelope may be copied beside it.
const COPIES: usize = 4;

/// `eventlog.log_cloudevent(event, log)`.
pub fn log_cloudevent(call: &Call<'_>) -> Ret {
    log(call, |document, rules| {
        cloudevent::read(document, rules.tenant_type, &Described(rules))
    })
}

/// `eventlog.log_envelope(event, log)`.
pub fn log_envelope(call: &Call<'_>) -> Ret {
    log(call, |document, _| workflow::read(document))
}

/// `eventlog.to_cloudevent(event, log)`.
pub fn to_cloudevent(call: &Call<'_>) -> Ret {
    show(call, |document, rules| {
        cloudevent::write(document, &Described(rules))
    })
}

/// `eventlog.to_envelope(event, log)`.
pub fn to_envelope(call: &Call<'_>) -> Ret {
    show(call, |document, _| workflow::write(document))
}

fn log<'a>(
    call: &Call<'a>,
    read: impl FnOnce(jsonb::Jsonb<'a>, &LogRules) -> Result<Logged<'a>, Problem>,
) -> Ret {
    let (target, rules) = lookup::of_call(call.oid(1));
    let document = document(call);
    let logged = read(document, &rules).or_raise();
    let mut draft = draft(&logged, call.memory());
    let written = one::write(&target, &rules, &mut draft, None).or_raise();
    call.value(call.memory().uuid(written.id))
}

fn show<'a>(
    call: &Call<'a>,
    write: impl FnOnce(jsonb::Jsonb<'a>, &LogRules) -> Result<List<u8>, Problem>,
) -> Ret {
    let (_, rules) = lookup::rules_of_call(call.oid(1));
    let written = write(document(call), &rules).or_raise();
    call.value(call.memory().jsonb(&written))
}

fn document<'a>(call: &Call<'a>) -> jsonb::Jsonb<'a> {
    let event = call
        .jsonb(0)
        .ok_or_else(|| Error::argument("event must not be null"))
        .or_raise();
    reserve::hold(COPIES * Jsonb::size(&event)).or_raise();
    event
        .read()
        .map_err(|_| Error::argument("event is damaged"))
        .or_raise()
}

fn draft<'m>(logged: &Logged<'_>, memory: Memory<'m>) -> Draft<'m> {
    let text = |text: &Option<Text<'_>>| text.as_ref().map(|text| memory.text(text));
    Draft {
        event_type: Some(memory.text(&logged.event_type)),
        payload: Some(memory.jsonb(&logged.payload)),
        tenant: text(&logged.tenant).map(TenantValue::Text),
        entity_type: text(&logged.entity_type),
        entity_id: text(&logged.entity_id),
        actor_type: text(&logged.actor_type),
        actor_id: text(&logged.actor_id),
        occurred_at: logged.occurred_at,
        context: Some(memory.jsonb(&logged.context)),
        correlation_id: text(&logged.correlation_id),
        causation_id: text(&logged.causation_id),
        source_type: text(&logged.source_type),
        source_id: text(&logged.source_id),
        version: logged.version,
        idempotency_key: text(&logged.idempotency_key),
        ..Draft::new(memory, None)
    }
}

/// Where the contracts of a log are described.
struct Described<'r>(&'r LogRules);

impl Described<'_> {
    fn contracts(&self, event_type: &[u8]) -> &[Contract] {
        let rules = self.0.types.get(event_type);
        rules.map_or(&[], |rules| &rules.versions)
    }

    /// The one contract of a type that is described there.
    fn only(&self, event_type: &[u8], url: &[u8]) -> Option<&Contract> {
        let is = |c: &&Contract| c.docs_url.as_ref().is_some_and(|u| u.as_bytes() == url);
        let mut found = self.contracts(event_type).iter().filter(is);
        found.next().filter(|_| found.next().is_none())
    }
}

impl Schemas for Described<'_> {
    fn version(&self, event_type: &[u8], described_at: &[u8]) -> Option<i32> {
        self.only(event_type, described_at).map(|c| c.version)
    }

    fn described_at(&self, event_type: &[u8], version: i32) -> Option<Text<'_>> {
        let mut contracts = self.contracts(event_type).iter();
        let contract = contracts.find(|c| c.version == version)?;
        let url = contract.docs_url.as_ref()?.as_bytes();
        self.only(event_type, url).map(|_| url.into())
    }
}
