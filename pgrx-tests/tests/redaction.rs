//! What is redacted is nowhere: whatever way an event comes, and whatever becomes of it, its secret is in no file of the
//! cluster, in no error and in no line of the server's log.

use pg_eventlog_tests::{Cluster, Install, SUPERUSER, run};
use postgres::{Client, Error};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// What every secret ends with, and nothing else has.
const MARK: &str = "zq9xk7";
/// The same of what is not redacted, which shows that this test would find a secret.
const CONTROL: &str = "control-wv3jq8";
const KEY: &str = "0123456789abcdef0123456789abcdef";

const SETUP: &str = "
    create extension pg_eventlog;
    select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, max_payload_bytes => 400);
    select eventlog.set_redaction('{\"remove\": [\"**.password\", \"/context/ip\"], \"hash\": [\"**.email\"], \"mask\": [\"**.card\"]}');
    select eventlog.register_event_type('paid', required => '{id}', redact => '{\"remove\": [\"/pin\"]}',
        schema => '{\"properties\": {\"id\": {\"type\": \"integer\"}}}');
    select eventlog.register_event_type('strict', additional => 'strip', optional => '{id}');
    select eventlog.register_event_type('new', enforce => 'report', required => '{id}', redact => '{\"remove\": [\"/pin\"]}');
    select eventlog.add_check_rule('small', 'paid', '!exists($.payload.amount) || $.payload.amount < 100');
    select eventlog.add_transition_rule('stage', 'account', '{\"\": [\"new\"]}', path => '$.payload.stage');
    select eventlog.create_event_view('public.shown', 'events', '{\"type\": \"type\", \"payload\": \"payload\", \"context\": \"context\"}');
    create unlogged table customers (id int primary key, name text, password text, profile jsonb);
    select eventlog.track_changes('customers');
    create table other (id int);
    create function again() returns trigger language plpgsql as
        $$ begin update customers set name = 'again' where id = new.id and name <> 'again'; return null; end $$;
    create trigger again after update on customers for each row execute function again();
";

struct Roads {
    client: Client,
    /// what callers are told
    told: Vec<String>,
}

/// All that a secret of this road may stand in.
fn payload(road: &str, more: &str) -> String {
    format!(
        r#"{{"password": "{road}-password-{MARK}", "deep": [{{"email": "{road}-email-{MARK}"}}], "card": "{road}-card-{MARK}1234", "pin": "{road}-pin-{MARK}"{more}}}"#
    )
}

fn context(road: &str) -> String {
    format!(r#"{{"ip": "{road}-ip-{MARK}", "user": {{"password": "{road}-user-{MARK}"}}}}"#)
}

impl Roads {
    /// Runs a statement whose arguments are bound, as an application does; what it says of a failure is kept.
    fn call(&mut self, sql: &str, arguments: &[&str], state: Option<&str>) {
        let arguments: Vec<&(dyn postgres::types::ToSql + Sync)> = arguments
            .iter()
            .map(|argument| argument as &(dyn postgres::types::ToSql + Sync))
            .collect();
        let outcome = self.client.query(sql, &arguments);
        self.expect(sql, outcome.err(), state);
    }

    fn expect(&mut self, what: &str, error: Option<Error>, state: Option<&str>) {
        let found = error.as_ref().and_then(|e| e.code().map(|c| c.code()));
        assert_eq!(found, state, "{what}: {error:?}");
        self.told.extend(error.map(|error| format!("{error:?}")));
    }

    fn copy(&mut self, line: &str, state: Option<&str>) {
        const COPY: &str = "copy events (type, payload) from stdin";
        let done = self.client.copy_in(COPY).and_then(|mut writer| {
            writer.write_all(line.as_bytes()).expect("the server reads");
            writer.finish()
        });
        self.expect(COPY, done.err(), state);
    }
}

const ONE: &str = "select eventlog.log_event($1, $2::text::jsonb, context => $3::text::jsonb)";
const KEYED: &str = "select eventlog.log_event($1, $2::text::jsonb, context => $3::text::jsonb, idempotency_key => $4::text)";
const MANY: &str = "select * from eventlog.log_events($1::text::jsonb)";
const INSERT: &str =
    "insert into events (type, payload, context) values ($1, $2::text::jsonb, $3::text::jsonb)";
const INSERT_KEYED: &str =
    "insert into events (type, payload, idempotency_key) values ($1, $2::text::jsonb, $3::text)";

#[test]
fn a_secret_is_nowhere_whatever_way_it_comes() {
    let settings = [
        format!("eventlog.redaction_key = '{KEY}'"),
        "log_min_messages = debug1".to_owned(),
        "autovacuum = off".to_owned(),
        "wal_keep_size = 1GB".to_owned(),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let mut cluster = Cluster::with(Install::under_test(), &settings);
    let mut client = cluster.connect("postgres", SUPERUSER);
    client.batch_execute(SETUP).unwrap();
    let mut roads = Roads {
        client,
        told: Vec::new(),
    };
    let all = |road: &str, more: &str| (payload(road, more), context(road));

    // Every way in.
    for straight in ["on", "off"] {
        let road = format!("one-{straight}");
        roads.call(&format!("set eventlog.straight = {straight}"), &[], None);
        let (payload, context) = all(&road, r#", "id": 1"#);
        roads.call(ONE, &["paid", &payload, &context], None);
        roads.call(KEYED, &["paid", &payload, &context, &road], None);
        roads.call(ONE, &["strict", &payload, &context], None);
        roads.call(ONE, &["new", &payload, &context], None);
        let batch = format!(
            r#"[{{"type": "paid", "payload": {payload}, "context": {context}, "idempotency_key": "m{straight}"}}, {{"type": "new", "payload": {payload}}}]"#
        );
        roads.call(MANY, &[&batch], None);
    }
    let (document, place) = all("insert", r#", "id": 2"#);
    roads.call(INSERT, &["paid", &document, &place], None);
    roads.call(INSERT, &["new", &document, &place], None);
    roads.call(INSERT_KEYED, &["paid", &document, "inserted"], None);
    roads.call(
        "insert into shown (type, payload, context) values ($1, $2::text::jsonb, $3::text::jsonb)",
        &["paid", &payload("view", r#", "id": 3"#), &place],
        None,
    );
    roads.copy(
        &format!("paid\t{}\n", payload("copy", r#", "id": 4"#)),
        None,
    );
    roads.call(
        "select eventlog.set_context(context => $1::text::jsonb)",
        &[&context("metadata")],
        None,
    );
    roads.call(
        "with c as materialized (select eventlog.set_context(context => $2::text::jsonb)) \
         select eventlog.log_event('new', $1::text::jsonb) from c",
        &[r#"{"id": 5}"#, &context("metadata")],
        None,
    );
    let secret = format!("capture-{MARK}");
    let profile = format!(r#"{{"password": "{secret}"}}"#);
    roads.call(
        "insert into customers select 1, 'n', $1, $2::text::jsonb",
        &[&secret, &profile],
        None,
    );
    roads.call(
        "update customers set password = $1, name = 'x'",
        &[&profile],
        None,
    );
    roads.call(
        "update customers set profile = profile || $1::text::jsonb",
        &[&profile],
        None,
    );
    roads.call("delete from customers", &[], None);
    roads.call(
        "select count(*) from eventlog.validate_event('paid', $1::text::jsonb)",
        &[&payload("validate", "")],
        None,
    );

    // Every way to be refused.
    let (wrong, place) = all("refused", r#", "id": "x""#);
    roads.call(ONE, &["paid", &wrong, &place], Some("23514"));
    roads.call(KEYED, &["paid", &wrong, &place, "refused"], Some("23514"));
    roads.call(INSERT, &["paid", &wrong, &place], Some("23514"));
    roads.call(
        MANY,
        &[&format!(
            r#"[{{"type": "paid", "payload": {wrong}, "idempotency_key": "r"}}]"#
        )],
        Some("23514"),
    );
    // What Postgres tells of a line are its first 100 bytes.
    let line = format!(
        r#"paid{}{{"long": "{}", "password": "copied-{MARK}"}}{}"#,
        '\t',
        "x".repeat(200),
        '\n'
    );
    roads.copy(&line, Some("23514"));
    let (ruled, place) = all("ruled", r#", "id": 1, "amount": 100"#);
    roads.call(ONE, &["paid", &ruled, &place], Some("23514"));
    roads.call(KEYED, &["paid", &ruled, &place, "ruled"], Some("23514"));
    roads.call(INSERT, &["paid", &ruled, &place], Some("23514"));
    let large = payload(
        "large",
        &format!(r#", "id": 1, "x": "{}""#, "x".repeat(400)),
    );
    roads.call(ONE, &["paid", &large, "{}"], Some("23514"));
    roads.call(KEYED, &["paid", &large, "{}", "large"], Some("23514"));
    roads.call(INSERT, &["paid", &large, "{}"], Some("23514"));
    let (unknown, place) = all("unknown", r#", "id": 1"#);
    roads.call(
        KEYED,
        &["unknown", &unknown, &place, "unknown"],
        Some("23514"),
    );
    roads.call(
        "select eventlog.log_event('paid', $1::text::jsonb, version => 9, idempotency_key => 'version')",
        &[&unknown],
        Some("23514"),
    );
    roads.call(
        "select eventlog.log_event('paid', $1::text::jsonb, entity_type => 'account', entity_id => '1', idempotency_key => 'stage')",
        &[&payload("stage", r#", "id": 1, "stage": "old""#)],
        Some("23514"),
    );
    // The same key: of another event, and where a plain insert has it or brings it.
    let (other, place) = all("conflict", r#", "id": 99"#);
    roads.call(KEYED, &["paid", &other, &place, "one-on"], Some("23505"));
    roads.call(KEYED, &["paid", &other, &place, "inserted"], Some("23505"));
    roads.call(INSERT_KEYED, &["paid", &other, "one-on"], Some("23505"));
    // A constraint's DETAIL shows the row, which is the redacted one by then.
    roads.call(
        "insert into events (type, payload, recorded_at) values ('paid', $1::text::jsonb, null)",
        &[&payload("constraint", r#", "id": 1"#)],
        Some("23502"),
    );

    let told = roads.told.join("\n");
    assert!(told.contains("Failing row contains"), "{told}");
    assert!(!told.contains(MARK), "{told}");
    // Secrets that differ make no other event of it, so they are no part of the hash.
    let (again, _) = all("again", r#", "id": 1"#);
    let mut same = again.replace("again-email", "one-on-email");
    same = same.replace(&format!("again-card-{MARK}1234"), "1234");
    roads.call(
        "select 1 / (eventlog.log_event('paid', $1::text::jsonb, idempotency_key => 'same') = \
            eventlog.log_event('paid', $2::text::jsonb, idempotency_key => 'same'))::int",
        &[&same, &same.replace("again", "another")],
        None,
    );
    // The key makes the hash that everybody makes with it who has the key.
    let hashed = roads.client.query_one(
        "select payload #>> '{deep,0,email}' from events where payload ->> 'card' = '****1234' order by seq limit 1",
        &[],
    );
    let hashed: String = hashed.unwrap().get(0);
    // Computed after the search for secrets, which would find this one.
    let hashed_text = format!("one-on-email-{MARK}");

    roads.call(
        ONE,
        &["new", &format!(r#"{{"id": "{CONTROL}"}}"#), "{}"],
        None,
    );
    let unlogged: String = roads
        .client
        .query_one("select pg_relation_filepath('customers')", &[])
        .unwrap()
        .get(0);
    roads
        .client
        .batch_execute("checkpoint; select pg_switch_wal(); checkpoint")
        .unwrap();
    drop(roads);
    // What is in memory goes to disk.
    cluster.stop();

    let data = cluster.data();
    let found = holders(&data, MARK);
    let leaks: Vec<_> = found
        .iter()
        .filter(|file| !file.to_string_lossy().contains(&unlogged))
        .collect();
    assert!(!found.is_empty(), "the tracked table itself has its values");
    assert!(
        leaks.is_empty(),
        "{leaks:?}: {:?}",
        leaks.iter().map(|f| shown(f)).collect::<Vec<_>>()
    );
    assert!(!cluster.log().contains(MARK), "{}", cluster.log());
    let control = holders(&data, CONTROL);
    let in_wal = |file: &PathBuf| file.to_string_lossy().contains("pg_wal");
    assert!(
        control.iter().any(in_wal) && control.iter().any(|file| !in_wal(file)),
        "{control:?}"
    );

    cluster.start();
    let mut client = cluster.connect("postgres", SUPERUSER);
    assert_eq!(hashed, hmac(&mut client, &hashed_text));
}

/// The files below a directory that hold a text.
fn holders(directory: &std::path::Path, text: &str) -> Vec<PathBuf> {
    let mut grep = Command::new("grep");
    grep.args(["-r", "-l", "-a", "-F", text]).arg(directory);
    let ran = run(&mut grep, Duration::from_secs(120));
    ran.out.lines().map(PathBuf::from).collect()
}

/// What a file shows of a secret.
fn shown(file: &std::path::Path) -> String {
    let mut grep = Command::new("grep");
    grep.args(["-a", "-o", &format!("[a-z-]*{MARK}")]).arg(file);
    run(&mut grep, Duration::from_secs(120)).out
}

/// HMAC-SHA256 as RFC 2104 makes it, by Postgres's own SHA-256.
fn hmac(client: &mut Client, text: &str) -> String {
    let pad = |with: u8| -> Vec<u8> {
        let key = KEY.bytes().chain(std::iter::repeat(0)).take(64);
        key.map(|byte| byte ^ with).collect()
    };
    let row = client.query_one(
        "select encode(sha256($1::bytea || sha256($2::bytea || convert_to($3, 'UTF8'))), 'hex')",
        &[&pad(0x5c), &pad(0x36), &text],
    );
    row.unwrap().get(0)
}

#[test]
fn a_key_comes_from_the_configuration_and_is_shown_to_nobody() {
    let mut cluster = Cluster::with(
        Install::under_test(),
        &["eventlog.redaction_key = 'too short'"],
    );
    let mut client = cluster.connect("postgres", SUPERUSER);
    client
        .batch_execute(
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow')",
        )
        .unwrap();
    let register = r#"select eventlog.set_redaction('{"hash": ["/a"]}')"#;
    let log = r#"select eventlog.log_event('t', '{"a": 1}')"#;
    let state = |outcome: Result<Vec<postgres::SimpleQueryMessage>, Error>| {
        outcome
            .err()
            .and_then(|e| e.code().map(|c| c.code().to_owned()))
    };
    let too_short = state(client.simple_query(register));
    assert_eq!(too_short.as_deref(), Some("55000"));
    let write = |cluster: &Cluster, value: &str| {
        let path = cluster.data().join("postgresql.auto.conf");
        std::fs::write(path, format!("eventlog.redaction_key = '{value}'\n")).unwrap();
    };
    write(&cluster, KEY);
    cluster.restart();
    // A session's own value neither takes its place nor hides it, be it set before the library is loaded.
    let mut client = cluster.connect("postgres", SUPERUSER);
    let _ = client.simple_query("set eventlog.redaction_key = 'x'");
    assert_eq!(state(client.simple_query(register)), None);
    assert_eq!(state(client.simple_query(log)), None);
    let row = client.query_one(
        "select payload ->> 'a', current_setting('eventlog.redaction_key') from events",
        &[],
    );
    let row = row.unwrap();
    let expected = hmac(&mut client, "1");
    assert_eq!(row.get::<_, String>(0), expected);
    assert_eq!(row.get::<_, String>(1), "********");
    let mut options = cluster.config("postgres", SUPERUSER);
    options.options("-c eventlog.redaction_key=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    // That hides what the file says, as Postgres has it: then there is no key, and never another one.
    let mut client = options.connect(postgres::NoTls).unwrap();
    assert_eq!(state(client.simple_query(log)).as_deref(), Some("55000"));
    // Without it no event is stored as if there were nothing to hash.
    write(&cluster, "");
    cluster.restart();
    let mut client = cluster.connect("postgres", SUPERUSER);
    assert_eq!(state(client.simple_query(log)).as_deref(), Some("55000"));
    let row = client.query_one(
        "select count(*) from events where payload ->> 'a' = '1'",
        &[],
    );
    assert_eq!(row.unwrap().get::<_, i64>(0), 0);
}
