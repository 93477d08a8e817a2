//! Objects, of which several schemas may say something together.

use super::types::{Writer, unsaid};
use crate::generate::shape::{Field, Kinds, Shape};

/// An object: what all that holds for it says of its keys.
#[derive(Clone, Default)]
pub(super) struct Object {
    pub(super) fields: Vec<Field>,
    pub(super) is_closed: bool,
    /// what the values of other keys are like
    pub(super) others: Option<Shape>,
    pub(super) names: Option<Shape>,
    pub(super) notes: Vec<String>,
}

impl Writer<'_, '_> {
    /// What all that holds says of an object.
    pub(super) fn object(&mut self, shape: &Shape) -> Object {
        let mut object = Object::default();
        if !self.look() {
            object
                .notes
                .push(unsaid("more, as there is too much of it"));
            return object;
        }
        if let Some(rules) = &shape.object {
            object.fields.clone_from(&rules.fields);
            let by_pattern = !rules.patterns.is_empty();
            match &rules.others {
                Some(others) if others.is_nothing() && !by_pattern => object.is_closed = true,
                Some(others) if !by_pattern => object.others = Some(others.clone()),
                _ => {}
            }
            object.names.clone_from(&rules.names);
            for (keyword, is_there) in [
                ("patternProperties", by_pattern),
                ("minProperties", rules.fewest.is_some()),
                ("maxProperties", rules.most.is_some()),
                ("dependentRequired", !rules.dependent_required.is_empty()),
                ("dependentSchemas", !rules.dependent.is_empty()),
            ] {
                if is_there {
                    object.notes.push(unsaid(keyword));
                }
            }
        }
        object.notes.extend(self.beside(shape));
        if let Some(values) = &shape.values {
            object
                .notes
                .push(unsaid(&format!("which {} values there are", values.len())));
        }
        if let Some(target) = self.resolve(shape) {
            let target = self.object(target);
            object.and(target);
        }
        for one in &shape.all {
            let one = self.object(one);
            object.and(one);
        }
        for (keyword, alternatives) in [("anyOf", &shape.any), ("oneOf", &shape.one)] {
            let Some(alternatives) = alternatives else {
                continue;
            };
            let mut all = Vec::new();
            for one in alternatives {
                if self.kinds(one, Kinds::OBJECT) == Kinds::OBJECT {
                    all.push(self.object(one));
                }
            }
            if all.len() > 1 {
                object.notes.push(unsaid(&format!(
                    "{keyword}, whose alternatives are here together"
                )));
            }
            object.and(Object::any(all));
        }
        object
    }
}

impl Object {
    /// Whether it needs a class: a dict says as much of one without fields, unless it takes no others.
    pub(super) fn is_class(&self) -> bool {
        self.is_closed || !self.fields.is_empty()
    }

    /// Both hold.
    fn and(&mut self, other: Object) {
        for field in other.fields {
            match self.fields.iter_mut().find(|known| known.key == field.key) {
                None => self.fields.push(field),
                Some(known) => {
                    known.required |= field.required;
                    if known.shape.is_anything() {
                        known.shape = field.shape;
                    } else if !field.shape.is_anything() {
                        let mut both = Shape::any(Kinds::ALL);
                        both.description.clone_from(&known.shape.description);
                        both.all = vec![known.shape.clone(), field.shape];
                        known.shape = both;
                    }
                }
            }
        }
        self.fields.sort_by(|a, b| a.key.cmp(&b.key));
        // What is closed for one may have keys that the other names: both are asked, so none of those passes.
        self.is_closed |= other.is_closed;
        self.others = self.others.take().or(other.others);
        self.names = self.names.take().or(other.names);
        self.notes.extend(other.notes);
    }

    /// One of them holds.
    fn any(all: Vec<Object>) -> Object {
        let mut any = Object {
            is_closed: !all.is_empty() && all.iter().all(|one| one.is_closed),
            ..Object::default()
        };
        let mut keys: Vec<&str> = Vec::new();
        for one in &all {
            for field in &one.fields {
                if !keys.contains(&field.key.as_str()) {
                    keys.push(&field.key);
                }
            }
        }
        for key in keys {
            let mut shapes = Vec::new();
            let (mut required, mut is_anything) = (true, false);
            for one in &all {
                match one.fields.iter().find(|field| field.key == key) {
                    Some(field) => {
                        required &= field.required;
                        is_anything |= field.shape.is_anything();
                        shapes.push(field.shape.clone());
                    }
                    // There it may be whatever it likes, or may not be at all.
                    None => {
                        required = false;
                        is_anything |= !one.is_closed;
                    }
                }
            }
            let mut shape = Shape::any(Kinds::ALL);
            match shapes.len() {
                _ if is_anything => {}
                1 => shape = shapes.remove(0),
                _ => shape.any = Some(shapes),
            }
            any.fields.push(Field {
                key: key.to_owned(),
                required,
                shape,
            });
        }
        let notes = all.into_iter().flat_map(|one| one.notes);
        any.notes.extend(notes);
        any
    }
}
