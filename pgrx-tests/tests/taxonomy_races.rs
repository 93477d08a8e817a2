//! Every backend keeps the compiled taxonomy in memory: what one session changes, all others must know as soon as it is
//! committed, and not before, in whatever order things happen.

use pg_eventlog_tests::{Database, Session};

const BARE: &str = "select eventlog.log_event('paid', '{}')";
const FULL: &str = r#"select eventlog.log_event('paid', '{"amount": 1}')"#;

/// A log whose one type requires nothing, and two sessions that have read its taxonomy.
fn two_sessions() -> (Database, Session, Session) {
    let database = Database::fresh();
    let (owner, writer) = (database.session(), database.session());
    owner.run("select eventlog.create_log('public.events', require_tenant => false)");
    owner.run("select eventlog.register_event_type('paid')");
    owner.run(BARE);
    writer.run(BARE);
    (database, owner, writer)
}

/// Holds the type to a required key, as a new default version does.
fn require_amount(owner: &Session) {
    owner.run("select eventlog.register_event_type('paid', required => '{amount}', version => 1)");
}

#[test]
fn a_change_holds_for_others_when_it_is_committed_and_for_its_own_session_at_once() {
    let (_database, owner, writer) = two_sessions();
    owner.run("begin");
    require_amount(&owner);
    assert_eq!(owner.refused(BARE).violations(), ["required /amount"]);
    owner.run("rollback");
    owner.run(BARE);
    owner.run("begin");
    require_amount(&owner);
    writer.run(BARE);
    owner.run("commit");
    assert_eq!(writer.refused(BARE).violations(), ["required /amount"]);
    writer.run(FULL);
}

#[test]
fn a_new_type_can_be_written_at_once_and_a_retired_one_no_longer() {
    let (_database, owner, writer) = two_sessions();
    writer
        .refused("select eventlog.log_event('new')")
        .is("23514", "not registered");
    owner.run("select eventlog.register_event_type('new')");
    writer.run("select eventlog.log_event('new')");
    owner.run("select eventlog.retire_event_type('new')");
    assert_eq!(
        writer
            .refused("select eventlog.log_event('new')")
            .violations(),
        ["retired_type"]
    );
    owner.run(
        r#"select eventlog.import_taxonomy('{"types": [{"type": "new"}, {"type": "newer"}]}')"#,
    );
    writer.run("select eventlog.log_event('new'), eventlog.log_event('newer')");
}

#[test]
fn a_rule_holds_for_others_from_its_commit_until_it_is_removed() {
    const ADD: &str = "select eventlog.add_check_rule('positive', 'paid', '$.payload.amount > 0')";
    let (_database, owner, writer) = two_sessions();
    owner.run("begin");
    owner.run(ADD);
    owner.refused(BARE).is("23514", "rule \"positive\"");
    owner.run("rollback");
    owner.run(BARE);
    owner.run("begin");
    owner.run(ADD);
    writer.run(BARE);
    owner.run("commit");
    assert_eq!(writer.refused(BARE).violations(), ["rule"]);
    writer.run(FULL);
    // Another one in its place, whose path was compiled by nobody.
    owner.run("select eventlog.add_check_rule('positive', 'paid', '$.payload.amount > 1')");
    assert_eq!(writer.refused(FULL).violations(), ["rule"]);
    owner.run("select eventlog.remove_event_rule('positive')");
    writer.run(BARE);
    writer.run("begin isolation level repeatable read");
    writer.run("select count(*) from public.events");
    owner.run(ADD);
    assert_eq!(writer.refused(BARE).violations(), ["rule"]);
    writer.run("rollback");
    owner.run("truncate eventlog.event_rule");
    writer.run(BARE);
}

/// The reload happens under a snapshot older than the change: it must read the newest rows all the same, and must not
/// keep old ones as if they were new.
#[test]
fn repeatable_read_neither_reads_old_rules_nor_keeps_them() {
    let (_database, owner, writer) = two_sessions();
    writer.run("begin isolation level repeatable read");
    writer.run("select count(*) from public.events");
    require_amount(&owner);
    assert_eq!(writer.refused(BARE).violations(), ["required /amount"]);
    writer.run("rollback");
    assert_eq!(writer.refused(BARE).violations(), ["required /amount"]);

    writer.run("begin isolation level serializable");
    writer.run("select count(*) from public.events");
    owner.run("select eventlog.register_event_type('paid', version => 1)");
    owner.run("select eventlog.register_event_type('late')");
    writer.run("select eventlog.log_event('late')");
    writer.run(BARE);
    writer.run("commit");
    writer.run(BARE);
}

/// A session whose very first look at the taxonomy happens under an old snapshot.
#[test]
fn a_fresh_session_in_repeatable_read_does_not_stay_with_the_old_rules() {
    let (database, owner, _writer) = two_sessions();
    let fresh = database.session();
    fresh.run("begin isolation level repeatable read");
    fresh.run("select 1 from pg_class limit 1");
    require_amount(&owner);
    fresh.run("savepoint s");
    assert_eq!(fresh.refused(BARE).violations(), ["required /amount"]);
    fresh.run("rollback to s");
    fresh.run(FULL);
    fresh.run("commit");
    assert_eq!(fresh.refused(BARE).violations(), ["required /amount"]);
}

/// Invalidations arrive when a relation is locked. An insert that waits for a lock on the leaf has looked at the
/// taxonomy's state before the change; the event must still be judged by a state that was current while it was written.
#[test]
fn an_insert_that_waits_for_its_leaf_partition_is_judged_by_the_rules_of_then() {
    let database = Database::fresh();
    let (owner, mut writer) = (database.session(), database.session());
    owner.run(
        "select eventlog.create_log('public.events', partition_interval => '1 day', require_tenant => false)",
    );
    owner.run("select eventlog.register_event_type('paid')");
    writer.run(BARE);
    owner.run("begin");
    owner.run(
        "do $$ declare leaf regclass; begin
            for leaf in select relid from pg_partition_tree('public.events') where isleaf loop
                execute format('lock table %s in access exclusive mode', leaf);
            end loop;
        end $$",
    );
    let insert = writer.start("insert into public.events (type, payload) values ('paid', '{}')");
    writer.wait_until_blocked();
    require_amount(&owner);
    owner.run("commit");
    assert_eq!(insert.refused().violations(), ["required /amount"]);
    assert_eq!(writer.refused(BARE).violations(), ["required /amount"]);
}

/// The same for a session that waits for the log itself, inside `log_event`.
#[test]
fn log_event_that_waits_for_the_log_is_judged_by_the_rules_of_then() {
    let (_database, owner, mut writer) = two_sessions();
    owner.run("begin");
    owner.run("lock table public.events in access exclusive mode");
    let call = writer.start(BARE);
    writer.wait_until_blocked();
    require_amount(&owner);
    owner.run("commit");
    assert_eq!(call.refused().violations(), ["required /amount"]);
}

#[test]
fn a_rollback_to_a_savepoint_brings_the_old_rules_back() {
    let (_database, owner, writer) = two_sessions();
    owner.run("begin; savepoint s");
    require_amount(&owner);
    owner.run("savepoint t");
    assert_eq!(owner.refused(BARE).violations(), ["required /amount"]);
    owner.run("rollback to s");
    owner.run(BARE);
    owner.run("savepoint u");
    require_amount(&owner);
    owner.run("release u");
    owner.run("savepoint v");
    assert_eq!(owner.refused(BARE).violations(), ["required /amount"]);
    owner.run("rollback to v; rollback to s");
    owner.run(BARE);
    owner.run("commit");
    owner.run(BARE);
    writer.run(BARE);

    // A failed statement undoes its own subtransaction only.
    owner.run(
        "do $$ begin
            begin
                perform eventlog.register_event_type('paid', required => '{amount}', version => 1);
                raise 'undone';
            exception when raise_exception then null;
            end;
            perform eventlog.log_event('paid', '{}');
        end $$",
    );
}

#[test]
fn direct_changes_of_the_catalogue_reach_everyone_truncate_included() {
    let (_database, owner, writer) = two_sessions();
    owner.run("update eventlog.event_type set required = '{amount}'");
    assert_eq!(writer.refused(BARE).violations(), ["required /amount"]);
    owner.run("update eventlog.log set unregistered = 'allow', max_payload_bytes = 20");
    assert_eq!(writer.refused(FULL).violations(), ["too_large"]);
    owner.run("update eventlog.log set max_payload_bytes = 2000");
    owner.run("truncate eventlog.event_type");
    writer.run(BARE);
    writer.run("select eventlog.log_event('anything at all')");
    owner.run("set session_replication_role = replica");
    owner.run("update eventlog.log set unregistered = 'reject'");
    assert_eq!(writer.refused(BARE).violations(), ["unknown_type"]);
}

/// Registering types in one log must not make those who write to others read the catalogue again. Reading it leaves a
/// lock on its tables until the transaction ends.
#[test]
fn a_change_of_one_log_makes_nobody_read_another_one_again() {
    let (_database, owner, writer) = two_sessions();
    owner.run("select eventlog.create_log('public.other', require_tenant => false)");
    owner.run("create table public.items (id int primary key); create table public.more (id int primary key)");
    owner.run("select eventlog.track_changes('items', log => 'events')");
    let reads = |statement: &str| {
        writer.run("begin");
        writer.run(statement);
        let locks = writer.value(
            "select count(*) from pg_locks where pid = pg_backend_pid()
                and relation in ('eventlog.event_type'::regclass, 'eventlog.tracked_table'::regclass)",
        );
        writer.run("rollback");
        locks != "0"
    };
    let capture = "insert into public.items values (1)";
    for (round, statement) in [FULL, capture].into_iter().enumerate() {
        reads(statement);
        for elsewhere in [
            "select eventlog.register_event_type('type_N', log => 'other')",
            "select eventlog.register_event_type('N', log => 'other'); select eventlog.retire_event_type('N', 'other')",
            "select eventlog.track_changes('more', 'more_N', log => 'other')",
            "select eventlog.track_changes('more', 'again_N', log => 'other'); select eventlog.untrack_changes('more')",
            "select eventlog.create_log('public.third_N', require_tenant => false)",
        ] {
            // Where other databases of the cluster are busy, a backend may have to forget all that it knows.
            let spared = (0..20).any(|attempt| {
                owner.run(&elsewhere.replace('N', &format!("{round}_{attempt}")));
                !reads(statement)
            });
            assert!(spared, "{statement} after {elsewhere}");
        }
    }
    // What is changed of its own log it reads, and nothing is missed.
    owner.run("select eventlog.register_event_type('paid', required => '{why}', version => 1)");
    assert_eq!(writer.refused(FULL).violations(), ["required /why"]);
    owner.run("select eventlog.track_changes('items', ignore => '{id}', carry_values => false)");
    writer.run(capture);
    assert_eq!(
        writer.value("select payload from public.events where type = 'items.created'"),
        "{}"
    );
    owner.run("select eventlog.track_changes('items', entity_type => 'paid')");
    writer.run("insert into public.items values (2)");
    assert_eq!(
        writer.value(
            "select string_agg(type, ',' order by seq) from public.events where type ~ 'created'"
        ),
        "items.created,paid.created"
    );
}

/// The second TRUNCATE of a transaction empties the file in place instead of replacing it.
#[test]
fn a_second_truncate_in_one_transaction_is_heard_too() {
    let (_database, owner, writer) = two_sessions();
    owner.run("begin");
    owner.run("truncate eventlog.event_type");
    owner.run("select eventlog.register_event_type('paid')");
    owner.run(BARE);
    owner.run("truncate eventlog.event_type");
    assert_eq!(owner.refused(BARE).violations(), ["unknown_type"]);
    owner.run("rollback");
    writer.run(BARE);
}

/// The cached plan of a log must not outlive its table, nor take a new one for it.
#[test]
fn a_log_that_is_dropped_and_made_again_under_its_name_is_a_new_one() {
    let (_database, owner, writer) = two_sessions();
    owner.run("set eventlog.allow_drop = on");
    owner.run("drop table public.events");
    writer.refused(FULL).is("55000", "");
    let old = owner.value("select log_id from eventlog.log");
    owner.run(&format!("select eventlog.forget_log('{old}')"));
    owner.run("select eventlog.create_log('public.events', tenant_type => 'text')");
    owner.run("select eventlog.register_event_type('paid')");
    writer.refused(FULL).is("23502", "needs a tenant");
    writer.run("select eventlog.log_event('paid', tenant_id => 'acme')");
}

/// Changes of the log's table reach kept plans: a new column, a policy, a revoked right.
#[test]
fn changes_of_the_table_reach_kept_plans() {
    let (database, owner, _writer) = two_sessions();
    let role = database.role("writer");
    owner.run(&format!(
        "grant insert on public.events, public.events_key to {role}"
    ));
    let writer = Session::open(&database, &role);
    for _ in 0..10 {
        writer.run(FULL);
    }
    owner.run("set eventlog.allow_drop = on");
    owner.run("alter table public.events add column note text not null default 'n', drop column source_id");
    writer.refused(FULL).is("55000", "source_id");
    owner.run("alter table public.events add column source_id text");
    writer.run(FULL);
    owner.run(&format!("revoke insert on public.events from {role}"));
    writer.refused(FULL).is("42501", "permission denied");
    owner.run(&format!("grant insert on public.events to {role}; alter table public.events enable row level security"));
    writer.refused(FULL).is("42501", "row-level security");
    owner.run("create policy p on public.events for insert with check (true)");
    writer.run(FULL);
}

/// Two sessions that register the same type at once wait for each other and agree.
#[test]
fn concurrent_registrations_agree_on_versions() {
    let (_database, first, mut second) = two_sessions();
    first.run("begin");
    assert_eq!(
        first.value("select eventlog.register_event_type('new', required => '{a}')"),
        "1"
    );
    let same = second.start("select eventlog.register_event_type('new', required => '{a}')");
    second.wait_until_blocked();
    first.run("commit");
    assert_eq!(same.succeeds(), [[Some("1".to_owned())]]);

    first.run("begin");
    assert_eq!(
        first.value("select eventlog.register_event_type('new', required => '{b}')"),
        "2"
    );
    let other = second.start("select eventlog.register_event_type('new', required => '{c}')");
    second.wait_until_blocked();
    first.run("commit");
    assert_eq!(other.succeeds(), [[Some("3".to_owned())]]);

    // Whole documents in opposite order: no deadlock.
    first.run("begin");
    first.run(r#"select eventlog.import_taxonomy('{"types": [{"type": "x"}, {"type": "y"}]}')"#);
    let import = second.start(
        r#"select * from eventlog.import_taxonomy('{"types": [{"type": "y"}, {"type": "x"}]}')"#,
    );
    second.wait_until_blocked();
    first.run("commit");
    let actions: Vec<_> = import
        .succeeds()
        .into_iter()
        .map(|row| row[2].clone().unwrap())
        .collect();
    assert_eq!(actions, ["unchanged", "unchanged"]);
}

/// The first log of a database is its default and stays it, also when two are made at once.
#[test]
fn two_first_logs_at_once_make_one_default() {
    let database = Database::fresh();
    let (first, mut second) = (database.session(), database.session());
    first.run("begin");
    first.run("select eventlog.create_log('public.first')");
    let other = second.start("select eventlog.create_log('public.second')");
    second.wait_until_blocked();
    first.run("commit");
    other.succeeds();
    assert_eq!(
        first.value("select log from eventlog.logs where is_default"),
        "first"
    );
    assert_eq!(first.value("select count(*) from eventlog.logs"), "2");
}
