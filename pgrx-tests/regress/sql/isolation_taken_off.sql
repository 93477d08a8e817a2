-- What was isolated is known, whoever takes its policies off and by whatever means.
create role regress_ito_app;
create role regress_ito_reader;
create table invoices (id int primary key, company text not null);
create index on invoices (company);
insert into invoices values (1, 'acme'), (2, 'globex');
grant select on invoices to regress_ito_app;
select eventlog.isolate_tenants('invoices', 'company');
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.grant_reader('events', 'regress_ito_app');
select eventlog.grant_consumer('events', 'regress_ito_reader');
select relation, tenant_column, members, was_enabled, was_forced, force, readers, writers, services, consumers
from eventlog.isolated_table order by relation::text;
create procedure take_off(relation regclass) language plpgsql as $$
declare
    p name;
begin
    execute format('alter table %s disable row level security', relation);
    for p in select polname from pg_policy where polrelid = relation loop
        execute format('drop policy %I on %s', p, relation);
    end loop;
end
$$;
call take_off('invoices');
call take_off('events');
call take_off('events_key');
set role regress_ito_app;
select count(*) as app_sees_without_any_tenant from invoices;
reset role;
select severity, object, finding, remedy from eventlog.doctor();
select remedy from eventlog.doctor() \gexec
select * from eventlog.doctor();
set role regress_ito_app;
select count(*) as app_sees from invoices;
reset role;
select polname, polroles::regrole[] from pg_policy where polrelid = 'events'::regclass order by 1;

-- Released by the owner is released, also after somebody took off the policies.
call take_off('invoices');
alter table invoices enable row level security;
select eventlog.release_tenants('invoices');
select relrowsecurity, relforcerowsecurity from pg_class where oid = 'invoices'::regclass;
select eventlog.release_tenants('events');
select count(*) from eventlog.isolated_table;
select severity, object, finding from eventlog.doctor();

-- What is dropped is forgotten, what is renamed is not.
select eventlog.isolate_tenants('invoices', 'company', readers => '{regress_ito_app}');
alter table invoices rename column company to firm;
alter role regress_ito_app rename to regress_ito_application;
select severity, object, finding, remedy from eventlog.doctor();
select remedy from eventlog.doctor() \gexec
select severity, object, finding, remedy from eventlog.doctor();
drop table invoices;
select count(*) from eventlog.isolated_table;

-- A row about a table of somebody else's is nobody's to add.
create role regress_ito_installer;
grant select, insert on eventlog.isolated_table to regress_ito_installer;
set role regress_ito_installer;
insert into eventlog.isolated_table values ('public.events', 'tenant_id', null, null, null, false, false, true, '{}', '{}', '{}', '{}');
reset role;
drop owned by regress_ito_application, regress_ito_reader, regress_ito_installer cascade;
drop role regress_ito_application, regress_ito_reader, regress_ito_installer;
