-- What an import would do, and what would break; nothing is written.
select eventlog.create_log('public.events', require_tenant => false);
select * from eventlog.import_taxonomy('{"types": [
    {"type": "kept", "required": ["a"]},
    {"type": "paid", "required": ["amount"], "additional": "reject", "schema": {"properties": {"amount": {"type": "number"}}}},
    {"type": "sent", "description": "a letter"},
    {"type": "gone"},
    {"type": "strict", "required": ["a"]},
    {"type": "strict", "version": 2, "required": ["a"], "optional": ["b"], "compatibility": "full"}]}');
create table before as select * from eventlog.event_type;
create table admin_before as select * from eventlog.admin_log;

select * from eventlog.plan_taxonomy('{"types": [
    {"type": "sent", "description": "a letter, or a mail"},
    {"type": "fresh"},
    {"type": "fresh", "version": 2, "default": true, "optional": ["a"]},
    {"type": "kept", "required": ["a"]},
    {"type": "gone", "status": "retired"},
    {"type": "paid", "required": ["amount", "method"], "additional": "reject", "compatibility": "backward",
        "schema": {"properties": {"amount": {"type": "integer"}}}},
    {"type": "strict", "version": 1, "required": []}]}');

-- an import says the same, as far as it goes
select * from eventlog.import_taxonomy('{"types": [
    {"type": "sent", "description": "a letter, or a mail"},
    {"type": "paid", "required": ["amount", "method"], "additional": "reject", "compatibility": "backward",
        "schema": {"properties": {"amount": {"type": "integer"}}}},
    {"type": "strict", "version": 1, "required": []}]}');
-- what is no taxonomy is none here either
select * from eventlog.plan_taxonomy('{"types": [{"type": "a", "schema": {"type": "strin"}}]}');
select * from eventlog.plan_taxonomy('{"types": [{"type": "a", "typo": 1}]}');
select * from eventlog.plan_taxonomy(null);
select * from eventlog.plan_taxonomy('{"types": []}', 'pg_class');

-- nothing came of it, in a transaction that may not write either, nor asked for rights that one may not have
create role planner_reader;
set role planner_reader;
begin read only;
select * from eventlog.plan_taxonomy('{"types": [{"type": "fresh"}, {"type": "kept", "required": ["a", "b"]}]}');
commit;
reset role;
table eventlog.event_type except table before;
select count(*) from (table eventlog.admin_log except table admin_before) as more;
drop role planner_reader;
