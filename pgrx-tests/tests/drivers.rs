//! Real drivers, as an ordinary role over a real connection: what their parameters are for the server, what their
//! callers get back, and which exception an error becomes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pg_eventlog_tests::{Database, LIMIT, run};
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

/// The directory of the other languages' drivers, set up once.
fn drivers() -> &'static Path {
    static DRIVERS: OnceLock<PathBuf> = OnceLock::new();
    DRIVERS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        run(
            &mut Command::new(root.join("scripts/drivers-setup")),
            LIMIT * 10,
        )
        .expect_ok();
        root.join("target/drivers")
    })
}

/// Runs a program of `drivers/`, which finds the database in libpq's environment variables.
#[track_caller]
fn passes(mut command: Command, program: &str) {
    let (database, writer) = log_and_writer();
    let connection = database.client_program("psql", &writer);
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

#[test]
fn node_pg() {
    let mut node = Command::new("node");
    node.env("NODE_PATH", drivers().join("node/node_modules"));
    passes(node, "node/log_events.js");
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
