//! Whoever can create in a schema on the search path of others can put functions, operators, tables and types
//! before those of Postgres. None of them may run in anybody else's name.

use pg_eventlog_tests::{Database, Session};

struct Setup {
    database: Database,
    owner: String,
    attacker: String,
}

/// Copies of the functions and operators of `pg_catalog` that people and extensions use, in two schemas; each notes who
/// ran it. Where a bare name would have meant Postgres's own, these are found first or fit better.
const TRAPS: &str = r#"
    create table attic.called (who text, what text);
    grant insert on attic.called to public;
    do $do$
    declare
        f record;
        place text;
        n int := 0;
    begin
        for f in
            select p.proname, pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result
            from pg_proc p
            where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset and p.provariadic = 0
                and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
                and 'internal'::regtype <> all (p.proargtypes)
                and (p.proname ~ '^(jsonb?_|pg_get_|has_|to_|quote_|array_|current_|set|gen_|pg_current|row_)'
                    or p.proname in ('format', 'now', 'clock_timestamp', 'nextval', 'currval', 'pg_has_role', 'replace',
                        'substring', 'octet_length', 'obj_description', 'lower', 'concat', 'length', 'left', 'encode', 'md5',
                        'hashtext', 'text', 'name', 'timezone', 'date_trunc', 'coalesce', 'starts_with', 'strpos', 'sha256'))
        loop
            foreach place in array '{attic,public}'::text[] loop
                begin
                    execute format('create function %s.%I(%s) returns %s language plpgsql as $f$ begin'
                        ' insert into attic.called values (current_user, %L); return null; end $f$', place, f.proname,
                        f.arguments, f.result, f.proname || '(' || f.arguments || ')');
                    n := n + 1;
                exception when others then
                    null;
                end;
            end loop;
        end loop;
        for f in
            select o.oprname, o.oprleft::regtype as l, o.oprright::regtype as r, o.oprresult::regtype as result
            from pg_operator o
            where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprkind = 'b'
                and o.oprname in ('=', '<>', '||', '->>', '->', '<', '>', '<=', '>=', '~', '+', '-', '?', '&&', '@>', '<@', '~~')
                and o.oprleft = any ('{text,name,uuid,oid,jsonb,bigint,int,smallint,boolean,"\"char\"",regclass,timestamptz,
                    xid8,oidvector,anyarray,anynonarray,anycompatible,anycompatiblearray}'::regtype[])
        loop
            foreach place in array '{attic,public}'::text[] loop
                begin
                    execute format('create function %s.op%s(%s, %s) returns %s language plpgsql as $f$ begin'
                        ' insert into attic.called values (current_user, %L); return null; end $f$', place, n, f.l, f.r,
                        f.result, f.oprname);
                    execute format('create operator %s.%s (leftarg = %s, rightarg = %s, function = %s.op%s)', place,
                        f.oprname, f.l, f.r, place, n);
                    n := n + 1;
                exception when others then
                    null;
                end;
            end loop;
        end loop;
        if n < 600 then
            raise exception 'only % traps', n;
        end if;
        foreach place in array '{attic,public}'::text[] loop
            for f in
                select unnest('{pg_class,pg_proc,pg_namespace,pg_policy,pg_trigger,pg_roles,pg_attribute,pg_inherits,log,
                    event_type,tracked_table,admin_log,regclass,uuid,jsonb,text,regtype,name,ident}'::text[]) as name
            loop
                execute format('create table %s.%I (it int)', place, f.name);
            end loop;
        end loop;
    end
    $do$
"#;

impl Setup {
    fn new() -> Self {
        let database = Database::fresh();
        let [owner, attacker] = ["owner", "attacker"].map(|name| database.role(name));
        database
            .admin()
            .batch_execute(&format!(
                "grant create on schema public to {owner}, {attacker};
                 create schema attic authorization {attacker}; grant usage on schema attic to public"
            ))
            .unwrap();
        let setup = Self {
            database,
            owner,
            attacker,
        };
        let mut client = setup.database.connect(&setup.attacker);
        client.batch_execute(TRAPS).unwrap();
        setup
    }

    /// Who fell into a trap, and which.
    fn caught(&self) -> Vec<String> {
        let rows = self.database.admin().query(
            "select distinct who || ' ' || what from attic.called where who is distinct from $1 order by 1",
            &[&self.attacker],
        );
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

const PATHS: [&str; 3] = [
    "attic, public, pg_catalog, pg_temp",
    "public, eventlog, pg_catalog",
    "pg_temp, attic, pg_catalog, public",
];

#[test]
fn the_traps_work() {
    let setup = Setup::new();
    let session = setup.database.session();
    session.run("set search_path = attic, public, pg_catalog");
    session.run("select lower('a'::pg_catalog.text), 'a'::pg_catalog.text || 'b'::pg_catalog.text");
    assert_eq!(setup.caught().len(), 2);
}

#[test]
fn whoever_administers_runs_nothing_of_somebody_else() {
    let setup = Setup::new();
    for (n, path) in PATHS.iter().enumerate() {
        for role in ["postgres", &setup.owner] {
            let session = Session::open(&setup.database, role);
            session.run(&format!("set search_path = {path}"));
            let names = format!("{role}_{n}");
            let (log, parted, table) = (
                format!("public.l_{names}"),
                format!("public.p_{names}"),
                format!("public.t_{names}"),
            );
            let attacker = &setup.attacker;
            for sql in [
                format!("select eventlog.create_log('{log}', tenant_type => 'pg_catalog.text')"),
                format!("select eventlog.create_log('{parted}', partition_interval => '1 month')"),
                format!("select eventlog.register_event_type('t', '{{a}}', log => '{log}')"),
                format!("select eventlog.import_taxonomy('{{\"types\": [{{\"type\": \"u\"}}]}}', log => '{log}')"),
                format!("select eventlog.export_taxonomy(log => '{log}')"),
                format!("select eventlog.retire_event_type('u', log => '{log}')"),
                format!("select eventlog.set_default_version('t', 1, log => '{log}')"),
                format!(
                    "create table {table} (id pg_catalog.int4 primary key, tenant pg_catalog.text, body pg_catalog.jsonb,
                        at pg_catalog.timestamptz)"
                ),
                format!("select eventlog.track_changes('{table}', tenant_column => 'tenant', log => '{log}')"),
                format!("select eventlog.isolate_tenants('{table}', 'tenant', writers => '{{{attacker}}}')"),
                format!("select eventlog.isolate_tenants('{log}')"),
                format!("select eventlog.grant_reader('{log}', '{attacker}')"),
                format!("select eventlog.grant_writer('{parted}', '{attacker}')"),
                format!("select eventlog.revoke_writer('{parted}', '{attacker}')"),
                format!("select eventlog.grant_service('{parted}', '{attacker}')"),
                format!("select eventlog.revoke_service('{parted}', '{attacker}')"),
                format!("select eventlog.grant_consumer('{parted}', '{attacker}')"),
                format!("select eventlog.revoke_consumer('{parted}', '{attacker}')"),
                format!("select eventlog.create_event_view('public.v_{names}', '{log}', '{{\"kind\": \"type\"}}')"),
                // writing, and reading back
                format!("select eventlog.log_event('t', '{{\"a\": 1}}', tenant_id => 'x', idempotency_key => 'k', log => '{log}')"),
                format!("select eventlog.log_event('t', '{{\"a\": 1}}', tenant_id => 'x', idempotency_key => 'k', log => '{log}')"),
                format!("select eventlog.log_events('[{{\"type\": \"t\", \"payload\": {{\"a\": 1}}, \"tenant_id\": \"x\"}}]', log => '{log}')"),
                format!("select * from eventlog.ingest_events('[{{\"type\": \"t\", \"payload\": {{\"a\": 1}}, \"tenant_id\": \"x\"}}, 7]', log => '{log}')"),
                format!("select * from eventlog.retry_rejected(log => '{log}')"),
                format!("select eventlog.discard_rejected('{{}}', 'x', log => '{log}')"),
                format!("insert into {log} (type, payload, tenant_id) values ('t', '{{\"a\": 1}}', 'x')"),
                format!("insert into {table} values (1, 'x', '{{\"a\": 1.0}}', '2024-01-01')"),
                format!("update {table} set body = '{{\"a\": 2}}'"),
                format!("select * from eventlog.entity_history('t_{names}', '1', log => '{log}')"),
                format!("select eventlog.entity_state('t_{names}', '1', tenant_id => 'x', log => '{log}')"),
                format!("select * from eventlog.table_as_of(null::{table}, '2030-01-01')"),
                "select eventlog.field_changes('{\"a\": 1}', '{\"a\": 2}')".to_owned(),
                format!("select * from eventlog.validate_event('t', '{{}}', log => '{log}')"),
                "table eventlog.logs".to_owned(),
                "table eventlog.event_types".to_owned(),
                "table eventlog.tracked_tables".to_owned(),
                // DDL that event triggers follow
                format!("create table {parted}_x partition of {parted} for values from ('1990-01-01') to ('1991-01-01')"),
                format!("alter table {parted} detach partition {parted}_x"),
                format!("alter table {table} add column more pg_catalog.text"),
                format!("alter table {table} rename column body to content"),
                // repairing, and taking down
                format!("alter table {log} disable trigger eventlog_gate"),
                format!("drop policy eventlog_read on {log}"),
                format!("select eventlog.repair_log('{log}')"),
                format!("select eventlog.repair_log('{parted}')"),
                format!("select eventlog.make_append_only('{table}')"),
                format!("select eventlog.release_append_only('{table}')"),
                format!("select eventlog.untrack_changes('{table}')"),
                format!("select eventlog.release_tenants('{table}')"),
                format!("select eventlog.release_tenants('{log}')"),
                "set eventlog.allow_drop = on".to_owned(),
                format!("drop table {table}, {parted}_x"),
                "set eventlog.allow_drop = off".to_owned(),
            ] {
                session.run(&sql);
                let caught = setup.caught();
                assert!(caught.is_empty(), "{role}, {path}: {sql}\n{caught:#?}");
            }
        }
    }
    let session = setup.database.session();
    for path in PATHS {
        session.run(&format!("set search_path = {path}"));
        session.run(&format!(
            "select eventlog.grant_context('{}')",
            setup.attacker
        ));
        session.run(&format!(
            "select eventlog.revoke_context('{}')",
            setup.attacker
        ));
        session.run("select eventlog.set_default_log('public.l_postgres_0')");
    }
    assert!(setup.caught().is_empty(), "{:#?}", setup.caught());
}

/// The other way round: with other names first on the path, an attacker changes neither what the gate and the policies say of
/// the attacker's statements, nor what runs as somebody else because of them.
#[test]
fn his_own_path_opens_nothing() {
    let setup = Setup::new();
    setup
        .database
        .admin()
        .batch_execute(&format!(
            "alter role {0} set eventlog.tenant_id = 'mine'; alter role {0} set eventlog.actor_id = 'u-1'",
            setup.attacker
        ))
        .unwrap();
    setup
        .database
        .connect(&setup.owner)
        .batch_execute(&format!(
            "select eventlog.create_log('public.events', tenant_type => 'text'::regtype);
             select eventlog.register_event_type('t', '{{a}}');
             select eventlog.grant_writer('events', '{0}'), eventlog.grant_reader('events', '{0}');
             create table public.notes (id int4 primary key, tenant varchar, body pg_catalog.jsonb);
             grant all on public.notes to {0};
             select eventlog.isolate_tenants('notes', 'tenant', writers => '{{{0}}}');
             select eventlog.track_changes('notes', tenant_column => 'tenant', log => 'events');
             select eventlog.log_event('t', '{{\"a\": 1}}', tenant_id => 'hush');
             insert into notes values (1, 'hush', '{{}}')",
            setup.attacker
        ))
        .unwrap();
    for path in PATHS {
        let session = Session::open(&setup.database, &setup.attacker);
        session.run(
            "create temporary table events (type pg_catalog.text); create temporary table events_key (key pg_catalog.text);
             create temporary table log (it pg_catalog.int4); create temporary table tracked_table (it pg_catalog.int4);
             create temporary table notes (id pg_catalog.int4); create temporary table pg_policy (it pg_catalog.int4)",
        );
        session.run(&format!("set search_path = {path}"));
        session
            .refused("select eventlog.log_event('t', '{\"a\": 1}', tenant_id => 'hush', log => 'public.events')")
            .is("42501", "not the current tenant");
        session
            .refused("insert into public.events (type, payload, tenant_id) values ('t', '{\"a\": 1}', 'hush')")
            .is("42501", "not the current tenant");
        session
            .refused("select eventlog.log_event('t', '{}', log => 'public.events')")
            .is("23514", "");
        session.run("select eventlog.log_event('t', '{\"a\": 1}', idempotency_key => 'k', log => 'public.events')");
        let seen = session.run(
            "select tenant_id, actor_id from public.events where type operator(pg_catalog.=) 't'",
        );
        assert!(
            seen.iter().all(|row| row[0].as_deref() == Some("mine")),
            "{seen:?}"
        );
        session.run("insert into public.notes values (2, 'mine', '{\"a\": 1}')");
        session.run("update public.notes set body = '{\"a\": 2}'");
        session.run("delete from public.notes");
        let caught = setup.caught();
        assert!(caught.is_empty(), "{path}: {caught:#?}");
    }
    let row = setup
        .database
        .admin()
        .query_one(
            "select (select count(*) from public.events where tenant_id = 'hush'),
                 (select count(*) from public.notes), (select count(*) from public.events where type ~ '^notes' and tenant_id = 'mine')",
            &[],
        )
        .unwrap();
    let counts: Vec<i64> = (0..3).map(|i| row.get(i)).collect();
    assert_eq!(counts, [2, 1, 9]);
}
