//! Positions that whoever asks for them keeps.

use super::admin;
use super::present::{self, Present};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::cached::Cached;
use crate::pg::input;
use crate::pg::spi::{self, Plan, Value};
use crate::pg::user;
use crate::pg::{relation, snapshot};
use model::text::shorten;
use model::window::{BadText, Position, Refusal};
use pgrx::pg_sys;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Rows that are sorted for a reader where a log has no index on seq.
const SORTED: usize = 100_000;

const ANEW: &str = "Read from a time or from 'start'.";

thread_local! {
    static ORDERED: ManuallyDrop<Cached<u32, ()>> = ManuallyDrop::default();
    static PROBES: ManuallyDrop<Cached<u32, Plan>> = ManuallyDrop::default();
}

/// Whether a log has the index on seq. A large one that has none is refused: each call would sort it.
pub fn has_order(target: &Target) -> bool {
    let oid = target.oid.to_u32();
    if ORDERED.with(|known| known.get(&oid)).is_some() {
        return true;
    }
    let log = [Value::Oid(target.oid)];
    let found = user::with_pinned_path(|| {
        spi::run(
            "select eventlog._find_seq_index($1::pg_catalog.oid::pg_catalog.regclass)",
            &log,
            |row| row.bool(1),
        )
    });
    if found.contains(&Some(true)) {
        ORDERED.with(|known| known.keep(oid, &Rc::new(()), Rc::clone(&target.as_of)));
        return true;
    }
    let table = table(target);
    let is_large = format!(
        "select pg_catalog.count(*) operator(pg_catalog.>) {SORTED} from (select from {table} limit {}) c",
        SORTED + 1
    );
    let is_large = user::as_owner(target.oid, || spi::run(&is_large, &[], |row| row.bool(1)));
    if is_large.contains(&Some(true)) {
        Error::not_set_up(
            format!(
                "log \"{}\" has no index on seq, and is too large to be sorted for a reader",
                target.name
            ),
            "Its owner makes one, concurrently; for a partitioned log one for each partition, which are attached to one \
             on the log only.",
        )
        .raise();
    }
    false
}

fn table(target: &Target) -> String {
    relation::quoted(target.oid)
        .unwrap_or_else(|| Error::internal("a log is gone while it is read").raise())
}

/// Where a reader begins, or goes on.
pub fn position(target: &Target, ordered: bool, present: &Present, from: &str) -> Position {
    let known = || admin::known_marks(target.log_id, present.now.mark.seq);
    match from {
        "now" => return Position::now(&present.now, &known()),
        "start" => return Position::since(&present.now, &known(), i64::MIN, None),
        _ => {}
    }
    let why = match Position::from_text(from, *target.log_id.as_bytes()) {
        Ok(position) => return position,
        Err(why) => why,
    };
    match why {
        BadText::OtherLog => Error::argument_hint(
            format!("the position is not one of log \"{}\"", target.name),
            "Pass the log that it was read from.",
        )
        .raise(),
        BadText::Version(version) => {
            Error::argument(format!("the position has the unknown version {version}")).raise()
        }
        BadText::Malformed => match input::timestamptz(from.as_bytes()) {
            Ok(i64::MAX) => Error::argument("position must not be infinity").raise(),
            Ok(time) => {
                // To look for the place would sort the log each time.
                let after = match ordered {
                    true => admin::start(present, time, |from| probe(target, present, from)),
                    false => None,
                };
                Position::since(&present.now, &known(), time, after)
            }
            Err(_) => Error::argument_hint(
                format!(
                    "position \"{}\" is neither one that was given nor a time",
                    shorten(from)
                ),
                "Pass 'start', 'now', a time, or a position as read_events gave it.",
            )
            .raise(),
        },
    }
}

/// Seq and time of the first event from a number on, whoever may see it: nothing of it is shown.
fn probe(target: &Target, present: &Present, from: i64) -> Option<(i64, i64)> {
    let oid = target.oid.to_u32();
    let plan = PROBES.with(|plans| plans.get(&oid)).unwrap_or_else(|| {
        let statement = format!(
            "select seq, recorded_at from {} where seq operator(pg_catalog.>=) $1 order by seq limit 1",
            table(target)
        );
        let made = user::with_pinned_path(|| Plan::prepare(&statement, &[pg_sys::INT8OID]));
        let made = Rc::new(made);
        PROBES.with(|plans| plans.keep(oid, &made, Rc::clone(&target.as_of)));
        made
    });
    let mut found = None;
    user::as_owner(target.oid, || {
        present.boundary.reading(|| {
            plan.stream(&[Some(from.into())], |row| {
                found = row.long(1).zip(row.long(2));
                false
            });
        });
    });
    found
}

/// A position as its reader takes it along: what it has seen must be on disk before it leaves.
pub fn text(position: Position, log: [u8; 16]) -> String {
    let text = position.leaves().to_text(log);
    text.unwrap_or_else(|why| present::not_kept(why))
}

/// Tells why a reader cannot go on.
pub fn refuse(why: Refusal) -> ! {
    let message = match why {
        Refusal::NotLater if snapshot::is_kept() => Error::NotLater.raise(),
        Refusal::NotLater => {
            "the position lies ahead of this log, which is not the one it was given by or has gone back"
        }
        Refusal::OtherSystem => "the position was given by another cluster",
        Refusal::LaterTimeline => {
            "the position was given by a later timeline, from which this one does not come"
        }
        Refusal::NotMet => present::refuse(why),
    };
    Error::not_set_up(message.to_owned(), ANEW).raise()
}
