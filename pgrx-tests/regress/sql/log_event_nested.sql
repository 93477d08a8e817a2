-- Calls of log_event inside each other, in triggers, defaults and after failures: each id is that of its own event.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.audit', require_tenant => false, unregistered => 'allow');
create table public.said (id uuid, type text);

-- A call as an argument of another one.
insert into public.said
select eventlog.log_event('outer', causation_id => eventlog.log_event('inner')), 'outer';
select e.type, s.type as said, c.type as cause
from public.events e
left join public.said s using (id)
left join public.events c on c.id::text = e.causation_id
order by e.seq;

-- Triggers on the log that log in turn, before and after the row, in the same log and another one.
create function public.echo() returns trigger language plpgsql as $$
begin
    if new.type !~ '^echo' then
        perform eventlog.log_event('echo of ' || new.type, causation_id => new.id,
            log => case tg_when when 'BEFORE' then 'public.audit'::regclass else 'public.events'::regclass end);
        insert into public.audit (type, payload, causation_id) values ('echo by insert of ' || new.type, '{}', new.id);
    end if;
    return new;
end $$;
create trigger a_before before insert on public.events for each row execute function public.echo();
create trigger z_before before insert on public.events for each row execute function public.echo();
create trigger after after insert on public.events for each row execute function public.echo();
truncate public.said;
insert into public.said select eventlog.log_event('one'), 'one';
insert into public.said select id, case place when 1 then 'two' else 'three' end
from eventlog.log_events('[{"type": "two"}, {"type": "three"}]') with ordinality as w (id, place);
insert into public.events (type, payload) values ('four', '{}');
select e.type, s.type as said from public.events e left join public.said s using (id)
where e.type !~ '^(outer|inner)' order by e.seq;
select c.type as cause, e.type, count(*)
from (select * from public.audit union all select * from public.events) e
join public.events c on c.id::text = e.causation_id
where e.type ~ '^echo'
group by 1, 2 order by 1, 2;
select count(*) as events, count(distinct id) as ids from (select id from public.events union all select id from public.audit) e;
drop trigger a_before on public.events;
drop trigger z_before on public.events;
drop trigger after on public.events;

-- Whatever a failed call had drawn is forgotten: the next row has an id and a time of its own.
do $$
declare
    began timestamptz;
begin
    begin
        perform eventlog.log_event('failed', '[]');
    exception when check_violation then
        null;
    end;
    perform pg_sleep(0.02);
    began := clock_timestamp();
    insert into public.events (type, payload) values ('after a failure', '{}');
    raise notice 'time of its own: %', (select recorded_at >= began and occurred_at >= began from public.events where type = 'after a failure');
end $$;
select eventlog.log_event('failed', '[]');
insert into public.events (type, payload) values ('after a failure, in another statement', '{}');
select count(*), bool_and(recorded_at = occurred_at) as one_clock from public.events where type ~ '^after a failure';

-- A batch whose third event fails leaves nothing behind for the rows that follow.
select eventlog.log_events('[{"type": "a"}, {"type": "b"}, {"type": "c", "payload": []}]');
insert into public.said select eventlog.log_event('after the batch'), 'after the batch';
select s.type from public.said s join public.events e using (id, type) where s.type = 'after the batch';

-- Not even the rows of the batch can be had from outside.
select * from eventlog._event_rows() as e (type text);

-- An insert with an id of the caller's own keeps it.
insert into public.events (id, type, payload) values ('11111111-1111-4111-8111-111111111111', 'own id', '{}') returning id;
