//! Where a filter looks.

use crate::column::{COLUMNS, ColumnType};
use crate::text::shorten;

/// Steps that a path may have.
const MAX_STEPS: usize = 32;

/// A field of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Field {
    Payload(Vec<Step>),
    Context(Vec<Step>),
    Column(Column),
}

/// A step into a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(Box<str>),
    Element(usize),
}

/// A column that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    name: &'static str,
    kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Text,
    Number,
    Time,
}

impl Column {
    /// Its name, one of [`COLUMNS`].
    pub fn name(self) -> &'static str {
        self.name
    }

    /// What it holds.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Those that can be asked: what says where an event stands in the log cannot, and neither can its id.
    pub fn all() -> impl Iterator<Item = Column> {
        COLUMNS.into_iter().filter_map(|(name, kind)| {
            let kind = match (name, kind) {
                ("xid" | "seq" | "origin" | "id", _) | (_, ColumnType::Jsonb) => return None,
                (_, ColumnType::Timestamptz) => Kind::Time,
                (_, ColumnType::Int | ColumnType::Bigint) => Kind::Number,
                (_, ColumnType::Text | ColumnType::Tenant | ColumnType::Uuid) => Kind::Text,
            };
            Some(Column { name, kind })
        })
    }
}

impl Field {
    /// Reads a path; an error is what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Field, String> {
        let path = text.strip_prefix("$.").ok_or("must begin with \"$.\"")?;
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (root, rest) = path.split_at(end);
        let steps = steps(rest)?;
        match root {
            "payload" => Ok(Field::Payload(steps)),
            "context" => Ok(Field::Context(steps)),
            _ => match Column::all().find(|column| column.name == root) {
                Some(column) if steps.is_empty() => Ok(Field::Column(column)),
                Some(column) => Err(format!(
                    "leads into \"{}\", which is no document",
                    column.name
                )),
                None => Err(format!(
                    "names \"{}\", which cannot be asked",
                    shorten(root)
                )),
            },
        }
    }
}

/// What filters can ask, for a hint.
pub(super) fn roots() -> String {
    let columns: Vec<&str> = Column::all().map(|column| column.name).collect();
    columns.join(", ")
}

fn steps(mut rest: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == MAX_STEPS {
            return Err(format!("has more than {MAX_STEPS} steps"));
        }
        let step;
        (step, rest) = match rest.strip_prefix('.') {
            Some(name) => {
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (name, rest) = name.split_at(end);
                if name.is_empty() || name.contains(['"', ']']) {
                    return Err("has a step without a name".to_owned());
                }
                (Step::Key(name.into()), rest)
            }
            None => bracket(rest)?,
        };
        steps.push(step);
    }
    Ok(steps)
}

/// `[0]` or `["key"]`, and what follows.
fn bracket(text: &str) -> Result<(Step, &str), String> {
    let malformed = || "has brackets that hold neither a number nor a key in quotes".to_owned();
    let inside = text.strip_prefix('[').ok_or_else(malformed)?;
    if inside.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
        let key = strings.next().and_then(Result::ok).ok_or_else(malformed)?;
        let rest = inside.get(strings.byte_offset()..);
        let rest = rest
            .and_then(|rest| rest.strip_prefix(']'))
            .ok_or_else(malformed)?;
        return Ok((Step::Key(key.into()), rest));
    }
    let (number, rest) = inside.split_once(']').ok_or_else(malformed)?;
    let digits = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let element = digits.then(|| number.parse().ok()).flatten();
    Ok((Step::Element(element.ok_or_else(malformed)?), rest))
}
