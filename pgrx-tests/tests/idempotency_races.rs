//! The same idempotency key from several sessions at once: one event, one id, and no deadlock.

use pg_eventlog_tests::{Database, Session};

fn two_sessions() -> (Database, Session, Session) {
    let database = Database::fresh();
    let (first, second) = (database.session(), database.session());
    first.run("select eventlog.create_log('public.events', require_tenant => false)");
    first.run("select eventlog.register_event_type('paid')");
    (database, first, second)
}

fn with_key(key: &str, payload: &str) -> String {
    format!("select eventlog.log_event('paid', '{payload}', idempotency_key => '{key}')")
}

fn batch(keys: &[&str]) -> String {
    let events = keys.iter().map(|key| {
        format!(r#"{{"type": "paid", "payload": {{"key": "{key}"}}, "idempotency_key": "{key}"}}"#)
    });
    format!(
        "select eventlog.log_events('[{}]')",
        events.collect::<Vec<_>>().join(",")
    )
}

#[test]
fn a_duplicate_waits_for_the_first_and_gets_its_id() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    let id = first.value(&with_key("k", r#"{"n": 1}"#));
    let duplicate = second.start(&with_key("k", r#"{"n": 1.0}"#));
    second.wait_until_blocked();
    first.run("commit");
    assert_eq!(duplicate.succeeds(), [[Some(id)]]);
    assert_eq!(first.value("select count(*) from public.events"), "1");
}

#[test]
fn a_duplicate_with_other_content_waits_and_is_refused() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    first.run(&with_key("k", r#"{"n": 1}"#));
    let other = second.start(&with_key("k", r#"{"n": 2}"#));
    second.wait_until_blocked();
    first.run("commit");
    other.refused().is("23505", "idempotency key");
}

#[test]
fn after_a_rollback_the_duplicate_is_the_first() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    let undone = first.value(&with_key("k", r#"{"n": 1}"#));
    let next = second.start(&with_key("k", r#"{"n": 2}"#));
    second.wait_until_blocked();
    first.run("rollback");
    assert_ne!(next.succeeds(), [[Some(undone)]]);
    assert_eq!(first.value("select payload -> 'n' from public.events"), "2");
}

/// A snapshot from before the first event cannot show it; the answer is the id all the same, or a serialisation failure
/// that callers retry, but never a second event.
#[test]
fn a_duplicate_in_repeatable_read_is_answered_or_retried() {
    let (_database, first, second) = two_sessions();
    second.run("begin isolation level repeatable read");
    second.run("select count(*) from public.events");
    let id = first.value(&with_key("k", r#"{"n": 1}"#));
    match second.start(&with_key("k", r#"{"n": 1}"#)).end() {
        Ok(rows) => assert_eq!(rows, [[Some(id.clone())]]),
        Err(refusal) => assert_eq!(refusal.code, "40001", "{refusal:?}"),
    }
    second.run("rollback");
    assert_eq!(second.value(&with_key("k", r#"{"n": 1}"#)), id);
    assert_eq!(first.value("select count(*) from public.events"), "1");
}

#[test]
fn batches_in_opposite_order_do_not_deadlock() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    let ids = first.run(&batch(&["a", "b", "c", "d"]));
    let reversed = second.start(&batch(&["d", "c", "b", "a", "e"]));
    second.wait_until_blocked();
    first.run("commit");
    let answer = reversed.succeeds();
    assert_eq!(answer.len(), 5);
    assert_eq!(
        answer[..4].iter().rev().collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
    assert_eq!(first.value("select count(*) from public.events"), "5");
}

/// Each batch is stopped, by a third session, between its first and its last key, and the first key of each is the last
/// of the other: claimed in the order of the array they would then wait for each other for ever.
#[test]
fn batches_that_meet_in_the_middle_do_not_deadlock() {
    let (database, mut first, mut second) = two_sessions();
    let third = database.session();
    third.run("begin");
    third.run(&batch(&["m1", "m2"]));
    let upwards = first.start(&batch(&["a", "m1", "z"]));
    first.wait_until_blocked();
    let downwards = second.start(&batch(&["z", "m2", "a"]));
    second.wait_until_blocked();
    third.run("rollback");
    let (upwards, downwards) = (upwards.succeeds(), downwards.succeeds());
    assert_eq!((&upwards[0], &upwards[2]), (&downwards[2], &downwards[0]));
    assert_eq!(first.value("select count(*) from public.events"), "4");
}

/// Many sessions, the same keys in different orders, single calls and batches mixed: each key has one event.
#[test]
fn a_crowd_with_the_same_keys_writes_each_once() {
    let (database, first, _second) = two_sessions();
    let keys: Vec<String> = (0..40).map(|n| format!("k{n}")).collect();
    let answers: Vec<Vec<String>> = std::thread::scope(|scope| {
        let crowd: Vec<_> = (0..6)
            .map(|session| {
                let (database, keys) = (&database, &keys);
                scope.spawn(move || {
                    let mut order: Vec<&str> = keys.iter().map(String::as_str).collect();
                    order.rotate_left(session * 7);
                    if session % 2 == 1 {
                        order.reverse();
                    }
                    let session_of_mine = database.session();
                    let mut ids = Vec::new();
                    for part in order.chunks(8) {
                        let rows = if session < 4 {
                            session_of_mine.run(&batch(part))
                        } else {
                            let one = |key: &&str| {
                                session_of_mine
                                    .value(&with_key(key, &format!(r#"{{"key": "{key}"}}"#)))
                            };
                            part.iter().map(|key| vec![Some(one(key))]).collect()
                        };
                        ids.extend(rows.into_iter().map(|row| row[0].clone().unwrap()));
                    }
                    ids.sort();
                    ids
                })
            })
            .collect();
        crowd
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(
        answers.iter().all(|ids| *ids == answers[0]),
        "sessions got different ids"
    );
    assert_eq!(first.value("select count(*) from public.events"), "40");
    assert_eq!(
        first.value("select count(distinct idempotency_key) from public.events"),
        "40"
    );
}
