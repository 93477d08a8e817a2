//! What becomes of the documents of an event before anything is asked of them: keys that the contract does not know are
//! left out, and what rules of the log and of the type name is redacted.
//!
//! It is done once for each event. Our own roads do it before they hash what an event says, and tell the gate; of other
//! events the gate does it.

use super::rules::{Contract, LogRules, Refusal};
use crate::redaction::{self, REDACTED, Redaction, Rules, Told};
use jsonb::{Builder, List, Object, Value};
use std::rc::Rc;

/// An event that came by one of our own roads, which have redacted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// bytes of the payload as it came
    pub payload: usize,
    /// the same of the context
    pub context: usize,
    /// of the rules that it was redacted by
    pub serial: u64,
}

/// What is done to an event before it is judged.
#[derive(Clone, Debug)]
pub struct Before<'r> {
    contract: Option<&'r Contract>,
    redaction: Option<Rc<Redaction>>,
    told: Told,
}

impl Contract {
    /// Whether keys that are not known are left out, or anything is redacted by rules of the type.
    fn prepares(&self) -> bool {
        self.strips || self.redaction.is_some()
    }
}

impl LogRules {
    /// What is done to an event of this contract; none where nothing is.
    pub(super) fn before<'r>(&'r self, contract: Option<&'r Contract>) -> Option<Before<'r>> {
        let of_log = || self.redaction.clone();
        let redaction = match contract {
            Some(contract) => contract.redaction.clone().or_else(of_log),
            None => of_log(),
        };
        let strips = contract.is_some_and(|contract| contract.strips);
        (strips || redaction.is_some()).then(|| Before {
            contract,
            redaction,
            told: Told::new(),
        })
    }

    /// The same of an event of this type, whether or not it will be refused.
    pub fn before_event(&self, event_type: &[u8], version: Option<i32>) -> Option<Before<'_>> {
        if !self.prepares {
            return None;
        }
        let Some(rules) = self
            .types
            .get(event_type)
            .filter(|t| !t.versions.is_empty())
        else {
            return self.before(None);
        };
        let version = version.unwrap_or(rules.default_version);
        let contract = rules.versions.iter().find(|c| c.version == version);
        match contract {
            Some(_) => self.before(contract),
            // It will be refused: nothing of it is to be anywhere by then.
            None => Some(Before {
                contract: None,
                redaction: self.redaction_of_type(event_type).map(Rc::new),
                told: Told::new(),
            }),
        }
    }

    /// An event as it was handed in, which need be none, without what rules of the log take away, and those of all versions
    /// of its type where that is known: for what keeps events that were refused. None where it stays. What was done is
    /// told from the top of the event.
    pub fn redact_event(
        &self,
        event_type: Option<&[u8]>,
        event: Value<'_>,
    ) -> Result<(Option<List<u8>>, Told), redaction::Failure> {
        let mut told = Told::new();
        let redaction = self.redaction_of_type(event_type.unwrap_or_default());
        let made = match redaction {
            Some(redaction) => redaction.event(event, &mut told)?,
            None => None,
        };
        Ok((made, told))
    }

    /// What is redacted of captured events of this type; none where nothing is.
    pub fn redaction_of_captured(&self, event_type: &[u8]) -> Option<&Redaction> {
        let rules = self.types.get(event_type);
        let contract = rules.and_then(|rules| {
            let version = rules.default_version;
            rules.versions.iter().find(|c| c.version == version)
        });
        let of_type = contract.and_then(|contract| contract.redaction.as_deref());
        of_type.or(self.redaction.as_deref())
    }

    /// Notes whether anything is done to events of any type. Once all types are known.
    pub fn settle(&mut self) {
        let contracts = self.types.values().flat_map(|rules| &rules.versions);
        let any = contracts.into_iter().any(Contract::prepares);
        self.prepares = any || self.redaction.is_some();
    }

    /// The rules of the log and of all versions of a type, which need not be known; none where there are none.
    pub fn redaction_of_type(&self, event_type: &[u8]) -> Option<Redaction> {
        let versions = self.types.get(event_type).map(|rules| &rules.versions);
        let of_type = versions.into_iter().flatten().map(|c| &c.redact);
        let all: Vec<&Rules> = of_type
            .chain([&self.redact])
            .filter(|rules| !rules.is_empty())
            .collect();
        let hasher = self.hasher;
        (!all.is_empty()).then(|| Redaction::new(all, hasher))
    }
}

impl Before<'_> {
    /// Goes on from what a context tells that other rules have done.
    pub(super) fn after(&mut self, context: Option<Object<'_>>) {
        if let Some(context) = context {
            self.told = Told::after(context);
        }
    }

    /// Goes on from what was told of documents that were redacted before, and kept.
    pub fn again(&mut self, told: Vec<String>) {
        self.told = Told::again(told);
    }

    /// What has been redacted so far.
    pub fn told(&self) -> &[String] {
        self.told.all()
    }

    /// A context as it is kept where nothing is told in it; none where it stays.
    pub fn context_kept(&mut self, context: Value<'_>) -> Result<Option<List<u8>>, Refusal> {
        match &self.redaction {
            Some(redaction) => Ok(redaction.context(context, &mut self.told)?),
            None => Ok(None),
        }
    }

    /// Whether what is redacted is told in the context.
    pub fn redacts(&self) -> bool {
        self.redaction.is_some()
    }

    /// A payload as it is to be stored; none where it stays.
    pub fn payload(&mut self, payload: Value<'_>) -> Result<Option<List<u8>>, Refusal> {
        let stripped = match self.contract {
            Some(contract) => contract.stripped(payload)?,
            None => None,
        };
        let Some(redaction) = &self.redaction else {
            return Ok(stripped);
        };
        let redacted = match stripped.as_deref().map(jsonb::Jsonb::new) {
            Some(Ok(payload)) => redaction.payload(payload.root(), &mut self.told)?,
            Some(Err(_)) => None,
            None => redaction.payload(payload, &mut self.told)?,
        };
        Ok(redacted.or(stripped))
    }

    /// A context by itself, as it is hashed; none where it stays.
    pub fn context_alone(&self, context: Value<'_>) -> Result<Option<List<u8>>, Refusal> {
        match &self.redaction {
            Some(redaction) => Ok(redaction.context(context, &mut self.told.clone())?),
            None => Ok(None),
        }
    }

    /// The context as it is to be stored, after the payload: it tells what was redacted, and nothing that somebody told
    /// in its place. None where it stays.
    pub fn context(&mut self, context: Value<'_>) -> Result<Option<List<u8>>, Refusal> {
        let Some(redaction) = &self.redaction else {
            return Ok(None);
        };
        let redacted = redaction.context(context, &mut self.told)?;
        let now = match redacted.as_deref().map(jsonb::Jsonb::new) {
            Some(Ok(now)) => now.root(),
            _ => context,
        };
        let Some(object) = now.as_object() else {
            return Ok(redacted);
        };
        Ok(told(object, &self.told)?.or(redacted))
    }
}

/// A context that tells what was redacted; none where it tells nothing, and told nothing before.
pub fn told(context: Object<'_>, told: &Told) -> Result<Option<List<u8>>, jsonb::BuildError> {
    if told.is_empty() && !context.contains_key(REDACTED) {
        return Ok(None);
    }
    let mut builder = Builder::new();
    builder.begin_object();
    for (key, value) in context
        .iter()
        .filter(|(key, _)| *key != REDACTED.as_bytes())
    {
        builder.pair(key, value);
    }
    if !told.is_empty() {
        told.add_to(&mut builder);
    }
    builder.end();
    builder.finish().map(Some)
}

/// Bytes that a context spends on telling it.
pub(super) fn told_size(context: Option<Value<'_>>) -> usize {
    // The key, and an entry for each of the two, with what aligns them.
    const MEMBER: usize = REDACTED.len() + 16;
    let told = context.and_then(|context| context.as_object()?.get(REDACTED)?.as_array());
    told.map_or(0, |told| told.as_bytes().len() + MEMBER)
}
