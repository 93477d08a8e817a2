-- the same insert through the gate
\set entity random(1, 1000)
insert into bench.gate (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
values (:type, :payload, :tenant, :entity_type, :entity, :actor_type, :actor);
