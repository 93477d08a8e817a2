//! Where schemas stand in a schema.

use super::draft::Edition;
use serde_json::Value;

/// Which value a schema inside another one is applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// the same as the schema around it
    Same,
    /// one inside that, or the name of a property
    Deeper,
}

/// What the value of a keyword is made of.
enum Shape {
    One,
    List,
    Map,
    /// a schema or a list of schemas
    OneOrList,
    /// schemas by name, or lists of names
    MapOrNames,
}

/// Shows each schema that stands in the value of a keyword.
pub(crate) fn of<'d>(
    edition: Edition,
    keyword: &str,
    value: &'d Value,
    show: &mut impl FnMut(Place, &'d Value),
) {
    let Some((place, shape)) = shape(edition, keyword) else {
        return;
    };
    match (shape, value) {
        (Shape::One, schema) => show(place, schema),
        (Shape::List | Shape::OneOrList, Value::Array(all)) => {
            all.iter().for_each(|schema| show(place, schema));
        }
        (Shape::OneOrList, schema) => show(place, schema),
        (Shape::Map, Value::Object(all)) => all.values().for_each(|schema| show(place, schema)),
        (Shape::MapOrNames, Value::Object(all)) => all
            .values()
            .filter(|schema| !schema.is_array())
            .for_each(|schema| show(place, schema)),
        _ => {}
    }
}

/// The value of a keyword, with each schema that stands in it made anew.
pub(crate) fn rebuild(
    edition: Edition,
    keyword: &str,
    value: &Value,
    make: &mut impl FnMut(&Value) -> Value,
) -> Value {
    let Some((_, shape)) = shape(edition, keyword) else {
        return value.clone();
    };
    match (shape, value) {
        (Shape::List | Shape::OneOrList, Value::Array(all)) => {
            Value::Array(all.iter().map(make).collect())
        }
        (Shape::One | Shape::OneOrList, schema) => make(schema),
        (Shape::Map, Value::Object(all)) => {
            let made = all
                .iter()
                .map(|(name, schema)| (name.clone(), make(schema)));
            Value::Object(made.collect())
        }
        (Shape::MapOrNames, Value::Object(all)) => {
            let made = all.iter().map(|(name, one)| match one {
                Value::Array(_) => (name.clone(), one.clone()),
                schema => (name.clone(), make(schema)),
            });
            Value::Object(made.collect())
        }
        (_, other) => other.clone(),
    }
}

/// Whether no schemas stand in the value of a keyword.
pub(crate) fn is_plain(edition: Edition, keyword: &str) -> bool {
    shape(edition, keyword).is_none()
}

fn shape(edition: Edition, keyword: &str) -> Option<(Place, Shape)> {
    use Place::{Deeper, Same};
    Some(match keyword {
        "allOf" | "anyOf" | "oneOf" => (Same, Shape::List),
        "not" | "if" | "then" | "else" => (Same, Shape::One),
        "dependentSchemas" if edition == Edition::Draft202012 => (Same, Shape::Map),
        "dependencies" => (Same, Shape::MapOrNames),
        "properties" | "patternProperties" => (Deeper, Shape::Map),
        "additionalProperties" | "propertyNames" | "contains" => (Deeper, Shape::One),
        "unevaluatedProperties" | "unevaluatedItems" if edition == Edition::Draft202012 => {
            (Deeper, Shape::One)
        }
        "items" => (Deeper, Shape::OneOrList),
        "prefixItems" if edition == Edition::Draft202012 => (Deeper, Shape::List),
        "additionalItems" if edition == Edition::Draft07 => (Deeper, Shape::One),
        // Not applied by themselves, and referred to.
        "$defs" | "definitions" => (Deeper, Shape::Map),
        _ => return None,
    })
}
