-- Defaults and checks of a log that write into another one in the middle of the event: each id stays with its own event,
-- or the whole is an error and nothing of it stays.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.side', require_tenant => false, unregistered => 'allow');
create function public.note() returns text language plpgsql as $$
begin
    insert into public.side (type, payload) values ('side', '{}');
    return 'noted';
end $$;
create function public.note_by_call() returns text language plpgsql as $$
begin
    return eventlog.log_event('side', log => 'public.side');
end $$;
create function public.note_by_batch() returns text language plpgsql as $$
begin
    return (select count(*) from eventlog.log_events('[{"type": "side"}, {"type": "side"}]', 'public.side'));
end $$;
-- What a call or batch does in this state of the log: it is right, or refused whole.
create function public.try(call text) returns text language plpgsql as $$
declare
    ids uuid[];
    outcome text;
begin
    begin
        execute format('select array_agg(id) from %s as id', call) into ids;
        outcome := case
            when ids <> array(select id from public.events order by seq) then 'the ids of other events'
            when exists (select from public.side s join public.events e using (id)) then 'one id for two events'
            else format('written: %s beside %s', (select count(*) from public.events), (select count(*) from public.side))
        end;
        raise sqlstate 'P0001';
    exception
        when sqlstate 'P0001' then null;
        when others then outcome := sqlstate || ' ' || sqlerrm;
    end;
    if exists (select from public.events) or exists (select from public.side) then
        raise 'something stayed';
    end if;
    return outcome;
end $$;
create view public.tries as
select what, public.try(call) as outcome
from (values (1, 'call', 'eventlog.log_event(''a'', log => ''public.events'')'),
    (2, 'call with key', 'eventlog.log_event(''a'', log => ''public.events'', idempotency_key => ''k'')'),
    (3, 'batch', 'eventlog.log_events(''[{"type": "a"}, {"type": "b"}, {"type": "c"}]'', ''public.events'')'),
    (4, 'batch with keys', 'eventlog.log_events(''[{"type": "a", "idempotency_key": "a"}, {"type": "b", "idempotency_key": "b"}]'', ''public.events'')')
) as calls (place, what, call) order by place;

-- A default after the id, and one before it.
alter table public.events add column extra text;
alter table public.events alter extra set default public.note();
select * from public.tries;
alter table public.events alter extra set default public.note_by_call();
select * from public.tries;
alter table public.events alter extra set default public.note_by_batch();
select * from public.tries;
alter table public.events alter extra drop default;
alter table public.events alter seq set default length(public.note());
select * from public.tries;
alter table public.events alter seq set default length(public.note_by_call());
select * from public.tries;
alter table public.events alter seq set default length(public.note_by_batch());
select * from public.tries;
alter table public.events alter seq set default eventlog.new_seq('public.events_seq_seq');

-- A check.
alter table public.events add constraint side check (public.note() <> '');
select * from public.tries;
alter table public.events drop constraint side, add constraint side check (public.note_by_call() <> '');
select * from public.tries;
alter table public.events drop constraint side, add constraint side check (public.note_by_batch() <> '');
select * from public.tries;
alter table public.events drop constraint side;

-- After all that a plain call is as ever.
select * from public.tries;
