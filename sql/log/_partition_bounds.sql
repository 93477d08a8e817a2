-- The period that holds a moment and those that follow, in UTC, aligned to what people expect: months to the year,
-- weeks to Monday, days to midnight, hours to the day. Refuses an interval that makes no such periods.
-- It only computes.
create or replace function eventlog._partition_bounds(partition_interval interval, moment timestamptz, ahead int)
    returns table (lower_bound timestamptz, upper_bound timestamptz, suffix text)
    language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
    rows 4
as $$
declare
    months int;
    seconds numeric;
    problem text;
    first timestamp;
    period timestamp;
begin
    if isfinite(partition_interval) then
        months := extract(year from partition_interval) * 12 + extract(month from partition_interval);
        seconds := extract(epoch from partition_interval - make_interval(months => months));
        problem := case
            when months <> 0 and seconds <> 0 then 'mixes months with days or hours'
            when months < 0 or seconds < 0 or (months = 0 and seconds < 3600) then 'is shorter than an hour'
            when months > 1200 or seconds > 36525 * 86400::numeric then 'is longer than a hundred years'
            when seconds % 60 <> 0 then 'is not a whole number of minutes'
        end;
    else
        problem := 'is infinite';
    end if;
    if problem is not null then
        raise invalid_parameter_value using
            message = format('partition_interval "%s" %s', partition_interval, problem),
            hint = 'Use whole months, or days and hours, such as "1 day", "1 week" or "1 month".';
    end if;

    -- Anybody may call it: what has no end, or none in sight, is refused.
    if not isfinite(moment) then
        raise invalid_parameter_value using message = 'moment must not be infinite';
    elsif ahead not between 0 and 1000 then
        raise invalid_parameter_value using message = 'ahead must be between 0 and 1000';
    end if;

    if months > 0 then
        first := make_date(1, 1, 1) + make_interval(months => months * div(
            (extract(year from moment at time zone 'UTC') - 1) * 12 + extract(month from moment at time zone 'UTC') - 1,
            months)::int);
    else
        -- The first day of the century was a Monday.
        first := date_bin(partition_interval, moment at time zone 'UTC', timestamp '2001-01-01');
    end if;
    for i in 0..ahead loop
        period := first + i * partition_interval;
        lower_bound := period at time zone 'UTC';
        upper_bound := (first + (i + 1) * partition_interval) at time zone 'UTC';
        suffix := to_char(period, case when seconds % 86400 = 0 then '"_p"YYYYMMDD' else '"_p"YYYYMMDDHH24MI' end);
        return next;
    end loop;
end
$$;

comment on function eventlog._partition_bounds(interval, timestamptz, int) is
    'internal: the periods of a partitioned log from a moment on';
