-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.cluster_origin() returns int
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_cluster_origin';

comment on function eventlog.cluster_origin() is
    'a fingerprint of this cluster and timeline, which say what a stored xid means';
