//! A log made by chance, what its owner hung there, and who writes to it.

use std::fmt::Write;

use crate::chance::{self, Random};
use pg_eventlog_tests::{Database, SUPERUSER};
use postgres::Client;

/// What happens in a round.
const STEPS: usize = 24;

/// What was done, so that a run that does nothing is seen.
#[derive(Debug, Default)]
pub struct Done {
    /// events written, or refused, on the straight road
    pub straight: u64,
    pub straight_refused: u64,
    /// those of which the executor was asked though it was not told to
    pub executed: u64,
    /// those that were refused on both
    pub refused: u64,
    /// changes of the log
    pub changed: u64,
    /// changes of the log that could not be
    pub unchanged: u64,
}

/// What a road did: the result or the error, what was written, how many numbers were drawn.
#[derive(Debug, PartialEq)]
struct Outcome {
    result: String,
    rows: Vec<String>,
    drawn: i64,
}

pub struct World {
    /// who changes the log, and commits
    admin: Client,
    /// who writes, whose backend keeps what it knows
    writer: Client,
    random: Random,
    tenant_type: &'static str,
    roles: Vec<String>,
    told: String,
}

impl World {
    pub fn new(database: &Database, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut admin = database.admin();
        admin.batch_execute(include_str!("world.sql")).unwrap();
        let suffix = database.name();
        let roles: Vec<String> = [
            "owner", "writer", "columns", "service", "nobody", "bypass", "heir",
        ]
        .iter()
        .map(|name| format!("roads_{name}_{suffix}"))
        .collect();
        for role in &roles {
            admin
                .batch_execute(&format!(
                    "do $$ begin create role {role}; exception when duplicate_object then end $$"
                ))
                .unwrap();
        }
        let (owner, writer) = (&roles[0], &roles[1]);
        let tenant_type = ["text", "bigint", "uuid"][random.below(3)];
        let require = random.one_in(2);
        let unregistered = random.of(&["reject", "allow"]);
        let partitions = match random.one_in(10) {
            true => ", partition_interval => '1 month'",
            false => "",
        };
        let granted = match random.below(3) {
            0 => format!("select eventlog.grant_writer('world.events', '{writer}');"),
            1 => format!("grant insert on world.events to {writer};"),
            _ => String::new(),
        };
        let made = format!(
            "alter role {bypass} bypassrls;
             grant {writer} to {heir};
             grant usage, create on schema world to {owner};
             grant insert on world.members to {owner};
             set role {owner};
             select eventlog.create_log('world.events', tenant_type => '{tenant_type}', require_tenant => {require},
                unregistered => '{unregistered}'{partitions});
             select eventlog.register_event_type('task.done', required => '{{n}}', optional => '{{big,note}}',
                entity_types => '{{task,order}}', log => 'world.events');
             select eventlog.register_event_type('task.begun', log => 'world.events');
             {granted}
             reset role;",
            bypass = roles[5],
            heir = roles[6],
        );
        admin.batch_execute(&made).unwrap();
        let mut client = database.connect(SUPERUSER);
        client
            .batch_execute(
                "set client_min_messages = error;
                 set track_functions = 'all';
                 select eventlog.set_context(null);",
            )
            .ok();
        World {
            admin,
            writer: client,
            random,
            tenant_type,
            roles,
            told: made,
        }
    }

    pub fn run(mut self, done: &mut Done) {
        for _ in 0..self.random.below(3) {
            self.change(done);
        }
        for _ in 0..STEPS {
            if self.random.one_in(6) {
                self.change(done);
            }
            self.write(done);
        }
        self.admin
            .batch_execute(
                "grant execute on function eventlog.new_xid(), eventlog.new_event_id() to public;
                 grant execute on function eventlog.may_write(text, text, text), eventlog.may_write(uuid, text, text),
                     eventlog.may_write(bigint, text, text) to public;
                 set eventlog.allow_drop = on;
                 drop schema world cascade;
                 reset eventlog.allow_drop;",
            )
            .unwrap();
        self.admin
            .batch_execute(
                "select eventlog.forget_log(log_id) from eventlog.logs where relation is null",
            )
            .ok();
    }

    /// Changes the log, or who may do what there.
    fn change(&mut self, done: &mut Done) {
        let statement = chance::change(&mut self.random, &self.roles);
        match self.admin.batch_execute(&statement) {
            Ok(()) => {
                done.changed += 1;
                writeln!(self.told, "{statement};").unwrap();
            }
            Err(_) => {
                done.unchanged += 1;
                self.admin.batch_execute("rollback; reset role").unwrap();
            }
        }
    }

    /// Writes on both roads, and compares.
    fn write(&mut self, done: &mut Done) {
        let call = chance::call(&mut self.random, self.tenant_type);
        let quoted = call.replace('\'', "''");
        let call = match self.random.below(6) {
            0 => format!("select world.through('{quoted}')"),
            1 => format!("select world.catch('{quoted}')"),
            2 => format!("select world.lent('{quoted}')"),
            _ => call,
        };
        let mut settings = Vec::new();
        let role = match self.random.below(14) {
            i if i < self.roles.len() => self.roles[i].clone(),
            i if i < 10 => self.roles[0].clone(),
            i if i < 13 => self.roles[1].clone(),
            _ => "none".to_owned(),
        };
        if !self.random.one_in(4) {
            let tenant = match self.tenant_type {
                "uuid" => "00000000-0000-4000-8000-000000000001",
                _ => "1",
            };
            let actor = self.random.of(&["null", "null", "'ann'"]);
            settings.push(format!(
                "select eventlog.set_context('{tenant}', null, {actor})"
            ));
        }
        if self.random.one_in(12) {
            settings.push("set local row_security = off".to_owned());
        }
        if self.random.one_in(16) {
            settings.push("set local session_replication_role = replica".to_owned());
        }
        if self.random.one_in(16) {
            settings.push("set local default_transaction_isolation = 'serializable'".to_owned());
        }
        settings.push(format!("set local role {role}"));
        if self.random.one_in(16) {
            settings.push("set local transaction_read_only = on".to_owned());
        }
        writeln!(self.told, "-- {}\n{call};", settings.join("; ")).unwrap();

        self.writer.batch_execute("begin").unwrap();
        let (straight, called) = self.road("on", &settings, &call);
        let (executed, _) = self.road("off", &settings, &call);
        assert_eq!(
            straight, executed,
            "the straight road comes first\n{}",
            self.told
        );
        let refused = straight.result.starts_with("ERROR") || straight.result.starts_with("caught");
        done.refused += u64::from(refused);
        match called {
            0 if refused && straight.drawn > 0 => done.straight_refused += 1,
            0 if !straight.rows.is_empty() => done.straight += 1,
            0 => {}
            _ => done.executed += 1,
        }
        // What comes to stand in the log, so that keys and constraints have something to find.
        if !refused && self.random.one_in(2) {
            self.writer.batch_execute(&settings.join(";")).unwrap();
            self.writer.query(&call, &[]).ok();
            self.writer.batch_execute("commit").ok();
        }
        self.writer.batch_execute("rollback").unwrap();
    }

    /// What one road does, and how often the default of `xid` was called.
    fn road(&mut self, straight: &str, settings: &[String], call: &str) -> (Outcome, i64) {
        let count = "select pg_stat_get_xact_function_calls('eventlog.new_xid()'::regprocedure),
            coalesce((select pg_sequence_last_value('world.events_seq_seq')), 0)";
        let rows = "select (to_jsonb(e) - '{seq,id,occurred_at,recorded_at}'::text[])::text
                || (e.occurred_at = e.recorded_at)::text || (e.recorded_at > now() - interval '1 minute')::text
                || (e.tableoid::regclass::text)
            from world.events e where seq > $1
            union all select what from (select what from world.noted order by n) n";
        let client = &mut self.writer;
        client.batch_execute("savepoint road").unwrap();
        let before = client.query_one(count, &[]).unwrap();
        let (calls, last): (Option<i64>, i64) = (before.get(0), before.get(1));
        client
            .batch_execute(&format!(
                "set local eventlog.straight = {straight}; {}",
                settings.join(";")
            ))
            .unwrap();
        client.batch_execute("savepoint call").unwrap();
        let mut result = match client.query(call, &[]) {
            Ok(rows) => rows
                .iter()
                .map(|row| row.get::<_, Option<String>>(0).unwrap_or_default())
                .collect::<String>(),
            Err(error) => told(&error),
        };
        if let Err(error) = client.batch_execute("set constraints all immediate")
            && !result.starts_with("ERROR")
        {
            result = format!("deferred {}", told(&error));
        }
        if result.contains("ERROR") {
            client.batch_execute("rollback to call").unwrap();
        }
        client.batch_execute("reset role").unwrap();
        let found = client.query(rows, &[&last]).unwrap();
        let after = client.query_one(count, &[]).unwrap();
        client.batch_execute("rollback to road").unwrap();
        let outcome = Outcome {
            result,
            rows: found.iter().map(|row| row.get(0)).collect(),
            drawn: after.get::<_, i64>(1) - last,
        };
        let made = after.get::<_, Option<i64>>(0).unwrap_or(0) - calls.unwrap_or(0);
        (outcome, made)
    }
}

/// An error with all that a client sees of it, but for the statement of the extension's own.
fn told(error: &postgres::Error) -> String {
    let Some(e) = error.as_db_error() else {
        panic!("not the server's error: {error:?}")
    };
    let context: Vec<&str> = e
        .where_()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with("SQL statement \"insert into world.events"))
        .collect();
    format!(
        "ERROR {} {} | {:?} | {:?} | {:?}.{:?}.{:?} {:?} {:?} | {}",
        e.code().code(),
        e.message(),
        e.detail().map(masked),
        e.hint(),
        e.schema(),
        e.table(),
        e.column(),
        e.datatype(),
        e.constraint(),
        context.join("; "),
    )
}

/// DETAIL without what differs from event to event: number, id and clock.
fn masked(detail: &str) -> String {
    let Some(row) = detail.strip_prefix("Failing row contains (") else {
        return detail.to_owned();
    };
    let is_number = |part: &str| part.parse::<u64>().is_ok();
    let is_clock = |part: &str| part.len() > 25 && part.starts_with("20") && part.contains('.');
    let is_id = |part: &str| part.len() == 36 && part.as_bytes()[14] == b'7';
    let parts: Vec<&str> = row.split(", ").collect();
    let parts = parts.iter().enumerate().map(|(i, part)| {
        let bare = part.rsplit('(').next().unwrap_or_default();
        let numbered = i == 1 && is_number(parts[0]) && is_number(part);
        match numbered || is_clock(bare) || is_id(bare) {
            true => "?",
            false => *part,
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}
