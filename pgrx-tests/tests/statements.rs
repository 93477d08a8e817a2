//! What looks at statements: it sees the call of `log_event`, and no INSERT within it, where the event goes straight into
//! the log. pgaudit is asked about rights, and looks at the statement that they are asked for: it gets one.

use pg_eventlog_tests::{Cluster, Install, run};
use postgres::Client;
use std::process::Command;

const LOG: &str = "
    create extension pg_eventlog;
    create role writer login;
    create role auditor;
    select eventlog.create_log('public.events', require_tenant => false);
    select eventlog.register_event_type('paid');
    grant insert on public.events to writer, auditor;
    alter table public.events enable row level security;
    create policy all_of_it on public.events for insert to writer with check (true);
";

/// A cluster that loads these libraries, or none where this Postgres has not all of them.
fn cluster(libraries: &[&str], settings: &[&str]) -> Option<Cluster> {
    let install = Install::under_test();
    let mut config = Command::new(install.pg_config());
    let directory = run(config.arg("--pkglibdir"), pg_eventlog_tests::LIMIT).expect_ok();
    for library in libraries {
        let file = std::path::Path::new(directory.trim()).join(format!("{library}.so"));
        if !file.exists() {
            eprintln!(
                "SKIPPED: this Postgres has no {library} (Debian: postgresql-15, postgresql-15-pgaudit)"
            );
            return None;
        }
    }
    let preload = format!("shared_preload_libraries = '{}'", libraries.join(","));
    let mut all = vec![preload.as_str()];
    all.extend_from_slice(settings);
    let cluster = Cluster::with(install, &all);
    cluster
        .connect("postgres", "postgres")
        .batch_execute(LOG)
        .unwrap();
    Some(cluster)
}

/// How often the executor was asked: only it calls the default of `xid`. Counted until a session tells its statistics,
/// which it does between transactions.
fn executed(client: &mut Client) -> i64 {
    let calls =
        "select coalesce(pg_stat_get_xact_function_calls('eventlog.new_xid()'::regprocedure), 0)";
    client.query_one(calls, &[]).unwrap().get(0)
}

#[test]
fn statistics_and_plans_show_the_call_alone() {
    let Some(cluster) = cluster(
        &["pg_stat_statements", "auto_explain"],
        &[
            "pg_stat_statements.track = 'all'",
            "auto_explain.log_min_duration = 0",
            "auto_explain.log_nested_statements = on",
        ],
    ) else {
        return;
    };
    let mut admin = cluster.connect("postgres", "postgres");
    admin
        .batch_execute("create extension pg_stat_statements")
        .unwrap();
    let inserts = "select coalesce(sum(calls), 0)::int8 from pg_stat_statements
        where query like 'insert into public.events%'";
    let calls = "select coalesce(sum(calls), 0)::int8 from pg_stat_statements
        where query like 'select eventlog.log_event(%'";
    let rows = "select n_tup_ins from pg_stat_user_tables where relid = 'public.events'::regclass";
    for (straight, nested) in [("on", 0), ("off", 3)] {
        let before = cluster.log().len();
        admin
            .batch_execute("select pg_stat_statements_reset()")
            .unwrap();
        admin
            .batch_execute("select pg_stat_reset_single_table_counters('public.events'::regclass)")
            .unwrap();
        let mut client = cluster.connect("postgres", "writer");
        client
            .batch_execute(&format!("set eventlog.straight = {straight}"))
            .unwrap();
        for _ in 0..3 {
            client
                .batch_execute("select eventlog.log_event('paid')")
                .unwrap();
        }
        drop(client);
        let count = |admin: &mut Client, query: &str| -> i64 {
            admin.query_one(query, &[]).unwrap().get(0)
        };
        pg_eventlog_tests::wait_until("the session has told its statistics", || {
            count(&mut admin, rows) == 3
        });
        assert_eq!(count(&mut admin, calls), 3, "{straight}");
        assert_eq!(count(&mut admin, inserts), nested, "{straight}");
        let plans = cluster.log()[before..].matches("Insert on events").count() as i64;
        assert_eq!(plans, nested, "{straight}");
    }
}

/// What pgaudit told of these statements, without what counts them.
fn audited(cluster: &Cluster, client: &mut Client, statements: &[&str]) -> Vec<String> {
    let before = cluster.log().len();
    for statement in statements {
        client.batch_execute(statement).unwrap();
    }
    let log = cluster.log()[before..].to_owned();
    let told = log.lines().filter_map(|line| line.split_once("AUDIT: "));
    told.map(|(_, audit)| {
        let fields: Vec<&str> = audit.split(',').collect();
        format!("{},{}", fields[0], fields[3..].join(","))
    })
    .collect()
}

#[test]
fn pgaudit_tells_of_an_event_what_it_tells_of_an_insert() {
    let Some(cluster) = cluster(&["pgaudit"], &["track_functions = 'all'"]) else {
        return;
    };
    let mut admin = cluster.connect("postgres", "postgres");
    admin
        .batch_execute(
            "create table public.orders (id int);
             grant insert on public.orders to writer;
             create function public.paid() returns trigger language plpgsql as $$
             declare
                 id uuid;
             begin
                 id := eventlog.log_event('paid');
                 return null;
             end $$;
             create constraint trigger paid after insert on public.orders deferrable initially deferred
                for each row execute function public.paid();",
        )
        .unwrap();
    let statements = [
        "select eventlog.log_event('paid')",
        "select count(*) from eventlog.log_events('[{\"type\": \"paid\"}, {\"type\": \"paid\"}]')",
        "do $$ declare id uuid; begin id := eventlog.log_event('paid'); end $$",
        // The event is written by the commit, where no statement runs.
        "insert into public.orders values (1)",
    ];
    for settings in [
        "set pgaudit.log = 'write'",
        "set pgaudit.log = 'all'",
        "set pgaudit.log = 'write'; set pgaudit.log_relation = on",
        "set pgaudit.log = 'none'; set pgaudit.role = 'auditor'",
        "set pgaudit.log = 'all'; set pgaudit.log_rows = on",
        "set pgaudit.log = 'none'; set pgaudit.role = 'auditor'; set pgaudit.log_rows = on",
        "set pgaudit.log = 'none'",
    ] {
        let mut told = Vec::new();
        for straight in ["on", "off"] {
            let mut client = cluster.connect("postgres", "postgres");
            let begin = format!("set eventlog.straight = {straight}; {settings}; set role writer");
            client.batch_execute(&begin).unwrap();
            told.push(audited(&cluster, &mut client, &statements));
        }
        assert_eq!(told[0], told[1], "{settings}");
        let inserts = told[0]
            .iter()
            .filter(|line| line.contains("INSERT"))
            .count();
        match settings {
            "set pgaudit.log = 'none'" => assert_eq!(inserts, 0, "{:?}", told[0]),
            _ => assert!(inserts >= statements.len(), "{settings}: {:?}", told[0]),
        }
    }
    // Where it logs nothing it is in nobody's way.
    for (settings, calls) in [
        ("set local pgaudit.log = 'none'", 0),
        ("set local pgaudit.log = 'write'", 1),
        ("set local pgaudit.role = 'auditor'", 1),
    ] {
        admin.batch_execute("begin").unwrap();
        admin.batch_execute(settings).unwrap();
        let before = executed(&mut admin);
        admin
            .batch_execute("select eventlog.log_event('paid')")
            .unwrap();
        assert_eq!(executed(&mut admin) - before, calls, "{settings}");
        admin.batch_execute("rollback").unwrap();
    }
}
