//! Documents of events without what rules take away.

use super::plan::{Found, Node, Redaction};
use super::{Action, Failure, Told};
use jsonb::reader::{ArrayIter, ObjectIter};
use jsonb::{Builder, List, Unread, Value};

/// What stands at the top of a document.
#[derive(Clone, Copy)]
enum Top<'r> {
    /// a payload or a context, for whose keys there are pointers
    Document(&'r Node),
    /// an event as it was handed in
    Event,
}

/// How rules are obeyed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// each as it says
    Exact,
    /// a rule that lacks the key of hashes removes
    Lenient,
    /// every rule removes
    Removing,
}

/// The names that an event has values by: no pointer into its payload means them.
const OF_EVENTS: [&str; 16] = [
    "type",
    "payload",
    "tenant_id",
    "entity_type",
    "entity_id",
    "actor_type",
    "actor_id",
    "occurred_at",
    "context",
    "correlation_id",
    "causation_id",
    "source_type",
    "source_id",
    "version",
    "idempotency_key",
    "id",
];

/// Members of a container that is being gone through.
enum Members<'a> {
    Object(ObjectIter<'a>),
    Array(ArrayIter<'a>, usize),
}

struct Frame<'a, 'r> {
    members: Members<'a>,
    top: Option<Top<'r>>,
    node: Option<&'r Node>,
    /// bytes of the pointer to the container
    pointer: usize,
}

impl<'a> Members<'a> {
    fn of(value: Value<'a>) -> Option<Members<'a>> {
        match value {
            Value::Object(object) => Some(Members::Object(object.iter())),
            Value::Array(array) => Some(Members::Array(array.iter(), 0)),
            _ => None,
        }
    }

    fn is_corrupt(&self) -> bool {
        match self {
            Members::Object(pairs) => pairs.is_corrupt(),
            Members::Array(elements, _) => elements.is_corrupt(),
        }
    }
}

/// A step to a member: its key, or its place in words of a pointer.
enum Step<'a> {
    Key(&'a [u8]),
    At(Digits),
}

impl Step<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Step::Key(key) => key,
            Step::At(place) => place.bytes(),
        }
    }
}

/// A number as text.
struct Digits {
    text: [u8; 20],
    start: usize,
}

impl Digits {
    fn of(mut number: usize) -> Digits {
        let mut digits = Digits {
            text: [b'0'; 20],
            start: 20,
        };
        loop {
            digits.start -= 1;
            digits.text[digits.start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return digits;
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
}

impl Redaction {
    /// A payload without what is to go; none where it stays. What was done is told.
    pub fn payload(
        &self,
        payload: Value<'_>,
        told: &mut Told,
    ) -> Result<Option<List<u8>>, Failure> {
        Pass::new(self, Manner::Exact, told).run(payload, Top::Document(&self.payload), "")
    }

    /// The same of a context.
    pub fn context(
        &self,
        context: Value<'_>,
        told: &mut Told,
    ) -> Result<Option<List<u8>>, Failure> {
        Pass::new(self, Manner::Exact, told).run(context, Top::Document(&self.context), "/context")
    }

    /// The context of a captured event, whose own key stays.
    pub(super) fn context_removing(
        &self,
        context: Value<'_>,
        told: &mut Told,
    ) -> Result<Option<List<u8>>, Failure> {
        let mut pass = Pass::new(self, Manner::Removing, told);
        pass.spared = Some("field");
        pass.run(context, Top::Document(&self.context), "/context")
    }

    /// An event as it was handed in, by all rules that may be meant: pointers are told from its top, and what would be
    /// hashed and cannot be is removed. It need be no event, and no object.
    pub fn event(&self, event: Value<'_>, told: &mut Told) -> Result<Option<List<u8>>, Failure> {
        Pass::new(self, Manner::Lenient, told).run(event, Top::Event, "")
    }

    /// Whether what is at the top of a document is concerned at all.
    fn is_concerned(&self, value: Value<'_>, top: Top<'_>) -> Result<bool, Failure> {
        let node = match top {
            Top::Document(node) => node,
            Top::Event => {
                let part = |key: &str, node| match value.as_object().and_then(|o| o.get(key)) {
                    Some(part) => self.concerns(Some(node), part),
                    None => Ok(false),
                };
                if part("payload", &self.payload)? || part("context", &self.context)? {
                    return Ok(true);
                }
                &self.payload
            }
        };
        self.concerns(Some(node), value)
    }
}

/// One way through a document.
struct Pass<'r, 't> {
    redaction: &'r Redaction,
    manner: Manner,
    told: &'t mut Told,
    /// whether anything was done
    is_changed: bool,
    /// a key at the top that stays
    spared: Option<&'static str>,
    builder: Builder,
    pointer: List<u8>,
}

impl<'r, 't> Pass<'r, 't> {
    fn new(redaction: &'r Redaction, manner: Manner, told: &'t mut Told) -> Self {
        Pass {
            redaction,
            manner,
            told,
            is_changed: false,
            spared: None,
            builder: Builder::new(),
            pointer: List::new(),
        }
    }

    fn run(
        mut self,
        value: Value<'_>,
        top: Top<'r>,
        base: &str,
    ) -> Result<Option<List<u8>>, Failure> {
        self.redaction.require_readable()?;
        if !self.redaction.is_concerned(value, top)? {
            return Ok(None);
        }
        self.pointer.extend_from_slice(base.as_bytes())?;
        let node = match top {
            Top::Document(node) => Some(node),
            Top::Event => None,
        };
        let mut open: List<Frame<'_, 'r>> = List::new();
        self.enter(value, Some(top), node, &mut open)?;
        while let Some(frame) = open.last_mut() {
            let next = match &mut frame.members {
                Members::Object(pairs) => pairs.next().map(|(key, value)| (Step::Key(key), value)),
                Members::Array(elements, place) => elements.next().map(|value| {
                    let step = Step::At(Digits::of(*place));
                    *place += 1;
                    (step, value)
                }),
            };
            let Some((step, value)) = next else {
                if frame.members.is_corrupt() {
                    return Err(Unread::Corrupt.into());
                }
                open.pop();
                self.builder.end();
                continue;
            };
            let (top, node, pointer) = (frame.top, frame.node, frame.pointer);
            self.pointer.truncate(pointer);
            self.member(&step, value, top, node, &mut open)?;
        }
        match self.is_changed {
            true => Ok(Some(self.builder.finish()?)),
            false => Ok(None),
        }
    }

    fn enter<'a>(
        &mut self,
        value: Value<'a>,
        top: Option<Top<'r>>,
        node: Option<&'r Node>,
        open: &mut List<Frame<'a, 'r>>,
    ) -> Result<(), Failure> {
        match value {
            Value::Object(_) => self.builder.begin_object(),
            Value::Array(_) => self.builder.begin_array(),
            scalar => self.builder.value(scalar),
        };
        if let Some(members) = Members::of(value) {
            open.push(Frame {
                members,
                top,
                node,
                pointer: self.pointer.len(),
            })?;
        }
        Ok(())
    }

    fn member<'a>(
        &mut self,
        step: &Step<'a>,
        value: Value<'a>,
        top: Option<Top<'r>>,
        node: Option<&'r Node>,
        open: &mut List<Frame<'a, 'r>>,
    ) -> Result<(), Failure> {
        let redaction = self.redaction;
        let node = match top {
            Some(Top::Event) => in_event(redaction, step.bytes()),
            _ => node.and_then(|node| node.step(step.bytes())),
        };
        push_step(&mut self.pointer, step.bytes())?;
        let found = match step {
            Step::Key(key) if self.is_spared(top, key) => None,
            Step::Key(key) => redaction.find(node, key),
            Step::At(_) => node.and_then(Node::found),
        };
        let told = &self.told;
        let is_done = |found: &Found| told.is_done(&self.pointer, redaction.text(found.rule));
        let found = found.filter(|found| !is_done(found));
        let Some(Found { action, rule }) = found else {
            self.key(step);
            return match value {
                Value::Object(_) | Value::Array(_) if redaction.goes_into(node) => {
                    self.enter(value, None, node, open)
                }
                other => {
                    self.builder.value(other);
                    Ok(())
                }
            };
        };
        self.told.tell(redaction, &self.pointer, rule);
        self.is_changed = true;
        if action == Action::Remove || self.manner == Manner::Removing {
            return Ok(());
        }
        let mut made = Builder::new();
        match redaction.replace(action, value, &mut made) {
            Err(Failure::NoKey) if self.manner == Manner::Lenient => return Ok(()),
            other => other?,
        }
        let made = made.finish()?;
        let made = jsonb::Jsonb::new(&made).map_err(Unread::from)?;
        self.key(step);
        self.builder.value(made.root());
        Ok(())
    }

    /// Whether a key at the top is not the giver's.
    fn is_spared(&self, top: Option<Top<'_>>, key: &[u8]) -> bool {
        match top {
            Some(Top::Event) => OF_EVENTS.iter().any(|name| name.as_bytes() == key),
            Some(Top::Document(_)) => self.spared.is_some_and(|spared| spared.as_bytes() == key),
            None => false,
        }
    }

    fn key(&mut self, step: &Step<'_>) {
        if let Step::Key(key) = step {
            self.builder.key(key);
        }
    }
}

/// Which pointers go on at a key of an event. One that is none of an event's may have been meant for its payload.
fn in_event<'r>(redaction: &'r Redaction, key: &[u8]) -> Option<&'r Node> {
    match key {
        b"payload" => Some(&redaction.payload),
        b"context" => Some(&redaction.context),
        key if OF_EVENTS.iter().any(|name| name.as_bytes() == key) => None,
        key => redaction.payload.step(key),
    }
}

/// Goes a step further, in the words of a JSON Pointer.
pub(super) fn push_step(pointer: &mut List<u8>, step: &[u8]) -> Result<(), Failure> {
    pointer.push(b'/')?;
    for byte in step {
        match byte {
            b'~' => pointer.extend_from_slice(b"~0")?,
            b'/' => pointer.extend_from_slice(b"~1")?,
            byte => pointer.push(*byte)?,
        }
    }
    Ok(())
}
