-- Who works on batches of a log. Batches that all of them have read are removed.
create table eventlog.batch_reader (
    log_id uuid not null,
    name text not null,

    -- 0 is none.
    number bigint not null
        constraint batch_reader_number_known check (number operator(pg_catalog.>=) 0),

    constraint batch_reader_pkey primary key (log_id, name)
);

create trigger eventlog_guard_batch
    before insert on eventlog.batch_reader
    for each row execute function eventlog._guard_log_row('a batch', 'Batches are closed with eventlog.tick().');

alter table eventlog.batch_reader enable always trigger eventlog_guard_batch;

select pg_catalog.pg_extension_config_dump('eventlog.batch_reader', '');

comment on table eventlog.batch_reader is 'who works on batches of events';
comment on column eventlog.batch_reader.log_id is 'the log';
comment on column eventlog.batch_reader.name is 'who it is';
comment on column eventlog.batch_reader.number is 'the last batch that it has read';
comment on constraint batch_reader_number_known on eventlog.batch_reader is 'a number of a batch, or 0';
comment on constraint batch_reader_pkey on eventlog.batch_reader is 'a name means one reader of a log';
comment on index eventlog.batch_reader_pkey is 'finds the readers of a log';
comment on trigger eventlog_guard_batch on eventlog.batch_reader is
    'refuses readers of a log that is not their inserter''s';
