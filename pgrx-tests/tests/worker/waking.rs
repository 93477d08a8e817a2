//! Who is woken, by what, and how often.

use super::{connect, hear_all, heard, hears, listener, log, value, with_log, worker_of};
use pg_eventlog_tests::LIMIT;
use postgres::Client;
use postgres::fallible_iterator::FallibleIterator;
use std::time::{Duration, Instant};

/// A second log, whose events end a wait for those of the first: its id.
fn other_log(client: &mut Client, first: &str) -> String {
    // Two logs may share a bit, and are then told of together.
    for i in 0.. {
        let make = format!(
            "select eventlog.create_log('public.other_{i}', require_tenant => false);
             select eventlog.register_event_type('paid', log => 'public.other_{i}')"
        );
        client.batch_execute(&make).unwrap();
        let query = format!(
            "select log_id::text from eventlog.log where relation = 'public.other_{i}'::regclass"
        );
        let id = value(client, &query);
        let bit = |id: &str| u8::from_str_radix(&id[id.len() - 2..], 16).unwrap() & 63;
        if bit(&id) != bit(first) {
            client
                .batch_execute(&format!("alter table public.other_{i} rename to other"))
                .unwrap();
            return id;
        }
    }
    unreachable!()
}

fn log_other(client: &mut Client) {
    client
        .batch_execute("select eventlog.log_event('paid', log => 'public.other')")
        .unwrap();
}

#[test]
fn a_commit_wakes_whoever_listens_and_a_rollback_nobody() {
    let (cluster, id) = with_log(&[]);
    let mut writer = connect(&cluster, "postgres");
    let other = other_log(&mut writer, &id);
    worker_of(&cluster, "postgres");
    let mut ears = listener(&cluster, "postgres");

    log(&mut writer);
    assert_eq!(heard(&mut ears), id);
    // The event is there for whoever is woken.
    let seen = value(&mut ears, "select count(*)::text from public.events");
    assert_eq!(seen, "1");

    // What is rolled back, or not committed yet, wakes nobody.
    let mut late = connect(&cluster, "postgres");
    late.batch_execute("begin").unwrap();
    log(&mut late);
    writer.batch_execute("begin").unwrap();
    log(&mut writer);
    writer.batch_execute("rollback").unwrap();
    hear_all(&mut ears);
    log_other(&mut writer);
    assert_eq!(heard(&mut ears), other);
    late.batch_execute("commit").unwrap();
    hears(&mut ears, &id);

    // A plain insert, a batch and a captured change are events like others.
    for write in [
        "insert into public.events (type, payload) values ('paid', '{}')",
        "select count(*) from eventlog.log_events('[{\"type\": \"paid\"}]')",
        "do $$ begin perform eventlog.log_event('paid'); end $$",
    ] {
        writer.batch_execute(write).unwrap();
        hears(&mut ears, &id);
    }
}

#[test]
fn a_prepared_transaction_wakes_when_it_commits() {
    let (cluster, id) = with_log(&[]);
    let mut ears = listener(&cluster, "postgres");
    let mut writer = connect(&cluster, "postgres");
    writer
        .batch_execute("begin; select eventlog.log_event('paid'); prepare transaction 'later'")
        .unwrap();
    // Whoever commits it is another session.
    drop(writer);
    hear_all(&mut ears);
    let mut other = connect(&cluster, "postgres");
    other.batch_execute("commit prepared 'later'").unwrap();
    assert_eq!(heard(&mut ears), id);
}

#[test]
fn a_database_hears_of_its_own_events_alone() {
    let (cluster, first) = with_log(&[]);
    let mut admin = connect(&cluster, "postgres");
    admin.batch_execute("create database other").unwrap();
    let mut elsewhere = connect(&cluster, "other");
    let second = super::make_log(&mut elsewhere);
    log(&mut elsewhere);
    let mut here = listener(&cluster, "postgres");
    let mut there = listener(&cluster, "other");
    for _ in 0..3 {
        log(&mut elsewhere);
        assert_eq!(heard(&mut there), second);
        log(&mut admin);
        assert_eq!(heard(&mut here), first);
    }
}

#[test]
fn at_most_a_hundred_notifications_a_second() {
    let (cluster, _) = with_log(&["synchronous_commit = off"]);
    let mut ears = listener(&cluster, "postgres");
    let mut writer = connect(&cluster, "postgres");
    log(&mut writer);
    heard(&mut ears);
    let start = Instant::now();
    let (mut commits, mut notifications) = (0, 0);
    while start.elapsed() < Duration::from_secs(2) {
        for _ in 0..20 {
            log(&mut writer);
            commits += 1;
        }
        notifications += hear_all(&mut ears);
    }
    // However slow the machine is, that many fit into the time.
    let most = start.elapsed().as_millis() / 10 + 2;
    assert!(
        notifications as u128 <= most,
        "{notifications} notifications of at most {most}"
    );
    assert!(
        notifications < commits,
        "{notifications} notifications for {commits} commits"
    );
}

/// The id that the next transaction gets.
fn next_xid(client: &mut Client) -> i64 {
    let query = "select pg_snapshot_xmax(pg_current_snapshot())::text";
    value(client, query).parse().unwrap()
}

#[test]
fn nobody_is_notified_where_nobody_listens() {
    let (cluster, id) = with_log(&[]);
    worker_of(&cluster, "postgres");
    let mut writer = connect(&cluster, "postgres");
    // Elsewhere, or for something else, or no more.
    let mut others = [
        (connect(&cluster, "template1"), "listen eventlog"),
        (connect(&cluster, "postgres"), "listen events"),
        (connect(&cluster, "postgres"), "listen eventlog; unlisten *"),
        (
            connect(&cluster, "postgres"),
            "listen eventlog; unlisten eventlog",
        ),
    ];
    for (client, statements) in &mut others {
        for statement in statements.split("; ") {
            client.batch_execute(statement).unwrap();
        }
    }
    let mut gone = connect(&cluster, "postgres");
    gone.batch_execute("listen eventlog").unwrap();
    drop(gone);
    let mut discards = connect(&cluster, "postgres");
    discards.batch_execute("listen eventlog").unwrap();
    discards.batch_execute("discard all").unwrap();
    pg_eventlog_tests::wait_until("the session that listened is gone", || {
        value(
            &mut writer,
            "select count(*)::text from pg_stat_activity where query = 'listen eventlog'
                and datname = 'postgres'",
        ) == "0"
    });

    // A notification takes a transaction id; nothing else does here but the events.
    log(&mut writer);
    let before = next_xid(&mut writer);
    for _ in 0..50 {
        log(&mut writer);
        std::thread::yield_now();
    }
    let mut ears = listener(&cluster, "postgres");
    log(&mut writer);
    assert_eq!(heard(&mut ears), id);
    let taken = next_xid(&mut writer) - before;
    assert!((52..=54).contains(&taken), "{taken} transaction ids");
}

#[test]
fn one_that_unlistens_in_a_block_that_is_rolled_back_still_hears() {
    let (cluster, id) = with_log(&[]);
    let mut ears = listener(&cluster, "postgres");
    ears.batch_execute("begin").unwrap();
    ears.batch_execute("unlisten *").unwrap();
    ears.batch_execute("rollback").unwrap();
    let mut writer = connect(&cluster, "postgres");
    log(&mut writer);
    assert_eq!(heard(&mut ears), id);
}

#[test]
fn a_wake_up_does_not_wait_for_a_nap() {
    // It sleeps for an hour where nobody wakes it.
    let (cluster, id) = with_log(&["eventlog.naptime = '1h'"]);
    let mut ears = listener(&cluster, "postgres");
    let mut writer = connect(&cluster, "postgres");
    for _ in 0..5 {
        log(&mut writer);
        let next = ears.notifications().timeout_iter(LIMIT).next().unwrap();
        assert_eq!(next.expect("nobody woke it").payload(), id);
    }
}
