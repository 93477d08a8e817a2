//! The event types of a tracked table, as its log's taxonomy knows them.

use super::config::Tracking;
use crate::log::target::Target;
use crate::pg::relation;
use crate::taxonomy::document::TypeDocument;
use crate::taxonomy::provide;

/// As large as a value can get: a row that could be stored can be told of.
const MAX_PAYLOAD_BYTES: i32 = 1_073_741_823;

/// Registers what the events of a tracking need and the taxonomy lacks; whether that was anything.
/// `table` names the table in descriptions.
pub fn register(target: &Target, tracking: &Tracking, table: &str) -> bool {
    let owned = relation::is_owned(target.oid);
    provide::provide(target, &documents(tracking, table), "track_changes", owned)
}

fn documents(tracking: &Tracking, table: &str) -> Vec<TypeDocument> {
    let entry = |ending: &str, what: &str, required: &[&str], optional: &[&str]| TypeDocument {
        event_type: format!("{}.{ending}", tracking.entity_type),
        description: Some(format!("a row of \"{table}\" {what}")),
        required: required.iter().map(|k| (*k).to_owned()).collect(),
        optional: optional.iter().map(|k| (*k).to_owned()).collect(),
        max_payload_bytes: Some(MAX_PAYLOAD_BYTES),
        default: true,
        ..TypeDocument::default()
    };
    // Keys in the order in which the taxonomy keeps them.
    let values = |ending, what, key| match tracking.carry_values {
        true => entry(ending, what, &[key], &["changes", "omitted", "reason"]),
        false => entry(ending, what, &[], &["changes", key, "omitted", "reason"]),
    };
    let mut documents = vec![
        values("created", "was inserted", "initial_values"),
        entry(
            "updated",
            "was changed",
            &["changes"],
            &["omitted", "reason"],
        ),
        values("deleted", "was deleted", "final_values"),
    ];
    if tracking.state_column.is_some() {
        let what = "went to another state";
        documents.push(entry("state_changed", what, &["state"], &["reason"]));
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::options::Options;
    use pgrx::pg_sys::Oid;
    use uuid::Uuid;

    #[test]
    fn documents_are_what_the_taxonomy_would_make_of_them() {
        for carry_values in [true, false] {
            let tracking = Options {
                entity_type: "campaigns".to_owned(),
                fields: None,
                ignore: None,
                tenant_column: None,
                state_column: Some("status".to_owned()),
                deleted_column: None,
                carry_values,
            }
            .tracking(Uuid::nil(), Oid::from(1), Uuid::nil());
            let documents = documents(&tracking, "public.campaigns");
            assert_eq!(documents.len(), 4);
            for document in documents {
                let checked = document.clone().check().unwrap();
                assert_eq!(checked.required, document.required);
                assert_eq!(checked.optional, document.optional);
            }
        }
    }
}
