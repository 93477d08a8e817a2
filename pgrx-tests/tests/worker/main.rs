//! The background worker: a server of its own that preloads the library.

mod databases;
mod life;
mod runner;
mod waking;

use pg_eventlog_tests::{Cluster, Install, LIMIT, SUPERUSER, wait_until};
use postgres::Client;
use postgres::fallible_iterator::FallibleIterator;

/// A log in a database, with one type.
const LOG: &str = "
    create extension if not exists pg_eventlog;
    select eventlog.create_log('public.events', require_tenant => false);
    select eventlog.register_event_type('paid');";

/// A running server that preloads the library, with these lines added to its configuration.
fn preloading(settings: &[&str]) -> Cluster {
    let mut all = vec!["shared_preload_libraries = 'pg_eventlog'"];
    all.extend_from_slice(settings);
    Cluster::with(Install::under_test(), &all)
}

/// The same, with a log in database `postgres`; and its id.
fn with_log(settings: &[&str]) -> (Cluster, String) {
    let cluster = preloading(settings);
    let mut client = connect(&cluster, "postgres");
    let log = make_log(&mut client);
    // Who listens wants a worker.
    client.batch_execute("listen eventlog").unwrap();
    (cluster, log)
}

fn connect(cluster: &Cluster, database: &str) -> Client {
    cluster.connect(database, SUPERUSER)
}

/// Makes a log and gives its id.
fn make_log(client: &mut Client) -> String {
    client.batch_execute(LOG).unwrap();
    value(client, "select log_id::text from eventlog.log")
}

#[track_caller]
fn value(client: &mut Client, query: &str) -> String {
    let row = client.query_one(query, &[]).unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

/// Logs an event.
#[track_caller]
fn log(client: &mut Client) {
    client
        .batch_execute("select eventlog.log_event('paid')")
        .unwrap();
}

/// A session that listens, and a worker that tells of what is written from now on.
#[track_caller]
fn listener(cluster: &Cluster, database: &str) -> Client {
    let mut client = connect(cluster, database);
    client.batch_execute("listen eventlog").unwrap();
    worker_of(cluster, database);
    hear_all(&mut client);
    client
}

/// Waits until the database has a waker; its process.
#[track_caller]
fn worker_of(cluster: &Cluster, database: &str) -> i32 {
    let mut watch = connect(cluster, "postgres");
    let mut found = None;
    wait_until("the database has a worker", || {
        found = workers(&mut watch, database).first().copied();
        found.is_some()
    });
    found.unwrap()
}

/// The wakers of a database that have told of what was written before they came.
fn workers(watch: &mut Client, database: &str) -> Vec<i32> {
    let query = "select pid from pg_stat_activity
        where backend_type = 'pg_eventlog waker' and datname = $1 and state = 'idle'";
    let rows = watch.query(query, &[&database]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[track_caller]
fn wait_for_none(cluster: &Cluster, database: &str) {
    let mut watch = connect(cluster, "postgres");
    let query = format!(
        "select count(*)::text from pg_stat_activity
         where backend_type like 'pg_eventlog%' and datname = '{database}'"
    );
    wait_until("the database has no worker", || {
        value(&mut watch, &query) == "0"
    });
}

/// The payload of the next notification.
#[track_caller]
fn heard(client: &mut Client) -> String {
    let mut notifications = client.notifications();
    let next = notifications.timeout_iter(LIMIT).next().unwrap();
    let next = next.expect("no notification came");
    assert_eq!(next.channel(), "eventlog");
    next.payload().to_owned()
}

/// Waits until it is told of this log. It may be told of others besides: a wake-up too many is none of the promises, as a
/// waker that comes anew tells of all logs.
#[track_caller]
fn hears(client: &mut Client, log: &str) {
    while heard(client) != log {}
}

/// Drops the notifications that have come.
fn hear_all(client: &mut Client) -> usize {
    client.batch_execute("select").unwrap();
    client.notifications().iter().count().unwrap()
}
