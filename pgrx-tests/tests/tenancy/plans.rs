//! The tenant of a policy finds its index, whatever its type.

use pg_eventlog_tests::Database;
use postgres::{Client, SimpleQueryMessage};

/// The plan of a statement as this tenant and user.
fn plan(client: &mut Client, tenant: &str, actor: &str, sql: &str) -> String {
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{tenant}', 'user', '{actor}')"
        ))
        .unwrap();
    let rows = client
        .simple_query(&format!("explain (costs off) {sql}"))
        .unwrap();
    client.batch_execute("rollback").unwrap();
    let lines = rows.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_index_of_the_tenant_is_used() {
    let database = Database::fresh();
    let app = database.role("app");
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "select eventlog.grant_context('{app}');
             create table members (user_id bigint, tenant text, primary key (user_id, tenant));
             insert into members select n, n % 100 from generate_series(1, 1000) n;
             grant select on members to {app}"
        ))
        .unwrap();
    for (kind, value) in [
        ("uuid", "lpad(n::text, 32, '0')::uuid"),
        ("bigint", "n"),
        ("int", "n"),
        ("text", "n::text"),
        ("varchar", "n::text"),
    ] {
        let tenant = if kind == "uuid" {
            "00000000000000000000000000000007"
        } else {
            "7"
        };
        admin
            .batch_execute(&format!(
                "create table of_{kind} (tenant {kind} not null, at int, note text);
                 insert into of_{kind} select {value}, i, 'x' from generate_series(0, 99) n, generate_series(1, 100) i;
                 create index on of_{kind} (tenant, at);
                 analyze of_{kind};
                 grant all on of_{kind} to {app};
                 select eventlog.isolate_tenants('of_{kind}', 'tenant');"
            ))
            .unwrap();
        let mut client = database.connect(&app);
        for sql in [
            "select * from X",
            "select count(*) from X",
            "select * from X where at = 5",
            "select * from X order by at desc limit 5",
            "update X set note = 'y'",
            "update X set note = 'y' where at = 5",
            "delete from X where at < 10",
        ] {
            let sql = sql.replace('X', &format!("of_{kind}"));
            let plan = plan(&mut client, tenant, "u", &sql);
            assert!(
                plan.contains(&format!("of_{kind}_tenant_at_idx"))
                    && plan.contains("Index Cond: (")
                    && plan.contains("tenant")
                    && !plan.contains("Seq Scan"),
                "{sql}\n{plan}"
            );
            assert!(!plan.contains(" OR "), "{sql}\n{plan}");
        }
        let plan = plan(
            &mut client,
            tenant,
            "u",
            &format!("select * from of_{kind} order by at desc limit 5"),
        );
        assert!(!plan.contains("Sort"), "{plan}");
    }
    // By membership: the index is asked for each tenant of the user's.
    admin
        .batch_execute("select eventlog.isolate_tenants('of_text', 'tenant', membership => 'members(user_id, tenant)')")
        .unwrap();
    let mut client = database.connect(&app);
    for sql in [
        "select * from of_text",
        "select * from of_text where at = 5",
        "update of_text set note = 'y'",
    ] {
        let plan = plan(&mut client, "7", "107", sql);
        assert!(
            plan.contains("(tenant = ANY (") && !plan.contains("Seq Scan on of_text"),
            "{sql}\n{plan}"
        );
    }
    // A log has the same, and its own indexes.
    admin
        .batch_execute(&format!(
            "select eventlog.create_log('public.events', tenant_type => 'bigint', unregistered => 'allow');
             insert into public.events (tenant_id, type, payload, occurred_at)
             select n % 100, 't-' || n % 7, '{{}}', now() - n * interval '1 minute' from generate_series(1, 20000) n;
             analyze public.events;
             select eventlog.grant_reader('public.events', '{app}')"
        ))
        .unwrap();
    let mut client = database.connect(&app);
    for (index, sql) in [
        (
            "events_tenant_idx",
            "select * from events order by occurred_at desc limit 20",
        ),
        (
            "events_type_idx",
            "select * from events where type = 't-3' order by occurred_at desc limit 20",
        ),
    ] {
        let plan = plan(&mut client, "7", "u", sql);
        assert!(
            plan.contains(index) && !plan.contains("Sort"),
            "{sql}\n{plan}"
        );
    }
}
