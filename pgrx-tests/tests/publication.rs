//! A log in a publication: what pgoutput and wal2json tell of it is each committed event, once, as it stands in the log,
//! and nothing of what was refused or rolled back; also of a partitioned log, and through a row filter. And what Supabase
//! Realtime asks of an isolated log: who may see this row?

use std::collections::HashMap;

use pg_eventlog_tests::{Database, SUPERUSER, refused, run, wait_until};
use postgres::{Client, GenericClient};
use serde_json::Value;

/// Everything that may happen to an event on its way; committed are `one`, `two`, `three` and `kept`.
const STORY: [&str; 19] = [
    r#"select eventlog.register_event_type('said', required => '{word}')"#,
    r#"select eventlog.log_event('said', '{"word": "one", "amount": 1.10}', entity_type => 'talk', entity_id => 't1')"#,
    r#"do $$ begin perform eventlog.log_event('said', '{}'); exception when check_violation then null; end $$"#,
    r#"do $$ begin perform eventlog.log_event('unsaid'); exception when check_violation then null; end $$"#,
    "begin",
    r#"select eventlog.log_event('said', '{"word": "rolled back"}')"#,
    "rollback",
    "begin",
    r#"select eventlog.log_event('said', '{"word": "two"}', idempotency_key => 'k')"#,
    r#"savepoint s; select eventlog.log_event('said', '{"word": "to a savepoint"}'); rollback to s"#,
    r#"select eventlog.log_event('said', '{"word": "three"}')"#,
    "commit",
    // Once for its key.
    r#"select eventlog.log_event('said', '{"word": "two"}', idempotency_key => 'k')"#,
    r#"begin; select eventlog.log_event('said', '{"word": "dropped"}')"#,
    "prepare transaction 'dropped in DATABASE'",
    "rollback prepared 'dropped in DATABASE'",
    r#"begin; select eventlog.log_event('said', '{"word": "kept"}')"#,
    "prepare transaction 'kept in DATABASE'",
    "commit prepared 'kept in DATABASE'",
];
const COMMITTED: [&str; 4] = ["one", "two", "three", "kept"];

fn tell_the_story(client: &mut Client) {
    let database = client.query_one("select current_database()::text", &[]);
    let name: String = database.unwrap().get(0);
    for sql in STORY {
        // All databases of a cluster share the names of prepared transactions.
        client
            .batch_execute(&sql.replace("DATABASE", &name))
            .unwrap();
    }
}

/// A log, partitioned by month or not.
fn log(client: &mut Client, partitioned: bool) {
    let partition = if partitioned {
        ", partition_interval => '1 month'"
    } else {
        ""
    };
    client
        .batch_execute(&format!(
            "select eventlog.create_log('public.events', require_tenant => false{partition})"
        ))
        .unwrap();
}

/// A slot of the database, dropped at the end of the test: a cluster has few.
struct Slot<'a> {
    database: &'a Database,
    name: String,
}

impl<'a> Slot<'a> {
    fn new(database: &'a Database, plugin: &str) -> Self {
        let name = format!("{plugin}_of_{}", database.name());
        database
            .admin()
            .execute(
                "select pg_create_logical_replication_slot($1, $2)",
                &[&name, &plugin],
            )
            .unwrap();
        Self { database, name }
    }

    /// What pgoutput tells, message by message.
    fn messages(&self, publication: &str) -> Vec<Vec<u8>> {
        let rows = self.database.admin().query(
            "select data from pg_logical_slot_get_binary_changes($1, null, null, 'proto_version', '1',
                 'publication_names', $2)",
            &[&self.name, &publication],
        );
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// What wal2json tells of rows, in its second format.
    fn documents(&self) -> Vec<Value> {
        let rows = self.database.admin().query(
            "select data from pg_logical_slot_get_changes($1, null, null, 'format-version', '2',
                 'add-tables', 'public.events', 'include-transaction', 'false')",
            &[&self.name],
        );
        let told = rows.unwrap();
        told.iter()
            .map(|row| serde_json::from_str(row.get(0)).unwrap())
            .collect()
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let drop = "select pg_drop_replication_slot($1)";
        self.database.admin().execute(drop, &[&self.name]).ok();
    }
}

/// Reads a message of the protocol.
struct Reader<'m>(&'m [u8]);

impl<'m> Reader<'m> {
    fn take(&mut self, length: usize) -> &'m [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn int16(&mut self) -> u16 {
        u16::from_be_bytes(self.take(2).try_into().unwrap())
    }

    fn int32(&mut self) -> u32 {
        u32::from_be_bytes(self.take(4).try_into().unwrap())
    }

    fn string(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap();
        let text = String::from_utf8(self.take(end).to_vec()).unwrap();
        self.take(1);
        text
    }
}

type Row = HashMap<String, Option<String>>;

/// The rows that a decoding client takes from pgoutput's messages, with the name of their table.
fn rows(messages: &[Vec<u8>]) -> Vec<(String, Row)> {
    let mut relations: HashMap<u32, (String, Vec<String>)> = HashMap::new();
    let mut rows = Vec::new();
    for message in messages {
        let mut read = Reader(message);
        match read.byte() {
            b'R' => {
                let oid = read.int32();
                let name = format!("{}.{}", read.string(), read.string());
                read.byte(); // replica identity
                let count = read.int16();
                let columns = (0..count).map(|_| {
                    read.byte(); // whether it is of the key
                    let column = read.string();
                    read.take(8); // its type and the type's modifier
                    column
                });
                let columns = columns.collect();
                relations.insert(oid, (name, columns));
            }
            b'I' => {
                let (name, columns) = &relations[&read.int32()];
                assert_eq!(read.byte(), b'N');
                assert_eq!(usize::from(read.int16()), columns.len());
                let row = columns.iter().map(|column| {
                    let value = match read.byte() {
                        b'n' => None,
                        b't' => {
                            let length = read.int32() as usize;
                            Some(String::from_utf8(read.take(length).to_vec()).unwrap())
                        }
                        other => panic!("{column} came as {:?}", char::from(other)),
                    };
                    (column.clone(), value)
                });
                let row = row.collect();
                rows.push((name.clone(), row));
            }
            b'B' | b'C' | b'Y' | b'O' => {}
            other => panic!("a message {:?}", char::from(other)),
        }
    }
    rows
}

/// The log's rows as text, in the order of their commits, which here is that of `seq`.
fn stored(client: &mut Client) -> Vec<Row> {
    let rows = client
        .query(
            "select array_agg(c.key order by c.key), array_agg(c.value order by c.key)
             from public.events e, lateral (
                 select a.attname::text as key,
                     eventlog_row.value
                 from pg_attribute a,
                     lateral (select to_jsonb(e) ->> a.attname as value) as eventlog_row
                 where a.attrelid = 'public.events'::regclass and a.attnum > 0 and not a.attisdropped
             ) c
             group by e.seq order by e.seq",
            &[],
        )
        .unwrap();
    rows.iter()
        .map(|row| {
            let keys: Vec<String> = row.get(0);
            let values: Vec<Option<String>> = row.get(1);
            keys.into_iter().zip(values).collect()
        })
        .collect()
}

fn word(payload: &str) -> String {
    let payload: Value = serde_json::from_str(payload).unwrap();
    payload["word"].as_str().unwrap().to_owned()
}

fn words(told: &[(String, Row)]) -> Vec<String> {
    told.iter()
        .map(|(_, row)| word(row["payload"].as_deref().unwrap()))
        .collect()
}

#[test]
fn pgoutput_tells_each_committed_event_and_nothing_of_others() {
    for partitioned in [false, true] {
        let database = Database::fresh();
        let mut client = database.admin();
        log(&mut client, partitioned);
        client
            .batch_execute(
                "create publication of_events for table public.events
                     with (publish = 'insert', publish_via_partition_root = true)",
            )
            .unwrap();
        let slot = Slot::new(&database, "pgoutput");
        tell_the_story(&mut client);
        let told = rows(&slot.messages("of_events"));
        assert_eq!(words(&told), COMMITTED, "partitioned: {partitioned}");
        let stored = stored(&mut client);
        for ((table, row), stored) in told.iter().zip(&stored) {
            assert_eq!(table, "public.events");
            // As text they are written in more than one way; what jsonb says of them is the same.
            for column in [
                "id",
                "seq",
                "type",
                "entity_id",
                "origin",
                "idempotency_key",
            ] {
                assert_eq!(row[column], stored[column], "{column}");
            }
            assert_eq!(row.len(), stored.len(), "a column is missing");
        }
        // Numbers are those that were written.
        let payload = told[0].1["payload"].as_deref();
        assert_eq!(payload, Some(r#"{"word": "one", "amount": 1.10}"#));
    }
}

#[test]
fn a_row_filter_and_a_list_of_columns_hold() {
    let database = Database::fresh();
    let mut client = database.admin();
    log(&mut client, true);
    client
        .batch_execute(
            "create publication of_talks for table public.events (id, recorded_at, type, entity_id, payload)
                 where (entity_type = 'talk') with (publish = 'insert', publish_via_partition_root = true)",
        )
        .unwrap();
    let slot = Slot::new(&database, "pgoutput");
    tell_the_story(&mut client);
    let told = rows(&slot.messages("of_talks"));
    assert_eq!(words(&told), ["one"]);
    let mut columns: Vec<&str> = told[0].1.keys().map(String::as_str).collect();
    columns.sort_unstable();
    assert_eq!(
        columns,
        ["entity_id", "id", "payload", "recorded_at", "type"]
    );
}

/// True where this Postgres has wal2json, which it is told to believe in.
fn has_wal2json(database: &Database) -> bool {
    let install = database.cluster().install();
    let mut config = std::process::Command::new(install.pg_config());
    let directory = run(config.arg("--pkglibdir"), pg_eventlog_tests::LIMIT).expect_ok();
    let library = std::path::Path::new(directory.trim()).join("wal2json.so");
    if !library.exists() {
        eprintln!("SKIPPED: this Postgres has no wal2json (Debian: postgresql-15-wal2json)");
        return false;
    }
    // Which plugins there may be is a setting of newer minor versions.
    let mut client = database.admin();
    let setting = "select setting, setting || ', wal2json' from pg_settings where name = 'output_plugin_libraries'";
    if let Some(row) = client.query_opt(setting, &[]).unwrap() {
        let (before, after): (String, String) = (row.get(0), row.get(1));
        if !before.contains("wal2json") {
            let change = format!("alter system set output_plugin_libraries = {after}");
            client.batch_execute(&change).unwrap();
            client.batch_execute("select pg_reload_conf()").unwrap();
        }
        wait_until("wal2json may be used", || {
            let shown = client.query_one("show output_plugin_libraries", &[]);
            shown.unwrap().get::<_, String>(0).contains("wal2json")
        });
    }
    true
}

#[test]
fn wal2json_tells_each_committed_event_and_nothing_of_others() {
    let database = Database::fresh();
    if !has_wal2json(&database) {
        return;
    }
    let mut client = database.admin();
    log(&mut client, false);
    let slot = Slot::new(&database, "wal2json");
    tell_the_story(&mut client);
    let told = slot.documents();
    let value = |document: &Value, column: &str| {
        let columns = document["columns"].as_array().unwrap();
        let found = columns.iter().find(|c| c["name"] == column).unwrap();
        found["value"].clone()
    };
    let words: Vec<String> = told
        .iter()
        .map(|document| {
            assert_eq!(document["action"], "I");
            assert_eq!(document["table"], "events");
            word(value(document, "payload").as_str().unwrap())
        })
        .collect();
    assert_eq!(words, COMMITTED);
    let ids: Vec<Value> = told.iter().map(|document| value(document, "id")).collect();
    let stored: Vec<Value> = stored(&mut client)
        .iter()
        .map(|row| Value::from(row["id"].clone()))
        .collect();
    assert_eq!(ids, stored);
}

#[test]
fn a_partitioned_log_reaches_one_that_is_not() {
    let (source, target) = (Database::fresh(), Database::fresh());
    let (mut from, mut to) = (source.admin(), target.admin());
    log(&mut from, true);
    log(&mut to, false);
    let columns: String = from
        .query_one(
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
             where attrelid = 'public.events'::regclass and attnum > 0 and not attisdropped
                 and attname not in ('seq', 'xid', 'origin')",
            &[],
        )
        .unwrap()
        .get(0);
    let name = format!("of_{}", source.name());
    from.batch_execute(&format!(
        "create publication {name} for table public.events ({columns})
             with (publish = 'insert', publish_via_partition_root = true)"
    ))
    .unwrap();
    let slot = Slot::new(&source, "pgoutput");
    to.batch_execute(&format!(
        "create subscription {name} connection 'host={} port=5432 user={SUPERUSER} dbname={}' publication {name}
             with (create_slot = false, slot_name = '{}', copy_data = false)",
        source.cluster().directory().display(),
        source.name(),
        slot.name,
    ))
    .unwrap();
    tell_the_story(&mut from);
    let heard = |to: &mut Client| -> Vec<String> {
        let rows = to.query(
            "select payload ->> 'word' from public.events order by seq",
            &[],
        );
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    };
    wait_until("the events have arrived", || heard(&mut to).len() >= 4);
    assert_eq!(heard(&mut to), COMMITTED);
    to.batch_execute(&format!(
        "alter subscription {name} disable; alter subscription {name} set (slot_name = none);
         drop subscription {name}"
    ))
    .unwrap();
    wait_until("the slot is free", || {
        from.execute("select pg_drop_replication_slot($1)", &[&slot.name])
            .is_ok()
    });
}

/// As Realtime asks for each change and each of its subscribers, all of them in one transaction: this statement, prepared
/// once, as the subscriber's role with the subscriber's claims.
fn may_see(client: &mut impl GenericClient, role: &str, claims: &str) -> bool {
    client
        .execute(
            "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
            &[&role, &claims],
        )
        .unwrap();
    let seen = client.query_one("execute seen", &[]).unwrap().get(0);
    client
        .execute("select set_config('role', null, true)", &[])
        .unwrap();
    seen
}

#[test]
fn realtime_shows_a_subscriber_the_events_of_its_tenant() {
    let database = Database::fresh();
    let mut client = database.admin();
    let (user, stranger) = (database.role("authenticated"), database.role("anon"));
    client
        .batch_execute(&format!(
            "select eventlog.create_log('public.events', unregistered => 'allow');
             select eventlog.grant_reader('public.events', '{user}');
             grant select (id) on public.events to {stranger};
             create publication supabase_realtime for table public.events with (publish = 'insert')"
        ))
        .unwrap();
    let tenant = |n: u8| format!("00000000-0000-4000-8000-00000000000{n}");
    let claims = |n: u8| {
        format!(
            r#"{{"role": "authenticated", "sub": "u{n}", "app_metadata": {{"tenant_id": "{}"}}}}"#,
            tenant(n)
        )
    };
    for n in [1, 2, 1] {
        let id: String = client
            .query_one(
                &format!(
                    "select eventlog.log_event('sent', tenant_id => '{}')::text",
                    tenant(n)
                ),
                &[],
            )
            .unwrap()
            .get(0);
        let mut asks = client.transaction().unwrap();
        asks.batch_execute(&format!(
            "deallocate all; prepare seen as select exists (select from public.events where id = '{id}')"
        ))
        .unwrap();
        // In turns, so that nobody's claims outlive the next ones'.
        for subscriber in [1, 2, 1, 2] {
            let seen = may_see(&mut asks, &user, &claims(subscriber));
            assert_eq!(
                seen,
                subscriber == n,
                "tenant {subscriber} of an event of {n}"
            );
        }
        // A token without a tenant, and somebody without a policy, see nothing, and stop nobody.
        assert!(!may_see(
            &mut asks,
            &user,
            r#"{"role": "authenticated", "sub": "u9"}"#
        ));
        assert!(!may_see(&mut asks, &stranger, "{}"));
        assert!(may_see(&mut asks, &user, &claims(n)));
        asks.commit().unwrap();
    }
    // An event cannot be published as an update or a delete: there are none.
    refused(client.execute("delete from public.events", &[])).is("42501", "append-only");
}
