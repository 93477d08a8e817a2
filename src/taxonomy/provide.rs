//! Types that the extension itself writes events of.
//!
//! Whoever has a table tracked needs not own the log. What the log lacks is registered for him,
//! since he may write there; a contract that stands is its owner's to change.

use super::admin;
use super::cache;
use super::document::TypeDocument;
use super::rules::{Contract, Unregistered};
use super::violation::shorten;
use crate::error::Error;
use crate::log::target::Target;
use crate::pg::user;

/// Sees to it that events of these types can be written; whether anything had to be changed.
/// The log's row is locked until the transaction ends. `owned` says whether the current role owns
/// the log.
pub fn provide(target: &Target, entries: &[TypeDocument], action: &str, owned: bool) -> bool {
    let role = user::current_role();
    target.lock();
    let mut changed = false;
    for entry in entries {
        let rules = cache::rules(target.log_id);
        let known = rules
            .as_ref()
            .and_then(|rules| rules.types.get(entry.event_type.as_bytes()));
        if let Some(known) = known {
            let standing = known
                .versions
                .iter()
                .find(|c| c.version == known.default_version);
            // Its owner may have chosen other words, but a contract that asks for less than it
            // could is brought up to date.
            let fits = |c: &Contract| {
                takes(c, entry) && (!owned || c.required.len() == entry.required.len())
            };
            if standing.is_some_and(fits) {
                continue;
            }
            if !owned {
                Error::NotAllowed {
                    message: format!(
                        "event type \"{}\" of log \"{}\" has another contract than the events of \
                         a tracked table need",
                        shorten(&entry.event_type),
                        target.name
                    ),
                    hint: "Have the log's owner call eventlog.track_changes(), or pass another \
                           entity_type."
                        .to_owned(),
                }
                .raise();
            }
        }
        let open = rules.is_some_and(|r| r.unregistered == Unregistered::Allow);
        changed |= if open && !owned {
            admin::bring(target, &lenient(entry), &role, action)
        } else {
            admin::bring(target, entry, &role, action)
        };
    }
    changed
}

/// The same without required keys. A log that takes unregistered types may get events of this one
/// already: to refuse some of them is for the log's owner.
fn lenient(entry: &TypeDocument) -> TypeDocument {
    let mut entry = entry.clone();
    entry.optional.append(&mut entry.required);
    entry.optional.sort();
    entry
}

/// Whether a contract takes what the extension writes: payloads that have the keys which the entry
/// requires, of any size, about any kind of entity, by anybody.
fn takes(contract: &Contract, entry: &TypeDocument) -> bool {
    !contract.retired
        && contract
            .required
            .iter()
            .all(|key| entry.required.iter().any(|k| **k == **key))
        && contract.max_payload_bytes == entry.max_payload_bytes.map(|n| n.max(0) as usize)
        && contract.entity_types.is_none()
        && contract.actor_types.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_takes_no_more_than_it_says() {
        let entry = TypeDocument {
            event_type: "a".to_owned(),
            required: vec!["x".to_owned(), "y".to_owned()],
            max_payload_bytes: Some(100),
            ..TypeDocument::default()
        };
        let contract = Contract {
            required: vec!["x".into()],
            max_payload_bytes: Some(100),
            ..Contract::default()
        };
        assert!(takes(&contract, &entry));
        for bad in [
            Contract {
                retired: true,
                ..contract.clone()
            },
            Contract {
                required: vec!["z".into()],
                ..contract.clone()
            },
            Contract {
                max_payload_bytes: None,
                ..contract.clone()
            },
            Contract {
                entity_types: Some(vec!["x".into()]),
                ..contract.clone()
            },
            Contract {
                actor_types: Some(vec![]),
                ..contract.clone()
            },
        ] {
            assert!(!takes(&bad, &entry), "{bad:?}");
        }
    }
}
