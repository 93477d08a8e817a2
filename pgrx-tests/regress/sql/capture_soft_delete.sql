-- The deleted column: what goes is deleted, what comes back is created, and the values say the rest.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.notes (id int primary key, body text, status text, deleted_at timestamptz);
select from eventlog.track_changes('public.notes', state_column => 'status', deleted_column => 'deleted_at');
insert into public.notes values (1, 'one', 'open'), (2, 'two', 'open'), (3, 'three', 'open');
insert into public.notes values (4, 'born deleted', 'open', '2024-01-01 00:00+00');
select * from public.seen where entity_id = '4';
update public.notes set deleted_at = '2024-01-02 00:00+00' where id = 1;
update public.notes set deleted_at = '2024-01-02 00:00+00', body = 'zwei', status = 'gone' where id = 2;
-- Changes of what is deleted, its mark among them.
update public.notes set body = 'uno' where id = 1;
update public.notes set deleted_at = '2024-01-03 00:00+00' where id = 1;
update public.notes set status = 'closed', body = 'eins' where id = 1;
-- Revival, alone and with other changes.
update public.notes set deleted_at = null where id = 1;
update public.notes set deleted_at = null, status = 'open', body = 'deux' where id = 2;
-- Gone for good: from the living, and from what was deleted.
delete from public.notes where id in (2, 4);
select * from public.seen offset 4;

-- A boolean mark; null counts as false.
create table public.flags (id int primary key, body text, deleted boolean);
select from eventlog.track_changes('public.flags', fields => '{body}', deleted_column => 'deleted', carry_values => false);
insert into public.flags values (1, 'a', false), (2, 'b', null), (3, 'c', true);
update public.flags set deleted = not deleted;
update public.flags set deleted = false where id = 2;
update public.flags set deleted = true, body = 'bb' where id = 2;
update public.flags set deleted = null where id = 2;
delete from public.flags;
select * from public.seen where type like 'flags%';
