-- Events that must not get in, and attempts to edit history. Each is run; one that is taken, or refused for another
-- reason than it should be, ends the demo with an error. Variables: history, the heading of the second part.
\set acorn '''00000000-0000-4000-8000-000000000001'''

-- A label and a text, which goes on under itself where it is too long for a line.
create function pg_temp.labelled(label text, text text) returns text
    language sql immutable
    return (
        select string_agg(case when place = 1 then rpad('    ' || label, 12) else repeat(' ', 12) end || part[1], e'\n' order by place)
        from regexp_matches(text, '\S.{0,78}(?=\s|$)|\S{1,79}', 'g') with ordinality as found (part, place));

-- What a refusal must be: its SQLSTATE, and the codes of the rules that are broken.
create temporary table attempt (
    n int generated always as identity, title text, statement text, state text, codes text[], advice boolean default true);

create function pg_temp.refused(it attempt) returns text
    language plpgsql
as $$
declare
    got_state text;
    message text;
    detail text;
    hint text;
    codes text[];
    before bigint := (select count(*) from event_log);
begin
    begin
        execute it.statement;
        raise exception using errcode = 'DEM01', message = format('the log took what it should refuse: %s', it.title);
    exception when others then
        get stacked diagnostics got_state = returned_sqlstate, message = message_text, detail = pg_exception_detail,
            hint = pg_exception_hint;
    end;
    if detail like '[{%' then
        codes := array(select v ->> 'code' from jsonb_array_elements(detail::jsonb) as v);
    end if;
    if got_state = 'DEM01' then
        raise exception '%', message;
    elsif got_state <> it.state or codes is distinct from it.codes then
        raise exception 'not refused as promised: %', it.title
            using detail = format('%s %s: %s', got_state, coalesce(codes::text, ''), message),
            hint = format('It should be %s %s.', it.state, coalesce(it.codes::text, ''));
    elsif (select count(*) from event_log) <> before then
        raise exception 'a refused statement changed the log: %', it.title;
    end if;
    return concat_ws(e'\n',
        format('%s. %s', lpad(it.n::text, 2), it.title),
        pg_temp.labelled('', regexp_replace(
            regexp_replace(it.statement, '\s+', ' ', 'g'), '00000000-0000-4000-8000-0000000000(\d\d)', '...\1', 'g')),
        pg_temp.labelled('ERROR', format('%s: %s', got_state, message)),
        case when codes is null then pg_temp.labelled('DETAIL', nullif(detail, '')) else (
            -- DETAIL is JSON, for programs. Its messages are left out where they say what the first line says already.
            select string_agg(pg_temp.labelled(case place when 1 then 'DETAIL' else '' end, concat_ws(' ',
                v ->> 'code', nullif(v ->> 'path', ''), '- ' || case when position(v ->> 'message' in message) = 0 then v ->> 'message' end)), e'\n' order by place)
            from jsonb_array_elements(detail::jsonb) with ordinality as found (v, place))
        end,
        case when it.advice then pg_temp.labelled('HINT', nullif(hint, '')) end,
        '');
end
$$;

insert into attempt (title, statement, state, codes)
select title, replace(statement, '$1', quote_literal(:acorn)), state, codes::text[]
from (values
    ('A type with a typo',
        $$select eventlog.log_event('conversation_strated', '{"sessionId": "s", "conversationId": "c"}', tenant_id => $1)$$,
        '23514', '{unknown_type}'),
    ('Keys that are missing: all of them are named at once',
        $$select eventlog.log_event('ingest_completed', '{"url": "https://example.com"}', tenant_id => $1)$$,
        '23514', '{required,required,required}'),
    ('A payload that is no object',
        $$select eventlog.log_event('decision_made', '["yes"]', tenant_id => $1)$$, '23514', '{not_an_object}'),
    ('A payload beyond 2 kB',
        $$select eventlog.log_event('workspace_loaded', jsonb_build_object('workspace_id', repeat('x', 4000)), tenant_id => $1)$$,
        '23514', '{too_large}'),
    ('A plain INSERT meets the same rules',
        $$insert into event_log (tenant_id, type, payload) values ($1, 'quota_exceeded', '{"limit": 1000}')$$,
        '23514', '{required,required}'),
    ('So does one into the table that the application knows',
        $$insert into decision_events (company_id, event_type, data) values ($1, 'feedback_submitted', '{"comment": "?"}')$$,
        '23514', '{required}'),
    ('A batch is taken or refused as a whole: its first event is good',
        $$select eventlog.log_events('[
            {"type": "workspace_loaded", "payload": {"workspace_id": "ws-1"}, "tenant_id": "00000000-0000-4000-8000-000000000001"},
            {"type": "message_sent", "payload": {"role": "user"}, "tenant_id": "00000000-0000-4000-8000-000000000001"}]')$$,
        '23514', '{required}'),
    ('A version of the contract that nobody registered',
        $$select eventlog.log_event('task_deleted', tenant_id => $1, version => 2)$$, '23514', '{unknown_type}'),
    ('A type that was retired (and is not any more, once this statement has failed)',
        $$select eventlog.retire_event_type('tool_used');
          select eventlog.log_event('tool_used', '{"tool_id": "sheet", "usage_context": "step"}', tenant_id => $1)$$,
        '23514', '{retired_type}'),
    ('No tenant',
        $$select eventlog.log_event('task_deleted')$$, '23502', null),
    ('A tenant that is no uuid',
        $$select eventlog.log_event('task_deleted', tenant_id => 'acorn')$$, '22023', null),
    ('A webhook that comes again with its id, but with other content',
        $$select eventlog.log_event('checkout_completed', '{"plan": "free", "stripeSessionId": "cs_1"}', tenant_id => $1,
            idempotency_key => (select idempotency_key from event_log where type = 'checkout_completed' and tenant_id = $1))$$,
        '23505', null),
    ('No payload at all',
        $$select eventlog.log_event('task_deleted', null, tenant_id => $1)$$, '22023', null)
) as bad (title, statement, state, codes);

select pg_temp.refused(a) from attempt a order by n;

\echo :history
truncate attempt restart identity;
insert into attempt (title, statement, state, advice)
select title, statement, '42501', title = 'Rewriting one event'
from (values
    ('Rewriting one event', $$update event_log set payload = '{"outcome": "yes"}' where type = 'decision_made'$$),
    ('Deleting what one would rather not have said', $$delete from event_log where type = 'feedback_submitted'$$),
    ('Emptying the log', $$truncate event_log$$),
    ('An update that would not even touch a row', $$update event_log set type = 'x' where false$$),
    ('Through the table that the application knows', $$delete from events where name = 'quota_exceeded'$$),
    ('With triggers switched off for replication', $$set local session_replication_role = replica; delete from event_log$$)
) as edit (title, statement);
select pg_temp.refused(a) from attempt a order by n;

do $$
begin
    assert (select count(*) from attempt) = 6;
    assert (select count(*) from event_log) = 20000, 'the log is as it was';
    assert (select count(*) from event_log where payload = '{"outcome": "yes"}') = 0, 'and so is each event';
    assert (select status from eventlog.event_types where type = 'tool_used') = 'active', 'and the taxonomy';
end
$$;
