-- What isolate_tenants keeps beside a table, as JSON at the end of the comment of the policy eventlog_owner: how its rows
-- belong to tenants, and whether it was under row-level security before. Null where the table is not isolated. A comment
-- is the owner's own, and is dumped and restored with the policy.
create function eventlog._tenancy_note(relation regclass) returns jsonb
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
    return kept::jsonb;
exception
    -- Somebody wrote a comment of his own: what it cannot be read for is his affair.
    when others then
        return '{}';
end
$$;

-- The system catalog, which it reads, is open to everyone.
revoke all on function eventlog._tenancy_note(regclass) from public;
grant execute on function eventlog._tenancy_note(regclass) to public;

comment on function eventlog._tenancy_note(regclass) is
    'internal: how the rows of an isolated table belong to tenants';
