//! A dump in the middle of subscriptions, restored into a younger cluster: they go on.

use pg_eventlog_tests::{Cluster, SUPERUSER};
use postgres::Client;

/// Transactions of the first cluster, most of which have ids that the second one gives out again.
const EVENTS: usize = 3_000;

const MAKE: &str = "create extension pg_eventlog;
    select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
    select eventlog.subscribe('middle');
    select eventlog.subscribe('done');
    select eventlog.subscribe('failing', max_attempts => 1);
    select eventlog.subscribe('split');";

fn say(client: &mut Client, name: &str, entity: &str) {
    let sql = format!(
        "select eventlog.log_event('said', '{{\"name\": \"{name}\"}}', entity_type => 'e', entity_id => '{entity}')"
    );
    client.batch_execute(&sql).expect("it is logged");
}

/// What comes, in its order, and its receipt.
fn receive(client: &mut Client, subscription: &str, most: i32) -> (Vec<String>, i64) {
    let rows = client
        .query(
            "select payload ->> 'name', receipt from eventlog.receive($1, $2)",
            &[&subscription, &most],
        )
        .expect("it can be received");
    let receipt = rows.first().map_or(0, |row| row.get(1));
    (rows.iter().map(|row| row.get(0)).collect(), receipt)
}

fn ack(client: &mut Client, subscription: &str, receipt: i64) {
    client
        .execute("select eventlog.ack($1, $2)", &[&subscription, &receipt])
        .expect("it is acked");
}

fn drain(client: &mut Client, subscription: &str, most: i32) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let (names, receipt) = receive(client, subscription, most);
        if names.is_empty() {
            return all;
        }
        all.extend(names);
        ack(client, subscription, receipt);
    }
}

fn names(of: std::ops::Range<usize>) -> Vec<String> {
    of.map(|n| n.to_string()).collect()
}

#[test]
fn subscriptions_go_on_in_a_younger_cluster() {
    let (source, target) = (Cluster::new(), Cluster::new());
    source.psql("postgres", SUPERUSER, MAKE).expect_ok();
    let mut old = source.connect("postgres", SUPERUSER);
    old.batch_execute(&format!(
        "do $$ begin for n in 1..{EVENTS} loop
            perform eventlog.log_event('said', jsonb_build_object('name', n), entity_type => 'e', entity_id => n % 7);
            commit;
        end loop; end $$"
    ))
    .expect("they are logged");

    // One is in the middle of a window, with a batch that nobody settled; one is at its end; one has a dead letter, one
    // that waits and some that are held; one is going to be split.
    let (mut middle, receipt) = receive(&mut old, "middle", 700);
    ack(&mut old, "middle", receipt);
    let (_, open) = receive(&mut old, "middle", 100);
    assert_eq!(drain(&mut old, "done", 1_000), names(1..EVENTS + 1));
    let (_, receipt) = receive(&mut old, "failing", 5_000);
    let fail = "select eventlog.nack('failing', $1, array(select id from public.events where payload ->> 'name' = any ($2)), 'no')";
    old.execute(fail, &[&receipt, &vec!["1"]])
        .expect("one fails");
    old.batch_execute("select eventlog.alter_subscription('failing', '{\"max_attempts\": 5, \"options\": {\"retry_base\": \"1 microsecond\"}}')")
        .expect("it is changed");
    old.execute(fail, &[&receipt, &vec!["2"]])
        .expect("another one fails");
    ack(&mut old, "failing", receipt);
    let (split, receipt) = receive(&mut old, "split", 1_000);
    ack(&mut old, "split", receipt);
    old.batch_execute("select eventlog.alter_subscription('split', '{\"shards\": 3}')")
        .expect("it is changed");
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

    let state = "select state from eventlog.subscriptions where name = 'middle'";
    let state: String = new.query_one(state, &[]).expect("it can be seen").get(0);
    assert_eq!(state, "idle");
    let stale = new.execute("select eventlog.ack('middle', $1)", &[&open]);
    let stale = stale.expect_err("what the old cluster handed out does not count");
    assert_eq!(stale.code().map(|c| c.code()), Some("55000"));

    // Nor does a position that somebody keeps: nothing says whether what it saw is in the dump.
    let elsewhere = new.query("select from eventlog.read_events($1)", &[&outside]);
    let elsewhere = elsewhere.expect_err("it is of another cluster");
    assert_eq!(elsewhere.code().map(|c| c.code()), Some("55000"));

    say(&mut new, "new", "1");
    // In parts, so that the old window goes on in the new cluster.
    let (names_of_middle, receipt) = receive(&mut new, "middle", 300);
    assert!(receipt > open, "{receipt} after {open}");
    middle.extend(names_of_middle);
    ack(&mut new, "middle", receipt);
    say(&mut new, "newer", "2");
    middle.extend(drain(&mut new, "middle", 300));
    let mut expected = names(1..EVENTS + 1);
    expected.extend(["new".to_owned(), "newer".to_owned()]);
    assert_eq!(middle, expected);
    assert_eq!(drain(&mut new, "done", 10), ["new", "newer"]);

    // 9, 16 ... are of the entity of 2, and are behind it.
    let failed = drain(&mut new, "failing", 5_000);
    let of_two: Vec<String> = (2..=EVENTS).step_by(7).map(|n| n.to_string()).collect();
    let came: Vec<&String> = failed.iter().filter(|n| of_two.contains(n)).collect();
    assert_eq!(came, of_two.iter().collect::<Vec<_>>());
    assert_eq!(failed.len(), of_two.len() + 2, "{failed:?}");
    let dead = "select count(*) from eventlog.dead_letter where subscription = 'failing'";
    assert_eq!(
        new.query_one(dead, &[])
            .expect("it can be seen")
            .get::<_, i64>(0),
        1
    );

    let mut all = split;
    all.extend(drain(&mut new, "split", 300));
    let shards =
        "select count(*) from eventlog.subscriptions where name = 'split' and next_shards is null";
    assert_eq!(
        new.query_one(shards, &[])
            .expect("it can be seen")
            .get::<_, i64>(0),
        3
    );
    all.sort_unstable();
    expected.sort_unstable();
    assert_eq!(all, expected);

    // And on it goes.
    say(&mut new, "newest", "3");
    for subscription in ["middle", "done", "failing", "split"] {
        assert_eq!(
            drain(&mut new, subscription, 10),
            ["newest"],
            "{subscription}"
        );
    }
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
