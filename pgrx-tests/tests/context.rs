//! Nobody says who acts but those who may: all that an ordinary role can try, over real connections.

use pg_eventlog_tests::{Database, Refusal, refused};
use postgres::{Client, NoTls};

/// All that the context says, in one text; an empty one where it says nothing.
const SAID: &str = "select concat_ws(' ', eventlog.current_tenant(), eventlog.current_actor_type(), eventlog.current_actor(),
    eventlog.current_correlation(), eventlog.current_causation(), eventlog.current_reason(),
    nullif(eventlog.current_context(), '{}'))";

const CLAIMS: &str = r#"{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}}"#;

/// The settings of the context, and those that say whose claims count.
const SETTINGS: [&str; 9] = [
    "tenant_id",
    "actor_type",
    "actor_id",
    "correlation_id",
    "causation_id",
    "reason",
    "context",
    "jwt_logins",
    "tenant_claim",
];

#[track_caller]
fn said(client: &mut Client) -> String {
    client.query_one(SAID, &[]).unwrap().get(0)
}

fn set_claims(client: &mut Client, claims: &str) {
    client
        .execute(
            "select set_config('request.jwt.claims', $1, false)",
            &[&claims],
        )
        .unwrap();
}

/// A value that would do harm if it were believed: a tenant, or the guest as one whose claims count.
fn evil(setting: &str, guest: &str) -> String {
    match setting {
        "jwt_logins" => guest.to_owned(),
        "tenant_claim" => "sub".to_owned(),
        "context" => "{\"evil\":1}".to_owned(),
        _ => "evil".to_owned(),
    }
}

#[test]
fn an_ordinary_role_does_not_call_set_context() {
    let database = Database::fresh();
    let guest = database.role("guest");
    let mut client = database.connect(&guest);
    for call in [
        "select eventlog.set_context('evil')",
        "select eventlog.set_context()",
        "do $$ begin perform eventlog.set_context('evil'); end $$",
        "select eventlog.set_context(tenant_id => 'evil') from generate_series(1, 2)",
        "grant execute on function eventlog.set_context to current_user; select eventlog.set_context('evil')",
        "create function pg_temp.mine(text, text, text, text, text, text) returns void language c as '$libdir/pg_eventlog', 'eventlog_set_context'",
        "alter function eventlog.set_context owner to current_user",
        "select eventlog.grant_context(current_user)",
        "select eventlog.revoke_context('postgres')",
        "load 'pg_eventlog'",
    ] {
        refused(client.batch_execute(call)).is("42501", "");
        assert_eq!(said(&mut client), "", "{call}");
    }
}

/// Before the library is loaded its settings are anyone's placeholders; loading it drops what they held.
#[test]
fn what_a_session_sets_by_hand_is_not_believed() {
    let database = Database::fresh();
    let guest = database.role("guest");
    for setting in SETTINGS {
        let value = evil(setting, &guest);
        for attempt in [
            "set eventlog.{} = '{v}'",
            "set session eventlog.{} to '{v}'",
            "select set_config('eventlog.{}', '{v}', false)",
            "begin; set local eventlog.{} = '{v}'",
            "begin; select set_config('eventlog.{}', '{v}', true)",
            "begin; savepoint s; set eventlog.{} = '{v}'; release s",
            "begin; set eventlog.{} = '{v}'; savepoint s; set local eventlog.{} = '{v}'; rollback to s",
            "update pg_settings set setting = '{v}' where name = 'eventlog.{}'; set eventlog.{} = '{v}'",
            "do $$ begin perform set_config('eventlog.{}', '{v}', false); end $$",
        ] {
            let attempt = attempt.replace("{}", setting).replace("{v}", &value);
            // Before the library is loaded.
            let mut client = database.connect(&guest);
            set_claims(&mut client, CLAIMS);
            client
                .batch_execute(&attempt)
                .unwrap_or_else(|error| panic!("{attempt}: {error:?}"));
            assert_eq!(said(&mut client), "", "{attempt}");
            client.batch_execute("commit").unwrap();
            assert_eq!(said(&mut client), "", "{attempt}, and commit");
            // And afterwards.
            client.batch_execute("rollback; reset all").unwrap();
            set_claims(&mut client, CLAIMS);
            refused(client.batch_execute(&attempt)).is("42501", "permission denied");
            client.batch_execute("rollback").unwrap();
            assert_eq!(said(&mut client), "", "{attempt}, loaded");
            refused(client.batch_execute(&format!("reset eventlog.{setting}")))
                .is("42501", "permission denied");
        }
    }
    // There are no others under the name.
    let mut client = database.connect(&guest);
    client.batch_execute("set eventlog.spare = 'x'").unwrap();
    assert_eq!(said(&mut client), "");
    refused(client.query_one("select current_setting('eventlog.spare')", &[])).is("42704", "");
    refused(client.batch_execute("set eventlog.spare = 'x'")).is("42602", "");
}

#[test]
fn what_a_connection_asks_for_is_not_believed() {
    let database = Database::fresh();
    let guest = database.role("guest");
    let options = SETTINGS
        .map(|setting| format!("-c eventlog.{setting}={}", evil(setting, &guest)))
        .join(" ");
    let mut config = database.cluster().config(database.name(), &guest);
    config.options(&format!(
        "{options} -c request.jwt.claims={{\"sub\":\"u-1\"}}"
    ));
    let mut client = config.connect(NoTls).unwrap();
    assert_eq!(said(&mut client), "");
    client.batch_execute("reset all").unwrap();
    assert_eq!(said(&mut client), "");
    client.batch_execute("discard all").unwrap();
    assert_eq!(said(&mut client), "");
}

/// Nor what the role writes into the catalogue: for itself, or for the database that it owns.
#[test]
fn nobody_gives_a_role_or_database_a_context() {
    let database = Database::fresh();
    let guest = database.role("guest");
    let name = database.name().to_owned();
    database
        .admin()
        .batch_execute(&format!(
            "alter database {name} owner to {guest}; alter role {guest} createrole"
        ))
        .unwrap();
    for loaded in [false, true] {
        for setting in SETTINGS {
            let value = evil(setting, &guest);
            for attempt in [
                format!("alter role {guest} set eventlog.{setting} = '{value}'"),
                format!("alter role current_user set eventlog.{setting} = '{value}'"),
                format!("alter database {name} set eventlog.{setting} = '{value}'"),
                format!("alter role {guest} in database {name} set eventlog.{setting} = '{value}'"),
                format!("alter system set eventlog.{setting} = '{value}'"),
                format!("grant set on parameter eventlog.{setting} to {guest}"),
                format!(
                    "set eventlog.{setting} = '{value}'; alter role {guest} set eventlog.{setting} from current"
                ),
                format!(
                    "create or replace function public.f() returns text language sql set eventlog.{setting} = '{value}' as $$ {SAID} $$"
                ),
                format!(
                    "create or replace procedure public.p() language sql security definer set eventlog.{setting} = '{value}' as $$ {SAID} $$"
                ),
            ] {
                let mut client = database.connect(&guest);
                if loaded {
                    said(&mut client);
                }
                refused(client.batch_execute(&attempt)).is("42501", "permission denied");
                assert_eq!(said(&mut client), "", "{attempt}");
                let mut next = database.connect(&guest);
                set_claims(&mut next, CLAIMS);
                assert_eq!(said(&mut next), "", "{attempt}");
            }
        }
    }
}

/// A superuser may: the role then has this tenant unless a context says otherwise, and cannot rid itself of it.
#[test]
fn a_superuser_gives_a_role_its_tenant() {
    let database = Database::fresh();
    let guest = database.role("guest");
    database
        .admin()
        .batch_execute(&format!(
            "alter role {guest} set eventlog.tenant_id = 'its'"
        ))
        .unwrap();
    for attempt in [
        "set eventlog.tenant_id = 'evil'",
        "set eventlog.tenant_id = ''",
        "reset eventlog.tenant_id",
        "reset all",
        "discard all",
        "begin; set local eventlog.tenant_id = 'evil'",
    ] {
        let mut client = database.connect(&guest);
        client.batch_execute(attempt).unwrap();
        assert_eq!(said(&mut client), "its", "{attempt}");
        client.batch_execute(attempt).ok();
        client.batch_execute("rollback").unwrap();
        assert_eq!(said(&mut client), "its", "{attempt}, loaded");
    }
}

/// The commonest set-up: a login that may not set the context calls a function of somebody who may.
#[test]
fn a_context_that_was_set_stays_to_the_end_of_its_transaction() {
    let database = Database::fresh();
    let (guest, service) = (database.role("guest"), database.role("service"));
    database
        .admin()
        .batch_execute(&format!(
            "select eventlog.grant_context('{service}');
             create function public.enter(tenant text) returns void language plpgsql security definer
                 set search_path = pg_catalog, pg_temp
                 as $$ begin perform eventlog.set_context(tenant, 'user', 'u-1'); end $$;
             alter function public.enter owner to {service};
             create function public.look() returns text language sql security definer as $$ {SAID} $$"
        ))
        .unwrap();
    let mut client = database.connect(&guest);
    for (attempt, code) in [
        ("reset all", ""),
        ("reset eventlog.tenant_id", "42501"),
        ("reset role", ""),
        ("reset session authorization", ""),
        ("set session authorization default", ""),
        ("set eventlog.tenant_id = 'evil'", "42501"),
        ("set local eventlog.tenant_id to default", "42501"),
        ("select set_config('eventlog.tenant_id', '', true)", "42501"),
        (
            "select set_config('eventlog.tenant_id', null, true)",
            "42501",
        ),
        ("select eventlog.set_context('evil')", "42501"),
        ("discard all", "25001"),
        ("discard plans", ""),
        ("discard temp", ""),
        ("set request.jwt.claims = '{\"sub\": \"u-2\"}'", ""),
        (
            "do $$ begin perform set_config('eventlog.actor_id', 'evil', false); end $$",
            "42501",
        ),
    ] {
        client
            .batch_execute("begin; select public.enter('mine'); savepoint s")
            .unwrap();
        match client.batch_execute(attempt) {
            Ok(()) => assert_eq!(code, "", "{attempt}"),
            Err(error) => {
                assert_eq!(Refusal::of(&error).code, code, "{attempt}");
                client.batch_execute("rollback to s").unwrap();
            }
        }
        assert_eq!(said(&mut client), "mine user u-1", "{attempt}");
        let looked: String = client
            .query_one("select public.look()", &[])
            .unwrap()
            .get(0);
        assert_eq!(looked, "mine user u-1", "{attempt}");
        client.batch_execute("commit").unwrap();
        assert_eq!(said(&mut client), "", "{attempt}, and commit");
    }
    // What goes back to before it was set has none.
    client
        .batch_execute("begin; savepoint s; select public.enter('mine'); rollback to s")
        .unwrap();
    assert_eq!(said(&mut client), "");
    client
        .batch_execute(
            "rollback; begin; select public.enter('mine'); prepare mine as select 1; discard plans",
        )
        .unwrap();
    assert_eq!(said(&mut client), "mine user u-1");
}

/// Whoever has SQL can set `request.jwt.claims`, so the role that logged in decides, not the one that acts.
#[test]
fn claims_count_in_the_sessions_of_listed_logins() {
    let database = Database::fresh();
    let [gate, api, guest, user] = ["gate", "Api", "guest", "user"].map(|role| {
        let role = format!("{role}_{}", database.name());
        let mut admin = database.admin();
        admin
            .batch_execute(&format!("create role \"{role}\" login"))
            .unwrap();
        role
    });
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "create role authenticator login noinherit; grant {user} to authenticator, {gate}, \"{api}\", {guest};
             create function public.look() returns text language sql security definer as $$ {SAID} $$"
        ))
        .unwrap();
    let believed = |role: &str| {
        let mut client = database.connect(role);
        set_claims(&mut client, CLAIMS);
        let mut answers = vec![said(&mut client)];
        client
            .batch_execute(&format!("begin; set local role {user}"))
            .unwrap();
        answers.push(said(&mut client));
        let row = client.query_one("select public.look()", &[]).unwrap();
        answers.push(row.get(0));
        client.batch_execute("commit").unwrap();
        client.batch_execute("discard all").unwrap();
        assert_eq!(said(&mut client), "");
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        match answers[0].as_str() {
            "t-1 user u-1" => true,
            "" => false,
            other => panic!("{other}"),
        }
    };
    for (login, expected) in [
        ("authenticator", true),
        (&*gate, false),
        (&*api, false),
        (&*guest, false),
        (&*user, false),
    ] {
        assert_eq!(believed(login), expected, "{login}");
    }
    admin
        .batch_execute(&format!(
            "alter database {} set eventlog.jwt_logins = '{gate}, \"{api}\"'",
            database.name()
        ))
        .unwrap();
    for (login, expected) in [
        ("authenticator", false),
        (&*gate, true),
        (&*api, true),
        (&*guest, false),
        (&*user, false),
    ] {
        assert_eq!(believed(login), expected, "{login}");
    }
    admin
        .batch_execute(&format!(
            "alter database {} set eventlog.jwt_logins = ''",
            database.name()
        ))
        .unwrap();
    assert!(!believed(&gate) && !believed("authenticator"));

    // A superuser's session counts always, as long as it is one.
    set_claims(&mut admin, CLAIMS);
    assert_eq!(said(&mut admin), "t-1 user u-1");
    admin
        .batch_execute(&format!("set session authorization {guest}"))
        .unwrap();
    assert_eq!(said(&mut admin), "");
    admin.batch_execute("reset session authorization").unwrap();
    assert_eq!(said(&mut admin), "t-1 user u-1");
    // This session is older than the database's setting, so the default holds in it.
    admin
        .batch_execute("set session authorization authenticator")
        .unwrap();
    assert_eq!(said(&mut admin), "t-1 user u-1");
    admin
        .batch_execute("reset session authorization; drop role authenticator")
        .unwrap();
}

/// What a session found out about its role does not outlast a change of that role.
#[test]
fn a_login_that_changes_is_judged_anew() {
    let database = Database::fresh();
    let gate = database.role("gate");
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "alter database {} set eventlog.jwt_logins = '{gate}'",
            database.name()
        ))
        .unwrap();
    let mut client = database.connect(&gate);
    set_claims(&mut client, CLAIMS);
    assert_eq!(said(&mut client), "t-1 user u-1");
    for (change, expected) in [
        ("alter role {} rename to other_{}", ""),
        ("alter role other_{} superuser", "t-1 user u-1"),
        ("alter role other_{} nosuperuser", ""),
        ("alter role other_{} rename to {}", "t-1 user u-1"),
    ] {
        admin.batch_execute(&change.replace("{}", &gate)).unwrap();
        assert_eq!(said(&mut client), expected, "{change}");
    }
    // Other claims are other claims, also within a transaction and of the same length.
    client.batch_execute("begin").unwrap();
    for n in 2..9 {
        set_claims(&mut client, &CLAIMS.replace('1', &n.to_string()));
        assert_eq!(said(&mut client), format!("t-{n} user u-{n}"));
    }
    for nothing in ["", "{}", "no JSON", "{\"sub\": []}", " "] {
        set_claims(&mut client, nothing);
        assert_eq!(said(&mut client), "", "{nothing}");
    }
    client.batch_execute("rollback").unwrap();
    assert_eq!(said(&mut client), "t-1 user u-1");
}

#[test]
fn parallel_workers_have_the_same_context() {
    let database = Database::fresh();
    let (gate, guest) = (database.role("gate"), database.role("guest"));
    let mut admin = database.admin();
    admin
        .batch_execute(&format!(
            "alter database {} set eventlog.jwt_logins = '{gate}';
             create table public.one as select 1 as n;
             create function public.pid() returns int stable parallel safe language sql as 'select pg_backend_pid()';
             grant select on public.one to {gate}, {guest};
             select eventlog.grant_context('{guest}');",
            database.name()
        ))
        .unwrap();
    let force = "select set_config(name, 'on', false) from pg_settings
        where name in ('force_parallel_mode', 'debug_parallel_query')";
    let in_worker = &format!("{SAID} || ':' || (public.pid() <> $1)::text from public.one");
    let ask = |client: &mut Client| -> String {
        let leader: i32 = client
            .query_one("select pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        client.query_one(in_worker, &[&leader]).unwrap().get(0)
    };
    for (role, claimed) in [(&gate, "t-1 user u-1"), (&guest, "")] {
        let mut client = database.connect(role);
        client.simple_query(force).unwrap();
        set_claims(&mut client, CLAIMS);
        assert_eq!(ask(&mut client), format!("{claimed}:true"));
    }
    let mut client = database.connect(&guest);
    client.simple_query(force).unwrap();
    client
        .batch_execute("begin; select eventlog.set_context('mine', 'user', 'u-7', context => '{\"r\": [1.10]}')")
        .unwrap();
    assert_eq!(ask(&mut client), "mine user u-7 {\"r\": [1.10]}:true");
    admin.simple_query(force).unwrap();
    set_claims(&mut admin, CLAIMS);
    assert_eq!(ask(&mut admin), "t-1 user u-1:true");
    admin
        .batch_execute(&format!("set session authorization {guest}"))
        .unwrap();
    assert_eq!(ask(&mut admin), ":true");
}

/// The installer of a trusted extension says who sets the context, and takes back what a superuser granted.
#[test]
fn the_installer_grants_and_revokes() {
    let database = Database::empty();
    let (owner, guest) = (database.role("owner"), database.role("guest"));
    let name = database.name();
    database
        .admin()
        .batch_execute(&format!("alter database {name} owner to {owner}"))
        .unwrap();
    let mut client = database.connect(&owner);
    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    let set = "select eventlog.set_context('mine')";
    let grants = [
        (
            owner.as_str(),
            format!("select eventlog.grant_context('{guest}')"),
        ),
        (
            "postgres",
            format!("select eventlog.grant_context('{guest}')"),
        ),
        (
            &owner,
            format!("grant execute on function eventlog.set_context to {guest}"),
        ),
        (
            "postgres",
            format!("grant execute on function eventlog.set_context to {guest}"),
        ),
    ];
    for (granter, grant) in &grants {
        for revoker in [owner.as_str(), "postgres"] {
            database.connect(granter).batch_execute(grant).unwrap();
            database.connect(&guest).batch_execute(set).unwrap();
            database
                .connect(revoker)
                .batch_execute(&format!("select eventlog.revoke_context('{guest}')"))
                .unwrap();
            refused(database.connect(&guest).batch_execute(set)).is("42501", "permission denied");
        }
    }
    // All of them at once.
    for (granter, grant) in grants.iter().rev() {
        database.connect(granter).batch_execute(grant).unwrap();
    }
    client
        .batch_execute(&format!("select eventlog.revoke_context('{guest}')"))
        .unwrap();
    refused(database.connect(&guest).batch_execute(set)).is("42501", "permission denied");

    refused(client.batch_execute(&format!("select eventlog.revoke_context('{owner}')")))
        .is("22023", "keeps the right");
    client.batch_execute(set).unwrap();
    refused(client.batch_execute("select eventlog.grant_context('nobody')")).is("42704", "");
    refused(client.batch_execute("select eventlog.grant_context(null)")).is("22023", "");
    refused(
        database
            .connect(&guest)
            .batch_execute(&format!("select eventlog.grant_context('{guest}')")),
    )
    .is("42501", "owner of extension");
    let recorded: String = client
        .query_one(
            "select string_agg(distinct concat_ws(' ', role, action, object), ', ') from eventlog.admin_log
             where role = $1 and action = 'grant_context'",
            &[&owner],
        )
        .unwrap()
        .get(0);
    assert_eq!(recorded, format!("{owner} grant_context {guest}"));
}
