-- Postgres's own pg_current_xact_id() under a type that every client knows: xid8 and bigint are both eight bytes that are
-- passed alike, so the same function can give either. A cast would have to go through text.
create function eventlog.new_xid() returns bigint
    language internal stable strict parallel unsafe
    as 'pg_current_xact_id';

-- A column default of every log, so whoever may insert there must be able to call it.
revoke all on function eventlog.new_xid() from public;
grant execute on function eventlog.new_xid() to public;

comment on function eventlog.new_xid() is
    'the id of the transaction, which gets one if it has none';
