//! An error says what is wrong, and nothing of the machinery that says it: no backtrace, although the servers of these
//! tests are told to make them, and no file or line of ours.

use pg_eventlog_tests::{Database, Refusal};

const LOG: &str = r#"
    select eventlog.create_log('public.events', require_tenant => false);
    select eventlog.register_event_type('paid', required => '{amount}');
    create table public.plain (n int);
"#;

/// What no part of an error may contain.
const MACHINERY: [&str; 7] = ["pgrx", "::", "std", "panick", ".rs", "rustc", "<unknown>"];

#[track_caller]
fn clean(statement: &str, refusal: &Refusal) {
    for part in [&refusal.message, &refusal.detail, &refusal.hint] {
        for word in MACHINERY {
            assert!(!part.contains(word), "{statement}: {refusal:?}");
        }
    }
    // DETAIL is nothing, violations for programs, or one line of Postgres's own.
    assert!(
        refusal.detail.lines().count() <= 1,
        "{statement}: {refusal:?}"
    );
}

#[test]
fn no_error_of_a_call_carries_a_backtrace() {
    let database = Database::fresh();
    database.admin().batch_execute(LOG).unwrap();
    let session = database.session();
    let mut others = Vec::new();
    for (code, statement) in [
        ("22023", "select eventlog.create_log('a b c')"),
        ("22023", "select eventlog.create_log('a.b.c.d')"),
        ("22023", "select eventlog.create_log('\"')"),
        ("22023", "select eventlog.create_log('')"),
        ("3F000", "select eventlog.create_log('nowhere.events')"),
        ("42P07", "select eventlog.create_log('public.plain')"),
        ("22023", "select eventlog.create_log(null)"),
        (
            "22023",
            "select eventlog.create_log('l', partition_interval => '178000000 years')",
        ),
        (
            "22023",
            "select eventlog.create_event_view('a b', 'events', '{}')",
        ),
        (
            "22023",
            "select eventlog.create_event_view('v', 'events', '{\"t\": \"typo\"}')",
        ),
        ("42P01", "select eventlog.make_append_only(99999999)"),
        ("42809", "select eventlog.make_append_only('pg_class')"),
        ("42809", "select eventlog.repair_log('plain')"),
        ("22023", "select eventlog.forget_log(gen_random_uuid())"),
        ("55000", "select eventlog.log_event('paid', log => 'plain')"),
        (
            "55000",
            "select eventlog.log_event('paid', log => 99999999)",
        ),
        ("55000", "select eventlog.log_event('paid', log => 0)"),
        ("22023", "select eventlog.log_event(null)"),
        ("22023", "select eventlog.log_event('paid', null)"),
        ("23514", "select eventlog.log_event('paid', '[]')"),
        (
            "22023",
            "select eventlog.log_event('paid', '{\"amount\": 1}', tenant_id => 'no uuid')",
        ),
        (
            "22023",
            "select eventlog.log_events('[{\"type\": \"paid\", \"occurred_at\": \"yesterdax\"}]')",
        ),
        (
            "22023",
            "select eventlog.log_events('[{\"type\": \"paid\", \"occurred_at\": \"2020-01-01 foo/bar\"}]')",
        ),
        ("22023", "select eventlog.import_taxonomy('[[]]')"),
        (
            "22023",
            "select eventlog.import_taxonomy('{\"types\": [{\"type\": \"a\", \"version\": 1e400}]}')",
        ),
        (
            "22023",
            "select eventlog.register_event_type('a', array[null]::text[])",
        ),
        (
            "42501",
            "delete from public.events where false; delete from public.events",
        ),
        (
            "23502",
            "insert into public.events (type, payload, occurred_at) values ('paid', '{\"amount\": 1}', null)",
        ),
        ("22P02", "select eventlog.log_event('paid', '{')"),
        (
            "22023",
            "begin; set local eventlog.default_log = 'x y'; select eventlog.log_event('paid')",
        ),
    ] {
        let refusal = session.refused(statement);
        session.run("rollback");
        if refusal.code != code {
            others.push(format!("{statement}: {refusal:?}"));
        }
        clean(statement, &refusal);
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// Errors that Postgres raises underneath, while the catalogue, the log or its keys are read or written.
#[test]
fn no_error_of_postgres_on_the_way_carries_a_backtrace() {
    let database = Database::fresh();
    database.admin().batch_execute(LOG).unwrap();
    let holder = database.session();
    let mut met = 0;
    for table in [
        "eventlog.log",
        "eventlog.event_type",
        "eventlog.admin_log",
        "public.events",
        "public.events_key",
    ] {
        for (setting, code) in [("lock_timeout", "55P03"), ("statement_timeout", "57014")] {
            for statement in [
                "select eventlog.log_event('paid', '{\"amount\": 1}', idempotency_key => gen_random_uuid())",
                "select eventlog.log_events('[{\"type\": \"paid\", \"payload\": {\"amount\": 1}, \"idempotency_key\": \"k\"}]')",
                "insert into public.events (type, payload, idempotency_key) values ('paid', '{\"amount\": 1}', 'k')",
                "select eventlog.register_event_type('new', log => 'public.events')",
                "select eventlog.retire_event_type('paid', 'public.events')",
                "select * from eventlog.validate_event('paid', '{}')",
                "select eventlog.repair_log('public.events')",
                "select eventlog.create_log('public.other')",
            ] {
                holder.run(&format!("begin; lock table {table}"));
                let session = database.session();
                let pending =
                    session.start(&format!("begin; set local {setting} = '40ms'; {statement}"));
                // Not each of these touches each of the tables.
                if let Err(refusal) = pending.end() {
                    assert_eq!(refusal.code, code, "{table}: {statement}: {refusal:?}");
                    clean(statement, &refusal);
                    met += 1;
                }
                holder.run("rollback");
            }
        }
    }
    assert!(met > 30, "only {met} of them met a lock");
}

/// A session that met each of these goes on.
#[test]
fn the_session_lives_on() {
    let database = Database::fresh();
    database.admin().batch_execute(LOG).unwrap();
    let session = database.session();
    let pid = session.pid().to_string();
    for statement in [
        "select eventlog.gate()",
        "select eventlog.guard_claim()",
        "select eventlog.forbid_change()",
        "select eventlog.insert_event_view()",
        "select eventlog.invalidate_cache()",
        "select eventlog.follow_ddl()",
        "select eventlog.follow_drop()",
        "select eventlog._event_rows()",
        "select * from eventlog._event_rows() e (a text, b jsonb) where false is null; select eventlog._drop_guards(0)",
        "select eventlog._equip_log('pg_class', gen_random_uuid(), 'uuid', null, false)",
        "select eventlog._equip_claims('pg_class', gen_random_uuid())",
        "select eventlog._make_partitions('public.plain', '1 day', 1)",
        "select eventlog._build_log(null, null, null, null, null, null)",
        "select eventlog.log_event(repeat('x', 100000000))",
        "select eventlog.log_event('paid', (repeat('{\"a\":', 5000) || '1' || repeat('}', 5000))::jsonb)",
        "select eventlog.import_taxonomy((repeat('[', 5000) || repeat(']', 5000))::jsonb)",
        "select eventlog.create_event_view('public.deep', 'events', (repeat('{\"a\":', 5000) || '\"type\"' || repeat('}', 5000))::jsonb)",
    ] {
        if let Err(refusal) = session.start(statement).end() {
            clean(statement, &refusal);
        }
        assert_eq!(
            session.value("select pg_backend_pid()"),
            pid,
            "after {statement}"
        );
    }
}
