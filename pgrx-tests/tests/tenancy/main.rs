//! Tenants, tried by ordinary roles over connections of their own: what each kind of role may do, and everything else.

mod matrix;
mod paths;
mod plans;
mod sessions;

use std::fmt::Write;

use pg_eventlog_tests::{Database, Refusal, Session};
use postgres::{Client, SimpleQueryMessage};

const A: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const B: &str = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";

/// A plain log, a partitioned one and a table, with rows of two tenants; and a role of each kind, with the right to set the
/// context where it is needed to show that it helps nothing.
struct Setup {
    database: Database,
    owner: String,
    reader: String,
    writer: String,
    service: String,
    consumer: String,
    outsider: String,
}

impl Setup {
    fn new() -> Self {
        let database = Database::fresh();
        let role = |name| database.role(name);
        let setup = Self {
            owner: role("owner"),
            reader: role("reader"),
            writer: role("writer"),
            service: role("service"),
            consumer: role("consumer"),
            outsider: role("outsider"),
            database,
        };
        let mut admin = setup.database.admin();
        let mut sql = format!("grant create on schema public to {};", setup.owner);
        for role in setup.roles() {
            write!(sql, "select eventlog.grant_context('{role}');").unwrap();
        }
        admin.batch_execute(&sql).unwrap();
        let mut owner = setup.database.connect(&setup.owner);
        for (name, interval) in [("events", "null"), ("parted", "'1 month'")] {
            owner
                .batch_execute(&format!(
                    "select eventlog.create_log('public.{name}', partition_interval => {interval}, unregistered => 'allow');
                     select eventlog.log_event('started', tenant_id => t, actor_type => 'user', actor_id => 'u-' || n,
                         idempotency_key => 'k-' || n, log => 'public.{name}')
                     from unnest(array['{A}', '{B}']::uuid[]) t, generate_series(1, 3) n;
                     select eventlog.grant_reader('public.{name}', '{}');
                     select eventlog.grant_writer('public.{name}', '{}');
                     select eventlog.grant_service('public.{name}', '{}');
                     select eventlog.grant_consumer('public.{name}', '{}');",
                    setup.reader, setup.writer, setup.service, setup.consumer
                ))
                .unwrap();
        }
        owner
            .batch_execute(&format!(
                "create table public.invoices (id int primary key, tenant_id uuid not null, amount int);
                 create index on public.invoices (tenant_id);
                 insert into public.invoices select n, case n % 2 when 0 then '{A}'::uuid else '{B}' end, n
                 from generate_series(1, 1000) n;
                 grant select, insert, update, delete on public.invoices to {0}, {1};
                 select eventlog.isolate_tenants('public.invoices');
                 analyze public.invoices;
                 select eventlog.create_event_view('public.actions', 'events', '{{\"company\": \"tenant_id\", \"action\": \"type\",
                    \"data\": \"payload\", \"who\": \"actor_id\", \"kind\": \"actor_type\", \"key\": \"idempotency_key\"}}');
                 grant select, insert on public.actions to {0}, {1}, {2}, {3}",
                setup.reader, setup.writer, setup.service, setup.consumer
            ))
            .unwrap();
        setup
    }

    fn roles(&self) -> [&str; 5] {
        [
            &self.reader,
            &self.writer,
            &self.service,
            &self.consumer,
            &self.outsider,
        ]
    }

    fn session(&self, role: &str) -> Session {
        Session::open(&self.database, role)
    }
}

/// Runs a statement for tenant A and its user u-1, and takes it back.
fn attempt(client: &mut Client, sql: &str) -> Result<Vec<String>, Refusal> {
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}', 'user', 'u-1')"
        ))
        .unwrap();
    let result = client.simple_query(sql);
    client.batch_execute("rollback").unwrap();
    let messages = result.map_err(|error| Refusal::of(&error))?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("null").to_owned()),
        _ => None,
    });
    Ok(rows.collect())
}
