-- It looks at nothing but its arguments.
create or replace function eventlog._spell_keys("row" anyelement, keys text[], entity_ids text[]) returns text[]
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_spell_keys';

comment on function eventlog._spell_keys(anyelement, text[], text[]) is
    'internal: entity ids as capture writes them, without those that are none of this table';
