-- What rules cost: the same rows into the same kind of log, with nothing, with a check rule, and with a constraint that
-- asks the same path.
do $$
declare
    name text;
    kind text;
begin
    foreach name in array array['rule_none', 'rule_check', 'rule_constraint'] loop
        perform bench.make_log(name, true);
    end loop;
    for kind in select distinct type from bench.source loop
        perform eventlog.add_check_rule(kind, kind, '$.payload.duration_ms > 0 && $.payload.status != "lost"',
            log => 'bench.rule_check');
    end loop;
end
$$;
alter table bench.rule_constraint add check (jsonb_path_match(payload, '$.duration_ms > 0 && $.status != "lost"'));

do $$
declare
    name text;
begin
    foreach name in array array['rule_none', 'rule_check', 'rule_constraint'] loop
        execute format(
            'create procedure bench.run_%1$s(events int) language plpgsql as $p$
            begin
                insert into bench.%1$s (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
                select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id
                from bench.source limit events;
            end
            $p$', name);
    end loop;
end
$$;
