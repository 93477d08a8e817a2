-- an event into a log that has a subscription, and so the index
\set entity random(1, 1000)
select eventlog.log_event(:type, :payload, :tenant, :entity_type, :entity, :actor_type, :actor, log => 'bench.read_by_one');
