//! Behind PgBouncer in transaction mode, where the transactions of many clients take turns in one session: nothing of
//! one of them reaches the next.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use pg_eventlog_tests::{Database, Refusal, wait_until};
use postgres::{Client, NoTls, SimpleQueryMessage};

/// A PgBouncer with one server connection for each role, reached through a socket in the cluster's directory.
struct Pooler {
    process: Child,
    directory: PathBuf,
    database: String,
}

/// Runs PgBouncer until the process that started it ends, however that ends.
const REAPER: &str = r#""$1" -q "$2" & read -r _; kill -9 $!"#;

/// Debian keeps it where only root looks for programs.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|directory| directory.join("pgbouncer"))
        .find(|file| file.is_file())
}

impl Pooler {
    /// None, and a message, where there is no PgBouncer on this machine.
    fn start(database: &Database, roles: &[&str]) -> Option<Self> {
        let Some(program) = program() else {
            eprintln!("SKIPPED: there is no pgbouncer on this machine (apt-get install pgbouncer)");
            return None;
        };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = database.cluster().directory();
        let directory = server.join(format!("pooler-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir(&directory).unwrap();
        let path = |name: &str| directory.join(name).display().to_string();
        let users: String = roles
            .iter()
            .map(|role| format!("\"{role}\" \"\"\n"))
            .collect();
        fs::write(path("users"), users).unwrap();
        fs::write(
            path("pgbouncer.ini"),
            format!(
                "[databases]\n{name} = host={host} port=5432 dbname={name}\n\
                 [pgbouncer]\nlisten_port = 6432\nunix_socket_dir = {here}\nunix_socket_mode = 0700\n\
                 auth_type = trust\nauth_file = {users}\nlogfile = {log}\n\
                 pool_mode = transaction\ndefault_pool_size = 1\nmax_db_connections = 8\n",
                name = database.name(),
                host = server.display(),
                here = directory.display(),
                users = path("users"),
                log = path("log"),
            ),
        )
        .unwrap();
        let process = Command::new("sh")
            .args(["-c", REAPER, "reaper"])
            .arg(program)
            .arg(path("pgbouncer.ini"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("cannot run sh");
        let pooler = Self {
            process,
            directory,
            database: database.name().to_owned(),
        };
        wait_until("PgBouncer accepts connections", || {
            pooler.try_connect(roles[0]).is_ok()
        });
        Some(pooler)
    }

    fn try_connect(&self, role: &str) -> Result<Client, postgres::Error> {
        let mut config = postgres::Config::new();
        config.host_path(&self.directory).port(6432);
        config.dbname(&self.database).user(role).connect(NoTls)
    }

    fn connect(&self, role: &str) -> Client {
        self.try_connect(role).unwrap()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// The last value of what these statements give. In transaction mode a client keeps no prepared statements.
#[track_caller]
fn ask(client: &mut Client, sql: &str) -> Result<String, Refusal> {
    let messages = client
        .simple_query(sql)
        .map_err(|error| Refusal::of(&error))?;
    let row = messages.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("null").to_owned()),
        _ => None,
    });
    Ok(row.unwrap_or_default())
}

#[track_caller]
fn value(client: &mut Client, sql: &str) -> String {
    ask(client, sql).unwrap_or_else(|refusal| panic!("{sql}: {refusal:?}"))
}

const SAID: &str = "select concat_ws(' ', eventlog.current_tenant(), eventlog.current_actor_type(), eventlog.current_actor())";
const A: &str = "aaaaaaaa-0000-4000-8000-000000000000";
const B: &str = "bbbbbbbb-0000-4000-8000-000000000000";

/// A log that shows each tenant its own rows, and takes no others from it.
fn tenants_log(database: &Database, roles: &str) {
    database
        .admin()
        .batch_execute(&format!(
            "select eventlog.create_log('public.events');
             select eventlog.register_event_type('paid');
             alter table public.events enable row level security;
             create policy mine on public.events
                 using (tenant_id = (select eventlog.current_tenant()::uuid))
                 with check (eventlog.may_write(tenant_id, actor_type, actor_id));
             grant select, insert on public.events to {roles};"
        ))
        .unwrap();
}

#[test]
fn contexts_of_two_tenants_take_turns_in_one_session() {
    let database = Database::fresh();
    let app = database.role("app");
    let Some(pooler) = Pooler::start(&database, &[&app]) else {
        return;
    };
    tenants_log(&database, &app);
    database
        .admin()
        .batch_execute(&format!("select eventlog.grant_context('{app}')"))
        .unwrap();
    let (mut a, mut b) = (pooler.connect(&app), pooler.connect(&app));
    let session = value(&mut a, "select pg_backend_pid()");
    let turn = |client: &mut Client, tenant: &str, rows: &str, end: &str| {
        assert_eq!(value(client, "begin; select pg_backend_pid()"), session);
        // Whoever was here before has left nothing.
        assert_eq!(value(client, SAID), "");
        assert_eq!(value(client, "select count(*) from public.events"), "0");
        value(
            client,
            &format!("select eventlog.set_context('{tenant}', 'user', 'of {tenant}')"),
        );
        assert_eq!(value(client, SAID), format!("{tenant} user of {tenant}"));
        value(client, "select eventlog.log_event('paid')");
        let seen = "select concat_ws(' ', count(*), min(tenant_id::text), max(tenant_id::text)) from public.events";
        assert_eq!(value(client, seen), format!("{rows} {tenant} {tenant}"));
        value(client, end);
    };
    turn(&mut a, A, "1", "commit");
    turn(&mut b, B, "1", "commit");
    turn(&mut a, A, "2", "rollback");
    turn(&mut b, B, "2", "commit");
    turn(&mut a, A, "2", "commit");

    // One that fails, and one outside a block, leave nothing either.
    let fails = format!("begin; select eventlog.set_context('{A}', 'user', 'u-1'); select 1 / 0");
    assert_eq!(ask(&mut a, &fails).unwrap_err().code, "22012");
    value(&mut a, "rollback");
    assert_eq!(value(&mut b, SAID), "");
    value(&mut a, &format!("select eventlog.set_context('{A}')"));
    assert_eq!(value(&mut b, SAID), "");
    let forged = format!("select eventlog.log_event('paid', tenant_id => '{A}')");
    assert_eq!(ask(&mut b, &forged).unwrap_err().code, "42501");
    let forged = format!("begin; select eventlog.set_context('{B}'); {forged}");
    assert_eq!(ask(&mut b, &forged).unwrap_err().code, "42501");
    value(&mut b, "rollback");

    // Nor does a client that leaves in the midst of one.
    value(
        &mut a,
        &format!("begin; select eventlog.set_context('{A}', 'user', 'u-1')"),
    );
    drop(a);
    assert_eq!(value(&mut b, SAID), "");
    assert_eq!(value(&mut b, "select count(*) from public.events"), "0");
}

/// As PostgREST does it: claims and role until the transaction ends.
#[test]
fn claims_of_two_users_take_turns_in_one_session() {
    let database = Database::fresh();
    let (gate, user) = (database.role("gate"), database.role("user"));
    tenants_log(&database, &user);
    database
        .admin()
        .batch_execute(&format!(
            "grant {user} to {gate}; alter database {} set eventlog.jwt_logins = '{gate}'",
            database.name()
        ))
        .unwrap();
    let Some(pooler) = Pooler::start(&database, &[&gate, &user]) else {
        return;
    };
    let (mut a, mut b) = (pooler.connect(&gate), pooler.connect(&gate));
    let session = value(&mut a, "select pg_backend_pid()");
    let request = |client: &mut Client, tenant: &str, sub: &str, rows: &str| {
        let claims = format!(r#"{{"sub": "{sub}", "app_metadata": {{"tenant_id": "{tenant}"}}}}"#);
        let begin = format!(
            "begin; set local role {user}; select set_config('request.jwt.claims', '{claims}', true)"
        );
        value(client, &begin);
        assert_eq!(value(client, "select pg_backend_pid()"), session);
        assert_eq!(value(client, SAID), format!("{tenant} user {sub}"));
        value(client, "select eventlog.log_event('paid')");
        assert_eq!(value(client, "select count(*) from public.events"), rows);
        value(client, "commit");
        assert_eq!(value(client, SAID), "");
    };
    request(&mut a, A, "u-1", "1");
    request(&mut b, B, "u-2", "1");
    request(&mut a, A, "u-3", "2");
    request(&mut b, B, "u-2", "2");
    // Nobody's request, after somebody's.
    value(&mut a, &format!("begin; set local role {user}"));
    assert_eq!(value(&mut a, "select count(*) from public.events"), "0");
    assert_eq!(
        ask(&mut a, "select eventlog.log_event('paid')")
            .unwrap_err()
            .code,
        "23502"
    );
    value(&mut a, "rollback");

    // The same claims say nothing in a session of somebody who is not listed.
    let mut own = pooler.connect(&user);
    let claims = format!(
        r#"select set_config('request.jwt.claims', '{{"app_metadata": {{"tenant_id": "{A}"}}}}', true)"#
    );
    value(&mut own, &format!("begin; {claims}"));
    assert_eq!(value(&mut own, SAID), "");
    assert_eq!(value(&mut own, "select count(*) from public.events"), "0");
}
