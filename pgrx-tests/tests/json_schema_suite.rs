//! The official tests of JSON Schema, for both editions, on stored jsonb. They need no server.
//!
//! What is not as they say stands in `json-schema-deviations.txt`, all of it: one that is mended has to be taken off the
//! list, and one that comes is a failure.

use model::schema::{House, Plain, Schema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const HOUSE: House = House {
    is_deep: || false,
    reserved: |_, f| {
        f();
        Ok(())
    },
    room: 1 << 20,
};

/// Files about formats that say what a string is for and are not asserted, as the manual says: all strings are accepted.
const ANNOTATIONS: [&str; 8] = [
    "hostname",
    "idn-hostname",
    "idn-email",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "relative-json-pointer",
];

/// Each edition, and the `$schema` of a document that has none.
const EDITIONS: [(&str, Option<&str>); 2] = [
    ("draft2020-12", None),
    ("draft7", Some("http://json-schema.org/draft-07/schema#")),
];

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn stored(value: &Value) -> Option<Vec<u8>> {
    let mut builder = jsonb::Builder::new();
    builder.json(value);
    builder.finish().ok().map(|bytes| bytes.to_vec())
}

/// A schema as generators take it.
fn plain(schema: &Value) -> Schema {
    let mut names = 0;
    let plain = Plain::of(schema, &mut |_| {
        names += 1;
        format!("d{names}")
    });
    let document = plain.expect("a plain schema").document();
    Schema::of_stored(&stored(&document).expect("a document"), "schema").expect("a schema")
}

/// What is not as a file says, a line for each.
fn deviations(
    edition: &str,
    named: Option<&str>,
    file: &Path,
    name: &str,
    found: &mut BTreeSet<String>,
) -> usize {
    let text = std::fs::read(file).expect("a file of the suite");
    let groups: Vec<Value> = serde_json::from_slice(&text).expect("a list of groups");
    let mut count = 0;
    for group in groups {
        let mut schema = group["schema"].clone();
        if let (Some(named), Some(schema)) = (named, schema.as_object_mut()) {
            schema.entry("$schema").or_insert(named.into());
        }
        let about = format!(
            "{edition} {name}: {}",
            group["description"].as_str().unwrap_or_default()
        );
        let compiled = match stored(&schema) {
            Some(source) => Schema::of_stored(&source, "schema"),
            // Postgres stores no such character.
            None => {
                found.insert(format!("{about}: jsonb holds no NUL"));
                continue;
            }
        };
        // What types are generated from says the same in one edition and without addresses.
        let plain = compiled.is_ok().then(|| plain(&schema));
        for test in group["tests"].as_array().expect("a list of tests") {
            let test_about = format!(
                "{about}: {}",
                test["description"].as_str().unwrap_or_default()
            );
            count += 1;
            let Ok(schema) = &compiled else {
                // One line for the schema.
                found.insert(format!("{about}: schema is refused"));
                continue;
            };
            let Some(document) = stored(&test["data"]) else {
                found.insert(format!("{test_about}: jsonb holds no NUL"));
                continue;
            };
            let root = jsonb::Jsonb::new(&document).expect("a document").root();
            let accepted = schema.accepts(root, &HOUSE).expect("an answer");
            let plainly = plain
                .as_ref()
                .and_then(|plain| plain.accepts(root, &HOUSE).ok());
            match (plainly, accepted) {
                (Some(true), false) => {
                    found.insert(format!("{test_about}: taken by the plain schema"));
                }
                (plainly, accepted) => assert_eq!(plainly, Some(accepted), "{test_about}"),
            }
            let told = schema
                .violations(root, "", "payload", &HOUSE)
                .expect("an answer");
            assert_eq!(accepted, told.is_empty(), "{test_about}");
            let annotation = name.strip_prefix("optional/format/");
            if annotation.is_some_and(|format| ANNOTATIONS.contains(&format)) {
                assert!(accepted, "{test_about}: refused");
            } else if test["valid"].as_bool() != Some(accepted) {
                let answer = if accepted { "accepted" } else { "refused" };
                found.insert(format!("{test_about}: {answer}"));
            }
        }
    }
    count
}

#[test]
fn the_suite_holds_but_for_the_list() {
    let suite = source("target/drivers/json-schema-suite/tests");
    assert!(
        suite.is_dir(),
        "there is no {}: run scripts/drivers-setup",
        suite.display()
    );
    let mut found = BTreeSet::new();
    let mut count = 0;
    for (edition, named) in EDITIONS {
        for part in ["", "optional", "optional/format"] {
            let directory = suite.join(edition).join(part);
            for entry in std::fs::read_dir(&directory).expect("a directory of the suite") {
                let file = entry.expect("a file").path();
                if file.extension().is_some_and(|end| end == "json") {
                    let name = Path::new(part).join(file.file_stem().expect("a name"));
                    count += deviations(
                        edition,
                        named,
                        &file,
                        &name.display().to_string(),
                        &mut found,
                    );
                }
            }
        }
    }
    assert!(count > 3_000, "only {count} tests were found");
    let listed =
        std::fs::read_to_string(source("pgrx-tests/json-schema-deviations.txt")).expect("the list");
    let listed: BTreeSet<String> = listed
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(str::to_owned)
        .collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "not on the list:\n{new:#?}\nno longer so:\n{gone:#?}"
    );
}
