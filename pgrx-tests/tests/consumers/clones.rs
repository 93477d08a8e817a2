//! Copies of a database in the midst of its subscriptions: a clone in the same cluster, a logical subscriber, a promoted
//! standby. In each, nothing is missing and nothing comes twice.

use pg_eventlog_tests::{Cluster, Database, SUPERUSER, Session, wait_until};
use postgres::Client;

use crate::clients::{drain, receive, say};
use crate::midst::{LOG, Midst, Open};

/// What is read from a position: the names, and where to go on.
fn read(client: &mut Client, position: &str) -> (Vec<String>, String) {
    let rows = client.query(
        "select payload ->> 'name', \"position\" from eventlog.read_events($1, 10000)",
        &[&position],
    );
    let rows = rows.expect("it can be read");
    let (last, events) = rows.split_last().expect("there is a last row");
    (events.iter().map(|row| row.get(0)).collect(), last.get(1))
}

/// A clone has the same transaction ids, whatever runs: it is of the same cluster.
#[test]
fn a_clone_and_its_original_go_on_without_each_other() {
    let original = Database::fresh();
    let mut client = original.admin();
    let midst = Midst::make(&mut client);
    let (_, outside) = read(&mut client, "now");
    // What ran when each of them read last, and has committed since.
    let mut late = original.admin();
    let mut transaction = late.transaction().expect("it begins");
    let event = "select eventlog.log_event('said', '{\"name\": \"late\"}', entity_type => 'e', entity_id => 3)";
    transaction.execute(event, &[]).expect("it is logged");
    say(&mut client, "between", "4");
    let (names, beside) = read(&mut client, &outside);
    assert_eq!(names, ["between"]);
    assert_eq!(drain(&mut client, "done", 10), ["behind", "between"]);
    transaction.commit().expect("it commits");
    drop((client, late));

    let clone = original.copy();
    // A worker of the one that holds a shard, in an open transaction.
    let holder = Session::open(&original, SUPERUSER);
    holder.run("begin");
    assert_eq!(
        holder.value("select payload ->> 'name' from eventlog.receive('done', 1)"),
        "late"
    );
    let mut client = clone.admin();
    let state =
        "select holder is null and not caught_up from eventlog.subscriptions where name = 'done'";
    let row = client.query_one(state, &[]).expect("it can be seen");
    assert!(row.get::<_, bool>(0), "nobody holds it in the clone");
    assert_eq!(drain(&mut client, "done", 10), ["late"]);
    holder.run("rollback");
    let (names, of_clone) = read(&mut client, &beside);
    assert_eq!(names, ["late"]);
    let mut client = original.admin();
    assert_eq!(drain(&mut client, "done", 10), ["late"]);
    let (names, of_original) = read(&mut client, &beside);
    assert_eq!(names, ["late"]);

    // In turns: each writes what the other one does not see, with transaction ids of the same row.
    for n in 0..3 {
        for (database, whose) in [(&original, "original"), (&clone, "clone")] {
            say(&mut database.admin(), &format!("{n} {whose}"), "5");
        }
    }
    for (database, whose, open, position) in [
        (&clone, "clone", Open::RunsOut, &of_clone),
        (&original, "original", Open::Acked, &of_original),
    ] {
        let mut client = database.admin();
        let own: Vec<String> = (0..3).map(|n| format!("{n} {whose}")).collect();
        assert_eq!(read(&mut client, position).0, own, "{whose}");
        // `done` has come past these.
        let mut came = vec!["late", "between"];
        came.extend(own.iter().map(String::as_str));
        assert_eq!(drain(&mut client, "done", 10), own, "{whose}");
        midst.goes_on(&mut client, open, &came, whose);
    }
    // The end of the one is nothing to the other.
    clone
        .admin()
        .batch_execute("select eventlog.unsubscribe('middle')")
        .expect("it ends there");
    let mut client = original.admin();
    say(&mut client, "last", "1");
    assert_eq!(drain(&mut client, "middle", 10), ["last"]);
}

const COLUMNS: &str = "occurred_at, recorded_at, id, tenant_id, version, type, entity_type, entity_id, actor_type, \
    actor_id, source_type, source_id, correlation_id, causation_id, idempotency_key, context, payload";

/// Subscribes one cluster to a publication of another.
fn replicate(from: &Cluster, to: &mut Client, name: &str, options: &str) {
    to.batch_execute(&format!(
        "create subscription {name} connection 'host={} port=5432 user={SUPERUSER} dbname=postgres' publication {name} {options}",
        from.directory().display()
    ))
    .expect("it is subscribed");
}

fn count(client: &mut Client) -> i64 {
    let count = "select count(*) from public.events";
    client
        .query_one(count, &[])
        .expect("it can be counted")
        .get(0)
}

/// Events that came with the other cluster's seq, xid and origin are history, which is there once; those that arrive with
/// this one's own are news, whatever they were there.
#[test]
fn a_logical_subscriber_has_each_event_once() {
    let (publisher, subscriber) = (Cluster::new(), Cluster::new());
    let [mut from, mut to] = [&publisher, &subscriber].map(|cluster| {
        let mut client = cluster.connect("postgres", SUPERUSER);
        client
            .batch_execute("create extension pg_eventlog")
            .expect("it is installed");
        client.batch_execute(LOG).expect("the log is made");
        client
    });
    let names = |of: std::ops::Range<usize>| -> Vec<String> { of.map(|n| n.to_string()).collect() };
    // The publisher is far ahead, in transactions and in numbers.
    for sql in [
        "do $$ begin for n in 1..500 loop perform pg_current_xact_id(); rollback; end loop; end $$",
        "select setval('public.events_seq_seq', 1000)",
    ] {
        from.batch_execute(sql).expect("numbers are drawn");
    }
    for n in 0..50 {
        say(&mut from, &n.to_string(), &(n % 3).to_string());
    }
    // The whole of it once, as it stands there.
    from.batch_execute(
        "create publication whole for table public.events with (publish = 'insert')",
    )
    .expect("it is published");
    replicate(&publisher, &mut to, "whole", "");
    wait_until("the history has arrived", || count(&mut to) == 50);
    let foreign = "select count(*) from public.events where origin <> eventlog.cluster_origin()
        and xid > pg_current_xact_id()::text::bigint and seq > 1000";
    assert_eq!(
        to.query_one(foreign, &[])
            .expect("it can be seen")
            .get::<_, i64>(0),
        50
    );
    to.batch_execute("drop subscription whole")
        .expect("it ends");
    to.batch_execute("select eventlog.subscribe('all', start_at => '-infinity'); select eventlog.subscribe('news')")
        .expect("it is subscribed");
    let (mut all, receipt) = receive(&mut to, "all", 20);
    to.execute("select eventlog.ack('all', $1)", &[&receipt])
        .expect("it is acked");

    // From now on with numbers of the subscriber's own. Some of it was under way, and commits late.
    from.batch_execute(&format!(
        "create publication parts for table public.events ({COLUMNS}) with (publish = 'insert')"
    ))
    .expect("it is published");
    replicate(&publisher, &mut to, "parts", "with (copy_data = false)");
    let mut late = publisher.connect("postgres", SUPERUSER);
    late.batch_execute("begin").expect("it begins");
    say(&mut late, "late", "1");
    for n in 50..60 {
        say(&mut from, &n.to_string(), &(n % 3).to_string());
    }
    wait_until("the news have arrived", || count(&mut to) == 60);
    let (_, position) = read(&mut to, "now");
    let mut news = drain(&mut to, "news", 3);
    say(&mut to, "own", "1");
    all.extend(drain(&mut to, "all", 7));
    late.batch_execute("commit").expect("it commits");
    say(&mut from, "60", "1");
    wait_until("what was late has arrived", || count(&mut to) == 63);
    news.extend(drain(&mut to, "news", 3));
    let later = ["own", "late", "60"].map(str::to_owned);
    assert_eq!(read(&mut to, &position).0, later);
    assert_eq!(news, [names(50..60), later.to_vec()].concat());
    all.extend(drain(&mut to, "all", 7));
    assert_eq!(all, [names(0..60), later.to_vec()].concat());

    // Applications go over: the sequence goes above the history, and on it goes.
    to.batch_execute("drop subscription parts")
        .expect("it ends");
    to.batch_execute("select eventlog.repair_log('public.events')")
        .expect("it is repaired");
    say(&mut to, "moved", "1");
    for subscription in ["all", "news"] {
        assert_eq!(drain(&mut to, subscription, 3), ["moved"], "{subscription}");
    }
    from.batch_execute("drop publication whole, parts")
        .expect("they end");
}

/// A standby that streams, and its promotion while the primary is gone: what it had of the subscriptions and of the log,
/// it had together.
#[test]
fn a_promoted_standby_goes_on() {
    let mut primary = Cluster::new();
    let mut standby = primary.standby();
    standby.start();
    let mut client = primary.connect("postgres", SUPERUSER);
    client
        .batch_execute("create extension pg_eventlog")
        .expect("it is installed");
    let midst = Midst::make(&mut client);
    let (_, outside) = read(&mut client, "now");
    // Under way when the primary goes: it never ends, or ends on the new one.
    let mut lost = primary.connect("postgres", SUPERUSER);
    lost.batch_execute("begin").expect("it begins");
    say(&mut lost, "lost", "1");
    let mut prepared = primary.connect("postgres", SUPERUSER);
    prepared.batch_execute("begin").expect("it begins");
    say(&mut prepared, "prepared", "2");
    prepared
        .batch_execute("prepare transaction 'late'")
        .expect("it is prepared");
    say(&mut client, "last", "3");
    let (names, outside) = read(&mut client, &outside);
    assert_eq!(names, ["last"]);
    let query = "select pg_current_wal_flush_lsn()::text";
    let written: String = client
        .query_one(query, &[])
        .expect("it can be asked")
        .get(0);
    let mut new = standby.connect("postgres", SUPERUSER);
    wait_until("the standby has it", || {
        let query = format!("select pg_last_wal_replay_lsn() >= '{written}'");
        new.query_one(&query, &[]).is_ok_and(|row| row.get(0))
    });
    let refused = new.query("select from eventlog.receive('middle')", &[]);
    let refused = refused.expect_err("a standby hands out nothing");
    assert_eq!(refused.code().map(|c| c.code()), Some("25006"));
    primary.kill_9();
    new.batch_execute("select pg_promote()")
        .expect("it is promoted");
    new.batch_execute("commit prepared 'late'")
        .expect("it commits");
    let mut came = read(&mut new, &outside).0;
    assert_eq!(came, ["prepared"]);
    came.push("last".to_owned());
    assert_eq!(drain(&mut new, "done", 10)[1..], came);
    let came: Vec<&str> = came.iter().map(String::as_str).collect();
    midst.goes_on(&mut new, Open::Acked, &came, "promoted");
}
