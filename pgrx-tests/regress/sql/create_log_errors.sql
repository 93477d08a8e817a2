-- What create_log refuses, and in which words.
create table public.taken (id int);
select eventlog.create_log(null);
select eventlog.create_log('');
select eventlog.create_log('nowhere.events');
select eventlog.create_log('public.taken');
select eventlog.create_log('pg_temp.events');
select eventlog.create_log('a.b.c');
select eventlog.create_log(repeat('x', 64));
select eventlog.create_log('two words');
select eventlog.create_log('"open');
select eventlog.create_log('e', tenant_type => 'int');
select eventlog.create_log('e', tenant_type => null);
select eventlog.create_log('e', unregistered => 'maybe');
select eventlog.create_log('e', unregistered => null);
select eventlog.create_log('e', max_payload_bytes => 0);
select eventlog.create_log('e', max_payload_bytes => -1);
select eventlog.create_log('e', max_payload_bytes => null);
select eventlog.create_log('e', require_tenant => null);
select eventlog.create_log('e', partition_interval => '0');
select eventlog.create_log('e', partition_interval => '-1 day');
select eventlog.create_log('e', partition_interval => '1 second');
select eventlog.create_log('e', partition_interval => '1 month 1 day');
select eventlog.create_log('e', partition_interval => '1000 years');

-- Nothing is left of any of them.
select count(*) from eventlog.log;
select relname from pg_class where relnamespace = 'public'::regnamespace order by 1;

-- A role without CREATE on the schema makes no log there.
create role regress_create_log_guest;
set role regress_create_log_guest;
do $$ begin
    perform eventlog.create_log('public.events');
exception when insufficient_privilege then
    raise notice 'refused: %', sqlerrm;
end $$;
reset role;
drop role regress_create_log_guest;

set search_path = '';
select eventlog.create_log('events');
