-- It looks at nothing but its arguments, so it may be called with the taxonomy of any log, or of none.
create or replace function eventlog._generate(language text, taxonomy jsonb, types text[], options jsonb) returns text
    -- A null taxonomy must be an error and not a null result.
    language c immutable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_generate';

comment on function eventlog._generate(text, jsonb, text[], jsonb) is
    'internal: the text that a taxonomy, or some types of it, come to in a language';
