-- Changes lead from the old document to the new one, and back.
create table public.pair (n int, old jsonb, new jsonb);
insert into public.pair values
    (1, '{"name": "Old", "n": 1}', '{"name": "New", "n": 1}'),
    (2, '{"gone": 1, "null gone": null, "kept": 0}', '{"come": 2, "null come": null, "kept": 0}'),
    (3, '{"a": null, "b": 1}', '{"a": 1, "b": null}'),
    (4, '{}', '{"a": {"b": [1, 2.50]}}'),
    (5, '{"n": 1.10}', '{"n": 12345678901234567890.1230}'),
    (6, '{"same": 1.0}', '{"same": 1.00}');
select n, c as changes, eventlog.apply_changes(old, c) as applied, eventlog.revert_changes(new, c) as reverted,
    eventlog.apply_changes(old, c) = new and eventlog.revert_changes(new, c) = old as right
from public.pair, eventlog.field_changes(old, new) c order by n;

-- What the document held is not asked: a change sets its field, or removes it, whatever was there.
select eventlog.apply_changes('{"a": 7, "b": 7}', '{"a": {"old": 1, "new": 2}, "c": {"old": 1, "new": 2}, "b": {"old": 1}, "d": {"old": 1}}');
select eventlog.revert_changes('{"a": 7, "b": 7}', '{"a": {"old": 1, "new": 2}, "c": {"old": 1, "new": 2}, "b": {"new": 1}, "d": {"new": 1}}');
select eventlog.apply_changes('{"a": 1.0}', '{"a": {"old": 1.0, "new": 1.00}}');

-- No changes, no fields, null.
select eventlog.apply_changes('{"b": 2, "a": 1}', '{}'), eventlog.apply_changes('{}', '{}');
select eventlog.apply_changes('{}', '{"bb": {"new": 1}, "a": {"new": null}}'), eventlog.revert_changes('{"a": 1}', '{"a": {"new": 1}}');
select eventlog.apply_changes(null, '{}') is null, eventlog.apply_changes('{}', null) is null,
    eventlog.revert_changes(null, '7') is null, eventlog.revert_changes('7', null) is null;

-- Large ones, from out of line; the bytes are as many as Postgres itself writes.
create table public.stored (doc jsonb, changes jsonb);
alter table public.stored alter doc set storage external, alter changes set storage external;
insert into public.stored
select jsonb_object_agg('k' || n, repeat('x', n)), jsonb_object_agg('k' || n + 1000, jsonb_build_object('old', n, 'new', repeat('y', n)))
from generate_series(1, 2000) n;
select (select count(*) from jsonb_object_keys(applied)) as applied, (select count(*) from jsonb_object_keys(reverted)) as reverted,
    jsonb_build_array(length(applied ->> 'k1000'), applied ->> 'k1001', reverted -> 'k3000') as looked_up
from public.stored, eventlog.apply_changes(doc, changes - 'k1002') applied, eventlog.revert_changes(doc, changes) reverted;
select pg_column_size(eventlog.apply_changes(doc, changes)) = pg_column_size(eventlog.apply_changes(doc, changes)::text::jsonb) as applied,
    pg_column_size(eventlog.revert_changes(doc, changes)) = pg_column_size(eventlog.revert_changes(doc, changes)::text::jsonb) as reverted
from public.stored;
