//! What a comparison of two schemas can cost, by what stands in them.
//!
//! The crate multiplies alternatives: each of one schema with each of the other, and all that comes of it with each other.
//! Its own bound is a million of such steps, which took half a minute and 500 MB with schemas of a few kB.

use super::plain::Plain;
use crate::schema::draft::Edition;
use crate::schema::positions::{self, Place};
use rustc_hash::FxHashSet;
use serde_json::Value;

/// What is counted of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    /// schemas, and values that are listed
    pub(super) nodes: u64,
    /// alternatives for one value, multiplied by those for what is in it
    pub(super) width: u64,
}

/// The weight of a document that [`Plain::document`] made.
pub(super) fn of(document: &Value) -> Weight {
    let edition = match document.get("$schema").and_then(Value::as_str) {
        Some(address) if address == Edition::Draft07.address() => Edition::Draft07,
        _ => Edition::Draft202012,
    };
    let mut scale = Scale {
        document,
        edition,
        open: FxHashSet::default(),
        visits: 0,
    };
    Weight {
        width: scale.width(document),
        nodes: nodes(document).max(scale.visits),
    }
}

fn nodes(value: &Value) -> u64 {
    match value {
        Value::Object(members) => 1 + members.values().map(nodes).sum::<u64>(),
        Value::Array(items) => items.iter().map(nodes).sum::<u64>(),
        _ => 1,
    }
}

/// Schemas that are looked at before a document counts as too large.
const MAX_VISITS: u64 = 20_000;

struct Scale<'d> {
    document: &'d Value,
    edition: Edition,
    /// those that are being measured
    open: FxHashSet<usize>,
    visits: u64,
}

impl<'d> Scale<'d> {
    fn width(&mut self, schema: &'d Value) -> u64 {
        let Value::Object(members) = schema else {
            return 1;
        };
        self.visits += 1;
        let address = std::ptr::from_ref(schema) as usize;
        if self.visits > MAX_VISITS || !self.open.insert(address) {
            return 1;
        }
        let (mut width, mut deepest) = (1_u64, 1_u64);
        for (keyword, value) in members {
            let factor = match (keyword.as_str(), value) {
                ("anyOf" | "oneOf", Value::Array(branches)) => branches
                    .iter()
                    .map(|branch| self.width(branch))
                    .fold(0, u64::saturating_add),
                ("not", inner) => opposite(inner),
                ("if", condition) => {
                    let mut branch = |name: &str| members.get(name).map_or(1, |s| self.width(s));
                    let (then, otherwise) = (branch("then"), branch("else"));
                    let (met, unmet) = (self.width(condition), opposite(condition));
                    met.saturating_mul(then)
                        .saturating_add(unmet.saturating_mul(otherwise))
                }
                ("then" | "else", _) => 1,
                ("patternProperties", Value::Object(all)) => 1 + all.len() as u64,
                ("dependentSchemas" | "dependencies", Value::Object(all)) => {
                    let inner: u64 = all.values().map(|one| 1 + self.width(one)).sum();
                    inner.max(1)
                }
                ("$ref", Value::String(reference)) => {
                    let target = reference.strip_prefix('#').unwrap_or_default();
                    let target = self.document.pointer(target);
                    target.map_or(1, |target| self.width(target))
                }
                _ => {
                    let mut inside = Vec::new();
                    positions::of(self.edition, keyword, value, &mut |place, schema| {
                        inside.push((place, schema));
                    });
                    let mut same = 1_u64;
                    for (place, schema) in inside {
                        let one = self.width(schema);
                        match place {
                            Place::Same => same = same.saturating_mul(one),
                            Place::Deeper => deepest = deepest.max(one),
                        }
                    }
                    same
                }
            };
            width = width.saturating_mul(factor.max(1));
        }
        self.open.remove(&address);
        width.saturating_mul(deepest)
    }
}

/// Alternatives of what does not match a schema: one for each thing that it asks.
fn opposite(schema: &Value) -> u64 {
    match schema {
        Value::Object(members) => {
            let asked = members.values().map(|value| match value {
                Value::Object(inner) => inner.len() as u64,
                Value::Array(inner) => inner.len() as u64,
                _ => 1,
            });
            asked.sum::<u64>().max(1)
        }
        _ => 1,
    }
}

/// What a question about two documents can cost.
pub(super) fn cost(outer: Weight, inner: Weight) -> u64 {
    let pairs = outer.width.saturating_mul(inner.width);
    pairs
        .saturating_mul(pairs)
        .saturating_mul(outer.nodes.saturating_add(inner.nodes))
}

/// The weight of some schemas of a contract.
pub(super) fn of_part(plain: &Plain, schema: Value) -> (Value, Weight) {
    let document = plain.document(schema);
    let weight = of(&document);
    (document, weight)
}
