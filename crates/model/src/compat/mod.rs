//! Whether a new version of a contract goes together with the others: who reads what with which.
//!
//! What is compared is what can be stored: objects that match the schema, have the required keys and, where the contract
//! is closed, no others. Sets of values are compared by `jsonschema::canonical`, which is young: `ask` bounds what one
//! question may cost, and only its proofs count. `walk` takes both schemas apart, so that questions stay small, each thing
//! that breaks has its place, and what the crate cannot answer of the whole is proved in parts.

mod ask;
mod keywords;
mod plain;
mod walk;
mod weight;

#[cfg(test)]
mod tests;

use crate::Problem;
use crate::schema;
use crate::taxonomy::document::{Additional, Compatibility, TypeDocument};
use crate::taxonomy::violation::Violation;
use ask::{Answer, Fuel};
use plain::Plain;
use std::collections::BTreeSet;

/// What of a contract says which payloads are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// what messages call it, such as "version 1"
    pub name: String,
    /// as stored jsonb: the container, without its varlena header
    pub schema: Option<Vec<u8>>,
    /// keys that a payload has
    pub required: Vec<String>,
    /// keys that it may have
    pub optional: Vec<String>,
    /// whether it has no others
    pub is_closed: bool,
}

impl Contract {
    /// That of an entry.
    pub fn of(entry: &TypeDocument, name: String) -> Contract {
        Contract {
            name,
            schema: entry.schema.clone(),
            required: entry.required.clone(),
            optional: entry.optional.clone(),
            is_closed: entry.additional != Additional::Allow,
        }
    }

    /// Whether the same payloads are stored, by its words.
    fn is_same(&self, other: &Contract) -> bool {
        let sets = |contract: &Contract| {
            let required: BTreeSet<String> = contract.required.iter().cloned().collect();
            let optional: BTreeSet<String> = contract.optional.iter().cloned().collect();
            (required, optional)
        };
        self.schema == other.schema
            && self.is_closed == other.is_closed
            && (sets(self) == sets(other))
    }
}

/// Bytes that a comparison takes for each of the schemas compared, and at least.
pub const GROWTH: usize = 256;
/// See [`GROWTH`].
pub const LEAST: usize = 64 << 20;

/// What breaks where a contract of this level comes to stand beside the others. `pause` is called now and then, between
/// questions.
pub fn breaks(
    new: &Contract,
    level: Compatibility,
    others: &[Contract],
    pause: &dyn Fn(),
) -> Result<Vec<Violation>, Problem> {
    let mut told: Vec<Violation> = Vec::new();
    let fuel = Fuel::new();
    for other in others.iter().filter(|other| !new.is_same(other)) {
        if matches!(level, Compatibility::Backward | Compatibility::Full) {
            compare(new, other, &fuel, pause, &mut told)?;
        }
        if matches!(level, Compatibility::Forward | Compatibility::Full) {
            compare(other, new, &fuel, pause, &mut told)?;
        }
    }
    told.dedup();
    Ok(told)
}

/// What of the writer's events the reader refuses.
fn compare(
    reader: &Contract,
    writer: &Contract,
    fuel: &Fuel,
    pause: &dyn Fn(),
    told: &mut Vec<Violation>,
) -> Result<(), Problem> {
    let edition = Plain::edition(reader)?.or(Plain::edition(writer)?);
    let sides = (Plain::of(reader, edition)?, Plain::of(writer, edition)?);
    let (reader_side, writer_side) = match sides {
        (Ok(reader), Ok(writer)) => (reader, writer),
        (Err(why), _) | (_, Err(why)) => {
            told.push(unproved(reader, writer, why));
            return Ok(());
        }
    };
    if reader_side.edition != writer_side.edition {
        let why = "they are written in different editions of JSON Schema";
        told.push(unproved(reader, writer, why));
        return Ok(());
    }
    pause();
    let whole = ask::covers(&reader_side.whole(), &writer_side.whole(), fuel);
    if whole == Answer::Yes {
        return Ok(());
    }
    let found = walk::breaks(&reader_side, &writer_side, fuel, pause);
    if found.is_empty() && whole == Answer::No {
        told.push(unproved(reader, writer, "no reason was found"));
    }
    told.extend(found);
    Ok(())
}

fn unproved(reader: &Contract, writer: &Contract, why: &str) -> Violation {
    let (reader, writer) = (&reader.name, &writer.name);
    Violation::new(
        "schema",
        "/schema",
        format!("it cannot be proved that {reader} takes all that {writer} allows: {why}"),
    )
    .with_hint(walk::WAY_PAST)
}

/// Keys at the top of a payload that a contract names.
fn keys(contract: &Contract) -> impl Iterator<Item = &str> {
    let named = contract.required.iter().chain(&contract.optional);
    named.map(String::as_str)
}

/// A schema of what a closed contract knows.
fn known(
    contract: &Contract,
    tree: Option<&serde_json::Value>,
) -> Result<serde_json::Value, Problem> {
    schema::known(tree, keys(contract))
}
