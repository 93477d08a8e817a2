//! Rows as they were: what `table_as_of` calls for each row and each key.
//!
//! A value of the past may be one that the column's type takes no more: a label that is gone, a
//! number that is too large, a check that came later. It is unknown then, and counted.
//!
//! Reading a value can run code: the checks of domains. Whoever reads a table has not chosen them,
//! so they run as the domain's owner.

use super::tally;
use crate::error::Error;
use crate::pg::fcall::{Call, Ret};
use crate::pg::input;
use crate::pg::jsonb::{BuildError, Builder, Jsonb, List, Object, Value};
use crate::pg::memory::{self, Memory};
use crate::pg::record::{Fields, Reader, RowType};
use crate::pg::relation::Attribute;
use crate::pg::spi::{self, Value as Bound};
use crate::pg::types;
use crate::pg::user::{self, Pins, RoleId};
use crate::pg::value::ValueType;
use model::tenant::TenantType;
use pgrx::pg_sys::Oid;

/// What `_past_row` keeps for the rows of a statement.
struct Past {
    row: RowType,
    key: Vec<String>,
    tenant: Option<String>,
    blind: Vec<String>,
    readers: Vec<(Option<RoleId>, Reader)>,
}

/// `eventlog._past_row(row, undone, keys, tenant_column, blind, reading)`: a row as it was, from
/// the one that is there, if any, and what `_undo` says. Null for a row whose key cannot be read.
pub fn past_row(call: &Call<'_>) -> Ret {
    let reading = call.long(5).unwrap_or_default();
    let undone = call.jsonb(1).map(|u| {
        u.read()
            .unwrap_or_else(|_| Error::internal("a document is damaged").raise())
    });
    let undone = undone.as_ref().and_then(|u| u.root().as_object());
    call.with_kept(|| Past::new(call), |past| past.make(call, undone, reading))
}

impl Past {
    fn new(call: &Call<'_>) -> Past {
        let row = row_type(call, 0);
        let names = |i| -> Vec<String> {
            let names = call.text_array(i).unwrap_or_default();
            names.into_iter().flatten().collect()
        };
        let blind = names(4);
        let readable = row
            .columns
            .iter()
            .filter(|c| !c.is_virtual && !blind.contains(&c.name));
        let mut readers: Vec<(Option<RoleId>, Vec<Attribute>)> = Vec::new();
        let judges = judges(row.relation);
        for column in readable {
            let judge = judge_of(&judges, column, &row);
            match readers.iter_mut().find(|(role, _)| *role == judge) {
                Some((_, columns)) => columns.push(column.clone()),
                None => readers.push((judge, vec![column.clone()])),
            }
        }
        Past {
            key: names(2),
            tenant: call.string(3),
            blind,
            readers: readers
                .into_iter()
                .map(|(role, columns)| (role, Reader::new(call, columns)))
                .collect(),
            row,
        }
    }

    fn make(&mut self, call: &Call<'_>, undone: Option<Object<'_>>, reading: i64) -> Ret {
        let part = |key| undone.and_then(|u| u.get(key)?.as_object());
        let text = |key| undone.and_then(|u| u.get(key)?.as_bytes());
        let was = self.row.fields(call, 0);
        let is_new = was.is_none();
        let mut fields = was.unwrap_or_else(|| self.row.empty(call.memory()));
        let key = match is_new {
            true => key_document(&self.key, &self.row.columns, text("id").unwrap_or_default()),
            false => None,
        };
        let key = key.as_deref().map(|k| Jsonb::new(k).map(|k| k.root()));
        let key = key.and_then(|k| k.ok()?.as_object());
        let (values, lost) = (part("values"), part("lost"));
        let tenant = text("tenant").filter(|_| is_new);
        let tenant_column = self.tenant.as_deref();
        let said = |name: &str| {
            let told = values.and_then(|v| v.get(name));
            let told = told.or_else(|| key.and_then(|k| k.get(name)));
            told.or_else(|| {
                let tenant = tenant.filter(|_| tenant_column == Some(name));
                tenant.map(Value::String)
            })
        };
        for column in &self.row.columns {
            let is_lost = lost.is_some_and(|l| l.contains_key(column.name.as_bytes()));
            if is_lost && !self.blind.contains(&column.name) {
                tally::count(reading, &column.name);
            }
            if is_lost || self.blind.contains(&column.name) || said(&column.name).is_some() {
                fields.clear(column.number);
            }
        }
        let columns = &self.row.columns;
        let mut whole = true;
        for (judge, reader) in &mut self.readers {
            // Null is null in every type, and no document says more.
            let known: Vec<(&str, Value<'_>)> = columns
                .iter()
                .filter(|c| reader.reads(c.name.as_bytes()))
                .filter_map(|c| Some((c.name.as_str(), said(&c.name)?)))
                .filter(|(_, value)| !matches!(value, Value::Null))
                .collect();
            if known.is_empty() || read(*judge, reader, &known, &mut fields) {
                continue;
            }
            for pair in known {
                if !read(*judge, reader, &[pair], &mut fields) {
                    let in_key = is_new && self.key.iter().any(|k| k == pair.0);
                    whole &= !in_key;
                    tally::count(reading, if in_key { tally::ROWS } else { pair.0 });
                }
            }
        }
        // Without its key, nobody could tell whose past it is.
        let row = fields.row();
        let has_key = !is_new
            || columns
                .iter()
                .filter(|c| self.key.contains(&c.name))
                .all(|c| row.datum(c.number).is_some());
        if !has_key {
            if whole {
                tally::count(reading, tally::ROWS);
            }
            return Ret::Null;
        }
        call.value(self.row.form(&fields))
    }
}

/// Reads these values into a row, all of them or none.
fn read(
    judge: Option<RoleId>,
    reader: &mut Reader,
    pairs: &[(&str, Value<'_>)],
    fields: &mut Fields<'_>,
) -> bool {
    let mut document = Builder::new();
    document.begin_object();
    for (name, value) in pairs {
        document.pair(name, *value);
    }
    document.end();
    let Ok(document) = document.finish() else {
        return false;
    };
    match judge {
        None => reader.read(&document, fields),
        Some(role) => user::as_role(role, || reader.read(&document, fields)),
    }
}

/// The row type that a call is about.
fn row_type(call: &Call<'_>, i: usize) -> RowType {
    RowType::of_argument(call, i).unwrap_or_else(|| {
        Error::argument_hint(
            "the argument is not of the row type of a table",
            "Name the table by a null of its type: null::campaigns.",
        )
        .raise()
    })
}

/// Which columns run checks of domains when they are read, and whose those domains are.
fn judges(relation: Oid) -> Vec<(String, RoleId)> {
    let found = spi::query(
        "with recursive part (name, kind) as ( \
            select a.attname, a.atttypid from pg_catalog.pg_attribute a \
            where a.attrelid operator(pg_catalog.=) $1 and a.attnum operator(pg_catalog.>) 0 \
                and not a.attisdropped \
            union \
            select p.name, within.kind \
            from part p \
            join pg_catalog.pg_type t on t.oid operator(pg_catalog.=) p.kind \
            cross join lateral ( \
                select t.typbasetype where t.typtype operator(pg_catalog.=) 'd' \
                union all select t.typelem where t.typelem operator(pg_catalog.<>) 0 \
                union all \
                select a.atttypid from pg_catalog.pg_attribute a \
                where a.attrelid operator(pg_catalog.=) t.typrelid \
                    and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped \
                union all \
                select r.rngsubtype from pg_catalog.pg_range r \
                where r.rngtypid operator(pg_catalog.=) t.oid \
                    or r.rngmultitypid operator(pg_catalog.=) t.oid \
            ) within (kind) \
        ) \
        select distinct p.name::pg_catalog.text, t.typowner \
        from part p \
        join pg_catalog.pg_constraint k on k.contypid operator(pg_catalog.=) p.kind \
            and k.contype operator(pg_catalog.=) 'c' \
        join pg_catalog.pg_type t on t.oid operator(pg_catalog.=) p.kind",
        &[Bound::Oid(relation)],
        |row| Some((row.string(1)?, RoleId::of_column(&row, 2)?)),
    );
    found.into_iter().flatten().collect()
}

/// As whom a column is read; none is the caller, whom a superuser's checks are asked for by.
fn judge_of(judges: &[(String, RoleId)], column: &Attribute, row: &RowType) -> Option<RoleId> {
    let mut own = judges
        .iter()
        .filter(|(name, role)| *name == column.name && !user::is_superuser(*role));
    let (_, judge) = own.next()?;
    if own.next().is_some() {
        Error::NotAllowed {
            message: format!(
                "column \"{}\" of table \"{}\" has a type with checks of several owners",
                column.name,
                crate::pg::relation::display(row.relation)
            ),
            hint: "Its past values would have to be read as one of them. Give its domains to one \
                   role, or leave the column out with track_changes(..., ignore => ...)."
                .to_owned(),
        }
        .raise();
    }
    Some(*judge)
}

/// The primary key that an entity's id tells, as an object; none where it tells none.
fn key_document(key: &[String], columns: &[Attribute], id: &[u8]) -> Option<List<u8>> {
    let mut document = Builder::new();
    document.begin_object();
    if let [name] = key {
        let column = columns.iter().find(|c| c.name == *name)?;
        // The text of an array, a row or a document is its JSON.
        let is_json = ValueType::of_column(column).is_json();
        if !is_json || parsed(id, |value| _ = document.pair(name, value)).is_none() {
            document.pair(name, Value::String(id));
        }
    } else {
        parsed(id, |value| {
            let parts = value.as_array().into_iter().flat_map(|a| a.iter());
            for (name, part) in key.iter().zip(parts) {
                document.pair(name, part);
            }
        })?;
    }
    document.end();
    document.finish().ok()
}

fn parsed(text: &[u8], f: impl FnOnce(Value<'_>)) -> Option<()> {
    memory::current(|memory| {
        f(input::jsonb(text, memory)?.read().ok()?.root());
        Some(())
    })
}

/// What the functions about keys keep.
struct Keys {
    row: RowType,
    names: Vec<String>,
    /// the key's columns, in its order
    columns: Vec<Attribute>,
    reader: Reader,
}

impl Keys {
    fn new(call: &Call<'_>) -> Keys {
        let row = row_type(call, 0);
        let names: Vec<String> = call
            .text_array(1)
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .collect();
        let column = |name: &String| row.columns.iter().find(|c| c.name == *name).cloned();
        let columns: Vec<Attribute> = names.iter().filter_map(column).collect();
        // No check is asked, nor length: the row is there, or was.
        let unbound = columns.iter().cloned().map(Attribute::unbound).collect();
        Keys {
            names,
            columns,
            reader: Reader::new(call, unbound),
            row,
        }
    }

    /// The key that an entity's id tells.
    fn read<'m>(&mut self, id: &[u8], memory: Memory<'m>) -> Option<Fields<'m>> {
        let document = key_document(&self.names, &self.row.columns, id)?;
        let mut fields = self.row.empty(memory);
        let is_whole = self.reader.read(&document, &mut fields) && {
            let row = fields.row();
            self.columns.iter().all(|c| row.datum(c.number).is_some())
        };
        is_whole.then_some(fields)
    }
}

/// `eventlog._past_key(row, keys, entity_id)`: a row of nulls but for its key; null where the id
/// tells no key of this table.
pub fn past_key(call: &Call<'_>) -> Ret {
    let id = call.text(2).unwrap_or_default();
    call.with_kept(
        || Keys::new(call),
        |keys| {
            let fields = keys.read(id, call.memory());
            call.value_or_null(fields.map(|fields| keys.row.form(&fields)))
        },
    )
}

/// `eventlog._key_tells_apart(row, keys)`: whether keys are equal only where their ids are.
pub fn key_tells_apart(call: &Call<'_>) -> Ret {
    let keys = Keys::new(call);
    let apart = keys.columns.iter().all(Attribute::tells_apart);
    call.value(apart)
}

/// `eventlog._spell_keys(row, keys, entity_ids)`: the ids as capture writes them, each once; what
/// tells no key of this table is left out.
pub fn spell_keys(call: &Call<'_>) -> Ret {
    let Some(ids) = call.text_array(2) else {
        return Ret::Null;
    };
    let mut keys = Keys::new(call);
    let kinds: Vec<(i16, ValueType)> = keys
        .columns
        .iter()
        .map(|c| (c.number, ValueType::of_column(c)))
        .collect();
    let mut pins = Pins::default();
    let mut spelled: Vec<String> = Vec::new();
    for id in ids.into_iter().flatten() {
        if let Some(fields) = keys.read(id.as_bytes(), call.memory())
            && let Ok(id) = spell(&kinds, &fields, &mut pins)
        {
            spelled.push(String::from_utf8_lossy(&id).into_owned());
        }
    }
    drop(pins);
    spelled.sort();
    spelled.dedup();
    call.value(call.memory().text_array(&spelled))
}

/// A key as capture writes it.
fn spell(
    kinds: &[(i16, ValueType)],
    fields: &Fields<'_>,
    pins: &mut Pins,
) -> Result<Vec<u8>, BuildError> {
    let row = fields.row();
    if let [(number, kind)] = kinds {
        return Ok(row
            .datum(*number)
            .map(|value| kind.text(value, pins))
            .unwrap_or_default()
            .to_vec());
    }
    let mut document = Builder::new();
    document.begin_array();
    for (number, kind) in kinds {
        kind.encode(row.datum(*number), &mut document, pins);
    }
    document.end();
    let document = document.finish()?;
    let text = Jsonb::new(&document).map(|d| d.root().to_string());
    Ok(text.unwrap_or_default().into_bytes())
}

/// `eventlog._tenant_text(value, tenant_type)`: the tenant that capture makes of a column's value,
/// as text; null where it makes none.
pub fn tenant_text(call: &Call<'_>) -> Ret {
    let Some(value) = call.argument(0) else {
        return Ret::Null;
    };
    let tenants = call.oid(1).and_then(types::tenants_of);
    let text = call.with_kept(
        || ValueType::of_column(&Attribute::of_type(value.kind())),
        |kind| kind.text(value, &mut Pins::default()),
    );
    let tenant = tenants.unwrap_or(TenantType::Text).read(&text).ok();
    call.value_or_null(tenant.map(|tenant| call.memory().text(tenant.text())))
}
