//! Handlers begin and end while others write, and are restored with their log, whose events were handled already.

use pg_eventlog_tests::{Cluster, Database, SUPERUSER, Session};

const SET_UP: &str = "
    select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
    create schema app;
    create table app.heard (what text);
    create function app.hear(event jsonb) returns void language sql as $$
        insert into app.heard values (event ->> 'type');
    $$;";

/// A log, a function and two sessions.
fn two_sessions() -> (Database, Session, Session) {
    let database = Database::fresh();
    let (first, second) = (database.session(), database.session());
    first.run(SET_UP);
    (database, first, second)
}

fn heard(session: &Session) -> String {
    session.value("select coalesce(string_agg(what, ' '), '') from app.heard")
}

#[test]
fn what_is_committed_after_on_event_was_heard() {
    let (_database, mut first, mut second) = two_sessions();
    second.run("begin");
    second.run("select eventlog.log_event('before')");
    let on = first.start("select eventlog.on_event('hear', 'app.hear')");
    first.wait_until_blocked();
    second.run("select eventlog.log_event('before')");
    second.run("commit");
    on.succeeds();
    second.run("select eventlog.log_event('after')");
    assert_eq!(heard(&first), "after");

    // Who comes while a handler is made waits, and is heard.
    first.run("begin");
    first.run("select eventlog.off_event('hear')");
    first.run("select eventlog.on_event('again', 'app.hear')");
    let writes = second.start("select eventlog.log_event('meanwhile')");
    second.wait_until_blocked();
    first.run("commit");
    writes.succeeds();
    assert_eq!(heard(&first), "after meanwhile");
}

#[test]
fn a_session_hears_of_what_another_changes() {
    let (_database, first, second) = two_sessions();
    first.run("select eventlog.on_event('one', 'app.hear', types => '{a}')");
    second.run("select eventlog.log_event('a')");
    // The trigger is there already: nothing but the catalogue changes.
    first.run("select eventlog.on_event('two', 'app.hear', types => '{b}')");
    second.run("select eventlog.log_event('b')");
    assert_eq!(heard(&first), "a b");
    // Also in a transaction whose snapshot is older.
    second.run("begin isolation level repeatable read");
    second.run("select eventlog.log_event('c')");
    first.run("select eventlog.on_event('two', 'app.hear', types => '{c}')");
    second.run("select eventlog.log_event('c')");
    second.run("commit");
    assert_eq!(heard(&first), "a b c");
    // What is rolled back was nothing.
    first.run("begin");
    first.run("select eventlog.on_event('three', 'app.hear', types => '{d}')");
    first.run("rollback");
    second.run("select eventlog.log_event('d')");
    first.run("select eventlog.off_event('two')");
    second.run("select eventlog.log_event('c')");
    assert_eq!(heard(&first), "a b c");
}

#[test]
fn two_who_make_and_end_handlers_of_one_log_wait_for_each_other() {
    let (_database, first, mut second) = two_sessions();
    first.run("select eventlog.on_event('one', 'app.hear')");
    first.run("begin");
    first.run("select eventlog.off_event('one')");
    let on = second.start("select eventlog.on_event('two', 'app.hear')");
    second.wait_until_blocked();
    first.run("commit");
    on.succeeds();
    // Not without its trigger.
    second.run("select eventlog.log_event('a')");
    assert_eq!(heard(&first), "a");
    // The other way round the trigger is there, and the one who ends a handler does not see the new one yet.
    first.run("begin");
    first.run("select eventlog.on_event('three', 'app.hear', types => '{b}')");
    let off = second.start("select eventlog.off_event('two')");
    second.wait_until_blocked();
    first.run("commit");
    off.succeeds();
    second.run("select eventlog.log_event('b')");
    assert_eq!(heard(&first), "a b");
}

#[test]
fn who_runs_async_handlers_at_once_does_each_event_once() {
    let (_database, first, second) = two_sessions();
    first.run("select eventlog.on_event('later', 'app.hear', mode => 'async')");
    first.run("select eventlog.log_event('a')");
    first.run("begin");
    assert_eq!(first.value("select eventlog.run_handlers()"), "1");
    // Nobody waits for a run that is under way.
    assert_eq!(second.value("select eventlog.run_handlers()"), "0");
    first.run("rollback");
    // What was not committed was not done.
    assert_eq!(second.value("select eventlog.run_handlers()"), "1");
    assert_eq!(first.value("select eventlog.run_handlers()"), "0");
    assert_eq!(heard(&first), "a");
    // An event that was numbered early and committed late comes, too; one of the runner's own transaction when that ends.
    second.run("begin");
    second.run("select eventlog.log_event('late')");
    first.run("begin");
    first.run("select eventlog.log_event('b')");
    let own = first.value("select eventlog.run_handlers()");
    first.run("commit");
    let rest = first.value("select eventlog.run_handlers()");
    assert_eq!(
        own.parse::<i32>().unwrap() + rest.parse::<i32>().unwrap(),
        1
    );
    second.run("commit");
    assert_eq!(first.value("select eventlog.run_handlers()"), "1");
    assert_eq!(heard(&first), "a b late");
}

#[test]
fn a_transaction_that_cannot_be_serialised_is_no_failure_of_an_event() {
    let (_database, first, _second) = two_sessions();
    first.run("select eventlog.on_event('later', 'app.hear', mode => 'async')");
    first.run(
        "create or replace function app.hear(event jsonb) returns void language plpgsql as \
         'begin raise serialization_failure; end'",
    );
    first.run("select eventlog.log_event('a')");
    first
        .refused("select eventlog.run_handlers()")
        .is("40001", "serialization_failure");
    assert_eq!(
        first.value("select count(*) from eventlog.waiting_event"),
        "0"
    );
}

#[test]
fn handlers_are_restored_with_their_log_and_hear_nothing_of_it() {
    let (source, target) = two_clusters();
    let parted = "select eventlog.create_log('public.parted', partition_interval => '1 month', require_tenant => false,
            unregistered => 'allow');
        select eventlog.on_event('hear', 'app.hear', log => 'public.events');
        select eventlog.on_event('parted', 'app.hear', types => '{a}', on_error => 'record', log => 'public.parted');
        create function app.fail(event jsonb) returns void language plpgsql as 'begin raise exception ''no''; end';
        select eventlog.on_event('fail', 'app.fail', types => '{a}', on_error => 'record', log => 'public.parted');
        select eventlog.log_event('a', log => 'public.events');
        select eventlog.log_event('a', log => 'public.parted');";
    let set_up = format!("create extension pg_eventlog; {SET_UP} {parted}");
    source.psql("app", "app_owner", &set_up).expect_ok();
    let file = target.directory().join("app.dump");
    // By a role that is no superuser, and with several jobs, which may make triggers before the rows of partitions are in.
    source
        .pg_dump("app", "app_owner", &["-Fc"], &file)
        .expect_ok();
    target
        .pg_restore("app", "app_owner", &["-j4"], &file)
        .expect_ok();
    let state = "select string_agg(what, ' ') from app.heard;
        select name, log, handler, types, mode, on_error, problem, made_by from eventlog.handlers order by name;
        select log, handler, sqlstate, message from eventlog.handler_error;
        select tgrelid::regclass::text ~ 'parted' as parted, count(*) from pg_trigger where tgname = 'eventlog_handlers'
        group by 1 order by 1;";
    let state_of = |cluster: &Cluster| cluster.psql("app", "app_owner", state).expect_ok();
    assert_eq!(state_of(&source), state_of(&target));
    let on = "select eventlog.log_event('a', log => 'public.events');
        select eventlog.log_event('a', log => 'public.parted');";
    target.psql("app", "app_owner", on).expect_ok();
    let heard = "select string_agg(what, ' ') from app.heard";
    let heard = target.psql("app", "app_owner", heard).expect_ok();
    assert!(heard.contains("a a a a"), "{heard}");
}

#[test]
fn async_handlers_go_on_where_they_are_restored() {
    let (source, target) = two_clusters();
    let set_up = format!("create extension pg_eventlog; {SET_UP}");
    for sql in [
        set_up.as_str(),
        "select eventlog.on_event('later', 'app.hear', mode => 'async')",
        "select eventlog.log_event('done')",
        "select eventlog.run_handlers()",
        "select eventlog.log_event('waits')",
    ] {
        source.psql("app", "app_owner", sql).expect_ok();
    }
    let file = target.directory().join("app.dump");
    source
        .pg_dump("app", "app_owner", &["-Fc"], &file)
        .expect_ok();
    target
        .pg_restore("app", "app_owner", &["-j4"], &file)
        .expect_ok();
    let logged = "select eventlog.log_event('new')";
    target.psql("app", "app_owner", logged).expect_ok();
    let run =
        "select eventlog.run_handlers(); select string_agg(what, ' ' order by ctid) from app.heard";
    let ran = target.psql("app", "app_owner", run).expect_ok();
    assert!(ran.contains("done waits new"), "{ran}");
}

/// Two clusters, each with a database of a role that is no superuser.
fn two_clusters() -> (Cluster, Cluster) {
    let clusters = (Cluster::new(), Cluster::new());
    for cluster in [&clusters.0, &clusters.1] {
        for sql in [
            "create role app_owner login",
            "create database app owner app_owner",
        ] {
            cluster.psql("postgres", SUPERUSER, sql).expect_ok();
        }
    }
    clusters
}
