//! Copies of a schema without rows: the catalogue is empty there, and `repair_all` brings logs and trackings back from what
//! stands beside the tables.

use pg_eventlog_tests::{Database, SUPERUSER};

/// Logs and tracked tables of two owners, who are no superusers.
fn source() -> (Database, String, String) {
    let database = Database::fresh();
    let (one, two) = (database.role("one"), database.role("two"));
    let sql = format!(
        "grant create on schema public to {one}, {two};
         do $$ begin execute format('grant create on database %I to {one}', current_database()); end $$;
         set role {one};
         select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, max_payload_bytes => 900);
         select eventlog.create_log('public.journal', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
         select eventlog.register_event_type('paid', required => '{{amount}}', description => 'money came');
         create table public.items (id int primary key, name text, state text, \"a \"\"b'\\\" text, team text);
         select eventlog.track_changes('items', 'item', ignore => array['a \"b''\\'], tenant_column => 'team', state_column => 'state');
         create table public.orders (id int primary key, n int, m int) partition by range (id);
         create table public.orders_1 partition of public.orders default;
         select eventlog.track_changes('orders', fields => '{{n}}', log => 'journal', carry_values => false);
         alter table public.orders rename column n to number;
         insert into public.items values (1, 'a', 'new');
         reset role;
         set role {two};
         select eventlog.create_log('public.second', require_tenant => false);
         create table public.things (id int primary key);
         select eventlog.track_changes('things', log => 'second');
         reset role;
         revoke create on schema public from {two}"
    );
    database.psql(SUPERUSER, &sql).expect_ok();
    (database, one, two)
}

/// What must be the same in the copy, but for rows and times.
const STATE: &str = "
    select 'log ' || l.log_id || l.relation::text || l.tenant_type || coalesce(l.partition_interval::text, '') || l.unregistered
        || l.max_payload_bytes || l.require_tenant || l.is_default from eventlog.log l
    union all select 'state ' || log::text || state from eventlog.logs
    union all select 'type ' || e.log_id || e.type || e.version || e.required::text || coalesce(e.description, '')
        from eventlog.event_type e
    union all select 'tracked ' || t.relation::text || t.log::text || t.entity_type || coalesce(t.fields::text, '')
        || coalesce(t.ignore::text, '') || coalesce(t.tenant_column, '') || coalesce(t.state_column, '') || t.carry_values
        || t.tracked_by || t.state
        from eventlog.tracked_tables t where t.state <> 'ended'
    order by 1";

fn rows(database: &Database, sql: &str) -> Vec<String> {
    let found = database.admin().query(sql, &[]).unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

fn copied(source: &Database, options: &[&str], prepare: &str) -> Database {
    let copy = Database::empty();
    let cluster = source.cluster();
    let file = cluster.directory().join(format!("{}.sql", copy.name()));
    cluster
        .pg_dump(source.name(), SUPERUSER, options, &file)
        .expect_ok();
    copy.psql(SUPERUSER, prepare).expect_ok();
    cluster.psql_file(copy.name(), SUPERUSER, &file).expect_ok();
    copy
}

/// Whoever made the copy repairs it, and then it is as its model.
#[track_caller]
fn repaired(source: &Database, copy: &Database, one: &str) {
    let found = rows(
        copy,
        "select object || ': ' || action from eventlog.repair_all() where action ~ '^failed'",
    );
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(rows(copy, STATE), rows(source, STATE));
    let mut client = copy.connect(one);
    client
        .batch_execute(
            "insert into public.items values (7, 'b', 'new', 'x', 't');
             update public.items set state = 'old';
             insert into public.orders values (7, 1, 2);
             select eventlog.log_event('paid', '{\"amount\": 1}', idempotency_key => 'k')",
        )
        .unwrap();
    assert_eq!(
        rows(
            copy,
            "select type || coalesce(tenant_id, '') from (
                select seq, type, tenant_id from public.events where entity_id = '7' or type = 'paid'
                union all select seq + 1000, type, null from public.journal where entity_id = '7') e
             order by seq"
        ),
        [
            "item.createdt",
            "item.state_changedt",
            "paid",
            "orders.created"
        ]
    );
    let again = rows(copy, "select object from eventlog.repair_all()");
    assert!(again.is_empty(), "{again:?}");
}

#[test]
fn of_the_schema_alone() {
    let (source, one, two) = source();
    let copy = copied(&source, &["--schema-only"], "");
    let grant = format!(
        "do $$ begin execute format('grant create on database %I to {one}', current_database()); end $$"
    );
    copy.psql(SUPERUSER, &grant).expect_ok();
    let error = copy
        .connect(&two)
        .batch_execute("insert into public.things values (1)");
    assert!(
        error.is_err(),
        "a table whose events go nowhere was written"
    );
    repaired(&source, &copy, &one);
}

#[test]
fn of_one_schema_with_its_rows() {
    let (source, one, _) = source();
    let copy = copied(
        &source,
        &["-n", "public"],
        "create extension pg_eventlog; drop schema public",
    );
    let grant = format!(
        "grant usage on schema public to public;
         do $$ begin execute format('grant create on database %I to {one}', current_database()); end $$"
    );
    copy.psql(SUPERUSER, &grant).expect_ok();
    // The journal's maker may make its partitions.
    let grant = format!("grant create on schema public to {one}");
    copy.psql(SUPERUSER, &grant).expect_ok();
    repaired(&source, &copy, &one);
}

/// A dump of a past in which the triggers said nothing yet, and an owner who may not write the log any more.
#[test]
fn what_fails_is_told_and_the_rest_is_done() {
    let (source, one, two) = source();
    source
        .psql(
            SUPERUSER,
            &format!(
                "comment on trigger eventlog_track on public.orders is null;
                 alter table public.items owner to {two}"
            ),
        )
        .expect_ok();
    let copy = copied(&source, &["--schema-only"], "");
    let found = rows(
        &copy,
        "select object || ': ' || action from eventlog.repair_all() where action ~ '^failed' order by 1",
    );
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with("public.items: failed: permission denied"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("public.orders: failed: the capture triggers"),
        "{found:#?}"
    );
    let state = rows(
        &copy,
        "select log::text || state from eventlog.logs order by 1",
    );
    assert_eq!(state, ["eventsready", "journalready", "secondready"]);
    copy.connect(&two)
        .batch_execute("insert into public.things values (1)")
        .unwrap();
    assert_eq!(
        rows(&copy, "select type from public.second"),
        ["things.created"]
    );
    drop(one);
}
