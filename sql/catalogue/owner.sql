-- The extension is trusted: a database's owner may install it, and its script then runs as the bootstrap superuser. The
-- catalogue's tables stay that superuser's, so nobody else can put triggers, policies or columns on them, and what the
-- extension writes there as their owner touches nothing of anybody else's. The schema is the installer's, since
-- "create extension" made it, and so a dump by that role restores as that role; follow_ddl keeps it what it is.
do language plpgsql $$
declare
    installer name;
begin
    select r.rolname
    into strict installer
    from pg_catalog.pg_extension e
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) e.extowner
    where e.extname operator(pg_catalog.=) 'pg_eventlog';

    if installer operator(pg_catalog.<>) current_user then
        -- Who may set the context is the installer's to say, with grant_context. The grant option is for the installer's
        -- dumps, which hold what was granted as plain GRANTs, to be restored by the same role.
        execute pg_catalog.format('grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident,'
            ' eventlog.ident, eventlog.ident, text, jsonb) to %I with grant option', installer);
        execute pg_catalog.format('grant select, insert on eventlog.log, eventlog.event_type, eventlog.tracked_table,'
            ' eventlog.isolated_table, eventlog.column_change, eventlog.admin_log, eventlog.subscription,'
            ' eventlog.subscription_shard, eventlog.waiting_event, eventlog.held_event, eventlog.held_entity,'
            ' eventlog.dead_event, eventlog.handler, eventlog.handler_failure, eventlog.batch,'
            ' eventlog.batch_reader, eventlog.event_rule, eventlog.upcast to %I', installer);
    end if;
end
$$;

-- Names, settings and contracts are no secrets: a writer needs them to write well. What was done by whom is not
-- for everyone.
grant select on eventlog.log, eventlog.event_type, eventlog.tracked_table, eventlog.isolated_table, eventlog.column_change,
    eventlog.handler, eventlog.batch, eventlog.batch_reader, eventlog.event_rule, eventlog.upcast to public;

-- A database's owner dumps and restores all that is in it, also where someone else installed the extension.
grant select, insert on eventlog.log, eventlog.event_type, eventlog.tracked_table, eventlog.isolated_table,
    eventlog.column_change, eventlog.admin_log, eventlog.subscription, eventlog.subscription_shard, eventlog.waiting_event,
    eventlog.held_event, eventlog.held_entity, eventlog.dead_event, eventlog.handler,
    eventlog.handler_failure, eventlog.batch, eventlog.batch_reader, eventlog.event_rule, eventlog.upcast to pg_database_owner;
