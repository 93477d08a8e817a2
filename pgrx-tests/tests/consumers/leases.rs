//! Leases that run out.

use crate::{ack, drain, expire, log, receipt, receive, say};

#[test]
fn a_lease_that_ran_out_gives_the_events_to_another_and_refuses_the_late_ack() {
    let (_database, [one, two, writer]) = log();
    one.run("select eventlog.subscribe('s')");
    say(&writer, "a", "1");
    assert_eq!(receive(&one, "s"), "a");
    let first = receipt(&one, "s");
    assert_eq!(receive(&two, "s"), "");
    expire(&two, "s");
    // Also while nobody took over.
    assert_eq!(
        one.refused(&format!("select eventlog.ack('s', {first})"))
            .code,
        "55000"
    );
    // An error is told before the transaction has given back what it had.
    one.run("select 1");
    assert_eq!(
        two.value("select attempt || (payload ->> 'name') from eventlog.receive('s')"),
        "1a"
    );
    let second = receipt(&two, "s");
    assert!(first.parse::<i64>().unwrap() < second.parse::<i64>().unwrap());
    assert_eq!(
        one.refused(&format!("select eventlog.ack('s', {first})"))
            .code,
        "55000"
    );
    two.run(&format!("select eventlog.renew('s', {second}, '1 hour')"));
    two.run(&format!("select eventlog.ack('s', {second})"));
    assert_eq!(drain(&two, "s"), "");
}

#[test]
fn a_poison_event_becomes_a_dead_letter_alone() {
    let (_database, [worker, writer]) = log();
    worker.run("select eventlog.subscribe('s', max_attempts => 2, options => '{\"retry_base\": \"1 microsecond\"}')");
    for name in ["a", "b", "poison", "c", "d"] {
        say(&writer, name, name);
    }
    let mut done = Vec::new();
    for _ in 0..40 {
        let batch = receive(&worker, "s");
        if batch.split(' ').any(|name| name == "poison") {
            // It kills its worker each time.
            expire(&worker, "s");
            continue;
        }
        if batch.is_empty() {
            continue;
        }
        done.extend(batch.split(' ').map(str::to_owned));
        ack(&worker, "s");
    }
    done.sort_unstable();
    assert_eq!(done, ["a", "b", "c", "d"]);
    let dead = "select (select payload ->> 'name' from public.events e where e.id = d.event_id) || d.attempts \
        from eventlog.dead_letter d";
    assert_eq!(worker.value(dead), "poison2");
    say(&writer, "e", "e");
    say(&writer, "f", "f");
    assert_eq!(drain(&worker, "s"), "e f");
}

#[test]
fn a_release_is_no_expiry() {
    let (_database, [worker, writer]) = log();
    worker.run("select eventlog.subscribe('s')");
    for name in ["a", "b"] {
        say(&writer, name, name);
    }
    for _ in 0..5 {
        assert_eq!(receive(&worker, "s"), "a b");
        let open = receipt(&worker, "s");
        worker.run(&format!("select eventlog.release('s', {open})"));
    }
    assert_eq!(
        worker.value("select expiries from eventlog.subscription_shard"),
        "0"
    );
}
