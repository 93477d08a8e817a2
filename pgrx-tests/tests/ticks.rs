//! Batches: each event is in one of them, whatever commits late and whoever closes them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use model::window::Position;
use pg_eventlog_tests::{Cluster, Database, LIMIT, Rounds, SUPERUSER, Session, wait_until};
use postgres::Client;

const LOG: &str = "
    select eventlog.create_log('public.events', require_tenant => false);
    select eventlog.register_event_type('paid');
    -- A reader that has read none, so that all are kept.
    insert into eventlog.batch_reader select log_id, 'test', 0 from eventlog.log;";

fn with_log() -> (Database, Client) {
    let database = Database::fresh();
    let mut admin = database.admin();
    admin.batch_execute(LOG).unwrap();
    (database, admin)
}

/// Closes a batch, as if a second had gone by.
fn tick(client: &mut Client) -> Option<i64> {
    client
        .batch_execute(
            "update eventlog.batch set closed_at = closed_at - interval '1 day'
             where number = (select max(number) from eventlog.batch)",
        )
        .unwrap();
    let row = client.query_one("select eventlog.tick()", &[]).unwrap();
    row.get(0)
}

/// Closes batches until there is nothing to close: the last one.
fn tick_all(client: &mut Client) -> i64 {
    let mut last = None;
    wait_until("there is nothing to close", || match tick(client) {
        Some(number) => {
            last = Some(number);
            false
        }
        None => true,
    });
    let query = "select max(number) from eventlog.batch";
    let kept: i64 = client.query_one(query, &[]).unwrap().get(0);
    assert!(last.is_none_or(|last| last <= kept));
    kept
}

/// The events, by number, and the batch that each is in: the first one that ended after its transaction.
fn batches(client: &mut Client) -> BTreeMap<i64, Option<i64>> {
    let query = "select number, position from eventlog.batch order by number";
    let ends: Vec<(i64, Position)> = client
        .query(query, &[])
        .unwrap()
        .iter()
        .map(|row| (row.get(0), Position::from_bytes(row.get(1)).unwrap()))
        .collect();
    for pair in ends.windows(2) {
        assert_eq!(pair[1].0, pair[0].0 + 1, "a number is missing");
        assert!(pair[1].1.seen().contains(pair[0].1.seen()));
    }
    let rows = client.query("select seq, xid from events", &[]).unwrap();
    let batch = |xid: i64| {
        let mut ends = ends.iter();
        ends.find(|(_, end)| end.seen().sees(xid as u64))
            .map(|(number, _)| *number)
    };
    rows.iter()
        .map(|row| (row.get(0), batch(row.get(1))))
        .collect()
}

fn log(client: &mut Client) {
    client
        .batch_execute("select eventlog.log_event('paid')")
        .unwrap();
}

#[test]
fn one_that_commits_late_is_in_a_later_batch() {
    let (database, mut admin) = with_log();
    let late = Session::open(&database, SUPERUSER);
    late.run("begin");
    late.run("select eventlog.log_event('paid')");
    log(&mut admin);
    let first = tick(&mut admin).unwrap();
    log(&mut admin);
    let second = tick(&mut admin).unwrap();
    late.run("commit");
    let third = tick(&mut admin).unwrap();
    let found: Vec<_> = batches(&mut admin).into_values().flatten().collect();
    assert_eq!(found, [third, first, second]);
}

#[test]
fn what_a_procedure_writes_after_it_is_in_a_later_batch() {
    let (_database, mut admin) = with_log();
    tick(&mut admin);
    log(&mut admin);
    admin
        .batch_execute("update eventlog.batch set closed_at = closed_at - interval '1 day'")
        .unwrap();
    admin
        .batch_execute(
            "do $$ begin perform eventlog.tick(); perform eventlog.log_event('paid'); end $$",
        )
        .unwrap();
    tick_all(&mut admin);
    let found: Vec<_> = batches(&mut admin).into_values().flatten().collect();
    assert_eq!(found.len(), 2);
    assert!(found[0] < found[1], "{found:?}");
}

/// The least that lies between the ends of two batches.
const LEAST: &str = "select min(gap) >= interval '1 second' from (
    select closed_at - lag(closed_at) over (order by number) as gap from eventlog.batch) gaps";

/// Whoever asks, and how many: sessions that ask all the time, while events come all the time.
#[test]
fn at_most_one_batch_a_second_is_closed() {
    let (database, mut admin) = with_log();
    let count = "select count(*) from eventlog.batch";
    let ticked = AtomicU32::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let mut client = database.admin();
            let ticked = &ticked;
            scope.spawn(move || {
                while ticked.load(Ordering::Relaxed) < 3 && start.elapsed() < LIMIT {
                    log(&mut client);
                    let row = client.query_one("select eventlog.tick()", &[]).unwrap();
                    let closed = row.get::<_, Option<i64>>(0).is_some();
                    ticked.fetch_add(closed.into(), Ordering::Relaxed);
                }
            });
        }
    });
    assert!(ticked.load(Ordering::Relaxed) >= 3, "too few are closed");
    assert!(admin.query_one(LEAST, &[]).unwrap().get::<_, bool>(0));
    // A null says that none was closed.
    let closed: i64 = admin.query_one(count, &[]).unwrap().get(0);
    assert_eq!(closed, i64::from(ticked.load(Ordering::Relaxed)));
    // A clock that was set back an hour does not stop them for an hour.
    log(&mut admin);
    admin
        .batch_execute("update eventlog.batch set closed_at = closed_at + interval '1 hour'")
        .unwrap();
    let row = admin.query_one("select eventlog.tick()", &[]).unwrap();
    assert_eq!(row.get::<_, Option<i64>>(0), Some(closed + 1));
}

/// An event of half an hour ago, after a batch of an hour ago.
const LATE: &str = "
    select eventlog.tick();
    update eventlog.batch set closed_at = closed_at - interval '1 hour';
    alter table public.events disable trigger eventlog_gate;
    insert into public.events (id, type, payload) values (rpad(lpad(to_hex(floor(extract(epoch from clock_timestamp()
        - interval '30 minutes') * 1000)::bigint), 12, '0'), 32, '7')::uuid, 'paid', '{}');
    alter table public.events enable trigger eventlog_gate;";

#[test]
fn doctor_tells_who_holds_up_a_batch() {
    let (database, mut admin) = with_log();
    for sql in LATE.split_inclusive(';') {
        admin.batch_execute(sql).unwrap();
    }
    let mut doctor = || -> (String, String) {
        let found = "select finding, remedy from eventlog.doctor() where object = 'public.events'";
        let row = admin.query_one(found, &[]).unwrap();
        (row.get(0), row.get(1))
    };
    let (finding, remedy) = doctor();
    assert!(finding.starts_with("closed no batch since "), "{finding}");
    assert!(finding.ends_with("nobody calls eventlog.tick(), as the background worker does"));
    assert_eq!(remedy, "select eventlog.tick('public.events')");

    // Whoever closes one and goes on in the same transaction.
    let holder = Session::open(&database, SUPERUSER);
    let blocker = Session::open(&database, SUPERUSER);
    blocker.run("begin; lock table eventlog.batch in exclusive mode");
    let waits = holder.start("do $$ begin perform eventlog.tick(); perform pg_sleep(100); end $$");
    let expected = format!(
        "process {}, which is closing one, waits for process {}",
        holder.pid(),
        blocker.pid()
    );
    wait_until("it is told who is waited for", || {
        doctor().0.ends_with(&expected)
    });
    assert_eq!(
        doctor().1,
        format!("select pg_terminate_backend({})", blocker.pid())
    );
    blocker.run("rollback");
    let expected = format!(
        "process {} has closed one in a transaction that is open since ",
        holder.pid()
    );
    wait_until("it is told who holds it", || doctor().0.contains(&expected));
    let remedy = doctor().1;
    assert_eq!(
        remedy,
        format!("select pg_terminate_backend({})", holder.pid())
    );
    // And that ends it.
    admin.batch_execute(&remedy).unwrap();
    waits.dies();
    wait_until("it is gone", || {
        admin
            .query_one("select eventlog.tick()", &[])
            .unwrap()
            .get::<_, Option<i64>>(0)
            == Some(2)
    });
    let found = "select count(*) from eventlog.doctor() where object = 'public.events'";
    assert_eq!(admin.query_one(found, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn an_idle_log_has_no_further_batches_and_writes_nothing() {
    // A cluster of its own: what runs elsewhere when a batch is closed, and ends later, may have been an event.
    let cluster = Cluster::new();
    let mut admin = cluster.connect("postgres", SUPERUSER);
    admin.batch_execute("create extension pg_eventlog").unwrap();
    admin.batch_execute(LOG).unwrap();
    log(&mut admin);
    let last = tick_all(&mut admin);
    let rewind = "update eventlog.batch set closed_at = closed_at - interval '1 day'";
    admin.batch_execute(rewind).unwrap();
    let written =
        "select pg_current_wal_insert_lsn()::text, pg_snapshot_xmax(pg_current_snapshot())::text";
    let before = admin.query_one(written, &[]).unwrap();
    for _ in 0..10 {
        let row = admin.query_one("select eventlog.tick()", &[]).unwrap();
        assert_eq!(row.get::<_, Option<i64>>(0), None);
    }
    let after = admin.query_one(written, &[]).unwrap();
    for i in 0..2 {
        assert_eq!(before.get::<_, String>(i), after.get::<_, String>(i));
    }
    // Elsewhere transactions come and go.
    admin
        .batch_execute("create table public.busy (id int)")
        .unwrap();
    for _ in 0..10 {
        admin
            .batch_execute("insert into public.busy values (1)")
            .unwrap();
        assert_eq!(tick(&mut admin), None);
    }
    log(&mut admin);
    assert_eq!(tick(&mut admin), Some(last + 1));
}

#[test]
fn batches_that_all_have_read_are_removed() {
    let (_database, mut admin) = with_log();
    let close = |admin: &mut Client| {
        log(admin);
        tick(admin).unwrap()
    };
    for number in 1..=3 {
        assert_eq!(close(&mut admin), number);
    }
    let kept = |admin: &mut Client| -> Vec<i64> {
        let query = "select array_agg(number order by number) from eventlog.batch";
        admin.query_one(query, &[]).unwrap().get(0)
    };
    assert_eq!(kept(&mut admin), [1, 2, 3]);
    admin
        .batch_execute(
            "insert into eventlog.batch_reader select log_id, 'slow', 1 from eventlog.log;
            update eventlog.batch_reader set number = 2 where name = 'test'",
        )
        .unwrap();
    close(&mut admin);
    assert_eq!(kept(&mut admin), [1, 2, 3, 4]);
    admin
        .batch_execute("update eventlog.batch_reader set number = 3 where name = 'slow'")
        .unwrap();
    close(&mut admin);
    assert_eq!(kept(&mut admin), [2, 3, 4, 5]);
    // Without readers the last one stays, as the next one begins there.
    admin
        .batch_execute("delete from eventlog.batch_reader")
        .unwrap();
    close(&mut admin);
    assert_eq!(kept(&mut admin), [6]);
}

#[test]
fn ticks_from_many_sessions_at_once() {
    let (database, mut admin) = with_log();
    for (round, seed) in Rounds::of(3).enumerate() {
        let done = AtomicBool::new(false);
        let start = Instant::now();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let mut client = database.admin();
                    scope.spawn(move || {
                        for i in 0..60_u64 {
                            let end = match (seed ^ (i * 31 + writer)) % 5 {
                                0 => "rollback",
                                _ => "commit",
                            };
                            client.batch_execute("begin").unwrap();
                            for _ in 0..=(seed.wrapping_add(i) % 3) {
                                log(&mut client);
                            }
                            client.batch_execute(end).unwrap();
                        }
                    })
                })
                .collect();
            for _ in 0..4 {
                let mut client = database.admin();
                let done = &done;
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        tick(&mut client);
                    }
                });
            }
            for writer in writers {
                writer.join().unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
        tick_all(&mut admin);
        // What a batch had when it ended it has for good: each event is in one, and in order of the ends.
        let found = batches(&mut admin);
        assert!(found.values().all(Option::is_some), "seed {seed}");
        let used: std::collections::BTreeSet<_> = found.values().collect();
        assert!(
            used.len() > round + 1,
            "seed {seed}: {} batches in {:?}",
            used.len(),
            start.elapsed()
        );
    }
}
