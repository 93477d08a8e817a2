//! The states of entities: held while events are written, and moved on by the gate.
//!
//! What is kept of an entity by a rule is one row, the log's owner's. Our own roads hold the rows of all entities that
//! they write events of, in one order, before they read the clock and draw numbers: so numbers are in the order in which
//! events follow on each other. The gate finds them held, judges, and moves them on. Where it does not, as for a plain
//! insert, it holds them itself, and says so: a number that was drawn before is to be drawn again.

use super::advance;
use super::held::{self, Hold, Key, Standing, key};
use super::known::{self, Gives, Known, Transition};
use crate::error::{Error, OrRaise};
use crate::log::target::Target;
use crate::pg::datum::{Datum, Jsonb, Str, TenantValue};
use crate::pg::jsonb::Value as Json;
use crate::pg::jsonb::{Builder, List};
use crate::pg::memory::Memory;
use crate::pg::spi::{self, Plan};
use crate::pg::tuple::Row;
use crate::pg::{relation, types, user};
use model::rule::machine::NONE;
use model::taxonomy::rules::LogRules;
use model::taxonomy::violation::Violation;
use model::tenant::TenantType;
use model::text::shorten;
use pgrx::pg_sys::{self, Oid};
use std::cell::OnceCell;
use std::rc::Rc;

/// Rows that vanish between being made and being held are looked for again, this often.
const ATTEMPTS: usize = 5;

/// The table of states of a log, and statements on it as the log's owner. They go with what is known of its rules.
pub struct States {
    table: Oid,
    tenant: Oid,
    /// whether nothing of its owner's runs when a row of it changes
    is_plain: bool,
    plans: [OnceCell<Plan>; 8],
}

/// Their places in `plans`.
const HOLD: usize = 0;
const HOLD_WITHOUT_TENANT: usize = 1;
const BEGIN: usize = 2;
const MOVE: usize = 3;
const MOVE_WITHOUT_TENANT: usize = 4;
const ADVANCE: usize = 5;
const ADVANCE_WITHOUT_TENANT: usize = 6;
const BEGIN_AHEAD: usize = 7;

/// An entity, as values of the columns of a log.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Entity<'a> {
    pub tenant: Option<Datum<'a>>,
    pub entity_type: Datum<'a>,
    pub entity_id: Datum<'a>,
}

impl States {
    /// Those of a log. Nobody but the log's owner can have put the table there.
    pub fn of(log: Oid, tenant_type: TenantType) -> Option<States> {
        let find = "select s.relation::pg_catalog.oid, eventlog._is_plain(s.relation) \
            from eventlog._states_of($1::pg_catalog.oid::pg_catalog.regclass) s (relation)";
        let found = spi::run(find, &[spi::Value::Oid(log)], |row| {
            (row.oid(1), row.bool(2) == Some(true))
        });
        let (table, is_plain) = found.into_iter().next()?;
        Some(States {
            table: table?,
            is_plain,
            tenant: types::of_tenant(tenant_type),
            plans: Default::default(),
        })
    }

    /// The table.
    pub fn table(&self) -> Oid {
        self.table
    }

    /// Acts as the log's owner. Where nothing of the owner's can run, names need not be pinned for it: that would have
    /// every statement that follows look up its search path again.
    pub fn as_owner<R>(&self, log: Oid, f: impl FnOnce() -> R) -> R {
        match self.is_plain {
            true => user::as_owner_unpinned(log, f),
            false => user::as_owner(log, f),
        }
    }

    /// A statement on it: made, and run, as the log's owner.
    fn plan(&self, which: usize) -> &Plan {
        const OF: &str = "where entity_id operator(pg_catalog.=) $1 and entity_type operator(pg_catalog.=) $2 \
            and rule operator(pg_catalog.=) $3 and tenant_id";
        self.plans[which].get_or_init(|| {
            let name = relation::quoted(self.table)
                .unwrap_or_else(|| Error::internal("a table of states has no name").raise());
            let same = "operator(pg_catalog.=)";
            let sql = match which {
                HOLD => format!("select state from {name} {OF} {same} $4 for update"),
                HOLD_WITHOUT_TENANT => format!("select state from {name} {OF} is null for update"),
                BEGIN => format!(
                    "insert into {name} (entity_id, entity_type, rule, tenant_id, state, seq) \
                     values ($1, $2, $3, $4, '', 0) on conflict do nothing"
                ),
                MOVE => format!("update {name} set state = $5, seq = $6 {OF} {same} $4"),
                MOVE_WITHOUT_TENANT => {
                    format!("update {name} set state = $4, seq = $5 {OF} is null")
                }
                ADVANCE => format!(
                    "update {name} set state = $5, seq = pg_catalog.nextval($6) {OF} {same} $4 \
                     and state {same} any ($7) returning seq"
                ),
                ADVANCE_WITHOUT_TENANT => format!(
                    "update {name} set state = $4, seq = pg_catalog.nextval($5) {OF} is null \
                     and state {same} any ($6) returning seq"
                ),
                _ => format!(
                    "insert into {name} (entity_id, entity_type, rule, tenant_id, state, seq) \
                     values ($1, $2, $3, $4, $5, pg_catalog.nextval($6)) on conflict do nothing \
                     returning seq"
                ),
            };
            let (text, long) = (pg_sys::TEXTOID, pg_sys::INT8OID);
            let (class, texts) = (pg_sys::REGCLASSOID, pg_sys::TEXTARRAYOID);
            let kinds: &[Oid] = match which {
                HOLD | BEGIN => &[text, text, text, self.tenant],
                HOLD_WITHOUT_TENANT => &[text, text, text],
                MOVE => &[text, text, text, self.tenant, text, long],
                MOVE_WITHOUT_TENANT => &[text, text, text, text, long],
                ADVANCE => &[text, text, text, self.tenant, text, class, texts],
                ADVANCE_WITHOUT_TENANT => &[text, text, text, text, class, texts],
                _ => &[text, text, text, self.tenant, text, class],
            };
            Plan::prepare(&sql, kinds)
        })
    }

    /// Holds the row of an entity until the transaction ends; gives its state. As the log's owner.
    pub fn hold(&self, entity: &Entity<'_>, rule: Str<'_>) -> String {
        let key = [
            Some(entity.entity_id),
            Some(entity.entity_type),
            Some(Datum::from(rule)),
            entity.tenant,
        ];
        for _ in 0..ATTEMPTS {
            let mut state = None;
            spi::connected(|| {
                match entity.tenant {
                    Some(_) => self.plan(HOLD).execute(&key),
                    None => self.plan(HOLD_WITHOUT_TENANT).execute(&key[..3]),
                };
                spi::each_row(|row| state = row.string(1));
            });
            if let Some(state) = state {
                return state;
            }
            // Nobody else sees it, let alone has it.
            if self.plan(BEGIN).execute_alone(&key) == 1 {
                return NONE.to_owned();
            }
        }
        Error::not_set_up(
            format!(
                "a state in \"{}\" is there and cannot be seen",
                relation::display(self.table)
            ),
            "Look at the policies and triggers of the log's table of states.",
        )
        .raise()
    }

    /// Moves an entity on from one of some states, or from none if it may begin, and holds it; gives the number that it
    /// drew then. `values` are those of the plan for entities that have a tenant.
    pub fn advance(
        &self,
        target: &Target,
        values: &[Option<Datum<'_>>; 7],
        may_begin: bool,
    ) -> Option<i64> {
        let [id, kind, rule, tenant, state, sequence, before] = *values;
        self.as_owner(target.root, || {
            spi::connected(|| {
                let mut number = None;
                match tenant {
                    Some(_) => self.plan(ADVANCE).execute(values),
                    None => {
                        let values = [id, kind, rule, state, sequence, before];
                        self.plan(ADVANCE_WITHOUT_TENANT).execute(&values)
                    }
                };
                spi::each_row(|row| number = row.long(1));
                if number.is_none() && may_begin {
                    self.plan(BEGIN_AHEAD).execute(&values[..6]);
                    spi::each_row(|row| number = row.long(1));
                }
                number
            })
        })
    }

    /// Moves an entity, whose row is held, on.
    pub fn move_on(&self, entity: &Entity<'_>, rule: Str<'_>, state: Str<'_>, seq: i64) {
        let (id, kind) = (Some(entity.entity_id), Some(entity.entity_type));
        let (rule, state) = (Some(Datum::from(rule)), Some(Datum::from(state)));
        let seq = Some(Datum::from(seq));
        match entity.tenant {
            Some(tenant) => {
                self.plan(MOVE)
                    .execute_alone(&[id, kind, rule, Some(tenant), state, seq])
            }
            None => self
                .plan(MOVE_WITHOUT_TENANT)
                .execute_alone(&[id, kind, rule, state, seq]),
        };
    }
}

/// An event to come, as far as it says whose state it may change.
pub struct Subject<'a> {
    /// its tenant, of the log's type
    pub tenant: Option<&'a TenantValue<'a>>,
    /// the kind of its entity
    pub entity_type: Option<Str<'a>>,
    /// which one
    pub entity_id: Option<Str<'a>>,
}

/// Holds the states of the entities of events to come; none where no rule is about them.
pub fn hold<'a>(
    target: &Target,
    rules: &LogRules,
    subjects: impl Iterator<Item = Subject<'a>>,
    memory: Memory<'_>,
) -> Option<Hold> {
    let known = known::of_log(target.log_id, target.root);
    if !known.has_transitions() {
        return None;
    }
    let mut all: Vec<(Key, Entity<'a>, Rc<Transition>)> = Vec::new();
    for subject in subjects {
        let (Some(entity_type), Some(entity_id)) = (subject.entity_type, subject.entity_id) else {
            continue;
        };
        let kind = memory.read(entity_type).to_vec();
        for rule in known.transitions(&kind) {
            let tenant = tenant_bytes(subject.tenant, memory);
            let id = memory.read(entity_id);
            let Some(entity) = Entity::of_subject(&subject) else {
                continue;
            };
            all.push((
                key(target, &rule.name, &tenant, &kind, id),
                entity,
                Rc::clone(rule),
            ));
        }
    }
    if all.is_empty() {
        return None;
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|a, b| a.0 == b.0);
    let states = of(&known, target, rules);
    let held = states.as_owner(target.root, || {
        let hold = |(key, entity, rule): (Key, Entity<'_>, Rc<Transition>)| {
            let state = states.hold(&entity, memory.text(&*rule.name));
            (key, Standing::In(state))
        };
        all.into_iter().map(hold).collect()
    });
    Some(Hold::of(held))
}

/// The table of states of a log that has rules about them.
pub fn of<'k>(known: &'k Known, target: &Target, rules: &LogRules) -> &'k States {
    // Anyone can hang the gate on a table of their own: it is not to move anything of the log's.
    if rules.relation != target.root.to_u32() {
        target.require_genuine();
    }
    known.states(target).unwrap_or_else(|| {
        Error::not_set_up(
            format!(
                "the table of states of log \"{}\" is missing, or belongs to somebody else",
                target.name
            ),
            "The log's owner puts it back with eventlog.repair_log().",
        )
        .raise()
    })
}

/// A tenant as a part of a key.
pub fn tenant_bytes(tenant: Option<&TenantValue<'_>>, memory: Memory<'_>) -> Vec<u8> {
    match tenant {
        None => Vec::new(),
        Some(TenantValue::Text(text)) => memory.read(*text).to_vec(),
        Some(TenantValue::Uuid(uuid)) => uuid.as_bytes().to_vec(),
        Some(TenantValue::Bigint(number)) => number.to_be_bytes().to_vec(),
    }
}

fn tenant_of_row(target: &Target, row: &Row<'_>) -> Vec<u8> {
    let column = target.columns.tenant_id;
    let found = match target.tenant_type {
        TenantType::Text => row.text(column).map(<[u8]>::to_vec),
        TenantType::Uuid => row.uuid(column).map(|uuid| uuid.as_bytes().to_vec()),
        TenantType::Bigint => row.long(column).map(|n| n.to_be_bytes().to_vec()),
    };
    found.unwrap_or_default()
}

/// What a row that passes the gate does to the states of its entity.
pub enum Step {
    /// no rule is about it
    None,
    /// its entity was held before its number was drawn
    Taken(Moves),
    /// its entity is held from now on
    Late(Moves),
    /// rules do not let anyone take it
    Refused(Vec<Violation>),
}

/// States that an event gives to its entity.
pub struct Moves {
    known: Rc<Known>,
    all: Vec<(Rc<Transition>, Key, String)>,
}

/// Judges a row by the transition rules of its log.
pub fn judge(target: &Target, rules: &LogRules, row: &Row<'_>, index: Option<usize>) -> Step {
    let c = &target.columns;
    let known = known::of_log(target.log_id, target.root);
    let (Some(kind), Some(id)) = (row.text(c.entity_type), row.text(c.entity_id)) else {
        return Step::None;
    };
    let transitions = known.transitions(kind);
    if transitions.is_empty() {
        return Step::None;
    }
    let memory = row.memory();
    let states = of(&known, target, rules);
    let Some(entity) = Entity::of(target, row) else {
        return Step::None;
    };
    let event_type = row.text(c.event_type).unwrap_or_default();
    let (payload, context) = (row.jsonb(c.payload), row.jsonb(c.context));
    let tenant = tenant_of_row(target, row);
    let (mut all, mut broken, mut is_late) = (Vec::new(), Vec::new(), false);
    for rule in transitions {
        let key = key(target, &rule.name, &tenant, kind, id);
        let standing = held::standing(&key).unwrap_or_else(|| {
            is_late = true;
            states.as_owner(target.root, || {
                Standing::In(states.hold(&entity, memory.text(&*rule.name)))
            })
        });
        let state = state_of(rule, event_type, payload, context, memory, index);
        let before = match standing {
            Standing::In(before) => before,
            Standing::InVain => continue,
            ahead if advance::was_moved(&key, &ahead, state.as_deref()) => continue,
            // Something came between that changed it.
            Standing::Ahead(_) => Error::internal("an event changed on its way").raise(),
        };
        let Some(state) = state else {
            continue;
        };
        if rule.machine.lets(&before, &state) {
            all.push((Rc::clone(rule), key, state));
        } else {
            let (message, hint) = rule.machine.refusal(&rule.name, &before, &state);
            broken.push(Violation::new("transition", "", message).with_hint(hint));
        }
    }
    if !broken.is_empty() {
        return Step::Refused(broken);
    }
    let moves = Moves {
        known: Rc::clone(&known),
        all,
    };
    match is_late {
        true => Step::Late(moves),
        false => Step::Taken(moves),
    }
}

impl<'a> Entity<'a> {
    /// That of an event to come, if it has one.
    pub fn of_subject(subject: &Subject<'a>) -> Option<Entity<'a>> {
        Some(Entity {
            tenant: subject.tenant.map(TenantValue::datum),
            entity_type: subject.entity_type?.into(),
            entity_id: subject.entity_id?.into(),
        })
    }

    fn of(target: &Target, row: &Row<'a>) -> Option<Entity<'a>> {
        let c = &target.columns;
        Some(Entity {
            tenant: row.datum(c.tenant_id),
            entity_type: row.datum(c.entity_type)?,
            entity_id: row.datum(c.entity_id)?,
        })
    }
}

impl Moves {
    /// Gives the entity its new states, with the number of the event.
    pub fn take(self, target: &Target, row: &Row<'_>, seq: i64) {
        let (Some(states), Some(entity)) = (self.known.states(target), Entity::of(target, row))
        else {
            return;
        };
        if self.all.is_empty() {
            return;
        }
        let memory = row.memory();
        states.as_owner(target.root, || {
            for (rule, _, state) in &self.all {
                states.move_on(&entity, memory.text(&*rule.name), memory.text(state), seq);
            }
        });
        for (_, key, state) in &self.all {
            held::moved(key, state);
        }
    }
}

/// The state that an event gives by a rule; none where it leaves it.
pub fn state_of(
    rule: &Transition,
    event_type: &[u8],
    payload: Option<Jsonb<'_>>,
    context: Option<Jsonb<'_>>,
    memory: Memory<'_>,
    index: Option<usize>,
) -> Option<String> {
    if !rule.is_about(event_type) {
        return None;
    }
    let (path, document) = match &rule.gives {
        Gives::Type => return Some(String::from_utf8_lossy(event_type).into_owned()),
        Gives::OfPayload(path) => (path, payload?),
        Gives::OfBoth(path) => (path, document(payload?, context, memory)),
    };
    let found = match path.first(document, memory) {
        Ok(found) => found?,
        Err(failure) => Error::RuleFailed {
            name: shorten(&rule.name),
            index,
            sqlstate: failure.sqlstate,
        }
        .raise(),
    };
    let read = found.read().ok()?;
    let state = match read.root() {
        Json::String(text) => String::from_utf8_lossy(text).into_owned(),
        Json::Bool(is) => is.to_string(),
        number @ Json::Number(_) => {
            let mut text = List::new();
            number.write_text(&mut text).ok()?;
            String::from_utf8_lossy(&text).into_owned()
        }
        _ => return None,
    };
    // An empty text is "no state yet", which nothing leads back to.
    (state != NONE).then_some(state)
}

/// What the paths of transition rules are asked of.
pub fn document<'m>(
    payload: Jsonb<'_>,
    context: Option<Jsonb<'_>>,
    memory: Memory<'m>,
) -> Jsonb<'m> {
    let mut builder = Builder::new();
    builder.begin_object();
    for (name, document) in [("context", context), ("payload", Some(payload))] {
        let read = document.and_then(|document| document.read().ok());
        if let Some(read) = read {
            builder.key(name);
            builder.value(read.root());
        }
    }
    builder.end();
    memory.jsonb(&builder.finish().or_raise())
}
