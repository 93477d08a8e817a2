//! Free metadata of a transaction (request, address, release), which its events take into their context.
//!
//! It is kept as text in a setting of its own, like all that the context says. What is read of it is kept by that
//! text, so a transaction of many events reads it once, and one that has none pays for a look at an empty setting.

use crate::error::{Error, OrRaise};
use crate::pg::datum::Jsonb;
use crate::pg::input;
use crate::pg::jsonb;
use crate::pg::memory::{self, Memory};
use crate::settings;
use model::metadata::{self, Bad, MAX_BYTES};
use std::cell::RefCell;
use std::ffi::CString;
use std::rc::Rc;

/// The setting's value for the argument of `set_context`.
pub fn setting(document: Jsonb<'_>) -> Result<Option<CString>, Error> {
    let document = document
        .read()
        .map_err(|_| Error::argument("context is damaged"))?;
    match metadata::text_of(document) {
        Ok(text) => Ok(text.map(|text| CString::new(text).unwrap_or_default())),
        Err(Bad::NotAnObject) => Err(Error::argument(format!(
            "context must be a JSON object, not {}",
            document.kind().name()
        ))),
        Err(Bad::TooLong) => Err(Error::argument_hint(
            format!("context is longer than {MAX_BYTES} bytes"),
            "Each event of the transaction carries it: what is large belongs elsewhere.",
        )),
        Err(Bad::Reserved(key)) => Err(Error::argument_hint(
            format!("context must not have the key \"{key}\""),
            "In an event's context that key has a meaning of its own; choose another one.",
        )),
    }
}

/// The metadata that was read last.
#[derive(Default)]
struct Read {
    text: Vec<u8>,
    /// the document's container; none where the text is none
    document: Option<Vec<u8>>,
}

thread_local! {
    static READ: RefCell<Rc<Read>> = RefCell::default();
}

/// Runs `f` with the transaction's metadata, if it has any.
#[inline]
pub fn with<R>(f: impl FnOnce(Option<&[u8]>) -> R) -> R {
    if !settings::CONTEXT.is_set() {
        return f(None);
    }
    // Nothing is borrowed any more when `f` runs.
    f(read().document.as_deref())
}

/// Reads the setting, unless its text was the last one that was read.
fn read() -> Rc<Read> {
    let known = READ.with_borrow(Rc::clone);
    if settings::CONTEXT.with(|text| text.is_some_and(|text| text == known.text)) {
        return known;
    }
    let text = settings::CONTEXT.with(|text| text.unwrap_or_default().to_vec());
    // What set_context has written is jsonb; what a superuser has written may be JSON that jsonb cannot hold.
    let document = memory::current(|memory| {
        let document = input::jsonb(&text, memory)?.read().ok()?;
        Some(document.as_bytes().to_vec())
    });
    let read = Rc::new(Read { text, document });
    READ.set(Rc::clone(&read));
    read
}

/// The metadata as a document, without keys where there is none.
pub fn document(memory: Memory<'_>) -> Jsonb<'_> {
    with(|metadata| match metadata {
        Some(bytes) => memory.jsonb(bytes),
        None => memory.empty_object(),
    })
}

/// An event's context: the metadata, and what the event itself says, which wins. What the log will refuse for its size
/// (`limit`, in bytes of the value) is not read.
#[inline]
pub fn merged<'m>(own: Option<Jsonb<'m>>, limit: usize, memory: Memory<'m>) -> Jsonb<'m> {
    let Some(own) = own else {
        return document(memory);
    };
    with(|metadata| merge(metadata?, own, limit, memory)).unwrap_or(own)
}

/// The metadata for captured events of a log with this limit; none where they would exceed it, since no change is
/// refused for what is said besides.
pub fn for_captured(limit: usize, memory: Memory<'_>) -> Option<Jsonb<'_>> {
    let document = with(|metadata| metadata.map(|bytes| memory.jsonb(bytes)))?;
    fits(document, limit).then_some(document)
}

/// The same with a captured event's own context.
pub fn with_own<'m>(
    metadata: Jsonb<'m>,
    own: Jsonb<'m>,
    limit: usize,
    memory: Memory<'m>,
) -> Jsonb<'m> {
    let metadata = metadata.read().ok();
    metadata
        .and_then(|metadata| merge(metadata.as_bytes(), own, limit, memory))
        .filter(|merged| fits(*merged, limit))
        .unwrap_or(own)
}

fn fits(document: Jsonb<'_>, limit: usize) -> bool {
    document.size() <= limit
}

/// None where the event's own context is too large or no object: the gate says so.
fn merge<'m>(
    metadata: &[u8],
    own: Jsonb<'_>,
    limit: usize,
    memory: Memory<'m>,
) -> Option<Jsonb<'m>> {
    if !fits(own, limit) {
        return None;
    }
    let own = own.read().ok()?;
    let own = own.root().as_object()?;
    let object = jsonb::Jsonb::new(metadata).ok()?.root().as_object()?;
    Some(memory.jsonb(&metadata::merge(object, own).or_raise()))
}
