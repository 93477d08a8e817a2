//! Tracking begins and ends while others write, and two who begin it at once do not get in each other's way.

use pg_eventlog_tests::{Database, Session};

const TRACK: &str = "select eventlog.track_changes('orders')";

/// A log, a partitioned table and two sessions.
fn two_sessions() -> (Database, Session, Session) {
    let database = Database::fresh();
    let (first, second) = (database.session(), database.session());
    first.run("select eventlog.create_log('public.events', require_tenant => false)");
    first.run("create table public.orders (id int primary key) partition by range (id)");
    first.run("create table public.orders_1 partition of public.orders default");
    (database, first, second)
}

/// The entities whose changes the log tells, in order.
fn told(session: &Session) -> String {
    session.value("select coalesce(string_agg(entity_id, ' ' order by seq), '') from public.events")
}

#[test]
fn tracking_waits_for_those_who_write_and_tells_of_what_comes_later() {
    let (_database, mut first, second) = two_sessions();
    second.run("begin");
    second.run("insert into public.orders_1 values (1)");
    let tracking = first.start(TRACK);
    first.wait_until_blocked();
    second.run("insert into public.orders_1 values (2)");
    second.run("commit");
    tracking.succeeds();
    second.run("insert into public.orders_1 values (3)");
    assert_eq!(told(&first), "3");
    let before = "select count(*) = 0 from public.events e, eventlog.tracked_table t
        where e.recorded_at < t.tracked_since";
    assert_eq!(first.value(before), "t");
}

#[test]
fn who_writes_while_tracking_begins_or_ends_waits_and_is_told_of_or_not() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(TRACK);
    let insertion = second.start("insert into public.orders_1 values (1)");
    second.wait_until_blocked();
    first.run("commit");
    insertion.succeeds();
    assert_eq!(told(&first), "1");

    first.run("begin");
    first.run("select eventlog.untrack_changes('orders')");
    let insertion = second.start("insert into public.orders_1 values (2)");
    second.wait_until_blocked();
    first.run("commit");
    insertion.succeeds();
    assert_eq!(told(&first), "1");

    first.run("begin");
    first.run(TRACK);
    let insertion = second.start("insert into public.orders values (3)");
    second.wait_until_blocked();
    first.run("rollback");
    insertion.succeeds();
    assert_eq!(told(&first), "1");
}

#[test]
fn the_second_to_track_a_table_finds_it_tracked() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(TRACK);
    let again = second.start(TRACK);
    second.wait_until_blocked();
    first.run("commit");
    again.succeeds();
    assert_eq!(
        first.value("select count(*) from eventlog.tracked_table"),
        "1"
    );
    let acts = "select count(*) from eventlog.admin_log where object = 'public.orders'";
    assert_eq!(first.value(acts), "1");
}

#[test]
fn two_tables_do_not_become_one_kind_of_entity() {
    let (_database, first, mut second) = two_sessions();
    first.run("create table public.invoices (id int primary key)");
    first.run("begin");
    first.run("select eventlog.track_changes('orders', 'paper')");
    let other = second.start("select eventlog.track_changes('invoices', 'paper')");
    second.wait_until_blocked();
    first.run("commit");
    other.refused().is("22023", "entity type");

    first.run("select eventlog.untrack_changes('orders')");
    first.run("begin");
    first.run("select eventlog.track_changes('orders', 'paper')");
    let other = second.start("select eventlog.track_changes('invoices', 'paper')");
    second.wait_until_blocked();
    first.run("rollback");
    other.succeeds();
}

/// The snapshot of a transaction may be older than what it must know.
#[test]
fn in_repeatable_read_tracking_is_right_or_retried() {
    let (_database, first, second) = two_sessions();
    second.run("begin isolation level repeatable read");
    second.run("select count(*) from public.orders");
    first.run(TRACK);
    let again = second
        .start("select eventlog.track_changes('orders', 'other')")
        .end();
    if let Err(refusal) = again {
        assert_eq!(refusal.code, "40001", "{refusal:?}");
        second.run("rollback");
    } else {
        second.run("commit");
    }
    first.run("insert into public.orders values (1)");
    assert_eq!(told(&first), "1");
    assert_eq!(
        first.value("select count(*) from eventlog.tracked_tables where state = 'ready'"),
        "1"
    );
}
