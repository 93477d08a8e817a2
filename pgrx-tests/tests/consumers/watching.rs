//! What the view says of a subscription that is behind.

use crate::{ack, drain, log, nack, receive, say};

#[test]
fn the_rate_is_of_the_last_minutes() {
    let (_database, [worker, writer]) = log();
    worker.run("select eventlog.subscribe('s')");
    let rate = |asked: &str| {
        worker.value(&format!(
            "select {asked} from eventlog.subscriptions where name = 's'"
        ))
    };
    assert_eq!(rate("rate"), "0.000");
    writer.run("select eventlog.log_event('said') from generate_series(1, 600)");
    receive(&worker, "s");
    // 600 in no time are ten a second over a minute.
    assert_eq!(rate("rate between 9 and 10"), "t");
    let back =
        "update eventlog.subscription_shard set rated_at = clock_timestamp() - interval '1 minute'";
    worker.run(back);
    assert_eq!(rate("rate between 3 and 3.7"), "t");
    // And it goes on from there.
    ack(&worker, "s");
    writer.run("select eventlog.log_event('said') from generate_series(1, 60)");
    receive(&worker, "s");
    assert_eq!(rate("rate between 3.9 and 4.7"), "t");
}

#[test]
fn what_waits_or_lies_far_ahead_is_still_to_come() {
    let (_database, [worker, writer]) = log();
    worker.run("select eventlog.subscribe('s'), eventlog.subscribe('t', types => '{rare}')");
    let shows = |subscription: &str, asked: &str| {
        worker.value(&format!(
            "select concat_ws(' ', {asked}) from eventlog.subscriptions where name = '{subscription}'"
        ))
    };
    let since =
        "(select payload ->> 'name' from public.events e where e.recorded_at = oldest_unacked)";
    assert_eq!(shows("s", "caught_up, lag_events, lag is null"), "t 0 t");

    for name in ["a", "b", "c"] {
        say(&writer, name, name);
    }
    assert_eq!(receive(&worker, "s"), "a b c");
    nack(&worker, "s", &["b"]);
    ack(&worker, "s");
    // The position is past it, and it is still the oldest.
    say(&writer, "d", "d");
    let state = format!("caught_up, lag_events, waiting, {since}");
    assert_eq!(shows("s", &state), "f 1 1 b");
    assert_eq!(drain(&worker, "s"), "b d");
    assert_eq!(shows("s", "caught_up, lag_events, lag is null"), "t 0 t");

    // A call reads 50,000 rows at most, and what is wanted lies behind them.
    writer.run(
        "select eventlog.log_event('said', entity_id => n::text) from generate_series(1, 50000) n",
    );
    writer.run("select eventlog.log_event('rare')");
    assert_eq!(shows("t", "caught_up, lag_events > 0"), "f t");
    assert_eq!(receive(&worker, "t"), "");
    assert_eq!(shows("t", "caught_up, lag_events"), "f 1");
    let types = "select string_agg(type, ' ') from eventlog.receive('t')";
    assert_eq!(worker.value(types), "rare");
}
