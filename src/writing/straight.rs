//! The straight road: rows into the table as COPY puts them there, without a statement.
//!
//! Starting and ending the executor for one row of twenty columns costs a third of what writing the row does. A log that
//! is as `create_log` made it needs nothing that only the executor has: its one trigger for INSERT is the gate, its
//! defaults are known, nothing of anybody else's runs when a row comes. What else an INSERT of the current role would be
//! asked, its row is asked on this road too: privileges, policies, constraints, by Postgres's own functions.
//!
//! Any other log goes through the executor, and so does a role whose policies ask what only a plan answers.

use super::frame::{By, Writing};
use super::handover::{self, Insert, Outcome};
use super::number;
use crate::log::plain::Plain;
use crate::log::target::{GATE_TRIGGER, Target};
use crate::pg::datum::Datum;
use crate::pg::insert::{Entrance, Spec};
use crate::pg::inval::{self, AsOf};
use crate::pg::sequence::transaction_id;
use crate::pg::{clock, hooks, user};
use crate::settings;
use pgrx::pg_sys::Oid;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// Entrances that are kept: of each log, one for capture and one for each role that writes.
const KEPT: usize = 16;

/// As whom rows go in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whom {
    /// as the owner, whom nobody asks
    Owner,
    /// as the role that calls, and whether it gives the id
    Role(user::Rights, bool),
}

struct Kept {
    table: Oid,
    whom: Whom,
    /// as of when this holds of the table
    as_of: Rc<AsOf>,
    /// as of which definitions of roles and functions
    rights: (u64, u64),
    /// none where the executor has to do it
    entrance: Option<Entrance>,
}

impl Kept {
    fn holds(&self) -> bool {
        self.as_of.holds() && self.rights == rights()
    }
}

thread_local! {
    // Never dropped, as a backend ends without freeing its memory.
    static CACHE: ManuallyDrop<RefCell<Vec<Kept>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Of definitions: of roles, and of functions.
fn rights() -> (u64, u64) {
    (inval::roles(), inval::functions())
}

/// Takes what is kept; it is put back when a statement has ended well.
fn take(table: Oid, whom: Whom) -> Option<Kept> {
    // What is old is dropped outside the borrow, as Postgres frees it.
    let found = CACHE.with(|cache| {
        let mut cache = cache.borrow_mut();
        let place = cache
            .iter()
            .position(|kept| kept.table == table && kept.whom == whom);
        place.map(|place| cache.swap_remove(place))
    });
    found.filter(Kept::holds)
}

fn put(kept: Kept) {
    if !kept.holds() {
        return;
    }
    let oldest = CACHE.with(|cache| {
        let mut cache = cache.borrow_mut();
        let oldest = (cache.len() >= KEPT).then(|| cache.remove(0));
        cache.push(kept);
        oldest
    });
    drop(oldest);
}

/// Writes the events of a call; none where they have to take the other road. Nothing has been done then.
pub fn write(writing: &mut Writing<'_>) -> Option<Outcome<u64>> {
    let target = writing.target;
    let plain = target.plain()?;
    let whom = match writing.by {
        By::Capture if plain.owner_may_insert => Whom::Owner,
        By::Capture => return None,
        By::Caller if settings::STRAIGHT.is_on() && !hooks::want_a_statement() => {
            Whom::Role(user::Rights::current(), writing.id_given)
        }
        By::Caller => return None,
    };
    let mut kept = take(target.oid, whom).unwrap_or_else(|| Kept {
        table: target.oid,
        whom,
        as_of: Rc::clone(&target.as_of),
        rights: rights(),
        entrance: make(target, plain, whom),
    });
    let Some(entrance) = &mut kept.entrance else {
        put(kept);
        return None;
    };
    // From here on the table is locked, and stays what it is. What was known of it may be old.
    if !entrance.open(&target.as_of) {
        return None;
    }
    let done = match writing.by {
        By::Caller => insert(writing, plain, entrance),
        By::Capture => user::as_owner_unpinned(target.oid, || insert(writing, plain, entrance)),
    };
    entrance.close();
    if entrance.is_lasting() {
        put(kept);
    }
    Some(done)
}

/// What rows go through into this log; none where it has to be the executor.
fn make(target: &Target, plain: &Plain, whom: Whom) -> Option<Entrance> {
    let columns = &target.columns;
    let mut named = [0; 16];
    named[..15].copy_from_slice(&columns.given());
    named[15] = columns.id;
    let named = match whom {
        Whom::Owner => None,
        Whom::Role(_, with_id) => Some(&named[..15 + usize::from(with_id)]),
    };
    // Whoever may not call what a default calls is told so by the executor.
    if named.is_some() && !plain.defaults.iter().all(|f| user::may_execute(*f)) {
        return None;
    }
    Entrance::make(&Spec {
        table: target.oid,
        trigger: GATE_TRIGGER,
        named,
        functions: &plain.defaults,
    })
}

fn insert(writing: &mut Writing<'_>, plain: &Plain, entrance: &mut Entrance) -> Outcome<u64> {
    let insertion = Insert {
        log_id: writing.target.log_id,
        ids: std::mem::take(&mut writing.ids),
        ids_given: false,
        by_capture: writing.by == By::Capture,
        number: writing.number,
        reading: writing.reading,
        is_batch: writing.is_batch,
        leaves_out: writing.leaves_out,
        rows: None,
        came: handover::came(writing.drafts),
    };
    let c = &writing.target.columns;
    let given = c.given();
    let recorded_at = Datum::timestamptz(writing.reading.timestamp());
    handover::during(insertion, || {
        let mut inserted = 0;
        for draft in writing.drafts {
            let id = handover::event_id();
            // In the order in which defaults are computed: a transaction has its id before it draws a number.
            let xid = transaction_id();
            let number = handover::number().unwrap_or_else(|| match writing.by {
                By::Caller => number::draw(plain.sequence),
                By::Capture => number::draw_unasked(plain.sequence),
            });
            let passed = entrance.insert(|row| {
                row.set(c.xid, Some((xid as i64).into()));
                row.set(c.seq, Some(Datum::from(number)));
                row.set(c.recorded_at, Some(recorded_at));
                row.set(c.id, Some(Datum::uuid(&id)));
                row.set(c.origin, Some(Datum::from(clock::origin())));
                draft.each(|position, value| row.set(given[position], value));
            });
            inserted += u64::from(passed);
        }
        inserted
    })
}
