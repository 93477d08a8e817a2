//! The road through the executor: a statement, by a kept plan, for each call.

use super::draft::{self, NAMES};
use super::frame::{By, Writing};
use super::handover::{self, Batch, Batches, Insert, Outcome};
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::datum::Datum;
use crate::pg::fcall::{Call, Ret};
use crate::pg::pool::{self, Lent};
use crate::pg::spi::Plan;
use crate::pg::{relation, user};
use model::taxonomy::rules::LogRules;
use pgrx::pg_sys;

/// Writes the events of a call; gives how many rows went in.
pub fn write(writing: &mut Writing<'_>) -> Result<Outcome<u64>, Error> {
    match writing.by {
        By::Caller => insert(writing),
        By::Capture => user::as_owner(writing.target.oid, || insert(writing)),
    }
}

fn insert(writing: &mut Writing<'_>) -> Result<Outcome<u64>, Error> {
    let (target, rules) = (writing.target, writing.rules);
    let plans = &target.plans;
    let own = writing.by == By::Caller;
    if let ([draft], false) = (writing.drafts, writing.is_batch) {
        let with_id = writing.id_given;
        let plan = match (own, with_id) {
            (true, false) => &plans.insert,
            (true, true) => &plans.insert_with_id,
            (false, _) => &plans.owner_insert,
        };
        let plan = plan.get_or_init(|| prepare(target, rules, with_id));
        let id = writing.ids.first().copied();
        return Ok(handover::during(hand_over(writing, None), || {
            if !with_id {
                return plan.execute_alone(&draft.columns());
            }
            let mut values = [None; NAMES.len() + 1];
            values[..NAMES.len()].copy_from_slice(&draft.columns());
            values[NAMES.len()] = id.as_ref().map(Datum::uuid);
            plan.execute_alone(&values)
        }));
    }
    let plan = if own {
        &plans.insert_batch
    } else {
        &plans.owner_insert_batch
    };
    let plan = plan.get_or_init(|| prepare_batch(target, rules));
    let batch = Batch {
        drafts: writing.drafts,
        types: draft::column_types(rules.tenant_type),
    };
    Ok(pool::lend::<Batches, _>(&batch, |batch| {
        let insert = hand_over(writing, Some(batch));
        handover::during(insert, || plan.execute_alone(&[]))
    }))
}

fn hand_over(writing: &mut Writing<'_>, rows: Option<Lent<Batches>>) -> Insert {
    Insert {
        log_id: writing.target.log_id,
        ids: std::mem::take(&mut writing.ids),
        ids_given: writing.id_given,
        by_capture: writing.by == By::Capture,
        reading: writing.reading,
        is_batch: writing.is_batch,
        number: writing.number,
        leaves_out: writing.leaves_out,
        rows,
        came: handover::came(writing.drafts),
    }
}

fn prepare(target: &Target, rules: &LogRules, with_id: bool) -> Plan {
    let mut types = draft::column_types(rules.tenant_type).to_vec();
    let mut columns = NAMES.join(", ");
    if with_id {
        columns.push_str(", id");
        types.push(pg_sys::UUIDOID);
    }
    let places: Vec<String> = (1..=types.len()).map(|i| format!("${i}")).collect();
    let name = table_name(target);
    Plan::prepare(
        &format!(
            "insert into {name} ({columns}) values ({})",
            places.join(", ")
        ),
        &types,
    )
}

fn prepare_batch(target: &Target, rules: &LogRules) -> Plan {
    let columns = NAMES.join(", ");
    let tenant = rules.tenant_type.name();
    let definitions: Vec<String> = NAMES
        .iter()
        .map(|name| match *name {
            "payload" | "context" => format!("{name} pg_catalog.jsonb"),
            "occurred_at" => format!("{name} pg_catalog.timestamptz"),
            "version" => format!("{name} pg_catalog.int4"),
            "tenant_id" if tenant == "bigint" => format!("{name} pg_catalog.int8"),
            "tenant_id" => format!("{name} pg_catalog.{tenant}"),
            _ => format!("{name} pg_catalog.text"),
        })
        .collect();
    let sql = format!(
        "insert into {} ({columns}) select {columns} from eventlog._event_rows() e({})",
        table_name(target),
        definitions.join(", ")
    );
    Plan::prepare(&sql, &[])
}

/// Quoted name of the log's table.
pub fn table_name(target: &Target) -> String {
    relation::quoted(target.oid)
        .unwrap_or_else(|| Error::internal("a log's table has no name").raise())
}

/// `eventlog._event_rows()`: the rows of the batch at hand, once; no rows for anyone else.
pub fn event_rows(call: &Call<'_>) -> Ret {
    let mut sink = call.rows();
    if let Some(batch) = handover::rows() {
        batch.with(|batch| {
            // The column list is the statement's, and a rule on the log may have written another one.
            if !sink.takes(&batch.types) {
                Error::argument("the rows of a batch have other columns").raise();
            }
            for draft in batch.drafts {
                sink.push(&draft.columns());
            }
        });
    }
    Ret::Void
}
