//! What a worker survives, when it goes, and how one sees it.

use super::{
    connect, heard, listener, log, preloading, value, wait_for_none, with_log, worker_of, workers,
};
use pg_eventlog_tests::{Database, run, wait_until};
use std::time::{Duration, Instant};

#[test]
fn it_is_seen_in_pg_stat_activity() {
    let (cluster, _) = with_log(&[]);
    worker_of(&cluster, "postgres");
    let mut admin = connect(&cluster, "postgres");
    let seen = "select string_agg(concat_ws(' in ', backend_type, datname), ', ' order by backend_type)
        from pg_stat_activity where backend_type like 'pg_eventlog%' and datname is distinct from 'template1'";
    assert_eq!(
        value(&mut admin, seen),
        "pg_eventlog launcher, pg_eventlog waker in postgres"
    );
    // It has no transaction open while it waits.
    wait_until("the worker waits", || {
        value(
            &mut admin,
            "select concat_ws(' ', state, wait_event_type, backend_xmin, xact_start) from pg_stat_activity
             where backend_type = 'pg_eventlog waker' and datname = 'postgres'",
        ) == "idle Extension"
    });
}

#[test]
fn an_error_stands_in_the_log_and_the_same_worker_goes_on() {
    let (cluster, id) = with_log(&["eventlog.naptime = '10ms'"]);
    let mut ears = listener(&cluster, "postgres");
    let mut admin = connect(&cluster, "postgres");
    log(&mut admin);
    assert_eq!(heard(&mut ears), id);
    let before = worker_of(&cluster, "postgres");
    // Something that nobody should do to the catalogue.
    admin
        .batch_execute(
            "begin; select eventlog.log_event('paid'); alter table eventlog.log rename to gone; commit",
        )
        .unwrap();
    let failures = || {
        let error = "relation \"eventlog.log\" does not exist";
        cluster.log().matches(error).count()
    };
    let start = Instant::now();
    wait_until("the worker has failed", || failures() > 0);
    // It waits between attempts: a second, then two.
    std::thread::sleep(Duration::from_millis(500));
    let (failed, elapsed) = (failures(), start.elapsed());
    assert!(
        failed as u64 <= 2 + elapsed.as_secs(),
        "{failed} failures in {elapsed:?}"
    );
    admin
        .batch_execute("alter table eventlog.gone rename to log")
        .unwrap();
    // What it could not tell is told now.
    assert_eq!(heard(&mut ears), id);
    assert_eq!(worker_of(&cluster, "postgres"), before);
}

#[test]
fn it_stops_at_once_when_told_and_is_started_again() {
    let (cluster, _) = with_log(&["eventlog.naptime = '10ms'"]);
    let mut ears = listener(&cluster, "postgres");
    let before = worker_of(&cluster, "postgres");
    // In the midst of a statement, which waits for a lock.
    let mut locks = connect(&cluster, "postgres");
    locks
        .batch_execute("begin; lock table eventlog.log in access exclusive mode")
        .unwrap();
    let mut writer = connect(&cluster, "postgres");
    let mut admin = connect(&cluster, "template1");
    writer.batch_execute("begin").unwrap();
    drop(writer);
    let waits =
        format!("select (count(*) > 0)::text from pg_locks where pid = {before} and not granted");
    // A prepared transaction's commit wakes it, and needs nothing of the catalogue.
    admin
        .batch_execute("begin; create table none(); prepare transaction 'p'")
        .unwrap();
    admin.batch_execute("rollback prepared 'p'").unwrap();
    let mut here = connect(&cluster, "postgres");
    here.batch_execute("begin; create table none(); prepare transaction 'q'")
        .unwrap();
    here.batch_execute("commit prepared 'q'").unwrap();
    wait_until("the worker waits for the lock", || {
        value(&mut admin, &waits) == "true"
    });
    value(
        &mut admin,
        &format!("select pg_terminate_backend({before})::text"),
    );
    wait_until("the worker is gone", || {
        workers(&mut admin, "postgres").is_empty() || worker_of(&cluster, "postgres") != before
    });
    locks.batch_execute("rollback").unwrap();
    let after = worker_of(&cluster, "postgres");
    assert_ne!(before, after);
    log(&mut locks);
    heard(&mut ears);
}

#[test]
fn the_server_stops_while_a_worker_waits() {
    let (mut cluster, _) = with_log(&["eventlog.naptime = '1h'"]);
    worker_of(&cluster, "postgres");
    // Fast, as by default; it fails where a process does not go.
    cluster.stop();
    cluster.start();
    let id = value(
        &mut connect(&cluster, "postgres"),
        "select log_id::text from eventlog.log",
    );
    let mut ears = listener(&cluster, "postgres");
    log(&mut connect(&cluster, "postgres"));
    assert_eq!(heard(&mut ears), id);
}

#[test]
fn a_killed_worker_takes_the_server_through_recovery_and_comes_back() {
    let (cluster, id) = with_log(&[]);
    let before = worker_of(&cluster, "postgres");
    let mut kill = std::process::Command::new("sh");
    kill.args(["-c", "kill -9 \"$1\"", "kill"]);
    run(kill.arg(before.to_string()), pg_eventlog_tests::LIMIT).expect_ok();
    wait_until("the server is back", || {
        cluster
            .log()
            .contains("all server processes terminated; reinitializing")
            && cluster.try_connect("postgres", "postgres").is_ok()
    });
    let mut ears = listener(&cluster, "postgres");
    log(&mut connect(&cluster, "postgres"));
    assert_eq!(heard(&mut ears), id);
    assert_ne!(worker_of(&cluster, "postgres"), before);
}

#[test]
fn it_is_not_on_a_standby_and_comes_with_the_promotion() {
    let (primary, id) = with_log(&["max_wal_senders = 5"]);
    worker_of(&primary, "postgres");
    let mut standby = primary.standby();
    standby.start();
    let mut client = connect(&standby, "postgres");
    assert_eq!(
        value(&mut client, "select pg_is_in_recovery()::text"),
        "true"
    );
    let mut writer = connect(&primary, "postgres");
    log(&mut writer);
    let target = value(&mut writer, "select pg_current_wal_flush_lsn()::text");
    wait_until("the standby has the event", || {
        let query = format!("select (pg_last_wal_replay_lsn() >= '{target}')::text");
        value(&mut client, &query) == "true"
    });
    let none = "select count(*)::text from pg_stat_activity where backend_type like 'pg_eventlog%'";
    assert_eq!(value(&mut client, none), "0");
    let tick = client.batch_execute("select eventlog.tick()");
    pg_eventlog_tests::refused(tick).is("25006", "batches are not closed by a standby");
    value(&mut client, "select pg_promote()::text");
    let mut ears = listener(&standby, "postgres");
    log(&mut client);
    assert_eq!(heard(&mut ears), id);
}

#[test]
fn too_few_processes_are_complained_of_once_and_harm_nobody() {
    let (cluster, _) = with_log(&["max_worker_processes = 2"]);
    let mut admin = connect(&cluster, "postgres");
    for name in ["a", "b", "c"] {
        admin
            .batch_execute(&format!("create database {name}"))
            .unwrap();
        super::make_log(&mut connect(&cluster, name));
        log(&mut connect(&cluster, name));
    }
    let complaint = "could not start the background worker of pg_eventlog";
    wait_until("it is complained of", || cluster.log().contains(complaint));
    // It is tried again and again: as often as somebody writes, a second apart at first.
    for _ in 0..30 {
        log(&mut connect(&cluster, "c"));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(cluster.log().matches(complaint).count(), 1);
    assert!(
        cluster
            .log()
            .contains("HINT:  You might need to raise max_worker_processes.")
    );
    log(&mut admin);
}

#[test]
fn without_preloading_there_is_no_worker_and_nothing_fails() {
    let database = Database::fresh();
    let mut admin = database.admin();
    admin.batch_execute(super::LOG).unwrap();
    admin.batch_execute("listen eventlog").unwrap();
    log(&mut admin);
    for (setting, value_of) in [
        ("eventlog.databases", "*"),
        ("eventlog.worker_role", ""),
        ("eventlog.naptime", "1s"),
    ] {
        assert_eq!(
            value(&mut admin, &format!("select current_setting('{setting}')")),
            value_of
        );
        let set = format!("set {setting} = '1s'");
        pg_eventlog_tests::refused(admin.batch_execute(&set)).is("55P02", "cannot be changed now");
    }
    let none = "select count(*)::text from pg_stat_activity where backend_type like 'pg_eventlog%'";
    assert_eq!(value(&mut admin, none), "0");
}

#[test]
fn a_database_without_the_extension_has_no_worker() {
    let cluster = preloading(&[]);
    let mut admin = connect(&cluster, "postgres");
    wait_until("the launcher is there", || {
        value(
            &mut admin,
            "select count(*)::text from pg_stat_activity where backend_type = 'pg_eventlog launcher'",
        ) == "1"
    });
    wait_for_none(&cluster, "postgres");
    // It comes with the first event, and goes with the extension.
    for _ in 0..2 {
        let id = super::make_log(&mut admin);
        log(&mut admin);
        let mut ears = listener(&cluster, "postgres");
        log(&mut admin);
        assert_eq!(heard(&mut ears), id);
        admin
            .batch_execute("drop extension pg_eventlog cascade; drop table public.events cascade")
            .unwrap();
        wait_for_none(&cluster, "postgres");
    }
}
