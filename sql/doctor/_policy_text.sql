-- The expression of a policy as text: USING, or WITH CHECK. Null where it cannot be told: it, or something that it names, may have been dropped
-- since the statement began, and whoever made it may have made it larger or deeper than can be shown.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._policy_text(policy oid, for_new_rows boolean) returns text
    -- Parallel unsafe: catching an error takes a subtransaction.
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select pg_get_expr(case when for_new_rows then p.polwithcheck else p.polqual end, p.polrelid)
        from pg_policy p
        where p.oid = policy);
exception
    when others then
        return null;
end
$$;

comment on function eventlog._policy_text(oid, boolean) is
    'internal: the expression of a policy, null where it cannot be told';
