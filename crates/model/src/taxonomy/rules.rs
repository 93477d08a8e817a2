//! The compiled taxonomy of one log: pure rules over the facts of one event.

use super::redacted::Came;
use super::replaced::Replacement;
use super::violation::{Violation, pointer};
use crate::Problem;
use crate::redaction::{self, Hasher, Redaction, Rules};
use crate::schema::{Closed, Failure, Slot};
use crate::tenant::TenantType;
use crate::text::{MAX_IDENTIFIER_BYTES, MAX_TYPE_CHARS, shorten};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use uuid::Uuid;

/// Bytes that the payload of a captured event may have: as large as a value can get, so that a row
/// that could be stored can be told of.
const MAX_CAPTURED_BYTES: usize = 1_073_741_823;
/// What follows the entity type in the types that a tracked table's changes have.
pub const CAPTURED_ENDINGS: [&str; 4] = [".created", ".updated", ".state_changed", ".deleted"];

/// What becomes of a type that the taxonomy does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unregistered {
    Reject,
    Allow,
}

/// A log as its gate sees it.
#[derive(Debug)]
pub struct LogRules {
    /// key in the catalogue
    pub log_id: Uuid,
    /// what becomes of unknown types
    pub unregistered: Unregistered,
    /// limit of payload and context, in bytes of the stored jsonb
    pub max_payload_bytes: usize,
    /// whether an event must have a tenant
    pub require_tenant: bool,
    /// oid of the table that the catalogue names; to be believed only once it shows the gate
    pub relation: u32,
    /// type of the tenant column
    pub tenant_type: TenantType,
    /// whether it has rules beside its taxonomy (`crate::rule`)
    pub ruled: bool,
    /// what is redacted of all its events
    pub redact: Rules,
    /// the same, to be asked; none where nothing is
    pub redaction: Option<Rc<Redaction>>,
    /// what hashes for rules
    pub hasher: Hasher,
    /// whether anything may be left out or redacted of events of any type
    pub prepares: bool,
    /// tells these rules from those that were read before or will be read after
    pub serial: u64,
    /// the types, by name: those that are registered, and those that are captured
    pub types: FxHashMap<Box<[u8]>, TypeRules>,
}

/// One event type.
#[derive(Debug)]
pub struct TypeRules {
    /// the version of an event that names none
    pub default_version: i32,
    /// its contracts, the newest last; none where it is not registered
    pub versions: Vec<Contract>,
    /// whether it tells the changes of a tracked table
    pub captured: bool,
}

impl Default for TypeRules {
    fn default() -> Self {
        TypeRules {
            default_version: 1,
            versions: Vec::new(),
            captured: false,
        }
    }
}

/// What becomes of an event. Whoever asks matches on each answer, so that a rule which gives another one, such as what is to
/// be stored instead of a payload, has to be heard wherever an event is judged.
#[must_use]
#[derive(Debug)]
pub enum Verdict {
    /// it is stored as it is
    Pass,
    /// it is stored with other documents
    Replace(Replacement),
    /// it is not stored
    Refuse(Refusal),
}

/// Why an event is refused.
#[derive(Debug)]
pub enum Refusal {
    /// its type tells the changes of a tracked table, and is not written by hand
    Captured,
    /// it breaks rules of the taxonomy
    Broken(Vec<Violation>),
    /// the schema of its contract could not be asked
    Unasked {
        /// the version of the contract
        version: i32,
        /// why
        why: Failure,
    },
    /// values are to be hashed, and there is no key
    NoKey,
    /// there are rules of redaction that are not known
    Unreadable,
    /// what is to be stored of it could not be made
    Unmade(Problem),
}

impl From<redaction::Failure> for Refusal {
    fn from(why: redaction::Failure) -> Refusal {
        match why {
            redaction::Failure::NoKey => Refusal::NoKey,
            redaction::Failure::Unreadable => Refusal::Unreadable,
            redaction::Failure::Problem(why) => Refusal::Unmade(why),
        }
    }
}

impl From<jsonb::BuildError> for Refusal {
    fn from(why: jsonb::BuildError) -> Refusal {
        Refusal::Unmade(why.into())
    }
}

/// What one version of a type demands.
#[derive(Debug, Default)]
pub struct Contract {
    /// its number
    pub version: i32,
    /// whether it may no longer be written
    pub retired: bool,
    /// keys that the payload must have
    pub required: Vec<Box<str>>,
    /// its own limit, instead of the log's
    pub max_payload_bytes: Option<usize>,
    /// the only kinds of entity it may happen to
    pub entity_types: Option<Vec<Box<str>>>,
    /// the only kinds of actor that may do it
    pub actor_types: Option<Vec<Box<str>>>,
    /// what the payload must be like
    pub schema: Option<Slot>,
    /// what the context must be like
    pub context_schema: Option<Slot>,
    /// the keys at the top of the payload, where no others are stored
    pub closed: Option<Closed>,
    /// whether other keys are left out, and not refused
    pub strips: bool,
    /// what is redacted of its events, beside what the log says
    pub redact: Rules,
    /// the same together with what the log says; none where the type says nothing
    pub redaction: Option<Rc<Redaction>>,
    /// whether what is broken is told in the context, and refuses nothing
    pub reports: bool,
    /// where the contract is described
    pub docs_url: Option<Box<str>>,
    /// who answers for it
    pub owner: Option<Box<str>>,
}

impl Contract {
    /// Whom a refused event is to be talked over with.
    fn advice(&self) -> Option<String> {
        let owner = self.owner.as_deref().map(shorten);
        let url = self.docs_url.as_deref().map(shorten);
        match (owner, url) {
            (Some(owner), Some(url)) => Some(format!(
                "The contract is described at {url}; its owner is {owner}."
            )),
            (None, Some(url)) => Some(format!("The contract is described at {url}.")),
            (Some(owner), None) => Some(format!("The owner of the contract is {owner}.")),
            (None, None) => None,
        }
    }
}

/// A jsonb document whose size is known before it is read.
pub trait Measured {
    /// bytes of the stored value, uncompressed, header included
    fn size(&self) -> usize;
    /// the document, or none when its bytes are damaged
    fn read(&self) -> Option<jsonb::Jsonb<'_>>;
}

/// The facts of an event that rules look at; texts are in the database's encoding.
pub struct Facts<'a, D> {
    /// event type
    pub event_type: &'a [u8],
    /// version of its contract; none is the type's default
    pub version: Option<i32>,
    /// kind of entity
    pub entity_type: Option<&'a [u8]>,
    /// kind of actor
    pub actor_type: Option<&'a [u8]>,
    /// whether the kinds of entity and actor are known: a mere payload has none
    pub kinds_known: bool,
    /// all identifiers, with the names of their columns
    pub identifiers: &'a [(&'static str, Option<&'a [u8]>)],
    /// what happened
    pub payload: Option<D>,
    /// where it happened
    pub context: Option<D>,
    /// whether an event without a context is a broken one, as a row of a log is
    pub context_required: bool,
    /// whether capture made it, whose events have no other contract than their own
    pub by_capture: bool,
    /// how it came, where that has redacted it
    pub came: Option<Came>,
}

impl LogRules {
    /// Version that an event of this type gets when it names none.
    pub fn default_version(&self, event_type: &[u8]) -> i32 {
        self.types.get(event_type).map_or(1, |t| t.default_version)
    }

    /// Tells the rules that the changes of tables are captured as this kind of entity.
    pub fn capture(&mut self, entity_type: &[u8]) {
        for ending in CAPTURED_ENDINGS {
            let name = [entity_type, ending.as_bytes()].concat();
            self.types.entry(name.into()).or_default().captured = true;
        }
    }

    /// Whether any type is registered.
    pub fn has_contracts(&self) -> bool {
        self.types.values().any(|t| !t.versions.is_empty())
    }

    /// Judges an event by all rules; every broken one is reported. Nothing is allocated for
    /// an event that breaks none. `owns` is asked for captured types alone: whether the log's owner
    /// writes the event.
    pub fn judge<D: Measured>(&self, event: &Facts<'_, D>, owns: impl FnOnce() -> bool) -> Verdict {
        let mut broken = Vec::new();
        let (contract, limit) = if event.by_capture {
            (None, MAX_CAPTURED_BYTES)
        } else {
            let rules = self.types.get(event.event_type);
            if rules.is_some_and(|rules| rules.captured) && !owns() {
                return Verdict::Refuse(Refusal::Captured);
            }
            let contract = self.contract(event, rules, &mut broken);
            let limit = contract.and_then(|c| c.max_payload_bytes);
            (contract, limit.unwrap_or(self.max_payload_bytes))
        };
        let replaces = contract.is_some_and(Contract::replaces) || self.redaction.is_some();
        match replaces && !event.by_capture {
            false => self.examined(event, contract, limit, broken),
            true => self.replaced(event, contract, limit, broken),
        }
    }

    /// Judges an event as it is by all but its name.
    fn examined<D: Measured>(
        &self,
        event: &Facts<'_, D>,
        contract: Option<&Contract>,
        limit: usize,
        mut broken: Vec<Violation>,
    ) -> Verdict {
        match self.examine(event, contract, limit, &mut broken) {
            Err(refusal) => Verdict::Refuse(refusal),
            Ok(()) if broken.is_empty() => Verdict::Pass,
            Ok(()) => Verdict::Refuse(refusal(contract, broken)),
        }
    }

    /// Adds what is wrong with an event but for its name.
    pub(super) fn examine<D: Measured>(
        &self,
        event: &Facts<'_, D>,
        contract: Option<&Contract>,
        limit: usize,
        broken: &mut Vec<Violation>,
    ) -> Result<(), Refusal> {
        check_lengths(event, broken);
        let payload = match &event.payload {
            Some(payload) => check_payload(payload, limit, contract, broken),
            None => {
                broken.push(not_an_object("", "payload", "null"));
                None
            }
        };
        let mut context = None;
        match &event.context {
            Some(context) if context.size() > self.max_payload_bytes => {
                broken.push(context_too_large(context.size(), self.max_payload_bytes));
            }
            Some(document) => match document.read().map(|c| c.root()) {
                Some(root @ jsonb::Value::Object(_)) => context = Some(root),
                other => {
                    let kind = kind_name(other.map(|root| root.kind()));
                    broken.push(not_an_object("/context", "context", kind));
                }
            },
            None if event.context_required => {
                broken.push(not_an_object("/context", "context", "null"));
            }
            None => {}
        }
        if let Some(contract) = contract.filter(|contract| contract.has_schemas())
            && let Err(why) = contract.ask(payload, context, broken)
        {
            let version = contract.version;
            return Err(Refusal::Unasked { version, why });
        }
        if let Some(contract) = contract.filter(|_| event.kinds_known) {
            check_kind(
                "entity_type",
                &contract.entity_types,
                event.entity_type,
                broken,
            );
            check_kind(
                "actor_type",
                &contract.actor_types,
                event.actor_type,
                broken,
            );
        }
        Ok(())
    }

    fn contract<'a, D>(
        &self,
        event: &Facts<'_, D>,
        rules: Option<&'a TypeRules>,
        broken: &mut Vec<Violation>,
    ) -> Option<&'a Contract> {
        let Some(rules) = rules.filter(|rules| !rules.versions.is_empty()) else {
            if self.unregistered == Unregistered::Reject && !event.event_type.is_empty() {
                broken.push(self.unknown_type(event.event_type));
            }
            return None;
        };
        let version = event.version.unwrap_or(rules.default_version);
        match rules.versions.iter().find(|c| c.version == version) {
            Some(contract) if contract.retired => {
                let name = lossy(event.event_type);
                let message = if rules.versions.iter().all(|c| c.retired) {
                    format!("event type \"{name}\" is retired")
                } else {
                    format!("version {version} of event type \"{name}\" is retired")
                };
                broken.push(
                    Violation::new("retired_type", "", message).with_hint(
                        "The log's owner revives it with eventlog.register_event_type().",
                    ),
                );
                None
            }
            Some(contract) => Some(contract),
            None => {
                let known: Vec<String> = rules
                    .versions
                    .iter()
                    .map(|c| c.version.to_string())
                    .collect();
                let name = lossy(event.event_type);
                broken.push(
                    Violation::new(
                        "unknown_type",
                        "",
                        format!("event type \"{name}\" has no version {version}"),
                    )
                    .with_hint(format!("Registered versions: {}.", known.join(", "))),
                );
                None
            }
        }
    }

    fn unknown_type(&self, event_type: &[u8]) -> Violation {
        let name = String::from_utf8_lossy(event_type);
        let violation = Violation::new(
            "unknown_type",
            "",
            format!("event type \"{}\" is not registered", shorten(&name)),
        );
        let registered = self.types.iter().filter(|(_, t)| !t.versions.is_empty());
        let names = registered.map(|(k, _)| String::from_utf8_lossy(k));
        match super::suggest::nearest(&name, names) {
            Some(near) => violation.with_hint(format!("Did you mean \"{near}\"?")),
            None => violation.with_hint(
                "Register it with eventlog.register_event_type(), or look at \
                 eventlog.event_types for the types that there are.",
            ),
        }
    }
}

/// That an event breaks rules, with what its contract advises.
pub(super) fn refusal(contract: Option<&Contract>, mut broken: Vec<Violation>) -> Refusal {
    let advice = contract.and_then(Contract::advice);
    if let (Some(advice), Some(first)) = (advice, broken.iter_mut().find(|v| v.hint.is_none())) {
        first.hint = Some(advice);
    }
    Refusal::Broken(broken)
}

fn lossy(text: &[u8]) -> String {
    shorten(&String::from_utf8_lossy(text))
}

fn check_lengths<D>(event: &Facts<'_, D>, broken: &mut Vec<Violation>) {
    if event.event_type.is_empty() {
        broken.push(Violation::new(
            "unknown_type",
            "",
            "event type is null or empty",
        ));
    }
    // Characters are counted only where bytes leave a doubt.
    if event.event_type.len() > MAX_TYPE_CHARS {
        let chars = String::from_utf8_lossy(event.event_type).chars().count();
        if chars > MAX_TYPE_CHARS {
            broken.push(Violation::new(
                "too_long",
                "",
                format!("event type has {chars} characters, and may have {MAX_TYPE_CHARS}"),
            ));
        }
    }
    for (name, value) in event.identifiers {
        if let Some(violation) = value.and_then(|value| too_long(name, value)) {
            broken.push(violation);
        }
    }
}

/// The violation of an identifier that is too long.
pub fn too_long(name: &str, value: &[u8]) -> Option<Violation> {
    (value.len() > MAX_IDENTIFIER_BYTES).then(|| {
        Violation::new(
            "too_long",
            "",
            format!(
                "{name} has {} bytes, and may have {MAX_IDENTIFIER_BYTES}",
                value.len()
            ),
        )
    })
}

/// The payload, where it can be read and is an object.
fn check_payload<'d, D: Measured>(
    payload: &'d D,
    limit: usize,
    contract: Option<&Contract>,
    broken: &mut Vec<Violation>,
) -> Option<jsonb::Value<'d>> {
    let size = payload.size();
    if size > limit {
        // Nothing has read it so far, and nothing will.
        broken.push(too_large("", "payload", size, limit));
        return None;
    }
    let read = payload.read();
    let Some(object) = read.and_then(|p| p.root().as_object()) else {
        broken.push(not_an_object(
            "",
            "payload",
            kind_name(read.map(|p| p.kind())),
        ));
        return None;
    };
    for key in contract.map_or(&[][..], |c| &c.required) {
        if !object.contains_key(key.as_bytes()) {
            let keys = contract.map_or(&[][..], |c| &c.required).join(", ");
            broken.push(
                Violation::new(
                    "required",
                    pointer(key),
                    format!("payload lacks the required key \"{}\"", shorten(key)),
                )
                .with_hint(format!(
                    "Payloads of this type need: {}.",
                    shorten_list(&keys)
                )),
            );
        }
    }
    Some(jsonb::Value::Object(object))
}

fn check_kind(
    code: &'static str,
    allowed: &Option<Vec<Box<str>>>,
    value: Option<&[u8]>,
    broken: &mut Vec<Violation>,
) {
    let Some(allowed) = allowed else { return };
    if value.is_some_and(|v| allowed.iter().any(|a| a.as_bytes() == v)) {
        return;
    }
    let what = match value {
        Some(v) => format!("\"{}\"", lossy(v)),
        None => "null".to_owned(),
    };
    let mut violation = Violation::new(
        code,
        "",
        format!("{code} {what} is not allowed for this event type"),
    );
    violation = violation.with_hint(format!("Allowed: {}.", allowed.join(", ")));
    broken.push(violation);
}

fn too_large(path: &str, what: &str, size: usize, limit: usize) -> Violation {
    Violation::new(
        "too_large",
        path,
        format!("{what} of {size} bytes is over the limit of {limit} bytes"),
    )
    .with_hint("Store large data elsewhere and log a reference to it, or raise the type's max_payload_bytes.")
}

fn context_too_large(size: usize, limit: usize) -> Violation {
    too_large("/context", "context", size, limit)
        .with_hint("A context says where it happened; what happened belongs in the payload.")
}

/// Tells which of payload and context came too large.
pub(super) fn tell_size(
    payload: usize,
    limit: usize,
    context: usize,
    context_limit: usize,
    broken: &mut Vec<Violation>,
) {
    if payload > limit {
        broken.push(too_large("", "payload", payload, limit));
    }
    if context > context_limit {
        broken.push(context_too_large(context, context_limit));
    }
}

/// A list for a hint, cut where it gets too long to read.
fn shorten_list(list: &str) -> String {
    const MAX: usize = 300;
    match list.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", &list[..at]),
        None => list.to_owned(),
    }
}

fn kind_name(kind: Option<jsonb::Kind>) -> &'static str {
    kind.map_or("damaged", jsonb::Kind::name)
}

fn not_an_object(path: &str, what: &str, found: &str) -> Violation {
    Violation::new(
        "not_an_object",
        path,
        format!("{what} must be a JSON object, not {found}"),
    )
    .with_hint("Put a value under a key, as in {\"value\": 1}.")
}
