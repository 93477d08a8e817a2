-- An event view's function reads a column as the type that it has, on whatever view somebody hangs it.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select log_id from eventlog.log \gset
create role regress_view_types_guest;
grant insert on public.events, public.events_key to regress_view_types_guest;
set role regress_view_types_guest;
create temp view trap as select 1::bigint as n, 'x'::text as t, 2.5::numeric as d, '(1,2)'::point as p, '\x01'::bytea as b, '[1]'::jsonb as j;

create function pg_temp.try(log_id uuid, mapping jsonb, columns text, given text) returns text language plpgsql as $$
begin
    execute format('create or replace trigger g instead of insert on trap
        for each row execute function eventlog.insert_event_view(%L, %L)', log_id, mapping);
    execute format('insert into trap (%s) values (%s)', columns, given);
    return 'let in';
exception when others then
    return sqlstate || ' ' || sqlerrm;
end $$;
select mapping, pg_temp.try(:'log_id', mapping::jsonb, columns, given)
from (values
    ('{"n": "payload", "t": "type"}', 'n, t', '1, ''x'''),
    ('{"t": "payload"}', 't', '''{}'''),
    ('{"b": "context", "t": "type"}', 'b, t', '''\x01'', ''x'''),
    ('{"t": "type", "j": "payload"}', 't, j', '''x'', ''[]'''),
    ('{"t": "type", "n": "id"}', 't, n', '''x'', 4097'),
    ('{"t": "type", "b": "id"}', 't, b', '''x'', ''\x01'''),
    ('{"t": "type", "n": "occurred_at"}', 't, n', '''x'', 4097'),
    ('{"t": "type", "p": "occurred_at"}', 't, p', '''x'', ''(1,2)'''),
    ('{"t": "type", "p": "version"}', 't, p', '''x'', ''(1,2)'''),
    ('{"t": "type", "d": "version"}', 't, d', '''x'', 2.5'),
    ('{"t": "type", "n": "version"}', 't, n', '''x'', 99999999999'),
    ('{"t": "type", "p": "tenant_id"}', 't, p', '''x'', ''(1,2)'''),
    ('{"t": "type", "n": "xid"}', 't, n', '''x'', 1'),
    ('{"t": "type", "gone": "payload"}', 't, n', '''x'', 1'),
    ('{"t": "type", "n": {"a": "actor_id"}}', 't, n', '''x'', 1'),
    ('{"t": "type", "j": {"a": "actor_id"}}', 't, j', '''x'', ''[1]'''),
    ('{"t": "type", "j": {"a": "payload"}}', 't, j', '''x'', ''{"a": 1}'''),
    ('{"t": "type", "n": 1}', 't, n', '''x'', 1'),
    ('[]', 't', '''x'''),
    ('"type"', 't', '''x''')
) as tried (mapping, columns, given);
-- As text: numbers, points and bytes say who did it.
select mapping, pg_temp.try(:'log_id', mapping::jsonb, columns, given)
from (values
    ('{"n": "type", "p": "actor_id", "b": "entity_id"}', 'n, p, b', '4097, ''(1,2)'', ''\x01''')
) as tried (mapping, columns, given);
create or replace trigger g instead of insert on trap for each row execute function eventlog.insert_event_view('somewhere', '{}');
insert into trap (t) values ('x');
create or replace trigger g instead of insert on trap for each row execute function eventlog.insert_event_view();
insert into trap (t) values ('x');
reset role;
select type, actor_id, entity_id, payload from public.events;
drop owned by regress_view_types_guest;
drop role regress_view_types_guest;
