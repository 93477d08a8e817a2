//! What is done behind the writers, by a process of its own.

use super::{connect, heard, listener, log, value, with_log};
use pg_eventlog_tests::{Cluster, wait_until};
use postgres::Client;

const RUNNERS: &str = "select count(*)::text from pg_stat_activity
    where backend_type = 'pg_eventlog runner' and datname = current_database()";

fn wait_for_runner(client: &mut Client) {
    wait_until("there is a runner", || value(client, RUNNERS) == "1");
}

fn wants_batches(cluster: &Cluster, client: &mut Client) {
    client
        .batch_execute(
            "insert into eventlog.batch_reader select log_id, 'test', 0 from eventlog.log",
        )
        .unwrap();
    super::worker_of(cluster, "postgres");
    wait_for_runner(client);
}

const BATCHES: &str = "select count(*)::text from eventlog.batch";

#[test]
fn batches_are_closed_where_somebody_reads_them() {
    let (cluster, _) = with_log(&[
        "eventlog.naptime = '20ms'",
        "default_transaction_isolation = 'repeatable read'",
    ]);
    let mut admin = connect(&cluster, "postgres");
    super::worker_of(&cluster, "postgres");
    assert_eq!(value(&mut admin, BATCHES), "0");
    assert_eq!(value(&mut admin, RUNNERS), "0");
    wants_batches(&cluster, &mut admin);
    wait_until("a batch is closed", || value(&mut admin, BATCHES) == "1");
    log(&mut admin);
    wait_until("another one is closed", || {
        value(&mut admin, BATCHES) != "1"
    });
    // It goes when nobody reads them any more, and comes back.
    admin
        .batch_execute("delete from eventlog.batch_reader")
        .unwrap();
    wait_until("the runner is gone", || value(&mut admin, RUNNERS) == "0");
    wants_batches(&cluster, &mut admin);
}

/// It looks twenty times a second, and there is always something to close.
#[test]
fn it_closes_one_batch_a_second_at_most() {
    let (cluster, _) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    wants_batches(&cluster, &mut admin);
    wait_until("three batches are closed", || {
        log(&mut admin);
        value(&mut admin, BATCHES) == "3"
    });
    let least = "select (min(gap) >= interval '1 second')::text from (
        select closed_at - lag(closed_at) over (order by number) as gap from eventlog.batch) gaps";
    assert_eq!(value(&mut admin, least), "true");
}

/// What `doctor()` says of batches, without times and processes.
fn doctor(client: &mut Client) -> String {
    value(
        client,
        "select string_agg(regexp_replace(regexp_replace(finding, '^[^:]*[0-9 ]+UTC, ', ''), '[0-9]+', 'N', 'g'), ' ')
         from eventlog.doctor() where finding ~ 'batch'",
    )
}

#[test]
fn doctor_tells_why_it_closes_none() {
    let (cluster, _) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    admin
        .batch_execute(
            "create table public.barrier (id int);
             create function public.wait(event jsonb) returns void language sql as 'lock table public.barrier';
             select eventlog.on_event('wait', 'public.wait', mode => 'async');
             alter table public.events disable trigger eventlog_gate;
             insert into public.events (id, type, payload) values (rpad(lpad(to_hex(floor(extract(epoch from
                 clock_timestamp() - interval '30 minutes') * 1000)::bigint), 12, '0'), 32, '7')::uuid, 'paid', '{}');
             alter table public.events enable trigger eventlog_gate;",
        )
        .unwrap();
    // A handler of its waits, and so do batches.
    let mut locks = connect(&cluster, "postgres");
    locks
        .batch_execute("begin; lock table public.barrier")
        .unwrap();
    log(&mut admin);
    wait_until("the runner waits", || {
        let waits = "select count(*)::text from pg_locks l join pg_stat_activity a using (pid)
            where not l.granted and a.backend_type = 'pg_eventlog runner'";
        value(&mut admin, waits) == "1"
    });
    wants_batches(&cluster, &mut admin);
    assert_eq!(
        doctor(&mut admin),
        "never closed a batch, and events that test would read have waited for more than a minute: \
         the background worker waits for process N"
    );
    // It goes on, and an error is in its way.
    admin
        .batch_execute(
            "create function public.no() returns trigger language plpgsql as 'begin raise exception ''no batch today''; end';
             create trigger no before insert on eventlog.batch for each row execute function public.no()",
        )
        .unwrap();
    locks.batch_execute("commit").unwrap();
    wait_until("it has tried", || cluster.log().contains("no batch today"));
    assert!(
        doctor(&mut admin)
            .ends_with("the background worker is there, and an error keeps it from closing one, which the server's log tells"),
        "{}",
        doctor(&mut admin)
    );
    admin
        .batch_execute("drop trigger no on eventlog.batch")
        .unwrap();
    wait_until("it goes on", || doctor(&mut admin).is_empty());
}

#[test]
fn whoever_listens_does_not_wait_for_it() {
    let (cluster, id) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    let mut ears = listener(&cluster, "postgres");
    wants_batches(&cluster, &mut admin);
    wait_until("a batch is closed", || value(&mut admin, BATCHES) == "1");
    // The runner waits for a lock, for as long as it takes.
    let mut locks = connect(&cluster, "postgres");
    locks
        .batch_execute("begin; lock table eventlog.batch in access exclusive mode")
        .unwrap();
    let waits = "select count(*)::text from pg_locks l join pg_stat_activity a using (pid)
        where not l.granted and a.backend_type = 'pg_eventlog runner'";
    wait_until("the runner waits", || value(&mut admin, waits) == "1");
    super::hear_all(&mut ears);
    for _ in 0..3 {
        log(&mut admin);
        assert_eq!(heard(&mut ears), id);
    }
    // It is stopped in the midst of a handler, where the database is to go.
    locks.batch_execute("rollback").unwrap();
    admin
        .batch_execute(
            "create function public.sleep(event jsonb) returns void language sql as 'select pg_sleep(100)';
             select eventlog.on_event('sleep', 'public.sleep', mode => 'async')",
        )
        .unwrap();
    log(&mut admin);
    wait_until("the runner is in the midst of it", || {
        let sleeps = "select count(*)::text from pg_stat_activity
            where backend_type = 'pg_eventlog runner' and wait_event = 'PgSleep'";
        value(&mut admin, sleeps) == "1"
    });
    let mut elsewhere = connect(&cluster, "template1");
    drop((admin, ears, locks));
    wait_until("the sessions are gone", || {
        let sessions = "select count(*)::text from pg_stat_activity
            where datname = 'postgres' and backend_type = 'client backend'";
        value(&mut elsewhere, sessions) == "0"
    });
    elsewhere
        .batch_execute("alter database postgres rename to other")
        .unwrap();
    elsewhere
        .batch_execute("alter database other rename to postgres")
        .unwrap();
    let mut admin = connect(&cluster, "postgres");
    let mut ears = listener(&cluster, "postgres");
    log(&mut admin);
    assert_eq!(heard(&mut ears), id);
    wait_for_runner(&mut admin);
}

#[test]
fn an_error_of_one_log_does_not_hold_up_another() {
    let (cluster, _) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    admin
        .batch_execute("select eventlog.create_log('public.broken', require_tenant => false)")
        .unwrap();
    admin
        .batch_execute("drop trigger eventlog_gate on public.broken")
        .unwrap_err();
    admin
        .batch_execute("set eventlog.allow_drop = on; drop trigger eventlog_gate on public.broken")
        .unwrap();
    wants_batches(&cluster, &mut admin);
    let of = "select count(*)::text from eventlog.batch join eventlog.log using (log_id)
        where relation = 'public.events'::regclass";
    wait_until("a batch of the other log is closed", || {
        value(&mut admin, of) == "1"
    });
    let told = "\"public.broken\" is not an event log";
    wait_until("the error is told", || cluster.log().contains(told));
    // It is tried less and less often, and the other log's batches are closed as ever.
    wait_until("more batches are closed than errors are told", || {
        log(&mut admin);
        let closed: usize = value(&mut admin, of).parse().unwrap();
        closed > cluster.log().matches(told).count() + 1
    });
}

/// An error that says nothing of the handler, such as a deadlock, ends the transaction that it is called in: that one
/// alone. The worker tries again less and less often, and at once where the handler is another one.
#[test]
fn a_handler_that_ends_its_transaction_does_not_hold_up_another() {
    let (cluster, _) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    admin
        .batch_execute(
            "create table public.seen (who text, id uuid);
             create function public.good(event jsonb) returns void language sql as
                 'insert into public.seen values (''good'', (event ->> ''id'')::uuid)';
             create function public.bad(event jsonb) returns void language plpgsql as
                 'begin raise ''locked each other out'' using errcode = ''40P01''; end';
             select eventlog.on_event('a bad one', 'public.bad', mode => 'async');
             select eventlog.on_event('good', 'public.good', mode => 'async');",
        )
        .unwrap();
    super::worker_of(&cluster, "postgres");
    let seen = |admin: &mut Client, who: &str| -> usize {
        let seen = format!("select count(*)::text from public.seen where who = '{who}'");
        value(admin, &seen).parse().unwrap()
    };
    let mut written = 0;
    let told = |cluster: &Cluster| cluster.log().matches("locked each other out").count();
    wait_until("one was called more often than the other failed", || {
        log(&mut admin);
        written += 1;
        wait_until("it is called", || seen(&mut admin, "good") == written);
        written > told(&cluster) + 10 && told(&cluster) > 2
    });
    let attempts = "select coalesce(max(attempts), 0)::text from eventlog.subscriptions";
    assert_eq!(value(&mut admin, attempts), "0", "it is no event's fault");
    admin
        .batch_execute(
            "create or replace function public.bad(event jsonb) returns void language sql as
                 'insert into public.seen values (''mended'', (event ->> ''id'')::uuid)'",
        )
        .unwrap();
    wait_until("it was called for all", || {
        seen(&mut admin, "mended") == written
    });
}

#[test]
fn async_handlers_are_called_and_called_again_when_they_fail() {
    let (cluster, id) = with_log(&["eventlog.naptime = '20ms'"]);
    let mut admin = connect(&cluster, "postgres");
    admin
        .batch_execute(
            "create table public.seen (id uuid);
             create table public.barrier (open boolean);
             insert into public.barrier values (false);
             create function public.note(event jsonb) returns void language plpgsql as $$
             begin
                 if not (select open from public.barrier) then
                     raise exception 'not yet';
                 end if;
                 insert into public.seen values ((event ->> 'id')::uuid);
             end $$;
             select eventlog.on_event('note', 'public.note', mode => 'async', max_attempts => 1000,
                 options => '{\"retry_base\": \"1 ms\", \"retry_max\": \"1 ms\"}');",
        )
        .unwrap();
    let mut ears = listener(&cluster, "postgres");
    wait_for_runner(&mut admin);
    log(&mut admin);
    // A handler that fails keeps nobody from being woken.
    assert_eq!(heard(&mut ears), id);
    let attempts = "select coalesce(max(attempts), 0)::text from eventlog.subscriptions";
    wait_until("the handler has failed", || {
        value(&mut admin, attempts) != "0"
    });
    admin
        .batch_execute("update public.barrier set open = true")
        .unwrap();
    let seen = "select count(*)::text from public.seen join public.events using (id)";
    wait_until("the handler was called", || value(&mut admin, seen) == "1");
    for _ in 0..20 {
        log(&mut admin);
    }
    wait_until("it was called for all", || value(&mut admin, seen) == "21");
    let twice = "select (count(*) - count(distinct id))::text from public.seen";
    assert_eq!(value(&mut admin, twice), "0");
    admin
        .batch_execute("select eventlog.off_event('note')")
        .unwrap();
    wait_until("the runner is gone", || value(&mut admin, RUNNERS) == "0");
}
