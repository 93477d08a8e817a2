//! Steps of one entity by several sessions at once: each follows on what was committed before it, and numbers and times
//! are in the order in which they follow on each other.

use pg_eventlog_tests::{Database, Session};

fn two_sessions() -> (Database, Session, Session) {
    let database = Database::fresh();
    let (first, second) = (database.session(), database.session());
    first.run("select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow')");
    first.run(
        r#"select eventlog.add_transition_rule('order', 'order', '{"": ["placed"], "placed": ["paid"], "paid": ["sent"]}')"#,
    );
    (database, first, second)
}

fn step(event_type: &str, id: u32) -> String {
    format!("select eventlog.log_event('{event_type}', entity_type => 'order', entity_id => {id})")
}

fn insert(event_type: &str, id: u32) -> String {
    format!(
        "insert into public.events (type, entity_type, entity_id, payload) values ('{event_type}', 'order', '{id}', '{{}}')"
    )
}

fn batch(steps: &[(&str, u32)]) -> String {
    let events = steps.iter().map(|(event_type, id)| {
        format!(r#"{{"type": "{event_type}", "entity_type": "order", "entity_id": {id}}}"#)
    });
    let events: Vec<_> = events.collect();
    format!("select eventlog.log_events('[{}]')", events.join(","))
}

/// Events of an entity in the order of their numbers, and whether their times are in that order, too.
fn life(session: &Session, id: u32) -> String {
    session.value(&format!(
        "select string_agg(type, ' ' order by seq) || case when array_agg(recorded_at order by seq)
            = array_agg(recorded_at order by recorded_at) and array_agg(id order by seq) = array_agg(id order by id)
            then '' else ' in disorder' end
         from public.events where entity_id = '{id}'"
    ))
}

#[test]
fn the_second_waits_and_follows_on_the_first() {
    for statement in [step, |t: &str, n| batch(&[(t, n)])] {
        let (_database, first, mut second) = two_sessions();
        first.run("begin");
        first.run(&step("placed", 1));
        let next = second.start(&statement("paid", 1));
        second.wait_until_blocked();
        // Whoever is first draws more numbers while the other one waits.
        first.run(&step("noted", 1));
        first.run("commit");
        next.succeeds();
        assert_eq!(life(&first, 1), "placed noted paid");
    }
}

/// Its default has drawn the number before the gate waits.
#[test]
fn a_plain_insert_draws_its_number_anew_where_it_waited() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(&step("placed", 1));
    let next = second.start(&insert("paid", 1));
    second.wait_until_blocked();
    first.run(&step("noted", 1));
    first.run("commit");
    next.succeeds();
    let life = "select string_agg(type, ' ' order by seq), array_agg(seq order by seq) = array_agg(seq order by recorded_at) from public.events";
    let found = first.run(life);
    assert_eq!(
        found,
        [[Some("placed noted paid".to_owned()), Some("t".to_owned())]]
    );
    assert_eq!(
        first.value("select state || (select type from public.events e where e.seq = s.seq) from public.events_state s"),
        "paidpaid"
    );
}

#[test]
fn two_that_would_take_the_same_step_take_it_once() {
    for statement in [step, insert] {
        for begun in [false, true] {
            let (_database, first, mut second) = two_sessions();
            let next = match begun {
                true => {
                    first.run(&step("placed", 1));
                    "paid"
                }
                // The row of the entity is made by either.
                false => "placed",
            };
            first.run("begin");
            first.run(&statement(next, 1));
            let other = second.start(&statement(next, 1));
            second.wait_until_blocked();
            first.run("commit");
            other.refused().is("23514", "does not let");
        }
    }
}

#[test]
fn after_a_rollback_the_second_follows_on_what_was_before() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(&step("placed", 1));
    let next = second.start(&step("paid", 1));
    second.wait_until_blocked();
    first.run("rollback");
    next.refused().is("23514", "follow on no state");
    first.run("begin");
    first.run(&step("placed", 1));
    let again = second.start(&step("placed", 1));
    second.wait_until_blocked();
    first.run("rollback");
    again.succeeds();
    assert_eq!(life(&first, 1), "placed");
}

/// What is undone within a transaction leaves nothing that a later step would be judged by.
#[test]
fn a_savepoint_that_is_undone_was_no_step() {
    let (_database, first, _) = two_sessions();
    first.run("begin");
    first.run(&step("placed", 1));
    first.run("savepoint s");
    first.run(&step("paid", 1));
    first.run("rollback to s");
    first.refused(&step("sent", 1)).is("23514", "\"placed\"");
    first.run("rollback to s");
    first.run(&step("paid", 1));
    first.run("commit");
    assert_eq!(life(&first, 1), "placed paid");
}

#[test]
fn in_repeatable_read_a_step_on_what_is_not_seen_is_to_be_tried_again() {
    for begun in [false, true] {
        let (_database, first, second) = two_sessions();
        if begun {
            first.run(&step("placed", 1));
        }
        second.run("begin isolation level repeatable read");
        second.run("select count(*) from public.events");
        first.run(&step(if begun { "paid" } else { "placed" }, 1));
        let refusal = second.refused(&step(if begun { "sent" } else { "paid" }, 1));
        assert_eq!(refusal.code, "40001", "{refusal:?}");
        second.run("rollback");
        second.run(&step(if begun { "sent" } else { "paid" }, 1));
    }
}

#[test]
fn batches_in_opposite_order_do_not_deadlock() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(&batch(&[("placed", 2), ("placed", 1), ("paid", 2)]));
    let other = second.start(&batch(&[("paid", 1), ("sent", 2)]));
    second.wait_until_blocked();
    first.run(&batch(&[("noted", 1), ("noted", 2)]));
    first.run("commit");
    other.succeeds();
    assert_eq!(life(&first, 1), "placed noted paid");
    assert_eq!(life(&first, 2), "placed paid noted sent");
}

#[test]
fn captured_steps_are_steps() {
    let (_database, first, mut second) = two_sessions();
    first.run("create table public.things (id int primary key, state text)");
    first.run("select eventlog.track_changes('public.things', entity_type => 'thing', state_column => 'state')");
    first.run(
        r#"select eventlog.add_transition_rule('thing', 'thing', '{"": ["b"], "b": ["c"], "c": ["b"]}',
            path => '$.payload.state.new', types => '{thing.state_changed}')"#,
    );
    first.run("insert into public.things values (1, 'a'), (2, 'a')");
    first.run("begin");
    first.run("update public.things set state = 'b'");
    let next = second.start("update public.things set state = 'c' where id = 2");
    second.wait_until_blocked();
    first.run("commit");
    next.succeeds();
    second
        .refused("update public.things set state = 'd'")
        .is("23514", "rule \"thing\"");
    assert_eq!(
        first.value("select string_agg(state, '' order by entity_id) from public.events_state"),
        "bc"
    );
}

/// Whoever waits for the log while a rule is made is judged by it.
#[test]
fn a_rule_that_is_being_made_is_not_passed_by() {
    for statement in [step, insert, |t: &str, n| batch(&[(t, n)])] {
        let (_database, first, mut second) = two_sessions();
        first.run("select eventlog.remove_event_rule('order')");
        second.run(&statement("sent", 7));
        first.run("begin");
        first.run(
            r#"select eventlog.add_transition_rule('order', 'order', '{"": ["placed"], "placed": ["sent"]}', existing => 'ignore')"#,
        );
        let passing = second.start(&statement("sent", 1));
        second.wait_until_blocked();
        first.run("commit");
        passing.refused().is("23514", "rule \"order\"");
        let past =
            first.value("select string_agg(entity_id || state, ' ') from public.events_state");
        assert_eq!(past, "7sent");
    }
}
