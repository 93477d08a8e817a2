//! What a schema may be: one document, and no more work than a value is worth.

use super::draft::Edition;
use super::positions::{self, Place};
use super::words;
use crate::Problem;
use jsonschema::{Registry, Retrieve, Uri};
use referencing::{Resolver, ResourceRef};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

/// Applicators that may stand one in another on one value, references included.
pub const MAX_NESTED: u32 = 64;
/// Schemas that one value may be checked by, each counted as often as it is asked.
pub const MAX_ASKED: u32 = 10_000;

/// Nothing is fetched: a database opens no addresses that a document names.
struct Refuse;

impl Retrieve for Refuse {
    fn retrieve(
        &self,
        _uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("it is outside of the document".into())
    }
}

/// Refuses references that lead out of the document, that come back to the same value, or that ask too much of one value.
pub(super) fn check(document: &Value, edition: Edition, name: &str) -> Result<(), Problem> {
    Walk::through(document, edition, name, |walk, document, resolver| {
        walk.waiting.push((document, resolver));
        while let Some((schema, resolver)) = walk.waiting.pop() {
            walk.measure(schema, &resolver, 0)?;
        }
        Ok(())
    })
}

/// Shows all schemas that a document applies to the same value as itself, whatever comes of them; refuses those that are
/// known only once there is a value.
pub(super) fn of_same_value(
    document: &Value,
    edition: Edition,
    show: &mut dyn FnMut(&Value),
) -> Result<(), Problem> {
    Walk::through(document, edition, "schema", |walk, document, resolver| {
        let mut seen = FxHashSet::default();
        let mut waiting = vec![(document, resolver)];
        while let Some((schema, resolver)) = waiting.pop() {
            let Value::Object(members) = schema else {
                continue;
            };
            if !seen.insert(std::ptr::from_ref(schema) as usize) {
                continue;
            }
            show(schema);
            let resolver = walk.inside(schema, &resolver)?;
            for (keyword, value) in members {
                match keyword.as_str() {
                    "$dynamicRef" => {
                        return Err(Problem::argument_hint(
                            "what keys a payload may have is not known before there is one, as its schema has a \
                             \"$dynamicRef\" at the top",
                            "Use \"$ref\" there, or additional => 'allow'.",
                        ));
                    }
                    "$ref" => walk.follow(keyword, value, &resolver, &mut waiting)?,
                    "not" => {}
                    _ => positions::of(edition, keyword, value, &mut |place, schema| {
                        if place == Place::Same {
                            waiting.push((schema, resolver.clone()));
                        }
                    }),
                }
            }
        }
        Ok(())
    })
}

/// All values of the document by their addresses, and where each dynamic anchor stands.
fn collect<'d>(
    document: &'d Value,
    own: &mut FxHashSet<usize>,
    anchors: &mut FxHashMap<&'d str, Vec<&'d Value>>,
) {
    let mut waiting = vec![document];
    while let Some(value) = waiting.pop() {
        own.insert(std::ptr::from_ref(value) as usize);
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
                    anchors.entry(name).or_default().push(value);
                }
                waiting.extend(members.values());
            }
            _ => {}
        }
    }
}

/// What a schema asks of the value that it is applied to.
#[derive(Clone, Copy)]
struct Weight {
    nested: u32,
    asked: u32,
}

pub(super) struct Walk<'d, 'n> {
    edition: Edition,
    /// what messages call the document
    name: &'n str,
    own: FxHashSet<usize>,
    anchors: FxHashMap<&'d str, Vec<&'d Value>>,
    /// what is known of schemas by their addresses; none of one that is being measured
    known: FxHashMap<usize, Option<Weight>>,
    /// schemas of other values, which have to be measured too
    waiting: Vec<(&'d Value, Resolver<'d>)>,
}

impl Walk<'_, '_> {
    /// Runs something with a walk through a document, and what resolves the references at its top.
    pub(super) fn through<R>(
        document: &Value,
        edition: Edition,
        name: &str,
        f: impl for<'w> FnOnce(&mut Walk<'w, '_>, &'w Value, Resolver<'w>) -> Result<R, Problem>,
    ) -> Result<R, Problem> {
        const ROOT: &str = "json-schema:///";
        let unreadable = |error| words::of_reference(&error, name);
        let registry = Registry::new()
            .retriever(Refuse)
            .draft(edition.draft())
            .add(ROOT, ResourceRef::new(document, edition.draft()))
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(unreadable)?;
        let root = jsonschema::uri::from_str(ROOT).map_err(unreadable)?;
        let mut walk = Walk {
            edition,
            name,
            own: FxHashSet::default(),
            anchors: FxHashMap::default(),
            known: FxHashMap::default(),
            waiting: Vec::new(),
        };
        collect(document, &mut walk.own, &mut walk.anchors);
        f(&mut walk, document, registry.resolver(root))
    }
}

impl<'d> Walk<'d, '_> {
    /// Whether a dynamic reference of the document may mean several schemas.
    pub(super) fn is_vague(&self) -> bool {
        self.anchors.values().any(|all| all.len() > 1)
    }

    /// What resolves references in a schema.
    pub(super) fn inside(
        &self,
        schema: &Value,
        around: &Resolver<'d>,
    ) -> Result<Resolver<'d>, Problem> {
        around
            .in_subresource(ResourceRef::new(schema, self.edition.draft()))
            .map_err(|error| {
                Problem::argument(format!(
                    "{} has an \"$id\" that is no address: {error}",
                    self.name
                ))
            })
    }

    /// How deep applicators stand in each other on one value, and how many schemas are asked; `depth` of them are open.
    fn measure(
        &mut self,
        schema: &'d Value,
        resolver: &Resolver<'d>,
        depth: u32,
    ) -> Result<Weight, Problem> {
        let Value::Object(members) = schema else {
            return Ok(Weight {
                nested: 0,
                asked: 1,
            });
        };
        let address = std::ptr::from_ref(schema) as usize;
        let too_deep = match self.known.get(&address) {
            Some(Some(known)) if depth + known.nested <= MAX_NESTED => return Ok(*known),
            Some(Some(_)) => true,
            None => depth > MAX_NESTED,
            Some(None) => {
                return Err(Problem::argument_hint(
                    format!(
                        "{} refers to itself without going into the value",
                        self.name
                    ),
                    "A reference that comes back to the same schema stands below a keyword that goes deeper, such as \
                     properties or items.",
                ));
            }
        };
        if too_deep {
            return Err(Problem::argument(format!(
                "{} has more than {MAX_NESTED} applicators, one in another, for one value",
                self.name
            )));
        }
        self.known.insert(address, None);
        let resolver = self.inside(schema, resolver)?;
        let mut inside = Vec::new();
        for (keyword, value) in members {
            match keyword.as_str() {
                "$ref" | "$dynamicRef" => {
                    self.follow(keyword, value, &resolver, &mut inside)?;
                }
                _ => positions::of(
                    self.edition,
                    keyword,
                    value,
                    &mut |place, schema| match place {
                        Place::Same => inside.push((schema, resolver.clone())),
                        Place::Deeper => self.waiting.push((schema, resolver.clone())),
                    },
                ),
            }
        }
        let mut weight = Weight {
            nested: 0,
            asked: 1,
        };
        for (schema, resolver) in inside {
            let one = self.measure(schema, &resolver, depth + 1)?;
            weight.nested = weight.nested.max(one.nested + 1);
            weight.asked = weight.asked.saturating_add(one.asked);
        }
        if weight.asked > MAX_ASKED {
            return Err(Problem::argument(format!(
                "{} asks one value by more than {MAX_ASKED} schemas, as references multiply",
                self.name
            )));
        }
        self.known.insert(address, Some(weight));
        Ok(weight)
    }

    /// Adds what a reference leads to.
    pub(super) fn follow(
        &mut self,
        keyword: &str,
        reference: &Value,
        resolver: &Resolver<'d>,
        inside: &mut Vec<(&'d Value, Resolver<'d>)>,
    ) -> Result<(), Problem> {
        let Some(reference) = reference.as_str() else {
            return Ok(());
        };
        let outside = || words::outside(reference, self.name);
        let found = resolver
            .lookup(reference)
            .map_err(|why| words::of_reference(&why, self.name))?;
        let (target, resolver, _) = found.into_inner();
        if !self.own.contains(&(std::ptr::from_ref(target) as usize)) {
            return Err(outside());
        }
        // Which of the anchors of one name is meant depends on the way, so it may be any.
        if keyword == "$dynamicRef"
            && let Some((_, name)) = reference.rsplit_once('#')
            && let Some(all) = self.anchors.get(name)
        {
            inside.extend(
                all.iter()
                    .filter(|other| !std::ptr::eq(**other, target))
                    .map(|other| (*other, resolver.clone())),
            );
        }
        inside.push((target, resolver));
        Ok(())
    }
}
