-- DETAIL holds at most 100 violations and 8 kB; a last row says how many more there are.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('many', required => array(select 'key_' || n from generate_series(1, 250) n));
select eventlog.register_event_type('long', required => array(select repeat('k', 200) || n from generate_series(1, 90) n));

create function public.refusal(type text, payload jsonb) returns table (detail jsonb) language plpgsql as $$
declare
    detail text;
begin
    perform eventlog.log_event(type, payload);
exception when check_violation then
    get stacked diagnostics detail = pg_exception_detail;
    if octet_length(detail) > 8192 then
        raise 'DETAIL has % bytes', octet_length(detail);
    end if;
    return query select d from jsonb_array_elements(detail::jsonb) d;
end $$;
select detail ->> 'code' as code, count(*) from public.refusal('many', '{}') group by 1 order by 1;
select detail from public.refusal('many', '{}') offset 99;
select count(*) between 20 and 60 as some, bool_or(detail ->> 'code' = 'more') as and_more from public.refusal('long', '{}');

-- validate_event counts nothing out.
select count(*), min(code), max(code) from eventlog.validate_event('many', '{}');
