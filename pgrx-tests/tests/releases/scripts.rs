//! The scripts themselves: what is kept, what is generated, and what they declare of the library.

use super::{difference, root, script, texts, version};
use pg_eventlog_tests::{Database, LIMIT, run};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_script_is_the_files_in_order() {
    let database = Database::empty();
    let share = run(
        Command::new(database.cluster().install().pg_config()).arg("--sharedir"),
        LIMIT,
    )
    .expect_ok();
    let name = format!("extension/pg_eventlog--{}.sql", version());
    let installed = fs::read_to_string(Path::new(share.trim()).join(name)).unwrap();
    // What pgrx adds is comments, and empty lines.
    let plain = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim_end);
        let lines = lines.filter(|line| {
            let added = [
                "--",
                "\\echo",
                "/*",
                "*/",
                "This file is auto",
                "The ordering of items",
            ];
            !line.is_empty() && !added.iter().any(|start| line.starts_with(start))
        });
        lines.map(str::to_owned).collect()
    };
    let (installed, printed) = (plain(&installed), plain(&script(&[])));
    assert_eq!(difference(&installed, &printed), "");
    assert_eq!(installed, printed);
}

/// A released script never changes, and stands where upgrades from it can be tested.
#[test]
fn the_scripts_of_releases_are_kept() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let released = changelog.lines().filter_map(|line| {
        let version = line.strip_prefix("## [")?.split(']').next()?;
        (version != "Unreleased").then(|| version.to_owned())
    });
    for release in released {
        let kept = root().join(format!("sql/releases/pg_eventlog--{release}.sql"));
        let kept = fs::read_to_string(&kept)
            .unwrap_or_else(|e| panic!("{}: {e}; scripts/install-script keep", kept.display()));
        if release == version() {
            assert_eq!(
                difference(
                    &kept.lines().map(str::to_owned).collect::<Vec<_>>(),
                    &script(&[]).lines().map(str::to_owned).collect::<Vec<_>>(),
                ),
                "",
                "{release} is released: raise the version in Cargo.toml"
            );
        }
    }
    let upgrades = fs::read_dir(root().join("sql/upgrades"))
        .into_iter()
        .flatten();
    for described in upgrades.flatten().map(|entry| entry.path()) {
        let name = described
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(&format!("--{}", version())) {
            let kept = fs::read_to_string(root().join(format!("sql/pg_eventlog--{name}.sql")));
            assert_eq!(
                kept.unwrap_or_default(),
                script(&["upgrade", described.to_str().unwrap()]),
                "scripts/install-script upgrade {}",
                described.display()
            );
        }
    }
}

/// Each symbol reads what the functions that the script declares with it pass.
#[test]
fn the_table_of_native_functions_is_what_the_script_declares() {
    let table = fs::read_to_string(root().join("src/api/natives.rs")).unwrap();
    let (_, table) = table.split_once("native! {").unwrap();
    let mut listed: Vec<String> = Vec::new();
    for entry in table
        .split("=>")
        .filter_map(|part| part.rsplit_once("eventlog_"))
    {
        let (symbol, lists) = entry.1.split_once('(').unwrap();
        for list in lists.trim_end().trim_end_matches(')').split(")(") {
            let kinds: Vec<&str> = list
                .split(',')
                .map(str::trim)
                .filter(|k| !k.is_empty())
                .collect();
            listed.push(format!("eventlog_{symbol}({})", kinds.join(", ")));
        }
    }
    listed.sort();
    let declared = texts(
        &mut Database::fresh().admin(),
        "select distinct format('%s(%s)', p.prosrc, (
            select string_agg(t.typname, ', ' order by a.place)
            from unnest(p.proargtypes) with ordinality a (kind, place) join pg_type t on t.oid = a.kind)) collate \"C\"
         from pg_proc p join pg_language l on l.oid = p.prolang
         where p.pronamespace = 'eventlog'::regnamespace and l.lanname = 'c' order by 1",
    );
    assert_eq!(difference(&listed, &declared), "");
}
