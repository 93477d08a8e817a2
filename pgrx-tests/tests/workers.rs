//! The workers of `examples/workers`: killed in the midst of their work, two at once, stopped while they wait.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use pg_eventlog_tests::{Cluster, Database, Install, LIMIT, SUPERUSER, run, wait_until};
use postgres::Client;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn example(file: &str) -> PathBuf {
    root().join("examples/workers").join(file)
}

/// The directory of the other languages' drivers, set up once.
fn drivers() -> &'static Path {
    static DRIVERS: OnceLock<PathBuf> = OnceLock::new();
    DRIVERS.get_or_init(|| {
        let mut setup = Command::new(root().join("scripts/drivers-setup"));
        run(&mut setup, LIMIT * 10).expect_ok();
        root().join("target/drivers")
    })
}

#[derive(Clone, Copy)]
enum Language {
    Python,
    Node,
    Rust,
}

impl Language {
    fn command(self, cluster: &Cluster) -> Command {
        let host = cluster.directory().display();
        let mut command = match self {
            Language::Python => {
                let mut python = Command::new(drivers().join("python/bin/python"));
                python.arg(example("worker.py"));
                python
            }
            Language::Node => {
                let mut node = Command::new("node");
                node.env("NODE_PATH", drivers().join("node/node_modules"));
                node.arg(example("worker.js"));
                node
            }
            Language::Rust => {
                let mut rust = Command::new(env!("CARGO_BIN_EXE_ledger-worker"));
                rust.arg(format!("host={host} user={SUPERUSER} dbname=postgres"));
                rust
            }
        };
        command
            .env("PGHOST", cluster.directory())
            .env("PGUSER", SUPERUSER)
            .env("PGDATABASE", "postgres")
            .env("PGPORT", "5432");
        command
    }

    fn start(self, cluster: &Cluster) -> Worker {
        let mut command = self.command(cluster);
        command.arg("ledger").stdin(Stdio::null());
        Worker(command.spawn().expect("the worker can be started"))
    }
}

/// A worker's process, which does not outlive the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Worker {
    fn kill_9(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM, after which it ends well.
    fn stop(mut self) {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -TERM \"$1\"", "kill"]);
        run(kill.arg(self.0.id().to_string()), LIMIT).expect_ok();
        let mut status = None;
        wait_until("the worker has stopped", || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        });
        assert!(status.unwrap().success(), "{status:?}");
    }
}

fn server() -> Cluster {
    // A server of its own, since the library is preloaded there.
    let preload = "shared_preload_libraries = 'pg_eventlog'";
    let cluster = Cluster::with(Install::under_test(), &[preload]);
    let mut admin = cluster.connect("postgres", SUPERUSER);
    let setup = std::fs::read_to_string(example("setup.sql")).unwrap();
    admin.batch_execute("create extension pg_eventlog").unwrap();
    admin.batch_execute(&setup).unwrap();
    cluster
}

fn pay(client: &mut Client, order: usize, amount: i32) {
    let event = format!(
        "select eventlog.log_event('order_paid', '{{\"amount\": {amount}}}', 'acme',
            entity_type => 'order', entity_id => {order})"
    );
    client.batch_execute(&event).unwrap();
}

#[track_caller]
fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).unwrap().get(0)
}

fn entries(client: &mut Client) -> i64 {
    number(client, "select count(*) from ledger")
}

/// Each event stands in the ledger once, and those of an order in their order.
fn is_exact(client: &mut Client) {
    let wrong = "select count(*) from (select event_id, count(*) n from ledger group by 1) l
        full join events e on e.id = l.event_id where l.n is distinct from 1";
    assert_eq!(number(client, wrong), 0);
    let inverted = "select count(*) from (
        select seq, lag(seq) over (partition by order_id order by entry) before
        from ledger join events on id = event_id) o where before > seq";
    assert_eq!(number(client, inverted), 0);
}

/// Sessions of workers that have begun to listen.
fn sessions(client: &mut Client) -> i64 {
    let others = "select count(*) from pg_stat_activity where backend_type = 'client backend'
        and pid <> pg_backend_pid() and query <> ''";
    number(client, others)
}

fn survives(language: Language) {
    let cluster = server();
    let mut admin = cluster.connect("postgres", SUPERUSER);
    for order in 0..1_000 {
        pay(&mut admin, order % 7, 1);
    }
    // Killed in the midst of a batch, which the ledger shows by being locked: again and again.
    let mut kept = 0;
    for round in 0..4 {
        let worker = language.start(&cluster);
        // Two at once: on one shard they wait for each other.
        let other = language.start(&cluster);
        wait_until("both are at work", || sessions(&mut admin) == 2);
        wait_until("the worker has written something", || {
            entries(&mut admin) > kept
        });
        if round % 2 == 0 {
            worker.kill_9();
            other.kill_9();
        } else {
            other.kill_9();
            worker.stop();
        }
        wait_until("both are gone", || sessions(&mut admin) == 0);
        kept = entries(&mut admin);
        for order in 0..100 {
            pay(&mut admin, order % 7, 1);
        }
    }
    let worker = language.start(&cluster);
    wait_until("the ledger is complete", || entries(&mut admin) == 1_400);

    // It waits now, and is woken.
    wait_until("the worker is at work", || sessions(&mut admin) == 1);
    pay(&mut admin, 1, 2);
    wait_until("the event has come", || entries(&mut admin) == 1_401);
    worker.stop();
    is_exact(&mut admin);
}

/// It is killed while its transaction commits, which the server completes: what it wrote and the ack have to be in one.
fn dies_at_the_commit(language: Language) {
    let cluster = server();
    let mut admin = cluster.connect("postgres", SUPERUSER);
    admin
        .batch_execute(
            "create function hold() returns trigger language plpgsql as $$
             begin perform pg_advisory_xact_lock_shared(1); return null; end $$;
             create constraint trigger hold after insert on ledger deferrable initially deferred
                 for each row execute function hold();
             select pg_advisory_lock(1);",
        )
        .unwrap();
    for order in 0..20 {
        pay(&mut admin, order, 1);
    }
    let worker = language.start(&cluster);
    let commits = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
    wait_until("the worker commits", || number(&mut admin, commits) == 1);
    worker.kill_9();
    admin.batch_execute("select pg_advisory_unlock(1)").unwrap();
    wait_until("its session is gone", || sessions(&mut admin) == 0);
    let kept = entries(&mut admin);
    assert!(kept > 0);
    pay(&mut admin, 1, 1);
    let worker = language.start(&cluster);
    wait_until("the next one is through", || {
        number(
            &mut admin,
            "select count(*) from ledger join events on id = event_id where seq = 21",
        ) > 0
    });
    worker.stop();
    assert_eq!(entries(&mut admin), 21);
    is_exact(&mut admin);
}

#[test]
fn python_dies_at_the_commit() {
    dies_at_the_commit(Language::Python);
}

#[test]
fn node_dies_at_the_commit() {
    dies_at_the_commit(Language::Node);
}

#[test]
fn rust_dies_at_the_commit() {
    dies_at_the_commit(Language::Rust);
}

/// A poison event among good ones ends as a dead letter alone, and is dealt with once it can be.
fn buries_poison(language: Language) {
    let cluster = server();
    let mut admin = cluster.connect("postgres", SUPERUSER);
    pay(&mut admin, 1, 1);
    pay(&mut admin, 2, -5);
    pay(&mut admin, 3, 1);
    let worker = language.start(&cluster);
    let dead = "select count(*) from eventlog.dead_letter where error like '%ledger_amount_check%'";
    wait_until("the event is a dead letter", || {
        number(&mut admin, dead) == 1
    });
    wait_until("the others are through", || entries(&mut admin) == 2);
    admin
        .batch_execute(
            "alter table ledger drop constraint ledger_amount_check;
             select eventlog.retry_dead_letters('ledger')",
        )
        .unwrap();
    wait_until("it is dealt with", || entries(&mut admin) == 3);
    worker.stop();
    is_exact(&mut admin);
}

#[test]
fn python_survives_kill_9() {
    survives(Language::Python);
}

#[test]
fn node_survives_kill_9() {
    survives(Language::Node);
}

#[test]
fn rust_survives_kill_9() {
    survives(Language::Rust);
}

#[test]
fn python_buries_poison() {
    buries_poison(Language::Python);
}

#[test]
fn node_buries_poison() {
    buries_poison(Language::Node);
}

#[test]
fn rust_buries_poison() {
    buries_poison(Language::Rust);
}

/// Without the background worker the same loop works: it looks again after some seconds.
#[test]
fn they_work_without_the_background_worker() {
    let database = Database::fresh();
    let mut admin = database.admin();
    admin
        .batch_execute(&std::fs::read_to_string(example("setup.sql")).unwrap())
        .unwrap();
    let mut command = Language::Python.command(database.cluster());
    command.env("PGDATABASE", database.name()).arg("ledger");
    let worker = Worker(command.spawn().unwrap());
    for order in 0..3 {
        pay(&mut admin, order, 1);
        wait_until("the event has come", || {
            entries(&mut admin) == order as i64 + 1
        });
    }
    worker.stop();
    is_exact(&mut admin);
}
