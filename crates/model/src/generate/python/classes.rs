//! Classes of objects: structs and TypedDicts.

use super::object::Object;
use super::types::{Writer, unsaid};
use crate::generate::names::{self, Taken, pascal, snake};
use crate::generate::shape::Kinds;
use crate::generate::words::{docstring, hashes, quote_python as quote};

/// What no field of a struct may be called: keywords, and names that annotations use.
const WORDS: [&str; 56] = [
    "and",
    "as",
    "assert",
    "async",
    "await",
    "bool",
    "break",
    "class",
    "continue",
    "date",
    "datetime",
    "def",
    "del",
    "dict",
    "elif",
    "else",
    "except",
    "finally",
    "float",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "int",
    "is",
    "lambda",
    "list",
    "msgspec",
    "nonlocal",
    "not",
    "object",
    "or",
    "pass",
    "raise",
    "return",
    "str",
    "time",
    "try",
    "tuple",
    "typing",
    "uuid",
    "while",
    "with",
    "yield",
    "None",
    "True",
    "False",
    "Any",
    "Annotated",
    "Literal",
    "Meta",
    "UNSET",
    "UUID",
    "Decimal",
];

/// Which of the two classes of an object is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Struct,
    Dict,
}

impl Writer<'_, '_> {
    /// Writes a class.
    pub(super) fn write(&mut self, class: &str, object: &Object, words: Vec<String>, style: Style) {
        let mut fields = Vec::new();
        let mut taken = Taken::with(&WORDS, &[]);
        let mut is_closed = object.is_closed;
        let mut said = words;
        for field in &object.fields {
            if style == Style::Struct && !msgspec_takes(&field.key) {
                said.push(unsaid(&format!(
                    "the key {}, which msgspec does not take",
                    quote(&field.key)
                )));
                is_closed = false;
                continue;
            }
            let mut notes: Vec<String> = field.shape.description.iter().cloned().collect();
            let place = match style {
                Style::Struct => class,
                Style::Dict => class.strip_suffix("Dict").unwrap_or(class),
            };
            let place = format!("{place}_{}", pascal(&field.key));
            let ty = self.ty(&field.shape, Kinds::ALL, &place, style, &mut notes);
            // A name that begins with an underscore would be somebody else's in a class.
            let is_plain = names::is_plain(&field.key) && !field.key.starts_with('_');
            let name = match is_plain && !WORDS.contains(&field.key.as_str()) {
                true => taken.take(field.key.clone()),
                false => taken.take(format!("{}_", snake(&field.key))),
            };
            fields.push((name, field, ty, notes));
        }
        said.extend(object.notes.iter().cloned());
        if let (Some(_), false) = (&object.others, object.fields.is_empty()) {
            said.push(unsaid("what other keys hold"));
        }
        said.dedup();
        let mut text = String::new();
        match style {
            Style::Struct => {
                let renamed = fields
                    .iter()
                    .filter(|(name, field, _, _)| *name != field.key);
                let renamed: Vec<String> = renamed
                    .map(|(name, field, _, _)| format!("{}: {}", quote(name), quote(&field.key)))
                    .collect();
                let closed = if is_closed {
                    ", forbid_unknown_fields=True"
                } else {
                    ""
                };
                let rename = match renamed.is_empty() {
                    true => String::new(),
                    false => format!(", rename={{{}}}", renamed.join(", ")),
                };
                text += &format!("\n\nclass {class}(Struct, kw_only=True{closed}{rename}):\n");
                text += &docstring(&said, "    ");
                for (name, field, ty, notes) in &fields {
                    text += &hashes(notes, "    ");
                    text += &match field.required {
                        true => format!("    {name}: {ty}\n"),
                        false => format!("    {name}: {ty} | UnsetType = UNSET\n"),
                    };
                }
                if fields.is_empty() && said.is_empty() {
                    text += "    pass\n";
                }
            }
            // Keys that are no names have another way to be written.
            Style::Dict if fields.iter().any(|(name, field, _, _)| *name != field.key) => {
                text += "\n\n";
                text += &hashes(&said, "");
                text += &format!("{class} = TypedDict(\n    {},\n    {{\n", quote(class));
                for (_, field, ty, notes) in &fields {
                    text += &hashes(notes, "        ");
                    let ty = quote(ty);
                    let ty = match field.required {
                        true => ty,
                        false => format!("NotRequired[{ty}]"),
                    };
                    text += &format!("        {}: {ty},\n", quote(&field.key));
                }
                text += "    },\n)\n";
            }
            Style::Dict => {
                text += &format!("\n\nclass {class}(TypedDict):\n");
                text += &docstring(&said, "    ");
                for (name, field, ty, notes) in &fields {
                    text += &hashes(notes, "    ");
                    text += &match field.required {
                        true => format!("    {name}: {ty}\n"),
                        false => format!("    {name}: NotRequired[{ty}]\n"),
                    };
                }
                if fields.is_empty() && said.is_empty() {
                    text += "    pass\n";
                }
            }
        }
        self.text += &text;
    }
}

/// Whether a field of a struct may be called so in JSON.
fn msgspec_takes(key: &str) -> bool {
    !key.contains(|c: char| matches!(c, '"' | '\\') || c < ' ')
}

pub(super) fn class_name(name: &str, style: Style) -> String {
    match style {
        Style::Struct => name.to_owned(),
        Style::Dict => format!("{name}Dict"),
    }
}
