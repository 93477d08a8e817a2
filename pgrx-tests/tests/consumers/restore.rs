//! A dump in the middle of subscriptions, restored into a younger cluster: they go on.

use pg_eventlog_tests::{Cluster, SUPERUSER};
use postgres::Client;

use crate::clients::{ack, drain, names, receive, say};
use crate::midst::{Midst, Open};

#[test]
fn subscriptions_go_on_in_a_younger_cluster() {
    let (source, target) = (Cluster::new(), Cluster::new());
    let mut old = source.connect("postgres", SUPERUSER);
    old.batch_execute("create extension pg_eventlog")
        .expect("it is installed");
    let midst = Midst::make(&mut old);
    let outside = "select \"position\" from eventlog.read_events('now')";
    let outside: String = old.query_one(outside, &[]).expect("it is given").get(0);
    // What is not committed is not in the dump.
    let mut lost = source.connect("postgres", SUPERUSER);
    lost.batch_execute("begin").expect("it begins");
    say(&mut lost, "lost", "1");

    let file = target.directory().join("middle.sql");
    source
        .pg_dump("postgres", SUPERUSER, &[], &file)
        .expect_ok();
    target.psql_file("postgres", SUPERUSER, &file).expect_ok();
    let mut new = target.connect("postgres", SUPERUSER);
    let younger: bool = new
        .query_one(
            "select pg_current_xact_id()::text::bigint < max(xid) from public.events",
            &[],
        )
        .expect("it can be asked")
        .get(0);
    assert!(younger, "transaction ids have to be given out again");

    // A position that somebody keeps does not count: nothing says whether what it saw is in the dump.
    let elsewhere = new.query("select from eventlog.read_events($1)", &[&outside]);
    let elsewhere = elsewhere.expect_err("it is of another cluster");
    assert_eq!(elsewhere.code().map(|c| c.code()), Some("55000"));
    midst.goes_on(&mut new, Open::Void, &[], "here");
}

/// The database's owner dumps and restores subscriptions too, in either format; what an ordinary role has subscribed to
/// in that database goes on as well.
#[test]
fn a_database_owner_who_is_no_superuser_restores_subscriptions() {
    let clusters = [Cluster::new(), Cluster::new()];
    for cluster in &clusters {
        let mut client = cluster.connect("postgres", SUPERUSER);
        for statement in [
            "create role app_owner login",
            "create role worker login",
            "create database app owner app_owner",
        ] {
            client.batch_execute(statement).expect(statement);
        }
    }
    let [source, target] = &clusters;
    source
        .psql(
            "app",
            "app_owner",
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
             grant select on public.events to worker;
             select eventlog.subscribe('own', max_attempts => 2)",
        )
        .expect_ok();
    let mut worker = source.connect("app", "worker");
    worker
        .batch_execute("select eventlog.subscribe('theirs', shards => 2)")
        .expect("it may");
    let mut owner = source.connect("app", "app_owner");
    for n in 1..=20 {
        say(&mut owner, &n.to_string(), "one");
    }
    // The second event waits, and what comes behind it is held.
    let (_, receipt) = receive(&mut owner, "own", 10);
    let fail = "select eventlog.nack('own', $1, array(select id from public.events where payload ->> 'name' = '2'), 'no', '0')";
    owner.execute(fail, &[&receipt]).expect("it fails");
    ack(&mut owner, "own", receipt);
    let (first, receipt) = receive(&mut worker, "theirs", 7);
    ack(&mut worker, "theirs", receipt);
    // What is closed in batches goes on too.
    owner
        .execute(
            "insert into eventlog.batch_reader select log_id, 'seals', 0 from eventlog.log",
            &[],
        )
        .expect("it is the owner's log");
    let tick = |owner: &mut Client| -> Option<i64> {
        let row = owner.query_one("select eventlog.tick()", &[]);
        row.expect("it is the owner's log").get(0)
    };
    assert_eq!(tick(&mut owner), Some(1));
    // As if more than a second had gone by, before which there is no other batch.
    source
        .psql(
            "app",
            SUPERUSER,
            "update eventlog.batch set closed_at = closed_at - interval '1 day'",
        )
        .expect_ok();

    for format in ["plain", "custom"] {
        let file = target.directory().join(format);
        let option = format!("--format={format}");
        let dumped = source.pg_dump("app", "app_owner", &[&option], &file);
        dumped.expect_ok();
        match format {
            "plain" => target.psql_file("app", "app_owner", &file).expect_ok(),
            _ => target
                // With several jobs, tables of the catalogue are loaded in any order.
                .pg_restore("app", "app_owner", &["-j4"], &file)
                .expect_ok(),
        };
        let mut owner = target.connect("app", "app_owner");
        let mut worker = target.connect("app", "worker");
        say(&mut owner, "new", "one");
        let mut theirs = first.clone();
        theirs.extend(drain(&mut worker, "theirs", 3));
        let mut expected = names(1..21);
        expected.push("new".to_owned());
        assert_eq!(theirs, expected, "{format}");
        assert_eq!(drain(&mut owner, "own", 4), expected[1..], "{format}");
        assert_eq!(tick(&mut owner), Some(2), "{format}");
        drop((owner, worker));
        target
            .psql("postgres", SUPERUSER, "drop database app")
            .expect_ok();
        target
            .psql("postgres", SUPERUSER, "create database app owner app_owner")
            .expect_ok();
    }
}
