-- A tenant is a uuid, a bigint, an int, a text or a varchar, or a domain over one; columns and tables have any name.
create role regress_ity_app;
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to regress_ity_app;
create domain public.team_id as bigint check (value > 0);
create domain public.team_key as public.team_id;
create domain public.slug as text;
create table public.of_uuid (tenant uuid);
create table public.of_bigint (tenant bigint);
create table public.of_int (tenant int);
create table public.of_text (tenant text);
create table public.of_varchar (tenant varchar(10));
create table public.of_domain (tenant public.team_key);
create table public.of_slug (tenant public.slug);
create table public."Rechnungen ""für"" alle" ("Mandant, Ö""x" bigint);
insert into public.of_uuid values ('00000000-0000-4000-8000-000000000007'), ('00000000-0000-4000-8000-000000000008');
insert into public.of_bigint values (7), (8);
insert into public.of_int values (7), (8);
insert into public.of_text values ('7'), ('8'), ('');
insert into public.of_varchar values ('7'), ('8');
insert into public.of_domain values (7), (8);
insert into public.of_slug values ('7'), ('8');
insert into public."Rechnungen ""für"" alle" values (7), (8);
grant select, insert on all tables in schema public to regress_ity_app;
select eventlog.isolate_tenants(oid::regclass, 'tenant') from pg_class
where relnamespace = 'public'::regnamespace and relname like 'of%' order by relname;
select eventlog.isolate_tenants('public."Rechnungen ""für"" alle"', 'Mandant, Ö"x');
select polrelid::regclass, pg_get_expr(polqual, polrelid) from pg_policy where polname = 'eventlog_read'
order by polrelid::regclass::text collate "C";
select polrelid::regclass, pg_get_expr(polwithcheck, polrelid) from pg_policy where polname = 'eventlog_write'
order by polrelid::regclass::text collate "C";
begin;
set local role regress_ity_app;
select eventlog.set_context(tenant_id => '00000000-0000-4000-8000-000000000007');
insert into public.of_uuid values ('00000000-0000-4000-8000-000000000007');
select * from public.of_uuid;
savepoint s;
insert into public.of_uuid values ('00000000-0000-4000-8000-000000000008');
rollback to s;
-- a tenant of another type is an error
select * from public.of_bigint;
rollback to s;
select eventlog.set_context(tenant_id => 7);
insert into public.of_bigint values (7);
insert into public.of_int values (7);
insert into public.of_text values ('7');
insert into public.of_varchar values ('7');
insert into public.of_domain values (7);
insert into public.of_slug values ('7');
insert into public."Rechnungen ""für"" alle" values (7);
select (select array_agg(tenant) from public.of_bigint), (select array_agg(tenant) from public.of_int),
    (select array_agg(tenant) from public.of_text), (select array_agg(tenant) from public.of_varchar),
    (select array_agg(tenant) from public.of_domain), (select array_agg(tenant) from public.of_slug),
    (select array_agg(r) from public."Rechnungen ""für"" alle" r);
savepoint s;
insert into public.of_bigint values (8);
rollback to s;
insert into public.of_int values (8);
rollback to s;
insert into public.of_text values ('8');
rollback to s;
insert into public.of_text values ('07');
rollback to s;
insert into public.of_varchar values ('8');
rollback to s;
insert into public.of_domain values (8);
rollback to s;
insert into public."Rechnungen ""für"" alle" values (8);
rollback to s;
rollback;
drop owned by regress_ity_app;
drop role regress_ity_app;
