//! The gate: every event of a log passes this one trigger, whichever way it comes. It lets a row pass, refuses it, or puts
//! other documents in place of those that came.

pub mod validate;

use crate::error::{Error, OrRaise};
use crate::log::columns::Columns;
use crate::log::lookup;
use crate::log::target::Target;
use crate::pg::clock;
use crate::pg::datum::{Datum, Jsonb};
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::{self, grow::Few};
use crate::pg::memory::Memory;
use crate::pg::news;
use crate::pg::relation;
use crate::pg::trigger::{Inserting, Trigger};
use crate::pg::tuple::Row;
use crate::rules::{Step, ask, judge};
use crate::writing::handover::{self, Place, Stored};
use crate::writing::{key, number};
use model::taxonomy::replaced::Replacement;
use model::taxonomy::rules::{Facts, LogRules, Measured, Refusal, Verdict};

impl Measured for Jsonb<'_> {
    #[inline]
    fn size(&self) -> usize {
        Jsonb::size(self)
    }

    #[inline]
    fn read(&self) -> Option<jsonb::Jsonb<'_>> {
        Jsonb::read(self).ok()
    }
}

/// `eventlog.gate(log_id)`: BEFORE INSERT trigger for each row of a log. It checks and refuses, and
/// assigns nothing.
pub fn gate(call: &Call<'_>) -> Ret {
    let trigger = call.trigger("eventlog.gate");
    let Some(mut inserting) = trigger.before_insert_row() else {
        Error::TriggerMisuse {
            function: "eventlog.gate",
        }
        .raise();
    };
    let found = lookup::of_gate(&trigger, |target| {
        let row = inserting.row(target.columns.last);
        is_restored(target, &row)
    });
    let Some((target, rules)) = found else {
        return inserting.pass();
    };
    let c = &target.columns;
    let row = inserting.row(c.last);

    let id = row.uuid(c.id);
    let place = handover::arrived(target.log_id, id, || Stored {
        seq: row.long(c.seq).unwrap_or(0),
        recorded_at: row.long(c.recorded_at).unwrap_or(0),
    });
    match examine(&target, &rules, &trigger, &mut inserting, place) {
        Ok(passed) => passed,
        Err(why) if place.is_some_and(|place| place.leaves_out) => {
            handover::refused(why.into_violations().or_raise());
            inserting.leave_out()
        }
        Err(why) => why.raise(),
    }
}

/// What is returned for a row that passes, or why it is refused.
#[inline]
fn examine(
    target: &Target,
    rules: &LogRules,
    trigger: &Trigger<'_>,
    inserting: &mut Inserting<'_>,
    place: Option<Place>,
) -> Result<Ret, Box<Error>> {
    let c = &target.columns;
    let mut row = inserting.row(c.last);
    let index = place.and_then(|p| p.index);

    let (entity_type, actor_type) = (row.text(c.entity_type), row.text(c.actor_type));
    let (tenant, key) = (target.text_tenant(&row), row.text(c.idempotency_key));
    let facts = Facts {
        event_type: row.text(c.event_type).unwrap_or_default(),
        version: row.int(c.version),
        entity_type,
        actor_type,
        kinds_known: true,
        identifiers: &[
            ("tenant_id", tenant),
            ("entity_type", entity_type),
            ("entity_id", row.text(c.entity_id)),
            ("actor_type", actor_type),
            ("actor_id", row.text(c.actor_id)),
            ("source_type", row.text(c.source_type)),
            ("source_id", row.text(c.source_id)),
            ("correlation_id", row.text(c.correlation_id)),
            ("causation_id", row.text(c.causation_id)),
            ("idempotency_key", key),
        ],
        payload: row.jsonb(c.payload),
        context: row.jsonb(c.context),
        context_required: true,
        by_capture: place.is_some_and(|p| p.by_capture),
        came: place.and_then(|p| p.came),
    };
    match rules.judge(&facts, || target.is_owned()) {
        Verdict::Pass => {}
        Verdict::Replace(made) => {
            replace(inserting, c, &made, trigger.memory());
            row = inserting.row(c.last);
        }
        Verdict::Refuse(why) => return refuse(why, facts.event_type, target, index),
    }
    if rules.ruled {
        let broken = ask(target, trigger, inserting, facts.event_type, index);
        if !broken.is_empty() {
            return refuse(Refusal::Broken(broken), facts.event_type, target, index);
        }
    }
    let tenant_missing = row.datum(c.tenant_id).is_none() || tenant.is_some_and(<[u8]>::is_empty);
    if rules.require_tenant && tenant_missing {
        let log = target.name.clone();
        return Err(Error::MissingTenant { log, index }.into());
    }
    // An event with an old transaction id would be invisible to consumers.
    let (genuine_xid, genuine_origin) = (has_own_xid(c, &row), has_own_origin(c, &row));
    // One whose number was not drawn after that id could stand where readers have been already.
    let genuine_seq = row
        .long(c.seq)
        .is_some_and(|number| number::take(target, number));
    let genuine = genuine_xid && genuine_origin && genuine_seq;
    if !genuine && !relation::is_owned(target.oid) {
        let log = target.name.clone();
        match (genuine_xid, genuine_origin) {
            (false, _) => Error::Forged { column: "xid", log },
            (true, false) => Error::Forged {
                column: "origin",
                log,
            },
            (true, true) => Error::ForgedNumber { log },
        }
        .raise();
    }
    // log_event has claimed the key of its events already.
    if let (Some(_), None) = (key, place) {
        key::claim_for_insert(target, rules, &row);
    }
    news::note(target.log_id);
    // A number that the owner gave is of the past, which no rule is asked about.
    match rules.ruled && genuine_seq {
        true => step(target, rules, inserting, &row, index),
        false => Ok(inserting.pass()),
    }
}

/// Puts what was made of the documents of a row in their place.
#[cold]
fn replace(inserting: &mut Inserting<'_>, c: &Columns, made: &Replacement, memory: Memory<'_>) {
    let mut changes = Few::<_, 2>::new();
    for (column, document) in [(c.payload, &made.payload), (c.context, &made.context)] {
        if let Some(container) = document {
            let document = Datum::from(memory.jsonb(container));
            changes.push((column, document)).or_raise();
        }
    }
    if !changes.is_empty() {
        inserting.replace(&changes);
    }
}

/// What the row does to the state of its entity. Where the entity was held only now, what was drawn and read before is
/// drawn and read again: numbers are in the order in which events follow on each other.
fn step(
    target: &Target,
    rules: &LogRules,
    inserting: &Inserting<'_>,
    row: &Row<'_>,
    index: Option<usize>,
) -> Result<Ret, Box<Error>> {
    let c = &target.columns;
    let (moves, is_late) = match judge(target, rules, row, index) {
        Step::None => return Ok(inserting.pass()),
        Step::Taken(moves) => (moves, false),
        Step::Late(moves) => (moves, true),
        Step::Refused(broken) => {
            let event_type = row.text(c.event_type).unwrap_or_default();
            return refuse(Refusal::Broken(broken), event_type, target, index);
        }
    };
    let late = target.sequences().first().filter(|_| is_late);
    let Some(sequence) = late else {
        moves.take(target, row, row.long(c.seq).unwrap_or(0));
        return Ok(inserting.pass());
    };
    let seq = number::draw_unasked(*sequence);
    number::take(target, seq);
    let recorded_at = row.long(c.recorded_at).unwrap_or(0);
    let recorded_at = target.recorded_again(recorded_at, clock::Reading::now().timestamp());
    handover::stored(Stored { seq, recorded_at });
    moves.take(target, row, seq);
    Ok(inserting.pass_with(&[
        (c.seq, Datum::from(seq)),
        (c.recorded_at, Datum::timestamptz(recorded_at)),
    ]))
}

#[cold]
fn refuse(
    refusal: Refusal,
    event_type: &[u8],
    log: &Target,
    index: Option<usize>,
) -> Result<Ret, Box<Error>> {
    Err(Error::refused(refusal, event_type, &log.name, index).into())
}

/// Whether the transaction's id in a row is that of this transaction.
fn has_own_xid(columns: &Columns, row: &Row<'_>) -> bool {
    row.long(columns.xid)
        .is_some_and(|xid| xid as u64 == clock::current_xid())
}

/// Whether the origin in a row is this cluster.
fn has_own_origin(columns: &Columns, row: &Row<'_>) -> bool {
    row.int(columns.origin) == Some(clock::origin())
}

/// Whether a row on its way into a table without primary key comes from a dump. A restore makes a table's triggers and
/// its primary key after its rows are in, but for one case: with several jobs, the trigger of a partitioned table may be
/// there before the rows of a partition are. They have passed the gate when they were new, their keys are claimed in the
/// table of keys, and what they are checked against may not be there yet.
#[cold]
fn is_restored(target: &Target, row: &Row<'_>) -> bool {
    let columns = &target.columns;
    !(has_own_xid(columns, row) && has_own_origin(columns, row)) && relation::is_owned(target.oid)
}
