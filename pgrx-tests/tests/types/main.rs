//! Types that are generated from a taxonomy: compiled by the languages' own tools as strictly as these can, used, and
//! asked of the same events as the log.

mod documents;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use documents::{Random, anything, like};
use pg_eventlog_tests::{Database, LIMIT, Rounds, SUPERUSER, drivers, run};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn source(name: &str) -> PathBuf {
    root().join("pgrx-tests/drivers/types").join(name)
}

/// What a text of the taxonomy's is called, and how it is generated.
const TEXTS: [(&str, &str); 7] = [
    ("events.ts", "eventlog.generate_typescript()"),
    (
        "exact.ts",
        "eventlog.generate_typescript(options => '{\"numbers\": \"exact\"}')",
    ),
    (
        "bare.ts",
        "eventlog.generate_typescript(options => '{\"zod\": false}')",
    ),
    ("events.py", "eventlog.generate_python()"),
    (
        "exact.py",
        "eventlog.generate_python(options => '{\"numbers\": \"exact\"}')",
    ),
    (
        "bare.py",
        "eventlog.generate_python(options => '{\"msgspec\": false}')",
    ),
    ("events.schema.json", "eventlog.generate_json_schema()"),
];

/// A log with the taxonomy of the tests.
fn database() -> (Database, Value) {
    let database = Database::fresh();
    let taxonomy = fs::read_to_string(source("taxonomy.json")).unwrap();
    let mut client = database.admin();
    client
        .batch_execute("select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false)")
        .unwrap();
    let taxonomy: Value = serde_json::from_str(&taxonomy).unwrap();
    client
        .execute("select eventlog.import_taxonomy($1)", &[&taxonomy])
        .unwrap();
    (database, taxonomy)
}

/// A directory below that of node's modules, which its programs look for further up.
fn workplace(database: &Database) -> PathBuf {
    let place = drivers().join("node/types");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("package.json"), "{\"type\": \"module\"}").unwrap();
    let mut client = database.admin();
    for (name, call) in TEXTS {
        let text: String = client
            .query_one(&format!("select {call}"), &[])
            .unwrap()
            .get(0);
        fs::write(place.join(name), text).unwrap();
    }
    for name in ["use.ts", "run.mjs", "use.py"] {
        fs::copy(source(name), place.join(name)).unwrap();
    }
    // Those of the examples are compiled too.
    for (example, ending) in committed() {
        let from = root()
            .join("examples")
            .join(&example)
            .join(format!("types/events.{ending}"));
        let name = example.replace('-', "_");
        fs::copy(from, place.join(format!("example_{name}.{ending}"))).unwrap();
    }
    place
}

/// The examples that have types, and in which languages.
fn committed() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("examples")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        for ending in ["ts", "py"] {
            if entry
                .path()
                .join(format!("types/events.{ending}"))
                .is_file()
            {
                found.push((name.clone(), ending));
            }
        }
    }
    found
}

/// A payload of each contract that the log takes.
const GOOD: [(&str, i32, &str); 11] = [
    ("order_shipped", 1, r#"{"order_id": 1}"#),
    (
        "order_shipped",
        2,
        r#"{"order_id": "o-1", "lines": [{"sku": "a", "count": 1}]}"#,
    ),
    ("tree.grown", 1, r#"{"name": "a"}"#),
    ("payment", 1, r#"{"method": "card", "last4": "1234"}"#),
    ("payment", 1, r#"{"method": "iban", "iban": "DE"}"#),
    ("mixed", 1, "{}"),
    (
        "2fa.class",
        1,
        r#"{"class": "x", "__proto__": 1, "a-b": true, "a_b": false, "int": 1, "constructor": 1, "größe": 1, "\"quoted\"": 1}"#,
    ),
    ("2fa_class", 1, "{}"),
    ("delete", 1, r#"{"import": 1}"#),
    ("old", 1, "{}"),
    ("plain", 1, "{}"),
];

struct Document {
    event_type: &'static str,
    version: i32,
    /// the key that is otherwise than in a good one
    key: String,
    payload: Value,
}

/// Documents of all contracts, so many of each key.
fn documents(taxonomy: &Value, random: &mut Random, each: usize) -> Vec<Document> {
    let mut documents = Vec::new();
    for (event_type, version, good) in GOOD {
        let good: Value = serde_json::from_str(good).unwrap();
        let entries = taxonomy["types"].as_array().unwrap();
        let entry = entries
            .iter()
            .find(|entry| {
                entry["type"] == event_type
                    && entry["version"].as_i64().unwrap_or(1) == i64::from(version)
            })
            .unwrap();
        let schema = &entry["schema"];
        // A schema that refers to its contents as a whole.
        let properties = schema
            .get("properties")
            .or(schema.pointer("/$defs/node/properties"));
        let mut keys: BTreeSet<String> = ["unknown".to_owned()].into();
        keys.extend(good.as_object().unwrap().keys().cloned());
        let named = properties.and_then(Value::as_object);
        keys.extend(named.into_iter().flat_map(|named| named.keys().cloned()));
        keys.extend(["required", "optional"].iter().flat_map(|list| {
            let names = entry[list].as_array().into_iter().flatten();
            names.filter_map(Value::as_str).map(str::to_owned)
        }));
        documents.push(Document {
            event_type,
            version,
            key: String::new(),
            payload: good.clone(),
        });
        for key in keys {
            let schema_of_key = properties.and_then(|properties| properties.get(&key));
            for at in 0..=each {
                let mut payload = good.clone();
                let members = payload.as_object_mut().unwrap();
                match (at, schema_of_key) {
                    (0, _) => drop(members.remove(&key)),
                    (_, Some(one)) => {
                        drop(members.insert(key.clone(), like(one, schema, random, 0)))
                    }
                    (_, None) => drop(members.insert(key.clone(), anything(random))),
                }
                documents.push(Document {
                    event_type,
                    version,
                    key: key.clone(),
                    payload,
                });
            }
        }
    }
    documents
}

/// Whether the log takes each.
fn asked(database: &Database, documents: &[Document]) -> Vec<bool> {
    let mut client = database.admin();
    let types: Vec<&str> = documents.iter().map(|one| one.event_type).collect();
    let versions: Vec<i32> = documents.iter().map(|one| one.version).collect();
    let payloads: Vec<String> = documents
        .iter()
        .map(|one| one.payload.to_string())
        .collect();
    let rows = client
        .query(
            "select not exists (select from eventlog.validate_event(d.type, d.payload::jsonb, d.version))
             from unnest($1::text[], $2::int[], $3::text[]) with ordinality d (type, version, payload, at) order by at",
            &[&types, &versions, &payloads],
        )
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The lines of a program: the verdicts of two modules on each document.
fn verdicts(out: &str) -> Vec<[bool; 2]> {
    let last = out.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| panic!("it said {out}"))
}

#[test]
fn types_compile_and_answer_as_the_log_does() {
    let (database, taxonomy) = database();
    let place = workplace(&database);
    let files = |ending: &str| {
        let all = fs::read_dir(&place).unwrap().flatten();
        let names = all.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
        names.sort();
        names
    };

    // As strictly as it goes, both at once.
    let python = drivers().join("python/bin");
    let checked = {
        let (place, names) = (place.clone(), files(".py"));
        let mypy = python.join("mypy");
        std::thread::spawn(move || {
            let mut mypy = Command::new(mypy);
            mypy.current_dir(place)
                .args(["--strict", "--cache-dir", ".mypy_cache"])
                .args(names);
            run(&mut mypy, LIMIT * 5)
        })
    };
    let mut tsc = Command::new("node");
    tsc.current_dir(&place)
        .arg(drivers().join("node/node_modules/typescript/bin/tsc"))
        .args([
            "--strict",
            "--exactOptionalPropertyTypes",
            "--noUncheckedIndexedAccess",
            "--noUnusedLocals",
        ])
        .args([
            "--target",
            "es2022",
            "--module",
            "nodenext",
            "--moduleResolution",
            "nodenext",
        ])
        .args(["--skipLibCheck", "--outDir", "out"])
        .args(files(".ts"));
    run(&mut tsc, LIMIT * 5).expect_ok();
    checked.join().unwrap().expect_ok();

    let rounds = Rounds::of(1);
    let seed = rounds.seed();
    let mut found = BTreeSet::new();
    let mut counts = [0, 0];
    for round in rounds {
        let documents = documents(&taxonomy, &mut Random(round), 40);
        let taken = asked(&database, &documents);
        let lines: Vec<String> = documents
            .iter()
            .map(|one| {
                let event = json!({"type": one.event_type, "version": one.version, "payload": one.payload,
                    "context": {"trace": "t"}});
                event.to_string()
            })
            .collect();
        let file = place.join("documents");
        fs::write(&file, lines.join("\n")).unwrap();
        let connection = database.client_program("psql", SUPERUSER);
        let asks = |mut command: Command, program: &str| {
            command.envs(
                connection
                    .get_envs()
                    .filter_map(|(key, value)| Some((key, value?))),
            );
            command.current_dir(&place).arg(program).arg(&file);
            verdicts(&run(&mut command, LIMIT * 2).expect_ok())
        };
        let zod = asks(Command::new("node"), "run.mjs");
        let msgspec = asks(Command::new(python.join("python")), "use.py");
        for (at, document) in documents.iter().enumerate() {
            counts[usize::from(taken[at])] += 1;
            for (tool, answer) in [
                ("zod", zod[at][0]),
                ("zod, exact", zod[at][1]),
                ("msgspec", msgspec[at][0]),
                ("msgspec, exact", msgspec[at][1]),
            ] {
                if answer != taken[at] {
                    let how = if answer { "more" } else { "less" };
                    let Document {
                        event_type,
                        version,
                        key,
                        ..
                    } = document;
                    let line = format!("{tool} takes {how}: {event_type} {version} {key}");
                    if found.insert(line.clone()) {
                        println!("{line} {}", document.payload[key.as_str()]);
                    }
                }
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
    let listed =
        fs::read_to_string(root().join("pgrx-tests/generated-types-deviations.txt")).unwrap();
    let listed: BTreeSet<String> = listed
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(str::to_owned)
        .collect();
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "not on the list (seed {seed}):\n{new:#?}");
    // Another seed need not meet all of them.
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(seed != 8 || gone.is_empty(), "no longer so:\n{gone:#?}");
}

/// A database with a taxonomy of an example, and the recipe that writes its types into a directory.
fn recipe(example: &str) -> (Database, impl Fn(&Path, &[&str]) -> pg_eventlog_tests::Ran) {
    let database = Database::fresh();
    let taxonomy = root().join("examples").join(example).join("taxonomy.json");
    let taxonomy: Value = serde_json::from_slice(&fs::read(taxonomy).unwrap()).unwrap();
    let mut client = database.admin();
    client
        .batch_execute("select eventlog.create_log('public.events')")
        .unwrap();
    client
        .execute("select eventlog.import_taxonomy($1)", &[&taxonomy])
        .unwrap();
    let psql = database.client_program("psql", SUPERUSER);
    let programs = Path::new(psql.get_program()).parent().unwrap().to_owned();
    let environment: Vec<_> = psql
        .get_envs()
        .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
        .collect();
    let runs = move |directory: &Path, arguments: &[&str]| {
        let mut recipe = Command::new(root().join("examples/generate-types"));
        let path = std::env::var("PATH").unwrap();
        recipe
            .envs(environment.clone())
            .env("PATH", format!("{}:{path}", programs.display()))
            .args(arguments)
            .arg(directory);
        run(&mut recipe, LIMIT)
    };
    (database, runs)
}

/// What is committed is what comes out; a change of the taxonomy is found, and mended by the recipe.
#[test]
fn generated_files_are_kept_in_step() {
    let examples: BTreeSet<String> = committed().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        examples.iter().collect::<Vec<_>>(),
        ["event-backbone", "saas-telemetry", "workflow-envelope"]
    );
    for example in &examples {
        let (_database, recipe) = recipe(example);
        let types = root().join("examples").join(example).join("types");
        recipe(&types, &["--check"]).expect_ok();
    }

    let (database, recipe) = recipe("workflow-envelope");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("types in step");
    let _ = fs::remove_dir_all(&place);
    let said = recipe(&place, &["--check"]).expect_failure();
    assert!(
        said.contains("events.ts is not what the taxonomy comes to"),
        "{said}"
    );
    assert!(!place.exists(), "a check writes nothing");
    let said = recipe(&place, &[]).expect_ok();
    assert_eq!(
        said.lines()
            .filter(|line| line.starts_with("wrote "))
            .count(),
        3,
        "{said}"
    );
    recipe(&place, &["--check"]).expect_ok();

    database
        .admin()
        .batch_execute("select eventlog.register_event_type('invoice.paid', required => '{invoice_id,paid_at}', version => 1)")
        .unwrap();
    let said = recipe(&place, &["--check"]).expect_failure();
    for name in ["events.ts", "events.py", "events.schema.json"] {
        assert!(
            said.contains(&format!("{name} is not what the taxonomy comes to")),
            "{said}"
        );
    }
    assert!(said.contains("+  paid_at: "), "{said}");
    recipe(&place, &[]).expect_ok();
    recipe(&place, &["--check", "--log", "public.events"]).expect_ok();
    recipe(
        &place,
        &["--check", "--options", "{\"numbers\": \"exact\"}"],
    )
    .expect_failure();
    recipe(&place, &["--log", "pg_class"]).expect_failure();
}
