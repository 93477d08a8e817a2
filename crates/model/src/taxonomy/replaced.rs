//! Events that are stored as something else than what came, in this order: what came is measured, keys that the contract
//! does not know are left out, rules redact what is left (`redacted`), and that is judged like any event, its size again.
//! What a contract only reports is told in the context then.

use super::redacted::{Before, told_size};
use super::rules::{Contract, Facts, LogRules, Measured, Refusal, Verdict, refusal, tell_size};
use super::violation::Violation;
use jsonb::{BuildError, Builder, Jsonb, List, Object, Value};

/// The key of a context under which violations are reported.
pub const VIOLATIONS: &str = "violations";
/// Violations that a context holds.
pub const MAX_REPORTED: usize = 20;
/// Bytes that the path of each may have there.
const MAX_PATH: usize = 512;

/// What is stored of an event in place of what came.
#[derive(Debug, Default)]
pub struct Replacement {
    /// the payload, as a container without its varlena header; none where it stays
    pub payload: Option<List<u8>>,
    /// the same of the context
    pub context: Option<List<u8>>,
    /// what is broken, and refuses nothing
    pub reported: Vec<Violation>,
}

impl Replacement {
    fn is_any(&self) -> bool {
        self.payload.is_some() || self.context.is_some() || !self.reported.is_empty()
    }
}

/// A document of an event: as it came, or made of that.
struct Now<'d, D> {
    document: Document<'d, D>,
    /// bytes of it that are ours, and count for no limit
    ours: usize,
}

enum Document<'d, D> {
    Came(&'d D),
    Made(&'d [u8]),
}

impl<D: Measured> Measured for Now<'_, D> {
    fn size(&self) -> usize {
        const HEADER: usize = 4;
        let size = match self.document {
            Document::Came(document) => document.size(),
            Document::Made(container) => container.len() + HEADER,
        };
        size.saturating_sub(self.ours)
    }

    fn read(&self) -> Option<Jsonb<'_>> {
        match self.document {
            Document::Came(document) => document.read(),
            Document::Made(container) => Jsonb::new(container).ok(),
        }
    }
}

impl<'d, D> Now<'d, D> {
    fn of(came: &'d Option<D>, made: &'d Option<List<u8>>) -> Option<Self> {
        let document = match made {
            Some(container) => Document::Made(container),
            None => Document::Came(came.as_ref()?),
        };
        Some(Now { document, ours: 0 })
    }
}

fn root<D: Measured>(document: &Option<D>) -> Option<Value<'_>> {
    Some(document.as_ref()?.read()?.root())
}

impl Contract {
    /// Whether an event may be stored as something else than what came.
    #[inline]
    pub(super) fn replaces(&self) -> bool {
        self.strips || self.reports || self.redaction.is_some()
    }

    /// The payload without what the contract does not know; none where it stays.
    pub(super) fn stripped(&self, payload: Value<'_>) -> Result<Option<List<u8>>, Refusal> {
        let version = self.version;
        match &self.closed {
            Some(closed) if self.strips => closed
                .without_others(payload)
                .map_err(|why| Refusal::Unasked { version, why }),
            _ => Ok(None),
        }
    }
}

impl LogRules {
    /// Judges an event that may be stored as something else than what came.
    #[cold]
    pub(super) fn replaced<D: Measured>(
        &self,
        event: &Facts<'_, D>,
        contract: Option<&Contract>,
        limit: usize,
        broken: Vec<Violation>,
    ) -> Verdict {
        self.replace(event, contract, limit, broken)
            .unwrap_or_else(Verdict::Refuse)
    }

    fn replace<D: Measured>(
        &self,
        event: &Facts<'_, D>,
        contract: Option<&Contract>,
        limit: usize,
        mut broken: Vec<Violation>,
    ) -> Result<Verdict, Refusal> {
        let mut made = Replacement::default();
        let (payload, context) = sizes(event);
        let has_room = payload <= limit && context <= self.max_payload_bytes;
        let mut before = self.before(contract);
        let redacts = before.as_ref().is_some_and(Before::redacts);
        let is_done = event.came.is_some_and(|came| came.serial == self.serial);
        if let Some(before) = before.as_mut().filter(|_| has_room && !is_done) {
            let context = root(&event.context);
            if event.came.is_some() {
                before.after(context.and_then(|context| context.as_object()));
            }
            if let Some(payload) = root(&event.payload) {
                made.payload = before.payload(payload)?;
            }
            if let Some(context) = context {
                made.context = before.context(context)?;
            }
        }
        let mut now = Facts {
            event_type: event.event_type,
            version: event.version,
            entity_type: event.entity_type,
            actor_type: event.actor_type,
            kinds_known: event.kinds_known,
            identifiers: event.identifiers,
            payload: Now::of(&event.payload, &made.payload),
            context: Now::of(&event.context, &made.context),
            context_required: event.context_required,
            by_capture: event.by_capture,
            came: event.came,
        };
        if redacts && has_room {
            let ours = told_size(root(&now.context));
            now.context
                .iter_mut()
                .for_each(|context| context.ours = ours);
        }
        self.examine(&now, contract, limit, &mut broken)?;
        // What came was too large already, be it smaller now.
        if !has_room && !broken.iter().any(|violation| violation.code == "too_large") {
            tell_size(payload, limit, context, self.max_payload_bytes, &mut broken);
        }
        let reports = contract.is_some_and(|contract| contract.reports);
        let refuses = |violation: &Violation| !reports || !violation.is_of_contract();
        if broken.iter().any(refuses) {
            return Err(refusal(contract, broken));
        }
        if reports {
            let context = root(&now.context).and_then(|context| context.as_object());
            let context = context.map(|context| reported(context, &broken));
            if let Some(context) = context.transpose()?.flatten() {
                made.context = Some(context);
            }
        }
        made.reported = broken;
        Ok(match made.is_any() {
            true => Verdict::Replace(made),
            false => Verdict::Pass,
        })
    }
}

/// Bytes of payload and context as they came.
fn sizes<D: Measured>(event: &Facts<'_, D>) -> (usize, usize) {
    let size = |document: &Option<D>| document.as_ref().map_or(0, D::size);
    match event.came {
        Some(came) => (came.payload, came.context),
        None => (size(&event.payload), size(&event.context)),
    }
}

/// A context that tells these violations; none where it stays. What somebody told there is left out.
fn reported(context: Object<'_>, broken: &[Violation]) -> Result<Option<List<u8>>, BuildError> {
    if broken.is_empty() && !context.contains_key(VIOLATIONS) {
        return Ok(None);
    }
    let mut builder = Builder::new();
    builder.begin_object();
    for (key, value) in context
        .iter()
        .filter(|(key, _)| *key != VIOLATIONS.as_bytes())
    {
        builder.pair(key, value);
    }
    if !broken.is_empty() {
        builder.key(VIOLATIONS).begin_array();
        for violation in broken.iter().take(MAX_REPORTED) {
            builder.begin_object();
            builder.key("code").string(violation.code);
            builder.key("path").string(shortened(&violation.path));
            builder.end();
        }
        builder.end();
    }
    builder.end();
    builder.finish().map(Some)
}

/// A pointer, up to a step of it where it is too long.
fn shortened(path: &str) -> &str {
    if path.len() <= MAX_PATH {
        return path;
    }
    let last = path.as_bytes()[..=MAX_PATH]
        .iter()
        .rposition(|b| *b == b'/');
    &path[..last.unwrap_or(0)]
}

#[cfg(test)]
mod tests;
