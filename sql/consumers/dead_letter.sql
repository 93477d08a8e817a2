create or replace view eventlog.dead_letter with (security_invoker = true) as
select d.subscription, d.shard, d.event_id, d.seq, d.attempts, d.error, d.dead_at
from eventlog._dead_letters() d;

-- Each sees what belongs to a role whose rights it has.
grant select on eventlog.dead_letter to public;

comment on view eventlog.dead_letter is 'the dead letters of your subscriptions';
comment on column eventlog.dead_letter.subscription is 'the subscription';
comment on column eventlog.dead_letter.shard is 'its shard';
comment on column eventlog.dead_letter.event_id is 'id of the event, which is in the log';
comment on column eventlog.dead_letter.seq is 'its number there';
comment on column eventlog.dead_letter.attempts is 'how often it was tried';
comment on column eventlog.dead_letter.error is 'the last error';
comment on column eventlog.dead_letter.dead_at is 'when it failed for the last time';
