-- What the policies of an isolated table ask: whose a row is, whether a row may be written, and, for a log, whether a key may
-- be claimed. Null where the table of members is not to be found.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._tenancy_expressions(
    relation regclass,
    is_log boolean,
    note jsonb,
    out tenant_is_mine text,
    out may_write text,
    out may_claim text
)
    -- Parallel unsafe: catching an error takes a subtransaction.
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    tenant_column text := note ->> 'column';
    tenant_type regtype := eventlog._tenant_type(relation, tenant_column::name);
    members regclass;
    member_type regtype;
begin
    if tenant_type is null then
        return;
    elsif note ->> 'members' is null then
        -- Asked once for each statement, not for each row: that is what the inner select is for.
        tenant_is_mine := format('%I = (select eventlog.current_tenant()%s)', tenant_column,
            case when tenant_type = 'text'::regtype then '' else '::' || tenant_type end);
        -- Asked for each row: as a row is written alone, the inner select would only cost.
        may_claim := format('eventlog.may_write(%I)', tenant_column);
        may_write := case when not is_log then may_claim
            else format('eventlog.may_write(%I, actor_type, actor_id)', tenant_column) end;
    else
        begin
            members := to_regclass(note ->> 'members');
        exception
            -- Somebody wrote another comment, and this is no name.
            when others then
                return;
        end;
        member_type := eventlog._tenant_type(members, (note ->> 'member')::name);
        if member_type is null then
            return;
        end if;
        tenant_is_mine := format('%I = any (array(select m.%I from %s m where m.%I = (select eventlog.current_actor()%s)))',
            tenant_column, note ->> 'member_tenant', members, note ->> 'member',
            case when member_type = 'text'::regtype then '' else '::' || member_type end);
        -- Whoever has a current tenant writes to that one alone; in the current actor's name in any case.
        may_claim := format('%s and case when (select eventlog.current_tenant()) is null then true else eventlog.may_write(%I) end',
            tenant_is_mine, tenant_column);
        may_write := case when not is_log then may_claim
            else format('%s and case when (select eventlog.current_tenant()) is null'
                ' then not actor_type is distinct from (select eventlog.current_actor_type())'
                ' and not actor_id is distinct from (select eventlog.current_actor())'
                ' else eventlog.may_write(%I, actor_type, actor_id) end', tenant_is_mine, tenant_column) end;
    end if;
end
$$;

comment on function eventlog._tenancy_expressions(regclass, boolean, jsonb) is
    'internal: what the policies of an isolated table ask';
