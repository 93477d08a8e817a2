-- What create_log makes and repair_log brings a log to. A log is a table of its owner's, so an upgrade of the extension
-- does not reach it: a release that gives logs another column, index or trigger raises this number, and _equip_log puts
-- on what an older log lacks.
-- A number.
create or replace function eventlog._present_format() returns int
    language sql immutable parallel safe
    return 1;

comment on function eventlog._present_format() is
    'internal: the format of logs in this release';
