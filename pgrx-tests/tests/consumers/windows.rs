//! What is in a window.

use crate::{ack, drain, log, log_in, receipt, receive, say};
use pg_eventlog_tests::Database;

#[test]
fn a_transaction_that_draws_early_and_commits_late_is_delivered() {
    let (_database, [reader, early, late]) = log();
    reader.run("select eventlog.subscribe('s')");
    early.run("begin");
    say(&early, "first", "1");
    say(&late, "second", "2");
    assert_eq!(drain(&reader, "s"), "second");
    assert_eq!(drain(&reader, "s"), "");
    early.run("commit");
    assert_eq!(drain(&reader, "s"), "first");
    assert_eq!(drain(&reader, "s"), "");
}

#[test]
fn what_commits_while_a_window_is_read_is_in_the_next_one() {
    let (_database, [reader, early, late]) = log();
    reader.run("select eventlog.subscribe('s')");
    early.run("begin");
    say(&early, "first", "1");
    say(&late, "second", "2");
    say(&late, "third", "3");
    // A batch of one leaves the window unfinished, with a boundary that does not see the early one.
    let one = "select payload ->> 'name' from eventlog.receive('s', 1)";
    assert_eq!(reader.value(one), "second");
    early.run("commit");
    ack(&reader, "s");
    assert_eq!(reader.value(one), "third");
    ack(&reader, "s");
    assert_eq!(drain(&reader, "s"), "first");
}

#[test]
fn a_consumer_gets_the_events_that_it_logs_where_it_receives_and_acks() {
    let (_database, [reader, other]) = log();
    reader.run("select eventlog.subscribe('s')");
    say(&other, "cause", "1");
    reader.run("begin");
    say(&reader, "before", "2");
    assert_eq!(receive(&reader, "s"), "cause");
    say(&reader, "effect", "2");
    ack(&reader, "s");
    say(&reader, "after", "2");
    assert_eq!(receive(&reader, "s"), "");
    reader.run("commit");
    assert_eq!(drain(&reader, "s"), "before effect after");
    assert_eq!(drain(&reader, "s"), "");
}

#[test]
fn an_ack_that_is_rolled_back_is_none() {
    let (_database, [reader, other]) = log();
    reader.run("select eventlog.subscribe('s')");
    reader.run("create table done (name text)");
    say(&other, "it", "1");
    reader.run("begin");
    reader.run("insert into done select payload ->> 'name' from eventlog.receive('s')");
    ack(&reader, "s");
    reader.run("rollback");
    assert_eq!(reader.value("select count(*) from done"), "0");
    assert_eq!(drain(&reader, "s"), "it");
}

#[test]
fn a_writer_that_stays_open_holds_nobody_up() {
    let (_database, [reader, slow, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    slow.run("begin");
    say(&slow, "slow", "1");
    let elsewhere = Database::empty();
    let foreign = elsewhere.session();
    foreign.run("create table t (n int)");
    foreign.run("begin");
    foreign.run("insert into t values (1)");
    for name in ["a", "b", "c"] {
        say(&writer, name, "2");
        assert_eq!(drain(&reader, "s"), name);
    }
    slow.run("commit");
    assert_eq!(drain(&reader, "s"), "slow");
    foreign.run("commit");
    assert_eq!(drain(&reader, "s"), "");
}

#[test]
fn changes_that_a_row_lock_orders_keep_their_order() {
    let (_database, [reader, first, mut second]) = log();
    reader.run("create table entity (id int)");
    reader.run("insert into entity values (1)");
    reader.run("select eventlog.subscribe('s')");
    // The second one has the lower transaction id.
    second.run("begin");
    second.run("select pg_current_xact_id()");
    first.run("begin");
    first.run("select from entity for update");
    let waits = second.start("select from entity for update");
    second.wait_until_blocked();
    say(&first, "one", "1");
    first.run("commit");
    waits.succeeds();
    assert_eq!(drain(&reader, "s"), "one");
    say(&second, "two", "1");
    second.run("commit");
    assert_eq!(drain(&reader, "s"), "two");
    assert_eq!(
        reader.value(
            "select (array_agg(xid order by seq))[1] > (array_agg(xid order by seq))[2] from public.events"
        ),
        "t"
    );
}

#[test]
fn what_a_subtransaction_undid_is_not_delivered() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    writer.run("begin");
    say(&writer, "kept", "1");
    writer.run("savepoint a");
    say(&writer, "undone", "1");
    writer.run("rollback to a");
    writer.run("savepoint b");
    say(&writer, "nested", "1");
    writer.run("release b");
    writer.run("commit");
    assert_eq!(drain(&reader, "s"), "kept nested");
}

#[test]
fn an_older_snapshot_is_refused_and_loses_nothing() {
    let (_database, [reader, old, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    old.run("begin isolation level repeatable read");
    old.run("select 1");
    say(&writer, "it", "1");
    assert_eq!(drain(&reader, "s"), "it");
    let refusal = old.refused("select * from eventlog.receive('s')");
    assert_eq!(refusal.code, "40001", "{refusal:?}");
    old.run("rollback");
    say(&writer, "more", "1");
    assert_eq!(drain(&reader, "s"), "more");
}

#[test]
fn from_the_start_from_an_instant_and_from_now() {
    let (_database, [reader, writer]) = log();
    say(&writer, "a", "1");
    say(&writer, "b", "1");
    let then = reader.value("select clock_timestamp()");
    say(&writer, "c", "1");
    reader.run("select eventlog.subscribe('all', start_at => '-infinity')");
    reader.run(&format!(
        "select eventlog.subscribe('since', start_at => '{then}')"
    ));
    reader.run("select eventlog.subscribe('news')");
    say(&writer, "d", "1");
    assert_eq!(drain(&reader, "all"), "a b c");
    assert_eq!(drain(&reader, "all"), "d");
    assert_eq!(drain(&reader, "since"), "c");
    assert_eq!(drain(&reader, "since"), "d");
    assert_eq!(drain(&reader, "news"), "d");
}

#[test]
fn a_replay_says_so_and_goes_on_with_what_is_new() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    say(&writer, "a", "1");
    assert_eq!(drain(&reader, "s"), "a");
    say(&writer, "b", "1");
    reader.run("select eventlog.seek('s', '-infinity')");
    let told = reader.value(
        "select string_agg((payload ->> 'name') || case when replayed then '!' else '' end, ' ' order by seq) \
         from eventlog.receive('s')",
    );
    assert_eq!(told, "a! b");
    ack(&reader, "s");
    say(&writer, "c", "1");
    assert_eq!(drain(&reader, "s"), "c");
}

#[test]
fn an_idle_poll_writes_nothing_and_has_no_transaction_id() {
    // Where one that began before ends, in whatever database, a position is written.
    let (_database, [reader, writer, slow]) = log_in(Database::alone());
    reader.run("select eventlog.subscribe('s', pattern => 'never')");
    slow.run("begin");
    slow.run("select pg_current_xact_id()");
    say(&writer, "a", "1");
    let before = reader.value("select xmin || ' ' || ctid from eventlog.subscription_shard");
    for _ in 0..3 {
        say(&writer, "b", "1");
        reader.run("begin");
        assert_eq!(receive(&reader, "s"), "");
        assert_eq!(
            reader.value("select pg_current_xact_id_if_assigned() is null"),
            "t"
        );
        reader.run("commit");
    }
    assert_eq!(
        reader.value("select xmin || ' ' || ctid from eventlog.subscription_shard"),
        before
    );
}

#[test]
fn a_poll_in_an_open_transaction_is_in_nobodys_way() {
    let (_database, [idle, worker, writer]) = log();
    idle.run("select eventlog.subscribe('s')");
    idle.run("begin");
    assert_eq!(receive(&idle, "s"), "");
    say(&writer, "a", "1");
    assert_eq!(receive(&worker, "s"), "a");
    let receipt = receipt(&worker, "s");
    // The other one has it, and finds nothing.
    assert_eq!(receive(&idle, "s"), "");
    worker.run(&format!("select eventlog.ack('s', {receipt})"));
    idle.run("commit");
}

#[test]
fn two_workers_on_one_shard_take_turns_and_on_two_share() {
    let (_database, [one, two, writer]) = log();
    one.run("select eventlog.subscribe('s')");
    one.run("select eventlog.subscribe('shared', shards => 2)");
    for n in 0..40 {
        say(&writer, &n.to_string(), &n.to_string());
    }
    one.run("begin");
    assert_ne!(receive(&one, "s"), "");
    assert_eq!(receive(&two, "s"), "");
    one.run("commit");
    assert_eq!(receive(&two, "s"), "");
    let names = |session| -> Vec<u32> {
        receive(session, "shared")
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect()
    };
    let (mut all, others) = (names(&one), names(&two));
    assert!(!all.is_empty() && !others.is_empty());
    all.extend(others);
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<u32>>());
}

#[test]
fn limits_are_kept_and_one_event_comes_however_large() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    for n in 0..10 {
        say(&writer, &n.to_string(), "1");
    }
    let large = "select eventlog.log_event('large', jsonb_build_object('name', 'l', 'text', repeat(md5(n::text), 30))) \
        from generate_series(1, 4) n";
    let count = |sql: &str| {
        reader.value(&format!(
            "select count(*) from eventlog.receive('s', {sql})"
        ))
    };
    assert_eq!(count("3"), "3");
    ack(&reader, "s");
    assert_eq!(count("100, max_bytes => 1"), "1");
    ack(&reader, "s");
    assert_eq!(count("100"), "6");
    ack(&reader, "s");
    assert_eq!(count("100"), "0");
    // A thousand bytes each, and what beside documents an event has.
    writer.run(large);
    assert_eq!(count("100, max_bytes => 3000"), "2");
    ack(&reader, "s");
    assert_eq!(count("100, max_bytes => 8388608"), "2");
    ack(&reader, "s");
}

#[test]
fn a_transaction_that_is_prepared_is_delivered_when_it_commits() {
    let (_database, [reader, writer, other]) = log();
    reader.run("select eventlog.subscribe('s')");
    writer.run("begin");
    say(&writer, "prepared", "1");
    writer.run("prepare transaction 'pg_eventlog_consumers'");
    say(&other, "news", "1");
    assert_eq!(drain(&reader, "s"), "news");
    assert_eq!(drain(&reader, "s"), "");
    other.run("commit prepared 'pg_eventlog_consumers'");
    assert_eq!(drain(&reader, "s"), "prepared");
}

#[test]
fn a_log_in_partitions_is_read_in_order() {
    let database = Database::fresh();
    let (reader, writer) = (database.session(), database.session());
    reader.run(
        "select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow', \
            partition_interval => '1 day')",
    );
    reader.run("select eventlog.subscribe('s')");
    for name in ["a", "b", "c"] {
        say(&writer, name, "1");
    }
    assert_eq!(drain(&reader, "s"), "a b c");
    assert_eq!(drain(&reader, "s"), "");
}

#[test]
fn patterns_and_filters_choose() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('exact', pattern => 'order.paid')");
    reader
        .run("select eventlog.subscribe('prefix', pattern => 'order.', pattern_kind => 'prefix')");
    reader.run(
        "select eventlog.subscribe('regex', pattern => 'order\\.p[a-z]+', pattern_kind => 'regex')",
    );
    reader.run("select eventlog.subscribe('types', types => '{order.placed,user.made}')");
    reader.run(
        "select eventlog.subscribe('filter', filters => '[{\"field\": \"$.payload.amount\", \"operator\": \"gt\", \
            \"value\": 1.5}, {\"field\": \"$.actor_id\", \"operator\": \"equals\", \"value\": \"7\"}]')",
    );
    for (kind, name, amount, actor) in [
        ("order.placed", "a", "1", "7"),
        ("order.paid", "b", "1.6", "7"),
        ("order.paid.twice", "c", "1.50", "7"),
        ("user.made", "d", "9", "8"),
    ] {
        writer.run(&format!(
            "select eventlog.log_event('{kind}', '{{\"name\": \"{name}\", \"amount\": {amount}}}', \
                actor_type => 'user', actor_id => '{actor}')"
        ));
    }
    for (subscription, expected) in [
        ("exact", "b"),
        ("prefix", "a b c"),
        ("regex", "a b"),
        ("types", "a d"),
        ("filter", "b"),
    ] {
        assert_eq!(drain(&reader, subscription), expected, "{subscription}");
    }
}

#[test]
fn a_late_transaction_with_a_hundred_thousand_events_comes_once_while_others_flow_on() {
    let (_database, [reader, late, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    reader.run("create table public.got (n bigint generated always as identity, name text)");
    late.run("begin");
    late.run(
        "insert into public.events (type, payload, entity_type, entity_id) \
         select 'said', jsonb_build_object('name', 'late' || n), 'l', 'l' from generate_series(1, 100000) n",
    );
    say(&writer, "a", "1");
    assert_eq!(drain(&reader, "s"), "a");
    late.run("commit");
    say(&writer, "b", "1");
    let batch = "with batch as materialized (select receipt, payload ->> 'name' as name from eventlog.receive('s', 10000)), \
            got as (insert into public.got (name) select name from batch) \
        select coalesce(max(receipt), 0) from batch";
    let mut batches = 0;
    loop {
        let receipt = reader.value(batch);
        if receipt == "0" {
            // A call that reads 50,000 rows and finds nothing has not read all.
            match reader
                .value("select caught_up from eventlog.subscriptions")
                .as_str()
            {
                "t" | "true" => break,
                _ => continue,
            }
        }
        reader.run(&format!("select eventlog.ack('s', {receipt})"));
        batches += 1;
        if batches == 3 {
            say(&writer, "c", "1");
        }
    }
    let counts = "select count(*) || ' ' || count(distinct name) || ' ' || count(*) filter (where name in ('b', 'c')) \
        || ' ' || (select bool_and(ordered) from (select n > lag(n, 1, 0::bigint) over (order by substr(name, 5)::int) as ordered \
            from public.got where name like 'late%') o) from public.got";
    assert_eq!(reader.value(counts), "100002 100002 2 true");
}

#[test]
fn numbers_that_a_session_kept_for_later_are_read() {
    let (_database, [reader, one, two]) = log();
    reader.run("select eventlog.subscribe('s')");
    reader.run("alter sequence public.events_seq_seq cache 20");
    say(&one, "a", "1");
    for name in ["b", "c", "d"] {
        say(&two, name, "1");
        let names = drain(&reader, "s");
        assert!(names.ends_with(name), "{names}");
    }
    say(&one, "e", "1");
    assert_eq!(
        reader.value("select max(seq) = (select seq from public.events where payload ->> 'name' = 'd') from public.events"),
        "t"
    );
    assert_eq!(drain(&reader, "s"), "e");
}
