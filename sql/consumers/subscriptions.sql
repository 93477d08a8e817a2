-- One row for each shard, since each has a position and a lease of its own.
create or replace view eventlog.subscriptions with (security_invoker = true) as
select
    s.name,
    s.log,
    s.role,
    s.state,
    s.shard,
    s.lag_events,
    s.lag,
    s.oldest_unacked,
    s.attempts,
    s.waiting,
    s.held,
    s.dead_letters,
    pg_catalog.round(s.rate_of_1000 operator(pg_catalog./) 1000.0, 3) as rate,
    s.receipt,
    s.lease_until,
    s.holder,
    s.caught_up,
    s.types,
    s.pattern,
    s.pattern_kind,
    s.filters,
    s.max_attempts,
    s.ordered_by,
    s.shards,
    s.next_shards,
    s.options,
    s.created_at
from eventlog._subscriptions() s;

-- Each sees what belongs to a role whose rights it has.
grant select on eventlog.subscriptions to public;

comment on view eventlog.subscriptions is 'your subscriptions: how far they are, who has what, and what stands in the way';
comment on column eventlog.subscriptions.name is 'its name';
comment on column eventlog.subscriptions.log is 'the log whose events it gets';
comment on column eventlog.subscriptions.role is 'the role that it belongs to';
comment on column eventlog.subscriptions.state is 'idle, delivering, overdue, paused, or stopped, where its log or its role is gone or the role may not read all';
comment on column eventlog.subscriptions.shard is 'the shard that the row is about';
comment on column eventlog.subscriptions.lag_events is 'how many events are behind its position at most';
comment on column eventlog.subscriptions.lag is 'how old the oldest event is that it has not settled';
comment on column eventlog.subscriptions.oldest_unacked is 'when that one was recorded';
comment on column eventlog.subscriptions.attempts is 'the most that a waiting event has failed';
comment on column eventlog.subscriptions.waiting is 'how many events failed and come again';
comment on column eventlog.subscriptions.held is 'how many are held behind such';
comment on column eventlog.subscriptions.dead_letters is 'how many events failed for good, in all shards';
comment on column eventlog.subscriptions.rate is 'events a second that were handed out, in the last minutes';
comment on column eventlog.subscriptions.receipt is 'the last receipt that was given';
comment on column eventlog.subscriptions.lease_until is 'until when its lease runs';
comment on column eventlog.subscriptions.holder is 'process id of the session that has it, also in an open transaction';
comment on column eventlog.subscriptions.caught_up is 'whether there is nothing to deliver';
comment on column eventlog.subscriptions.types is 'the event types that it gets; null for all';
comment on column eventlog.subscriptions.pattern is 'what an event type has to match; null for all';
comment on column eventlog.subscriptions.pattern_kind is 'how the pattern is read';
comment on column eventlog.subscriptions.filters is 'what has to hold for an event';
comment on column eventlog.subscriptions.max_attempts is 'how often an event is delivered at most';
comment on column eventlog.subscriptions.ordered_by is 'what keeps its order';
comment on column eventlog.subscriptions.shards is 'how many shards it has';
comment on column eventlog.subscriptions.next_shards is 'how many it will have when all have read up to a boundary; null for no others';
comment on column eventlog.subscriptions.options is 'on_dead, retry_base, retry_max and keep';
comment on column eventlog.subscriptions.created_at is 'when it was made';
