//! Tenants, tried by ordinary roles over connections of their own: what each kind of role may do, and everything else.

use std::fmt::Write;

use pg_eventlog_tests::{Database, Refusal, Session, refused};
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

/// What `attempt` may come to.
#[derive(Clone, Copy)]
enum Answer {
    /// this SQLSTATE
    No(&'static str),
    /// whatever it gives
    Yes,
    /// this one value
    Is(&'static str),
}
use Answer::{Is, No, Yes};

const DENIED: Answer = No("42501");

#[test]
fn each_role_may_do_what_is_its_own_and_nothing_else() {
    let setup = Setup::new();
    let mut clients: Vec<Client> = setup
        .roles()
        .iter()
        .map(|role| setup.database.connect(role))
        .collect();
    let partition = "(select relid::text from pg_partition_tree('parted') where isleaf limit 1)";
    let mut admin = setup.database.admin();
    let partition: String = admin
        .query_one(&format!("select {partition}"), &[])
        .unwrap()
        .get(0);

    // What is expected of reader, writer, service, consumer, outsider.
    let mut cases: Vec<(String, [Answer; 5])> = Vec::new();
    let nobody = [DENIED; 5];
    let writes = [DENIED, Yes, Yes, DENIED, DENIED];
    let service = [DENIED, DENIED, Yes, DENIED, DENIED];
    let reads = |own, all| [Is(own), DENIED, DENIED, Is(all), DENIED];
    for log in ["events", "parted"] {
        let mut case = |sql: &str, expected| {
            cases.push((
                sql.replace(
                    "LOG_ID",
                    if log == "events" {
                        "id"
                    } else {
                        "id, recorded_at"
                    },
                )
                .replace("LOG", log)
                .replace("A!", A)
                .replace("B!", B),
                expected,
            ));
        };
        // reading
        case("select count(*) from LOG", reads("3", "6"));
        case(
            "select count(*) from LOG where tenant_id = 'B!'",
            reads("0", "3"),
        );
        case(
            "select count(*) from only LOG",
            reads(
                if log == "events" { "3" } else { "0" },
                if log == "events" { "6" } else { "0" },
            ),
        );
        case(
            "select count(*) from LOG tablesample bernoulli (100)",
            reads("3", "6"),
        );
        case("table LOG for update", nobody);
        case("lock LOG in exclusive mode", nobody);
        // writing, as oneself
        case("select eventlog.log_event('t', log => 'LOG')", writes);
        case(
            "select eventlog.log_event('t', tenant_id => 'A!', actor_type => 'user', actor_id => 'u-1', log => 'LOG')",
            writes,
        );
        case(
            "select eventlog.log_event('t', idempotency_key => 'new', log => 'LOG')",
            writes,
        );
        case(
            "select eventlog.log_event('started', tenant_id => 'A!', actor_type => 'user', actor_id => 'u-1', idempotency_key => 'k-1', log => 'LOG')",
            writes,
        );
        case(
            "select eventlog.log_events('[{\"type\": \"t\"}, {\"type\": \"u\", \"idempotency_key\": \"u\"}]', 'LOG')",
            writes,
        );
        case("insert into LOG (type, payload) values ('t', '{}')", writes);
        case(
            "insert into LOG (type, payload, idempotency_key, occurred_at, version, context) values ('t', '{}', 'new', now(), 2, '{}')",
            writes,
        );
        // reading back takes SELECT
        case(
            "insert into LOG (type, payload) values ('t', '{}') returning id",
            nobody,
        );
        // writing for another tenant, or nobody, or in another's name
        for given in [
            "tenant_id => 'B!'",
            "tenant_id => 'B!', idempotency_key => 'k-1'",
            "tenant_id => 'B!', idempotency_key => 'new'",
            "actor_id => 'u-2'",
            "actor_type => 'job'",
            "actor_type => 'job', idempotency_key => 'new'",
        ] {
            // To a service, the key of another event is a conflict, and no secret.
            let service = if given.contains("k-1") {
                [DENIED, DENIED, No("23505"), DENIED, DENIED]
            } else {
                service
            };
            case(
                &format!("select eventlog.log_event('t', {given}, log => 'LOG')"),
                service,
            );
        }
        for (columns, values) in [
            ("tenant_id", "'B!'"),
            ("actor_id", "'u-2'"),
            ("actor_id", "null"),
            ("actor_type", "'job'"),
            ("actor_type", "null"),
            ("tenant_id, idempotency_key", "'B!', 'new'"),
        ] {
            case(
                &format!(
                    "insert into LOG (type, payload, {columns}) values ('t', '{{}}', {values})"
                ),
                service,
            );
        }
        case(
            "insert into LOG (type, payload, tenant_id, idempotency_key) values ('t', '{}', 'B!', 'k-1')",
            [DENIED, DENIED, No("23505"), DENIED, DENIED],
        );
        case(
            "select eventlog.log_events('[{\"type\": \"t\"}, {\"type\": \"t\", \"tenant_id\": \"B!\"}]', 'LOG')",
            service,
        );
        case(
            "select eventlog.log_events('[{\"type\": \"t\", \"actor_id\": \"u-2\", \"actor_type\": \"user\"}]', 'LOG')",
            service,
        );
        // columns that are nobody's to give
        for (column, value) in [
            ("id", "gen_random_uuid()"),
            ("seq", "7"),
            ("recorded_at", "now()"),
            ("xid", "pg_current_xact_id()"),
            ("origin", "eventlog.cluster_origin()"),
        ] {
            case(
                &format!("insert into LOG (type, payload, {column}) values ('t', '{{}}', {value})"),
                nobody,
            );
            case(
                &format!("insert into LOG (type, payload, {column}) values ('t', '{{}}', default)"),
                nobody,
            );
        }
        case(
            "insert into LOG default values",
            [DENIED, No("23514"), No("23514"), DENIED, DENIED],
        );
        case("insert into LOG select * from LOG", nobody);
        // editing
        for sql in [
            "update LOG set type = 'x'",
            "update LOG set type = 'x' where false",
            "delete from LOG",
            "delete from LOG where false",
            "truncate LOG",
            "insert into LOG (type, payload) values ('t', '{}') on conflict (LOG_ID) do update set type = 'x'",
            "merge into LOG l using (values (1)) v on true when matched then delete",
            "alter table LOG disable row level security",
            "alter table LOG no force row level security",
            "alter table LOG disable trigger all",
            "drop policy eventlog_read on LOG",
            "create policy mine on LOG using (true)",
            "create trigger mine before insert on LOG for each row execute function suppress_redundant_updates_trigger()",
            "create rule mine as on insert to LOG do also nothing",
            "create table child () inherits (LOG)",
            "select eventlog.isolate_tenants('LOG')",
            "select eventlog.release_tenants('LOG')",
            "select eventlog.grant_consumer('LOG', current_user)",
            "select eventlog.grant_service('LOG', current_user)",
            "select eventlog.revoke_reader('LOG', current_user)",
            "select eventlog.release_append_only('LOG')",
            "select eventlog.repair_log('LOG')",
            "select eventlog.register_event_type('new', log => 'LOG')",
        ] {
            case(sql, nobody);
        }
        // the keys
        let keys = |own, all| [DENIED, Is(own), Is(all), DENIED, DENIED];
        case("select count(key) from LOG_key", keys("3", "6"));
        case(
            "select count(key) from LOG_key where tenant_id = 'B!'",
            keys("0", "3"),
        );
        case("select count(claimed_at) from LOG_key", nobody);
        for sql in [
            "select * from LOG_key",
            "insert into LOG_key (tenant_id, key, event_id) values ('A!', 'x', gen_random_uuid())",
            "insert into LOG_key (tenant_id, key, event_id) values ('B!', 'x', gen_random_uuid())",
            "insert into LOG_key (tenant_id, key, event_id) values ('B!', 'k-1', gen_random_uuid()) on conflict do nothing",
            "update LOG_key set key = 'x'",
            "delete from LOG_key",
            "truncate LOG_key",
        ] {
            case(sql, nobody);
        }
        // the sequence
        for sql in [
            "select last_value from LOG_seq_seq",
            "select setval('LOG_seq_seq', 1)",
            "alter sequence LOG_seq_seq restart",
        ] {
            case(sql, nobody);
        }
        // what is known about the rows
        case(
            "select count(*) from pg_stats where tablename in ('LOG', 'LOG_key')",
            [Is("0"); 5],
        );
    }
    let mut case = |sql: &str, expected| {
        cases.push((
            sql.replace("PART", &partition)
                .replace("A!", A)
                .replace("B!", B),
            expected,
        ));
    };
    // partitions are nobody's
    for sql in [
        "select count(*) from PART",
        "insert into PART (type, payload) values ('t', '{}')",
        "update PART set type = 'x' where false",
        "delete from PART",
        "truncate PART",
        "copy PART to stdout",
        "alter table parted detach partition PART",
    ] {
        case(sql, nobody);
    }
    // through a view one has what one has on the log
    case("select count(*) from actions", reads("3", "6"));
    case(
        "select count(*) from actions where company = 'B!'",
        reads("0", "3"),
    );
    case(
        "insert into actions (action, data) values ('t', '{}')",
        writes,
    );
    case(
        "insert into actions (action, data, key) values ('t', '{}', 'new')",
        writes,
    );
    for (column, value) in [
        ("company", "'B!'"),
        ("who", "'u-2'"),
        ("kind", "'job'"),
        ("company, key", "'B!', 'new'"),
    ] {
        case(
            &format!("insert into actions (action, data, {column}) values ('t', '{{}}', {value})"),
            service,
        );
    }
    case("update actions set action = 'x'", nobody);
    case("delete from actions", nobody);
    // the catalogue
    for sql in [
        "select count(*) from eventlog.admin_log",
        "delete from eventlog.admin_log",
        "update eventlog.log set unregistered = 'allow'",
        "insert into eventlog.event_type select * from eventlog.event_type",
        "select eventlog.grant_context(current_user)",
        "set eventlog.tenant_id = 'B!'",
        "select set_config('eventlog.tenant_id', 'B!', true)",
        "set session authorization postgres",
        "set session_replication_role = replica",
        "create function eventlog.may_write(uuid, text, text, int default 0) returns boolean return true",
        "create or replace function eventlog.may_write(uuid, text, text) returns boolean return true",
    ] {
        case(sql, nobody);
    }

    let mut wrong = String::new();
    for (sql, expected) in &cases {
        for ((client, role), expected) in clients.iter_mut().zip(setup.roles()).zip(expected) {
            let answer = attempt(client, sql);
            let right = match (&answer, expected) {
                (Err(refusal), No(code)) => refusal.code == *code,
                (Ok(_), Yes) => true,
                (Ok(rows), Is(value)) => rows == &[(*value).to_owned()],
                _ => false,
            };
            if !right {
                writeln!(wrong, "{role}: {sql}\n    gave {answer:?}").unwrap();
            }
            // Whatever is refused tells nothing of another tenant.
            if let Err(refusal) = &answer {
                let told = format!("{refusal:?}");
                for secret in ["u-3", "u-2\"", "started"] {
                    if told.contains(secret) {
                        writeln!(wrong, "{role}: {sql}\n    tells {told}").unwrap();
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // None of it left anything behind.
    let counts = admin
        .query_one(
            "select (select count(*) from events), (select count(*) from parted), (select count(*) from events_key)",
            &[],
        )
        .unwrap();
    assert_eq!(
        (
            counts.get::<_, i64>(0),
            counts.get::<_, i64>(1),
            counts.get::<_, i64>(2)
        ),
        (6, 6, 6)
    );
}

#[test]
fn copy_is_refused_under_row_level_security() {
    let setup = Setup::new();
    for role in [&setup.writer, &setup.service, &setup.owner] {
        let mut client = setup.database.connect(role);
        let refusal = match client.copy_in("copy events (type, payload) from stdin") {
            Ok(_) => panic!("{role} could copy"),
            Err(error) => Refusal::of(&error),
        };
        assert_eq!(refusal.code, "0A000", "{role}");
    }
    let mut reader = setup.database.connect(&setup.reader);
    reader
        .batch_execute(&format!("begin; select eventlog.set_context('{A}')"))
        .unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut reader.copy_out("copy events to stdout").unwrap(),
        &mut text,
    )
    .unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains(B));
}

#[test]
fn without_a_context_nothing_is_written_and_nothing_seen() {
    let setup = Setup::new();
    let mut reader = setup.database.connect(&setup.reader);
    for table in ["events", "parted", "invoices", "actions"] {
        let count: i64 = reader
            .query_one(&format!("select count(*) from {table}"), &[])
            .unwrap()
            .get(0);
        assert_eq!(count, 0, "{table}");
    }
    let mut writer = setup.database.connect(&setup.writer);
    for sql in [
        format!("select eventlog.log_event('t', tenant_id => '{A}')"),
        format!("select eventlog.log_event('t', tenant_id => '{A}', idempotency_key => 'k-1')"),
        format!(
            "select eventlog.log_event('t', tenant_id => '{A}', actor_type => 'user', actor_id => 'u-1')"
        ),
        format!("select eventlog.log_events('[{{\"type\": \"t\", \"tenant_id\": \"{A}\"}}]')"),
        format!("insert into events (type, payload, tenant_id) values ('t', '{{}}', '{A}')"),
        format!("insert into actions (action, data, company) values ('t', '{{}}', '{A}')"),
        format!("insert into invoices values (0, '{A}')"),
    ] {
        refused(writer.batch_execute(&sql)).is("42501", "no tenant is set for this transaction");
    }
    // The gate has its say before the policy.
    refused(writer.batch_execute("select eventlog.log_event('t')")).is("23502", "needs a tenant");
    // What belonged to a transaction ended with it.
    writer
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); select eventlog.log_event('t'); commit"
        ))
        .unwrap();
    refused(writer.batch_execute(&format!(
        "select eventlog.log_event('t', tenant_id => '{A}')"
    )))
    .is("42501", "no tenant");
}

#[test]
fn partitions_are_closed_whenever_they_come() {
    let setup = Setup::new();
    let mut owner = setup.database.connect(&setup.owner);
    owner
        .batch_execute(&format!(
            "alter default privileges in schema public grant all on tables to {0}, public;
             create table parted_made partition of parted for values from ('2001-01-01') to ('2001-02-01');
             create table parted_attached (like parted including defaults);
             insert into parted_attached (type, payload, tenant_id, recorded_at) values ('t', '{{}}', '{B}', '2001-03-02');
             alter table parted attach partition parted_attached for values from ('2001-03-01') to ('2001-04-01')",
            setup.reader
        ))
        .unwrap();
    let mut reader = setup.database.connect(&setup.reader);
    for partition in ["parted_made", "parted_attached"] {
        for sql in [
            "select count(*) from X",
            "truncate X",
            "update X set type = 'x'",
        ] {
            let refusal = attempt(&mut reader, &sql.replace('X', partition)).unwrap_err();
            assert_eq!(refusal.code, "42501", "{sql} {partition}");
        }
    }
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted").unwrap(),
        ["3"]
    );
    // The owner reads and dumps them as before.
    let count: i64 = owner
        .query_one("select count(*) from parted_attached", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 1);
    // Detached, it is as closed as it was.
    owner
        .batch_execute(&format!(
            "alter table parted detach partition parted_attached; grant select on parted_attached to {}",
            setup.reader
        ))
        .unwrap();
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted_attached").unwrap(),
        ["0"]
    );
}

#[test]
fn the_owner_dumps_all_rows_and_restores_them() {
    let setup = Setup::new();
    let directory = setup.database.cluster().directory().to_owned();
    let file = directory.join(format!("{}.sql", setup.database.name()));
    let options = [
        "--enable-row-security",
        "--schema=public",
        "--data-only",
        "--inserts",
    ];
    setup
        .database
        .cluster()
        .pg_dump(setup.database.name(), &setup.owner, &options, &file)
        .expect_ok();
    let dump = std::fs::read_to_string(&file).unwrap();
    for (table, rows) in [
        ("events", 6),
        ("parted_default", 0),
        ("invoices", 1000),
        ("events_key", 6),
    ] {
        let start = format!("INSERT INTO public.{table} ");
        let found = dump.lines().filter(|line| line.starts_with(&start)).count();
        assert_eq!(found, rows, "{table}");
    }
    let parted = dump
        .lines()
        .filter(|line| line.starts_with("INSERT INTO public.parted_p"))
        .count();
    assert_eq!(parted, 6);
    // Without the option, Postgres refuses rather than to leave rows out.
    let refusal = setup
        .database
        .cluster()
        .pg_dump(
            setup.database.name(),
            &setup.owner,
            &["--schema=public"],
            &file,
        )
        .expect_failure();
    assert!(refusal.contains("row-level security"), "{refusal}");
}

#[test]
fn policies_survive_dump_and_restore() {
    const POLICIES: &str = "select c.relname || ' ' || c.relrowsecurity || c.relforcerowsecurity || ' ' || p.polname || p.polcmd::text
            || ' ' || p.polroles::regrole[]::text || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
            || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') || obj_description(p.oid, 'pg_policy')
        from pg_policy p join pg_class c on c.oid = p.polrelid order by 1";
    let setup = Setup::new();
    let list = |database: &Database| -> Vec<String> {
        let rows = database.admin().query(POLICIES, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let file = setup
        .database
        .cluster()
        .directory()
        .join(format!("{}.dump", setup.database.name()));
    setup
        .database
        .cluster()
        .pg_dump(setup.database.name(), "postgres", &["-Fc"], &file)
        .expect_ok();
    let restored = Database::empty();
    restored
        .cluster()
        .pg_restore(restored.name(), "postgres", &["--exit-on-error"], &file)
        .expect_ok();
    let before = list(&setup.database);
    assert!(before.len() > 20);
    assert_eq!(before, list(&restored));
    // Nothing is left to repair, and isolating again changes nothing.
    let mut owner = restored.connect(&setup.owner);
    let put_back = owner
        .query(
            "select eventlog.repair_log('events') union all select eventlog.repair_log('parted')",
            &[],
        )
        .unwrap();
    assert!(put_back.is_empty(), "{put_back:?}");
    owner
        .batch_execute("select eventlog.isolate_tenants('invoices')")
        .unwrap();
    assert_eq!(before, list(&restored));
    let mut reader = restored.connect(&setup.reader);
    restored
        .admin()
        .batch_execute(&format!(
            "select eventlog.grant_context('{}')",
            setup.reader
        ))
        .unwrap();
    assert_eq!(
        attempt(&mut reader, "select count(*) from parted").unwrap(),
        ["3"]
    );
}

/// The plan of a statement as this tenant and user.
fn plan(client: &mut Client, tenant: &str, actor: &str, sql: &str) -> String {
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{tenant}', 'user', '{actor}')"
        ))
        .unwrap();
    let rows = client
        .simple_query(&format!("explain (costs off) {sql}"))
        .unwrap();
    client.batch_execute("rollback").unwrap();
    let lines = rows.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_index_of_the_tenant_is_used() {
    let database = Database::fresh();
    let app = database.role("app");
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "select eventlog.grant_context('{app}');
             create table members (user_id bigint, tenant text, primary key (user_id, tenant));
             insert into members select n, n % 100 from generate_series(1, 1000) n;
             grant select on members to {app}"
        ))
        .unwrap();
    for (kind, value) in [
        ("uuid", "lpad(n::text, 32, '0')::uuid"),
        ("bigint", "n"),
        ("int", "n"),
        ("text", "n::text"),
        ("varchar", "n::text"),
    ] {
        let tenant = if kind == "uuid" {
            "00000000000000000000000000000007"
        } else {
            "7"
        };
        admin
            .batch_execute(&format!(
                "create table of_{kind} (tenant {kind} not null, at int, note text);
                 insert into of_{kind} select {value}, i, 'x' from generate_series(0, 99) n, generate_series(1, 100) i;
                 create index on of_{kind} (tenant, at);
                 analyze of_{kind};
                 grant all on of_{kind} to {app};
                 select eventlog.isolate_tenants('of_{kind}', 'tenant');"
            ))
            .unwrap();
        let mut client = database.connect(&app);
        for sql in [
            "select * from X",
            "select count(*) from X",
            "select * from X where at = 5",
            "select * from X order by at desc limit 5",
            "update X set note = 'y'",
            "update X set note = 'y' where at = 5",
            "delete from X where at < 10",
        ] {
            let sql = sql.replace('X', &format!("of_{kind}"));
            let plan = plan(&mut client, tenant, "u", &sql);
            assert!(
                plan.contains(&format!("of_{kind}_tenant_at_idx"))
                    && plan.contains("Index Cond: (")
                    && plan.contains("tenant")
                    && !plan.contains("Seq Scan"),
                "{sql}\n{plan}"
            );
            assert!(!plan.contains(" OR "), "{sql}\n{plan}");
        }
        let plan = plan(
            &mut client,
            tenant,
            "u",
            &format!("select * from of_{kind} order by at desc limit 5"),
        );
        assert!(!plan.contains("Sort"), "{plan}");
    }
    // By membership: the index is asked for each tenant of the user's.
    admin
        .batch_execute("select eventlog.isolate_tenants('of_text', 'tenant', membership => 'members(user_id, tenant)')")
        .unwrap();
    let mut client = database.connect(&app);
    for sql in [
        "select * from of_text",
        "select * from of_text where at = 5",
        "update of_text set note = 'y'",
    ] {
        let plan = plan(&mut client, "7", "107", sql);
        assert!(
            plan.contains("(tenant = ANY (") && !plan.contains("Seq Scan on of_text"),
            "{sql}\n{plan}"
        );
    }
    // A log has the same, and its own indexes.
    admin
        .batch_execute(&format!(
            "select eventlog.create_log('public.events', tenant_type => 'bigint', unregistered => 'allow');
             insert into public.events (tenant_id, type, payload, occurred_at)
             select n % 100, 't-' || n % 7, '{{}}', now() - n * interval '1 minute' from generate_series(1, 20000) n;
             analyze public.events;
             select eventlog.grant_reader('public.events', '{app}')"
        ))
        .unwrap();
    let mut client = database.connect(&app);
    for (index, sql) in [
        (
            "events_tenant_idx",
            "select * from events order by occurred_at desc limit 20",
        ),
        (
            "events_type_idx",
            "select * from events where type = 't-3' order by occurred_at desc limit 20",
        ),
    ] {
        let plan = plan(&mut client, "7", "u", sql);
        assert!(
            plan.contains(index) && !plan.contains("Sort"),
            "{sql}\n{plan}"
        );
    }
}

#[test]
fn kept_plans_and_cursors_follow_the_role() {
    let setup = Setup::new();
    let login = setup.database.role("login");
    setup
        .database
        .admin()
        .batch_execute(&format!(
            "alter role {login} noinherit; grant {}, {}, {}, {} to {login};
             select eventlog.grant_context('{login}'); grant execute on all functions in schema eventlog to {login}",
            setup.reader, setup.consumer, setup.writer, setup.service
        ))
        .unwrap();
    let session = setup.session(&login);
    session.run("prepare seen as select count(*) from events");
    session.run("prepare forged as insert into events (type, payload, tenant_id) values ('t', '{}', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb')");
    let context = format!("select eventlog.set_context('{A}')");
    // Often enough for a generic plan.
    for _ in 0..7 {
        session.run(&format!("begin; set local role {}", setup.consumer));
        assert_eq!(session.value("execute seen"), "6");
        session.run(&format!(
            "set local role {}; select eventlog.set_context('{A}')",
            setup.reader
        ));
        assert_eq!(session.value("execute seen"), "3");
        session.run(&format!(
            "set local role none; select eventlog.set_context('{B}')"
        ));
        session
            .refused("execute seen")
            .is("42501", "permission denied");
        session.run("rollback");
        session.run(&format!("begin; set local role {}", setup.service));
        session.run("execute forged; savepoint s");
        session.run(&format!(
            "{context}; set local role {}; savepoint s",
            setup.writer
        ));
        session
            .refused("execute forged")
            .is("42501", "is not the current tenant");
        session.run("rollback to s");
        // log_event keeps a plan as well, one for whoever calls.
        let forge =
            format!("select eventlog.log_event('t', tenant_id => '{B}', idempotency_key => 'x')");
        session
            .refused(&forge)
            .is("42501", "not the current tenant");
        session.run(&format!("rollback to s; set local role {}", setup.service));
        session.run(&forge);
        session.run("rollback");
    }
    // A context that changes in between is seen by a kept plan.
    session.run(&format!("begin; set local role {}", setup.reader));
    for (tenant, count) in [(A, "3"), (B, "3"), ("", "0")] {
        session.run(&format!("select eventlog.set_context('{tenant}')"));
        assert_eq!(session.value("execute seen"), count);
    }
    // A cursor is of one tenant, the one that was current when its first row was fetched, whatever is set later.
    for (first, tenant) in [("fetch 1 from c", A), ("select 1", B)] {
        session.run(&format!("set local role {}", setup.reader));
        session.run(&format!("select eventlog.set_context('{A}')"));
        session.run("declare c cursor for select tenant_id from events order by seq");
        session.run(first);
        session.run(&format!("select eventlog.set_context('{B}')"));
        session.run(&format!("set local role {}", setup.consumer));
        let rows = session.run("fetch all from c");
        assert!(rows.len() >= 2);
        assert!(
            rows.iter().all(|row| row[0].as_deref() == Some(tenant)),
            "{rows:?}"
        );
        session.run("close c");
    }
    session.run("rollback");
}

#[test]
fn what_runs_as_the_owner_is_not_held_back() {
    let setup = Setup::new();
    let mut owner = setup.database.connect(&setup.owner);
    owner
        .batch_execute(
            "select eventlog.track_changes('invoices', tenant_column => 'tenant_id', log => 'events');
             create table orders (id int primary key, tenant_id uuid, state text);
             select eventlog.track_changes('orders', tenant_column => 'tenant_id', log => 'parted')",
        )
        .unwrap();
    owner
        .batch_execute(&format!(
            "grant all on orders to {}; select eventlog.isolate_tenants('orders', writers => '{{{}}}')",
            setup.outsider, setup.outsider
        ))
        .unwrap();
    // Whoever changes the table can neither see nor write the log.
    let mut outsider = setup.database.connect(&setup.outsider);
    outsider
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}', 'user', 'u-9'); insert into orders values (1, '{A}', 'new'); commit"
        ))
        .unwrap();
    let mut reader = setup.database.connect(&setup.reader);
    reader
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); update invoices set amount = 0 where id = 2; commit"
        ))
        .unwrap();
    assert_eq!(
        attempt(
            &mut reader,
            "select actor_id from parted where type = 'orders.created'"
        )
        .unwrap(),
        ["u-9"]
    );
    assert_eq!(
        attempt(
            &mut reader,
            "select entity_id from events where type = 'invoices.updated'"
        )
        .unwrap(),
        ["2"]
    );
    // The owner writes for any tenant, with or without a context, and sees it all.
    owner
        .batch_execute(&format!(
            "select eventlog.log_event('t', tenant_id => '{B}', idempotency_key => 'o')"
        ))
        .unwrap();
    let count: i64 = owner
        .query_one("select count(*) from events", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 8);
    // A table function of the past shows a reader his own tenant's.
    let mut reader = setup.database.connect(&setup.reader);
    assert_eq!(
        attempt(
            &mut reader,
            "select count(*) from eventlog.table_as_of(null::invoices, clock_timestamp())"
        )
        .unwrap(),
        ["500"]
    );
}

#[test]
fn two_grants_at_once_both_count() {
    let setup = Setup::new();
    let (one, other) = (setup.database.role("one"), setup.database.role("other"));
    let first = setup.session(&setup.owner);
    let mut second = setup.session(&setup.owner);
    first.run(&format!(
        "begin; select eventlog.grant_writer('events', '{one}')"
    ));
    let waiting = second.start(&format!(
        "select eventlog.grant_writer('events', '{other}')"
    ));
    second.wait_until_blocked();
    first.run("commit");
    waiting.succeeds();
    let writers = first.value("select array_length(polroles, 1) from pg_policy where polname = 'eventlog_write' and polrelid = 'events'::regclass");
    assert_eq!(writers, "3");
}

/// What a role owns itself, it can shape as it likes; its functions and operators must not run with more rights, nor let it
/// see rows before a policy has let them pass.
#[test]
fn a_leaky_function_sees_no_row_of_another_tenant() {
    let setup = Setup::new();
    setup
        .database
        .admin()
        .batch_execute(&format!(
            "create schema mine authorization {}",
            setup.reader
        ))
        .unwrap();
    let mut client = setup.database.connect(&setup.reader);
    client
        .batch_execute(
            "create table mine.seen (tenant uuid, type text);
             create function mine.leak(tenant uuid, type text) returns boolean language plpgsql cost 0.0000001 as
             $$ begin insert into mine.seen values (tenant, type); return true; end $$;
             create function mine.same(uuid, uuid) returns boolean language plpgsql cost 0.0000001 as
             $$ begin insert into mine.seen values ($1, 'operator'); return true; end $$;
             create operator mine.= (leftarg = uuid, rightarg = uuid, function = mine.same);
             create function mine.current_tenant() returns text language sql as $$ select 'x' $$",
        )
        .unwrap();
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('{A}'); set local search_path = mine, pg_catalog, public, eventlog;
             select count(*) from events where mine.leak(tenant_id, type);
             select count(*) from parted where mine.leak(tenant_id, type) and tenant_id = '{B}';
             select count(*) from invoices where mine.leak(tenant_id, 'invoice');
             select count(*) from actions where mine.leak(company, action);
             select count(*) from events e join invoices i on e.tenant_id = i.tenant_id where mine.leak(i.tenant_id, e.type);
             commit"
        ))
        .unwrap();
    let tenants: Vec<String> = client
        .query("select distinct tenant::text from mine.seen", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(tenants, [A]);
}
