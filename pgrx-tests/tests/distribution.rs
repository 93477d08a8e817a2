//! `META.json` is what PGXN takes: the rules of its Meta Spec 1.0.0, as far as they can be checked here.

use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn is_semver(text: &str) -> bool {
    let number = |n: &str| {
        !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) && (n == "0" || !n.starts_with('0'))
    };
    let (core, rest) = match text.split_once(['-', '+']) {
        Some((core, rest)) => (core, Some(rest)),
        None => (text, None),
    };
    let parts: Vec<&str> = core.split('.').collect();
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    parts.len() == 3
        && parts.into_iter().all(number)
        && rest.is_none_or(|rest| rest.split(['.', '+']).all(word))
}

/// A Term: two characters or more, none of them a space, a slash, a backslash or a control character.
fn is_term(text: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\');
    text.chars().count() >= 2 && !text.contains(bad)
}

fn is_tag(text: &str) -> bool {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
    (1..=255).contains(&text.chars().count()) && !text.contains(bad)
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.trim().is_empty())
}

/// A string, or a list of some.
fn is_text_or_texts(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Array(list)) => {
            !list.is_empty() && list.iter().all(|v| text(Some(v)).is_some())
        }
        other => text(other).is_some(),
    }
}

const LICENSES: [&str; 20] = [
    "agpl_3",
    "apache_1_1",
    "apache_2_0",
    "artistic_1",
    "artistic_2",
    "bsd",
    "freebsd",
    "gfdl_1_2",
    "gfdl_1_3",
    "gpl_1",
    "gpl_2",
    "gpl_3",
    "lgpl_2_1",
    "lgpl_3_0",
    "mit",
    "mozilla_1_0",
    "mozilla_1_1",
    "openssl",
    "postgresql",
    "zlib",
];

/// What the specification has against a document.
fn complaints(meta: &Map<String, Value>, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut want = |right: bool, what: &str| {
        if !right {
            found.push(what.to_owned());
        }
    };
    let keys = [
        "abstract",
        "maintainer",
        "license",
        "meta-spec",
        "name",
        "provides",
        "version",
        "description",
        "generated_by",
        "no_index",
        "prereqs",
        "release_status",
        "resources",
        "tags",
    ];
    want(
        meta.keys()
            .all(|k| keys.contains(&k.as_str()) || k.to_lowercase().starts_with("x_")),
        "keys of its own begin with x_",
    );
    want(
        text(meta.get("name")).is_some_and(is_term),
        "name is a term",
    );
    want(
        text(meta.get("version")).is_some_and(is_semver),
        "version is semantic",
    );
    want(text(meta.get("abstract")).is_some(), "abstract is a text");
    want(
        is_text_or_texts(meta.get("maintainer")),
        "maintainer is a text or some",
    );
    let license = match meta.get("license") {
        Some(Value::Object(urls)) => {
            !urls.is_empty()
                && urls
                    .values()
                    .all(|v| text(Some(v)).is_some_and(|u| u.contains("://")))
        }
        Some(Value::Array(list)) => {
            !list.is_empty()
                && list
                    .iter()
                    .all(|l| l.as_str().is_some_and(|l| LICENSES.contains(&l)))
        }
        other => text(other).is_some_and(|l| LICENSES.contains(&l)),
    };
    want(license, "license is one of the known");
    let spec = &meta.get("meta-spec").cloned().unwrap_or_default();
    want(spec["version"] == "1.0.0", "meta-spec has the version");
    want(
        spec.get("url")
            .is_none_or(|u| u == "https://pgxn.org/meta/spec.txt"),
        "meta-spec has the address",
    );
    let provides = meta.get("provides").and_then(Value::as_object);
    want(
        provides.is_some_and(|p| !p.is_empty()),
        "provides names an extension",
    );
    for (name, extension) in provides.into_iter().flatten() {
        want(is_term(name), "an extension's name is a term");
        want(
            text(extension.get("version")).is_some_and(is_semver),
            "an extension has a version",
        );
        want(
            text(extension.get("file")).is_some_and(&exists),
            "an extension has its file",
        );
        want(
            extension
                .get("docfile")
                .is_none_or(|f| f.as_str().is_some_and(&exists)),
            "an extension has its docfile",
        );
        want(
            extension
                .get("abstract")
                .is_none_or(|a| text(Some(a)).is_some()),
            "an extension's abstract is a text",
        );
        let keys = ["version", "file", "docfile", "abstract"];
        want(
            extension.as_object().is_some_and(|e| {
                e.keys()
                    .all(|k| keys.contains(&k.as_str()) || k.to_lowercase().starts_with("x_"))
            }),
            "an extension has no other keys",
        );
    }
    for (phase, relations) in meta
        .get("prereqs")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let phases = ["configure", "build", "test", "runtime", "develop"];
        want(phases.contains(&phase.as_str()), "phases are known");
        for (relation, needed) in relations.as_object().into_iter().flatten() {
            let relations = ["requires", "recommends", "suggests", "conflicts"];
            want(
                relations.contains(&relation.as_str()),
                "relations are known",
            );
            for (name, version) in needed.as_object().into_iter().flatten() {
                want(is_term(name), "a prerequisite's name is a term");
                let number = version
                    .as_str()
                    .map(|v| v.trim_start_matches(['<', '>', '=', '!', ' ']));
                want(
                    version == 0 || number.is_some_and(is_semver),
                    "a prerequisite's version is one",
                );
            }
        }
    }
    want(
        meta.get("release_status").is_none_or(|s| {
            ["stable", "testing", "unstable"].contains(&s.as_str().unwrap_or_default())
        }),
        "release_status is known",
    );
    want(
        meta.get("tags").is_none_or(|t| {
            t.as_array()
                .is_some_and(|t| !t.is_empty() && t.iter().all(|t| t.as_str().is_some_and(is_tag)))
        }),
        "tags are tags",
    );
    for optional in ["description", "generated_by"] {
        want(
            meta.get(optional).is_none_or(|v| text(Some(v)).is_some()),
            optional,
        );
    }
    found
}

fn meta() -> Map<String, Value> {
    let text = fs::read_to_string(root().join("META.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn exists(file: &str) -> bool {
    !file.starts_with('/') && root().join(file).is_file()
}

#[test]
fn the_specification_has_no_complaints() {
    assert_eq!(complaints(&meta(), exists), Vec::<String>::new());
}

#[test]
fn the_version_is_that_of_the_crate() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let meta = meta();
    for version in [
        &meta["version"],
        &meta["provides"]["pg_eventlog"]["version"],
    ] {
        assert!(
            manifest.contains(&format!("\nversion = {version}\n")),
            "{version}"
        );
    }
    let description = &meta["abstract"];
    assert!(
        manifest.contains(&format!("\ndescription = {description}\n")),
        "{description}"
    );
}

#[test]
fn what_the_specification_refuses_is_found() {
    for (key, value) in [
        ("name", json!("a b")),
        ("version", json!("1.0")),
        ("version", json!("01.0.0")),
        ("abstract", json!("")),
        ("maintainer", json!([])),
        ("license", json!("beer")),
        ("meta-spec", json!({"version": "2.0.0"})),
        ("provides", json!({})),
        (
            "provides",
            json!({"pg_eventlog": {"version": "0.1.0", "file": "nowhere.sql"}}),
        ),
        ("prereqs", json!({"later": {}})),
        (
            "prereqs",
            json!({"runtime": {"requires": {"PostgreSQL": "15"}}}),
        ),
        ("release_status", json!("ready")),
        ("tags", json!(["a/b"])),
        ("homepage", json!("x")),
    ] {
        let mut meta = meta();
        meta.insert(key.to_owned(), value.clone());
        assert_eq!(complaints(&meta, exists).len(), 1, "{key}: {value}");
    }
}
