-- As the one who looks: what that role may not see of the catalogue it does not see here.
create or replace view eventlog.event_types with (security_invoker = true) as
select
    l.relation as log,
    e.type,
    e.version as default_version,
    array(
        select v.version
        from eventlog.event_type v
        where v.log_id operator(pg_catalog.=) e.log_id and v.type operator(pg_catalog.=) e.type
        order by v.version
    ) as versions,
    e.status,
    e.domain,
    e.description,
    e.required,
    e.optional,
    coalesce(e.max_payload_bytes, l.max_payload_bytes) as max_payload_bytes,
    e.entity_types,
    e.actor_types,
    e.registered_at,
    e.registered_by,
    e.schema,
    e.context_schema,
    e.additional,
    e.compatibility,
    e.redact,
    e.enforce,
    e.owner,
    e.docs_url
from eventlog.event_type e
join eventlog.log l on l.log_id operator(pg_catalog.=) e.log_id
where e.is_default
order by l.relation::pg_catalog.text collate pg_catalog."C", e.type collate pg_catalog."C";

-- No more than the tables below it show.
grant select on eventlog.event_types to public;

comment on view eventlog.event_types is 'the event types that each log takes, by their default version';
comment on column eventlog.event_types.log is 'the log whose taxonomy the type belongs to';
comment on column eventlog.event_types.type is 'the event type';
comment on column eventlog.event_types.default_version is 'the version of an event that names none; the contract shown here';
comment on column eventlog.event_types.versions is 'all versions of its contract';
comment on column eventlog.event_types.status is 'active, or retired: such events are refused and old ones stay';
comment on column eventlog.event_types.domain is 'the part of the business that it belongs to';
comment on column eventlog.event_types.description is 'what it means that such an event happened';
comment on column eventlog.event_types.required is 'the keys that a payload must have';
comment on column eventlog.event_types.optional is 'the keys that a payload may have besides';
comment on column eventlog.event_types.max_payload_bytes is 'size limit of a payload, the type''s own or the log''s';
comment on column eventlog.event_types.entity_types is 'the kinds of entity it may happen to; null for any';
comment on column eventlog.event_types.actor_types is 'the kinds of actor who may do it; null for any';
comment on column eventlog.event_types.registered_at is 'when this version was registered or last changed';
comment on column eventlog.event_types.registered_by is 'the role that registered or last changed it';
comment on column eventlog.event_types.schema is 'the JSON Schema that a payload must match; null for any';
comment on column eventlog.event_types.context_schema is 'the JSON Schema that a context must match; null for any';
comment on column eventlog.event_types.additional is
    'what becomes of keys at the top of a payload that the contract does not know: allow, reject or strip';
comment on column eventlog.event_types.compatibility is
    'what a new version owes the versions before it: none, backward, forward or full';
comment on column eventlog.event_types.redact is 'what is removed, masked or hashed of its events before they are stored, beside what the log says; null for nothing';
comment on column eventlog.event_types.enforce is 'what becomes of an event that breaks its schema: reject, or report';
comment on column eventlog.event_types.owner is 'who answers for the contract';
comment on column eventlog.event_types.docs_url is 'where the contract is described';
