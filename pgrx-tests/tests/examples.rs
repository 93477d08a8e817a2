//! The examples run, each in a fresh database and all of them in one.

use std::fs;
use std::path::{Path, PathBuf};

use pg_eventlog_tests::{Database, LIMIT, SUPERUSER, run};

/// The repository, from whose root the examples run.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All `examples/*/run.sql`, by their paths from the root.
fn examples() -> Vec<String> {
    let entries = fs::read_dir(root().join("examples")).expect("there are examples");
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("run.sql").is_file())
        .map(|entry| format!("examples/{}/run.sql", entry.file_name().to_string_lossy()))
        .collect();
    found.sort();
    assert!(found.len() >= 5, "only {found:?}");
    found
}

#[track_caller]
fn succeeds(database: &Database, example: &str) {
    let mut psql = database.client_program("psql", SUPERUSER);
    psql.current_dir(root()).args(["-X", "-q", "-f", example]);
    run(&mut psql, LIMIT * 2).expect_ok();
}

#[test]
fn each_example_runs_in_a_database_of_its_own() {
    for example in examples() {
        succeeds(&Database::fresh(), &example);
    }
}

#[test]
fn all_examples_run_in_one_database() {
    let database = Database::fresh();
    for example in examples() {
        succeeds(&database, &example);
    }
}
