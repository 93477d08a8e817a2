-- Statements within one another that give a row another tenant, or move it between partitions.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.t (id int primary key, v int, owner text) partition by range (id);
create table public.t_1 partition of public.t for values from (0) to (10);
create table public.t_2 (owner text, junk int, v int, id int not null);
alter table public.t_2 drop column junk;
alter table public.t attach partition public.t_2 for values from (10) to (20);
select from eventlog.track_changes('public.t', tenant_column => 'owner', ignore => '{owner}');
create table public.mark as select 0::bigint as seq;
create view public.fresh as select type, tenant_id, entity_id, payload from public.events where seq > (table public.mark) order by seq;
insert into public.t values (1, 1, 'a'), (2, 2, 'a');

create function public.again() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        update public.t set owner = 'b', v = v + 1 where id = new.id;
        update public.t set owner = 'c' where id = new.id;
        update public.t_1 set v = v + 1 where id = 2;
    end if;
    return null;
end $$;
create trigger again after update on public.t for each row execute function public.again();
update public.mark set seq = (select max(seq) from public.events);
update public.t set v = 10 where id = 1;
table public.fresh;
-- By the partition, then by the table.
update public.mark set seq = (select max(seq) from public.events);
update public.t_1 set owner = 'd' where id = 1;
table public.fresh;
drop trigger again on public.t;

-- To another partition and back, with a row of the same key before it came.
create function public.home() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        update public.t set id = 1, v = v + 1 where id = new.id;
        insert into public.t values (11, 0, 'new');
        delete from public.t_2 where id = 11;
    end if;
    return null;
end $$;
create trigger home after insert on public.t for each row execute function public.home();
update public.mark set seq = (select max(seq) from public.events);
update public.t set id = id + 10 where id = 1;
table public.fresh;
select * from public.t order by id;
select id, eventlog.entity_state('t', id, tenant_id => owner, log => 'public.events') from public.t order by id;
