-- What is no document, no list of names, or no change says so.
select eventlog.field_changes('[]', '{}');
select eventlog.field_changes('{}', '[]');
select eventlog.field_changes('null', '{}');
select eventlog.field_changes('{}', '"text"');
select eventlog.field_changes('7', '8');
select eventlog.field_changes('{}', 'true');
select eventlog.field_changes('{}', '{}', '{null}');
select eventlog.field_changes('{}', '{}', '{a,null,b}');
select eventlog.field_changes('{}', '{}', null, '{null}');
select eventlog.field_changes('{}', '{}', '{a}', array[null]);
select eventlog.apply_changes('[]', '{}');
select eventlog.apply_changes('"x"', '{}');
select eventlog.apply_changes('{}', '[]');
select eventlog.apply_changes('{}', 'null');
select eventlog.apply_changes('{}', '{"a": 1}');
select eventlog.apply_changes('{}', '{"a": null}');
select eventlog.apply_changes('{}', '{"a": [1, 2]}');
select eventlog.apply_changes('{}', '{"a": "new"}');
select eventlog.apply_changes('{}', '{"a": {"old": 1, "new": 2, "more": 3}}');
select eventlog.apply_changes('{}', '{"a": {"New": 1}}');
select eventlog.apply_changes('{}', '{"a": {"new": 1}, "b": {"": 1}}');
-- An empty change would say that the field was absent and still is.
select eventlog.apply_changes('{"a": 1}', '{"a": {}}');
select eventlog.revert_changes('{"a": 1}', '{"a": {}}');
-- Changes as they are nested in an event's payload.
select eventlog.apply_changes('{"a": 1}', '{"changes": {"a": {"old": 1, "new": 2}}}');
select eventlog.revert_changes('[]', '{}');
select eventlog.revert_changes('{}', '7');
select eventlog.revert_changes('{}', '{"a": {"old": 1, "x\ny": 2}}');
select eventlog.revert_changes('{}', jsonb_build_object(repeat('long', 50), 1));

-- All of them are 22023, so that a caller can tell them from a fault.
create function public.code_of(call text) returns text language plpgsql as $$
begin
    execute 'select ' || call;
    return 'none';
exception when others then
    return sqlstate;
end
$$;
select call, public.code_of(call)
from (values
    ($$eventlog.field_changes('[]', '{}')$$),
    ($$eventlog.field_changes('{}', '{}', '{null}')$$),
    ($$eventlog.apply_changes('7', '{}')$$),
    ($$eventlog.apply_changes('{}', '{"a": 1}')$$),
    ($$eventlog.apply_changes('{}', '{"a": {}}')$$),
    ($$eventlog.revert_changes('{}', '{"a": {"x": 1}}')$$)
) as calls (call);
