//! What each kind of role may do, tried one by one, and everything else.

use std::fmt::Write;

use postgres::Client;

use crate::{A, B, Setup, attempt};

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
            ("xid", "eventlog.new_xid()"),
            ("seq", "eventlog.new_seq('LOG_seq_seq')"),
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
