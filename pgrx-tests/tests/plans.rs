//! The ways in which applications read a log, and the index that serves each.

use pg_eventlog_tests::Database;
use postgres::Client;

/// Some teams with some thousand events each; the times are spread over a month.
const SETUP: &str = "
    select eventlog.create_log('public.events', tenant_type => 'bigint', unregistered => 'allow');
    create table public.campaigns (id int primary key, team bigint not null, name text);
    insert into public.campaigns select n, n % 10, 'n' from generate_series(1, 2000) n;
    select eventlog.track_changes('public.campaigns', tenant_column => 'team');
    insert into public.events (tenant_id, type, entity_type, entity_id, actor_type, actor_id, occurred_at, payload)
    select n % 10, case when n / 10 % 20 = 0 then 'campaigns.sent' else 'campaigns.updated' end, 'campaigns', ((n / 10) % 200 * 10 + n % 10)::text, 'user', 'u' || n % 3,
        now() - n * interval '2 minutes', '{\"changes\": {\"name\": {\"old\": \"m\", \"new\": \"n\"}}}'
    from generate_series(1, 20000) n;
    analyze public.events;
";

fn database() -> (Database, Client) {
    let database = Database::fresh();
    let mut client = database.admin();
    client.batch_execute(SETUP).unwrap();
    (database, client)
}

fn plan(client: &mut Client, sql: &str) -> String {
    let rows = client
        .simple_query(&format!("explain (costs off) {sql}"))
        .unwrap();
    let lines = rows.iter().filter_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The plan reads the log through this index alone, and sorts nothing.
fn assert_index(client: &mut Client, index: &str, sql: &str) {
    let plan = plan(client, sql);
    assert!(
        plan.contains(&format!("using {index} on events")),
        "{sql}\n{plan}"
    );
    assert!(!plan.contains("Seq Scan on events"), "{sql}\n{plan}");
    assert!(!plan.contains("Sort"), "{sql}\n{plan}");
}

#[test]
fn a_teams_feed_is_read_from_its_end() {
    let (_database, mut client) = database();
    let feed = "select * from public.events where tenant_id = 3 order by occurred_at desc limit 50";
    assert_index(&mut client, "events_tenant_idx", feed);
    let page = "select * from public.events where tenant_id = 3 and occurred_at < now() - interval '10 days'
        order by occurred_at desc limit 50";
    assert_index(&mut client, "events_tenant_idx", page);
    let one_type = "select * from public.events where tenant_id = 3 and type = 'campaigns.sent'
        order by occurred_at desc limit 50";
    assert_index(&mut client, "events_type_idx", one_type);
}

#[test]
fn an_objects_timeline_is_read_by_its_entity() {
    let (_database, mut client) = database();
    let timeline = "select * from public.events where tenant_id = 3 and entity_type = 'campaigns' and entity_id = '13'
        order by occurred_at desc limit 20";
    assert_index(&mut client, "events_entity_idx", timeline);
}

#[test]
fn an_actors_events_are_read_by_the_actor() {
    let (_database, mut client) = database();
    let feed = "select * from public.events where tenant_id = 3 and actor_id = 'u1' order by occurred_at desc limit 50";
    assert_index(&mut client, "events_actor_idx", feed);
}

/// Scans of the table, and of its index for entities, since the last call; the session's own counts go in first.
fn scans(client: &mut Client, seen: &mut (i64, i64)) -> (i64, i64) {
    client
        .batch_execute("select pg_stat_force_next_flush()")
        .unwrap();
    let row = client
        .query_one(
            "select t.seq_scan, i.idx_scan from pg_stat_user_tables t join pg_stat_user_indexes i using (relid)
             where i.indexrelname = 'events_entity_idx'",
            &[],
        )
        .unwrap();
    let now = (row.get(0), row.get(1));
    let since = (now.0 - seen.0, now.1 - seen.1);
    *seen = now;
    since
}

#[test]
fn an_entitys_history_is_read_by_its_entity() {
    let (_database, mut client) = database();
    let mut seen = (0, 0);
    scans(&mut client, &mut seen);
    for call in [
        "select count(*) from eventlog.entity_history('campaigns', 13, 3)",
        "select eventlog.entity_state('campaigns', 13, now(), 3)",
        // No tenant is said.
        "select count(*) from eventlog.entity_history('campaigns', 13)",
    ] {
        client.batch_execute(call).unwrap();
        let (table, index) = scans(&mut client, &mut seen);
        assert!(
            table == 0 && index == 1,
            "{call}: {table} scans of the table, {index} of the index"
        );
    }
    let row = client
        .query_one(
            "select count(*) from eventlog.entity_history('campaigns', 13)",
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 10);
}

/// The plan of the statement with which `table_as_of` reads, where all that it is told of is new.
fn past_plan(client: &mut Client, of_tenant: bool, ids: Option<&str>) -> String {
    let row = client
        .query_one(
            "select eventlog._past_query('public.campaigns', 'public.events', true, 'team', '{}', $1, $2),
                max(recorded_at)::text, (array_agg(id order by id desc))[1]::text
             from public.events",
            &[&of_tenant, &ids.is_some()],
        )
        .unwrap();
    let (query, at, id): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    client
        .batch_execute(&format!(
            "deallocate all;
            prepare past (timestamptz, uuid, text, timestamptz[], jsonb[], text[], text[], bigint, text, text[])
                as {query}"
        ))
        .unwrap();
    let since = format!(
        "execute past ('{at}', '{id}', 'campaigns', '{{}}', '{{}}', '{{}}', '{{id}}', 0, '3', {})",
        ids.map_or("null".to_owned(), |ids| format!("'{ids}'"))
    );
    plan(client, &since)
}

/// What happened since a time lies at the end of the primary key, whose ids rise with time.
#[test]
fn the_past_of_a_table_reads_only_what_came_after() {
    let (_database, mut client) = database();
    let plan = past_plan(&mut client, false, None);
    assert!(plan.contains("events_pkey"), "{plan}");
    assert!(!plan.contains("Seq Scan on events"), "{plan}");
}

/// A part of the table is read by the indexes that lead to it, in the table and in the log.
#[test]
fn the_past_of_some_rows_reads_only_them() {
    let (_database, mut client) = database();
    client
        .batch_execute(
            "create index campaigns_team on public.campaigns (team); analyze public.campaigns;",
        )
        .unwrap();
    let plan = past_plan(&mut client, true, None);
    assert!(plan.contains("campaigns_team"), "{plan}");
    assert!(!plan.contains("Seq Scan on"), "{plan}");
    let plan = past_plan(&mut client, false, Some("{13,23}"));
    assert!(plan.contains("campaigns_pkey"), "{plan}");
    assert!(!plan.contains("Seq Scan on"), "{plan}");
}
