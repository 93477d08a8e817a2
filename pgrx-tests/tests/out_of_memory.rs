//! A server whose memory is bounded, as by `ulimit -v` or `vm.overcommit_memory = 2`: what needs more than there is
//! ends with 53200, and the session goes on. No process may die of it, as that would end all sessions.

use pg_eventlog_tests::{Cluster, Database, Install, LIMIT, SUPERUSER, run};
use postgres::Client;
use std::process::Command;
use std::time::Instant;

struct Server {
    cluster: Cluster,
    started: String,
}

impl Server {
    fn new(kilobytes: u64) -> Self {
        let settings = ["shared_buffers = 32MB", "max_connections = 10", "jit = off"];
        let cluster = Cluster::limited(Install::under_test(), &settings, kilobytes);
        cluster
            .connect("postgres", SUPERUSER)
            .batch_execute(&format!("create extension pg_eventlog; {SETUP}"))
            .unwrap();
        let started = Self::start_of(&cluster);
        Self { cluster, started }
    }

    fn start_of(cluster: &Cluster) -> String {
        let mut client = cluster.connect("postgres", SUPERUSER);
        let row = client.query_one(
            "select pid::text || '/' || pg_postmaster_start_time()
            from pg_stat_activity where backend_type = 'checkpointer'",
            &[],
        );
        row.unwrap().get(0)
    }

    fn connect(&self) -> Client {
        let mut client = self.cluster.connect("postgres", SUPERUSER);
        client.batch_execute(WARM).unwrap();
        client
    }

    /// The same server with the same processes, so none of them died.
    fn assert_untouched(&self) {
        assert_eq!(Self::start_of(&self.cluster), self.started);
        let log = self.cluster.log();
        for trace in ["terminated by signal", "memory allocation of", "panicked"] {
            assert!(!log.contains(trace), "{trace}:\n{log}");
        }
    }
}

const SETUP: &str = "
    create schema big;
    select eventlog.create_log('big.events', tenant_type => 'text', require_tenant => false,
        unregistered => 'allow', max_payload_bytes => 1000000000);
    create table big.notes (id text primary key, tenant text, body text, doc jsonb, pieces text[]);
    create table big.other (id int primary key, tenant text);
    select eventlog.track_changes('big.notes', log => 'big.events', entity_type => 'note');
    create function big.text(n int) returns text language sql stable as
        $$ select repeat('x', n) $$;
    -- Many small values, each of which takes more memory than its text.
    create function big.many(n int) returns jsonb language sql stable as
        $$ select coalesce(jsonb_agg(i), '[]') from generate_series(1, n / 10) i $$;
    create function big.wide(n int) returns jsonb language sql stable as
        $$ select coalesce(jsonb_object_agg('k' || i, i), '{}') from generate_series(1, n / 20) i $$;
    create function big.names(n int) returns text[] language sql stable as
        $$ select coalesce(array_agg('name' || i), '{}') from generate_series(1, n / 12) i $$;
    create function big.deep(n int) returns jsonb language sql stable as
        $$ select (repeat('[', least(n / 2, 3000)) || repeat(']', least(n / 2, 3000)))::jsonb $$;
    create function big.changes(n int, side text) returns jsonb language sql stable as
        $$ select coalesce(jsonb_object_agg('k' || i, jsonb_build_object(side, i)), '{}')
            from generate_series(1, n / 40) i $$;
    create function big.events(n int) returns jsonb language sql stable as
        $$ select coalesce(jsonb_agg(jsonb_build_object('type', 't', 'payload', jsonb_build_object('i', i),
                'idempotency_key', 'key' || i)), '[]') from generate_series(1, n / 60) i $$;
    create function big.taxonomy(n int) returns jsonb language sql stable as
        $$ select jsonb_build_object('types', coalesce(jsonb_agg(jsonb_build_object('type', 't' || i,
                'required', jsonb_build_array('a', 'b' || i))), '[]')) from generate_series(1, n / 60) i $$;
    -- As large a tree, and refused once it stands.
    create function big.wrong(n int) returns jsonb language sql stable as
        $$ select big.taxonomy(n) || '{\"odd\": 1}' $$;
    create function big.snapshot(n int) returns pg_snapshot language sql stable as
        $$ select ('1:' || n || ':' || coalesce(string_agg(i::text, ','), ''))::pg_snapshot
            from generate_series(1, n / 10) i $$;
    create function big.claims(n int) returns text language sql stable as
        $$ select jsonb_build_object('sub', 'someone', 'app_metadata', jsonb_build_object('tenant_id', 't1',
                'more', big.wide(least(n, 900000))))::text $$;
    insert into big.notes values ('1', 't1', 'one', '{}', '{}'), ('2', 't1', big.text(100000), big.wide(20000), '{}');
    update big.notes set body = body || 'x', doc = doc || '{\"more\": [1, 2]}' where id = '2';
    select eventlog.log_event('thing.updated', jsonb_build_object('changes', big.changes(4000, 'new')),
            entity_type => 'thing', entity_id => '1', log => 'big.events') from generate_series(1, 50);
    create function big.ids(n int) returns uuid[] language sql stable as
        $$ select array_fill(gen_random_uuid(), array[greatest(n / 16, 1)]) $$;
    create function big.handle(event jsonb) returns void language sql as '';
    select eventlog.add_transition_rule('step', 'stepping', '{\"\": [\"1\"], \"1\": [\"1\"]}', path => '$.payload.k1', log => 'big.events');
    select eventlog.add_check_rule('wide', 'ruled', '$.payload.* != \"x\" && $.type == \"ruled\"', log => 'big.events');
    select eventlog.register_event_type('redacted', additional => 'allow', max_payload_bytes => 1000000000,
        redact => '{\"mask\": [\"**.token\"], \"remove\": [\"/a/0\", \"/k1\"]}', log => 'big.events');
    select eventlog.subscribe('big', start_at => '-infinity', log => 'big.events');
";

/// Loads the library and fills the caches, so that what follows needs memory for its arguments alone.
const WARM: &str = "
    set jit = off;
    set client_min_messages = error;
    do $$ begin perform eventlog.log_event('t', log => 'big.events'); end $$;
    select eventlog.field_changes('{}', '{}');
";

/// Calls whose arguments grow with `$n`.
const CALLS: &[&str] = &[
    "select pg_column_size(eventlog.field_changes('{}', big.wide($n)))",
    "select pg_column_size(eventlog.field_changes(big.wide($n), big.wide($n / 2)))",
    "select pg_column_size(eventlog.field_changes(jsonb_build_object('a', big.many($n)), \
        jsonb_build_object('a', big.many($n) || '1.0')))",
    "select pg_column_size(eventlog.field_changes('{\"a\": 1}', '{\"a\": 2}', fields => big.names($n)))",
    "select pg_column_size(eventlog.field_changes('{\"a\": 1}', '{\"a\": 2}', ignore => big.names($n)))",
    "select pg_column_size(eventlog.apply_changes(big.wide($n), big.changes($n, 'new')))",
    "select pg_column_size(eventlog.revert_changes(big.wide($n), big.changes($n, 'old')))",
    "select eventlog.log_event('t', big.wide($n), log => 'big.events')",
    "select eventlog.log_event('t', jsonb_build_object('a', big.deep($n), 'b', big.many($n)), \
        idempotency_key => 'deep', log => 'big.events')",
    "select eventlog.log_event(big.text($n), log => 'big.events')",
    "select eventlog.log_event('t', tenant_id => big.text($n), log => 'big.events')",
    "select eventlog.log_event('t', idempotency_key => big.text($n), log => 'big.events')",
    "select eventlog.log_event('t', context => big.wide($n), log => 'big.events')",
    "select eventlog.log_event('t', entity_type => big.text($n), entity_id => big.text($n), log => 'big.events')",
    "select eventlog.log_event('t', actor_type => big.text($n), actor_id => big.text($n), log => 'big.events')",
    "select eventlog.log_event('t', source_type => big.text($n), source_id => big.text($n), log => 'big.events')",
    "select eventlog.emit_change('updated', 'thing', '1', big.wide($n), big.wide($n / 2), log => 'big.events')",
    "select eventlog.emit_change('created', 'thing', '1', new => jsonb_build_object('a', big.many($n)), \
        log => 'big.events')",
    "select eventlog.emit_change('updated', 'thing', '1', '{\"a\": 1}', '{\"a\": 2}', fields => big.names($n), \
        ignore => big.names($n), log => 'big.events')",
    "select eventlog.emit_change(big.text($n), big.text($n), '1', log => 'big.events')",
    "select eventlog.emit_change('deleted', 'thing', '1', '{\"a\": 1}', reason => big.text($n), \
        context => big.wide($n), log => 'big.events')",
    "select count(*) from eventlog.log_events(big.events($n), 'big.events')",
    "select count(*) from eventlog.log_events(big.wide($n), 'big.events')",
    "select count(*) from eventlog.ingest_events(big.events($n)::text::json, log => 'big.events')",
    "select count(*) from eventlog.ingest_events(big.many($n)::text::json, 'feed', 'big.events')",
    "select count(*) from eventlog.ingest_events(jsonb_build_array(big.wide($n), jsonb_build_object('type', 't', \
        'payload', big.wide($n)))::text::json, big.text($n), 'big.events')",
    "select count(*) from eventlog.retry_rejected(big.ids($n), 'big.events')",
    "select eventlog.discard_rejected(big.ids($n), big.text($n), 'big.events')",
    "select eventlog.log_cloudevent(jsonb_build_object('specversion', '1.0', 'id', big.text($n), 'source', big.text($n), \
        'type', 't', 'data', big.many($n), 'subject', big.text($n)), 'big.events')",
    "select eventlog.log_cloudevent(big.wide($n) || '{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"/\", \
        \"type\": \"t\"}', 'big.events')",
    "select pg_column_size(eventlog.to_cloudevent(jsonb_build_object('id', '1', 'type', big.text($n), 'payload', big.wide($n), \
        'source_id', big.text($n), 'entity_id', repeat('%', $n)), 'big.events'))",
    "select eventlog.log_envelope(jsonb_build_object('pattern', 't', 'eventId', big.text($n), 'payload', big.wide($n), \
        'metadata', jsonb_build_object('context', big.wide($n))), 'big.events')",
    "select pg_column_size(eventlog.to_envelope(jsonb_build_object('id', '1', 'type', big.text($n), 'payload', big.wide($n), \
        'context', big.wide($n)), 'big.events'))",
    "select count(*) from eventlog.validate_event('t', big.wide($n), log => 'big.events')",
    "select count(*) from eventlog.validate_event(big.text($n), '{}', log => 'big.events')",
    "select eventlog.log_event('ruled', big.wide($n), log => 'big.events')",
    "select eventlog.add_check_rule(big.text($n), 'ruled', '1 == 1', log => 'big.events')",
    "select eventlog.add_check_rule('more', big.text($n), big.text($n), big.text($n), 'big.events')",
    "select eventlog.remove_event_rule(big.text($n), 'big.events')",
    "select count(*) from eventlog.append_events(big.text($n), '1', jsonb_build_array(jsonb_build_object('type', 'x', 'payload', big.wide($n))), log => 'big.events')",
    "select eventlog.add_reference_rule(big.text($n), 'ruled', big.text($n), 'big.events', 'id', log => 'big.events')",
    "select eventlog.add_transition_rule(big.text($n), big.text($n), big.wide($n), big.text($n), log => 'big.events')",
    "select eventlog.add_transition_rule('more', 'more', '{\"\": [\"a\"]}', types => big.names($n), log => 'big.events')",
    "select eventlog.log_event('t', big.wide($n), entity_type => 'stepping', entity_id => $n, log => 'big.events')",
    "select count(*) from eventlog.import_taxonomy(jsonb_build_object('types', '[]'::jsonb, 'rules', big.many($n)), \
        'big.events')",
    "select eventlog.set_redaction(jsonb_build_object('remove', big.many($n)), 'big.events')",
    "select eventlog.set_redaction(big.wide($n), 'big.events')",
    "select eventlog.register_event_type('t', redact => jsonb_build_object('mask', big.many($n)), log => 'big.events')",
    "select eventlog.log_event('redacted', big.wide($n) || '{\"token\": 1}', context => '{\"token\": 1}', \
        idempotency_key => 'r' || $n, log => 'big.events')",
    "insert into big.events (type, payload) select 'redacted', jsonb_build_object('token', big.text($n), 'a', \
        jsonb_build_array(big.many($n), '{\"token\": 1}'::jsonb))",
    "select eventlog.register_event_type('t', big.names($n), log => 'big.events')",
    "select eventlog.register_event_type('t' || ($n / 1000), (big.names($n))[1:1000], log => 'big.events')",
    "select eventlog.register_event_type(big.text($n), description => big.text($n), log => 'big.events')",
    "select eventlog.register_event_type('t', domain => big.text($n), log => 'big.events')",
    "select eventlog.register_event_type('t', optional => big.names($n), entity_types => big.names($n), \
        actor_types => big.names($n), log => 'big.events')",
    "select count(*) from eventlog.import_taxonomy(big.wrong($n), 'big.events')",
    "select count(*) from eventlog.import_taxonomy(big.taxonomy($n / 500), 'big.events')",
    "select count(*) from eventlog.import_taxonomy(big.wide($n), 'big.events')",
    "select count(*) from eventlog.import_taxonomy(jsonb_build_object('types', big.many($n)), 'big.events')",
    "select eventlog.retire_event_type(big.text($n), 'big.events')",
    "select eventlog.set_default_version(big.text($n), 1, 'big.events')",
    "select eventlog.create_log(big.text($n))",
    "select eventlog.create_log('big.more', unregistered => big.text($n))",
    "select eventlog.create_event_view('big.view', 'big.events', jsonb_build_object('a', big.wide($n)))",
    "select eventlog.create_event_view(big.text($n), 'big.events', '{\"t\": \"type\"}')",
    "select eventlog.track_changes('big.other', log => 'big.events', fields => big.names($n))",
    "select eventlog.track_changes('big.other', log => 'big.events', ignore => big.names($n))",
    "select eventlog.track_changes('big.other', log => 'big.events', entity_type => big.text($n))",
    "select eventlog.track_changes('big.other', log => 'big.events', state_column => big.text($n))",
    "select eventlog.track_changes('big.other', log => 'big.events', on_truncate => big.text($n))",
    "select eventlog.isolate_tenants('big.other', 'tenant', membership => big.text($n))",
    "select eventlog.isolate_tenants('big.other', big.text($n))",
    "select eventlog.isolate_tenants('big.other', 'tenant', readers => big.names($n))",
    "select eventlog.set_context(big.text($n), big.text($n), big.text($n))",
    "select eventlog.set_context('t1', reason => big.text($n))",
    "select eventlog.set_context('t1', context => big.wide($n))",
    "select count(*) from eventlog.entity_history('thing', '1', log => 'big.events')",
    "select count(*) from eventlog.entity_history(big.text($n), big.text($n), big.text($n), 'big.events')",
    "select eventlog.entity_state('thing', '1', log => 'big.events') is null",
    "select eventlog.entity_state('note', '2', now() - interval '1 hour', log => 'big.events') is null",
    "select eventlog.entity_state(big.text($n), big.text($n), log => 'big.events') is null",
    "select count(*) from eventlog.table_as_of(null::big.notes, now())",
    "select count(*) from eventlog.table_as_of(null::big.notes, now(), entity_ids => big.names($n))",
    "select count(*) from eventlog.table_as_of(null::big.notes, now(), big.text($n))",
    "insert into big.notes values ('n' || $n, 't1', big.text($n), big.wide($n), big.names($n))",
    "update big.notes set body = big.text($n), doc = big.many($n) where id = '2'",
    "update big.notes set id = big.text($n / 200) where id = '1'",
    "insert into big.notes select 'm' || i, 't1', 'x', '{}', '{}' from generate_series(1, $n / 100) i",
    "insert into big.events (type, payload) values ('t', big.wide($n))",
    "insert into big.events (type, idempotency_key) values ('t', big.text($n))",
    "select set_config('request.jwt.claims', big.claims($n), true), eventlog.current_tenant()",
    "select eventlog.may_write(big.text($n))",
    "select eventlog.may_write('t1', big.text($n), big.text($n))",
    "select eventlog.may_write(1, big.text($n), big.text($n))",
    "select eventlog.may_write(gen_random_uuid(), big.text($n), big.text($n))",
    "select eventlog.ident_in(textout(big.text($n)))",
    "select eventlog.ident_out(big.text($n)::eventlog.ident)",
    "select eventlog.ident_send(big.text($n)::eventlog.ident)",
    "select eventlog.is_visible(5, big.snapshot($n))",
    "select eventlog.subscribe(big.text($n), log => 'big.events')",
    "select eventlog.subscribe('more', types => big.names($n), log => 'big.events')",
    "select eventlog.subscribe('more', pattern => big.text($n), pattern_kind => 'prefix', log => 'big.events')",
    "select eventlog.subscribe('more', pattern => big.text($n), pattern_kind => big.text($n), log => 'big.events')",
    "select eventlog.subscribe('more', filters => jsonb_build_array(jsonb_build_object('field', '$.payload.a', \
        'operator', 'in', 'value', big.many($n))), log => 'big.events')",
    "select eventlog.subscribe('more', filters => jsonb_build_array(big.deep($n)), log => 'big.events')",
    "select eventlog.subscribe('more', ordered_by => big.text($n), options => big.wide($n), log => 'big.events')",
    "select eventlog.alter_subscription('big', big.wide($n))",
    "select eventlog.alter_subscription('big', jsonb_build_object('types', to_jsonb(big.names($n))))",
    "select eventlog.unsubscribe(big.text($n))",
    "select count(*) from eventlog.receive('big')",
    "select count(*) from eventlog.receive(big.text($n))",
    "select eventlog.ack('big', (select max(receipt) from eventlog.receive('big', 10)), big.ids($n))",
    "select eventlog.nack('big', (select max(receipt) from eventlog.receive('big', 10)), big.ids($n), big.text($n))",
    "select eventlog.nack('big', r.receipt, array[r.id], big.text($n)) from eventlog.receive('big', 1) r",
    "select eventlog.renew(big.text($n), 1), eventlog.release(big.text($n), 1)",
    "select eventlog.seek(big.text($n), now())",
    "select eventlog.retry_dead_letters('big', big.ids($n))",
    "select eventlog.discard_dead_letters('big', big.ids($n), big.text($n))",
    "select count(*) from eventlog.read_events(big.text($n), log => 'big.events')",
    "select count(*) from eventlog.read_events('start', types => big.names($n), log => 'big.events')",
    "select count(*) from eventlog.read_events('start', pattern => big.text($n), pattern_kind => 'regex', \
        entity_type => big.text($n), entity_id => big.text($n), log => 'big.events')",
    "select eventlog.on_event(big.text($n), big.text($n), log => 'big.events')",
    "select eventlog.on_event('more', 'big.handle', types => big.names($n), log => 'big.events')",
    "select eventlog.on_event('more', 'big.handle', mode => big.text($n), on_error => big.text($n), \
        filters => big.wide($n), options => big.wide($n), log => 'big.events')",
    "select eventlog.off_event(big.text($n))",
    "select eventlog.discard_handler_errors(big.text($n))",
    "select eventlog.matches_schema(big.wide($n), big.wide($n))",
    "select eventlog.matches_schema(jsonb_build_object('enum', big.many($n)), '1')",
    "select eventlog.matches_schema(jsonb_build_object('properties', big.wide($n)), '{}')",
    "select eventlog.matches_schema('{\"items\": {\"$ref\": \"#\"}, \"uniqueItems\": true}', big.many($n))",
    "select eventlog.matches_schema(big.deep($n), big.deep($n))",
    "select count(*) from eventlog.schema_violations('{\"additionalProperties\": {\"minLength\": 9999999}}', big.wide($n))",
    "select count(*) from eventlog.schema_violations('{\"items\": {\"anyOf\": [false, {\"type\": \"array\"}]}}', big.many($n))",
    "select count(*) from eventlog.check_events(big.text($n), big.wide($n), log => 'big.events')",
    "select eventlog.register_event_type('x', schema => jsonb_build_object('enum', big.many($n)), \
        context_schema => big.wide($n), owner => big.text($n), docs_url => big.text($n), log => 'big.events')",
    "select eventlog.register_event_type('x', required => big.names($n), additional => 'reject', log => 'big.events'), \
        eventlog.log_event('x', big.wide($n), log => 'big.events')",
    "select length(eventlog.generate_typescript(big.names($n), log => 'big.events'))",
    "select length(eventlog.generate_typescript(options => big.wide($n), log => 'big.events'))",
    "select length(eventlog.generate_python(big.names($n), big.wide($n), 'big.events'))",
    "select length(eventlog.generate_json_schema(big.names($n), log => 'big.events'))",
    "select length(eventlog._generate('typescript', big.taxonomy($n), null, '{}'))",
    "select length(eventlog._generate('python', jsonb_build_object('types', jsonb_build_array(jsonb_build_object('type', 't', \
        'schema', jsonb_build_object('properties', big.wide($n / 10), 'enum', big.many($n / 10))))), null, '{}'))",
    "select eventlog.register_event_type('compared', required => big.names($n), optional => big.names($n), \
        additional => 'reject', log => 'big.events'), \
        eventlog.register_event_type('compared', required => (big.names($n))[1:2], compatibility => 'full', \
        schema => jsonb_build_object('enum', big.many($n)), log => 'big.events')",
    "select count(*) from eventlog.plan_taxonomy(big.taxonomy($n / 500), 'big.events')",
    "select count(*) from eventlog.plan_taxonomy(big.wide($n), 'big.events')",
    "select eventlog.register_upcast(big.text($n), 1, 2, big.many($n), big.text($n), 'big.events')",
    "select eventlog.upcast(big.text($n), 1, big.wide($n), 2, 'big.events')",
    "select eventlog.create_type_view(big.text($n), big.text($n), 1, 'big.events')",
    "select count(*) from eventlog.subscriptions",
    "select count(*) from eventlog.doctor()",
    "select eventlog.repair_log('big.events')",
    "select length(eventlog.export_taxonomy('big.events')::text)",
];

/// The virtual memory of a backend, in kilobytes.
fn size_of(client: &mut Client) -> (i32, u64) {
    let pid: i32 = client
        .query_one("select pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let size = size.unwrap().trim().trim_end_matches(" kB");
    (pid, size.parse().unwrap())
}

/// Runs a call that may fail for want of memory, or because nobody takes such an argument. `limit` is told when it
/// begins and when it has ended.
#[track_caller]
fn attempt(client: &mut Client, call: &str, limit: impl Fn(bool)) -> Option<String> {
    client.batch_execute("begin").unwrap();
    limit(true);
    let failed = client.simple_query(call).err();
    limit(false);
    let goes_on = client.batch_execute("rollback");
    assert!(
        goes_on.is_ok(),
        "the session ended: {call}\n{failed:?}\n{goes_on:?}"
    );
    let error = failed?;
    let error = error.as_db_error().unwrap();
    let code = error.code().code().to_owned();
    // A function may not be there in every form that is tried here.
    assert!(
        !matches!(code.as_str(), "42883" | "42601" | "57014") && !code.starts_with("XX"),
        "{call}: {code} {}",
        error.message()
    );
    if code == "53200" {
        assert_eq!(error.message(), "out of memory", "{call}");
        let detail = error.detail().unwrap_or_default();
        assert!(detail.starts_with("Failed "), "{call}: {detail}");
    }
    Some(code)
}

/// The parser says which functions the calls above call: all that take something as long as one likes.
#[test]
fn every_function_is_tried() {
    let database = Database::fresh();
    let mut client = database.admin();
    client.batch_execute(SETUP).unwrap();
    client.batch_execute("begin").unwrap();
    for (i, call) in CALLS.iter().filter(|c| c.starts_with("select")).enumerate() {
        let call = call.replace("$n", "1");
        let view = format!("create view big.call_{i} as select 1 as one from ({call}) s");
        client.batch_execute(&view).expect(&call);
    }
    let rows = client.query(
        "select p.oid::regprocedure::text
        from pg_proc p
        where p.pronamespace = 'eventlog'::regnamespace
            and p.proname !~ '^_'
            and exists (select from pg_type t where t.oid = any (p.proargtypes) and t.typlen < 0)
            and not exists (
                select
                from pg_depend d
                join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                join pg_class c on c.oid = r.ev_class
                where d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid
                    and c.relnamespace = 'big'::regnamespace
            )
        order by 1",
        &[],
    );
    let rows = rows.unwrap();
    let missing: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_large_argument_is_an_error_and_no_more() {
    let server = Server::new(220_000);
    let mut client = server.connect();
    let mut short = 0;
    for call in CALLS {
        let call = call.replace("$n", "3000000");
        let code = attempt(&mut client, &call, |_| ());
        short += usize::from(code.as_deref() == Some("53200"));
    }
    assert!(short > 10, "only {short} calls were short of memory");
    server.assert_untouched();
}

/// Memory that ends at one point of a call after the other.
#[test]
fn memory_may_end_anywhere() {
    let from_environment =
        |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let seconds = from_environment("EVENTLOG_FUZZ_SECONDS").unwrap_or(0);
    let server = Server::new(2_000_000);
    let mut client = server.connect();
    let (start, mut round, mut short) = (Instant::now(), 0, 0);
    while round == 0 || start.elapsed().as_secs() < seconds {
        for call in CALLS {
            let call = call.replace("$n", &(100_000 >> (round % 6)).to_string());
            // Once with all memory, so that the stack has its size and plans are kept.
            attempt(&mut client, &call, |_| ());
            for step in 0..6 {
                let (pid, size) = size_of(&mut client);
                let limit = (size + step * step * 100 + round * 7 % 60) * 1024;
                let code = attempt(&mut client, &call, |begins| {
                    let bytes = if begins { limit } else { 2_000_000_000 };
                    let mut prlimit = Command::new("prlimit");
                    prlimit.args(["--pid", &pid.to_string(), &format!("--as={bytes}:")]);
                    run(&mut prlimit, LIMIT).expect_ok();
                });
                match code.as_deref() {
                    Some("53200") => short += 1,
                    _ => break,
                }
            }
        }
        round += 1;
    }
    assert!(short > 20, "only {short} calls were short of memory");
    server.assert_untouched();
}
