-- An event belongs to the row whose key is equal by its type, however the two are written.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create extension citext;
create extension hstore;
create table public.times (name text, at timestamptz default clock_timestamp());
create function public.check_key(key_type text, old text, same text, other text) returns setof text language plpgsql as $$
declare
    start timestamptz;
    found record;
begin
    execute format('create table public.k (id %s primary key, v text)', key_type);
    perform eventlog.track_changes('public.k');
    execute format('insert into public.k values (%L, %L), (%L, %L)', old, 'old', other, 'other');
    start := clock_timestamp();
    perform pg_sleep(0.002);
    execute format('update public.k set v = %L', 'new');
    execute format('update public.k set id = %L where id = %L', same, old);
    execute format('delete from public.k where id = %L', other);
    -- A key may be written in another way than it was, without an event.
    set local session_replication_role = replica;
    execute format('update public.k set id = %L where id = %L', old, same);
    set local session_replication_role = origin;
    for found in select k.id::text, k.v from eventlog.table_as_of(null::public.k, start) k order by k.v loop
        return next key_type || ': ' || found.id || ' ' || found.v;
    end loop;
    for found in select k.id::text, k.v from eventlog.table_as_of(null::public.k, start, entity_ids => array[same]) k loop
        return next key_type || ': ' || found.id || ' ' || found.v || ' alone';
    end loop;
    drop table public.k;
end $$;
select check_key(t, a, b, c) from (values
    ('hstore', 'a=>1, b=>2', 'b=>2, a=>1', 'c=>3'), ('citext', 'Ann', 'ANN', 'Bob'), ('numeric', '1.0', '1.00', '2'),
    ('interval', '1 day', '24:00:00', '2 days'), ('float8', '0', '-0', '1'), ('jsonb', '{"a": 1.0}', '{"a": 1.00}', '[2]'),
    ('numeric[]', '{1.0}', '{1.00}', '{2}'), ('numrange', '[1.0,2)', '[1.00,2)', '[3,4)'), ('bytea', '\x00', '\x00', '\xff'),
    ('timestamptz', '2020-01-01 00:00+00', '2020-01-01 01:00+01', '2021-01-01 00:00+00')) as k (t, a, b, c);

-- A key whose digits were changed for all rows.
create table public.prices (id numeric(9, 2), kind text, v int, primary key (kind, id));
select eventlog.track_changes('public.prices');
insert into public.prices values (1.10, 'a', 1), (2, 'b', 1);
insert into public.times values ('prices');
update public.prices set v = 2 where id = 2;
alter table public.prices alter column id type numeric(9, 4);
delete from public.prices where kind = 'a';
select p.* from public.times, eventlog.table_as_of(null::public.prices, at) p where name = 'prices' order by 1;

-- What tells no key of today is nobody's event; a row that went and cannot be told is counted.
create table public.n (id bigint primary key, v int);
select eventlog.track_changes('public.n');
insert into public.n values (1, 1), (3000000000, 1);
insert into public.times values ('n');
delete from public.n where id > 1;
alter table public.n alter column id type int;
select n.* from public.times, eventlog.table_as_of(null::public.n, at) n where name = 'n';
