-- What doctor() gives.
create type eventlog._doctor_finding as (
    severity text,
    object text,
    finding text,
    remedy text
);

comment on type eventlog._doctor_finding is 'internal: what doctor() finds';
comment on column eventlog._doctor_finding.severity is 'error, warning or info';
comment on column eventlog._doctor_finding.object is 'what it is about';
comment on column eventlog._doctor_finding.finding is 'what is not as it should be';
comment on column eventlog._doctor_finding.remedy is 'SQL that puts it right';
