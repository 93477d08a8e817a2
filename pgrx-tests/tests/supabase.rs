//! A project as Supabase makes it, called as PostgREST calls: one connection as `authenticator` for all requests, each of
//! them a transaction that takes on the role of its token and sets the token's claims.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use pg_eventlog_tests::{Database, Refusal, SUPERUSER, refused};
use postgres::{Client, SimpleQueryMessage};
use serde_json::{Value, json};

const A: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const B: &str = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";

/// Two users, of one tenant each.
const ANN: &str = "00000000-0000-4000-8000-00000000000a";
const BOB: &str = "00000000-0000-4000-8000-00000000000b";

const OWNER: &str = "project_owner";

/// A token's role and claims.
struct Token {
    role: &'static str,
    claims: String,
}

impl Token {
    fn new(role: &'static str, claims: &Value) -> Self {
        Self {
            role,
            claims: claims.to_string(),
        }
    }

    /// What Supabase Auth gives a signed-in user of a tenant.
    fn user(sub: &str, tenant: &str) -> Self {
        let claims = json!({
            "aud": "authenticated", "role": "authenticated", "sub": sub, "is_anonymous": false,
            "app_metadata": {"provider": "email", "providers": ["email"], "tenant_id": tenant},
            "user_metadata": {"name": "x"},
        });
        Self::new("authenticated", &claims)
    }

    /// Whoever has the public key only.
    fn anon() -> Self {
        Self::new("anon", &json!({"role": "anon", "iss": "supabase"}))
    }

    /// Whoever has the secret key.
    fn service() -> Self {
        Self::new(
            "service_role",
            &json!({"role": "service_role", "iss": "supabase"}),
        )
    }
}

struct Project {
    database: Database,
    /// The connection of PostgREST.
    gate: Client,
}

impl Project {
    fn empty() -> Self {
        static ROLES: OnceLock<()> = OnceLock::new();
        let database = Database::empty();
        let mut admin = database.admin();
        ROLES.get_or_init(|| {
            admin
                .batch_execute(include_str!("../supabase/roles.sql"))
                .unwrap();
        });
        admin
            .batch_execute(&format!(
                "alter database {} owner to {OWNER}",
                database.name()
            ))
            .unwrap();
        admin
            .batch_execute(include_str!("../supabase/project.sql"))
            .unwrap();
        let gate = database.connect("authenticator");
        Self { database, gate }
    }

    fn new() -> Self {
        let project = Self::empty();
        project
            .owner()
            .batch_execute(include_str!("../supabase/application.sql"))
            .unwrap();
        project
    }

    fn owner(&self) -> Client {
        self.database.connect(OWNER)
    }

    fn admin(&self) -> Client {
        self.database.connect(SUPERUSER)
    }

    /// A request: the values of the first column, as text.
    fn request(&mut self, token: &Token, sql: &str) -> Result<Vec<String>, Refusal> {
        self.gate.batch_execute("begin").unwrap();
        self.gate
            .execute(
                "select set_config('search_path', '\"public\", \"extensions\"', true), set_config('role', $1, true),
                     set_config('request.jwt.claims', $2, true), set_config('request.method', 'POST', true)",
                &[&token.role, &token.claims],
            )
            .unwrap();
        let answer = self.gate.simple_query(sql);
        let end = if answer.is_ok() { "commit" } else { "rollback" };
        self.gate.batch_execute(end).unwrap();
        let messages = answer.map_err(|error| Refusal::of(&error))?;
        let values = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("null").to_owned()),
            _ => None,
        });
        Ok(values.collect())
    }

    #[track_caller]
    fn value(&mut self, token: &Token, sql: &str) -> String {
        let values = self
            .request(token, sql)
            .unwrap_or_else(|refusal| panic!("{sql}\nwas refused: {refusal:?}"));
        assert_eq!(values.len(), 1, "{sql}: {values:?}");
        values[0].clone()
    }

    #[track_caller]
    fn refused(&mut self, token: &Token, sql: &str) -> Refusal {
        match self.request(token, sql) {
            Err(refusal) => refusal,
            Ok(values) => panic!("{sql}\nshould have been refused, and gave {values:?}"),
        }
    }

    /// `POST /rpc/function` with this body: the arguments come out of the JSON in the types that the function declares,
    /// and are passed by name.
    fn rpc(&mut self, token: &Token, function: &str, body: &Value) -> Result<Value, Refusal> {
        let names: Vec<&String> = body.as_object().unwrap().keys().collect();
        let declared = self
            .admin()
            .query(
                "select a.name, format_type(a.type, null)
                 from pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) a (name, type)
                 where p.oid = $1::text::regproc and a.name = any ($2) and a.type is not null",
                &[&function, &names],
            )
            .unwrap();
        assert_eq!(
            declared.len(),
            names.len(),
            "{function} has no such arguments: {names:?}"
        );
        let list = |form: &dyn Fn(&str, &str) -> String| {
            let parts: Vec<_> = declared
                .iter()
                .map(|row| form(row.get(0), row.get(1)))
                .collect();
            parts.join(", ")
        };
        let sql = format!(
            "with source as (
                 select result from (select {body}::json as body) payload,
                     lateral (select * from json_to_record(payload.body) as _({columns})) argument,
                     lateral {function}({arguments}) result
             ) select coalesce(json_agg(to_json(result)), '[]')::text from source",
            body = quote(&body.to_string()),
            columns = list(&|name, kind| format!("\"{name}\" {kind}")),
            arguments = list(&|name, _| format!("\"{name}\" := argument.\"{name}\"")),
        );
        let rows = self.request(token, &sql)?;
        Ok(serde_json::from_str(&rows[0]).unwrap())
    }

    #[track_caller]
    fn called(&mut self, token: &Token, function: &str, body: Value) -> Value {
        self.rpc(token, function, &body)
            .unwrap_or_else(|refusal| panic!("{function} {body} was refused: {refusal:?}"))
    }

    #[track_caller]
    fn call_refused(&mut self, token: &Token, function: &str, body: Value) -> Refusal {
        match self.rpc(token, function, &body) {
            Err(refusal) => refusal,
            Ok(answer) => {
                panic!("{function} {body} should have been refused, and gave {answer}")
            }
        }
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn task(step: i32) -> Value {
    json!({"type": "task_completed", "payload": {"step_id": step}})
}

/// With more arguments.
fn task_with(step: i32, more: Value) -> Value {
    let mut body = task(step);
    let Value::Object(more) = more else {
        panic!("not an object: {more}")
    };
    body.as_object_mut().unwrap().extend(more);
    body
}

#[test]
fn each_request_is_of_its_own_tenant() {
    let mut project = Project::new();
    let (ann, bob) = (Token::user(ANN, A), Token::user(BOB, B));
    // One connection serves them in turn, often enough for kept plans.
    for step in 0..8 {
        for token in [&ann, &bob] {
            let id = project.called(token, "eventlog.log_event", task(step));
            assert_eq!(id[0].as_str().unwrap().len(), 36);
        }
    }
    let seen = "select string_agg(distinct concat_ws(' ', tenant_id, actor_type, actor_id), ',') || ' ' || count(*) from events";
    assert_eq!(project.value(&ann, seen), format!("{A} user {ANN} 8"));
    assert_eq!(project.value(&bob, seen), format!("{B} user {BOB} 8"));
    // Written by hand, with named arguments, as any client of psql may.
    let by_hand = "select * from eventlog.log_event(\"type\" => 'task_completed', \"payload\" => '{\"step_id\": 1}')";
    assert_eq!(project.value(&ann, by_hand).len(), 36);
    // A batch, a repeated key, a plain insert without and with its row given back.
    let batch = json!({"events": [task(1), task(2)]});
    let ids = project.called(&ann, "eventlog.log_events", batch);
    assert_eq!(ids.as_array().unwrap().len(), 2);
    let keyed = || task_with(1, json!({"idempotency_key": "k"}));
    let first = project.called(&ann, "eventlog.log_event", keyed());
    assert_eq!(project.called(&ann, "eventlog.log_event", keyed()), first);
    assert_ne!(project.called(&bob, "eventlog.log_event", keyed()), first);
    let insert = "insert into public.events (type, payload)
        select type, payload from json_to_record('{\"type\": \"task_completed\", \"payload\": {\"step_id\": 5}}')
            as _(type text, payload jsonb)";
    assert_eq!(project.value(&ann, &format!("{insert} returning 1")), "1");
    assert_eq!(
        project.value(&ann, &format!("{insert} returning tenant_id")),
        A
    );
    // A function of the application's own.
    project.called(&ann, "public.complete_task", json!({"step_id": 9}));
    let refusal = project.call_refused(
        &ann,
        "eventlog.log_event",
        json!({"type": "task_completed"}),
    );
    assert_eq!(refusal.code, "23514");
    assert_eq!(refusal.violations(), ["required /step_id"]);
    // Nothing of a request is left for the next one on this connection.
    let left: String = project
        .gate
        .query_one(
            "select concat(eventlog.current_tenant(), eventlog.current_actor(), current_user)",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(left, "authenticator");
}

#[test]
fn a_forged_tenant_or_actor_is_refused() {
    let mut project = Project::new();
    let (ann, bob) = (Token::user(ANN, A), Token::user(BOB, B));
    project.called(&bob, "eventlog.log_event", task(1));
    for (more, message) in [
        (json!({"tenant_id": B}), "tenant_id of the event is not"),
        (json!({"actor_id": BOB}), "actor_id of the event is not"),
        (
            json!({"actor_type": "admin"}),
            "actor_type of the event is not",
        ),
        (
            json!({"tenant_id": B, "actor_id": BOB}),
            "tenant_id of the event is not",
        ),
    ] {
        let one = task_with(1, more);
        project
            .call_refused(&ann, "eventlog.log_event", one.clone())
            .is("42501", message);
        project
            .call_refused(
                &ann,
                "eventlog.log_events",
                json!({"events": [task(1), one]}),
            )
            .is("42501", message);
    }
    // The current one may be named.
    project.called(
        &ann,
        "eventlog.log_event",
        task_with(
            1,
            json!({"tenant_id": A, "actor_type": "user", "actor_id": ANN}),
        ),
    );
    for sql in [
        format!(
            "insert into events (type, payload, tenant_id) values ('task_completed', '{{\"step_id\": 1}}', '{B}')"
        ),
        format!(
            "insert into events (type, payload, actor_id) values ('task_completed', '{{\"step_id\": 1}}', '{BOB}')"
        ),
        "insert into events (type, payload, seq) values ('task_completed', '{\"step_id\": 1}', 1)"
            .to_owned(),
        "update events set payload = '{}' where false".to_owned(),
        "delete from events where false".to_owned(),
        "truncate events".to_owned(),
        "select setval('events_seq_seq', 1)".to_owned(),
        "select last_value from events_seq_seq".to_owned(),
        format!("select eventlog.set_context('{B}')"),
        format!("set local eventlog.tenant_id = '{B}'"),
        "select * from events_key where claimed_at is null".to_owned(),
        "table eventlog.admin_log".to_owned(),
        "select eventlog.release_tenants('events')".to_owned(),
        "select eventlog.grant_service('events', 'authenticated')".to_owned(),
        format!("insert into campaigns values (1, '{B}', 'x', 1)"),
        "alter table events disable row level security".to_owned(),
    ] {
        assert_eq!(project.refused(&ann, &sql).code, "42501", "{sql}");
    }
    let all: i64 = project
        .admin()
        .query_one("select count(*) from events", &[])
        .unwrap()
        .get(0);
    assert_eq!(all, 2);
}

#[test]
fn who_is_not_signed_in_or_has_no_tenant_does_nothing() {
    let mut project = Project::new();
    project.called(&Token::user(ANN, A), "eventlog.log_event", task(1));
    let anon = Token::anon();
    for sql in ["table events", "table events_key", "table campaigns"] {
        project.refused(&anon, sql).is("42501", "permission denied");
    }
    project
        .call_refused(
            &anon,
            "eventlog.log_event",
            task_with(1, json!({"tenant_id": A})),
        )
        .is("42501", "permission denied for table events");
    project
        .call_refused(&anon, "public.complete_task", json!({"step_id": 1}))
        .is("42501", "permission denied for function");

    // Supabase lets users sign in anonymously: they are "authenticated", and of no tenant.
    let stranger = Token::new(
        "authenticated",
        &json!({"role": "authenticated", "sub": ANN, "is_anonymous": true, "app_metadata": {}}),
    );
    for table in ["events", "events_key", "campaigns"] {
        assert_eq!(
            project.value(&stranger, &format!("select count(tenant_id) from {table}")),
            "0"
        );
    }
    for body in [task(1), task_with(1, json!({"tenant_id": A}))] {
        let refusal = project.call_refused(&stranger, "eventlog.log_event", body);
        assert!(
            refusal.message.contains("no tenant is set") || refusal.code == "23502",
            "{refusal:?}"
        );
    }
}

/// Claims come from outside: what is not as it should be says nothing, and neither reads nor writes anything.
#[test]
fn claims_of_another_shape_say_nothing() {
    let mut project = Project::new();
    project.called(&Token::user(ANN, A), "eventlog.log_event", task(1));
    let token = |claims: &str| Token {
        role: "authenticated",
        claims: claims.to_owned(),
    };
    let of = |value: Value| token(&value.to_string());
    for token in [
        // What users write themselves.
        of(
            json!({"sub": ANN, "user_metadata": {"tenant_id": A, "app_metadata": {"tenant_id": A}}}),
        ),
        of(json!({"sub": ANN, "raw_user_meta_data": {"tenant_id": A}, "tenant_id": A})),
        // Another shape.
        of(json!({"sub": ANN, "app_metadata": A})),
        of(json!({"sub": ANN, "app_metadata": {"tenant_id": [A, B]}})),
        of(json!({"sub": ANN, "app_metadata": {"tenant_id": {"id": A}}})),
        of(json!({"sub": ANN, "app_metadata": {"tenant_id": null}})),
        of(json!({"sub": ANN, "app_metadata": {"tenant_id": ""}})),
        of(json!({"sub": ANN, "app_metadata": {"tenant_id": true}})),
        of(json!({"sub": ANN, "app_metadata": {"TENANT_ID": A}})),
        of(json!([{"sub": ANN, "app_metadata": {"tenant_id": A}}])),
        // None.
        token(""),
        token("null"),
        token("{"),
        token("not JSON"),
        token(&format!(
            "{{\"app_metadata\": {{\"tenant_id\": \"{A}\"}}}} x"
        )),
    ] {
        for table in ["events", "campaigns", "events_key"] {
            assert_eq!(
                project.value(&token, &format!("select count(tenant_id) from {table}")),
                "0",
                "{}",
                token.claims
            );
        }
        let refusal = project.call_refused(
            &token,
            "eventlog.log_event",
            task_with(1, json!({"tenant_id": A})),
        );
        refusal.is("42501", "no tenant is set");
    }
    // A tenant that is no uuid: an error of this request, and no row.
    let token = of(json!({"sub": ANN, "app_metadata": {"tenant_id": "acme"}}));
    let refusal = project.refused(&token, "select count(*) from events");
    assert_eq!(refusal.code, "22P02");
    project
        .call_refused(
            &token,
            "eventlog.log_event",
            task_with(1, json!({"tenant_id": A})),
        )
        .is("42501", "is not the current tenant");
    // Nobody points the setting at what users write.
    refused(project.admin().batch_execute(
        "select eventlog.current_tenant(); set eventlog.tenant_claim = 'user_metadata.tenant_id'",
    ))
    .is("22023", "");
    // Claims count for the login of PostgREST alone: whoever else logs in may set them and says nothing by it.
    let intruder = project.database.role("intruder");
    project
        .admin()
        .batch_execute(&format!("grant authenticated to {intruder}"))
        .unwrap();
    let mut client = project.database.connect(&intruder);
    let claims = Token::user(ANN, A).claims;
    client
        .batch_execute("begin; set local role authenticated")
        .unwrap();
    client
        .execute(
            "select set_config('request.jwt.claims', $1, true)",
            &[&claims],
        )
        .unwrap();
    let count: i64 = client
        .query_one("select count(*) from events", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 0);
}

#[test]
fn the_service_role_writes_for_any_tenant_and_edits_nothing() {
    let mut project = Project::new();
    let service = Token::service();
    for (tenant, actor) in [(A, ANN), (B, BOB)] {
        project.called(
            &service,
            "eventlog.log_event",
            task_with(1, json!({
                "tenant_id": tenant, "actor_type": "user", "actor_id": actor, "idempotency_key": "k",
            })),
        );
    }
    assert_eq!(project.value(&service, "select count(*) from events"), "2");
    assert_eq!(
        project.value(
            &Token::user(ANN, A),
            "select string_agg(actor_id, ',') from events"
        ),
        ANN
    );
    // A tenant must be named: nobody is current.
    assert_eq!(
        project
            .call_refused(&service, "eventlog.log_event", task(1))
            .code,
        "23502"
    );
    // It bypasses row-level security, but neither grants nor guards.
    for sql in [
        "update events set type = 'x'",
        "delete from events where false",
        "truncate events",
        "insert into events (type, payload, tenant_id, seq) select type, payload, tenant_id, 7 from events",
        "select setval('events_seq_seq', 1)",
        "select eventlog.set_context('x')",
    ] {
        assert_eq!(project.refused(&service, sql).code, "42501", "{sql}");
    }
    project
        .owner()
        .batch_execute("grant all on events to service_role")
        .unwrap();
    for sql in [
        "update events set type = 'x'",
        "delete from events",
        "truncate events",
    ] {
        project.refused(&service, sql).is("42501", "append-only");
    }
}

#[test]
fn a_tracked_table_is_read_back_by_its_tenant_alone() {
    let mut project = Project::new();
    let (ann, bob) = (Token::user(ANN, A), Token::user(BOB, B));
    for (token, id, tenant) in [(&ann, 1, A), (&bob, 2, B)] {
        project
            .request(
                token,
                &format!("insert into campaigns values ({id}, '{tenant}', 'Spring', 100.00)"),
            )
            .unwrap();
    }
    let before: String = project
        .admin()
        .query_one("select clock_timestamp()::text", &[])
        .unwrap()
        .get(0);
    for token in [&ann, &bob] {
        assert_eq!(
            project
                .request(token, "update campaigns set budget = 150.50 returning id")
                .unwrap()
                .len(),
            1
        );
    }
    // The events name who sent the request, though capture writes as the log's owner.
    assert_eq!(
        project.value(&ann, "select string_agg(concat_ws(' ', type, entity_id, actor_id), ',' order by seq) from events"),
        format!("campaign.created 1 {ANN},campaign.updated 1 {ANN}")
    );
    let past = project.called(&ann, "public.campaigns_as_of", json!({"as_of": before}));
    // Parsed, so that the number is what it is whether or not serde_json keeps its digits.
    let expected =
        format!(r#"[{{"id": 1, "tenant_id": "{A}", "name": "Spring", "budget": 100.00}}]"#);
    assert_eq!(past, serde_json::from_str::<Value>(&expected).unwrap());
    let past = project.called(&bob, "public.campaigns_as_of", json!({"as_of": before}));
    assert_eq!(past[0]["id"], 2);
    assert_eq!(past.as_array().unwrap().len(), 1);
    // Another tenant's entity has no history.
    for (id, events) in [(1, 2), (2, 0)] {
        let history = project.called(&ann, "public.campaign_history", json!({"id": id}));
        assert_eq!(history.as_array().unwrap().len(), events, "{history}");
        let state = project.called(
            &ann,
            "eventlog.entity_state",
            json!({"entity_type": "campaign", "entity_id": id, "tenant_id": if id == 2 { B } else { A }}),
        );
        assert_eq!(state[0].is_null(), events == 0, "{state}");
    }
    project
        .refused(&ann, "truncate campaigns")
        .is("42501", "permission denied");
}

/// Users of several tenants: a table of members says which, and the token's user counts alone.
#[test]
fn members_of_several_tenants() {
    let mut project = Project::new();
    project
        .owner()
        .batch_execute(&format!(
            "create table public.members (user_id uuid, tenant_id uuid, primary key (user_id, tenant_id));
             revoke all on public.members from anon, authenticated;
             grant select on public.members to authenticated;
             alter table public.members enable row level security;
             create policy own on public.members for select to authenticated using (user_id = (select auth.uid()));
             insert into public.members values ('{ANN}', '{A}'), ('{ANN}', '{B}'), ('{BOB}', '{B}');
             select eventlog.isolate_tenants('public.events', membership => 'public.members(user_id, tenant_id)')"
        ))
        .unwrap();
    let token = |sub| {
        Token::new(
            "authenticated",
            &json!({"role": "authenticated", "sub": sub}),
        )
    };
    let (ann, bob, eve) = (token(ANN), token(BOB), token(A));
    for tenant in [A, B] {
        project.called(
            &ann,
            "eventlog.log_event",
            task_with(1, json!({"tenant_id": tenant})),
        );
    }
    project.called(
        &bob,
        "eventlog.log_event",
        task_with(1, json!({"tenant_id": B})),
    );
    for (token, tenant) in [(&bob, A), (&eve, A), (&eve, B)] {
        assert_eq!(
            project
                .call_refused(
                    token,
                    "eventlog.log_event",
                    task_with(1, json!({"tenant_id": tenant}))
                )
                .code,
            "42501"
        );
    }
    for (token, count) in [(&ann, "3"), (&bob, "2"), (&eve, "0")] {
        assert_eq!(project.value(token, "select count(*) from events"), count);
    }
    // In another member's name: no.
    assert_eq!(
        project
            .call_refused(
                &bob,
                "eventlog.log_event",
                task_with(
                    1,
                    json!({"tenant_id": B, "actor_type": "user", "actor_id": ANN})
                )
            )
            .code,
        "42501"
    );
    // The right goes with the membership, not with the token.
    project
        .owner()
        .batch_execute(&format!("delete from members where user_id = '{BOB}'"))
        .unwrap();
    assert_eq!(project.value(&bob, "select count(*) from events"), "0");
    assert_eq!(
        lints(&mut project.admin(), "public"),
        ["0004 no_primary_key events_key"]
    );
}

/// Everyone has USAGE on schema eventlog; whether PostgREST's clients reach it depends on the exposed schemas. If they do,
/// they reach all of these functions, and none gives them anything.
#[test]
fn what_schema_eventlog_exposes() {
    let mut project = Project::new();
    project.called(&Token::user(ANN, A), "eventlog.log_event", task(1));
    let state = "select md5(string_agg(t, '|' order by t)) from (
            select c::text from pg_class c where c.relnamespace in ('public'::regnamespace, 'eventlog'::regnamespace)
                and c.relkind <> 'S'
            union all select p::text from pg_policy p union all select p::text from pg_proc p
            union all select t::text from pg_trigger t union all select e::text from public.events e
            union all select l::text from eventlog.log l union all select e::text from eventlog.event_type e
            union all select t::text from eventlog.tracked_table t union all select a::text from eventlog.admin_log a
        ) s (t)";
    let of_state =
        |project: &Project| -> String { project.admin().query_one(state, &[]).unwrap().get(0) };
    let before = of_state(&project);
    let functions = project
        .admin()
        .query(
            "select p.proname, coalesce((select array_agg(format_type(t, null) order by n)
                 from unnest(p.proargtypes) with ordinality u (t, n)), '{}')
             from pg_proc p
             where p.pronamespace = 'eventlog'::regnamespace and p.prokind = 'f'
                 and p.prorettype <> all ('{trigger,event_trigger}'::regtype[])
                 and 'internal'::regtype <> all (p.proargtypes) and 'cstring'::regtype <> all (p.proargtypes)",
            &[],
        )
        .unwrap();
    assert!(functions.len() > 80);
    let ann = Token::user(ANN, B);
    // Whatever a client may try: the log, a table and roles that it would like to have.
    let arguments = |types: &[String], value: &dyn Fn(&str) -> String| {
        let list: Vec<_> = types
            .iter()
            .map(|kind| match kind.as_str() {
                "anyelement" => "null::public.events".to_owned(),
                kind => format!("{}::{kind}", value(kind)),
            })
            .collect();
        list.join(", ")
    };
    let tempting = |kind: &str| {
        let text = match kind {
            "regclass" => "public.events",
            "name" | "text" => "authenticated",
            "name[]" | "text[]" => "{authenticated}",
            "jsonb" => "{}",
            "boolean" => "true",
            "integer" | "bigint" => "1",
            "interval" => "1 month",
            "timestamp with time zone" => "2030-01-01",
            "uuid" | "eventlog.ident" => A,
            "regtype" => "uuid",
            _ => return "null".to_owned(),
        };
        quote(text)
    };
    let mut allowed = BTreeSet::new();
    for function in &functions {
        let (name, types): (String, Vec<String>) = (function.get(0), function.get(1));
        for value in [
            &(|_: &str| "null".to_owned()) as &dyn Fn(&str) -> String,
            &tempting,
        ] {
            let call = format!("select eventlog.{name}({})", arguments(&types, value));
            for token in [&Token::anon(), &ann] {
                match project.request(token, &call) {
                    Ok(_) => _ = allowed.insert(name.clone()),
                    Err(refusal) => {
                        assert!(
                            !refusal.message.contains(A) || kind_of_argument(&refusal),
                            "{call}: {refusal:?}"
                        );
                    }
                }
            }
        }
    }
    assert_eq!(of_state(&project), before, "{allowed:?}");
    for refused in [
        "set_context",
        "create_log",
        "isolate_tenants",
        "release_tenants",
        "grant_service",
        "track_changes",
        "register_event_type",
        "grant_context",
        "release_append_only",
        "repair_log",
    ] {
        assert!(!allowed.contains(refused), "{refused} was not refused");
    }
    // What may be read there is the same for all tenants: logs, event types and tracked tables; not who administered.
    for token in [&Token::anon(), &ann] {
        for table in [
            "log",
            "event_type",
            "tracked_table",
            "column_change",
            "logs",
            "event_types",
            "tracked_tables",
        ] {
            project
                .request(token, &format!("table eventlog.{table}"))
                .unwrap();
            // 55000 from a view.
            let code = project
                .refused(token, &format!("delete from eventlog.{table}"))
                .code;
            assert!(
                matches!(code.as_str(), "42501" | "55000"),
                "{table}: {code}"
            );
        }
        project
            .refused(token, "table eventlog.admin_log")
            .is("42501", "permission denied");
    }
}

/// An error about the caller's own argument may show it.
fn kind_of_argument(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "22P02" | "22023" | "42883" | "42704")
}

/// What the linter finds while these schemas are exposed.
#[track_caller]
fn lints(admin: &mut Client, exposed: &str) -> Vec<String> {
    admin
        .execute(
            "select set_config('pgrst.db_schemas', $1, false)",
            &[&exposed],
        )
        .unwrap();
    let rows = admin
        .query(include_str!("../supabase/lints.sql"), &[])
        .unwrap();
    rows.iter()
        .map(|row| format!("{} {}", row.get::<_, &str>(0), row.get::<_, &str>(1)))
        .collect()
}

#[test]
fn the_linter_has_nothing_to_say() {
    let project = Project::new();
    let mut admin = project.admin();
    // A key table has a unique key without nulls' exception instead of a primary key, since a log may have events of no
    // tenant. What needs a primary key, UPDATE and DELETE by replication, is not done there.
    let keys = "0004 no_primary_key events_key";
    assert_eq!(lints(&mut admin, "public"), [keys]);
    // The catalogue is under no row-level security: there are no rows of tenants in it, and with policies its owner
    // could not dump it. So the schema is better not exposed, see docs/how-to/supabase.md.
    let catalogue = [
        "batch",
        "batch_reader",
        "column_change",
        "event_rule",
        "event_type",
        "handler",
        "isolated_table",
        "log",
        "tracked_table",
        "upcast",
    ]
    .map(|table| format!("0013 rls_disabled_in_public eventlog.{table}"));
    let found = lints(&mut admin, "public, eventlog");
    assert_eq!(found[0], keys);
    assert_eq!(found[1..], catalogue);

    // Partitioned, with a view, of tenants of text, after a repair; and the owner's rights hide nothing from the linter.
    let plain = project.database.role("plain");
    admin
        .batch_execute(&format!(
            "grant create on schema public to {plain};
             alter default privileges for role {plain} in schema public grant all on tables to anon, authenticated"
        ))
        .unwrap();
    project
        .database
        .connect(&plain)
        .batch_execute(
            "select eventlog.create_log('public.parted', tenant_type => 'text', partition_interval => '1 month');
             select eventlog.grant_reader('public.parted', 'authenticated');
             select eventlog.grant_writer('public.parted', 'authenticated');
             select eventlog.create_event_view('public.actions', 'public.parted',
                 '{\"company\": \"tenant_id\", \"action\": \"type\", \"data\": \"payload\"}');
             select eventlog.repair_log('public.parted');",
        )
        .unwrap();
    assert_eq!(
        lints(&mut admin, "public"),
        [keys, "0004 no_primary_key parted_key"]
    );
    // Isolated for everyone, a table has two policies for an owner whom row-level security holds.
    project
        .database
        .connect(&plain)
        .batch_execute(
            "create table public.files (id int primary key, tenant_id uuid);
             select eventlog.isolate_tenants('public.files')",
        )
        .unwrap();
    let found = lints(&mut admin, "public");
    let two = found
        .iter()
        .filter(|line| line.starts_with("0006 multiple_permissive_policies files"));
    assert_eq!((two.count(), found.len()), (4, 6), "{found:?}");
}

/// A rule that never finds anything would be no test.
#[test]
fn the_linter_finds_what_is_wrong() {
    let project = Project::empty();
    let mut admin = project.admin();
    admin
        .batch_execute(
            "set allow_system_table_mods = on;
             update pg_extension set extnamespace = 'public'::regnamespace where extname = 'plpgsql';
             set allow_system_table_mods = off;
             create table public.a (id int primary key, owner uuid);
             grant all on public.a to anon, authenticated;
             create table public.b (a int references public.a, kind regprocedure);
             alter table public.b enable row level security;
             create table public.c (id int primary key, owner uuid);
             alter table public.c enable row level security;
             create policy p on public.c to authenticated using (owner = auth.uid());
             create policy q on public.c for insert to authenticated with check (true);
             create policy r on public.c for select to anon using ((auth.jwt() -> 'user_metadata' ->> 'id') = owner::text);
             create policy s on public.c for delete to anon using ((select auth.uid()) is null or owner = (select auth.uid()));
             create table public.d (id int primary key);
             create policy p on public.d using (true);
             create index one on public.d (id, (id + 1));
             create index two on public.d (id, (id + 1));
             create view public.v as table public.a;
             create materialized view public.m as table public.a;
             create foreign data wrapper w;
             create server s foreign data wrapper w;
             create foreign table public.f (id int) server s;
             grant select on public.v, public.m, public.f, public.d to authenticated;
             create function public.open() returns int language sql security definer as 'select 1'",
        )
        .unwrap_or_else(|error| panic!("{error:?}"));
    let found: BTreeSet<_> = lints(&mut admin, "public")
        .iter()
        .map(|line| line[..4].to_owned())
        .collect();
    let all = [
        "0001", "0003", "0004", "0006", "0007", "0008", "0009", "0010", "0011", "0013", "0014",
        "0015", "0016", "0017", "0018", "0024", "0028", "0029", "0030",
    ];
    assert_eq!(found, all.map(str::to_owned).into());
}
