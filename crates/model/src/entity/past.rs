//! A row with a past, for tests: random changes of it and of its table's columns, the events that
//! capture writes of them, and what was true at each time.

use super::event::{Event, EventKind};
use super::names::ColumnChange;
use jsonb::{Builder, Jsonb};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// A row; its columns by number, as they keep that through renames.
pub type Row = BTreeMap<usize, Json>;

/// Column numbers that are always there.
const STATE: usize = 0;
const DELETED: usize = 1;

/// What was true at a time.
#[derive(Clone)]
pub struct Truth {
    /// the time
    pub at: i64,
    /// events until then
    pub events: usize,
    /// names of the columns
    pub names: BTreeMap<usize, String>,
    /// the row, if it was there
    pub row: Option<Row>,
}

/// An event with the memory of its payload.
pub struct Written {
    kind: EventKind,
    at: i64,
    payload: Vec<u8>,
    field: String,
}

/// The past.
pub struct Past {
    /// what events say
    pub written: Vec<Written>,
    /// what the catalogue says
    pub columns: Vec<ColumnChange>,
    /// what was true after each step
    pub truths: Vec<Truth>,
    names: BTreeMap<usize, String>,
    row: Option<Row>,
    carry: bool,
    now: i64,
    next: usize,
    random: u64,
}

impl Truth {
    /// The row by its columns' names at the time, as a state shows it: a softly deleted one is none.
    pub fn state(&self) -> Option<BTreeMap<&str, &Json>> {
        let row = self.row.as_ref().filter(|row| row[&DELETED].is_null())?;
        let named = row.iter().map(|(c, v)| (self.names[c].as_str(), v));
        Some(named.collect())
    }
}

/// Container bytes of a document.
pub fn build(json: &Json) -> Vec<u8> {
    let mut b = Builder::new();
    b.json(json);
    b.finish().unwrap().into()
}

impl Past {
    /// As many random steps from this seed. Columns change only if `columns` says so.
    pub fn random(seed: u64, steps: usize, carry: bool, columns: bool) -> Past {
        let names = [
            (STATE, "status"),
            (DELETED, "deleted_at"),
            (2, "a"),
            (3, "b"),
        ];
        let mut past = Past {
            written: Vec::new(),
            columns: Vec::new(),
            truths: Vec::new(),
            names: names.map(|(c, n)| (c, n.to_owned())).into(),
            row: None,
            carry,
            now: 0,
            next: 4,
            random: seed | 1,
        };
        for _ in 0..steps {
            past.now += 1;
            let kinds = if columns { 14 } else { 10 };
            match past.pick(kinds) {
                0 => past.write(
                    EventKind::Other,
                    json!({"changes": {"a": {"old": 1, "new": 2}}}),
                ),
                1 => past.erase(),
                10 => past.rename(),
                11 => past.drop_column(),
                12 => past.add_column(),
                13 => past.rewrite(),
                _ if past.row.is_none() => past.insert(),
                2 | 3 => past.toggle(),
                4 | 5 => past.update(true),
                _ => past.update(false),
            }
            past.truths.push(Truth {
                at: past.now,
                events: past.written.len(),
                names: past.names.clone(),
                row: past.row.clone(),
            });
        }
        past
    }

    /// The events from one on.
    pub fn events(&self, from: usize) -> Vec<Event<'_>> {
        let event = |w: &'_ Written| (w.kind, w.at);
        self.written[from..]
            .iter()
            .map(|w| Event {
                kind: event(w).0,
                at: event(w).1,
                payload: Jsonb::new(&w.payload).unwrap().root().as_object(),
                field: w.field.as_bytes(),
            })
            .collect()
    }

    fn pick(&mut self, below: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        ((self.random >> 33) as usize) % below
    }

    fn value(&mut self) -> Json {
        match self.pick(5) {
            0 => Json::Null,
            1 => json!("text"),
            n => json!(n + self.pick(50) * 10),
        }
    }

    fn write(&mut self, kind: EventKind, payload: Json) {
        self.written.push(Written {
            kind,
            at: self.now,
            payload: build(&payload),
            field: self.names[&STATE].clone(),
        });
    }

    fn named(&self, row: &Row) -> Json {
        let pairs = row.iter().map(|(c, v)| (self.names[c].clone(), v.clone()));
        Json::Object(pairs.collect())
    }

    fn changes(&self, old: &Row, new: &Row, columns: impl Fn(usize) -> bool) -> Map<String, Json> {
        let changed = new.iter().filter(|(c, v)| columns(**c) && old[c] != **v);
        changed
            .map(|(c, v)| (self.names[c].clone(), json!({"old": old[c], "new": v})))
            .collect()
    }

    fn insert(&mut self) {
        let columns: Vec<usize> = self.names.keys().copied().collect();
        let mut row: Row = columns.iter().map(|c| (*c, self.value())).collect();
        // Some come softly deleted, as copies of others do; without values no event tells.
        let mark = if self.carry && self.pick(8) == 0 {
            json!("then")
        } else {
            Json::Null
        };
        row.insert(DELETED, mark);
        let payload = match self.carry {
            true => json!({"initial_values": self.named(&row)}),
            false => json!({}),
        };
        self.row = Some(row);
        self.write(EventKind::Created, payload);
    }

    fn erase(&mut self) {
        if let Some(row) = self.row.take() {
            let payload = match self.carry {
                true => json!({"final_values": self.named(&row)}),
                false => json!({}),
            };
            self.write(EventKind::Deleted, payload);
        }
    }

    fn changed(&mut self) -> (Row, Row) {
        let old = self.row.clone().unwrap();
        let mut new = old.clone();
        let columns: Vec<usize> = old.keys().copied().filter(|c| *c > DELETED).collect();
        for column in columns {
            if self.pick(2) == 0 {
                let value = self.value();
                new.insert(column, value);
            }
        }
        self.row = Some(new.clone());
        (old, new)
    }

    fn update(&mut self, state: bool) {
        let (old, mut new) = self.changed();
        if state {
            new.insert(STATE, self.value());
            self.row = Some(new.clone());
        }
        let changes = self.changes(&old, &new, |c| c != STATE);
        if !changes.is_empty() {
            self.write(EventKind::Updated, json!({"changes": changes}));
        }
        if old[&STATE] != new[&STATE] {
            let state = json!({"old": old[&STATE], "new": new[&STATE]});
            self.write(EventKind::StateChanged, json!({"state": state}));
        }
    }

    /// A soft delete, or a revival.
    fn toggle(&mut self) {
        let (old, mut new) = self.changed();
        let deleted = !old[&DELETED].is_null();
        let mark = if deleted { Json::Null } else { json!("now") };
        new.insert(DELETED, mark);
        let changes = self.changes(&old, &new, |_| true);
        let (kind, key, values) = match deleted {
            true => (EventKind::Created, "initial_values", &new),
            false => (EventKind::Deleted, "final_values", &old),
        };
        let mut payload = json!({"changes": changes});
        if self.carry {
            payload[key] = self.named(values);
        }
        self.row = Some(new);
        self.write(kind, payload);
    }

    fn column(&mut self) -> Option<usize> {
        let columns: Vec<usize> = self
            .names
            .keys()
            .copied()
            .filter(|c| *c > DELETED)
            .collect();
        (!columns.is_empty()).then(|| columns[self.pick(columns.len())])
    }

    fn free_name(&mut self) -> String {
        loop {
            let name = ["a", "b", "c", "d", "e", "f", "g", "h"][self.pick(8)].to_owned();
            if self.names.len() >= 8 || !self.names.values().any(|n| *n == name) {
                return name;
            }
        }
    }

    fn note(&mut self, column: usize, new_name: Option<String>, anew: bool) {
        self.columns.push(ColumnChange {
            at: self.now,
            column: self.names[&column].clone(),
            new_name,
            anew,
        });
    }

    fn rename(&mut self) {
        let column = match self.pick(4) {
            0 => Some(STATE),
            _ => self.column(),
        };
        if let (Some(column), true) = (column, self.names.len() < 7) {
            let name = self.free_name();
            self.note(column, Some(name.clone()), false);
            self.names.insert(column, name);
        }
    }

    fn drop_column(&mut self) {
        if let Some(column) = self.column() {
            self.note(column, None, false);
            self.names.remove(&column);
            if let Some(row) = &mut self.row {
                row.remove(&column);
            }
        }
    }

    fn add_column(&mut self) {
        if self.names.len() < 7 {
            let (column, name, value) = (self.next, self.free_name(), self.value());
            self.next += 1;
            self.names.insert(column, name);
            self.note(column, None, true);
            if let Some(row) = &mut self.row {
                row.insert(column, value);
            }
        }
    }

    /// By ALTER COLUMN TYPE with USING.
    fn rewrite(&mut self) {
        if let Some(column) = self.column() {
            self.note(column, None, true);
            let value = self.value();
            if let Some(row) = &mut self.row {
                row.insert(column, value);
            }
        }
    }
}
