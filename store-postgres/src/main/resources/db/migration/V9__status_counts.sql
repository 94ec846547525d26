-- Counts that status shows, all of a minute in one row; probes known in the backlog -----------------------------------

-- What capi-status shows of a platform: all its counts of a minute in one row, and all of an hour. A day is read of it
-- on every call, and a row for each count made that some hundreds. Columns are the metrics' names.
create table delivery_minute (
    project_id uuid not null,
    platform smallint not null,
    minute timestamptz not null,                  -- of arrival for eligible, of the receipt for skips, of the answer for the rest
    eligible bigint not null default 0,
    sent bigint not null default 0,
    received bigint not null default 0,
    attempts bigint not null default 0,
    failed_attempts bigint not null default 0,
    skips_unmapped bigint not null default 0,
    skips_consent bigint not null default 0,
    skips_too_old bigint not null default 0,
    skips_no_identifiers bigint not null default 0,
    skips_duplicate bigint not null default 0,
    skips_disabled bigint not null default 0,
    primary key (project_id, platform, minute)
) with (fillfactor = 50);                         -- the newest is updated several times a second
create index delivery_minute_age on delivery_minute using brin (minute) with (pages_per_range = 32, autosummarize = on);

drop table delivery_hour;
create table delivery_hour (
    project_id uuid not null,
    platform smallint not null,
    hour timestamptz not null,                    -- of UTC; the sums of its minutes
    eligible bigint not null default 0,
    sent bigint not null default 0,
    received bigint not null default 0,
    attempts bigint not null default 0,
    failed_attempts bigint not null default 0,
    skips_unmapped bigint not null default 0,
    skips_consent bigint not null default 0,
    skips_too_old bigint not null default 0,
    skips_no_identifiers bigint not null default 0,
    skips_duplicate bigint not null default 0,
    skips_disabled bigint not null default 0,
    primary key (project_id, platform, hour)
) with (fillfactor = 50);                         -- the newest is updated several times a second
create index delivery_hour_age on delivery_hour using brin (hour) with (pages_per_range = 32, autosummarize = on);

insert into delivery_minute (project_id, platform, minute, eligible, sent, received, attempts, failed_attempts, skips_unmapped, skips_consent, skips_too_old, skips_no_identifiers, skips_duplicate, skips_disabled)
    select project_id, platform, minute,
        coalesce(sum(count) filter (where metric = 'eligible'), 0),
        coalesce(sum(count) filter (where metric = 'sent'), 0),
        coalesce(sum(count) filter (where metric = 'received'), 0),
        coalesce(sum(count) filter (where metric = 'attempts'), 0),
        coalesce(sum(count) filter (where metric = 'failed_attempts'), 0),
        coalesce(sum(count) filter (where metric = 'skips.unmapped'), 0),
        coalesce(sum(count) filter (where metric = 'skips.consent'), 0),
        coalesce(sum(count) filter (where metric = 'skips.too_old'), 0),
        coalesce(sum(count) filter (where metric = 'skips.no_identifiers'), 0),
        coalesce(sum(count) filter (where metric = 'skips.duplicate'), 0),
        coalesce(sum(count) filter (where metric = 'skips.disabled'), 0)
    from delivery_rollup
    where metric in ('eligible', 'sent', 'received', 'attempts', 'failed_attempts', 'skips.unmapped', 'skips.consent', 'skips.too_old', 'skips.no_identifiers', 'skips.duplicate', 'skips.disabled')
    group by 1, 2, 3 order by 3, 1, 2;
insert into delivery_hour (project_id, platform, hour, eligible, sent, received, attempts, failed_attempts, skips_unmapped, skips_consent, skips_too_old, skips_no_identifiers, skips_duplicate, skips_disabled)
    select project_id, platform, date_trunc('hour', minute, 'UTC'),
        sum(eligible), sum(sent), sum(received), sum(attempts), sum(failed_attempts), sum(skips_unmapped), sum(skips_consent), sum(skips_too_old), sum(skips_no_identifiers), sum(skips_duplicate), sum(skips_disabled)
    from delivery_minute group by 1, 2, 3 order by 3, 1, 2;
delete from delivery_rollup
    where metric in ('eligible', 'sent', 'received', 'attempts', 'failed_attempts', 'skips.unmapped', 'skips.consent', 'skips.too_old', 'skips.no_identifiers', 'skips.duplicate', 'skips.disabled');

-- A probe's event counts nowhere. To look at each event for that took longer than all the rest of capi-status.
alter table delivery_backlog add column synthetic boolean not null default false;
update delivery_backlog b set synthetic = true from event e
    where e.log_offset = b.log_offset and e.occurred_at = b.occurred_at and e.synthetic;
drop index delivery_backlog_arrival;
create index delivery_backlog_arrival on delivery_backlog (project_id, platform, received_at, attempts) include (synthetic);
