//! The documents say what is so: their SQL runs, their results come out, and nothing public is left out of them.
//!
//! Each document has a fresh database without the extension; a page of the reference has one in which the blocks of
//! `docs/reference/index.md` have run. Every block that opens with ```` ```sql ```` runs there in its place, as the
//! superuser, in a psql of its own, so that nothing but the database itself is carried from one block to the next. A
//! block that starts with the line `-- error: SQLSTATE` has one statement that fails with that SQLSTATE; all others
//! succeed. A ```` ```text ```` block that follows a block of SQL is what psql prints for it: rows first, then messages,
//! any UUIDv7 for another one. A ```` ```sql signature ```` block declares functions of the reference.
//!
//! `EVENTLOG_DOCS=how-to` runs only documents whose path has that in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pg_eventlog_tests::{Database, LIMIT, SUPERUSER, run};

/// Documents that run at a time.
const WORKERS: usize = 3;

/// A fenced block of a document.
struct Block {
    line: usize,
    /// What stands after the opening fence.
    info: String,
    text: String,
    /// Only white space stands between it and the block before.
    follows: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// `README.md` and all of `docs/`, as paths from the root.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md")];
    found.extend(pages("docs"));
    found
}

/// The pages of a directory and those below it.
fn pages(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![PathBuf::from(directory)];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root().join(&directory)).expect("it can be listed") {
            let path = directory.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(document: &Path) -> String {
    fs::read_to_string(root().join(document))
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", document.display()))
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let mut follows = false;
    for (number, line) in markdown.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(_), true) => (open, follows) = (false, true),
            (Some(info), false) => {
                blocks.push(Block {
                    line: number + 1,
                    info: info.trim().to_owned(),
                    text: String::new(),
                    follows,
                });
                open = true;
            }
            (None, true) => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => follows &= line.trim().is_empty(),
        }
    }
    assert!(!open, "a block is not closed");
    blocks
}

/// What psql printed for a block, and the SQLSTATE of its last statement.
struct Printed {
    text: String,
    state: String,
}

fn print(database: &Database, sql: &str) -> Printed {
    let file = database
        .cluster()
        .directory()
        .join(format!("{}.sql", database.name()));
    fs::write(&file, format!("{sql}\\echo :SQLSTATE\n")).unwrap();
    let mut psql = database.client_program("psql", SUPERUSER);
    psql.args(["-X", "-q", "-v", "SHOW_CONTEXT=never", "-f"])
        .arg(&file)
        .env("PGTZ", "UTC");
    let ran = run(&mut psql, LIMIT);
    assert!(ran.ok, "psql does not run: {}", ran.err);
    let out = ran.out.trim_end();
    let (rows, state) = out.rsplit_once('\n').unwrap_or(("", out));
    // "psql:FILE:LINE: ERROR:  ..."
    let place = format!("psql:{}:", file.display());
    let message = |line: &str| match line.strip_prefix(&place) {
        Some(rest) => rest
            .split_once(": ")
            .map_or(rest, |(_, text)| text)
            .to_owned(),
        None => line.to_owned(),
    };
    let lines = rows.lines().map(str::to_owned);
    let text: Vec<_> = lines.chain(ran.err.lines().map(message)).collect();
    Printed {
        text: text.join("\n"),
        state: state.to_owned(),
    }
}

/// The text without what differs from run to run and what nobody sees: UUIDs of version 7, white space at an end of a
/// line, empty lines.
fn comparable(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut masked = text.clone();
    for (start, _) in text.char_indices() {
        let form = |(i, c): (usize, char)| match i {
            8 | 13 | 18 | 23 => c == '-',
            14 => c == '7',
            _ => c.is_ascii_hexdigit(),
        };
        if let Some(uuid) = text.get(start..start + 36)
            && uuid.chars().enumerate().all(form)
        {
            masked.replace_range(start..start + 36, "xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx");
        }
    }
    masked
}

/// The page that makes the database of the reference's examples.
const EXAMPLES: &str = "docs/reference/index.md";

/// What is wrong with the SQL of one document.
fn faults(document: &Path) -> Vec<String> {
    static OF_EXAMPLES: OnceLock<(Database, Vec<String>)> = OnceLock::new();
    if !document.starts_with("docs/reference") {
        return faults_in(&Database::empty(), document);
    }
    let (examples, faults) = OF_EXAMPLES.get_or_init(|| {
        let database = Database::empty();
        let faults = faults_in(&database, Path::new(EXAMPLES));
        (database, faults)
    });
    if document == Path::new(EXAMPLES) {
        return faults.clone();
    }
    faults_in(&examples.copy(), document)
}

/// What is wrong with the SQL of one document in this database.
fn faults_in(database: &Database, document: &Path) -> Vec<String> {
    let name = document.display();
    let blocks = blocks(&read(document));
    let mut faults = Vec::new();
    for (i, block) in blocks.iter().enumerate() {
        if block.info != "sql" {
            continue;
        }
        let first = block.text.lines().next().unwrap_or_default();
        let wanted = first.strip_prefix("-- error: ").map(str::trim);
        let printed = print(database, &block.text);
        let errors = printed
            .text
            .lines()
            .filter(|line| line.starts_with("ERROR:"));
        let right = match wanted {
            Some(state) => printed.state == state && errors.count() == 1,
            None => errors.count() == 0,
        };
        let expected = blocks
            .get(i + 1)
            .filter(|next| next.info == "text" && next.follows);
        let same = expected.is_none_or(|next| comparable(&next.text) == comparable(&printed.text));
        if !right || !same {
            faults.push(format!(
                "{name}:{}: {}, and SQLSTATE {} came with:\n{}\n",
                block.line,
                match wanted {
                    Some(state) => format!("SQLSTATE {state} was expected"),
                    None if right => "other output was expected".to_owned(),
                    None => "no error was expected".to_owned(),
                },
                printed.state,
                printed.text
            ));
        }
    }
    faults
}

#[test]
fn the_sql_of_the_documents_runs() {
    let wanted = std::env::var("EVENTLOG_DOCS").unwrap_or_default();
    let documents: Vec<_> = documents()
        .into_iter()
        .filter(|path| path.display().to_string().contains(&wanted))
        .collect();
    assert!(!documents.is_empty(), "no document is called {wanted:?}");
    // Each has a database of its own.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut take = || documents.get(next.fetch_add(1, Ordering::Relaxed));
        let found = std::iter::from_fn(&mut take).flat_map(|path| faults(path));
        found.collect::<Vec<_>>()
    };
    let faults = thread::scope(|scope| {
        let workers = [(); WORKERS].map(|()| scope.spawn(work));
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no worker panics"))
            .collect::<Vec<_>>()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One line for a function, as `pg_get_function_arguments` and the documents write it.
fn normal(signature: &str) -> String {
    let words: Vec<_> = signature.split_whitespace().collect();
    words.join(" ").replace("( ", "(").replace(" )", ")")
}

/// Functions that are not internal, with names of types and defaults as people write them.
const FUNCTIONS: &str = "
    select p.proname || '(' || replace(regexp_replace(
            pg_get_function_arguments(p.oid), '::[a-z._]+( with time zone)?(\\[\\])?', '', 'g'),
            'DEFAULT NULL', 'DEFAULT null') || ') returns ' || pg_get_function_result(p.oid)
    from pg_proc p
    join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    join pg_extension e on e.oid = d.refobjid and e.extname = 'pg_eventlog'
    where p.proname !~ '^_'";

#[test]
fn the_reference_declares_every_function() {
    let mut client = Database::fresh().admin();
    let spelled = |signature: String| {
        let mut text = normal(&signature);
        for (server, people) in [
            ("DEFAULT", "default"),
            ("integer", "int"),
            ("timestamp with time zone", "timestamptz"),
            ("SETOF", "setof"),
            ("TABLE(", "table ("),
        ] {
            text = text.replace(server, people);
        }
        text
    };
    let rows = client.query(FUNCTIONS, &[]).unwrap();
    let there: BTreeSet<_> = rows.iter().map(|row| spelled(row.get(0))).collect();
    let declared: BTreeSet<_> = pages("docs/reference")
        .iter()
        .flat_map(|page| blocks(&read(page)))
        .filter(|block| block.info == "sql signature")
        .flat_map(|block| block.text.split(';').map(normal).collect::<Vec<_>>())
        .filter(|signature| !signature.is_empty())
        .map(|signature| signature.trim_start_matches("eventlog.").to_owned())
        .collect();
    let missing: Vec<_> = there.difference(&declared).collect();
    let unknown: Vec<_> = declared.difference(&there).collect();
    assert!(
        missing.is_empty() && unknown.is_empty() && !there.is_empty(),
        "docs/reference/ does not declare {missing:#?}\nand declares what is not there: {unknown:#?}"
    );
}

#[test]
fn the_reference_names_every_relation_type_and_setting() {
    let mut client = Database::fresh().admin();
    // Settings exist once the library is loaded.
    client
        .batch_execute("select eventlog.current_tenant()")
        .unwrap();
    let names = client.query(
        "select 'eventlog.' || relname from pg_class
            where relnamespace = 'eventlog'::regnamespace and relkind in ('r', 'v')
         union all select 'eventlog.' || typname from pg_type
            where typnamespace = 'eventlog'::regnamespace and typtype = 'b' and typcategory <> 'A'
         union all select name from pg_settings where name like 'eventlog.%'",
        &[],
    );
    let names: Vec<String> = names.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(names.len() > 6, "found only {names:?}");
    let reference: String = pages("docs/reference")
        .iter()
        .map(|page| read(page))
        .collect();
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !reference.contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/reference/ does not name {missing:?}"
    );
}

#[test]
fn blocks_are_found_as_they_stand() {
    let found = blocks("a\n```sql\nselect 1;\n```\n\n```text\n1\n```\nb\n```text\n2\n```\n");
    let seen: Vec<_> = found
        .iter()
        .map(|block| {
            (
                block.line,
                block.info.as_str(),
                block.text.as_str(),
                block.follows,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (2, "sql", "select 1;\n", false),
            (6, "text", "1\n", true),
            (10, "text", "2\n", false)
        ]
    );
    let masked = comparable("x 01a1fad5-1ada-730c-be09-0d2310ec9dae \n");
    assert_eq!(masked, "x xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx");
    assert_eq!(comparable("ä 01a1fad5-1ada-430c"), "ä 01a1fad5-1ada-430c");
}
