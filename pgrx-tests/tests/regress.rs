//! Regress files: what psql shows for each `regress/sql/NAME.sql` in a fresh database must be `regress/expected/NAME.out`.
//!
//! `REGRESS_UPDATE=1` writes the expected files instead (read the difference before committing it), and
//! `REGRESS_ONLY=NAME` runs the files whose names contain NAME.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use pg_eventlog_tests::{Database, LIMIT, SUPERUSER, run};

#[test]
fn regress_files_print_what_is_expected() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("regress");
    let results = directory.parent().unwrap().join("../target/regress");
    fs::create_dir_all(&results).unwrap();
    let only = env::var("REGRESS_ONLY").unwrap_or_default();
    let names = names_in(&directory.join("sql"), "sql");
    assert!(!names.is_empty(), "there are no regress files");
    let queue = Mutex::new(
        names
            .iter()
            .filter(|name| name.contains(&only))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let differences = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(name) = { queue.lock().unwrap().pop() } {
                    if let Some(difference) = difference(&directory, &results, &name) {
                        differences.lock().unwrap().push(difference);
                    }
                }
            });
        }
    });
    for orphan in names_in(&directory.join("expected"), "out").difference(&names) {
        differences
            .lock()
            .unwrap()
            .push(format!("expected/{orphan}.out has no sql/{orphan}.sql\n"));
    }
    let mut differences = differences.into_inner().unwrap();
    differences.sort();
    assert!(
        differences.is_empty(),
        "{} regress files differ:\n\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Runs one file; what is wrong with its output, if anything.
fn difference(directory: &Path, results: &Path, name: &str) -> Option<String> {
    let database = Database::fresh();
    let input = directory.join(format!("sql/{name}.sql"));
    let expected = directory.join(format!("expected/{name}.out"));
    let actual = results.join(format!("{name}.out"));
    let output = File::create(&actual).unwrap();
    // As pg_regress calls it: the file on standard input, so that errors carry no line numbers.
    let mut psql = database.client_program("psql", SUPERUSER);
    psql.args(["-X", "-a", "-q"]);
    // CONTEXT has line numbers of functions, which say nothing to a user and change with each edit.
    for variable in [
        "HIDE_TABLEAM=on",
        "HIDE_TOAST_COMPRESSION=on",
        "SHOW_CONTEXT=never",
    ] {
        psql.args(["-v", variable]);
    }
    psql.env("PGTZ", "UTC")
        .env("PGDATESTYLE", "ISO")
        // Many files drop the logs that they made; those about that switch it off.
        .env(
            "PGOPTIONS",
            "-c intervalstyle=postgres -c eventlog.allow_drop=on",
        );
    let mut psql = psql
        .stdin(File::open(&input).unwrap())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    while psql.try_wait().unwrap().is_none() {
        if start.elapsed() > LIMIT * 2 {
            psql.kill().ok();
            psql.wait().ok();
            return Some(format!(
                "{name}: psql took too long; see {}\n",
                actual.display()
            ));
        }
        thread::sleep(std::time::Duration::from_millis(5));
    }
    fs::write(&actual, without_identities(fs::read(&actual).unwrap())).unwrap();
    if env::var_os("REGRESS_UPDATE").is_some() {
        fs::copy(&actual, &expected).unwrap();
        return None;
    }
    if !expected.is_file() {
        return Some(format!(
            "{name}: there is no expected/{name}.out (REGRESS_UPDATE=1 writes it)\n"
        ));
    }
    let diff = run(
        Command::new("diff").arg("-u").arg(&expected).arg(&actual),
        LIMIT,
    );
    (!diff.ok).then(|| format!("{name}:\n{}{}", diff.out, diff.err))
}

/// Puts letters in place of the digits of each UUIDv7, which is different in each run; those that a file itself gives
/// are of version 4 and stay.
fn without_identities(mut text: Vec<u8>) -> Vec<u8> {
    const FORM: &[u8; 36] = b"xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx";
    for start in 0..text.len().saturating_sub(FORM.len() - 1) {
        let found = &mut text[start..start + FORM.len()];
        let fits = |(form, byte): (&u8, &u8)| match form {
            b'x' => byte.is_ascii_hexdigit(),
            other => byte == other,
        };
        if FORM.iter().zip(found.iter()).all(fits) {
            found.copy_from_slice(FORM);
        }
    }
    text
}

/// The names, without extension, of the files with this extension.
fn names_in(directory: &PathBuf, extension: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(directory) else {
        return BTreeSet::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let chosen = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    chosen
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}
