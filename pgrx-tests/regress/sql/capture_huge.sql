-- A row may hold more than jsonb has room for: what is too large is named and left out, and the change goes through.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.t (id int primary key, a text, b text);
insert into public.t values (1, 'small', repeat('x', 140000000));
select eventlog.track_changes('public.t');
select clock_timestamp() as before \gset
-- One of the values alone would have room, both have not.
update public.t set a = 'changed', b = repeat('y', 140000000);
select type, payload from public.events;
-- What is not known is null, in whatever way it is read.
select id, a, b is null as unknown from eventlog.table_as_of(null::public.t, :'before');
select type, state from eventlog.entity_history('t', 1);
