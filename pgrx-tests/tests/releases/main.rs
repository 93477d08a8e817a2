//! From one release to the next: the scripts, and a library that meets the script of another release.
//!
//! There is no older release yet, so these make one: the present script with some things as they might have been.

mod scripts;

use pg_eventlog_tests::{Database, LIMIT, SUPERUSER, refused, run};
use postgres::Client;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CATALOG: &str = include_str!("catalog.sql");
const OLDER: &str = "0.0.9";

/// A grant, a view without its last column, a table without a column and a constraint.
const OLDER_FORMAT: &str = r"
    drop view eventlog.logs;
    alter table eventlog.log drop column format;
    drop function eventlog._present_format();
    drop function eventlog.apply_changes(jsonb, jsonb);
    drop index eventlog.tracked_table_entity;
";

/// What the older release had and this one has not.
const OLDER_THINGS: &str = r"
    create function eventlog.apply_changes(doc jsonb, changes jsonb, strictly boolean) returns jsonb
        language c immutable strict parallel safe as 'MODULE_PATHNAME', 'eventlog_apply_changes';
    create table eventlog._archive (n int);
    create trigger eventlog_append_only before truncate on eventlog._archive execute function eventlog.forbid_change();
    create function eventlog._gone() returns int language sql as 'select 1';
    create or replace function eventlog.current_reason() returns text
        language c volatile called on null input parallel unsafe as 'MODULE_PATHNAME', 'eventlog_current_reason';
    grant execute on function eventlog.follow_ddl() to public;
    comment on function eventlog.current_reason() is 'said otherwise';
";

/// As an upgrade is described in `sql/upgrades/`.
const UPGRADE: &str = r"
-- What cannot be replaced.
alter table eventlog.log
    add column format int not null default 0
        constraint log_format_not_negative check (format operator(pg_catalog.>=) 0);
comment on column eventlog.log.format is
    'what its table consists of, by the number of the release that made or repaired it';
comment on constraint log_format_not_negative on eventlog.log is 'formats are counted from 1; 0 is older than all';
drop function eventlog._gone();
-- The event triggers keep append-only tables from everyone but a script of the extension.
drop table eventlog._archive;
drop function eventlog.apply_changes(jsonb, jsonb, boolean);
create index tracked_table_entity on eventlog.tracked_table (log_id, entity_type);
comment on index eventlog.tracked_table_entity is 'finds the trackings, past ones too, of a kind of entity';
-- What can.
\i log/_present_format.sql
\i log/logs.sql
\i diff/apply_changes.sql
\i context/current_reason.sql
\i ddl/follow_ddl.sql
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn version() -> String {
    let control = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let line = control.lines().find_map(|l| l.strip_prefix("version = "));
    line.unwrap().trim_matches('"').to_owned()
}

fn script(arguments: &[&str]) -> String {
    let mut command = Command::new(root().join("scripts/install-script"));
    run(command.args(arguments), LIMIT).expect_ok()
}

/// A script beside the installed ones, as long as this lives.
struct Installed(PathBuf);

impl Installed {
    fn new(database: &Database, name: &str, text: &str) -> Self {
        let share = run(
            Command::new(database.cluster().install().pg_config()).arg("--sharedir"),
            LIMIT,
        )
        .expect_ok();
        let path = Path::new(share.trim()).join("extension").join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

fn upgrade(directory: &Path) -> String {
    let path = directory.join(format!("{OLDER}--{}.sql", version()));
    fs::write(&path, UPGRADE).unwrap();
    script(&["upgrade", path.to_str().unwrap()])
}

/// A database of a role that is no superuser, which installs what is trusted.
fn installer(database: &Database) -> String {
    let role = database.role("installer");
    database
        .admin()
        .batch_execute(&format!(
            "alter database {} owner to {role}",
            database.name()
        ))
        .unwrap();
    role
}

fn catalog(client: &mut Client, role: &str) -> Vec<String> {
    let rows = client.query(CATALOG, &[]).unwrap();
    let lines = rows.iter().map(|row| row.get::<_, String>(0));
    lines.map(|line| line.replace(role, "INSTALLER")).collect()
}

fn difference(ours: &[String], theirs: &[String]) -> String {
    let lines = |a: &[String], b: &[String], sign: &str| -> String {
        let only = a.iter().filter(|line| !b.contains(line));
        only.map(|line| format!("{sign} {line}\n")).collect()
    };
    lines(ours, theirs, "-") + &lines(theirs, ours, "+")
}

const LOGS: &str = r#"
    select eventlog.create_log('public.events', tenant_type => 'text');
    select eventlog.create_log('public.parted', tenant_type => 'text', partition_interval => '1 day', require_tenant => false,
        unregistered => 'allow');
    select eventlog.register_event_type('paid', required => '{amount}');
    select eventlog.isolate_tenants('public.events', 'tenant_id');
    select eventlog.log_event('paid', '{"amount": 1}', 'acme', idempotency_key => 'k');
    select eventlog.log_event('x', log => 'parted');
    create table public.orders (id int primary key, tenant text, state text);
    select eventlog.track_changes('public.orders', tenant_column => 'tenant', log => 'parted');
    insert into public.orders values (1, 'acme', 'new');
    create table public.plain (n int);
    select eventlog.make_append_only('public.plain');
"#;

/// What is the users' own, which no upgrade is to touch.
const KEPT: &str = "
    select 'event ' || e::text from public.events e
    union all select 'event ' || e::text from public.parted e
    union all select 'key ' || k::text from public.events_key k
    union all select format('type %s %s', e.type, e.version) from eventlog.event_type e
    union all select format('tracked %s %s', t.relation, t.entity_type) from eventlog.tracked_table t
    union all select format('isolated %s', i.relation) from eventlog.isolated_table i
    union all select format('log %s %s', l.log_id, l.relation) from eventlog.log l
    union all select format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled) from pg_trigger t
        join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace
    union all select format('policy %s', p) from pg_policies p where p.schemaname = 'public'
    union all select format('note %s', obj_description('public.events_seq_seq'::regclass))
    order by 1";

fn texts(client: &mut Client, sql: &str) -> Vec<String> {
    let rows = client.query(sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn an_upgrade_leaves_what_a_fresh_install_makes_and_logging_goes_on() {
    let fresh = Database::empty();
    let (upgraded, from_older) = (Database::empty(), Database::empty());
    let directory = fresh.cluster().directory();
    let version = version();
    let older = script(&[]) + OLDER_FORMAT + &logs_of_before() + OLDER_THINGS;
    let _older = Installed::new(&fresh, &format!("pg_eventlog--{OLDER}.sql"), &older);
    let down = [OLDER_FORMAT, &logs_of_before(), OLDER_THINGS].concat();
    let _down = Installed::new(
        &fresh,
        &format!("pg_eventlog--{version}--{OLDER}.sql"),
        &down,
    );
    let up = upgrade(directory);
    let _up = Installed::new(&fresh, &format!("pg_eventlog--{OLDER}--{version}.sql"), &up);

    let role = installer(&fresh);
    let mut client = fresh.connect(&role);
    client
        .batch_execute("create extension pg_eventlog")
        .unwrap();
    let expected = catalog(&mut fresh.admin(), &role);
    assert!(expected.len() > 1000, "{} lines", expected.len());

    // One that was installed when that release was the present one, without a log.
    let role = installer(&from_older);
    let mut client = from_older.connect(&role);
    client
        .batch_execute(&format!("create extension pg_eventlog version '{OLDER}'"))
        .unwrap();
    let before = catalog(&mut from_older.admin(), &role);
    assert_ne!(difference(&expected, &before), "");
    client
        .batch_execute("alter extension pg_eventlog update")
        .unwrap();
    let after = catalog(&mut from_older.admin(), &role);
    assert_eq!(difference(&expected, &after), "");

    // One with logs, keys, trackings, isolation and data.
    let role = installer(&upgraded);
    let mut client = upgraded.connect(&role);
    client
        .batch_execute(
            "create extension pg_eventlog; grant create on schema public to current_user",
        )
        .unwrap();
    client.batch_execute(LOGS).unwrap();
    client
        .batch_execute(&format!("alter extension pg_eventlog update to '{OLDER}'"))
        .unwrap();
    assert_eq!(
        difference(&before, &catalog(&mut upgraded.admin(), &role)),
        ""
    );

    // The library under the older script, in a new session: logging, capture, guards and DDL go on.
    let mut client = upgraded.connect(&role);
    client
        .batch_execute(
            r#"
            select eventlog.log_event('paid', '{"amount": 2}', 'acme', idempotency_key => 'l');
            update public.orders set state = 'sent';
            create table public.later partition of public.parted for values from ('2100-01-01') to ('2100-01-02');
            "#,
        )
        .unwrap();
    refused(client.batch_execute("delete from public.later")).is("42501", "append-only");
    refused(client.batch_execute("drop table public.plain")).is("2BP01", "cannot drop");
    // What is new says so.
    let hint = "Run ALTER EXTENSION pg_eventlog UPDATE.";
    let refusal = refused(client.batch_execute(r"select eventlog.apply_changes('{}', '{}', true)"))
        .is("55000", "eventlog.apply_changes(pg_catalog.jsonb,pg_catalog.jsonb,boolean) is of another release");
    assert_eq!(refusal.hint, hint);
    for statement in [
        "select eventlog.create_log('public.more')",
        "select * from eventlog.repair_log('public.events')",
    ] {
        let refusal = refused(client.batch_execute(statement)).is("55000", "of another release");
        assert_eq!(refusal.hint, hint, "{statement}");
    }

    let own = texts(&mut upgraded.admin(), KEPT);
    client
        .batch_execute("alter extension pg_eventlog update")
        .unwrap();
    assert_eq!(
        difference(&expected, &catalog(&mut upgraded.admin(), &role)),
        ""
    );
    assert_eq!(difference(&own, &texts(&mut upgraded.admin(), KEPT)), "");

    // In the very session that had the older functions: keys, rules, capture, isolation, guards.
    let again = r#"select eventlog.log_event('paid', '{"amount": 1}', 'acme', idempotency_key => 'k')
        = (select id from public.events where idempotency_key = 'k')"#;
    assert!(client.query_one(again, &[]).unwrap().get::<_, bool>(0));
    refused(client.batch_execute("select eventlog.log_event('paid', '{}', 'acme')"))
        .is("23514", "required");
    client.batch_execute("delete from public.orders").unwrap();
    let told = "select count(*) from public.parted where entity_type = 'orders'";
    assert_eq!(client.query_one(told, &[]).unwrap().get::<_, i64>(0), 3);
    refused(client.batch_execute("delete from public.events")).is("42501", "append-only");
    client
        .batch_execute("select eventlog.apply_changes('{}', '{}')")
        .unwrap();

    // Its logs are of the older format until their owner repairs them.
    let formats = "select format('%s %s %s', log, state, format) from eventlog.logs";
    assert_eq!(
        texts(&mut client, formats),
        ["events ready 0", "parted ready 0"]
    );
    let old = "select object from eventlog.doctor() where finding like 'has format 0, %'";
    assert_eq!(texts(&mut client, old), ["public.events", "public.parted"]);
    assert_eq!(
        texts(
            &mut client,
            "select action from eventlog.repair_all() order by 1"
        ),
        [
            "format 1 of public.events, which had format 0",
            "format 1 of public.parted, which had format 0"
        ]
    );
    assert_eq!(
        texts(&mut client, formats),
        ["events ready 1", "parted ready 1"]
    );
    assert!(texts(&mut client, old).is_empty());
    client
        .batch_execute("select eventlog.create_log('public.more')")
        .unwrap();

    // And a dump keeps the number.
    let mut admin = upgraded.admin();
    admin
        .batch_execute(
            "update eventlog.log set format = 0 where relation = 'public.parted'::regclass",
        )
        .unwrap();
    let dump = directory.join("formats.sql");
    upgraded
        .cluster()
        .pg_dump(upgraded.name(), SUPERUSER, &[], &dump)
        .expect_ok();
    // Its schema is the installer's, who owns the database there too.
    let restored = Database::empty();
    admin
        .batch_execute(&format!(
            "alter database {} owner to {role}",
            restored.name()
        ))
        .unwrap();
    restored
        .cluster()
        .psql_file(restored.name(), SUPERUSER, &dump)
        .expect_ok();
    assert_eq!(
        texts(
            &mut restored.admin(),
            &format!("{formats} where log::text <> 'more'")
        ),
        ["events ready 1", "parted ready 0"]
    );
}

/// The view without its last column, as the files make it but for that.
fn logs_of_before() -> String {
    let present = fs::read_to_string(root().join("sql/log/logs.sql")).unwrap();
    let older = present.replace(",\n    l.format\n", "\n");
    assert_ne!(older, present);
    let statements = older.split_inclusive(";\n");
    statements
        .filter(|s| !s.contains("eventlog.logs.format"))
        .collect()
}
