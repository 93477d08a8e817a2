-- Readers and writers can be named: then nobody else sees or writes a row, whatever was granted.
create role regress_ir_reader;
create role regress_ir_writer;
create role regress_ir_other;
create role "regress Ünï ""q""";
create table public.notes (id int, team bigint, body text);
insert into public.notes values (1, 1, 'a'), (2, 2, 'b');
grant all on public.notes to regress_ir_reader, regress_ir_writer, regress_ir_other, "regress Ünï ""q""";
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to public;
select eventlog.isolate_tenants('public.notes', 'team', '{regress_ir_reader}', '{regress_ir_writer}');
create view public.who as
    select polname, polcmd, case when polroles = '{0}' then '{public}' else polroles::regrole[]::text[] end as roles
    from pg_policy where polrelid = 'public.notes'::regclass order by 1;
select * from public.who;
-- What no policy holds back, nobody but the owner has any more.
select distinct privilege_type from information_schema.role_table_grants
where table_name = 'notes' and grantee like 'regress%' order by 1;
begin;
set local role regress_ir_reader;
select eventlog.set_context(tenant_id => 1);
select * from public.notes;
update public.notes set body = 'x';
delete from public.notes;
savepoint s;
insert into public.notes values (3, 1, 'c');
rollback to s;
truncate public.notes;
rollback;
begin;
set local role regress_ir_writer;
select eventlog.set_context(tenant_id => 1);
update public.notes set body = 'x' returning *;
insert into public.notes values (3, 1, 'c') returning *;
delete from public.notes returning id;
rollback;
begin;
set local role regress_ir_other;
select eventlog.set_context(tenant_id => 1);
select * from public.notes;
update public.notes set body = 'x';
insert into public.notes values (3, 1, 'c');
rollback;

-- Other roles replace these; whoever is both has one policy for each command.
select eventlog.isolate_tenants('public.notes', 'team', writers => array['regress_ir_writer', 'regress Ünï "q"']);
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team', '{regress_ir_reader,regress_ir_writer}', '{regress_ir_writer,regress_ir_writer}');
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team', '{public}', '{regress_ir_writer}');
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team', readers => '{regress_ir_reader}');
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team', '{}', '{}');
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team');
select * from public.who;
select polcmd, count(*), count(distinct polroles) from pg_policy group by 1 order by 1;

-- A policy of one's own for the same roles would open what these close.
select eventlog.release_tenants('public.notes');
create policy wide on public.notes for select to regress_ir_reader using (true);
create policy narrow on public.notes as restrictive for select to regress_ir_reader using (id > 0);
create policy "Wider" on public.notes to regress_ir_writer using (true);
select eventlog.isolate_tenants('public.notes', 'team');
select eventlog.isolate_tenants('public.notes', 'team', '{regress_ir_reader}');
grant regress_ir_reader to regress_ir_other;
select eventlog.isolate_tenants('public.notes', 'team', '{regress_ir_other}');
select * from public.who;
select eventlog.isolate_tenants('public.notes', 'team', array['regress Ünï "q"']);
select * from public.who;
drop owned by regress_ir_reader, regress_ir_writer, regress_ir_other, "regress Ünï ""q""";
drop role regress_ir_reader, regress_ir_writer, regress_ir_other, "regress Ünï ""q""";
