//! Asking the reference rules of an event: whether a table has the value that it tells of.
//!
//! The row is looked for as a foreign key looks for it: by the operators of the unique index on its columns, as the owner
//! of the table, whom row-level security does not hold back; and it is held (`for key share`), so that it is there when
//! the transaction commits.

use super::known::{Of, Reference};
use crate::error::{Error, OrRaise};
use crate::log::document;
use crate::log::target::Target;
use crate::pg::convert;
use crate::pg::datum::{Datum, Jsonb};
use crate::pg::inval::AsOf;
use crate::pg::jsonb::{List, Value as Json};
use crate::pg::spi::{self, Plan, Value};
use crate::pg::tuple::Row;
use crate::pg::user;
use model::rule::sentence;
use model::taxonomy::violation::Violation;
use model::text::shorten;
use pgrx::pg_sys::Oid;
use std::rc::Rc;

/// How a table is asked.
pub struct Lookup {
    relation: Oid,
    plan: Plan,
    types: Vec<Oid>,
    /// whether nothing of anybody else's runs when it is asked
    is_plain: bool,
    as_of: AsOf,
}

/// Why a table may not be asked.
pub struct Unfit {
    /// in a sentence
    pub problem: String,
    /// of what kind that is
    pub sqlstate: String,
    /// what to do
    pub hint: String,
}

struct Found {
    unfit: Option<Unfit>,
    statement: Option<String>,
    types: Vec<i64>,
    is_plain: bool,
}

impl Lookup {
    /// Finds out how.
    pub fn of(
        log: Oid,
        relation: Oid,
        column: &str,
        tenant_column: Option<&str>,
    ) -> Result<Lookup, Unfit> {
        let as_of = AsOf::now(&[relation]);
        let find = "select f.problem, f.sqlstate, f.hint, f.statement, f.types::pg_catalog.int8[], f.is_plain \
            from eventlog._reference($1::pg_catalog.oid::pg_catalog.regclass, \
                $2::pg_catalog.oid::pg_catalog.regclass, $3, $4) f";
        let values = [
            Value::Oid(log),
            Value::Oid(relation),
            Value::text(column.to_owned()),
            Value::Text(tenant_column.map(str::to_owned)),
        ];
        let found = spi::run(find, &values, |row| Found {
            unfit: row.string(1).map(|problem| Unfit {
                problem,
                sqlstate: row.string(2).unwrap_or_default(),
                hint: row.string(3).unwrap_or_default(),
            }),
            statement: row.string(4),
            types: row.bigint_array(5).unwrap_or_default(),
            is_plain: row.bool(6) == Some(true),
        });
        let Some(found) = found.into_iter().next() else {
            Error::internal("a helper gave nothing").raise()
        };
        if let Some(unfit) = found.unfit {
            return Err(unfit);
        }
        let types: Vec<Oid> = found.types.iter().map(|n| Oid::from(*n as u32)).collect();
        let statement = found.statement.unwrap_or_default();
        // A plan is made for one role.
        let plan = user::as_owner(relation, || Plan::prepare(&statement, &types));
        Ok(Lookup {
            relation,
            plan,
            types,
            is_plain: found.is_plain,
            as_of,
        })
    }

    fn has(&self, values: &[Option<Datum<'_>>]) -> bool {
        let ask = || self.plan.execute_alone(values) > 0;
        match self.is_plain {
            true => user::as_owner_unpinned(self.relation, ask),
            false => user::as_owner(self.relation, ask),
        }
    }
}

/// Asks one rule of a row on its way into the log; `payload` and `event` are what paths are asked of.
pub fn broken(
    rule: &Reference,
    document: Jsonb<'_>,
    target: &Target,
    row: &Row<'_>,
    index: Option<usize>,
) -> Option<Violation> {
    let memory = row.memory();
    let found = match rule.path.first(document, memory) {
        Ok(found) => found?,
        Err(failure) => fails(rule, index, &failure.sqlstate),
    };
    let text = match text_of(found) {
        Text::None => return None,
        Text::Some(text) => text,
        Text::NoScalar => {
            return Some(told(rule, "is broken: what it asks for is no single value"));
        }
    };
    let lookup = lookup(rule, target, index);
    let tenant = match rule.tenant_column {
        None => None,
        Some(_) => {
            let column = target.columns.tenant_id;
            match document::tenant(row, column, target.tenant_type) {
                Some(tenant) => Some(tenant),
                None => return Some(told(rule, "is broken: the event has no tenant")),
            }
        }
    };
    let texts = [Some(text), tenant];
    let mut values = Vec::with_capacity(2);
    for (text, kind) in texts.iter().flatten().zip(&lookup.types) {
        match convert::read(text, *kind, memory) {
            Some(value) => values.push(Some(value)),
            None => return Some(told(rule, "is broken: no row could have that value")),
        }
    }
    let message = format!("is broken: {} has no such row", rule.shown);
    (!lookup.has(&values)).then(|| told(rule, &message))
}

fn lookup(rule: &Reference, target: &Target, index: Option<usize>) -> Rc<Lookup> {
    let kept = rule.lookup.borrow().clone();
    if let Some(kept) = kept.filter(|kept| kept.as_of.holds()) {
        return kept;
    }
    let column = rule.tenant_column.as_deref();
    match Lookup::of(target.root, rule.relation, &rule.column, column) {
        Ok(made) => {
            let made = Rc::new(made);
            let old = rule.lookup.replace(Some(Rc::clone(&made)));
            // Outside the borrow, as Postgres frees it.
            drop(old);
            made
        }
        Err(unfit) => {
            let place = index.map(|i| format!("events[{i}]: ")).unwrap_or_default();
            let (name, problem) = (shorten(&rule.name), unfit.problem);
            let message = format!("{place}rule \"{name}\" cannot be asked: {problem}");
            Error::not_set_up(message, unfit.hint).raise()
        }
    }
}

#[cold]
fn fails(rule: &Reference, index: Option<usize>, sqlstate: &str) -> ! {
    Error::RuleFailed {
        name: shorten(&rule.name),
        index,
        sqlstate: sqlstate.to_owned(),
    }
    .raise()
}

#[cold]
fn told(rule: &Reference, what: &str) -> Violation {
    let path = match rule.of {
        Of::Payload => "",
        Of::Event => match rule.names.as_deref() {
            Some([name]) if name == "context" => "/context",
            _ => "",
        },
    };
    let hint = format!(
        "Rule \"{}\" looks for {} in column \"{}\" of {}.",
        shorten(&rule.name),
        rule.source,
        shorten(&rule.column),
        rule.shown
    );
    Violation::new("reference", path, sentence(&rule.name, what, None)).with_hint(hint)
}

enum Text {
    None,
    Some(String),
    NoScalar,
}

/// A value as the text that its column's type reads.
fn text_of(value: Jsonb<'_>) -> Text {
    let Ok(read) = value.read() else {
        return Text::NoScalar;
    };
    match read.root() {
        Json::Null => Text::None,
        Json::String(text) => Text::Some(String::from_utf8_lossy(text).into_owned()),
        Json::Bool(is) => Text::Some(is.to_string()),
        number @ Json::Number(_) => {
            let mut text = List::new();
            let damaged = || Error::internal("a number is damaged");
            let written = number.write_text(&mut text);
            written
                .map_err(|why| Error::not_read(why, damaged))
                .or_raise();
            Text::Some(String::from_utf8_lossy(&text).into_owned())
        }
        Json::Object(_) | Json::Array(_) => Text::NoScalar,
    }
}
