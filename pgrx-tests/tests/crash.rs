//! What was acknowledged is there after a crash, and nothing twice.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pg_eventlog_tests::{Cluster, SUPERUSER, wait_until};

#[test]
fn every_acknowledged_event_survives_a_kill_and_a_retry_writes_it_once() {
    let mut cluster = Cluster::new();
    cluster
        .psql(
            "postgres",
            SUPERUSER,
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', require_tenant => false);
             select eventlog.register_event_type('counted')",
        )
        .expect_ok();
    let acknowledged = Mutex::new(Vec::new());
    let unanswered = Mutex::new(Vec::new());
    let stop = AtomicBool::new(false);
    let call = |key: &str| {
        format!(
            r#"select eventlog.log_event('counted', '{{"key": "{key}"}}', idempotency_key => '{key}')::text"#
        )
    };

    std::thread::scope(|scope| {
        for writer in 0..4 {
            let mut client = cluster.connect("postgres", SUPERUSER);
            let (acknowledged, unanswered, stop, call) = (&acknowledged, &unanswered, &stop, &call);
            scope.spawn(move || {
                for n in 0.. {
                    let key = format!("{writer}-{n}");
                    match client.query_one(&call(&key), &[]) {
                        Ok(row) => acknowledged
                            .lock()
                            .unwrap()
                            .push((key, row.get::<_, String>(0))),
                        Err(_) => {
                            unanswered.lock().unwrap().push(key);
                            break;
                        }
                    }
                    assert!(
                        !stop.load(Ordering::Relaxed),
                        "the kill did not reach the writer"
                    );
                }
            });
        }
        wait_until("some events are written", || {
            acknowledged.lock().unwrap().len() > 400
        });
        cluster.kill_9();
        // A writer that is still answered now talks to a server that should be dead.
        std::thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
    });

    cluster.start();
    let mut client = cluster.connect("postgres", SUPERUSER);
    let acknowledged = acknowledged.into_inner().unwrap();
    for (key, id) in &acknowledged {
        let found = client
            .query(
                "select id::text from public.events where idempotency_key = $1",
                &[key],
            )
            .unwrap();
        assert!(
            found.len() == 1 && found[0].get::<_, &str>(0) == id,
            "event {key} was acknowledged as {id} and is not there"
        );
    }
    // Whoever got no answer asks again, and so does one who had one: each event is there once.
    let retried = unanswered.into_inner().unwrap();
    assert_eq!(retried.len(), 4);
    for key in retried
        .iter()
        .chain(acknowledged.iter().map(|(key, _)| key))
    {
        client.query_one(&call(key), &[]).unwrap();
    }
    let row = client
        .query_one("select count(*), count(distinct idempotency_key), count(distinct id), count(distinct seq) from public.events", &[])
        .unwrap();
    let expected = (acknowledged.len() + retried.len()) as i64;
    for column in 0..4 {
        assert_eq!(row.get::<_, i64>(column), expected, "column {column}");
    }
    let claims: i64 = client
        .query_one("select count(*) from public.events_key", &[])
        .unwrap()
        .get(0);
    assert_eq!(claims, expected);
}
