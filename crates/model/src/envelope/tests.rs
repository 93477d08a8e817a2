//! Envelopes go into a log and come out of it as they were, whatever the session of whoever wrote them fills in.
//! `EVENTLOG_FUZZ_SEED` and `EVENTLOG_FUZZ_ROUNDS` repeat or prolong a run.

use super::cloudevent::{self, Schemas};
use super::{Logged, Text, time, uri, workflow};
use crate::metadata;
use crate::tenant::TenantType;
use jsonb::{Builder, Jsonb, Object};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const ROUNDS: u32 = 800;

/// Runs a law on values by chance.
fn holds<S: Strategy>(strategy: S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seed = number("EVENTLOG_FUZZ_SEED").unwrap_or(8);
    let rounds = number("EVENTLOG_FUZZ_ROUNDS").map_or(ROUNDS, |rounds| rounds as u32);
    println!("EVENTLOG_FUZZ_SEED={seed} EVENTLOG_FUZZ_ROUNDS={rounds}");
    let config = Config {
        cases: rounds,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    if let Err(failure) = TestRunner::new_with_rng(config, rng).run(&strategy, law) {
        panic!("{failure}");
    }
}

/// A type whose second version is described somewhere, and whose other versions share a place.
struct Described;

const PLACE: &str = "https://schemas.example.com/order_paid/2.json";

impl Schemas for Described {
    fn version(&self, event_type: &[u8], described_at: &[u8]) -> Option<i32> {
        (event_type == b"order_paid" && described_at == PLACE.as_bytes()).then_some(2)
    }

    fn described_at(&self, event_type: &[u8], version: i32) -> Option<Text<'_>> {
        let is = event_type == b"order_paid" && version == 2;
        is.then_some(Cow::Borrowed(PLACE.as_bytes()))
    }
}

fn stored(document: &Value) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.json(document);
    builder.finish().expect("a document").into()
}

fn read_back(bytes: &[u8]) -> Value {
    let text = Jsonb::new(bytes).expect("a document").root().to_string();
    serde_json::from_str(&text).expect("JSON")
}

fn object(bytes: &[u8]) -> Object<'_> {
    let root = Jsonb::new(bytes).expect("a document").root();
    root.as_object().expect("an object")
}

/// The row that a log has of it, as `to_jsonb` shows it, with what a session fills in.
fn row(logged: &Logged<'_>, tenants: TenantType) -> Value {
    let text = |text: &Option<Text<'_>>| {
        let text = text.as_ref()?;
        Some(String::from_utf8(text.to_vec()).expect("UTF-8"))
    };
    let or = |column: &Option<Text<'_>>, session: &str| text(column).unwrap_or(session.to_owned());
    let session: &[u8] = match tenants {
        TenantType::Uuid => b"0190abcd-0000-7000-8000-000000000001",
        TenantType::Text | TenantType::Bigint => b"7",
    };
    let tenant = logged.tenant.as_deref().unwrap_or(session);
    let tenant = tenants.read(tenant).expect("a tenant").text().into_owned();
    let tenant = String::from_utf8(tenant).expect("UTF-8");
    let tenant = match tenants {
        TenantType::Bigint => serde_json::from_str(&tenant).expect("a number"),
        _ => json!(tenant),
    };
    let session = stored(&json!({"request": 1, "traceparent": "of the session", "type": "mine"}));
    let context = metadata::merge(object(&session), object(&logged.context)).expect("a context");
    let occurred = time::format(logged.occurred_at.unwrap_or(1_500_000)).expect("a time");
    json!({
        "id": "01900000-0000-7000-8000-000000000000", "seq": 7, "xid": 3, "origin": 1,
        "type": std::str::from_utf8(&logged.event_type).expect("UTF-8"),
        "version": logged.version.unwrap_or(3),
        // As Postgres shows a time in another zone.
        "occurred_at": occurred.replace('Z', "+00:00"),
        "recorded_at": "2026-01-01T00:00:00+00:00",
        "tenant_id": tenant,
        "entity_type": text(&logged.entity_type), "entity_id": text(&logged.entity_id),
        "actor_type": or(&logged.actor_type, "user"), "actor_id": or(&logged.actor_id, "ann"),
        "source_type": text(&logged.source_type), "source_id": text(&logged.source_id),
        "correlation_id": or(&logged.correlation_id, "c"), "causation_id": or(&logged.causation_id, "d"),
        "idempotency_key": text(&logged.idempotency_key),
        "payload": read_back(&logged.payload), "context": read_back(&context),
    })
}

fn through_cloudevent(event: &Value, tenants: TenantType) -> Value {
    let bytes = stored(event);
    let document = Jsonb::new(&bytes).expect("a document");
    let logged = cloudevent::read(document, tenants, &Described).expect("a CloudEvent");
    let row = stored(&row(&logged, tenants));
    let written = cloudevent::write(Jsonb::new(&row).expect("a row"), &Described);
    read_back(&written.expect("a CloudEvent"))
}

fn through_envelope(event: &Value) -> Value {
    let bytes = stored(event);
    let logged = workflow::read(Jsonb::new(&bytes).expect("a document")).expect("an envelope");
    let row = stored(&row(&logged, TenantType::Text));
    let written = workflow::write(Jsonb::new(&row).expect("a row"));
    read_back(&written.expect("an envelope"))
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[ -~äß€\u{1}]{1,8}",
        prop::sample::select(vec![
            "-", "%", "/", "a/b", "a%2Fb", "a%2fb", "/a", "a/", "100%", "%00", "uri", "%2D", "a b",
            "é/x", "//", "7", "007",
        ])
        .prop_map(str::to_owned),
    ]
}

fn source() -> impl Strategy<Value = String> {
    prop_oneof![
        "/[a-z%2F-]{1,6}/[a-z0-9%2F-]{1,6}",
        "[!-~]{1,12}",
        prop::sample::select(vec![
            "/",
            "/-",
            "/-/x",
            "/uri/x",
            "/a/",
            "//a",
            "/a/b/c",
            "https://github.com/cloudevents/spec/pull/123",
            "urn:event:from:myapi/resource/123",
            "/%2D/x",
            "/a%20b/%C3%A4",
            "/%ff/x",
            "/a/%00",
            "mailto:x@example.com",
            "/%+1/x",
        ])
        .prop_map(str::to_owned),
        "[a-z]{600}",
        "/[a-z]{3}/[a-z]{600}",
    ]
}

fn instant() -> impl Strategy<Value = String> {
    prop_oneof![
        "20[0-9]{2}-0[1-9]-[0-1][0-9]T[0-1][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|z|[+-]0[0-9]:30)",
        prop::sample::select(vec!["2016-12-31T23:59:60Z", "2018-04-05T17:31:00Z", "0001-01-01T00:00:00Z"])
            .prop_map(str::to_owned),
    ]
    .prop_filter("days from 1", |text| !text[8..].starts_with("00"))
}

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop::sample::select(vec!["1", "1.10", "9007199254740993", "0.1"])
            .prop_map(|n| serde_json::from_str(n).expect("a number")),
        word().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(word(), inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        word().prop_map(Value::String),
        any::<i32>().prop_map(|n| json!(n)),
        any::<bool>().prop_map(Value::Bool),
    ]
}

/// Perhaps one more attribute.
fn perhaps<V: Into<Value> + std::fmt::Debug>(
    name: &'static str,
    value: impl Strategy<Value = V>,
) -> impl Strategy<Value = Map<String, Value>> {
    prop::option::of(value).prop_map(move |value| {
        let value = value.map(|value| (name.to_owned(), value.into()));
        value.into_iter().collect()
    })
}

fn all(parts: Vec<BoxedStrategy<Map<String, Value>>>) -> impl Strategy<Value = Value> {
    parts.prop_map(|parts| Value::Object(parts.into_iter().flatten().collect()))
}

fn tenant(tenants: TenantType) -> BoxedStrategy<Value> {
    let uuid = "0190abcd-0000-7000-8000-0000000000ff";
    let texts = match tenants {
        TenantType::Text => return scalar().boxed(),
        TenantType::Uuid => vec![
            json!(uuid),
            json!(uuid.to_uppercase()),
            json!(format!("{{{uuid}}}")),
        ],
        TenantType::Bigint => vec![json!("7"), json!("007"), json!(7), json!(" 8")],
    };
    prop::sample::select(texts).boxed()
}

fn cloudevent(tenants: TenantType) -> impl Strategy<Value = Value> {
    let schema = prop_oneof![
        word(),
        Just(PLACE.to_owned()),
        Just("urn:eventlog:type:order_paid:4".to_owned())
    ];
    let body = prop_oneof![
        perhaps("data", data()),
        perhaps("data_base64", "[A-Za-z0-9+/]{0,8}"),
    ];
    let always = (
        word(),
        source(),
        prop_oneof![Just("order_paid".to_owned()), word()],
    )
        .prop_map(|(id, source, kind)| {
            let event = json!({"specversion": "1.0", "id": id, "source": source, "type": kind});
            event.as_object().expect("an object").clone()
        });
    let extension = prop_oneof![
        Just("sequence"),
        Just("given"),
        Just("payload"),
        Just("comexample1")
    ];
    let extensions = prop::collection::btree_map(extension.prop_map(str::to_owned), scalar(), 0..3);
    all(vec![
        always.boxed(),
        perhaps("subject", word()).boxed(),
        perhaps("time", instant()).boxed(),
        perhaps("datacontenttype", word()).boxed(),
        perhaps("dataschema", schema).boxed(),
        perhaps("tenantid", tenant(tenants)).boxed(),
        perhaps("actortype", scalar()).boxed(),
        perhaps("actorid", scalar()).boxed(),
        perhaps("correlationid", scalar()).boxed(),
        perhaps("causationid", scalar()).boxed(),
        perhaps("traceparent", word()).boxed(),
        extensions.prop_map(|all| all.into_iter().collect()).boxed(),
        body.boxed(),
    ])
}

#[test]
fn a_cloudevent_comes_back_as_it_went_in() {
    for tenants in TenantType::ALL {
        holds(cloudevent(tenants), |event| {
            prop_assert_eq!(through_cloudevent(&event, tenants), event);
            Ok(())
        });
    }
}

fn envelope() -> impl Strategy<Value = Value> {
    let version = prop_oneof![
        prop::sample::select(vec!["1", "1.0", "1.4", "2.0.1", "01.0", "3.10"])
            .prop_map(|v| json!(v)),
        prop::sample::select(vec!["1", "1.4", "2.0"])
            .prop_map(|n| serde_json::from_str(n).expect("a number")),
    ];
    let timestamp = prop_oneof![instant(), Just("2024-03-15T10:00:00".to_owned())];
    let source = all(vec![
        perhaps("type", scalar()).boxed(),
        perhaps("id", scalar()).boxed(),
    ]);
    let key = prop_oneof![
        Just("type".to_owned()),
        Just("id".to_owned()),
        Just("envelope".to_owned()),
        word()
    ];
    let context = prop::collection::btree_map(key, data(), 0..4).prop_map(|m| json!(m));
    let metadata = all(vec![
        perhaps("correlationId", scalar()).boxed(),
        perhaps("causationId", scalar()).boxed(),
        perhaps("context", context).boxed(),
        perhaps("more", data().prop_filter("null is none", |v| !v.is_null())).boxed(),
    ]);
    all(vec![
        word()
            .prop_map(|pattern| Map::from_iter([("pattern".to_owned(), json!(pattern))]))
            .boxed(),
        perhaps("eventId", scalar()).boxed(),
        perhaps("version", version).boxed(),
        perhaps("source", source).boxed(),
        perhaps("timestamp", timestamp).boxed(),
        perhaps(
            "payload",
            data().prop_filter("null is none", |v| !v.is_null()),
        )
        .boxed(),
        perhaps("metadata", metadata).boxed(),
    ])
}

#[test]
fn an_envelope_comes_back_as_it_went_in() {
    holds(envelope(), |event| {
        prop_assert_eq!(through_envelope(&event), event);
        Ok(())
    });
}

/// What the log knows of an event that came in no envelope is in the envelope, and comes back from there.
#[test]
fn columns_come_back_from_a_cloudevent() {
    let columns = (
        prop::option::of(word()),
        prop::option::of(word()),
        prop::option::of(word()),
        prop::option::of(word()),
    );
    let strategy = (
        columns,
        1..9_i32,
        prop_oneof![Just("order_paid".to_owned()), word()],
    );
    holds(
        strategy,
        |((entity_type, entity_id, source_type, source_id), version, kind)| {
            // A source that is a whole URI is read as what it is.
            let is_uri = source_type.as_deref() == Some("uri");
            let row = stored(&json!({
                "id": "01900000-0000-7000-8000-000000000000", "seq": 7, "type": kind, "version": version,
                "occurred_at": "2024-03-15T12:00:00.5+02:00", "tenant_id": "acme", "actor_id": "ann",
                "entity_type": entity_type, "entity_id": entity_id, "source_type": source_type, "source_id": source_id,
                "payload": {"amount": 1}, "context": {"traceparent": "00-1-2-01"},
            }));
            let event = cloudevent::write(Jsonb::new(&row).expect("a row"), &Described)
                .expect("a CloudEvent");
            let shown = read_back(&event);
            prop_assert_eq!(&shown["sequence"], "7");
            prop_assert_eq!(&shown["time"], "2024-03-15T10:00:00.5Z");
            prop_assert_eq!(&shown["traceparent"], "00-1-2-01");
            let logged = cloudevent::read(
                Jsonb::new(&event).expect("a document"),
                TenantType::Text,
                &Described,
            );
            let logged = logged.expect("a CloudEvent");
            let is = |read: &Option<Text<'_>>, was: &Option<String>| {
                read.as_deref() == was.as_deref().map(str::as_bytes)
            };
            prop_assert!(
                is(&logged.entity_type, &entity_type) && is(&logged.entity_id, &entity_id),
                "{}",
                shown
            );
            let same = is(&logged.source_type, &source_type) && is(&logged.source_id, &source_id);
            prop_assert!(same || is_uri, "{}", shown);
            prop_assert_eq!(logged.version, Some(version));
            Ok(())
        },
    );
}

#[test]
fn the_example_of_the_specification() {
    let event = json!({
        "specversion": "1.0", "type": "com.example.someevent", "source": "/mycontext", "subject": null,
        "id": "C234-1234-1234", "time": "2018-04-05T17:31:00Z", "comexampleextension1": "value",
        "comexampleothervalue": 5, "datacontenttype": "application/json",
        "data": {"appinfoA": "abc", "appinfoB": 123, "appinfoC": true}
    });
    let bytes = stored(&event);
    let logged = cloudevent::read(
        Jsonb::new(&bytes).expect("a document"),
        TenantType::Uuid,
        &Described,
    );
    let logged = logged.expect("a CloudEvent");
    assert_eq!(logged.source_type.as_deref(), Some(&b"mycontext"[..]));
    assert_eq!(
        logged.idempotency_key.as_deref(),
        Some(&b"/mycontext C234-1234-1234"[..])
    );
    assert_eq!(read_back(&logged.payload), event["data"]);
    assert_eq!(
        read_back(&logged.context),
        json!({"cloudevent": {
            "id": "C234-1234-1234", "given": ["time"], "dataschema": null, "datacontenttype": "application/json",
            "extensions": {"comexampleextension1": "value", "comexampleothervalue": 5}
        }})
    );
    let mut expected = event;
    expected
        .as_object_mut()
        .expect("an object")
        .remove("subject");
    assert_eq!(through_cloudevent(&expected, TenantType::Uuid), expected);
}

#[test]
fn source_and_id_together_are_one_key() {
    let key = |source: &str, id: &str| {
        String::from_utf8(cloudevent::key(source.as_bytes(), id.as_bytes()).to_vec())
    };
    assert_eq!(key("/a", "1").as_deref(), Ok("/a 1"));
    assert_eq!(key("/a", &"x".repeat(509)).map(|k| k.len()), Ok(512));
    let hashed = key("/a", &"x".repeat(510)).expect("UTF-8");
    assert_eq!(hashed.len(), 64);
    assert_ne!(Ok(hashed), key("/a", &"x".repeat(511)));
}

#[test]
fn where_a_contract_is_described_says_its_version() {
    let event = |schema: &str| {
        let event = json!({"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "dataschema": schema});
        let bytes = stored(&event);
        let document = Jsonb::new(&bytes).expect("a document");
        cloudevent::read(document, TenantType::Text, &Described)
            .expect("a CloudEvent")
            .version
    };
    assert_eq!(event(PLACE), Some(2));
    assert_eq!(event("urn:eventlog:type:order_paid:4"), Some(4));
    for other in [
        "urn:eventlog:type:other:4",
        "urn:eventlog:type:order_paid:0",
        "urn:eventlog:type:order_paid:+4",
        "x",
    ] {
        assert_eq!(event(other), None, "{other}");
    }
    assert_eq!(uri::schema(b"a:b c", 1), b"urn:eventlog:type:a:b%20c:1");
}

#[test]
fn what_is_no_cloudevent_is_refused() {
    let good = json!({"specversion": "1.0", "id": "1", "source": "/", "type": "t"});
    let refused = |key: &str, value: Value| {
        let mut event = good.clone();
        match value {
            Value::Null => event.as_object_mut().expect("an object").remove(key),
            value => event
                .as_object_mut()
                .expect("an object")
                .insert(key.to_owned(), value),
        };
        let bytes = stored(&event);
        let read = cloudevent::read(
            Jsonb::new(&bytes).expect("a document"),
            TenantType::Text,
            &Described,
        );
        read.err().map(|why| format!("{why:?}"))
    };
    assert_eq!(refused("x", json!(1)), None);
    for (key, value, why) in [
        (
            "specversion",
            Value::Null,
            "specversion of a CloudEvent must be",
        ),
        (
            "specversion",
            json!("0.3"),
            "specversion of a CloudEvent must be",
        ),
        (
            "specversion",
            json!(1.0),
            "specversion of a CloudEvent must be",
        ),
        ("id", Value::Null, "the event has no id"),
        ("id", json!(1), "id must be a string, not number"),
        ("source", json!(""), "source must not be empty"),
        ("source", json!("a b"), "it has a space"),
        ("type", json!([]), "type must be a string, not array"),
        ("subject", json!(""), "subject must not be empty"),
        ("time", json!("yesterday"), "time is no timestamp"),
        ("data_base64", json!(1), "data_base64 must be a string"),
        ("tenantid", json!({}), "tenantid must be a string"),
        ("Wrong", json!(1), "is no name of an attribute"),
        ("trace_id", json!(1), "is no name of an attribute"),
    ] {
        let told = refused(key, value.clone());
        assert!(
            told.as_ref().is_some_and(|told| told.contains(why)),
            "{key} {value}: {told:?}"
        );
    }
    let both = json!({"specversion": "1.0", "id": "1", "source": "/", "type": "t", "data": 1, "data_base64": "eA=="});
    for document in [both, json!([]), json!("x")] {
        let bytes = stored(&document);
        let read = cloudevent::read(
            Jsonb::new(&bytes).expect("a document"),
            TenantType::Text,
            &Described,
        );
        assert!(read.is_err(), "{document}");
    }
}

#[test]
fn a_version_is_its_first_number() {
    let version = |version: Value| {
        let bytes = stored(&json!({"pattern": "p", "version": version}));
        let read = workflow::read(Jsonb::new(&bytes).expect("a document"));
        read.ok().map(|logged| logged.version)
    };
    for (text, number) in [
        (json!("1.0"), 1),
        (json!("1.4"), 1),
        (json!("2"), 2),
        (json!("03.1"), 3),
        (json!(1.4), 1),
        (json!(12), 12),
    ] {
        assert_eq!(version(text.clone()), Some(Some(number)), "{text}");
    }
    assert_eq!(version(Value::Null), Some(None));
    for wrong in [
        json!(""),
        json!("v1"),
        json!("0.9"),
        json!("1."),
        json!(".1"),
        json!("1.x"),
        json!("-1"),
        json!("99999999999"),
        json!("1.0-beta"),
        json!(-1),
        json!({}),
        json!(true),
    ] {
        assert_eq!(version(wrong.clone()), None, "{wrong}");
    }
}

#[test]
fn what_is_no_envelope_is_refused() {
    for (envelope, why) in [
        (json!([]), "an envelope must be a JSON object, not array"),
        (json!({}), "the event has no pattern"),
        (json!({"pattern": ""}), "pattern must not be empty"),
        (json!({"pattern": "p", "paylod": {}}), "unknown key"),
        (
            json!({"pattern": "p", "source": {"kind": "x"}}),
            "source.kind",
        ),
        (
            json!({"pattern": "p", "source": "x"}),
            "source must be an object, not string",
        ),
        (
            json!({"pattern": "p", "metadata": 1}),
            "metadata must be an object, not number",
        ),
        (
            json!({"pattern": "p", "metadata": {"context": 1}}),
            "context must be an object, not number",
        ),
        (
            json!({"pattern": "p", "timestamp": "soon"}),
            "timestamp is no timestamp",
        ),
        (
            json!({"pattern": "p", "eventId": ""}),
            "eventId must not be empty",
        ),
        (
            json!({"pattern": "p", "eventId": {}}),
            "eventId must be a string, not object",
        ),
    ] {
        let bytes = stored(&envelope);
        let told = workflow::read(Jsonb::new(&bytes).expect("a document")).err();
        let told = told.map(|why| format!("{why:?}"));
        assert!(
            told.as_ref().is_some_and(|told| told.contains(why)),
            "{envelope}: {told:?}"
        );
    }
}

#[test]
fn an_event_of_the_log_gets_an_envelope() {
    let row = stored(&json!({
        "id": "01900000-0000-7000-8000-000000000000", "type": "invoice.created", "version": 2,
        "occurred_at": "2024-03-15T11:00:00+01:00", "source_type": "integration", "source_id": "xero_main",
        "correlation_id": "corr", "causation_id": null, "idempotency_key": null,
        "payload": {"amount": 1}, "context": {"type": "client", "id": "client_123"},
    }));
    let written = workflow::write(Jsonb::new(&row).expect("a row")).expect("an envelope");
    assert_eq!(
        read_back(&written),
        json!({
            "eventId": "01900000-0000-7000-8000-000000000000", "pattern": "invoice.created", "version": "2.0",
            "timestamp": "2024-03-15T10:00:00Z", "source": {"type": "integration", "id": "xero_main"},
            "payload": {"amount": 1},
            "metadata": {"correlationId": "corr", "context": {"type": "client", "id": "client_123"}},
        })
    );
}
