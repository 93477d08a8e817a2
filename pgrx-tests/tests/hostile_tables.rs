//! Tables of an attacker, with all that a table can carry of its owner's code, and somebody with more rights who has the
//! extension do something to them: that code may run as its owner, and as nobody else.

use pg_eventlog_tests::{Database, Session};

/// A log and a table with code in triggers, rules, policies, checks, defaults, generated columns, indexes and domains.
const TRAPS: &str = r#"
    create table attic.called (who text, what text);
    grant insert on attic.called to public;
    create function attic.write(what text) returns boolean language plpgsql volatile as $$
    begin
        insert into attic.called values (current_user, what);
        return true;
    end
    $$;
    -- As an index, a generated column and a policy want it.
    create function attic.note(what text) returns boolean language plpgsql immutable as $$
    begin
        return attic.write(what);
    end
    $$;
    grant usage on schema attic to public;
    create function attic.hook() returns trigger language plpgsql as $$
    begin
        perform attic.note('trigger ' || tg_when || ' ' || tg_op);
        return coalesce(new, old);
    end
    $$;
    select eventlog.create_log('attic.events', tenant_type => 'text', unregistered => 'allow');
    select eventlog.create_log('attic.parted', tenant_type => 'text', unregistered => 'allow', partition_interval => '1 month');
    create domain attic.word as text check (attic.note('domain'));
    create table attic."t ""x"" $$" (
        id int primary key,
        tenant text,
        body attic.word default attic.note('default')::text,
        doubled boolean generated always as (attic.note('generated')) stored,
        check (attic.note('check'))
    );
    create index on attic."t ""x"" $$" ((attic.note('index ' || id)));
    do $do$
    declare
        r regclass;
    begin
        foreach r in array array['attic.events', 'attic.parted', 'attic."t ""x"" $$"']::regclass[] loop
            execute format('create trigger "a; drop" before insert or update or delete on %s for each row execute function attic.hook()', r);
            execute format('create trigger z after insert or update or delete on %s for each row execute function attic.hook()', r);
            execute format('create trigger s before insert or update or delete or truncate on %s execute function attic.hook()', r);
            execute format('create policy "p; drop" on %s as restrictive using (attic.note(''policy'')) with check (attic.note(''check of policy''))', r);
            execute format('alter table %s enable row level security, force row level security', r);
        end loop;
    end
    $do$;
    create view attic.v as select * from attic.events where attic.note('view');
"#;

struct Setup {
    database: Database,
    attacker: String,
}

impl Setup {
    fn new() -> Self {
        let database = Database::fresh();
        let attacker = database.role("attacker");
        database
            .admin()
            .batch_execute(&format!("create schema attic authorization {attacker}"))
            .unwrap();
        database.connect(&attacker).batch_execute(TRAPS).unwrap();
        database
            .admin()
            .batch_execute("delete from attic.called")
            .unwrap();
        Self { database, attacker }
    }

    fn caught(&self) -> Vec<String> {
        let rows = self.database.admin().query(
            "select distinct who || ' ' || what from attic.called where who is distinct from $1 order by 1",
            &[&self.attacker],
        );
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

#[test]
fn a_superuser_who_administers_them_runs_nothing() {
    let setup = Setup::new();
    let role = setup.database.role("role");
    let session = setup.database.session();
    let table = r#"attic."t ""x"" $$""#;
    for sql in [
        format!("select eventlog.track_changes('{table}', tenant_column => 'tenant', log => 'attic.events')"),
        format!("select eventlog.isolate_tenants('{table}', 'tenant', readers => '{{{role}}}', writers => '{{{role}}}')"),
        format!("select eventlog.make_append_only('{table}')"),
        format!("select eventlog.release_append_only('{table}')"),
        format!("select eventlog.release_tenants('{table}')"),
        format!("select eventlog.grant_reader('attic.events', '{role}')"),
        format!("select eventlog.grant_writer('attic.events', '{role}')"),
        format!("select eventlog.grant_writer('attic.parted', '{role}')"),
        "select eventlog.register_event_type('x', log => 'attic.events')".to_owned(),
        "select eventlog.create_event_view('public.actions', 'attic.events', '{\"kind\": \"type\"}')".to_owned(),
        "create table attic.\"p;'$$\" partition of attic.parted for values from ('1990-01-01') to ('1991-01-01')".to_owned(),
        "alter table attic.parted detach partition attic.\"p;'$$\"".to_owned(),
        "alter table attic.parted attach partition attic.\"p;'$$\" for values from ('1990-01-01') to ('1991-01-01')".to_owned(),
        "set eventlog.allow_drop = on".to_owned(),
        "drop table attic.events_key".to_owned(),
        "alter table attic.events alter column seq drop default".to_owned(),
        "select eventlog.repair_log('attic.events')".to_owned(),
        "drop sequence attic.parted_seq_seq cascade".to_owned(),
        "select eventlog.repair_log('attic.parted')".to_owned(),
        format!("select eventlog.revoke_writer('attic.events', '{role}')"),
        "select eventlog.release_tenants('attic.events')".to_owned(),
        "table eventlog.logs".to_owned(),
        "table eventlog.tracked_tables".to_owned(),
        format!("select eventlog.untrack_changes('{table}')"),
        "drop table attic.parted".to_owned(),
    ] {
        session.run(&sql);
        let caught = setup.caught();
        assert!(caught.is_empty(), "{sql}\n{caught:#?}");
    }
}

/// Capture writes as the log's owner, whoever has changed the table: what the owner hung on the log runs as the owner.
#[test]
fn capture_runs_the_code_of_a_log_as_its_owner() {
    let setup = Setup::new();
    let session = setup.database.session();
    session.run("create table public.mine (id int primary key, tenant text)");
    session.run("select eventlog.track_changes('public.mine', tenant_column => 'tenant', log => 'attic.events')");
    for sql in [
        "insert into public.mine values (1, 'a'), (2, 'b')",
        "update public.mine set tenant = 'c'",
        "delete from public.mine",
    ] {
        session.run(sql);
    }
    assert!(setup.caught().is_empty(), "{:#?}", setup.caught());
    let ran = session.value("select count(*) from attic.called where what ~ 'INSERT'");
    assert!(ran.parse::<i32>().unwrap() >= 6, "{ran}");
    // Two made, two moved from one tenant to another, two removed.
    assert_eq!(session.value("select count(*) from attic.events"), "8");
    // Called by name it runs as the caller, as any other insert would.
    session.run("select eventlog.log_event('x', tenant_id => 'a', log => 'attic.events')");
    assert!(!setup.caught().is_empty());
}

/// The other way round: an attacker's table whose changes go to a log of somebody else. The code runs as whoever
/// changes the table, which is the attacker here, and never as the log's owner.
#[test]
fn capture_runs_no_code_of_a_table_as_the_owner_of_the_log() {
    let setup = Setup::new();
    let keeper = setup.database.role("keeper");
    let attacker = &setup.attacker;
    setup
        .database
        .admin()
        .batch_execute(&format!("grant create on schema public to {keeper}"))
        .unwrap();
    setup
        .database
        .connect(&keeper)
        .batch_execute(&format!(
            "select eventlog.create_log('public.kept', tenant_type => 'text', unregistered => 'allow');
             select eventlog.grant_tracker('public.kept', '{attacker}')"
        ))
        .unwrap();
    let session = Session::open(&setup.database, attacker);
    let table = r#"attic."t ""x"" $$""#;
    session.run(&format!("alter table {table} disable row level security"));
    session.run("create function attic.as_json(attic.word) returns json language sql as $$ select to_json(attic.note('cast')) $$");
    session.run("create type attic.pair as (a int, b attic.word)");
    session.run("create function attic.pair_json(attic.pair) returns json language sql as $$ select to_json(attic.note('cast')) $$");
    session.run("create cast (attic.pair as json) with function attic.pair_json(attic.pair)");
    session.run(&format!("alter table {table} add column p attic.pair"));
    session.run(&format!(
        "select eventlog.track_changes('{table}', tenant_column => 'tenant', log => 'public.kept')"
    ));
    session.run("set search_path = attic, pg_catalog");
    session.run(&format!(
        "insert into {table} (id, tenant, p) values (1, 'a', '(1,x)'), (2, 'b', '(2,y)')"
    ));
    session.run(&format!("update {table} set tenant = 'c', p = '(3,z)'"));
    session.run(&format!("delete from {table}"));
    assert!(setup.caught().is_empty(), "{:#?}", setup.caught());
    let mut admin = setup.database.admin();
    let row = admin
        .query_one(
            "select (select count(*) from public.kept), (select count(*) from attic.called)",
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 8);
    assert!(row.get::<_, i64>(1) > 6);
}
