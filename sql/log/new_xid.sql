-- Native: Postgres's own function under a second name would be looked for by name, among all of its functions, by each
-- statement that has this default; and a cast of xid8 has to go through text.
-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.new_xid() returns bigint
    language c stable strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_new_xid';

comment on function eventlog.new_xid() is
    'the id of the transaction, which gets one if it has none';
