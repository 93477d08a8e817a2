//! Reading a log in the order of its numbers, as a subscription's role.

use super::Consumer;
use super::asks::{self, Event as _};
use super::present::Present;
use crate::error::Error;
use crate::log::document;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::datum::{Datum, Jsonb, Text};
use crate::pg::memory::Memory;
use crate::pg::rows::RowSink;
use crate::pg::spi::{self, Plan, Value};
use crate::pg::tuple;
use crate::pg::user::{self, RoleId};
use crate::pg::{inval, memory, relation};
use model::column::COLUMNS;
use model::shard::Of;
use model::tenant::TenantType;
use model::window::Row;
use pgrx::pg_sys;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Rows of a log that one call reads at most.
pub const MOST_ROWS: usize = 50_000;

/// Bytes of an event beside its documents, roughly.
const BYTES: usize = 256;

/// Columns of a log.
pub const WIDTH: usize = COLUMNS.len();

/// Plans on one log.
struct Plans {
    /// all above a number
    above: Plan,
    /// those of these numbers
    among: Plan,
    /// those of these ids
    these: Plan,
    /// seq and recorded_at of the first one from a number on
    probe: Plan,
}

thread_local! {
    // Never dropped: a backend that ends has no use for freeing its plans.
    static PLANS: ManuallyDrop<Cached<u32, Plans>> = ManuallyDrop::default();
    static READS_ALL: ManuallyDrop<Cached<(u32, String), u64>> = ManuallyDrop::default();
}

fn plans(target: &Target) -> Rc<Plans> {
    let oid = target.oid.to_u32();
    if let Some(found) = PLANS.with(|plans| plans.get(&oid)) {
        return found;
    }
    let table = relation::quoted(target.oid)
        .unwrap_or_else(|| Error::internal("a log is gone while it is read").raise());
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let columns = columns.join(", ");
    let made = user::with_pinned_path(|| Plans {
        above: Plan::prepare(
            &format!(
                "select {columns} from {table} where seq operator(pg_catalog.>) $1 order by seq limit {}",
                MOST_ROWS + 1
            ),
            &[pg_sys::INT8OID],
        ),
        among: Plan::prepare(
            &format!(
                "select {columns} from {table} where seq operator(pg_catalog.=) any ($1) order by seq"
            ),
            &[pg_sys::INT8ARRAYOID],
        ),
        these: Plan::prepare(
            &format!("select {columns} from {table} where id operator(pg_catalog.=) any ($1)"),
            &[pg_sys::UUIDARRAYOID],
        ),
        probe: Plan::prepare(
            &format!(
                "select seq, recorded_at from {table} where seq operator(pg_catalog.>=) $1 \
                 order by seq limit 1"
            ),
            &[pg_sys::INT8OID],
        ),
    });
    let made = Rc::new(made);
    PLANS.with(|plans| plans.keep(oid, &made, Rc::clone(&target.as_of)));
    made
}

/// An event as it was read.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    row: tuple::Row<'a>,
    tenant_type: TenantType,
}

/// Position of a column, which the list of a log's columns has, and its type.
const fn at(name: &str) -> i16 {
    let mut at = 0;
    while at < COLUMNS.len() {
        let (a, b) = (COLUMNS[at].0.as_bytes(), name.as_bytes());
        if a.len() == b.len() {
            let mut i = 0;
            while i < a.len() && a[i] == b[i] {
                i += 1;
            }
            if i == a.len() {
                return at as i16 + 1;
            }
        }
        at += 1;
    }
    panic!("no log has such a column")
}

const XID: i16 = at("xid");
/// Column of the number.
pub const SEQ: i16 = at("seq");
const RECORDED_AT: i16 = at("recorded_at");
const ID: i16 = at("id");
const TENANT_ID: i16 = at("tenant_id");
const ORIGIN: i16 = at("origin");
const TYPE: i16 = at("type");
/// Column of an entity's type.
pub const ENTITY_TYPE: i16 = at("entity_type");
/// Column of an entity's id.
pub const ENTITY_ID: i16 = at("entity_id");
const CONTEXT: i16 = at("context");
const PAYLOAD: i16 = at("payload");

impl<'a> Event<'a> {
    /// Of a row that has all columns, in their order.
    pub fn new(row: tuple::Row<'a>, tenant_type: TenantType) -> Event<'a> {
        Event { row, tenant_type }
    }

    /// What a window asks of it.
    pub fn row(&self) -> Row {
        Row {
            origin: self.row.int(ORIGIN).unwrap_or(-1),
            xid: self.row.long(XID).unwrap_or(-1),
            seq: self.seq(),
            recorded_at: self.row.long(RECORDED_AT).unwrap_or(i64::MIN),
        }
    }

    /// Its number.
    pub fn seq(&self) -> i64 {
        self.row.long(SEQ).unwrap_or(i64::MIN)
    }

    /// Where it is shown, until the next one is.
    pub fn memory(&self) -> Memory<'a> {
        self.row.memory()
    }

    /// Its id.
    pub fn id(&self) -> uuid::Uuid {
        self.row.uuid(ID).unwrap_or_default()
    }

    /// Shows `f` what decides on its shard.
    pub fn of<R>(&self, f: impl FnOnce(Of<'_>) -> R) -> R {
        let tenant = self.tenant();
        let (kind, entity) = (self.row.text(ENTITY_TYPE), self.row.text(ENTITY_ID));
        f(Of::new(
            tenant.as_deref().map(str::as_bytes),
            kind,
            entity,
            self.id(),
        ))
    }

    /// A column that is a text.
    pub fn text(&self, column: i16) -> Option<Text<'a>> {
        self.row.text(column)
    }

    /// About how many bytes it has, without reading its documents.
    pub fn size(&self) -> usize {
        let sizes = [self.payload(), self.context()].into_iter().flatten();
        sizes.map(|document| document.size()).sum::<usize>() + BYTES
    }

    /// Hands it out behind these values, with the tenant as text.
    pub fn push(&self, sink: &mut RowSink, first: &[Option<Datum<'_>>]) {
        let mut hex = [0; 36];
        let number;
        let tenant = match self.tenant_type {
            TenantType::Text => None,
            TenantType::Uuid => {
                let id = self.row.uuid(TENANT_ID);
                id.map(|id| id.hyphenated().encode_lower(&mut hex).as_bytes())
            }
            TenantType::Bigint => {
                number = self.tenant();
                number.as_deref().map(str::as_bytes)
            }
        };
        sink.push_before(first, &self.row, (TENANT_ID, tenant));
    }
}

impl<'a> asks::Event<'a> for Event<'a> {
    fn event_type(&self) -> Text<'a> {
        self.row.text(TYPE).unwrap_or_default()
    }

    fn payload(&self) -> Option<Jsonb<'a>> {
        self.row.jsonb(PAYLOAD)
    }

    fn context(&self) -> Option<Jsonb<'a>> {
        self.row.jsonb(CONTEXT)
    }

    fn tenant(&self) -> Option<String> {
        document::tenant(&self.row, TENANT_ID, self.tenant_type)
    }

    fn column(&self, name: &str) -> Option<(tuple::Row<'a>, i16)> {
        let at = COLUMNS.iter().position(|(column, _)| *column == name)?;
        Some((self.row, at as i16 + 1))
    }
}

impl Consumer {
    /// Shows `f` the events above a number, in order, for as long as it wants more and there are no more than one call
    /// may read.
    pub fn read_above(
        &self,
        present: &Present,
        after: Option<i64>,
        f: impl FnMut(Event<'_>) -> bool,
    ) {
        let plans = plans(&self.target);
        let after = Datum::from(after.unwrap_or(i64::MIN));
        self.read(present, &plans.above, after, f);
    }

    /// Shows `f` the events of these numbers, in order.
    pub fn read_among(&self, present: &Present, numbers: &[i64], mut f: impl FnMut(Event<'_>)) {
        let plans = plans(&self.target);
        memory::current(|memory| {
            let numbers = memory.bigint_array(numbers);
            self.read(present, &plans.among, numbers, |event| {
                f(event);
                true
            });
        });
    }

    /// Shows `f` the events of these ids.
    pub fn read_these(&self, present: &Present, ids: &[uuid::Uuid], mut f: impl FnMut(Event<'_>)) {
        let plans = plans(&self.target);
        memory::current(|memory| {
            let ids = memory.uuid_array(ids);
            self.read(present, &plans.these, ids, |event| {
                f(event);
                true
            });
        });
    }

    fn read(
        &self,
        present: &Present,
        plan: &Plan,
        value: Datum<'_>,
        mut f: impl FnMut(Event<'_>) -> bool,
    ) {
        let tenant_type = self.target.tenant_type;
        user::as_reader(self.role, || {
            present.boundary.reading(|| {
                plan.stream(&[Some(value)], |row| f(Event::new(row, tenant_type)));
            });
        });
    }

    /// Seq and time of the first event from a number on.
    pub fn probe(&self, present: &Present, from: i64) -> Option<(i64, i64)> {
        let plans = plans(&self.target);
        let mut found = None;
        user::as_reader(self.role, || {
            present.boundary.reading(|| {
                plans.probe.stream(&[Some(Datum::from(from))], |row| {
                    found = row.long(1).zip(row.long(2));
                    false
                });
            });
        });
        found
    }

    /// Refuses to read for a role from which policies hide events: it would come past them.
    pub fn require_reads_all(&self) {
        if !reads_all(&self.target, self.role, &self.subscription.role) {
            Error::NotAllowed {
                message: format!(
                    "policies of log \"{}\" hide events from role \"{}\"",
                    self.target.name, self.subscription.role
                ),
                hint: "Its owner names the role with eventlog.grant_consumer(); no restrictive policy may hold for it."
                    .to_owned(),
            }
            .raise();
        }
    }
}

/// Whether a role can read all of a log, as subscriptions need it: by its rights, and by policies.
pub fn may_read(target: &Target, role: RoleId) -> bool {
    let answers = user::with_pinned_path(|| {
        crate::pg::catalog::with_latest_snapshot(|| {
            spi::query_kept(
                "select eventlog._may_receive($1::pg_catalog.oid::pg_catalog.regclass, $2)",
                &[Value::Oid(target.oid), role.value()],
                |row| row.bool(1),
            )
        })
    });
    answers.contains(&Some(true))
}

/// Whether row-level security leaves a role, which has this name, all rows of a log.
pub fn reads_all(target: &Target, role: RoleId, name: &str) -> bool {
    let key = (target.oid.to_u32(), name.to_owned());
    let roles = inval::roles();
    let known = READS_ALL.with(|known| known.get(&key));
    if known.is_some_and(|known| *known == roles) {
        return true;
    }
    let reads_all = ask_reads_all(target, role);
    if reads_all {
        READS_ALL.with(|known| known.keep(key, &Rc::new(roles), Rc::clone(&target.as_of)));
    }
    reads_all
}

fn ask_reads_all(target: &Target, role: RoleId) -> bool {
    let answers = user::with_pinned_path(|| {
        crate::pg::catalog::with_latest_snapshot(|| {
            spi::query_kept(
                "select eventlog._reads_all($1::pg_catalog.oid::pg_catalog.regclass, $2)",
                &[Value::Oid(target.oid), role.value()],
                |row| row.bool(1),
            )
        })
    });
    answers.contains(&Some(true))
}
