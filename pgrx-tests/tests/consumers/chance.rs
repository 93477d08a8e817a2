//! Many writers and readers at once: each committed event exactly once, in the order of its entity, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pg_eventlog_tests::{Database, LIMIT, Rounds};

/// What a small generator gives next.
fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

const WRITERS: usize = 4;
const TRANSACTIONS: usize = 60;

/// Transactions of some events each, of few entities, with a row lock for each entity that is kept to the end. Some are
/// rolled back, wholly or in part.
fn write(database: &Database, seed: u64, writer: usize) -> Result<(), postgres::Error> {
    let mut client = database.connect(pg_eventlog_tests::SUPERUSER);
    let mut state = seed ^ (writer as u64) << 32;
    for _ in 0..TRANSACTIONS {
        let mut transaction = client.transaction()?;
        // An id that is taken early, and used late.
        if next(&mut state).is_multiple_of(2) {
            transaction.execute("select pg_current_xact_id()", &[])?;
        }
        // In one order, so that nobody waits for each other.
        let entities: BTreeSet<i64> = (0..=next(&mut state) % 3)
            .map(|_| (next(&mut state) % 6) as i64)
            .collect();
        for entity in entities {
            transaction.execute("select from entity where id = $1 for update", &[&entity])?;
            for _ in 0..=next(&mut state) % 3 {
                let undone = next(&mut state).is_multiple_of(5);
                let mut part = transaction.transaction()?;
                part.execute(
                    "select eventlog.log_event('changed', jsonb_build_object('undone', $1::boolean), \
                        entity_type => 'e', entity_id => $2::bigint)",
                    &[&undone, &entity],
                )?;
                match undone {
                    true => part.rollback()?,
                    false => part.commit()?,
                }
            }
            thread::sleep(Duration::from_micros(next(&mut state) % 2_000));
        }
        match next(&mut state) % 5 {
            0 => transaction.rollback()?,
            _ => transaction.commit()?,
        }
    }
    Ok(())
}

/// Entity and number of each event, in the order in which a worker got them and its transaction committed.
type Seen = Vec<(String, i64)>;

/// Receives and acks until the writers are done and nothing is left.
fn read(
    database: &Database,
    subscription: &str,
    seed: u64,
    writing: &AtomicUsize,
) -> Result<Seen, postgres::Error> {
    let mut client = database.connect(pg_eventlog_tests::SUPERUSER);
    let mut state = seed;
    let mut seen = Vec::new();
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < LIMIT, "the log is not drained in time");
        let was_writing = writing.load(Ordering::SeqCst) > 0;
        let most = (next(&mut state) % 20 + 1) as i32;
        let mut transaction = client.transaction()?;
        let rows = transaction.query(
            "select receipt, entity_id, seq from eventlog.receive($1, $2) order by seq",
            &[&subscription, &most],
        )?;
        let batch: Seen = rows.iter().map(|row| (row.get(1), row.get(2))).collect();
        if let Some(first) = rows.first() {
            let receipt: i64 = first.get(0);
            transaction.execute("select eventlog.ack($1, $2)", &[&subscription, &receipt])?;
            // Exactly once for whoever writes in the same transaction, whatever happens to it.
            match next(&mut state) % 6 {
                0 => transaction.rollback()?,
                _ => {
                    transaction.commit()?;
                    seen.extend(batch);
                }
            }
            continue;
        }
        transaction.commit()?;
        let caught_up: bool = client
            .query_one(
                "select bool_and(caught_up) from eventlog.subscriptions where name = $1",
                &[&subscription],
            )?
            .get(0);
        if !was_writing && caught_up {
            return Ok(seen);
        }
    }
}

/// Reads from a position until the writers are done and nothing is left, each time for a while in another session. Some of
/// what it was given it forgets, and goes on behind an event in the middle.
fn follow(
    database: &Database,
    from: &str,
    seed: u64,
    writing: &AtomicUsize,
) -> Result<Seen, postgres::Error> {
    let mut client = database.connect(pg_eventlog_tests::SUPERUSER);
    let (mut state, mut seen, mut position) = (seed, Vec::new(), from.to_owned());
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < LIMIT, "the log is not read in time");
        let was_writing = writing.load(Ordering::SeqCst) > 0;
        let most = (next(&mut state) % 20 + 1) as i32;
        let rows = client.query(
            "select \"position\", entity_id, seq, id is null from eventlog.read_events($1, $2)",
            &[&position, &most],
        )?;
        let (last, events) = rows.split_last().expect("the last row says where to go on");
        assert!(last.get::<_, bool>(3));
        // Without a number: there was nothing more.
        if last.get::<_, Option<i64>>(2).is_none() && events.is_empty() && !was_writing {
            return Ok(seen);
        }
        let taken = match next(&mut state) % 4 {
            0 => next(&mut state) as usize % rows.len(),
            _ => events.len(),
        };
        seen.extend(events[..taken].iter().map(|row| (row.get(1), row.get(2))));
        match (taken == events.len(), taken) {
            (true, _) => position = last.get(0),
            (false, 0) => {}
            (false, _) => position = events[taken - 1].get(0),
        }
        if next(&mut state).is_multiple_of(8) {
            client = database.connect(pg_eventlog_tests::SUPERUSER);
        }
    }
}

#[test]
fn each_committed_event_comes_once_and_in_the_order_of_its_entity() {
    for seed in Rounds::of(2) {
        let database = Database::fresh();
        let session = database.session();
        session.run(
            "select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow')",
        );
        session.run("create table entity as select n::bigint as id from generate_series(0, 5) n");
        session.run("select eventlog.subscribe('one')");
        session.run("select eventlog.subscribe('parts', shards => 2)");
        let begin = session.value("select \"position\" from eventlog.read_events('now')");
        let writing = AtomicUsize::new(WRITERS);
        let readers = [("one", 1), ("one", 2), ("parts", 3), ("parts", 4)];
        let results: Vec<(&str, Seen)> = thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (database, writing) = (&database, &writing);
                scope.spawn(move || {
                    let done = write(database, seed, writer);
                    writing.fetch_sub(1, Ordering::SeqCst);
                    done.expect("writers write");
                });
            }
            let readers: Vec<_> = readers
                .into_iter()
                .map(|(name, n)| {
                    let (database, writing) = (&database, &writing);
                    scope.spawn(move || {
                        (
                            name,
                            read(database, name, seed ^ n, writing).expect("readers read"),
                        )
                    })
                })
                .collect();
            // One from before all, one from the start of the log, which is the same.
            let followers = [("now", begin.as_str(), 5), ("start", "start", 6)];
            let followers: Vec<_> = followers
                .into_iter()
                .map(|(name, from, n)| {
                    let (database, writing) = (&database, &writing);
                    scope.spawn(move || {
                        (
                            name,
                            follow(database, from, seed ^ n, writing).expect("followers read"),
                        )
                    })
                })
                .collect();
            readers
                .into_iter()
                .chain(followers)
                .map(|reader| reader.join().expect("no reader panics"))
                .collect()
        });
        let written: BTreeMap<i64, String> = database
            .admin()
            .query("select seq, entity_id from public.events", &[])
            .expect("it can be read")
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        assert!(written.len() > 100, "seed {seed}: {} events", written.len());
        for name in ["one", "parts", "now", "start"] {
            let mut all: Vec<i64> = Vec::new();
            for (_, seen) in results.iter().filter(|(of, _)| *of == name) {
                all.extend(seen.iter().map(|(_, seq)| *seq));
                // What one worker got of an entity rises; shards keep an entity to one worker at a time.
                let mut last: BTreeMap<&str, i64> = BTreeMap::new();
                for (entity, seq) in seen {
                    let before = last.insert(entity, *seq);
                    assert!(
                        before < Some(*seq),
                        "seed {seed}, {name}: {entity} {before:?} {seq}"
                    );
                }
            }
            all.sort_unstable();
            let expected: Vec<i64> = written.keys().copied().collect();
            assert_eq!(all, expected, "seed {seed}, {name}");
        }
    }
}
