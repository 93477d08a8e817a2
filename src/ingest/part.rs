//! Writing what can be written of a batch: all of it in one insert, where nothing is in the way.
//!
//! A part of a batch is written in a subtransaction. The gate leaves out the rows that break rules. Where such a row had
//! claimed its key, the part is done again without it, since a key that is claimed stays so; that is rare, as the taxonomy
//! is asked before a key is claimed, and only rules beside it are asked after. An error of somebody else's takes the part
//! back, and its halves are tried.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

use super::item::{self, Fate, Item};
use crate::error::{Error, OrRaise};
use crate::log::target::Target;
use crate::pg::attempt::{self, Failure};
use crate::pg::clock::Reading;
use crate::pg::jsonb::List;
use crate::writing::draft::Draft;
use crate::writing::frame::{self, By, Refused, Writing};
use crate::writing::identity;
use crate::writing::key::{self, Claim, Outcome};
use model::taxonomy::rules::LogRules;
use model::taxonomy::violation::Violation;
use std::ops::Range;
use uuid::Uuid;

/// So many subtransactions a call has at most: what lives beyond 64, every snapshot of the server has to look up.
const MAX_TRIES: usize = 64;

/// Writes all that are open.
pub fn write(target: &Target, rules: &LogRules, items: &mut [Item<'_, '_>]) -> Result<(), Error> {
    let is_open =
        |(place, item): (usize, &Item<'_, '_>)| matches!(item.fate, Fate::Open).then_some(place);
    let open = List::of(items.iter().enumerate().filter_map(is_open))?;
    let mut parts: List<Range<usize>> = List::new();
    if !open.is_empty() {
        parts.push(0..open.len())?;
    }
    let mut tries = 0;
    while let Some(range) = parts.pop() {
        let part = &open[range.clone()];
        let mut put = Put::default();
        if tries == MAX_TRIES {
            // An error is one from here on.
            if !put.part(target, rules, items, part)? {
                let first = put.refused.into_iter().next();
                return Err(Error::Violations {
                    event_type: String::new(),
                    index: first.as_ref().map(|(place, _)| *place),
                    violations: first.map(|(_, broken)| broken).unwrap_or_default(),
                });
            }
            put.settle(items);
            continue;
        }
        tries += 1;
        let tried = attempt::tentatively(is_about_rows, || {
            put.part(target, rules, items, part).or_raise()
        });
        match tried {
            Ok(true) => put.settle(items),
            Ok(false) => {
                put.leave_out(items);
                parts.push(range)?;
            }
            Err(failure) => match *part {
                [place] => items[place].fate = Fate::Rejected(refused(&failure)),
                _ => {
                    let middle = range.start + range.len() / 2;
                    parts.push(middle..range.end)?;
                    parts.push(range.start..middle)?;
                }
            },
        }
    }
    Ok(())
}

/// Whether an error may be one row's: of values, of a constraint, of a policy, of a trigger that refuses. Others are about
/// the transaction, the server, or what is to be set up.
fn is_about_rows(state: &str) -> bool {
    matches!(&state[..2], "22" | "23" | "54") || matches!(state, "42501" | "55000" | "P0001")
}

/// What an error of somebody else's says of the one event that it came with. Its DETAIL has values, and so may the message
/// of a data exception.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a few words, for 64 events of a call at most"
)]
fn refused(failure: &Failure) -> Vec<Violation> {
    let state = &failure.sqlstate;
    let (code, message) = match state.as_str() {
        "42501" => ("not_allowed", failure.message.clone()),
        _ if state.starts_with("22") => {
            let message = format!("the event was refused with SQLSTATE {state}");
            ("refused", message)
        }
        _ => {
            let message = format_args!(
                "the event was refused with SQLSTATE {state}: {}",
                failure.message
            );
            ("refused", message.to_string())
        }
    };
    let violation = Violation::new(code, "", message);
    let hint = failure.hint.clone().filter(|_| !state.starts_with("22"));
    vec![match hint {
        Some(hint) => violation.with_hint(hint),
        None => violation,
    }]
}

/// What becomes of the events of a part.
#[derive(Default)]
struct Put {
    /// they break rules, whatever else becomes of the part
    refused: List<(usize, Vec<Violation>)>,
    settled: List<(usize, Fate)>,
}

impl Put {
    fn settle(&mut self, items: &mut [Item<'_, '_>]) {
        self.leave_out(items);
        for (place, fate) in self.settled.drain() {
            items[place].fate = fate;
        }
    }

    fn leave_out(&mut self, items: &mut [Item<'_, '_>]) {
        for (place, broken) in self.refused.drain() {
            items[place].fate = Fate::Rejected(broken);
        }
    }

    /// Writes those of a part that are still open. False where it is to be done again without those that were refused.
    fn part(
        &mut self,
        target: &Target,
        rules: &LogRules,
        items: &[Item<'_, '_>],
        part: &[usize],
    ) -> Result<bool, Error> {
        let mut places = List::with_capacity(part.len())?;
        let mut drafts = List::with_capacity(part.len())?;
        for place in part {
            if matches!(items[*place].fate, Fate::Open) {
                places.push(*place)?;
                drafts.push(items[*place].draft)?;
            }
        }
        let _held = frame::hold(target, rules, &drafts);
        let reading = Reading::now();
        for (draft, place) in drafts.iter_mut().zip(places.iter()) {
            *draft = items[*place].filled(target, rules, reading)?;
        }
        let mut ids = List::of(drafts.iter().map(|_| identity::new_id(reading)))?;
        let mut is_fresh = List::new();
        is_fresh.resize(drafts.len(), true)?;
        self.claim(
            target,
            rules,
            (items, &places),
            &drafts,
            (&mut ids, &mut is_fresh),
        )?;

        let mut fresh_ids = List::with_capacity(ids.len())?;
        let mut fresh = List::with_capacity(ids.len())?;
        let mut of = List::with_capacity(ids.len())?;
        for (n, draft) in drafts.iter().enumerate() {
            if is_fresh[n] {
                fresh_ids.push(ids[n])?;
                fresh.push(*draft)?;
                of.push(n)?;
            }
        }
        let mut refused: Refused = Vec::new();
        if !fresh.is_empty() {
            refused = Writing {
                target,
                rules,
                drafts: &fresh,
                ids: Vec::from(fresh_ids).into(),
                id_given: false,
                number: None,
                reading,
                by: By::Caller,
                is_batch: false,
                leaves_out: true,
            }
            .run_leaving_out()?;
        }
        let mut is_whole = true;
        for (n, broken) in refused {
            let n = of[n];
            is_fresh[n] = false;
            // Its key would stay claimed.
            is_whole &= items[places[n]].hash.is_none();
            self.refused.push((places[n], broken))?;
        }
        for n in of.iter().copied().filter(|n| is_fresh[*n]) {
            self.settled.push((places[n], Fate::Logged(ids[n])))?;
        }
        Ok(is_whole)
    }

    /// Claims the keys of those that have one, as `log_events` does: in one order. Conflicts are told.
    fn claim(
        &mut self,
        target: &Target,
        rules: &LogRules,
        (items, places): (&[Item<'_, '_>], &[usize]),
        drafts: &[Draft<'_>],
        (ids, is_fresh): (&mut [Uuid], &mut [bool]),
    ) -> Result<(), Error> {
        let hash_of = |n: usize| items[places[n]].hash;
        let mut keyed = List::new();
        for (n, draft) in drafts.iter().enumerate() {
            if hash_of(n).is_none() {
                continue;
            }
            match item::judge(target, rules, draft) {
                Ok(()) => keyed.push(n)?,
                Err(why) => {
                    is_fresh[n] = false;
                    self.refused.push((places[n], why.into_violations()?))?;
                }
            }
        }
        keyed.sort_unstable_by(|a, b| drafts[*a].key_order(&drafts[*b]).then(a.cmp(b)));
        // The event that has the key at hand, and the first of the batch with that key.
        let mut holder: Option<(usize, Uuid, Option<List<u8>>)> = None;
        for n in keyed.iter().copied() {
            let Some(hash) = hash_of(n) else { continue };
            let same =
                |(first, ..): &(usize, Uuid, _)| drafts[*first].key_order(&drafts[n]).is_eq();
            if !holder.as_ref().is_some_and(same) {
                let claim =
                    Claim::of_draft(&drafts[n], hash, ids[n]).map(|c| c.make(target, rules));
                holder = match claim {
                    Some(Outcome::Taken { event_id, hash }) => Some((
                        n,
                        event_id,
                        hash.map(|hash| List::copy_of(&hash)).transpose()?,
                    )),
                    _ => {
                        holder = Some((n, ids[n], Some(List::copy_of(&hash)?)));
                        continue;
                    }
                };
            }
            let Some((_, id, known)) = &holder else {
                continue;
            };
            is_fresh[n] = false;
            let fate = match key::same_event(target, &drafts[n], &hash, (*id, known.as_deref())) {
                Ok(id) => Fate::Duplicate(id),
                Err(why) => Fate::Rejected(why.into_violations()?),
            };
            self.settled.push((places[n], fate))?;
        }
        Ok(())
    }
}
