//! Which databases have a worker, and that none is in the way of what is done to a database.

use super::{connect, heard, listener, log, make_log, value, wait_for_none, with_log, worker_of};
use postgres::Client;

fn reload(admin: &mut Client, setting: &str) {
    admin
        .batch_execute(&format!("alter system set {setting}"))
        .unwrap();
    admin.batch_execute("select pg_reload_conf()").unwrap();
}

#[test]
fn the_list_of_databases_can_be_changed_while_the_server_runs() {
    let (cluster, _) = with_log(&["eventlog.databases = 'here, \"Not there\"'"]);
    let mut admin = connect(&cluster, "postgres");
    admin.batch_execute("create database here").unwrap();
    let mut here = connect(&cluster, "here");
    make_log(&mut here);
    log(&mut here);
    log(&mut admin);
    worker_of(&cluster, "here");
    wait_for_none(&cluster, "postgres");
    reload(&mut admin, "eventlog.databases = 'postgres'");
    worker_of(&cluster, "postgres");
    wait_for_none(&cluster, "here");
    reload(&mut admin, "eventlog.databases = ''");
    wait_for_none(&cluster, "postgres");
    let refused = admin.batch_execute("alter system set eventlog.databases = 'a b'");
    pg_eventlog_tests::refused(refused).is("22023", "eventlog.databases");
}

#[test]
fn it_acts_as_the_role_that_is_named() {
    let (cluster, id) = with_log(&["eventlog.worker_role = 'wakes'"]);
    let mut admin = connect(&cluster, "postgres");
    // Until there is such a role, it fails and is tried again.
    pg_eventlog_tests::wait_until("the worker has failed", || {
        cluster.log().contains("role \"wakes\" does not exist")
    });
    admin.batch_execute("create role wakes login").unwrap();
    let mut ears = listener(&cluster, "postgres");
    log(&mut admin);
    assert_eq!(heard(&mut ears), id);
    let role = value(
        &mut admin,
        "select usename::text from pg_stat_activity where backend_type = 'pg_eventlog waker'",
    );
    assert_eq!(role, "wakes");
}

/// A database with a worker that is at work.
fn served(cluster: &pg_eventlog_tests::Cluster, name: &str) -> i32 {
    let mut admin = connect(cluster, "postgres");
    admin
        .batch_execute(&format!("create database {name}"))
        .unwrap();
    let mut client = connect(cluster, name);
    make_log(&mut client);
    log(&mut client);
    worker_of(cluster, name)
}

#[test]
fn a_worker_is_not_in_the_way_of_what_is_done_to_its_database() {
    let (cluster, _) = with_log(&[]);
    let mut admin = connect(&cluster, "postgres");
    admin.batch_execute("create role stranger login").unwrap();
    let before = served(&cluster, "shop");

    // Whoever may not drop it does not send the worker away either.
    let mut stranger = cluster.connect("postgres", "stranger");
    pg_eventlog_tests::refused(stranger.batch_execute("drop database shop")).is("42501", "owner");
    assert_eq!(worker_of(&cluster, "shop"), before);

    admin
        .batch_execute("create database copy template shop")
        .unwrap();
    let mut copy = connect(&cluster, "copy");
    log(&mut copy);
    let id = value(&mut copy, "select log_id::text from eventlog.log");
    let mut ears = listener(&cluster, "copy");
    log(&mut copy);
    assert_eq!(heard(&mut ears), id);
    drop((copy, ears));

    // It is back, and goes again.
    worker_of(&cluster, "shop");
    admin
        .batch_execute("alter database shop rename to store")
        .unwrap();
    worker_of(&cluster, "store");
    admin.batch_execute("drop database store").unwrap();
    worker_of(&cluster, "copy");
    admin
        .batch_execute("drop database copy with (force)")
        .unwrap();
    // One that fails gives the database back to its worker.
    served(&cluster, "kept");
    let mut session = connect(&cluster, "kept");
    pg_eventlog_tests::refused(admin.batch_execute("drop database kept"))
        .is("55006", "being accessed");
    let id = value(&mut session, "select log_id::text from eventlog.log");
    let mut ears = listener(&cluster, "kept");
    log(&mut session);
    assert_eq!(heard(&mut ears), id);
}
