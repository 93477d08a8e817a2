//! Python: msgspec structs, which check, and TypedDicts, which describe what `json.loads` gives.
//!
//! Objects need names there, so those inside others are called by their ways. msgspec takes one string-like and one
//! object-like type at most in a union; what it cannot take is `Any`, with a comment.

mod classes;
mod object;
mod types;
mod values;

use super::contract::Contract;
use super::names::Taken;
use super::options::Options;
use super::shape::{Kinds, Shape, in_order};
use super::words::{hashes, quote_python as quote};
use crate::Problem;
use classes::{Style, class_name};
use rustc_hash::FxHashSet;
use types::Writer;

/// Names that the text uses itself, those of the language among them.
pub(super) const TAKEN: [&str; 30] = [
    "Annotated",
    "Any",
    "BaseException",
    "Decimal",
    "DICTS",
    "EVENT_TYPES",
    "Ellipsis",
    "Event",
    "EventType",
    "Exception",
    "False",
    "Final",
    "Literal",
    "Meta",
    "None",
    "NotImplemented",
    "NotRequired",
    "PAYLOADS",
    "Required",
    "Struct",
    "True",
    "Type",
    "TypeAlias",
    "TypedDict",
    "UNSET",
    "UnsetType",
    "UUID",
    "Union",
    "Payload",
    "UnknownEvent",
];

/// What the classes of a taxonomy come to.
pub(super) struct Printer {
    options: Options,
    taken: Taken,
    contracts: Vec<Summary>,
}

struct Summary {
    event_type: String,
    version: i32,
    is_default: bool,
    base: String,
    name: String,
}

impl Printer {
    pub fn new(options: Options) -> Printer {
        Printer {
            options,
            taken: Taken::with(&[], &[]),
            contracts: Vec::new(),
        }
    }
}

impl super::Printer for Printer {
    fn contract(&mut self, contract: &Contract<'_>) -> Result<String, Problem> {
        let shapes: Vec<(String, Shape)> = contract
            .definitions
            .iter()
            .map(|(name, schema)| (name.clone(), Shape::of(schema)))
            .collect();
        let mut writer = Writer {
            options: self.options,
            definitions: shapes
                .iter()
                .map(|(name, shape)| (name.as_str(), shape))
                .collect(),
            taken: &mut self.taken,
            text: String::new(),
            open: Vec::new(),
            classes: FxHashSet::default(),
            looks: 0,
            depth: 0,
        };
        let mut styles = vec![Style::Dict];
        if self.options.checks {
            styles.insert(0, Style::Struct);
        }
        let (ordered, rest) = in_order(&shapes);
        let all = rest
            .into_iter()
            .chain(ordered)
            .filter_map(|at| shapes.get(at));
        let all: Vec<&(String, Shape)> = all.collect();
        for (name, shape) in &all {
            let is_object = writer.kinds(shape, Kinds::ALL) == Kinds::OBJECT;
            let object = writer.object(shape);
            if is_object && object.is_class() {
                writer.classes.insert(name);
            }
        }
        for (name, shape) in all {
            if writer.classes.contains(name.as_str()) {
                for style in &styles {
                    let object = writer.object(shape);
                    let words = shape.description.iter().cloned().collect();
                    writer.write(&class_name(name, *style), &object, words, *style);
                }
            }
        }
        let payload = Shape::of(&contract.payload);
        for style in styles {
            let name = class_name(&contract.name, style);
            let mut object = writer.object(&payload);
            let mut words = contract.words();
            if words.is_empty() {
                words.extend(payload.description.clone());
            }
            if !object.is_class() {
                let mut notes = words;
                let ty = writer.dict(&object, &contract.name, style, &mut notes);
                writer.text += &format!(
                    "\n\n{}{name}: TypeAlias = {}\n",
                    hashes(&notes, ""),
                    quote(&ty)
                );
            } else {
                object.notes.dedup();
                writer.write(&name, &object, words, style);
            }
        }
        let text = std::mem::take(&mut writer.text);
        self.contracts.push(Summary {
            event_type: contract.entry.event_type.clone(),
            version: contract.version,
            is_default: contract.is_default,
            base: contract.base.clone(),
            name: contract.name.clone(),
        });
        Ok(text)
    }

    fn head(&self) -> String {
        let mut text = "# Made by eventlog.generate_python from the taxonomy of an event log: do not edit it, generate it anew.\n\
            # For Python 3.11 and later. What is called ...Dict describes what json.loads gives"
            .to_owned();
        text += match self.options.checks {
            true => {
                "; the structs of msgspec check it,\n# and leave out keys that they do not know.\n"
            }
            false => ".\n",
        };
        text += "\nfrom __future__ import annotations\n\n";
        if self.options.checks {
            text += "from datetime import date, datetime, time\n";
        }
        if self.options.exact {
            text += "from decimal import Decimal\n";
        }
        text +=
            "from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypedDict, cast\n";
        if self.options.checks {
            text += "from uuid import UUID\n\nimport msgspec\nfrom msgspec import UNSET, Meta, Struct, UnsetType\n";
        }
        text
    }

    fn foot(&self) -> String {
        let mut text = String::new();
        let checks = self.options.checks;
        for one in self.contracts.iter().filter(|one| one.is_default) {
            text += "\n\n";
            text += &hashes(
                &[format!(
                    "What an event of type {} has that names no version.",
                    quote(&one.event_type)
                )],
                "",
            );
            if checks {
                text += &format!("{}: TypeAlias = {}\n", one.base, one.name);
            }
            text += &format!("{}Dict: TypeAlias = {}Dict\n", one.base, one.name);
        }
        let mut types: Vec<String> = Vec::new();
        for one in &self.contracts {
            let name = quote(&one.event_type);
            if types.last() != Some(&name) {
                types.push(name);
            }
        }
        let lines = |lines: Vec<String>| {
            lines
                .iter()
                .map(|line| format!("    {line},\n"))
                .collect::<String>()
        };
        text += "\n\n# The types of events.\n";
        text += &match types.is_empty() {
            true => "EventType: TypeAlias = str\n".to_owned(),
            false => format!(
                "EventType: TypeAlias = Literal[\n{}]\n",
                lines(types.clone())
            ),
        };
        text += &format!(
            "EVENT_TYPES: tuple[EventType, ...] = (\n{})\n",
            lines(types)
        );
        if !checks {
            return text;
        }
        let mut events = Vec::new();
        for one in &self.contracts {
            let (name, version) = (&one.name, one.version);
            let event_type = quote(&one.event_type);
            text += &include_str!("event.py")
                .replace("$NAME", &format!("{name}Event"))
                .replace("$TYPE", &event_type)
                .replace("$VERSION", &version.to_string())
                .replace("$PAYLOAD", name);
            events.push((
                format!("{name}Event"),
                format!("({event_type}, {version}): {name}Event"),
            ));
        }
        let union: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        let union = match union.is_empty() {
            true => "Any".to_owned(),
            false => union.join(" | "),
        };
        let table = events.iter().map(|(_, line)| line.clone()).collect();
        text += &include_str!("events.py")
            .replace("$EVENT", &union)
            .replace("$TABLE", &lines(table));
        text
    }
}
