//! An attacker's battery: a role that may read and write the events of its own tenant, and create what it likes in schemas
//! of its own, tries to see another tenant's. Whatever belongs to that tenant has "hush" in it, so no row and no error may.

use pg_eventlog_tests::{Database, Refusal, refused};
use postgres::{Client, SimpleQueryMessage};

struct Setup {
    database: Database,
    owner: String,
    /// of tenant `mine`, set for the role by a superuser: raw SQL cannot change it
    attacker: String,
    /// without any right, as anyone who can log in
    outsider: String,
}

impl Setup {
    fn new() -> Self {
        let database = Database::fresh();
        let [owner, attacker, outsider] =
            ["owner", "attacker", "outsider"].map(|name| database.role(name));
        let mut admin = database.admin();
        admin
            .batch_execute(&format!(
                "grant create on schema public to {owner}, {attacker};
                 create schema attic authorization {attacker}; grant usage on schema attic to public;
                 alter role {attacker} set eventlog.tenant_id = 'mine';
                 alter role {attacker} set eventlog.actor_type = 'user';
                 alter role {attacker} set eventlog.actor_id = 'u-1'"
            ))
            .unwrap();
        database
            .connect(&owner)
            .batch_execute(&format!(
                "select eventlog.create_log('events', tenant_type => 'text', unregistered => 'allow');
                 select eventlog.create_log('parted', tenant_type => 'text', unregistered => 'allow',
                     partition_interval => '1 month');
                 create table notes (id int primary key, tenant text, slug text unique, body text);
                 grant all on notes to {attacker};
                 select eventlog.isolate_tenants('notes', 'tenant', writers => '{{{attacker}}}');
                 select eventlog.track_changes('notes', tenant_column => 'tenant', log => 'events');
                 select eventlog.grant_reader(l, '{attacker}'), eventlog.grant_writer(l, '{attacker}')
                     from unnest('{{events,parted}}'::regclass[]) l;
                 select eventlog.log_event(t || '.type', jsonb_build_object('s', t || n), tenant_id => t, log => l,
                         entity_type => 'thing', entity_id => t || n, actor_type => 'user', actor_id => t || '-user',
                         correlation_id => t, idempotency_key => t || '-key-' || n)
                     from unnest('{{mine,hush}}'::text[]) t, generate_series(1, 40) n,
                         unnest('{{events,parted}}'::regclass[]) l;
                 insert into notes select 1000 * (t = 'hush')::int + n, t, t || n, t
                     from unnest('{{mine,hush}}'::text[]) t, generate_series(1, 40) n;
                 analyze events, parted, notes, events_key"
            ))
            .unwrap();
        Self {
            database,
            owner,
            attacker,
            outsider,
        }
    }

    fn hush_is_whole(&self) {
        let row = self
            .database
            .admin()
            .query_one(
                "select (select count(*) from events where tenant_id = 'hush' and actor_id = 'hush-user'),
                    (select count(*) from events where tenant_id = 'hush'),
                    (select count(*) from parted where tenant_id = 'hush'),
                    (select count(*) from notes where tenant = 'hush' and body = 'hush'),
                    (select count(*) from events_key where tenant_id = 'hush')",
                &[],
            )
            .unwrap();
        // The notes' events are captured in nobody's name.
        let counts: Vec<i64> = (0..5).map(|i| row.get(i)).collect();
        assert_eq!(counts, [40, 80, 40, 40, 40]);
    }
}

/// Runs statements in a transaction that is taken back: all rows as text, or the refusal. Neither tells a secret.
#[track_caller]
fn attempt(client: &mut Client, sql: &str) -> Result<String, Refusal> {
    client.batch_execute("begin").unwrap();
    let answer = client.simple_query(sql);
    client.batch_execute("rollback").unwrap();
    let answer = answer.map_err(|error| Refusal::of(&error)).map(|messages| {
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let fields = rows.flat_map(|row| (0..row.len()).filter_map(|i| row.get(i)));
        fields.collect::<Vec<_>>().join("\n")
    });
    let told = format!("{answer:?}");
    assert!(!told.contains("hush"), "{sql}\ntold: {told}");
    answer
}

#[test]
fn nothing_of_another_tenant_can_be_read() {
    let setup = Setup::new();
    let mut client = setup.database.connect(&setup.attacker);
    assert!(
        attempt(&mut client, "select * from events")
            .unwrap()
            .contains("mine-user")
    );
    client
        .batch_execute(
            "create view attic.view as select * from public.events;
             create view attic.barrier with (security_barrier) as select * from public.parted;
             grant select on attic.view, attic.barrier to public;
             create function attic.definer() returns setof public.events language sql security definer
                 as 'select * from public.events';
             create function attic.loop() returns setof text language plpgsql as
                 $$ declare e record; begin for e in select * from public.parted loop return next e; end loop; end $$",
        )
        .unwrap();
    for sql in [
        // the tables, their partitions and keys, whole and in part
        "select * from parted",
        "select p from parted p",
        "table events_key",
        "table notes",
        "select * from only events",
        "select max(payload::text) from events",
        "select * from events tablesample system (100)",
        "select ctid, xmin, tableoid, e from events e",
        "select * from events where tenant_id = 'hu' || 'sh'",
        "select * from events where tenant_id > 'a' order by tenant_id limit 1",
        "select * from events union all select * from parted",
        "select * from events e full join notes n on true",
        "with recursive r as (select * from events) select * from r",
        "select * from events where exists (select from notes n where n.tenant <> 'mine')",
        "select * from attic.view",
        "select * from attic.barrier",
        "select * from attic.definer()",
        "select attic.loop()",
        "select query_to_xml('table events', true, true, '')",
        "select table_to_xml('notes', true, true, '')",
        "select database_to_xml(true, true, '')",
        "declare c cursor for select * from events; fetch all from c",
        "create table attic.copy as table events; table attic.copy",
        "set local row_security = off; table events",
        "set local row_security = off; table notes",
        "set local enable_seqscan = off; select * from notes where slug like 'hu%'",
        "select * from eventlog.entity_history('thing', concat('hu', 'sh1'), log => 'events')",
        "select eventlog.entity_state('thing', concat('hu', 'sh1'), tenant_id => concat('hu', 'sh'), log => 'events')",
        "select * from eventlog.table_as_of(null::notes, clock_timestamp())",
        // rows given back by what writes, or told about by its errors
        "update notes set body = body returning *",
        "delete from notes where tenant > 'a' returning *",
        "delete from notes using events e returning *",
        "insert into notes values (1001, 'mine', 'new', 'x')",
        "insert into notes values (2000, 'mine', concat('hu', 'sh1'), 'x')",
        "insert into notes values (1001, 'mine', 'new', 'x') on conflict (id) do update set body = notes.body returning *",
        "insert into notes values (1001, 'mine', 'new', 'x') on conflict do nothing returning *",
        "merge into notes n using (values (1001)) v (id) on n.id = v.id when matched then update set tenant = 'mine'",
        "select eventlog.log_event('x', idempotency_key => concat('hu', 'sh-key-1'))",
        "select eventlog.log_event('x', idempotency_key => 'mine-key-1', payload => '{\"other\": 1}')",
        // casts and divisions that fail for a row of somebody else's, if it were asked before the policy
        "select count(*) from events where (payload ->> 's')::int > 0",
        "select count(*) from events where 1 / (tenant_id = 'mine')::int > 0",
        "select count(*) from notes where body::uuid is null",
        "select count(*) from parted where xpath_exists('/a', payload::text::xml)",
        "select count(*) from notes where (substr(body, 1, 4) || 'x')::regclass is null",
        // what the server knows about them
        "select * from pg_stats",
        "select s from pg_stats_ext s",
        "select s from pg_stats_ext_exprs s",
        "table pg_statistic",
        "table pg_statistic_ext_data",
        "explain (verbose) select * from events where type = 'x'",
        "explain (analyze, verbose) select * from notes where slug = concat('hu', 'sh1')",
        "select * from pg_stat_activity",
        "select d.description from pg_description d",
        "select l from eventlog.log l",
        "table eventlog.event_type",
        "table eventlog.tracked_table",
        "table eventlog.column_change",
        "table eventlog.admin_log",
        "table eventlog.logs",
        "select * from pg_prepared_statements",
        "select format('select * from %s', reltoastrelid::regclass) from pg_class where relname = 'events'",
    ] {
        // An error without a secret is as good as no row.
        attempt(&mut client, sql).ok();
        attempt(&mut setup.database.connect(&setup.outsider), sql).ok();
    }
    for partition in ["parted_default", "parted_key", "events_key"] {
        let found = attempt(&mut client, &format!("select * from only {partition}"));
        match (partition, found) {
            ("parted_default", found) => assert_eq!(found.unwrap_err().code, "42501"),
            // Keys of the current tenant; the rest of the columns is the log's alone.
            (_, found) => assert_eq!(found.unwrap_err().code, "42501"),
        }
    }
    let mut copied = String::new();
    for query in ["events", "(table parted)", "(select * from notes)"] {
        let mut copy = client.copy_out(&format!("copy {query} to stdout")).unwrap();
        std::io::Read::read_to_string(&mut copy, &mut copied).unwrap();
    }
    assert!(copied.contains("mine-user") && !copied.contains("hush"));
    let partitions: Vec<String> = setup
        .database
        .admin()
        .query(
            "select relid::text from pg_partition_tree('parted') where isleaf",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(partitions.len() > 2);
    for partition in partitions {
        for statement in [
            "table {}",
            "insert into {} (type, payload) values ('x', '{}')",
            "lock {}",
        ] {
            let refusal =
                attempt(&mut client, &statement.replacen("{}", &partition, 1)).unwrap_err();
            assert_eq!(refusal.code, "42501", "{refusal:?}");
        }
    }
    // The values that the server keeps of each column are shown to nobody whom a policy holds back.
    let stats = "select count(*) from pg_stats where tablename in ('events', 'parted', 'notes', 'events_key')";
    assert_eq!(attempt(&mut client, stats).unwrap(), "0");
    let kept: i64 = setup.database.admin().query_one(stats, &[]).unwrap().get(0);
    assert!(kept > 20);
    setup.hush_is_whole();
}

/// The attacker's functions and operators are asked about rows that the policy has let pass, and about no statistics.
#[test]
fn leaky_functions_and_operators_are_asked_last() {
    let setup = Setup::new();
    let mut client = setup.database.connect(&setup.attacker);
    client
        .batch_execute(
            "create table attic.seen (what text);
             create function attic.peek(text, text) returns boolean language plpgsql cost 0.0000001 as
                 $$ begin insert into attic.seen values ($1), ($2); return true;
                 exception when others then raise exception 'saw % and %', $1, $2; end $$;
             create operator attic.=== (leftarg = text, rightarg = text, function = attic.peek, restrict = eqsel, join = eqjoinsel);
             create operator attic.<<< (leftarg = text, rightarg = text, function = attic.peek, restrict = scalarltsel,
                 join = scalarltjoinsel);
             create operator attic.~~~ (leftarg = text, rightarg = text, function = attic.peek, restrict = contsel,
                 join = contjoinsel)",
        )
        .unwrap();
    let leakproof = "create function attic.f() returns int language sql leakproof as 'select 1'";
    assert_eq!(attempt(&mut client, leakproof).unwrap_err().code, "42501");
    for table in [
        "events e",
        "parted e",
        "attic.view e",
        "(select * from events offset 0) e",
    ] {
        client
            .batch_execute("create or replace view attic.view as select * from public.events")
            .unwrap();
        for operator in ["===", "<<<", "~~~"] {
            for column in ["tenant_id", "type", "actor_id", "payload::text"] {
                let sql = format!(
                    "select count(*) from {table} where {column} operator(attic.{operator}) 'x'"
                );
                client.simple_query(&sql).unwrap();
                client.simple_query(&format!("explain {sql}")).unwrap();
                let join = format!(
                    "explain select from {table} join notes n on e.{column} operator(attic.{operator}) n.slug"
                );
                client.simple_query(&join).unwrap();
            }
        }
    }
    for column in ["tenant", "slug", "body"] {
        client
            .simple_query(&format!("select from notes where attic.peek({column}, 'x') and {column} operator(attic.===) 'y'"))
            .unwrap();
    }
    let seen: Vec<String> = client
        .query(
            "select distinct left(what, 4) from attic.seen where what is not null order by 1",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(seen.contains(&"mine".to_owned()), "{seen:?}");
    assert!(!seen.contains(&"hush".to_owned()), "{seen:?}");
}

#[test]
fn nothing_of_another_tenant_can_be_written() {
    let setup = Setup::new();
    let mut client = setup.database.connect(&setup.attacker);
    let mut outsider = setup.database.connect(&setup.outsider);
    // Before the library is loaded, its settings are placeholders that say nothing: see tests/context.rs.
    outsider
        .batch_execute("select eventlog.current_tenant()")
        .unwrap();
    for sql in [
        // forged events
        "select eventlog.log_event('x', tenant_id => 'hush', log => 'events')",
        "select eventlog.log_event('x', actor_id => 'hush-user', log => 'events')",
        "select eventlog.log_event('x', actor_type => 'service', log => 'events')",
        "select eventlog.log_events('[{\"type\": \"x\"}, {\"type\": \"x\", \"tenant_id\": \"hush\"}]', log => 'events')",
        "insert into events (type, payload, tenant_id) values ('x', '{}', 'hush')",
        "insert into parted (type, payload, tenant_id) values ('x', '{}', 'hush')",
        "insert into events (type, payload, actor_id) values ('x', '{}', null)",
        "insert into events (type, payload, id) values ('x', '{}', gen_random_uuid())",
        "insert into events (type, payload, seq) values ('x', '{}', 1)",
        "insert into events (type, payload, xid) values ('x', '{}', '1')",
        "insert into events (type, payload, recorded_at) values ('x', '{}', '2020-01-01')",
        "insert into events (type, payload, origin) values ('x', '{}', 1)",
        "insert into events_key (tenant_id, key, event_id) values ('mine', 'k', gen_random_uuid())",
        "insert into events_key (tenant_id, key, event_id) values ('hush', 'k', gen_random_uuid())",
        "create view attic.v as select * from events; insert into attic.v (type, payload, tenant_id) values ('x', '{}', 'hush')",
        "select eventlog.emit_change('updated', 'notes', '1', '{\"a\": 1}', '{\"a\": 2}', tenant_id => 'hush', log => 'events')",
        // rows of a tracked table
        "insert into notes values (5000, 'hush', 'x', 'x')",
        "insert into notes values (5000, null, 'x', 'x')",
        "update notes set tenant = 'hush' where id = 1",
        "insert into notes values (1, 'mine', 'x', 'x') on conflict (id) do update set tenant = 'hush'",
        "merge into notes n using (values (1)) v (id) on n.id = v.id when matched then update set tenant = 'hush'",
        // what no policy holds back
        "truncate notes",
        "truncate events, parted",
        "create trigger t before insert on notes for each row execute function suppress_redundant_updates_trigger()",
        "create trigger t before insert on events for each row execute function suppress_redundant_updates_trigger()",
        "create table attic.child (id int references notes)",
        "create table attic.child (id uuid references events)",
        "create table attic.child () inherits (events)",
        "create table attic.child partition of parted for values from ('1990-01-01') to ('1991-01-01')",
        "create rule r as on insert to notes do instead nothing",
        "create policy p on notes using (true)",
        "create index on notes (slug)",
        "create statistics attic.s on tenant, slug from notes",
        "alter table notes disable row level security",
        "alter table events disable trigger eventlog_gate",
        "alter policy eventlog_read on events using (true)",
        "drop policy eventlog_read on events",
        "lock table events in access exclusive mode",
        "select 1 from events for update",
        "update events set type = 'x' where false",
        "delete from events where false",
        "select setval('events_seq_seq', 1)",
        "alter sequence events_seq_seq restart",
        "comment on table events is 'x'",
        // rights
        "set local eventlog.tenant_id = 'hush'",
        "set local eventlog.jwt_logins = 'attacker'",
        "select set_config('eventlog.tenant_id', 'hush', true)",
        "select eventlog.set_context('hush')",
        "select eventlog.grant_context(current_user)",
        "select eventlog.grant_service('events', current_user)",
        "select eventlog.grant_consumer('events', current_user)",
        "select eventlog.isolate_tenants('events', writers => array[current_user])",
        "select eventlog.isolate_tenants('notes', 'slug')",
        "select eventlog.release_tenants('events')",
        "select eventlog.release_append_only('events')",
        "select eventlog.make_append_only('notes')",
        "select eventlog.repair_log('events')",
        "select eventlog.track_changes('notes', log => 'events')",
        "select eventlog.untrack_changes('notes')",
        "create table attic.t (id int primary key, t text); select eventlog.track_changes('attic.t', tenant_column => 't', log => 'events')",
        "select eventlog.register_event_type('x', log => 'events')",
        "select eventlog.import_taxonomy('{\"types\": []}', log => 'events')",
        "select eventlog.add_check_rule('x', 'x', '1 == 2', log => 'events')",
        "select eventlog.add_reference_rule('x', 'x', '$.payload.a', 'events', 'id', log => 'events')",
        "select eventlog.add_transition_rule('x', 'x', '{\"\": [\"x\"]}', log => 'events')",
        "insert into eventlog.log (log_id, relation) values (gen_random_uuid(), 'events')",
        "update eventlog.tracked_table set log_id = gen_random_uuid()",
        "insert into eventlog.admin_log (action) values ('x')",
        "alter event trigger eventlog_follow_ddl disable",
        "create function eventlog.f() returns int language sql as 'select 1'",
        "create function attic.f() returns boolean language c as '$libdir/pg_eventlog', 'eventlog_set_context'",
        "set role none; set session authorization postgres",
        "load 'pg_eventlog'",
    ] {
        match attempt_to_write(&mut client, sql) {
            Ok(rows) => panic!("{sql}\nsucceeded: {rows}"),
            Err(refusal) => assert!(
                matches!(refusal.code.as_str(), "42501" | "42809" | "42P17" | "55000"),
                "{sql}\n{refusal:?}"
            ),
        }
        match attempt_to_write(&mut outsider, sql) {
            Ok(rows) => panic!("{sql}\nsucceeded for an outsider: {rows}"),
            Err(refusal) => assert!(
                matches!(
                    refusal.code.as_str(),
                    "42501" | "42809" | "42P17" | "55000" | "23502"
                ),
                "{sql}\n{refusal:?}"
            ),
        }
    }
    setup.hush_is_whole();
}

/// As `attempt`, of statements that name the secret themselves.
fn attempt_to_write(client: &mut Client, sql: &str) -> Result<String, Refusal> {
    let known = sql.contains("hush");
    if !known {
        return attempt(client, sql);
    }
    client.batch_execute("begin").unwrap();
    let answer = client.simple_query(sql);
    client.batch_execute("rollback").unwrap();
    answer
        .map(|messages| format!("{messages:?}"))
        .map_err(|error| Refusal::of(&error))
}

/// Capture asks no policy: so it takes the owner's word before and after the isolation, and when that is taken
/// back, what rested on it ends.
#[test]
fn a_tracking_rests_on_the_word_of_the_owner() {
    let setup = Setup::new();
    let attacker = &setup.attacker;
    let mut owner = setup.database.connect(&setup.owner);
    for (n, isolate) in [
        "isolate_tenants('late_0')",
        "grant_reader('late_1', current_user)",
    ]
    .iter()
    .enumerate()
    {
        owner
            .batch_execute(&format!(
                "select eventlog.create_log('late_{n}', tenant_type => 'text', unregistered => 'allow');
                 grant insert on late_{n}, late_{n}_key to {attacker};
                 create table own_{n} (id int primary key, t text);
                 select eventlog.track_changes('own_{n}', tenant_column => 't', log => 'late_{n}')"
            ))
            .unwrap();
        let mut client = setup.database.connect(attacker);
        let track = format!(
            "select eventlog.track_changes('attic.t_{n}', tenant_column => 't', log => 'late_{n}')"
        );
        client
            .batch_execute(&format!(
                "create table attic.t_{n} (id int primary key, t text)"
            ))
            .unwrap();
        refused(client.batch_execute(&track)).is("42501", "permission denied to track");
        owner
            .batch_execute(&format!(
                "select eventlog.grant_tracker('late_{n}', '{attacker}')"
            ))
            .unwrap();
        client.batch_execute(&track).unwrap();
        client
            .batch_execute(&format!("insert into attic.t_{n} values (1, 'hush')"))
            .unwrap();
        let isolate = isolate.replace("current_user", &format!("'{}'", setup.outsider));
        owner
            .batch_execute(&format!(
                "select eventlog.{isolate}; select eventlog.revoke_tracker('late_{n}', '{attacker}')"
            ))
            .unwrap();
        // Its triggers are still there and say so.
        refused(client.batch_execute(&format!("insert into attic.t_{n} values (2, 'hush')")))
            .is("55000", "as a tracked table");
        client
            .batch_execute(&format!(
                "select eventlog.untrack_changes('attic.t_{n}'); insert into attic.t_{n} values (2, 'hush')"
            ))
            .unwrap();
        owner
            .batch_execute(&format!(
                "insert into own_{n} values (1, 'hush'), (2, 'mine')"
            ))
            .unwrap();
        let count = |what: &str| -> i64 {
            let sql = format!("select count(*) from late_{n} where type = '{what}.created'");
            setup.database.admin().query_one(&sql, &[]).unwrap().get(0)
        };
        assert_eq!(
            (count(&format!("t_{n}")), count(&format!("own_{n}"))),
            (1, 2)
        );
    }
}

/// Plans, cursors and functions that were made as one role and for one tenant serve the next one's rows to nobody.
#[test]
fn what_a_session_keeps_follows_role_and_tenant() {
    let setup = Setup::new();
    let login = setup.database.role("login");
    let consumer = setup.database.role("consumer");
    let mut owner = setup.database.connect(&setup.owner);
    owner
        .batch_execute(&format!(
            "select eventlog.grant_consumer('events', '{consumer}')"
        ))
        .unwrap();
    let mut admin = setup.database.admin();
    admin
        .batch_execute(&format!(
            "alter role {login} noinherit; grant {consumer}, {} to {login};
             select eventlog.grant_context('{login}'), eventlog.grant_context('{}');
             create function public.counted() returns bigint language plpgsql as
                 $$ begin return (select count(*) from public.events where tenant_id = 'hush'); end $$;
             create function public.counted_sql() returns bigint language sql as
                 $$ select count(*) from public.events where tenant_id = 'hush' $$;
             create function public.as_definer() returns bigint language sql security definer as
                 $$ select count(*) from public.events where tenant_id = 'hush' $$;
             alter function public.as_definer() owner to {}",
            setup.attacker, setup.attacker, setup.attacker
        ))
        .unwrap();
    let mut client = setup.database.connect(&login);
    client
        .batch_execute("prepare kept as select count(*) from events where tenant_id = 'hush'")
        .unwrap();
    for _ in 0..7 {
        for ask in [
            "execute kept",
            "select public.counted()",
            "select public.counted_sql()",
        ] {
            for (role, tenant, seen) in [
                (&consumer, "mine", "80"),
                (&setup.attacker, "mine", "0"),
                (&setup.attacker, "hush", "80"),
                (&consumer, "mine", "80"),
            ] {
                client
                    .batch_execute(&format!(
                        "begin; select eventlog.set_context('{tenant}'); set local role {role}"
                    ))
                    .unwrap();
                let row = client.simple_query(ask).unwrap();
                let Some(SimpleQueryMessage::Row(row)) = row
                    .iter()
                    .find(|message| matches!(message, SimpleQueryMessage::Row(_)))
                else {
                    panic!("no row from {ask}");
                };
                assert_eq!(row.get(0), Some(seen), "{ask} as {role} for {tenant}");
                // A function that runs as its owner sees what the owner sees, for the tenant of the transaction.
                let as_definer = client.query_one("select public.as_definer()", &[]).unwrap();
                let seen_as_definer: i64 = as_definer.get(0);
                assert_eq!(seen_as_definer, if tenant == "hush" { 80 } else { 0 });
                client.batch_execute("rollback").unwrap();
            }
        }
    }
    // A cursor WITH HOLD of a transaction that is over keeps the rows that it had, and gets no more.
    client
        .batch_execute(&format!(
            "begin; select eventlog.set_context('mine'); set local role {};
             declare held cursor with hold for select tenant_id from events; commit",
            setup.attacker
        ))
        .unwrap();
    client
        .batch_execute("begin; select eventlog.set_context('hush')")
        .unwrap();
    let held = client.simple_query("fetch all from held").unwrap();
    let rows: Vec<_> = held
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    assert_eq!(rows.len(), 80);
    assert!(rows.iter().all(|tenant| *tenant == "mine"));
}
