-- Values that consist of values: nothing in them is of a later time either.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create type public.addr as (street text, number int);
create domain public.home as public.addr;
create table public.t (id int primary key, a public.addr, h public.home, list public.addr[]);
select eventlog.track_changes('public.t');
insert into public.t values (1, ('x', 1), ('x', 1), array[('x', 1), ('y', 2)]::public.addr[]);
select clock_timestamp() as before \gset
update public.t set a = ('z', null), h = ('z', 3), list[1] = ('z', 3);
select * from eventlog.table_as_of(null::public.t, :'before');

-- What an attribute held under its old name is not known any more, and so is the value that it is a part of.
alter type public.addr rename attribute street to road;
select * from eventlog.table_as_of(null::public.t, :'before');
-- Postgres adds no attribute to a type that a domain is of.
alter table public.t drop column h;
alter type public.addr add attribute zip text;
update public.t set a = ('z', null, '12345');
select * from eventlog.table_as_of(null::public.t, :'before');
