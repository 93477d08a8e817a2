//! Positions that whoever reads keeps: they lead on in another session, after a crash, and on another timeline.

use std::fs;
use std::process::Command;

use pg_eventlog_tests::{Cluster, Install, Rounds, SUPERUSER, Session, wait_until};
use postgres::Client;

use crate::{log, say};

/// What is read from a position: the names, and where to go on.
fn read(client: &mut Client, position: &str) -> (String, String) {
    let rows = client
        .query(
            "select payload ->> 'name', \"position\" from eventlog.read_events($1, 1000)",
            &[&position],
        )
        .expect("it can be read");
    let (last, events) = rows.split_last().expect("there is a last row");
    let names: Vec<String> = events.iter().map(|row| row.get(0)).collect();
    (names.join(" "), last.get(1))
}

fn code(client: &mut Client, position: &str) -> String {
    let read = client.query("select from eventlog.read_events($1)", &[&position]);
    let error = read.expect_err("it is refused");
    error
        .code()
        .map_or(String::new(), |code| code.code().to_owned())
}

fn log_event(client: &mut Client, name: &str) {
    let event = "select eventlog.log_event('said', jsonb_build_object('name', $1::text))";
    client.execute(event, &[&name]).expect("it is logged");
}

const MAKE: &str = "create extension pg_eventlog;
    select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow')";

#[test]
fn what_commits_late_comes_late_and_once() {
    let (database, [early, late]) = log();
    let mut reader = database.admin();
    let (_, begin) = read(&mut reader, "now");
    early.run("begin");
    say(&early, "early", "1");
    say(&late, "a", "2");
    let (names, position) = read(&mut reader, &begin);
    assert_eq!(names, "a");
    say(&late, "b", "2");
    early.run("commit");
    assert_eq!(read(&mut database.admin(), &position).0, "early b");
    // The position was not used up.
    assert_eq!(read(&mut reader, &begin).0, "early a b");
    assert_eq!(read(&mut reader, "start").0, "early a b");

    // What the reader itself logs comes when it has committed.
    let mut transaction = reader.transaction().expect("it begins");
    let event = "select eventlog.log_event('said', '{\"name\": \"own\"}')";
    transaction.execute(event, &[]).expect("it is logged");
    let rows = transaction
        .query(
            "select \"position\", id from eventlog.read_events($1) order by id nulls last",
            &[&position],
        )
        .expect("it can be read");
    assert_eq!(rows.len(), 3);
    let position: String = rows[2].get(0);
    transaction.execute(event, &[]).expect("it is logged");
    transaction.commit().expect("it commits");
    assert_eq!(read(&mut reader, &position).0, "own own");
}

/// Transaction ids that were on no disk are given out again. Seen losing events without the flush.
#[test]
fn nothing_is_missing_after_a_crash() {
    let settings = ["synchronous_commit = off", "wal_writer_delay = 10s"];
    let mut cluster = Cluster::with(Install::under_test(), &settings);
    cluster.psql("postgres", SUPERUSER, MAKE).expect_ok();
    let mut client = cluster.connect("postgres", SUPERUSER);
    let (_, mut position) = read(&mut client, "now");
    client.batch_execute("checkpoint").expect("it is on disk");
    let mut told = Vec::new();
    for seed in Rounds::of(20) {
        let mut client = cluster.connect("postgres", SUPERUSER);
        for _ in 0..10 + seed % 10 {
            client
                .batch_execute("begin; select pg_current_xact_id(); rollback")
                .expect("it is rolled back");
        }
        let before = format!("before-{seed}");
        log_event(&mut client, &before);
        let (names, after) = read(&mut client, &position);
        assert_eq!(names, before, "seed {seed}");
        cluster.kill_9();
        cluster.start();
        let mut client = cluster.connect("postgres", SUPERUSER);
        let kept: Vec<String> = (0..40).map(|n| format!("{seed}-{n}")).collect();
        kept.iter().for_each(|name| log_event(&mut client, name));
        let (names, later) = read(&mut client, &after);
        assert_eq!(names, kept.join(" "), "seed {seed}");
        position = later;
        told.push(before);
        told.extend(kept);
    }
    // What was told is what is there.
    let mut client = cluster.connect("postgres", SUPERUSER);
    let (mut all, mut position) = (Vec::new(), "start".to_owned());
    loop {
        let (names, next) = read(&mut client, &position);
        if names.is_empty() {
            break;
        }
        all.push(names);
        position = next;
    }
    assert_eq!(all.join(" "), told.join(" "));
}

/// Two histories of one cluster part; a reader goes from the one to the other.
#[test]
fn nothing_is_missing_after_a_promotion() {
    let settings = ["max_prepared_transactions = 5"];
    let mut old = Cluster::with(Install::under_test(), &settings);
    let mut new = Cluster::stopped(Install::under_test(), &settings);
    old.psql("postgres", SUPERUSER, MAKE).expect_ok();
    let mut client = old.connect("postgres", SUPERUSER);
    log_event(&mut client, "shared");
    let prepare = "begin; select eventlog.log_event('said', '{\"name\": \"prepared\"}'); prepare transaction 'late'";
    client.batch_execute(prepare).expect("it is prepared");
    let (_, before) = read(&mut client, "start");
    old.stop();
    fs::remove_dir_all(new.data()).expect("it is there");
    let copied = Command::new("cp")
        .arg("-a")
        .args([old.data(), new.data()])
        .status();
    assert!(copied.expect("cp runs").success());
    old.start();

    // The tail that the other one has not.
    let mut client = old.connect("postgres", SUPERUSER);
    for n in 0..20 {
        log_event(&mut client, &format!("lost{n}"));
    }
    let (_, tail) = read(&mut client, "start");
    assert_eq!(read(&mut client, &tail).0, "");

    fs::write(new.data().join("standby.signal"), "").expect("it can be written");
    new.start();
    let mut client = new.connect("postgres", SUPERUSER);
    assert_eq!(code(&mut client, &tail), "25006");
    client
        .batch_execute("select pg_promote()")
        .expect("it is promoted");
    wait_until("it is promoted", || {
        let row = client.query_one("select pg_is_in_recovery()", &[]);
        row.is_ok_and(|row| !row.get::<_, bool>(0))
    });
    for n in 0..5 {
        log_event(&mut client, &format!("new{n}"));
    }
    let news = "new0 new1 new2 new3 new4";
    assert_eq!(read(&mut client, &before).0, news);
    let (names, after) = read(&mut client, &tail);
    assert_eq!(names, news);
    client
        .batch_execute("commit prepared 'late'")
        .expect("it commits");
    log_event(&mut client, "newest");
    assert_eq!(read(&mut client, &after).0, "prepared newest");

    // The old one does not know what came of it.
    let mut client = old.connect("postgres", SUPERUSER);
    assert_eq!(code(&mut client, &after), "55000");
}

#[test]
fn a_reader_of_one_tenant_passes_what_it_does_not_see() {
    let (database, [owner]) = log();
    let role = database.role("reader");
    owner.run(&format!(
        "select eventlog.isolate_tenants('public.events', readers => '{{{role}}}')"
    ));
    owner.run(&format!("grant select on public.events to {role}"));
    owner.run(&format!("select eventlog.grant_context('{role}')"));
    let tenants = [uuid("1"), uuid("2")];
    let event = |name: &str, tenant: &str| {
        format!("select eventlog.log_event('said', '{{\"name\": \"{name}\"}}', '{tenant}')")
    };
    owner.run("create index on public.events (seq)");
    owner.run(&event("first", &tenants[0]));
    // More rows than one call may look at.
    owner.run(&format!(
        "select eventlog.log_event('said', tenant_id => '{}') from generate_series(1, 120000)",
        tenants[1]
    ));
    owner.run(&event("last", &tenants[0]));
    let reader = Session::open(&database, &role);
    let ask = |position: &str| -> (String, String, bool) {
        reader.run("begin");
        reader.run(&format!(
            "select eventlog.set_context(tenant_id => '{}')",
            tenants[0]
        ));
        let rows = reader.run(&format!(
            "select payload ->> 'name', \"position\", seq is null from eventlog.read_events('{position}')"
        ));
        reader.run("commit");
        let (last, events) = rows.split_last().expect("there is a last row");
        let names: Vec<String> = events.iter().filter_map(|row| row[0].clone()).collect();
        (
            names.join(" "),
            last[1].clone().expect("it has one"),
            last[2].as_deref() == Some("t"),
        )
    };
    let mut calls = Vec::new();
    let mut position = "start".to_owned();
    for _ in 0..4 {
        let (names, next, is_present) = ask(&position);
        calls.push((names, is_present));
        position = next;
    }
    let calls: Vec<(&str, bool)> = calls.iter().map(|(n, is)| (n.as_str(), *is)).collect();
    let expected = [("first", false), ("", false), ("last", true), ("", true)];
    assert_eq!(calls, expected);
    // Whoever has no tenant sees nothing, and passes it.
    let nothing = reader.run("select id from eventlog.read_events('start')");
    assert_eq!(nothing.len(), 1);
}

fn uuid(n: &str) -> String {
    format!("{n}1111111-1111-4111-8111-111111111111")
}
