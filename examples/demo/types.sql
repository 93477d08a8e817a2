-- What the taxonomy says of an event, as the type that programs have of it.
select substring(eventlog.generate_typescript('{message_sent}') from 'export type MessageSentV1 .*?\n};') as type \gset
select replace(:'type', E'\n', E'\n    ') as type \gset
\echo '   ' :type
create temporary table generated as select :'type' as type;

do $$
begin
    assert (select type from generated) like '%role: "user" | "assistant";%', 'the roles are the taxonomy''s';
end
$$;
