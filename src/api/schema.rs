//! `eventlog.matches_schema` and `schema_violations`: JSON Schemas for any document.

use crate::catalogue::schemas;
use crate::error::{Error, OrRaise};
use crate::pg::datum::Jsonb;
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::Value;
use model::schema::{self, Failure, Kept};
use model::taxonomy::violation::Violation;
use std::rc::Rc;

/// What a document is called in messages.
const NAME: &str = "document";

/// `eventlog.matches_schema(schema, document)`: null where either is.
pub fn matches_schema(call: &Call<'_>) -> Ret {
    let (Some(schema), Some(document)) = (call.jsonb(0), call.jsonb(1)) else {
        return Ret::Null;
    };
    let (schema, document) = read(&schema, &document);
    let house = *schemas::schemas().house();
    let accepts = || schema.accepts(document, &house);
    call.value(!is_too_deep(document) && accepts().map_err(unasked).or_raise())
}

/// `eventlog.schema_violations(schema, document)`: no rows where either is null.
pub fn schema_violations(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    let memory = call.memory();
    let (Some(schema), Some(document)) = (call.jsonb(0), call.jsonb(1)) else {
        return Ret::Void;
    };
    let (schema, document) = read(&schema, &document);
    let told = match is_too_deep(document) {
        true => vec![schema::too_deep("", NAME)],
        false => violations(&schema, document),
    };
    for violation in told {
        sink.push(&[
            Some(memory.text(violation.code).into()),
            Some(memory.text(&*violation.path).into()),
            Some(memory.text(&*violation.message).into()),
        ]);
    }
    Ret::Void
}

fn read<'a>(schema: &Jsonb<'a>, document: &Jsonb<'a>) -> (Rc<Kept>, Value<'a>) {
    let damaged = |name: &str| Error::argument(format!("{name} is damaged"));
    let schema = schema.read().map_err(|_| damaged("schema")).or_raise();
    let document = document.read().map_err(|_| damaged(NAME)).or_raise();
    (schemas::get(schema.as_bytes()).or_raise(), document.root())
}

fn is_too_deep(document: Value<'_>) -> bool {
    let is_too_deep = schema::is_too_deep(document);
    let damaged = || Error::argument("document is damaged");
    is_too_deep
        .map_err(|why| Error::not_read(why, damaged))
        .or_raise()
}

fn violations(schema: &Kept, document: Value<'_>) -> Vec<Violation> {
    let told = schema.violations(document, "", NAME, schemas::schemas().house());
    told.map_err(unasked).or_raise()
}

fn unasked(why: Failure) -> Error {
    Error::unasked(why, "the schema")
}
