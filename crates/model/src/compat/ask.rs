//! One question: does a schema take all that another one allows?

use super::weight::{self, Weight};
use crate::schema::draft::Edition;
use jsonschema::PatternOptions;
use jsonschema::canonical::{self, CanonicalSchema, Containment};
use serde_json::Value;
use std::cell::Cell;

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// it does
    Yes,
    /// there is a value that it refuses
    No,
    /// neither could be proved, at the price that is paid for it
    Unknown,
}

/// What one question may cost.
const MAX_COST: u64 = 500_000;
/// What all that are asked for one comparison may cost.
const MAX_ALL: u64 = 1_000_000;
/// Nodes that the two may have.
const MAX_NODES: u64 = 4_000;
/// What a question costs in any case.
const LEAST: u64 = 1_000;

/// What is left to be paid.
pub(super) struct Fuel(Cell<u64>);

impl Fuel {
    pub(super) fn new() -> Fuel {
        Fuel(Cell::new(MAX_ALL))
    }

    /// Whether it can be paid.
    fn pay(&self, cost: u64) -> bool {
        match self.0.get().checked_sub(cost) {
            Some(left) => {
                self.0.set(left);
                true
            }
            None => false,
        }
    }

    /// Whether nothing more can be asked.
    pub(super) fn is_out(&self) -> bool {
        self.0.get() < LEAST
    }
}

/// Whether `outer` takes all that `inner` allows: documents as `Plain::document` makes them.
pub(super) fn covers(outer: &Value, inner: &Value, fuel: &Fuel) -> Answer {
    if outer == inner || *outer == Value::Bool(true) {
        return Answer::Yes;
    }
    let weights = (weight::of(outer), weight::of(inner));
    if !is_cheap(weights, fuel) {
        return Answer::Unknown;
    }
    let (Some(outer), Some(inner)) = (canonical(outer), canonical(inner)) else {
        return Answer::Unknown;
    };
    match outer.covers(&inner) {
        Ok(Containment::Yes) => Answer::Yes,
        Ok(Containment::No) => Answer::No,
        Ok(Containment::Unknown) | Err(_) => Answer::Unknown,
    }
}

fn is_cheap((outer, inner): (Weight, Weight), fuel: &Fuel) -> bool {
    let cost = weight::cost(outer, inner);
    cost <= MAX_COST && outer.nodes + inner.nodes <= MAX_NODES && fuel.pay(cost.max(LEAST))
}

/// None of what the crate cannot express.
fn canonical(document: &Value) -> Option<CanonicalSchema> {
    let edition = Edition::of(document, "schema").ok()?;
    let options = canonical::options()
        .with_draft(edition.draft())
        .offline()
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true);
    options.canonicalize(document).ok()
}
