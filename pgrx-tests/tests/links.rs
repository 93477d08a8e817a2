//! Links lead somewhere, and every page of the manual is in its table of contents. Needs no server: `scripts/lint` runs it.
//!
//! A link of a document is relative, to a file that is there and to a heading that this file has, named as GitHub and
//! mdBook name it. A page of the book (`docs/`) links to pages of the book alone, as nothing else is published with it.
//! Whatever else names a document by its path, a script or a comment, names one that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

const BOOK: &str = "docs";
const CONTENTS: &str = "docs/SUMMARY.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// All files of the project but what is built or fetched, as paths from the root.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root().join(&directory)).expect("it can be listed") {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if ["target", ".git", "node_modules"]
                .iter()
                .any(|skipped| name == *skipped)
            {
                continue;
            }
            let path = directory.join(name);
            if entry.file_type().unwrap().is_dir() {
                directories.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The lines that are no code, with code spans taken out.
fn prose(markdown: &str) -> Vec<(usize, String)> {
    let mut open = false;
    let mut lines = Vec::new();
    for (number, line) in markdown.lines().enumerate() {
        if line.starts_with("```") {
            open = !open;
        } else if !open {
            // Text between an odd backtick and the next one is code.
            let text: Vec<_> = line.split('`').step_by(2).collect();
            lines.push((number + 1, text.join("`")));
        }
    }
    lines
}

/// The targets of a document's links, with their lines.
fn links(markdown: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(markdown) {
        for rest in line.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The names that headings have in links.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut open = false;
    let mut found = BTreeSet::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            open = !open;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if open || !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let name: String = title
            .trim()
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .flat_map(char::to_lowercase)
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let count = seen.entry(name.clone()).or_default();
        found.insert(match *count {
            0 => name,
            n => format!("{name}-{n}"),
        });
        *count += 1;
    }
    found
}

/// `path` without `.` and `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

/// What is wrong with the links of documents that stand beside each other.
fn broken(documents: &BTreeMap<PathBuf, String>, there: &dyn Fn(&Path) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (document, text) in documents {
        for (line, link) in links(text) {
            let mut fault =
                |why: &str| faults.push(format!("{}:{line}: {link}: {why}", document.display()));
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => document.clone(),
                _ => resolved(&document.parent().unwrap_or(Path::new("")).join(file)),
            };
            if !there(&target) {
                fault("no such file");
            } else if document.starts_with(BOOK)
                && !(target.starts_with(BOOK) && is_document(&target))
            {
                fault("leads out of the book");
            } else if !anchor.is_empty()
                && !documents
                    .get(&target)
                    .is_some_and(|text| anchors(text).contains(anchor))
            {
                fault("no such heading");
            }
        }
    }
    faults
}

fn documents() -> BTreeMap<PathBuf, String> {
    let documents = files().into_iter().filter(|path| is_document(path));
    documents
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).expect("a document is text");
            (path, text)
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let faults = broken(&documents(), &|path| root().join(path).exists());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let documents = documents();
    let contents = links(&documents[Path::new(CONTENTS)]);
    let listed: Vec<_> = contents
        .iter()
        .map(|(_, link)| Path::new(BOOK).join(link))
        .collect();
    let pages: BTreeSet<_> = documents
        .keys()
        .filter(|path| path.starts_with(BOOK) && **path != Path::new(CONTENTS))
        .cloned()
        .collect();
    let missing: Vec<_> = pages.iter().filter(|page| !listed.contains(page)).collect();
    assert!(missing.is_empty(), "{CONTENTS} lacks {missing:?}");
    assert_eq!(
        listed.len(),
        pages.len(),
        "{CONTENTS} names a page twice, or something else"
    );
}

/// Documents that a text names by their paths from the root, as in `docs/how-to/supabase.md#setting-up`.
fn named(text: &str) -> Vec<&str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_./#".contains(c);
    text.split(|c| !part(c))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| {
            let file = word.split('#').next().unwrap_or_default();
            file.len() > 3
                && file.ends_with(".md")
                && (file.starts_with("docs/") || !file.contains('/'))
        })
        .collect()
}

#[test]
fn what_names_a_document_names_one_that_is_there() {
    let documents = documents();
    let mut faults = Vec::new();
    for path in files() {
        // This file has examples of what is wrong.
        let Ok(text) = fs::read_to_string(root().join(&path)) else {
            continue;
        };
        if path.ends_with(file!().rsplit('/').next().unwrap()) {
            continue;
        }
        for name in named(&text) {
            let (file, anchor) = name.split_once('#').unwrap_or((name, ""));
            let beside = path.parent().unwrap_or(Path::new("")).join(file);
            let found = documents
                .get(Path::new(file))
                .or_else(|| documents.get(&resolved(&beside)));
            match found {
                None => faults.push(format!("{}: {name}", path.display())),
                Some(text) if !anchor.is_empty() && !anchors(text).contains(anchor) => {
                    faults.push(format!("{}: {name}: no such heading", path.display()));
                }
                Some(_) => {}
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The first cells of a line of a table, up to the ratio.
fn figure(line: &str) -> Option<[&str; 3]> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    Some([cells.next()?, cells.next()?, cells.next()?])
}

#[test]
fn the_figures_of_the_readme_are_those_of_the_benchmarks() {
    let documents = documents();
    let measured = &documents[Path::new("docs/explanation/benchmarks.md")];
    let measured: BTreeSet<_> = measured.lines().filter_map(figure).collect();
    let shown: Vec<_> = documents[Path::new("README.md")]
        .lines()
        .filter_map(figure)
        .filter(|[_, _, ratio]| ratio.parse::<f64>().is_ok())
        .collect();
    assert_eq!(shown.len(), 3);
    for line in shown {
        assert!(measured.contains(&line), "{line:?} was not measured");
    }
}

/// The README is what one reads first, and is no manual.
#[test]
fn the_readme_is_short() {
    let length = fs::metadata(root().join("README.md")).unwrap().len();
    assert!(length <= 12_000, "README.md has {length} bytes");
}

#[test]
fn faults_are_found() {
    let page = "# A page\n\n## `one`, `two`\n\n```sql\n## no heading\nselect a[1](2);\n```\n\n## Twice\n\n## Twice\n\n\
        [a](b.md#there) [b](#one-two) [c](#twice-1) [d](https://example.org/x.md) `[e](nowhere)`\n\
        [f](#no-heading) [g](b.md#gone) [h](c.md) [i](../README.md)\n";
    let documents = BTreeMap::from([
        (PathBuf::from("docs/a.md"), page.to_owned()),
        (PathBuf::from("docs/b.md"), "# There\n".to_owned()),
        (
            PathBuf::from("README.md"),
            "[j](docs/a.md#twice) [k](LICENSE) [l](docs/a.md#three)".to_owned(),
        ),
    ]);
    let there = |path: &Path| documents.contains_key(path) || path == Path::new("LICENSE");
    assert_eq!(
        broken(&documents, &there),
        [
            "README.md:1: docs/a.md#three: no such heading",
            "docs/a.md:15: #no-heading: no such heading",
            "docs/a.md:15: b.md#gone: no such heading",
            "docs/a.md:15: c.md: no such file",
            "docs/a.md:15: ../README.md: leads out of the book",
        ]
    );
    assert_eq!(
        named("see docs/how-to/a.md#b. Or `README.md`, examples/x.md, not a.mdx"),
        ["docs/how-to/a.md#b", "README.md"]
    );
}
