//! `eventlog.read_events`: a log in the order of delivery, for whoever keeps the position.
//!
//! It reads as its caller and writes nothing. What policies hide is passed over, and the position moves on past it: they
//! decide what a reader gets, not where it stands.

use super::asks::{self, Event as _};
use super::outside;
use super::present::Present;
use super::reader::{self, ENTITY_ID, ENTITY_TYPE, Event, MOST_ROWS, SEQ, WIDTH};
use crate::error::{Error, OrRaise};
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::rows::RowSink;
use crate::pg::spi::Plan;
use crate::pg::user::{self, RoleId};
use crate::pg::{memory, relation, snapshot, wal};
use model::column::COLUMNS;
use model::pattern::Selection;
use model::window::{Position, Scan, Verdict};
use pgrx::pg_sys;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Plans on one log, made as its readers.
struct Plans {
    /// all above a number, up to another one
    between: Plan,
    /// those of an entity
    entity: Plan,
    /// the last of as many numbers above one as a call may read
    last: Plan,
}

thread_local! {
    // Never dropped: a backend that ends has no use for freeing its plans.
    static PLANS: ManuallyDrop<Cached<u32, Plans>> = ManuallyDrop::default();
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
    let between = format!(
        "select {columns} from {table} \
         where seq operator(pg_catalog.>) $1 and seq operator(pg_catalog.<=) $2"
    );
    let most = MOST_ROWS + 1;
    let number = pg_sys::INT8OID;
    let made = user::with_pinned_path(|| Plans {
        between: Plan::prepare(
            &format!("{between} order by seq limit {most}"),
            &[number, number],
        ),
        entity: Plan::prepare(
            &format!(
                "{between} and entity_type operator(pg_catalog.=) $3 \
                 and entity_id operator(pg_catalog.=) $4 order by seq limit {most}"
            ),
            &[number, number, pg_sys::TEXTOID, pg_sys::TEXTOID],
        ),
        last: Plan::prepare(
            &format!(
                "select seq from {table} where seq operator(pg_catalog.>) $1 \
                 order by seq offset {} limit 1",
                MOST_ROWS - 1
            ),
            &[number],
        ),
    });
    let made = Rc::new(made);
    PLANS.with(|plans| plans.keep(oid, &made, Rc::clone(&target.as_of)));
    made
}

/// `eventlog.read_events(position, max_events, types, pattern, pattern_kind, entity_type, entity_id, max_bytes, log)`.
pub fn read_events(call: &Call<'_>) -> Ret {
    let from = required(call.string(0), "position");
    let events = asks::most(call, 1, "max_events");
    let kind = required(call.string(4), "pattern_kind");
    let bytes = asks::most(call, 7, "max_bytes");
    if snapshot::in_recovery() {
        Error::Standby.raise();
    }
    let (types, pattern) = (asks::types_of(call, 2), call.string(3));
    let selection = Selection::parse(types.as_deref(), pattern.as_deref(), &kind).or_raise();
    let target = lookup::of_reader(call.oid(8));
    target.require_genuine();
    let ordered = outside::has_order(&target);
    let role = user::current_role_id();
    let reader = Reader {
        sees_all: reader::reads_all(&target, role, &user::current_role()),
        role,
        selection,
        entity_type: call.string(5),
        entity_id: call.string(6),
        plans: plans(&target),
        log: *target.log_id.as_bytes(),
        target,
    };
    let mut batch = Batch {
        sink: call.rows(),
        events,
        bytes,
        count: 0,
    };
    let present = Present::take(&reader.target);
    let position = outside::position(&reader.target, ordered, &present, &from);
    let next = reader.read(&present, position, &mut batch);
    // Whoever has not come to the present is told how far it is.
    let reached = next.unfinished().and_then(|(_, after)| after);
    let text = outside::text(next, reader.log);
    // Whoever has what was given already has it from where it was on disk.
    if text != from {
        wal::flush();
    }
    let mut values = [None; WIDTH + 1];
    values[0] = Some(call.memory().text(&text).into());
    values[SEQ as usize] = reached.map(Datum::from);
    batch.sink.push(&values);
    Ret::Void
}

/// What is being given.
struct Batch {
    sink: RowSink,
    /// how many more there may be
    events: usize,
    bytes: usize,
    count: usize,
}

impl Batch {
    /// Whether another event of this size may be given: the first one always.
    fn has_room(&self, bytes: usize) -> bool {
        self.count == 0 || self.events > 0 && self.bytes >= bytes
    }

    fn push(&mut self, event: &Event<'_>, position: &str) {
        let position = event.memory().text(position).into();
        event.push(&mut self.sink, &[Some(position)]);
        self.count += 1;
        self.events = self.events.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(event.size());
    }
}

/// Who reads, and what is wanted.
struct Reader {
    target: Rc<Target>,
    plans: Rc<Plans>,
    log: [u8; 16],
    role: RoleId,
    /// no policy hides a row
    sees_all: bool,
    selection: Selection,
    entity_type: Option<String>,
    entity_id: Option<String>,
}

impl Reader {
    /// Reads on from a position; says where it came to.
    fn read(&self, present: &Present, mut position: Position, batch: &mut Batch) -> Position {
        let mut rows = 0;
        // An unfinished window, and then the one that ends at the present.
        loop {
            let scan = position.scan(&present.now, None);
            let mut scan = scan.unwrap_or_else(|why| outside::refuse(why));
            let is_last = *scan.until() == present.now.snapshot;
            let all_read = scan.is_empty() || self.window(present, &mut scan, &mut rows, batch);
            position = match all_read {
                true => scan.finish(),
                false => return scan.pause(),
            };
            if is_last {
                return position;
            }
        }
    }

    /// Reads on in a window; says whether all of it has been read.
    fn window(
        &self,
        present: &Present,
        scan: &mut Scan,
        rows: &mut usize,
        batch: &mut Batch,
    ) -> bool {
        let after = scan.after().unwrap_or(i64::MIN);
        let entity = self.entity_type.as_ref().zip(self.entity_id.as_ref());
        // Rows that policies hide count too, or a reader of few would read all of the log at once.
        let last = match self.sees_all || entity.is_some() {
            true => None,
            false => self.last(present, after),
        };
        let numbers = [after.into(), last.unwrap_or(i64::MAX).into()];
        let mut stopped = false;
        let show = |event: Event<'_>| {
            if *rows == MOST_ROWS || !batch.has_room(event.size()) {
                stopped = true;
                return false;
            }
            *rows += 1;
            if let Verdict::Deliver { .. } = scan.read(&event.row())
                && self.wants(&event)
            {
                batch.push(&event, &outside::text(scan.here(), self.log));
            }
            true
        };
        match entity {
            Some((entity_type, entity_id)) => memory::current(|memory| {
                let (entity_type, entity_id) = (memory.text(entity_type), memory.text(entity_id));
                let values = [numbers[0], numbers[1], entity_type.into(), entity_id.into()];
                user::as_role(self.role, || {
                    self.stream(present, &self.plans.entity, &values, show)
                });
            }),
            None => user::as_reader(self.role, || {
                self.stream(present, &self.plans.between, &numbers, show);
            }),
        }
        match last.filter(|_| !stopped) {
            Some(last) => {
                scan.pass(last);
                false
            }
            None => !stopped,
        }
    }

    fn stream(
        &self,
        present: &Present,
        plan: &Plan,
        values: &[Datum<'_>],
        mut show: impl FnMut(Event<'_>) -> bool,
    ) {
        let values: Vec<Option<Datum<'_>>> = values.iter().copied().map(Some).collect();
        let tenant_type = self.target.tenant_type;
        present
            .boundary
            .reading(|| plan.stream(&values, |row| show(Event::new(row, tenant_type))));
    }

    /// The number up to which there are as many rows above one as a call may read; none where there are fewer.
    fn last(&self, present: &Present, after: i64) -> Option<i64> {
        let mut last = None;
        user::as_owner(self.target.oid, || {
            present.boundary.reading(|| {
                self.plans.last.stream(&[Some(after.into())], |row| {
                    last = row.long(1);
                    false
                });
            });
        });
        last
    }

    fn wants(&self, event: &Event<'_>) -> bool {
        let is = |wanted: &Option<String>, column: i16| {
            wanted
                .as_ref()
                .is_none_or(|wanted| event.text(column) == Some(wanted.as_bytes()))
        };
        self.selection.wants(event.event_type())
            && is(&self.entity_type, ENTITY_TYPE)
            && is(&self.entity_id, ENTITY_ID)
    }
}
