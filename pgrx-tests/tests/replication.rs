//! A logical subscriber: rows arrive without passing the gate again, its guards hold, and a taxonomy that is itself
//! replicated takes effect there, where only row triggers fire.

use pg_eventlog_tests::{Database, SUPERUSER, refused, wait_until};
use postgres::Client;

fn count(client: &mut Client, table: &str) -> i64 {
    client
        .query_one(&format!("select count(*) from {table}"), &[])
        .unwrap()
        .get(0)
}

/// Publishes tables of one database to another of the same cluster; there the slot is made by hand.
fn subscribe(from: &mut Client, to: &mut Client, name: &str, tables: &str, conninfo: &str) {
    from.batch_execute(&format!("create publication {name} for table {tables}"))
        .unwrap();
    from.execute(
        &format!("select pg_create_logical_replication_slot('{name}', 'pgoutput')"),
        &[],
    )
    .unwrap();
    to.batch_execute(&format!(
        "create subscription {name} connection '{conninfo}' publication {name}
         with (create_slot = false, slot_name = '{name}', copy_data = false)"
    ))
    .unwrap();
}

#[test]
fn events_and_taxonomy_reach_a_subscriber_whose_guards_hold() {
    let (source, target) = (Database::fresh(), Database::fresh());
    let (mut from, mut to) = (source.admin(), target.admin());
    for client in [&mut from, &mut to] {
        client
            .batch_execute(
                "select eventlog.create_log('public.events', require_tenant => false);
                 select eventlog.create_log('public.other', require_tenant => false)",
            )
            .unwrap();
    }
    // The subscriber's log has the publisher's id, so that the publisher's taxonomy is its own.
    let log_id: String = from
        .query_one(
            "select log_id::text from eventlog.log where is_default",
            &[],
        )
        .unwrap()
        .get(0);
    to.batch_execute(&format!(
        "begin; update eventlog.log set log_id = '{log_id}' where is_default;
         create or replace trigger eventlog_gate before insert on public.events
             for each row execute function eventlog.gate('{log_id}'); commit"
    ))
    .unwrap();
    let columns = "seq, occurred_at, recorded_at, id, tenant_id, version, type, entity_type, entity_id, actor_type, \
                   actor_id, source_type, source_id, correlation_id, causation_id, idempotency_key, context, payload";
    let conninfo = format!(
        "host={} port=5432 user={SUPERUSER} dbname={}",
        source.cluster().directory().display(),
        source.name()
    );
    let name = format!("events_of_{}", source.name());
    subscribe(
        &mut from,
        &mut to,
        &name,
        &format!("public.events ({columns}), public.other ({columns}), eventlog.event_type"),
        &conninfo,
    );

    // A session of the subscriber reads its taxonomy while it is empty.
    refused(to.execute("select eventlog.log_event('paid')", &[])).is("23514", "not registered");
    from.batch_execute("select eventlog.register_event_type('paid', required => '{amount}')")
        .unwrap();
    from.batch_execute(r#"select eventlog.log_event('paid', '{"amount": 1.10}')"#)
        .unwrap();
    wait_until("the event has arrived", || {
        count(&mut to, "public.events") == 1
    });

    let same: bool = to
        .query_one("select payload::text = '{\"amount\": 1.10}' and origin = eventlog.cluster_origin() from public.events", &[])
        .unwrap()
        .get(0);
    assert!(same, "the event changed on its way");
    let id = |client: &mut Client| {
        client
            .query_one("select id::text from public.events", &[])
            .unwrap()
            .get::<_, String>(0)
    };
    assert_eq!(id(&mut from), id(&mut to));

    // The replicated taxonomy holds here, in the session that had read the empty one.
    refused(to.execute("select eventlog.log_event('paid')", &[])).is("23514", "required");
    from.batch_execute("select eventlog.register_event_type('paid', version => 1)")
        .unwrap();
    wait_until("the new contract holds", || {
        to.execute("select eventlog.validate_event('paid', '{}')", &[])
            .unwrap()
            == 0
    });
    from.batch_execute("truncate eventlog.event_type").unwrap();
    wait_until("the type is gone", || {
        to.execute("select eventlog.validate_event('paid', '{}')", &[])
            .unwrap()
            == 1
    });

    // What passed the gate where it was written is not judged again by a taxonomy that differs here.
    from.batch_execute("select eventlog.register_event_type('unknown there', log => 'other')")
        .unwrap();
    from.batch_execute("select eventlog.log_event('unknown there', log => 'other')")
        .unwrap();
    wait_until("the other log's event has arrived", || {
        count(&mut to, "public.other") == 1
    });

    refused(to.execute("delete from public.events where false", &[])).is("42501", "append-only");

    // Applications go over to the subscriber: what it received with its seq has left its sequence behind.
    from.batch_execute(
        "truncate eventlog.event_type; select eventlog.register_event_type('moved');
         select eventlog.log_event('moved', jsonb_build_object('n', n)) from generate_series(1, 100) n",
    )
    .unwrap();
    wait_until("all events have arrived", || {
        count(&mut to, "public.events") == 101
    });
    let found = "select count(*) from eventlog.doctor() where object = 'public.events' and finding like '%sequence stands behind%'";
    assert_eq!(to.query_one(found, &[]).unwrap().get::<_, i64>(0), 1);
    let repaired: Vec<String> = to
        .query("select * from eventlog.repair_log('public.events')", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let moved = "position of sequence public.events_seq_seq";
    assert!(repaired.iter().any(|piece| piece == moved), "{repaired:?}");
    assert_eq!(to.query_one(found, &[]).unwrap().get::<_, i64>(0), 0);
    to.batch_execute("select eventlog.log_event('moved', '{\"here\": true}')")
        .unwrap();
    let last: bool = to
        .query_one(
            "select payload ? 'here' from public.events order by seq desc limit 1",
            &[],
        )
        .unwrap()
        .get(0);
    assert!(last, "an event stands before its own past");
    to.batch_execute(&format!("alter subscription {name} disable; alter subscription {name} set (slot_name = none); drop subscription {name}"))
        .unwrap();
    wait_until("the slot is free", || {
        from.execute("select pg_drop_replication_slot($1)", &[&name])
            .is_ok()
    });
}

/// What is deleted on a publisher without guards must not be deleted on a subscriber with them.
#[test]
fn a_subscriber_refuses_replicated_deletes() {
    let (source, target) = (Database::fresh(), Database::fresh());
    let (mut from, mut to) = (source.admin(), target.admin());
    for client in [&mut from, &mut to] {
        client
            .batch_execute("create table public.ledger (id int primary key)")
            .unwrap();
    }
    to.batch_execute("select eventlog.make_append_only('public.ledger')")
        .unwrap();
    let name = format!("ledger_of_{}", source.name());
    let conninfo = format!(
        "host={} port=5432 user={SUPERUSER} dbname={}",
        source.cluster().directory().display(),
        source.name()
    );
    subscribe(&mut from, &mut to, &name, "public.ledger", &conninfo);
    from.batch_execute("insert into public.ledger values (1)")
        .unwrap();
    wait_until("the row has arrived", || {
        count(&mut to, "public.ledger") == 1
    });
    from.batch_execute("delete from public.ledger").unwrap();
    wait_until("the worker was refused", || {
        let log = target.cluster().log();
        log.contains("\"ledger\" is append-only: DELETE is not allowed")
            || log.contains("\"public.ledger\" is append-only")
    });
    assert_eq!(count(&mut to, "public.ledger"), 1);
    to.batch_execute(&format!("alter subscription {name} disable; alter subscription {name} set (slot_name = none); drop subscription {name}"))
        .unwrap();
    wait_until("the slot is free", || {
        from.execute("select pg_drop_replication_slot($1)", &[&name])
            .is_ok()
    });
}
