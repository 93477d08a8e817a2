//! Nothing lost: events that a log does not take are kept aside instead of being an error.
//!
//! What can be known of an event before it is written is asked before (`item`): whether it is one at all, and whose it may
//! be. The rest the gate says of each row, and leaves out those that break rules (`part`). What is left are errors of
//! somebody else's, a constraint or a trigger of the owner's: the batch is tried in halves until it is known whose they are.
//! What was rejected goes into a table beside the log (`keep`), from which it can be tried again (`retry`).

mod item;
mod keep;
mod part;
mod redact;
mod retry;
mod sender;

pub use retry::{discard_rejected, retry_rejected};

use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::List;
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Access};
use crate::pg::rows::RowSink;
use item::{Fate, Item, Reader};
use keep::Rejected;
use model::elements::{NoArray, elements};
use model::text::MAX_IDENTIFIER_BYTES;
use sender::Sender;
use uuid::Uuid;

/// `eventlog.ingest_events(events, source, log)`.
pub fn ingest_events(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    ingest(call, &mut sink).or_raise();
    Ret::Void
}

fn ingest(call: &Call<'_>, sink: &mut RowSink) -> Result<(), Error> {
    let (target, rules) = lookup::of_call(call.oid(2));
    let memory = call.memory();
    let events = call
        .text(0)
        .ok_or_else(|| Error::argument("events must not be null"))?;
    let source = call.text(1);
    if source.is_some_and(|source| source.len() > MAX_IDENTIFIER_BYTES) {
        return Err(Error::argument(format!(
            "source must not be longer than {MAX_IDENTIFIER_BYTES} bytes"
        )));
    }
    let events = elements(events).map_err(|NoArray(kind)| {
        Error::argument_hint(
            format!("events must be a JSON array, not {kind}"),
            "For one event put brackets around it, or call eventlog.log_event().",
        )
    })?;
    // What is rejected is kept as the owner, for those who may write alone.
    relation::require_access(target.oid, Access::Insert);

    let sender = Sender::of_call(&target, &rules, memory);
    let mut reader = Reader::new(&target, &rules, memory);
    let (mut items, mut texts) = (List::new(), List::new());
    for text in events {
        items.push(reader.read(text, &sender)?)?;
        texts.push(text)?;
    }
    part::write(&target, &rules, &mut items)?;

    let mut rejected = List::new();
    for (item, text) in items.iter().zip(texts.iter().copied()) {
        if let Fate::Rejected(violations) = &item.fate {
            rejected.push(Rejected::new(&rules, text, violations, memory)?)?;
        }
    }
    if !rejected.is_empty() {
        keep::store(&target, &rules, &sender, call.str(1), &rejected, memory)?;
    }
    let mut kept = rejected.iter().map(|rejected| rejected.id);
    let mut answer = Answer::new(memory, sink);
    for item in items.iter() {
        let id = match &item.fate {
            Fate::Rejected(_) => kept.next(),
            _ => None,
        };
        answer.push(item, id)?;
    }
    Ok(())
}

/// The rows of a result.
struct Answer<'m, 's> {
    memory: Memory<'m>,
    sink: &'s mut RowSink,
    index: i32,
    /// logged, duplicate, rejected
    words: [Datum<'m>; 3],
}

impl<'m, 's> Answer<'m, 's> {
    fn new(memory: Memory<'m>, sink: &'s mut RowSink) -> Self {
        let word = |word: &str| Datum::from(memory.text(word));
        Answer {
            memory,
            sink,
            index: 0,
            words: [word("logged"), word("duplicate"), word("rejected")],
        }
    }

    /// The row of an item; `rejected` is what it is called where it was rejected.
    fn push(&mut self, item: &Item<'_, '_>, rejected: Option<Uuid>) -> Result<(), Error> {
        let [logged, duplicate, refused] = self.words;
        let index = Some(Datum::from(self.index));
        self.index += 1;
        let rejected = rejected.as_ref().map(Datum::uuid);
        match &item.fate {
            Fate::Logged(id) => {
                let id = Some(Datum::uuid(id));
                self.sink.push(&[index, Some(logged), id, rejected, None]);
            }
            Fate::Duplicate(id) => {
                let id = Some(Datum::uuid(id));
                self.sink
                    .push(&[index, Some(duplicate), id, rejected, None]);
            }
            Fate::Rejected(violations) => {
                let told = keep::told(violations, self.memory)?.into();
                self.sink
                    .push(&[index, Some(refused), None, rejected, Some(told)]);
            }
            Fate::Open => return Err(Error::internal("an event was neither written nor rejected")),
        }
        Ok(())
    }
}
