//! Ways around a policy: no context, COPY, partitions, dumps, functions that leak.

use pg_eventlog_tests::{Database, Refusal, refused};

use crate::{A, B, Setup, attempt};

#[test]
fn copy_is_refused_under_row_level_security() {
    let setup = Setup::new();
    for role in [&setup.writer, &setup.service, &setup.owner] {
        let mut client = setup.database.connect(role);
        let refusal = match client.copy_in("copy events (type, payload) from stdin") {
            Ok(_) => panic!("{role} could copy"),
            Err(error) => Refusal::of(&error),
        };
        assert_eq!(refusal.code, "0A000", "{role}");
    }
    let mut reader = setup.database.connect(&setup.reader);
    reader
        .batch_execute(&format!("begin; select eventlog.set_context('{A}')"))
        .unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut reader.copy_out("copy events to stdout").unwrap(),
        &mut text,
    )
    .unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains(B));
}

#[test]
fn without_a_context_nothing_is_written_and_nothing_seen() {
    let setup = Setup::new();
    let mut reader = setup.database.connect(&setup.reader);
    for table in ["events", "parted", "invoices", "actions"] {
        let count: i64 = reader
            .query_one(&format!("select count(*) from {table}"), &[])
            .unwrap()
            .get(0);
        assert_eq!(count, 0, "{table}");
    }
    let mut writer = setup.database.connect(&setup.writer);
    for sql in [
        format!("select eventlog.log_event('t', tenant_id => '{A}')"),
        format!("select eventlog.log_event('t', tenant_id => '{A}', idempotency_key => 'k-1')"),
        format!(
            "select eventlog.log_event('t', tenant_id => '{A}', actor_type => 'user', actor_id => 'u-1')"
        ),
        format!("select eventlog.log_events('[{{\"type\": \"t\", \"tenant_id\": \"{A}\"}}]')"),
        format!("insert into events (type, payload, tenant_id) values ('t', '{{}}', '{A}')"),
        format!("insert into actions (action, data, company) values ('t', '{{}}', '{A}')"),
        format!("insert into invoices values (0, '{A}')"),
    ] {
        refused(writer.batch_execute(&sql)).is("42501", "no tenant is set for this transaction");
    }
    // The gate has its say before the policy.
    refused(writer.batch_execute("select eventlog.log_event('t')")).is("23502", "needs a tenant");
    // What belonged to a transaction ended with it.
    writer
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); select eventlog.log_event('t'); commit"
        ))
        .unwrap();
    refused(writer.batch_execute(&format!(
        "select eventlog.log_event('t', tenant_id => '{A}')"
    )))
    .is("42501", "no tenant");
}

#[test]
fn partitions_are_closed_whenever_they_come() {
    let setup = Setup::new();
    let mut owner = setup.database.connect(&setup.owner);
    owner
        .batch_execute(&format!(
            "alter default privileges in schema public grant all on tables to {0}, public;
             create table parted_made partition of parted for values from ('2001-01-01') to ('2001-02-01');
             create table parted_attached (like parted including defaults);
             insert into parted_attached (type, payload, tenant_id, recorded_at) values ('t', '{{}}', '{B}', '2001-03-02');
             alter table parted attach partition parted_attached for values from ('2001-03-01') to ('2001-04-01')",
            setup.reader
        ))
        .unwrap();
    let mut reader = setup.database.connect(&setup.reader);
    for partition in ["parted_made", "parted_attached"] {
        for sql in [
            "select count(*) from X",
            "truncate X",
            "update X set type = 'x'",
        ] {
            let refusal = attempt(&mut reader, &sql.replace('X', partition)).unwrap_err();
            assert_eq!(refusal.code, "42501", "{sql} {partition}");
        }
    }
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted").unwrap(),
        ["3"]
    );
    // The owner reads and dumps them as before.
    let count: i64 = owner
        .query_one("select count(*) from parted_attached", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 1);
    // Detached, it is as closed as it was.
    owner
        .batch_execute(&format!(
            "alter table parted detach partition parted_attached; grant select on parted_attached to {}",
            setup.reader
        ))
        .unwrap();
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted_attached").unwrap(),
        ["0"]
    );
}

#[test]
fn the_owner_dumps_all_rows_and_restores_them() {
    let setup = Setup::new();
    let directory = setup.database.cluster().directory().to_owned();
    let file = directory.join(format!("{}.sql", setup.database.name()));
    let options = [
        "--enable-row-security",
        "--schema=public",
        "--data-only",
        "--inserts",
    ];
    setup
        .database
        .cluster()
        .pg_dump(setup.database.name(), &setup.owner, &options, &file)
        .expect_ok();
    let dump = std::fs::read_to_string(&file).unwrap();
    for (table, rows) in [
        ("events", 6),
        ("parted_default", 0),
        ("invoices", 1000),
        ("events_key", 6),
    ] {
        let start = format!("INSERT INTO public.{table} ");
        let found = dump.lines().filter(|line| line.starts_with(&start)).count();
        assert_eq!(found, rows, "{table}");
    }
    let parted = dump
        .lines()
        .filter(|line| line.starts_with("INSERT INTO public.parted_p"))
        .count();
    assert_eq!(parted, 6);
    // Without the option, Postgres refuses rather than to leave rows out.
    let refusal = setup
        .database
        .cluster()
        .pg_dump(
            setup.database.name(),
            &setup.owner,
            &["--schema=public"],
            &file,
        )
        .expect_failure();
    assert!(refusal.contains("row-level security"), "{refusal}");
}

#[test]
fn policies_survive_dump_and_restore() {
    const POLICIES: &str = "select c.relname || ' ' || c.relrowsecurity || c.relforcerowsecurity || ' ' || p.polname || p.polcmd::text
            || ' ' || p.polroles::regrole[]::text || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
            || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') || obj_description(p.oid, 'pg_policy')
        from pg_policy p join pg_class c on c.oid = p.polrelid order by 1";
    let setup = Setup::new();
    let list = |database: &Database| -> Vec<String> {
        let rows = database.admin().query(POLICIES, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let file = setup
        .database
        .cluster()
        .directory()
        .join(format!("{}.dump", setup.database.name()));
    setup
        .database
        .cluster()
        .pg_dump(setup.database.name(), "postgres", &["-Fc"], &file)
        .expect_ok();
    let restored = Database::empty();
    restored
        .cluster()
        .pg_restore(restored.name(), "postgres", &["--exit-on-error"], &file)
        .expect_ok();
    let before = list(&setup.database);
    assert!(before.len() > 20);
    assert_eq!(before, list(&restored));
    // Nothing is left to repair, and isolating again changes nothing.
    let mut owner = restored.connect(&setup.owner);
    let put_back = owner
        .query(
            "select eventlog.repair_log('events') union all select eventlog.repair_log('parted')",
            &[],
        )
        .unwrap();
    assert!(put_back.is_empty(), "{put_back:?}");
    owner
        .batch_execute("select eventlog.isolate_tenants('invoices')")
        .unwrap();
    assert_eq!(before, list(&restored));
    let mut reader = restored.connect(&setup.reader);
    restored
        .admin()
        .batch_execute(&format!(
            "select eventlog.grant_context('{}')",
            setup.reader
        ))
        .unwrap();
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted").unwrap(),
        ["3"]
    );
}

/// What a role owns itself, it can shape as it likes; its functions and operators must not run with more rights, nor let it
/// see rows before a policy has let them pass.
#[test]
fn a_leaky_function_sees_no_row_of_another_tenant() {
    let setup = Setup::new();
    setup
        .database
        .admin()
        .batch_execute(&format!(
            "create schema mine authorization {}",
            setup.reader
        ))
        .unwrap();
    let mut client = setup.database.connect(&setup.reader);
    client
        .batch_execute(
            "create table mine.seen (tenant uuid, type text);
             create function mine.leak(tenant uuid, type text) returns boolean language plpgsql cost 0.0000001 as
             $$ begin insert into mine.seen values (tenant, type); return true; end $$;
             create function mine.same(uuid, uuid) returns boolean language plpgsql cost 0.0000001 as
             $$ begin insert into mine.seen values ($1, 'operator'); return true; end $$;
             create operator mine.= (leftarg = uuid, rightarg = uuid, function = mine.same);
             create function mine.current_tenant() returns text language sql as $$ select 'x' $$",
        )
        .unwrap();
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); set local search_path = mine, pg_catalog, public, eventlog;
             select count(*) from events where mine.leak(tenant_id, type);
             select count(*) from parted where mine.leak(tenant_id, type) and tenant_id = '{B}';
             select count(*) from invoices where mine.leak(tenant_id, 'invoice');
             select count(*) from actions where mine.leak(company, action);
             select count(*) from events e join invoices i on e.tenant_id = i.tenant_id where mine.leak(i.tenant_id, e.type);
             commit"
        ))
        .unwrap();
    let tenants: Vec<String> = client
        .query("select distinct tenant::text from mine.seen", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(tenants, [A]);
}
