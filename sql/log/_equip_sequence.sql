-- Puts a log's sequence right, and returns a phrase for what was wrong. Its numbers must rise in the order in which they
-- are drawn, and stand above those of all events: rows that came by logical replication, or that the owner brought with
-- their seq, leave it behind.
-- It alters the sequence as its caller, who must own it.
create or replace function eventlog._equip_sequence(relation regclass) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    sequence regclass := eventlog._sequence_of(relation);
    stand record;
    last_seq bigint;
begin
    perform eventlog._require_act('_equip_sequence', 'repair_log');
    if exists (
        select from pg_sequence s
        where s.seqrelid = sequence and (s.seqcache <> 1 or s.seqincrement <> 1 or s.seqcycle)
    ) then
        execute format('alter sequence %s increment by 1 cache 1 no cycle', sequence);
        return next format('options of sequence %s', sequence);
    end if;

    stand := eventlog._next_seq(relation);
    if stand.found_seq >= stand.next_seq then
        -- Nobody writes an event, and nobody draws a number, until it is moved: else it could be set back behind one
        -- that was drawn meanwhile. In this order, which is that of everyone who writes; any change of the sequence
        -- locks out those who draw.
        execute format('lock table %s in share row exclusive mode', relation);
        execute format('alter sequence %s cache 1', sequence);
        execute format('select max(seq) from %s', relation) into last_seq;
        execute format('select last_value + case when is_called then 1 else 0 end as next_seq from %s', sequence) into stand;
        if last_seq > 9223372036854775807 - 1000000000 then
            raise warning using
                message = format('an event of "%s" has the seq %s, above which there are no numbers left',
                    replace(relation::text, '"', ''), last_seq),
                hint = 'Its sequence stays where it is: events that are written now stand before that one.';
        elsif last_seq >= stand.next_seq then
            perform setval(sequence, last_seq);
            return next format('position of sequence %s', sequence);
        end if;
    end if;
end
$$;

comment on function eventlog._equip_sequence(regclass) is
    'internal: moves a log''s sequence above its events, and returns what was wrong with it';
