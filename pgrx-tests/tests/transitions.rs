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

/// Holding, judging and moving are one statement for a single event, which draws the number.
#[test]
fn a_step_has_the_number_that_its_entity_tells() {
    for straight in ["on", "off"] {
        let (_database, first, _) = two_sessions();
        first.run(&format!("set eventlog.straight = {straight}"));
        for (event_type, id) in [("placed", 1), ("noted", 1), ("placed", 2), ("paid", 1)] {
            first.run(&step(event_type, id));
        }
        first
            .refused(&step("placed", 2))
            .is("23514", "does not let");
        first.run(&step("paid", 2));
        let told = "select string_agg(s.entity_id || s.state || e.type, ' ' order by e.seq)
            from public.events_state s join public.events e using (seq)";
        assert_eq!(first.value(told), "1paidpaid 2paidpaid");
        assert_eq!(life(&first, 1), "placed noted paid");
    }
}

#[test]
fn a_step_is_undone_with_what_its_event_breaks() {
    let (_database, first, _) = two_sessions();
    first.run("select eventlog.add_check_rule('amount', 'paid', '$.payload.amount > 0')");
    first.run(&step("placed", 1));
    first.run("begin");
    first.run("savepoint before");
    first.refused(&step("paid", 1)).is("23514", "amount");
    first.run("rollback to before");
    first.run("select eventlog.log_event('paid', '{\"amount\": 1}', entity_type => 'order', entity_id => 1)");
    first.run("commit");
    assert_eq!(life(&first, 1), "placed paid");
}

/// A number is drawn as the log's owner when an entity is moved, so the writer's own right is asked for before.
#[test]
fn whoever_may_not_draw_numbers_is_refused() {
    let (_database, first, _) = two_sessions();
    let role = first.value("select 'step_' || txid_current()");
    first.run(&format!("create role {role}; grant insert on public.events to {role}; grant usage on schema public to {role}"));
    first.run("revoke usage on all sequences in schema public from public");
    first.run(&format!("set role {role}"));
    first
        .refused(&step("placed", 1))
        .is("42501", "permission denied for sequence");
    first.run("reset role");
    assert_eq!(first.value("select count(*) from public.events_state"), "0");
    first.run(&format!("drop owned by {role}; drop role {role}"));
}

fn append(event_type: &str, id: u32, expected: &str) -> String {
    format!(
        "select eventlog.append_events('thing', {id}, '[{{\"type\": \"{event_type}\"}}]', {expected})"
    )
}

/// Of several that append after the same event one does, whatever the others are in the midst of.
#[test]
fn of_two_that_append_after_the_same_event_one_does() {
    let (_database, first, mut second) = two_sessions();
    // The table that has the lock is made by the first of them; then the row by either.
    for id in [1, 2] {
        for _ in 0..2 {
            let last = first.value(&format!(
                "select coalesce((select 'expected_last => ''' || id || '''' from public.events
                    where entity_type = 'thing' and entity_id = '{id}' order by seq desc limit 1), 'expect_new => true')"
            ));
            first.run("begin");
            first.run(&append("a", id, &last));
            let other = second.start(&append("b", id, &last));
            second.wait_until_blocked();
            first.run("commit");
            other.refused().is("23514", "its last event is");
            // Undone, it was no append.
            first.run("begin");
            first.run(&append("c", id, "expect_new => false"));
            let other = second.start(&append("d", id, "expect_new => false"));
            second.wait_until_blocked();
            first.run("rollback");
            other.succeeds();
        }
    }
    let kinds = "select string_agg(type, '' order by entity_id, seq) from public.events where entity_type = 'thing'";
    assert_eq!(first.value(kinds), "adadadad");
}

#[test]
fn an_append_after_what_is_not_seen_is_to_be_tried_again() {
    let (_database, first, second) = two_sessions();
    first.run(&append("a", 1, "expect_new => true"));
    for (id, expected) in [(1, "expect_new => false"), (2, "expect_new => true")] {
        second.run("begin isolation level repeatable read");
        second.run("select 1");
        first.run(&append("b", id, expected));
        second.refused(&append("c", id, expected)).is("40001", "");
        second.run("rollback");
    }
}

/// As under a foreign key, what an event refers to stays until its transaction ends.
#[test]
fn what_an_event_refers_to_stays_until_it_is_committed() {
    let (_database, first, mut second) = two_sessions();
    first.run("create table public.customer (id int primary key)");
    first.run("insert into public.customer values (1)");
    first.run("select eventlog.add_reference_rule('known', 'made', '$.payload.id', 'public.customer', 'id')");
    first.run("begin");
    first.run("select eventlog.log_event('made', '{\"id\": 1}')");
    let gone = second.start("delete from public.customer");
    second.wait_until_blocked();
    first.run("commit");
    gone.succeeds();
    let made = "select eventlog.log_event('made', '{\"id\": 1}')";
    first.refused(made).is("23514", "no such row");
    // One that goes meanwhile is gone, one that comes meanwhile is not there yet.
    first.run("insert into public.customer values (1)");
    second.run("begin");
    second.run("delete from public.customer");
    let refused = first.start(made);
    second.run("commit");
    refused.refused().is("23514", "no such row");
}
