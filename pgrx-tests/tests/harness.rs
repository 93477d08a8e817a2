//! The harness itself: a test that cannot trust its tools says nothing.

use std::path::Path;

use pg_eventlog_tests::{Cluster, Database, Install, SUPERUSER, refused};

#[test]
fn a_crash_keeps_what_was_committed_and_start_recovers() {
    let mut cluster = Cluster::new();
    let mut client = cluster.connect("postgres", SUPERUSER);
    client
        .batch_execute("create table kept (n int); insert into kept values (1)")
        .unwrap();
    client
        .batch_execute("begin; insert into kept values (2)")
        .unwrap();
    cluster.kill_9();
    assert!(
        cluster.try_connect("postgres", SUPERUSER).is_err(),
        "a killed server still answers"
    );
    cluster.start();
    let row = cluster
        .connect("postgres", SUPERUSER)
        .query_one("select sum(n)::int from kept", &[])
        .unwrap();
    assert_eq!(row.get::<_, i32>(0), 1);
    cluster.restart();
    assert!(
        cluster.log().contains("was interrupted"),
        "no recovery in the log:\n{}",
        cluster.log()
    );
}

#[test]
fn nothing_is_left_of_a_cluster_even_after_a_panic() {
    let mut left = (0, Default::default());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let cluster = Cluster::new();
        left = (cluster.pid(), cluster.directory().to_owned());
        panic!("on purpose");
    }));
    assert!(panicked.is_err());
    assert!(
        left.0 > 0 && !Path::new(&format!("/proc/{}", left.0)).exists(),
        "a postmaster is left"
    );
    assert!(!left.1.exists(), "a directory is left");
}

#[test]
fn the_postgres_under_test_is_the_one_that_answers() {
    let mut client = Database::empty().admin();
    let version: i32 = client
        .query_one(
            "select current_setting('server_version_num')::int / 10000",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(version as u32, Install::under_test().major());
}

#[test]
fn a_blocked_session_is_seen_to_be_blocked() {
    let database = Database::empty();
    let (first, mut second) = (database.session(), database.session());
    first.run("create table counter as select 1 as n");
    first.run("begin; update counter set n = 2");
    let pending = second.start("update counter set n = n * 10 returning n");
    second.wait_until_blocked();
    first.run("commit");
    assert_eq!(pending.succeeds(), [[Some("20".to_owned())]]);
    assert_eq!(second.refused("select 1 / 0").code, "22012");
}

#[test]
fn a_refusal_has_its_parts() {
    let mut client = Database::empty().admin();
    let refusal = refused(client.batch_execute(
        "do $$ begin raise 'no \"x\"' using errcode = '23514', detail = '[{\"code\": \"required\", \"path\": \"/a\"}]', hint = 'do'; end $$",
    ));
    let refusal = refusal.is("23514", "no \"x\"");
    assert_eq!(
        (refusal.violations(), refusal.hint.as_str()),
        (vec!["required /a".to_owned()], "do")
    );
}
