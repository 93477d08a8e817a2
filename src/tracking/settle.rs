//! Writes what had to wait, once the last of the statements that overlapped has been captured.

use super::image;
use super::open::Turn;
use super::record::Record;
use super::shape::{Column, Shape};
use super::write::{CHUNK, CHUNK_BYTES, log_with};
use crate::error::{self, Error, OrRaise};
use crate::pg::clock::Reading;
use crate::pg::memory::{Memory, Scratch};
use crate::pg::pool::Pool;
use crate::pg::relation;
use crate::pg::spi::{self, Plan, Value};
use crate::pg::spill::Sorter;
use crate::pg::user::{self, Pins};
use crate::writing::draft::Drafts;
use crate::writing::many;
use model::entity::order::{Edge, Order, Round};
use model::entity::trail::{ABSENT, Image};
use model::tenant::TenantType;
use pgrx::pg_sys;
use rustc_hash::FxHashMap;
use uuid::Uuid;

/// How often what is written may make more wait, through triggers of the log.
const ROUNDS: usize = 1000;

/// Writes all that waits for the last statement on this table.
/// What it needs meanwhile lies in this memory.
pub fn settle(shape: &Shape, turn: Turn, memory: Memory<'_>) {
    for _ in 0..ROUNDS {
        if !turn.end() {
            return;
        }
        write(shape, turn, memory);
        turn.written();
    }
    Error::not_set_up(
        format!(
            "events of tracked table \"{}\" change it again and again",
            relation::display(shape.root)
        ),
        "A trigger of the log changes the table for each event.",
    )
    .raise();
}

fn write(shape: &Shape, turn: Turn, memory: Memory<'_>) {
    let (edges, alive): (Vec<Edge>, Vec<bool>) = turn.take().into_iter().unzip();
    let mut order = Order::of(&edges, |at| alive[at]);
    close_rounds(shape, turn, &edges, &mut order, memory);
    if order.broken > 0 {
        error::warning(
            format!(
                "changes of {} in table \"{}\" do not follow from one another",
                match order.broken {
                    1 => "a row".to_owned(),
                    rows => format!("{rows} rows"),
                },
                relation::display(shape.root)
            ),
            "Something changed them between statements that overlapped, and was not captured. \
             Their events stand in the order in which the statements ended.",
        );
    }
    let mut out = Out::new(memory);
    if order.edges().is_sorted() {
        turn.read(|store| store.rewind());
        for is_alive in alive {
            turn.read(|store| {
                let record = store.next();
                if is_alive {
                    out.take(record);
                }
            });
            out.flush_if_full();
        }
    } else {
        let mut places = vec![u32::MAX; edges.len()];
        for (place, edge) in order.edges().iter().enumerate() {
            places[*edge as usize] = place as u32;
        }
        drop((order, edges, alive));
        let mut sorter = Sorter::new(memory);
        turn.read(|store| {
            store.rewind();
            for place in places {
                let record = store.next();
                if let (Some(record), true) = (record, place != u32::MAX) {
                    sorter.push(place, record);
                }
                pgrx::check_for_interrupts!();
            }
        });
        let mut sorted = sorter.sort();
        while let Some(record) = sorted.next() {
            out.take(Some(record));
            out.flush_if_full();
        }
    }
    out.flush();
}

/// Asks the rows whose trails end where they begin what they are now.
fn close_rounds(shape: &Shape, turn: Turn, edges: &[Edge], order: &mut Order, memory: Memory<'_>) {
    let rounds = std::mem::take(&mut order.rounds);
    if rounds.is_empty() {
        return;
    }
    let by_edge: FxHashMap<u32, &Round> = rounds.iter().map(|r| (r.edge, r)).collect();
    let rows = Rows::of(shape, memory);
    turn.read(|store| store.rewind());
    for edge in 0..edges.len() as u32 {
        let key = turn.read(|store| {
            let record = store.next();
            let round = by_edge.get(&edge)?;
            let record = record.and_then(Record::read)?;
            Some((*round, record.key.to_vec()))
        });
        if let Some((round, key)) = key {
            order.close(edges, round, rows.image(&key));
        }
        pgrx::check_for_interrupts!();
    }
}

/// The rows of a table as they are now.
struct Rows<'a> {
    shape: &'a Shape,
    plan: Plan,
    memory: Memory<'a>,
}

impl<'a> Rows<'a> {
    fn of(shape: &'a Shape, memory: Memory<'a>) -> Self {
        let columns: Vec<String> = image::columns(shape).map(|c| c.name.clone()).collect();
        let plan = user::as_owner(shape.root, || {
            let query = spi::run(
                "select eventlog._row_query($1::pg_catalog.oid::pg_catalog.regclass, $2)",
                &[Value::Oid(shape.root), Value::TextArray(Some(columns))],
                |row| row.string(1).unwrap_or_default(),
            );
            Plan::prepare(&query.concat(), &[pg_sys::JSONBOID])
        });
        Rows {
            shape,
            plan,
            memory,
        }
    }

    /// The image of the row with this key, an object.
    fn image(&self, key: &[u8]) -> Image {
        let mut image = ABSENT;
        let scratch = Scratch::new(self.memory);
        user::as_owner(self.shape.root, || {
            spi::connected(|| {
                let key = scratch.memory().jsonb(key);
                self.plan.execute(&[Some(key.into())]);
                let mut pins = Pins::default();
                spi::each_row(|row| {
                    let value = |place: usize, _: &Column| row.datum(place as i16 + 1);
                    image = scratch.within(|| image::of(self.shape, value, &mut pins));
                });
            });
        });
        image
    }
}

/// Events on their way into their logs.
struct Out<'a> {
    /// the log of each, and what its tenants are of
    logs: Vec<(Uuid, TenantType)>,
    drafts: Pool<'a, Drafts>,
}

impl<'a> Out<'a> {
    fn new(memory: Memory<'a>) -> Self {
        Out {
            logs: Vec::new(),
            drafts: Pool::new(memory),
        }
    }

    fn take(&mut self, record: Option<&[u8]>) {
        let Some(record) = record.and_then(Record::read) else {
            Error::internal("an event that waits to be written is damaged").raise()
        };
        self.drafts
            .with(|scratch, drafts| drafts.extend(record.events(scratch.memory())));
        let log = (record.log_id, record.tenant_type);
        self.logs.resize(self.drafts.len(), log);
    }

    fn flush_if_full(&mut self) {
        pgrx::check_for_interrupts!();
        if self.drafts.len() >= CHUNK || self.drafts.size() >= CHUNK_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let logs = &self.logs;
        self.drafts.with(|_, drafts| {
            let mut rest = &drafts[..];
            for logs in logs.chunk_by(|a, b| a == b) {
                let (target, rules) = log_with(logs[0].0, logs[0].1);
                let (run, others) = rest.split_at(logs.len());
                many::write_as_owner(&target, &rules, run, Reading::now()).or_raise();
                rest = others;
            }
        });
        self.logs.clear();
        self.drafts.clear();
    }
}
