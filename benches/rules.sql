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

call bench.make_run_of_rows('rule_none');
call bench.make_run_of_rows('rule_check');
call bench.make_run_of_rows('rule_constraint');

-- What a step of an entity costs: events without a rule, under a transition rule, and under what one writes in its place, a
-- trigger that holds a row for each entity, reads its state, and moves it on. All by log_event, two events of each entity.
do $$
declare
    name text;
begin
    foreach name in array array['step_none', 'step_rule', 'step_trigger'] loop
        perform bench.make_log(name, true);
    end loop;
    perform eventlog.add_transition_rule('task', 'task', '{"": ["open", "done"], "open": ["open", "done"], "done": ["open", "done"]}',
        path => '$.payload.status', log => 'bench.step_rule');
end
$$;

create table bench.task_state (
    tenant_id uuid,
    entity_type text not null,
    entity_id text not null,
    state text not null,
    seq bigint not null,
    unique nulls not distinct (entity_id, entity_type, tenant_id)
) with (fillfactor = 70);

create function bench.take_step() returns trigger language plpgsql as $$
declare
    before text;
    after text := new.payload ->> 'status';
begin
    if new.entity_type <> 'task' or new.entity_id is null or after is null then
        return new;
    end if;
    select s.state into before
    from bench.task_state s
    where s.entity_type = new.entity_type and s.entity_id = new.entity_id and s.tenant_id = new.tenant_id
    for update;
    if not found then
        insert into bench.task_state values (new.tenant_id, new.entity_type, new.entity_id, '', 0);
        before := '';
    end if;
    if not (case before when '' then array['open', 'done'] when 'open' then array['open', 'done']
        when 'done' then array['open', 'done'] end @> array[after]) then
        raise check_violation using message = format('%s does not follow on %s', after, before);
    end if;
    update bench.task_state s set state = after, seq = new.seq
    where s.entity_type = new.entity_type and s.entity_id = new.entity_id and s.tenant_id = new.tenant_id;
    return new;
end
$$;
create trigger take_step before insert on bench.step_trigger for each row execute function bench.take_step();

do $$
declare
    name text;
begin
    foreach name in array array['step_none', 'step_rule', 'step_trigger'] loop
        execute format(
            'create procedure bench.run_%1$s(events int) language plpgsql as $p$
            declare
                e record;
            begin
                for e in select * from bench.source limit events loop
                    perform eventlog.log_event(e.type, e.payload, e.tenant_id, e.entity_type, ''task-'' || e.n %% (events / 2), e.actor_type, e.actor_id,
                        log => ''bench.%1$s'');
                end loop;
            end
            $p$', name);
    end loop;
end
$$;
