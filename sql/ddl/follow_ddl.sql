-- Fires at the end of every command of DDL in the database, and asks those who follow one by one, each of whom looks at
-- the statement first and nearly always leaves at once:
--
-- * Partitions that are made below, or attached to, an append-only, an isolated or a tracked table get what it has. The
--   helpers are called in the schema where this very function is now: a superuser may be the one who attaches, and a
--   schema that its owner renamed must not lead it into a function of another's making.
-- * Schema eventlog is kept the extension's own. It belongs to whoever installed the extension, who may be a database's
--   owner and no superuser. What that role put in it, or another schema under its name, would be found by everyone who
--   calls the extension, superusers included; and "create extension ... schema eventlog" is a mistake that superusers
--   make too. Only a superuser may rename it.
-- * A trigger whose name starts with eventlog_ is replaced by the owner of its table alone.
-- * The columns of tracked tables are followed, and the types of their values.
--
-- What an install or an upgrade script of the extension does is left alone.
create or replace function eventlog.follow_ddl() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_follow_ddl';

-- Only the event trigger eventlog_follow_ddl uses it.
revoke all on function eventlog.follow_ddl() from public;

comment on function eventlog.follow_ddl() is
    'event trigger function that guards new partitions, keeps schema eventlog and the extension''s triggers its own, and '
    'notes what happens to the columns of tracked tables';
