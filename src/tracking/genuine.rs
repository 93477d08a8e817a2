//! Whether a trigger is one of those that `track_changes` makes.
//!
//! Whoever has the TRIGGER privilege on a table can hang the capture function on it, a second time or
//! with the old rows shown as new ones, and events would tell what never happened. So capture obeys
//! no trigger but its own, each the only one of its name on its table.

use crate::error::Error;
use crate::pg::relation;
use crate::pg::relation::RelationRef;
use crate::pg::trigger::{Definition, Trigger};

const BEFORE: i16 = 2;
const INSERT: i16 = 4;
const DELETE: i16 = 8;
const UPDATE: i16 = 16;
const TRUNCATE: i16 = 32;

/// What `_add_capture` makes. Neither "after" nor "for each statement" has a bit of its own.
const GENUINE: [Definition<'static>; 5] = [
    made(
        b"eventlog_track",
        BEFORE | INSERT | DELETE | UPDATE | TRUNCATE,
        None,
        None,
    ),
    made(b"eventlog_track_delete", DELETE, Some(b"old_rows"), None),
    made(b"eventlog_track_insert", INSERT, None, Some(b"new_rows")),
    made(
        b"eventlog_track_update",
        UPDATE,
        Some(b"old_rows"),
        Some(b"new_rows"),
    ),
    made(b"~eventlog_track_truncate", BEFORE | TRUNCATE, None, None),
];

const fn made(
    name: &'static [u8],
    kind: i16,
    old_rows: Option<&'static [u8]>,
    new_rows: Option<&'static [u8]>,
) -> Definition<'static> {
    Definition {
        name,
        kind,
        old_rows,
        new_rows,
        arguments: 1,
        is_restricted: false,
    }
}

/// Refuses a trigger that `track_changes` did not make.
pub fn require(trigger: &Trigger<'_>, relation: RelationRef<'_>) {
    let found = trigger.definition();
    if !GENUINE.contains(&found) {
        Error::NotAllowed {
            message: format!(
                "trigger \"{}\" on \"{}\" is none that eventlog.track_changes() makes",
                String::from_utf8_lossy(found.name),
                relation::display(relation.oid())
            ),
            hint: "Drop it. The table's owner puts those back that belong there with \
                   eventlog.track_changes()."
                .to_owned(),
        }
        .raise();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_that_differs_in_anything_is_none_of_ours() {
        for made in GENUINE {
            assert!(GENUINE.contains(&made));
            let swapped = Definition {
                old_rows: made.new_rows,
                new_rows: made.old_rows,
                ..made
            };
            assert!(swapped == made || !GENUINE.contains(&swapped));
            for other in [
                Definition { name: b"z", ..made },
                Definition {
                    kind: made.kind | 1,
                    ..made
                },
                Definition {
                    kind: made.kind ^ INSERT,
                    ..made
                },
                Definition {
                    old_rows: Some(b"o"),
                    ..made
                },
                Definition {
                    new_rows: Some(b"old_rows"),
                    ..made
                },
                Definition {
                    arguments: 2,
                    ..made
                },
                Definition {
                    is_restricted: true,
                    ..made
                },
            ] {
                assert!(!GENUINE.contains(&other), "{other:?}");
            }
        }
    }
}
