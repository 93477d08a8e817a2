//! Regress files: what psql shows for each `regress/sql/NAME.sql` in a fresh database must be `regress/expected/NAME.out`.
//! Each file is a test of its own, `regress::NAME`; those of one run share a server.
//!
//! `REGRESS_UPDATE=1` writes the expected files instead (read the difference before committing it).

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use pg_eventlog_tests::{Database, LIMIT, SUPERUSER, run};

fn main() -> ExitCode {
    let directory: &'static Path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/regress"));
    let results: &'static Path =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/regress"));
    fs::create_dir_all(results).unwrap();
    let names = names_in(&directory.join("sql"), "sql");
    let mut trials: Vec<Trial> = names
        .iter()
        .cloned()
        .map(|name| {
            Trial::test(format!("regress::{name}"), move || {
                difference(directory, results, &name)
                    .map_or(Ok(()), |wrong| Err(Failed::from(wrong)))
            })
        })
        .collect();
    trials.push(Trial::test(
        "regress::every_expected_file_has_its_sql",
        move || {
            assert!(!names.is_empty(), "there are no regress files");
            let expected = names_in(&directory.join("expected"), "out");
            let orphans: Vec<_> = expected.difference(&names).collect();
            assert!(
                orphans.is_empty(),
                "expected files without one in sql/: {orphans:?}"
            );
            Ok(())
        },
    ));
    let mut arguments = Arguments::from_args();
    // Each has a server process beside its own, which does most of the work.
    arguments.test_threads.get_or_insert(2);
    libtest_mimic::run(&arguments, trials).exit_code()
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
