//! The straight road beside other sessions, and in a long life of one: what it keeps is never older than the log is, and
//! never more than a little.

use pg_eventlog_tests::{Database, SUPERUSER, Session};

const LOG: &str = "
    select eventlog.create_log('public.events', require_tenant => false);
    select eventlog.register_event_type('paid');
    grant insert, select on public.events to public;
";

const ROADS: [&str; 2] = ["on", "off"];

/// A session of this role that has written, so that it knows the log.
fn writer(database: &Database, role: &str, straight: &str) -> Session {
    let session = Session::open(database, role);
    session.run(&format!("set eventlog.straight = {straight}"));
    session.run("select eventlog.log_event('paid', entity_id => 'first')");
    session
}

fn made(setup: &str) -> (Database, String) {
    let database = Database::fresh();
    let role = database.role("writer");
    database.admin().batch_execute(LOG).unwrap();
    database.admin().batch_execute(setup).unwrap();
    (database, role)
}

#[test]
fn what_others_change_while_it_waits_for_the_table_holds() {
    for (change, code, message) in [
        (
            "alter table events add constraint no_second check (entity_id <> 'second')",
            "23514",
            "violates check constraint \"no_second\"",
        ),
        (
            "alter table events enable row level security",
            "42501",
            "violates row-level security policy for table \"events\"",
        ),
        (
            "create function refuse() returns trigger language plpgsql as $$ begin raise 'not today'; end $$;
             create trigger a before insert on events for each row execute function refuse()",
            "P0001",
            "not today",
        ),
        (
            "alter table events add column extra int not null default 1;
             create unique index on events (extra)",
            "23505",
            "duplicate key",
        ),
        (
            "revoke insert on events from public",
            "42501",
            "permission denied for table events",
        ),
        (
            "create unique index on events (type)",
            "23505",
            "duplicate key",
        ),
    ] {
        for straight in ROADS {
            let (database, role) = made("");
            let admin = database.session();
            let mut session = writer(&database, &role, straight);
            admin.run("begin");
            admin.run("lock table events in access exclusive mode");
            let pending = session.start("select eventlog.log_event('paid', entity_id => 'second')");
            session.wait_until_blocked();
            admin.run(change);
            admin.run("commit");
            pending.refused().is(code, message);
        }
    }
}

#[test]
fn an_index_that_is_made_meanwhile_has_all_rows() {
    for straight in ROADS {
        let (database, role) = made("create extension amcheck");
        let session = writer(&database, &role, straight);
        let event = "select eventlog.log_event('paid', entity_id => 'late')";
        let holder = writer(&database, &role, straight);
        holder.run("begin");
        holder.run(event);
        let mut maker = database.session();
        let made = maker.start("create index concurrently late on events (entity_id, id)");
        maker.wait_until_blocked();
        // It knows the index now, into which nothing is to be inserted yet.
        session.run(event);
        let reader = database.session();
        reader.run("begin isolation level repeatable read");
        reader.run("select 1");
        holder.run("commit");
        // The index is built and validated, and waits until nobody has an older snapshot.
        let phase = "select count(*) from pg_stat_progress_create_index where phase = 'waiting for old snapshots'";
        let watch = database.session();
        pg_eventlog_tests::wait_until("the index is validated", || watch.value(phase) == "1");
        session.run(event);
        reader.run("commit");
        made.succeeds();
        session.run(event);
        database
            .admin()
            .batch_execute("select bt_index_check('late', true)")
            .unwrap();
    }
}

#[test]
fn roles_that_change_are_other_roles() {
    let (database, role) = made(
        "create role team nologin;
         alter table public.events enable row level security;
         create policy team on public.events for insert to team with check (true)",
    );
    let mut admin = database.admin();
    let session = Session::open(&database, &role);
    let event = "select eventlog.log_event('paid')";
    for _ in 0..2 {
        session.refused(event).is("42501", "row-level security");
        admin
            .batch_execute(&format!("grant team to {role}"))
            .unwrap();
        session.run(event);
        session.run(event);
        admin
            .batch_execute(&format!("revoke team from {role}"))
            .unwrap();
    }
    session.refused(event).is("42501", "row-level security");
    admin
        .batch_execute(&format!("alter role {role} bypassrls"))
        .unwrap();
    session.run(event);
    admin
        .batch_execute(&format!("alter role {role} nobypassrls"))
        .unwrap();
    session.refused(event).is("42501", "row-level security");
    admin
        .batch_execute("drop owned by team; drop role team")
        .unwrap();
}

#[test]
fn two_serializable_transactions_that_miss_each_other_are_told() {
    for straight in ROADS {
        let (database, role) = made("");
        let (a, b) = (
            writer(&database, &role, straight),
            writer(&database, &role, straight),
        );
        for session in [&a, &b] {
            session.run("begin isolation level serializable");
            session.run("select count(*) from events");
        }
        a.run("select eventlog.log_event('paid')");
        b.run("select eventlog.log_event('paid')");
        a.run("commit");
        b.refused("commit").is("40001", "could not serialize");
    }
}

#[test]
fn events_that_are_refused_leave_no_memory_behind() {
    let (database, role) = made("");
    let session = writer(&database, &role, "on");
    session.run(
        "do $$ begin
            for i in 1 .. 3000 loop
                begin
                    perform eventlog.log_event('unknown');
                exception when check_violation then
                end;
                perform eventlog.log_event('paid');
            end loop;
        end $$",
    );
    let kept =
        "select count(*) from pg_backend_memory_contexts where name = 'pg_eventlog entrance'";
    let admin = writer(&database, SUPERUSER, "on");
    admin.run(
        "do $$ begin
            for i in 1 .. 300 loop
                begin
                    perform eventlog.log_event('unknown');
                exception when check_violation then
                end;
                perform eventlog.log_event('paid');
            end loop;
        end $$",
    );
    assert_eq!(admin.value(kept), "1");
}
