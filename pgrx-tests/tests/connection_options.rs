//! What a connection asks for in its options or its startup packet neither counts nor hides what a superuser gave to the
//! role or the database.

use pg_eventlog_tests::{Cluster, Database, Install, Refusal, refused};
use postgres::{Client, NoTls};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

const SAID: &str = "select concat_ws(' ', eventlog.current_tenant(), eventlog.current_actor_type(), eventlog.current_actor(),
    eventlog.current_reason(), nullif(eventlog.current_context(), '{}'))";

const CLAIMS: &str =
    r#"set request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}}'"#;

/// All the ways to write options that name these settings.
const OPTIONS: [&str; 6] = [
    "-c eventlog.tenant_id=evil -c eventlog.actor_id=evil -c eventlog.actor_type=evil -c eventlog.context={\"evil\":1}",
    "-c eventlog.tenant_id= -c eventlog.actor_id= -c eventlog.actor_type= -c eventlog.reason= -c eventlog.context=",
    "--eventlog.tenant_id=evil --eventlog.actor-id=evil --eventlog.actor-type=evil",
    "-c EVENTLOG.TENANT_ID=evil -c Eventlog.Actor_Id=evil -c eventlog.ACTOR_TYPE=evil",
    "-ceventlog.tenant_id=a -c eventlog.tenant_id=b -c eventlog.reason=evil",
    "-c eventlog.reason=evil -c search_path=public -c eventlog.spare=evil",
];

#[track_caller]
fn said(client: &mut Client) -> String {
    client.query_one(SAID, &[]).unwrap().get(0)
}

fn with_options(cluster: &Cluster, database: &str, role: &str, options: &str) -> Client {
    let mut config = cluster.config(database, role);
    config.options(options).connect(NoTls).unwrap()
}

#[test]
fn options_hide_nothing_that_a_superuser_gave() {
    let database = Database::fresh();
    let (name, guest) = (database.name(), database.role("guest"));
    let mut admin = database.admin();
    // What counts more comes later.
    for (give, expected) in [
        ("select", ""),
        (
            "alter database {d} set eventlog.tenant_id = 'of-database'; alter database {d} set eventlog.actor_type = 'db'",
            "of-database db",
        ),
        (
            "alter role {r} set eventlog.tenant_id = 'of-role'; alter role {r} set eventlog.actor_id = 'u-1'",
            "of-role db u-1",
        ),
        (
            "alter role {r} in database {d} set eventlog.tenant_id = 'of-both';
             alter role {r} in database {d} set eventlog.context = '{\"release\": 1.0}'",
            "of-both db u-1 {\"release\": 1.0}",
        ),
        (
            "alter role {r} in database {d} set eventlog.tenant_id = ''",
            "db u-1 {\"release\": 1.0}",
        ),
    ] {
        let give = give.replace("{r}", &guest).replace("{d}", name);
        admin.batch_execute(&give).unwrap();
        assert_eq!(said(&mut database.connect(&guest)), expected, "{give}");
        for options in OPTIONS {
            // As the first thing of the session, in a transaction, after a savepoint that is undone.
            for before in [
                "select",
                "begin; savepoint s",
                "begin; set local eventlog.tenant_id = 'evil'",
            ] {
                let mut client = with_options(database.cluster(), name, &guest, options);
                client.batch_execute(before).unwrap();
                assert_eq!(said(&mut client), expected, "{give}: {options}: {before}");
                client.batch_execute("rollback").unwrap();
                for after in ["select", "reset all", "discard all", "begin; rollback"] {
                    client.batch_execute(after).unwrap();
                    assert_eq!(said(&mut client), expected, "{give}: {options}: {after}");
                }
            }
        }
    }
    // A context that is set counts, and what was given is there again after it.
    admin
        .batch_execute(&format!("select eventlog.grant_context('{guest}')"))
        .unwrap();
    let mut client = with_options(database.cluster(), name, &guest, OPTIONS[0]);
    client
        .batch_execute("begin; select eventlog.set_context('mine')")
        .unwrap();
    assert_eq!(said(&mut client), "mine");
    client.batch_execute("commit").unwrap();
    assert_eq!(said(&mut client), "db u-1 {\"release\": 1.0}");
}

/// Who has the right to set a setting may do so in the options too.
#[test]
fn options_of_those_who_may_set_them_count() {
    let database = Database::fresh();
    let (name, guest) = (database.name(), database.role("guest"));
    database
        .admin()
        .batch_execute(&format!(
            "alter database {name} set eventlog.tenant_id = 'given'; alter database {name} set eventlog.actor_id = 'u-1';
             grant set on parameter eventlog.tenant_id to {guest}"
        ))
        .unwrap();
    let options = "-c eventlog.tenant_id=mine -c eventlog.actor_id=mine";
    let mut client = with_options(database.cluster(), name, &guest, options);
    assert_eq!(said(&mut client), "mine u-1");
    let mut client = with_options(database.cluster(), name, "postgres", options);
    assert_eq!(said(&mut client), "mine mine");
    // The session's settings are those of the login, whoever it becomes.
    client
        .batch_execute(&format!("set session authorization {guest}"))
        .unwrap();
    assert_eq!(said(&mut client), "mine mine");
}

#[test]
fn options_turn_no_claims_on() {
    let database = Database::fresh();
    let (name, gate) = (database.name(), database.role("gate"));
    let mut admin = database.admin();
    let believed = |options: &str| {
        let mut client = with_options(database.cluster(), name, &gate, options);
        client.batch_execute(CLAIMS).unwrap();
        said(&mut client)
    };
    let all = [
        "-c eventlog.jwt_logins={r}",
        "-c eventlog.jwt_logins=authenticator,{r}",
        "-c eventlog.jwt_logins=",
        "-c eventlog.jwt_logins=x",
        "-c eventlog.tenant_claim=sub -c eventlog.JWT_logins={r}",
    ]
    .map(|options| options.replace("{r}", &gate));
    for options in &all {
        assert_eq!(believed(options), "", "{options}");
    }
    // The list is the database's, so what the connection says of it is dropped; the path is not known any more.
    admin
        .batch_execute(&format!(
            "alter database {name} set eventlog.jwt_logins = '{gate}'"
        ))
        .unwrap();
    assert_eq!(believed(""), "t-1 user u-1");
    for options in &all[..4] {
        assert_eq!(believed(options), "t-1 user u-1", "{options}");
    }
    assert_eq!(believed(&all[4]), "user u-1");
    admin
        .batch_execute(&format!(
            "alter role {gate} set eventlog.jwt_logins = ''; alter role {gate} set eventlog.tenant_claim = 'sub'"
        ))
        .unwrap();
    for options in ["", &all[0], &all[2], &all[4]] {
        assert_eq!(believed(options), "", "{options}");
    }
}

/// The configuration file's value is gone once a connection has hidden it, so no claims count then.
#[test]
fn options_hide_the_configuration_file_from_nobody_but_oneself() {
    for (preloaded, settings) in [
        (false, vec!["eventlog.jwt_logins = 'authenticator,api'"]),
        (
            false,
            vec![
                "eventlog.jwt_logins = 'api'",
                "session_preload_libraries = 'pg_eventlog'",
            ],
        ),
        (
            true,
            vec![
                "eventlog.jwt_logins = 'api'",
                "shared_preload_libraries = 'pg_eventlog'",
            ],
        ),
    ] {
        let cluster = Cluster::with(Install::under_test(), &settings);
        let mut admin = cluster.connect("postgres", "postgres");
        admin
            .batch_execute("create extension pg_eventlog; create role api login; create role guest login; create role authenticator login")
            .unwrap();
        admin
            .batch_execute("alter role guest set eventlog.tenant_id = 'its'")
            .unwrap();
        let mut client = cluster.connect("postgres", "api");
        client.batch_execute(CLAIMS).unwrap();
        assert_eq!(said(&mut client), "t-1 user u-1", "{settings:?}");
        for (role, options, expected) in [
            ("api", "-c eventlog.jwt_logins=api", ""),
            ("authenticator", "-c eventlog.jwt_logins=", ""),
            ("authenticator", "-c eventlog.jwt_logins=authenticator", ""),
            ("api", "-c eventlog.tenant_claim=sub", "user u-1"),
            ("guest", "-c eventlog.tenant_id=evil", "its"),
        ] {
            if preloaded {
                let mut config = cluster.config("postgres", role);
                let error = config.options(options).connect(NoTls).err().unwrap();
                assert_eq!(Refusal::of(&error).code, "42501", "{settings:?}: {options}");
                continue;
            }
            let mut client = with_options(&cluster, "postgres", role, options);
            client.batch_execute(CLAIMS).unwrap();
            assert_eq!(said(&mut client), expected, "{settings:?}: {options}");
        }
        // What a session sets by hand takes nothing away, also from those who come after it in a pool.
        if !preloaded {
            let mut client = cluster.connect("postgres", "api");
            client
                .batch_execute("set eventlog.jwt_logins = ''; set eventlog.tenant_claim = ''")
                .ok();
            client.batch_execute(CLAIMS).unwrap();
            assert_eq!(said(&mut client), "t-1 user u-1", "{settings:?}");
        }
    }
}

/// Drivers can put settings into the startup packet itself, beside the options.
#[test]
fn the_startup_packet_hides_nothing() {
    let database = Database::fresh();
    let (name, guest) = (database.name(), database.role("guest"));
    database
        .admin()
        .batch_execute(&format!(
            "alter role {guest} set eventlog.tenant_id = 'its'"
        ))
        .unwrap();
    for setting in ["eventlog.tenant_id", "Eventlog.TENANT_ID"] {
        for value in ["evil", "", "its"] {
            let parameters = [
                ("user", guest.as_str()),
                ("database", name),
                (setting, value),
            ];
            let answer = ask(database.cluster(), &parameters);
            assert!(
                answer.contains("tenant=its."),
                "{setting}={value}: {answer}"
            );
        }
    }
}

/// Connects with these parameters and asks for the tenant; all that the server says, as text.
fn ask(cluster: &Cluster, parameters: &[(&str, &str)]) -> String {
    let socket = std::fs::read_dir(cluster.directory())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().ends_with("/.s.PGSQL.5432"))
        .unwrap();
    let mut stream = UnixStream::connect(socket).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend([name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat());
    }
    body.push(0);
    let mut packet = (body.len() as u32 + 4).to_be_bytes().to_vec();
    packet.extend(body);
    let query = b"select 'tenant=' || coalesce(eventlog.current_tenant(), '') || '.'\0";
    packet.push(b'Q');
    packet.extend((query.len() as u32 + 4).to_be_bytes());
    packet.extend(query);
    packet.extend([b'X', 0, 0, 0, 4]);
    stream.write_all(&packet).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// In the midst of a parallel query no setting can be given its value: the library says so, rather than to lose it.
#[test]
fn a_parallel_query_loses_no_setting() {
    let database = Database::fresh();
    let guest = database.role("guest");
    database
        .admin()
        .batch_execute(&format!(
            "alter role {guest} set eventlog.tenant_id = 'its';
             create table public.one as select 1 as n;
             create function public.late() returns text stable parallel safe language plpgsql as
                 $$ begin return eventlog.current_tenant(); end $$;
             grant select on public.one to {guest}"
        ))
        .unwrap();
    let mut client = database.connect(&guest);
    client
        .simple_query("select set_config(name, 'on', false) from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query')")
        .unwrap();
    refused(client.query_one("select public.late() from public.one", &[]))
        .is("55000", "parallel query");
    assert_eq!(said(&mut client), "its");
    let tenant: String = client
        .query_one("select public.late() from public.one", &[])
        .unwrap()
        .get(0);
    assert_eq!(tenant, "its");
}
