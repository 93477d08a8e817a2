-- an event into a log that nobody reads, which has no index on seq
\set entity random(1, 1000)
select eventlog.log_event(:type, :payload, :tenant, :entity_type, :entity, :actor_type, :actor, log => 'bench.unread');
