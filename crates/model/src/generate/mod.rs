//! Types for programs, made of a taxonomy: TypeScript, Python, and one document of JSON Schema.
//!
//! A schema is first put into one dialect (`schema::Plain`), with what its contract says beside it (`contract`); the
//! document of JSON Schema is made of that. For the languages it is read kind by kind (`shape`). What a language cannot
//! say becomes a wider type, and a comment says so.
//!
//! The same taxonomy gives the same text: types in the order of their names, keys in that of their bytes. Nothing of a
//! taxonomy leaves its place in that text: words for people stay in comments, strings in literals (`words`), and names
//! are made of letters and digits (`names`).

mod bundle;
mod contract;
mod names;
mod numbers;
mod options;
mod pattern;
mod python;
mod read;
mod shape;
mod typescript;
mod words;

#[cfg(test)]
mod tests;

pub use options::{Language, Options};

use crate::Problem;
use crate::taxonomy::document::{Document, TypeDocument};
use crate::text::shorten;
use contract::Contract;
use jsonb::List;
use names::Taken;
use rustc_hash::FxHashMap;

/// Bytes that may be generated.
pub const MAX_BYTES: usize = 16 << 20;
/// Bytes that a type takes on its way, for each of its schemas.
const GROWTH: usize = 400;
/// The same for what is not in its schemas.
const GROWTH_BESIDE: usize = 1 << 20;

/// Runs something once so many bytes are sure to be had.
pub type Reserved<'f> = &'f dyn Fn(usize, &mut dyn FnMut()) -> Result<(), Problem>;

/// What makes a text of contracts.
trait Printer {
    /// Takes a contract; gives its part of the text.
    fn contract(&mut self, contract: &Contract<'_>) -> Result<String, Problem>;
    /// What stands before all that.
    fn head(&self) -> String;
    /// What stands after it.
    fn foot(&self) -> String;
}

/// The text of a taxonomy, or of some of its types.
pub fn generate(
    document: &Document,
    types: Option<&[String]>,
    options: Options,
    language: Language,
    reserved: Reserved<'_>,
) -> Result<List<u8>, Problem> {
    let entries = choose(document, types, options)?;
    let mut taken = match language {
        Language::TypeScript => Taken::with(&typescript::TAKEN, &["Schema"]),
        Language::Python => Taken::with(&python::TAKEN, &["Dict", "Event"]),
        Language::JsonSchema => Taken::with(&[], &[]),
    };
    // First all types, so that a version of one leaves the names of others alone.
    let mut bases: FxHashMap<&str, String> = FxHashMap::default();
    for entry in &entries {
        let name = entry.event_type.as_str();
        if !bases.contains_key(name) {
            bases.insert(name, taken.take(names::pascal(name)));
        }
    }
    let mut printer: Box<dyn Printer> = match language {
        Language::TypeScript => Box::new(typescript::Printer::new(options)),
        Language::Python => Box::new(python::Printer::new(options)),
        Language::JsonSchema => Box::new(bundle::Printer::default()),
    };
    let mut parts = List::new();
    for (at, entry) in entries.iter().enumerate() {
        let base = bases.get(entry.event_type.as_str());
        let base = base.map(String::as_str).unwrap_or_default();
        let version = entry.version.unwrap_or(1);
        let name = taken.take(format!("{base}V{version}"));
        let alone = |other: Option<&&TypeDocument>| {
            other.is_none_or(|other| other.event_type != entry.event_type)
        };
        let before = at.checked_sub(1).and_then(|before| entries.get(before));
        let is_alone = alone(before) && alone(entries.get(at + 1));
        let schemas = [&entry.schema, &entry.context_schema];
        let bytes: usize = schemas.into_iter().flatten().map(Vec::len).sum();
        let mut part = Ok(String::new());
        reserved(bytes.saturating_mul(GROWTH) + GROWTH_BESIDE, &mut || {
            part = Contract::of(entry, base, &name, entry.default || is_alone, &mut taken)
                .and_then(|contract| printer.contract(&contract));
        })?;
        append(&mut parts, &part?)?;
    }
    let mut text = List::new();
    let mut whole = Ok(());
    reserved(8 * parts.len() + GROWTH_BESIDE, &mut || {
        whole = append(&mut text, &printer.head())
            .and_then(|()| append(&mut text, &String::from_utf8_lossy(&parts)))
            .and_then(|()| append(&mut text, &printer.foot()));
    })?;
    whole.map(|()| text)
}

fn append(text: &mut List<u8>, part: &str) -> Result<(), Problem> {
    if text.len() + part.len() > MAX_BYTES {
        return Err(Problem::TooLarge {
            message: format!("what is generated has more than {MAX_BYTES} bytes"),
        });
    }
    Ok(text.extend_from_slice(part.as_bytes())?)
}

/// The contracts that are asked for, in one order.
fn choose<'d>(
    document: &'d Document,
    types: Option<&[String]>,
    options: Options,
) -> Result<Vec<&'d TypeDocument>, Problem> {
    for name in types.into_iter().flatten() {
        if !document.types.iter().any(|entry| entry.event_type == *name) {
            return Err(Problem::argument(format!(
                "event type \"{}\" is not registered",
                shorten(name)
            )));
        }
    }
    let wanted = |entry: &&TypeDocument| {
        types.is_none_or(|types| types.contains(&entry.event_type))
            && (options.retired || !entry.retired())
    };
    let mut entries: Vec<&TypeDocument> = document.types.iter().filter(wanted).collect();
    entries.sort_by(|a, b| (&a.event_type, a.version).cmp(&(&b.event_type, b.version)));
    Ok(entries)
}
