//! Two texts in one: sources and subjects of CloudEvents.
//!
//! Each text that this writes it reads as the same two. What it reads and would write otherwise, whoever asks keeps beside.

use super::Text;
use std::borrow::Cow;

/// A source that is no path of ours has this type, and is its id.
const WHOLE: &[u8] = b"uri";
/// A step that stands for nothing.
const NOTHING: &[u8] = b"-";

/// The source of a CloudEvent: a path of type and id, or the URI that the id is.
pub fn source(kind: Option<&[u8]>, id: Option<&[u8]>) -> Vec<u8> {
    let (kind, id) = (
        kind.filter(|k| !k.is_empty()),
        id.filter(|id| !id.is_empty()),
    );
    if let (Some(WHOLE), Some(id)) = (kind, id)
        && is_reference(id)
    {
        return id.to_vec();
    }
    let mut path = b"/".to_vec();
    match (kind, id) {
        (None, None) => {}
        (Some(kind), None) => step(&mut path, kind),
        (kind, Some(id)) => {
            match kind {
                Some(kind) => step(&mut path, kind),
                None => path.extend_from_slice(NOTHING),
            }
            path.push(b'/');
            step(&mut path, id);
        }
    }
    path
}

/// Type and id of a source.
pub fn read_source(source: &[u8]) -> (Option<Text<'_>>, Option<Text<'_>>) {
    let whole = || (Some(Cow::Borrowed(WHOLE)), Some(Cow::Borrowed(source)));
    let Some(path) = source.strip_prefix(b"/") else {
        return whole();
    };
    let read = match path.iter().position(|b| *b == b'/') {
        None if path.is_empty() => Some((None, None)),
        None => read_step(path).map(|kind| (kind, None)),
        Some(at) => read_step(&path[..at]).zip(read_step(&path[at + 1..])),
    };
    match read {
        Some((kind, id)) if self::source(kind.as_deref(), id.as_deref()) == source => (kind, id),
        _ => whole(),
    }
}

/// Whether a text can stand as a URI reference: no spaces, and nothing else that a URI has to encode.
pub fn is_reference(text: &[u8]) -> bool {
    text.iter()
        .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(b))
}

/// Whether a text begins as an absolute URI does, with a scheme.
pub fn is_absolute(text: &[u8]) -> bool {
    let scheme = text.iter().position(|b| *b == b':').map(|at| &text[..at]);
    let is_scheme = |scheme: &[u8]| {
        scheme.first().is_some_and(u8::is_ascii_alphabetic)
            && scheme
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
    };
    scheme.is_some_and(is_scheme) && is_reference(text)
}

/// Adds a text as a step of a path, percent-encoded.
fn step(path: &mut Vec<u8>, text: &[u8]) {
    if text == NOTHING {
        path.extend_from_slice(b"%2D");
        return;
    }
    encode(path, text, |b| {
        b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&b)
    });
}

/// A step, decoded; none where it is no text.
#[allow(clippy::option_option, reason = "a step may stand for nothing")]
fn read_step(step: &[u8]) -> Option<Option<Text<'_>>> {
    match step {
        b"" => None,
        NOTHING => Some(None),
        step => decode(step).map(Some),
    }
}

/// The subject of a CloudEvent: kind of entity and which one, with a slash between them.
pub fn subject(kind: Option<&[u8]>, id: Option<&[u8]>) -> Option<Vec<u8>> {
    let (kind, id) = (
        kind.filter(|k| !k.is_empty()),
        id.filter(|id| !id.is_empty()),
    );
    let mut subject = Vec::new();
    match (kind, id) {
        (None, None) => return None,
        (None, Some(id)) => encode(&mut subject, id, |b| is_plain(b) && b != b'/'),
        (Some(kind), id) => {
            encode(&mut subject, kind, |b| is_plain(b) && b != b'/');
            subject.push(b'/');
            encode(&mut subject, id.unwrap_or_default(), is_plain);
        }
    }
    Some(subject)
}

/// What stands in a subject as it is.
fn is_plain(b: u8) -> bool {
    b >= b' ' && b != b'%' && b != 0x7f
}

/// Kind of entity and which one, of a subject.
pub fn read_subject(subject: &[u8]) -> (Option<Text<'_>>, Option<Text<'_>>) {
    let text = |part| Some(decode(part).unwrap_or(Cow::Borrowed(part)));
    let read = match subject.iter().position(|b| *b == b'/') {
        // Nothing before the slash.
        Some(0) => (None, Some(Cow::Borrowed(subject))),
        Some(at) if at + 1 == subject.len() => (text(&subject[..at]), None),
        Some(at) => (text(&subject[..at]), text(&subject[at + 1..])),
        None => (None, text(subject)),
    };
    match self::subject(read.0.as_deref(), read.1.as_deref()) {
        Some(same) if same == subject => read,
        // Encoded as we do not: it stays as it is.
        _ => match subject.iter().position(|b| *b == b'/') {
            Some(at) if at > 0 && at + 1 < subject.len() => (
                Some(Cow::Borrowed(&subject[..at])),
                Some(Cow::Borrowed(&subject[at + 1..])),
            ),
            _ => (None, Some(Cow::Borrowed(subject))),
        },
    }
}

/// The schema of a version of an event type, where nothing says where it is described.
pub fn schema(event_type: &[u8], version: i32) -> Vec<u8> {
    let mut urn = SCHEMA.to_vec();
    step(&mut urn, event_type);
    urn.extend_from_slice(format!(":{version}").as_bytes());
    urn
}

const SCHEMA: &[u8] = b"urn:eventlog:type:";

/// The version in such a schema's name, of this type.
pub fn read_schema(event_type: &[u8], urn: &[u8]) -> Option<i32> {
    let version = urn.strip_prefix(SCHEMA)?.rsplit(|b| *b == b':').next()?;
    let version = std::str::from_utf8(version).ok()?.parse().ok()?;
    (version >= 1 && schema(event_type, version) == urn).then_some(version)
}

fn encode(to: &mut Vec<u8>, text: &[u8], is_plain: impl Fn(u8) -> bool) {
    for b in text {
        match is_plain(*b) {
            true => to.push(*b),
            false => to.extend_from_slice(format!("%{b:02X}").as_bytes()),
        }
    }
}

/// A text without its percent-encoding; none where that is none, or no text comes out.
fn decode(text: &[u8]) -> Option<Text<'_>> {
    if !text.contains(&b'%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        if *first != b'%' {
            decoded.push(*first);
            rest = more;
            continue;
        }
        let digits = std::str::from_utf8(more.get(..2)?).ok()?;
        // A sign is no digit.
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        decoded.push(u8::from_str_radix(digits, 16).ok().filter(|b| *b != 0)?);
        rest = &more[2..];
    }
    std::str::from_utf8(&decoded)
        .is_ok()
        .then_some(Cow::Owned(decoded))
}
