-- What a JSON Schema costs: the same rows into the same kind of log, with required keys alone, and with a schema of ten
-- properties besides, seven of which a payload has.
do $$
declare
    kind text;
begin
    perform bench.make_log('schema_none', true);
    perform bench.make_log('schema_ten', true);
    for kind in select distinct type from bench.source loop
        perform eventlog.register_event_type(kind, version => 1,
            required => '{step_id,title,status}', optional => '{duration_ms,retry,assignee,note}', log => 'bench.schema_ten',
            schema => '{
                "type": "object",
                "properties": {
                    "step_id": {"type": "integer", "minimum": 1},
                    "title": {"type": "string", "minLength": 1, "maxLength": 200},
                    "status": {"enum": ["open", "done", "cancelled"]},
                    "duration_ms": {"type": "integer", "minimum": 0, "maximum": 86400000},
                    "retry": {"type": "boolean"},
                    "assignee": {"type": "string", "maxLength": 64},
                    "note": {"type": "string", "maxLength": 1000},
                    "due": {"type": "string", "format": "date"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "price": {"type": "number", "multipleOf": 0.01}
                }
            }');
    end loop;
end
$$;

do $$
declare
    name text;
begin
    foreach name in array array['schema_none', 'schema_ten'] loop
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
