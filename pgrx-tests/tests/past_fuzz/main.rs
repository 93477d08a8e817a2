//! Statements that change a tracked table's rows, and statements that change its columns, by chance. After each transaction
//! the table is copied by column number, and `table_as_of` has to give each copy back: a value is what it was, or null where
//! the manual says that it is not known, and never another one.
//!
//! `EVENTLOG_FUZZ_SEED` repeats a run, and `EVENTLOG_FUZZ_SECONDS` makes it last.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use pg_eventlog_tests::{Database, Refusal, Rounds, SUPERUSER};
use postgres::{Client, NoTls, Row};

/// Rounds of a run that is not told how long to last.
const ROUNDS: u64 = 4;
/// Transactions of a round.
const TRANSACTIONS: usize = 16;
/// Errors that no statement of the world may cause.
const NEVER: [&str; 3] = ["XX000", "54000", "57P03"];
/// The names that columns take from one another.
const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "k", "l", "m"];

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

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

/// A column as it is now.
struct Column {
    number: i16,
    name: String,
    kind: String,
}

#[test]
fn the_past_is_what_the_copies_are() {
    let mut rounds = Rounds::of(ROUNDS);
    let database = Database::fresh();
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let mut config = database.cluster().config(database.name(), SUPERUSER);
    let heard = Arc::clone(&warnings);
    config.notice_callback(move |notice| heard.lock().unwrap().push(notice.message().to_owned()));
    let mut client = config.connect(NoTls).unwrap();
    let mut done = Done::default();
    for seed in rounds.by_ref() {
        World::new(&mut client, &warnings, seed).run(&mut done);
    }
    let round = rounds.begun() as usize;
    println!("{round} rounds, {done:?}");
    assert!(
        done.columns > 2 * round && done.rows > 10 * round,
        "the world hardly moves: {done:?}"
    );
}

/// What was done, so that a run that does nothing is seen.
#[derive(Debug, Default)]
struct Done {
    /// statements on rows, and on columns and types, in transactions that committed
    rows: usize,
    columns: usize,
    refused: usize,
    /// copies that were compared
    compared: usize,
}

struct World<'a> {
    client: &'a mut Client,
    warnings: &'a Mutex<Vec<String>>,
    random: Random,
    partitioned: bool,
    ignored: &'static [i32],
    last_id: u32,
    told: String,
}

impl<'a> World<'a> {
    fn new(client: &'a mut Client, warnings: &'a Mutex<Vec<String>>, seed: u64) -> Self {
        client.batch_execute(include_str!("world.sql")).unwrap();
        let partitioned = seed.is_multiple_of(2);
        // The copies have columns by number: that of "c" is 6, and "junk" was the second one.
        let (options, ignored): (_, &[i32]) = match seed / 2 % 3 {
            0 => ("", &[]),
            1 => (", ignore => '{c}'", &[6]),
            _ => (", state_column => 'c'", &[]),
        };
        client
            .batch_execute(&format!(
                "call world.make_table({partitioned});
                 select eventlog.create_log('world.events', tenant_type => 'text', require_tenant => false);
                 select eventlog.track_changes('world.t', log => 'world.events'{options});",
            ))
            .unwrap();
        World {
            client,
            warnings,
            random: Random(seed),
            partitioned,
            ignored,
            last_id: 0,
            told: format!("EVENTLOG_FUZZ_SEED={seed}\n"),
        }
    }

    fn run(mut self, done: &mut Done) {
        for at in 0..TRANSACTIONS {
            self.transaction(at, done);
            self.client
                .execute("select world.keep($1)", &[&self.ignored])
                .unwrap();
            if at % 6 == 5 {
                self.compare(done);
            }
        }
        self.compare(done);
    }

    fn transaction(&mut self, at: usize, done: &mut Done) {
        self.tell("begin");
        self.client.batch_execute("begin").unwrap();
        let steps = 1 + self.random.below(4);
        let (mut rows, mut columns) = (0, 0);
        let mut savepoint = false;
        for _ in 0..steps {
            if !savepoint && self.random.below(4) == 0 {
                savepoint = self.execute("savepoint s");
            }
            let of_columns = at > 1 && self.random.below(3) == 0;
            let statement = match of_columns {
                true => self.of_columns(),
                false => self.of_rows(),
            };
            if !self.execute(&statement) {
                done.refused += 1;
                return;
            }
            *if of_columns { &mut columns } else { &mut rows } += 1;
            if savepoint && self.random.below(3) == 0 {
                savepoint = false;
                self.execute("rollback to s");
            }
        }
        if self.execute("commit") {
            done.rows += rows;
            done.columns += columns;
        }
    }

    /// Whether a statement passed; otherwise the transaction is over.
    fn execute(&mut self, statement: &str) -> bool {
        self.tell(statement);
        let Err(error) = self.client.batch_execute(statement) else {
            return true;
        };
        let refusal = Refusal::of(&error);
        self.tell(&format!("-- {} {}", refusal.code, refusal.message));
        assert!(!NEVER.contains(&refusal.code.as_str()), "{}", self.told);
        self.client.batch_execute("rollback").unwrap();
        false
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.told, "{line};").unwrap();
    }

    /// Each time against its copy.
    fn compare(&mut self, done: &mut Done) {
        let snaps = self
            .client
            .query(
                "select snap, key_lost, at::text from world.snap order by snap",
                &[],
            )
            .unwrap();
        for snap in snaps {
            let (which, key_lost): (i32, bool) = (snap.get(0), snap.get(1));
            self.warnings.lock().unwrap().clear();
            let wrong = self
                .client
                .query("select what from world.wrong($1)", &[&which]);
            if key_lost {
                let refusal = wrong.err().map(|error| Refusal::of(&error));
                let code = refusal.as_ref().map(|r| r.code.as_str());
                assert_eq!(code, Some("22023"), "{}snap {which}", self.told);
                continue;
            }
            let wrong: Vec<String> = wrong
                .unwrap_or_else(|error| panic!("{}snap {which}: {error:?}", self.told))
                .iter()
                .map(|row| row.get(0))
                .collect();
            let at: String = snap.get(2);
            assert!(
                wrong.is_empty(),
                "{}snap {which} at {at}: {wrong:#?}",
                self.told
            );
            let heard = std::mem::take(&mut *self.warnings.lock().unwrap());
            let hidden: i64 = self
                .client
                .query_one("select world.hidden($1)", &[&which])
                .unwrap()
                .get(0);
            assert!(
                hidden == 0 || heard.iter().any(|w| w.contains("do not take")),
                "{}snap {which}: {hidden} values are hidden without a word",
                self.told
            );
            done.compared += 1;
        }
    }

    /// The columns but for the key's.
    fn columns(&mut self) -> Vec<Column> {
        let read = |row: Row| Column {
            number: row.get(0),
            name: row.get(1),
            kind: row.get(2),
        };
        let rows = self
            .client
            .query(
                "select attnum, attname::text, atttypid::regtype::text from pg_attribute
                 where attrelid = 'world.t'::regclass and attnum > 3 and not attisdropped order by attnum",
                &[],
            )
            .unwrap();
        rows.into_iter().map(read).collect()
    }

    fn key(&mut self) -> (String, String) {
        let row = self
            .client
            .query_one(
                "select attname::text, format_type(atttypid, atttypmod) from pg_attribute
                 where attrelid = 'world.t'::regclass and attnum = 1",
                &[],
            )
            .unwrap();
        (row.get(0), row.get(1))
    }

    fn value(&mut self, kind: &str) -> String {
        let r = &mut self.random;
        let n = r.below(40);
        let literal = match kind {
            _ if r.below(6) == 0 => return "null".to_owned(),
            "integer" | "bigint" | "smallint" => n.to_string(),
            "size" | "world.size" => (n as i32 - 9).to_string(),
            "numeric" | "double precision" | "real" => {
                format!("{n}.{}", r.of(&["0", "5", "25", "50"]))
            }
            "boolean" => r.of(&["true", "false"]).to_owned(),
            "integer[]" | "bigint[]" => format!("{{{n},{}}}", n + 1),
            "text[]" => format!("{{{n},x}}"),
            "mood" | "mood_new" => {
                return format!("(enum_range(null::world.{kind}))[{}]", 1 + n % 3);
            }
            "mood[]" => return format!("(enum_range(null::world.mood))[{}:3]", 1 + n % 4),
            "spot" => {
                // However many attributes it has now.
                return format!(
                    "jsonb_populate_record(null::world.spot, '{{\"x\": {n}, \"y\": 2, \"z\": 3, \"w\": 4}}')"
                );
            }
            "date" | "timestamp without time zone" | "timestamp with time zone" => {
                format!("2020-01-{:02}", 1 + n % 28)
            }
            "json" | "jsonb" => format!("{{\"n\": {n}}}"),
            _ => match r.below(3) {
                0 => r.of(&["ok", "bad", "so"]).to_owned(),
                1 => n.to_string(),
                _ => r.of(&["text", "longer", "true"]).to_owned(),
            },
        };
        format!("'{literal}'")
    }

    fn of_rows(&mut self) -> String {
        let (key, _) = self.key();
        let some = 1 + self.random.below(3);
        let picked = format!(
            "{key} in (select {key} from world.t order by md5({key}::text || '{some}{}') limit {some})",
            self.random.below(99)
        );
        match self.random.below(8) {
            0..=2 => {
                let columns = self.columns();
                let rows: Vec<String> = (0..some)
                    .map(|_| {
                        self.last_id += 1;
                        let values: Vec<String> =
                            columns.iter().map(|c| self.value(&c.kind)).collect();
                        let id = self.last_id;
                        format!("('{id}', {}, {})", id % 2, values.join(", "))
                    })
                    .collect();
                let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
                format!(
                    "insert into world.t ({key}, part, {}) values {}",
                    names.join(", "),
                    rows.join(", ")
                )
            }
            3 => format!("delete from world.t where {picked}"),
            4 => {
                self.last_id += 1;
                format!(
                    "update world.t set {key} = '{}' where {key} = (select {key} from world.t order by md5({key}::text || '{some}') limit 1)",
                    self.last_id
                )
            }
            _ => {
                let columns = self.columns();
                let mut sets = String::new();
                for _ in 0..some {
                    let column = &columns[self.random.below(columns.len())];
                    if sets.contains(&format!("{} =", column.name)) {
                        continue;
                    }
                    let value = self.value(&column.kind);
                    let comma = if sets.is_empty() { "" } else { ", " };
                    write!(sets, "{comma}{} = {value}", column.name).unwrap();
                }
                format!("update world.t set {sets} where {picked}")
            }
        }
    }

    fn of_columns(&mut self) -> String {
        let columns = self.columns();
        let column = &columns[self.random.below(columns.len())];
        let name = &column.name;
        let free: Vec<&str> = NAMES
            .into_iter()
            .filter(|n| columns.iter().all(|c| c.name != *n))
            .collect();
        match self.random.below(16) {
            0 | 1 if !free.is_empty() => {
                let kind = self.random.of(&[
                    "int",
                    "text",
                    "world.mood",
                    "numeric(9,2)",
                    "world.spot",
                    "int default 7",
                    "text default now()::text",
                    "jsonb",
                ]);
                format!(
                    "alter table world.t add column {} {kind}",
                    self.random.of(&free)
                )
            }
            2 if columns.len() > 6 => format!("alter table world.t drop column {name}"),
            3 | 4 if !free.is_empty() => {
                let what = self
                    .random
                    .of(&["table", "view", "foreign table", "materialized view"]);
                format!(
                    "alter {what} world.t rename column {name} to {}",
                    self.random.of(&free)
                )
            }
            5 => {
                let other = &columns[self.random.below(columns.len())].name;
                if other == name {
                    return format!("alter table world.t rename column {name} to {name}_1");
                }
                format!(
                    "alter table world.t rename column {name} to swap; alter table world.t rename column {other} to {name}; \
                     alter table world.t rename column swap to {other}"
                )
            }
            6 => {
                let label = ["ok", "bad", "so", "fine"];
                format!(
                    "select world.relabel('{}', '{}')",
                    self.random.of(&label),
                    self.random.of(&label)
                )
            }
            7 => {
                let attribute = ["x", "y", "z", "w"];
                let (one, other) = (self.random.of(&attribute), self.random.of(&attribute));
                match self.random.below(3) {
                    0 => format!("select world.rename_attribute('{one}', '{other}')"),
                    1 => format!("select world.add_attribute('{one}')"),
                    _ => format!("select world.drop_attribute('{one}')"),
                }
            }
            8 => match self.random.below(2) {
                0 => format!(
                    "alter domain world.size add constraint most check (value < {})",
                    self.random.below(40)
                ),
                // Asked first: where there is none, "if exists" leaves a message behind with which Postgres itself
                // refuses what comes after a savepoint (XX000, "unprocessed inval messages").
                _ => "do $$ begin if exists (select from pg_constraint where conname = 'most') \
                      then alter domain world.size drop constraint most; end if; end $$"
                    .to_owned(),
            },
            9 => self.retype_key(),
            10 => format!("update world.t set {name} = null"),
            _ => self.retype(column),
        }
    }

    fn retype_key(&mut self) -> String {
        let (key, kind) = self.key();
        let to = match kind.as_str() {
            "integer" => "bigint",
            "bigint" => self.random.of(&["numeric", "text"]),
            "numeric" => "text",
            _ => return format!("alter table world.t rename column {key} to {key}_1"),
        };
        let using = match self.random.below(8) {
            0..=2 => "null".to_owned(),
            3 if !self.partitioned && to != "text" => format!("'{key} + 0'"),
            _ => format!("'{key}::{to}'"),
        };
        format!("select world.retype(1, '{to}', {using})")
    }

    fn retype(&mut self, column: &Column) -> String {
        let name = &column.name;
        let to = match column.kind.as_str() {
            "integer" | "bigint" => self.random.of(&[
                "int",
                "bigint",
                "text",
                "numeric",
                "numeric(9,2)",
                "float8",
                "boolean",
                "world.size",
            ]),
            "numeric" => self
                .random
                .of(&["int", "numeric(6,1)", "numeric(9,2)", "text", "float8"]),
            "double precision" => self.random.of(&["numeric", "text", "int"]),
            "boolean" => self.random.of(&["text", "int"]),
            "mood" => self.random.of(&["text", "world.mood_new", "varchar(9)"]),
            "mood_new" => self.random.of(&["text", "world.mood"]),
            "mood[]" => self.random.of(&["text[]", "text", "world.mood_new[]"]),
            "size" => self.random.of(&["int", "bigint", "text"]),
            "integer[]" | "bigint[]" => self.random.of(&["int[]", "bigint[]", "text[]"]),
            "date" => self.random.of(&["timestamp", "text", "timestamptz"]),
            "timestamp without time zone" | "timestamp with time zone" => {
                self.random.of(&["date", "text", "timestamp"])
            }
            "json" => self.random.of(&["jsonb", "text"]),
            "jsonb" => self.random.of(&["json", "text"]),
            _ => self.random.of(&[
                "text",
                "varchar(20)",
                "varchar(3)",
                "int",
                "world.mood",
                "boolean",
                "numeric",
                "jsonb",
                "char(9)",
            ]),
        };
        let using = match self.random.below(8) {
            0..=2 => "null".to_owned(),
            3 => format!("'cast({name} as {to})'"),
            4 => format!("'{name}::text::{to}'"),
            5 => format!("'null::{to}'"),
            6 if to == "int" || to == "bigint" => self
                .random
                .of(&["'7'", "'length(t::text)'", "'part'"])
                .to_owned(),
            6 if to == "text" => format!("'''x'' || {name}::text'"),
            _ => format!("'{name}::{to}'"),
        };
        format!("select world.retype({}, '{to}', {using})", column.number)
    }
}
