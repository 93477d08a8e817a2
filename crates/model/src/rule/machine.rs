//! States of an entity, and which may follow on which.

use crate::text::shorten;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Of an entity that has no state yet.
pub const NONE: &str = "";
/// States that there may be.
const MAX_STATES: usize = 500;
/// Bytes that each may have.
const MAX_BYTES: usize = 200;

/// Which states may follow on which: `{"": ["draft"], "draft": ["sent", "void"]}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine(BTreeMap<String, Vec<String>>);

impl Machine {
    /// Reads it.
    pub fn read(transitions: Value) -> Result<Machine, String> {
        let Value::Object(map) = transitions else {
            return Err("transitions must be a JSON object".to_owned());
        };
        let mut states = BTreeMap::new();
        for (from, to) in map {
            let refuse = || {
                let name = shorten(&from);
                format!("transitions of \"{name}\" must be an array of states")
            };
            let Value::Array(to) = to else {
                return Err(refuse());
            };
            let mut names: Vec<String> = Vec::with_capacity(to.len());
            for state in to {
                let Value::String(state) = state else {
                    return Err(refuse());
                };
                if state == NONE {
                    return Err("no transition leads back to \"no state yet\"".to_owned());
                }
                if !names.contains(&state) {
                    names.push(state);
                }
            }
            names.sort();
            states.insert(from, names);
        }
        let machine = Machine(states);
        if machine.0.get(NONE).is_none_or(Vec::is_empty) {
            return Err(
                "transitions must say, under the key \"\", how an entity begins".to_owned(),
            );
        }
        let all = machine.states();
        if all.len() > MAX_STATES {
            return Err(format!("transitions have more than {MAX_STATES} states"));
        }
        match all.iter().find(|state| state.len() > MAX_BYTES) {
            Some(_) => Err(format!(
                "transitions have a state of more than {MAX_BYTES} bytes"
            )),
            None => Ok(machine),
        }
    }

    /// As it is read.
    pub fn value(&self) -> Value {
        let map = self.0.iter().map(|(from, to)| (from.clone(), to.clone()));
        Value::Object(
            map.map(|(from, to)| (from, to.into()))
                .collect::<Map<_, _>>(),
        )
    }

    /// Whether this state may follow on that one.
    pub fn lets(&self, from: &str, to: &str) -> bool {
        self.from(from).iter().any(|state| state == to)
    }

    /// What may follow on a state.
    pub fn from(&self, state: &str) -> &[String] {
        self.0.get(state).map_or(&[], Vec::as_slice)
    }

    /// The states that a state may follow on, [`NONE`] first.
    pub fn before<'a>(&'a self, to: &'a str) -> impl Iterator<Item = &'a str> {
        let all = self.0.iter();
        all.filter(move |(_, followers)| followers.iter().any(|state| state == to))
            .map(|(from, _)| from.as_str())
    }

    /// Whether it is one of its states.
    pub fn knows(&self, state: &str) -> bool {
        let mut followers = self.0.values().flatten();
        state != NONE && (self.0.contains_key(state) || followers.any(|name| name == state))
    }

    /// All its states.
    pub fn states(&self) -> Vec<&str> {
        let names = self.0.keys().chain(self.0.values().flatten());
        let mut names: Vec<&str> = names.map(String::as_str).filter(|n| *n != NONE).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is told of a step that it does not let anyone take. A state that it does not know may be anybody's secret.
    pub fn refusal(&self, rule: &str, from: &str, to: &str) -> (String, String) {
        let known = |state: &str| match (state, self.knows(state)) {
            (NONE, _) => "no state".to_owned(),
            (state, true) => format!("\"{}\"", shorten(state)),
            (_, false) => "a state that it does not know".to_owned(),
        };
        let rule = shorten(rule);
        let message = format!(
            "rule \"{rule}\" does not let {} follow on {}",
            known(to),
            known(from)
        );
        let next = self.from(from);
        let hint = match next {
            [] => format!("Rule \"{rule}\" lets nothing follow on {}.", known(from)),
            _ => {
                let names: Vec<String> = next
                    .iter()
                    .take(20)
                    .map(|n| format!("\"{}\"", shorten(n)))
                    .collect();
                format!("On {} may follow: {}.", known(from), names.join(", "))
            }
        };
        (message, hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn orders() -> Machine {
        Machine::read(json!({"": ["draft"], "draft": ["void", "sent", "sent"], "sent": ["paid"]}))
            .unwrap()
    }

    #[test]
    fn states_follow_on_states() {
        let orders = orders();
        assert!(orders.lets("", "draft") && orders.lets("draft", "void"));
        assert!(!orders.lets("", "sent") && !orders.lets("paid", "draft"));
        assert!(!orders.lets("draft", "draft") && !orders.lets("nowhere", "draft"));
        assert_eq!(orders.states(), ["draft", "paid", "sent", "void"]);
        assert_eq!(orders.before("draft").collect::<Vec<_>>(), [""]);
        assert_eq!(orders.before("void").collect::<Vec<_>>(), ["draft"]);
        assert_eq!(orders.before("nowhere").count(), 0);
        assert!(orders.knows("paid") && !orders.knows("") && !orders.knows("odd"));
        assert_eq!(Machine::read(orders.value()), Ok(orders));
    }

    #[test]
    fn what_is_no_machine_is_refused() {
        for (given, why) in [
            (json!([]), "transitions must be a JSON object"),
            (
                json!({"": "draft"}),
                "transitions of \"\" must be an array of states",
            ),
            (
                json!({"": [1]}),
                "transitions of \"\" must be an array of states",
            ),
            (
                json!({}),
                "transitions must say, under the key \"\", how an entity begins",
            ),
            (
                json!({"": [], "a": ["b"]}),
                "transitions must say, under the key \"\", how an entity begins",
            ),
            (
                json!({"": ["a"], "a": [""]}),
                "no transition leads back to \"no state yet\"",
            ),
            (
                json!({"": ["x".repeat(201)]}),
                "transitions have a state of more than 200 bytes",
            ),
        ] {
            assert_eq!(Machine::read(given), Err(why.to_owned()));
        }
    }

    #[test]
    fn a_refusal_tells_no_state_that_is_not_the_rules_own() {
        let orders = orders();
        let (message, hint) = orders.refusal("order", "draft", "paid");
        assert_eq!(
            message,
            "rule \"order\" does not let \"paid\" follow on \"draft\""
        );
        assert_eq!(hint, "On \"draft\" may follow: \"sent\", \"void\".");
        let (message, hint) = orders.refusal("order", "", "secret");
        assert_eq!(
            message,
            "rule \"order\" does not let a state that it does not know follow on no state"
        );
        assert_eq!(hint, "On no state may follow: \"draft\".");
        let (_, hint) = orders.refusal("order", "paid", "sent");
        assert_eq!(hint, "Rule \"order\" lets nothing follow on \"paid\".");
    }
}
