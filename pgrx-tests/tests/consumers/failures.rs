//! Events that fail: they come again, what is behind them waits, and at last they are dead letters.

use crate::{ack, drain, id, log, nack, receipt, receive, say};
use pg_eventlog_tests::Session;

fn dead(session: &Session) -> String {
    session.value(
        "select coalesce(string_agg((select payload ->> 'name' from public.events e where e.id = d.event_id), ' ' \
            order by d.seq), '') from eventlog.dead_letter d",
    )
}

#[test]
fn what_is_behind_a_nacked_event_of_its_entity_keeps_its_place() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    for (name, entity) in [("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")] {
        say(&writer, name, entity);
    }
    assert_eq!(receive(&reader, "s"), "a1 b1 a2 b2");
    nack(&reader, "s", &["a1"]);
    ack(&reader, "s");
    say(&writer, "a3", "a");
    say(&writer, "b3", "b");
    // a2 waits for a1, and a3 is held when it is read.
    assert_eq!(receive(&reader, "s"), "a1 b3");
    ack(&reader, "s");
    assert_eq!(receive(&reader, "s"), "a2 a3");
    ack(&reader, "s");
    say(&writer, "a4", "a");
    assert_eq!(drain(&reader, "s"), "a4");
    assert_eq!(
        reader.value("select count(*) from eventlog.held_entity"),
        "0"
    );
    assert_eq!(
        reader.value("select has_parked from eventlog.subscription_shard"),
        "f"
    );
}

#[test]
fn attempts_are_counted_and_the_last_one_makes_a_dead_letter() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', max_attempts => 3)");
    say(&writer, "a1", "a");
    say(&writer, "a2", "a");
    for attempt in ["1", "2", "3"] {
        let first = "select attempt from eventlog.receive('s') order by seq limit 1";
        assert_eq!(reader.value(first), attempt);
        nack(&reader, "s", &["a1"]);
        ack(&reader, "s");
    }
    assert_eq!(dead(&reader), "a1");
    assert_eq!(
        reader.value("select error || ' ' || attempts from eventlog.dead_letter"),
        "no 3"
    );
    assert_eq!(drain(&reader, "s"), "a2");
    assert_eq!(reader.value("select eventlog.retry_dead_letters('s')"), "1");
    assert_eq!(
        reader
            .value("select (payload ->> 'name') || replayed || attempt from eventlog.receive('s')"),
        "a1true1"
    );
    ack(&reader, "s");
    assert_eq!(dead(&reader), "");
}

#[test]
fn a_dead_letter_blocks_its_entity_where_it_shall() {
    let (_database, [reader, writer]) = log();
    reader.run(
        "select eventlog.subscribe('s', max_attempts => 1, options => '{\"on_dead\": \"block\"}')",
    );
    say(&writer, "a1", "a");
    say(&writer, "a2", "a");
    receive(&reader, "s");
    nack(&reader, "s", &["a1"]);
    ack(&reader, "s");
    say(&writer, "a3", "a");
    say(&writer, "b1", "b");
    assert_eq!(drain(&reader, "s"), "b1");
    assert_eq!(drain(&reader, "s"), "");
    let a1 = id(&reader, "a1");
    assert_eq!(
        reader.value(&format!(
            "select eventlog.discard_dead_letters('s', '{{{a1}}}', 'known to be wrong')"
        )),
        "1"
    );
    assert_eq!(drain(&reader, "s"), "a2 a3");
}

#[test]
fn a_dead_letter_pauses_the_subscription_where_it_shall() {
    let (_database, [reader, writer]) = log();
    reader.run(
        "select eventlog.subscribe('s', max_attempts => 1, options => '{\"on_dead\": \"pause\"}')",
    );
    say(&writer, "a1", "a");
    say(&writer, "b1", "b");
    receive(&reader, "s");
    nack(&reader, "s", &["a1"]);
    ack(&reader, "s");
    say(&writer, "b2", "b");
    assert_eq!(receive(&reader, "s"), "");
    assert_eq!(
        reader.value("select state from eventlog.subscriptions"),
        "paused"
    );
    reader.run("select eventlog.retry_dead_letters('s')");
    assert_eq!(drain(&reader, "s"), "a1 b2");
}

#[test]
fn nothing_passes_where_the_log_keeps_its_order() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', ordered_by => 'log')");
    for name in ["a", "b", "c"] {
        say(&writer, name, name);
    }
    assert_eq!(receive(&reader, "s"), "a b c");
    let b = id(&reader, "b");
    let open = receipt(&reader, "s");
    reader.run(&format!(
        "select eventlog.nack('s', {open}, '{{{b}}}', 'no', '1 hour')"
    ));
    ack(&reader, "s");
    say(&writer, "d", "d");
    assert_eq!(receive(&reader, "s"), "");
    reader.run("update eventlog.waiting_event set due_at = clock_timestamp()");
    assert_eq!(drain(&reader, "s"), "b");
    assert_eq!(drain(&reader, "s"), "c");
    assert_eq!(drain(&reader, "s"), "d");
}

#[test]
fn what_was_acked_alone_does_not_come_again() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    for name in ["a", "b", "c"] {
        say(&writer, name, name);
    }
    assert_eq!(receive(&reader, "s"), "a b c");
    let (open, b) = (receipt(&reader, "s"), id(&reader, "b"));
    reader.run(&format!("select eventlog.ack('s', {open}, '{{{b}}}')"));
    reader.run(&format!("select eventlog.release('s', {open})"));
    assert_eq!(receive(&reader, "s"), "a c");
    let stranger = "00000000-0000-7000-8000-000000000000";
    let open = receipt(&reader, "s");
    let refusal = reader.refused(&format!(
        "select eventlog.ack('s', {open}, '{{{stranger}}}')"
    ));
    assert_eq!(refusal.code, "22023");
    ack(&reader, "s");
    assert_eq!(receive(&reader, "s"), "");
}

#[test]
fn a_seek_voids_what_waits_and_keeps_what_is_dead() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', max_attempts => 1)");
    reader.run("select eventlog.subscribe('t')");
    for name in ["a", "b"] {
        say(&writer, name, "1");
    }
    receive(&reader, "s");
    nack(&reader, "s", &["a"]);
    receive(&reader, "t");
    nack(&reader, "t", &["a"]);
    let (s, t) = (receipt(&reader, "s"), receipt(&reader, "t"));
    for name in ["s", "t"] {
        reader.run(&format!("select eventlog.seek('{name}', '-infinity')"));
    }
    assert_eq!(
        reader
            .refused(&format!("select eventlog.ack('s', {s})"))
            .code,
        "55000"
    );
    assert_eq!(
        reader
            .refused(&format!("select eventlog.ack('t', {t})"))
            .code,
        "55000"
    );
    assert_eq!(dead(&reader), "a");
    assert_eq!(drain(&reader, "s"), "a b");
    assert_eq!(drain(&reader, "t"), "a b");
    writer.run("begin");
    say(&reader, "c", "1");
    assert_eq!(receive(&writer, "s"), "c");
    assert_eq!(
        reader.refused("select eventlog.seek('s', now())").code,
        "55P03"
    );
    writer.run("rollback");
}

#[test]
fn a_change_is_for_what_has_not_been_handed_out() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    say(&writer, "a1", "a");
    say(&writer, "b1", "b");
    assert_eq!(receive(&reader, "s"), "a1 b1");
    reader.run("select eventlog.alter_subscription('s', '{\"types\": [\"other\"]}')");
    crate::expire(&reader, "s");
    say(&writer, "c1", "c");
    assert_eq!(drain(&reader, "s"), "a1 b1");
    assert_eq!(drain(&reader, "s"), "");
}

#[test]
fn the_view_tells_who_has_what_and_how_far_it_is() {
    let (_database, [reader, writer]) = log();
    let look = |session: &Session| {
        let rows = session.run(
            "select state, lag_events, oldest_unacked is null, waiting, held, caught_up from eventlog.subscriptions",
        );
        let cells = rows[0].iter().map(|cell| cell.clone().unwrap_or_default());
        cells.collect::<Vec<String>>().join(" ")
    };
    reader.run("select eventlog.subscribe('s')");
    assert_eq!(look(&reader), "idle 0 t 0 0 t");
    say(&writer, "a1", "a");
    say(&writer, "a2", "a");
    assert_eq!(look(&reader), "idle 2 f 0 0 f");
    reader.run("begin");
    receive(&reader, "s");
    // The other one sees that somebody has it, and who.
    let holder = "select holder from eventlog.subscriptions";
    assert_eq!(writer.value(holder), reader.pid().to_string());
    reader.run("commit");
    assert_eq!(look(&reader), "delivering 2 f 0 0 f");
    crate::expire(&reader, "s");
    assert_eq!(look(&reader), "overdue 2 f 0 0 f");
    assert_eq!(receive(&reader, "s"), "a1 a2");
    let (open, a1) = (receipt(&reader, "s"), id(&reader, "a1"));
    reader.run(&format!(
        "select eventlog.nack('s', {open}, '{{{a1}}}', 'no', '1 hour')"
    ));
    ack(&reader, "s");
    // What waits is not settled.
    assert_eq!(look(&reader), "idle 0 f 1 1 f");
}

#[test]
fn who_settles_one_by_one_reads_once_and_keeps_little() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    writer.run(
        "insert into public.events (type, payload, entity_type, entity_id) \
         select 'said', jsonb_build_object('name', n), 'e', n from generate_series(1, 600) n",
    );
    assert_eq!(receive(&reader, "s").split(' ').count(), 600);
    let open = receipt(&reader, "s");
    let most = "select max(cardinality(settled)) from eventlog.subscription_shard";
    for n in 1..=300 {
        let event = id(&reader, &n.to_string());
        match n % 3 {
            0 => reader.run(&format!(
                "select eventlog.nack('s', {open}, '{{{event}}}', 'no', '1 hour')"
            )),
            _ => reader.run(&format!("select eventlog.ack('s', {open}, '{{{event}}}')")),
        };
        assert!(reader.value(most).parse::<u32>().expect("a number") <= 128);
        if n % 100 == 0 {
            // Whoever does not know whether it was acked says so again.
            reader.run(&format!(
                "select eventlog.ack('s', {open}, '{{{}}}')",
                id(&reader, "1")
            ));
        }
    }
    // Another session knows what is left, and so does the next receipt.
    writer.run(&format!("select eventlog.release('s', {open})"));
    let names = receive(&writer, "s");
    let left: Vec<String> = (301..=600).map(|n| n.to_string()).collect();
    assert_eq!(names, left.join(" "));
    ack(&writer, "s");
    reader.run("update eventlog.waiting_event set due_at = clock_timestamp()");
    let failed: Vec<String> = (1..=100).map(|n| (3 * n).to_string()).collect();
    assert_eq!(drain(&writer, "s"), failed.join(" "));
    assert_eq!(drain(&writer, "s"), "");
}
