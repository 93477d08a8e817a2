//! TRUNCATE of a tracked table that captures it, while others write to the table.

use pg_eventlog_tests::Database;

fn tracked() -> Database {
    let database = Database::fresh();
    database
        .admin()
        .batch_execute(
            "select eventlog.create_log('public.events', require_tenant => false);
             create table public.items (id int primary key);
             select eventlog.track_changes('public.items', on_truncate => 'capture');
             insert into public.items values (1)",
        )
        .unwrap();
    database
}

/// The entities whose last event says that they are gone, and those that are said to be there.
fn told(database: &Database) -> (String, String) {
    let row = database
        .admin()
        .query_one(
            "select coalesce(string_agg(entity_id, ',' order by entity_id) filter (where type = 'items.deleted'), ''),
                coalesce(string_agg(entity_id, ',' order by entity_id) filter (where type = 'items.created'), '')
             from (select distinct on (entity_id) entity_id, type from public.events order by entity_id, seq desc) last",
            &[],
        )
        .unwrap();
    (row.get(0), row.get(1))
}

/// A transaction's own snapshot does not show what others have committed since; TRUNCATE removes it all the same.
#[test]
fn what_the_snapshot_does_not_show_goes_with_an_event() {
    for isolation in ["read committed", "repeatable read", "serializable"] {
        let database = tracked();
        let (mut truncater, mut other) = (database.admin(), database.admin());
        truncater
            .batch_execute(&format!(
                "begin isolation level {isolation}; select from public.items"
            ))
            .unwrap();
        other
            .batch_execute(
                "insert into public.items values (2); delete from public.items where id = 1",
            )
            .unwrap();
        truncater
            .batch_execute("truncate public.items; commit")
            .unwrap();
        assert_eq!(
            told(&database),
            ("1,2".to_owned(), String::new()),
            "{isolation}"
        );
    }
}

/// It waits for those who have written, and captures what they leave.
#[test]
fn it_waits_for_writers() {
    let database = tracked();
    let (mut writer, mut truncater) = (database.session(), database.session());
    writer.run("begin");
    writer.run("insert into public.items values (2)");
    let truncate = truncater.start("truncate public.items");
    truncater.wait_until_blocked();
    writer.run("commit");
    truncate.succeeds();
    assert_eq!(told(&database), ("1,2".to_owned(), String::new()));
    // And who comes after it finds the table empty.
    truncater.run("begin");
    truncater.run("truncate public.items");
    let insert = writer.start("insert into public.items values (1)");
    writer.wait_until_blocked();
    truncater.run("commit");
    insert.succeeds();
    assert_eq!(told(&database), ("2".to_owned(), "1".to_owned()));
}
