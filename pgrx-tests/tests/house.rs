//! The house has one direction: api → rooms → catalogue → settings → pg → error → model → jsonb, and no room leads
//! back to itself through others. Read from the sources; needs no server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From below to above. Whatever else lies in `src/` is a room, and stands between the catalogue and the api.
const BELOW: [&str; 4] = ["error", "pg", "settings", "catalogue"];
const ABOVE: [&str; 2] = ["api", "lib"];

/// Crates of this workspace, and those of them on which each may build.
const CRATES: [(&str, &[&str]); 2] = [("jsonb", &[]), ("model", &["pg_eventlog-jsonb"])];

fn rank(module: &str) -> usize {
    let below = BELOW.iter().position(|m| *m == module);
    let above = ABOVE.iter().position(|m| *m == module);
    match (below, above) {
        (Some(at), _) => at,
        (_, Some(at)) => BELOW.len() + 1 + at,
        (None, None) => BELOW.len(),
    }
}

fn is_room(module: &str) -> bool {
    rank(module) == BELOW.len()
}

/// Why `from` must not lead to `to`, if it must not.
fn refusal(from: &str, to: &str) -> Option<String> {
    (rank(to) > rank(from)).then(|| format!("{from} must not lead up to {to}"))
}

/// A circle among these rooms, as the rooms on the way, if there is one.
fn circle<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    fn walk<'a>(
        at: &'a str,
        arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(since) = way.iter().position(|room| *room == at) {
            return Some(way[since..].to_vec());
        }
        if !done.insert(at) {
            return None;
        }
        way.push(at);
        for next in arrows.get(at).into_iter().flatten() {
            if let Some(found) = walk(next, arrows, way, done) {
                return Some(found);
            }
        }
        way.pop();
        None
    }
    let mut done = BTreeSet::new();
    let rooms: Vec<&str> = arrows.keys().copied().collect();
    rooms
        .into_iter()
        .find_map(|room| walk(room, arrows, &mut Vec::new(), &mut done))
}

/// The code of a file: without comments, strings and characters, line breaks kept.
fn code(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let skipped = match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => {
                let end = rest.windows(2).skip(2).position(|w| w == ['*', '/']);
                end.map_or(rest.len(), |end| end + 4)
            }
            ['r', '"', ..] | ['r', '#', ..] if !out.ends_with(|c: char| c.is_alphanumeric()) => {
                let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
                if rest.get(1 + hashes) == Some(&'"') {
                    let close: Vec<char> = std::iter::once('"')
                        .chain(std::iter::repeat_n('#', hashes))
                        .collect();
                    let body = &rest[2 + hashes..];
                    let end = body.windows(close.len()).position(|w| w == close);
                    end.map_or(rest.len(), |end| 2 + hashes + end + close.len())
                } else {
                    0
                }
            }
            ['"', ..] => {
                let mut end = 1;
                while end < rest.len() && rest[end] != '"' {
                    end += if rest[end] == '\\' { 2 } else { 1 };
                }
                end + 1
            }
            ['\'', '\\', ..] => 2 + rest.iter().skip(3).position(|c| *c == '\'').unwrap_or(0) + 2,
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        if skipped == 0 {
            out.push(bytes[at]);
            at += 1;
        } else {
            let end = (at + skipped).min(bytes.len());
            out.extend(bytes[at..end].iter().filter(|c| **c == '\n'));
            at = end;
        }
    }
    out
}

/// The names that follow `path::` here: one, or those of a group.
fn heads(after: &str) -> Vec<&str> {
    let word = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let Some(group) = after.strip_prefix('{') else {
        return vec![&after[..word(after)]];
    };
    let (mut depth, mut found, mut start) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if c.is_whitespace() => {}
            _ if start && depth == 0 => {
                let rest = &group[at..];
                found.push(&rest[..word(rest)]);
                start = false;
            }
            _ => {}
        }
    }
    found
}

/// The top modules that a file of the module with this path names, each with its line.
fn named(path: &[String], text: &str) -> Vec<(String, usize)> {
    let code = code(text);
    let mut found = Vec::new();
    // Modules that are open at a place, each with the depth of braces at which it ends.
    let mut inner: Vec<usize> = Vec::new();
    let mut depth = 0;
    let mut last = String::new();
    let mut before_last = String::new();
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        let Some(c) = rest.chars().next() else { break };
        if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let line = 1 + code[..at].matches('\n').count();
            let mut add = |after: &str| {
                let names = heads(after).into_iter().filter(|n| !n.is_empty());
                found.extend(names.map(|n| (n.to_owned(), line)));
            };
            let starts = !code[..at].ends_with("::");
            match word {
                "crate" => {
                    if let Some(after) = after.strip_prefix("::") {
                        add(after);
                    }
                }
                "super" if starts => {
                    let mut ups = 1;
                    let mut tail = after;
                    while let Some(more) = tail.strip_prefix("::super") {
                        (ups, tail) = (ups + 1, more);
                    }
                    // So many steps up from here leave the file's own top module.
                    if ups == path.len() + inner.len()
                        && let Some(after) = tail.strip_prefix("::")
                    {
                        add(after);
                    }
                }
                _ => {}
            }
            (before_last, last) = (last, word.to_owned());
            at += end;
            continue;
        }
        match c {
            '{' => {
                depth += 1;
                if before_last == "mod" {
                    inner.push(depth);
                }
            }
            '}' => {
                if inner.last() == Some(&depth) {
                    inner.pop();
                }
                depth -= 1;
            }
            _ => {}
        }
        if !c.is_whitespace() {
            (before_last, last) = (String::new(), String::new());
        }
        at += c.len_utf8();
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the project")
        .to_owned()
}

fn files(folder: &Path, to: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of sources")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, to);
        } else if path.extension().is_some_and(|e| e == "rs") {
            to.push(path);
        }
    }
}

/// `tracking/open.rs` is `[tracking, open]`, `tracking/mod.rs` is `[tracking]`.
fn module_path(file: &Path) -> Vec<String> {
    let mut path: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

#[test]
fn every_arrow_leads_down_and_no_room_back_to_itself() {
    let source = root().join("src");
    let mut sources = Vec::new();
    files(&source, &mut sources);
    let mut wrong = Vec::new();
    let mut arrows: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut seen = 0;
    for file in &sources {
        let short = file.strip_prefix(&source).expect("a source");
        let path = module_path(short);
        let from = &path[0];
        let text = fs::read_to_string(file).expect("readable");
        for (to, line) in named(&path, &text) {
            seen += 1;
            let place = format!("src/{}:{line}", short.display());
            if let Some(why) = refusal(from, &to) {
                wrong.push(format!("{place}: {why}"));
            }
            if *from != to && is_room(from) && is_room(&to) {
                arrows
                    .entry(from.clone())
                    .or_default()
                    .entry(to)
                    .or_insert(place);
            }
        }
    }
    assert!(
        seen > 300,
        "only {seen} paths were found: does this still read the sources?"
    );
    assert!(
        wrong.is_empty(),
        "arrows that lead up:\n{}",
        wrong.join("\n")
    );
    let plain = arrows
        .iter()
        .map(|(from, to)| (from.as_str(), to.keys().map(String::as_str).collect()))
        .collect();
    if let Some(rooms) = circle(&plain) {
        let steps = rooms.iter().zip(rooms.iter().cycle().skip(1));
        let steps: Vec<String> = steps
            .map(|(from, to)| format!("{from} → {to}: {}", arrows[*from][*to]))
            .collect();
        panic!("a circle among rooms:\n{}", steps.join("\n"));
    }
}

#[test]
fn the_crates_below_know_neither_pgrx_nor_what_stands_above_them() {
    for (name, allowed) in CRATES {
        let folder = root().join("crates").join(name);
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        for line in manifest.lines() {
            assert!(
                !line.contains("pgrx"),
                "crates/{name} depends on pgrx: {line}"
            );
            if let Some(at) = line.find("pg_eventlog")
                && !line.starts_with("name")
            {
                let found = &line[at..];
                assert!(
                    allowed.iter().any(|crate_| found.starts_with(crate_)),
                    "crates/{name} must not build on {line}"
                );
            }
        }
        let library = fs::read_to_string(folder.join("src/lib.rs")).expect("a library");
        assert!(library.contains("#![forbid(unsafe_code)]"), "crates/{name}");
    }
}

#[test]
fn paths_are_found_however_they_are_written() {
    let of = |path: &[&str], text: &str| -> Vec<String> {
        let path: Vec<String> = path.iter().map(|p| (*p).to_owned()).collect();
        named(&path, text)
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(of(&["gate"], "use crate::pg::clock;"), ["pg"]);
    assert_eq!(
        of(
            &["gate"],
            "use crate::{log::{a, b}, error, writing::{self}};"
        ),
        ["log", "error", "writing"]
    );
    assert_eq!(of(&["gate"], "fn f() { crate::api::logs::g() }"), ["api"]);
    assert_eq!(of(&["gate"], "use super::api;"), ["api"]);
    assert_eq!(of(&["gate", "validate"], "use super::check;"), [""; 0]);
    assert_eq!(of(&["gate", "validate"], "use super::super::api;"), ["api"]);
    let nested =
        "mod tests { use super::super::check; use super::super::super::api; } use super::x;";
    assert_eq!(of(&["gate", "validate"], nested), ["api"]);
    assert_eq!(
        of(
            &["gate"],
            "// crate::api\n/* crate::api */ \"crate::api\" r#\"crate::api\"# 'c' '\\'' x"
        ),
        [""; 0]
    );
}

#[test]
fn what_leads_up_or_in_a_circle_is_refused() {
    assert!(refusal("pg", "tracking").is_some());
    assert!(refusal("error", "pg").is_some());
    assert!(refusal("catalogue", "log").is_some());
    assert!(refusal("tracking", "api").is_some());
    assert!(refusal("pg", "settings").is_some());
    for (from, to) in [
        ("api", "gate"),
        ("gate", "log"),
        ("log", "catalogue"),
        ("settings", "pg"),
    ] {
        assert_eq!(refusal(from, to), None);
    }
    let arrows = |pairs: &[(&'static str, &'static str)]| {
        let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in pairs {
            arrows.entry(from).or_default().insert(to);
        }
        circle(&arrows)
    };
    assert_eq!(
        arrows(&[("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]),
        None
    );
    let found = arrows(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]);
    assert_eq!(found, Some(vec!["b", "c", "d"]));
}

/// What is called of pgrx's wrappers within `guard::call(...)` in this file, with the line. Such a wrapper catches
/// an error of Postgres by itself and panics, where the guard's frame lets nothing unwind.
fn wrapped(text: &str) -> Vec<(String, usize)> {
    let code = code(text);
    let mut found = Vec::new();
    for (start, _) in code.match_indices("guard::call") {
        let Some(open) = code[start..].find('(').map(|at| start + at) else {
            continue;
        };
        let mut depth = 0;
        let close = code[open..].char_indices().find_map(|(at, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(open + at)
        });
        let body = &code[open..close.unwrap_or(code.len())];
        for (at, prefix) in body.match_indices("pg_sys::") {
            let name = heads(&body[at + prefix.len()..])[0];
            let after = &body[at + prefix.len() + name.len()..];
            // A type's constructor has nothing to raise.
            if after.starts_with('(') && !matches!(name, "Datum" | "Oid") {
                let line = 1 + code[..open + at].matches('\n').count();
                found.push((name.to_owned(), line));
            }
        }
    }
    found
}

#[test]
fn what_runs_under_the_guard_is_declared_raw() {
    let mut sources = Vec::new();
    files(&root().join("src/pg"), &mut sources);
    let mut wrong = Vec::new();
    let mut guarded = 0;
    for file in sources {
        let text = fs::read_to_string(&file).expect("readable");
        guarded += text.matches("guard::call").count();
        for (name, line) in wrapped(&text) {
            wrong.push(format!("{}:{line}: pg_sys::{name}", file.display()));
        }
    }
    assert!(guarded > 20, "only {guarded} guarded calls were found");
    assert!(
        wrong.is_empty(),
        "declare these in `mod raw`, since pgrx's wrappers panic where only C may stand:\n{}",
        wrong.join("\n")
    );
    let sample =
        "guard::call(|| { pg_sys::palloc(1); raw::f(pg_sys::Datum::from(2), X) }); pg_sys::g()";
    assert_eq!(wrapped(sample), [("palloc".to_owned(), 1)]);
}

#[test]
fn every_sql_file_is_installed_once_by_its_own_name() {
    let list = fs::read_to_string(root().join("src/sql.rs")).expect("readable");
    let mut listed = BTreeSet::new();
    for line in list.lines().filter(|line| line.contains("\"../sql/")) {
        let parts: Vec<&str> = line.split('"').collect();
        let [_, name, _, path, _] = parts[..] else {
            panic!("not a file and its name: {line}");
        };
        let path = path.trim_start_matches("../sql/");
        let stem = path.trim_end_matches(".sql").replace('/', "_");
        assert_eq!(stem, name, "the name of {path}");
        assert!(listed.insert(path.to_owned()), "{path} is listed twice");
    }
    let folder = root().join("sql");
    let mut found = BTreeSet::new();
    let mut open = vec![folder.clone()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder of SQL") {
            let path = entry.expect("an entry").path();
            let short = path.strip_prefix(&folder).expect("below it");
            if path.is_dir() {
                // Scripts of releases are files of their own.
                if !short.starts_with("releases") {
                    open.push(path);
                }
            } else if short.components().count() > 1 || short.ends_with("schema.sql") {
                found.insert(short.to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(listed, found);
}

/// What is any value of Postgres and knows neither its type nor how long it lives, named in this file, with the line.
fn untyped(text: &str) -> Vec<(String, usize)> {
    const TRAITS: [&str; 2] = ["IntoDatum", "FromDatum"];
    let code = code(text);
    let line = |at: usize| 1 + code[..at].matches('\n').count();
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("pg_sys::") {
        let names = heads(&code[at + prefix.len()..]);
        let bare = names
            .iter()
            .find(|name| matches!(**name, "Datum" | "NullableDatum"));
        found.extend(bare.map(|name| ((*name).to_owned(), line(at))));
        // Whoever takes all names takes these.
        if code[at + prefix.len()..].starts_with('*') {
            found.push(("*".to_owned(), line(at)));
        }
    }
    for name in TRAITS {
        found.extend(
            code.match_indices(name)
                .map(|(at, _)| (name.to_owned(), line(at))),
        );
    }
    found
}

#[test]
fn no_untyped_value_leaves_the_fence() {
    let source = root().join("src");
    let mut sources = Vec::new();
    files(&source, &mut sources);
    let outside = sources
        .iter()
        .filter(|file| !file.starts_with(source.join("pg")));
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in outside {
        let text = fs::read_to_string(file).expect("readable");
        seen += text.matches("pg_sys::").count();
        let short = file
            .strip_prefix(&source)
            .expect("a source")
            .display()
            .to_string();
        for (name, line) in untyped(&text) {
            wrong.push(format!("src/{short}:{line}: {name}"));
        }
    }
    assert!(
        seen > 30,
        "only {seen} paths: does this still read the sources?"
    );
    assert!(
        wrong.is_empty(),
        "a value outside src/pg is a pg::datum::Datum, or of one type:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn untyped_values_are_found_however_they_are_named() {
    let of = |text: &str| -> Vec<String> { untyped(text).into_iter().map(|(n, _)| n).collect() };
    assert_eq!(of("fn f(d: pgrx::pg_sys::Datum) {}"), ["Datum"]);
    assert_eq!(of("use pgrx::pg_sys::{self, Datum, Oid};"), ["Datum"]);
    assert_eq!(of("use pgrx::{pg_sys::{Oid, Datum as D}};"), ["Datum"]);
    assert_eq!(of("use pgrx::pg_sys::*;"), ["*"]);
    assert_eq!(of("use pgrx::IntoDatum;"), ["IntoDatum"]);
    let typed = "use crate::pg::datum::Datum; // pg_sys::Datum\nfn f(d: Datum<'_>) -> pg_sys::Oid";
    assert_eq!(of(typed), [""; 0]);
}
