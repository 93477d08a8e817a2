//! Exactly once for whoever acks in the transaction of its own writes, whatever kills it.

use std::thread;
use std::time::Duration;

use pg_eventlog_tests::{Cluster, Install, SUPERUSER, wait_until};
use postgres::Client;

const EVENTS: i64 = 400;

/// Receives and writes down what it got until nothing is left, or an error ends it.
fn work(client: &mut Client) -> Result<(), postgres::Error> {
    loop {
        let mut transaction = client.transaction()?;
        let rows = transaction.query(
            "with batch as materialized (select * from eventlog.receive('s', 7, '1 second')), \
                done as (insert into public.done select seq, payload ->> 'n' from batch) \
             select receipt from batch limit 1",
            &[],
        )?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        let receipt: i64 = row.get(0);
        thread::sleep(Duration::from_millis(2));
        transaction.execute("select eventlog.ack('s', $1)", &[&receipt])?;
        transaction.commit()?;
    }
}

#[test]
fn each_event_has_its_effect_once_whatever_is_killed() {
    let mut cluster = Cluster::new();
    cluster
        .psql(
            "postgres",
            SUPERUSER,
            &format!(
                "create extension pg_eventlog;
                 select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
                 select eventlog.subscribe('s', max_attempts => 1000);
                 create table public.done (seq bigint, n text);
                 insert into public.events (type, payload)
                 select 'counted', jsonb_build_object('n', n) from generate_series(1, {EVENTS}) n"
            ),
        )
        .expect_ok();
    let done = |client: &mut Client| -> i64 {
        client
            .query_one("select count(*) from public.done", &[])
            .map_or(0, |row| row.get(0))
    };
    for round in 1..=3 {
        let mut worker = cluster.connect("postgres", SUPERUSER);
        let mut watcher = cluster.connect("postgres", SUPERUSER);
        let worker = thread::spawn(move || work(&mut worker));
        let before = done(&mut watcher);
        wait_until("some events are done", || {
            done(&mut watcher) > before + 20 * round
        });
        cluster.kill_9();
        assert!(worker.join().expect("no worker panics").is_err());
        cluster.start();
    }
    let mut client = cluster.connect("postgres", SUPERUSER);
    // What an open transaction had received was never handed out.
    work(&mut client).expect("a worker works");
    let row = client
        .query_one(
            "select count(*), count(distinct seq), (select count(*) from public.events) from public.done",
            &[],
        )
        .expect("it can be counted");
    assert_eq!([row.get::<_, i64>(0), row.get(1), row.get(2)], [EVENTS; 3]);
}

/// Seen giving the same receipt out twice where the commit does not wait for the disk.
#[test]
fn receipts_rise_across_a_crash_though_commits_do_not_wait_for_the_disk() {
    let settings = ["synchronous_commit = off", "wal_writer_delay = 10s"];
    let mut cluster = Cluster::with(Install::under_test(), &settings);
    cluster
        .psql(
            "postgres",
            SUPERUSER,
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
             select eventlog.subscribe('s');
             insert into public.events (type, payload) values ('counted', '{}');
             checkpoint",
        )
        .expect_ok();
    let mut last = 0;
    for _ in 0..3 {
        let mut client = cluster.connect("postgres", SUPERUSER);
        let receive = "select receipt from eventlog.receive('s', lease => '1 microsecond')";
        let receipt: i64 = client.query_one(receive, &[]).expect("it comes").get(0);
        cluster.kill_9();
        assert!(receipt > last, "{receipt} after {last}");
        last = receipt;
        cluster.start();
    }
}
