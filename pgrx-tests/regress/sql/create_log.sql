-- create_log makes an ordinary table of the caller's, in the schema named or the first of the search path.
select eventlog.create_log('public.events');
\d public.events
\d public.events_key
\d public.events_seq_seq
select relation, tenant_type, partition_interval, unregistered, max_payload_bytes, require_tenant,
    is_default, created_by
from eventlog.log;

-- It is not a member of the extension, nor is anything that belongs to it.
select count(*)
from pg_depend d
where d.deptype = 'e' and d.objid in ('public.events'::regclass, 'public.events_key'::regclass);

-- Without a schema the first of the search path takes it.
create schema app;
set search_path = app, public;
select eventlog.create_log('journal');
select eventlog.create_log('"Odd ""Näme"""');
select eventlog.create_log('"app"."dotted.name"');
reset search_path;
select relation from eventlog.log order by relation::text collate "C";

-- A name of 63 bytes leaves no room for suffixes: what belongs to the log is shortened by whole characters.
select eventlog.create_log('public.' || repeat('é', 31));
select c.relname, octet_length(c.relname) as bytes
from pg_class c
where c.relname like 'é%'
order by c.relname collate "C";
