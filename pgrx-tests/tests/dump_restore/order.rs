//! Rows of a dump that come after the gate, as a restore with several jobs may bring them.

use pg_eventlog_tests::{SUPERUSER, refused};

use crate::{LOGS, assert_same, cluster_with_owner, dump_file, logging_goes_on, state};

/// With several jobs a restore may make the trigger of a partitioned table before the rows of its partitions are in, since
/// the trigger waits for the rows of the table that it is on, which has none. Here it does so for certain. Then the gate
/// meets rows whose log, types and keys are not there yet, or are there and say no.
#[test]
fn the_gate_lets_a_dump_pass_that_comes_after_it() {
    let (source, target) = (cluster_with_owner(), cluster_with_owner());
    source
        .psql("app", SUPERUSER, "create extension pg_eventlog")
        .expect_ok();
    source.psql("app", "app_owner", LOGS).expect_ok();
    let more = "select eventlog.register_event_type('over', log => 'journal');
        select eventlog.log_event('over', idempotency_key => 'once', log => 'journal');
        select eventlog.retire_event_type('over', log => 'journal');";
    source.psql("app", "app_owner", more).expect_ok();
    let file = dump_file(&target, "app.dump");
    source
        .pg_dump("app", SUPERUSER, &["-Fc"], &file)
        .expect_ok();

    let listed = target.pg_restore_list(&file).expect_ok();
    let gate = "TRIGGER public journal eventlog_gate ";
    for data_of_the_catalogue_first in [false, true] {
        let is_early = |line: &&str| {
            line.contains(gate)
                || data_of_the_catalogue_first && line.contains(" TABLE DATA eventlog ")
                || data_of_the_catalogue_first && line.contains(" TABLE DATA public journal_key ")
        };
        let (early, others): (Vec<_>, Vec<_>) = listed.lines().partition(is_early);
        let first = others.iter().position(|line| line.contains(" TABLE DATA "));
        let (before, after) = others.split_at(first.expect("the archive has rows"));
        // The trigger comes last of what is moved, as in the archive.
        assert!(
            early.last().is_some_and(|line| line.contains(gate)),
            "{early:?}"
        );
        let list = dump_file(&target, "app.list");
        let order = [before, &early, after].concat().join("\n");
        std::fs::write(&list, order).expect("a list");
        let list = format!("--use-list={}", list.display());
        target
            .pg_restore("app", SUPERUSER, &[&list], &file)
            .expect_ok();
        assert_same(&state(&source), &state(&target));
        logging_goes_on(&target);
        for sql in ["drop database app", "create database app owner app_owner"] {
            target.psql("postgres", SUPERUSER, sql).expect_ok();
        }
    }
}

/// Only what a dump holds passes so: not what the owner writes into a table that has lost its primary key, and nothing of
/// anybody else.
#[test]
fn a_log_without_primary_key_is_no_way_past_the_gate() {
    let cluster = cluster_with_owner();
    cluster
        .psql("app", SUPERUSER, "create extension pg_eventlog; create role writer login; grant usage on schema public to writer")
        .expect_ok();
    let make = "select eventlog.create_log('public.events', require_tenant => false);
        grant insert on public.events to writer;
        set eventlog.allow_drop = on;
        alter table public.events drop constraint events_pkey;";
    cluster.psql("app", "app_owner", make).expect_ok();
    let forged = "insert into public.events (type, payload, xid) values ('nothing', '{}', 3)";
    let (call, insert) = (
        "select eventlog.log_event('nothing')",
        "insert into public.events (type, payload) values ('nothing', '{}')",
    );
    for (role, statement) in [
        ("app_owner", call),
        ("app_owner", insert),
        ("writer", call),
        ("writer", insert),
        ("writer", forged),
    ] {
        let mut client = cluster.connect("app", role);
        refused(client.batch_execute(statement)).is("23514", "nothing");
    }
    // What a restore would bring.
    cluster.psql("app", "app_owner", forged).expect_ok();
}
