//! A dump goes into a second cluster and everything stands again: rows, taxonomy, guards, grants, keys, and logging goes on.

mod order;

use std::path::{Path, PathBuf};

use pg_eventlog_tests::{Cluster, Install, SUPERUSER, refused};
use postgres::Client;

/// Logs of each kind with all that may belong to one, made by `owner`.
const LOGS: &str = r#"
    select eventlog.create_log('public.events');
    select eventlog.create_log('public.journal', tenant_type => 'text', partition_interval => '1 day', require_tenant => false,
        unregistered => 'allow', max_payload_bytes => 500);
    select eventlog.register_event_type('paid', required => '{amount}', description => 'money came', max_payload_bytes => 300);
    select eventlog.register_event_type('paid', required => '{amount,currency}');
    select eventlog.register_event_type('gone');
    select eventlog.retire_event_type('gone');
    select eventlog.register_event_type('noted', log => 'journal');
    select eventlog.register_upcast('paid', 1, 2, '[{"default": ["/currency", null]}]');
    select eventlog.add_check_rule('small', 'paid', '$.payload.amount < 100', 'the rest is paid at the bank');
    select eventlog.add_transition_rule('life', 'x', '{"": ["noted"], "noted": ["closed"]}', log => 'journal');
    select eventlog.create_event_view('public.payments', 'events', '{"company_id": "tenant_id", "kind": "type", "data": "payload"}');
    select count(eventlog.log_event('paid', jsonb_build_object('amount', n * 1.10), tenant_id => '11111111-1111-4111-8111-111111111111',
        idempotency_key => n)) from generate_series(1, 50) n;
    select count(eventlog.log_event('noted', entity_type => 'x', entity_id => n, log => 'journal')) from generate_series(1, 20) n;
    select count(*) from eventlog.ingest_events('[{"type": "paid", "tenant_id": "11111111-1111-4111-8111-111111111111", "payload": {"amount": 1}},
        {"type": "paid"}, {"type": "paid", "payload": {"amount": "\u0000"}}, 7]', 'feed');
    insert into public.journal (type, payload, recorded_at) values ('noted', '{}', '2001-01-01');
    create table public.ledger (id int primary key);
    insert into public.ledger values (1);
    select eventlog.make_append_only('public.ledger');
    grant select, insert on public.events to reader_writer;
    create table public.campaigns (id int primary key, name text, status text, note text);
    create table public.orders (id int, region text, state text, primary key (id, region)) partition by list (region);
    create table public.orders_a partition of public.orders for values in ('a');
    create table public.orders_b partition of public.orders for values in ('b') partition by range (id);
    create table public.orders_b_1 partition of public.orders_b default;
    select eventlog.track_changes('campaigns', state_column => 'status', ignore => '{note}', log => 'journal');
    select eventlog.track_changes('orders', fields => '{state}', entity_type => 'order', log => 'journal');
    insert into public.campaigns values (1, 'a', 'draft');
    insert into public.orders values (1, 'a', 'new'), (2, 'b', 'new');
    alter table public.campaigns rename column name to title;
    alter table public.campaigns add column more int;
    create table public.past (id int primary key);
    select eventlog.track_changes('past', log => 'journal');
    drop table public.past;
"#;

/// All that must be the same on both sides, as text. The log's table is named by its identity in the catalogue.
const STATE: &str = "
    select 'event ' || e::text from public.events e
    union all select 'journal ' || j.tableoid::regclass::text || j::text from public.journal j
    union all select 'key ' || k::text from public.events_key k
    union all select 'rejected ' || r::text from public.events_rejected r
    union all select 'log ' || l::text from eventlog.log l
    union all select 'type ' || t::text from eventlog.event_type t
    union all select 'state ' || s::text from public.journal_state s
    union all select 'rule ' || r::text from eventlog.event_rule r
    union all select 'upcast ' || u::text from eventlog.upcast u
    union all select 'tracked ' || t::text from eventlog.tracked_table t
    union all select 'tracking ' || t.relation::text || t.state from eventlog.tracked_tables t where t.relation is not null
    union all select 'column ' || c::text from eventlog.column_change c
    union all select 'admin ' || a::text from eventlog.admin_log a
    union all select 'taxonomy ' || eventlog.export_taxonomy()::text
    union all select 'trigger ' || t.tgrelid::regclass::text || t.tgname || t.tgenabled::text || encode(t.tgargs, 'escape')
        from pg_trigger t where not t.tgisinternal
    union all select 'default ' || d.adrelid::regclass::text || d.adnum::text || pg_get_expr(d.adbin, d.adrelid)
        from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace = 'public'::regnamespace
    union all select 'class ' || c.relname || c.relkind::text || c.relowner::regrole::text || replace(coalesce(c.relacl::text, ''), 'Dxtm', 'Dxt')
        || coalesce(c.reloptions::text, '') from pg_class c where c.relnamespace = 'public'::regnamespace
    union all select 'comment ' || c.relname || d.objsubid || d.description
        from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
        where c.relnamespace = 'public'::regnamespace
    union all select 'state ' || log::text || state || is_default from eventlog.logs
    order by 1";

fn state(cluster: &Cluster) -> Vec<String> {
    let rows = cluster.connect("app", SUPERUSER).query(STATE, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A cluster with the roles and an empty database of the ordinary role `app_owner`.
fn cluster_with_owner() -> Cluster {
    let cluster = Cluster::new();
    let mut client = cluster.connect("postgres", SUPERUSER);
    for statement in [
        "create role app_owner login",
        "create role reader_writer login",
        "create role installer login",
        "create database app owner app_owner",
    ] {
        client.batch_execute(statement).unwrap();
    }
    cluster
}

/// After the restore the logs work as before, and as strictly.
fn logging_goes_on(cluster: &Cluster) {
    let mut client = cluster.connect("app", "app_owner");
    let tenant = "tenant_id => '11111111-1111-4111-8111-111111111111'";
    let paid = |payload: &str| format!("select eventlog.log_event('paid', '{payload}', {tenant})");
    let before = last(&mut client, "seq");
    client.batch_execute(&paid(r#"{"amount": 5}"#)).unwrap();
    assert!(last(&mut client, "seq") > before, "seq starts again");
    refused(client.batch_execute(&paid("{}"))).is("23514", "required key");
    refused(client.batch_execute(&paid(r#"{"amount": 100}"#))).is("23514", "\"small\"");
    let again =
        "select eventlog.log_event('noted', entity_type => 'x', entity_id => 1, log => 'journal')";
    refused(client.batch_execute(again)).is("23514", "follow on \"noted\"");
    refused(client.batch_execute(&format!("select eventlog.log_event('gone', {tenant})")))
        .is("23514", "retired");
    let tried = "select count(*) from eventlog.retry_rejected()";
    assert_eq!(client.query_one(tried, &[]).unwrap().get::<_, i64>(0), 3);
    let repeated = format!(
        "select eventlog.log_event('paid', '{{\"amount\": 1.1}}', {tenant}, idempotency_key => 1)
         = (select id from public.events where idempotency_key = '1')"
    );
    assert!(
        client.query_one(&repeated, &[]).unwrap().get::<_, bool>(0),
        "the key was forgotten"
    );
    client
        .batch_execute("select eventlog.log_event('anything', log => 'journal')")
        .unwrap();
    client
        .batch_execute(
            "insert into public.payments (company_id, kind, data)
             values ('11111111-1111-4111-8111-111111111111', 'paid', '{\"amount\": 6}')",
        )
        .unwrap();
    client
        .batch_execute("select eventlog.register_event_type('new')")
        .unwrap();
    for statement in [
        "delete from public.events where false",
        "truncate public.journal_default",
        "delete from public.ledger",
        "update public.events_key set key = 'x'",
    ] {
        refused(client.batch_execute(statement)).is("42501", "append-only");
    }
    refused(
        cluster
            .connect("app", SUPERUSER)
            .batch_execute("truncate eventlog.admin_log"),
    )
    .is("42501", "append-only");
    tracking_goes_on(&mut client);
    let repaired = client.query(
        "select eventlog.repair_log('events') union all select eventlog.repair_log('journal')",
        &[],
    );
    let repaired: Vec<String> = repaired.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(repaired.is_empty(), "the restore lacks {repaired:?}");

    // What was written elsewhere says so, and what is written here does not.
    let origins = client.query_one(
        "select count(distinct origin), count(*) filter (where origin = eventlog.cluster_origin()) from public.events", &[],
    );
    let origins = origins.unwrap();
    assert_eq!((origins.get::<_, i64>(0), origins.get::<_, i64>(1)), (2, 2));
}

/// Changes of tracked tables and of each of their partitions are events, and so are those of partitions to come.
fn tracking_goes_on(client: &mut Client) {
    let count = |client: &mut Client| -> i64 {
        let sql = "select count(*) from public.journal where entity_type in ('campaigns', 'order')";
        client.query_one(sql, &[]).unwrap().get(0)
    };
    let before = count(client);
    for (statement, events) in [
        (
            "update public.campaigns set title = 'b', status = 'live', more = 1",
            2,
        ),
        ("update public.campaigns set note = 'not tracked'", 0),
        ("update public.orders set state = 'old'", 2),
        ("update public.orders_a set state = 'older'", 1),
        ("delete from public.orders_b_1", 1),
        (
            "create table public.orders_c partition of public.orders for values in ('c')",
            0,
        ),
        ("insert into public.orders_c values (3, 'c', 'new')", 1),
        ("drop table public.orders_c", 0),
    ] {
        let so_far = count(client);
        client.batch_execute(statement).unwrap();
        assert_eq!(count(client) - so_far, events, "{statement}");
    }
    assert_eq!(count(client) - before, 7);
    refused(client.batch_execute("truncate public.orders_a")).is("0A000", "tracked");
    refused(client.batch_execute("alter table public.campaigns drop column status"))
        .is("2BP01", "state_column");
}

fn last(client: &mut Client, column: &str) -> i64 {
    client
        .query_one(&format!("select max({column}) from public.events"), &[])
        .unwrap()
        .get(0)
}

/// Compares line by line, so that a failure shows what differs and not two long lists.
#[track_caller]
fn assert_same(before: &[String], after: &[String]) {
    let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    let added: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(
        lost.is_empty() && added.is_empty(),
        "lost: {lost:#?}\nadded: {added:#?}"
    );
}

/// Of what pg_dumpall wrote, only one line may fail: it makes the superuser, who is there already.
#[track_caller]
fn restore_all(target: &Cluster, file: &Path) {
    let ran = target.psql_file_on("postgres", SUPERUSER, file, "ON_ERROR_STOP=0");
    let errors: Vec<_> = ran
        .err
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains("FATAL"))
        .collect();
    let known = |error: &&str| error.contains("role \"postgres\" already exists");
    assert!(ran.ok && errors.iter().all(known), "{errors:#?}");
}

fn dump_file(cluster: &Cluster, name: &str) -> PathBuf {
    cluster.directory().join(name)
}

#[test]
fn as_superuser_in_plain_sql() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", SUPERUSER, "create extension pg_eventlog")
        .expect_ok();
    source
        .psql(
            "app",
            SUPERUSER,
            "grant create on schema public to app_owner",
        )
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let file = dump_file(&target, "app.sql");
    source.pg_dump("app", SUPERUSER, &[], &file).expect_ok();
    target.psql_file("app", SUPERUSER, &file).expect_ok();
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);
}

#[test]
fn as_superuser_in_the_custom_format_with_parallel_jobs() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", SUPERUSER, "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let file = dump_file(&target, "app.dump");
    source
        .pg_dump("app", SUPERUSER, &["-Fc"], &file)
        .expect_ok();
    target
        .pg_restore("app", SUPERUSER, &["-j", "2"], &file)
        .expect_ok();
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);
}

/// The owner of a database is no superuser, and has installed the extension, as it is trusted.
#[test]
fn as_a_database_owner_who_is_no_superuser() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", "app_owner", "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    for (options, name) in [(&[][..], "app.sql"), (&["-Fc"][..], "app.dump")] {
        let file = dump_file(&target, name);
        source
            .pg_dump("app", "app_owner", options, &file)
            .expect_ok();
    }
    target
        .psql_file("app", "app_owner", &dump_file(&target, "app.sql"))
        .expect_ok();
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);

    target
        .psql("postgres", SUPERUSER, "drop database app")
        .expect_ok();
    target
        .psql("postgres", SUPERUSER, "create database app owner app_owner")
        .expect_ok();
    target
        .pg_restore("app", "app_owner", &[], &dump_file(&target, "app.dump"))
        .expect_ok();
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);
}

/// Where a superuser installed the extension, the database's owner dumps and restores all the same. Only the schema cannot
/// be given back to the superuser, which `--no-owner` does not try.
#[test]
fn as_a_database_owner_who_did_not_install_it() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", SUPERUSER, "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let file = dump_file(&target, "app.dump");
    source
        .pg_dump("app", "app_owner", &["-Fc"], &file)
        .expect_ok();
    let restored = target.pg_restore_over("app", "app_owner", "", &[], &file);
    let errors = restored.err.lines().filter(|line| line.contains("ERROR:"));
    assert_eq!(errors.count(), 1, "{}", restored.err);
    assert!(
        restored.err.contains("ALTER SCHEMA eventlog OWNER TO"),
        "{}",
        restored.err
    );
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);

    target
        .psql("postgres", SUPERUSER, "drop database app")
        .expect_ok();
    target
        .psql("postgres", SUPERUSER, "create database app owner app_owner")
        .expect_ok();
    target
        .pg_restore("app", "app_owner", &["-1", "--no-owner"], &file)
        .expect_ok();
    logging_goes_on(&target);
}

/// Data and schema apart, as people restore into a prepared database.
#[test]
fn schema_and_data_apart() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", SUPERUSER, "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    for section in ["pre-data", "data", "post-data"] {
        let file = dump_file(&target, &format!("{section}.sql"));
        source
            .pg_dump("app", SUPERUSER, &["--section", section], &file)
            .expect_ok();
        target.psql_file("app", SUPERUSER, &file).expect_ok();
    }
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);
}

#[test]
fn a_whole_cluster_with_pg_dumpall() {
    let (source, target) = (cluster_with_owner(), Cluster::new());
    source
        .psql("app", "app_owner", "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let file = dump_file(&target, "all.sql");
    source
        .pg_dumpall(&["--no-role-passwords"], &file)
        .expect_ok();
    restore_all(&target, &file);
    assert_same(&state(&source), &state(&target));
    logging_goes_on(&target);
}

/// One log's tables alone, into a database whose catalogue knows nothing of it: `repair_log` brings it back.
#[test]
fn a_partial_restore_is_repaired() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", "app_owner", "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let file = dump_file(&target, "events.sql");
    source
        .pg_dump(
            "app",
            "app_owner",
            &["-t", "public.events", "-t", "public.events_*"],
            &file,
        )
        .expect_ok();
    target
        .psql("app", "app_owner", "create extension pg_eventlog")
        .expect_ok();
    target.psql_file("app", "app_owner", &file).expect_ok();
    let mut client = target.connect("app", "app_owner");
    refused(client.batch_execute("select eventlog.log_event('paid', log => 'events')"))
        .is("55000", "missing from the catalogue");
    refused(client.batch_execute("delete from public.events")).is("42501", "append-only");
    client
        .batch_execute("select eventlog.repair_log('events')")
        .unwrap();
    let rows = |cluster: &Cluster, sql: &str| -> Vec<String> {
        cluster
            .connect("app", SUPERUSER)
            .query(sql, &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    };
    for sql in [
        "select eventlog.export_taxonomy('events')::text",
        "select log_id || unregistered || max_payload_bytes || require_tenant from eventlog.log where relation = 'events'::regclass",
        "select e::text from public.events e order by seq",
    ] {
        assert_same(&rows(&source, sql), &rows(&target, sql));
    }
    client
        .batch_execute(r#"select eventlog.log_event('paid', '{"amount": 5}', '11111111-1111-4111-8111-111111111111', log => 'events')"#)
        .unwrap();
}

/// To the next major versions that are there, with their own pg_dump.
#[test]
fn into_a_newer_version() {
    let older = Install::under_test();
    let newer = (older.major() + 1..=18)
        .filter_map(Install::of_major)
        .filter(|install| install.has_same_extension_as(&older));
    for install in newer {
        let source = cluster_with_owner();
        source
            .psql("app", SUPERUSER, "create extension pg_eventlog")
            .expect_ok();
        source.psql("app", "app_owner", LOGS).expect_ok();
        let target = Cluster::with(install, &[]);
        let file: &Path = &dump_file(&target, "all.sql");
        source
            .pg_dumpall(&["--no-role-passwords"], file)
            .expect_ok();
        restore_all(&target, file);
        assert_same(&state(&source), &state(&target));
        logging_goes_on(&target);
    }
}
