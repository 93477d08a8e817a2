//! Names of columns through time, for the SQL of `table_as_of`.

use crate::catalogue::column_change::history_of;
use crate::catalogue::tracked_table;
use crate::error::OrRaise;
use crate::pg::datum::{Datum, Jsonb};
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::Builder;
use crate::pg::memory::Memory;
use crate::pg::relation::{self, Attribute};
use model::entity::names::Span;

/// `eventlog._names_since(tracking_id, as_of)`.
pub fn names_since(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let memory = call.memory();
    let (Some(tracking), Some(as_of)) = (call.uuid(0), call.long(1)) else {
        return Ret::Void;
    };
    for span in history_of(&[tracking]).spans(as_of) {
        let unknown: Vec<&str> = span.unknown.iter().map(String::as_str).collect();
        let reworded: Vec<&str> = span.words.keys().map(String::as_str).collect();
        sink.push(&[
            Some(Datum::timestamptz(span.until)),
            Some(reading(&span, memory).into()),
            Some(memory.text_array(&unknown)),
            Some(memory.text_array(&reworded)),
        ]);
    }
    Ret::Void
}

/// How `undo` is told of a span: `{"names": {then: now}, "words": {column: {word: true}}}`.
fn reading<'m>(span: &Span, memory: Memory<'m>) -> Jsonb<'m> {
    let mut reading = Builder::new();
    reading.begin_object().key("names").begin_object();
    for (then, now) in &span.names {
        reading.key(then);
        match now {
            Some(now) => reading.string(now),
            None => reading.null(),
        };
    }
    reading.end().key("words").begin_object();
    for (column, words) in &span.words {
        reading.key(column).begin_object();
        for word in words {
            reading.key(word).bool(true);
        }
        reading.end();
    }
    reading.end().end();
    memory.jsonb(&reading.finish().or_raise())
}

/// `eventlog._tracked_columns(tracking_id, relation)`.
pub fn tracked_columns(call: &Call<'_>) -> Ret {
    let (Some(id), Some(oid)) = (call.uuid(0), call.oid(1)) else {
        return Ret::Null;
    };
    let tracking = tracked_table::by_id(id);
    let columns = relation::peek(oid, |relation| relation.attributes()).unwrap_or_default();
    let captured = |column: &&Attribute| tracking.as_ref().is_some_and(|t| t.captures(column));
    let tracked = columns.iter().filter(captured);
    let names: Vec<&str> = tracked.map(|column| column.name.as_str()).collect();
    call.value(call.memory().text_array(&names))
}
