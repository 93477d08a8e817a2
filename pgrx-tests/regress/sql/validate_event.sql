-- validate_event gives the rows that the gate would put into DETAIL, and writes nothing.
select eventlog.create_log('public.events', require_tenant => false, max_payload_bytes => 100);
select eventlog.register_event_type('paid', required => '{amount,currency}');
select eventlog.register_event_type('paid', required => '{sum}', version => 2);
select eventlog.register_event_type('gone');
select eventlog.retire_event_type('gone');
select * from eventlog.validate_event('paid', '{"amount": 1, "currency": "CHF"}');
select * from eventlog.validate_event('paid', '{"amount": 1}');
select * from eventlog.validate_event('paid', '{}', version => 2);
select * from eventlog.validate_event('paid', '{}', version => 3);
select * from eventlog.validate_event('piad', '{}');

-- The same as the gate's, case by case.
create function public.gate_says(type text, payload jsonb, version int) returns jsonb language plpgsql as $$
declare
    detail jsonb;
begin
    begin
        perform eventlog.log_event(type, payload, version => version);
        raise 'rolled back' using errcode = 'ZZ999';
    exception
        when check_violation then
            get stacked diagnostics detail = pg_exception_detail;
        when sqlstate 'ZZ999' then
            detail := '[]';
    end;
    return detail;
end $$;
with cases (type, payload, version) as (values
    ('paid', '{"amount": 1, "currency": "CHF"}'::jsonb, null::int),
    ('paid', '{"amount": 1}', null),
    ('paid', '{}', 2),
    ('paid', '{}', 3),
    ('paid', '[]', null),
    ('paid', 'null', null),
    ('paid', '"x"', null),
    ('paid', jsonb_build_object('k', repeat('x', 200)), null),
    ('piad', '[]', null),
    ('gone', '{}', null),
    (repeat('x', 300), '[1]', null)
)
select left(c.type, 10) as type, left(c.payload::text, 20) as payload, c.version, jsonb_array_length(g.says) as violations,
    g.says = coalesce(
        (select jsonb_agg(jsonb_build_object('code', v.code, 'path', v.path, 'message', v.message))
         from eventlog.validate_event(c.type, c.payload, c.version) v), '[]') as same
from cases c, lateral (select public.gate_says(c.type, c.payload, c.version) as says) g;
select count(*) from public.events;

-- It runs where nothing may be written, and takes no transaction id.
begin read only;
select code from eventlog.validate_event('paid', '{}');
select pg_current_xact_id_if_assigned() is null as no_xid;
commit;
select * from eventlog.validate_event(null, '{}');
select * from eventlog.validate_event('', '{}');
select * from eventlog.validate_event('paid', null);
select array_agg(code) from eventlog.validate_event('paid', '{}');
select type, code from (values ('paid'), ('nope')) as t (type), eventlog.validate_event(t.type, '{}');
