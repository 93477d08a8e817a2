-- The names of a contract are sets: their order makes no other version.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid', required => '{a,b}', optional => '{c,d}', entity_types => '{e,f}', actor_types => '{g,h}');
select eventlog.register_event_type('paid', required => '{b,a}', optional => '{d,c}', entity_types => '{f,e}', actor_types => '{h,g}');
select * from eventlog.import_taxonomy('{"types": [{"type": "paid", "required": ["b", "a"], "optional": ["d", "c"],
    "entity_types": ["f", "e"], "actor_types": ["h", "g"]}]}');
select * from eventlog.import_taxonomy(eventlog.export_taxonomy());
select version, required, optional, entity_types, actor_types from eventlog.event_type;
-- Other names do.
select eventlog.register_event_type('paid', required => '{b,a,c}', optional => '{d}', entity_types => '{f,e}', actor_types => '{h,g}');
-- None at all is not the empty list.
select eventlog.register_event_type('seen');
select eventlog.register_event_type('seen', required => '{}', optional => '{}');
select eventlog.register_event_type('seen', required => null);
select eventlog.register_event_type('seen', required => '{a,a}');
select count(*) from eventlog.admin_log where action in ('register_event_type', 'import_taxonomy');
