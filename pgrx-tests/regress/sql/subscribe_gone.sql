-- What a subscription left goes with it: by unsubscribe, and with its log.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
create view public.left_behind as
select (select count(*) from eventlog.subscription) as subscriptions, (select count(*) from eventlog.subscription_shard) as shards,
    (select count(*) from eventlog.waiting_event) as waiting, (select count(*) from eventlog.held_event) as held,
    (select count(*) from eventlog.held_entity) as entities, (select count(*) from eventlog.dead_event) as dead,
    (select count(*) from eventlog.batch) as batches, (select count(*) from eventlog.batch_reader) as readers;
create function public.fail(subscription text) returns void language plpgsql as $$
declare
    got bigint;
begin
    select receipt into got from eventlog.receive(subscription);
    perform eventlog.nack(subscription, got, array(select id from public.events where payload ? 'fail'), 'no', '1 hour');
    perform eventlog.ack(subscription, got);
end $$;
select eventlog.subscribe('first', shards => 2), eventlog.subscribe('second', max_attempts => 1);
select count(*) from eventlog.log_events('[
    {"type": "a", "entity_type": "e", "entity_id": 1, "payload": {"fail": 1}},
    {"type": "a", "entity_type": "e", "entity_id": 1}]');
select public.fail('second');
-- The one of two shards that has them.
do $$
begin
    perform public.fail('first');
exception when others then
    perform public.fail('first');
end $$;
table public.left_behind;
select eventlog.unsubscribe('first');
table public.left_behind;
select eventlog.subscribe('third');
insert into eventlog.batch_reader select log_id, 'seals', 0 from eventlog.log;
select eventlog.tick();
select log_id from eventlog.log \gset
set eventlog.allow_drop = on;
drop table public.events;
select eventlog.unsubscribe('third');
table public.left_behind;
select eventlog.forget_log(:'log_id');
table public.left_behind;
