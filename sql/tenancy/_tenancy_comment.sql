-- What isolate_tenants keeps beside a table, as JSON at the end of the comment of the policy eventlog_owner: how its rows
-- belong to tenants, and whether it was under row-level security before. Null where there is no such policy. A comment
-- is the owner's own, and is there after "drop extension ... cascade", which takes the catalogue.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._tenancy_comment(relation regclass) returns jsonb
    -- Parallel unsafe: catching an error takes a subtransaction.
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    kept text;
begin
    select coalesce(substring(obj_description(p.oid, 'pg_policy') from '\{.*\}$'), '{}')
    into kept
    from pg_policy p
    where p.polrelid = relation and p.polname = 'eventlog_owner';
    -- Anybody may write a comment, of any size; ours are short.
    if octet_length(kept) > 10000 then
        return '{}';
    end if;
    return kept::jsonb;
exception
    -- Somebody wrote another comment: what it cannot be read for is their affair.
    when others then
        return '{}';
end
$$;

comment on function eventlog._tenancy_comment(regclass) is
    'internal: what the comment of an isolated table says about its tenants';
