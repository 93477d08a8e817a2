//! Statements within statements, by chance: triggers of every kind, cascades, MERGE, WITH, exception blocks, partitions and
//! volatile functions change one tracked table. After each transaction its events are replayed in the order of `seq`: each
//! must follow from the one before, and what they lead to must be the table.
//!
//! `EVENTLOG_FUZZ_SEED` repeats a run, and `EVENTLOG_FUZZ_SECONDS` makes it last.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pg_eventlog_tests::{Database, Refusal, Rounds, SUPERUSER};
use postgres::{Client, NoTls};
use serde_json::{Map, Value};

/// Rounds of a run that is not told how long to last.
const ROUNDS: u64 = 6;
/// Transactions of a round.
const TRANSACTIONS: u32 = 12;
/// Errors that no statement of the world may cause.
const NEVER: [&str; 4] = ["XX000", "55000", "54000", "57P03"];

type Entity = Map<String, Value>;

/// What the events so far say.
#[derive(Default)]
struct Replay {
    rows: BTreeMap<String, Entity>,
    seq: i64,
    events: usize,
}

#[test]
fn the_events_of_nested_statements_tell_what_happened() {
    let mut rounds = Rounds::of(ROUNDS);
    let database = Database::fresh();
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let mut config = database.cluster().config(database.name(), SUPERUSER);
    let heard = Arc::clone(&warnings);
    config.notice_callback(move |notice| {
        // A commit that failed has ended its transaction.
        if notice.message() != "there is no transaction in progress" {
            heard.lock().unwrap().push(notice.message().to_owned());
        }
    });
    let mut client = config.connect(NoTls).unwrap();
    let mut events = 0;
    for seed in rounds.by_ref() {
        events += one_round(&mut client, seed);
        let warnings = std::mem::take(&mut *warnings.lock().unwrap());
        assert!(
            warnings.is_empty(),
            "EVENTLOG_FUZZ_SEED={seed}: {warnings:?}"
        );
    }
    println!("{} rounds, {events} events", rounds.begun());
    assert!(
        events > 20 * rounds.begun() as usize,
        "the world hardly moves"
    );
}

fn one_round(client: &mut Client, seed: u64) -> usize {
    let context = format!("EVENTLOG_FUZZ_SEED={seed}");
    client.batch_execute(include_str!("world.sql")).unwrap();
    let partitioned = seed.is_multiple_of(3);
    let options = match seed % 4 {
        0 => "tenant_column => 'tenant', state_column => 'status', deleted_column => 'gone'",
        1 => "state_column => 'status'",
        2 => "tenant_column => 'tenant', ignore => '{tenant}'",
        _ => "deleted_column => 'gone'",
    };
    client
        .batch_execute(&format!(
            "select setseed({});
             call world.make_items({partitioned});
             call world.make_triggers();
             select eventlog.create_log('world.events', tenant_type => 'text', require_tenant => false);
             select eventlog.track_changes('world.items', log => 'world.events', {options});
             select eventlog.track_changes('world.others', log => 'world.events');
             create table world.seen (at timestamptz, rows jsonb)",
            (seed as f64 * 0.618_033_988_749).fract(),
        ))
        .unwrap();
    let (mut items, mut others) = (Replay::default(), Replay::default());
    let mut told = Vec::new();
    for _ in 0..TRANSACTIONS {
        transaction(client, &context, &mut told);
        let story = || format!("{context}\n{}", told.join("\n"));
        items.follow(client, "items", &story);
        others.follow(client, "others", &story);
        client
            .batch_execute(
                "insert into world.seen
                 select clock_timestamp(), (select jsonb_agg(to_jsonb(i) order by id) from world.items i)",
            )
            .unwrap();
    }
    let wrong = client
        .query_one(
            "select (select count(*) from world.seen s where rows is distinct from
                        (select jsonb_agg(to_jsonb(i) order by id) from eventlog.table_as_of(null::world.items, s.at) i))
                 + (select count(*) from world.items i where not gone and eventlog.entity_state('items', i.id, log => 'world.events')
                        is distinct from to_jsonb(i) - case when $1 then 'tenant' else '' end)",
            &[&options.contains("ignore")],
        )
        .unwrap();
    assert_eq!(
        wrong.get::<_, i64>(0),
        0,
        "{context}: the past is wrong\n{}",
        told.join("\n")
    );
    items.events + others.events
}

/// One transaction; what was done stands in `told`.
fn transaction(client: &mut Client, context: &str, told: &mut Vec<String>) {
    let statements = number(client, "select world.r(3)");
    let savepoint = number(client, "select world.r(4)");
    let mut sql = String::new();
    for at in 1..=statements {
        let statement: String = client
            .query_one(
                "select world.statement(to_regclass('world.items_low') is not null)",
                &[],
            )
            .unwrap()
            .get(0);
        if at == savepoint {
            sql.push_str("savepoint s; ");
        }
        sql.push_str(&statement);
        sql.push_str("; ");
        if at == savepoint && statements > 1 {
            sql.push_str(match statements {
                2 => "rollback to s; ",
                _ => "release s; ",
            });
        }
    }
    client
        .batch_execute("alter sequence world.budget restart")
        .unwrap();
    let isolation = ["read committed", "repeatable read", "serializable"][told.len() % 3];
    told.push(sql.clone());
    if let Err(error) =
        client.batch_execute(&format!("begin isolation level {isolation}; {sql} commit"))
    {
        let refusal = Refusal::of(&error);
        client.batch_execute("rollback").unwrap();
        assert!(
            !NEVER.contains(&refusal.code.as_str()),
            "{context}: {refusal:?}\n{}",
            told.join("\n")
        );
        told.push(format!("-- {} {}", refusal.code, refusal.message));
    }
}

fn number(client: &mut Client, sql: &str) -> i32 {
    client.query_one(sql, &[]).unwrap().get(0)
}

impl Replay {
    /// Follows the events of a table that are new, up to what the table is.
    fn follow(&mut self, client: &mut Client, table: &str, story: &dyn Fn() -> String) {
        let events = client
            .query(
                "select seq, split_part(type, '.', 2), entity_id, tenant_id, payload from world.events
                 where entity_type = $1 and seq > $2 order by seq",
                &[&table, &self.seq],
            )
            .unwrap();
        for event in &events {
            self.seq = event.get(0);
            self.events += 1;
            let (kind, id): (&str, &str) = (event.get(1), event.get(2));
            let payload: Value = event.get(4);
            self.step(kind, id, event.get(3), &payload)
                .unwrap_or_else(|why| {
                    let all: Vec<String> = events
                        .iter()
                        .filter(|e| e.get::<_, &str>(2) == id)
                        .map(|e| {
                            format!(
                                "{} {} {}",
                                e.get::<_, i64>(0),
                                e.get::<_, &str>(1),
                                e.get::<_, Value>(4)
                            )
                        })
                        .collect();
                    panic!(
                        "{}\n{kind} {id} {payload}: {why}\nstate {:?}\n{}",
                        story(),
                        self.rows.get(id),
                        all.join("\n")
                    )
                });
        }
        let rows = client
            .query(
                &format!("select id::text, to_jsonb(i) from world.{table} i"),
                &[],
            )
            .unwrap();
        let found: BTreeMap<String, Value> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let told: BTreeMap<&String, &Entity> = self.rows.iter().collect();
        for (id, row) in &found {
            let state = told
                .get(id)
                .unwrap_or_else(|| panic!("{}\nno event tells of {id}", story()));
            for (column, value) in *state {
                assert!(
                    same(value, &row[column]),
                    "{}\n{id} is {row}, events say {state:?}",
                    story()
                );
            }
        }
        assert_eq!(found.len(), told.len(), "{}\n{found:?} {told:?}", story());
    }

    /// One event, which must follow from what is known.
    fn step(
        &mut self,
        kind: &str,
        id: &str,
        tenant: Option<&str>,
        payload: &Value,
    ) -> Result<(), &'static str> {
        let known = self.rows.remove(id);
        let before = known.clone();
        let mut row = known;
        if let Some(changes) = payload.get("changes") {
            let row = row.as_mut().ok_or("a row that is not there changes")?;
            for (column, change) in changes.as_object().ok_or("no changes")? {
                change_one(row, column, change)?;
            }
        }
        match kind {
            "created" => {
                let values = payload["initial_values"].as_object().ok_or("no values")?;
                if before.is_none() {
                    row = Some(values.clone());
                } else if payload.get("changes").is_none() {
                    return Err("a row that is there is created");
                }
                if !row.iter().all(|row| equal(row, values)) {
                    return Err("the row is not what was created");
                }
            }
            "deleted" => {
                let values = payload["final_values"].as_object().ok_or("no values")?;
                if !before.as_ref().is_some_and(|row| equal(row, values)) {
                    return Err("the row is not what was deleted");
                }
                if payload.get("changes").is_none() {
                    row = None;
                }
            }
            "state_changed" => {
                let row = row.as_mut().ok_or("a row that is not there changes")?;
                change_one(row, "status", &payload["state"])?;
            }
            "updated" => {}
            _ => return Err("an unknown event"),
        }
        let of = if kind == "deleted" { &before } else { &row };
        if let Some(expected) = of
            .as_ref()
            .and_then(|row| row.get("tenant"))
            .and_then(Value::as_str)
            && tenant.is_some_and(|tenant| tenant != expected)
            && payload.get("changes").is_none()
        {
            return Err("it is another tenant's");
        }
        if let Some(row) = row {
            self.rows.insert(id.to_owned(), row);
        }
        Ok(())
    }
}

fn change_one(row: &mut Entity, column: &str, change: &Value) -> Result<(), &'static str> {
    let value = row.get_mut(column).ok_or("an unknown column")?;
    if !same(value, &change["old"]) {
        return Err("the row was not that before");
    }
    *value = change["new"].clone();
    Ok(())
}

fn equal(a: &Entity, b: &Entity) -> bool {
    a.len() == b.len()
        && a.iter()
            .all(|(column, value)| b.get(column).is_some_and(|b| same(value, b)))
}

/// As jsonb compares.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Object(a), Value::Object(b)) => equal(a, b),
        _ => a == b,
    }
}
