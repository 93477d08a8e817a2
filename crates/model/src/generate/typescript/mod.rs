//! TypeScript: types, and what goes with them. The checks at run time are Zod's (`zod`).

mod envelopes;
mod helpers;
mod types;
mod zod;

use super::contract::Contract;
use super::options::Options;
use super::shape::{Kinds, Shape, in_order};
use super::words::{block, quote};
use crate::Problem;
use types::Types;
use zod::Zod;

/// Names that the text uses itself, those of the language among them.
pub(super) const TAKEN: [&str; 36] = [
    "Array",
    "BigInt",
    "Boolean",
    "DefaultPayloads",
    "Date",
    "Decimal",
    "Error",
    "EventColumns",
    "EventDraft",
    "EventDraftFields",
    "EventSchema",
    "EventType",
    "Function",
    "Infinity",
    "Intl",
    "JSON",
    "Json",
    "LogEvent",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Numeric",
    "Object",
    "PgLike",
    "PostgresLike",
    "Promise",
    "PromiseLike",
    "Proxy",
    "Record",
    "RegExp",
    "Set",
    "String",
    "SupabaseLike",
    "Symbol",
    "Whole",
];

/// What the types of a taxonomy come to.
pub(super) struct Printer {
    options: Options,
    body_uses: String,
    contracts: Vec<Summary>,
}

/// What is kept of a contract.
struct Summary {
    event_type: String,
    version: i32,
    is_default: bool,
    base: String,
    name: String,
    context: Option<String>,
    entity_types: Option<Vec<String>>,
    actor_types: Option<Vec<String>>,
}

impl Printer {
    pub fn new(options: Options) -> Printer {
        Printer {
            options,
            body_uses: String::new(),
            contracts: Vec::new(),
        }
    }

    fn declare(
        &mut self,
        types: &Types<'_>,
        name: &str,
        words: &[String],
        shape: &Shape,
        lazy: bool,
    ) -> String {
        let mut said = words.to_vec();
        if said.is_empty() {
            said.extend(shape.description.clone());
        }
        let ty = types.text(shape, Kinds::ALL, &mut said);
        let mut text = format!("\n{}export type {name} = {ty};\n", block(&said, ""));
        if self.options.checks {
            let mut notes = Vec::new();
            let schema = Zod::new(types, &mut notes).of(shape, Kinds::ALL, "");
            text += &block(&notes, "");
            text += &match lazy {
                true => format!(
                    "export const {name}Schema: z.ZodType<{name}> = z.lazy(() => {schema});\n"
                ),
                false => {
                    format!("export const {name}Schema = {schema} satisfies z.ZodType<{name}>;\n")
                }
            };
        }
        text
    }
}

impl super::Printer for Printer {
    fn contract(&mut self, contract: &Contract<'_>) -> Result<String, Problem> {
        let shapes: Vec<(String, Shape)> = contract
            .definitions
            .iter()
            .map(|(name, schema)| (name.clone(), Shape::of(schema)))
            .collect();
        let types = Types {
            exact: self.options.exact,
            kinds: shapes
                .iter()
                .map(|(name, shape)| (name.as_str(), shape.kinds))
                .collect(),
        };
        let (ordered, rest) = in_order(&shapes);
        let mut text = String::new();
        for (all, lazy) in [(rest, true), (ordered, false)] {
            for (name, shape) in all.into_iter().filter_map(|at| shapes.get(at)) {
                text += &self.declare(&types, name, &[], shape, lazy);
            }
        }
        if let Some((name, schema)) = &contract.context {
            text += &self.declare(&types, name, &[], &Shape::of(schema), false);
        }
        text += &self.declare(
            &types,
            &contract.name,
            &contract.words(),
            &Shape::of(&contract.payload),
            false,
        );
        self.body_uses += &helpers::called_in(&text);
        self.contracts.push(Summary {
            event_type: contract.entry.event_type.clone(),
            version: contract.version,
            is_default: contract.is_default,
            base: contract.base.clone(),
            name: contract.name.clone(),
            context: contract.context.as_ref().map(|(name, _)| name.clone()),
            entity_types: contract.entry.entity_types.clone(),
            actor_types: contract.entry.actor_types.clone(),
        });
        Ok(text)
    }

    fn head(&self) -> String {
        let mut text = "/* eslint-disable */\n\
            // Made by eventlog.generate_typescript from the taxonomy of an event log: do not edit it, generate it anew.\n"
            .to_owned();
        if self.options.checks {
            text += "import { z } from \"zod\";\n";
        }
        text += "\n/** Any JSON value. */\nexport type Json = {} | null;\n";
        if self.options.exact {
            text += "\n";
            text += include_str!("exact.ts");
        }
        if self.options.checks {
            text += &helpers::text(&self.body_uses, self.options.exact);
        }
        text
    }

    fn foot(&self) -> String {
        let mut text = String::new();
        for one in self.contracts.iter().filter(|one| one.is_default) {
            let (base, name) = (&one.base, &one.name);
            text += &format!(
                "\n/** What an event of type {} has that names no version. */\nexport type {base} = {name};\n",
                quote(&one.event_type).replace("*/", "*\\/")
            );
            if self.options.checks {
                text += &format!("export const {base}Schema = {name}Schema;\n");
            }
        }
        text += &self.envelopes();
        text += match self.options.exact {
            true => include_str!("client_exact.ts"),
            false => include_str!("client_plain.ts"),
        };
        text += include_str!("client.ts");
        text
    }
}
