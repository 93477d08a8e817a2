-- Boundaries at which all who work on whole batches of a log meet: a batch is what was committed between two of them.
create table eventlog.batch (
    -- No foreign key, as in eventlog.subscription.
    log_id uuid not null,
    number bigint not null
        constraint batch_number_positive check (number operator(pg_catalog.>) 0),
    closed_at timestamptz not null,

    -- Snapshot and marks as varints: see model::window.
    position bytea not null,

    constraint batch_pkey primary key (log_id, number)
);

create trigger eventlog_guard_batch
    before insert on eventlog.batch
    for each row execute function eventlog._guard_log_row('a batch', 'Batches are closed with eventlog.tick().');

alter table eventlog.batch enable always trigger eventlog_guard_batch;

select pg_catalog.pg_extension_config_dump('eventlog.batch', '');

comment on table eventlog.batch is 'where batches of events end';
comment on column eventlog.batch.log_id is 'the log';
comment on column eventlog.batch.number is 'counts the batches of a log';
comment on column eventlog.batch.closed_at is 'when it was closed';
comment on column eventlog.batch.position is 'which transactions had ended';
comment on constraint batch_number_positive on eventlog.batch is 'batches are counted from 1';
comment on constraint batch_pkey on eventlog.batch is 'a number means one batch of a log';
comment on index eventlog.batch_pkey is 'finds the batches of a log';
comment on trigger eventlog_guard_batch on eventlog.batch is
    'refuses batches of a log that is not their inserter''s';
