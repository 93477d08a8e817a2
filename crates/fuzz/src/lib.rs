//! What is done to hostile input. Each function takes any bytes, and panics where a promise does not hold.
//!
//! A fuzzer calls them for hours (`fuzz/`, in the shape of cargo-fuzz), an ordinary test for seconds
//! (`tests/bounded.rs`).
#![forbid(unsafe_code)]

pub mod readers;
pub mod schemas;

use jsonb::{Builder, Jsonb, Value, canonical, write_changes};
use model::claims::{Claims, Path, role_names};
use model::diff::{self, Filter};
use model::expression::{calls, tree};
use model::membership::Membership;
use model::taxonomy::document::Document;
use model::taxonomy::rules::{self, Contract, Facts, LogRules, Refusal, Unregistered, Verdict};
use model::taxonomy::violation;
use model::tenant::TenantType;
use model::{metadata, name, text};

/// A target: its name, what it does, and inputs to begin with.
pub type Target = (&'static str, fn(&[u8]), fn() -> Vec<Vec<u8>>);

/// All of them.
pub const TARGETS: [Target; 7] = [
    ("jsonb", jsonb_bytes, jsonb_seeds),
    ("taxonomy", taxonomy, taxonomy_seeds),
    ("claims", claims, claims_seeds),
    ("names", names, names_seeds),
    ("positions", readers::positions, readers::positions_seeds),
    ("wishes", readers::wishes, readers::wishes_seeds),
    ("schemas", schemas::schemas, schemas::schemas_seeds),
];

/// The bytes of a stored document: read, compared, hashed, printed, changed and built anew.
pub fn jsonb_bytes(bytes: &[u8]) {
    let Ok(document) = Jsonb::new(bytes) else {
        return;
    };
    let root = document.root();
    let sound = document.check().is_ok();
    assert_eq!(canonical::hash_into(root, &mut |_| {}).is_ok(), sound);
    // What is damaged says so at its end, and nobody waits for it.
    let text = root.to_string();
    assert_eq!(text.ends_with("<corrupt>"), !sound);
    let Value::Object(object) = root else { return };
    // Keys out of order, or digits that are none, can be read and are no document of Postgres's: its text makes others.
    let again = serde_json::from_str(&text).ok().map(|json| {
        let mut again = Builder::new();
        again.json(&json);
        again.finish()
    });
    let is_postgres = sound && again.is_some_and(|made| made.is_ok_and(|made| made[..] == *bytes));
    for (key, value) in object.iter() {
        let found = object.get(key);
        assert!(!is_postgres || found.is_some_and(|v| v.same(&value).is_ok_and(|same| same)));
    }
    let mut with_more = Builder::new();
    with_more.begin_object();
    for (key, value) in object.iter() {
        with_more.pair(key, value);
    }
    with_more.key("\u{1}more").int(1).end();
    let Ok(with_more) = with_more.finish() else {
        return;
    };
    let Some(after) = Jsonb::new(&with_more)
        .ok()
        .and_then(|d| d.root().as_object())
    else {
        assert!(!sound, "what was built of a sound document cannot be read");
        return;
    };
    let changes = diff::field_changes(object, after, &Filter::default());
    if is_postgres && !object.contains_key("\u{1}more") {
        let changes = changes.expect("two sound documents have changes");
        let read = Jsonb::new(&changes).expect("changes can be read").root();
        let changed = read.as_object().expect("changes are an object");
        assert_eq!(changed.len(), 1);
        let mut back = Builder::new();
        diff::revert(after, changed, &mut back).expect("changes can be reverted");
        let back = back.finish().expect("what was a document is one");
        let back = Jsonb::new(&back).expect("and can be read").root();
        assert!(back.same(&root).expect("memory"));
    }
    let _ = write_changes(&[]);
}

/// The text of a taxonomy, and a log that obeys it.
pub fn taxonomy(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes) else {
        return;
    };
    let mut log = LogRules {
        log_id: uuid::Uuid::nil(),
        unregistered: Unregistered::Reject,
        max_payload_bytes: 2048,
        require_tenant: false,
        relation: 0,
        tenant_type: TenantType::Text,
        ruled: false,
        redact: Default::default(),
        redaction: None,
        hasher: |_| None,
        prepares: false,
        serial: 1,
        types: Default::default(),
    };
    for rule in &document.rules {
        let again = rule.clone().check();
        assert_eq!(again.as_ref(), Ok(rule));
        assert!(rule.copies() > rule.name.len());
    }
    let boxed = |names: &[String]| names.iter().map(|n| n.as_str().into()).collect::<Vec<_>>();
    for entry in &document.types {
        // What was read is what may stand there, in its one order.
        let again = entry.clone().check().expect("what was checked is checked");
        assert_eq!(again.required, entry.required);
        assert!(entry.copies() > entry.event_type.len());
        assert!(entry.event_type.chars().count() <= text::MAX_TYPE_CHARS);
        let kept = log
            .types
            .entry(entry.event_type.as_bytes().into())
            .or_default();
        kept.versions.push(Contract {
            version: entry.version.unwrap_or(1),
            retired: entry.retired(),
            required: boxed(&entry.required),
            max_payload_bytes: entry.max_payload_bytes.map(|n| n.max(0) as usize),
            entity_types: entry.entity_types.as_deref().map(boxed),
            actor_types: entry.actor_types.as_deref().map(boxed),
            ..Contract::default()
        });
    }
    for entry in document.types.iter().take(20) {
        judged(&log, entry.event_type.as_bytes(), entry.version);
    }
    judged(&log, bytes, None);
}

/// A stored document, as the gate has it.
struct Stored<'a>(&'a [u8]);

impl rules::Measured for Stored<'_> {
    fn size(&self) -> usize {
        self.0.len()
    }

    fn read(&self) -> Option<Jsonb<'_>> {
        Jsonb::new(self.0).ok()
    }
}

fn judged(log: &LogRules, event_type: &[u8], version: Option<i32>) {
    let mut empty = Builder::new();
    empty.begin_object().end();
    let empty = empty.finish().expect("an empty object");
    let facts = Facts {
        event_type,
        version,
        entity_type: Some(event_type),
        actor_type: None,
        kinds_known: true,
        identifiers: &[("entity_id", Some(event_type))],
        payload: Some(Stored(&empty)),
        context: None,
        context_required: true,
        by_capture: false,
        came: None,
    };
    let Verdict::Refuse(Refusal::Broken(violations)) = log.judge(&facts, || false) else {
        return;
    };
    let name = String::from_utf8_lossy(event_type);
    let detail = violation::detail(&violations);
    assert!(detail.len() <= 8_000, "a DETAIL of {} bytes", detail.len());
    let told: serde_json::Value = serde_json::from_str(&detail).expect("a DETAIL is JSON");
    assert!(told.as_array().is_some_and(|all| !all.is_empty()));
    for line in [violation::summary(&name, &violations)]
        .iter()
        .chain(&violation::hint(&violations))
    {
        assert!(!line.contains('\n'), "a message of two lines");
    }
}

/// The claims of a token, and the settings that say how to read them: the first line is a path and a list of roles.
pub fn claims(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |b| *b == b'\n');
    let setting = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let token = parts.next().unwrap_or_default();
    if let Some(names) = role_names(&setting) {
        assert!(names.iter().all(|name| !name.is_empty()));
    }
    let _ = metadata::check(&setting);
    let Ok(path) = Path::parse(&setting) else {
        return;
    };
    let said = Claims::read(token, &path);
    for value in [said.tenant, said.actor].into_iter().flatten() {
        assert!(!value.is_empty() && value.len() <= text::MAX_IDENTIFIER_BYTES);
        assert!(!value.contains('\0'));
    }
}

/// Names as people write them, and the expressions of policies, which anybody may make.
pub fn names(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    if let Ok((schema, name)) = name::parse(&written) {
        assert!(!name.is_empty() && name.len() <= 63);
        // Quoted, it is read as itself.
        let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let quoted = match &schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(&name)),
            None => quote(&name),
        };
        assert_eq!(name::parse(&quoted), Ok((schema, name)));
    }
    if let Ok(membership) = Membership::parse(&written) {
        assert!(!membership.member.is_empty() && !membership.tenant.is_empty());
    }
    let shown = text::shorten_bytes(bytes);
    assert!(shown.chars().count() <= 81 && !shown.chars().any(char::is_control));
    let wrapped = calls::wrapped(bytes);
    assert!(wrapped.len() >= bytes.len());
    let _ = tree::calls_per_row(bytes);
}

fn built(json: &str) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_str(json).expect("json");
    let mut builder = Builder::new();
    builder.json(&value);
    builder.finish().expect("jsonb").into()
}

fn jsonb_seeds() -> Vec<Vec<u8>> {
    let many: Vec<String> = (0..70).map(|n| format!("\"k{n}\": {n}.50")).collect();
    [
        r#"{"a": 1, "b": [true, null, "x", 1.50, -12345678901234567890], "c": {"d": {"e": []}}}"#,
        r#"[1, 2, 3, {"a": "b"}, [[[]]]]"#,
        r#"{"long": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "e": 1e300, "n": 0.000000000001}"#,
        &format!("{{{}}}", many.join(", ")),
        "7",
        "\"text\"",
        "null",
    ]
    .map(built)
    .to_vec()
}

fn taxonomy_seeds() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"types": [{"type": "order_paid", "version": 2, "required": ["id", "amount"], "optional": ["note"],
            "max_payload_bytes": 300, "entity_types": ["order"], "actor_types": ["user", "job"], "default": true},
            {"type": "order_paid", "version": 1, "status": "retired", "domain": "sales", "description": "old"}]}"#,
        r#"{"types": []}"#,
        r#"{"types": [{"type": "a", "schema": null, "additional": "allow", "compatibility": "none"}]}"#,
        r#"{"types": [[], 1, {"type": ""}], "other": 1}"#,
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn claims_seeds() -> Vec<Vec<u8>> {
    let texts = [
        "app_metadata.tenant_id\n{\"sub\": \"u1\", \"app_metadata\": {\"tenant_id\": \"acme\"}}",
        "a\\.b.c\\\\d\n{\"a.b\": {\"c\\\\d\": 12}, \"sub\": 7}",
        "authenticator, \"Other Role\"\n{\"sub\": null}",
        "\n[]",
        "a\n{\"a\": 1e5, \"sub\": \"\\u0000\"}",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn names_seeds() -> Vec<Vec<u8>> {
    let texts = [
        "public.events",
        "\"My \"\"App\"\"\".\"log\"",
        "public.members(user_id, \"tenant id\")",
        "(tenant_id = current_tenant()) and 'it''s' <> \"current_tenant\"",
        "{OPEXPR :opno 98 :opfuncid 67 :args ({VAR :varno 1} {SUBLINK :subselect {QUERY :x {FUNCEXPR :funcid 12}}})}",
        "größe.ß",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
