//! pg_upgrade: the check passes, and after it the logs stand in the new cluster, to every newer version that is there.

use pg_eventlog_tests::{Cluster, Install, SUPERUSER, refused};

const LOGS: &str = r#"
    create extension pg_eventlog;
    select eventlog.create_log('public.events');
    select eventlog.create_log('public.parted', partition_interval => '1 day', require_tenant => false, unregistered => 'allow');
    select eventlog.register_event_type('paid', required => '{amount}');
    select eventlog.create_event_view('public.payments', 'events', '{"kind": "type", "company": "tenant_id", "data": "payload"}');
    select eventlog.log_event('paid', '{"amount": 1.10}', '11111111-1111-4111-8111-111111111111', idempotency_key => 'k');
    select eventlog.log_event('x', log => 'parted');
"#;

/// The newer versions that are there with this very build of the extension.
fn newer() -> Vec<Install> {
    let old = Install::under_test();
    (old.major() + 1..=18)
        .filter_map(Install::of_major)
        .filter(|new| new.can_upgrade() && new.has_same_extension_as(&old))
        .collect()
}

#[test]
fn the_check_passes() {
    let versions = newer();
    if versions.is_empty() {
        eprintln!("no newer version is there to upgrade to");
    }
    for install in versions {
        let mut cluster = Cluster::new();
        cluster.psql("postgres", SUPERUSER, LOGS).expect_ok();
        let said = cluster.pg_upgrade_check(&install).expect_ok();
        assert!(said.contains("Clusters are compatible"), "{said}");
    }
}

#[test]
fn after_an_upgrade_logging_goes_on() {
    for install in newer() {
        let mut source = Cluster::new();
        source.psql("postgres", SUPERUSER, LOGS).expect_ok();
        let events = "select string_agg(e::text, ' ' order by seq) from public.events e";
        let before = source.psql("postgres", SUPERUSER, events).expect_ok();
        source.stop();
        let mut target = Cluster::stopped(install, &[]);
        let upgraded = source.pg_upgrade_into(&target, &[]);
        if upgraded.err.contains(Cluster::ATTVER) {
            eprintln!(
                "Postgres {} is of an older release than the source",
                target.install().major()
            );
            continue;
        }
        upgraded.expect_ok();
        target.start();
        assert_eq!(
            target.psql("postgres", SUPERUSER, events).expect_ok(),
            before
        );

        let mut client = target.connect("postgres", SUPERUSER);
        let state = client
            .query("select state from eventlog.logs", &[])
            .unwrap();
        assert!(
            state.len() == 2 && state.iter().all(|row| row.get::<_, &str>(0) == "ready"),
            "{state:?}"
        );
        let call = |payload: &str| {
            format!(
                "select eventlog.log_event('paid', '{payload}', '11111111-1111-4111-8111-111111111111', idempotency_key => 'k')"
            )
        };
        let repeated = client
            .query_one(
                &format!(
                    "{} = (select id from public.events)",
                    call(r#"{"amount": 1.1}"#)
                ),
                &[],
            )
            .unwrap();
        assert!(repeated.get::<_, bool>(0), "the key was forgotten");
        refused(client.batch_execute(
            "select eventlog.log_event('paid', '{}', '11111111-1111-4111-8111-111111111111')",
        ))
        .is("23514", "required");
        refused(client.batch_execute("truncate public.parted_default")).is("42501", "append-only");
        client.batch_execute(r#"insert into public.payments values ('11111111-1111-4111-8111-111111111111', 'paid', '{"amount": 2}')"#).unwrap();
        let repaired = client.query("select eventlog.repair_log('events') union all select eventlog.repair_log('parted')", &[]).unwrap();
        assert!(repaired.is_empty(), "something was lost");
    }
}
