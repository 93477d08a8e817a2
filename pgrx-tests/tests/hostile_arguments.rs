//! Every function of the extension, the internal ones too, with arguments that nobody would pass in earnest, as a
//! superuser and as ordinary roles. An error must be one that an application can tell from a fault (no XX000), and
//! nothing may end the session or hang.
//!
//! `EVENTLOG_FUZZ_SEED` chooses another run, `EVENTLOG_FUZZ_SECONDS` makes it longer; a finding names both the
//! statement and the seed.

use pg_eventlog_tests::{Database, Rounds, SUPERUSER};
use postgres::Client;

/// Calls of each function by each role, where no time is given.
const ROUNDS: u64 = 3;

/// Random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn of<'a>(&mut self, items: &'a [&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

const TEXTS: &[&str] = &[
    "''",
    "' '",
    "'a'",
    "'public.events'",
    "'events'",
    "'notes'",
    "'public.notes'",
    "'Ünïcödé.Tàble'",
    "repeat('x', 64)",
    "repeat('é', 40)",
    "repeat('x', 600)",
    "repeat('x', 300000)",
    "repeat('é\"', 200000)",
    "'\"'",
    "''''",
    "E'\\n\\t'",
    "'a\"b.c'",
    "'..'",
    "'public.'",
    "'%I %s %L'",
    "'{}'",
    "'[1,2]'",
    "'[\"acme\",3]'",
    "'-1'",
    "'9223372036854775808'",
    "'NaN'",
    "'00000000-0000-0000-0000-000000000000'",
    "U&'\\+01F600'",
    "U&'\\200b'",
    "'pg_catalog.pg_class'",
    "'postgres'",
    "'public'",
    "'pg_monitor'",
    "'uuid'",
    "'bigint'",
    "'text'",
    "'members(user_id, tenant_id)'",
    "'public.members(user_id, tenant_id)'",
    "'tenant'",
    "'tenant_id'",
    "'ctid'",
    "'known'",
    "'note.created'",
    "'thing'",
    "'t1'",
    "'reject'",
    "'allow'",
    "'refuse'",
    "'capture'",
    "'created'",
    "'events_partition'",
    "'eventlog.log'",
    "'2020-01-01'",
    "'infinity'",
];

const DOCUMENTS: &[&str] = &[
    "'null'",
    "'true'",
    "'1e400'",
    "'-0.000'",
    "'\"x\"'",
    "'{}'",
    "'[]'",
    "'[[[]], {}]'",
    "'{\"\": {}}'",
    "'{\"a\": 1, \"b\": null, \"c\": [1.0, 1.00]}'",
    "'{\"a\": {\"old\": 1, \"new\": 2}}'",
    "'{\"a\": {\"old\": 1}}'",
    "'{\"a\": {}}'",
    "'{\"a\": {\"odd\": 1}}'",
    "'{\"types\": []}'",
    "'{\"types\": [{\"type\": \"x\"}]}'",
    "'{\"types\": [{\"type\": \"x\", \"version\": 99999999999}]}'",
    "'{\"types\": {\"type\": []}}'",
    "'[{\"type\": \"x\"}]'",
    "'[{\"type\": \"known\", \"payload\": {}, \"tenant_id\": \"t1\", \"idempotency_key\": \"k\"}]'",
    "'[{\"type\": \"known\", \"occurred_at\": \"infinity\"}, {\"type\": 3}]'",
    "'[{\"type\": \"known\", \"version\": 1e30, \"context\": [], \"entity_id\": 1e400}]'",
    "'[null, 1, \"x\"]'",
    "'{\"row\": \"kept\", \"values\": {\"a\": 1}}'",
    "'{\"row\": 7, \"values\": []}'",
    "'{\"id\": 1}'",
    "'{\"changes\": {\"body\": {\"old\": 1, \"new\": 2}}}'",
    "'{\"field\": \"status\", \"redacted\": true}'",
    "'{\"type\": \"event_type\", \"data\": \"payload\", \"who\": {\"id\": \"actor_id\"}}'",
    "(repeat('[', 3000) || repeat(']', 3000))::pg_catalog.jsonb",
    "(repeat('{\"a\":', 3000) || '1' || repeat('}', 3000))::pg_catalog.jsonb",
    "pg_catalog.to_jsonb(repeat('é', 300000))",
    "pg_catalog.jsonb_build_object(repeat('k', 100000), repeat('9', 100000)::pg_catalog.numeric)",
    "(select pg_catalog.jsonb_agg(i) from generate_series(1, 20000) i)",
    "(select pg_catalog.jsonb_object_agg('k' || i, i) from generate_series(1, 20000) i)",
    "(select pg_catalog.jsonb_agg('{\"type\": \"known\"}'::pg_catalog.jsonb) from generate_series(1, 300))",
];

/// Batches that no jsonb holds.
const EVENTS: &[&str] = &[
    "'[\"\\u0000\", 1e999999, \"\\ud800\", {\"type\": \"known\", \"payload\": {\"a\": \"\\u0000\"}}]'",
    "'[{\"type\": \"known\", \"tenant_id\": \"t1\", \"idempotency_key\": \"k\"}, {\"type\": \"known\", \"tenant_id\": \"t1\", \
        \"payload\": {\"a\": 1}, \"idempotency_key\": \"k\"}, {\"type\": \"note.created\", \"tenant_id\": \"t2\"}, [], {}, null, \"\"]'",
    "'[{\"type\": \"known\", \"tenant_id\": \"t1\", \"entity_type\": \"thing\", \"entity_id\": 1}, \
        {\"type\": {}, \"payload\": 1, \"context\": \"x\", \"version\": -1, \"occurred_at\": \"infinity\"}]'",
    "('[' || repeat('[', 5000) || repeat(']', 5000) || ']')::pg_catalog.json",
    "('[' || repeat('{\"type\": \"known\", \"tenant_id\": \"t1\"}, ', 300) || '1]')::pg_catalog.json",
    "' [ \"]\" , \"\\\"\" , { \"a\" : [ \"}\" ] } ] '",
];

const RELATIONS: &[&str] = &[
    "0",
    "1",
    "4294967295",
    "2147483648",
    "(select oid from pg_catalog.pg_type where typname = 'int4')",
    "'public.events'::regclass",
    "'public.events_key'::regclass",
    "'public.events_rejected'::regclass",
    "'public.parted'::regclass",
    "(select pg_catalog.min(inhrelid) from pg_catalog.pg_inherits where inhparent = 'public.parted'::regclass)",
    "'public.notes'::regclass",
    "'public.plain'::regclass",
    "'public.unkeyed'::regclass",
    "'public.twice'::regclass",
    "'public.tree'::regclass",
    "'public.tree_1'::regclass",
    "'public.looks'::regclass",
    "'public.stored'::regclass",
    "'public.outside'::regclass",
    "'public.numbers'::regclass",
    "'public.notes_pkey'::regclass",
    "'public.pair'::regclass",
    "'public.ghost'::regclass",
    "'public.members'::regclass",
    "'pg_temp.gone'::regclass",
    "'pg_catalog.pg_class'::regclass",
    "'pg_catalog.pg_authid'::regclass",
    "'eventlog.log'::regclass",
    "'eventlog.event_type'::regclass",
    "'eventlog.tracked_table'::regclass",
    "'information_schema.tables'::regclass",
    "(select reltoastrelid from pg_catalog.pg_class where oid = 'public.notes'::regclass)",
    "dropped_relation()",
];

const ARRAYS: &[&str] = &[
    "'{}'",
    "'{NULL}'",
    "'{a,NULL}'",
    "'{a,a}'",
    "'{{a,b},{c,d}}'",
    "'[2:3]={body,id}'",
    "'{\"\"}'",
    "'{body}'",
    "'{id}'",
    "'{tenant,body,nothing}'",
    "'{public}'",
    "'{postgres,pg_monitor}'",
    "array_fill('x'::text, array[5000])",
    "array[repeat('x', 300000)]",
    "array[repeat('é', 63), U&'\\+01F600']",
    "array_fill('x'::text, array[2, 2], array[-5, 7])",
];

/// An expression of this type.
fn value(of: &str, random: &mut Random) -> String {
    if random.below(6) == 0 {
        return format!("null::{of}");
    }
    let expression = match of {
        "text" | "character varying" | "name" | "eventlog.ident" | "\"char\"" | "cstring" => {
            random.of(TEXTS)
        }
        "json" => {
            let all = [EVENTS, DOCUMENTS][random.below(2)];
            random.of(all)
        }
        "uuid[]" => random.of(&[
            "'{}'",
            "'{NULL}'",
            "array(select id from public.events_rejected)",
            "array[gen_random_uuid(), null, gen_random_uuid()]",
        ]),
        "jsonb" => random.of(DOCUMENTS),
        "regclass" | "oid" => random.of(RELATIONS),
        "text[]" | "name[]" => random.of(ARRAYS),
        "oid[]" | "regclass[]" => {
            random.of(&["'{}'", "'{0,NULL,1}'", "array['public.notes'::regclass]"])
        }
        "regtype" => random.of(&[
            "0",
            "'uuid'",
            "'text'",
            "'bigint'",
            "4294967295",
            "'int4[]'",
            "'anyelement'",
        ]),
        "regrole" => random.of(&["0", "4294967295", "'postgres'"]),
        "regnamespace" => random.of(&["0", "4294967295", "'public'", "'eventlog'", "'pg_catalog'"]),
        "integer" => random.of(&["0", "-1", "1", "2", "2147483647", "(-2147483648)"]),
        "smallint" => random.of(&["0", "-1", "1", "32767"]),
        "bigint" => random.of(&[
            "0",
            "-1",
            "1",
            "9223372036854775807",
            "(-9223372036854775808)",
        ]),
        "xid8" => random.of(&[
            "'0'",
            "'3'",
            "'18446744073709551615'",
            "pg_current_xact_id()",
        ]),
        "pg_snapshot" => random.of(&["'1:1:'", "'10:20:10,14'", "pg_current_snapshot()"]),
        "numeric" => random.of(&["'NaN'", "'0'", "'1e400'", "'-infinity'"]),
        "boolean" => random.of(&["true", "false"]),
        "uuid" => random.of(&[
            "'00000000-0000-0000-0000-000000000000'",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
            "gen_random_uuid()",
            "(select id from public.events limit 1)",
            "(select log_id from eventlog.log limit 1)",
            "(select id from eventlog.tracked_table limit 1)",
        ]),
        "interval" => random.of(&[
            "'0'",
            "'-1 day'",
            "'1 month'",
            "'1 day 1 microsecond'",
            "'1 microsecond'",
            "'178000000 years'",
            "'1 month -30 days'",
        ]),
        "timestamp with time zone" | "timestamp without time zone" => random.of(&[
            "'infinity'",
            "'-infinity'",
            "'4714-11-24 00:00:00 BC'",
            "'294276-12-31'",
            "now()",
            "'2000-01-01'",
        ]),
        "anyelement" | "anynonarray" | "\"any\"" => {
            return random.of(&["1", "'x'::text", "null::uuid"]).to_owned();
        }
        "anyarray" => return "array[1, 2]".to_owned(),
        _ => return format!("null::{of}"),
    };
    format!("({expression})::{of}")
}

struct Function {
    name: String,
    arguments: Vec<String>,
    /// parameters that have a default, at the end
    defaults: usize,
    /// an aggregate, or a procedure
    kind: String,
    set: bool,
    /// names of the arguments, as far as they have any
    names: Vec<String>,
}

fn functions(client: &mut Client) -> Vec<Function> {
    let rows = client
        .query(
            "select p.proname::text, p.prokind::text, p.proretset, p.pronargdefaults::int,
                array(select pg_catalog.format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, i)
                    order by i),
                coalesce(p.proargnames[:p.pronargs], '{}')
             from pg_catalog.pg_proc p
             where p.pronamespace = 'eventlog'::regnamespace
                 and not 'internal'::regtype = any (p.proargtypes)
             order by p.proname, p.proargtypes::text",
            &[],
        )
        .unwrap();
    let function = |row: &postgres::Row| Function {
        name: row.get(0),
        kind: row.get(1),
        set: row.get(2),
        defaults: row.get::<_, i32>(3) as usize,
        arguments: row.get(4),
        names: row.get(5),
    };
    rows.iter().map(function).collect()
}

/// A call with random arguments: by position as far as they go, some by name, the others left out.
fn call(function: &Function, random: &mut Random) -> String {
    let count = function.arguments.len();
    let required = count - function.defaults;
    let mut given = Vec::new();
    let mut named = false;
    for (i, of) in function.arguments.iter().enumerate() {
        let name = function.names.get(i).filter(|name| !name.is_empty());
        if i >= required && random.below(3) == 0 {
            if name.is_none() {
                break;
            }
            named = true;
            continue;
        }
        let expression = value(of, random);
        match name.filter(|_| named) {
            Some(name) => given.push(format!("\"{name}\" => {expression}")),
            None => given.push(expression),
        }
    }
    let called = format!("eventlog.\"{}\"({})", function.name, given.join(", "));
    match (function.kind.as_str(), random.below(3)) {
        ("p", _) => format!("call {called}"),
        ("a", _) => format!("select {called} from generate_series(1, 3)"),
        (_, 0) if function.set => format!("select count(*) from (select {called}) s"),
        (_, 0) => format!("select {called} is null"),
        (_, 1) => format!("select * from {called}"),
        _ => format!("select {called}"),
    }
}

fn prepare(database: &Database, owner: &str) {
    database
        .admin()
        .batch_execute(&format!(
            "grant create on schema public to {owner};
             create foreign data wrapper nowhere;
             create server nowhere foreign data wrapper nowhere;
             create foreign table outside (id int, tenant text) server nowhere;
             create function dropped_relation() returns oid language plpgsql as $$
                declare found oid;
                begin
                    create temporary table dropped (id int);
                    found := 'pg_temp.dropped'::regclass;
                    drop table pg_temp.dropped;
                    return found;
                end $$;
             grant execute on function eventlog.set_context to {owner}"
        ))
        .unwrap();
    database
        .connect(owner)
        .batch_execute(
            "select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
             select eventlog.create_log('public.parted', tenant_type => 'uuid', unregistered => 'allow',
                 partition_interval => '1 month');
             select eventlog.register_event_type('known', log => 'events');
             create table notes (id int primary key, tenant text, status text, deleted_at timestamptz, body text);
             create table plain (id int primary key, tenant text, body jsonb);
             create table unkeyed (id int, body text);
             create table twice (a int, b text, primary key (a, b));
             create table tree (id int primary key, tenant text) partition by range (id);
             create table tree_1 partition of tree for values from (0) to (100);
             create view looks as select * from notes;
             create materialized view stored as select * from notes;
             create sequence numbers;
             create type pair as (a int, b text);
             create table ghost ();
             create table members (user_id uuid, tenant_id text);
             select eventlog.track_changes('notes', log => 'events', entity_type => 'note',
                 tenant_column => 'tenant', state_column => 'status');
             insert into notes values (1, 't1', 'new', null, 'one'), (2, 't2', 'new', null, 'two');
             update notes set body = 'three', status = 'old' where id = 1;
             select eventlog.log_event('known', tenant_id => 't1', entity_type => 'thing', entity_id => '1',
                 log => 'events')",
        )
        .unwrap();
}

#[test]
fn no_argument_makes_a_fault() {
    let mut rounds = Rounds::of(ROUNDS);
    let seed = rounds.seed();
    let database = Database::fresh();
    let [owner, outsider] = ["owner", "outsider"].map(|name| database.role(name));
    prepare(&database, &owner);
    let roles = [SUPERUSER, &owner, &outsider];
    let connect = |role: &str| {
        let mut client = database.connect(role);
        client
            .batch_execute(
                "set statement_timeout = '60s'; create temporary table gone (id int primary key)",
            )
            .unwrap();
        client
    };
    let mut clients = roles.map(connect);
    let functions = functions(&mut clients[0]);
    assert!(functions.len() > 100, "{}", functions.len());

    let mut random = Random(seed);
    let mut findings = Vec::new();
    while findings.len() < 10 && rounds.next().is_some() {
        for function in &functions {
            if rounds.is_late() {
                break;
            }
            for (role, client) in roles.iter().zip(&mut clients) {
                let call = call(function, &mut random);
                client.batch_execute("begin; savepoint s").unwrap();
                let context = "select eventlog.set_context('t1', 'user', 'u1')";
                if random.below(4) == 0 && client.batch_execute(context).is_err() {
                    client.batch_execute("rollback to savepoint s").unwrap();
                }
                let failed = client.simple_query(&call).err();
                if client.batch_execute("rollback").is_err() {
                    panic!("the session of {role} ended, seed {seed}: {call}\n{failed:?}");
                }
                let Some(error) = failed else { continue };
                let error = error.as_db_error().expect("the session goes on");
                let code = error.code().code();
                // A fault, or what took longer than it may.
                if code.starts_with("XX") || code == "57014" {
                    findings.push(format!("as {role}: {call}\n    {code} {}", error.message()));
                }
            }
        }
    }
    assert!(findings.is_empty(), "seed {seed}:\n{}", findings.join("\n"));
}
