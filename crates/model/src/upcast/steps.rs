//! Steps that make another payload of a payload, on stored jsonb.
//!
//! Only what a step comes by is taken apart; all else goes over as the bytes that it is.

use crate::Problem;
use crate::text::shorten;
use jsonb::{Builder, Jsonb};
use serde_json::Value;

/// What is done to a payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    all: Vec<Step>,
    /// as they were given
    value: Value,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// a key at the top gets another name
    Rename(String, String),
    /// what is missing gets a value, as stored jsonb
    Default(Place, Vec<u8>),
    Remove(Place),
    /// what is at a place comes to another one
    Move(Place, Place),
}

/// The keys that lead to a value.
type Place = Vec<String>;

/// Steps that there may be.
const MAX_STEPS: usize = 100;
/// Keys that lead to a place.
const MAX_KEYS: usize = 32;
/// Bytes of all steps.
const MAX_BYTES: usize = 64 << 10;

impl Steps {
    /// Reads an array of steps.
    pub fn read(value: Value) -> Result<Steps, String> {
        let Value::Array(entries) = &value else {
            return Err("steps must be an array".to_owned());
        };
        if entries.len() > MAX_STEPS {
            return Err(format!("there are more than {MAX_STEPS} steps"));
        }
        if value.to_string().len() > MAX_BYTES {
            return Err(format!("steps have more than {MAX_BYTES} bytes"));
        }
        let all: Result<Vec<Step>, String> = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| Step::read(entry).map_err(|why| format!("steps[{index}]: {why}")))
            .collect();
        Ok(Steps { all: all?, value })
    }

    /// As they were given.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The payload that comes of one. What is no object stays as it is.
    pub fn apply(&self, payload: Jsonb<'_>) -> Result<jsonb::List<u8>, Problem> {
        let mut tree = Tree::Kept(payload.root());
        for step in &self.all {
            step.apply(&mut tree)?;
        }
        let mut builder = Builder::new();
        tree.write(&mut builder);
        Ok(builder.finish()?)
    }
}

impl Step {
    fn read(entry: &Value) -> Result<Step, String> {
        let wanted = "must be one of {\"rename\": [from, to]}, {\"default\": [pointer, value]}, {\"remove\": pointer}, {\"move\": [from, to]}";
        let members = entry.as_object().filter(|members| members.len() == 1);
        let Some((name, value)) = members.and_then(|members| members.iter().next()) else {
            return Err(wanted.to_owned());
        };
        let pair = value.as_array().and_then(|pair| match &pair[..] {
            [one, other] => Some((one, other)),
            _ => None,
        });
        match (name.as_str(), pair) {
            ("rename", Some((Value::String(from), Value::String(to)))) => {
                Ok(Step::Rename(from.clone(), to.clone()))
            }
            ("default", Some((place, value))) => {
                let mut builder = Builder::new();
                builder.json(value);
                let built = builder.finish().map_err(|why| why.to_string())?;
                Ok(Step::Default(read_place(place)?, built.to_vec()))
            }
            ("remove", None) => Ok(Step::Remove(read_place(value)?)),
            ("move", Some((from, to))) => {
                let (from, to) = (read_place(from)?, read_place(to)?);
                if to.starts_with(&from) {
                    return Err("what is moved cannot come to a place inside of itself".to_owned());
                }
                Ok(Step::Move(from, to))
            }
            _ => Err(wanted.to_owned()),
        }
    }

    fn apply<'a>(&'a self, tree: &mut Tree<'a>) -> Result<(), Problem> {
        match self {
            Step::Rename(from, to) => {
                if let Some(value) = tree.take(std::slice::from_ref(from))? {
                    tree.put(std::slice::from_ref(to), value)?;
                }
            }
            Step::Default(place, value) => {
                if !tree.has(place)? {
                    let value = Jsonb::new(value).map_err(|_| damaged())?;
                    tree.put(place, Tree::Kept(value.root()))?;
                }
            }
            Step::Remove(place) => {
                tree.take(place)?;
            }
            Step::Move(from, to) => {
                if tree.is_open(to)?
                    && let Some(value) = tree.take(from)?
                {
                    tree.put(to, value)?;
                }
            }
        }
        Ok(())
    }
}

/// A JSON Pointer to a value inside the payload.
fn read_place(value: &Value) -> Result<Place, String> {
    let wrong = || {
        let shown = value.as_str().map(shorten).unwrap_or_default();
        format!(
            "\"{shown}\" is no JSON Pointer to a place in the payload, such as \"/customer/name\""
        )
    };
    let pointer = value.as_str().ok_or_else(wrong)?;
    let keys = pointer.strip_prefix('/').ok_or_else(wrong)?;
    let keys: Place = keys
        .split('/')
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
        .collect();
    match keys.len() {
        0..=MAX_KEYS => Ok(keys),
        _ => Err(format!("a pointer has more than {MAX_KEYS} keys")),
    }
}

fn damaged() -> Problem {
    Problem::argument("payload is damaged")
}

/// A value, as much of it taken apart as was come by.
enum Tree<'a> {
    Kept(jsonb::Value<'a>),
    Open(Vec<(&'a [u8], Tree<'a>)>),
}

impl<'a> Tree<'a> {
    /// The members of an object; none of what is none.
    fn members(&mut self) -> Option<&mut Vec<(&'a [u8], Tree<'a>)>> {
        if let Tree::Kept(jsonb::Value::Object(object)) = self {
            let members = object.iter();
            *self = Tree::Open(
                members
                    .map(|(key, value)| (key, Tree::Kept(value)))
                    .collect(),
            );
        }
        match self {
            Tree::Open(members) => Some(members),
            Tree::Kept(_) => None,
        }
    }

    fn member(&mut self, key: &str) -> Option<&mut Tree<'a>> {
        let members = self.members()?;
        let mut found = members.iter_mut().filter(|(own, _)| *own == key.as_bytes());
        found.next().map(|(_, value)| value)
    }

    /// Takes out what is at a place.
    fn take(&mut self, place: &[String]) -> Result<Option<Tree<'a>>, Problem> {
        let Some((last, way)) = place.split_last() else {
            return Ok(None);
        };
        let mut tree = self;
        for key in way {
            match tree.member(key) {
                Some(inner) => tree = inner,
                None => return Ok(None),
            }
        }
        let Some(members) = tree.members() else {
            return Ok(None);
        };
        let found = members.iter().position(|(own, _)| *own == last.as_bytes());
        Ok(found.map(|index| members.remove(index).1))
    }

    /// Whether there is something at a place, or in the way to it something that is no object.
    fn has(&mut self, place: &[String]) -> Result<bool, Problem> {
        let mut tree = self;
        for key in place {
            if tree.members().is_none() {
                return Ok(true);
            }
            match tree.member(key) {
                Some(inner) => tree = inner,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Whether something can be put at a place.
    fn is_open(&mut self, place: &[String]) -> Result<bool, Problem> {
        let mut tree = self;
        for key in place {
            if tree.members().is_none() {
                return Ok(false);
            }
            match tree.member(key) {
                Some(inner) => tree = inner,
                None => return Ok(true),
            }
        }
        Ok(true)
    }

    /// Puts something at a place, in place of what is there; objects on the way are made. Where something else is in the
    /// way, nothing is put.
    fn put(&mut self, place: &'a [String], value: Tree<'a>) -> Result<(), Problem> {
        let Some((key, rest)) = place.split_first() else {
            *self = value;
            return Ok(());
        };
        let Some(members) = self.members() else {
            return Ok(());
        };
        let found = members.iter().position(|(own, _)| *own == key.as_bytes());
        let index = match found {
            Some(index) => index,
            None => {
                members.push((key.as_bytes(), Tree::Open(Vec::new())));
                members.len() - 1
            }
        };
        members[index].1.put(rest, value)
    }

    fn write(&self, builder: &mut Builder) {
        match self {
            Tree::Kept(value) => {
                builder.value(*value);
            }
            Tree::Open(members) => {
                builder.begin_object();
                for (key, value) in members {
                    builder.key(key);
                    value.write(builder);
                }
                builder.end();
            }
        }
    }
}
