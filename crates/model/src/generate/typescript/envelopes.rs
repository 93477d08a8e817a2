//! Events around their payloads.

use super::Printer;
use super::types::key;
use crate::generate::words::quote;

impl Printer {
    /// Events around their payloads.
    pub(super) fn envelopes(&self) -> String {
        let list = |names: &Option<Vec<String>>| {
            let names = names.as_ref()?;
            Some(
                names
                    .iter()
                    .map(|name| quote(name))
                    .collect::<Vec<_>>()
                    .join(" | "),
            )
        };
        let mut types: Vec<String> = Vec::new();
        let (mut stored, mut drafts, mut defaults) = (String::new(), String::new(), String::new());
        for one in &self.contracts {
            let event_type = quote(&one.event_type);
            if types.last() != Some(&event_type) {
                types.push(event_type.clone());
            }
            let (name, version) = (&one.name, one.version);
            let context = one.context.as_deref().unwrap_or("{ [key: string]: Json }");
            let entity = list(&one.entity_types);
            let actor = list(&one.actor_types);
            let or = |kinds: &Option<String>| kinds.clone().unwrap_or("string | null".to_owned());
            stored += &format!(
                "\n  | (EventColumns & {{\n      type: {event_type};\n      version: {version};\n      \
                 payload: {name};\n      context: {context};\n      entity_type: {};\n      actor_type: {};\n    }})",
                or(&entity),
                or(&actor)
            );
            let version = match one.is_default {
                true => format!("version?: {version} | null | undefined"),
                false => format!("version: {version}"),
            };
            let context = match one.context {
                // One that is not given is what the transaction says.
                Some(_) => format!("context?: {context} | null | undefined"),
                None => "context?: { [key: string]: Json } | null | undefined".to_owned(),
            };
            let kinds = |name: &str, kinds: Option<String>| match kinds {
                Some(kinds) if name == "entity_type" => format!("{name}: {kinds}"),
                // The actor may come from the transaction's context.
                Some(kinds) => format!("{name}?: {kinds} | null | undefined"),
                None => format!("{name}?: string | null | undefined"),
            };
            drafts += &format!(
                "\n  | (EventDraftFields & {{\n      type: {event_type};\n      {version};\n      payload: {name};\n      \
                 {context};\n      {};\n      {};\n    }})",
                kinds("entity_type", entity),
                kinds("actor_type", actor)
            );
            if one.is_default {
                defaults += &format!("  {}: {};\n", key(&one.event_type), one.base);
            }
        }
        let or_never = |union: String| match union.is_empty() {
            true => " never".to_owned(),
            false => union,
        };
        let mut text = include_str!("events.ts")
            .replace(
                "$TYPES",
                &or_never(types.iter().map(|name| format!("\n  | {name}")).collect()),
            )
            .replace(
                "$LIST",
                &types
                    .iter()
                    .map(|name| format!("\n  {name},"))
                    .collect::<String>(),
            )
            .replace("$STORED", &or_never(stored))
            .replace("$DRAFTS", &or_never(drafts))
            .replace("$DEFAULTS", &defaults);
        if self.options.checks {
            text += &self.event_schema();
        }
        text
    }

    fn event_schema(&self) -> String {
        let mut types: Vec<(&str, Vec<String>)> = Vec::new();
        for one in &self.contracts {
            let context = match &one.context {
                Some(name) => format!(", context: {name}Schema"),
                None => String::new(),
            };
            let schema = format!(
                "z.looseObject({{ type: z.literal({}), version: z.literal({}), payload: {}Schema{context} }})",
                quote(&one.event_type),
                one.version,
                one.name
            );
            match types.last_mut() {
                Some((name, versions)) if *name == one.event_type => versions.push(schema),
                _ => types.push((&one.event_type, vec![schema])),
            }
        }
        let all = types.into_iter().map(|(_, versions)| match &versions[..] {
            [one] => format!("\n  {one},"),
            all => {
                let all: String = all.iter().map(|one| format!("\n    {one},")).collect();
                format!("\n  z.discriminatedUnion(\"version\", [{all}\n  ]),")
            }
        });
        let all: String = all.collect();
        let schema = match all.is_empty() {
            true => "z.never()".to_owned(),
            false => format!("z.discriminatedUnion(\"type\", [{all}\n])"),
        };
        format!(
            "\n/** Checks type, version, payload and context of an event, whatever else it has. */\n\
             export const EventSchema = {schema};\n"
        )
    }
}
