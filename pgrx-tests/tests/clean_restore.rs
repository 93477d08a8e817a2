//! `pg_restore --clean` over a database that is in use: it drops guards and keys one by one, then the tables, and loads all
//! rows anew. Without `eventlog.allow_drop` logs and append-only tables stay as they were, with it all is restored.

use pg_eventlog_tests::{Database, SUPERUSER};

const TABLES: &str = "
    select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
    select count(eventlog.log_event('noted', jsonb_build_object('n', n), idempotency_key => n)) from generate_series(1, 20) n;
    create table public.ledger (id int primary key, code text unique);
    insert into public.ledger values (1, 'a'), (2, 'b');
    create table public.notes (body text not null);
    create unique index once on public.notes (body);
    insert into public.notes values ('a'), ('b');
    select eventlog.make_append_only(t) from unnest('{ledger,notes}'::regclass[]) t;
    create table public.items (id int primary key, name text, state text);
    select eventlog.track_changes('items', state_column => 'state');
    insert into public.items values (1, 'a', 'new'), (2, 'b', 'new');
    update public.items set name = 'c', state = 'old' where id = 1;
";

/// Postgres itself cannot clean a partitioned table that has a key within one transaction: it drops the keys of the
/// partitions first, which are inherited.
const PARTITIONED: &str = "
    select eventlog.create_log('public.journal', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
    select count(eventlog.log_event('noted', log => 'journal', idempotency_key => n)) from generate_series(1, 20) n;
    create table public.orders (id int primary key, state text) partition by range (id);
    create table public.orders_1 partition of public.orders default;
    select eventlog.track_changes('orders', log => 'journal');
    insert into public.orders values (1, 'new');
";

/// Rows, keys, guards and what the catalogue says of logs and append-only tables.
const PROTECTED: &str = "
    select 'event ' || e::text from public.events e
    union all select 'key ' || k::text from public.events_key k
    union all select 'ledger ' || l::text from public.ledger l
    union all select 'note ' || n::text from public.notes n
    union all select 'trigger ' || t.tgrelid::regclass::text || t.tgname || t.tgenabled::text || encode(t.tgargs, 'escape')
        from pg_trigger t
        where t.tgfoid in ('eventlog.gate()'::regprocedure, 'eventlog.forbid_change()'::regprocedure,
            'eventlog.guard_claim()'::regprocedure)
    union all select 'constraint ' || k.conrelid::regclass::text || pg_get_constraintdef(k.oid)
        from pg_constraint k where k.connamespace = 'public'::regnamespace
    union all select 'index ' || pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
    union all select 'default ' || d.adrelid::regclass::text || d.adnum::text || pg_get_expr(d.adbin, d.adrelid)
        from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace = 'public'::regnamespace
    union all select 'seq ' || last_value || is_called from public.events_seq_seq
    union all select 'state ' || log::text || state || is_default from eventlog.logs
    union all select 'administered ' || a::text from eventlog.admin_log a where a.action <> 'forget_tables'
    order by 1";

const TRACKED: &str = "
    select 'item ' || i::text from public.items i
    union all select 'tracked ' || t.relation::text || t.state || t.entity_type || t.tracked_since from eventlog.tracked_tables t
    union all select 'trigger ' || t.tgrelid::regclass::text || t.tgname || t.tgenabled::text || encode(t.tgargs, 'escape')
        from pg_trigger t where not t.tgisinternal
    order by 1";

fn rows(database: &Database, sql: &str) -> Vec<String> {
    let found = database.admin().query(sql, &[]).unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

/// The database as it was dumped, and restored over itself with these options.
fn restored_over(options: &[&str], setting: &str) -> (Database, [Vec<String>; 2], bool) {
    let database = Database::fresh();
    let file = database
        .cluster()
        .directory()
        .join(format!("{}.dump", database.name()));
    database.psql(SUPERUSER, TABLES).expect_ok();
    if !options.contains(&"-1") {
        database.psql(SUPERUSER, PARTITIONED).expect_ok();
    }
    let before = [rows(&database, PROTECTED), rows(&database, TRACKED)];
    let cluster = database.cluster();
    cluster
        .pg_dump(database.name(), SUPERUSER, &["-Fc"], &file)
        .expect_ok();
    let ran = cluster.pg_restore_over(database.name(), SUPERUSER, setting, options, &file);
    (database, before, ran.ok)
}

/// Compares line by line, so that a failure shows what differs and not two long lists.
#[track_caller]
fn assert_same(options: &[&str], before: &[String], after: &[String]) {
    let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    let added: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(
        lost.is_empty() && added.is_empty() && before.len() == after.len(),
        "{options:?} lost: {lost:#?}\nadded: {added:#?}"
    );
}

fn with_and_without_switch(options: &[&str]) {
    let (database, [protected, tracked], ok) = restored_over(options, "-c eventlog.allow_drop=off");
    assert!(!ok, "{options:?}: nothing was refused");
    assert_same(options, &protected, &rows(&database, PROTECTED));
    if options.contains(&"-1") {
        assert_same(options, &tracked, &rows(&database, TRACKED));
    }

    let (database, [protected, tracked], ok) = restored_over(options, "-c eventlog.allow_drop=on");
    let own_troubles_of_postgres = !options.contains(&"-1");
    assert!(ok || own_troubles_of_postgres, "{options:?}: refused");
    assert_same(options, &protected, &rows(&database, PROTECTED));
    assert_same(options, &tracked, &rows(&database, TRACKED));
    database
        .psql(
            SUPERUSER,
            "insert into public.items values (3, 'd', 'new'); update public.items set name = 'e' where id = 3;
             select eventlog.repair_log('public.events')",
        )
        .expect_ok();
    let last = rows(
        &database,
        "select type from (select type, seq from public.events order by seq desc limit 2) e order by seq",
    );
    assert_eq!(last, ["items.created", "items.updated"], "{options:?}");
}

#[test]
fn a_clean_restore() {
    with_and_without_switch(&["--clean"]);
    with_and_without_switch(&["--clean", "--if-exists"]);
}

#[test]
fn a_clean_restore_in_one_transaction() {
    with_and_without_switch(&["--clean", "-1"]);
    with_and_without_switch(&["--clean", "--if-exists", "-1"]);
}

#[test]
fn a_clean_restore_with_parallel_jobs() {
    with_and_without_switch(&["--clean", "-j", "2"]);
    with_and_without_switch(&["--clean", "--if-exists", "-j", "2"]);
}
