//! The life of an entity, told by its events: what it was after each of them.
//!
//! Events tell what they changed, so a state has two sources. Going forward, it is what events
//! until then have told. Where that is nothing, because the entity is older than its first event
//! or its creation carries no values, it is what later events call the old value, as long as
//! nothing lies between. So a state shows every field that the log can know at that time, and
//! never a later value.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::event::{Changes, Effect, Event};
use super::names::ColumnChange;
use jsonb::grow::{List, Map, OutOfMemory};
use jsonb::{Object, Value};

/// An entity's fields, in no order.
pub type Document<'a> = Map<&'a [u8], Value<'a>>;

/// An event, or something that happened to a column, by its place in its list.
#[derive(Clone, Copy)]
enum Step {
    Event(usize),
    Column(usize),
}

/// A life.
pub struct Life<'a> {
    events: &'a [Event<'a>],
    columns: &'a [ColumnChange],
    steps: List<Step>,
    /// what later events tell of the fields at the start
    first: Document<'a>,
    /// the same after each step that makes fields unknown
    later: Map<usize, Document<'a>>,
    /// whether it was there at the start
    existed: bool,
    /// what the column that marks a row as deleted was called at the start
    deleted: Option<&'a str>,
}

/// A point in a life.
struct Point<'a> {
    fields: Document<'a>,
    exists: bool,
    deleted: Option<&'a str>,
}

impl<'a> Point<'a> {
    /// The state: none where the entity does not exist. A row may have come with the mark of a
    /// soft delete, which no event tells but by its value.
    fn state(&self) -> Option<&Document<'a>> {
        let mark = self
            .deleted
            .and_then(|name| self.fields.get(name.as_bytes()));
        let marked = mark.is_some_and(|mark| !matches!(mark, Value::Null | Value::Bool(false)));
        (self.exists && !marked).then_some(&self.fields)
    }
}

impl<'a> Life<'a> {
    /// Reads a life: its events in their order, and what happened to columns in order of time.
    /// `deleted` is the present name of the column that marks a row as deleted, if there is one.
    pub fn read(
        events: &'a [Event<'a>],
        columns: &'a [ColumnChange],
        deleted: Option<&'a str>,
    ) -> Result<Self, OutOfMemory> {
        let mut steps = List::with_capacity(events.len() + columns.len())?;
        let mut next = 0;
        for (i, event) in events.iter().enumerate() {
            // An event that was recorded at the very time of the change has the new names.
            while columns.get(next).is_some_and(|c| c.at <= event.at) {
                steps.push(Step::Column(next))?;
                next += 1;
            }
            steps.push(Step::Event(i))?;
        }
        for column in next..columns.len() {
            steps.push(Step::Column(column))?;
        }
        let mut life = Life {
            events,
            columns,
            steps,
            first: Document::new(),
            later: Map::new(),
            existed: existed(events),
            deleted: None,
        };
        life.look_back(deleted)?;
        Ok(life)
    }

    /// Goes back from the end and notes what the events tell of what was before them.
    fn look_back(&mut self, mut deleted: Option<&'a str>) -> Result<(), OutOfMemory> {
        let (events, columns) = (self.events, self.columns);
        let mut known = Document::new();
        for (place, step) in self.steps.iter().enumerate().rev() {
            match *step {
                Step::Column(i) => {
                    let change = &columns[i];
                    if deleted.is_some() && deleted == change.new_name.as_deref() {
                        deleted = Some(&change.column);
                    }
                    if change.anew {
                        self.later.insert(place, Map::copy_of(&known)?)?;
                    }
                    let value = known.remove(
                        change
                            .new_name
                            .as_ref()
                            .map_or_else(|| change.column.as_bytes(), |name| name.as_bytes()),
                    );
                    if let (Some(value), true) = (value, change.new_name.is_some()) {
                        known.insert(change.column.as_bytes(), value)?;
                    }
                }
                Step::Event(i) => match events[i].effect() {
                    Effect::Nothing => {}
                    Effect::Changed(changes) => revert(&mut known, changes)?,
                    Effect::Came { changes: None, .. } => {
                        self.later.insert(place, std::mem::take(&mut known))?;
                    }
                    Effect::Went {
                        values,
                        changes: None,
                    } => {
                        known.clear();
                        overlay(&mut known, values)?;
                    }
                    Effect::Came {
                        values,
                        changes: Some(changes),
                    }
                    | Effect::Went {
                        values,
                        changes: Some(changes),
                    } => {
                        // The values after a revival, or before a soft delete: the same as on the
                        // other side of it but for the changes.
                        overlay(&mut known, values)?;
                        revert(&mut known, changes)?;
                    }
                },
            }
        }
        self.deleted = deleted;
        self.first = known;
        Ok(())
    }

    fn start(&self) -> Result<Point<'a>, OutOfMemory> {
        Ok(Point {
            fields: Map::copy_of(&self.first)?,
            exists: self.existed,
            deleted: self.deleted,
        })
    }

    fn advance(&self, point: &mut Point<'a>, place: usize) -> Result<(), OutOfMemory> {
        match self.steps[place] {
            Step::Column(i) => {
                let change = &self.columns[i];
                if let (Some(name), true) = (
                    &change.new_name,
                    point.deleted == Some(change.column.as_str()),
                ) {
                    point.deleted = Some(name);
                }
                let value = point.fields.remove(change.column.as_bytes());
                if let (Some(value), Some(name)) = (value, &change.new_name) {
                    point.fields.insert(name.as_bytes(), value)?;
                }
            }
            Step::Event(i) => match self.events[i].effect() {
                Effect::Nothing => {}
                Effect::Changed(changes) => apply(&mut point.fields, changes)?,
                Effect::Came { values, changes } => {
                    match changes {
                        Some(changes) => apply(&mut point.fields, changes)?,
                        None => point.fields.clear(),
                    }
                    overlay(&mut point.fields, values)?;
                    point.exists = true;
                }
                Effect::Went { changes, .. } => {
                    match changes {
                        Some(changes) => apply(&mut point.fields, changes)?,
                        None => point.fields.clear(),
                    }
                    point.exists = false;
                }
            },
        }
        for (field, value) in self.later.get(&place).iter().flat_map(|later| later.iter()) {
            point.fields.get_or_insert_with(*field, || *value)?;
        }
        Ok(())
    }

    /// Shows `f` the state after each event; none where the entity does not exist.
    pub fn each(&self, mut f: impl FnMut(usize, Option<&Document<'a>>)) -> Result<(), OutOfMemory> {
        let mut point = self.start()?;
        for (place, step) in self.steps.iter().enumerate() {
            self.advance(&mut point, place)?;
            if let Step::Event(i) = step {
                f(*i, point.state());
            }
        }
        Ok(())
    }

    /// The state at a time: after the last event that was recorded until then, and all before it.
    /// Before its first event an entity is known from the time on at which its tracking began.
    pub fn at(
        &self,
        as_of: i64,
        tracked_since: Option<i64>,
    ) -> Result<Option<Document<'a>>, OutOfMemory> {
        let last = self.events.iter().rposition(|event| event.at <= as_of);
        if last.is_none() && tracked_since.is_none_or(|since| as_of < since) {
            return Ok(None);
        }
        let is_last = |step: &Step| matches!(step, Step::Event(i) if Some(*i) == last);
        let mut end = self.steps.iter().position(is_last).map_or(0, |p| p + 1);
        while let Some(Step::Column(i)) = self.steps.get(end)
            && self.columns[*i].at <= as_of
        {
            end += 1;
        }
        let mut point = self.start()?;
        for place in 0..end {
            self.advance(&mut point, place)?;
        }
        point.state().map(Map::copy_of).transpose()
    }
}

/// Whether an entity was there before its first event: the first that tells of coming or going
/// decides, and where none does, whatever changed was there.
fn existed(events: &[Event<'_>]) -> bool {
    let mut changed = false;
    for event in events {
        match event.effect() {
            Effect::Came { .. } => return false,
            Effect::Went { .. } => return true,
            Effect::Changed(_) => changed = true,
            Effect::Nothing => {}
        }
    }
    changed
}

fn apply<'a>(fields: &mut Document<'a>, changes: Changes<'a>) -> Result<(), OutOfMemory> {
    changes.each(|field, _, new| set(fields, field, new))
}

fn revert<'a>(fields: &mut Document<'a>, changes: Changes<'a>) -> Result<(), OutOfMemory> {
    changes.each(|field, old, _| set(fields, field, old))
}

fn set<'a>(
    fields: &mut Document<'a>,
    field: &'a [u8],
    value: Option<Value<'a>>,
) -> Result<(), OutOfMemory> {
    match value {
        Some(value) => fields.insert(field, value)?,
        None => _ = fields.remove(field),
    }
    Ok(())
}

fn overlay<'a>(fields: &mut Document<'a>, values: Option<Object<'a>>) -> Result<(), OutOfMemory> {
    for (field, value) in values.iter().flat_map(Object::iter) {
        fields.insert(field, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
