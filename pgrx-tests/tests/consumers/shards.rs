//! Another number of shards: at a boundary, and each entity in its order.

use std::collections::BTreeMap;

use crate::{ack, id, log, receipt, receive, say};
use pg_eventlog_tests::Session;

/// Receives and acks until nothing comes; the names.
fn drain_all(session: &Session, subscription: &str) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let names = receive(session, subscription);
        if names.is_empty() {
            return all;
        }
        all.extend(names.split(' ').map(str::to_owned));
        ack(session, subscription);
    }
}

fn shards(session: &Session) -> String {
    session.value(
        "select count(*) || ' ' || coalesce(max(next_shards)::text, '-') from eventlog.subscriptions",
    )
}

fn change(session: &Session, shards: i32) {
    session.run(&format!(
        "select eventlog.alter_subscription('s', '{{\"shards\": {shards}}}')"
    ));
}

/// Names are `entity.number`; each entity's numbers rise by one.
fn in_order(names: &[String]) -> BTreeMap<String, usize> {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        let (entity, number) = name.split_once('.').expect("a name");
        let number: usize = number.parse().expect("a number");
        let before = last.insert(entity.to_owned(), number).unwrap_or(0);
        assert_eq!(number, before + 1, "{name} in {names:?}");
    }
    last
}

fn say_some(session: &Session, from: usize, to: usize) {
    for number in from..=to {
        for entity in 0..9 {
            say(session, &format!("{entity}.{number}"), &entity.to_string());
        }
    }
}

#[test]
fn more_and_fewer_begin_where_the_others_ended() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', shards => 2)");
    say_some(&writer, 1, 3);
    change(&reader, 5);
    assert_eq!(shards(&reader), "2 5");
    say_some(&writer, 4, 5);
    let mut names = drain_all(&reader, "s");
    assert_eq!(shards(&reader), "5 -");
    say_some(&writer, 6, 7);
    change(&reader, 1);
    say_some(&writer, 8, 8);
    names.extend(drain_all(&reader, "s"));
    assert_eq!(shards(&reader), "1 -");
    let last = in_order(&names);
    assert_eq!(last.len(), 9);
    assert!(last.values().all(|n| *n == 8), "{last:?}");
}

#[test]
fn nothing_passes_the_boundary_before_all_have_arrived() {
    let (_database, [one, two, writer]) = log();
    one.run("select eventlog.subscribe('s', shards => 2)");
    say_some(&writer, 1, 1);
    let mut first: Vec<String> = receive(&one, "s").split(' ').map(str::to_owned).collect();
    let open = receipt(&one, "s");
    change(&two, 3);
    say_some(&writer, 2, 2);
    // The other shard reads up to the boundary, and waits there for the first one.
    let second = drain_other(&two, &open);
    assert!(second.iter().all(|name| name.ends_with(".1")), "{second:?}");
    assert_eq!(receive(&two, "s"), "");
    assert_eq!(shards(&two), "2 3");
    // What was handed out before counts.
    one.run(&format!("select eventlog.ack('s', {open})"));
    first.extend(second);
    first.extend(drain_all(&two, "s"));
    assert_eq!(shards(&two), "3 -");
    let last = in_order(&first);
    assert!(
        last.len() == 9 && last.values().all(|n| *n == 2),
        "{last:?}"
    );
}

/// As `drain_all`, while a receipt stays open.
fn drain_other(session: &Session, open: &str) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let names = receive(session, "s");
        if names.is_empty() {
            return all;
        }
        all.extend(names.split(' ').map(str::to_owned));
        let receipt = session.value(&format!(
            "select receipt from eventlog.subscriptions where receipt <> {open} and state = 'delivering'"
        ));
        session.run(&format!("select eventlog.ack('s', {receipt})"));
    }
}

#[test]
fn what_waits_goes_to_the_shard_of_its_entity() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s')");
    say_some(&writer, 1, 2);
    let before: Vec<String> = receive(&reader, "s")
        .split(' ')
        .map(str::to_owned)
        .collect();
    let (open, failed) = (receipt(&reader, "s"), id(&reader, "3.1"));
    reader.run(&format!(
        "select eventlog.nack('s', {open}, '{{{failed}}}', 'no', '1 hour')"
    ));
    ack(&reader, "s");
    change(&reader, 4);
    say_some(&writer, 3, 3);
    let mut names: Vec<String> = before
        .into_iter()
        .filter(|name| !name.starts_with("3."))
        .collect();
    names.extend(drain_all(&reader, "s"));
    assert_eq!(shards(&reader), "4 -");
    let last = in_order(&names);
    assert!(
        last.len() == 8 && last.values().all(|n| *n == 3),
        "{last:?}"
    );
    reader.run("update eventlog.waiting_event set due_at = clock_timestamp()");
    assert_eq!(drain_all(&reader, "s"), ["3.1", "3.2", "3.3"]);
}

#[test]
fn a_change_is_taken_back_and_a_seek_goes_with_it() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', shards => 2)");
    say_some(&writer, 1, 1);
    change(&reader, 3);
    change(&reader, 2);
    assert_eq!(shards(&reader), "2 -");
    assert_eq!(in_order(&drain_all(&reader, "s")).len(), 9);
    change(&reader, 3);
    reader.run("select eventlog.seek('s', '-infinity')");
    say_some(&writer, 2, 2);
    let last = in_order(&drain_all(&reader, "s"));
    assert!(
        last.len() == 9 && last.values().all(|n| *n == 2),
        "{last:?}"
    );
    assert_eq!(shards(&reader), "3 -");
    let refusal = reader.refused("select eventlog.alter_subscription('s', '{\"shards\": 0}')");
    assert_eq!(refusal.code, "22023");
}

#[test]
fn receipts_rise_over_a_change() {
    let (_database, [reader, writer]) = log();
    reader.run("select eventlog.subscribe('s', shards => 3)");
    let mut last = 0;
    for (round, shards) in [1, 4, 2].into_iter().enumerate() {
        say_some(&writer, round + 1, round + 1);
        let mut highest = last;
        loop {
            if receive(&reader, "s").is_empty() {
                break;
            }
            let open = receipt(&reader, "s");
            let number: i64 = open.parse().expect("a number");
            assert!(number >> 10 > last >> 10);
            highest = highest.max(number);
            reader.run(&format!("select eventlog.ack('s', {open})"));
        }
        last = highest;
        change(&reader, shards);
        assert_eq!(receive(&reader, "s"), "");
    }
}
