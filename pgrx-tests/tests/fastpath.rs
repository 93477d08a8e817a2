//! The protocol's function call message, which libpq has as PQfn: no statement and no expression, so that a function
//! knows of its arguments only what its declaration says.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use pg_eventlog_tests::{Cluster, LIMIT, SUPERUSER};

/// A connection that speaks the protocol by hand, as drivers of today have no such call.
struct Wire(UnixStream);

impl Wire {
    fn connect(cluster: &Cluster) -> Wire {
        let socket = cluster.directory().join(".s.PGSQL.5432");
        let stream = UnixStream::connect(socket).expect("the server listens");
        stream
            .set_read_timeout(Some(LIMIT))
            .expect("a limit is set");
        let mut wire = Wire(stream);
        let mut startup = 196_608_u32.to_be_bytes().to_vec();
        startup.extend(format!("user\0{SUPERUSER}\0database\0postgres\0\0").bytes());
        wire.send(None, &startup);
        wire.answers();
        wire
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) {
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend((body.len() as u32 + 4).to_be_bytes());
        message.extend(body);
        self.0.write_all(&message).expect("the server reads");
    }

    /// Calls a function with arguments as text, `\\N` for null; gives what the server answered until it was ready again.
    fn call(&mut self, function: u32, arguments: &[&str]) -> Vec<(u8, String)> {
        let mut body = function.to_be_bytes().to_vec();
        // No codes of formats: all arguments are text.
        body.extend(0_u16.to_be_bytes());
        body.extend((arguments.len() as u16).to_be_bytes());
        for argument in arguments {
            if *argument == "\\N" {
                body.extend(u32::MAX.to_be_bytes());
                continue;
            }
            body.extend((argument.len() as u32).to_be_bytes());
            body.extend(argument.bytes());
        }
        body.extend(0_u16.to_be_bytes());
        self.send(Some(b'F'), &body);
        self.answers()
    }

    fn answers(&mut self) -> Vec<(u8, String)> {
        let mut answers = Vec::new();
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head).expect("the server answers");
            let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; size as usize - 4];
            self.0.read_exact(&mut body).expect("the server answers");
            if head[0] == b'Z' {
                return answers;
            }
            answers.push((head[0], String::from_utf8_lossy(&body).into_owned()));
        }
    }
}

#[test]
fn functions_are_called_without_an_expression() {
    let cluster = Cluster::new();
    cluster
        .psql(
            "postgres",
            SUPERUSER,
            "create extension pg_eventlog; create role writer;
             select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
             create table public.notes (id int primary key, tenant_id text not null);",
        )
        .expect_ok();
    let oid = |name: &str| {
        let sql = format!("select 'eventlog.{name}'::regproc::oid");
        let text = cluster.psql("postgres", SUPERUSER, &sql).expect_ok();
        text.trim().parse::<u32>().expect("it is a number")
    };
    let mut wire = Wire::connect(&cluster);
    let log = "public.events";
    let event = [
        "paid",
        "{}",
        "acme",
        "order",
        "7",
        "user",
        "1",
        "2026-01-01",
        "{}",
        "c",
        "d",
        "s",
        "i",
        "1",
        "k",
        log,
    ];
    for (name, arguments) in [
        ("grant_writer", &[log, "writer"][..]),
        ("revoke_writer", &[log, "writer"]),
        (
            "isolate_tenants",
            &["public.notes", "tenant_id", "{writer}", "\\N", "\\N", "f"],
        ),
        ("release_tenants", &["public.notes"]),
        ("make_append_only", &["public.notes"]),
        ("log_event", &event),
    ] {
        let answers = wire.call(oid(name), arguments);
        assert!(
            answers
                .iter()
                .all(|(kind, _)| *kind == b'V' || *kind == b'N'),
            "{name}: {answers:?}"
        );
    }
    let found = "select count(*) from public.events where tenant_id = 'acme' and actor_id = '1' and idempotency_key = 'k'";
    assert_eq!(
        cluster.psql("postgres", SUPERUSER, found).expect_ok(),
        "1\n"
    );
}
