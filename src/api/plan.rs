//! `plan_taxonomy`: what an import would do, without doing it.

use super::taxonomy;
use crate::catalogue::{event_type, schemas};
use crate::error::OrRaise;
use crate::log::lookup;
use crate::pg::fcall::{Call, Ret};
use crate::pg::{jsonpath, reserve};
use model::taxonomy::versions::Action;
use std::collections::BTreeMap;

/// A row of it.
struct Planned {
    action: &'static str,
    /// a JSON array
    breaks: Option<String>,
}

/// `eventlog.plan_taxonomy(taxonomy, log)`.
pub fn plan_taxonomy(call: &Call<'_>) -> Ret {
    let (_, rules) = lookup::rules_of_call(call.oid(1));
    let document = taxonomy::document(call, 0);
    let mut all = event_type::present(rules.log_id);
    // In the order of the document, what is not in it at the end.
    let mut order: Vec<(String, i32)> = Vec::new();
    let mut planned: BTreeMap<(String, i32), Planned> = BTreeMap::new();
    for entry in &document.types {
        let (versions, name) = (
            all.entry(entry.event_type.clone()).or_default(),
            &entry.event_type,
        );
        let decision = reserve::with_reserve(entry.copies(), || {
            let decision = versions.decide(entry)?;
            versions.put(entry, decision);
            Ok::<_, model::Problem>(decision)
        })
        .or_raise()
        .or_raise();
        let action = match decision.action {
            Action::Created => "new",
            Action::Updated => "changed",
            Action::Retired => "retired",
            Action::Unchanged => "unchanged",
        };
        let place = (name.clone(), decision.number);
        if planned
            .insert(
                place.clone(),
                Planned {
                    action,
                    breaks: None,
                },
            )
            .is_none()
        {
            order.push(place);
        }
    }
    let mut types: Vec<_> = all.iter().map(|(name, all)| (&**name, all)).collect();
    types.sort_by_key(|(name, _)| *name);
    for broken in schemas::breaks(types).or_raise() {
        let place = (broken.event_type, broken.version);
        let told = Planned {
            action: "incompatible",
            breaks: serde_json::to_string(&broken.told).ok(),
        };
        if planned.insert(place.clone(), told).is_none() {
            order.push(place);
        }
    }
    let mut sink = call.rows();
    let memory = call.memory();
    for place in order {
        let Some(row) = planned.get(&place) else {
            continue;
        };
        let breaks = row.breaks.as_deref();
        sink.push(&[
            Some(memory.text(&place.0).into()),
            Some(place.1.into()),
            Some(memory.text(row.action).into()),
            breaks.map(|breaks| jsonpath::document(breaks, memory).into()),
        ]);
    }
    Ret::Void
}
