//! What a session keeps of tables and of the catalogue: it stays while other tables change, however many are kept.

use pg_eventlog_tests::{Database, Session};

/// More than any list of fixed length would have had room for.
const TABLES: usize = 150;

/// A log and many tracked tables, all of which the session has written to.
fn warm() -> (Database, Session) {
    let database = Database::fresh();
    let session = database.session();
    session.run("select eventlog.create_log('public.events', require_tenant => false)");
    session.run("create table public.other (id int primary key)");
    session.run("select eventlog.register_event_type('noted')");
    for n in 0..TABLES {
        session.run(&format!(
            "create table public.t{n} (id int primary key, n int)"
        ));
        session.run(&format!("select eventlog.track_changes('public.t{n}')"));
    }
    for n in 0..TABLES {
        session.run(&format!("insert into public.t{n} values (1, 0)"));
    }
    session.run("select eventlog.log_event('noted', '{}')");
    (database, session)
}

/// How often this transaction has read the extension's tables.
const READS: &str = "select sum(pg_stat_get_xact_numscans(c.oid)) from pg_class c \
    where c.relnamespace = 'eventlog'::regnamespace and c.relkind in ('r', 'i')";

#[test]
fn an_analyze_of_another_table_makes_nobody_read_the_catalogue_anew() {
    let (database, session) = warm();
    let other = database.session();
    session.run("begin");
    let before = session.value(READS);
    for _ in 0..3 {
        other.run("analyze public.other");
        // Another tracked one is another table, too.
        other.run("analyze public.t9");
        session.run("update public.t1 set n = n + 1");
        session.run("update public.t120 set n = n + 1");
        session.run("select eventlog.log_event('noted', '{}')");
    }
    assert_eq!(session.value(READS), before);
    session.run("commit");
    assert_eq!(
        session.value("select count(*) from public.events where type like '%.updated'"),
        "6"
    );
}

#[test]
fn what_changes_of_a_table_itself_is_heard_at_once() {
    let (database, session) = warm();
    let other = database.session();
    other.run("alter table public.t3 add column more text default 'x'");
    session.run("update public.t3 set more = 'y'");
    let newest = "select payload from public.events order by seq desc limit 1";
    assert_eq!(
        session.value(newest),
        r#"{"changes": {"more": {"new": "y", "old": "x"}}}"#
    );
    other.run("select eventlog.untrack_changes('public.t3')");
    session.run("update public.t3 set more = 'z'");
    assert!(session.value(newest).contains("\"y\""));
    // The log's own name is in what is told of it.
    session.run("select eventlog.create_log('public.strict')");
    session.run("select eventlog.register_event_type('noted', log => 'public.strict')");
    let refuses = |log: &str| {
        let call = format!("insert into {log} (type, payload) values ('noted', '{{}}')");
        let message = format!("an event of log \"{log}\" needs a tenant");
        session.refused(&call).is("23502", &message);
        let call = format!("select eventlog.log_event('noted', '{{}}', log => '{log}')");
        session.refused(&call).is("23502", &message);
    };
    refuses("public.strict");
    other.run("alter table public.strict rename to exact");
    refuses("public.exact");
    other.run("alter schema public rename to elsewhere");
    refuses("elsewhere.exact");
}
