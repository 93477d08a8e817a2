//! Types of values, as annotations.

use super::classes::{Style, class_name};
use super::object::Object;
use super::values::string;
use crate::generate::names::Taken;
use crate::generate::options::Options;
use crate::generate::shape::{Kinds, Shape};
use rustc_hash::{FxHashMap, FxHashSet};

/// Looks at shapes that one contract may take, as what holds together is put together here.
const MAX_LOOKS: u32 = 500_000;
/// Types that may stand in each other where none of them is a class.
const MAX_DEPTH: u32 = 150;

/// Writes the classes of one contract.
pub(super) struct Writer<'c, 'p> {
    pub(super) options: Options,
    pub(super) definitions: FxHashMap<&'c str, &'c Shape>,
    pub(super) taken: &'p mut Taken,
    pub(super) text: String,
    /// definitions that are being written in place
    pub(super) open: Vec<String>,
    /// those that are classes
    pub(super) classes: FxHashSet<&'c str>,
    pub(super) looks: u32,
    pub(super) depth: u32,
}

pub(super) fn unsaid(what: &str) -> String {
    format!("Not said here: {what}.")
}

impl<'c> Writer<'c, '_> {
    /// Counts what is done; false once it is too much.
    pub(super) fn look(&mut self) -> bool {
        self.looks += 1;
        self.looks < MAX_LOOKS
    }

    pub(super) fn resolve(&self, shape: &Shape) -> Option<&'c Shape> {
        let name = shape.reference.as_deref()?;
        self.definitions.get(name).copied()
    }

    /// The kinds of values that there can be. References that come back to the same value are refused with the schema.
    pub(super) fn kinds(&mut self, shape: &Shape, mask: Kinds) -> Kinds {
        let mut kinds = mask.and(shape.kinds);
        if kinds == Kinds::NONE || !self.look() {
            return kinds;
        }
        if let Some(target) = self.resolve(shape) {
            kinds = self.kinds(target, kinds);
        }
        for one in &shape.all {
            kinds = self.kinds(one, kinds);
        }
        for alternatives in [&shape.any, &shape.one].into_iter().flatten() {
            let mut all = Kinds::NONE;
            for one in alternatives {
                all = all.or(self.kinds(one, kinds));
            }
            kinds = all;
        }
        kinds
    }

    /// Keywords beside those of a kind, which are not said.
    pub(super) fn beside(&self, shape: &Shape) -> Vec<String> {
        let not = shape.not.as_ref().map(|_| "not");
        let conditional = shape.conditional.as_ref().map(|_| "if");
        let keywords = not
            .into_iter()
            .chain(conditional)
            .chain(shape.unsaid.iter().copied());
        keywords.map(unsaid).collect()
    }

    /// The type of values of some kinds, for a place that is called `name`.
    pub(super) fn ty(
        &mut self,
        shape: &Shape,
        mask: Kinds,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        // A class may come back to itself by its name; nothing else can.
        let reference = shape
            .reference
            .clone()
            .filter(|name| !self.classes.contains(name.as_str()));
        if reference
            .as_ref()
            .is_some_and(|name| self.open.contains(name))
        {
            notes.push(unsaid("what comes back to itself here"));
            return "Any".to_owned();
        }
        self.depth += 1;
        let before = self.open.len();
        self.open.extend(reference);
        let ty = self.ty_inside(shape, mask, name, style, notes);
        self.open.truncate(before);
        self.depth -= 1;
        ty
    }

    fn ty_inside(
        &mut self,
        shape: &Shape,
        mask: Kinds,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        if !self.look() || self.depth > MAX_DEPTH {
            notes.push(unsaid("the type, as there is too much of it"));
            return "Any".to_owned();
        }
        let kinds = self.kinds(shape, mask);
        if kinds == Kinds::NONE {
            notes.push("There is no value that fits.".to_owned());
            return "Any".to_owned();
        }
        let all = self.conjuncts(shape);
        if all.iter().all(|one| one.is_bare_of_all()) && kinds == Kinds::ALL {
            return "Any".to_owned();
        }
        for one in &all {
            notes.extend(self.beside(one));
        }
        if let Some(values) = all.iter().find_map(|one| one.values.as_ref()) {
            return self.values(values, kinds, style, notes);
        }
        let mut parts = Vec::new();
        for kind in kinds.each() {
            let part = self.part(shape, &all, kind, name, style, notes);
            for part in part {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        if self.options.exact
            && style == Style::Struct
            && kinds.has(Kinds::STRING.or(Kinds::NUMBER))
        {
            let whole = all.iter().any(|one| one.number.whole);
            if !whole {
                notes.push(unsaid(
                    "the type, as msgspec does not tell a Decimal from a string",
                ));
                return "Any".to_owned();
            }
        }
        // None comes last, as people write it.
        if let Some(at) = parts.iter().position(|part| part == "None") {
            let none = parts.remove(at);
            parts.push(none);
        }
        match parts.iter().any(|part| part == "Any") {
            true => "Any".to_owned(),
            false => parts.join(" | "),
        }
    }

    /// A shape and all that holds with it.
    fn conjuncts(&mut self, shape: &Shape) -> Vec<Shape> {
        let mut all = Vec::new();
        let mut waiting = vec![shape.clone()];
        while let Some(mut one) = waiting.pop() {
            if !self.look() {
                break;
            }
            waiting.extend(self.resolve(&one).cloned());
            waiting.append(&mut one.all);
            one.reference = None;
            all.push(one);
        }
        all
    }

    /// Types of the values of one kind.
    fn part(
        &mut self,
        shape: &Shape,
        all: &[Shape],
        kind: Kinds,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> Vec<String> {
        match kind {
            Kinds::NULL => return vec!["None".to_owned()],
            Kinds::BOOLEAN => return vec!["bool".to_owned()],
            Kinds::OBJECT => return self.class(shape, name, style, notes),
            _ => {}
        }
        let mut alternatives = Vec::new();
        for one in all {
            if one.rules(kind) {
                return vec![self.plain(all, kind, name, style, notes)];
            }
            for group in [&one.any, &one.one].into_iter().flatten() {
                let mut found = Vec::new();
                for one in group {
                    if self.kinds(one, kind) == kind {
                        found.push(one.clone());
                    }
                }
                alternatives.push(found);
            }
        }
        match &alternatives[..] {
            [found] if found.len() == 1 || style == Style::Dict => {
                let mut types = Vec::new();
                for one in found {
                    types.push(self.ty(one, kind, name, style, notes));
                }
                types.sort();
                types.dedup();
                types
            }
            _ => {
                let mut beside = Vec::new();
                let mut types = Vec::new();
                for one in alternatives.iter().flatten() {
                    types.push(self.ty(one, kind, name, style, &mut beside));
                }
                types.sort();
                types.dedup();
                match types.len() {
                    1 => types,
                    0 => vec![self.plain(all, kind, name, style, notes)],
                    _ => {
                        notes.push(unsaid("what tells the alternatives apart"));
                        vec![self.plain(&[Shape::any(kind)], kind, name, style, notes)]
                    }
                }
            }
        }
    }

    /// Objects of a place: its class, which is written if it is not there, or a dict.
    fn class(
        &mut self,
        shape: &Shape,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> Vec<String> {
        // What only refers to a class is that.
        let is_reference = shape.is_bare()
            && shape.all.is_empty()
            && shape.any.is_none()
            && shape.one.is_none()
            && shape.reference.is_some();
        if let (true, Some(reference)) = (is_reference, shape.reference.as_deref()) {
            if self.classes.contains(reference) {
                return vec![class_name(reference, style)];
            }
            if let Some(target) = self.resolve(shape) {
                return self.class(target, name, style, notes);
            }
        }
        let object = self.object(shape);
        if !object.is_class() {
            return vec![self.dict(&object, name, style, notes)];
        }
        let class = self.taken.take(class_name(name, style));
        self.write(
            &class,
            &object,
            shape.description.iter().cloned().collect(),
            style,
        );
        vec![class]
    }

    pub(super) fn dict(
        &mut self,
        object: &Object,
        name: &str,
        style: Style,
        notes: &mut Vec<String>,
    ) -> String {
        notes.extend(object.notes.iter().cloned());
        let value = match &object.others {
            Some(others) => self.ty(others, Kinds::ALL, &format!("{name}Value"), style, notes),
            None => "Any".to_owned(),
        };
        let key = match &object.names {
            Some(names) if style == Style::Struct => {
                string(std::slice::from_ref(names), style, notes)
            }
            _ => "str".to_owned(),
        };
        // A key that is a date would be none of JSON.
        let key = if key.contains("str") {
            key
        } else {
            "str".to_owned()
        };
        format!("dict[{key}, {value}]")
    }
}

impl Shape {
    /// Whether it says nothing but through what refers to others.
    fn is_bare_of_all(&self) -> bool {
        self.kinds == Kinds::ALL && self.is_bare() && self.any.is_none() && self.one.is_none()
    }
}
