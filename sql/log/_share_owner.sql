-- Whoever repairs a log may be a member of the role that owns it, or a superuser: what is made goes to the owner.
-- It alters the relation as its caller, who must own it.
create or replace function eventlog._share_owner(made regclass, relation regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    owner oid;
begin
    perform eventlog._require_act('_share_owner', 'repair_log');
    select r.relowner into owner from pg_class m, pg_class r
    where m.oid = made and r.oid = relation and m.relowner <> r.relowner;
    if found then
        execute format('alter table %s owner to %I', made, pg_get_userbyid(owner));
    end if;
end
$$;

comment on function eventlog._share_owner(regclass, regclass) is
    'internal: gives a relation to the owner of another one';
