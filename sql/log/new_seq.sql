-- A column default of every log, so whoever may insert there must be able to call it. It asks for the right to draw from
-- the sequence, as nextval() does.
create or replace function eventlog.new_seq(sequence regclass) returns bigint
    language c volatile strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_new_seq';

comment on function eventlog.new_seq(regclass) is
    'the next number of a log''s sequence, drawn after the transaction has got its id; the gate takes it once';
