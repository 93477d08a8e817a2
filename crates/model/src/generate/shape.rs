//! What a schema says of values, kind by kind, which is how types of languages are made.

use rustc_hash::FxHashMap;
use serde_json::{Number, Value};

/// Which kinds of JSON values there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

#[allow(missing_docs)]
impl Kinds {
    pub const NONE: Kinds = Kinds(0);
    pub const NULL: Kinds = Kinds(1);
    pub const BOOLEAN: Kinds = Kinds(2);
    pub const NUMBER: Kinds = Kinds(4);
    pub const STRING: Kinds = Kinds(8);
    pub const ARRAY: Kinds = Kinds(16);
    pub const OBJECT: Kinds = Kinds(32);
    pub const ALL: Kinds = Kinds(63);

    pub fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    pub fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    pub fn has(self, other: Kinds) -> bool {
        self.0 & other.0 == other.0
    }

    /// That of a value.
    pub fn of(value: &Value) -> Kinds {
        match value {
            Value::Null => Kinds::NULL,
            Value::Bool(_) => Kinds::BOOLEAN,
            Value::Number(_) => Kinds::NUMBER,
            Value::String(_) => Kinds::STRING,
            Value::Array(_) => Kinds::ARRAY,
            Value::Object(_) => Kinds::OBJECT,
        }
    }

    /// One by one.
    pub fn each(self) -> impl Iterator<Item = Kinds> {
        let all = (0..6).map(|bit| Kinds(1 << bit));
        all.filter(move |kind| self.has(*kind))
    }
}

/// What values are like: of these kinds, and all else that it says.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub description: Option<String>,
    pub kinds: Kinds,
    /// the only values, of those kinds
    pub values: Option<Vec<Value>>,
    pub number: NumberRules,
    pub string: StringRules,
    pub array: Option<Box<ArrayRules>>,
    pub object: Option<Box<ObjectRules>>,
    /// the name of a schema that holds too
    pub reference: Option<String>,
    pub all: Vec<Shape>,
    pub any: Option<Vec<Shape>>,
    pub one: Option<Vec<Shape>>,
    pub not: Option<Box<Shape>>,
    pub conditional: Option<Box<Conditional>>,
    /// keywords that say something which is not here
    pub unsaid: Vec<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct NumberRules {
    pub whole: bool,
    pub minimum: Option<Number>,
    pub maximum: Option<Number>,
    pub above: Option<Number>,
    pub below: Option<Number>,
    pub multiple_of: Option<Number>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StringRules {
    pub shortest: Option<u64>,
    pub longest: Option<u64>,
    pub pattern: Option<String>,
    pub format: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ArrayRules {
    pub first: Vec<Shape>,
    pub items: Option<Shape>,
    pub fewest: Option<u64>,
    pub most: Option<u64>,
    pub unique: bool,
    /// what some elements must be like, how many at least and at most
    pub contains: Option<(Shape, u64, Option<u64>)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ObjectRules {
    pub fields: Vec<Field>,
    /// what the values of keys are like that are neither fields nor match a pattern
    pub others: Option<Shape>,
    pub patterns: Vec<(String, Shape)>,
    pub names: Option<Shape>,
    pub fewest: Option<u64>,
    pub most: Option<u64>,
    pub dependent_required: Vec<(String, Vec<String>)>,
    pub dependent: Vec<(String, Shape)>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub key: String,
    pub required: bool,
    pub shape: Shape,
}

#[derive(Clone, Debug)]
pub(super) struct Conditional {
    pub condition: Shape,
    pub yes: Option<Shape>,
    pub no: Option<Shape>,
}

impl Shape {
    /// Values of these kinds, whatever they are.
    pub fn any(kinds: Kinds) -> Shape {
        Shape {
            description: None,
            kinds,
            values: None,
            number: NumberRules::default(),
            string: StringRules::default(),
            array: None,
            object: None,
            reference: None,
            all: Vec::new(),
            any: None,
            one: None,
            not: None,
            conditional: None,
            unsaid: Vec::new(),
        }
    }

    /// Whether it says no more than which kinds there are, and what other schemas say.
    pub fn is_bare(&self) -> bool {
        self.values.is_none() && Kinds::ALL.each().all(|kind| !self.rules(kind))
    }

    /// Whether it says something of values of a kind.
    pub fn rules(&self, kind: Kinds) -> bool {
        let (number, string) = (&self.number, &self.string);
        match kind {
            Kinds::NUMBER => {
                let bounds = [
                    &number.minimum,
                    &number.maximum,
                    &number.above,
                    &number.below,
                    &number.multiple_of,
                ];
                number.whole || bounds.iter().any(|bound| bound.is_some())
            }
            Kinds::STRING => {
                string.shortest.is_some()
                    || string.longest.is_some()
                    || string.pattern.is_some()
                    || string.format.is_some()
            }
            Kinds::ARRAY => self.array.is_some(),
            Kinds::OBJECT => self.object.is_some(),
            _ => false,
        }
    }

    /// The schemas that hold beside what it says itself.
    pub fn has_clauses(&self) -> bool {
        self.reference.is_some() || !self.all.is_empty() || self.any.is_some() || self.one.is_some()
    }
}

impl Shape {
    /// The shapes in it.
    pub fn inside(&self) -> Vec<&Shape> {
        let mut inside: Vec<&Shape> = self.all.iter().collect();
        inside.extend(self.any.iter().flatten());
        inside.extend(self.one.iter().flatten());
        inside.extend(self.not.as_deref());
        if let Some(conditional) = &self.conditional {
            inside.push(&conditional.condition);
            inside.extend(&conditional.yes);
            inside.extend(&conditional.no);
        }
        if let Some(array) = &self.array {
            inside.extend(&array.first);
            inside.extend(&array.items);
            inside.extend(array.contains.iter().map(|(shape, _, _)| shape));
        }
        if let Some(object) = &self.object {
            inside.extend(object.fields.iter().map(|field| &field.shape));
            inside.extend(&object.others);
            inside.extend(&object.names);
            let named = object.patterns.iter().chain(&object.dependent);
            inside.extend(named.map(|(_, shape)| shape));
        }
        inside
    }

    /// The names that it refers to.
    pub fn references(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut waiting = vec![self];
        while let Some(shape) = waiting.pop() {
            names.extend(shape.reference.as_deref());
            waiting.extend(shape.inside());
        }
        names
    }

    /// Whether it says nothing.
    pub fn is_anything(&self) -> bool {
        self.kinds == Kinds::ALL
            && self.is_bare()
            && !self.has_clauses()
            && self.not.is_none()
            && self.conditional.is_none()
            && self.unsaid.is_empty()
    }

    /// Whether it is the schema `false`.
    pub fn is_nothing(&self) -> bool {
        self.kinds == Kinds::NONE
    }
}

/// Puts shapes after those that they refer to, as far as that goes. Gives that order, and the rest: those that refer to
/// themselves by some way, or to one that does.
pub(super) fn in_order(shapes: &[(String, Shape)]) -> (Vec<usize>, Vec<usize>) {
    let places: FxHashMap<&str, usize> = shapes
        .iter()
        .enumerate()
        .map(|(at, (name, _))| (name.as_str(), at))
        .collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); shapes.len()];
    let mut missing = vec![0_usize; shapes.len()];
    for (at, (_, shape)) in shapes.iter().enumerate() {
        let used = shape.references();
        for place in used.into_iter().filter_map(|name| places.get(name)) {
            users[*place].push(at);
            missing[at] += 1;
        }
    }
    let mut ordered: Vec<usize> = (0..shapes.len()).filter(|at| missing[*at] == 0).collect();
    let mut next = 0;
    while let Some(at) = ordered.get(next).copied() {
        next += 1;
        for user in &users[at] {
            missing[*user] -= 1;
            if missing[*user] == 0 {
                ordered.push(*user);
            }
        }
    }
    let rest = (0..shapes.len()).filter(|at| missing[*at] > 0).collect();
    (ordered, rest)
}
