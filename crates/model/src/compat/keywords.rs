//! The keywords of schemas, and the types of values that they ask something of.

use serde_json::Value;

/// What is known of a keyword.
pub(super) struct Keyword {
    pub(super) name: &'static str,
    /// of which values it asks something
    pub(super) types: Types,
    /// whether it says the same whatever stands beside it
    pub(super) stands_alone: bool,
    /// whether it asks for no schemas
    pub(super) is_plain: bool,
}

/// What is known of a keyword of this name.
pub(super) fn known(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

const fn plain(name: &'static str, types: Types) -> Keyword {
    Keyword {
        name,
        types,
        stands_alone: true,
        is_plain: true,
    }
}

const fn alone(name: &'static str, types: Types) -> Keyword {
    Keyword {
        name,
        types,
        stands_alone: true,
        is_plain: false,
    }
}

const fn with_others(name: &'static str, types: Types) -> Keyword {
    Keyword {
        name,
        types,
        stands_alone: false,
        is_plain: false,
    }
}

static KEYWORDS: [Keyword; 43] = [
    plain("type", Types::ALL),
    plain("const", Types::ALL),
    plain("enum", Types::ALL),
    plain("minimum", Types::NUMBERS),
    plain("maximum", Types::NUMBERS),
    plain("exclusiveMinimum", Types::NUMBERS),
    plain("exclusiveMaximum", Types::NUMBERS),
    plain("multipleOf", Types::NUMBERS),
    plain("minLength", Types::STRINGS),
    plain("maxLength", Types::STRINGS),
    plain("pattern", Types::STRINGS),
    plain("format", Types::STRINGS),
    plain("contentEncoding", Types::STRINGS),
    plain("contentMediaType", Types::STRINGS),
    plain("minItems", Types::ARRAYS),
    plain("maxItems", Types::ARRAYS),
    plain("uniqueItems", Types::ARRAYS),
    plain("minProperties", Types::OBJECTS),
    plain("maxProperties", Types::OBJECTS),
    plain("required", Types::OBJECTS),
    plain("dependentRequired", Types::OBJECTS),
    alone("properties", Types::OBJECTS),
    alone("patternProperties", Types::OBJECTS),
    alone("propertyNames", Types::OBJECTS),
    alone("dependentSchemas", Types::OBJECTS),
    alone("dependencies", Types::OBJECTS),
    with_others("additionalProperties", Types::OBJECTS),
    with_others("unevaluatedProperties", Types::OBJECTS),
    with_others("items", Types::ARRAYS),
    with_others("additionalItems", Types::ARRAYS),
    alone("prefixItems", Types::ARRAYS),
    with_others("contains", Types::ARRAYS),
    with_others("minContains", Types::ARRAYS),
    with_others("maxContains", Types::ARRAYS),
    with_others("unevaluatedItems", Types::ARRAYS),
    with_others("if", Types::ALL),
    with_others("then", Types::ALL),
    with_others("else", Types::ALL),
    alone("allOf", Types::ALL),
    alone("anyOf", Types::ALL),
    alone("oneOf", Types::ALL),
    alone("not", Types::ALL),
    alone("$ref", Types::ALL),
];

/// A set of the types of values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Types = Types(0);
    const NULL: Types = Types(1);
    const BOOLEANS: Types = Types(2);
    const OBJECTS: Types = Types(4);
    const ARRAYS: Types = Types(8);
    const INTEGERS: Types = Types(16);
    /// whole or not
    const NUMBERS: Types = Types(16 | 32);
    const STRINGS: Types = Types(64);
    pub(super) const ALL: Types = Types(127);

    pub(super) fn and(self, other: Types) -> Types {
        Types(self.0 & other.0)
    }

    fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub(super) fn is_within(self, other: Types) -> bool {
        self.and(other) == self
    }

    /// Those that a schema allows, or more.
    pub(super) fn of(schema: &Value) -> Types {
        let mut all = Types::ALL;
        if let Some(value) = schema.get("type") {
            all = all.and(Types::of_type(value));
        }
        if let Some(value) = schema.get("const") {
            all = all.and(Types::of_value(value));
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let listed = values.iter().map(Types::of_value);
            all = all.and(listed.fold(Types::NONE, Types::or));
        }
        all
    }

    pub(super) fn of_type(value: &Value) -> Types {
        match value {
            Value::String(name) => Types::named(name),
            Value::Array(names) => names
                .iter()
                .filter_map(Value::as_str)
                .map(Types::named)
                .fold(Types::NONE, Types::or),
            _ => Types::ALL,
        }
    }

    fn named(name: &str) -> Types {
        match name {
            "null" => Types::NULL,
            "boolean" => Types::BOOLEANS,
            "object" => Types::OBJECTS,
            "array" => Types::ARRAYS,
            "integer" => Types::INTEGERS,
            "number" => Types::NUMBERS,
            "string" => Types::STRINGS,
            _ => Types::NONE,
        }
    }

    fn of_value(value: &Value) -> Types {
        match value {
            Value::Null => Types::NULL,
            Value::Bool(_) => Types::BOOLEANS,
            Value::Object(_) => Types::OBJECTS,
            Value::Array(_) => Types::ARRAYS,
            Value::Number(_) => Types::NUMBERS,
            Value::String(_) => Types::STRINGS,
        }
    }
}
