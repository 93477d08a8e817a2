//! Keys that rules remove and that an event must have.

use super::{Action, CONTEXT, Place, Rule, Rules};
use crate::Problem;
use crate::text::shorten;
use rustc_hash::FxHashSet;
use serde_json::Value;

/// What an event must have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demands<'a> {
    /// keys at the top of its payload
    pub required: &'a [String],
    /// what its payload must be like
    pub schema: Option<&'a Value>,
    /// what its context must be like
    pub context_schema: Option<&'a Value>,
}

impl Rules {
    /// Refuses what removes a key that an event must have: none could be written.
    pub fn check(&self, demands: Demands<'_>) -> Result<(), Problem> {
        let removing = |rule: &&Rule| rule.action == Action::Remove;
        match self
            .all
            .iter()
            .filter(removing)
            .find(|r| demands.asks(&r.place))
        {
            Some(rule) => Err(Problem::argument_hint(
                format!("\"{}\" removes a key that is required", shorten(&rule.text)),
                "A key that is removed can be optional; what is masked or hashed stays and can be required.",
            )),
            None => Ok(()),
        }
    }
}

impl Demands<'_> {
    fn asks(&self, place: &Place) -> bool {
        match place {
            Place::Anywhere(key) => {
                self.required.contains(key)
                    || [self.schema, self.context_schema]
                        .into_iter()
                        .flatten()
                        .any(|schema| all_below(schema, key))
            }
            Place::At(steps) => {
                let of_payload = match &steps[..] {
                    [key] => self.required.contains(key),
                    _ => false,
                };
                let in_context = || match &steps[..] {
                    [first, rest @ ..] if first == CONTEXT => {
                        self.context_schema.is_some_and(|s| at(s, rest))
                    }
                    _ => false,
                };
                of_payload || self.schema.is_some_and(|s| at(s, steps)) || in_context()
            }
        }
    }
}

/// Adds to schemas those that hold for the same value whatever it is. What is asked on conditions is not asked always.
fn close<'s>(root: &'s Value, schemas: &mut Vec<&'s Value>) {
    let mut seen = FxHashSet::default();
    let mut next = 0;
    while let Some(schema) = schemas.get(next).copied() {
        next += 1;
        if !seen.insert(std::ptr::from_ref(schema) as usize) {
            continue;
        }
        let all = schema.get("allOf").and_then(Value::as_array);
        schemas.extend(all.into_iter().flatten());
        let reference = schema.get("$ref").and_then(Value::as_str);
        let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
        schemas.extend(pointer.and_then(|pointer| root.pointer(pointer)));
    }
}

fn requires(schema: &Value, key: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|keys| keys.iter().any(|one| one == key))
}

/// Whether the last of these steps is required by a schema, where the others lead to it.
fn at(root: &Value, steps: &[String]) -> bool {
    let Some((last, before)) = steps.split_last() else {
        return false;
    };
    let mut here = vec![root];
    for step in before {
        close(root, &mut here);
        let is_place = step.parse::<usize>().is_ok();
        let mut seen = FxHashSet::default();
        let mut below = Vec::new();
        for schema in here {
            let property = schema.get("properties").and_then(|all| all.get(step));
            let items = schema.get("items").filter(|_| is_place);
            let members = property.into_iter().chain(items);
            below.extend(members.filter(|one| seen.insert(std::ptr::from_ref(*one) as usize)));
        }
        here = below;
    }
    close(root, &mut here);
    here.iter().any(|schema| requires(schema, last))
}

/// Whether a key is required of any value that a schema says something of.
fn all_below(root: &Value, key: &str) -> bool {
    let mut seen = FxHashSet::default();
    let mut waiting = vec![root];
    while let Some(schema) = waiting.pop() {
        let mut here = vec![schema];
        close(root, &mut here);
        for schema in here {
            if !seen.insert(std::ptr::from_ref(schema) as usize) {
                continue;
            }
            if requires(schema, key) {
                return true;
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            waiting.extend(properties.into_iter().flat_map(|all| all.values()));
            waiting.extend(schema.get("items"));
            waiting.extend(schema.get("additionalProperties"));
        }
    }
    false
}
