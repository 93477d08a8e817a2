//! Whether events that were written under one type of a column read the same under another.
//!
//! A change of type rewrites the rows that are there, and no event. What an event says is read as
//! a value of the present type. That gives what the change made of such a value where both types
//! write it alike, and may give something else where they do not: a time without a zone has the
//! session's, text that was a document is no document. Only the former is known afterwards.

use crate::pg::types;
use pgrx::pg_sys::{self, Oid};

/// Whether values that went from type to type by casts alone, from the first to the last, are read
/// from their events as the casts made them. What does not fit the last type is not read at all.
pub fn reads_alike(chain: &[Oid]) -> bool {
    chain.windows(2).all(|step| alike(step[0], step[1])) && {
        // On the way through another type a value might lose something that its event still has.
        let between = chain.get(1..chain.len().saturating_sub(1));
        between
            .into_iter()
            .flatten()
            .all(|kind| is_text(types::base(*kind).0))
    }
}

/// Whether keys that went from type to type like that are equal to what their events read as.
pub fn keeps_equal(chain: &[Oid]) -> bool {
    let form = |kind: &Oid| Form::of(types::base(*kind).0);
    // The scale of 1.00 is in the text, and no integer has one.
    let loses_scale = |step: &[Oid]| {
        matches!(
            (form(&step[0]), form(&step[1])),
            (Form::Numeric, Form::Integer | Form::Text)
        )
    };
    !chain.windows(2).any(loses_scale)
}

fn alike(from: Oid, to: Oid) -> bool {
    let (from, to) = (types::base(from).0, types::base(to).0);
    if from == to {
        return true;
    }
    if let (Some(from), Some(to)) = (types::element(from), types::element(to)) {
        return alike(from, to);
    }
    match (Form::of(from), Form::of(to)) {
        (Form::Integer | Form::Numeric, Form::Integer | Form::Numeric | Form::Float) => true,
        // A value of these types is its text.
        (Form::Integer | Form::Numeric | Form::Bool | Form::Uuid | Form::Enum, Form::Text) => true,
        (
            Form::Text,
            Form::Integer
            | Form::Numeric
            | Form::Float
            | Form::Bool
            | Form::Uuid
            | Form::Enum
            | Form::Text,
        ) => true,
        (Form::Json, Form::Json) => true,
        (Form::Integer, Form::Bool) => true,
        _ => is_day(from, to) || types::is_coercible(from, to),
    }
}

/// How a type writes its values.
enum Form {
    Integer,
    Numeric,
    Float,
    Bool,
    Text,
    Uuid,
    Enum,
    Json,
    Other,
}

impl Form {
    fn of(kind: Oid) -> Form {
        match kind {
            pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID => Form::Integer,
            pg_sys::NUMERICOID => Form::Numeric,
            pg_sys::FLOAT4OID | pg_sys::FLOAT8OID => Form::Float,
            pg_sys::BOOLOID => Form::Bool,
            _ if is_text(kind) => Form::Text,
            pg_sys::UUIDOID => Form::Uuid,
            pg_sys::JSONOID | pg_sys::JSONBOID => Form::Json,
            _ if types::is_enum(kind) => Form::Enum,
            _ => Form::Other,
        }
    }
}

fn is_text(kind: Oid) -> bool {
    matches!(kind, pg_sys::TEXTOID | pg_sys::VARCHAROID)
}

/// A date and a time without a zone: the one is the other's day.
fn is_day(from: Oid, to: Oid) -> bool {
    matches!(
        (from, to),
        (pg_sys::DATEOID, pg_sys::TIMESTAMPOID) | (pg_sys::TIMESTAMPOID, pg_sys::DATEOID)
    )
}
