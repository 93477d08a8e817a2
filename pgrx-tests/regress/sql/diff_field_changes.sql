-- What differs between two objects, one change for each top-level field.
select eventlog.field_changes('{"name": "Old", "n": 1}', '{"name": "New", "n": 1}');
select eventlog.field_changes('{"b": 1, "aa": 1, "a": 1}', '{"aa": 2, "a": 2, "b": 2}');
select eventlog.field_changes('{"deep": {"a": [1, {"b": 2}], "c": 3}}', '{"deep": {"a": [1, {"b": 5}], "c": 3}}');
select eventlog.field_changes('{}', '{}'), eventlog.field_changes('{"a": [1]}', '{"a": [1]}');

-- A field that was absent has no "old", one that is absent has no "new"; null is a value.
select eventlog.field_changes('{"gone": 1, "null gone": null}', '{"come": 2, "null come": null}');
select eventlog.field_changes('{"a": null, "b": 1, "c": null}', '{"a": 1, "b": null, "c": null}');

-- Every kind of value against every other.
create table public.kinds (v jsonb);
insert into public.kinds values ('null'), ('true'), ('false'), ('0'), ('""'), ('"0"'), ('[]'), ('{}'), ('[0]'), ('{"a": 0}');
select count(*) as pairs, count(*) filter (where (c <> '{}') = (a.v <> b.v)) as as_equality
from public.kinds a, public.kinds b, eventlog.field_changes(jsonb_build_object('k', a.v), jsonb_build_object('k', b.v)) c;

-- Numbers keep their digits and scale; scale alone is no change, at any depth.
select eventlog.field_changes('{"n": 1.0, "a": [1.10, {"x": 100}], "o": {"y": -0.0}}', '{"n": 1.00, "a": [1.1, {"x": 1e2}], "o": {"y": 0}}');
select eventlog.field_changes('{"n": 1.10, "big": 12345678901234567890.1230}', '{"n": 1.20, "big": 12345678901234567890.1231}');
select eventlog.field_changes('{"a": [1.0, 1]}', '{"a": [1.00, 2]}');

-- Keys are whole: empty, with quotes, of other scripts, composed and decomposed.
select eventlog.field_changes('{"": 1, "a\"b": 1, "größe": 1, "é": 1, "🎉": 1}', '{"": 2, "a\"b": 2, "größe": 2, "é": 2, "🎉": 2}');

-- Lists of fields: null is no restriction, an empty list of fields is none of them, a name that is nowhere does nothing.
create table public.pair (old jsonb, new jsonb);
insert into public.pair values ('{"a": 1, "b": 1, "c": 1, "same": 1}', '{"a": 2, "b": 2, "d": 2, "same": 1}');
select eventlog.field_changes(old, new, '{a,c,same,nowhere}') from public.pair;
select eventlog.field_changes(old, new, ignore => '{a,d,same,nowhere}') from public.pair;
select eventlog.field_changes(old, new, '{d,a,b}', '{b}') from public.pair;
select eventlog.field_changes(old, new, '{a}', '{a}') from public.pair;
select eventlog.field_changes(old, new, '{}') from public.pair;
select eventlog.field_changes(old, new, null, '{}') = eventlog.field_changes(old, new) as same from public.pair;
select eventlog.field_changes(old, new, '{a,a,b,a}', '{b,b}') from public.pair;
select eventlog.field_changes(old, new, array[['a', 'x'], ['b', 'y']]) from public.pair;

-- Null where either document is.
select eventlog.field_changes(null, '{}') is null, eventlog.field_changes('{}', null) is null,
    eventlog.field_changes(null, '[]', '{null}') is null, eventlog.field_changes(null, null) is null;

-- Documents that lie compressed or out of line, that are large, and that are deep.
create table public.stored (n int, old jsonb, new jsonb);
insert into public.stored values
    (1, jsonb_build_object('long', repeat('x', 100000), 'n', 1), jsonb_build_object('long', repeat('x', 100000), 'n', 2)),
    (2, (select jsonb_object_agg('k' || n, n) from generate_series(1, 5000) n),
        (select jsonb_object_agg('k' || n, case when n % 1000 = 0 then -n else n end) from generate_series(1, 5000) n)),
    (3, ('{"n": 1, "deep": ' || repeat('[', 5000) || '1.0' || repeat(']', 5000) || '}')::jsonb,
        ('{"n": 2, "deep": ' || repeat('[', 5000) || '1.00' || repeat(']', 5000) || '}')::jsonb);
select n, eventlog.field_changes(old, new) from public.stored order by n;
alter table public.stored alter old set storage external, alter new set storage external;
update public.stored set old = old || '{"m": 1}', new = new || '{"m": 2}';
select n, eventlog.field_changes(old, new, ignore => '{n}') from public.stored order by n;

-- The bytes are as many as Postgres itself writes.
select n, pg_column_size(eventlog.field_changes(old, new)) = pg_column_size(eventlog.field_changes(old, new)::text::jsonb) as same
from public.stored order by n;

-- Usable in an index and in a generated column, for it looks at nothing but its arguments.
alter table public.pair add changes jsonb generated always as (eventlog.field_changes(old, new)) stored;
create index on public.pair (eventlog.field_changes(old, new));
select changes from public.pair;
select p.oid::regprocedure, p.provolatile, p.proparallel, p.proisstrict from pg_proc p
where p.proname in ('field_changes', 'apply_changes', 'revert_changes') order by 1;
