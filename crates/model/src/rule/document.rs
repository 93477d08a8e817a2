//! Rules as a part of the taxonomy's document: the array `"rules"`.

use super::machine::Machine;
use super::{Kind, Rule};
use crate::text::shorten;
use serde_json::{Map, Value};

impl Rule {
    /// Reads an entry.
    pub fn read(entry: Value) -> Result<Rule, String> {
        let Value::Object(map) = entry else {
            return Err("rule must be a JSON object".to_owned());
        };
        let mut entry = Entry(map);
        let name = entry.required("name")?;
        let kind = match entry.required("kind")?.as_str() {
            "check" => Kind::Check {
                event_type: entry.required("type")?,
                predicate: entry.required("predicate")?,
                message: entry.string("message")?,
            },
            "reference" => Kind::Reference {
                event_type: entry.required("type")?,
                path: entry.required("path")?,
                relation: entry.required("relation")?,
                column: entry.required("column")?,
                tenant_column: entry.string("tenant_column")?,
            },
            "transition" => Kind::Transition {
                entity_type: entry.required("entity_type")?,
                machine: Machine::read(entry.0.remove("transitions").unwrap_or_default())?,
                path: entry.string("path")?,
                types: entry.strings("types")?,
            },
            other => {
                return Err(format!("there is no kind of rule \"{}\"", shorten(other)));
            }
        };
        match entry.0.keys().next() {
            Some(key) => Err(format!("unknown key \"{}\"", shorten(key))),
            None => Rule { name, kind }.check(),
        }
    }

    /// Bytes that copies of it take, as values of statements and in the record.
    pub fn copies(&self) -> usize {
        let mut size = 64 + self.name.len();
        match &self.kind {
            Kind::Check {
                event_type,
                predicate,
                message,
            } => {
                let texts = [Some(event_type), Some(predicate), message.as_ref()];
                size += texts
                    .into_iter()
                    .flatten()
                    .map(|t| 64 + t.len())
                    .sum::<usize>();
            }
            Kind::Reference {
                event_type,
                path,
                relation,
                column,
                tenant_column,
            } => {
                let texts = [event_type, path, relation, column];
                let texts = texts.into_iter().chain(tenant_column);
                size += texts.map(|t| 64 + t.len()).sum::<usize>();
            }
            Kind::Transition {
                entity_type,
                machine,
                path,
                types,
            } => {
                let texts = [Some(entity_type), path.as_ref()].into_iter().flatten();
                let texts = texts.chain(types.iter().flatten());
                size += texts.map(|t| 64 + t.len()).sum::<usize>();
                size += machine.value().to_string().len();
            }
        }
        16 * size
    }
}

struct Entry(Map<String, Value>);

impl Entry {
    fn required(&mut self, key: &str) -> Result<String, String> {
        self.string(key)?
            .ok_or_else(|| format!("key \"{key}\" is missing"))
    }

    fn string(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.0.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{key} must be a string")),
        }
    }

    fn strings(&mut self, key: &str) -> Result<Option<Vec<String>>, String> {
        let items = match self.0.remove(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(format!("{key} must be an array of strings")),
        };
        let string = |item| match item {
            Value::String(text) => Ok(text),
            _ => Err(format!("{key} must be an array of strings")),
        };
        items
            .into_iter()
            .map(string)
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_of_transitions_is_read_whole_or_not_at_all() {
        let whole = json!({"name": "a", "kind": "transition", "entity_type": "order",
            "transitions": {"": ["draft"]}, "path": "$.payload.state", "types": ["b"]});
        let rule = Rule::read(whole.clone()).unwrap();
        assert_eq!(rule.kind.name(), "transition");
        assert!(rule.copies() > 1_000);
        for (key, value) in [
            ("entity_type", json!("")),
            ("transitions", json!({})),
            ("transitions", Value::Null),
            ("path", json!("")),
            ("types", json!([])),
            ("types", json!([1])),
            ("types", json!("b")),
            ("type", json!("b")),
        ] {
            let mut entry = whole.clone();
            entry[key] = value;
            assert!(Rule::read(entry).is_err(), "{key}");
        }
    }

    #[test]
    fn a_rule_of_references_is_read_whole_or_not_at_all() {
        let whole = json!({"name": "a", "kind": "reference", "type": "b", "path": "$.payload.c",
            "relation": "public.d", "column": "e", "tenant_column": "f"});
        let rule = Rule::read(whole.clone()).unwrap();
        assert_eq!(rule.kind.name(), "reference");
        assert!(rule.copies() > 1_000);
        let mut shared = whole.clone();
        shared["tenant_column"] = Value::Null;
        assert!(Rule::read(shared).is_ok());
        for (key, value) in [
            ("type", json!("")),
            ("path", json!("")),
            ("relation", Value::Null),
            ("relation", json!("")),
            ("column", json!(1)),
            ("column", json!("")),
            ("tenant_column", json!("")),
            ("predicate", json!("x")),
        ] {
            let mut entry = whole.clone();
            entry[key] = value;
            assert!(Rule::read(entry).is_err(), "{key}");
        }
    }

    #[test]
    fn a_rule_is_read_whole_or_not_at_all() {
        let read = |entry: Value| Rule::read(entry).map(|rule| rule.kind.name());
        let whole =
            json!({"name": "a", "kind": "check", "type": "b", "predicate": "$.payload.c > 0"});
        assert_eq!(read(whole.clone()), Ok("check"));
        let with = |key: &str, value: Value| {
            let mut entry = whole.clone();
            entry[key] = value;
            entry
        };
        assert_eq!(read(with("message", json!("why"))), Ok("check"));
        assert_eq!(read(with("message", Value::Null)), Ok("check"));
        for (entry, why) in [
            (json!([]), "rule must be a JSON object"),
            (with("name", Value::Null), "key \"name\" is missing"),
            (with("name", json!(1)), "name must be a string"),
            (
                with("name", json!("")),
                "name of a rule must have 1 to 200 bytes",
            ),
            (with("kind", json!("x")), "there is no kind of rule \"x\""),
            (
                with("predicate", Value::Null),
                "key \"predicate\" is missing",
            ),
            (with("typ", json!("x")), "unknown key \"typ\""),
        ] {
            assert_eq!(read(entry), Err(why.to_owned()));
        }
    }
}
