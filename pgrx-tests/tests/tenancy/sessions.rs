//! What is kept in a session or waits for another one: plans, cursors, grants; and what runs as the owner.

use crate::{A, B, Setup, attempt};

#[test]
fn kept_plans_and_cursors_follow_the_role() {
    let setup = Setup::new();
    let login = setup.database.role("login");
    setup
        .database
        .admin()
        .batch_execute(&format!(
            "alter role {login} noinherit; grant {}, {}, {}, {} to {login};
             select eventlog.grant_context('{login}')",
            setup.reader, setup.consumer, setup.writer, setup.service
        ))
        .unwrap();
    let session = setup.session(&login);
    session.run("prepare seen as select count(*) from events");
    session.run("prepare forged as insert into events (type, payload, tenant_id) values ('t', '{}', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb')");
    let context = format!("select eventlog.set_context('{A}')");
    // Often enough for a generic plan.
    for _ in 0..7 {
        session.run(&format!("begin; set local role {}", setup.consumer));
        assert_eq!(session.value("execute seen"), "6");
        session.run(&format!(
            "set local role {}; select eventlog.set_context('{A}')",
            setup.reader
        ));
        assert_eq!(session.value("execute seen"), "3");
        session.run(&format!(
            "set local role none; select eventlog.set_context('{B}')"
        ));
        session
            .refused("execute seen")
            .is("42501", "permission denied");
        session.run("rollback");
        session.run(&format!("begin; set local role {}", setup.service));
        session.run("execute forged; savepoint s");
        session.run(&format!(
            "{context}; set local role {}; savepoint s",
            setup.writer
        ));
        session
            .refused("execute forged")
            .is("42501", "is not the current tenant");
        session.run("rollback to s");
        // log_event keeps a plan as well, one for whoever calls.
        let forge =
            format!("select eventlog.log_event('t', tenant_id => '{B}', idempotency_key => 'x')");
        session
            .refused(&forge)
            .is("42501", "not the current tenant");
        session.run(&format!("rollback to s; set local role {}", setup.service));
        session.run(&forge);
        session.run("rollback");
    }
    // A context that changes in between is seen by a kept plan.
    session.run(&format!("begin; set local role {}", setup.reader));
    for (tenant, count) in [(A, "3"), (B, "3"), ("", "0")] {
        session.run(&format!("select eventlog.set_context('{tenant}')"));
        assert_eq!(session.value("execute seen"), count);
    }
    // A cursor is of one tenant, the one that was current when its first row was fetched, whatever is set later.
    for (first, tenant) in [("fetch 1 from c", A), ("select 1", B)] {
        session.run(&format!("set local role {}", setup.reader));
        session.run(&format!("select eventlog.set_context('{A}')"));
        session.run("declare c cursor for select tenant_id from events order by seq");
        session.run(first);
        session.run(&format!("select eventlog.set_context('{B}')"));
        session.run(&format!("set local role {}", setup.consumer));
        let rows = session.run("fetch all from c");
        assert!(rows.len() >= 2);
        assert!(
            rows.iter().all(|row| row[0].as_deref() == Some(tenant)),
            "{rows:?}"
        );
        session.run("close c");
    }
    session.run("rollback");
}

#[test]
fn what_runs_as_the_owner_is_not_held_back() {
    let setup = Setup::new();
    let mut owner = setup.database.connect(&setup.owner);
    owner
        .batch_execute(
            "select eventlog.track_changes('invoices', tenant_column => 'tenant_id', log => 'events');
             create table orders (id int primary key, tenant_id uuid, state text);
             select eventlog.track_changes('orders', tenant_column => 'tenant_id', log => 'parted')",
        )
        .unwrap();
    owner
        .batch_execute(&format!(
            "grant all on orders to {}; select eventlog.isolate_tenants('orders', writers => '{{{}}}')",
            setup.outsider, setup.outsider
        ))
        .unwrap();
    // Whoever changes the table can neither see nor write the log.
    let mut outsider = setup.database.connect(&setup.outsider);
    outsider
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}', 'user', 'u-9'); insert into orders values (1, '{A}', 'new'); commit"
        ))
        .unwrap();
    let mut reader = setup.database.connect(&setup.reader);
    reader
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); update invoices set amount = 0 where id = 2; commit"
        ))
        .unwrap();
    assert_eq!(
        attempt(
            &mut reader,
            "select actor_id from parted where type = 'orders.created'"
        )
        .unwrap(),
        ["u-9"]
    );
    assert_eq!(
        attempt(
            &mut reader,
            "select entity_id from events where type = 'invoices.updated'"
        )
        .unwrap(),
        ["2"]
    );
    // The owner writes for any tenant, with or without a context, and sees it all.
    owner
        .batch_execute(&format!(
            "select eventlog.log_event('t', tenant_id => '{B}', idempotency_key => 'o')"
        ))
        .unwrap();
    let count: i64 = owner
        .query_one("select count(*) from events", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 8);
    // A table function of the past shows a reader the current tenant's.
    let mut reader = setup.database.connect(&setup.reader);
    assert_eq!(
        attempt(
            &mut reader,
            "select count(*) from eventlog.table_as_of(null::invoices, clock_timestamp())"
        )
        .unwrap(),
        ["500"]
    );
}

#[test]
fn two_grants_at_once_both_count() {
    let setup = Setup::new();
    let (one, other) = (setup.database.role("one"), setup.database.role("other"));
    let first = setup.session(&setup.owner);
    let mut second = setup.session(&setup.owner);
    first.run(&format!(
        "begin; select eventlog.grant_writer('events', '{one}')"
    ));
    let waiting = second.start(&format!(
        "select eventlog.grant_writer('events', '{other}')"
    ));
    second.wait_until_blocked();
    first.run("commit");
    waiting.succeeds();
    let writers = first.value("select array_length(polroles, 1) from pg_policy where polname = 'eventlog_write' and polrelid = 'events'::regclass");
    assert_eq!(writers, "3");
}
