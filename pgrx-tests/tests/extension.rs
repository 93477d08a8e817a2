//! The extension's own life: who may install it, what dropping it leaves, and what brings the rest back.

use pg_eventlog_tests::{Cluster, Database, SUPERUSER, refused};
use postgres::Client;

const LOGS: &str = r#"
    select eventlog.create_log('public.events', max_payload_bytes => 300, require_tenant => false);
    select eventlog.create_log('public.parted', partition_interval => '1 month', tenant_type => 'text', unregistered => 'allow');
    select eventlog.register_event_type('paid', required => '{amount}', description => 'money came', actor_types => '{user}');
    select eventlog.register_event_type('paid', required => '{amount,currency}');
    select eventlog.set_default_version('paid', 2);
    select eventlog.register_event_type('gone', domain => 'past');
    select eventlog.retire_event_type('gone');
    select eventlog.log_event('paid', '{"amount": 1, "currency": "CHF"}', actor_type => 'user', idempotency_key => 'k');
    select eventlog.log_event('x', tenant_id => 'acme', log => 'parted');
    create table public.ledger (n int);
    select eventlog.make_append_only('public.ledger');
"#;

/// What makes a log a log: settings, taxonomy, triggers, defaults and rows.
const STATE: &str = "
    select 'log ' || (to_jsonb(l) - 'created_at')::text from eventlog.log l
    union all select 'type ' || (to_jsonb(t) - 'registered_at')::text from eventlog.event_type t
    union all select 'trigger ' || t.tgrelid::regclass::text || ' ' || t.tgname || t.tgenabled::text || encode(t.tgargs, 'escape')
        from pg_trigger t where not t.tgisinternal and t.tgrelid <> 'public.ledger'::regclass
            and t.tgrelid <> 'eventlog.admin_log'::regclass
    union all select 'default ' || d.adrelid::regclass::text || d.adnum::text || pg_get_expr(d.adbin, d.adrelid)
        from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace = 'public'::regnamespace
    union all select 'comment ' || t.tgrelid::regclass::text || t.tgname || d.description
        from pg_description d join pg_trigger t on t.oid = d.objoid and d.classoid = 'pg_trigger'::regclass
        where t.tgrelid <> 'public.ledger'::regclass and t.tgrelid <> 'eventlog.admin_log'::regclass
    union all select 'event ' || e::text from public.events e
    union all select 'parted ' || e::text from public.parted e
    order by 1";

fn rows(client: &mut Client, sql: &str) -> Vec<String> {
    client
        .query(sql, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn dropped_with_cascade_and_made_again_everything_stands_as_before() {
    let database = Database::fresh();
    let mut client = database.admin();
    client.batch_execute(LOGS).unwrap();
    let before = rows(&mut client, STATE);
    refused(client.batch_execute("drop extension pg_eventlog"))
        .is("2BP01", "other objects depend on it");
    client
        .batch_execute("drop extension pg_eventlog cascade")
        .unwrap();
    // Rows and keys stay; nothing protects them until the extension is back.
    assert_eq!(
        rows(&mut client, "select count(*)::text from public.events_key"),
        ["1"]
    );

    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    for log in ["events", "parted"] {
        client
            .batch_execute(&format!("select eventlog.repair_log('{log}')"))
            .unwrap();
    }
    let after = rows(&mut client, STATE);
    let differ: Vec<_> = before
        .iter()
        .chain(&after)
        .filter(|line| !before.contains(line) || !after.contains(line))
        .collect();
    assert!(differ.is_empty(), "not as before: {differ:#?}");
    refused(client.batch_execute("delete from public.parted_default where false"))
        .is("42501", "append-only");
    client
        .batch_execute("select eventlog.make_append_only('public.ledger')")
        .unwrap();
    refused(client.batch_execute("truncate public.ledger")).is("42501", "append-only");
    assert_eq!(
        rows(
            &mut client,
            "select action from eventlog.admin_log where action = 'repair_log'"
        )
        .len(),
        2
    );
}

/// In one session: plans, caches and hooks of the first life must not reach into the second.
#[test]
fn a_session_survives_the_extension_being_dropped_and_made_again() {
    let database = Database::fresh();
    let mut client = database.admin();
    let mut other = database.admin();
    for client in [&mut client, &mut other] {
        client
            .batch_execute("select eventlog.current_tenant()")
            .unwrap();
    }
    client.batch_execute(LOGS).unwrap();
    for _ in 0..3 {
        let log = r#"select eventlog.log_event('paid', '{"amount": 1, "currency": "CHF"}', actor_type => 'user')"#;
        for _ in 0..7 {
            other.batch_execute(log).unwrap();
        }
        client
            .batch_execute("drop extension pg_eventlog cascade")
            .unwrap();
        refused(other.batch_execute(log)).is("42883", "does not exist");
        refused(
            other.batch_execute("insert into public.events (type, payload) values ('x', '{}')"),
        )
        .is("23502", "");
        client
            .batch_execute("create extension pg_eventlog")
            .unwrap();
        refused(other.batch_execute(log)).is("55000", "");
        client
            .batch_execute("select eventlog.repair_log('events'), eventlog.repair_log('parted')")
            .unwrap();
        other.batch_execute(log).unwrap();
        refused(other.batch_execute("select eventlog.log_event('paid')")).is("23514", "taxonomy");
    }
    assert_eq!(
        rows(&mut client, "select count(*)::text from public.events"),
        ["25"]
    );
}

#[test]
fn a_database_owner_installs_it_and_gains_nothing_else_by_it() {
    let database = Database::empty();
    let owner = database.role("owner");
    let guest = database.role("guest");
    database
        .admin()
        .batch_execute(&format!(
            "alter database {} owner to {owner}",
            database.name()
        ))
        .unwrap();
    refused(
        database
            .connect(&guest)
            .batch_execute("create extension pg_eventlog"),
    )
    .is("42501", "permission denied");
    let mut client = database.connect(&owner);
    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    client.batch_execute(LOGS).unwrap();
    refused(client.batch_execute("delete from public.events where false"))
        .is("42501", "append-only");

    // Nothing of the extension runs as a superuser, apart from what is written in C, and what a superuser owns anyway.
    let suspicious = rows(
        &mut client,
        "select p.oid::regprocedure::text from pg_proc p join pg_roles r on r.oid = p.proowner
         where p.pronamespace = 'eventlog'::regnamespace and p.prosecdef",
    );
    assert!(suspicious.is_empty(), "definer functions: {suspicious:?}");
    refused(client.batch_execute("set session_replication_role = replica"))
        .is("42501", "permission denied");
    refused(client.batch_execute("alter event trigger eventlog_follow_ddl disable"))
        .is("42501", "must be owner");
    let replace = "create or replace function eventlog.forbid_change() returns trigger language plpgsql as ''";
    assert_eq!(refused(client.batch_execute(replace)).code, "42501");
    client
        .batch_execute("drop extension pg_eventlog cascade")
        .unwrap();
}

/// Functions and operators that look better to the parser than Postgres's own, and note who ran them.
fn lay_traps(client: &mut Client, schema: &str) -> Result<(), postgres::Error> {
    let note =
        |what: &str| format!("insert into traps.caught values (current_user, '{schema} {what}');");
    for (function, result, body) in [
        (
            "format(text, variadic anyarray)",
            "text",
            "pg_catalog.format($1, variadic $2)",
        ),
        ("format(text, name)", "text", "pg_catalog.format($1, $2)"),
        ("format(text, text)", "text", "pg_catalog.format($1, $2)"),
        ("quote_ident(text)", "text", "pg_catalog.quote_ident($1)"),
        (
            "current_setting(text)",
            "text",
            "pg_catalog.current_setting($1)",
        ),
        (
            "clock_timestamp()",
            "timestamptz",
            "pg_catalog.clock_timestamp()",
        ),
        ("char_length(text)", "int", "pg_catalog.char_length($1)"),
        ("encode(bytea, text)", "text", "pg_catalog.encode($1, $2)"),
    ] {
        client.batch_execute(&format!(
            "create function {schema}.{function} returns {result} language plpgsql as
             $f$ begin {} return {body}; end $f$",
            note(function)
        ))?;
    }
    for (number, operator) in ["=", "<>", ">", "<", "||"].iter().enumerate() {
        for operand in ["text", "int", "name"] {
            client.batch_execute(&format!(
                "create function {schema}.trap_{number}({operand}, {operand}) returns boolean language plpgsql as
                 $f$ begin {} return true; end $f$;
                 create operator {schema}.{operator}
                     (leftarg = {operand}, rightarg = {operand}, function = {schema}.trap_{number})",
                note(operator)
            ))?;
        }
    }
    Ok(())
}

/// A trusted extension's script runs as a superuser while the database's owner may have put traps in its way, and
/// superusers come by later.
#[test]
fn a_superuser_walks_into_no_trap() {
    let database = Database::empty();
    let owner = database.role("owner");
    let name = database.name();
    database
        .admin()
        .batch_execute(&format!("alter database {name} owner to {owner}"))
        .unwrap();
    let mut client = database.connect(&owner);
    client
        .batch_execute(&format!(
            "create schema eventlog;
             create schema traps;
             create table traps.caught (who text, what text);
             grant usage on schema traps to public;
             grant insert on traps.caught to public;
             alter database {name} set search_path = traps, eventlog, public;"
        ))
        .unwrap();
    lay_traps(&mut client, "traps").unwrap();
    lay_traps(&mut client, "eventlog").unwrap();
    let mut client = database.connect(&owner);
    if let Err(error) = client.batch_execute("create extension pg_eventlog") {
        // It may refuse such a schema, and then takes an empty one, such as a dump makes before the extension.
        assert_eq!(error.code().unwrap().code(), "55000", "{error:?}");
        client
            .batch_execute("drop schema eventlog cascade; create schema eventlog")
            .unwrap();
        client
            .batch_execute("create extension pg_eventlog")
            .unwrap();
        // What may still be put there is put there now.
        lay_traps(&mut client, "eventlog").ok();
    }
    let mut admin = database.admin();
    admin.batch_execute(LOGS).unwrap();
    admin
        .batch_execute(
            "create table public.hand partition of public.parted for values from ('1990-01-01') to ('1991-01-01');
             create table public.ledgers (n int) partition by range (n);
             select eventlog.make_append_only('public.ledgers');
             create table public.ledgers_1 partition of public.ledgers default;
             select eventlog.repair_log('events'), eventlog.export_taxonomy();
             select eventlog.create_event_view('public.names', 'events', '{\"name\": \"type\"}');
             select * from eventlog.validate_event('x', '{}');
             select * from eventlog.logs; select * from eventlog.event_types;
             select eventlog.release_append_only('public.ledgers')",
        )
        .unwrap();
    let caught = rows(
        &mut admin,
        &format!(
            "select distinct what || ' as ' || who from traps.caught where who <> '{owner}' order by 1"
        ),
    );
    assert!(
        caught.is_empty(),
        "somebody else ran the owner's functions: {caught:?}"
    );
}

#[test]
fn it_loads_on_demand_and_without_preloading() {
    let cluster = Cluster::new();
    let mut client = cluster.connect("postgres", SUPERUSER);
    let preloaded = rows(
        &mut client,
        "select string_agg(setting, '') from pg_settings where name in ('shared_preload_libraries', 'session_preload_libraries')",
    );
    assert_eq!(preloaded, [""]);
    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    client.batch_execute(LOGS).unwrap();
    // The first thing that a new session does may be any of these.
    for first in [
        r#"select eventlog.log_event('paid', '{"amount": 1, "currency": "CHF"}', actor_type => 'user')"#,
        r#"insert into public.events (type, payload, actor_type) values ('paid', '{"amount": 1}', 'user')"#,
        "select eventlog.current_tenant()",
        "begin; select eventlog.set_context('x'); commit",
        "set eventlog.default_log = 'public.events'",
        "select * from eventlog.event_types",
        "select eventlog.retire_event_type('paid')",
    ] {
        cluster
            .connect("postgres", SUPERUSER)
            .batch_execute(first)
            .unwrap();
    }
    refused(
        cluster
            .connect("postgres", SUPERUSER)
            .batch_execute("truncate public.events"),
    )
    .is("42501", "append-only");
}

/// What was administered is on record for good: not even the extension itself lifts the guards of its own log.
#[test]
fn the_admin_log_cannot_be_released() {
    let mut client = Database::fresh().admin();
    assert_eq!(
        refused(client.batch_execute("select eventlog.release_append_only('eventlog.admin_log')"))
            .code,
        "42501"
    );
    refused(client.batch_execute("delete from eventlog.admin_log where false"))
        .is("42501", "append-only");
}
