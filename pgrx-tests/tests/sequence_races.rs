//! `repair_log` moves a sequence that stands behind the events, while others write.

use pg_eventlog_tests::{Database, Session};

fn behind() -> (Database, Session, Session, Session) {
    let database = Database::fresh();
    let (owner, early, late) = (database.session(), database.session(), database.session());
    owner.run("select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow')");
    owner.run("insert into public.events (seq, type, payload) values (100, 'received', '{}')");
    (database, owner, early, late)
}

const LOG: &str = "select eventlog.log_event('x', log => 'public.events')";
const REPAIR: &str = "select * from eventlog.repair_log('public.events')";
const AFTER: &str = "select array_agg(seq > 100 order by seq) from public.events where type = 'x'";

#[test]
fn whoever_writes_already_is_waited_for_and_whoever_comes_gets_a_number_above_all() {
    let (_database, mut owner, early, mut late) = behind();
    early.run("begin");
    early.run(LOG);
    let repair = owner.start(REPAIR);
    owner.wait_until_blocked();
    let written = late.start(LOG);
    late.wait_until_blocked();
    early.run(LOG);
    early.run("commit");
    assert_eq!(
        repair.succeeds(),
        [[Some(
            "position of sequence public.events_seq_seq".to_owned()
        )]]
    );
    written.succeeds();
    assert_eq!(owner.value(AFTER), "{f,f,t}");
    assert!(owner.start(REPAIR).succeeds().is_empty());
}

/// The move would set a number back that was drawn meanwhile: whoever draws by hand waits, too.
#[test]
fn nobody_draws_a_number_while_it_is_moved() {
    let (_database, owner, early, mut late) = behind();
    owner.run("begin");
    owner.run(REPAIR);
    let drawn = late.start("select eventlog.new_seq('public.events_seq_seq')");
    late.wait_until_blocked();
    owner.run("commit");
    assert_eq!(drawn.succeeds(), [[Some("101".to_owned())]]);
    early.run(LOG);
    assert_eq!(owner.value(AFTER), "{t}");
}

/// Whether the move is undone with it or not.
#[test]
fn a_repair_that_is_undone_leaves_no_number_twice() {
    let (_database, owner, early, _late) = behind();
    owner.run("begin");
    owner.run(REPAIR);
    owner.run("rollback");
    early.run(LOG);
    owner.run(REPAIR);
    early.run(LOG);
    let twice = "select count(*) - count(distinct seq) from public.events";
    assert_eq!(owner.value(twice), "0");
    let last = "select type from public.events order by seq desc limit 1";
    assert_eq!(owner.value(last), "x");
}
