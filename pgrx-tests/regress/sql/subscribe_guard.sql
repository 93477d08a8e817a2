-- Who may insert into the tables of subscriptions, for restores, makes none of somebody else's log.
create role regress_sg_owner;
create role regress_sg_restorer;
grant create on schema public to regress_sg_owner, regress_sg_restorer;
-- As the database's owner has them.
grant select, insert on eventlog.subscription, eventlog.subscription_shard, eventlog.waiting_event, eventlog.held_event,
    eventlog.held_entity, eventlog.dead_event to regress_sg_restorer;
set role regress_sg_owner;
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.subscribe('theirs');
select eventlog.log_event('said');
reset role;
select subscription_id as id, log_id as log from eventlog.subscription where name = 'theirs' \gset

set role regress_sg_restorer;
insert into eventlog.subscription (subscription_id, name, log_id, role, pattern_kind, max_attempts, ordered_by, shards, on_dead,
        retry_base, retry_max, keep)
    values (:id + 1, 'mine', :'log', 'regress_sg_restorer', 'exact', 5, 'entity', 1, 'skip', '5 s', '1 h', '30 days');
insert into eventlog.subscription_shard (subscription_id, shard, position, system_identifier) values (:id, 7, '\x00', 1);
insert into eventlog.waiting_event (subscription_id, shard, seq, event_id, attempts, due_at)
    values (:id, 0, 1, gen_random_uuid(), 1, now());
insert into eventlog.held_event values (:id, 0, 1, 1, gen_random_uuid());
insert into eventlog.held_entity values (:id, 0, 1);
insert into eventlog.dead_event (subscription_id, shard, seq, event_id, attempts) values (:id, 0, 1, gen_random_uuid(), 1);
\copy eventlog.held_entity (subscription_id, shard, entity) from program 'printf "1\t0\t1\n"'
-- Nothing tells of it.
set session_replication_role = replica;
reset role;
set session_replication_role = replica;
set role regress_sg_restorer;
insert into eventlog.held_entity values (:id, 0, 1);
reset role;
reset session_replication_role;

-- Whoever has the rights of the log's owner restores it.
grant regress_sg_owner to regress_sg_restorer;
set role regress_sg_restorer;
insert into eventlog.subscription (subscription_id, name, log_id, role, pattern_kind, max_attempts, ordered_by, shards, on_dead,
        retry_base, retry_max, keep)
    values (:id + 7, 'restored', :'log', 'regress_sg_owner', 'exact', 5, 'entity', 1, 'skip', '5 s', '1 h', '30 days');
insert into eventlog.held_entity values (:id, 0, 1);
reset role;
delete from eventlog.subscription where name = 'restored';
select count(*) from eventlog.held_entity;
delete from eventlog.held_entity;

-- What the view tells is what the role could read.
revoke regress_sg_owner from regress_sg_restorer;
insert into eventlog.subscription (subscription_id, name, log_id, role, pattern_kind, max_attempts, ordered_by, shards, on_dead,
        retry_base, retry_max, keep)
    values (:id + 1, 'forged', :'log', 'regress_sg_restorer', 'exact', 5, 'entity', 1, 'skip', '5 s', '1 h', '30 days');
insert into eventlog.subscription_shard (subscription_id, shard, position, system_identifier)
    select :id + 1, 0, h.position, h.system_identifier from eventlog.subscription_shard h where h.subscription_id = :id;
set role regress_sg_restorer;
select name, state, lag_events, lag, oldest_unacked, caught_up from eventlog.subscriptions;
select * from eventlog.receive('forged');
reset role;
select name, state, lag_events, caught_up from eventlog.subscriptions;
