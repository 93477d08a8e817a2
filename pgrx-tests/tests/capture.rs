//! Tracked tables, several sessions and many rows: the order of events is that of the row's lock, what other sessions
//! change in the table, the tracking or the taxonomy holds at once, and memory stays bounded.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pg_eventlog_tests::{Database, Session};

/// A log and a tracked table with one row.
fn tracked() -> (Database, Session) {
    let database = Database::fresh();
    let owner = database.session();
    owner.run("select eventlog.create_log('public.events', require_tenant => false)");
    owner.run("create table public.items (id int primary key, name text, n int)");
    owner.run("select eventlog.track_changes('public.items')");
    owner.run("insert into public.items values (1, 'one', 0)");
    (database, owner)
}

/// The payload of the newest event.
fn newest(session: &Session) -> String {
    session.value("select payload from public.events order by seq desc limit 1")
}

#[test]
fn events_of_a_row_stand_in_the_order_in_which_sessions_held_it() {
    let (database, first) = tracked();
    let (mut second, mut third) = (database.session(), database.session());
    // The second one is older, and writes before it waits: its transaction id is the smaller one.
    second.run("begin");
    second.run("insert into public.items values (2, 'two', 0)");
    first.run("begin");
    first.run("update public.items set n = 1 where id = 1");
    let waiting = second.start("update public.items set n = n + 10 where id = 1 returning n");
    second.wait_until_blocked();
    let deleting = third.start("delete from public.items where id = 1 returning n");
    third.wait_until_blocked();
    first.run("update public.items set name = 'uno' where id = 1");
    first.run("commit");
    let updated = waiting.succeeds();
    second.run("commit");
    let deleted = deleting.succeeds();
    let events = first.run(
        "select split_part(type, '.', 2), payload from public.events where entity_id = '1' order by seq",
    );
    let told: Vec<String> = events
        .into_iter()
        .map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" "))
        .collect();
    let mut expected = vec![
        r#"created {"initial_values": {"n": 0, "id": 1, "name": "one"}}"#.to_owned(),
        r#"updated {"changes": {"n": {"new": 1, "old": 0}}}"#.to_owned(),
        r#"updated {"changes": {"name": {"new": "uno", "old": "one"}}}"#.to_owned(),
    ];
    // Postgres may let the DELETE pass the UPDATE, which finds no row then: each says what it did.
    let n = match &updated[..] {
        [row] => {
            assert_eq!(row[0].as_deref(), Some("11"));
            expected.push(r#"updated {"changes": {"n": {"new": 11, "old": 1}}}"#.to_owned());
            11
        }
        _ => 1,
    };
    assert_eq!(deleted, [[Some(n.to_string())]]);
    expected.push(format!(
        r#"deleted {{"final_values": {{"n": {n}, "id": 1, "name": "uno"}}}}"#
    ));
    assert_eq!(told, expected);
}

#[test]
fn an_upsert_that_waits_for_the_other_insert_is_an_update() {
    let (database, first) = tracked();
    let mut second = database.session();
    first.run("begin");
    first.run("insert into public.items values (2, 'first', 1)");
    let waiting = second.start(
        "insert into public.items values (2, 'second', 1) on conflict (id) do update set name = excluded.name",
    );
    second.wait_until_blocked();
    first.run("commit");
    waiting.succeeds();
    assert_eq!(
        newest(&first),
        r#"{"changes": {"name": {"new": "second", "old": "first"}}}"#
    );
}

#[test]
fn what_another_session_does_to_the_table_holds_for_the_next_change() {
    let (database, owner) = tracked();
    let writer = database.session();
    let change = |sql: &str| {
        writer.run(sql);
        newest(&writer)
    };
    assert_eq!(
        change("update public.items set n = 1"),
        r#"{"changes": {"n": {"new": 1, "old": 0}}}"#
    );
    owner.run("alter table public.items add column added numeric default 1.50");
    assert_eq!(
        change("update public.items set added = added + 1"),
        r#"{"changes": {"added": {"new": 2.50, "old": 1.50}}}"#
    );
    owner.run("alter table public.items drop column name");
    assert_eq!(
        change("insert into public.items values (2, 2, 2)"),
        r#"{"initial_values": {"n": 2, "id": 2, "added": 2}}"#
    );
    owner.run("alter table public.items alter column n type text using 'n' || n");
    assert_eq!(
        change("update public.items set n = 'x' where id = 1"),
        r#"{"changes": {"n": {"new": "x", "old": "n1"}}}"#
    );
    owner.run("alter table public.items rename column n to renamed");
    assert_eq!(
        change("update public.items set renamed = 'y' where id = 1"),
        r#"{"changes": {"renamed": {"new": "y", "old": "x"}}}"#
    );
}

/// The statement has been planned, and then waits for the lock.
#[test]
fn a_change_that_waits_for_an_alter_table_sees_the_new_table() {
    let (database, owner) = tracked();
    let mut writer = database.session();
    writer.run("prepare change as update public.items set n = n + 1");
    writer.run("execute change");
    owner.run("begin");
    owner.run("alter table public.items add column level int generated always as (n + 100) stored, drop column name");
    let change = writer.start("execute change");
    writer.wait_until_blocked();
    owner.run("commit");
    change.succeeds();
    assert_eq!(
        newest(&owner),
        r#"{"changes": {"n": {"new": 2, "old": 1}, "level": {"new": 102, "old": 101}}}"#
    );
}

#[test]
fn what_another_session_does_to_the_tracking_holds_at_once() {
    let (database, owner) = tracked();
    let writer = database.session();
    let count = || owner.value("select count(*) from public.events");
    writer.run("update public.items set n = 1");
    owner.run("select eventlog.track_changes('public.items', ignore => '{n}', state_column => 'name', carry_values => false)");
    let before = count();
    writer.run("update public.items set n = 2");
    assert_eq!(count(), before);
    writer.run("update public.items set name = 'x'");
    assert_eq!(newest(&owner), r#"{"state": {"new": "x", "old": "one"}}"#);
    owner.run("select eventlog.untrack_changes('public.items')");
    let before = count();
    writer.run("update public.items set name = 'y'");
    writer.run("truncate public.items");
    assert_eq!(count(), before);
    owner.run("select eventlog.track_changes('public.items', entity_type => 'thing')");
    writer.run("insert into public.items values (5, 'five', 5)");
    assert_eq!(
        owner.value("select type from public.events order by seq desc limit 1"),
        "thing.created"
    );
    // Also for one whose snapshot is older than the change.
    writer.run("begin isolation level repeatable read");
    writer.run("select count(*) from public.items");
    owner.run(
        "select eventlog.track_changes('public.items', entity_type => 'thing', ignore => '{n}')",
    );
    let before = count();
    writer.run("update public.items set n = 6");
    writer.run("commit");
    assert_eq!(count(), before);
}

#[test]
fn what_another_session_does_to_the_taxonomy_or_the_log_holds_at_once() {
    let (database, owner) = tracked();
    let writer = database.session();
    writer.run("update public.items set n = 1");
    // No contract stands in the way of a change.
    owner.run("select eventlog.register_event_type('items.updated', required => '{never}', max_payload_bytes => 10)");
    writer.run("update public.items set n = 2");
    owner.run("select eventlog.retire_event_type('items.updated')");
    writer.run("update public.items set n = 3");
    owner.run("alter table public.events add check (payload::text not like '%99%')");
    writer
        .refused("update public.items set n = 99")
        .is("23514", "violates check constraint");
    owner.run("alter table public.events rename to journal");
    writer.run("update public.items set n = 4");
    owner.run("create table public.events (like public.journal)");
    writer.run("update public.items set n = 5");
    assert_eq!(owner.value("select count(*) from public.events"), "0");
}

/// Types of contributed modules, and one that depends on how Postgres was built. What has a cast to json of its own is
/// the text that it shows; keys are told apart by the type's own operator, in whatever schema that is.
#[test]
fn types_that_not_every_server_has() {
    let database = Database::fresh();
    let session = database.session();
    session.run(
        "select eventlog.create_log('public.events', require_tenant => false); create schema ext; set search_path = ext",
    );
    for (extension, kind, value, shown) in [
        (
            "hstore",
            "ext.hstore",
            r#"a => 1, "b c" => NULL"#,
            r#""\"a\"=>\"1\", \"b c\"=>NULL""#,
        ),
        ("citext", "ext.citext", "Case", r#""Case""#),
        ("ltree", "ext.ltree", "a.b", r#""a.b""#),
        ("", "xml", "<a b=\"1\">ä</a>", r#""<a b=\"1\">ä</a>""#),
    ] {
        let there = match extension {
            "" => "select setting like '%with-libxml%' from pg_config where name = 'CONFIGURE'"
                .to_owned(),
            name => {
                format!("select exists (select from pg_available_extensions where name = '{name}')")
            }
        };
        if session.value(&there) != "t" {
            continue;
        }
        if !extension.is_empty() {
            session.run(&format!("create extension {extension} schema ext"));
        }
        session.run(&format!(
            "create table public.t (id int primary key, v {kind}, list {kind}[]);
             select eventlog.track_changes('public.t', entity_type => '{kind}');
             insert into public.t values (1, '{value}', array['{value}']::{kind}[])"
        ));
        assert_eq!(
            newest(&session),
            format!(r#"{{"initial_values": {{"v": {shown}, "id": 1, "list": [{shown}]}}}}"#)
        );
        session.run("drop table public.t");
        if extension == "citext" || extension == "ltree" {
            session.run(&format!(
                "create table public.t (id {kind} primary key, v int);
                 select eventlog.track_changes('public.t', entity_type => '{kind} key');
                 insert into public.t values ('{value}', 1);
                 with gone as (delete from public.t returning id) insert into public.t select id, 2 from gone"
            ));
            assert_eq!(
                newest(&session),
                format!(r#"{{"initial_values": {{"v": 2, "id": {shown}}}}}"#)
            );
            session.run("drop table public.t");
        }
    }
}

/// Runs a statement; how much more anonymous memory its backend held meanwhile than before, at most, in bytes.
fn growth(session: &Session, sql: &str) -> i64 {
    let pid = session.pid();
    let held = || -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let anonymous = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .expect("Linux tells RssAnon");
        let kilobytes: i64 = anonymous.trim().trim_end_matches(" kB").parse().unwrap();
        kilobytes * 1024
    };
    let before = held();
    let done = AtomicBool::new(false);
    let peak = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = before;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(held());
                std::thread::sleep(Duration::from_millis(1));
            }
            peak
        });
        session.run(sql);
        done.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    });
    peak - before
}

#[test]
fn memory_stays_bounded_however_many_rows_a_statement_changes() {
    const BOUND: i64 = 32 << 20;
    let database = Database::fresh();
    let session = database.session();
    session.run("select eventlog.create_log('public.events', require_tenant => false)");
    session.run(
        "set work_mem = '1MB'; set synchronous_commit = off;
         create table public.plain (id int primary key, a text, b inet, c json, d timestamptz, n int);
         create table public.parts (like public.plain including all) partition by range (id);
         create table public.parts_1 partition of public.parts for values from (0) to (50000);
         create table public.parts_2 partition of public.parts for values from (50000) to (1000000);",
    );
    // What a first statement loads stays.
    for table in ["plain", "parts"] {
        session.run(&format!(
            "select eventlog.track_changes('public.{table}'); insert into public.{table} (id) values (0);
             update public.{table} set n = 1; delete from public.{table}"
        ));
    }
    let rows = |table: &str| {
        format!(
            "insert into public.{table} select n, repeat('a', 100), '10.0.0.1', '{{\"a\": 1}}', now(), n
             from generate_series(1, 100000) n"
        )
    };
    for table in ["plain", "parts"] {
        let upsert = rows(table) + " on conflict (id) do update set n = 0, c = '[]', b = '::1'";
        for (sql, changes) in [
            (rows(table), true),
            (
                format!(
                    "update public.{table} set n = n + 1, d = now() + interval '1 day', b = '10.0.0.2'"
                ),
                true,
            ),
            (
                format!("update public.{table} set c = '{{ \"a\":1}}'"),
                false,
            ),
            (upsert, true),
            (format!("delete from public.{table}"), true),
        ] {
            let before = session.value("select count(*) from public.events");
            let grown = growth(&session, &sql);
            let after = session.value("select count(*) from public.events");
            let events = after.parse::<i64>().unwrap() - before.parse::<i64>().unwrap();
            assert_eq!(events, if changes { 100_000 } else { 0 }, "{sql}");
            assert!(grown < BOUND, "{sql}: the backend grew by {grown} bytes");
        }
    }
    // Values that lie outside of the rows and have to be fetched to see that they are the same.
    session.run(
        "create table public.big (id int primary key, body text, n int);
         alter table public.big alter column body set storage external;
         insert into public.big select n, repeat('b', 100000), 0 from generate_series(1, 1500) n;
         select eventlog.track_changes('public.big');
         update public.big set n = 1 where id = 1",
    );
    for (sql, events) in [
        ("update public.big set body = body || ''", "0"),
        (
            "update public.big set body = body || '', n = case when id % 100 = 0 then 1 else n end",
            "15",
        ),
        (
            "update public.big set body = body || 'x' where id <= 500",
            "500",
        ),
    ] {
        session.run("create temp table before as select max(seq) as seq from public.events");
        let grown = growth(&session, sql);
        let found = session
            .value("select count(*) from public.events where seq > (select seq from before)");
        assert_eq!(found, events, "{sql}");
        assert!(grown < BOUND, "{sql}: the backend grew by {grown} bytes");
        session.run("drop table before");
    }
}

/// What statements inside others did waits on disk, and is freed when it is written.
#[test]
fn memory_stays_bounded_however_much_waits() {
    const BOUND: i64 = 32 << 20;
    let (_database, session) = tracked();
    session.run(
        "set work_mem = '1MB'; set synchronous_commit = off;
         create table public.big (id int primary key, body text, n int);
         alter table public.big alter column body set storage external;
         insert into public.big select n, '', 0 from generate_series(1, 8000) n;
         select eventlog.track_changes('public.big');
         create function public.more() returns trigger language plpgsql as $$ begin
             if pg_trigger_depth() < 2 then
                 update public.big set n = n + 1, body = 'x' || body where id = new.id;
             end if;
             return null;
         end $$;
         create trigger more after update on public.big for each row execute function public.more();
         update public.big set n = 0 where id = 1",
    );
    let events = || -> i64 {
        let count = session.value("select count(*) from public.events where type = 'big.updated'");
        count.parse().unwrap()
    };
    for (sql, count) in [
        (
            "do $$ begin for i in 1..400 loop
                 update public.big set body = repeat(i::text, 25000) where id = 1;
             end loop; end $$",
            800,
        ),
        (
            "update public.big set body = repeat(id::text, 500) where id > 1",
            2 * 7999,
        ),
    ] {
        let before = events();
        let grown = growth(&session, sql);
        assert_eq!(events() - before, count, "{sql}");
        assert!(grown < BOUND, "{sql}: the backend grew by {grown} bytes");
    }
    let wrong = "select count(*) from public.big b where id % 100 = 1 and eventlog.entity_state('big', id) <> to_jsonb(b) - 'id'";
    assert_eq!(session.value(wrong), "0");
}

/// Statement after statement, good and bad ones: nothing is left behind.
#[test]
fn memory_does_not_grow_with_the_number_of_statements() {
    let (database, _owner) = tracked();
    let mut client = database.admin();
    client
        .batch_execute(
            "set synchronous_commit = off;
             create function public.again() returns trigger language plpgsql as $$ begin
                 if new.name = 'again' then update public.items set name = 'done' where id = new.id; end if;
                 if new.name = 'bad' then raise 'bad'; end if;
                 return null;
             end $$;
             create trigger again after update on public.items for each row execute function public.again()",
        )
        .unwrap();
    let mut held = |rounds: usize| -> i64 {
        for _ in 0..rounds {
            client
                .batch_execute(
                    "update public.items set n = n + 1;
                     update public.items set name = 'again';
                     insert into public.items values (1, 'x', 1) on conflict (id) do update set n = items.n + 1;
                     do $$ begin
                         update public.items set name = 'bad';
                     exception when raise_exception then null; end $$;
                     begin; delete from public.items; rollback",
                )
                .unwrap();
        }
        client
            .query_one(
                "select sum(used_bytes)::bigint from pg_backend_memory_contexts",
                &[],
            )
            .unwrap()
            .get(0)
    };
    let before = held(50);
    let after = held(500);
    assert!(
        after - before < 64 * 1024,
        "memory contexts grew from {before} to {after} bytes"
    );
}

#[test]
fn a_trigger_that_an_old_snapshot_does_not_see_runs_with_a_pinned_path() {
    let (database, owner) = tracked();
    let writer = database.session();
    owner.run("create table public.seen (path text)");
    owner.run(
        "create function public.look() returns trigger language plpgsql as $$ begin
            insert into public.seen values (current_setting('search_path'));
            return new;
        end $$",
    );
    writer.run("set search_path = public");
    writer.run("begin isolation level repeatable read");
    writer.run("select 1");
    owner.run("create trigger look before insert on public.events for each row execute function public.look()");
    writer.run("update public.items set n = 1");
    writer.run("commit");
    writer.run("update public.items set n = 2");
    assert_eq!(
        owner.value("select string_agg(path, ' and ') from public.seen"),
        "pg_catalog, pg_temp and pg_catalog, pg_temp"
    );
}
