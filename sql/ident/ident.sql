-- The type of parameters that name something: a tenant, an entity, an actor, a key. It is text in all but name, so
-- that a uuid, a number, a literal and a driver's string all fit without a cast. Columns are text, never this.

create type eventlog.ident;

-- A cast through text is planned with the rights of its caller, who therefore must be able to execute these.
create or replace function eventlog.ident_in(cstring) returns eventlog.ident
    language internal immutable strict parallel safe
    as 'textin';

create or replace function eventlog.ident_out(eventlog.ident) returns cstring
    language internal immutable strict parallel safe
    as 'textout';

create or replace function eventlog.ident_recv(internal) returns eventlog.ident
    language internal stable strict parallel safe
    as 'textrecv';

create or replace function eventlog.ident_send(eventlog.ident) returns bytea
    language internal stable strict parallel safe
    as 'textsend';

create type eventlog.ident (
    input = eventlog.ident_in,
    output = eventlog.ident_out,
    receive = eventlog.ident_recv,
    send = eventlog.ident_send,
    like = pg_catalog.text
);

comment on type eventlog.ident is
    'an identifier given as uuid, bigint, int, smallint, text or varchar';
comment on function eventlog.ident_in(cstring) is 'input of eventlog.ident';
comment on function eventlog.ident_out(eventlog.ident) is 'output of eventlog.ident';
comment on function eventlog.ident_recv(internal) is 'binary input of eventlog.ident';
comment on function eventlog.ident_send(eventlog.ident) is 'binary output of eventlog.ident';
