//! A backend's memory does not grow with the number of events, good and bad ones, on any way in.

use pg_eventlog_tests::Database;
use postgres::Client;

/// What the backend holds now: its memory contexts, and its anonymous memory as the kernel counts it.
fn held(client: &mut Client) -> (i64, i64) {
    let contexts = client
        .query_one(
            "select sum(used_bytes)::bigint from pg_backend_memory_contexts",
            &[],
        )
        .unwrap()
        .get(0);
    let pid: i32 = client
        .query_one("select pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let anonymous = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .expect("Linux tells RssAnon");
    let kilobytes: i64 = anonymous.trim().trim_end_matches(" kB").parse().unwrap();
    (contexts, kilobytes * 1024)
}

/// Warms up with `rounds` rounds of `sql`, and then does four times as many.
#[track_caller]
fn assert_flat(client: &mut Client, what: &str, rounds: usize, sql: &str) {
    let mut go = |rounds: usize| {
        for _ in 0..rounds {
            client.batch_execute(sql).unwrap();
        }
        held(client)
    };
    let before = go(rounds);
    let after = go(rounds * 4);
    assert!(
        after.0 - before.0 < 64 * 1024,
        "{what}: memory contexts grew from {} to {} bytes",
        before.0,
        after.0
    );
    assert!(
        after.1 - before.1 < 2 * 1024 * 1024,
        "{what}: the backend grew from {} to {} bytes",
        before.1,
        after.1
    );
}

fn log() -> (Database, Client) {
    let database = Database::fresh();
    let mut client = database.admin();
    client
        .batch_execute(
            "select eventlog.create_log('public.events', require_tenant => false);
             select eventlog.register_event_type('paid', required => '{amount}');
             select eventlog.create_event_view('public.renamed', 'events', '{\"kind\": \"type\", \"data\": \"payload\"}');
             set synchronous_commit = off",
        )
        .unwrap();
    (database, client)
}

#[test]
fn one_statement_with_many_events() {
    let (_database, mut client) = log();
    let calls = r#"select count(eventlog.log_event('paid', '{"amount": 1}', entity_id => n)) from generate_series(1, 20000) n"#;
    assert_flat(&mut client, "log_event", 1, calls);
    let rows = r#"insert into public.events (type, payload) select 'paid', '{"amount": 1}' from generate_series(1, 20000)"#;
    assert_flat(&mut client, "insert", 1, rows);
}

/// Memory that is only given back at the end of the statement or transaction is measured while it is held.
#[test]
fn within_one_transaction() {
    let (_database, mut client) = log();
    client.batch_execute("begin").unwrap();
    let calls =
        r#"select count(eventlog.log_event('paid', '{"amount": 1}')) from generate_series(1, 500)"#;
    assert_flat(&mut client, "log_event in one transaction", 10, calls);
    let keyed = r#"select count(eventlog.log_event('paid', '{"amount": 1}', idempotency_key => gen_random_uuid())) from generate_series(1, 200)"#;
    assert_flat(&mut client, "keys in one transaction", 10, keyed);
    let batch = r#"select count(*) from eventlog.log_events((select jsonb_agg('{"type": "paid", "payload": {"amount": 1}}'::jsonb) from generate_series(1, 500)))"#;
    assert_flat(&mut client, "log_events in one transaction", 10, batch);
    let batch = r#"select count(*) from eventlog.ingest_events((select json_agg(case when n % 50 = 0 then '7' else '{"type": "paid", "payload": {"amount": 1}}' end::json) from generate_series(1, 500) n))"#;
    assert_flat(&mut client, "ingest_events in one transaction", 10, batch);
}

#[test]
fn many_statements_of_each_kind() {
    let (_database, mut client) = log();
    for (what, sql) in [
        (
            "log_event",
            r#"select eventlog.log_event('paid', '{"amount": 1}')"#,
        ),
        (
            "a key",
            r#"select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => gen_random_uuid())"#,
        ),
        (
            "a repeated key",
            r#"select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k')"#,
        ),
        (
            "insert",
            r#"insert into public.events (type, payload) values ('paid', '{"amount": 1}')"#,
        ),
        (
            "view",
            r#"insert into public.renamed (kind, data) values ('paid', '{"amount": 1}')"#,
        ),
        (
            "validate_event",
            "select count(*) from eventlog.validate_event('nope', '[]')",
        ),
        (
            "context",
            "begin; select eventlog.set_context('x', 'y', 'z'); select eventlog.current_tenant(); commit",
        ),
    ] {
        assert_flat(&mut client, what, 400, sql);
    }
}

/// Each refusal unwinds through Rust and C; what it leaves behind would add up in a long-lived session.
#[test]
fn refusals_and_rollbacks() {
    let (_database, mut client) = log();
    for (what, call) in [
        ("a bad event", "perform eventlog.log_event('paid', '{}')"),
        (
            "an unknown type",
            "perform eventlog.log_event('nope', '[]', context => '7')",
        ),
        (
            "a bad batch",
            r#"perform eventlog.log_events('[{"type": "paid", "payload": {"amount": 1}}, {"type": "paid"}]')"#,
        ),
        (
            "a bad insert",
            "insert into public.events (type, payload) values ('paid', '[]')",
        ),
        ("an update", "update public.events set type = 'x'"),
        ("a bad argument", "perform eventlog.log_event(null)"),
    ] {
        let sql = format!(
            "do $$ begin for n in 1..50 loop
                 begin {call}; raise 'not refused'; exception when check_violation or insufficient_privilege or invalid_parameter_value then null; end;
             end loop; end $$"
        );
        assert_flat(&mut client, what, 40, &sql);
    }
    let rolled_back = r#"begin; savepoint s; select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'r'); rollback to s; rollback"#;
    assert_flat(&mut client, "rollbacks", 300, rolled_back);
}

/// Each change of the taxonomy throws the compiled one away, also the part that Postgres does not count.
#[test]
fn changes_of_the_taxonomy() {
    let (_database, mut client) = log();
    let names: Vec<String> = (0..200)
        .map(|n| format!(r#"{{"type": "type_{n}", "required": ["a", "b", "c"]}}"#))
        .collect();
    client
        .batch_execute(&format!(
            "select eventlog.import_taxonomy('{{\"types\": [{}]}}')",
            names.join(",")
        ))
        .unwrap();
    let change =
        "update eventlog.event_type set description = md5(random()::text) where type = 'type_7';
                  select count(*) from eventlog.validate_event('type_7', '{}')";
    assert_flat(&mut client, "taxonomy", 300, change);
}

/// Rows whose keys change are not held: 10 MB of them pass through a backend that keeps less than half of that.
#[test]
fn an_update_of_many_keys() {
    let (_database, mut client) = log();
    client
        .batch_execute(
            "create table public.held (bytes bigint);
             -- Looks at the backend in the midst of what it writes.
             create function public.look() returns trigger language plpgsql as $$
             begin
                 if new.seq % 1000 = 0 then
                     insert into public.held select sum(used_bytes) from pg_backend_memory_contexts;
                 end if;
                 return new;
             end $$;
             create trigger look before insert on public.events for each row execute function public.look();
             create table public.plain (id int primary key, v text);
             create table public.late (id int primary key deferrable, v text);
             create table public.parted (id int primary key, v text) partition by range (id);
             create table public.parted_low partition of public.parted for values from (minvalue) to (1000000);
             create table public.parted_high partition of public.parted for values from (1000000) to (maxvalue);
             create function public.refuse() returns trigger language plpgsql as 'begin return null; end';
             create trigger refuse before insert on public.parted_high for each row execute function public.refuse();
             set work_mem = '256kB'",
        )
        .unwrap();
    for (table, change, events) in [
        ("plain", "id = -id", 20_000),
        ("late", "id = id + 1", 20_000),
        // One of them vanishes, so that the others do not stand at the same place before and after.
        (
            "parted",
            "id = case id when 1 then 1000001 else -id end",
            19_999,
        ),
    ] {
        client
            .batch_execute(&format!(
                "insert into public.{table} select n, repeat('x', 1000) from generate_series(1, 10000) n;
                 select eventlog.track_changes('public.{table}', carry_values => false);
                 truncate public.held"
            ))
            .unwrap();
        let before = held(&mut client).0;
        client
            .batch_execute(&format!("update public.{table} set {change}"))
            .unwrap();
        let row = client
            .query_one(
                "select max(bytes), (select count(*) from public.events where entity_type = $1) from public.held",
                &[&table],
            )
            .unwrap();
        let (peak, written): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(written, events, "{table}");
        assert!(
            peak - before < 4 * 1024 * 1024,
            "{table}: the backend held {before} bytes, and {peak} while it wrote"
        );
    }
}
