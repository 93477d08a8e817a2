//! Whatever can be broken by hand, `doctor()` tells, and what it suggests mends it.
//!
//! Each state is made by SQL in a database that is set up as the manual says. For each, and for pairs of them that a seed
//! chooses: `doctor()` has a finding; the SQL that it suggests, run by a superuser, mends all; `doctor()` is silent then; and
//! what can be written in a sound database can be written again. `EVENTLOG_FUZZ_SEED` chooses other pairs, and
//! `EVENTLOG_FUZZ_ROUNDS` how many.

use pg_eventlog_tests::{Database, Refusal};
use postgres::Client;

/// A state that is broken, and what some finding's object must match.
struct Broken {
    name: &'static str,
    sql: &'static str,
    object: &'static str,
}

const fn broken(name: &'static str, sql: &'static str, object: &'static str) -> Broken {
    Broken { name, sql, object }
}

const SETUP: &str = "
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.create_log('public.parted', tenant_type => 'text', partition_interval => '1 month', unregistered => 'allow',
    require_tenant => false);
select eventlog.create_log('public.plain', tenant_type => 'text', unregistered => 'allow');
select eventlog.grant_writer('public.events', '@app');
select eventlog.grant_reader('public.events', '@app');
select eventlog.grant_service('public.parted', '@service');
select eventlog.grant_consumer('public.parted', '@service');
select eventlog.grant_reader('public.parted', '@app');
create table public.tracked (id int primary key, company text not null, note text);
select eventlog.track_changes('public.tracked', tenant_column => 'company', log => 'public.plain');
create table public.members (user_id text, company text, primary key (user_id, company));
create table public.shared (company text not null, id int, note text, primary key (company, id));
grant select, insert, update, delete on public.shared to @app;
select eventlog.isolate_tenants('public.shared', 'company');
create table public.teams (company text not null, id int, primary key (company, id)) partition by list (company);
create table public.teams_a partition of public.teams for values in ('a');
create table public.teams_b partition of public.teams default;
grant select, insert on public.teams to @app;
select eventlog.isolate_tenants('public.teams', 'company', readers => '{@app}', writers => '{@app}',
    membership => 'public.members(user_id, company)');
create table public.facts (n int) partition by range (n);
create table public.facts_0 partition of public.facts for values from (0) to (10);
select eventlog.make_append_only('public.facts');
select eventlog.grant_context('@app');
";

/// What a sound database takes.
const WRITES: &[&str] = &[
    "select eventlog.log_event('a', '{}', tenant_id => 'a', log => 'public.events')",
    "select eventlog.log_event('a', '{}', tenant_id => 'a', idempotency_key => gen_random_uuid()::text, log => 'public.events')",
    "insert into public.events (tenant_id, type, payload) values ('a', 'a', '{}')",
    "select eventlog.log_event('a', '{}', log => 'public.parted')",
    "select eventlog.log_event('a', '{}', tenant_id => 'a', log => 'public.plain')",
    "insert into public.tracked values (1, 'a', 'x') on conflict (id) do update set note = public.tracked.note || 'x'",
    "insert into public.shared values ('a', 1, 'x') on conflict do nothing",
    "insert into public.teams values ('a', 1) on conflict do nothing",
    "insert into public.facts values (1)",
    "set local role @app; select eventlog.set_context('a', 'user', 'u'); insert into public.events (type, payload) values ('a', '{}')",
    "set local role @app; select eventlog.set_context('a', 'user', 'u'); insert into public.shared values ('a', 2, 'x') on conflict do nothing",
];

const STATES: &[Broken] = &[
    broken("gate dropped", "drop trigger eventlog_gate on public.events", "public.events"),
    broken("gate disabled", "alter table public.events disable trigger eventlog_gate", "public.events"),
    broken("gate of a partition disabled", "alter table public.parted_default disable trigger eventlog_gate", "public.parted_default"),
    broken("all triggers off and on", "alter table public.events disable trigger all; alter table public.events enable trigger all", "public.events"),
    broken("guards dropped", "drop trigger eventlog_append_only on public.events; drop trigger eventlog_append_only_row on public.events", "public.events"),
    broken("guard of a table disabled", "alter table public.facts disable trigger eventlog_append_only", "public.facts"),
    broken("guards not always", "alter table public.facts enable trigger eventlog_append_only", "public.facts"),
    broken("guard of a partition dropped", "drop trigger eventlog_append_only_leaf on public.facts_0", "public.facts_0"),
    broken("own row guard of a partition dropped", "drop trigger eventlog_append_only_leaf_row on public.parted_default", "public.parted_default"),
    broken("guards of keys disabled", "alter table public.events_key disable trigger eventlog_append_only_row", "public.events_key"),
    broken("claim guard dropped", "drop trigger eventlog_claim on public.events_key", "public.events_key"),
    broken("claim guard disabled", "alter table public.events_key disable trigger eventlog_claim", "public.events_key"),
    broken("keys dropped", "drop table public.plain_key", "public.plain"),
    broken("rejected events dropped", "drop table public.plain_rejected", "public.plain"),
    broken("unique key of keys dropped", "alter table public.events_key drop constraint events_key_once", "public.events_key"),
    broken("default of id dropped", "alter table public.events alter column id drop default", "public.events"),
    broken("defaults of a partition dropped", "alter table public.parted_default alter column origin drop default, alter column recorded_at drop default", "public.parted_default"),
    broken("default of seq replaced", "create sequence public.other; alter table public.plain alter column seq set default nextval('public.other')", "public.plain"),
    broken("sequence let go", "alter sequence public.plain_seq_seq owned by none", "public.plain"),
    broken("sequence closed", "revoke usage on sequence public.events_seq_seq from public", "public.events"),
    broken("tenant not required", "alter table public.events alter column tenant_id drop not null", "public.events"),
    broken("column of another type", "alter table public.plain alter column type type varchar(50)", "public.plain"),
    broken("column of another type, with a default", "alter table public.plain alter column version type bigint", "public.plain"),
    broken("column lost", "alter table public.plain drop column source_id", "public.plain"),
    broken("column renamed", "alter table public.plain rename column source_id to source", "public.plain"),
    broken("primary key dropped", "alter table public.plain drop constraint plain_pkey", "public.plain"),
    broken("deferred foreign key", "create table public.kinds (type text primary key); insert into public.kinds values ('a'), ('tracked.created'), ('tracked.updated');
        alter table public.plain add foreign key (type) references public.kinds deferrable initially deferred", "foreign key plain_type_fkey"),
    broken("deferrable foreign key", "create table public.kinds2 (type text primary key); insert into public.kinds2 values ('a'), ('tracked.created'), ('tracked.updated');
        alter table public.plain add foreign key (type) references public.kinds2 deferrable", "foreign key plain_type_fkey"),
    broken("deferred trigger", "create function public.f() returns trigger language plpgsql as 'begin return null; end';
        create constraint trigger later after insert on public.plain deferrable initially deferred for each row execute function public.f()", "trigger later"),
    broken("insert taken from the owner", "create role eventlog_matrix_owner; alter table public.plain owner to eventlog_matrix_owner;
        alter table public.plain_key owner to eventlog_matrix_owner; alter table public.plain_rejected owner to eventlog_matrix_owner; revoke insert on public.plain from eventlog_matrix_owner", "public.plain"),
    broken("default partition gone", "alter table public.parted detach partition public.parted_default; drop table public.parted_default", "public.parted"),
    broken("all partitions gone", "do $$ declare p regclass; begin for p in select inhrelid from pg_inherits where inhparent = 'public.parted'::regclass loop
        execute format('alter table public.parted detach partition %s', p); execute format('drop table %s', p); end loop; end $$", "public.parted"),
    broken("none ahead", "do $$ declare p regclass; begin for p in select inhrelid from pg_inherits join pg_class c on c.oid = inhrelid
        where inhparent = 'public.parted'::regclass and relname > 'parted_p' || to_char(now() at time zone 'UTC', 'YYYYMM') || '31' loop
        execute format('drop table %s', p); end loop; end $$", "public.parted"),
    broken("rule", "create rule r as on insert to public.facts do also nothing", "rule r"),
    broken("child", "create table public.child () inherits (public.plain)", "public.child"),
    broken("unlogged", "alter table public.tracked set logged; alter table public.plain set unlogged", "public.plain"),
    broken("capture trigger dropped", "drop trigger eventlog_track_update on public.tracked", "public.tracked"),
    broken("capture trigger disabled", "alter table public.tracked disable trigger eventlog_track", "public.tracked"),
        broken(
        "capture trigger of another name",
        "do $$ begin execute format('create trigger mine after insert on public.tracked for each statement execute function
            eventlog.capture_changes(%L)', (select tracking_id from eventlog.tracked_table)); end $$",
        "trigger mine on",
    ),
broken("unknown capture triggers", "create table public.copied (id int primary key); create trigger eventlog_track_insert after insert on public.copied
        referencing new table as new_rows for each statement execute function eventlog.capture_changes('00000000-0000-4000-8000-000000000000')", "public.copied"),
    broken("row-level security off", "alter table public.shared disable row level security", "public.shared"),
    broken("not forced", "alter table public.shared no force row level security", "public.shared"),
    broken("isolation taken off", "alter table public.shared disable row level security;
        do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.shared'::regclass loop execute format('drop policy %I on public.shared', p); end loop; end $$", "public.shared"),
    broken("policies dropped, row-level security left", "do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.teams'::regclass loop
        execute format('drop policy %I on public.teams', p); end loop; end $$", "public.teams"),
    broken("isolation of a log taken off", "alter table public.events disable row level security;
        do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.events'::regclass loop execute format('drop policy %I on public.events', p); end loop; end $$", "public.events"),
    broken("isolation of a log without required tenant taken off", "alter table public.parted disable row level security;
        do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.parted'::regclass loop execute format('drop policy %I on public.parted', p); end loop; end $$", "public.parted"),
    broken("isolation of keys taken off", "alter table public.events_key disable row level security;
        do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.events_key'::regclass loop execute format('drop policy %I on public.events_key', p); end loop; end $$", "public.events_key"),
    broken("isolation of rejected events taken off", "alter table public.events_rejected disable row level security;
        do $$ declare p name; begin for p in select polname from pg_policy where polrelid = 'public.events_rejected'::regclass loop execute format('drop policy %I on public.events_rejected', p); end loop; end $$", "public.events_rejected"),
    broken("policy of rejected events open", "alter policy eventlog_read on public.events_rejected using (true)", "policy eventlog_read on public.events_rejected"),
    broken("policy open", "alter policy eventlog_read on public.shared using (true)", "policy eventlog_read on public.shared"),
    broken("policy half open", "alter policy eventlog_read on public.shared using (eventlog.current_tenant() is not null)", "policy eventlog_read on public.shared"),
    broken("policy of members widened", "alter policy eventlog_read on public.teams using (company in (select m.company from public.members m) or eventlog.current_actor() = 'x')", "policy eventlog_read on public.teams"),
    broken("check of a policy open", "alter policy eventlog_write on public.events with check (true)", "policy eventlog_write on public.events"),
    broken("policy for everyone", "alter policy eventlog_service on public.parted to public", "policy eventlog_service on public.parted"),
    broken("policy for another command", "drop policy eventlog_delete on public.shared; create policy eventlog_delete on public.shared for select using (true)", "policy eventlog_delete on public.shared"),
    broken("policy restrictive", "drop policy eventlog_read on public.events; create policy eventlog_read on public.events as restrictive for select to @app using (true)", "policy eventlog_read on public.events"),
    broken("policy of a partition dropped", "drop policy eventlog_owner on public.teams_a; alter table public.teams_a disable row level security", "public.teams_a"),
    broken("grant on a partition", "grant select on public.teams_b to @app", "public.teams_b"),
    broken("another policy", "create policy all_open on public.shared using (true)", "policy all_open on public.shared"),
    broken("tenant's column renamed", "alter table public.shared rename column company to firm", "public.shared"),
    broken("event trigger disabled", "alter event trigger eventlog_follow_ddl disable", "event trigger eventlog_follow_ddl"),
    broken("event trigger gone", "alter extension pg_eventlog drop event trigger eventlog_follow_drop; drop event trigger eventlog_follow_drop", "event trigger eventlog_follow_drop"),
    broken("trigger of the catalogue disabled", "alter table eventlog.event_type disable trigger eventlog_invalidate", "trigger eventlog_invalidate"),
    broken("function closed", "revoke execute on function eventlog.new_event_id() from public", "function eventlog.new_event_id()"),
    broken("catalogue closed", "revoke select on eventlog.log from public", "table eventlog.log"),
    broken("schema closed", "revoke usage on schema eventlog from public", "schema eventlog"),
];

/// A sound database, in which each case is a transaction that is taken back.
struct Fixture {
    _database: Database,
    admin: Client,
    app: String,
    service: String,
}

impl Fixture {
    fn new() -> Self {
        let database = Database::fresh();
        let (app, service) = (database.role("app"), database.role("service"));
        let admin = database.admin();
        let mut fixture = Self {
            _database: database,
            admin,
            app,
            service,
        };
        fixture.run(SETUP).unwrap();
        fixture
    }

    /// Runs SQL, inside a transaction so that an error leaves that as it was.
    fn run(&mut self, sql: &str) -> Result<(), Refusal> {
        let sql = sql
            .replace("@app", &self.app)
            .replace("@service", &self.service);
        self.admin
            .batch_execute(&sql)
            .map_err(|error| Refusal::of(&error))
    }

    fn step(&mut self, sql: &str) -> Result<(), Refusal> {
        self.run("savepoint step").unwrap();
        let done = self.run(sql);
        if done.is_err() {
            self.run("rollback to step").unwrap();
        }
        self.run("release step").unwrap();
        done
    }

    fn findings(&mut self) -> Vec<(String, String, String)> {
        let rows = self
            .admin
            .query("select object, finding, remedy from eventlog.doctor()", &[])
            .unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    }

    /// Breaks, looks, mends, looks again, and writes; then all of it is taken back. What is wrong, if anything.
    fn check(&mut self, states: &[&Broken]) -> Result<(), String> {
        self.run("begin").unwrap();
        let result = self.checked(states);
        self.run("rollback").unwrap();
        result
    }

    fn checked(&mut self, states: &[&Broken]) -> Result<(), String> {
        let name: Vec<_> = states.iter().map(|state| state.name).collect();
        let name = name.join(" + ");
        for state in states {
            // One may leave nothing for another to break.
            let sql = format!("set local eventlog.allow_drop = on; {}", state.sql);
            if let Err(refusal) = self.step(&sql)
                && states.len() == 1
            {
                return Err(format!("{name}: cannot be made: {refusal:?}"));
            }
        }
        self.run("set local eventlog.allow_drop = off").unwrap();
        let found = self.findings();
        for state in states.iter().filter(|_| states.len() == 1) {
            if !found
                .iter()
                .any(|(object, _, _)| object.starts_with(state.object))
            {
                return Err(format!(
                    "{name}: no finding about {}: {found:#?}",
                    state.object
                ));
            }
        }
        // What the mending of one thing brings to light is told the next time.
        let mut rounds = Vec::new();
        for _ in 0..4 {
            let found = self.findings();
            if found.is_empty() {
                break;
            }
            for (object, finding, remedy) in found {
                let done = self.step(&remedy);
                rounds.push(format!("{object}: {finding}\n    {remedy}\n    {done:?}"));
            }
        }
        let left = self.findings();
        if !left.is_empty() {
            return Err(format!(
                "{name}: not mended: {left:#?}\nafter\n{}",
                rounds.join("\n")
            ));
        }
        for write in WRITES {
            // A check that is put off is made here.
            let done = self.step(&format!("{write}; set constraints all immediate"));
            if let Err(refusal) = done {
                return Err(format!(
                    "{name}: {write}: {refusal:?}\nafter\n{}",
                    rounds.join("\n")
                ));
            }
            self.run("reset role").unwrap();
        }
        Ok(())
    }
}

/// A small generator of numbers, the same for the same seed everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Runs the cases, each in a database of its own, a few at a time; panics with all that went wrong.
fn all(cases: Vec<Vec<&'static Broken>>) {
    let queue = std::sync::Mutex::new(cases);
    let wrong = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut fixture = Fixture::new();
                while let Some(case) = { queue.lock().unwrap().pop() } {
                    if let Err(text) = fixture.check(&case) {
                        wrong.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} cases:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn a_sound_database_has_no_findings_and_takes_what_is_written() {
    Fixture::new().check(&[]).unwrap();
}

#[test]
fn each_broken_state_is_told_and_mended() {
    let only = std::env::var("MATRIX_ONLY").unwrap_or_default();
    all(STATES
        .iter()
        .filter(|state| state.name.contains(&only))
        .map(|state| vec![state])
        .collect());
}

#[test]
fn pairs_of_broken_states_are_mended() {
    let seed = number("EVENTLOG_FUZZ_SEED", 8);
    let rounds = number("EVENTLOG_FUZZ_ROUNDS", 12);
    println!("EVENTLOG_FUZZ_SEED={seed} EVENTLOG_FUZZ_ROUNDS={rounds}");
    let mut numbers = Numbers(seed);
    let pair = |numbers: &mut Numbers| {
        let first = numbers.below(STATES.len());
        let second = (first + 1 + numbers.below(STATES.len() - 1)) % STATES.len();
        vec![&STATES[first], &STATES[second]]
    };
    all((0..rounds).map(|_| pair(&mut numbers)).collect());
}
