//! The columns of a log stand in one list in Rust and in one in SQL, and are those of a log.

use model::column::COLUMNS;
use pg_eventlog_tests::Database;

#[test]
fn rust_and_sql_and_a_log_have_the_same_columns() {
    let database = Database::fresh();
    let session = database.session();
    session.run("select eventlog.create_log('public.events', 'bigint'::regtype)");
    let expected: Vec<String> = COLUMNS
        .iter()
        .map(|(name, kind)| format!("{name} {}", kind.name().unwrap_or("tenant")))
        .collect();
    let list = "select string_agg(name || ' ' || coalesce(type::text, 'tenant'), ',' order by n) \
        from eventlog._log_columns() with ordinality as c (name, type, n)";
    assert_eq!(session.value(list), expected.join(","));
    let table = "select string_agg(attname || ' ' || \
            case attname when 'tenant_id' then 'tenant' else atttypid::regtype::text end, ',' order by attnum) \
        from pg_attribute where attrelid = 'public.events'::regclass and attnum > 0";
    assert_eq!(session.value(table), expected.join(","));
}
