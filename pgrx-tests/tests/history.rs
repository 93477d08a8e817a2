//! A random history of a tracked table, read back at random instants, against copies of the table that were made then.

use pg_eventlog_tests::Database;
use postgres::Client;

/// Rows with these keys are there before the tracking begins.
const OLDER: i32 = 30;
/// Keys that changes are aimed at.
const KEYS: u64 = 160;
const STEPS: usize = 1500;

const SETUP: &str = "
    select eventlog.create_log('public.events', tenant_type => 'text');
    create table public.items (
        id int primary key, lost int, team text not null, name text, status text, amount numeric, note jsonb,
        deleted_at timestamptz
    );
    alter table public.items drop column lost;
    insert into public.items (id, team, name, amount) select n, 'a', 'old ' || n, n from generate_series(1, 30) n;
    select eventlog.track_changes('public.items', tenant_column => 'team', state_column => 'status',
        deleted_column => 'deleted_at', fields => '{id,team,name,status,amount,note}');
    create table public.copies (at timestamptz, id int, image jsonb);
    create table public.instants (at timestamptz);
";

/// xorshift: the same history in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % n
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn key(&mut self) -> u64 {
        self.below(KEYS) + 1
    }

    /// An assignment of one or several columns.
    fn assignments(&mut self) -> String {
        let name = self.of(&["'x'", "null", "name || '!'", "md5(name)", "'Zoë'"]);
        let amount = self.of(&[
            "null",
            "amount + 1",
            "1.10",
            "12345678901234567890.5",
            "amount",
        ]);
        let status = self.of(&["'draft'", "'live'", "null", "'done'"]);
        let note = self.of(&["null", "'{\"k\": [1, 2.50]}'", "'\"text\"'", "note"]);
        match self.below(8) {
            0 => format!("name = {name}"),
            1 => format!("amount = {amount}"),
            2 => format!("status = {status}"),
            3 => format!("status = {status}, name = {name}, note = {note}"),
            4 => format!("note = {note}, amount = {amount}"),
            5 => "deleted_at = '2020-01-02 03:04:05.678+00'".to_owned(),
            6 => format!("deleted_at = null, name = {name}"),
            _ => format!("deleted_at = now(), amount = {amount}"),
        }
    }

    fn row(&mut self, key: u64) -> String {
        let team = self.of(&["a", "b", "c"]);
        let amount = self.of(&["null", "0.00", "7", "-1e-7"]);
        let gone = self.of(&["null", "null", "null", "now()"]);
        format!("({key}, '{team}', 'n{key}', 'draft', {amount}, {gone})")
    }

    fn statement(&mut self) -> String {
        let into = "insert into public.items (id, team, name, status, amount, deleted_at)";
        let (key, other) = (self.key(), self.key());
        match self.below(14) {
            0..=2 => format!("{into} values {} on conflict do nothing", self.row(key)),
            3 => format!(
                "{into} values {} on conflict (id) do update set name = excluded.name, amount = items.amount + 1",
                self.row(key)
            ),
            4 => {
                let rows: Vec<String> = (key..key + 12).map(|k| self.row(k)).collect();
                format!("{into} values {} on conflict do nothing", rows.join(", "))
            }
            5..=8 => format!(
                "update public.items set {} where id = {key}",
                self.assignments()
            ),
            9 => format!(
                "update public.items set {} where id % 11 = {}",
                self.assignments(),
                key % 11
            ),
            10 => format!("delete from public.items where id = {key}"),
            11 => format!(
                "delete from public.items where id between {key} and {}",
                key + 4
            ),
            12 => format!(
                "update public.items set team = '{}' where id = {key}",
                self.of(&["a", "b"])
            ),
            _ => format!(
                "update public.items set id = {other} where id = {key} \
                    and not exists (select from public.items where id = {other})"
            ),
        }
    }

    /// A transaction, part of which is undone.
    fn step(&mut self) -> String {
        match self.below(10) {
            0 => format!(
                "begin; {}; savepoint s; {}; {}; rollback to s; {}; commit",
                self.statement(),
                self.statement(),
                self.statement(),
                self.statement()
            ),
            1 => format!("begin; {}; rollback", self.statement()),
            2 => format!("begin; {}; {}; commit", self.statement(), self.statement()),
            _ => self.statement(),
        }
    }
}

fn count(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn the_table_was_at_each_time_what_its_copy_of_then_says() {
    let database = Database::fresh();
    let mut client = database.admin();
    client.batch_execute(SETUP).unwrap();
    let mut random = Random(0x5eed_0f1a_7e57_ab1e);
    let copy = "with instant as (insert into public.instants select clock_timestamp() returning at)
        insert into public.copies select at, id, to_jsonb(i) from instant, public.items i";
    client.batch_execute(copy).unwrap();
    for _ in 0..STEPS {
        let step = random.step();
        client
            .batch_execute(&step)
            .unwrap_or_else(|error| panic!("{step}: {error:?}"));
        if random.below(30) == 0 {
            client.batch_execute(copy).unwrap();
        }
    }
    let events = count(&mut client, "select count(*) from public.events");
    assert!(events > 3000, "only {events} events");
    for kind in ["created", "updated", "deleted", "state_changed"] {
        let sql = format!("select count(*) from public.events where type = 'items.{kind}'");
        assert!(count(&mut client, &sql) > 100, "few events say {kind}");
    }
    assert!(count(&mut client, "select count(*) from public.instants") > 30);

    let differing = client
        .query(
            "select i.at::text, d.side, d.image
             from public.instants i cross join lateral (
                (select 'only then' as side, image::text from public.copies c where c.at = i.at
                 except all select 'only then', to_jsonb(r)::text from eventlog.table_as_of(null::public.items, i.at) r)
                union all
                (select 'only read back', to_jsonb(r)::text from eventlog.table_as_of(null::public.items, i.at) r
                 except all select 'only read back', image::text from public.copies c where c.at = i.at)
             ) d order by 1, 3, 2 limit 6",
            &[],
        )
        .unwrap();
    let show = |row: &postgres::Row| -> String {
        let (at, side, image): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        format!("{at} {side}: {image}")
    };
    let differing: Vec<String> = differing.iter().map(show).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));

    // A state is the whole row, or null for one that is not there or softly deleted. Of a row that is older than the
    // tracking it is what events tell.
    let states = format!(
        "select i.at::text, id::text, coalesce(s.state, 'null')::text || ' is not ' || coalesce(c.image, 'null')::text
         from public.instants i
         cross join generate_series(1, {KEYS}) id
         left join public.copies c using (at, id)
         cross join lateral (select eventlog.entity_state('items', id, i.at) as state) s
         where case
            when id > {OLDER} then s.state is distinct from case when c.image ->> 'deleted_at' is null then c.image end
            when s.state is not null then not coalesce(c.image @> s.state and c.image ->> 'deleted_at' is null, false)
            else c.image ->> 'deleted_at' is null and c.image is not null
                and exists (select from public.events e where e.entity_type = 'items' and e.entity_id = id::text) end
         order by 1, 2 limit 6"
    );
    let differing: Vec<String> = client
        .query(&states, &[])
        .unwrap()
        .iter()
        .map(show)
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let known = format!(
        "select count(*) from generate_series({OLDER} + 1, {KEYS}) id, public.instants i
         where eventlog.entity_state('items', id, i.at) is not null"
    );
    assert!(count(&mut client, &known) > 500, "few entities are known");

    // The last state in a history is the present one.
    let last = format!(
        "select count(*) from generate_series(1, {KEYS}) id
         where (select h.state from eventlog.entity_history('items', id) h order by h.seq desc limit 1)
            is distinct from eventlog.entity_state('items', id)"
    );
    assert_eq!(count(&mut client, &last), 0);
}
