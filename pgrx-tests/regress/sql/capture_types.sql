-- Values of every type in events of a tracked table: as to_jsonb shows them under fixed settings, whatever those of the
-- session are.
\pset null '<null>'
select eventlog.create_log('public.events', require_tenant => false);
create type public.mood as enum ('sad', 'so "so"', 'happy');
create type public.inner_pair as (n int, at timestamptz);
create type public.outer_pair as (name text, pair public.inner_pair, gone int, list public.inner_pair[]);
alter type public.outer_pair drop attribute gone;
create domain public.positive as int check (value > 0);
create domain public.pair_domain as public.inner_pair;
create domain public.list_domain as text[];
create type public.float_range as range (subtype = float8);

create table public.everything (
    id int primary key,
    c_bool bool, c_int2 int2, c_int8 int8, c_numeric numeric, c_numeric_5_2 numeric(5, 2), c_float4 float4, c_float8 float8,
    c_text text, c_varchar varchar(20), c_bpchar char(5), c_name name, c_char "char", c_uuid uuid, c_bytea bytea,
    c_date date, c_time time, c_timetz timetz, c_timestamp timestamp, c_timestamptz timestamptz, c_interval interval,
    c_json json, c_jsonb jsonb,
    c_int_array int[], c_text_array text[], c_pair_array public.inner_pair[], c_json_array json[], c_vector int2vector,
    c_enum public.mood, c_enum_array public.mood[],
    c_pair public.inner_pair, c_nested public.outer_pair,
    c_positive public.positive, c_pair_domain public.pair_domain, c_list_domain public.list_domain, c_positives public.positive[],
    c_int4range int4range, c_tstzrange tstzrange, c_float_range public.float_range, c_multirange tstzmultirange,
    c_inet inet, c_cidr cidr, c_macaddr macaddr, c_bit bit(5), c_varbit varbit, c_money money,
    c_tsvector tsvector, c_tsquery tsquery, c_point point, c_box box, c_path path, c_circle circle,
    c_regclass regclass, c_regtype regtype, c_oid oid, c_lsn pg_lsn, c_jsonpath jsonpath,
    "c ""quoted"" Ünïcode 猫" text
);
create table public.copies (id int primary key, row_as_json jsonb);
select eventlog.track_changes('public.everything');

-- Settings that change what output functions and to_jsonb say.
set DateStyle = 'SQL, DMY';
set IntervalStyle = 'iso_8601';
set TimeZone = 'America/New_York';
set extra_float_digits = 0;
set bytea_output = 'escape';
set search_path = pg_temp;

insert into public.everything values (
    1,
    true, -32768, 9223372036854775807, 1234567890123456789012345678901234567890.0120, 12.3, 0.1, 0.1,
    E'a "b" \\ \n \u0001 猫 😀', 'v', 'ab', 'n', 'c', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '\x00ff5c41',
    '2024-02-29', '23:59:59.999999', '12:00:00+05:30', '2024-02-29 23:59:59.5', '2024-07-01 00:00:00.123456+02',
    '1 year -2 mons 3 days -04:05:06.7',
    '{"b": 1, "a": [1.10, null, "x"]}', '{"b": 1.10, "a": [{}, [], null, "é"]}',
    '{1,null,3}', '{"a,b","",null,"NULL","\""}', array[row(1, '2024-01-01 00:00+00')::public.inner_pair, null],
    array['{"x": 1}', '[]']::json[], '1 2 3',
    'so "so"', '{happy,sad}',
    row(null, '2024-01-01 00:00+00'), row('x', row(5, null), array[row(6, 'infinity')::public.inner_pair]),
    7, row(8, '2024-01-01 00:00+00'), '{a,b}', '{1,2}',
    '[1,5)', '[2024-01-01 00:00+00, 2024-02-01 00:00+00)', '[0.1,0.3)',
    '{[2024-01-01 00:00+00, 2024-01-02 00:00+00), [2024-03-01 00:00+00,)}',
    '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', B'10101', B'1', 1234.5,
    'a fat cat', 'fat & cat', '(0.1,2)', '(1,1),(0,0)', '[(0,0),(1,1)]', '<(0,0),0.1>',
    'public.everything', 'public.mood', 42, '16/B374D848', '$.a[*]',
    'unicode'
), (
    2,
    false, 0, -1, 'NaN', 0.00, 'NaN', '-0',
    '', '', '', '', '', '00000000-0000-0000-0000-000000000000', '',
    'infinity', '00:00', '24:00:00-12', '-infinity', 'infinity', '0',
    'null', 'null',
    '{}', '{}', '{}', '{}', '',
    'sad', '{}',
    row(null, null), null,
    1, row(null, null), '{}', '{}',
    'empty', '(,)', 'empty', '{}',
    '::1', '::/0', '00:00:00:00:00:00', B'00000', B'', '-0.01',
    '', '', '(NaN,Infinity)', '(0,0),(0,0)', '((0,0),(1,1))', '<(0,0),0>',
    '-', '-', 0, '0/0', '$',
    ''
), (
    3,
    null, 32767, -9223372036854775808, 'Infinity', -999.99, '-Infinity', 1e300,
    null, null, null, null, null, null, null,
    '4713-01-01 BC', null, null, '0044-03-15 12:00 BC', '0044-03-15 12:00+00 BC', '-178000000 years',
    '[{"a": {"b": [[]]}}]', '"text"',
    '[2:3][0:1]={{1,2},{3,4}}', '{{{a},{b}},{{c},{null}}}', '{{"(1,)","(2,)"}}', null, '-1',
    null, null,
    null, row(null, null, '{}'),
    null, null, null, null,
    '(,5]', '[-infinity,infinity]', '(-Infinity,NaN)', null,
    null, null, null, null, null, null,
    null, null, null, null, null, null,
    'pg_class', 'timestamp with time zone[]', 4294967295, 'FFFFFFFF/FFFFFFFF', null,
    null
);
insert into public.everything (id) values (4);
insert into public.everything (id, c_bool, c_int2, c_int8, c_numeric, c_float4, c_float8, c_text, c_name, c_char, c_bytea, c_date,
    c_timestamp, c_timestamptz, c_interval, c_json, c_jsonb, c_int_array) values (
    5,
    true, 1, 1, 1e130000, 1e-45, 5e-324,
    repeat('long ', 500), repeat('n', 63)::name, E'\\377', decode(repeat('ab', 3000), 'hex'), '5874897-12-31',
    '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '178000000 years 1 mon', '1e5', '1e400',
    array_fill(7, array[2, 500])
);
insert into public.everything (id, c_float4, c_float8, c_numeric) select 100 + n, 2.0::float4 ^ n, 2.0::float8 ^ (7 * n), 10.0 ^ n
from generate_series(-60, 120) n;
insert into public.everything (id, c_float8, c_float4) select 500 + n, sin(n) * 10 ^ (n - 50), cos(n) from generate_series(1, 100) n;

-- What to_jsonb says under the settings that hold for events.
begin;
set local DateStyle = 'ISO, YMD';
set local IntervalStyle = 'postgres';
set local TimeZone = 'UTC';
set local extra_float_digits = 1;
set local bytea_output = 'hex';
set local search_path = pg_catalog, pg_temp;
insert into public.copies select e.id, pg_catalog.to_jsonb(e) from public.everything e;
commit;

-- No line here: they are the same. Texts are compared, since equal numbers may be written in different ways.
select e.entity_id, v.key, v.value as event_says, c.row_as_json -> v.key as to_jsonb_says
from public.events e
join public.copies c on c.id = e.entity_id::int
cross join pg_catalog.jsonb_each(e.payload -> 'initial_values') v
where (c.row_as_json -> v.key)::text is distinct from v.value::text
order by e.seq, v.key;
select count(*) as events,
    bool_and(e.payload -> 'initial_values' = c.row_as_json) as all_the_same,
    bool_and((e.payload -> 'initial_values')::text = c.row_as_json::text) as to_the_letter
from public.events e join public.copies c on c.id = e.entity_id::int;

select v.key, v.value as first, w.payload -> 'initial_values' -> v.key as second, x.payload -> 'initial_values' -> v.key as third
from public.events e, pg_catalog.jsonb_each(e.payload -> 'initial_values') v, public.events w, public.events x
where e.entity_id = '1' and w.entity_id = '2' and x.entity_id = '3'
order by v.key collate "C";

-- A change of nothing but settings is no change.
update public.everything set c_bool = c_bool, c_interval = c_interval, c_timestamptz = c_timestamptz, c_float8 = c_float8,
    c_bytea = c_bytea, c_money = c_money, c_regclass = c_regclass, c_pair = c_pair, c_tstzrange = c_tstzrange;
select count(*) from public.events where type = 'everything.updated';
