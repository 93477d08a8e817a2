//! An event that is to be written, and what becomes of it.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::sender::Sender;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::clock::Reading;
use crate::pg::datum::{Jsonb, TenantValue, Text};
use crate::pg::input;
use crate::pg::jsonb::{self, Kind};
use crate::pg::memory::{Memory, Scratch};
use crate::pg::reserve::Since;
use crate::writing::draft::Draft;
use crate::writing::many;
use crate::writing::prepare::Preparing;
use model::taxonomy::rules::{Facts, LogRules, Verdict};
use model::taxonomy::violation::Violation;
use model::tenant::TenantType;
use uuid::Uuid;

/// An event, as far as it could be read.
pub struct Item<'r, 'm> {
    /// with its tenant of the log's type, and nothing else filled in
    pub draft: Draft<'m>,
    /// of its content, where it has a key to be claimed
    pub hash: Option<[u8; 32]>,
    /// what is done to its documents besides
    pub preparing: Option<Preparing<'r>>,
    /// what becomes of it
    pub fate: Fate,
}

impl<'m> Item<'_, 'm> {
    /// Of which nothing is known, to become this.
    pub fn new(memory: Memory<'m>, fate: Fate) -> Self {
        Item {
            draft: Draft::new(memory, None),
            hash: None,
            preparing: None,
            fate,
        }
    }

    /// The event as it is to be written, filled in.
    pub fn filled(
        &self,
        target: &Target,
        rules: &LogRules,
        reading: Reading,
    ) -> Result<Draft<'m>, Error> {
        let mut draft = self.draft;
        draft.fill(target, rules, reading)?;
        if let Some(preparing) = &self.preparing {
            preparing.clone().end(&mut draft, target)?;
        }
        Ok(draft)
    }
}

/// What becomes of an event.
#[derive(Clone, Debug)]
pub enum Fate {
    /// it is still to be written
    Open,
    /// it is in the log
    Logged(Uuid),
    /// its key has this event already
    Duplicate(Uuid),
    /// the log does not take it
    Rejected(Vec<Violation>),
}

/// Reads events of a batch.
pub struct Reader<'r, 'm> {
    target: &'r Target,
    rules: &'r LogRules,
    memory: Memory<'m>,
    scratch: Scratch<'m>,
    since: Since,
}

impl<'r, 'm> Reader<'r, 'm> {
    /// For events that go into this log; what is read of them lies in that memory.
    pub fn new(target: &'r Target, rules: &'r LogRules, memory: Memory<'m>) -> Self {
        Reader {
            target,
            rules,
            memory,
            scratch: Scratch::new(memory),
            since: Since::now(),
        }
    }

    /// The event of a JSON text. All that is wrong with it is told, and whether its sender may write it too: whoever tries
    /// it again may be somebody else.
    #[allow(
        clippy::disallowed_methods,
        reason = "a few words about an event; whether memory is short is asked for each"
    )]
    pub fn read(&mut self, text: &[u8], sender: &Sender<'m>) -> Result<Item<'r, 'm>, Error> {
        let mut item = Item::new(self.memory, Fate::Open);
        let mut broken = Vec::new();
        self.scratch.reset();
        match input::element(text, self.scratch.memory()) {
            Ok(document) => take(&mut item.draft, document, &mut broken)?,
            Err(sentence) => broken.push(Violation::new("malformed", "", sentence)),
        }
        if broken.is_empty() || item.draft.event_type.is_some() {
            self.complete(&mut item, sender, &mut broken)?;
        }
        self.since.check()?;
        if !broken.is_empty() {
            item.fate = Fate::Rejected(broken);
        }
        Ok(item)
    }

    fn complete(
        &self,
        item: &mut Item<'r, 'm>,
        sender: &Sender<'m>,
        broken: &mut Vec<Violation>,
    ) -> Result<(), Error> {
        let draft = &mut item.draft;
        note(draft.check(), broken)?;
        if broken.is_empty() {
            let preparing = match &sender.redacted {
                None => Preparing::begin(draft, self.target, self.rules)?,
                Some(told) => Preparing::again(draft, self.target, self.rules, told.clone())?,
            };
            if draft.claims() {
                item.hash = Some(preparing.content_hash(draft, self.target)?);
            }
            item.preparing = Some(preparing);
        }
        sender.lend(draft);
        if let Err(why) = draft.fill_tenant(self.target, self.rules) {
            return note(Err(why), broken);
        }
        note(sender.check(draft), broken)
    }
}

/// Notes what an error says of an event; one that says nothing of it is one.
#[allow(
    clippy::disallowed_methods,
    reason = "a few words about an event; whether memory is short is asked for each"
)]
fn note(result: Result<(), Error>, broken: &mut Vec<Violation>) -> Result<(), Error> {
    if let Err(why) = result {
        broken.extend(why.into_violations()?);
    }
    Ok(())
}

/// Takes what an element says.
#[allow(
    clippy::disallowed_methods,
    reason = "a few words about an event; whether memory is short is asked for each"
)]
fn take(
    draft: &mut Draft<'_>,
    document: Jsonb<'_>,
    broken: &mut Vec<Violation>,
) -> Result<(), Error> {
    let damaged = |_| Error::internal("a document that was made just now cannot be read");
    let document: jsonb::Jsonb<'_> = document.read().map_err(damaged)?;
    let Some(object) = document.root().as_object() else {
        let kind = Kind::name(document.kind());
        let message = format_args!("an event must be a JSON object, not {kind}").to_string();
        broken.push(Violation::new("not_an_object", "", message));
        return Ok(());
    };
    let mut payload_given = false;
    for (key, value) in object.iter() {
        note(many::take(draft, key, value), broken)?;
        payload_given |= key == b"payload";
    }
    if !payload_given {
        draft.payload = Some(draft.memory.empty_object());
    }
    Ok(())
}

/// What the taxonomy says of an event that is filled in. The gate says the same; whoever claims a key wants to know before.
pub fn judge(target: &Target, rules: &LogRules, draft: &Draft<'_>) -> Result<(), Error> {
    let text = |text| draft.read(text);
    let tenant: Option<Text<'_>> = match (rules.tenant_type, &draft.tenant) {
        (TenantType::Text, Some(TenantValue::Text(tenant))) => text(Some(*tenant)),
        _ => None,
    };
    let (entity_type, actor_type) = (text(draft.entity_type), text(draft.actor_type));
    let facts = Facts {
        event_type: text(draft.event_type).unwrap_or_default(),
        version: draft.version,
        entity_type,
        actor_type,
        kinds_known: true,
        identifiers: &[
            ("tenant_id", tenant),
            ("entity_type", entity_type),
            ("entity_id", text(draft.entity_id)),
            ("actor_type", actor_type),
            ("actor_id", text(draft.actor_id)),
            ("source_type", text(draft.source_type)),
            ("source_id", text(draft.source_id)),
            ("correlation_id", text(draft.correlation_id)),
            ("causation_id", text(draft.causation_id)),
            ("idempotency_key", text(draft.idempotency_key)),
        ],
        payload: draft.payload,
        context: draft.context,
        context_required: true,
        by_capture: false,
        came: draft.came,
    };
    match rules.judge(&facts, || target.is_owned()) {
        Verdict::Pass | Verdict::Replace(_) if rules.require_tenant && draft.tenant.is_none() => {
            let log = target.name.clone();
            Err(Error::MissingTenant { log, index: None })
        }
        Verdict::Pass | Verdict::Replace(_) => Ok(()),
        Verdict::Refuse(why) => Err(Error::refused(why, facts.event_type, &target.name, None)),
    }
}
