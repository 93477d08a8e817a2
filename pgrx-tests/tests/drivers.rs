//! Real drivers, as an ordinary role over a real connection: what their parameters are for the server, what their
//! callers get back, and which exception an error becomes.

use std::path::Path;
use std::process::Command;

use pg_eventlog_tests::{Database, LIMIT, drivers, run};
use serde_json::json;
use tokio_postgres::types::Type;
use uuid::Uuid;

/// A log with one type, and a role that may do no more than an application must.
fn log_and_writer() -> (Database, String) {
    let database = Database::fresh();
    let writer = database.role("writer");
    database
        .admin()
        .batch_execute(&format!(
            "select eventlog.create_log('public.events');
             select eventlog.register_event_type('task_completed', required => '{{step_id}}');
             grant select, insert on public.events, public.events_key to {writer};"
        ))
        .unwrap();
    (database, writer)
}

/// Runs a program of `drivers/`, which finds the database in libpq's environment variables.
#[track_caller]
fn passes(command: Command, program: &str) {
    let (database, writer) = log_and_writer();
    passes_in(&database, &writer, command, program);
}

#[track_caller]
fn passes_in(database: &Database, role: &str, mut command: Command, program: &str) {
    let connection = database.client_program("psql", role);
    command.envs(
        connection
            .get_envs()
            .filter_map(|(key, value)| Some((key, value?))),
    );
    command.arg(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("drivers")
            .join(program),
    );
    let out = run(&mut command, LIMIT * 2).expect_ok();
    assert!(out.contains(" passed"), "{program} said only: {out}");
}

#[test]
fn python_psycopg() {
    passes(
        Command::new(drivers().join("python/bin/python")),
        "python/log_events.py",
    );
}

fn node() -> Command {
    let mut node = Command::new("node");
    node.env("NODE_PATH", drivers().join("node/node_modules"));
    node
}

#[test]
fn node_pg() {
    passes(node(), "node/log_events.js");
}

/// A log of events that come as CloudEvents too.
fn cloudevents(command: Command, program: &str) {
    let (database, writer) = log_and_writer();
    let text = "select eventlog.register_event_type('note_written')";
    database.admin().batch_execute(text).unwrap();
    passes_in(&database, &writer, command, program);
}

#[test]
fn cloudevents_in_python() {
    let python = Command::new(drivers().join("python/bin/python"));
    cloudevents(python, "python/cloudevents_sdk.py");
}

#[test]
fn cloudevents_in_node() {
    cloudevents(node(), "node/cloudevents_sdk.js");
}

/// A log and a tracked table, both isolated, and two logins that set the context of their transactions: an application's,
/// which writes and reads, and a reader's.
fn tenants() -> (Database, String, String) {
    let database = Database::fresh();
    let (app, reader) = (database.role("app"), database.role("reader"));
    database
        .admin()
        .batch_execute(&format!(
            "select eventlog.create_log('public.events');
             select eventlog.register_event_type('task_completed', required => '{{step_id}}');
             select eventlog.grant_writer('events', '{app}'), eventlog.grant_reader('events', r), eventlog.grant_context(r)
                 from unnest('{{{app}, {reader}}}'::name[]) r;
             create table public.campaigns (id bigint primary key, tenant_id uuid, name text, budget numeric);
             grant select, insert, update, delete on public.campaigns to {app};
             select eventlog.isolate_tenants('campaigns', readers => '{{{app}}}', writers => '{{{app}}}');
             select eventlog.track_changes('campaigns', 'campaign', tenant_column => 'tenant_id');"
        ))
        .unwrap();
    (database, app, reader)
}

#[test]
fn tenants_in_python_psycopg() {
    let (database, app, reader) = tenants();
    let mut python = Command::new(drivers().join("python/bin/python"));
    python.env("PGREADER", reader);
    passes_in(&database, &app, python, "python/tenants.py");
}

#[test]
fn tenants_in_node_pg() {
    let (database, app, _) = tenants();
    passes_in(&database, &app, node(), "node/tenants_pg.js");
}

#[test]
fn tenants_in_node_postgres() {
    let (database, app, _) = tenants();
    passes_in(&database, &app, node(), "node/tenants_postgres.js");
}

#[test]
fn tenants_in_psql() {
    let (database, app, _) = tenants();
    let mut psql = database.client_program("psql", &app);
    psql.args(["-X", "-q", "-f"]);
    passes_in(&database, &app, psql, "psql/tenants.sql");
}

/// The driver asks for the parameters' types and knows no `ident`, so an identifier is cast to what is given.
#[test]
fn tenants_in_rust_tokio_postgres() {
    let (database, app, _) = tenants();
    let config = tokio_config(&database, &app);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (mut client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let (acme, other, ann) = (Uuid::from_u128(10), Uuid::from_u128(11), Uuid::from_u128(1));
        let log = "select eventlog.log_event('task_completed', $1, entity_type => 'task', entity_id => $2::bigint)";

        for tenant in [acme, other] {
            let transaction = acting(&mut client, tenant, ann, None).await;
            let row = transaction
                .query_one(log, &[&json!({"step_id": 7}), &7_i64])
                .await
                .unwrap();
            let id: Uuid = row.get(0);
            let rows = transaction
                .query("select id, tenant_id, actor_id from events", &[])
                .await
                .unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(
                (rows[0].get::<_, Uuid>(0), rows[0].get(1), rows[0].get(2)),
                (id, tenant, ann.to_string())
            );
            transaction.commit().await.unwrap();
        }

        for (argument, state) in [("tenant_id", "42501"), ("actor_id", "42501"), ("causation_id", "23514")] {
            let transaction = acting(&mut client, acme, ann, None).await;
            let payload = if state == "42501" { json!({"step_id": 1}) } else { json!({}) };
            let call = format!("select eventlog.log_event('task_completed', $1, {argument} => $2::uuid)");
            let error = transaction.query_one(&call, &[&payload, &other]).await.unwrap_err();
            let error = error.as_db_error().unwrap();
            assert_eq!(error.code().code(), state);
            if state == "42501" {
                assert!(error.message().starts_with(argument) && !error.message().contains(&other.to_string()));
            } else {
                let violations: serde_json::Value = serde_json::from_str(error.detail().unwrap()).unwrap();
                assert_eq!(violations[0]["path"], "/step_id");
            }
        }
        let error = client.query_one(log, &[&json!({"step_id": 1}), &7_i64]).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "23502");

        let transaction = acting(&mut client, acme, ann, Some("duplicate")).await;
        transaction
            .execute("insert into campaigns values (1, $1, 'Spring', 100.50)", &[&acme])
            .await
            .unwrap();
        let state = "select eventlog.entity_state('campaign', $1::bigint, tenant_id => $2::uuid)";
        let row = transaction.query_one(state, &[&1_i64, &acme]).await.unwrap();
        assert_eq!(row.get::<_, serde_json::Value>(0)["budget"], 100.5);
        transaction.execute("delete from campaigns where id = 1", &[]).await.unwrap();
        let row = transaction
            .query_one(
                "select actor_id, payload ->> 'reason' from events where type = 'campaign.deleted'",
                &[],
            )
            .await
            .unwrap();
        assert_eq!((row.get(0), row.get(1)), (ann.to_string(), "duplicate"));
        transaction.commit().await.unwrap();

        let transaction = acting(&mut client, other, ann, None).await;
        let row = transaction.query_one(state, &[&1_i64, &acme]).await.unwrap();
        assert_eq!(row.get::<_, Option<serde_json::Value>>(0), None);
        drop(transaction);
        drop(client);
        connection.await.unwrap().unwrap();
    });
}

/// A transaction for this tenant, in this user's name.
async fn acting<'a>(
    client: &'a mut tokio_postgres::Client,
    tenant: Uuid,
    actor: Uuid,
    reason: Option<&str>,
) -> tokio_postgres::Transaction<'a> {
    let transaction = client.transaction().await.unwrap();
    transaction
        .execute(
            "select eventlog.set_context($1::uuid, 'user', $2::uuid, reason => $3)",
            &[&tenant, &actor, &reason],
        )
        .await
        .unwrap();
    transaction
}

/// tokio-postgres asks the server what each parameter is, and knows only types of its own: `ident` needs a cast.
#[test]
fn rust_tokio_postgres() {
    let (database, writer) = log_and_writer();
    let config = tokio_config(&database, &writer);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            let tenant = Uuid::from_u128(7);
            let statement = client
            .prepare(
                "select eventlog.log_event($1, $2, tenant_id => $3::uuid, entity_type => 'task',
                 entity_id => $4::bigint, actor_type => 'user', actor_id => $5::text)",
            )
            .await
            .unwrap();
            assert_eq!(
                statement.params(),
                [Type::TEXT, Type::JSONB, Type::UUID, Type::INT8, Type::TEXT]
            );
            let payload = json!({"step_id": 1});
            let row = client
                .query_one(
                    &statement,
                    &[&"task_completed", &payload, &tenant, &7i64, &"u-1"],
                )
                .await
                .unwrap();
            let id: Uuid = row.get(0);
            assert_eq!(id.get_version_num(), 7);
            let row = client
                .query_one(
                    "select tenant_id, entity_id, actor_id from public.events where id = $1",
                    &[&id],
                )
                .await
                .unwrap();
            assert_eq!(
                (row.get::<_, Uuid>(0), row.get(1), row.get(2)),
                (tenant, "7", "u-1")
            );

            // A driver that knows no type but Postgres's common ones reads whole rows.
            let row = client
                .query_one("select * from public.events where id = $1", &[&id])
                .await
                .unwrap();
            let columns = row.columns();
            let numbers = columns.iter().filter(|c| *c.type_() == Type::INT8);
            assert_eq!(numbers.map(|c| c.name()).collect::<Vec<_>>(), ["xid", "seq"]);
            let xid: i64 = row.get("xid");
            let known = client
                .query_one("select eventlog.is_visible($1, pg_current_snapshot())", &[&xid])
                .await
                .unwrap();
            assert!(known.get::<_, bool>(0));

            let refusal = client
                .query_one(
                    &statement,
                    &[&"task_completed", &json!({}), &tenant, &7i64, &"u-1"],
                )
                .await
                .unwrap_err();
            assert_eq!(refusal.code().unwrap().code(), "23514");

            let events =
                json!([{"type": "task_completed", "payload": {"step_id": 1}, "tenant_id": tenant.to_string()}]);
            let rows = client
                .query("select eventlog.log_events($1)", &[&events])
                .await
                .unwrap();
            assert_eq!(rows.len(), 1);
            drop(client);
            connection.await.unwrap().unwrap();
        });
}

fn tokio_config(database: &Database, role: &str) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(database.cluster().directory())
        .port(5432)
        .dbname(database.name())
        .user(role);
    config
}

/// In PL/pgSQL the arguments are variables and columns of every type, by name, without a cast.
#[test]
fn plpgsql_named_calls() {
    let (database, writer) = log_and_writer();
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "create table public.task (id int primary key, owner uuid, tenant uuid, ref varchar(20));
             grant all on public.task to {writer};
             create function public.task_done() returns trigger language plpgsql as $$
             declare
                 big bigint := 9000000000;
             begin
                 perform eventlog.log_event('task_completed', jsonb_build_object('step_id', new.id),
                     tenant_id => new.tenant, entity_type => tg_table_name::text, entity_id => new.id,
                     actor_type => 'user', actor_id => new.owner, correlation_id => big, source_id => new.ref);
                 return new;
             end $$;
             create trigger task_done after insert on public.task
                 for each row execute function public.task_done();"
        ))
        .unwrap();
    let mut client = database.connect(&writer);
    let (tenant, owner) = (Uuid::from_u128(1), Uuid::from_u128(2));
    client
        .execute(
            "insert into public.task values (3, $1, $2, 'r-1')",
            &[&owner, &tenant],
        )
        .unwrap();
    let row = client
        .query_one(
            "select tenant_id, concat_ws(' ', entity_type, entity_id, actor_id, correlation_id, source_id)
             from public.events",
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, Uuid>(0), tenant);
    assert_eq!(
        row.get::<_, &str>(1),
        format!("task 3 {owner} 9000000000 r-1")
    );
}
