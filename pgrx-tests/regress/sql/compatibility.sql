-- A version is checked against those before it, and the error names each thing that would break.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}', additional => 'reject', schema => '{
    "properties": {"amount": {"type": "number", "minimum": 0}, "method": {"enum": ["card", "cash"]}}}');

-- who knows the new one reads old events: wider is fine
select eventlog.register_event_type('paid', required => '{amount}', additional => 'reject', compatibility => 'backward', schema => '{
    "properties": {"amount": {"type": "number"}, "method": {"enum": ["card", "cash", "crypto"]}, "note": {"type": "string"}}}');
-- and that is not what full asks for
select eventlog.register_event_type('paid', version => 2, required => '{amount}', additional => 'reject', compatibility => 'full', schema => '{
    "properties": {"amount": {"type": "number"}, "method": {"enum": ["card", "cash", "crypto"]}, "note": {"type": "string"}}}');
-- all that breaks, against each version
select eventlog.register_event_type('paid', required => '{amount,method}', additional => 'reject', compatibility => 'backward', schema => '{
    "properties": {"amount": {"type": "integer"}, "method": {"enum": ["card"]}}}');
-- who knows an old one reads new events
select eventlog.register_event_type('paid', required => '{amount,method}', additional => 'reject', compatibility => 'forward', schema => '{
    "properties": {"amount": {"type": "integer", "minimum": 1}, "method": {"enum": ["card"]}}}');
-- not of another edition, nor what a validator alone can tell
select eventlog.register_event_type('paid', required => '{amount}', compatibility => 'forward', schema => '{
    "$schema": "http://json-schema.org/draft-07/schema#", "properties": {"amount": {"type": "integer"}}}');
select eventlog.register_event_type('paid', required => '{amount}', additional => 'reject', compatibility => 'forward', schema => '{
    "properties": {"amount": {"type": "integer", "minimum": 1}, "method": {"type": "string", "pattern": "^card$"}}}');
select eventlog.register_event_type('paid', compatibility => 'upward');

-- the way past it, which is recorded
select eventlog.register_event_type('paid', required => '{sum}');
select detail ->> 'version' as version, detail ->> 'compatibility' as compatibility from eventlog.admin_log
where action = 'register_event_type' order by id;

-- retired versions do not count
select eventlog.retire_event_type('paid');
select eventlog.register_event_type('paid', required => '{total}', compatibility => 'full');
-- and coming back they do, for those that promised something
select eventlog.register_event_type('paid', version => 4, required => '{sum}');

-- an open contract: its events may hold any key with anything
select eventlog.register_event_type('sent', required => '{to}');
select eventlog.register_event_type('sent', required => '{to}', compatibility => 'backward', schema => '{"properties": {"cc": {"type": "string"}}}');
select eventlog.register_event_type('sent', required => '{to}', compatibility => 'forward', schema => '{"properties": {"cc": {"type": "string"}}}');
select eventlog.register_event_type('sent', required => '{to}', additional => 'reject', compatibility => 'backward');

-- a version in place of itself is checked against what it was
select eventlog.register_event_type('sent', version => 2, required => '{to}', compatibility => 'forward', schema => '{"properties": {"cc": {"type": "string", "maxLength": 5}}}');
select eventlog.register_event_type('sent', version => 2, required => '{to}', compatibility => 'backward', schema => '{"properties": {"cc": {"type": "string", "maxLength": 5}}}');
-- its words are not
select eventlog.register_event_type('sent', version => 2, required => '{to}', compatibility => 'forward', description => 'a letter', schema => '{"properties": {"cc": {"type": "string", "maxLength": 5}}}');

-- a document is checked as a whole, and one that was exported can be imported
select * from eventlog.import_taxonomy('{"types": [
    {"type": "a", "required": ["x"]},
    {"type": "a", "version": 2, "required": ["x", "y"], "compatibility": "backward"},
    {"type": "b", "required": ["x", "y"], "compatibility": "full"},
    {"type": "b", "version": 2, "required": ["x"], "compatibility": "forward"}]}');
select * from eventlog.import_taxonomy('{"types": [
    {"type": "a", "version": 2, "required": ["x"], "compatibility": "full", "schema": {"properties": {"z": true}}},
    {"type": "a", "version": 3, "required": ["y"]},
    {"type": "a", "version": 1, "required": ["x"]}]}');
select eventlog.create_log('public.others', require_tenant => false);
select count(*), array_agg(distinct action) from eventlog.import_taxonomy(eventlog.export_taxonomy('events'), 'others');
select eventlog.export_taxonomy('events') = eventlog.export_taxonomy('others') as same;
