//! The extension is trusted: who may install it where, and what an installer who is no superuser may do with it then.

use pg_eventlog_tests::{Database, SUPERUSER, refused};
use postgres::Client;

/// A database of an ordinary role, and a session of that role.
fn owned() -> (Database, String, Client) {
    let database = Database::empty();
    let owner = database.role("owner");
    let name = database.name();
    database
        .admin()
        .batch_execute(&format!("alter database {name} owner to {owner}"))
        .unwrap();
    let client = database.connect(&owner);
    (database, owner, client)
}

/// The same with the extension, which its owner has installed.
fn installed() -> (Database, String, Client) {
    let (database, owner, mut client) = owned();
    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    (database, owner, client)
}

#[test]
fn a_schema_that_holds_something_is_refused() {
    for content in [
        "function eventlog._gate_id(regclass) returns uuid language sql as 'select null::uuid'",
        "table eventlog.log (log_id uuid)",
        "view eventlog.logs as select 1",
        "sequence eventlog.s",
        "type eventlog.ident as enum ('a')",
        "domain eventlog.d as text",
        "operator eventlog.= (leftarg = text, rightarg = text, function = pg_catalog.texteq)",
    ] {
        for role in ["owner", "superuser"] {
            let (database, _, mut client) = owned();
            if role == "superuser" {
                client = database.admin();
            }
            client
                .batch_execute(&format!("create schema eventlog; create {content}"))
                .unwrap();
            refused(client.batch_execute("create extension pg_eventlog"))
                .is("55000", "is not empty");
            // An empty one will do, as a dump makes it.
            client
                .batch_execute(
                    "drop schema eventlog cascade; create schema eventlog; create extension pg_eventlog",
                )
                .unwrap();
        }
    }
}

/// Its owner could drop it later with all that is in it. The database's owner may, whose dump it may come from.
#[test]
fn a_schema_of_somebody_else_is_refused() {
    let (database, _, mut owner) = owned();
    let guest = database.role("guest");
    let mut admin = database.admin();
    let name = database.name();
    admin
        .batch_execute(&format!(
            "grant create on database {name} to {guest}; create schema eventlog authorization {guest}"
        ))
        .unwrap();
    for client in [&mut admin, &mut owner] {
        refused(client.batch_execute("create extension pg_eventlog"))
            .is("55000", "belongs to somebody else");
    }
    admin.batch_execute("drop schema eventlog").unwrap();
    owner.batch_execute("create schema eventlog").unwrap();
    admin.batch_execute("create extension pg_eventlog").unwrap();
}

#[test]
fn a_database_in_another_encoding_is_refused() {
    let cluster = Database::empty().cluster();
    for encoding in ["latin1", "sql_ascii"] {
        let database = format!("in_{encoding}");
        cluster
            .connect("postgres", SUPERUSER)
            .batch_execute(&format!(
                "create database {database} template template0 encoding '{encoding}' locale 'C'"
            ))
            .unwrap();
        let mut client = cluster.connect(&database, SUPERUSER);
        let refusal = refused(client.batch_execute("create extension pg_eventlog"))
            .is("0A000", "needs a database in the encoding UTF8");
        assert!(refusal.hint.contains("create database"), "{refusal:?}");
        let left = client
            .query_one(
                "select count(*) from pg_namespace where nspname = 'eventlog'",
                &[],
            )
            .unwrap();
        assert_eq!(left.get::<_, i64>(0), 0);
    }
}

/// With an object there, or the schema's name for another one, the installer would catch the calls of everybody.
#[test]
fn the_installer_does_not_change_the_schema() {
    let (database, owner, mut client) = installed();
    let guest = database.role("guest");
    let body = "language sql as 'select null::regclass'";
    client
        .batch_execute(&format!(
            "create function public._claims_of(text) returns regclass {body};
             create table public.log2 (n int);
             create type public.kind as enum ('a')"
        ))
        .unwrap();
    let statements = [
        &*format!("create function eventlog._claims_of(text) returns regclass {body}"),
        &*format!(
            "create or replace function eventlog._claims_of(regclass) returns regclass {body}"
        ),
        "alter function public._claims_of(text) set schema eventlog",
        "create table eventlog.mine (n int)",
        "create table eventlog.mine as select 1 as n",
        "select 1 as n into eventlog.mine",
        "alter table public.log2 set schema eventlog",
        "create view eventlog.mine as select 1",
        "create materialized view eventlog.mine as select 1 as n",
        "create sequence eventlog.mine",
        "create type eventlog.mine as (n int)",
        "create type eventlog.mine",
        "create domain eventlog.mine as text",
        "alter type public.kind set schema eventlog",
        "create operator eventlog.= (leftarg = text, rightarg = text, function = pg_catalog.texteq)",
        "create aggregate eventlog.mine (int) (sfunc = int4pl, stype = int)",
        "create collation eventlog.mine from \"C\"",
        "create text search configuration eventlog.mine (copy = pg_catalog.simple)",
        "create procedure eventlog.mine() language sql as ''",
        "do $$ begin create table eventlog.mine (n int); end $$",
        "alter schema eventlog rename to elsewhere",
        "alter extension pg_eventlog set schema public",
        "alter event trigger eventlog_follow_ddl disable",
        "drop event trigger eventlog_follow_ddl",
        "drop function eventlog._claims_of(regclass)",
        "drop table eventlog.log cascade",
        "drop schema eventlog",
    ];
    for statement in statements {
        let refusal = refused(client.batch_execute(statement));
        assert!(
            ["42501", "2BP01", "0A000"].contains(&refusal.code.as_str()),
            "{statement}: {refusal:?}"
        );
    }
    // Nor when the installer gives up the right to create there: a schema's owner may rename it all the same.
    client
        .batch_execute(&format!("revoke all on schema eventlog from {owner}"))
        .unwrap();
    refused(client.batch_execute("alter schema eventlog rename to elsewhere"))
        .is("42501", "extension's own");
    client
        .batch_execute(&format!("grant all on schema eventlog to {owner}"))
        .unwrap();
    // Nor does whoever was let create there.
    client
        .batch_execute(&format!("grant all on schema eventlog to {guest}"))
        .ok();
    refused(
        database
            .connect(&guest)
            .batch_execute("create table eventlog.mine (n int)"),
    )
    .is("42501", "");
    let foreign = client
        .query_one(
            "select count(*) from pg_proc where pronamespace = 'eventlog'::regnamespace
                 and proowner = (select oid from pg_roles where rolname = $1)",
            &[&owner],
        )
        .unwrap();
    assert_eq!(foreign.get::<_, i64>(0), 0);
    client
        .batch_execute("drop extension pg_eventlog cascade")
        .unwrap();
}

/// The extension writes to its catalogue as the tables' owner, a superuser: what somebody else hangs there would run so.
#[test]
fn the_installer_does_not_change_the_catalogue() {
    let (_database, _, mut client) = installed();
    client
        .batch_execute(
            "select eventlog.create_log('public.events', require_tenant => false);
             create function public.meddle() returns trigger language plpgsql as $$ begin return new; end $$",
        )
        .unwrap();
    for table in ["log", "event_type", "admin_log"] {
        for statement in [
            "alter table eventlog.{} add column more int",
            "alter table eventlog.{} rename column log_id to other",
            "alter table eventlog.{} alter column log_id set default gen_random_uuid()",
            "alter table eventlog.{} add constraint meddle check (true)",
            "alter table eventlog.{} enable row level security",
            "alter table eventlog.{} disable trigger all",
            "alter table eventlog.{} owner to current_user",
            "alter table eventlog.{} rename to other",
            "alter table eventlog.{} set schema public",
            "create trigger meddle before insert on eventlog.{} for each row execute function public.meddle()",
            "create policy meddle on eventlog.{} using (true)",
            "create rule meddle as on insert to eventlog.{} do also select 1",
            "create index on eventlog.{} (log_id)",
            "grant update on eventlog.{} to current_user",
            "comment on table eventlog.{} is 'mine'",
            "drop table eventlog.{} cascade",
            "truncate eventlog.{}",
            "update eventlog.{} set log_id = gen_random_uuid()",
            "delete from eventlog.{}",
        ] {
            let statement = statement.replace("{}", table);
            // "grant" of a right that one lacks is no error but a warning, and grants nothing.
            if statement.starts_with("grant") {
                client.batch_execute(&statement).ok();
                continue;
            }
            let refusal = refused(client.batch_execute(&statement));
            let codes = match statement.starts_with("drop") {
                // Whoever owns a schema may drop what is in it, but for what an extension needs.
                true => ["2BP01", "42501"],
                false => ["42501", "42501"],
            };
            assert!(
                codes.contains(&refusal.code.as_str()),
                "{statement}: {refusal:?}"
            );
        }
    }
    // The installer reads it, and restores it from a dump.
    client
        .batch_execute(
            "select * from eventlog.log; select * from eventlog.event_type; select * from eventlog.admin_log",
        )
        .unwrap();
    client
        .batch_execute(
            "select eventlog.register_event_type('paid'); select eventlog.log_event('paid')",
        )
        .unwrap();
}

#[test]
fn the_installer_says_who_may_set_the_context() {
    let (database, _, mut client) = installed();
    let guest = database.role("guest");
    let set = "select eventlog.set_context('tenant')";
    client.batch_execute(set).unwrap();
    refused(database.connect(&guest).batch_execute(set)).is("42501", "permission denied");
    client
        .batch_execute(&format!(
            "grant execute on function eventlog.set_context to {guest}"
        ))
        .unwrap();
    database.connect(&guest).batch_execute(set).unwrap();
    client
        .batch_execute(&format!(
            "revoke execute on function eventlog.set_context from {guest}"
        ))
        .unwrap();
    refused(database.connect(&guest).batch_execute(set)).is("42501", "permission denied");
}
