//! What `track_changes` was asked for.

use crate::catalogue::tracked_table::Tracking;
use crate::error::Error;
use model::text::shorten;
use model::text::{MAX_IDENTIFIER_BYTES, MAX_TYPE_CHARS};
use pgrx::pg_sys::Oid;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest of the endings that the entity type gets.
const LONGEST_ENDING: &str = ".state_changed";

/// Options of one tracking.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Options {
    pub entity_type: String,
    pub fields: Option<Vec<String>>,
    pub ignore: Option<Vec<String>>,
    pub tenant_column: Option<String>,
    pub state_column: Option<String>,
    pub deleted_column: Option<String>,
    pub carry_values: bool,
    pub capture_truncate: bool,
}

impl Options {
    /// Those of a tracking.
    pub fn of(tracking: &Tracking) -> Options {
        Options {
            entity_type: tracking.entity_type.clone(),
            fields: tracking.fields.clone(),
            ignore: tracking.ignore.clone(),
            tenant_column: tracking.tenant_column.clone(),
            state_column: tracking.state_column.clone(),
            deleted_column: tracking.deleted_column.clone(),
            carry_values: tracking.carry_values,
            capture_truncate: tracking.capture_truncate,
        }
    }

    /// Refuses what could never be meant, whatever the table.
    pub fn check(&self) -> Result<(), Error> {
        check_entity_type(&self.entity_type)?;
        let fields = check_list("fields", &self.fields)?;
        let ignore = check_list("ignore", &self.ignore)?;
        if let Some(both) = fields.iter().find(|name| ignore.contains(*name)) {
            return Err(Error::argument(format!(
                "column \"{}\" stands both in fields and in ignore",
                shorten(both)
            )));
        }
        for (argument, column) in [
            ("state_column", &self.state_column),
            ("deleted_column", &self.deleted_column),
        ] {
            if let Some(column) = column
                && ignore.contains(column.as_str())
            {
                return Err(Error::argument_hint(
                    format!(
                        "ignore names the column \"{}\", which is the {argument}",
                        shorten(column)
                    ),
                    "The columns of state and deletion are always tracked.",
                ));
            }
        }
        if self.state_column.is_some() && self.state_column == self.deleted_column {
            return Err(Error::argument_hint(
                format!(
                    "column \"{}\" is both state_column and deleted_column",
                    shorten(self.state_column.as_deref().unwrap_or_default())
                ),
                "A change of it would be two events of one fact; name it once.",
            ));
        }
        Ok(())
    }

    /// The same as an entry of the catalogue.
    pub fn tracking(&self, id: Uuid, relation: Oid, log_id: Uuid) -> Tracking {
        let options = self.clone();
        Tracking {
            id,
            relation: Some(relation),
            log_id,
            entity_type: options.entity_type,
            fields: options.fields,
            ignore: options.ignore,
            tenant_column: options.tenant_column,
            state_column: options.state_column,
            deleted_column: options.deleted_column,
            carry_values: options.carry_values,
            capture_truncate: options.capture_truncate,
            since: 0,
        }
    }

    /// Whether a tracking has these options already. Lists are sets.
    pub fn are_those_of(&self, tracking: &Tracking) -> bool {
        let same = |a: &Option<Vec<String>>, b: &Option<Vec<String>>| {
            let sorted = |list: &Option<Vec<String>>| {
                let mut list = list.clone();
                list.iter_mut().for_each(|l| l.sort());
                list
            };
            sorted(a) == sorted(b)
        };
        self.entity_type == tracking.entity_type
            && same(&self.fields, &tracking.fields)
            && same(&self.ignore, &tracking.ignore)
            && self.tenant_column == tracking.tenant_column
            && self.state_column == tracking.state_column
            && self.deleted_column == tracking.deleted_column
            && self.carry_values == tracking.carry_values
            && self.capture_truncate == tracking.capture_truncate
    }
}

fn check_entity_type(name: &str) -> Result<(), Error> {
    let bad = |why: String| {
        Err(Error::argument_hint(
            why,
            "It is the first part of the event types, as in \"campaigns.updated\".",
        ))
    };
    if name.is_empty() {
        return bad("entity_type must not be empty".to_owned());
    }
    if name.trim() != name || name.chars().any(char::is_control) {
        return bad(format!(
            "entity_type \"{}\" has white space at an end, or control characters",
            shorten(name)
        ));
    }
    let chars = name.chars().count() + LONGEST_ENDING.len();
    if chars > MAX_TYPE_CHARS {
        return bad(format!(
            "entity_type has {} characters, and may have {}",
            chars - LONGEST_ENDING.len(),
            MAX_TYPE_CHARS - LONGEST_ENDING.len()
        ));
    }
    if name.len() > MAX_IDENTIFIER_BYTES - LONGEST_ENDING.len() {
        return bad(format!(
            "entity_type has {} bytes, and may have {}",
            name.len(),
            MAX_IDENTIFIER_BYTES - LONGEST_ENDING.len()
        ));
    }
    Ok(())
}

fn check_list<'a>(
    argument: &str,
    list: &'a Option<Vec<String>>,
) -> Result<FxHashSet<&'a str>, Error> {
    let mut seen = FxHashSet::default();
    let Some(list) = list else {
        return Ok(seen);
    };
    if list.is_empty() {
        return Err(Error::argument_hint(
            format!("{argument} must not be empty"),
            "Leave it out to track all columns.",
        ));
    }
    for name in list {
        if !seen.insert(name.as_str()) {
            return Err(Error::argument(format!(
                "{argument} names \"{}\" twice",
                shorten(name)
            )));
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            entity_type: "campaigns".to_owned(),
            fields: None,
            ignore: None,
            tenant_column: None,
            state_column: None,
            deleted_column: None,
            carry_values: true,
            capture_truncate: false,
        }
    }

    fn list(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(|n| (*n).to_owned()).collect())
    }

    #[test]
    fn an_entity_type_leaves_room_for_its_endings() {
        let check = |name: &str| {
            let entity_type = name.to_owned();
            Options {
                entity_type,
                ..options()
            }
            .check()
        };
        assert!(check(&"x".repeat(241)).is_ok());
        assert!(check(&"ä".repeat(241)).is_ok());
        for bad in [
            "",
            " ",
            "a ",
            "\ta",
            "a\nb",
            &"x".repeat(242),
            &"猫".repeat(167),
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_that_contradict_are_refused() {
        let good = Options {
            fields: list(&["a", "b"]),
            ignore: list(&["c"]),
            state_column: Some("s".to_owned()),
            deleted_column: Some("d".to_owned()),
            ..options()
        };
        assert!(good.check().is_ok());
        for bad in [
            Options {
                fields: list(&[]),
                ..good.clone()
            },
            Options {
                ignore: list(&[]),
                ..good.clone()
            },
            Options {
                fields: list(&["a", "a"]),
                ..good.clone()
            },
            Options {
                ignore: list(&["b"]),
                ..good.clone()
            },
            Options {
                ignore: list(&["s"]),
                ..good.clone()
            },
            Options {
                ignore: list(&["d"]),
                ..good.clone()
            },
            Options {
                state_column: Some("d".to_owned()),
                ..good.clone()
            },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lists_are_compared_as_sets() {
        let given = Options {
            fields: list(&["b", "a"]),
            ..options()
        };
        let stored = Options {
            fields: list(&["a", "b"]),
            ..options()
        }
        .tracking(Uuid::nil(), Oid::from(1), Uuid::nil());
        assert!(given.are_those_of(&stored));
        assert!(!options().are_those_of(&stored));
    }
}
