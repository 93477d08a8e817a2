-- Each object in a subtransaction of its own, so that one that cannot be put right holds up no other.
-- It refuses all but superusers and the database's owner.
create or replace function eventlog.repair_all() returns table (object text, action text)
    language plpgsql volatile parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    part record;
    -- Names that dumps and logs show, whatever the caller's path.
    shown text;
begin
    if not (
        select pg_has_role(d.datdba, 'USAGE') from pg_database d where d.datname = current_database()
    ) then
        raise insufficient_privilege using
            message = 'permission denied to repair what belongs to others',
            hint = 'Superusers and the database''s owner may; owners call eventlog.repair_log() and'
                ' eventlog.track_changes().';
    end if;

    for part in
        with gate as (
            select t.tgrelid as relid, split_part(encode(t.tgargs, 'escape'), '\000', 1) as log_id
            from pg_trigger t
            join pg_class c on c.oid = t.tgrelid
            where t.tgfoid = 'eventlog.gate()'::regprocedure and t.tgname = 'eventlog_gate' and not c.relispartition
        )
        select c.oid as relid, 'catalogue' as kind, 1 as place, false as ambiguous
        from pg_class c
        where c.relnamespace = 'eventlog'::regnamespace and c.relkind = 'r'
        union all
        select c.oid, 'log', 2,
            -- Where the catalogue does not know which of them is the log, nor does this.
            exists (
                select from gate g join gate other on other.log_id = g.log_id and other.relid <> g.relid
                where g.relid = c.oid
                    and not exists (select from eventlog.log l where l.log_id::text = g.log_id)
            )
        from pg_class c
        where c.relkind in ('r', 'p')
            and (c.oid in (select g.relid from gate g) or c.oid in (select l.relation::oid from eventlog.log l))
        union all
        select c.oid, 'tracked table', 3, false
        from pg_class c
        where c.relkind in ('r', 'p') and not c.relispartition
            and c.oid in (select t.tgrelid from pg_trigger t where t.tgfoid = 'eventlog.capture_changes()'::regprocedure)
        order by place, relid
    loop
        shown := part.relid::regclass::text;
        begin
            if part.ambiguous then
                raise object_not_in_prerequisite_state using
                    message = 'other tables carry the gate of the same log: call eventlog.repair_log() on the one that it is';
            end if;
            return query select shown, d from eventlog._repair_as_owner(part.relid::regclass, part.kind) d;
        exception when others then
            return query select shown, 'failed: ' || sqlerrm;
        end;
    end loop;
end
$$;

comment on function eventlog.repair_all() is
    'puts right every log and every table with capture triggers, each as its owner, and tells what that changed and what failed';
