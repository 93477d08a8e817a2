-- the same event by a call of log_event, whose result travels back
\set entity random(1, 1000)
select eventlog.log_event(:type, :payload, :tenant, :entity_type, :entity, :actor_type, :actor);
