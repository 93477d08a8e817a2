-- What a transition rule that is gone leaves: its states, and the table of them where no other rule needs it.
-- It changes the table as its caller, who must own the log.
create or replace function eventlog._leave_states(relation regclass, log_id uuid, rule text) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform eventlog._require_act('_leave_states', 'remove_event_rule');
    if not exists (
        select from eventlog.event_rule r where r.log_id = _leave_states.log_id and r.kind = 'transition'
    ) then
        perform eventlog._drop_states(log_id);
    elsif eventlog._states_of(relation) is not null then
        execute format('delete from %s where rule = $1', eventlog._states_of(relation)) using rule;
    end if;
end
$$;

comment on function eventlog._leave_states(regclass, uuid, text) is
    'internal: removes the states of a rule that is gone';
