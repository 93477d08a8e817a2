//! What is drawn by chance: changes of a log, and events.

/// Random numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

/// A change of the log, or of who may do what there.
pub fn change(random: &mut Random, roles: &[String]) -> String {
    let [owner, writer, columns, service, _, _, heir] = roles else {
        unreachable!()
    };
    let role = random.of(&[writer, columns, heir, "public"]);
    let check = random.of(&[
        "true",
        "tenant_id is not null",
        "entity_type = 'task'",
        "type like 'task%' and coalesce(length(actor_id), 0) < 4",
        "actor_id is not distinct from current_user",
        "tenant_id::text = eventlog.current_tenant()",
        "exists (select from world.allowed a where a.name = entity_id)",
        "world.is_short(entity_id)",
        "world.is_plain(entity_id)",
        "entity_id operator(world.===) 'TASK-1'",
        "entity_id::world.short is not null",
        "entity_type::world.kind = 'task'",
        "10 / (length(entity_id) - 6) > 0",
        "case when entity_type = 'task' then payload ? 'n' else entity_type is null end",
        "entity_type in ('task', 'order', 'other')",
        "random() >= 0",
        "occurred_at <= now() + interval '1 day'",
        "(payload ->> 'n')::int > 0",
        "recorded_at is not null and xid > 0 and seq > 0 and id is not null",
        "tableoid = 'world.events'::regclass",
    ]);
    let kind = random.of(&["permissive", "restrictive"]);
    let (n, m) = (random.below(1000), random.below(100));
    let as_owner = |sql: String| format!("set role {owner}; {sql}; reset role");
    match random.below(46) {
            0..=3 => as_owner(format!("select eventlog.grant_writer('world.events', '{writer}')")),
            4 => as_owner(format!("select eventlog.grant_service('world.events', '{service}')")),
            5 => as_owner(format!("grant insert on world.events to {role}")),
            6 | 7 => as_owner(format!(
                "grant insert (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at, context,
                    correlation_id, causation_id, source_type, source_id, version, idempotency_key) on world.events to {columns}"
            )),
            8 => as_owner(format!("revoke insert (source_id) on world.events from {columns}")),
            9 => as_owner(format!("revoke insert on world.events from {role}")),
            10..=16 => as_owner(format!(
                "create policy p{n} on world.events as {kind} for {} to {role} with check ({check})",
                random.of(&["insert", "all"])
            )),
            17 | 18 => as_owner(format!(
                "alter table world.events {} row level security",
                random.of(&["enable", "disable", "force", "no force"])
            )),
            19 => as_owner(
                "do $$ declare p name; begin
                    select polname into p from pg_policy where polrelid = 'world.events'::regclass and polname like 'p%'
                    order by oid limit 1;
                    execute format('drop policy %I on world.events', p); end $$"
                    .to_owned(),
            ),
            20 => as_owner(format!(
                "alter table world.events add constraint c{n} check (entity_id is distinct from 'task-{}')",
                m % 4
            )),
            21 => as_owner(format!("alter table world.events add column extra{n} int default {m}")),
            22 => as_owner(format!("alter table world.events add column plain{n} text")),
            23 => as_owner(format!(
                "alter table world.events add column made{n} int generated always as (version + {m}) stored"
            )),
            24 => as_owner(format!("create unique index on world.events (coalesce(entity_id, '{n}'), actor_id)")),
            25 | 26 => as_owner("create unique index on world.events (entity_id, actor_id)".to_owned()),
            27 => as_owner(format!(
                "alter table world.events add constraint u{n} unique (entity_id, source_id) deferrable initially deferred"
            )),
            28 => as_owner("create index on world.events using gin (payload)".to_owned()),
            29 => as_owner("create index on world.events using brin (recorded_at)".to_owned()),
            30 => as_owner("create index on world.events (type) where version = 1".to_owned()),
            31 => format!(
                "grant references on world.parent to {owner};
                 set role {owner};
                 alter table world.events add constraint f{n} foreign key (entity_id) references world.parent (id) {};
                 reset role",
                random.of(&["", "deferrable initially deferred"])
            ),
            32 | 33 => as_owner(format!(
                "create trigger t{n} {} on world.events for each row execute function world.{}()",
                "before insert",
                random.of(&["change", "swallow", "refuse"])
            )),
            34 => as_owner(format!(
                "create trigger t{n} after insert on world.events for each row execute function world.note_row()"
            )),
            35 => as_owner(format!(
                "create trigger t{n} {} insert on world.events for each statement execute function world.note_statement()",
                random.of(&["before", "after"])
            )),
            36 => as_owner(format!(
                "create trigger t{n} after insert on world.events referencing new table as rows
                 for each statement execute function world.note_rows()"
            )),
            37 | 38 => as_owner(format!(
                "do $$ declare t name; begin
                    select tgname into t from pg_trigger
                    where tgrelid = 'world.events'::regclass and tgname like 't%' and not tgisinternal order by oid limit 1;
                    execute format('{}', t); end $$",
                random.of(&[
                    "drop trigger %I on world.events",
                    "alter table world.events disable trigger %I",
                    "alter table world.events enable replica trigger %I",
                    "alter table world.events enable always trigger %I",
                ])
            )),
            39 => as_owner(format!("alter table world.events alter column {} set not null", random.of(&["entity_type", "actor_id"]))),
            40 => as_owner(format!(
                "create rule r{n} as on insert to world.events do {}",
                random.of(&["also insert into world.noted (what) values ('a rule')", "instead nothing"])
            )),
            41 => {
                let function = random.of(&[
                    "new_xid()",
                    "new_event_id()",
                    "may_write(text, text, text)",
                    "may_write(bigint, text, text)",
                ]);
                match random.one_in(2) {
                    true => format!("revoke execute on function eventlog.{function} from public"),
                    false => format!("grant execute on function eventlog.{function} to public"),
                }
            }
            42 => {
                let how = random.of(&["disable", "enable", "enable always"]);
                as_owner(format!("alter table world.events {how} trigger eventlog_gate"))
            }
            43 => as_owner("revoke usage on sequence world.events_seq_seq from public".to_owned()),
            44 => format!("{} {heir}", random.of(&[&format!("grant {writer} to"), &format!("revoke {writer} from")])),
            _ => as_owner(format!("revoke insert on world.events from {owner}")),
        }
}

/// An event, or several, as a statement that gives a text.
pub fn call(random: &mut Random, tenant_type: &str) -> String {
    let tenant = match tenant_type {
        "uuid" => [
            "'00000000-0000-4000-8000-000000000001'",
            "'00000000-0000-4000-8000-000000000002'",
        ],
        _ => ["'1'", "'2'"],
    };
    let tenant = match random.below(12) {
        0 => tenant[1],
        1 | 2 => "null",
        3 => "'nonsense'",
        _ => tenant[0],
    };
    let kind = match random.below(10) {
        0 => "unknown",
        i if i % 2 == 0 => "task.begun",
        _ => "task.done",
    };
    let payload = match random.below(10) {
        0 => random.of(&["{}", "[]"]),
        1 => "{\"n\": \"text\"}",
        2 => "{\"n\": 0, \"note\": \"x\"}",
        _ => "{\"n\": 1}",
    };
    let payload = match random.below(12) {
            0 => "jsonb_build_object('n', 1, 'big', repeat('long ', 3000))".to_owned(),
            1 => "jsonb_build_object('n', 1, 'big', (select string_agg(md5(i::text), '') from generate_series(1, 60) i))".to_owned(),
            _ => format!("'{payload}'::jsonb"),
        };
    let entity_type = match random.below(10) {
        0 => random.of(&["'other'", "null"]),
        1 => "'order'",
        _ => "'task'",
    };
    let entity = random.of(&[
        "'task-1'",
        "'task-2'",
        "'task-3'",
        "null",
        "repeat('x', 600)",
    ]);
    let actor = random.of(&["null", "null", "null", "'ann'", "'bob'", "current_user"]);
    let key = random.of(&["null", "null", "null", "'key-1'", "'key-2'"]);
    let version = random.of(&["null", "null", "null", "null", "1", "2"]);
    let occurred = random.of(&["null", "'2024-02-03'", "'infinity'"]);
    let occurred = if random.one_in(4) { occurred } else { "null" };
    if random.one_in(4) {
        let count = 1 + random.below(3);
        let events: Vec<String> = (0..count)
                .map(|i| {
                    format!(
                        "jsonb_build_object('type', '{kind}', 'payload', {payload}, 'tenant_id', {tenant},
                            'entity_type', {entity_type}, 'entity_id', {}, 'actor_id', {actor}, 'idempotency_key', {key})",
                        if i == 0 { entity } else { random.of(&["'task-1'", "'task-4'"]) }
                    )
                })
                .collect();
        return format!(
            "select count(*)::text from eventlog.log_events(jsonb_build_array({}), 'world.events')",
            events.join(", ")
        );
    }
    format!(
            "select (eventlog.log_event('{kind}', {payload}, {tenant}, {entity_type}, {entity}, null, {actor},
                occurred_at => {occurred}, version => {version}, idempotency_key => {key}, log => 'world.events') is not null)::text"
        )
}
