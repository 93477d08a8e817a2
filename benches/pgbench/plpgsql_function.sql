-- the same event by a call of the function in PL/pgSQL, whose result travels back
\set entity random(1, 1000)
select bench.plpgsql_log_event(:type, :payload, :tenant, :entity_type, :entity, :actor_type, :actor);
