//! Many transactions that run while a subscription is read.

use pg_eventlog_tests::{Cluster, Install, SUPERUSER, wait_until};

const RUNNING: u32 = 500;

#[test]
fn a_row_stays_where_it_is_while_five_hundred_transactions_run() {
    let settings = ["max_prepared_transactions = 1010", "autovacuum = off"];
    let cluster = Cluster::with(Install::under_test(), &settings);
    cluster
        .psql(
            "postgres",
            SUPERUSER,
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
             select eventlog.subscribe('s')",
        )
        .expect_ok();
    let mut client = cluster.connect("postgres", SUPERUSER);
    // As on a busy server, 500 run at any time, and none of them for long. Between them others end, so that no run of
    // ids is a run of numbers.
    let begin = |round: u32| -> String {
        let one = |n: u32| {
            let ended = match n % 3 {
                0 => "select pg_current_xact_id();",
                _ => "",
            };
            format!(
                "begin; select pg_current_xact_id(); prepare transaction '{round} {n}'; {ended}"
            )
        };
        (0..RUNNING).map(one).collect()
    };
    client.batch_execute(&begin(0)).expect("they stay");
    let mut worker = cluster.connect("postgres", SUPERUSER);
    for round in 1..=30 {
        client.batch_execute(&begin(round)).expect("they stay");
        client
            .batch_execute("select eventlog.log_event('said')")
            .expect("it is logged");
        let row = worker
            .query_one("select receipt from eventlog.receive('s')", &[])
            .expect("it comes");
        let receipt: i64 = row.get(0);
        worker
            .execute("select eventlog.ack('s', $1)", &[&receipt])
            .expect("it is acked");
        for n in 0..RUNNING {
            let end = format!("commit prepared '{} {n}'", round - 1);
            client.batch_execute(&end).expect("it ends");
        }
    }
    let size = "select octet_length(position) from eventlog.subscription_shard";
    let size: i32 = worker.query_one(size, &[]).expect("it has one").get(0);
    assert!(size < 1_200, "{size}");
    // A session counts what it did at the latest when it ends.
    drop(worker);
    let counts = "select n_tup_upd, n_tup_upd - n_tup_hot_upd from pg_stat_user_tables where relname = 'subscription_shard'";
    let mut moved: i64 = -1;
    wait_until("it has been counted", || {
        let row = client.query_one(counts, &[]).expect("it can be asked");
        moved = row.get(1);
        row.get::<_, i64>(0) >= 60
    });
    assert_eq!(moved, 0);
}
