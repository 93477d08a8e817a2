//! From commit to delivery: how long after an event has committed a consumer has it, with the background worker and by
//! polling alone; and how many notifications that takes. Prints a table in Markdown.
//!
//! Arguments: events a second, and for how many seconds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pg_eventlog_tests::{Cluster, Install, SUPERUSER};
use postgres::fallible_iterator::FallibleIterator;
use uuid::Uuid;

/// When each event was committed: from before the statement was sent, so a little too early.
type Sent = Arc<Mutex<HashMap<Uuid, Instant>>>;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|a| a.parse::<u64>().expect("a number"));
    let rate = arguments.next().unwrap_or(200);
    let seconds = arguments.next().unwrap_or(10);
    println!(
        "| from commit to delivery | events a second | median | 95 % | 99 % | notifications a second |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let (rarely, often) = (Duration::from_secs(5), Duration::from_millis(100));
    for (name, rate, worker, look) in [
        ("with the worker", rate, true, rarely),
        ("with the worker", rate * 5, true, rarely),
        ("a look every 100 ms", rate, false, often),
    ] {
        let (mut waits, notifications) = measure(rate, seconds, worker, look);
        waits.sort_unstable();
        let at = |part: usize| waits[(waits.len() - 1) * part / 100].as_secs_f64() * 1e3;
        println!(
            "| {name} | {rate} | {:.1} ms | {:.1} ms | {:.1} ms | {:.0} |",
            at(50),
            at(95),
            at(99),
            notifications as f64 / seconds as f64,
        );
    }
}

fn measure(rate: u64, seconds: u64, worker: bool, look: Duration) -> (Vec<Duration>, usize) {
    let preload = if worker {
        "shared_preload_libraries = 'pg_eventlog'"
    } else {
        ""
    };
    let cluster = Cluster::with(Install::under_test(), &[preload]);
    let mut admin = cluster.connect("postgres", SUPERUSER);
    admin
        .batch_execute(
            "create extension pg_eventlog;
             select eventlog.create_log('public.events', require_tenant => false);
             select eventlog.register_event_type('paid');
             select eventlog.subscribe('bench');",
        )
        .unwrap();
    let sent: Sent = Arc::default();
    let done = Arc::new(AtomicBool::new(false));
    let mut consumer = cluster.connect("postgres", SUPERUSER);
    consumer.batch_execute("listen eventlog").unwrap();
    let reader = {
        let (sent, done) = (Arc::clone(&sent), Arc::clone(&done));
        std::thread::spawn(move || {
            let (mut waits, mut notifications, mut looks) = (Vec::new(), 0, 0);
            while !done.load(Ordering::Relaxed) || looks < 3 {
                let mut transaction = consumer.transaction().unwrap();
                let query = "select id, receipt from eventlog.receive('bench', 1000)";
                let rows = transaction.query(query, &[]).unwrap();
                let now = Instant::now();
                if let Some(row) = rows.first() {
                    let receipt: i64 = row.get(1);
                    transaction
                        .execute("select eventlog.ack('bench', $1)", &[&receipt])
                        .unwrap();
                }
                transaction.commit().unwrap();
                let sent = sent.lock().unwrap();
                waits.extend(
                    rows.iter()
                        .filter_map(|row| Some(now - *sent.get(&row.get(0))?)),
                );
                drop(sent);
                looks = if rows.is_empty() { looks + 1 } else { 0 };
                if rows.is_empty() {
                    // As the workers in examples/: two quick looks after a busy time.
                    let wait = if worker && looks <= 2 {
                        Duration::from_millis(5)
                    } else {
                        look
                    };
                    let wait = if done.load(Ordering::Relaxed) {
                        wait.min(look / 10)
                    } else {
                        wait
                    };
                    let mut told = consumer.notifications();
                    notifications += usize::from(told.timeout_iter(wait).next().unwrap().is_some());
                    notifications += told.iter().count().unwrap();
                }
            }
            (waits, notifications)
        })
    };
    // The worker of the database has come.
    std::thread::sleep(Duration::from_secs(2));
    let mut writer = cluster.connect("postgres", SUPERUSER);
    let log = writer.prepare("select eventlog.log_event('paid')").unwrap();
    let start = Instant::now();
    for i in 0..rate * seconds {
        let due = start + Duration::from_micros(i * 1_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let before = Instant::now();
        // Nobody can have it before its id is known here: the lock is held meanwhile.
        let mut sent = sent.lock().unwrap();
        let id: Uuid = writer.query_one(&log, &[]).unwrap().get(0);
        sent.insert(id, before);
    }
    done.store(true, Ordering::Relaxed);
    reader.join().unwrap()
}
